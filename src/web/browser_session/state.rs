//! The state of a browser as a frame of ours in an app's page can read it (OpenID Connect Session Management 1.0): another
//! one for whoever is current. It is no key to anything, and tells nothing of who that is.

use actix_web::body::MessageBody;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage, HttpRequest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::rows::here;
use crate::cx::Cx;
use crate::ids::SessionId;

/// Who is current from this request on.
pub(super) struct Turned(pub Option<SessionId>);

/// The name of its cookie.
#[must_use]
pub const fn cookie_name(https: bool) -> &'static str {
    if https { "__Host-claviger-state" } else { "claviger-state" }
}

/// The state after this request; empty where nobody is current.
#[must_use]
pub fn state(request: &HttpRequest, cx: &Cx) -> String {
    let turned = request.extensions().get::<Turned>().map(|turned| turned.0);
    let current = turned.unwrap_or_else(|| here(request).and_then(|here| here.current));
    // The identifier of the session is known to apps, the key of the hash to nobody.
    let hash = |sid| URL_SAFE_NO_PAD.encode(cx.hasher.hash(&format!("state of a browser {sid}")).as_bytes());
    current.map(hash).unwrap_or_default()
}

/// Keeps the cookie at what it should be.
pub(super) async fn keep(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let cx = request.app_data::<Data<Cx>>().cloned();
    let mut response = next.call(request).await?;
    let Some(cx) = cx.filter(|cx| cx.config.sessions.session_management) else { return Ok(response) };
    let https = cx.issuer().is_https();
    let (name, state) = (cookie_name(https), state(response.request(), &cx));
    let held = response.request().cookie(name).map(|cookie| cookie.value().to_owned()).unwrap_or_default();
    if held != state {
        let cookie = Cookie::build(name, state)
            .path("/")
            .secure(https)
            // OIDC Session Management §3.2: a script has to read it, in a frame of another site's page.
            .http_only(false)
            .same_site(if https { SameSite::None } else { SameSite::Lax });
        let mut cookie = cookie.finish();
        if cookie.value().is_empty() {
            cookie.make_removal();
        }
        response.response_mut().add_cookie(&cookie)?;
    }
    Ok(response)
}
