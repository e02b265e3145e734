//! Which pages of other origins may read what our endpoints answer.

use serde_json::json;

use crate::support::{Allowed, Answer, Http, TestApp, TestClient};

const APP: &str = "https://spa.example:8443";
const OTHER_APP: &str = "https://other.example";
const STRANGER: &str = "https://stranger.example";
const ENDPOINTS: [&str; 6] = [
    "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server",
    "/oauth2/jwks",
    "/oauth2/token",
    "/oauth2/userinfo",
    "/oauth2/revoke",
];

async fn app_in_the_browser(app: &TestApp, id: &str, origin: &str) -> TestClient {
    app.client(json!({
        "client_id": id,
        "redirect_uris": [format!("{origin}/callback"), "http://127.0.0.1:4711/callback"],
        "token_endpoint_auth_method": "none",
        "grant_types": ["authorization_code", "refresh_token"],
        "scope": "openid offline_access",
    }))
    .await
}

async fn preflight(app: &TestApp, path: &str, origin: &str) -> Answer {
    let headers = [
        ("origin", origin),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "authorization"),
    ];
    Http::new().options(&app.url(path), &headers).await
}

fn allowed_origin(answer: &Answer) -> &str {
    assert_eq!(answer.header("access-control-allow-credentials"), "", "cookies count for nothing here");
    answer.header("access-control-allow-origin")
}

/// RFC 9700 §2.6: a registered app may ask, on each of the endpoints that it calls itself, and a stranger on none.
#[actix_web::test]
async fn lets_only_registered_origins_ask() {
    let app = TestApp::start().await;
    app_in_the_browser(&app, "spa", APP).await;
    app.web_app().await;
    for path in ENDPOINTS {
        for origin in [APP, "http://127.0.0.1:4711"] {
            let answer = preflight(&app, path, origin).await;
            assert_eq!((answer.status, allowed_origin(&answer)), (204, origin), "{path}");
            assert_eq!(answer.header("access-control-allow-methods"), "GET, POST");
            assert_eq!(answer.header("access-control-allow-headers"), "Authorization, Content-Type");
            assert_eq!(answer.header("access-control-max-age"), "7200");
            assert_eq!(answer.header("vary"), "Origin");
        }
        // The third is that of a client whose server asks, not its pages; the others only look like the app's.
        let near = ["https://spa.example", "http://spa.example:8443", "https://app.example", "null", STRANGER];
        for origin in near {
            let answer = preflight(&app, path, origin).await;
            assert_eq!((answer.status, allowed_origin(&answer)), (204, ""), "{path} {origin}");
            assert_eq!(answer.header("access-control-allow-methods"), "");
            assert_eq!(answer.header("vary"), "Origin");
        }
    }
}

/// RFC 9700 §2.6: browsers are sent to the authorization endpoint, so no page has to read it; nor our pages.
#[actix_web::test]
async fn never_opens_pages() {
    let app = TestApp::start().await;
    app_in_the_browser(&app, "spa", APP).await;
    for path in ["/oauth2/authorize", "/login", "/consent", "/oauth2/end_session", "/oauth2/introspect", "/"] {
        assert_eq!(allowed_origin(&preflight(&app, path, APP).await), "", "{path}");
        assert_eq!(allowed_origin(&app.get_with(path, &[("origin", APP)]).await), "", "{path}");
    }
}

#[actix_web::test]
async fn lets_a_registered_origin_read_the_documents() {
    let app = TestApp::start().await;
    app_in_the_browser(&app, "spa", APP).await;
    for path in &ENDPOINTS[..3] {
        let answer = app.get_with(path, &[("origin", APP)]).await;
        assert_eq!((answer.status, allowed_origin(&answer)), (200, APP));
        assert_eq!(allowed_origin(&app.get_with(path, &[("origin", STRANGER)]).await), "");
        // A cache between must keep apart what it got with and without an origin.
        let answer = app.get(path).await;
        assert_eq!((allowed_origin(&answer), answer.header("vary")), ("", "Origin"));
    }
}

/// RFC 9700 §2.6: another app's page may not read what this app is answered, good or bad.
#[actix_web::test]
async fn keeps_the_answers_to_one_app_from_the_pages_of_another() {
    let app = TestApp::start().await;
    let spa = app_in_the_browser(&app, "spa", APP).await;
    app_in_the_browser(&app, "other", OTHER_APP).await;
    let person = app.person("ada").await;
    let tokens = app.tokens(&spa, person, Allowed { scope: "openid", ..Allowed::default() }).await;
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    for (origin, expected) in [(APP, APP), (OTHER_APP, ""), (STRANGER, "")] {
        let answer = app.get_with("/oauth2/userinfo", &[("authorization", &bearer), ("origin", origin)]).await;
        assert_eq!((answer.status, allowed_origin(&answer)), (200, expected));
        let form = [("client_id", "spa"), ("grant_type", "refresh_token"), ("refresh_token", "nonsense")];
        let answer = app.post_with("/oauth2/token", &form, &[("origin", origin)]).await;
        answer.refuses(400, "invalid_grant");
        assert_eq!(allowed_origin(&answer), expected);
    }
    let answer = app.get_with("/oauth2/userinfo", &[("authorization", "Bearer nonsense"), ("origin", APP)]).await;
    answer.refuses(401, "invalid_token");
    assert_eq!((allowed_origin(&answer), answer.header("access-control-expose-headers")), (APP, "WWW-Authenticate"));
}

#[actix_web::test]
async fn sees_a_new_app_soon_and_a_disabled_one_no_more() {
    let app = TestApp::start().await;
    assert_eq!(allowed_origin(&preflight(&app, "/oauth2/token", APP).await), "");
    let spa = app_in_the_browser(&app, "spa", APP).await;
    app.clock.advance(claviger::domain::clients::origins::LIFETIME);
    assert_eq!(allowed_origin(&preflight(&app, "/oauth2/token", APP).await), APP);
    let (id, now) = (claviger::ids::ClientId(spa.id), app.cx.now());
    let disable = app.cx.store.write(move |tx| Box::pin(async move { tx.set_client_disabled(&id, Some(now)).await }));
    assert!(disable.await.unwrap());
    app.clock.advance(claviger::domain::clients::origins::LIFETIME);
    assert_eq!(allowed_origin(&preflight(&app, "/oauth2/token", APP).await), "");
}
