//! Where a sign-in or a choice of account leads.

use actix_web::{Error, HttpResponse};
use url::form_urlencoded::byte_serialize;

use super::waiting::Waiting;
use super::{entrance, home};
use crate::ids::SessionId;
use crate::protocol::params::Params;
use crate::store::Person;
use crate::web::headers::PageHeaders;
use crate::web::own_path::OwnPath;
use crate::web::page::App;
use crate::web::visit::Visit;

/// Where it leads.
pub(super) enum Onward {
    /// Back to the app that asked for it.
    App(Box<Waiting>),
    /// To a page of ours that asked for it.
    Page(OwnPath),
    /// Nowhere in particular.
    Home,
    /// Nowhere in particular, with a new account.
    Welcome,
}

impl Onward {
    pub async fn of(visit: &Visit, params: &Params) -> Result<Self, Error> {
        if let Some(waiting) = Waiting::of(visit, params).await? {
            return Ok(Self::App(Box::new(waiting)));
        }
        Ok(visit.value(params, "continue")?.and_then(OwnPath::parse).map_or(Self::Home, Self::Page))
    }

    /// The same for whoever comes by a link in a mail: what has waited too long meanwhile leads to `otherwise`.
    pub async fn of_mail(visit: &Visit, params: &Params, otherwise: Self) -> Result<Self, Error> {
        if let Some(waiting) = Waiting::still(visit, params).await? {
            return Ok(Self::App(Box::new(waiting)));
        }
        Ok(visit.value(params, "continue")?.and_then(OwnPath::parse).map_or(otherwise, Self::Page))
    }

    /// The request that waits, if one does.
    pub fn waiting(&self) -> Option<&Waiting> {
        if let Self::App(waiting) = self { Some(waiting) } else { None }
    }

    /// The same sealed, for the hidden field `request`; empty if there is none.
    pub fn request(&self) -> String {
        self.waiting().map(|waiting| waiting.sealed.clone()).unwrap_or_default()
    }

    /// The app that asked, as pages show it.
    pub fn app(&self) -> Option<App> {
        self.waiting().map(Waiting::app)
    }

    /// The headers of a page on the way.
    pub fn headers(&self, visit: &Visit) -> PageHeaders {
        self.waiting().map_or_else(|| visit.headers(), |waiting| waiting.headers(visit))
    }

    /// The page of ours that asked, if one did.
    pub fn page(&self) -> Option<&OwnPath> {
        if let Self::Page(path) = self { Some(path) } else { None }
    }

    /// Whether whoever is signed in is asked to prove it once more, rather than somebody to sign in.
    pub fn may_mean(&self, visit: &Visit, person: &Person) -> bool {
        match self {
            Self::App(waiting) => waiting.may_mean(visit, person),
            Self::Page(_) => true,
            Self::Home | Self::Welcome => false,
        }
    }

    /// The way to `page`, which leads on to the same.
    pub fn path(&self, page: &str) -> String {
        match self {
            Self::App(waiting) => waiting.path(page),
            Self::Page(path) => {
                format!("{page}?continue={}", byte_serialize(path.as_str().as_bytes()).collect::<String>())
            }
            Self::Home | Self::Welcome => page.to_owned(),
        }
    }

    /// What leads on to it from a page of ours, as a query; none where it is nowhere in particular.
    pub fn query(&self) -> Option<String> {
        self.path("").strip_prefix('?').map(str::to_owned)
    }

    /// The way to the sign-in of somebody who is not signed in.
    pub fn path_for_another(&self) -> String {
        let path = self.path(entrance::SIGN_IN);
        let separator = if path.contains('?') { '&' } else { '?' };
        format!("{path}{separator}another=yes")
    }

    /// A sign-in also answers the question which account it is.
    pub fn signed_in(mut self, visit: &Visit, sid: SessionId) -> HttpResponse {
        if let Self::App(waiting) = &mut self {
            waiting.request.signed_in = Some(sid);
        }
        self.chosen(visit, sid)
    }

    /// An account was chosen.
    pub fn chosen(self, visit: &Visit, sid: SessionId) -> HttpResponse {
        match self {
            Self::App(mut waiting) => {
                waiting.request.selected = Some(sid);
                waiting.resume(visit)
            }
            other => other.back(visit),
        }
    }

    /// On, where neither a sign-in nor a choice was asked for.
    pub fn back(self, visit: &Visit) -> HttpResponse {
        match self {
            Self::App(waiting) => waiting.resume(visit),
            Self::Page(path) => visit.redirect(path.as_str()),
            Self::Home => visit.redirect(home::PATH),
            Self::Welcome => visit.redirect(home::WELCOME),
        }
    }

    /// What it is, as a text: another one for each request and page.
    pub fn asked(&self) -> &str {
        match self {
            Self::App(waiting) => &waiting.sealed,
            Self::Page(path) => path.as_str(),
            Self::Home | Self::Welcome => "",
        }
    }
}
