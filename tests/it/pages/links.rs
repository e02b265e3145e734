//! `/set-up` and `/invitation`

use claviger::domain::events::{Actor, Origin};
use claviger::domain::people::{Act, accounts, links};
use claviger::ids::PersonId;
use claviger::store::Person;
use secrecy::ExposeSecret;

use super::accounts::allowed_app;
use super::*;

const NEW: [(&str, &str); 4] = [
    ("username", "root"),
    ("email", "root@example.com"),
    ("display_name", "Grace Hopper"),
    ("password", "a long enough password"),
];

fn act<'a>(app: &'a TestApp, origin: &'a Origin) -> Act<'a> {
    Act { store: &app.cx.store, entropy: &*app.cx.entropy, now: app.cx.now(), actor: Actor::Operator, origin }
}

/// The path and query of a fresh set-up link.
async fn set_up_link(app: &TestApp) -> String {
    let origin = Origin::default();
    let token = links::make_set_up(&act(app, &origin), &app.cx.hasher, &app.cx.config.links).await.unwrap().unwrap();
    links::set_up_url(app.cx.issuer(), &token).replace(&app.issuer, "")
}

#[actix_web::test]
async fn makes_the_first_admin_and_signs_them_in() {
    let app = TestApp::start().await;
    let link = set_up_link(&app).await;
    let browser = app.browser();
    let form = browser.open(&link).await;
    let home = browser.submit(&form, "form#set-up", &NEW).await;
    assert_eq!((home.url.path(), home.answer.status), ("/", 200));
    assert!(home.text("main").contains("Grace Hopper") && home.text("main").contains("Your account is ready."));
    let admin = app.cx.store.person_by_login("ROOT@example.com").await.unwrap().unwrap();
    assert_eq!(admin.role, Some(claviger::store::Role::Owner));
    assert_eq!(admin.claims.name.as_deref(), Some("Grace Hopper"));
    for kind in ["link_made", "link_used", "person_added", "sign_in"] {
        assert_eq!(app.events(kind).await.len(), 1, "{kind}");
    }
    let page = app.browser().open(&link).await;
    assert_eq!((page.answer.status, page.text("h1").as_str()), (410, "This link has been used or is too old"));
    let origin = Origin::default();
    let second = links::make_set_up(&act(&app, &origin), &app.cx.hasher, &app.cx.config.links).await.unwrap();
    assert!(second.is_none(), "there is an admin");
}

#[actix_web::test]
async fn makes_one_admin_of_many_who_follow_the_link_at_once() {
    let app = TestApp::start().await;
    let link = set_up_link(&app).await;
    let browsers: Vec<_> = (0..8).map(|_| app.browser()).collect();
    let mut forms = Vec::new();
    for browser in &browsers {
        forms.push(browser.open(&link).await);
    }
    let names: Vec<_> = (0..8).map(|number| (format!("root{number}"), format!("root{number}@example.com"))).collect();
    let attempts = browsers.iter().zip(&forms).zip(&names).map(|((browser, form), (name, email))| async move {
        let fields = [("username", name.as_str()), ("email", email), ("password", "a long enough password")];
        browser.submit(form, "form#set-up", &fields).await.answer.status
    });
    let mut statuses = futures_util::future::join_all(attempts).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 410, 410, 410, 410, 410, 410, 410]);
    assert_eq!((rows(&app, "people").await, rows(&app, "sessions").await), (1, 1));
}

#[actix_web::test]
async fn tells_all_that_is_wrong_and_keeps_the_link_for_another_try() {
    let app = TestApp::start().await;
    app.person("ada").await;
    let link = set_up_link(&app).await;
    let browser = app.browser();
    let mut page = browser.open(&link).await;
    for (fields, fault) in [
        ([("username", ""), ("email", "nonsense"), ("password", "short")], "Something needs another look:"),
        ([("username", "ADA"), ("email", "x@example.com"), ("password", "long enough")], "This username is taken."),
        ([("username", "x"), ("email", "ADA@example.com"), ("password", "long enough")], "Another account has this"),
        ([("username", "ada@example.com"), ("email", "x@y"), ("password", "long enough")], "This username is taken."),
        ([("username", "longenough"), ("email", "x@y"), ("password", "LongEnough")], "not your username"),
    ] {
        page = browser.submit(&page, "form#set-up", &fields).await;
        assert_eq!(page.answer.status, 422);
        assert!(page.text(".problem").contains(fault), "{fault}: {}", page.text(".problem"));
        assert!(!page.answer.body.contains("long enough"), "the password comes back to nobody");
    }
    assert_eq!(browser.submit(&page, "form#set-up", &NEW).await.answer.status, 200);
}

#[actix_web::test]
async fn follows_no_link_that_is_too_old_or_of_another_kind_or_none() {
    let app = TestApp::start().await;
    let link = set_up_link(&app).await;
    let browser = app.browser();
    let form = browser.open(&link).await;
    assert_eq!(browser.open(&link.replace("/set-up", "/invitation")).await.answer.status, 410);
    for path in ["/set-up", "/set-up?link=x", "/invitation", &format!("{link}x")] {
        assert_eq!(browser.open(path).await.answer.status, 410, "{path}");
    }
    app.clock.advance(app.cx.config.links.set_up_lifetime);
    assert_eq!(browser.open(&link).await.answer.status, 410);
    assert_eq!(browser.submit(&form, "form#set-up", &NEW).await.answer.status, 410);
    assert_eq!(rows(&app, "people").await, 0);
}

#[actix_web::test]
async fn replaces_an_earlier_set_up_link() {
    let app = TestApp::start().await;
    let (first, second) = (set_up_link(&app).await, set_up_link(&app).await);
    assert_eq!(app.browser().open(&first).await.answer.status, 410);
    assert_eq!(app.browser().open(&second).await.answer.status, 200);
}

async fn invite(app: &TestApp, person: PersonId) -> String {
    let origin = Origin::default();
    let act = act(app, &origin);
    let token = links::make_invitation(&act, &app.cx.hasher, &app.cx.config.links, person).await.unwrap();
    assert!(token.expose_secret().starts_with("clv_link_"));
    links::invitation_url(app.cx.issuer(), &token).replace(&app.issuer, "")
}

#[actix_web::test]
async fn lets_an_invited_person_choose_a_password_once() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let elsewhere = signed_in(&app, "ada").await;
    let link = invite(&app, ada).await;
    let browser = app.browser();
    let form = browser.open(&link).await;
    assert!(form.has("input[name=username][readonly][value=ada]"));
    let short = browser.submit(&form, "form#set-up", &[("password", "short")]).await;
    assert_eq!(short.answer.status, 422);
    let home = browser.submit(&short, "form#set-up", &[("password", "my new password"), ("username", "eve")]).await;
    assert_eq!(home.url.path(), "/account/security", "{}", home.answer.body);
    assert!(!elsewhere.open("/").await.has("form#logout"), "whoever knew the old password is out");
    let person: Person = app.cx.store.person(ada).await.unwrap().unwrap();
    assert_eq!(person.username, "ada", "a fixed field stays fixed");
    assert_eq!(app.browser().open(&link).await.answer.status, 410);
    let again = app.browser();
    let page = sign_in_at(&again, &again.open("/login").await, "ada", "my new password").await;
    assert!(page.has("form#logout"));
    assert_eq!(app.events("password_set").await.len(), 1);
}

#[actix_web::test]
async fn ends_the_links_of_a_person_with_the_next_one_and_with_a_new_password() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let (first, second) = (invite(&app, ada).await, invite(&app, ada).await);
    assert_eq!(app.browser().open(&first).await.answer.status, 410, "replaced");
    let browser = app.browser();
    let form = browser.open(&second).await;
    let origin = Origin::default();
    assert!(accounts::set_password(&act(&app, &origin), ada, "a hash".to_owned()).await.unwrap());
    assert_eq!(app.browser().open(&second).await.answer.status, 410, "whoever holds it takes no account over");
    let late = browser.submit(&form, "form#set-up", &[("password", "my new password")]).await;
    assert_eq!(late.answer.status, 410);
}

#[actix_web::test]
async fn ends_what_apps_were_given_when_an_invited_person_chooses_a_password() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let (client, refresh_token) = allowed_app(&app, ada).await;
    let link = invite(&app, ada).await;
    let browser = app.browser();
    let home = browser.submit(&browser.open(&link).await, "form#set-up", &[("password", "my new password")]).await;
    assert_eq!(home.url.path(), "/account/security", "{}", home.answer.body);
    assert_eq!(app.refresh(&client, &refresh_token).await.status, 400);
    assert_eq!(rows(&app, "one_time_links").await, 0);
}

#[actix_web::test]
async fn makes_one_set_up_link_of_many_at_once() {
    let app = TestApp::start().await;
    futures_util::future::join_all((0..8).map(|_| set_up_link(&app))).await;
    assert_eq!(rows(&app, "one_time_links").await, 1);
}

#[actix_web::test]
async fn invites_nobody_who_is_disabled() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let link = invite(&app, ada).await;
    let now = app.cx.now();
    let disable = app.cx.store.write(move |tx| Box::pin(async move { tx.set_person_disabled(ada, Some(now)).await }));
    disable.await.unwrap();
    assert_eq!(app.browser().open(&link).await.answer.status, 410);
}
