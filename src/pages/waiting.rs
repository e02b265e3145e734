//! The authorization request that waits while its person is on our pages, opened, with its app.

use std::sync::Arc;

use actix_web::{Error, HttpResponse};
use url::Url;

use super::entrance;
use crate::domain::clients::documents::{self, DocumentFault};
use crate::domain::pending_request::{PendingFault, PendingRequest};
use crate::domain::people::Act;
use crate::domain::people::accounts::signs_in_as;
use crate::protocol::params::Params;
use crate::protocol::uri::WebUri;
use crate::store::{Client, Person};
use crate::web::headers::PageHeaders;
use crate::web::language;
use crate::web::page::{App, Problem};
use crate::web::visit::Visit;

/// Where the next step is decided, under the issuer.
const RESUME: &str = "/oauth2/authorize/resume";

/// A request that waits.
pub(super) struct Waiting {
    pub request: PendingRequest,
    pub sealed: String,
    client: Arc<Client>,
    redirect_uri: Url,
}

impl Waiting {
    /// The request that `params` carry, if they do.
    pub async fn of(visit: &Visit, params: &Params) -> Result<Option<Self>, Error> {
        match visit.value(params, "request")? {
            Some(sealed) => Self::open(visit, sealed).await.map(Some),
            None => Ok(None),
        }
    }

    /// As [`Self::of`], for a link in a mail: none where it has waited too long meanwhile.
    pub async fn still(visit: &Visit, params: &Params) -> Result<Option<Self>, Error> {
        let Some(sealed) = visit.value(params, "request")? else { return Ok(None) };
        let is_stale = matches!(Self::unseal(visit, sealed), Err(PendingFault::Stale));
        if is_stale { Ok(None) } else { Self::open(visit, sealed).await.map(Some) }
    }

    /// As [`Self::of`], for a page that makes no sense without one.
    pub async fn required(visit: &Visit, params: &Params) -> Result<Self, Error> {
        Self::of(visit, params).await?.ok_or_else(|| visit.refuse(Problem::Altered))
    }

    async fn open(visit: &Visit, sealed: &str) -> Result<Self, Error> {
        let cx = &visit.cx;
        let request = Self::unseal(visit, sealed).map_err(|fault| {
            visit.refuse(match fault {
                PendingFault::Altered => Problem::Altered,
                PendingFault::Stale => Problem::Stale,
            })
        })?;
        language::note_wish(&visit.request, request.ui_locales.as_deref());
        let client = cx.askers().find(&request.client_id, visit.origin.address.as_deref(), visit.now).await;
        let client = client.map_err(|fault| match fault {
            DocumentFault::Store(error) => visit.failed(&error),
            // It was there when the request came.
            _ => visit.refuse(Problem::UnknownApp),
        });
        let client = client?.filter(|client| client.disabled_at.is_none());
        let client = client.ok_or_else(|| visit.refuse(Problem::UnknownApp))?;
        let redirect_uri = Url::parse(request.redirect.uri()).map_err(|_| visit.refuse(Problem::WrongRedirect))?;
        Ok(Self { request, sealed: sealed.to_owned(), client, redirect_uri })
    }

    fn unseal(visit: &Visit, sealed: &str) -> Result<PendingRequest, PendingFault> {
        let cx = &visit.cx;
        PendingRequest::open(sealed, &cx.request_sealer, visit.now, cx.config.sessions.pending_lifetime)
    }

    /// Its client.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Keeps its client, where it describes itself in a document, so that something can be written about it.
    pub async fn keep_client(&self, visit: &Visit, act: &Act<'_>) -> Result<(), Error> {
        let kept = documents::keep(act, &self.client, visit.cx.config.registration.unused_lifetime).await;
        if kept.map_err(|error| visit.failed(&error))? {
            visit.cx.clients.forget(&self.client.id);
        }
        Ok(())
    }

    /// Its app, as pages show it.
    pub fn app(&self) -> App {
        app(&self.client, &self.redirect_uri)
    }

    /// The headers of a page on which it waits: the browser may go back to its app.
    pub fn headers(&self, visit: &Visit) -> PageHeaders {
        let logo = self.client.metadata.logo_uri.as_ref().map(WebUri::as_str);
        visit.headers().in_flow(&self.redirect_uri).with_image(logo)
    }

    /// Whether the app seems to mean this person: it names nobody else.
    pub fn may_mean(&self, visit: &Visit, person: &Person) -> bool {
        let hint = self.request.login_hint.as_deref();
        self.request.may_be_about(&visit.cx.subjects.sub(&self.client.metadata, person.id))
            && hint.is_none_or(|hint| signs_in_as(person, hint))
    }

    /// The way to another page of ours, with the request as it came.
    pub fn path(&self, page: &str) -> String {
        format!("{page}?request={}", self.sealed)
    }

    /// The way for somebody who is not the person on the page.
    pub async fn path_for_another(&self, visit: &Visit) -> Result<String, Error> {
        let several = visit.accounts().await?.others().next().is_some();
        let path = self.path(if several { entrance::SELECT_ACCOUNT } else { entrance::SIGN_IN });
        Ok(if several { path } else { format!("{path}&another=yes") })
    }

    /// Back to where the next step is decided, with the request as it is now.
    pub fn resume(&self, visit: &Visit) -> HttpResponse {
        visit.redirect(&self.resume_path(visit))
    }

    /// The way there, under the issuer's path.
    pub fn resume_path(&self, visit: &Visit) -> String {
        format!("{RESUME}?request={}", self.request.seal(&visit.cx.request_sealer))
    }
}

/// A client that receives people at `uri`, as pages show it.
pub(super) fn app(client: &Client, uri: &Url) -> App {
    with_links(App::new(name(client), uri), client)
}

/// A client on a device of the person, as pages show it.
pub(super) fn app_on_a_device(client: &Client) -> App {
    with_links(App::on_a_device(name(client)), client)
}

fn name(client: &Client) -> &str {
    client.metadata.client_name.as_deref().unwrap_or(client.id.as_str())
}

fn with_links(app: App, client: &Client) -> App {
    let metadata = &client.metadata;
    let app = app.with_links(
        metadata.logo_uri.as_ref().map(WebUri::as_str),
        metadata.policy_uri.as_ref().map(WebUri::as_str),
        metadata.tos_uri.as_ref().map(WebUri::as_str),
    );
    let app = app.with_accent(metadata.accent_color);
    // RFC 7591 §5: people are warned of what nobody has looked at.
    let document = client.is_of_document().then(|| Url::parse(client.id.as_str()).ok()).flatten();
    app.that_registered_itself(client.registration.is_some()).that_describes_itself_at(document.as_ref())
}
