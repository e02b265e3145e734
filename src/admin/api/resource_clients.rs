//! `/resources/{resource_id}/…`: the clients of a resource: those that may ask for tokens for it, and its servers, which ask
//! about tokens.

use actix_web::web::{Bytes, Path};

use super::answer::{self, Answer};
use super::caller::Caller;
use super::clients::{self, ClientView, RegisteredView, refused};
use super::idempotency::Once;
use super::page::{Page, Part, plain};
use super::problem::{Kind, Problem};
use super::resources::find;
use crate::domain::catalogue::{Resource, Source};
use crate::domain::clients::registration::Registered;
use crate::domain::permission::Permission;
use crate::domain::resources::{allow, make_credentials, take_away};
use crate::ids::ClientId;
use crate::protocol::resource::ResourceUri;
use crate::store::{Client, Mention};

/// The clients that may ask for tokens for a resource, by identifier.
#[utoipa::path(get, path = "/resources/{resource_id}/clients", tag = "Resources",
    security(("oauth2" = ["clients:read"])),
    params(("resource_id" = uuid::Uuid, Path, description = "The resource"), Part),
    responses((status = 200, description = "A page of clients", body = Page<ClientView>)))]
pub(super) async fn list(caller: Caller, id: Path<String>) -> Answer {
    caller.must_to_own(Permission::ClientsRead)?;
    let resource = find(&caller, &id).await?;
    page(&caller, Mention::Resource(&resource.identifier)).await
}

/// The servers of a resource: clients that learn of its tokens by introspection.
#[utoipa::path(get, path = "/resources/{resource_id}/servers", tag = "Resources",
    security(("oauth2" = ["clients:read"])),
    params(("resource_id" = uuid::Uuid, Path, description = "The resource"), Part),
    responses((status = 200, description = "A page of clients", body = Page<ClientView>)))]
pub(super) async fn list_servers(caller: Caller, id: Path<String>) -> Answer {
    caller.must_to_own(Permission::ClientsRead)?;
    let resource = find(&caller, &id).await?;
    page(&caller, Mention::ServedResource(&resource.identifier)).await
}

async fn page(caller: &Caller, mention: Mention<'_>) -> Answer {
    let part: Part = caller.query()?;
    let after = plain("after", part.after.as_deref())?.filter(|text| !text.is_empty());
    let (limit, after) = (part.limit()?, after.map(|id| ClientId(id.to_owned())));
    let (store, own) = (&caller.cx.store, caller.authority.only_clients_of());
    let found = store.clients_mentioning(own, mention, after.as_ref(), limit + 1).await?;
    answer::ok(&Page::new(found, limit, |client| client.id.to_string(), ClientView::new))
}

/// Lets a client ask for tokens for a resource: adds it to the `resources` of the client.
#[utoipa::path(put, path = "/resources/{resource_id}/clients/{client_id}", tag = "Resources",
    security(("oauth2" = ["clients:write"])),
    params(("resource_id" = uuid::Uuid, Path, description = "The resource"),
        ("client_id" = String, Path, description = "The client")),
    responses((status = 204, description = "It may")))]
pub(super) async fn admit(caller: Caller, ids: Path<(String, String)>) -> Answer {
    let (client, resource) = both(&caller, ids.into_inner()).await?;
    allow(&caller.registrar(), &client, &resource).await.map_err(refused)?;
    caller.cx.clients.forget(&client.id);
    Ok(answer::done())
}

/// Takes a resource out of the `resources` of a client, and from being its default.
#[utoipa::path(delete, path = "/resources/{resource_id}/clients/{client_id}", tag = "Resources",
    security(("oauth2" = ["clients:write"])),
    params(("resource_id" = uuid::Uuid, Path, description = "The resource"),
        ("client_id" = String, Path, description = "The client")),
    responses((status = 204, description = "It may not")))]
pub(super) async fn remove(caller: Caller, ids: Path<(String, String)>) -> Answer {
    let (client, resource) = both(&caller, ids.into_inner()).await?;
    take_away(&caller.registrar(), &client, &resource).await.map_err(refused)?;
    caller.cx.clients.forget(&client.id);
    Ok(answer::done())
}

/// Makes credentials with which a server of the resource asks about tokens: a client that can do nothing else. Its secret is
/// in this answer and nowhere else.
#[utoipa::path(post, path = "/resources/{resource_id}/credentials", tag = "Resources",
    security(("oauth2" = ["resources:write"])),
    params(("resource_id" = uuid::Uuid, Path, description = "The resource"),
        ("Idempotency-Key" = Option<String>, Header,
            description = "A key of your own: the same request under the same key is done once")),
    responses((status = 201, description = "Registered", body = RegisteredView,
        headers(("Location" = String, description = "Its address"), ("ETag" = String, description = "Its state"))),
        (status = 409, description = "The resource is this server itself")))]
pub(super) async fn credentials(caller: Caller, id: Path<String>, body: Bytes) -> Answer {
    caller.must(Permission::ResourcesWrite)?;
    let resource = find(&caller, &id).await?;
    must_be_anothers(&resource)?;
    let once = Once::of(&caller, &body)?;
    if let Some(answer) = once.answered(&caller).await? {
        return Ok(answer);
    }
    let keep = |client: &Registered| once.keep(&caller, || clients::created(&caller, client));
    match make_credentials(&caller.registrar(), &resource, None, keep).await {
        Ok(registered) => Ok(clients::created(&caller, &registered).response()),
        Err(error) => once.answered(&caller).await?.ok_or_else(|| refused(error)),
    }
}

/// What is part of this server asks nobody about tokens.
fn must_be_anothers(resource: &Resource) -> Result<(), Problem> {
    if resource.source != Source::BuiltIn {
        return Ok(());
    }
    Err(Problem::new(Kind::Conflict, "This resource is part of the server: it needs no credentials."))
}

/// A client that the caller may change, and a resource.
async fn both(caller: &Caller, (resource, client): (String, String)) -> Result<(Client, ResourceUri), Problem> {
    caller.must_to_own(Permission::ClientsWrite)?;
    let resource = find(caller, &resource).await?;
    let client = clients::find(caller, client).await?;
    caller.must_hold(&client.metadata.scope)?;
    let uri =
        ResourceUri::parse(&resource.identifier).map_err(|error| Problem::from(Kind::Internal).because(error.text))?;
    Ok((client, uri))
}
