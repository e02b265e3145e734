//! What the API says of itself (RFC 9728 §2): who issues its tokens, with which scopes, and how they are presented.

use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::from_fn;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use crate::cx::Cx;
use crate::domain::own_api;
use crate::protocol::issuer::Issuer;
use crate::protocol::scope::OF_OUR_API;
use crate::web::cors::{allow_clients, vary_by_origin};

/// RFC 9728 §3: it stands between host and path of the resource.
const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";

/// Mounted at the root, whatever path the issuer has.
pub(super) fn routes(config: &mut ServiceConfig, issuer_path: &str) {
    let path = format!("{WELL_KNOWN}{issuer_path}{}", own_api::PATH);
    config.service(web::resource(path).get(document).wrap(from_fn(allow_clients)));
}

/// Where the document is.
pub(super) fn address(issuer: &Issuer) -> String {
    format!("{}{WELL_KNOWN}{}{}", issuer.origin(), issuer.path(), own_api::PATH)
}

async fn document(request: HttpRequest, cx: Data<Cx>) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    vary_by_origin(&request, &mut response);
    let api = own_api::identifier(cx.issuer());
    response.insert_header((header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"))).json(json!({
        "resource": api,
        "authorization_servers": [cx.issuer()],
        "scopes_supported": OF_OUR_API,
        "bearer_methods_supported": ["header"],
        "resource_name": "Claviger's admin API",
        "resource_documentation": format!("{api}/docs"),
    }))
}
