//! Flows that have to end well.

use super::*;
use crate::support::{CHALLENGE, VERIFIER};

#[actix_web::test]
async fn oidcc_server() {
    let provider = Provider::start().await;
    let flow = provider.flow(&[]).await;
    assert_eq!(flow.tokens["scope"], "openid");
}

#[actix_web::test]
async fn oidcc_ensure_request_without_nonce_succeeds_for_code_flow() {
    let provider = Provider::start().await;
    let flow = provider.flow(&[("nonce", "")]).await;
    assert_eq!(flow.id_token.get("nonce"), None);
}

/// Scopes and parameters in another order.
#[actix_web::test]
async fn oidcc_alternate_happy_flow() {
    let provider = Provider::start().await;
    let changes = [("scope", "phone address email profile openid")];
    let mut parameters = Provider::parameters(&changes);
    parameters.reverse();
    let page = provider.browser.open(&format!("/oauth2/authorize?{}", form_encode(&parameters))).await;
    let page = provider.go_on(page).await;
    provider.finish(&page, &changes).await;
}

#[actix_web::test]
async fn oidcc_ensure_request_with_unknown_parameter_succeeds() {
    let provider = Provider::start().await;
    provider.flow(&[("extra", "foobar")]).await;
}

#[actix_web::test]
async fn oidcc_ensure_request_with_valid_pkce_succeeds() {
    let provider = Provider::start().await;
    let changes = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
    let page = provider.go_on(provider.open(&changes).await).await;
    let code = provider.answer(&page, STATE)["code"].clone();
    let answer = provider.app.redeem(&provider.first, &code).await;
    provider.check_tokens(answer, code.clone(), &provider.first, Some(NONCE)).await;
    // And a verifier that belongs to another challenge gives nothing.
    let page = provider.go_on(provider.open(&changes).await).await;
    let code = provider.answer(&page, STATE)["code"].clone();
    let wrong = VERIFIER.replace('d', "e");
    let form = [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", REDIRECT_URI)];
    let form: Vec<_> = form.into_iter().chain([("code_verifier", wrong.as_str())]).collect();
    provider.app.token(&provider.first, &form).await.refuses(400, "invalid_grant");
}

/// The request as a form. It comes from another site, and is answered all the same.
#[actix_web::test]
async fn oidcc_ensure_post_request_succeeds() {
    let provider = Provider::start().await;
    let form: Vec<_> =
        Provider::parameters(&[]).into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let page = provider.go_on(provider.browser.post("/oauth2/authorize", &form).await).await;
    provider.finish(&page, &[]).await;
}

#[actix_web::test]
async fn oidcc_server_client_secret_post() {
    let provider = Provider::start().await;
    let metadata = json!({
        "redirect_uris": [REDIRECT_URI],
        "token_endpoint_auth_method": "client_secret_post",
        "scope": ALL_SCOPES,
        "require_pkce": false,
    });
    provider.app.update_client(&provider.first, metadata).await;
    let page = provider.go_on(provider.open(&[]).await).await;
    let code = provider.answer(&page, STATE)["code"].clone();
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", REDIRECT_URI),
        ("client_id", &provider.first.id),
        ("client_secret", &provider.first.secret),
    ];
    let answer = provider.app.post("/oauth2/token", &form).await;
    provider.check_tokens(answer, code.clone(), &provider.first, Some(NONCE)).await;
}

/// The happy path of the Form Post profile: the answer in a form that a browser sends, errors too.
#[actix_web::test]
async fn oidcc_server_by_form_post() {
    let provider = Provider::start().await;
    let changes = [("response_mode", "form_post")];
    let page = provider.go_on(provider.open(&changes).await).await;
    assert_eq!((page.answer.status, page.answer.header("cache-control")), (200, "no-store"));
    assert!(page.answer.header("content-type").starts_with("text/html"));
    let (action, fields) = page.form("form", &[]);
    assert_eq!(action, REDIRECT_URI);
    let fields: BTreeMap<_, _> = fields.into_iter().collect();
    assert_eq!((fields["state"].as_str(), &fields["iss"]), (STATE, &provider.app.issuer));
    let code = fields["code"].clone();
    let answer = provider.redeem(&provider.first, &code).await;
    provider.check_tokens(answer, code, &provider.first, Some(NONCE)).await;
    let refused = provider.open(&[("response_mode", "form_post"), ("response_type", "")]).await;
    let (_, fields) = refused.form("form", &[]);
    assert!(fields.contains(&("error".to_owned(), "invalid_request".to_owned())), "{fields:?}");
}
