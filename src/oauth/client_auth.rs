//! Which client a request comes from: the HTTP half of `domain::clients::authentication`.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::header;

use crate::clock::Timestamp;
use crate::cx::Cx;
use crate::domain::clients::assertion::AssertionCheck;
use crate::domain::clients::authentication::{self, AuthenticatedClient, Credentials, Proof};
use crate::domain::clients::certificate::CertificateCheck;
use crate::domain::events::{self, Actor, EventKind, NewEvent, Origin};
use crate::domain::limits::{Limits, Subject};
use crate::domain::people::guard::{Kind, Who};
use crate::error::{ErrorCode, OAuthError, Result};
use crate::ids::ClientId;
use crate::protocol::basic_auth;
use crate::protocol::client_assertion::Assertion;
use crate::protocol::issuer::Issuer;
use crate::protocol::params::Params;
use crate::store::Client;
use crate::web::{client_certificate, cors};

/// Authenticates the client of a token, introspection or revocation request. A failure leaves an event.
pub async fn authenticate(
    request: &HttpRequest,
    params: &Params,
    cx: &Cx,
    origin: &Origin,
    now: Timestamp,
) -> Result<AuthenticatedClient> {
    let credentials = credentials(request, params)?;
    let client = cx.clients.find(&cx.store, &credentials.client_id, now).await?;
    if let Some(client) = &client {
        cors::note_client(request, client);
    }
    let is_known = client.is_some();
    let outcome = match (&credentials.proof, client) {
        (Proof::Assertion(assertion), client) => Box::pin(by_assertion(request, assertion, client, cx, now)).await,
        (Proof::None, client) => Box::pin(without_secret(request, client, cx, now)).await,
        (proof, client) => authentication::authenticate(proof, client, &cx.hasher, now),
    };
    let outcome = match &credentials.proof {
        Proof::Basic(_) | Proof::Post(_) => hold_back(cx, &credentials.client_id, origin, outcome, now).await?,
        Proof::Assertion(_) | Proof::None => outcome,
    };
    if let Err(refusal) = &outcome {
        let reason = refusal.cause.clone().unwrap_or_default();
        let mut event = NewEvent::failure(EventKind::ClientAuthentication, Actor::Anonymous, reason);
        if is_known {
            event = event.client(&credentials.client_id);
        }
        events::record(&cx.store, event.at(now, &*cx.entropy, origin)).await;
    }
    let client = outcome?;
    admit(cx, &client, now).await?;
    Ok(client)
}

/// RFC 6749 §2.3.1: a secret is guarded against those who guess it. Whoever is held back is so whether this was the right one.
/// Nobody guesses a signature or a certificate: were those counted, whoever sends nonsense in the name of a client would shut
/// it out where they share an address.
async fn hold_back(
    cx: &Cx,
    client: &ClientId,
    origin: &Origin,
    outcome: Result<AuthenticatedClient>,
    now: Timestamp,
) -> Result<Result<AuthenticatedClient>> {
    let is_failure = outcome.as_ref().err().is_some_and(|refusal| refusal.code == ErrorCode::InvalidClient);
    if outcome.is_err() && !is_failure {
        return Ok(outcome);
    }
    let who = Who::of(client.as_str(), origin.address.as_deref());
    let Err(held) = cx.guard.judge(Kind::Client, &who, !is_failure, now) else { return Ok(outcome) };
    if held.is_first {
        let known = cx.clients.find(&cx.store, client, now).await?.is_some();
        let event = held.event(Actor::Anonymous);
        let event = if known { event.client(client) } else { event };
        events::record(&cx.store, event.at(now, &*cx.entropy, origin)).await;
    }
    let text =
        "This client failed to authenticate too often from there: ask again after the seconds that Retry-After says.";
    let refusal = OAuthError::too_many(text, held.standing.reset).counted_by(vec![held.standing]);
    Err(refusal.because("client held back"))
}

/// Counts the request against the client's limits. Only who has proved to be the client uses them up.
async fn admit(cx: &Cx, client: &AuthenticatedClient, now: Timestamp) -> Result<()> {
    let limits = Limits { rate: client.metadata.rate_limit, quota: client.metadata.quota };
    if limits.is_none() {
        return Ok(());
    }
    let admission = cx.limiter.admit(&cx.store, &Subject::client(&client.id), &limits, now).await?;
    match admission.retry_after {
        None => Ok(()),
        Some(wait) => {
            let text =
                "This client has made as many requests as it may: ask again after the seconds that Retry-After says.";
            let refusal = OAuthError::too_many(text, wait).counted_by(admission.standings);
            Err(refusal.because("limit of the client reached"))
        }
    }
}

fn credentials(request: &HttpRequest, params: &Params) -> Result<Credentials> {
    let mut headers = request.headers().get_all(header::AUTHORIZATION);
    let basic = match (headers.next(), headers.next()) {
        (None, _) => None,
        (Some(value), None) => {
            let text = value.to_str().map_err(|_| OAuthError::from(ErrorCode::InvalidClient))?;
            basic_auth::parse(text)?
        }
        (Some(_), Some(_)) => {
            return Err(OAuthError::new(ErrorCode::InvalidRequest, "Send one Authorization header, not several."));
        }
    };
    let (client_id, client_secret) = (params.one("client_id")?, params.one("client_secret")?);
    let (kind, assertion) = (params.one("client_assertion_type")?, params.one("client_assertion")?);
    if kind.is_none() && assertion.is_none() {
        return Credentials::choose(basic, client_id, client_secret);
    }
    // RFC 6749 §2.3: a client must not use more than one method in a request.
    if basic.is_some() || client_secret.is_some() {
        let text = "Authenticate by client_assertion or by the client secret, not by both.";
        return Err(OAuthError::new(ErrorCode::InvalidRequest, text));
    }
    let assertion = assertion.ok_or_else(|| {
        OAuthError::new(ErrorCode::InvalidRequest, "Send client_assertion with client_assertion_type.")
    })?;
    Credentials::of_assertion(kind, assertion, client_id)
}

/// Whoever shows nothing in the request itself has a certificate, or is a public client. RFC 8705 §2: that depends on the
/// registered method.
async fn without_secret(
    request: &HttpRequest,
    client: Option<Arc<Client>>,
    cx: &Cx,
    now: Timestamp,
) -> Result<AuthenticatedClient> {
    // Read in any case: a fault of it must not tell which clients there are.
    let certificate = client_certificate::presented(request, cx)?;
    match client {
        Some(client) if client.metadata.token_endpoint_auth_method.is_by_certificate() => {
            let (authorities, remote_keys) = (cx.client_authorities.as_ref(), &cx.remote_keys);
            CertificateCheck { authorities, remote_keys, now }.authenticate(certificate.as_deref(), client).await
        }
        client => authentication::authenticate(&Proof::None, client, &cx.hasher, now),
    }
}

async fn by_assertion(
    request: &HttpRequest,
    assertion: &Assertion,
    client: Option<Arc<Client>>,
    cx: &Cx,
    now: Timestamp,
) -> Result<AuthenticatedClient> {
    let issuer = cx.issuer();
    // The issuer is what RFC 7523 is about to demand; libraries send the endpoint (OIDC Core §9).
    let at = |base: &Issuer| format!("{}{}", base.origin(), request.path());
    let mut audiences = vec![issuer.as_str().to_owned(), issuer.join("/oauth2/token"), at(issuer)];
    // RFC 8705 §5: who signs and has its tokens bound comes there.
    audiences.extend(cx.config.server.mtls.public_url.as_ref().map(at));
    let check = AssertionCheck {
        store: &cx.store,
        hasher: &cx.hasher,
        sealer: &cx.secret_sealer,
        remote_keys: &cx.remote_keys,
        audiences: &audiences,
        now,
    };
    check.authenticate(assertion, client).await
}
