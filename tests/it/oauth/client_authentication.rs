//! How clients authenticate at the token endpoint (RFC 6749 §2.3).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::support::TestApp;

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

/// RFC 6749 §5.2: 401 with WWW-Authenticate and `invalid_client`; RFC 9110 §11.6.1. Whatever is wrong, the same words.
#[actix_web::test]
async fn refuses_strangers_wrong_secrets_and_disabled_clients_alike() {
    let app = TestApp::start().await;
    let machine = app.machine().await;
    let id = claviger::ids::ClientId(machine.id.clone());
    let stranger = app.post_with("/oauth2/token", &[GRANT], &[("authorization", &basic("nobody", "x"))]).await;
    let wrong = app.post_with("/oauth2/token", &[GRANT], &[("authorization", &basic("machine", "x"))]).await;
    let since = Some(app.cx.now());
    app.cx.clients.forget(&id);
    let disable = id.clone();
    let write = app.cx.store.write(move |tx| Box::pin(async move { tx.set_client_disabled(&disable, since).await }));
    assert!(write.await.unwrap());
    app.cx.clients.forget(&id);
    let disabled = app.token(&machine, &[GRANT]).await;
    for answer in [&stranger, &wrong, &disabled] {
        answer.refuses(401, "invalid_client");
        assert!(answer.header("www-authenticate").starts_with("Basic realm="));
        assert_eq!(answer.body, stranger.body);
    }
    assert_eq!(app.events("client_authentication").await.len(), 3);
}

/// RFC 6749 §2.3.1: id and secret are form-encoded before they are put together.
#[actix_web::test]
async fn decodes_the_form_encoding_of_basic_credentials() {
    let app = TestApp::start().await;
    let machine = app
        .client(json!({ "client_id": "machine:1%+", "grant_types": ["client_credentials"], "response_types": [] }))
        .await;
    app.token(&machine, &[GRANT]).await.ok();
}

/// OIDC Registration §2: the registered method is enforced.
#[actix_web::test]
async fn enforces_the_registered_method() {
    let app = TestApp::start().await;
    let by_basic = app.machine().await;
    let form = [GRANT, ("client_id", "machine"), ("client_secret", &by_basic.secret)];
    app.post("/oauth2/token", &form).await.refuses(401, "invalid_client");
    let by_post = app
        .client(json!({
            "client_id": "poster",
            "token_endpoint_auth_method": "client_secret_post",
            "grant_types": ["client_credentials"],
            "response_types": [],
        }))
        .await;
    let form = [GRANT, ("client_id", "poster"), ("client_secret", &by_post.secret)];
    app.post("/oauth2/token", &form).await.ok();
    app.token(&by_post, &[GRANT]).await.refuses(401, "invalid_client");
    app.post("/oauth2/token", &[GRANT, ("client_id", "poster")]).await.refuses(401, "invalid_client");
}

/// RFC 6749 §2.3: one method a request.
#[actix_web::test]
async fn refuses_two_methods_at_once() {
    let app = TestApp::start().await;
    let machine = app.machine().await;
    let form = [GRANT, ("client_id", &machine.id), ("client_secret", &machine.secret)];
    let answer = app.post_with("/oauth2/token", &form, &[("authorization", &machine.basic())]).await;
    answer.refuses(400, "invalid_request");
    let other = [GRANT, ("client_id", "other")];
    let answer = app.post_with("/oauth2/token", &other, &[("authorization", &machine.basic())]).await;
    answer.refuses(400, "invalid_request");
}

/// RFC 6749 §3.2: parameters in the body, as a form, none twice.
#[actix_web::test]
async fn refuses_what_is_not_a_form_or_repeats_itself() {
    let app = TestApp::start().await;
    let machine = app.machine().await;
    let authorization = ("authorization", machine.basic());
    let headers = [(authorization.0, authorization.1.as_str())];
    let json = [headers[0], ("content-type", "application/json")];
    app.post_raw("/oauth2/token", "{}", &json).await.refuses(400, "invalid_request");
    let twice = "grant_type=client_credentials&grant_type=client_credentials";
    app.post_raw("/oauth2/token", twice, &headers).await.refuses(400, "invalid_request");
    app.post_raw("/oauth2/token", "grant_type=client_credentials&scope=%ff", &headers)
        .await
        .refuses(400, "invalid_request");
    app.post_raw("/oauth2/token", "", &headers).await.refuses(400, "invalid_request");
    app.post_raw("/oauth2/token", "grant_type=", &headers).await.refuses(400, "invalid_request");
    app.post_raw("/oauth2/token", "grant_type=password", &headers).await.refuses(400, "unsupported_grant_type");
    // RFC 6749 §3.2: what is unknown is ignored.
    let unknown = "grant_type=client_credentials&color=blue";
    app.post_raw("/oauth2/token", unknown, &headers).await.ok();
}

/// RFC 6749 §3.2: POST only; RFC 9110 §15.5.6: and says so.
#[actix_web::test]
async fn does_not_answer_get() {
    let app = TestApp::start().await;
    let answer = app.get("/oauth2/token?grant_type=client_credentials").await;
    assert_eq!((answer.status, answer.header("allow")), (405, "POST"));
}
