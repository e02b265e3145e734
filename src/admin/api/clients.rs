//! `/clients`: apps and machines, as RFC 7591 and RFC 7592 describe them.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Path};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::answer::{self, Answer};
use super::caller::Caller;
use super::etag::{IfMatch, Tag, tagged};
use super::idempotency::{Created, Once};
use super::metadata::Metadata;
use super::page::{Page, Search};
use super::problem::{Kind, MemberError, Problem};
use crate::clock::Timestamp;
use crate::domain::clients::kind::ClientKind;
use crate::domain::clients::registration::{Registered, RegistrationError};
use crate::domain::own_api;
use crate::domain::permission::Permission;
use crate::ids::ClientId;
use crate::protocol::client_metadata::ClientMetadata;
use crate::store::Client;

/// The type of a body that the API reads.
pub(super) const JSON: &[&str] = &["application/json"];

/// A client as it is registered, and how it is doing.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Client)]
pub(super) struct ClientView {
    #[serde(flatten)]
    metadata: Metadata,
    /// `web`, `single-page`, `native`, `device` or `machine`: what it looks like.
    kind: &'static str,
    /// `active`, or `disabled`.
    state: &'static str,
    /// Its secrets that are valid; never the secrets themselves. In lists there are none.
    secrets: Vec<SecretView>,
    /// When it was registered.
    #[schema(format = DateTime)]
    created_at: String,
    /// When its metadata last changed.
    #[schema(format = DateTime)]
    updated_at: String,
    /// Since when it may do nothing, if so.
    #[schema(format = DateTime)]
    disabled_at: Option<String>,
    /// How it registered itself, if it did.
    registration: Option<RegistrationView>,
}

/// That a client came without anybody who runs the server: it registered itself (RFC 7591), or describes itself in a document.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Registration)]
pub(super) struct RegistrationView {
    /// By what.
    #[schema(pattern = "^(itself|document)$")]
    by: &'static str,
    /// From which address it came.
    address: Option<String>,
    /// When it is removed, if nobody has used it by then; null once somebody has.
    #[schema(format = DateTime)]
    unused_until: Option<String>,
}

/// A secret, as far as it can be told.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Secret)]
pub(super) struct SecretView {
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it ends, after a rotation.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
}

/// A client with the secret that it has just been given.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RegisteredClient)]
pub(super) struct RegisteredView {
    #[serde(flatten)]
    client: ClientView,
    /// The secret: nobody can read it again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    client_secret: Option<String>,
    /// When the secret ends, in Unix seconds; 0: it does not. There where a secret is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    client_secret_expires_at: Option<i64>,
}

/// What to register: client metadata, and the kind that it begins with.
#[derive(Serialize, ToSchema)]
pub(super) struct NewClient {
    #[serde(flatten)]
    metadata: Metadata,
    /// Begin with what is safe for this kind; members that you give win.
    #[schema(pattern = "^(web|single-page|native|device|machine)$")]
    kind: Option<String>,
}

impl ClientView {
    pub fn new(client: &Client) -> Self {
        let time = Timestamp::to_rfc3339;
        let mut secrets: Vec<_> = client.secrets.iter().map(|s| (s.created_at, s.expires_at)).collect();
        secrets.sort_unstable();
        Self {
            metadata: Metadata::of(&client.metadata),
            kind: ClientKind::of(&client.metadata).word(),
            state: if client.disabled_at.is_some() { "disabled" } else { "active" },
            secrets: secrets
                .into_iter()
                .map(|(created_at, end)| SecretView { created_at: time(created_at), expires_at: end.map(time) })
                .collect(),
            created_at: time(client.created_at),
            updated_at: time(client.updated_at),
            disabled_at: client.disabled_at.map(time),
            registration: client.registration.as_ref().map(|own| RegistrationView {
                by: own.by.word(),
                address: own.address.clone(),
                unused_until: own.unused_until.map(time),
            }),
        }
    }
}

impl RegisteredView {
    pub fn new(registered: &Registered) -> Self {
        use secrecy::ExposeSecret;
        Self {
            client: ClientView::new(&registered.client),
            client_secret: registered.secret.as_ref().map(|secret| secret.expose_secret().to_owned()),
            client_secret_expires_at: registered.secret.as_ref().map(|_| registered.secret_expires_at()),
        }
    }
}

/// All clients, by identifier, or those whose identifier or name begins with `q`.
#[utoipa::path(get, path = "/clients", tag = "Clients", params(Search), security(("oauth2" = ["clients:read"])),
    responses((status = 200, description = "A page of clients", body = Page<ClientView>)))]
pub(super) async fn list(caller: Caller) -> Answer {
    caller.must_to_own(Permission::ClientsRead)?;
    let search: Search = caller.query()?;
    let (limit, after) = (search.limit()?, search.after()?.map(|id| ClientId(id.to_owned())));
    let (store, own) = (&caller.cx.store, caller.authority.only_clients_of());
    let found = match search.sought()? {
        None => store.clients_after(own, after.as_ref(), limit + 1).await?,
        Some(prefix) => store.clients_beginning_after(own, prefix, after.as_ref(), limit + 1).await?,
    };
    answer::ok(&Page::new(found, limit, |client| client.id.to_string(), ClientView::new))
}

/// Registers a client. Its secret, if it authenticates, is in this answer and nowhere else.
#[utoipa::path(post, path = "/clients", tag = "Clients", security(("oauth2" = ["clients:write"])),
    params(("Idempotency-Key" = Option<String>, Header,
        description = "A key of your own: the same request under the same key is done once")),
    request_body(content = NewClient, example = json!({
        "kind": "web", "client_name": "Wiki", "redirect_uris": ["https://wiki.example.com/callback"],
    })),
    responses(
        (status = 201, description = "Registered", body = RegisteredView,
            headers(("Location" = String, description = "Its address"), ("ETag" = String, description = "Its state"))),
        (status = 409, description = "The client_id is taken"),
    ))]
pub(super) async fn create(caller: Caller, body: Bytes) -> Answer {
    caller.must_to_own(Permission::ClientsWrite)?;
    let metadata = drafted(caller.body(&body, JSON)?)?;
    caller.must_hold(&metadata.scope)?;
    let once = Once::of(&caller, &body)?;
    if let Some(answer) = once.answered(&caller).await? {
        return Ok(answer);
    }
    let keep = |registered: &Registered| once.keep(&caller, || created(&caller, registered));
    match caller.registrar().add_once(metadata, keep).await {
        Ok(registered) => Ok(created(&caller, &registered).response()),
        Err(error) => once.answered(&caller).await?.ok_or_else(|| refused(error)),
    }
}

/// The answer to who registered a client.
pub(super) fn created(caller: &Caller, registered: &Registered) -> Created {
    let path = url::form_urlencoded::byte_serialize(registered.client.id.as_str().as_bytes()).collect::<String>();
    Created {
        location: format!("{}/clients/{}", own_api::identifier(caller.cx.issuer()), path.replace('+', "%20")),
        tag: Tag::of(&ClientView::new(&registered.client)).as_str().to_owned(),
        body: serde_json::to_string(&RegisteredView::new(registered)).unwrap_or_default(),
    }
}

/// One client.
#[utoipa::path(get, path = "/clients/{client_id}", tag = "Clients", security(("oauth2" = ["clients:read"])),
    params(("client_id" = String, Path, description = "Its identifier")),
    responses((status = 200, description = "The client", body = ClientView,
        headers(("ETag" = String, description = "Its state, for If-Match")))))]
pub(super) async fn show(caller: Caller, id: Path<String>) -> Answer {
    caller.must_to_own(Permission::ClientsRead)?;
    tagged(StatusCode::OK, &ClientView::new(&find(&caller, id.into_inner()).await?))
}

/// Replaces what is registered as a whole: what you leave out gets its default. Identifier and secret stay; a client that
/// now authenticates is given a secret, one that no longer does loses its own.
#[utoipa::path(put, path = "/clients/{client_id}", tag = "Clients", security(("oauth2" = ["clients:write"])),
    params(("client_id" = String, Path, description = "Its identifier"),
        ("If-Match" = String, Header, description = "The ETag of the client as you have seen it, or *")),
    request_body(content = Metadata, example = json!({
        "client_name": "Wiki", "redirect_uris": ["https://wiki.example.com/callback"], "scope": "openid profile",
    })),
    responses((status = 200, description = "As it is registered now", body = RegisteredView,
        headers(("ETag" = String, description = "Its new state")))))]
pub(super) async fn replace(caller: Caller, id: Path<String>, body: Bytes) -> Answer {
    caller.must_to_own(Permission::ClientsWrite)?;
    let seen = IfMatch::of(&caller.request)?;
    let client = find(&caller, id.into_inner()).await?;
    caller.must_hold(&client.metadata.scope)?;
    let metadata = parse(&caller.body(&body, JSON)?)?;
    caller.must_hold(&metadata.scope)?;
    let is_as_seen = move |client: &Client| seen.admits(&ClientView::new(client));
    let registered = caller.registrar().update_if(&client.id, metadata, is_as_seen).await.map_err(refused)?;
    caller.cx.clients.forget(&client.id);
    let view = RegisteredView::new(&registered);
    let tag = Tag::of(&view.client);
    let mut response = answer::ok(&view)?;
    if let Ok(tag) = tag.as_str().parse() {
        response.headers_mut().insert(actix_web::http::header::ETAG, tag);
    }
    Ok(response)
}

/// Deletes a client with all that was granted to it.
#[utoipa::path(delete, path = "/clients/{client_id}", tag = "Clients", security(("oauth2" = ["clients:write"])),
    params(("client_id" = String, Path, description = "Its identifier")),
    responses((status = 204, description = "Deleted")))]
pub(super) async fn delete(caller: Caller, id: Path<String>) -> Answer {
    caller.must_to_own(Permission::ClientsWrite)?;
    let client = find(&caller, id.into_inner()).await?;
    caller.must_hold(&client.metadata.scope)?;
    caller.registrar().delete(&client.id).await.map_err(refused)?;
    caller.cx.clients.forget(&client.id);
    Ok(answer::done())
}

/// The client of this identifier, if the caller sees it.
pub(super) async fn find(caller: &Caller, id: String) -> Result<Client, Problem> {
    // No other identifier can be registered; PostgreSQL would not even look for a NUL.
    if !id.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Kind::NotFound.into());
    }
    let found = caller.cx.store.client(&ClientId(id), caller.now).await?;
    let is_seen = |client: &Client| caller.authority.only_clients_of().is_none_or(|own| client.managed_by == Some(own));
    found.filter(is_seen).ok_or_else(|| Kind::NotFound.into())
}

/// Why a registration stays as it is.
pub(super) fn refused(error: RegistrationError) -> Problem {
    let text = error.to_string();
    match error {
        RegistrationError::Faulty(faults) => Problem::invalid(
            faults.into_iter().map(|fault| MemberError { detail: fault.to_string(), member: fault.member }).collect(),
        ),
        RegistrationError::Unknown(_) => Problem::new(Kind::NotFound, text),
        RegistrationError::Exists(_) | RegistrationError::NoSecret(..) => Problem::new(Kind::Conflict, text),
        RegistrationError::OtherId(_) => Problem::of_member("client_id", text),
        RegistrationError::OtherSecret(_) => Problem::of_member("client_secret", text),
        RegistrationError::Changed(_) => Problem::new(Kind::Changed, text),
        RegistrationError::Answered => Problem::from(Kind::Internal).because("an answer was kept, and is gone"),
        RegistrationError::NotAdmitted(_) => Problem::from(Kind::Internal).because(text),
        RegistrationError::Store(error) => error.into(),
    }
}

fn parse(value: &Value) -> Result<ClientMetadata, Problem> {
    ClientMetadata::parse(value.to_string().as_bytes()).map_err(|faults| refused(faults.into()))
}

/// The metadata of a new client: with `kind`, what is safe for that, and over it whatever else is given.
fn drafted(sent: Value) -> Result<ClientMetadata, Problem> {
    let Value::Object(mut members) = sent else { return parse(&sent) };
    let kind = match members.remove("kind") {
        None | Some(Value::Null) => return parse(&Value::Object(members)),
        Some(kind) => kind.as_str().and_then(ClientKind::from_word),
    };
    let Some(kind) = kind else {
        let names = ClientKind::ALL.map(ClientKind::word).join(", ");
        return Err(Problem::of_member("kind", format!("kind: is none of {names}.")));
    };
    let Value::Object(mut draft) = kind.draft("", &[], "") else { return parse(&Value::Null) };
    // Where nothing is given, the usual default holds.
    draft.retain(|name, value| !value.is_null() && name != "scope");
    let given: Map<_, _> = members.into_iter().filter(|(_, value)| !value.is_null()).collect();
    draft.extend(given);
    parse(&Value::Object(draft))
}
