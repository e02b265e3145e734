//! `/account/activity`: people read what happened to their account, in their words.

use claviger::domain::events::{Actor, EventKind, NewEvent, Origin};
use claviger::domain::groups::{self, GroupWords};
use claviger::ids::{GroupId, PersonId};
use serde_json::json;

use super::*;
use crate::support::{Allowed, MAILBOX};

/// Writes down that something happened to `person`, as if just now.
async fn happens(app: &TestApp, person: PersonId, kind: EventKind) {
    let event = NewEvent::success(kind, Actor::Person(person)).person(person);
    let event = event.at(app.cx.now(), &*app.cx.entropy, &Origin::default());
    app.cx.store.write(move |tx| Box::pin(async move { tx.insert_event(event).await })).await.unwrap();
}

#[actix_web::test]
async fn reads_what_happened_and_by_whom() {
    let app = TestApp::start_with("server.trusted_proxies = [\"127.0.0.1\"]\n").await;
    let ada = app.person("ada").await;
    let client = app.client(json!({ "client_name": "Harbour", "redirect_uris": [crate::support::REDIRECT_URI] })).await;
    let browser = app.browser();
    let form = browser.open("/login").await;
    let refused = sign_in_at(&browser, &form, "ada", "a wrong password").await;
    app.clock.advance(Duration::from_mins(1));
    sign_in_at(&browser, &refused, "ada", PASSWORD).await;
    app.tokens(&client, ada, Allowed { scope: "openid", ..Allowed::default() }).await;
    let group = GroupId(app.cx.entropy.uuid());
    app.as_operator(async |act| {
        groups::add(act, group, GroupWords::parse("Crew", "").unwrap(), |_| None).await.unwrap();
        groups::join(act, group, ada).await.unwrap();
    })
    .await;
    app.clock.advance(Duration::from_mins(1));
    let page = browser.open("/account/apps").await;
    browser.submit(&page, "section.own form", &[]).await;
    let page = browser.open("/account/activity").await;
    let text = page.text("ol.deeds");
    for told in [
        "An app’s access was withdrawn: Harbour",
        "You were taken into a group: Crew",
        "by an administrator",
        "You signed in",
        "127.0.0.1",
    ] {
        assert!(text.contains(told), "{told} in {text}");
    }
    assert!(page.text("li.alarming").starts_with("Somebody tried to sign in as you"), "{text}");
    assert!(!text.contains("code"), "what apps do all day is left out: {text}");
}

#[actix_web::test]
async fn reads_page_after_page() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    for _ in 0..30 {
        app.clock.advance(Duration::from_secs(1));
        happens(&app, ada, EventKind::PersonUpdated).await;
        happens(&app, ada, EventKind::TokenRefreshed).await;
    }
    let page = browser.open("/account/activity").await;
    assert_eq!(page.text("ol.deeds").matches("Your profile was changed").count(), 25);
    let next = page.links("main nav a").remove(0);
    let page = browser.open(&next).await;
    let text = page.text("ol.deeds");
    assert_eq!((text.matches("Your profile").count(), text.matches("You signed in").count()), (5, 1), "{text}");
    assert_eq!(page.links("main nav a"), ["/account/activity"]);
}

#[actix_web::test]
async fn reads_nothing_of_somebody_else() {
    let app = TestApp::start().await;
    let (ada, _) = (app.person("ada").await, app.person("eve").await);
    happens(&app, ada, EventKind::PasswordSet).await;
    let hers = signed_in(&app, "eve").await;
    let theirs = app.events("password_set").await[0].id;
    for path in ["/account/activity".to_owned(), format!("/account/activity?before={theirs}&person={ada}")] {
        assert!(!hers.open(&path).await.text("ol.deeds").contains("password"));
    }
    assert_eq!(app.browser().open("/account/activity").await.url.path(), "/login");
}

/// What becomes of passkeys, and what strangers try, is told as everything else is by which one gets in.
#[actix_web::test]
async fn reads_of_passkeys_and_of_attempts() {
    let app = TestApp::start_by_name(MAILBOX).await;
    app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    let key = app.passkey(&browser, "Phone").await;
    let links = browser.open("/account/security/passkeys").await.links("section.own a");
    let form = browser.open(&links[0]).await;
    browser.submit(&form, "form#rename", &[("name", "Old phone")]).await;
    let other = app.browser();
    assert!(key.sign_in(&other, &other.open("/login").await).await.has("form#logout"));
    let stranger = app.browser();
    for _ in 0..8 {
        sign_in_at(&stranger, &stranger.open("/login").await, "ada", "a guess").await;
    }
    let link = app.recovery_link("ada").await;
    let form = stranger.open(&link).await;
    stranger.submit(&form, "form#set-up", &[("password", "a new password of hers")]).await;
    let browser = app.browser();
    assert!(key.sign_in(&browser, &browser.open("/login").await).await.has("form#logout"));
    let question = browser.open(&links[1]).await;
    browser.submit(&question, "form#remove", &[]).await;
    let page = browser.open("/account/activity").await;
    let text = page.text("ol.deeds");
    for told in [
        "A passkey was added: Phone",
        "A passkey was given another name: Old phone",
        "A passkey was removed: Old phone",
        "You used a passkey: Old phone",
        "Too many attempts at your account failed",
        "Somebody asked for a mail",
        "A link that was made for you was used",
    ] {
        assert!(text.contains(told), "{told} in {text}");
    }
    assert!(page.text("li.alarming").contains("Too many attempts"), "{text}");
}
