//! `/api-keys`: keys with which scripts of people and clients get in; never their secrets, but for the one answer that
//! makes one.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Path};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::answer::{self, Answer};
use super::api_key_view::{ApiKeyView, IssuedView, NewApiKey, Owner, Terms, split, version};
use super::caller::Caller;
use super::clients::{self, JSON};
use super::etag::{IfMatch, Tag, tagged_as};
use super::idempotency::{Created, Once};
use super::merge_patch;
use super::page::{Page, Part, plain};
use super::people::{self, PATCH};
use super::problem::{Kind, Problem};
use crate::config::parse_duration;
use crate::domain::api_keys::{self, Added, Change, KeyTerms, MOST};
use crate::domain::authority::role_of;
use crate::domain::own_api;
use crate::domain::permission::Permission;
use crate::ids::{ApiKeyId, ClientId, PersonId};
use crate::store::{ApiKey, ApiKeyFilter, ApiKeyPlace, Client, KeyOwner, ListedState};

/// Which keys.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Sought {
    /// Only those of this person.
    person_id: Option<Uuid>,
    /// Only those of this client.
    #[param(max_length = 300)]
    client_id: Option<String>,
    /// Only those in this state.
    #[param(inline)]
    state: Option<State>,
    /// Only those that nobody has used for so long, such as `90d`; the longest idle come first.
    #[param(pattern = "^[0-9]+(ms|s|m|h|d)$")]
    unused_for: Option<String>,
}

/// How a key is doing.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum State {
    /// It may be used.
    Active,
    /// It may not, until somebody enables it.
    Disabled,
    /// It was found in public, and not enabled since: it is disabled.
    Leaked,
    /// Its time is over.
    Expired,
}

impl Sought {
    fn filter(&self, caller: &Caller) -> Result<ApiKeyFilter, Problem> {
        let client = plain("client_id", self.client_id.as_deref())?;
        let owner = match (self.person_id, client) {
            (Some(_), Some(_)) => return Err(Problem::new(Kind::Malformed, "person_id, client_id: Name one of them.")),
            (Some(person), None) => Some(KeyOwner::Person(PersonId(person))),
            (None, client) => client.map(|client| KeyOwner::Client(ClientId(client.to_owned()))),
        };
        let idle = self.unused_for.as_deref().map(parse_duration).transpose();
        let idle = idle.map_err(|text| Problem::new(Kind::Malformed, format!("unused_for: {text}")))?;
        Ok(ApiKeyFilter {
            owner,
            managed_by: caller.authority.only_clients_of(),
            state: self.state.map(|state| match state {
                State::Active => ListedState::Active(caller.now),
                State::Disabled => ListedState::Disabled,
                State::Leaked => ListedState::Leaked,
                State::Expired => ListedState::Expired(caller.now),
            }),
            idle_since: idle.map(|idle| caller.now - idle),
        })
    }
}

/// All API keys, the newest first.
#[utoipa::path(get, path = "/api-keys", tag = "API keys", params(Sought, Part),
    security(("oauth2" = ["api-keys:read"])),
    responses((status = 200, description = "A page of keys", body = Page<ApiKeyView>)))]
pub(super) async fn list(caller: Caller) -> Answer {
    caller.must_to_own(Permission::ApiKeysRead)?;
    let (sought, part): (Sought, Part) = (caller.query()?, caller.query()?);
    let (limit, after) = (part.limit()?, part.after::<ApiKeyPlace>()?);
    let store = &caller.cx.store;
    let found = store.api_keys_after(&sought.filter(&caller)?, after, limit + 1).await?;
    let secrets = store.secrets_of_api_keys(found.iter().map(|key| key.id), caller.now).await?;
    let cursor = |key: &ApiKey| ApiKeyPlace::of(key).to_string();
    let view = |key: &ApiKey| ApiKeyView::new(key, secrets.get(&key.id).map_or(&[][..], Vec::as_slice), caller.now);
    answer::ok(&Page::new(found, limit, cursor, view))
}

/// Makes a key for a person or for a client. Its secret is in this answer and nowhere else.
#[utoipa::path(post, path = "/api-keys", tag = "API keys", security(("oauth2" = ["api-keys:write"])),
    params(("Idempotency-Key" = Option<String>, Header,
        description = "A key of your own: the same request under the same key is done once")),
    request_body(content = NewApiKey, example = json!({ "client_id": "wiki", "name": "Nightly report" })),
    responses(
        (status = 201, description = "Made", body = IssuedView,
            headers(("Location" = String, description = "Its address"), ("ETag" = String, description = "Its state"))),
        (status = 409, description = "The owner has as many keys as anybody may have"),
    ))]
pub(super) async fn create(caller: Caller, body: Bytes) -> Answer {
    caller.must_to_own(Permission::ApiKeysWrite)?;
    let (named, terms) = split(caller.body(&body, JSON)?)?;
    let (owner, client) = owner(&caller, &named).await?;
    let once = Once::of(&caller, &body)?;
    // What was right when it was asked first may be so no longer: an end that has passed, or a scope that was taken back.
    if let Some(answer) = once.answered(&caller).await? {
        return Ok(answer);
    }
    let terms = terms.check(&caller, client.as_ref())?;
    must_be_approved(&caller, client.as_ref(), &terms).await?;
    let keep = |key: &ApiKey, secret: &SecretString| once.keep(&caller, || created(&caller, key, secret));
    let (id, mode) = (ApiKeyId(caller.cx.entropy.uuid_at(caller.now)), named.mode.unwrap_or_default());
    let refusal = match api_keys::add(&caller.act(), &caller.cx.hasher, (id, owner, mode), terms, keep).await? {
        Added::Done(key, secret) => return Ok(created(&caller, &key, &secret).response()),
        Added::TooMany => {
            Problem::new(Kind::Conflict, format!("The owner has {MOST} keys, and nobody may have more: delete one."))
        }
        Added::Exists => Problem::from(Kind::Internal).because("a new identifier was taken"),
        Added::Answered => Problem::from(Kind::Internal).because("an answer was kept, and is gone"),
    };
    once.answered(&caller).await?.ok_or(refusal)
}

fn created(caller: &Caller, key: &ApiKey, secret: &SecretString) -> Created {
    Created {
        location: format!("{}/api-keys/{}", own_api::identifier(caller.cx.issuer()), key.id),
        tag: Tag::of(&version(key)).as_str().to_owned(),
        body: serde_json::to_string(&IssuedView::made(key, secret)).unwrap_or_default(),
    }
}

/// For whom a key is to speak, if the caller may say so.
async fn owner(caller: &Caller, named: &Owner) -> Result<(KeyOwner, Option<Client>), Problem> {
    match (named.person_id, &named.client_id) {
        (Some(person), None) => {
            caller.must(Permission::ApiKeysWrite)?;
            let found = caller.cx.store.person(PersonId(person)).await?;
            let person = found.ok_or_else(|| Problem::of_member("person_id", "There is no such person."))?;
            caller.must_stand_above(role_of(&person))?;
            Ok((KeyOwner::Person(person.id), None))
        }
        (None, Some(client)) => {
            let client = clients::find(caller, client.clone()).await.map_err(|problem| match problem.kind {
                Kind::NotFound => Problem::of_member("client_id", "There is no such client."),
                _ => problem,
            })?;
            Ok((KeyOwner::Client(client.id.clone()), Some(client)))
        }
        _ => Err(Problem::of_member("client_id", "Name person_id or client_id: the one for whom the key speaks.")),
    }
}

/// Refuses what a key could do by an approval that the caller cannot give and the client has not been given.
async fn must_be_approved(caller: &Caller, client: Option<&Client>, terms: &KeyTerms) -> Result<(), Problem> {
    let (cx, may_approve) = (&caller.cx, caller.authority.may(Permission::ApprovalsWrite));
    let approved = api_keys::approved(&cx.store, &cx.catalogue(), client, may_approve).await?;
    let Some(fault) = terms.unapproved(&cx.catalogue(), &approved) else { return Ok(()) };
    let scope = Permission::ApprovalsWrite.scope();
    Err(Problem::of_member(fault.member, format!("{} Over this API that takes {scope}.", fault.text)))
}

/// One key.
#[utoipa::path(get, path = "/api-keys/{key_id}", tag = "API keys", security(("oauth2" = ["api-keys:read"])),
    params(("key_id" = Uuid, Path, description = "Its identifier")),
    responses((status = 200, description = "The key", body = ApiKeyView,
        headers(("ETag" = String, description = "Its state, for If-Match; being used does not change it")))))]
pub(super) async fn show(caller: Caller, id: Path<String>) -> Answer {
    caller.must_to_own(Permission::ApiKeysRead)?;
    let key = find(&caller, &id).await?;
    shown(&caller, &key).await
}

/// Changes what a key may do, where, from where, how often and until when. Its owner, its mode and its secrets stay.
#[utoipa::path(patch, path = "/api-keys/{key_id}", tag = "API keys", security(("oauth2" = ["api-keys:write"])),
    params(("key_id" = Uuid, Path, description = "Its identifier"),
        ("If-Match" = String, Header, description = "The ETag of the key as you have seen it, or *")),
    request_body(content((Terms = "application/merge-patch+json"), (Terms = "application/json"))),
    responses((status = 200, description = "The key as it is now", body = ApiKeyView,
        headers(("ETag" = String, description = "Its new state")))))]
pub(super) async fn patch(caller: Caller, id: Path<String>, body: Bytes) -> Answer {
    caller.must_to_own(Permission::ApiKeysWrite)?;
    let seen = IfMatch::of(&caller.request)?;
    let key = writable(&caller, &id).await?;
    let patch = caller.body(&body, PATCH)?;
    if !seen.admits(&version(&key)) {
        return Err(Kind::Changed.into());
    }
    let mut terms = serde_json::to_value(Terms::of(&key)).unwrap_or_default();
    merge_patch::apply(&mut terms, &patch);
    let client = match &key.owner {
        KeyOwner::Client(client) => Some(clients::find(&caller, client.0.clone()).await?),
        KeyOwner::Person(_) => None,
    };
    let terms = Terms::read(terms)?.check(&caller, client.as_ref())?;
    must_be_approved(&caller, client.as_ref(), &terms).await?;
    match api_keys::replace(&caller.act(), &key, terms).await? {
        Change::Done(key) => shown(&caller, &key).await,
        Change::Changed => Err(Kind::Changed.into()),
    }
}

/// Deletes a key: whatever uses it is refused within a second.
#[utoipa::path(delete, path = "/api-keys/{key_id}", tag = "API keys", security(("oauth2" = ["api-keys:write"])),
    params(("key_id" = Uuid, Path, description = "Its identifier")),
    responses((status = 204, description = "Deleted")))]
pub(super) async fn delete(caller: Caller, id: Path<String>) -> Answer {
    let key = writable(&caller, &id).await?;
    match api_keys::delete(&caller.act(), &key).await? {
        Change::Done(()) => Ok(answer::done()),
        Change::Changed => Err(Kind::NotFound.into()),
    }
}

/// The key of this identifier, if the caller sees it: who sees only their own clients sees only the keys of those.
pub(super) async fn find(caller: &Caller, id: &str) -> Result<ApiKey, Problem> {
    let id: ApiKeyId = id.parse().map_err(|_| Kind::NotFound)?;
    let key = caller.cx.store.api_key(id).await?.ok_or(Kind::NotFound)?;
    if caller.authority.only_clients_of().is_some() {
        let KeyOwner::Client(client) = &key.owner else { return Err(Kind::NotFound.into()) };
        clients::find(caller, client.0.clone()).await?;
    }
    Ok(key)
}

/// The same, if the caller may change it: a key speaks for its owner, so that who changes it stands above them.
pub(super) async fn writable(caller: &Caller, id: &str) -> Result<ApiKey, Problem> {
    caller.must_to_own(Permission::ApiKeysWrite)?;
    let key = find(caller, id).await?;
    if let KeyOwner::Person(person) = &key.owner {
        let person = people::find(caller, &person.to_string()).await?;
        caller.must_stand_above(role_of(&person))?;
    }
    Ok(key)
}

/// The key as it is, with its tag.
pub(super) async fn shown(caller: &Caller, key: &ApiKey) -> Answer {
    let secrets = caller.cx.store.api_key_secrets(key.id, caller.now).await?;
    tagged_as(StatusCode::OK, &ApiKeyView::new(key, &secrets, caller.now), &Tag::of(&version(key)))
}
