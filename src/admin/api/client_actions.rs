//! `/clients/{client_id}/…`: what is done to a client, how safely it is registered, and who allowed it what.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Path};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{self, Answer};
use super::caller::Caller;
use super::clients::{ClientView, JSON, find, refused};
use super::consents::ConsentView;
use super::etag::tagged;
use super::page::{Page, Part};
use super::problem::Problem;
use crate::clock::Timestamp;
use crate::domain::clients::review;
use crate::domain::permission::Permission;
use crate::domain::withdrawal;
use crate::ids::GrantId;
use crate::store::Client;

/// The longest that two secrets are valid together.
const LONGEST_OVERLAP: Duration = Duration::from_hours(30 * 24);

/// How to rotate.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Rotation)]
pub(super) struct Rotation {
    /// For how many seconds the old secrets stay valid; 0, and they end at once.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 2_592_000, default = 0)]
    overlap: u64,
}

/// A new secret.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NewSecret)]
pub(super) struct NewSecretView {
    /// Whose it is.
    client_id: String,
    /// The secret: nobody can read it again.
    client_secret: String,
    /// When it ends, in Unix seconds; 0: it does not.
    client_secret_expires_at: i64,
    /// Until when the old ones are valid, if they do not end before.
    #[schema(format = DateTime)]
    previous_secret_valid_until: String,
}

/// How safely a client is registered.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Review)]
pub(super) struct ReviewView {
    /// From 0 to 100, the higher the safer.
    #[schema(maximum = 100)]
    score: u8,
    /// What the points went for, the dearest first.
    findings: Vec<FindingView>,
}

/// What could be safer about a client.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Finding)]
pub(super) struct FindingView {
    /// The points that it costs.
    points: u8,
    /// What is less safe than it could be.
    what: &'static str,
    /// What to do about it.
    remedy: &'static str,
    /// Where that is asked for.
    section: &'static str,
}

/// Gives a client a new secret. It is in this answer and nowhere else.
#[utoipa::path(post, path = "/clients/{client_id}/rotate-secret", tag = "Clients",
    security(("oauth2" = ["clients:write"])),
    params(("client_id" = String, Path, description = "Its identifier")),
    request_body(content = Option<Rotation>, description = "How; left out, the old secrets end at once"),
    responses((status = 200, description = "The new secret", body = NewSecretView),
        (status = 409, description = "The client does not authenticate, so it has no secret")))]
pub(super) async fn rotate_secret(caller: Caller, id: Path<String>, body: Bytes) -> Answer {
    let client = writable(&caller, id).await?;
    let overlap = overlap(&caller, &body)?;
    let registered = caller.registrar().rotate_secret(&client.id, overlap).await.map_err(refused)?;
    caller.cx.clients.forget(&client.id);
    answer::ok(&NewSecretView {
        client_id: client.id.0,
        client_secret: registered.secret.as_ref().map(|secret| secret.expose_secret().to_owned()).unwrap_or_default(),
        client_secret_expires_at: registered.secret_expires_at(),
        previous_secret_valid_until: Timestamp::to_rfc3339(caller.now + overlap),
    })
}

/// Refuses a client everything from now on, with all that it holds.
#[utoipa::path(post, path = "/clients/{client_id}/disable", tag = "Clients", security(("oauth2" = ["clients:write"])),
    params(("client_id" = String, Path, description = "Its identifier")),
    responses((status = 200, description = "As it is now", body = ClientView)))]
pub(super) async fn disable(caller: Caller, id: Path<String>) -> Answer {
    let client = writable(&caller, id).await?;
    caller.registrar().disable(&client.id).await.map_err(refused)?;
    changed(&caller, client).await
}

/// Lets a disabled client work again.
#[utoipa::path(post, path = "/clients/{client_id}/enable", tag = "Clients", security(("oauth2" = ["clients:write"])),
    params(("client_id" = String, Path, description = "Its identifier")),
    responses((status = 200, description = "As it is now", body = ClientView)))]
pub(super) async fn enable(caller: Caller, id: Path<String>) -> Answer {
    let client = writable(&caller, id).await?;
    caller.registrar().enable(&client.id).await.map_err(refused)?;
    changed(&caller, client).await
}

/// How safely a client is registered: points off a hundred, each with its reason and what to do about it.
#[utoipa::path(get, path = "/clients/{client_id}/review", tag = "Clients", security(("oauth2" = ["clients:read"])),
    params(("client_id" = String, Path, description = "Its identifier")),
    responses((status = 200, description = "The review", body = ReviewView)))]
pub(super) async fn show_review(caller: Caller, id: Path<String>) -> Answer {
    caller.must_to_own(Permission::ClientsRead)?;
    let client = find(&caller, id.into_inner()).await?;
    let review = review::review(&client, caller.now);
    let findings = review.findings.into_iter().map(|finding| FindingView {
        points: finding.points,
        what: finding.what,
        remedy: finding.remedy,
        section: finding.section,
    });
    answer::ok(&ReviewView { score: review.score, findings: findings.collect() })
}

/// Who allowed a client what.
#[utoipa::path(get, path = "/clients/{client_id}/consents", tag = "Consents",
    security(("oauth2" = ["consents:read"])),
    params(("client_id" = String, Path, description = "Its identifier"), Part),
    responses((status = 200, description = "A page of consents", body = Page<ConsentView>)))]
pub(super) async fn list_consents(caller: Caller, id: Path<String>) -> Answer {
    caller.must_to_own(Permission::ConsentsRead)?;
    let part: Part = caller.query()?;
    let (limit, after) = (part.limit()?, part.after::<GrantId>()?);
    let client = find(&caller, id.into_inner()).await?;
    let grants = caller.cx.store.grants_to(&client.id, after, limit + 1).await?;
    answer::ok(&Page::new(grants, limit, |grant| grant.id.to_string(), ConsentView::new))
}

/// Takes back whatever anybody has allowed a client; its codes and tokens end.
#[utoipa::path(delete, path = "/clients/{client_id}/consents", tag = "Consents",
    security(("oauth2" = ["consents:write"])),
    params(("client_id" = String, Path, description = "Its identifier")),
    responses((status = 204, description = "Nobody allows it anything")))]
pub(super) async fn withdraw_consents(caller: Caller, id: Path<String>) -> Answer {
    caller.must(Permission::ConsentsWrite)?;
    let client = find(&caller, id.into_inner()).await?;
    withdrawal::withdraw_all(&caller.act(), &client.id).await?;
    Ok(answer::done())
}

/// A client that the caller may change.
async fn writable(caller: &Caller, id: Path<String>) -> Result<Client, Problem> {
    caller.must_to_own(Permission::ClientsWrite)?;
    let client = find(caller, id.into_inner()).await?;
    caller.must_hold(&client.metadata.scope)?;
    Ok(client)
}

/// For how long the secrets before a rotation stay valid, by a body of [`Rotation`].
pub(super) fn overlap(caller: &Caller, body: &[u8]) -> Result<Duration, Problem> {
    let Rotation { overlap } = optional(caller, body)?;
    let overlap = Duration::from_secs(overlap);
    if overlap > LONGEST_OVERLAP {
        let text = format!("overlap: is more than {} seconds.", LONGEST_OVERLAP.as_secs());
        return Err(Problem::of_member("overlap", text));
    }
    Ok(overlap)
}

async fn changed(caller: &Caller, client: Client) -> Answer {
    caller.cx.clients.forget(&client.id);
    tagged(StatusCode::OK, &ClientView::new(&find(caller, client.id.0).await?))
}

/// A body that may be left out.
pub(super) fn optional<T: Default + serde::de::DeserializeOwned>(caller: &Caller, body: &[u8]) -> Result<T, Problem> {
    if body.is_empty() {
        return Ok(T::default());
    }
    let value = caller.body(body, JSON)?;
    if value.is_null() {
        return Ok(T::default());
    }
    read(value)
}

/// A body as what it has to be.
pub(super) fn read<T: serde::de::DeserializeOwned>(value: serde_json::Value) -> Result<T, Problem> {
    use super::problem::Kind;
    serde_json::from_value(value).map_err(|error| Problem::new(Kind::Invalid, format!("The body: {error}.")))
}
