//! Several people signed in at one browser.

use claviger::domain::people::accounts;
use claviger_migrations::{Migrator, MigratorTrait};

use super::*;
use crate::support::Receiver;

/// A browser in which ada and then ben signed in; ben is the current one.
async fn ada_and_ben(app: &TestApp) -> Browser {
    app.person("ada").await;
    app.person("ben").await;
    let browser = signed_in(app, "ada").await;
    app.clock.advance(Duration::from_secs(1));
    let home = browser.sign_in_too("ben").await;
    assert!(home.has("form#logout"), "{}", home.answer.body);
    browser
}

/// Who may be chosen, by their usernames.
async fn choices(browser: &Browser) -> String {
    browser.open("/login/select").await.text("button.account small")
}

/// For whom pages act: the username on the page of the password, which is fixed for whoever is current.
async fn current(browser: &Browser) -> String {
    let page = browser.open("/login?continue=/account/apps").await;
    let (_, fields) = if page.has("form#login") { page.form("form#login", &[]) } else { return String::new() };
    fields.into_iter().find(|(name, _)| name == "username").unwrap().1
}

async fn choose(browser: &Browser, username: &str) -> Page {
    let page = browser.open("/login/select").await;
    browser.submit(&page, "form#select-account", &[("account", &page.account(username))]).await
}

async fn sign_out(browser: &Browser, decision: &str) -> Page {
    let question = browser.open("/logout").await;
    browser.submit(&question, "form#logout", &[("decision", decision)]).await
}

#[actix_web::test]
async fn keeps_who_was_there_when_somebody_signs_in_beside_them() {
    let app = TestApp::start().await;
    let browser = ada_and_ben(&app).await;
    assert_eq!((current(&browser).await.as_str(), choices(&browser).await.as_str()), ("ben", "ada ben"));
    assert_eq!((rows(&app, "sessions").await, rows(&app, "browsers").await), (2, 1));
    assert_eq!(app.events("sign_out").await.len(), 0);
    assert_eq!(choose(&browser, "ada").await.url.path(), "/");
    assert_eq!(current(&browser).await, "ada");
    assert_eq!(choose(&browser, "ben").await.url.path(), "/");
    assert_eq!(current(&browser).await, "ben");
}

#[actix_web::test]
async fn gives_one_entry_to_somebody_who_signs_in_twice() {
    let app = TestApp::start().await;
    let browser = ada_and_ben(&app).await;
    let sid = browser.open("/login/select").await.account("ada");
    app.clock.advance(Duration::from_secs(1));
    browser.sign_in_too("ada").await;
    assert_eq!(choices(&browser).await, "ben ada");
    assert_eq!(browser.open("/login/select").await.account("ada"), sid, "the session goes on");
    assert_eq!(rows(&app, "sessions").await, 2);
}

/// RFC 9700 §4.7: a key that somebody planted or stole before a sign-in opens nothing after it, of nobody.
#[actix_web::test]
async fn finds_nothing_by_the_cookie_of_before_a_sign_in() {
    let app = TestApp::start().await;
    app.person("ada").await;
    app.person("ben").await;
    let browser = signed_in(&app, "ada").await;
    let old = browser.cookie(COOKIE).unwrap();
    app.clock.advance(Duration::from_secs(1));
    browser.sign_in_too("ben").await;
    let thief = app.browser();
    thief.set_cookie(COOKIE, Some(&old));
    assert!(!thief.open("/").await.has("form#logout"));
    assert_eq!(thief.open("/login/select").await.url.path(), "/login");
    // Nor does who comes with it sign in beside them.
    app.person("eve").await;
    thief.sign_in_too("eve").await;
    assert_eq!((choices(&thief).await.as_str(), choices(&browser).await.as_str()), ("eve", "ada ben"));
}

#[actix_web::test]
async fn refuses_a_session_of_another_browser() {
    let app = TestApp::start().await;
    let browser = ada_and_ben(&app).await;
    app.person("eve").await;
    let eve = signed_in(&app, "eve").await;
    let page = eve.open("/login/select").await;
    let of_ada = browser.open("/login/select").await.account("ada");
    let sent = eve.submit(&page, "form#select-account", &[("account", &of_ada)]).await;
    assert_eq!(sent.url.path(), "/login/select");
    assert_eq!((current(&eve).await.as_str(), choices(&eve).await.as_str()), ("eve", "eve"));
    for nonsense in ["", "ada", "00000000-0000-0000-0000-00000000000g"] {
        let sent = eve.submit(&page, "form#select-account", &[("account", nonsense)]).await;
        assert_eq!(sent.answer.status, 400, "{nonsense}");
    }
}

#[actix_web::test]
async fn refuses_a_choice_in_another_browser_even_with_its_token() {
    let app = TestApp::start().await;
    let browser = ada_and_ben(&app).await;
    app.person("eve").await;
    let eve = signed_in(&app, "eve").await;
    let (_, of_eve) = eve.open("/login/select").await.form("form#select-account", &[("account", "another")]);
    // Eve has tossed her own cookie into the browser, too.
    browser.set_cookie("claviger-csrf", eve.cookie("claviger-csrf").as_deref());
    assert_eq!(browser.post("/login/select", &of_eve).await.answer.status, 403);
}

#[actix_web::test]
async fn shows_nobody_whose_session_has_ended() {
    let app = TestApp::start().await;
    let browser = ada_and_ben(&app).await;
    // Ada ends all of her other sessions, elsewhere.
    let elsewhere = signed_in(&app, "ada").await;
    let page = elsewhere.open("/account/sessions").await;
    elsewhere.submit(&page, "form#end-others", &[("sid", "others")]).await;
    assert_eq!((choices(&browser).await.as_str(), current(&browser).await.as_str()), ("ben", "ben"));
    assert!(!browser.open("/").await.has("a[href='/login/select']"), "there is nobody to switch to");
}

#[actix_web::test]
async fn is_nobody_until_somebody_is_chosen_when_the_current_one_is_gone() {
    let app = TestApp::start().await;
    let browser = ada_and_ben(&app).await;
    let elsewhere = signed_in(&app, "ben").await;
    let page = elsewhere.open("/account/sessions").await;
    elsewhere.submit(&page, "form#end-others", &[("sid", "others")]).await;
    let home = browser.open("/").await;
    assert!(home.has("form#logout-all") && home.has("a[href='/login/select']"), "{}", home.answer.body);
    assert_eq!(browser.open("/account/apps").await.url.path(), "/login/select");
    let page = browser.open("/account/apps").await;
    let page = browser.submit(&page, "form#select-account", &[("account", &page.account("ada"))]).await;
    assert_eq!(page.url.path(), "/account/apps");
}

#[actix_web::test]
async fn lets_each_session_end_by_itself() {
    let app = TestApp::start().await;
    let browser = ada_and_ben(&app).await;
    let idle = app.cx.config.sessions.idle_lifetime;
    // Ben is used, ada is not.
    app.clock.advance(idle / 2);
    assert_eq!(current(&browser).await, "ben");
    app.clock.advance(idle / 2 + Duration::from_secs(1));
    assert_eq!(choices(&browser).await, "ben");
    app.clock.advance(app.cx.config.sessions.absolute_lifetime);
    assert_eq!(browser.open("/login/select").await.url.path(), "/login");
}

#[actix_web::test]
async fn ends_at_once_for_a_person_who_is_disabled() {
    let app = TestApp::start().await;
    let browser = ada_and_ben(&app).await;
    let ada = app.cx.store.person_by_login("ada").await.unwrap().unwrap().id;
    assert!(app.as_operator(async |act| accounts::disable(act, ada).await.unwrap()).await);
    assert_eq!(choices(&browser).await, "ben");
}

#[actix_web::test]
async fn signs_one_out_and_leaves_the_other() {
    let app = TestApp::start_with(crate::support::REACH_LOOPBACK).await;
    let (receiver, ben_id) = (Receiver::start().await, app.person("ben").await);
    let client = app.told_app("harbour", serde_json::json!({ "backchannel_logout_uri": receiver.uri() })).await;
    app.person("ada").await;
    let browser = app.browser();
    let ada = app.sign_in_to(&browser, &client).await;
    browser.sign_in_too("ben").await;
    let ben = app.sign_in_to(&browser, &client).await;
    let done = sign_out(&browser, "logout").await;
    assert!(done.text("main").contains("Other accounts are still signed in"), "{}", done.answer.body);
    assert!(done.has("a[href='/login/select']"));
    assert_eq!(app.events("sign_out").await[0].person_id, Some(ben_id));
    app.deliver().await;
    assert_eq!(receiver.tokens().len(), 1, "told of ben alone");
    let refreshed =
        async |tokens: &serde_json::Value| app.refresh(&client, tokens["refresh_token"].as_str().unwrap()).await.status;
    assert_eq!((refreshed(&ben).await, refreshed(&ada).await), (400, 200));
    assert_eq!((choices(&browser).await.as_str(), current(&browser).await.as_str()), ("ada", ""));
    assert_eq!(browser.open("/logout").await.text("h1"), "You are signed out", "nobody is chosen to be asked");
}

#[actix_web::test]
async fn signs_everybody_out_who_is_signed_in_at_the_browser_and_nobody_elsewhere() {
    for with_current in [true, false] {
        let app = TestApp::start().await;
        let browser = ada_and_ben(&app).await;
        app.person("eve").await;
        browser.sign_in_too("eve").await;
        let elsewhere = signed_in(&app, "ada").await;
        let done = if with_current {
            sign_out(&browser, "all").await
        } else {
            sign_out(&browser, "logout").await;
            browser.submit(&browser.open("/").await, "form#logout-all", &[("decision", "all")]).await
        };
        assert_eq!(done.text("h1"), "You are signed out");
        assert!(!done.text("main").contains("Other accounts"));
        assert_eq!(browser.cookie(COOKIE), None);
        assert_eq!((rows(&app, "sessions").await, rows(&app, "browsers").await), (1, 1));
        assert_eq!(current(&elsewhere).await, "ada");
        assert_eq!(app.events("sign_out").await.len(), 3);
    }
}

#[actix_web::test]
async fn makes_room_for_the_ninth() {
    let app = TestApp::start().await;
    let browser = app.browser();
    for number in 1..=9 {
        let username = format!("person{number}");
        app.person(&username).await;
        browser.sign_in_too(&username).await;
        app.clock.advance(Duration::from_secs(1));
    }
    assert_eq!(choices(&browser).await, "person2 person3 person4 person5 person6 person7 person8 person9");
    assert_eq!((rows(&app, "sessions").await, app.events("sign_out").await.len()), (8, 1));
}

/// Whichever answer the browser keeps, it is signed in by it, and nobody is by the key of before.
#[actix_web::test]
async fn keeps_its_wits_when_two_sign_in_at_once() {
    let app = TestApp::start().await;
    let browser = ada_and_ben(&app).await;
    let old = browser.cookie(COOKIE).unwrap();
    app.clock.advance(Duration::from_secs(1));
    for username in ["eve", "joe"] {
        app.person(username).await;
    }
    let form = browser.open("/login?another=yes").await;
    let enter = async |username: &str| {
        let fields = [("username", username), ("password", PASSWORD)];
        browser.submit_only(&form, "form#login", &fields).await
    };
    let (eve, joe) = futures_util::future::join(enter("eve"), enter("joe")).await;
    let mut with_the_rest = 0;
    for (sent, username) in [(eve, "eve"), (joe, "joe")] {
        assert_eq!(sent.answer.status, 303, "{}", sent.answer.body);
        let cookie = sent.set_cookies.iter().find_map(|cookie| cookie.strip_prefix("claviger-session=")).unwrap();
        let kept = app.browser();
        kept.set_cookie(COOKIE, cookie.split(';').next());
        assert_eq!(current(&kept).await, username);
        with_the_rest += usize::from(choices(&kept).await == format!("ada ben {username}"));
    }
    assert_eq!(with_the_rest, 1, "the quicker one is beside who was there, the other one is alone");
    let thief = app.browser();
    thief.set_cookie(COOKIE, Some(&old));
    assert_eq!(thief.open("/login/select").await.url.path(), "/login");
}

#[actix_web::test]
async fn outlives_the_window_only_if_everybody_asked_for_that() {
    let app = TestApp::start().await;
    app.person("ada").await;
    app.person("ben").await;
    let outlives = async |first: bool, second: bool| {
        let browser = app.browser();
        let mut last = String::new();
        for (username, remember) in [("ada", first), ("ben", second)] {
            let form = browser.open("/login?another=yes").await;
            let mut fields = vec![("username", username), ("password", PASSWORD)];
            fields.extend(remember.then_some(("remember", "yes")));
            let page = browser.submit(&form, "form#login", &fields).await;
            last = page.set_cookies.into_iter().find(|cookie| cookie.contains("claviger-session=")).unwrap();
        }
        last.contains("Max-Age")
    };
    assert!(outlives(true, true).await);
    assert!(!outlives(true, false).await, "who did not ask is not kept");
    assert!(!outlives(false, true).await);
}

#[actix_web::test]
async fn lets_the_console_see_the_current_one_alone() {
    let app = TestApp::start().await;
    app.admin("root").await;
    app.person("ada").await;
    let browser = signed_in(&app, "root").await;
    assert_eq!(browser.open("/admin").await.answer.status, 200);
    browser.sign_in_too("ada").await;
    assert_eq!(browser.open("/admin").await.answer.status, 403, "ada is no admin, whoever else is here");
    choose(&browser, "root").await;
    assert_eq!(browser.open("/admin").await.answer.status, 200);
}

#[actix_web::test]
async fn sweeps_browsers_in_which_nobody_can_be_signed_in_any_more() {
    let app = TestApp::start().await;
    ada_and_ben(&app).await;
    let settings = claviger::store::SweepSettings { batch: 100, replay_memory: Duration::ZERO };
    app.clock.advance(app.cx.config.sessions.absolute_lifetime);
    app.cx.store.sweep(settings, app.cx.now()).await.unwrap();
    assert_eq!((rows(&app, "sessions").await, rows(&app, "browsers").await), (0, 1));
    app.clock.advance(Duration::from_millis(1));
    app.cx.store.sweep(settings, app.cx.now()).await.unwrap();
    assert_eq!(rows(&app, "browsers").await, 0);
}

/// Whoever was signed in before browsers were written down stays so: the key of their cookie is their browser's.
#[actix_web::test]
async fn survives_the_step_that_writes_browsers_down() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("old.db").display());
    let db = Database::connect(url).await.unwrap();
    let steps = Migrator::migrations();
    let before = steps.iter().position(|step| step.name() == "m0029_browsers").unwrap();
    Migrator::up(&db, Some(u32::try_from(before).unwrap())).await.unwrap();
    db.execute_unprepared("PRAGMA foreign_keys = OFF").await.unwrap();
    let old = "INSERT INTO sessions (key_hash, sid, person_id, state, remember, created_at, last_seen_at, expires_at) \
               VALUES (x'0102', x'03', x'04', '{}', 1, 1000, 2000, 3000)";
    db.execute_unprepared(old).await.unwrap();
    Migrator::up(&db, None).await.unwrap();
    let kept = "SELECT COUNT(*) AS n FROM browsers b JOIN sessions s ON s.browser_id = b.id AND s.sid = b.current_sid \
                WHERE b.key_hash = x'0102' AND s.sid = x'03' AND s.person_id = x'04' AND s.remember AND s.expires_at = 3000 \
                AND b.expires_at > 3000";
    let count = Statement::from_string(db.get_database_backend(), kept);
    let number: i64 = db.query_one_raw(count).await.unwrap().unwrap().try_get("", "n").unwrap();
    assert_eq!(number, 1);
}
