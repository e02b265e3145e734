//! Who calls: the bearer of an access token that is good now and meant for this API.

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::{Data, Query};
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::problem::{Challenge, Kind, Problem};
use crate::clock::Timestamp;
use crate::cx::Cx;
use crate::domain::authority::Authority;
use crate::domain::clients::registration::Registrar;
use crate::domain::events::Origin;
use crate::domain::own_api;
use crate::domain::people::Act;
use crate::domain::permission::{Permission, Role};
use crate::domain::tokens::inspect::Inspected;
use crate::error::{ErrorCode, OAuthError};
use crate::protocol::scope::Scope;
use crate::web::{bearer, client_certificate, origin};

/// Whoever calls, and what they may do.
pub(super) struct Caller {
    pub cx: Data<Cx>,
    pub now: Timestamp,
    pub authority: Authority,
    pub request: HttpRequest,
    origin: Origin,
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let Some(cx) = request.app_data::<Data<Cx>>().cloned() else { return Err(Kind::Internal.into()) };
            let now = cx.now();
            let authority = authenticate(&request, &cx, now).await?;
            let origin = origin::origin(&request, &cx.config.server.trusted_proxies);
            Ok(Self { cx, now, authority, request, origin })
        })
    }
}

async fn authenticate(request: &HttpRequest, cx: &Cx, now: Timestamp) -> Result<Authority, Problem> {
    // RFC 6750 §3.1: a request without any credentials is told the scheme, and no error code.
    let token = bearer::token(request)?.ok_or(Kind::Unauthenticated)?;
    let live = cx.inspector().inspect(&token, now).await?;
    let Inspected::Good(live) = live else { return Err(OAuthError::from(ErrorCode::InvalidToken).into()) };
    client_certificate::must_fit(&live.token, request, cx)?;
    let api = own_api::identifier(cx.issuer());
    // RFC 9068 §4: a token that is meant for another resource is not good here.
    if !live.token.audience.contains(&api) {
        let text = format!("This access token is for another resource: ask for one with resource={api}.");
        return Err(OAuthError::new(ErrorCode::InvalidToken, text).into());
    }
    let client = cx.clients.find(&cx.store, &live.token.client_id, now).await?;
    let registered = client.map_or_else(Scope::empty, |client| client.metadata.scope.clone());
    Ok(Authority::new(&live, &registered))
}

impl Caller {
    /// Goes on only for whoever may do this to everything.
    pub fn must(&self, permission: Permission) -> Result<(), Problem> {
        if self.authority.may(permission) { Ok(()) } else { Err(self.lacks(permission)) }
    }

    /// Goes on also for whoever may do this to their own clients alone: keep to [`Authority::only_clients_of`].
    pub fn must_to_own(&self, permission: Permission) -> Result<(), Problem> {
        if self.authority.may_to_own(permission) { Ok(()) } else { Err(self.lacks(permission)) }
    }

    fn lacks(&self, permission: Permission) -> Problem {
        let scope = permission.scope();
        let text = if self.authority.has_scope(permission) {
            format!("This needs {scope}, which the role of the person does not allow.")
        } else {
            format!("This needs a token of scope {scope}.")
        };
        let challenge = Challenge { code: Some(ErrorCode::InsufficientScope), scope: Some(scope) };
        Problem { challenge, ..Problem::new(Kind::InsufficientScope, text) }
    }

    /// Goes on only for whoever may change somebody who holds `role`.
    pub fn must_stand_above(&self, role: Option<Role>) -> Result<(), Problem> {
        if self.authority.may_change_holder_of(role) {
            return Ok(());
        }
        let scope = Permission::RolesWrite.scope();
        Err(Problem::new(Kind::AboveCaller, format!("They hold a role: this needs {scope}, and a role above theirs.")))
    }

    /// Goes on only for whoever has all scopes of this API that are among these: those that a client has or is to have.
    pub fn must_hold(&self, scope: &Scope) -> Result<(), Problem> {
        let Some(lacking) = self.authority.lacks_of(scope) else { return Ok(()) };
        Err(Problem::new(Kind::AboveCaller, format!("The client has the scope {lacking}, and you have not.")))
    }

    /// The parameters of the query.
    pub fn query<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let query = Query::<T>::from_query(self.request.query_string());
        let query = query.map_err(|error| Problem::new(Kind::Malformed, format!("The query: {error}.")))?;
        Ok(query.into_inner())
    }

    /// The body as JSON; `types` are those of `Content-Type` that it may have.
    pub fn body(&self, body: &[u8], types: &[&str]) -> Result<Value, Problem> {
        let sent = self.request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = sent.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        if !types.iter().any(|known| known.eq_ignore_ascii_case(essence)) {
            return Err(Kind::UnsupportedType.into());
        }
        let value = serde_json::from_slice(body)
            .map_err(|error| Problem::new(Kind::Malformed, format!("The body is not JSON: {error}.")))?;
        refuse_nul(&value)?;
        Ok(value)
    }

    /// Something that the caller does.
    pub fn act(&self) -> Act<'_> {
        let cx = &self.cx;
        Act {
            store: &cx.store,
            entropy: &*cx.entropy,
            now: self.now,
            actor: self.authority.actor(),
            origin: &self.origin,
        }
    }

    /// What changes registrations on the caller's behalf.
    pub fn registrar(&self) -> Registrar<'_> {
        let cx = &self.cx;
        Registrar {
            manager: self.authority.only_clients_of(),
            store: &cx.store,
            secrets: cx.secrets(),
            catalogue: cx.catalogue(),
            mtls: &cx.config.server.mtls,
            outbound: &cx.outbound,
            response_types: cx.config.tokens.response_types(),
            entropy: &*cx.entropy,
            now: self.now,
            actor: self.authority.actor(),
            origin: self.origin.clone(),
        }
    }
}

/// PostgreSQL keeps no NUL, neither in text nor in JSON.
fn refuse_nul(value: &Value) -> Result<(), Problem> {
    let is_free = match value {
        Value::String(text) => !text.contains('\0'),
        Value::Array(items) => return items.iter().try_for_each(refuse_nul),
        Value::Object(members) => {
            members.values().try_for_each(refuse_nul)?;
            members.keys().all(|name| !name.contains('\0'))
        }
        _ => true,
    };
    if is_free { Ok(()) } else { Err(Problem::new(Kind::Invalid, "A text holds a NUL character, which none may.")) }
}
