//! `POST /oauth2/register` (RFC 7591 §3, OIDC Registration §3.1): a client registers itself. What has to be sent with it
//! `registration.mode` says: an initial access token, or nothing.

pub(super) mod manage;

use std::time::Duration;

use actix_web::http::header;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::{error_response, form};
use crate::config::RegistrationMode;
use crate::cx::Cx;
use crate::domain::clients::dynamic::{self, NotAcceptable, initial_tokens};
use crate::domain::clients::registration::{
    Entry, Newcomer, NotAdmitted, Registered, Registrar, RegistrationError, SelfRegistered,
};
use crate::domain::events::{self, Actor, Origin};
use crate::domain::people::guard::{Kind, Who};
use crate::error::{ErrorCode, OAuthError};
use crate::store::{RegistrationQuota, StoreError};
use crate::web::{bearer, origin::origin};

/// When another one may register itself, where as many have as there may be: some may go until then.
const WAIT: Duration = Duration::from_hours(1);

/// Why a registration is not made, shown or changed.
enum Refusal {
    /// This server registers nobody who asks.
    Off,
    /// No token was sent.
    NoToken,
    /// An error that has a code.
    Coded(OAuthError),
}

pub(super) async fn register(request: HttpRequest, body: Bytes, cx: Data<Cx>) -> HttpResponse {
    match respond(&request, &body, &cx).await {
        // RFC 7591 §3.2.1: 201, and never stored on its way.
        Ok(answer) => HttpResponse::Created().insert_header((header::CACHE_CONTROL, "no-store")).json(answer),
        Err(refusal) => refusal.render(&request, &cx),
    }
}

async fn respond(request: &HttpRequest, body: &[u8], cx: &Cx) -> Result<Value, Refusal> {
    let (now, origin) = (cx.now(), origin(request, &cx.config.server.trusted_proxies));
    let settings = &cx.config.registration;
    if settings.mode == RegistrationMode::Off {
        return Err(Refusal::Off);
    }
    let who = Who::anybody(origin.address.as_deref());
    if let Err(held) = cx.guard.take(Kind::ClientRegistration, &who, now) {
        if held.is_first {
            events::record(&cx.store, held.event(Actor::Anonymous).at(now, &*cx.entropy, &origin)).await;
        }
        let text = "Too many registrations from this address: wait before the next one.";
        return Err(OAuthError::too_many(text, held.standing.reset).counted_by(vec![held.standing]).into());
    }
    let entry = match bearer::token(request)? {
        Some(presented) => {
            let found = initial_tokens::find(&cx.store, &cx.hasher, &presented, now).await?;
            Entry::ByToken(found.ok_or_else(unknown_token)?.id)
        }
        None if settings.mode == RegistrationMode::Open => {
            Entry::Open(RegistrationQuota { per_hour: settings.clients_per_hour, total: settings.max_clients })
        }
        None => return Err(Refusal::NoToken),
    };
    let metadata = dynamic::new(json_body(request, body)?, &cx.bounds())?;
    let newcomer = Newcomer { metadata, entry, unused_lifetime: settings.unused_lifetime };
    let SelfRegistered { registered, token } = registrar(cx, Actor::Anonymous, origin).admit(newcomer).await?;
    Ok(information(cx, &registered, &token))
}

/// The client information response (RFC 7592 §3): what is registered, and where and with what it is managed.
fn information(cx: &Cx, registered: &Registered, token: &SecretString) -> Value {
    let mut answer = registered.to_json();
    if let Some(members) = answer.as_object_mut() {
        let uri = cx.issuer().join(&format!("/oauth2/register/{}", registered.client.id));
        members.insert("registration_client_uri".to_owned(), json!(uri));
        members.insert("registration_access_token".to_owned(), json!(token.expose_secret()));
    }
    answer
}

fn registrar(cx: &Cx, actor: Actor, origin: Origin) -> Registrar<'_> {
    Registrar {
        store: &cx.store,
        secrets: cx.secrets(),
        catalogue: cx.catalogue(),
        mtls: &cx.config.server.mtls,
        outbound: &cx.outbound,
        response_types: cx.config.tokens.response_types(),
        entropy: &*cx.entropy,
        now: cx.now(),
        actor,
        origin,
        manager: None,
    }
}

/// RFC 7591 §3.1: metadata is sent as JSON.
fn json_body<'a>(request: &HttpRequest, body: &'a [u8]) -> Result<&'a [u8], OAuthError> {
    if form::is_json(request) {
        return Ok(body);
    }
    let text = "Send the client metadata as a JSON object, with Content-Type: application/json.";
    Err(OAuthError::new(ErrorCode::InvalidClientMetadata, text))
}

fn unknown_token() -> OAuthError {
    OAuthError::new(ErrorCode::InvalidToken, "The token is not known here, has ended, or has been used up.")
}

impl Refusal {
    fn render(self, request: &HttpRequest, cx: &Cx) -> HttpResponse {
        match self {
            Self::Off => HttpResponse::Forbidden().insert_header((header::CACHE_CONTROL, "no-store")).json(json!({
                "error": ErrorCode::AccessDenied.wire(),
                "error_description": "Clients do not register themselves at this server: ask its operator to register yours.",
            })),
            Self::NoToken => error_response::bearer(request, cx, None),
            Self::Coded(error) if error.code == ErrorCode::InvalidToken => {
                error_response::bearer(request, cx, Some(&error))
            }
            Self::Coded(error) => error_response::json(request, cx, &error),
        }
    }
}

impl From<OAuthError> for Refusal {
    fn from(error: OAuthError) -> Self {
        Self::Coded(error)
    }
}

impl From<NotAcceptable> for Refusal {
    fn from(error: NotAcceptable) -> Self {
        Self::Coded(error.0)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Coded(error.into())
    }
}

impl From<RegistrationError> for Refusal {
    fn from(error: RegistrationError) -> Self {
        let text = error.to_string();
        Self::Coded(match error {
            RegistrationError::Faulty(faults) => NotAcceptable::from(faults).0,
            RegistrationError::OtherId(_) | RegistrationError::OtherSecret(_) => {
                OAuthError::new(ErrorCode::InvalidClientMetadata, text)
            }
            RegistrationError::NotAdmitted(NotAdmitted::TokenIsUsedUp) | RegistrationError::Unknown(_) => {
                unknown_token()
            }
            RegistrationError::NotAdmitted(NotAdmitted::HourIsFull | NotAdmitted::TotalIsReached) => {
                OAuthError { text: text.into(), ..OAuthError::too_many("", WAIT) }
            }
            RegistrationError::Changed(_) => {
                let text = "The registration changed at the same moment: read it, and send the update again.";
                OAuthError::new(ErrorCode::TemporarilyUnavailable, text)
            }
            RegistrationError::Store(error) => error.into(),
            RegistrationError::Exists(_) | RegistrationError::NoSecret(..) | RegistrationError::Answered => {
                OAuthError::from(ErrorCode::ServerError).because(text)
            }
        })
    }
}
