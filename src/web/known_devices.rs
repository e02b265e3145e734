//! The cookie by which a browser shows who has signed in there before. It lets nobody in, and is set with a sign-in: only
//! failures of strangers are not counted against whoever holds it (`domain::people::guard`).

use actix_web::body::MessageBody;
use actix_web::cookie::{Cookie, SameSite, time};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage, HttpRequest};

use crate::cx::Cx;
use crate::domain::people::known_device::{KnownDevice, REMEMBERED};
use crate::ids::PersonId;

/// What the browser holds from this request on.
struct Changed(KnownDevice);

/// What the browser shows; nobody, where its cookie is missing or none of ours.
#[must_use]
pub fn shown(request: &HttpRequest, cx: &Cx) -> KnownDevice {
    let cookie = request.cookie(cookie_name(cx.issuer().is_https()));
    cookie.and_then(|cookie| KnownDevice::open(cookie.value(), &cx.device_sealer)).unwrap_or_default()
}

/// Whether `person` has signed in at this browser before.
#[must_use]
pub fn knows(request: &HttpRequest, cx: &Cx, person: PersonId) -> bool {
    shown(request, cx).of(person, cx.now()).is_some()
}

/// Notes that `person` has signed in: the answer tells the browser.
pub fn remember(request: &HttpRequest, cx: &Cx, person: PersonId) {
    let device = shown(request, cx).with(person, &*cx.entropy, cx.now());
    request.extensions_mut().insert(Changed(device));
}

/// Sends the cookie where somebody has signed in.
pub(super) async fn keep(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let cx = request.app_data::<Data<Cx>>().cloned();
    let mut response = next.call(request).await?;
    let changed = response.request().extensions_mut().remove::<Changed>();
    if let (Some(cx), Some(Changed(device))) = (cx, changed) {
        let https = cx.issuer().is_https();
        let cookie = Cookie::build(cookie_name(https), device.seal(&cx.device_sealer))
            .path("/")
            .secure(https)
            .http_only(true)
            .same_site(SameSite::Lax)
            .max_age(time::Duration::try_from(REMEMBERED).unwrap_or(time::Duration::MAX))
            .finish();
        response.response_mut().add_cookie(&cookie)?;
    }
    Ok(response)
}

/// `__Host-` makes browsers refuse the cookie from a neighbouring subdomain, but needs https.
const fn cookie_name(https: bool) -> &'static str {
    if https { "__Host-claviger-device" } else { "claviger-device" }
}
