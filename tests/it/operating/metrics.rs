//! `/metrics`, on its own listener.

use std::net::TcpListener;
use std::sync::Arc;

use claviger::web::metrics;

use crate::support::{Http, PASSWORD, TestApp};

#[actix_web::test]
async fn counts_requests_by_route_and_tells_the_state_of_the_server() {
    let app = TestApp::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/metrics", listener.local_addr().unwrap());
    let server = metrics::serve(Arc::clone(&app.cx), listener).unwrap();
    let handle = server.handle();
    actix_web::rt::spawn(server);

    let machine = app.machine().await;
    for _ in 0..2 {
        app.token(&machine, &[("grant_type", "client_credentials")]).await.ok();
    }
    app.person("ada").await;
    let browser = app.browser();
    for password in ["wrong", PASSWORD] {
        let page = browser.open("/login").await;
        browser.submit(&page, "form#login", &[("username", "ada"), ("password", password)]).await;
    }
    assert_eq!(app.get("/unheard-of/3a1f").await.status, 404);
    assert_eq!(app.get("/metrics").await.status, 404, "they are not public");

    let answer = Http::new().get(&url, &[]).await;
    assert_eq!(answer.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    let kid = app.cx.keys.current().records().next().unwrap().kid.clone();
    for words in [
        "claviger_requests_total{route=\"/oauth2/token\",method=\"POST\",status=\"200\"}",
        "claviger_requests_total{route=\"unmatched\",method=\"GET\",status=\"404\"}",
        "claviger_request_duration_seconds_bucket{route=\"/oauth2/token\",le=\"0.01\"}",
        "claviger_client_cache_total{outcome=\"miss\"}",
        "claviger_client_cache_total{outcome=\"hit\"}",
        "claviger_sign_ins_total{outcome=\"verified\"}",
        "claviger_sign_ins_total{outcome=\"refused\"}",
        "\nclaviger_database_latency_seconds ",
        "claviger_tokens_total{grant=\"client_credentials\",outcome=\"issued\"}",
        "# HELP claviger_requests_total ",
        &format!("claviger_signing_key_age_seconds{{kid=\"{kid}\""),
        "claviger_database_up 1\n",
        "claviger_waiting_writes 0\n",
        "claviger_waiting_passwords 0\n",
        "process_resident_memory_bytes ",
    ] {
        assert!(answer.body.contains(words), "{words}\n{}", answer.body);
    }
    assert!(!answer.body.contains("3a1f"), "paths are without number");
    handle.stop(false).await;
}
