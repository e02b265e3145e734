//! `/healthz` and `/readyz`.

use claviger::domain::keys::key_set::KeySet;
use serde_json::json;

use crate::support::TestApp;

#[actix_web::test]
async fn says_that_it_lives_and_can_serve() {
    let app = TestApp::start_at("/id", "").await;
    assert_eq!(app.get("/healthz").await.ok(), json!({ "status": "alive" }));
    let ready = app.get("/readyz").await;
    assert_eq!(ready.ok(), json!({ "status": "ready" }));
    assert_eq!(ready.header("cache-control"), "no-store");
}

#[actix_web::test]
async fn says_that_it_cannot_serve_without_its_database() {
    let app = TestApp::start().await;
    app.cx.store.close().await.unwrap();
    let ready = app.get("/readyz").await;
    assert_eq!(ready.status, 503);
    assert_eq!(ready.json(), json!({ "status": "not ready", "failed": ["database"] }));
    assert_eq!(app.get("/healthz").await.status, 200, "a restart would not help");
}

#[actix_web::test]
async fn says_that_it_cannot_serve_without_a_signing_key() {
    let app = TestApp::start().await;
    app.cx.keys.replace(KeySet::new(Vec::new()));
    let ready = app.get("/readyz").await;
    assert_eq!(ready.status, 503);
    assert_eq!(ready.json(), json!({ "status": "not ready", "failed": ["signing_keys"] }));
}
