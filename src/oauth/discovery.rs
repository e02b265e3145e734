//! The metadata documents (OIDC Discovery §3, RFC 8414 §2): exactly what the server does, read from the same lists that
//! do it.

use std::sync::{Arc, PoisonError, RwLock};

use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::from_fn;
use actix_web::web::{self, Bytes, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::check_session;
use super::token::GRANTS;
use crate::clock::Timestamp;
use crate::config::RegistrationMode;
use crate::cx::Cx;
use crate::domain::catalogue::Catalogue;
use crate::domain::keys::key_set::KeySet;
use crate::protocol::algorithm::SigningAlgorithm;
use crate::protocol::claims;
use crate::protocol::client_assertion::AssertionAlgorithm;
use crate::protocol::client_metadata::AuthMethod;
use crate::protocol::encryption::{ContentEncryption, EncryptionAlgorithm};
use crate::protocol::grant_type::GrantType;
use crate::protocol::issuer::Issuer;
use crate::protocol::pkce;
use crate::protocol::request_object::RequestObjectAlgorithm;
use crate::protocol::response::{ResponseMode, ResponseType};
use crate::protocol::subject::SubjectType;
use crate::web::cors::{allow_clients, is_from_no_page, vary_by_origin};
use crate::web::text::LANGUAGES;

/// OIDC Discovery §4: below the issuer, whatever its path.
pub const OPENID_CONFIGURATION: &str = "/.well-known/openid-configuration";
/// RFC 8414 §3.
pub const OAUTH_AUTHORIZATION_SERVER: &str = "/.well-known/oauth-authorization-server";

/// The endpoints that look at the certificate of a client.
const TAKE_CERTIFICATES: [&str; 5] = [
    "token_endpoint",
    "device_authorization_endpoint",
    "userinfo_endpoint",
    "introspection_endpoint",
    "revocation_endpoint",
];

/// What stands below the issuer's path.
pub fn routes(config: &mut ServiceConfig) {
    config
        .app_data(Data::new(Written::default()))
        .service(web::resource(OPENID_CONFIGURATION).guard(is_from_no_page()).get(document))
        .service(web::resource(OAUTH_AUTHORIZATION_SERVER).guard(is_from_no_page()).get(document))
        .service(web::resource(OPENID_CONFIGURATION).get(document).wrap(from_fn(allow_clients)))
        .service(web::resource(OAUTH_AUTHORIZATION_SERVER).get(document).wrap(from_fn(allow_clients)));
}

/// RFC 8414 §3.1: for an issuer with a path, the well-known part comes first and the path follows it. Mounted at the
/// root.
pub fn root_routes(config: &mut ServiceConfig, issuer_path: &str) {
    if !issuer_path.is_empty() {
        let below_root = |well_known: &str| web::resource(format!("{well_known}{issuer_path}"));
        config
            .app_data(Data::new(Written::default()))
            .service(below_root(OPENID_CONFIGURATION).get(document).wrap(from_fn(allow_clients)))
            .service(below_root(OAUTH_AUTHORIZATION_SERVER).get(document).wrap(from_fn(allow_clients)));
    }
}

/// The document as it was last written. It names scopes and the algorithms that can sign, so it is good for one catalogue
/// and one set of keys, until a key of that set begins or ceases to sign.
#[derive(Default)]
struct Written(RwLock<Option<Edition>>);

struct Edition {
    keys: Arc<KeySet>,
    catalogue: Arc<Catalogue>,
    from: Timestamp,
    until: Option<Timestamp>,
    bytes: Bytes,
}

impl Edition {
    fn write(cx: &Cx, keys: Arc<KeySet>, catalogue: Arc<Catalogue>, now: Timestamp) -> Self {
        let algorithms: Vec<_> = keys.algorithms(now).collect();
        let mut metadata = metadata(cx, &catalogue, &algorithms);
        // RFC 8414 §2: named where there is one that does something.
        if cx.config.registration.mode != RegistrationMode::Off
            && let Some(members) = metadata.as_object_mut()
        {
            members.insert("registration_endpoint".to_owned(), json!(cx.issuer().join("/oauth2/register")));
        }
        if cx.config.registration.metadata_documents
            && let Some(members) = metadata.as_object_mut()
        {
            members.insert("client_id_metadata_document_supported".to_owned(), json!(true));
        }
        // OIDC Session Management §3.3
        if cx.config.sessions.session_management
            && let Some(members) = metadata.as_object_mut()
        {
            members.insert("check_session_iframe".to_owned(), json!(cx.issuer().join(check_session::PATH)));
        }
        let bytes = Bytes::from(metadata.to_string());
        Self { from: now, until: keys.next_signing_change(now), keys, catalogue, bytes }
    }

    fn is_good(&self, keys: &Arc<KeySet>, catalogue: &Arc<Catalogue>, now: Timestamp) -> bool {
        let is_of_now = Arc::ptr_eq(&self.keys, keys) && Arc::ptr_eq(&self.catalogue, catalogue);
        is_of_now && self.from <= now && self.until.is_none_or(|until| now < until)
    }
}

async fn document(request: HttpRequest, cx: Data<Cx>, written: Data<Written>) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    vary_by_origin(&request, &mut response);
    response
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300")))
        .insert_header((header::CONTENT_TYPE, HeaderValue::from_static("application/json")))
        .body(written.current(&cx))
}

impl Written {
    fn current(&self, cx: &Cx) -> Bytes {
        let (keys, catalogue, now) = (cx.keys.current(), cx.catalogue(), cx.now());
        let edition = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(edition) = edition.as_ref().filter(|edition| edition.is_good(&keys, &catalogue, now)) {
            return edition.bytes.clone();
        }
        drop(edition);
        let edition = Edition::write(cx, keys, catalogue, now);
        let bytes = edition.bytes.clone();
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(edition);
        bytes
    }
}

fn metadata(cx: &Cx, catalogue: &Catalogue, algorithms: &[SigningAlgorithm]) -> Value {
    let (issuer, mtls) = (cx.issuer(), &cx.config.server.mtls);
    let methods: Vec<_> = AuthMethod::ALL.iter().filter(|method| mtls.offers(**method)).collect();
    let confidential: Vec<_> = methods.iter().filter(|method| method.is_confidential()).collect();
    let response_types = cx.config.tokens.response_types();
    let implicit = response_types.contains(&ResponseType::IdToken).then_some(GrantType::Implicit);
    let mut document = json!({
        "issuer": issuer,
        "authorization_endpoint": issuer.join("/oauth2/authorize"),
        "token_endpoint": issuer.join("/oauth2/token"),
        "device_authorization_endpoint": issuer.join("/oauth2/device_authorization"),
        "userinfo_endpoint": issuer.join("/oauth2/userinfo"),
        "jwks_uri": issuer.join("/oauth2/jwks"),
        "introspection_endpoint": issuer.join("/oauth2/introspect"),
        "revocation_endpoint": issuer.join("/oauth2/revoke"),
        "end_session_endpoint": issuer.join("/oauth2/end_session"),
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
        "frontchannel_logout_supported": true,
        "frontchannel_logout_session_supported": true,
        "scopes_supported": catalogue.published_scope_names().collect::<Vec<_>>(),
        "response_types_supported": response_types,
        "response_modes_supported": ResponseMode::ALL,
        "grant_types_supported": GRANTS.iter().map(|grant| grant.grant_type).chain(implicit).collect::<Vec<_>>(),
        "subject_types_supported": SubjectType::ALL,
        "id_token_signing_alg_values_supported": algorithms,
        "userinfo_signing_alg_values_supported": algorithms,
        // RFC 9701 §7
        "introspection_signing_alg_values_supported": algorithms,
        "token_endpoint_auth_methods_supported": methods,
        "token_endpoint_auth_signing_alg_values_supported": AssertionAlgorithm::ALL,
        "introspection_endpoint_auth_methods_supported": confidential,
        "introspection_endpoint_auth_signing_alg_values_supported": AssertionAlgorithm::ALL,
        "revocation_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_signing_alg_values_supported": AssertionAlgorithm::ALL,
        "code_challenge_methods_supported": [pkce::S256],
        "claim_types_supported": ["normal"],
        "claims_supported": claims::SUPPORTED.iter().copied().chain(catalogue.claims().published()).collect::<Vec<_>>(),
        "claims_parameter_supported": true,
        "request_parameter_supported": true,
        "request_uri_parameter_supported": true,
        "require_request_uri_registration": true,
        "request_object_signing_alg_values_supported": RequestObjectAlgorithm::ALL,
        "prompt_values_supported": cx.config.people.prompts(),
        "acr_values_supported": cx.config.acr_levels.names().collect::<Vec<_>>(),
        "ui_locales_supported": LANGUAGES.iter().map(|language| language.tag).collect::<Vec<_>>(),
        "authorization_response_iss_parameter_supported": true,
        // RFC 8705 §3.3
        "tls_client_certificate_bound_access_tokens": mtls.is_on(),
    });
    // OIDC Discovery §3, RFC 9701 §7
    for what in ["id_token", "userinfo", "introspection", "request_object"] {
        document[format!("{what}_encryption_alg_values_supported")] = json!(EncryptionAlgorithm::ALL);
        document[format!("{what}_encryption_enc_values_supported")] = json!(ContentEncryption::ALL);
    }
    if let Some(aliases) = mtls.public_url.as_ref().map(|base| aliases(&document, issuer, base)) {
        document["mtls_endpoint_aliases"] = aliases;
    }
    document
}

/// RFC 8705 §5: where clients with a certificate find the endpoints that take one.
fn aliases(document: &Value, issuer: &Issuer, base: &Issuer) -> Value {
    let alias = |endpoint: &&str| {
        let path = document[*endpoint].as_str()?.strip_prefix(issuer.as_str())?;
        Some(((*endpoint).to_owned(), json!(base.join(path))))
    };
    Value::Object(TAKE_CERTIFICATES.iter().filter_map(alias).collect())
}
