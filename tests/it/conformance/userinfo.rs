//! What is told about a person, and where.

use super::*;

const PROFILE: [&str; 14] = [
    "name",
    "family_name",
    "given_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "updated_at",
];
const EMAIL: [&str; 2] = ["email", "email_verified"];
const PHONE: [&str; 2] = ["phone_number", "phone_number_verified"];

/// `UserInfo` tells `expected` and `sub`, all of it and nothing else.
async fn tells_exactly(scope: &str, expected: &[&[&str]]) {
    let provider = Provider::start().await;
    let flow = provider.flow(&[("scope", scope)]).await;
    let answer = provider.app.userinfo(flow.access_token()).await;
    assert!(answer.header("content-type").starts_with("application/json"));
    let told = answer.ok();
    let mut told: Vec<_> = told.as_object().unwrap().keys().map(String::as_str).collect();
    let mut expected: Vec<_> = expected.concat();
    expected.push("sub");
    told.sort_unstable();
    expected.sort_unstable();
    assert_eq!(told, expected);
}

#[actix_web::test]
async fn oidcc_userinfo_get() {
    let provider = Provider::start().await;
    let flow = provider.flow(&[]).await;
    let answer = provider.app.userinfo(flow.access_token()).await;
    assert!(answer.header("content-type").starts_with("application/json"));
    assert_eq!(answer.ok()["sub"], flow.id_token["sub"]);
}

#[actix_web::test]
async fn oidcc_userinfo_post_header() {
    let provider = Provider::start().await;
    let flow = provider.flow(&[]).await;
    let bearer = format!("Bearer {}", flow.access_token());
    let answer = provider.app.post_with("/oauth2/userinfo", &[], &[("authorization", &bearer)]).await;
    assert_eq!(answer.ok()["sub"], flow.id_token["sub"]);
}

#[actix_web::test]
async fn oidcc_userinfo_post_body() {
    let provider = Provider::start().await;
    let flow = provider.flow(&[]).await;
    let answer = provider.app.post("/oauth2/userinfo", &[("access_token", flow.access_token())]).await;
    assert_eq!(answer.ok()["sub"], flow.id_token["sub"]);
}

#[actix_web::test]
async fn oidcc_scope_profile() {
    tells_exactly("openid profile", &[&PROFILE]).await;
}

#[actix_web::test]
async fn oidcc_scope_email() {
    tells_exactly("openid email", &[&EMAIL]).await;
}

#[actix_web::test]
async fn oidcc_scope_address() {
    tells_exactly("openid address", &[&["address"]]).await;
}

#[actix_web::test]
async fn oidcc_scope_phone() {
    tells_exactly("openid phone", &[&PHONE]).await;
}

#[actix_web::test]
async fn oidcc_scope_all() {
    tells_exactly(ALL_SCOPES, &[&PROFILE, &EMAIL, &["address"], &PHONE]).await;
}

/// `name`, asked for alone and as essential, is told, and nothing else.
#[actix_web::test]
async fn oidcc_claims_essential() {
    let provider = Provider::start().await;
    let flow = provider.flow(&[("claims", r#"{"userinfo":{"name":{"essential":true}}}"#)]).await;
    let told = provider.app.userinfo(flow.access_token()).await.ok();
    assert_eq!(told, json!({"sub": provider.ada, "name": "Ada Lovelace"}));
}
