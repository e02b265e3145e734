//! PKCE downgrade: the attacker takes the proof of possession out of a sign-in, or puts a weaker one in its place.

use claviger::protocol::client_metadata::ClientMetadata;
use serde_json::json;

use super::scene::*;
use crate::support::{Allowed, CHALLENGE, REDIRECT_URI, TestApp, VERIFIER, claims};

const WITHOUT: [(&str, &str); 2] = [("code_challenge", ""), ("code_challenge_method", "")];

/// RFC 9700 §4.8.1, RFC 9700 §4.8.2: the attacker cuts the challenge out of the request on its way. Where PKCE is
/// required the request is refused; where it is not, the app's verifier gives the cut away.
#[actix_web::test]
async fn cuts_the_challenge_out_of_the_request() {
    let app = TestApp::start().await;
    app.web_app().await;
    let lax = client_with(&app, json!({"client_id": "lax", "require_pkce": false})).await;
    app.person("ada").await;
    let ada = at_the_app(&app, "ada").await;
    assert_eq!(told(&ada.open(&path(&WITHOUT)).await.answer)["error"], "invalid_request");
    let page = ada.open(&path(&[&WITHOUT[..], &[("client_id", "lax")]].concat())).await;
    let stolen = code(&allow(&ada, &page).await);
    redeem_with(&app, &lax, &stolen, REDIRECT_URI, VERIFIER).await.refuses(400, "invalid_grant");
    // The same app, once it sends no verifier, meant no PKCE.
    redeem_with(&app, &lax, &stolen, REDIRECT_URI, "").await.ok();
}

/// RFC 9700 §2.1.1, RFC 7636 §4.4.1: nobody who has no other protection can do without.
#[actix_web::test]
async fn finds_a_public_client_that_does_without() {
    let metadata = json!({
        "redirect_uris": [REDIRECT_URI], "token_endpoint_auth_method": "none", "require_pkce": false,
    });
    assert!(ClientMetadata::parse(metadata.to_string().as_bytes()).is_err(), "not even by registration");
    let app = TestApp::start().await;
    client_with(&app, json!({"token_endpoint_auth_method": "none"})).await;
    client_with(&app, json!({"client_id": "confidential"})).await;
    for client in ["app", "confidential"] {
        let told = told(&app.get(&path(&[&WITHOUT[..], &[("client_id", client)]].concat())).await);
        assert_eq!(told["error"], "invalid_request", "{client}");
        assert!(told["error_description"].contains("code_challenge"), "{told:?}");
    }
}

/// RFC 7636 §4.3, RFC 7636 §7.2, RFC 9700 §2.1.1: `plain` shows the verifier to whoever reads the request; also where
/// nothing obliges the client to use PKCE at all.
#[actix_web::test]
async fn asks_for_a_weaker_method() {
    let app = TestApp::start().await;
    app.web_app().await;
    client_with(&app, json!({"client_id": "lax", "require_pkce": false})).await;
    let methods =
        ["", "plain", "PLAIN", "s256", "S256 ", " S256", "S256plain", "S512", "none", "SHA-256", "S256,plain"];
    for client in ["app", "lax"] {
        for method in methods {
            for challenge in [CHALLENGE, VERIFIER] {
                let changes = [("client_id", client), ("code_challenge", challenge), ("code_challenge_method", method)];
                let told = told(&app.get(&path(&changes)).await);
                assert_eq!(told["error"], "invalid_request", "{changes:?}");
            }
        }
        let changes = [
            ("client_id", client),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
            ("code_challenge_method", "plain"),
        ];
        assert_eq!(told(&app.get(&path(&changes)).await)["error"], "invalid_request", "both methods, {client}");
    }
    let metadata = app.get("/.well-known/openid-configuration").await.ok();
    assert_eq!(metadata["code_challenge_methods_supported"], json!(["S256"]));
}

/// RFC 9700 §4.8.2: the method alone, or a challenge that is none; also where PKCE is not required, for a request that
/// is half stripped must not pass for one that never had it.
#[actix_web::test]
async fn strips_the_challenge_by_halves() {
    let app = TestApp::start().await;
    app.web_app().await;
    client_with(&app, json!({"client_id": "lax", "require_pkce": false})).await;
    let padded = format!("{CHALLENGE}=");
    let long = CHALLENGE.repeat(3);
    let challenges = [
        "",
        "x",
        &CHALLENGE[..42],
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cMA",
        padded.as_str(),
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM",
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw cM",
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cé",
        long.as_str(),
    ];
    for client in ["app", "lax"] {
        for challenge in challenges {
            let changes = [("client_id", client), ("code_challenge", challenge)];
            let told = told(&app.get(&path(&changes)).await);
            assert_eq!(told["error"], "invalid_request", "{changes:?}");
        }
        let twice = [("client_id", client), ("code_challenge", CHALLENGE), ("code_challenge", CHALLENGE)];
        assert_eq!(told(&app.get(&path(&twice)).await)["error"], "invalid_request", "twice, {client}");
    }
}

/// RFC 9700 §4.8.2, RFC 7636 §4.6: what was read in the request is no proof: neither the challenge itself, nor a
/// challenge that was a verifier all along.
#[actix_web::test]
async fn shows_the_challenge_in_place_of_the_verifier() {
    let app = TestApp::start().await;
    let client = app.web_app().await;
    app.person("ada").await;
    let ada = at_the_app(&app, "ada").await;
    for challenge in [CHALLENGE, VERIFIER] {
        let code = code(&ada.open(&path(&[("code_challenge", challenge)])).await);
        redeem_with(&app, &client, &code, REDIRECT_URI, challenge).await.refuses(400, "invalid_grant");
    }
}

/// RFC 7636 §4.6, RFC 7636 §4.1: nothing but the verifier; whatever else was tried, it still works.
#[actix_web::test]
async fn offers_something_that_is_almost_the_verifier() {
    let app = TestApp::start().await;
    let public = json!({"client_id": "public", "token_endpoint_auth_method": "none"});
    for client in [app.web_app().await, client_with(&app, public).await] {
        let person = app.person(&format!("user-of-{}", client.id)).await;
        let code = app.code(&client, person, Allowed::default()).await;
        let last = &VERIFIER[..VERIFIER.len() - 1];
        let verifiers = [
            "",
            "a",
            last,
            &format!("{VERIFIER}A"),
            &format!("{VERIFIER}="),
            &format!("{VERIFIER} "),
            &format!(" {VERIFIER}"),
            &format!("{last}l"),
            &VERIFIER.to_ascii_lowercase(),
            &VERIFIER.replace('-', "+"),
            &VERIFIER.replace('-', "%2D"),
            &"a".repeat(42),
            &"a".repeat(43),
            &"a".repeat(128),
            &"a".repeat(129),
            &VERIFIER.repeat(3),
            &format!("{last}é"),
            CHALLENGE,
        ];
        for verifier in verifiers {
            let answer = redeem_with(&app, &client, &code, REDIRECT_URI, verifier).await;
            assert_eq!((answer.status, answer.json()["error"].as_str()), (400, Some("invalid_grant")), "{verifier:?}");
        }
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", VERIFIER),
            ("code_verifier", CHALLENGE),
        ];
        app.token(&client, &form).await.refuses(400, "invalid_request");
        app.redeem(&client, &code).await.ok();
    }
}

/// RFC 9700 §4.8.1: the request waits sealed while ada signs in, so its challenge cannot be exchanged on the way, nor
/// cut out: not by what is added to our own addresses and forms.
#[actix_web::test]
async fn exchanges_the_challenge_while_the_request_waits() {
    let app = TestApp::start().await;
    let client = app.web_app().await;
    app.person("ada").await;
    let browser = app.browser();
    let page = browser.open(&path(&[])).await;
    let eves = [("code_challenge", VERIFIER), ("code_challenge_method", "plain")];
    let fields = [&[("username", "ada"), ("password", crate::support::PASSWORD)][..], &eves].concat();
    let page = browser.submit(&page, "form#login", &fields).await;
    let resume = format!("{}&code_challenge={VERIFIER}&code_challenge_method=plain", page.url);
    let page = browser.open(&resume).await;
    let page = browser.submit(&page, "form#consent", &[&[("decision", "allow")][..], &eves].concat()).await;
    let code = code(&page);
    redeem_with(&app, &client, &code, REDIRECT_URI, "").await.refuses(400, "invalid_grant");
    redeem_with(&app, &client, &code, REDIRECT_URI, CHALLENGE).await.refuses(400, "invalid_grant");
    let tokens = app.redeem(&client, &code).await.ok();
    assert_eq!(claims(access_token(&tokens))["client_id"], "app");
}
