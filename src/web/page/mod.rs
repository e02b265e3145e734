//! What pages are made of: for each page one struct that its template reads, and the one function that sends it.
//!
//! The structs hold plain values. What to show is decided by the feature that owns the page; the words come from
//! [`super::text`], the looks from `templates/` and `static/`.

mod account;
mod api_keys;
mod approval;
mod check_session;
mod consent;
mod device;
mod error;
mod form_post;
mod home;
mod own_email;
mod own_picture;
mod passkeys;
mod providers;
mod recover;
mod register;
mod security;
mod set_up;
mod sign_in;
mod sign_out;

use std::any::Any;

use actix_web::HttpResponse;
use actix_web::body::BoxBody;
use actix_web::http::{StatusCode, header};
use askama::Template;
use url::Url;

use crate::protocol::colour::Accent;
use crate::web::brand::stylesheet;

pub use self::account::{
    Activity, ConnectedApp, ConnectedApps, Deletion, DeletionProblem, Gone, OwnData, OwnDeed, OwnRequest, OwnSession,
    Place, Profile, ProfileField, ProfileGroup, Sessions,
};
pub use self::api_keys::{
    ApiKeyChoice, ApiKeyDeletion, ApiKeyForm, ApiKeyPage, ApiKeyRotation, ApiKeySecretPage, ApiKeyTyped, ApiKeys,
    OldSecrets, OwnKey, OwnKeyState, OwnLeak, OwnSecret,
};
pub use self::approval::{Approval, ApprovalState};
pub use self::check_session::CheckSession;
pub use self::consent::{AskingDevice, Consent, RequestedScope};
pub use self::device::{DeviceCodePage, DeviceNotice, DeviceNoticePage};
pub use self::error::{Details, ErrorPage, Problem, Rule, SentParameter};
pub use self::form_post::FormPost;
pub use self::home::{AppTile, Home};
pub use self::own_email::{FollowEmailLink, OwnEmail, OwnEmailOutcome};
pub use self::own_picture::{OwnPicture, OwnPictureOutcome};
pub use self::passkeys::{NewPasskey, OwnPasskey, PasskeyQuestion, Passkeys, RemovePasskey, RenamePasskey};
pub use self::providers::{
    LinkedAccount, LinkedProviders, ProviderButton, ProviderProblem, ProviderProblemPage, ProviderRegister,
};
pub use self::recover::{FollowSignInLink, MailNotice, MailNoticePage, Recover, RecoverProblem};
pub use self::register::{AddressProblem, RegisterAddress};
pub use self::security::{
    AppEnrolment, AppRemoval, EnrolmentProblem, NewRecoveryCodes, OwnApp, PasswordChange, RecoveryCodes, SecondFactor,
    SecondProblem, SecurityDone, SecurityPage,
};
pub use self::set_up::{SetUp, SetUpKind, SetUpProblem, Terms};
pub use self::sign_in::{AccountButton, SelectAccount, SignIn, SignInKind, SignInProblem};
pub use self::sign_out::{SignOut, SignedOut, TellingApps};
use super::headers::PageHeaders;
use super::language::{self, Here};

/// Renders `page` and sends it with every header that a page needs.
#[must_use]
pub fn respond(page: &impl Template, status: StatusCode, headers: &PageHeaders) -> HttpResponse {
    respond_at(page, None, status, headers)
}

/// The same, for a page that can be read in another language `here`.
#[must_use]
pub fn respond_at(
    page: &impl Template,
    here: Option<&Here>,
    status: StatusCode,
    headers: &PageHeaders,
) -> HttpResponse {
    let here = here.map(|here| ("here", here as &dyn Any));
    let brand = headers.brand().map(|brand| ("brand", brand as &dyn Any));
    let values: Vec<_> = here.into_iter().chain(brand).collect();
    let html = match page.render_with_values(&values) {
        Ok(html) => html,
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            return HttpResponse::InternalServerError().finish();
        }
    };
    let mut response = HttpResponse::build(status);
    headers.apply(&mut response);
    let mut response = response.insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8")).finish();
    language::tell(response.headers_mut(), &html);
    response.set_body(BoxBody::new(html))
}

/// An app as pages show it.
#[derive(Clone, Debug)]
pub struct App {
    name: String,
    destination: Destination,
    logo: Option<String>,
    policy: Option<String>,
    terms: Option<String>,
    accent: Option<Accent>,
    registered_itself: bool,
    described_at: Option<String>,
}

/// Where an app receives people: what tells them an honest app from one that only bears its name.
#[derive(Clone, Debug)]
enum Destination {
    /// A host on the web, in ASCII so that no letter can pose as another.
    Web(String),
    /// A program on the person's own device (loopback or a scheme of its own).
    Device,
}

impl App {
    /// The app `name` that receives people at `redirect_uri`.
    #[must_use]
    pub fn new(name: impl Into<String>, redirect_uri: &Url) -> Self {
        let host = redirect_uri.host_str().filter(|_| redirect_uri.scheme() == "https");
        let destination = host.map_or(Destination::Device, |host| Destination::Web(with_port(host, redirect_uri)));
        Self { destination, ..Self::on_a_device(name) }
    }

    /// The app `name` on a device of the person, which receives nobody.
    #[must_use]
    pub fn on_a_device(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            destination: Destination::Device,
            logo: None,
            policy: None,
            terms: None,
            accent: None,
            registered_itself: false,
            described_at: None,
        }
    }

    /// Adds the registered `logo_uri`, `policy_uri` and `tos_uri`; what is not at an https address is left out, so
    /// that no link can run a script.
    #[must_use]
    pub fn with_links(mut self, logo: Option<&str>, policy: Option<&str>, terms: Option<&str>) -> Self {
        self.logo = https_only(logo);
        self.policy = https_only(policy);
        self.terms = https_only(terms);
        self
    }

    /// Adds the registered `accent_color`.
    #[must_use]
    pub const fn with_accent(mut self, accent: Option<Accent>) -> Self {
        self.accent = accent;
        self
    }

    /// The path of the stylesheet of its colour, under the issuer's.
    fn stylesheet(&self) -> Option<String> {
        self.accent.map(stylesheet)
    }

    /// Says whether nobody here has looked at it, so that people are told.
    #[must_use]
    pub const fn that_registered_itself(mut self, registered_itself: bool) -> Self {
        self.registered_itself = registered_itself;
        self
    }

    /// Says at which address it describes itself, if it does, so that people can tell whose it is.
    #[must_use]
    pub fn that_describes_itself_at(mut self, url: Option<&Url>) -> Self {
        self.described_at = url.and_then(|url| url.host_str().map(|host| with_port(host, url)));
        self
    }

    /// Whether it receives people on their own device, where other programs could take its place.
    const fn is_on_device(&self) -> bool {
        matches!(self.destination, Destination::Device)
    }

    /// The address of its logo, for [`PageHeaders::with_image`].
    #[must_use]
    pub fn logo(&self) -> Option<&str> {
        self.logo.as_deref()
    }

    /// The first letter of its name, shown where it has no logo.
    fn initial(&self) -> String {
        self.name.chars().find(|c| c.is_alphanumeric()).map_or_else(|| "·".to_owned(), |c| c.to_uppercase().collect())
    }
}

fn with_port(host: &str, url: &Url) -> String {
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn https_only(uri: Option<&str>) -> Option<String> {
    let url = Url::parse(uri?).ok()?;
    (url.scheme() == "https").then(|| url.into())
}

#[cfg(test)]
mod tests;
