//! `POST /api-keys/report`: whoever found API keys in public reports them. No authentication: whoever holds a key could
//! use it, so that nothing is given away by letting them end it.

use actix_web::http::header;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};

use super::{error_response, form};
use crate::cx::Cx;
use crate::domain::api_keys;
use crate::domain::events::Actor;
use crate::domain::people::Act;
use crate::error::{ErrorCode, OAuthError, Result};
use crate::protocol::leak_report::{self, Feedback};
use crate::web::origin::origin;

pub(super) async fn report(request: HttpRequest, body: Bytes, cx: Data<Cx>) -> HttpResponse {
    match respond(&request, &body, &cx).await {
        Ok(answer) => HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(answer),
        Err(error) => error_response::json(&request, &cx, &error),
    }
}

async fn respond(request: &HttpRequest, body: &[u8], cx: &Cx) -> Result<Vec<Feedback>> {
    let (now, origin) = (cx.now(), origin(request, &cx.config.server.trusted_proxies));
    if let Err(wait) = cx.key_reports.take(origin.address.as_deref(), now) {
        return Err(OAuthError::too_many("Too many reports from this address: wait, and send more at once.", wait));
    }
    // A page in somebody's browser cannot send this kind of body here by itself.
    if !form::is_json(request) {
        return Err(OAuthError::new(ErrorCode::InvalidRequest, "Send the report with Content-Type: application/json."));
    }
    let reported = leak_report::parse(body)?;
    let act = Act { store: &cx.store, entropy: &*cx.entropy, now, actor: Actor::Anonymous, origin: &origin };
    let mut answer = Vec::with_capacity(reported.len());
    for token in &reported {
        answer.push(token.feedback(api_keys::report(&act, &cx.hasher, token).await?));
    }
    Ok(answer)
}
