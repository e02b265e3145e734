//! Response types that put an ID token into the redirect: for old applications, where the settings and their registration say
//! so (OIDC Core §3.2, §3.3).

use std::time::Duration;

use claviger::ids::ClientId;
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreIdToken, CoreJsonWebKeySet, CoreProviderMetadata, CoreResponseType,
};
use openidconnect::{
    AuthorizationCode, AuthorizationCodeHash, ClientSecret, CsrfToken, IssuerUrl, Nonce, RedirectUrl, Scope,
};
use serde_json::{Value, json};

use super::*;
use crate::support::{EncryptionKey, claims, web_app};

const ON: &str = "tokens.front_channel_id_tokens = true\n";

/// An application of the operator's own that is registered for these.
async fn old_app(app: &TestApp, response_types: &[&str], members: Value) -> TestClient {
    let mut metadata = json!({
        "client_id": "app", "redirect_uris": [REDIRECT_URI], "response_types": response_types, "consent": "skip",
        "grant_types": ["authorization_code", "implicit", "refresh_token"], "scope": "openid profile email offline_access",
    });
    if !response_types.iter().any(|words| words.contains("code")) {
        metadata["grant_types"] = json!(["implicit"]);
    }
    metadata.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    app.client(metadata).await
}

async fn scene(response_types: &[&str], members: Value) -> (TestApp, TestClient, Browser) {
    let app = TestApp::start_with(ON).await;
    app.person("ada").await;
    let client = old_app(&app, response_types, members).await;
    let browser = app.browser();
    (app, client, browser)
}

/// What stands in the fragment, and nothing in the query.
#[track_caller]
fn fragment(app: &TestApp, answer: &Answer) -> BTreeMap<String, String> {
    assert_eq!((answer.status, answer.header("cache-control")), (303, "no-store"), "{}", answer.body);
    let location = answer.header("location");
    assert!(location.starts_with(&format!("{REDIRECT_URI}#")), "{location}");
    let told: BTreeMap<_, _> =
        url::form_urlencoded::parse(location.split_once('#').unwrap().1.as_bytes()).into_owned().collect();
    assert_eq!((told.get("iss"), told.get("state").map(String::as_str)), (Some(&app.issuer), Some(STATE)));
    assert!(!told.contains_key("access_token"), "{told:?}");
    told
}

const IMPLICIT: [(&str, &str); 4] =
    [("response_type", "id_token"), ("nonce", "n-0S6"), ("code_challenge", ""), ("code_challenge_method", "")];
const HYBRID: [(&str, &str); 2] = [("response_type", "code id_token"), ("nonce", "n-0S6")];

/// OIDC Core §3.2.2.5, OIDC Core §3.2.2.10: an ID token alone, in the fragment; OIDC Core §5.4: with what the scope releases, since
/// there is no access token for `UserInfo`. Nothing that could be redeemed is left behind.
#[actix_web::test]
async fn gives_an_id_token_alone() {
    let (app, client, browser) = scene(&["id_token"], json!({})).await;
    let page = browser.open(&path(&[&IMPLICIT[..], &[("scope", "openid email offline_access")]].concat())).await;
    let page = sign_in(&browser, &page, "ada").await;
    let told = fragment(&app, &page.answer);
    assert!(!told.contains_key("code"), "{told:?}");
    let token = claims(&told["id_token"]);
    assert_eq!(
        (&token["aud"], &token["nonce"], &token["email"]),
        (&json!(client.id), &json!("n-0S6"), &json!("ada@example.com"))
    );
    assert_eq!((token.get("at_hash"), token.get("c_hash"), token.get("name")), (None, None, None));
    crate::support::check_signature(&app.get("/oauth2/jwks").await.ok(), &told["id_token"]);
    let [event] = &app.events("id_token_issued").await[..] else { panic!("one event") };
    assert_eq!(event.client_id, Some(ClientId(client.id.clone())));
    assert!(app.events("code_issued").await.is_empty());
    assert!(!app.everything().await.contains("offline_access openid"), "without a code there is nothing to refresh");
    let silent = browser.open(&path(&[&IMPLICIT[..], &[("prompt", "none"), ("scope", "openid")]].concat())).await;
    assert_eq!(claims(&fragment(&app, &silent.answer)["id_token"])["sub"], token["sub"]);
    // It says who asks for a sign-out, as any other.
    let hint = [("id_token_hint", told["id_token"].as_str())];
    let page = browser.open(&format!("/oauth2/end_session?{}", form_encode(&hint))).await;
    assert!(page.has("form#logout"), "{}", page.answer.body);
}

/// OIDC Core §3.3.2.5, OIDC Core §3.3.2.11, OIDC Core §3.3.3.6: a code and an ID token that names it; the one that the code gives is of the same
/// person and issuer. Another's client library checks the hash and the nonce.
#[actix_web::test]
async fn gives_a_code_and_an_id_token_that_names_it() {
    let app = TestApp::start_in_real_time(ON).await;
    app.person("ada").await;
    let client = old_app(&app, &["code id_token"], json!({ "require_pkce": false })).await;
    let browser = app.browser();
    let metadata: CoreProviderMetadata =
        serde_json::from_value(app.get("/.well-known/openid-configuration").await.ok()).unwrap();
    let keys: CoreJsonWebKeySet = serde_json::from_value(app.get("/oauth2/jwks").await.ok()).unwrap();
    let issuer = IssuerUrl::new(app.issuer.clone()).unwrap();
    let id = openidconnect::ClientId::new(client.id.clone());
    let library = CoreClient::new(id, issuer, keys)
        .set_client_secret(ClientSecret::new(client.secret.clone()))
        .set_auth_uri(metadata.authorization_endpoint().clone())
        .set_redirect_uri(RedirectUrl::new(REDIRECT_URI.to_owned()).unwrap());
    let flow = CoreAuthenticationFlow::Hybrid(vec![CoreResponseType::IdToken, CoreResponseType::Code]);
    let request = library.authorize_url(flow, || CsrfToken::new(STATE.to_owned()), Nonce::new_random);
    let (url, _, nonce) = request.add_scope(Scope::new("offline_access".to_owned())).url();
    let page = browser.open(url.as_str()).await;
    let page = sign_in(&browser, &page, "ada").await;
    let told = fragment(&app, &page.answer);
    let id_token: CoreIdToken = told["id_token"].parse().unwrap();
    let verifier = library.id_token_verifier();
    let verified = id_token.claims(&verifier, &nonce).unwrap();
    let (code, algorithm) = (AuthorizationCode::new(told["code"].clone()), id_token.signing_alg().unwrap());
    let hash = AuthorizationCodeHash::from_code(&code, algorithm, id_token.signing_key(&verifier).unwrap()).unwrap();
    assert_eq!(verified.code_hash(), Some(&hash));
    assert_eq!(verified.access_token_hash(), None);

    let form = [("grant_type", "authorization_code"), ("code", &told["code"]), ("redirect_uri", REDIRECT_URI)];
    let tokens = app.token(&client, &form).await.ok();
    let later = claims(tokens["id_token"].as_str().unwrap());
    let first = claims(&told["id_token"]);
    for same in ["iss", "sub", "aud", "nonce", "sid", "auth_time"] {
        assert_eq!(later[same], first[same], "{same}");
    }
    assert!(tokens["refresh_token"].is_string() && later.get("c_hash").is_none());
    // OAuth 2.0 Form Post: in the body just as well.
    let request = library.authorize_url(
        CoreAuthenticationFlow::Hybrid(vec![CoreResponseType::Code, CoreResponseType::IdToken]),
        CsrfToken::new_random,
        Nonce::new_random,
    );
    let (url, _, _) = request.add_extra_param("response_mode", "form_post").url();
    let page = browser.open(url.as_str()).await;
    assert!(page.has("input[name='id_token']") && page.has("input[name='code']"), "{}", page.answer.body);
}

/// OIDC Core §3.2.2.6: errors go where the answer would have gone. Each thing that these requests need.
#[actix_web::test]
async fn tells_in_the_fragment_what_is_wrong() {
    let (app, _, browser) = scene(&["id_token", "code id_token"], json!({})).await;
    for (request, expected) in [
        // OIDC Core §3.2.2.1
        ([&IMPLICIT[..], &[("nonce", "")]].concat(), "invalid_request"),
        // OIDC Core §3.3.2.11
        ([&HYBRID[..], &[("nonce", "")]].concat(), "invalid_request"),
        ([&IMPLICIT[..], &[("response_mode", "query")]].concat(), "invalid_request"),
        ([&IMPLICIT[..], &[("scope", "email")]].concat(), "invalid_scope"),
        ([&IMPLICIT[..], &[("prompt", "none")]].concat(), "login_required"),
        // RFC 7636 §4.4.1: a code is protected in this flow, too.
        ([&HYBRID[..], &[("code_challenge", ""), ("code_challenge_method", "")]].concat(), "invalid_request"),
    ] {
        let request: Vec<_> = request
            .iter()
            .enumerate()
            .filter(|(at, (name, _))| !request[at + 1..].iter().any(|(later, _)| later == name))
            .map(|(_, pair)| *pair)
            .collect();
        let told = fragment(&app, &app.get(&path(&request)).await);
        assert_eq!((told["error"].as_str(), told.contains_key("id_token")), (expected, false), "{request:?}");
    }
    drop(browser);
}

/// An access token never travels through a browser; what is not switched on, or not registered, is refused.
#[actix_web::test]
async fn gives_nothing_that_is_not_both_switched_on_and_registered() {
    let (app, client, _) = scene(&["id_token"], json!({})).await;
    for (response_type, expected) in [
        ("code id_token", "unauthorized_client"),
        ("token", "unsupported_response_type"),
        ("id_token token", "unsupported_response_type"),
        ("code token", "unsupported_response_type"),
        ("code id_token token", "unsupported_response_type"),
    ] {
        let answer = app.get(&path(&[("response_type", response_type), ("nonce", "n")])).await;
        let location = answer.header("location");
        assert!(location.contains(&format!("error={expected}")), "{response_type}: {location}");
    }
    let answer = app.get(&path(&[])).await;
    assert_eq!(error(&app, &answer), "unauthorized_client", "not even a code");

    let off = TestApp::start().await;
    off.person("ada").await;
    old_app(&off, &["id_token"], json!({})).await;
    let told = fragment(&off, &off.get(&path(&IMPLICIT)).await);
    assert_eq!(told["error"], "unsupported_response_type", "switched off again after the registration");
    for (app, types, grants) in [
        (&app, json!(["code", "id_token", "code id_token"]), json!(["authorization_code", "implicit"])),
        (&off, json!(["code"]), json!(["authorization_code"])),
    ] {
        let document = app.get("/.well-known/openid-configuration").await.ok();
        assert_eq!(document["response_types_supported"], types);
        let offered: Vec<_> = document["grant_types_supported"].as_array().unwrap().clone();
        assert!(grants.as_array().unwrap().iter().all(|grant| offered.contains(grant)), "{offered:?}");
        assert_eq!(offered.contains(&json!("implicit")), types.as_array().unwrap().len() > 1);
    }
    app.token(&client, &[("grant_type", "implicit")]).await.refuses(400, "unsupported_grant_type");
}

/// Switching it off ends what waits on our pages, too.
#[actix_web::test]
async fn refuses_a_waiting_request_whose_type_was_taken_from_the_client() {
    let (app, client, browser) = scene(&["id_token"], json!({})).await;
    let page = browser.open(&path(&IMPLICIT)).await;
    let metadata = json!({ "client_id": client.id, "redirect_uris": [REDIRECT_URI], "scope": "openid profile" });
    app.update_client(&client, metadata).await;
    let page = sign_in(&browser, &page, "ada").await;
    assert_eq!(fragment(&app, &page.answer)["error"], "unauthorized_client");
}

/// OIDC Registration §2: grants and response types belong together, and what travels in the open goes to https alone.
#[actix_web::test]
async fn registers_what_belongs_together() {
    let open = "registration.mode = \"open\"\nregistration.attempts_per_address = 1000\n";
    let app = TestApp::start_with(&format!("{ON}{open}")).await;
    let with = |members: Value| {
        let mut metadata = web_app();
        metadata.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        metadata
    };
    let both = json!(["authorization_code", "implicit"]);
    let good = app.newcomer(&with(json!({ "grant_types": both, "response_types": ["id_token code", "code"] }))).await;
    assert_eq!(good.told["response_types"], json!(["code", "code id_token"]), "the order of words means nothing");
    app.newcomer(&with(json!({ "grant_types": ["implicit"], "response_types": ["id_token"] }))).await;
    for (members, says) in [
        (json!({ "grant_types": ["implicit"], "response_types": ["code id_token"] }), "response_types"),
        (json!({ "grant_types": ["authorization_code"], "response_types": ["id_token"] }), "response_types"),
        (
            json!({ "grant_types": ["authorization_code"], "response_types": ["code", "code id_token"] }),
            "response_types",
        ),
        (json!({ "grant_types": both, "response_types": ["code", "token"] }), "response_types"),
        (
            json!({ "grant_types": ["implicit"], "response_types": ["id_token"], "redirect_uris": ["http://localhost/cb"] }),
            "https",
        ),
        (
            json!({ "grant_types": ["implicit"], "response_types": ["id_token"], "redirect_uris": ["https://localhost/cb"] }),
            "https",
        ),
    ] {
        let answer = app.register(&with(members.clone())).await;
        assert_eq!(answer.status, 400, "{members} {}", answer.body);
        assert!(answer.body.contains(says), "{members} {}", answer.body);
    }
    let off = TestApp::start_with(open).await;
    let told = off
        .register_in_vain(
            &with(json!({ "grant_types": both, "response_types": ["code", "code id_token"] })),
            "invalid_client_metadata",
        )
        .await;
    assert!(told.contains("front_channel_id_tokens"), "{told}");
}

/// RFC 9700 §4.2.4, RFC 6749 §10.3: a token for the browser is short-lived and good at no endpoint but as a hint.
#[actix_web::test]
async fn takes_an_id_token_for_no_access_token() {
    let (app, client, browser) = scene(&["id_token"], json!({})).await;
    let page = browser.open(&path(&IMPLICIT)).await;
    let token = fragment(&app, &sign_in(&browser, &page, "ada").await.answer)["id_token"].clone();
    app.userinfo(&token).await.refuses(401, "invalid_token");
    let headers = [("authorization", client.basic())];
    let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
    assert_eq!(
        app.post_with("/oauth2/introspect", &[("token", &token)], &headers).await.ok(),
        json!({ "active": false })
    );
    app.clock.advance(Duration::from_hours(2));
    assert!(claims(&token)["exp"].as_i64().unwrap() < app.cx.now().seconds());
}

/// OIDC Core §10.2: what is registered to be encrypted is so in the front channel, too; where nobody could open it, nothing is given.
#[actix_web::test]
async fn encrypts_what_travels_through_the_browser() {
    let key = EncryptionKey::p256();
    let encrypted = |jwks: Value| json!({ "jwks": { "keys": [jwks] }, "id_token_encrypted_response_alg": "ECDH-ES" });
    let (app, client, browser) = scene(&["id_token", "code id_token"], encrypted(key.jwk("one"))).await;
    let page = browser.open(&path(&IMPLICIT)).await;
    let told = fragment(&app, &sign_in(&browser, &page, "ada").await.answer);
    let signed = key.open(&told["id_token"]);
    crate::support::check_signature(&app.get("/oauth2/jwks").await.ok(), &signed);
    assert_eq!((&claims(&signed)["aud"], &claims(&signed)["nonce"]), (&json!(client.id), &json!("n-0S6")));
    let both = fragment(&app, &browser.open(&path(&HYBRID)).await.answer);
    assert!(claims(&key.open(&both["id_token"]))["c_hash"].is_string());

    let gone = "http://127.0.0.1:9/jwks";
    let metadata = json!({
        "client_id": client.id, "redirect_uris": [REDIRECT_URI], "response_types": ["id_token", "code id_token"],
        "grant_types": ["authorization_code", "implicit"], "consent": "skip", "scope": "openid profile",
        "id_token_encrypted_response_alg": "ECDH-ES", "jwks_uri": gone,
    });
    app.update_client(&client, metadata).await;
    let issued = app.events("code_issued").await.len();
    for request in [&IMPLICIT[..], &HYBRID[..]] {
        let told = fragment(&app, &browser.open(&path(request)).await.answer);
        assert_eq!((told["error"].as_str(), told.get("code"), told.get("id_token")), ("invalid_request", None, None));
    }
    assert_eq!(app.events("code_issued").await.len(), issued);
}
