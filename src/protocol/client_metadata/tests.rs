//! Tests of client metadata as a whole: defaults, every fault at once, and the rules between members.

use proptest::collection::vec;
use proptest::option::of;
use proptest::proptest;
use secrecy::ExposeSecret;

use super::*;
use crate::error::ErrorCode;
use crate::protocol::scope;

fn parse(json: &Value) -> Result<ClientMetadata, Vec<MetadataFault>> {
    ClientMetadata::parse(json.to_string().as_bytes())
}

/// A client that signs people in, with `extra` members.
fn web(extra: &Value) -> Value {
    let mut members = json!({ "redirect_uris": ["https://app.example/cb"] });
    let extra = extra.as_object().unwrap().clone();
    members.as_object_mut().unwrap().extend(extra);
    members
}

fn faulty_members(json: &Value) -> Vec<String> {
    parse(json).unwrap_err().into_iter().map(|fault| fault.member).collect()
}

/// RFC 7591 §2: the defaults, and a default scope.
/// OIDC Registration §2: the two members that say how something is encrypted, the second with a default and never alone; and
/// a key to encrypt to.
#[test]
fn reads_how_something_is_encrypted() {
    let rsa = json!({ "keys": [{ "kty": "RSA", "n": format!("{}w", "_".repeat(341)), "e": "AQAB", "use": "enc" }] });
    for member in ["id_token_encrypted_response", "userinfo_encrypted_response", "introspection_encrypted_response"] {
        let (alg, enc) = (format!("{member}_alg"), format!("{member}_enc"));
        let registered = parse(&web(&json!({ "jwks": rsa, &alg: "RSA-OAEP" }))).unwrap().to_json();
        assert_eq!((&registered[&alg], &registered[&enc]), (&json!("RSA-OAEP"), &json!("A128CBC-HS256")));
        let registered = parse(&web(&json!({ "jwks": rsa, &alg: "RSA-OAEP-256", &enc: "A256GCM" }))).unwrap().to_json();
        assert_eq!((&registered[&alg], &registered[&enc]), (&json!("RSA-OAEP-256"), &json!("A256GCM")));
        assert!(parse(&web(&json!({ "jwks_uri": "https://a.example/jwks", &alg: "ECDH-ES" }))).is_ok());
        for (members, faulty) in [
            (json!({ &alg: "RSA-OAEP" }), &alg),
            (json!({ "jwks": rsa, &alg: "ECDH-ES" }), &alg),
            (json!({ "jwks": rsa, &alg: "RSA1_5" }), &alg),
            (json!({ "jwks": rsa, &alg: "dir" }), &alg),
            (json!({ "jwks": rsa, &enc: "A256GCM" }), &enc),
            (json!({ "jwks": rsa, &alg: "RSA-OAEP", &enc: "A192GCM" }), &enc),
        ] {
            let faults = parse(&web(&members)).unwrap_err();
            assert!(faults.len() == 1 && faults[0].member == *faulty, "{members}: {faults:?}");
        }
    }
    // What the client encrypts needs no key of its own.
    let sends = parse(&web(&json!({ "request_object_encryption_alg": "ECDH-ES+A128KW" }))).unwrap();
    assert!(sends.request_object_encryption.is_some());
    assert!(parse(&web(&json!({ "request_object_encryption_enc": "A128GCM" }))).is_err());
}

#[test]
fn fills_in_the_defaults() {
    let client = parse(&web(&json!({}))).unwrap();
    assert_eq!(client.token_endpoint_auth_method, AuthMethod::ClientSecretBasic);
    assert_eq!(client.grant_types, BTreeSet::from([GrantType::AuthorizationCode]));
    assert_eq!(client.response_types, BTreeSet::from([ResponseType::Code]));
    assert_eq!(client.scope.to_string(), "openid profile email address phone");
    assert_eq!(client.application_type, ApplicationType::Web);
    assert_eq!(client.id_token_signed_response_alg, SigningAlgorithm::RS256);
    assert_eq!(client.userinfo_signed_response_alg, None);
    assert_eq!(client.introspection_signed_response_alg, SigningAlgorithm::RS256);
    assert_eq!(client.consent, ConsentPolicy::Remember);
    assert!(client.require_pkce && !client.always_issue_refresh_token && !client.require_auth_time);
    assert!(!client.require_second_factor);
    assert!(client.is_confidential() && client.may_use(GrantType::AuthorizationCode));

    let lasting = parse(&web(&json!({ "grant_types": ["authorization_code", "refresh_token"] }))).unwrap();
    assert!(lasting.scope.contains(scope::OFFLINE_ACCESS));
    let machine = parse(&json!({ "grant_types": ["client_credentials"] })).unwrap();
    assert!(machine.scope.is_empty() && machine.response_types.is_empty());
}

#[test]
fn reads_every_member_and_gives_it_back() {
    let secret = "0123456789abcdef0123456789abcdef";
    let mut members = json!({
        "client_id": "shop",
        "client_secret": secret,
        "redirect_uris": ["https://app.example/cb", "http://localhost:3000/cb"],
        "token_endpoint_auth_method": "client_secret_post",
        "tls_client_certificate_bound_access_tokens": true,
        "grant_types": ["authorization_code", "client_credentials", "refresh_token"],
        "response_types": ["code"],
        "client_name": "Shop",
        "client_uri": "https://app.example",
        "logo_uri": "https://app.example/logo.png",
        "scope": "openid orders:read",
        "contacts": ["ops@app.example"],
        "tos_uri": "https://app.example/tos",
        "policy_uri": "https://app.example/privacy",
        "software_id": "shop",
        "software_version": "1.2",
        "application_type": "web",
        "id_token_signed_response_alg": "ES256",
        "userinfo_signed_response_alg": "EdDSA",
        "introspection_signed_response_alg": "ES256",
        "default_max_age": 3600,
        "require_auth_time": true,
        "default_acr_values": ["mfa"],
        "initiate_login_uri": "https://app.example/login",
        "post_logout_redirect_uris": ["https://app.example/bye"],
        "backchannel_logout_uri": "https://other.example/out?a=b",
        "backchannel_logout_session_required": true,
        "frontchannel_logout_uri": "http://localhost:3000/out?a=b",
        "frontchannel_logout_session_required": true,
        "require_pkce": false,
        "consent": "skip",
        "always_issue_refresh_token": true,
        "resources": ["https://api.example", "urn:example:api"],
        "resource_server_of": ["https://own.example"],
        "default_resource": "https://api.example",
        "access_token_lifetime": 300,
        "client_secret_lifetime": 7_776_000,
        "rate_limit": "100/minute",
        "quota": "10000/month",
    });
    members["require_second_factor"] = json!(true);
    members["accent_color"] = json!("#7a1fa2");
    members["subject_type"] = json!("pairwise");
    members["sector_identifier_uri"] = json!("https://shop.example/sector.json");
    members["request_uris"] = json!(["https://app.example/request#x"]);
    members["request_object_signing_alg"] = json!("none");
    members["require_signed_request_object"] = json!(false);
    let client = parse(&members).unwrap();
    assert_eq!(client.client_secret.as_ref().unwrap().expose_secret(), secret);
    assert_eq!(client.default_max_age, Some(Duration::from_hours(1)));
    assert!(client.ignored_members.is_empty());

    let mut registered = members.clone();
    registered.as_object_mut().unwrap().remove("client_secret");
    assert_eq!(client.to_json(), registered);
    assert_eq!(parse(&client.to_json()).unwrap().to_json(), registered);
    assert!(!format!("{client:?}").contains(secret));
}

/// RFC 7591 §2: unknown members are ignored. RFC 7591 §3.2.2: which code says what is wrong.
#[test]
fn reports_every_fault_at_once() {
    let faults = parse(&json!({
        "redirect_uris": ["http://app.example/cb", "https://app.example/#x", 7],
        "client_name": "",
        "logo_uri": "javascript:alert(1)",
        "grant_types": ["magic", "password"],
        "default_max_age": "1h",
        "require_auth_time": "yes",
        "contacts": "me",
        "scope": "né",
        "id_token_signed_response_alg": "none",
        "redirect_uri": "https://app.example/cb",
    }))
    .unwrap_err();
    let mut found: Vec<_> = faults.iter().map(|fault| (fault.member.as_str(), fault.code)).collect();
    found.sort_by_key(|(member, _)| *member);
    let metadata = ErrorCode::InvalidClientMetadata;
    let expected = [
        ("client_name", metadata),
        ("contacts", metadata),
        ("default_max_age", metadata),
        ("grant_types", metadata),
        ("grant_types", metadata),
        ("id_token_signed_response_alg", metadata),
        ("logo_uri", metadata),
        ("redirect_uris", ErrorCode::InvalidRedirectUri),
        ("redirect_uris", ErrorCode::InvalidRedirectUri),
        ("redirect_uris", ErrorCode::InvalidRedirectUri),
        ("require_auth_time", metadata),
        ("scope", metadata),
    ];
    assert_eq!(found, expected);
    let first = faults.iter().find(|fault| fault.member == "redirect_uris").unwrap().to_string();
    assert!(first.starts_with("redirect_uris: \"http://app.example/cb\" uses http"), "{first}");

    let slip = parse(&web(&json!({ "clientname": "Shop", "default_prompt": null }))).unwrap();
    assert_eq!(slip.ignored_members, ["clientname", "default_prompt"]);
}

#[test]
fn wants_one_json_object() {
    for text in ["", "[]", "7", "{", "null", "\"x\""] {
        let faults = ClientMetadata::parse(text.as_bytes()).unwrap_err();
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].code, ErrorCode::InvalidClientMetadata, "{text}");
    }
}

/// RFC 7591 §2, RFC 7591 §2.1, RFC 6749 §4.4, RFC 7662 §2.1, RFC 8693 §5, RFC 9700 §2.1.1: members that contradict each
/// other. OIDC Back-Channel Logout §2.2, OIDC Front-Channel Logout §2: addresses that are told nothing.
#[test]
fn refuses_contradictions() {
    let secret = "0123456789abcdef0123456789abcdef";
    // RFC 7662 §2.1: whoever asks about tokens authenticates.
    let asks = |method: &str| {
        let served = ["https://own.example"];
        json!({ "grant_types": [], "resource_server_of": served, "token_endpoint_auth_method": method })
    };
    assert!(parse(&asks("client_secret_basic")).is_ok());
    let cases = [
        (json!({}), "redirect_uris"),
        (json!({ "redirect_uris": [] }), "redirect_uris"),
        (web(&json!({ "grant_types": [] })), "grant_types"),
        (web(&json!({ "grant_types": [], "response_types": [] })), "grant_types"),
        (asks("none"), "grant_types"),
        (web(&json!({ "response_types": [] })), "response_types"),
        (json!({ "grant_types": ["client_credentials"], "response_types": ["code"] }), "response_types"),
        (json!({ "grant_types": ["client_credentials"], "token_endpoint_auth_method": "none" }), "grant_types"),
        (json!({ "grant_types": [GrantType::TokenExchange], "token_endpoint_auth_method": "none" }), "grant_types"),
        (json!({ "grant_types": ["client_credentials", "refresh_token"] }), "grant_types"),
        (web(&json!({ "always_issue_refresh_token": true })), "always_issue_refresh_token"),
        (web(&json!({ "token_endpoint_auth_method": "none", "client_secret": secret })), "client_secret"),
        (web(&json!({ "client_secret": &secret[1..] })), "client_secret"),
        (web(&json!({ "client_secret": format!("{secret} ") })), "client_secret"),
        (web(&json!({ "client_id": "a b" })), "client_id"),
        (web(&json!({ "token_endpoint_auth_method": "none", "require_pkce": false })), "require_pkce"),
        (web(&json!({ "default_resource": "https://api.example" })), "default_resource"),
        (web(&json!({ "resources": ["/api"] })), "resources"),
        (web(&json!({ "access_token_lifetime": 0 })), "access_token_lifetime"),
        (web(&json!({ "client_secret_lifetime": 59 })), "client_secret_lifetime"),
        (web(&json!({ "client_secret_lifetime": 60, "token_endpoint_auth_method": "none" })), "client_secret_lifetime"),
        (web(&json!({ "rate_limit": "often" })), "rate_limit"),
        (web(&json!({ "quota": "5/minute" })), "quota"),
        (web(&json!({ "rate_limit": "5/minute", "token_endpoint_auth_method": "none" })), "rate_limit"),
        (web(&json!({ "quota": "5/day", "token_endpoint_auth_method": "none" })), "quota"),
        (web(&json!({ "initiate_login_uri": "http://localhost/login" })), "initiate_login_uri"),
        (web(&json!({ "backchannel_logout_uri": "http://app.example/out" })), "backchannel_logout_uri"),
        (web(&json!({ "backchannel_logout_uri": "https://app.example/#out" })), "backchannel_logout_uri"),
        (web(&json!({ "frontchannel_logout_uri": "https://other.example/out" })), "frontchannel_logout_uri"),
        (web(&json!({ "frontchannel_logout_uri": "https://app.example:8443/out" })), "frontchannel_logout_uri"),
        (web(&json!({ "frontchannel_logout_uri": "http://app.example/out" })), "frontchannel_logout_uri"),
        (web(&json!({ "frontchannel_logout_uri": "javascript:alert(1)" })), "frontchannel_logout_uri"),
        (web(&json!({ "post_logout_redirect_uris": ["http://app.example/"] })), "post_logout_redirect_uris"),
        (web(&json!({ "token_endpoint_auth_method": "private_key_jwt" })), "token_endpoint_auth_method"),
        (web(&json!({ "token_endpoint_auth_signing_alg": "RS256" })), "token_endpoint_auth_signing_alg"),
        (signing(&json!({ "token_endpoint_auth_signing_alg": "HS256" })), "token_endpoint_auth_signing_alg"),
        (signing(&json!({ "token_endpoint_auth_signing_alg": "none" })), "token_endpoint_auth_signing_alg"),
        (signing(&json!({ "client_secret": "0123456789abcdef0123456789abcdef" })), "client_secret"),
        (signing(&json!({ "jwks": { "keys": [{ "kty": "OKP", "crv": "Ed25519", "x": X }] } })), "jwks_uri"),
        (signing(&json!({ "jwks_uri": "http://app.example/jwks" })), "jwks_uri"),
        (web(&json!({ "jwks": { "keys": [{ "kty": "oct", "k": "hush" }] } })), "jwks"),
        (web(&json!({ "jwks": "hush" })), "jwks"),
        (web(&json!({ "client_name": "Shop\u{202e}" })), "client_name"),
        (web(&json!({ "request_uris": ["http://app.example/request"] })), "request_uris"),
        (web(&json!({ "request_object_signing_alg": "HS256" })), "request_object_signing_alg"),
        (web(&json!({ "request_object_signing_alg": "ES256" })), "request_object_signing_alg"),
        (web(&json!({ "require_signed_request_object": true })), "require_signed_request_object"),
        (
            signing(&json!({ "require_signed_request_object": true, "request_object_signing_alg": "none" })),
            "require_signed_request_object",
        ),
    ];
    for (members, member) in cases {
        let found = faulty_members(&members);
        // Only the cause is told, not what follows from it.
        assert_eq!(found, [member], "{members}");
    }
}

const X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

/// A web app that signs, with these members besides.
fn signing(members: &Value) -> Value {
    let mut client = web(&json!({
        "token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "https://app.example/jwks",
    }));
    client.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    client
}

/// RFC 7591 §2: keys by value or by reference; also where they are not needed.
#[test]
fn takes_public_keys() {
    let keys = json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "x": X, "kid": "one" }] });
    for client in [
        signing(&json!({ "token_endpoint_auth_signing_alg": "EdDSA" })),
        signing(&json!({ "jwks_uri": "http://127.0.0.1:8080/jwks" })),
        signing(&json!({ "jwks_uri": null, "jwks": keys })),
        web(&json!({ "jwks": keys })),
        web(&json!({ "jwks": keys, "require_signed_request_object": true, "request_object_signing_alg": "EdDSA" })),
        web(&json!({ "request_uris": ["https://app.example/r#x"], "request_object_signing_alg": "none" })),
        web(&json!({ "token_endpoint_auth_method": "client_secret_jwt", "token_endpoint_auth_signing_alg": "HS256" })),
    ] {
        let parsed = parse(&client).unwrap();
        assert_eq!(parse(&parsed.to_json()).unwrap().to_json(), parsed.to_json());
    }
}

#[test]
fn never_tells_a_secret_in_a_fault() {
    let faults = parse(&web(&json!({ "jwks": { "keys": [{ "kty": "oct", "k": "hush hush" }] } }))).unwrap_err();
    assert!(!format!("{faults:?} {}", faults[0]).contains("hush"));
    let faults = parse(&web(&json!({ "client_secret": "hush hush" }))).unwrap_err();
    assert!(!format!("{faults:?} {}", faults[0]).contains("hush"));
}

#[test]
fn keeps_native_apps_apart_from_web_apps() {
    let native = json!({
        "application_type": "native",
        "token_endpoint_auth_method": "none",
        "redirect_uris": ["com.example.app:/cb", "http://127.0.0.1/cb"],
        "post_logout_redirect_uris": ["http://127.0.0.1/bye"],
    });
    let client = parse(&native).unwrap();
    assert!(!client.is_confidential());
    assert!(client.redirect_uris[1].matches("http://127.0.0.1:5100/cb"));
    assert!(client.may_return_after_logout("http://127.0.0.1/bye"));
    assert!(!client.may_return_after_logout("http://127.0.0.1:5100/bye"));
    assert_eq!(faulty_members(&json!({ "redirect_uris": ["com.example.app:/cb"] })), ["redirect_uris"]);
}

#[test]
fn counts_what_is_given_twice_once() {
    let client = parse(&json!({ "redirect_uris": ["https://a.example/", "https://a.example/"] })).unwrap();
    assert_eq!(client.redirect_uris.len(), 1);
    let crowd: Vec<_> = (0..101).map(|number| format!("https://a.example/{number}")).collect();
    assert_eq!(faulty_members(&json!({ "redirect_uris": crowd })), ["redirect_uris"]);
}

proptest! {
    /// RFC 7591 §2: what is registered reads back as it was, whatever is left out.
    #[test]
    fn reads_back_whatever_it_writes(
        name in of("[A-Za-z]\\PC{0,60}"),
        scope in of("[a-z]{1,9}( [!#-+]{1,9}){0,3}"),
        paths in vec("[a-z%/]{0,2}/[a-z?=&]{0,20}", 1..4),
        contacts in of(vec("[a-z]{1,9}@app\\.example", 0..3)),
        seconds in of(0_u64..31_536_000),
        flag: Option<bool>,
        grants in proptest::sample::subsequence(vec!["refresh_token", "client_credentials"], 0..=2),
    ) {
        let redirect_uris: Vec<_> = paths.iter().map(|path| format!("https://app.example/{path}")).collect();
        let given = json!({
            "redirect_uris": redirect_uris,
            "client_name": name,
            "scope": scope,
            "contacts": contacts,
            "default_max_age": seconds,
            "require_pkce": flag,
            "grant_types": ([&["authorization_code"], grants.as_slice()].concat()),
        });
        let Ok(client) = parse(&given) else {
            // A path may hold a lone percent sign.
            assert!(redirect_uris.iter().any(|uri| uri.contains('%')), "{given}");
            return Ok(());
        };
        assert_eq!(parse(&client.to_json()).unwrap().to_json(), client.to_json());
        assert_eq!(client.client_name, name);
        assert_eq!(client.default_max_age.map(|age| age.as_secs()), seconds);
        assert!(redirect_uris.iter().all(|uri| client.redirect_uris.iter().any(|own| own.as_str() == uri)));
    }
}
