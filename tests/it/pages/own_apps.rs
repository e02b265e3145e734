//! The apps that a person finds on their own page, as tiles that start a sign-in there.

use claviger::store::Access;
use serde_json::{Value, json};
use url::Url;

use super::*;
use crate::support::{Allowed, CHALLENGE, OPEN, REDIRECT_URI, TestClient, form_encode, web_app};

const START: &str = "https://app.example/start?a=b";

async fn app_that_starts(app: &TestApp, id: &str, members: Value) -> TestClient {
    let mut metadata = json!({
        "client_id": id, "client_name": id, "redirect_uris": [REDIRECT_URI], "initiate_login_uri": START,
    });
    metadata.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    app.client(metadata).await
}

fn tiles(page: &Page) -> Vec<String> {
    page.links(".tiles a")
}

/// OIDC Core §4: the tile starts at the registered address, which is told who starts it and nothing of the person; the app
/// asks here, and finds them signed in.
#[actix_web::test]
async fn starts_a_sign_in_at_the_app() {
    let app = TestApp::start().await;
    app.person("ada").await;
    let client = app_that_starts(&app, "harbour", json!({ "consent": "skip" })).await;
    app.web_app().await;
    let browser = signed_in(&app, "ada").await;
    let page = browser.open("/account").await;
    assert_eq!(page.text(".tiles h2"), "Your apps");
    let iss = form_encode(&[("iss", &app.issuer)]);
    assert_eq!(tiles(&page), [format!("{START}&{iss}")], "only where there is an address");
    assert!(page.text(".tiles a").contains("harbour") && page.text(".tiles a").contains("app.example"));
    // What the app makes of it.
    let start = Url::parse(&tiles(&page)[0]).unwrap();
    let told = start.query_pairs().find(|(name, _)| name == "iss").unwrap().1.into_owned();
    assert_eq!(told, app.issuer);
    let request = form_encode(&[
        ("response_type", "code"),
        ("client_id", &client.id),
        ("redirect_uri", REDIRECT_URI),
        ("scope", "openid"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]);
    let back = browser.open(&format!("/oauth2/authorize?{request}")).await;
    assert!(back.query("code").is_some(), "no page between: {}", back.url);
    assert!(app.browser().open("/").await.links(".tiles a").is_empty(), "a stranger is shown none");
}

/// What somebody may not use, or nobody may, is no tile.
#[actix_web::test]
async fn shows_what_the_person_may_use() {
    let app = TestApp::start().await;
    app.person("ada").await;
    let (free, blocked) =
        (app_that_starts(&app, "free", json!({})).await, app_that_starts(&app, "blocked", json!({})).await);
    let limited = app_that_starts(&app, "limited", json!({})).await;
    for (client, access) in [(&blocked, Access::Nobody), (&limited, Access::Groups)] {
        let id = ClientId(client.id.clone());
        app.cx
            .store
            .write(move |tx| Box::pin(async move { tx.set_client_access(&id, access, &[]).await }))
            .await
            .unwrap();
    }
    let browser = signed_in(&app, "ada").await;
    let names = async || browser.open("/").await.text(".tiles b");
    assert_eq!(names().await, "free");
    app.update_client(&free, json!({ "redirect_uris": [REDIRECT_URI] })).await;
    assert!(names().await.is_empty(), "the address is gone");
    let later = app.client(json!({ "client_id": "later", "redirect_uris": [REDIRECT_URI] })).await;
    app.update_client(&later, json!({ "redirect_uris": [REDIRECT_URI], "initiate_login_uri": START })).await;
    assert_eq!(names().await, "later", "it had none when it was registered");
    app.update_client(&later, json!({ "redirect_uris": [REDIRECT_URI] })).await;
    app.update_client(&free, json!({ "redirect_uris": [REDIRECT_URI], "initiate_login_uri": START })).await;
    assert_eq!(names().await, "free", "without a name, by its identifier");
    let (id, now) = (ClientId(free.id.clone()), app.cx.now());
    app.cx.store.write(move |tx| Box::pin(async move { tx.set_client_disabled(&id, Some(now)).await })).await.unwrap();
    assert!(names().await.is_empty(), "it is disabled");
}

/// Whoever registers an app by themselves gets no tile on anybody's page; whoever uses it finds it again.
#[actix_web::test]
async fn shows_what_registered_itself_to_those_who_use_it() {
    let app = TestApp::start_with(OPEN).await;
    let (ada, _) = (app.person("ada").await, app.person("eve").await);
    let mut metadata = web_app();
    metadata["initiate_login_uri"] = json!(START);
    let newcomer = app.newcomer(&metadata).await.client();
    let (adas, eves) = (signed_in(&app, "ada").await, signed_in(&app, "eve").await);
    assert!(tiles(&adas.open("/").await).is_empty());
    app.tokens(&newcomer, ada, Allowed::default()).await;
    assert_eq!(tiles(&adas.open("/").await).len(), 1);
    assert!(tiles(&eves.open("/").await).is_empty());
    let (id, now) = (ClientId(newcomer.id.clone()), app.cx.now());
    app.cx.store.write(move |tx| Box::pin(async move { tx.set_client_disabled(&id, Some(now)).await })).await.unwrap();
    app.cx.clients.forget(&ClientId(newcomer.id.clone()));
    assert!(tiles(&adas.open("/").await).is_empty(), "it is disabled");
}
