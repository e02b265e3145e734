//! `/admin/resources/{resource_id}`: one resource: its scopes, its servers and their credentials, and the clients that may
//! ask for tokens for it.

use actix_web::Error;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use secrecy::ExposeSecret;

use super::admin::{Admin, AdminForm};
use super::client;
use super::clients::ClientRow;
use super::frame::{Frame, Section};
use super::listing::{Listing, ROWS, encoded};
use super::resources::{from, path_of};
use crate::config::format_duration;
use crate::domain::catalogue::{Catalogue, Resource, Source};
use crate::domain::clients::registration::{Registered, RegistrationError};
use crate::domain::permission::Permission;
use crate::domain::resources::{allow, make_credentials, take_away};
use crate::ids::{ClientId, ResourceId};
use crate::protocol::params::Params;
use crate::protocol::resource::ResourceUri;
use crate::store::{Client, Mention};
use crate::web::page::Problem;
use crate::web::visit::PageResult;

/// `templates/console/resource.html`
#[derive(Template)]
#[template(path = "console/resource.html")]
struct ResourcePage<'a> {
    f: &'a Frame,
    path: String,
    resource: &'a Resource,
    from: &'static str,
    lifetime: String,
    is_default: bool,
    scopes: Vec<(&'a str, &'a str)>,
    servers: Clients,
    clients: Clients,
    /// Whether these are the clients of whoever looks, and no others.
    only_own: bool,
    /// Of the credentials that the form makes: drawn with the form, so that one that is sent twice makes one.
    client_id: String,
    made: Option<&'a Registered>,
    told: &'a Told,
}

/// Clients of a resource, and where more of them are.
struct Clients {
    rows: Vec<ClientRow>,
    next: Option<String>,
}

/// What a form was refused for, beside the form.
#[derive(Default)]
struct Told {
    /// A client identifier that was typed, and why it was refused.
    client: Option<(String, String)>,
    /// Why no credentials were made.
    credentials: Option<String>,
}

impl ResourcePage<'_> {
    /// The credentials that were just made.
    fn credentials(&self) -> Option<(&str, &str)> {
        let made = self.made?;
        Some((made.client.id.as_str(), made.secret.as_ref()?.expose_secret()))
    }

    fn is_anothers(&self) -> bool {
        self.resource.source != Source::BuiltIn
    }
}

/// The page.
pub(super) async fn show(admin: Admin, id: Path<String>) -> PageResult {
    let resource = find(&admin, &id).await?;
    render(&admin, &resource, None, &Told::default()).await
}

/// What the page's forms ask for.
pub(super) async fn submit(AdminForm { admin, fields }: AdminForm, id: Path<String>) -> PageResult {
    let visit = &admin.visit;
    let resource = find(&admin, &id).await?;
    match visit.value(&fields, "action")? {
        // What is part of this server asks nobody about tokens.
        Some("credentials") if resource.source != Source::BuiltIn => credentials(&admin, &resource, &fields).await,
        Some("allow") => admit(&admin, &resource, &fields).await,
        Some("take-away") => remove(&admin, &resource, &fields).await,
        _ => Err(visit.refuse(Problem::Malformed)),
    }
}

async fn credentials(admin: &Admin, resource: &Resource, fields: &Params) -> PageResult {
    let visit = &admin.visit;
    let client_id = visit.value(fields, "client_id")?.filter(|id| !id.is_empty());
    match make_credentials(&admin.registrar(), resource, client_id, |_| None).await {
        Ok(made) => render(admin, resource, Some(&made), &Told::default()).await,
        Err(RegistrationError::Store(error)) => Err(visit.failed(&error)),
        Err(error) => {
            let text = match error {
                RegistrationError::Exists(_) => {
                    "These were made already, and shown then. If nobody kept the secret, make others.".to_owned()
                }
                other => other.to_string(),
            };
            render(admin, resource, None, &Told { credentials: Some(text), ..Told::default() }).await
        }
    }
}

async fn admit(admin: &Admin, resource: &Resource, fields: &Params) -> PageResult {
    let visit = &admin.visit;
    let typed = visit.value(fields, "client")?.unwrap_or_default().trim();
    let Some(client) = client::look_up(admin, &ClientId(typed.to_owned())).await? else {
        let told =
            Told { client: Some((typed.to_owned(), "There is no client of this id.".to_owned())), ..Told::default() };
        return render(admin, resource, None, &told).await;
    };
    admin.must_hold_scope_of(&client)?;
    let uri = uri(admin, resource)?;
    let allowed = allow(&admin.registrar(), &client, &uri).await;
    answer(admin, resource, &client, allowed.map(|()| "allowed")).await
}

async fn remove(admin: &Admin, resource: &Resource, fields: &Params) -> PageResult {
    let visit = &admin.visit;
    let id = visit.value(fields, "client")?.ok_or_else(|| visit.refuse(Problem::Malformed))?;
    let client = client::find(admin, &ClientId(id.to_owned())).await?;
    admin.must_hold_scope_of(&client)?;
    let taken = take_away(&admin.registrar(), &client, &uri(admin, resource)?).await;
    answer(admin, resource, &client, taken.map(|()| "not-allowed")).await
}

/// What became of a client's registration.
async fn answer(
    admin: &Admin,
    resource: &Resource,
    client: &Client,
    changed: Result<&'static str, RegistrationError>,
) -> PageResult {
    let visit = &admin.visit;
    let done = match changed {
        Ok(done) => done,
        Err(RegistrationError::Changed(_)) => "stale",
        // The rest of it names what is gone, such as a scope.
        Err(error @ RegistrationError::Faulty(_)) => {
            let told = Told { client: Some((client.id.to_string(), error.to_string())), ..Told::default() };
            return render(admin, resource, None, &told).await;
        }
        Err(error) => return Err(client::refused(admin, error)),
    };
    visit.cx.clients.forget(&client.id);
    Ok(visit.redirect(&format!("{}?done={done}", path_of(resource.id))))
}

/// The resource of this identifier of ours.
pub(super) async fn find(admin: &Admin, id: &str) -> Result<Resource, Error> {
    let visit = &admin.visit;
    let Ok(id) = id.parse::<ResourceId>() else { return Err(visit.refuse(Problem::NotFound)) };
    let found = admin.catalogue().await?.resource_by_id(id).cloned();
    found.ok_or_else(|| visit.refuse(Problem::NotFound))
}

fn uri(admin: &Admin, resource: &Resource) -> Result<ResourceUri, Error> {
    ResourceUri::parse(&resource.identifier).map_err(|error| admin.visit.malformed(&error))
}

async fn render(admin: &Admin, resource: &Resource, made: Option<&Registered>, told: &Told) -> PageResult {
    let (visit, catalogue) = (&admin.visit, admin.catalogue().await?);
    let usual = visit.cx.config.tokens.access_token_lifetime;
    let is_refused = told.client.is_some() || told.credentials.is_some();
    let status = if is_refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let frame = admin.frame();
    let page = ResourcePage {
        f: &frame,
        path: path_of(resource.id),
        resource,
        from: from(resource.source),
        lifetime: format_duration(resource.lifetime.unwrap_or(usual)),
        is_default: catalogue.default_resource() == resource.identifier,
        scopes: described(&catalogue, resource),
        servers: clients(admin, resource, Mention::ServedResource(&resource.identifier), "server").await?,
        clients: clients(admin, resource, Mention::Resource(&resource.identifier), "after").await?,
        only_own: admin.only_clients_of().is_some(),
        client_id: visit.cx.entropy.uuid().to_string(),
        made,
        told,
    };
    admin.send_as(status, &frame, Section::Resources, &resource.name, &page)
}

fn described<'a>(catalogue: &'a Catalogue, resource: &'a Resource) -> Vec<(&'a str, &'a str)> {
    let text = |name| catalogue.scope_text(name).unwrap_or_default();
    resource.scopes.iter().map(|token| (token.as_str(), text(token.as_str()))).collect()
}

/// The clients that mention a resource so, those that follow the one that `parameter` of the address names.
async fn clients(admin: &Admin, resource: &Resource, mention: Mention<'_>, parameter: &str) -> Result<Clients, Error> {
    let visit = &admin.visit;
    let query = visit.query()?;
    let after = visit.value(&query, parameter)?.map(|after| ClientId(after.to_owned()));
    let store = &visit.cx.store;
    let found = store.clients_mentioning(admin.only_clients_of(), mention, after.as_ref(), ROWS + 1).await;
    let listing: Listing<Client> = Listing::new(found.map_err(|error| visit.failed(&error))?);
    let rows: Vec<_> = listing.rows.iter().map(ClientRow::new).collect();
    let next = rows.last().filter(|_| listing.more);
    let next = next.map(|last| format!("{}?{parameter}={}", path_of(resource.id), encoded(&last.id)));
    Ok(Clients { rows, next })
}
