//! Third-Party-Initiated Login OP: where a sign-in may be started from our side is registered, and told again.

use super::registered::{metadata, registered};
use super::*;

#[actix_web::test]
async fn oidcc_3rd_party_init_login() {
    let address = "https://app.example/start";
    let app = registered(json!({ "initiate_login_uri": address })).await;
    assert_eq!(app.told.text("initiate_login_uri"), address);
    let read = app.provider.app.manage("GET", app.told.id(), app.told.token(), &Value::Null).await;
    assert_eq!(read.header("content-type"), "application/json");
    assert_eq!(read.ok()["initiate_login_uri"], address);
    app.leave().await;
}

#[actix_web::test]
async fn oidcc_3rd_party_init_login_nohttps() {
    let app = registered(json!({})).await.provider.app;
    let plain = metadata(&json!({ "initiate_login_uri": "http://app.example/start" }));
    app.register(&plain).await.refuses(400, "invalid_client_metadata");
}
