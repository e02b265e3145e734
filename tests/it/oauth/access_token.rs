//! What stands in a JWT access token for a person.

use serde_json::json;

use crate::support::{Allowed, TestApp, claims};

/// RFC 9068 §2.2.1: an API learns when and how the person signed in.
#[actix_web::test]
async fn tells_an_api_how_the_person_signed_in() {
    let app = TestApp::start().await;
    let client = app.web_app().await;
    let person = app.person("ada").await;
    let tokens = app.tokens(&client, person, Allowed::default()).await;
    let claims = claims(tokens["access_token"].as_str().unwrap());
    assert_eq!(claims["auth_time"], json!(app.cx.now().seconds() - 5));
    assert_eq!(claims["acr"], "urn:claviger:acr:password");
    assert_eq!(claims["amr"], json!(["pwd"]));
}
