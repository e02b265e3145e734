//! `grant_type=client_credentials`.

use serde_json::json;

use crate::support::TestApp;

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

/// RFC 6749 §4.4.3: an access token and no refresh token; RFC 6749 §5.1: never stored.
#[actix_web::test]
async fn gives_a_machine_an_access_token() {
    let app = TestApp::start().await;
    let machine = app.machine().await;
    let answer = app.token(&machine, &[GRANT]).await;
    let token = answer.ok();
    assert_eq!(token["token_type"], "Bearer");
    assert_eq!(token["expires_in"], json!(600));
    assert_eq!(token["scope"], "read write");
    assert_eq!(token.get("refresh_token"), None);
    assert_eq!(token.get("id_token"), None);
    assert_eq!(answer.header("cache-control"), "no-store");
}
