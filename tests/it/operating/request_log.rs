//! The request's id, from outside; panics are tested where they can be made (`src/web/request_log.rs`).

use crate::support::TestApp;

#[actix_web::test]
async fn names_every_answer_by_an_id_of_its_own() {
    let app = TestApp::start().await;
    let mut ids = Vec::new();
    for path in ["/healthz", "/oauth2/jwks", "/.well-known/openid-configuration", "/unheard-of"] {
        let id = app.get(path).await.header("x-request-id").to_owned();
        assert_eq!(id.len(), 16, "{path}");
        assert!(!ids.contains(&id));
        ids.push(id);
    }
}

#[actix_web::test]
async fn writes_the_id_into_the_events_of_the_request() {
    let app = TestApp::start().await;
    let machine = app.machine().await;
    let form = [("grant_type", "client_credentials"), ("client_id", &machine.id), ("client_secret", "wrong")];
    let answer = app.post("/oauth2/token", &form).await;
    answer.refuses(401, "invalid_client");
    let events = app.events("client_authentication").await;
    assert_eq!(events[0].request_id.as_deref(), Some(answer.header("x-request-id")));
}

#[actix_web::test]
async fn reads_no_body_beyond_the_limit() {
    let app = TestApp::start_with("server.max_body_size = \"1KiB\"").await;
    let answer = app.post_raw("/oauth2/token", format!("a={}", "b".repeat(1024)), &[]).await;
    assert_eq!(answer.status, 413);
    let answer = app.post_raw("/oauth2/token", format!("a={}", "b".repeat(1022)), &[]).await;
    assert_eq!(answer.status, 401, "a request that names no client");
}
