//! How often a client may authenticate.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;

use crate::support::{TestApp, TestClient};

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

async fn limited(app: &TestApp, limits: (&str, &str)) -> TestClient {
    app.client(json!({
        "client_id": "machine", "grant_types": ["client_credentials"], "response_types": [], "scope": "read",
        limits.0: limits.1,
    }))
    .await
}

/// RFC 6585 §4: 429, and when to come again.
#[actix_web::test]
async fn tells_a_client_that_asks_too_often_when_to_come_again() {
    let app = TestApp::start().await;
    let machine = limited(&app, ("rate_limit", "2/minute")).await;
    for _ in 0..2 {
        app.token(&machine, &[GRANT]).await.ok();
    }
    let answer = app.token(&machine, &[GRANT]).await;
    answer.refuses(429, "temporarily_unavailable");
    assert_eq!((answer.header("retry-after"), answer.header("cache-control")), ("61", "no-store"));
    let form = [("token", "clv_at_x")];
    for path in ["/oauth2/introspect", "/oauth2/revoke"] {
        let answer = app.post_with(path, &form, &[("authorization", &machine.basic())]).await;
        answer.refuses(429, "temporarily_unavailable");
    }
    app.clock.advance(Duration::from_secs(61));
    app.token(&machine, &[GRANT]).await.ok();
}

#[actix_web::test]
async fn never_passes_its_limit_by_asking_many_times_at_once() {
    let app = TestApp::start().await;
    let machine = limited(&app, ("quota", "10/day")).await;
    let answers = join_all((0..64).map(|_| app.token(&machine, &[GRANT]))).await;
    let count = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!((count(200), count(429)), (10, 54));
}

/// A stranger who knows the name cannot use up what the client may.
#[actix_web::test]
async fn counts_only_who_has_proved_to_be_the_client() {
    let app = TestApp::start().await;
    let machine = limited(&app, ("rate_limit", "1/minute")).await;
    let stranger = TestClient { secret: "a guess of thirty-two bytes or more".to_owned(), ..machine.clone() };
    for _ in 0..3 {
        app.token(&stranger, &[GRANT]).await.refuses(401, "invalid_client");
    }
    app.token(&machine, &[GRANT]).await.ok();
}
