//! Clients that look after their registration (RFC 7592).

use claviger::domain::clients::registration::{Entry, Newcomer, Registrar};
use claviger::ids::ClientId;
use claviger::protocol::client_metadata::ClientMetadata;
use claviger::store::RegistrationQuota;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::support::{Allowed, OPEN, Registered, TestApp, web_app};

async fn newcomer() -> (TestApp, Registered) {
    let app = TestApp::start_with(&format!("{OPEN}registration.attempts_per_address = 1000\n")).await;
    let newcomer = app.newcomer(&web_app()).await;
    (app, newcomer)
}

fn registrar(app: &TestApp) -> Registrar<'_> {
    let (actor, origin) = TestApp::operator();
    Registrar {
        store: &app.cx.store,
        secrets: app.cx.secrets(),
        catalogue: app.cx.catalogue(),
        mtls: &app.cx.config.server.mtls,
        outbound: &app.cx.outbound,
        response_types: app.cx.config.tokens.response_types(),
        entropy: &*app.cx.entropy,
        now: app.cx.now(),
        actor,
        origin,
        manager: None,
    }
}

/// What it was told, as an update sends it.
fn as_update(newcomer: &Registered) -> Value {
    let mut members = newcomer.told.clone();
    for name in
        ["registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at"]
    {
        members.as_object_mut().unwrap().remove(name);
    }
    members
}

/// RFC 7592 §2.1, RFC 7592 §3: a client reads what is registered, with the token that it has; the secret is told once.
#[actix_web::test]
async fn tells_a_client_what_is_registered() {
    let (app, newcomer) = newcomer().await;
    let answer = app.manage("GET", newcomer.id(), newcomer.token(), &Value::Null).await;
    assert_eq!((answer.header("cache-control"), answer.header("content-type")), ("no-store", "application/json"));
    let mut expected = newcomer.told.clone();
    for name in ["client_secret", "client_secret_expires_at"] {
        expected.as_object_mut().unwrap().remove(name);
    }
    assert_eq!(answer.ok(), expected);
    let other = app.request("POST", &format!("/oauth2/register/{}", newcomer.id()), "", &[]).await;
    assert_eq!((other.status, other.header("allow")), (405, "GET, PUT, DELETE"));
}

/// RFC 7592 §2.2: an update replaces all that is the client's to say, and neither identifier, secret nor token.
#[actix_web::test]
async fn lets_a_client_replace_what_is_registered() {
    let (app, newcomer) = newcomer().await;
    let ada = app.person("ada").await;
    let mut update = as_update(&newcomer);
    update.as_object_mut().unwrap().remove("client_name");
    update["tos_uri"] = json!("https://app.example/terms");
    let answer = app.manage("PUT", newcomer.id(), newcomer.token(), &update).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let told = answer.ok();
    assert_eq!(told["tos_uri"], "https://app.example/terms");
    assert!(told.get("client_name").is_none(), "what is left out is gone");
    assert_eq!(
        (&told["client_id"], &told["registration_access_token"]),
        (&json!(newcomer.id()), &json!(newcomer.token()))
    );
    assert!(told.get("client_secret").is_none(), "it stays");
    app.tokens(&newcomer.client(), ada, Allowed::default()).await;
    let event = &app.events("client_updated").await[0];
    assert_eq!(event.actor, format!("client:{}", newcomer.id()));

    // A client that begins to prove who it is is given what it proves it with.
    let public = json!({ "client_id": newcomer.id(), "redirect_uris": ["https://app.example/callback"],
        "token_endpoint_auth_method": "none" });
    assert!(app.manage("PUT", newcomer.id(), newcomer.token(), &public).await.ok().get("client_secret").is_none());
    let mut confidential = public;
    confidential["token_endpoint_auth_method"] = json!("client_secret_post");
    let told = app.manage("PUT", newcomer.id(), newcomer.token(), &confidential).await.ok();
    assert!(told["client_secret"].as_str().unwrap() != newcomer.text("client_secret"));
    assert_eq!(told["client_secret_expires_at"], 0);
}

/// RFC 7592 §2.2: what an update must hold, and what it must not.
#[actix_web::test]
async fn refuses_an_update_that_is_none() {
    let (app, newcomer) = newcomer().await;
    let other = app.newcomer(&web_app()).await;
    let with = |name: &str, value: Value| {
        let mut update = as_update(&newcomer);
        update[name] = value;
        update
    };
    for (update, error) in [
        (with("client_id", Value::Null), "invalid_client_metadata"),
        (with("client_id", json!(other.id())), "invalid_client_metadata"),
        (with("client_secret", json!("a secret of its own, long enough for anybody")), "invalid_client_metadata"),
        (with("client_secret", json!(other.text("client_secret"))), "invalid_client_metadata"),
        (with("registration_access_token", json!(newcomer.token())), "invalid_client_metadata"),
        (with("registration_client_uri", json!("https://app.example")), "invalid_client_metadata"),
        (with("client_secret_expires_at", json!(0)), "invalid_client_metadata"),
        (with("client_id_issued_at", json!(0)), "invalid_client_metadata"),
        (with("redirect_uris", json!(["https://app.example/#here"])), "invalid_redirect_uri"),
        (with("scope", json!("openid clients:write")), "invalid_client_metadata"),
        (json!([]), "invalid_client_metadata"),
    ] {
        app.manage("PUT", newcomer.id(), newcomer.token(), &update).await.refuses(400, error);
    }
    let now = app.manage("GET", newcomer.id(), newcomer.token(), &Value::Null).await.ok();
    assert_eq!(now["redirect_uris"], newcomer.told["redirect_uris"]);
    assert!(app.events("client_updated").await.is_empty());
}

/// RFC 7592 §2.3: a client that deletes itself is gone, with its tokens and everybody's.
#[actix_web::test]
async fn lets_a_client_delete_itself() {
    let (app, newcomer) = newcomer().await;
    let ada = app.person("ada").await;
    let tokens = app.tokens(&newcomer.client(), ada, Allowed::default()).await;
    let answer = app.manage("DELETE", newcomer.id(), newcomer.token(), &Value::Null).await;
    assert_eq!((answer.status, answer.body.as_str(), answer.header("cache-control")), (204, "", "no-store"));
    app.manage("GET", newcomer.id(), newcomer.token(), &Value::Null).await.refuses(401, "invalid_token");
    app.manage("DELETE", newcomer.id(), newcomer.token(), &Value::Null).await.refuses(401, "invalid_token");
    let refresh = app.refresh(&newcomer.client(), tokens["refresh_token"].as_str().unwrap()).await;
    refresh.refuses(401, "invalid_client");
    assert_eq!(app.userinfo(tokens["access_token"].as_str().unwrap()).await.status, 401);
    assert_eq!(app.events("client_deleted").await[0].actor, format!("client:{}", newcomer.id()));
}

/// What an admin does to a client ends what it can do to itself.
#[actix_web::test]
async fn ends_with_what_an_admin_does() {
    let (app, newcomer) = newcomer().await;
    let id = ClientId(newcomer.id().to_owned());
    registrar(&app).disable(&id).await.unwrap();
    for method in ["GET", "DELETE"] {
        let refused = app.manage(method, newcomer.id(), newcomer.token(), &Value::Null).await;
        refused.refuses(401, "invalid_token");
    }
    app.manage("PUT", newcomer.id(), newcomer.token(), &as_update(&newcomer)).await.refuses(401, "invalid_token");
    registrar(&app).enable(&id).await.unwrap();
    app.manage("GET", newcomer.id(), newcomer.token(), &Value::Null).await.ok();
    registrar(&app).delete(&id).await.unwrap();
    app.manage("GET", newcomer.id(), newcomer.token(), &Value::Null).await.refuses(401, "invalid_token");
}

/// RFC 7591 §3.2.1: what an admin has given a client stays when it updates itself, and is no more than that.
#[actix_web::test]
async fn keeps_what_an_admin_has_given() {
    let (app, newcomer) = newcomer().await;
    let mut given = as_update(&newcomer);
    given["scope"] = json!("openid clients:read");
    given["consent"] = json!("skip");
    given["access_token_lifetime"] = json!(60);
    given["require_pkce"] = json!(false);
    given["grant_types"] = json!(["authorization_code", "client_credentials"]);
    app.update_client(&newcomer.client(), given.clone()).await;
    let read = app.manage("GET", newcomer.id(), newcomer.token(), &Value::Null).await.ok();
    let mut update = as_update(&Registered { told: read });
    update["client_name"] = json!("Renamed");
    update["consent"] = json!("always");
    update["rate_limit"] = json!("1000000/second");
    let told = app.manage("PUT", newcomer.id(), newcomer.token(), &update).await.ok();
    for member in ["scope", "access_token_lifetime", "require_pkce", "grant_types"] {
        assert_eq!(told[member], given[member], "{member}");
    }
    assert_eq!((&told["client_name"], &told["consent"]), (&json!("Renamed"), &json!("skip")));
    assert!(told.get("rate_limit").is_none());
    update["scope"] = json!("openid clients:read clients:write");
    let more = app.manage("PUT", newcomer.id(), newcomer.token(), &update).await;
    more.refuses(400, "invalid_client_metadata");
}

/// Turning registration off lets no new client in, and takes from none that is in what it can do to itself.
#[actix_web::test]
async fn goes_on_where_nobody_registers_any_more() {
    let app = TestApp::start_with("registration.mode = \"off\"\n").await;
    let newcomer = Newcomer {
        metadata: ClientMetadata::parse(web_app().to_string().as_bytes()).unwrap(),
        entry: Entry::Open(RegistrationQuota { per_hour: 1, total: 1 }),
        unused_lifetime: app.cx.config.registration.unused_lifetime,
    };
    let admitted = registrar(&app).admit(newcomer).await.unwrap();
    let (id, token) = (admitted.registered.client.id, admitted.token);
    app.manage("GET", id.as_str(), token.expose_secret(), &Value::Null).await.ok();
    assert_eq!(app.manage("DELETE", id.as_str(), token.expose_secret(), &Value::Null).await.status, 204);
}
