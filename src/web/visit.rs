//! One visit of a browser to a page: the request, what the server is made of, and the few steps that pages share.

use std::future::{Ready, ready};

use actix_web::cookie::Cookie;
use actix_web::dev::Payload;
use actix_web::error::{ErrorInternalServerError, InternalError};
use actix_web::http::{StatusCode, header};
use actix_web::web::Data;
use actix_web::{Error, FromRequest, HttpRequest, HttpResponse};
use askama::Template;

use crate::clock::Timestamp;
use crate::cx::Cx;
use crate::domain::events::{Actor, Origin};
use crate::domain::people::Act;
use crate::error::OAuthError;
use crate::protocol::params::Params;
use crate::store::{Role, StoreError};
use crate::web::browser_session::{self, Accounts, Current};
use crate::web::headers::PageHeaders;
use crate::web::language::{self, Here};
use crate::web::letters::Letters;
use crate::web::own_path::OwnPath;
use crate::web::page::{self, Problem};
use crate::web::text::Texts;
use crate::web::{error_page, origin};

/// What a page answers: itself or a redirect, or an error page.
pub type PageResult = Result<HttpResponse, Error>;

/// One visit.
pub struct Visit {
    /// The request.
    pub request: HttpRequest,
    /// What the server is made of.
    pub cx: Data<Cx>,
    /// When it arrived.
    pub now: Timestamp,
    /// Where it came from.
    pub origin: Origin,
}

/// What a form carries to show that it is ours, and the cookie to set if the browser has none yet.
#[derive(Clone)]
pub struct Proof {
    /// For the hidden field `csrf`.
    pub token: String,
    /// A name of the browser, by the cookie that it has or is given.
    pub browser: String,
    cookie: Option<Cookie<'static>>,
}

impl FromRequest for Visit {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let cx = request.app_data::<Data<Cx>>().cloned();
        let visit = cx.map(|cx| Self {
            request: request.clone(),
            now: cx.now(),
            origin: origin::origin(request, &cx.config.server.trusted_proxies),
            cx,
        });
        ready(visit.ok_or_else(|| ErrorInternalServerError("the routes were mounted without their bundle")))
    }
}

impl Visit {
    /// The issuer's path, before every path of ours.
    #[must_use]
    pub fn base(&self) -> String {
        self.cx.issuer().path().to_owned()
    }

    /// Something that `actor` does in this visit.
    #[must_use]
    pub fn act(&self, actor: Actor) -> Act<'_> {
        Act { store: &self.cx.store, entropy: &*self.cx.entropy, now: self.now, actor, origin: &self.origin }
    }

    /// The parameters of the URL.
    pub fn query(&self) -> Result<Params, Error> {
        Params::parse(self.request.query_string().as_bytes()).map_err(|error| self.malformed(&error))
    }

    /// The value of a parameter or field.
    pub fn value<'p>(&self, params: &'p Params, name: &str) -> Result<Option<&'p str>, Error> {
        params.one(name).map_err(|error| self.malformed(&error))
    }

    /// For whom pages act: who is signed in, or was chosen of them.
    pub async fn current(&self) -> Result<Option<Current>, Error> {
        browser_session::visitor(&self.request, &self.cx).await.map_err(|error| self.failed(&error))
    }

    /// Who is signed in and proved it a short while ago; anybody else is sent to the sign-in, which leads on to `page`.
    pub async fn recent(&self, page: &OwnPath) -> Result<Current, Error> {
        let current = self.current().await?.ok_or_else(|| self.sign_in_first(page))?;
        self.check_recent(&current, page)?;
        Ok(current)
    }

    /// Sends `current` to prove who they are, if it was long ago, or by less than the settings want of them.
    pub fn check_recent(&self, current: &Current, page: &OwnPath) -> Result<(), Error> {
        if !self.is_recent(current) {
            return Err(self.sign_in_first(page));
        }
        self.check_second_factor(current, page)
    }

    /// Sends `current` to the second factor, if the settings want one of them that they have not proved.
    pub fn check_second_factor(&self, current: &Current, page: &OwnPath) -> Result<(), Error> {
        let must = self.cx.config.second_factor.is_required_of(current.person.role.map(Role::word));
        if must && !current.signed_in.by_several() { Err(self.second_factor_first(page)) } else { Ok(()) }
    }

    /// Whether `current` proved who they are a short while ago.
    #[must_use]
    pub fn is_recent(&self, current: &Current) -> bool {
        current.signed_in.is_recent(&self.cx.config.sessions, self.now)
    }

    /// Everybody who is signed in at this browser.
    pub async fn accounts(&self) -> Result<Accounts, Error> {
        browser_session::accounts(&self.request, &self.cx).await.map_err(|error| self.failed(&error))
    }

    /// The proof for a form that begins a session. It belongs to the browser whoever is signed in there, so that the
    /// form in a second tab still works after a sign-in in the first.
    #[must_use]
    pub fn proof_before_sign_in(&self) -> Proof {
        self.proof("")
    }

    /// The proof for a form that acts for `current`.
    #[must_use]
    pub fn proof_for(&self, current: &Current) -> Proof {
        self.proof(&current.signed_in.sid.to_string())
    }

    /// The proof for a form about those who are signed in at this browser, whoever is current. Told to nobody, the
    /// browser's identifier also tells a token that was given to another browser.
    #[must_use]
    pub fn proof_of_browser(&self) -> Proof {
        self.proof(&browser_session::browser(&self.request).map(|id| id.to_string()).unwrap_or_default())
    }

    fn proof(&self, binding: &str) -> Proof {
        let (token, cookie) = self.cx.csrf.issue(&self.request, &*self.cx.entropy, binding);
        let browser = self.cx.csrf.browser_after(&self.request, cookie.as_ref());
        Proof { token, browser, cookie }
    }

    /// The headers of a page of ours.
    #[must_use]
    pub fn headers(&self) -> PageHeaders {
        PageHeaders::new(self.cx.issuer().is_https()).of(&self.cx.brand)
    }

    /// Sends a page, and the cookie that belongs to its form.
    pub fn send(
        &self,
        page: &impl Template,
        status: StatusCode,
        headers: &PageHeaders,
        proof: Option<Proof>,
    ) -> PageResult {
        let here = Here::of(&self.request, self.cx.issuer().path());
        let mut response = page::respond_at(page, Some(&here), status, headers);
        if let Some(cookie) = proof.and_then(|proof| proof.cookie) {
            response.add_cookie(&cookie).map_err(|_| self.refuse(Problem::Internal))?;
        }
        Ok(response)
    }

    /// Sends the browser to another path under the issuer. Always 303: it fetches that path, whatever it sent here.
    #[must_use]
    pub fn redirect(&self, path: &str) -> HttpResponse {
        redirect_away(&format!("{}{path}", self.base()))
    }

    /// Sends the browser to the sign-in, which leads on to `page`.
    #[must_use]
    pub fn sign_in_first(&self, page: &OwnPath) -> Error {
        InternalError::from_response("sign in first", self.redirect(&page.behind_sign_in())).into()
    }

    /// Sends the browser to the second factor, which leads on to `page`.
    #[must_use]
    pub fn second_factor_first(&self, page: &OwnPath) -> Error {
        InternalError::from_response("second factor first", self.redirect(&page.behind_second_factor())).into()
    }

    /// The texts for whoever sees the page. What is known of them counts from when it is known: ask late.
    #[must_use]
    pub fn texts(&self) -> &'static Texts {
        language::of(&self.request)
    }

    /// Who writes to people, in the language of this page where they have chosen none.
    #[must_use]
    pub fn letters(&self) -> Letters<'_> {
        Letters { fallback: self.texts(), ..self.cx.letters() }
    }

    /// An error page.
    #[must_use]
    pub fn refuse(&self, problem: Problem) -> Error {
        InternalError::from_response("refused", error_page::send(&self.cx, &self.request, problem)).into()
    }

    /// The error page for parameters that cannot be read.
    #[must_use]
    pub fn malformed(&self, error: &OAuthError) -> Error {
        tracing::info!(request_id = self.origin.request_id, %error, "a page was asked for in a way that it cannot read");
        self.refuse(Problem::Malformed)
    }

    /// The error page for a database that failed.
    #[must_use]
    pub fn failed(&self, error: &StoreError) -> Error {
        InternalError::from_response("failed", error_page::send_store_error(&self.cx, &self.request, error)).into()
    }
}

/// Sends the browser to a URL that has been compared with a registration.
#[must_use]
pub fn redirect_away(url: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, url))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        // RFC 9700 §4.2.4: the address that we come from may hold what is nobody's business.
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .finish()
}
