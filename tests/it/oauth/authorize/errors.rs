//! What the app is told by redirect.

use super::*;

/// RFC 6749 §4.1.2.1, RFC 6749 §3.1, RFC 6749 §3.1.1, RFC 6749 §3.3, RFC 7636 §4.4.1, RFC 8707 §2, RFC 9207 §2, OIDC
/// Core §3.1.2.6: each fault has its error, which comes back with the state and the issuer.
#[actix_web::test]
async fn tells_the_app_what_is_wrong_and_gives_its_state_back() {
    let app = TestApp::start().await;
    app.web_app().await;
    let long = "x".repeat(9000);
    let cases: [(&[(&str, &str)], &str); 21] = [
        (&[("response_type", "")], "invalid_request"),
        (&[("response_type", "token")], "unsupported_response_type"),
        (&[("response_mode", "web_message")], "invalid_request"),
        (&[("scope", "")], "invalid_scope"),
        (&[("scope", "unheard-of")], "invalid_scope"),
        (&[("scope", "openid phone")], "invalid_scope"),
        (&[("code_challenge", ""), ("code_challenge_method", "")], "invalid_request"),
        (&[("code_challenge_method", "")], "invalid_request"),
        (&[("code_challenge_method", "plain")], "invalid_request"),
        (&[("code_challenge", "short")], "invalid_request"),
        (&[("prompt", "none login")], "invalid_request"),
        (&[("prompt", "create")], "invalid_request"),
        (&[("max_age", "soon")], "invalid_request"),
        (&[("nonce", "a"), ("nonce", "a")], "invalid_request"),
        (&[("x", "a"), ("x", "b")], "invalid_request"),
        (&[("nonce", "a\u{7}")], "invalid_request"),
        (&[("nonce", &long)], "invalid_request"),
        (&[("id_token_hint", "a.b.c")], "invalid_request"),
        (&[("resource", "https://unheard-of.example")], "invalid_target"),
        (&[("request", "eyJ.eyJ.")], "invalid_request_object"),
        (&[("request_uri", "https://app.example/r")], "invalid_request_uri"),
    ];
    for (changes, expected) in cases {
        let answer = app.get(&path(changes)).await;
        assert_eq!(error(&app, &answer), expected, "{changes:?}");
        assert_eq!(told(&app, &answer).get("state").map(String::as_str), Some(STATE), "{changes:?}");
    }
    assert_eq!(app.events("authorization_refused").await.len(), cases.len());
}

/// RFC 6749 §4.1.2: a state that cannot be read is not given back; that there was a fault is still told.
#[actix_web::test]
async fn leaves_out_a_state_that_it_cannot_read() {
    let app = TestApp::start().await;
    app.web_app().await;
    let long = "x".repeat(9000);
    let good = path(&[("state", "")]);
    for state in
        ["state=%FF".to_owned(), "state=a%0Ab".to_owned(), "state=a&state=b".to_owned(), format!("state={long}")]
    {
        let answer = app.get(&format!("{good}&{state}")).await;
        assert_eq!(error(&app, &answer), "invalid_request");
        assert_eq!(told(&app, &answer).get("state"), None);
    }
    assert_eq!(told(&app, &app.get(&path(&[("state", ""), ("prompt", "none")])).await).get("state"), None);
}

/// OIDC Core §3.1.2.1, OIDC Core §3.1.2.6: a silent request is answered without a page, and leaves no trace.
#[actix_web::test]
async fn answers_a_silent_request_without_a_page() {
    let app = TestApp::start().await;
    app.web_app().await;
    let state = "s".repeat(128);
    let before = app.everything().await;
    let answer = app.get(&path(&[("prompt", "none"), ("state", &state)])).await;
    assert_eq!(error(&app, &answer), "login_required");
    assert_eq!(told(&app, &answer)["state"], state);
    assert_eq!(app.everything().await, before);
}

/// RFC 6749 §4.1.2.1: a client may be registered for other grants only.
#[actix_web::test]
async fn refuses_a_client_that_is_registered_for_other_grants() {
    let app = TestApp::start().await;
    let other = json!({"grant_types": ["client_credentials"], "response_types": [], "scope": "openid"});
    client_with(&app, other).await;
    assert_eq!(error(&app, &app.get(&path(&[("scope", "openid")])).await), "unauthorized_client");
}

/// OIDC Form Post §2: an error travels in the form, too.
#[actix_web::test]
async fn posts_an_error_where_the_app_wants_answers_by_form() {
    let app = TestApp::start().await;
    app.web_app().await;
    let page = app.browser().open(&path(&[("response_mode", "form_post"), ("prompt", "none")])).await;
    assert_eq!((page.answer.status, page.answer.header("location")), (200, ""));
    let (action, fields) = page.form("form#form-post", &[]);
    assert_eq!(action, REDIRECT_URI);
    let value = |name: &str| fields.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str());
    assert_eq!(
        (value("error"), value("state"), value("iss")),
        (Some("login_required"), Some(STATE), Some(&*app.issuer))
    );
    assert!(page.answer.header("content-security-policy").contains("form-action 'self' https:"));
    assert_eq!(page.answer.header("cache-control"), "no-store");
}

/// RFC 6749 §3.1.2: the query of a registered redirect URI survives; RFC 8252 §7.3: a native app's port is its own.
#[actix_web::test]
async fn answers_at_the_redirect_uri_as_it_was_sent() {
    let app = TestApp::start().await;
    let uris = json!({
        "application_type": "native",
        "token_endpoint_auth_method": "none",
        "redirect_uris": ["https://app.example/cb?tenant=a%20b", "http://127.0.0.1/cb"],
    });
    client_with(&app, uris).await;
    for uri in ["https://app.example/cb?tenant=a%20b&", "http://127.0.0.1:51004/cb?"] {
        let sent = uri.trim_end_matches(['&', '?']);
        let answer = app.get(&path(&[("redirect_uri", sent), ("prompt", "none")])).await;
        let location = answer.header("location");
        assert!(location.starts_with(&format!("{uri}error=login_required&")), "{location}");
    }
}
