//! Forms that were sent to us. Whoever wants the fields has to take one of these extractors, and both check that the
//! form is ours: no page can forget it.

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{Error, FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;

use super::visit::Visit;
use crate::protocol::params::{Limits, Params};
use crate::web::browser_session::{self, Current};
use crate::web::language;
use crate::web::own_path::OwnPath;
use crate::web::page::Problem;

const FORM: &str = "application/x-www-form-urlencoded";

/// A form, with who is signed in as it arrives.
pub struct Posted {
    /// The visit that brought it.
    pub visit: Visit,
    /// What was filled in.
    pub fields: Params,
    /// Who is signed in at the browser that sent it.
    pub current: Option<Current>,
}

/// A form that begins a session: it belongs to the browser.
pub struct Entry(pub Posted);

/// A form that acts for who is signed in: it belongs to their session. Where nobody is (any more), there is nobody to
/// act for, and the page says so by `current`.
pub struct Member(pub Posted);

/// A form about those who are signed in at a browser: it belongs to the browser as it is known to us. Where nobody is,
/// there is nobody to choose.
pub struct Choice(pub Posted);

impl FromRequest for Entry {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let posted = Posted::read(request, payload);
        Box::pin(async move {
            let posted = posted.await?;
            posted.check("")?;
            Ok(Self(posted))
        })
    }
}

impl FromRequest for Member {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let posted = Posted::read(request, payload);
        Box::pin(async move {
            let posted = posted.await?;
            posted.check_member()?;
            Ok(Self(posted))
        })
    }
}

impl FromRequest for Choice {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let posted = Posted::read(request, payload);
        Box::pin(async move {
            let posted = posted.await?;
            posted.check_choice()?;
            Ok(Self(posted))
        })
    }
}

impl Posted {
    fn read(request: &HttpRequest, payload: &mut Payload) -> impl Future<Output = Result<Self, Error>> + use<> {
        let visit = Visit::from_request(request, payload);
        let body = Bytes::from_request(request, payload);
        // A page that expects more says so where it is mounted.
        let limits = request.app_data::<Limits>().copied().unwrap_or(Limits::USUAL);
        async move {
            let visit = visit.await?;
            let body = body.await.map_err(|_| visit.refuse(Problem::Malformed))?;
            let content_type = visit.request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
            let kind = content_type.and_then(|value| value.split(';').next()).unwrap_or_default();
            if !kind.trim().eq_ignore_ascii_case(FORM) {
                return Err(visit.refuse(Problem::Malformed));
            }
            let fields = Params::parse_within(&body, limits).map_err(|error| visit.malformed(&error))?;
            language::note_form(&visit.request, &fields);
            let current = visit.current().await?;
            Ok(Self { visit, fields, current })
        }
    }

    /// RFC 6749 §10.12: only a form from our own page may act for whoever sits at this browser.
    fn check(&self, binding: &str) -> Result<(), Error> {
        let visit = &self.visit;
        let token = visit.value(&self.fields, "csrf")?.unwrap_or_default();
        visit.cx.csrf.check(&visit.request, token, binding).map_err(|fault| {
            tracing::warn!(request_id = visit.origin.request_id, %fault, "a form was refused");
            visit.refuse(Problem::FormRefused)
        })
    }

    /// Checks that a form which acts for who is signed in belongs to their session.
    pub(super) fn check_member(&self) -> Result<(), Error> {
        self.current.as_ref().map_or(Ok(()), |current| self.check(&current.signed_in.sid.to_string()))
    }

    /// Checks a [`Member`]'s form that acts where nobody is current: as a [`Choice`].
    pub fn check_choice(&self) -> Result<(), Error> {
        browser_session::browser(&self.visit.request).map_or(Ok(()), |browser| self.check(&browser.to_string()))
    }

    /// For whom the form acts: who is signed in; anybody else is sent to the sign-in, which leads on to `page`.
    pub fn member(&self, page: &OwnPath) -> Result<(&Visit, &Current), Error> {
        let current = self.current.as_ref().ok_or_else(|| self.visit.sign_in_first(page))?;
        Ok((&self.visit, current))
    }

    /// As [`Self::member`], of those who proved who they are a short while ago.
    pub fn recent_member(&self, page: &OwnPath) -> Result<(&Visit, &Current), Error> {
        let (visit, current) = self.member(page)?;
        visit.check_recent(current, page)?;
        Ok((visit, current))
    }

    /// The value of a field.
    pub fn field(&self, name: &str) -> Result<Option<&str>, Error> {
        self.visit.value(&self.fields, name)
    }
}
