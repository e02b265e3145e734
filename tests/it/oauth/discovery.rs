//! The metadata documents, compared with what the server does.

use serde_json::{Value, json};

use crate::support::{ASSERTION_TYPE, Allowed, REDIRECT_URI, SigningKey, TestApp};

const DOCUMENTS: [&str; 2] = ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"];

fn strings<'a>(document: &'a Value, name: &str) -> Vec<&'a str> {
    document[name].as_array().unwrap().iter().map(|value| value.as_str().unwrap()).collect()
}

/// OIDC Discovery §3, OIDC Discovery §4, RFC 8414 §2, RFC 8414 §3: two places, one document, the issuer to the letter.
#[actix_web::test]
async fn serves_the_same_document_at_both_places() {
    let app = TestApp::start().await;
    let [openid, oauth] = [app.get(DOCUMENTS[0]).await, app.get(DOCUMENTS[1]).await];
    assert_eq!(openid.header("content-type"), "application/json");
    assert_eq!(openid.ok(), oauth.ok());
    assert_eq!(openid.ok()["issuer"], json!(app.issuer));
}

/// RFC 8414 §3.1: for an issuer with a path the well-known part also comes before it.
#[actix_web::test]
async fn serves_both_forms_for_an_issuer_with_a_path() {
    let app = TestApp::start_at("/auth/one", "").await;
    let below = app.get(DOCUMENTS[0]).await.ok();
    assert_eq!(below["issuer"], json!(format!("{}/auth/one", app.origin)));
    assert_eq!(below["token_endpoint"], json!(format!("{}/auth/one/oauth2/token", app.origin)));
    for document in DOCUMENTS {
        let url = format!("{}{document}/auth/one", app.origin);
        assert_eq!(crate::support::Http::new().get(&url, &[]).await.ok(), below);
    }
    let machine = app.machine().await;
    app.token(&machine, &[("grant_type", "client_credentials")]).await.ok();
}

/// RFC 8414 §2: every endpoint that is named exists.
#[actix_web::test]
async fn names_only_endpoints_that_exist() {
    let app = TestApp::start().await;
    let document = app.get(DOCUMENTS[0]).await.ok();
    let named =
        document.as_object().unwrap().iter().filter(|(name, _)| name.ends_with("_endpoint") || *name == "jwks_uri");
    let mut count = 0;
    for (name, url) in named {
        let path = url.as_str().unwrap().strip_prefix(&app.issuer).unwrap();
        assert_ne!(app.get(path).await.status, 404, "{name}");
        count += 1;
    }
    assert_eq!(count, 8);
}

/// OIDC Discovery §3, OIDC Core §15.1: algorithms are those of the keys that sign now, RS256 among them; what is not
/// named is refused.
#[actix_web::test]
async fn names_exactly_what_the_server_does() {
    let app = TestApp::start().await;
    let document = app.get(DOCUMENTS[0]).await.ok();
    let keys = app.get("/oauth2/jwks").await.ok();
    for logout in
        ["backchannel_logout", "backchannel_logout_session", "frontchannel_logout", "frontchannel_logout_session"]
    {
        assert_eq!(document[format!("{logout}_supported")], true, "{logout}");
    }
    let signing = keys["keys"].as_array().unwrap().iter().filter(|key| key["use"] == "sig");
    let mut of_keys: Vec<_> = signing.map(|key| key["alg"].as_str().unwrap()).collect();
    let mut named = strings(&document, "id_token_signing_alg_values_supported");
    of_keys.sort_unstable();
    named.sort_unstable();
    assert_eq!(named, of_keys);
    assert!(named.contains(&"RS256"));
    let machine = app.machine().await;
    for grant in ["authorization_code", "client_credentials", "refresh_token", "password", "implicit", "urn:x"] {
        let answer = app.token(&machine, &[("grant_type", grant)]).await;
        let is_unsupported = answer.body.contains("unsupported_grant_type");
        assert_eq!(strings(&document, "grant_types_supported").contains(&grant), !is_unsupported, "{grant}");
    }
    for method in strings(&document, "token_endpoint_auth_methods_supported") {
        let key = SigningKey::p256();
        let metadata = json!({
            "client_id": method, "token_endpoint_auth_method": method, "redirect_uris": [REDIRECT_URI],
            "jwks": { "keys": [key.jwk("one")] },
        });
        let client = app.client(metadata).await;
        let mut form = vec![("grant_type", "authorization_code"), ("code", "x")];
        let mut headers = Vec::new();
        let basic = client.basic();
        let key = if method == "client_secret_jwt" { SigningKey::Secret(client.secret.clone().into()) } else { key };
        let assertion = app.assertion(method, &key);
        match method {
            "client_secret_basic" => headers.push(("authorization", basic.as_str())),
            "client_secret_post" => form.extend([("client_id", client.id.as_str()), ("client_secret", &client.secret)]),
            "client_secret_jwt" | "private_key_jwt" => {
                form.extend([ASSERTION_TYPE, ("client_assertion", &assertion)]);
            }
            _ => form.push(("client_id", &client.id)),
        }
        // The client is let in, and its code is not.
        app.post_with("/oauth2/token", &form, &headers).await.refuses(400, "invalid_grant");
    }
}

/// OIDC Discovery §3: every claim that `UserInfo` and ID token hold is named.
#[actix_web::test]
async fn names_every_claim_that_it_tells() {
    let app = TestApp::start().await;
    let (client, person) = (app.web_app().await, app.person("ada").await);
    let document = app.get(DOCUMENTS[0]).await.ok();
    let named = strings(&document, "claims_supported");
    let tokens = app.tokens(&client, person, Allowed { nonce: Some("n"), ..Allowed::default() }).await;
    let userinfo = app.userinfo(tokens["access_token"].as_str().unwrap()).await.ok();
    let id_token = crate::support::claims(tokens["id_token"].as_str().unwrap());
    for claim in userinfo.as_object().unwrap().keys().chain(id_token.as_object().unwrap().keys()) {
        assert!(named.contains(&claim.as_str()), "{claim}");
    }
}
