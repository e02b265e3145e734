//! The Config profile.

use super::*;

/// Every address is https, RS256 and `openid` are there, lists are lists, and nothing is named that no document knows.
#[actix_web::test]
async fn oidcc_discovery_endpoint_verification() {
    let app =
        TestApp::start_with("server.issuer = \"https://op.test\"\nserver.trusted_proxies = [\"127.0.0.1\"]\n").await;
    let proxied = [("x-forwarded-proto", "https"), ("host", "op.test")];
    let url = format!("{}/.well-known/openid-configuration", app.origin);
    let answer = crate::support::Http::new().get(&url, &proxied).await;
    let document = answer.ok();
    assert!(answer.header("content-type").starts_with("application/json"));
    assert_eq!(document["issuer"], "https://op.test");
    let members = document.as_object().unwrap();
    let addresses = members.iter().filter(|(name, _)| name.ends_with("_endpoint") || name.ends_with("_uri"));
    for (name, address) in addresses {
        assert!(address.as_str().unwrap().starts_with("https://op.test/"), "{name}");
    }
    for endpoint in ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"] {
        assert!(document.get(endpoint).is_some(), "{endpoint}");
    }
    for (list, member) in [
        ("id_token_signing_alg_values_supported", "RS256"),
        ("scopes_supported", "openid"),
        ("response_types_supported", "code"),
        ("response_modes_supported", "form_post"),
        ("grant_types_supported", "authorization_code"),
        ("subject_types_supported", "public"),
        ("code_challenge_methods_supported", "S256"),
        ("claims_supported", "sub"),
        ("token_endpoint_auth_methods_supported", "client_secret_basic"),
        ("request_object_signing_alg_values_supported", "RS256"),
    ] {
        assert!(document[list].as_array().unwrap().contains(&json!(member)), "{list}");
    }
    for name in well_formed::PERSONAL {
        assert!(document["claims_supported"].as_array().unwrap().contains(&json!(name)), "{name}");
    }
    let flags = [("claims_parameter_supported", true), ("request_uri_parameter_supported", true)];
    for (flag, expected) in flags {
        assert_eq!(document[flag], json!(expected), "{flag}");
    }
    let unknown = members.keys().filter(|name| !KNOWN.contains(&name.as_str()));
    assert_eq!(unknown.collect::<Vec<_>>(), Vec::<&String>::new(), "names of OAuth's registry only");
}

/// The names that IANA's registry of authorization server metadata has and this server might say.
const KNOWN: [&str; 55] = [
    "issuer",
    "authorization_endpoint",
    "token_endpoint",
    "userinfo_endpoint",
    "jwks_uri",
    "registration_endpoint",
    "introspection_endpoint",
    "revocation_endpoint",
    "end_session_endpoint",
    "device_authorization_endpoint",
    "pushed_authorization_request_endpoint",
    "check_session_iframe",
    "scopes_supported",
    "response_types_supported",
    "response_modes_supported",
    "grant_types_supported",
    "subject_types_supported",
    "id_token_signing_alg_values_supported",
    "userinfo_signing_alg_values_supported",
    "introspection_signing_alg_values_supported",
    "request_object_signing_alg_values_supported",
    "id_token_encryption_alg_values_supported",
    "id_token_encryption_enc_values_supported",
    "userinfo_encryption_alg_values_supported",
    "userinfo_encryption_enc_values_supported",
    "introspection_encryption_alg_values_supported",
    "introspection_encryption_enc_values_supported",
    "request_object_encryption_alg_values_supported",
    "request_object_encryption_enc_values_supported",
    "token_endpoint_auth_methods_supported",
    "token_endpoint_auth_signing_alg_values_supported",
    "introspection_endpoint_auth_methods_supported",
    "introspection_endpoint_auth_signing_alg_values_supported",
    "revocation_endpoint_auth_methods_supported",
    "revocation_endpoint_auth_signing_alg_values_supported",
    "code_challenge_methods_supported",
    "claim_types_supported",
    "claims_supported",
    "claims_parameter_supported",
    "request_parameter_supported",
    "request_uri_parameter_supported",
    "require_request_uri_registration",
    "prompt_values_supported",
    "acr_values_supported",
    "display_values_supported",
    "ui_locales_supported",
    "claims_locales_supported",
    "service_documentation",
    "authorization_response_iss_parameter_supported",
    "tls_client_certificate_bound_access_tokens",
    "mtls_endpoint_aliases",
    "backchannel_logout_supported",
    "backchannel_logout_session_supported",
    "frontchannel_logout_supported",
    "frontchannel_logout_session_supported",
];
