//! `/registration-tokens`: the tokens by which clients register themselves (RFC 7591 §3).

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Path};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::answer::{self, Answer};
use super::caller::Caller;
use super::client_actions::read;
use super::clients::JSON;
use super::etag::{Tag, tagged};
use super::idempotency::{Created, Once};
use super::people::Items;
use super::problem::{Kind, Problem};
use crate::clock::Timestamp;
use crate::domain::clients::dynamic::initial_tokens::{self, Draft};
use crate::domain::own_api;
use crate::domain::permission::Permission;
use crate::ids::InitialTokenId;
use crate::store::InitialToken;

/// A token by which clients register themselves; never the token itself.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RegistrationToken)]
pub(super) struct TokenView {
    /// Its identifier.
    id: Uuid,
    /// For whom it was made.
    note: String,
    /// How many clients may be registered by it.
    uses: u32,
    /// How many still may.
    uses_left: u32,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it ends.
    #[schema(format = DateTime)]
    expires_at: String,
}

/// A token that has just been made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NewRegistrationToken)]
pub(super) struct AddedView {
    #[serde(flatten)]
    token: TokenView,
    /// The token: nobody can read it again.
    initial_access_token: String,
}

/// A token as it is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TokenDraft {
    /// For whom it is, on one line.
    #[serde(default)]
    #[schema(max_length = 100, default = "")]
    note: String,
    /// How long it is good, in seconds.
    #[schema(minimum = 1, maximum = 31_536_000)]
    expires_in: u64,
    /// How many clients may be registered by it.
    #[serde(default = "once")]
    #[schema(minimum = 1, maximum = 10_000, default = 1)]
    uses: u32,
}

const fn once() -> u32 {
    1
}

impl TokenView {
    fn new(token: &InitialToken) -> Self {
        Self {
            id: token.id.0,
            note: token.note.clone(),
            uses: token.uses,
            uses_left: token.uses_left,
            created_at: Timestamp::to_rfc3339(token.created_at),
            expires_at: Timestamp::to_rfc3339(token.expires_at),
        }
    }
}

/// Every token that has not ended, the newest first.
#[utoipa::path(get, path = "/registration-tokens", tag = "Clients", security(("oauth2" = ["clients:read"])),
    responses((status = 200, description = "All of them", body = Items<TokenView>)))]
pub(super) async fn list(caller: Caller) -> Answer {
    caller.must(Permission::ClientsRead)?;
    let tokens = caller.cx.store.initial_tokens(caller.now).await?;
    answer::ok(&Items { items: tokens.iter().map(TokenView::new).collect() })
}

/// Makes a token. It is in this answer and nowhere else.
#[utoipa::path(post, path = "/registration-tokens", tag = "Clients", security(("oauth2" = ["clients:write"])),
    params(("Idempotency-Key" = Option<String>, Header,
        description = "A key of your own: the same request under the same key is done once")),
    request_body = TokenDraft,
    responses((status = 201, description = "Made", body = AddedView,
        headers(("Location" = String, description = "Its address"), ("ETag" = String, description = "Its state")))))]
pub(super) async fn create(caller: Caller, body: Bytes) -> Answer {
    caller.must(Permission::ClientsWrite)?;
    let TokenDraft { note, expires_in, uses } = read(caller.body(&body, JSON)?)?;
    let draft = Draft { note, lifetime: Duration::from_secs(expires_in), uses };
    if let Some((member, problem)) = draft.fault() {
        return Err(Problem::of_member(member, problem));
    }
    let once = Once::of(&caller, &body)?;
    if let Some(answer) = once.answered(&caller).await? {
        return Ok(answer);
    }
    let keep = |token: &InitialToken, secret: &SecretString| once.keep(&caller, || created(&caller, token, secret));
    if let Some((token, secret)) = initial_tokens::add(&caller.act(), &caller.cx.hasher, draft, keep).await? {
        return Ok(created(&caller, &token, &secret).response());
    }
    let gone = || Problem::from(Kind::Internal).because("an answer was kept, and is gone");
    once.answered(&caller).await?.ok_or_else(gone)
}

fn created(caller: &Caller, token: &InitialToken, secret: &SecretString) -> Created {
    let view = AddedView { token: TokenView::new(token), initial_access_token: secret.expose_secret().to_owned() };
    Created {
        location: format!("{}/registration-tokens/{}", own_api::identifier(caller.cx.issuer()), token.id),
        tag: Tag::of(&view.token).as_str().to_owned(),
        body: serde_json::to_string(&view).unwrap_or_default(),
    }
}

/// One token.
#[utoipa::path(get, path = "/registration-tokens/{token_id}", tag = "Clients", security(("oauth2" = ["clients:read"])),
    params(("token_id" = Uuid, Path, description = "Its identifier")),
    responses((status = 200, description = "The token", body = TokenView,
        headers(("ETag" = String, description = "Its state")))))]
pub(super) async fn show(caller: Caller, id: Path<String>) -> Answer {
    caller.must(Permission::ClientsRead)?;
    let id: InitialTokenId = id.parse().map_err(|_| Kind::NotFound)?;
    let token = caller.cx.store.initial_token_by_id(id).await?.ok_or(Kind::NotFound)?;
    tagged(StatusCode::OK, &TokenView::new(&token))
}

/// Deletes a token: nobody registers a client by it from now on. Clients that were registered by it stay.
#[utoipa::path(delete, path = "/registration-tokens/{token_id}", tag = "Clients",
    security(("oauth2" = ["clients:write"])),
    params(("token_id" = Uuid, Path, description = "Its identifier")),
    responses((status = 204, description = "Deleted")))]
pub(super) async fn delete(caller: Caller, id: Path<String>) -> Answer {
    caller.must(Permission::ClientsWrite)?;
    let id: InitialTokenId = id.parse().map_err(|_| Kind::NotFound)?;
    if initial_tokens::delete(&caller.act(), id).await? { Ok(answer::done()) } else { Err(Kind::NotFound.into()) }
}
