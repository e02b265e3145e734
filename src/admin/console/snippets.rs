//! `/admin/clients/{client_id}/snippets`: what the developer of an app pastes, by library.

use actix_web::web::Path;
use askama::Template;

use super::admin::Admin;
use super::client::{self, path_of};
use super::frame::{Frame, Section};
use crate::domain::clients::snippets::{self, Snippet, Values};
use crate::ids::ClientId;
use crate::protocol::redirect_uri::RedirectUri;
use crate::web::visit::PageResult;

/// `templates/console/snippets.html`
#[derive(Template)]
#[template(path = "console/snippets.html")]
struct Snippets<'a> {
    f: &'a Frame,
    path: String,
    app: &'a str,
    scope: String,
    confidential: bool,
    libraries: Vec<Snippet>,
}

/// The page.
pub(super) async fn show(admin: Admin, id: Path<String>) -> PageResult {
    let client = client::find(&admin, &ClientId(id.into_inner())).await?;
    let values = Values {
        issuer: admin.visit.cx.issuer().as_str(),
        client_id: client.id.as_str(),
        redirect_uri: client.metadata.redirect_uris.first().map(RedirectUri::as_str),
    };
    let frame = admin.frame();
    let page = Snippets {
        f: &frame,
        path: path_of(&client.id),
        app: client.metadata.client_name.as_deref().unwrap_or(client.id.as_str()),
        scope: client.metadata.scope.to_string(),
        confidential: client.metadata.token_endpoint_auth_method.has_secret(),
        libraries: snippets::of(&client.metadata, values),
    };
    admin.send(&frame, Section::Clients, "Settings to paste", &page)
}
