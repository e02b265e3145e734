//! `/.well-known/webfinger` (RFC 7033, OIDC Discovery §2): which issuer somebody at this host signs in with.

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use crate::cx::Cx;
use crate::protocol::params::Params;
use crate::protocol::webfinger::{self, ISSUER};

/// RFC 7033 §4
const WELL_KNOWN: &str = "/.well-known/webfinger";

/// Mounted at the root, whatever path the issuer has.
pub fn root_routes(config: &mut ServiceConfig) {
    config.service(web::resource(WELL_KNOWN).get(find).head(find));
}

async fn find(request: HttpRequest, cx: Data<Cx>) -> HttpResponse {
    let asked = Params::parse(request.query_string().as_bytes());
    let asked = asked.and_then(|params| {
        let rels: Vec<_> = params.all("rel")?.into_iter().map(str::to_owned).collect();
        Ok((params.required("resource")?.to_owned(), rels))
    });
    let Ok((resource, rels)) = asked else {
        // RFC 7033 §4.2: a request that cannot be read.
        return refusal(StatusCode::BAD_REQUEST, "Send resource once: acct:name@host, or an https address.");
    };
    if !webfinger::is_at(&resource, cx.issuer()) {
        return refusal(StatusCode::NOT_FOUND, "This server knows nothing of that: it answers for its own host.");
    }
    // RFC 7033 §4.3: only the relations that were asked for.
    let is_wanted = rels.is_empty() || rels.iter().any(|rel| rel == ISSUER);
    let links: Vec<_> = is_wanted.then(|| json!({ "rel": ISSUER, "href": cx.issuer() })).into_iter().collect();
    HttpResponse::Ok()
        // RFC 7033 §5: pages of any site may ask.
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .insert_header((header::CONTENT_TYPE, "application/jrd+json"))
        .body(json!({ "subject": resource, "links": links }).to_string())
}

fn refusal(status: StatusCode, text: &str) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(json!({ "error": "invalid_request", "error_description": text }))
}
