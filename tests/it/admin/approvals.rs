//! Groups, who may use an app, and what people ask the admins for, in the console.

use claviger::domain::admission::access;
use claviger::domain::groups::{self, GroupWords};
use claviger::domain::people::Act;
use claviger::ids::{ClientId, GroupId};
use claviger::store::Access;

use super::*;
use crate::support::REDIRECT_URI;

const SCOPES: &str = "
    [[scopes]]
    name = \"boats.move\"
    text = \"Move your boats\"
    needs_approval = true
";
const HOSTILE: &str = "<script>alert(1)</script>";

async fn harbour() -> TestApp {
    let app = TestApp::start_with(SCOPES).await;
    app.client(serde_json::json!({
        "client_id": "app",
        "client_name": "Example App",
        "client_uri": "https://app.example",
        "redirect_uris": [REDIRECT_URI],
        "scope": "openid boats.move",
    }))
    .await;
    app
}

/// Somebody who has met the app and asked the admins.
async fn asked(app: &TestApp, username: &str, reason: &str) -> Browser {
    app.person(username).await;
    let browser = app.browser();
    let page = browser.open(&asks()).await;
    let page = sign_in(&browser, &page, username).await;
    let fields = [("decision", "ask"), ("reason", reason)];
    assert_eq!(browser.submit(&page, "form#approval", &fields).await.answer.status, 200);
    browser
}

fn asks() -> String {
    format!(
        "/oauth2/authorize?response_type=code&client_id=app&scope=openid+boats.move&redirect_uri={REDIRECT_URI}\
         &code_challenge={}&code_challenge_method=S256",
        crate::support::CHALLENGE
    )
}

async fn make_group(browser: &Browser, name: &str) -> Page {
    let page = browser.open("/admin/groups").await;
    let page = browser.submit(&page, "main form.sheet", &[("name", name), ("description", "For the boats")]).await;
    assert_eq!(page.answer.status, 200, "{}", page.answer.body);
    page
}

#[actix_web::test]
async fn makes_fills_renames_and_deletes_a_group() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let browser = at_work(&app).await;
    let page = make_group(&browser, HOSTILE).await;
    assert_eq!(page.text("h1"), HOSTILE, "as text");
    let page = press(&browser, &page, "join", &[("username", "nobody")]).await;
    assert_eq!((page.answer.status, page.text("#unknown").as_str()), (422, "Nobody signs in by this."));
    let page = press(&browser, &page, "join", &[("username", "ada")]).await;
    assert_eq!(page.text("tbody th"), "ada");
    let person = browser.open(&format!("/admin/people/{ada}")).await;
    assert!(person.text("section[aria-labelledby=groups]").contains(HOSTILE));
    let again = press(&browser, &page, "join", &[("username", "ADA@example.com")]).await;
    assert!(again.text(".good").starts_with("There was nothing left to do"));
    let renamed = press(&browser, &page, "change", &[("name", "Crew")]).await;
    assert_eq!(renamed.text("h1"), "Crew");
    let late = press(&browser, &page, "change", &[("name", "Pirates")]).await;
    assert!(late.text(".good").contains("somebody else changed it"), "{}", late.text("main"));
    let other = make_group(&browser, "Guests").await;
    let taken = press(&browser, &other, "change", &[("name", "CREW")]).await;
    assert_eq!(
        (taken.answer.status, taken.text("#problem").as_str()),
        (422, "Another group has this name. Choose another.")
    );
    let left = press(&browser, &renamed, "leave", &[]).await;
    assert_eq!(left.text(".none"), "Nobody.");
    let unsure = press(&browser, &left, "delete", &[]).await;
    assert_eq!(unsure.answer.status, 400);
    let gone = press(&browser, &left, "delete", &[("sure", "yes")]).await;
    assert!(gone.text("tbody").contains("Guests") && !gone.text("tbody").contains("Crew"));
    let kinds = ["group_added", "group_joined", "group_updated", "group_left", "group_deleted"];
    for (kind, count) in kinds.into_iter().zip([2, 1, 1, 1, 1]) {
        assert_eq!(app.events(kind).await.len(), count, "{kind}");
    }
}

#[actix_web::test]
async fn a_form_that_is_sent_twice_makes_one_group() {
    let app = TestApp::start().await;
    let browser = at_work(&app).await;
    let page = browser.open("/admin/groups").await;
    for _ in 0..2 {
        let page = browser.submit(&page, "main form.sheet", &[("name", "Crew")]).await;
        assert_eq!((page.answer.status, page.text("h1").as_str()), (200, "Crew"));
    }
    assert_eq!(app.events("group_added").await.len(), 1);
    let page = browser.open("/admin/groups").await;
    let page = browser.submit(&page, "main form.sheet", &[("name", "crew")]).await;
    assert_eq!(page.answer.status, 422, "and another one of this name is none");
}

#[actix_web::test]
async fn shows_who_asks_for_what_and_lets_an_admin_approve_it_for_a_group() {
    let app = harbour().await;
    let ada = asked(&app, "ada", HOSTILE).await;
    app.clock.advance(std::time::Duration::from_secs(1));
    let ben = asked(&app, "ben", "I move boats, too.").await;
    let browser = at_work(&app).await;
    assert!(browser.open("/admin").await.text("main").contains("2 people wait for an answer"));
    make_group(&browser, "Crew").await;
    let crew = browser.open("/admin/groups").await.links("tbody a").pop().unwrap();
    let page = browser.open(&crew).await;
    press(&browser, &page, "join", &[("username", "ada")]).await;
    let list = browser.open("/admin/approvals").await;
    let text = list.text("tbody");
    for words in ["Example App", "ada", "ben", "boats.move", HOSTILE] {
        assert!(text.contains(words), "{words} in {text}");
    }
    let first = list.links("tbody a").remove(0);
    let page = browser.open(&first).await;
    for words in ["Move your boats", "https://app.example", HOSTILE] {
        assert!(page.text("main").contains(words), "{words}");
    }
    let group = crew.rsplit('/').next().unwrap();
    let done = press(&browser, &page, "approve", &[("for", group), ("answer", "Mind\r\nthe pier.")]).await;
    assert!(done.text(".good").starts_with("Approved"));
    assert!(!done.text("tbody").contains("ada") && done.text("tbody").contains("ben"), "Ben is not in the group");
    let again = press(&browser, &page, "refuse", &[]).await;
    assert!(again.text(".good").starts_with("There was nothing left to do"));
    assert_eq!(ada.open(&asks()).await.url.path(), "/consent");
    let page = ben.open(&asks()).await;
    assert!(page.has("form#consent") && !page.text("main").contains("Move your boats"), "he can have the rest");
    assert!(ada.open("/account/apps").await.text("main").contains("Mind\nthe pier."));
    // Taken back on the client's page.
    let access = browser.open("/admin/clients/app/access").await;
    assert!(access.text("tbody").contains("the group Crew"));
    let access = press(&browser, &access, "withdraw", &[]).await;
    assert!(!access.has("tbody"));
    assert_eq!(ada.open(&asks()).await.url.path(), "/approval");
}

#[actix_web::test]
async fn approves_unasked_and_settles_who_waits() {
    let app = harbour().await;
    asked(&app, "ada", "Please.").await;
    let browser = at_work(&app).await;
    let page = browser.open("/admin/clients/app/access").await;
    let page = press(&browser, &page, "approve", &[("scope", "boats.move"), ("for", "everyone")]).await;
    assert!(page.text("tbody").contains("everyone"));
    assert_eq!(browser.open("/admin/approvals").await.text(".none"), "Nobody waits for an answer.");
    let other = press(&browser, &page, "approve", &[("scope", "openid"), ("for", "everyone")]).await;
    assert_eq!(other.answer.status, 400, "that needs no approval");
}

#[actix_web::test]
async fn limits_an_app_to_groups_and_blocks_it() {
    let app = harbour().await;
    let browser = at_work(&app).await;
    make_group(&browser, "Crew").await;
    let crew = browser.open("/admin/groups").await.links("tbody a").pop().unwrap();
    let crew = crew.rsplit('/').next().unwrap();
    let page = browser.open("/admin/clients/app/access").await;
    let page = press(&browser, &page, "access", &[("access", "groups"), ("group", crew)]).await;
    assert!(page.has("input[value=groups][checked]") && page.has("input[name=group][checked]"));
    assert!(browser.open("/admin/clients/app").await.text("main").contains("Whoever is in one of its groups."));
    let stranger = app.cx.entropy.uuid().to_string();
    let unknown = press(&browser, &page, "access", &[("access", "groups"), ("group", &stranger)]).await;
    assert!(unknown.text(".good").starts_with("There was nothing left to do"));
    assert!(unknown.has("input[name=group][checked]"), "and nothing has changed");
    let ada = app.person("ada").await;
    let client = crate::support::TestClient { id: "app".to_owned(), secret: String::new() };
    app.code(&client, ada, crate::support::Allowed { scope: "openid", ..Default::default() }).await;
    assert_eq!(app.cx.store.grants_of(ada).await.unwrap().len(), 1);
    let blocked = press(&browser, &page, "access", &[("access", "nobody"), ("withdraw", "yes")]).await;
    assert!(app.cx.store.grants_of(ada).await.unwrap().is_empty(), "what she had allowed is withdrawn");
    assert!(blocked.has("input[value=nobody][checked]") && !blocked.has("input[name=group][checked]"));
    assert!(browser.open("/admin/clients/app").await.text("main").contains("blocked"));
    assert_eq!(app.events("access_changed").await.len(), 2);
}

#[actix_web::test]
async fn keeps_a_group_that_the_form_has_no_room_for() {
    let app = harbour().await;
    let browser = at_work(&app).await;
    let (actor, origin) = TestApp::operator();
    let (store, entropy) = (&app.cx.store, &*app.cx.entropy);
    let act = Act { store, entropy, now: app.cx.now(), actor, origin: &origin };
    let mut last = None;
    for number in 0..201 {
        let id = GroupId(app.cx.entropy.uuid());
        groups::add(&act, id, GroupWords::parse(&format!("G{number:03}"), "").unwrap(), |_| None).await.unwrap();
        last = Some(id);
    }
    let id = ClientId("app".to_owned());
    access::set(&act, &id, Access::Groups, last.into_iter().collect(), None).await.unwrap();
    app.cx.clients.forget(&id);
    let page = browser.open("/admin/clients/app/access").await;
    assert_eq!(page.text("label:has(input[name=group][checked])"), "G200");
}

#[actix_web::test]
async fn limits_an_app_to_as_many_groups_as_the_form_offers() {
    let app = harbour().await;
    let browser = at_work(&app).await;
    let (actor, origin) = TestApp::operator();
    let (store, entropy) = (&app.cx.store, &*app.cx.entropy);
    let act = Act { store, entropy, now: app.cx.now(), actor, origin: &origin };
    let mut chosen = Vec::new();
    for number in 0..150 {
        let id = GroupId(app.cx.entropy.uuid());
        groups::add(&act, id, GroupWords::parse(&format!("Crew {number}"), "").unwrap(), |_| None).await.unwrap();
        chosen.push(id.to_string());
    }
    let page = browser.open("/admin/clients/app/access").await;
    let fields: Vec<_> = chosen.iter().map(|id| ("group", id.as_str())).chain([("access", "groups")]).collect();
    let page = press(&browser, &page, "access", &fields).await;
    assert_eq!(page.answer.status, 200, "{}", page.answer.body);
    let (_, kept) = page.form("form:has(button[value=access])", &[]);
    assert_eq!(kept.iter().filter(|(name, _)| name == "group").count(), 150);
}
