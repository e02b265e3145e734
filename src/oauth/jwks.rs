//! `GET /oauth2/jwks`: the public halves of our keys (RFC 7517 §5).

use std::time::Duration;

use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::cx::Cx;
use crate::web::cors::vary_by_origin;

/// The longest that a cache may hold the keys; half the time for which a new key is published before it signs, if that
/// is shorter, so that everybody has seen it when it does.
const LONGEST_CACHED: Duration = Duration::from_mins(15);

pub(super) async fn jwks(request: HttpRequest, cx: Data<Cx>) -> HttpResponse {
    let keys = cx.keys.current();
    let document = keys.jwks(cx.now());
    let max_age = (cx.config.keys.publish_before / 2).min(LONGEST_CACHED).as_secs();
    let mut response = HttpResponse::Ok();
    vary_by_origin(&request, &mut response);
    response
        .insert_header((header::CACHE_CONTROL, format!("public, max-age={max_age}")))
        .insert_header((header::ETAG, document.etag.as_str()));
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    // RFC 9110 §13.1.2: a cache that has this version already is told so.
    if known.is_some_and(|known| known.split(',').any(|etag| etag.trim().trim_start_matches("W/") == document.etag)) {
        return response.status(actix_web::http::StatusCode::NOT_MODIFIED).finish();
    }
    response.content_type("application/json").body(document.json.clone())
}
