//! Clients in the console: registered, given secrets, stopped; and what people allowed them, taken back.

use std::time::Duration;

use claviger::ids::{ClientId, GrantId, PersonId};
use claviger::protocol::scope::Scope;
use serde_json::json;

use super::*;
use crate::support::{Allowed, SigningKey, TestClient};

async fn opened(app: &TestApp) -> (Browser, TestClient) {
    (at_work(app).await, app.web_app().await)
}

#[actix_web::test]
async fn registers_a_machine_that_gets_a_token_at_once() {
    let app = TestApp::start_with("[[scopes]]\nname = \"boats.read\"\ntext = \"See boats\"\n").await;
    let browser = at_work(&app).await;
    let form = browser.open("/admin/new-client?kind=machine").await;
    let fields = [("client_name", "Tide gauge"), ("client_id", "gauge"), ("scope", "boats.read")];
    let page = browser.submit(&form, "form#new-client", &fields).await;
    assert_eq!(page.answer.status, 200, "{}", page.answer.body);
    assert_eq!(page.text("h1"), "Tide gauge");
    let secret = page.text(".once code");
    let client = TestClient { id: "gauge".to_owned(), secret: secret.clone() };
    let token = app.token(&client, &[("grant_type", "client_credentials")]).await.ok();
    assert_eq!(token["scope"], "boats.read");
    let again = browser.open("/admin/clients/gauge").await;
    assert!(!again.answer.body.contains(&secret), "a secret is shown once");
    assert!(!app.everything().await.contains(&secret));
    let event = &app.events("client_added").await[0];
    assert!(event.actor.starts_with("person:"), "{}", event.actor);
}

/// Who looks at a client sees that nobody here has registered it, and from where it came.
#[actix_web::test]
async fn shows_which_clients_registered_themselves() {
    let app = TestApp::start_with(crate::support::OPEN).await;
    let browser = at_work(&app).await;
    app.web_app().await;
    let newcomer = app.newcomer(&crate::support::web_app()).await;
    let page = browser.open(&format!("/admin/clients/{}", newcomer.id())).await;
    assert!(page.text(".facts-line").contains("registered itself from 127.0.0.1"), "{}", page.text(".facts-line"));
    assert!(!browser.open("/admin/clients/app").await.text(".facts-line").contains("itself"));
    let list = browser.open("/admin/clients").await;
    assert_eq!(list.answer.body.matches("by itself").count(), 1);
}

/// RFC 7523 §2.2: with a public key instead of a secret.
#[actix_web::test]
async fn registers_a_machine_with_a_public_key() {
    let app = TestApp::start_with("[[scopes]]\nname = \"boats.read\"\ntext = \"See boats\"\n").await;
    let browser = at_work(&app).await;
    let key = SigningKey::p256();
    let form = browser.open("/admin/new-client?kind=machine").await;
    let jwks = json!({ "keys": [key.jwk("one")] }).to_string();
    let mut fields = [("client_name", "Tide"), ("client_id", "gauge"), ("scope", "boats.read"), ("jwks", "my key")];
    let page = browser.submit(&form, "form#new-client", &fields).await;
    assert_eq!(page.answer.status, 422);
    assert!(page.text("#problem").contains("jwks: is not a JWK set"), "{}", page.text("#problem"));
    let private = json!({ "keys": [{ "kty": "oct", "k": "cGFzc3dvcmQ" }] }).to_string();
    fields[3].1 = &private;
    let page = browser.submit(&form, "form#new-client", &fields).await;
    assert!(page.text("#problem").contains("private or symmetric"), "{}", page.text("#problem"));
    fields[3].1 = &jwks;
    let page = browser.submit(&form, "form#new-client", &fields).await;
    assert_eq!((page.answer.status, page.has(".once"), page.has("#secrets")), (200, false, false));
    assert!(page.text("main").contains("Safety: 100 of 100"));
    app.token_by_assertion(&app.assertion("gauge", &key)).await.ok();

    // What is sent back unchanged stays; another key takes the place of the first.
    let form = browser.open("/admin/clients/gauge/edit").await;
    browser.submit(&form, "form#edit-client", &[]).await;
    app.token_by_assertion(&app.assertion("gauge", &key)).await.ok();
    let next = SigningKey::ed25519();
    let form = browser.open("/admin/clients/gauge/edit").await;
    browser.submit(&form, "form#edit-client", &[("jwks", &json!({ "keys": [next.jwk("two")] }).to_string())]).await;
    app.token_by_assertion(&app.assertion("gauge", &next)).await.ok();
    app.token_by_assertion(&app.assertion("gauge", &key)).await.refuses(401, "invalid_client");
}

#[actix_web::test]
async fn registers_every_redirect_uri_that_is_typed_on_a_line() {
    let app = TestApp::start().await;
    let browser = at_work(&app).await;
    let form = browser.open("/admin/new-client").await;
    let uris = "https://a.example/cb\r\nhttps://b.example/cb\r\n";
    let fields = [("client_name", "Harbour"), ("client_id", "harbour"), ("redirect_uris", uris)];
    let page = browser.submit(&form, "form#new-client", &fields).await;
    assert_eq!(page.answer.status, 200, "{}", page.answer.body);
    let client = app.cx.store.client(&ClientId("harbour".to_owned()), app.cx.now()).await.unwrap().unwrap();
    assert_eq!(client.metadata.redirect_uris.len(), 2);
}

#[actix_web::test]
async fn registers_once_however_often_the_form_is_sent() {
    let app = TestApp::start().await;
    let browser = at_work(&app).await;
    let form = browser.open("/admin/new-client").await;
    let fields = [("client_name", "Harbour"), ("redirect_uris", "https://harbour.example/cb")];
    let (first, second) = futures_util::future::join(
        browser.submit(&form, "form#new-client", &fields),
        browser.submit(&form, "form#new-client", &fields),
    )
    .await;
    let mut statuses = [first.answer.status, second.answer.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 422]);
    assert_eq!(app.cx.store.all_clients().await.unwrap().len(), 1);
}

/// RFC 9700 §2.1.1, RFC 8252 §7: what a kind begins with.
#[actix_web::test]
async fn gives_each_kind_what_is_safe() {
    let app = TestApp::start().await;
    let browser = at_work(&app).await;
    for (kind, uri, has_secret) in [
        ("web", "https://app.example/cb", true),
        ("single-page", "https://app.example/cb", false),
        ("native", "http://127.0.0.1/cb", false),
        ("device", "", false),
    ] {
        let form = browser.open("/admin/new-client").await;
        let fields = [("kind", kind), ("client_name", kind), ("client_id", kind), ("redirect_uris", uri)];
        let page = browser.submit(&form, "form#new-client", &fields).await;
        assert_eq!((page.answer.status, page.has(".once")), (200, has_secret), "{kind}: {}", page.answer.body);
        assert!(page.text("main").contains("Safety: 100 of 100"), "{kind}");
        let client = app.cx.store.client(&ClientId(kind.to_owned()), app.cx.now()).await.unwrap().unwrap();
        assert!(client.metadata.require_pkce);
        assert_eq!(client.metadata.scope.to_string(), "openid profile");
    }
}

#[actix_web::test]
async fn says_what_is_wrong_and_keeps_what_was_typed() {
    let app = TestApp::start().await;
    let browser = at_work(&app).await;
    let form = browser.open("/admin/new-client").await;
    let fields = [("client_name", "Harbour <b>"), ("redirect_uris", "http://harbour.example/cb#x nonsense")];
    let page = browser.submit(&form, "form#new-client", &fields).await;
    assert_eq!(page.answer.status, 422);
    assert!(page.text("[role=alert]").contains("redirect_uris"), "{}", page.answer.body);
    assert_eq!(page.text("textarea"), "http://harbour.example/cb#x nonsense");
    assert!(page.has("input[name=client_name][value='Harbour <b>']"));
    assert!(app.cx.store.all_clients().await.unwrap().is_empty());
}

#[actix_web::test]
async fn rotates_a_secret_with_an_overlap_or_without() {
    let app = TestApp::start().await;
    let browser = at_work(&app).await;
    let old = app.machine().await;
    let path = format!("/admin/clients/{}", old.id);
    let ask = [("grant_type", "client_credentials")];
    let page = press(&browser, &browser.open(&path).await, "rotate", &[("overlap", "1h")]).await;
    let new = TestClient { id: old.id.clone(), secret: page.text(".once code") };
    for client in [&old, &new] {
        app.token(client, &ask).await.ok();
    }
    app.clock.advance(Duration::from_hours(1) + Duration::from_secs(6));
    let page = sign_in(&browser, &browser.open(&path).await, "root").await;
    app.token(&old, &ask).await.refuses(401, "invalid_client");
    app.token(&new, &ask).await.ok();
    let page = press(&browser, &page, "rotate", &[("overlap", "0")]).await;
    assert!(page.has(".once"));
    app.token(&new, &ask).await.refuses(401, "invalid_client");
    let page = press(&browser, &browser.open(&path).await, "rotate", &[("overlap", "100y")]).await;
    assert_eq!(page.answer.status, 400);
}

/// A disabled client does nothing from the moment in which the console has answered.
#[actix_web::test]
async fn disables_and_enables() {
    let app = TestApp::start().await;
    let browser = at_work(&app).await;
    let machine = app.machine().await;
    let ask = [("grant_type", "client_credentials")];
    app.token(&machine, &ask).await.ok();
    let path = format!("/admin/clients/{}", machine.id);
    let page = press(&browser, &browser.open(&path).await, "disable", &[]).await;
    assert!(page.text("[role=status]").contains("Disabled") && page.text("h1 + p").contains("disabled since"));
    app.token(&machine, &ask).await.refuses(401, "invalid_client");
    press(&browser, &page, "enable", &[]).await;
    app.token(&machine, &ask).await.ok();
}

#[actix_web::test]
async fn deletes_only_what_was_confirmed() {
    let app = TestApp::start().await;
    let (browser, client) = opened(&app).await;
    let path = format!("/admin/clients/{}", client.id);
    let page = browser.open(&path).await;
    assert_eq!(press(&browser, &page, "delete", &[]).await.answer.status, 400);
    assert_eq!(browser.open(&path).await.answer.status, 200);
    let list = press(&browser, &page, "delete", &[("sure", "yes")]).await;
    assert_eq!(list.url.path(), "/admin/clients");
    assert!(list.text("[role=status]").contains("Deleted"));
    assert_eq!(browser.open(&path).await.answer.status, 404);
}

/// RFC 7009 §2.1: with what a person allowed go the refresh chain, the access tokens and the code.
#[actix_web::test]
async fn withdraws_what_one_person_allowed_and_nothing_else() {
    let app = TestApp::start().await;
    let (browser, client) = opened(&app).await;
    let (ada, eve) = (app.person("ada").await, app.person("eve").await);
    let (hers, others) =
        (app.tokens(&client, ada, Allowed::default()).await, app.tokens(&client, eve, Allowed::default()).await);
    let code = app.code(&client, ada, Allowed::default()).await;
    for tokens in [&hers, &others] {
        assert_eq!(app.userinfo(tokens["access_token"].as_str().unwrap()).await.status, 200);
    }
    let page = browser.open(&format!("/admin/clients/{}", client.id)).await;
    assert!(page.text("#consents ~ table").contains("openid profile email offline_access"));
    let row = "tr:has(button[aria-label='Withdraw: ada']) form";
    let page = browser.submit(&page, row, &[("action", "withdraw")]).await;
    assert!(page.text("[role=status]").contains("Withdrawn"), "{}", page.answer.body);
    assert!(!page.text("#consents ~ table").contains("ada"));
    assert_eq!(app.userinfo(hers["access_token"].as_str().unwrap()).await.status, 401);
    app.refresh(&client, hers["refresh_token"].as_str().unwrap()).await.refuses(400, "invalid_grant");
    app.redeem(&client, &code).await.refuses(400, "invalid_grant");
    assert_eq!(app.userinfo(others["access_token"].as_str().unwrap()).await.status, 200);
    app.refresh(&client, others["refresh_token"].as_str().unwrap()).await.ok();
    let event = &app.events("consent_withdrawn").await[0];
    assert_eq!((event.person_id, event.outcome.as_str()), (Some(ada), "success"));
}

/// More than one transaction takes back.
#[actix_web::test]
async fn withdraws_what_hundreds_allowed() {
    let app = TestApp::start().await;
    let (browser, client) = opened(&app).await;
    let (id, now, entropy) = (ClientId(client.id.clone()), app.cx.now(), app.cx.entropy.clone());
    let root = app.cx.store.person_by_login("root").await.unwrap().unwrap();
    let filled = app.cx.store.write(move |tx| {
        Box::pin(async move {
            for number in 0..1001 {
                let mut person = root.clone();
                person.id = PersonId(entropy.uuid());
                person.username = format!("person {number}");
                person.claims.email = None;
                tx.insert_person(&person).await?;
                let (new, openid) = (GrantId(entropy.uuid()), Scope::parse("openid").unwrap());
                tx.extend_grant(new, person.id, &id, &openid, &Scope::empty(), now).await?;
            }
            Ok(())
        })
    });
    filled.await.unwrap();
    let page = browser.open(&format!("/admin/clients/{}", client.id)).await;
    let page = press(&browser, &page, "withdraw-all", &[("sure", "yes")]).await;
    assert!(page.text("main").contains("Nobody has allowed it anything."), "{}", page.answer.body);
    let told = app.events("consent_withdrawn").await;
    // All of one instant, and so in no order.
    let mut people: Vec<_> = told.iter().map(|event| event.details["people"].as_u64().unwrap()).collect();
    people.sort_unstable();
    assert_eq!(people, [1, 500, 500]);
}

#[actix_web::test]
async fn knows_no_client_of_a_strange_identifier() {
    let app = TestApp::start().await;
    let browser = at_work(&app).await;
    for id in ["x", "%00", "a%00b", "%ff", "%E2%80%AE", "..%2f..%2f"] {
        let page = browser.open(&format!("/admin/clients/{id}")).await;
        assert!(matches!(page.answer.status, 400 | 404), "{id}: {} {}", page.answer.status, page.answer.body);
    }
    for path in [
        "/admin/clients?q=%00",
        "/admin/clients?after=%00",
        "/admin/people?q=a%00",
        "/admin/people?after=%00",
        "/admin?q=%00",
        "/admin/events?kind=%00&client=%00&request=%00",
        "/admin/events?before=x&person=%00",
    ] {
        let page = browser.open(path).await;
        assert!(page.answer.status < 500, "{path}: {}", page.answer.status);
    }
}

#[actix_web::test]
async fn withdraws_all_that_an_app_was_allowed() {
    let app = TestApp::start().await;
    let (browser, client) = opened(&app).await;
    let mut all = Vec::new();
    for name in ["ada", "eve", "joan"] {
        let person = app.person(name).await;
        all.push(app.tokens(&client, person, Allowed::default()).await);
    }
    let page = browser.open(&format!("/admin/clients/{}", client.id)).await;
    assert_eq!(press(&browser, &page, "withdraw-all", &[]).await.answer.status, 400, "it is confirmed first");
    let page = press(&browser, &page, "withdraw-all", &[("sure", "yes")]).await;
    assert!(page.text("main").contains("Nobody has allowed it anything."));
    for tokens in &all {
        assert_eq!(app.userinfo(tokens["access_token"].as_str().unwrap()).await.status, 401);
        app.refresh(&client, tokens["refresh_token"].as_str().unwrap()).await.refuses(400, "invalid_grant");
    }
    assert_eq!(app.events("consent_withdrawn").await[0].details, json!({ "people": 3 }));
}

#[actix_web::test]
async fn shows_what_strangers_wrote_as_text_only() {
    const HOSTILE: &str = "<script>alert(1)</script>\"' onfocus=x";
    let app = TestApp::start().await;
    let browser = at_work(&app).await;
    let client = app.client(json!({
        "client_id": "a/b?c#d&e=<f>+%2F;\"'",
        "client_name": HOSTILE,
        "redirect_uris": ["https://app.example/callback"],
        "grant_types": ["authorization_code"],
        "contacts": [HOSTILE],
        "software_id": HOSTILE,
        "scope": "openid",
    }));
    let client = client.await;
    let list = browser.open("/admin/clients").await;
    assert_eq!(list.text("tbody a"), HOSTILE);
    let (_, link) = list.answer.body.split_once("/admin/clients/a").unwrap();
    let page = browser.open(&format!("/admin/clients/a{}", link.split('"').next().unwrap())).await;
    assert_eq!((page.answer.status, page.text("h1").as_str()), (200, HOSTILE), "{}", page.answer.body);
    assert!(page.text(".facts-line code").contains(&client.id));
    assert!(!page.has("main script") && !page.has("script:not([src])") && !page.has("[onfocus]"));
    let page = press(&browser, &page, "disable", &[]).await;
    assert!(page.text("h1 + p").contains("disabled since"), "the forms find it too: {}", page.answer.body);
    let events = browser.open("/admin/events").await;
    assert!(!events.has("main script") && events.text("main").contains(&client.id));
}

#[actix_web::test]
async fn gives_the_lines_for_each_library_with_the_values_of_the_client() {
    let app = TestApp::start().await;
    app.web_app().await;
    let hostile = "x'\"><script>alert(1)</script>";
    app.client(serde_json::json!({ "client_id": hostile, "redirect_uris": ["https://x.example/cb"] })).await;
    let browser = at_work(&app).await;
    let page = browser.open("/admin/clients/app/snippets").await;
    let text = page.text("main");
    for words in ["Authlib", "Spring Security", "client-id: app", "https://app.example/callback", &app.issuer] {
        assert!(text.contains(words), "{words}");
    }
    assert!(!text.contains("oidc-client-ts"), "that one is for public clients");
    let path = format!(
        "/admin/clients/{}/snippets",
        url::form_urlencoded::byte_serialize(hostile.as_bytes()).collect::<String>()
    );
    let page = browser.open(&path).await;
    assert_eq!(page.answer.status, 200);
    assert!(!page.has("main script") && !page.text("pre").contains("alert"));
}

#[actix_web::test]
async fn gives_a_client_to_a_client_manager_and_takes_it_back() {
    let app = TestApp::start().await;
    app.web_app().await;
    app.person("ada").await;
    app.add_person("mia", Some(claviger::store::Role::ClientManager)).await;
    let (browser, hers) = (at_work(&app).await, app.browser());
    sign_in(&hers, &hers.open("/admin").await, "mia").await;
    assert_eq!(hers.open("/admin/clients/app").await.answer.status, 404);
    let page = browser.open("/admin/clients/app").await;
    let refused = press(&browser, &page, "manager", &[("manager", "ada")]).await;
    assert!(refused.text("[role=status]").contains("nobody who is a client manager"), "{}", refused.answer.body);
    let given = press(&browser, &page, "manager", &[("manager", "mia")]).await;
    assert!(given.text("section[aria-labelledby=manager-of]").contains("It belongs to mia"));
    assert_eq!(hers.open("/admin/clients/app").await.answer.status, 200);
    let late = press(&browser, &page, "manager", &[("manager", "")]).await;
    assert!(late.text("[role=status]").contains("somebody else changed it"), "what was not seen is not overruled");
    press(&browser, &given, "manager", &[("manager", "")]).await;
    assert_eq!(hers.open("/admin/clients/app").await.answer.status, 404);
}
