//! `/account/api-keys`

use std::time::Duration;

use serde_json::json;

use super::*;
use crate::support::ApiKeys;

const LIST: &str = "/account/api-keys";
const NEW: &str = "/account/api-keys/new";
/// So long after a sign-in a secret is shown no more.
const STALE: Duration = Duration::from_hours(1);

/// A server, and the browser in which ada is signed in.
async fn with_ada() -> (ApiKeys, Browser) {
    let keys = ApiKeys::start().await;
    keys.app.person("ada").await;
    let browser = signed_in(&keys.app, "ada").await;
    (keys, browser)
}

/// Makes a key that may `read`, and answers with the page that shows its secret.
async fn make(browser: &Browser, fields: &[(&str, &str)]) -> Page {
    let page = browser.open(NEW).await;
    let mut all = vec![("name", "Backup"), ("scope", "read")];
    all.retain(|(name, _)| !fields.iter().any(|(own, _)| own == name));
    all.extend_from_slice(fields);
    browser.submit(&page, "form#api-key-form", &all).await
}

fn secret(page: &Page) -> String {
    page.text(".once .value")
}

/// The path of the key whose secret is shown.
fn path(page: &Page) -> String {
    page.links("main nav a")[0].clone()
}

#[actix_web::test]
async fn asks_a_stranger_to_sign_in_and_leads_back() {
    let keys = ApiKeys::start().await;
    let ada = keys.app.person("ada").await;
    let key = keys.of_person(ada, json!({})).await;
    let own = format!("{LIST}/{}", key.id);
    for path in [LIST, NEW, &own, &format!("{own}/edit"), &format!("{own}/rotate"), &format!("{own}/delete")] {
        let browser = keys.app.browser();
        let page = browser.open(path).await;
        assert_eq!((page.url.path(), page.query("continue").as_deref()), ("/login", Some(path)));
        assert_eq!(sign_in_at(&browser, &page, "ada", PASSWORD).await.url.path(), path);
    }
}

#[actix_web::test]
async fn makes_a_key_and_shows_its_secret_once() {
    let (keys, browser) = with_ada().await;
    let empty = browser.open(LIST).await;
    assert!(empty.text(".intro").contains("You have no key") && !empty.has("section.own"));
    assert!(browser.open("/account").await.links("nav a").contains(&LIST.to_owned()));
    let fields = [
        ("addresses", "192.0.2.0/24\r\n2001:db8::1"),
        ("rate_limit", "100/minute"),
        ("quota", "10000/month"),
        ("expires_at", "2026-11-30"),
        ("test", "yes"),
    ];
    let page = make(&browser, &fields).await;
    let secret = secret(&page);
    assert!(secret.starts_with("clv_key_test_"), "{}", page.answer.body);
    assert!(page.answer.header("cache-control").contains("no-store"));
    let told = keys.introspect_as(&keys.server, &secret, Some("192.0.2.7")).await;
    assert_eq!((&told["active"], &told["scope"], &told["username"]), (&json!(true), &json!("read"), &json!("ada")));
    assert_eq!(told["aud"], json!(ApiKeys::API));
    let list = browser.open(LIST).await;
    let text = list.text("section.own");
    for part in [
        "Backup",
        &secret[..17],
        "for tests",
        "Read",
        ApiKeys::API,
        "192.0.2.0/24",
        "2001:db8::1",
        "100/minute",
        "10000/month",
        "2026-12-01 00:00 UTC",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let one = browser.open(&path(&page)).await;
    assert!(one.text("main").contains(&secret[..17]));
    for page in [&list, &one] {
        assert!(!page.answer.body.contains(&secret));
    }
    let events = keys.app.events("api_key_added").await;
    assert!(events[0].actor.starts_with("person:") && events[0].person_id.is_some());
    assert!(!keys.app.everything().await.contains(&secret));
}

/// Two clicks on the button are one key.
#[actix_web::test]
async fn makes_one_key_of_a_form_that_is_sent_twice() {
    let (keys, browser) = with_ada().await;
    let form = browser.open(NEW).await;
    let fields = [("name", "Backup"), ("scope", "read")];
    let send = || browser.submit(&form, "form#api-key-form", &fields);
    let pages = futures_util::future::join_all((0..8).map(|_| send())).await;
    assert_eq!(pages.iter().filter(|page| page.has(".once")).count(), 1);
    assert!(pages.iter().filter(|page| page.text("[role=status]").contains("sent twice")).count() == 7);
    assert_eq!(rows(&keys.app, "api_keys").await, 1);
}

#[actix_web::test]
async fn tells_what_is_wrong_beside_the_field_and_keeps_what_was_typed() {
    let (keys, browser) = with_ada().await;
    let fields = [
        ("name", " "),
        ("scope", "read"),
        ("scope", "openid"),
        ("addresses", "192.0.2.7/24"),
        ("rate_limit", "often"),
        ("quota", "5/minute"),
        ("expires_at", "2026-11-22"),
    ];
    let form = browser.open(NEW).await;
    let page = browser.submit(&form, "form#api-key-form", &fields).await;
    assert_eq!(page.answer.status, 422);
    for field in ["name", "addresses", "rate_limit", "quota", "expires_at"] {
        assert!(page.has(&format!("#{field}[aria-invalid=true]")), "{field}");
        assert!(page.has(&format!("#{field}-hint .fault")), "{field}");
        assert!(page.has(&format!(".problem a[href='#{field}']")), "{field}");
    }
    assert!(page.text("#scope-hint .fault").contains("openid is no scope that a key can have"));
    assert!(page.has("#name[autofocus]") && page.has("input[name=scope][value=read][checked]"));
    let kept = page.form("form#api-key-form", &[]).1;
    for (field, value) in &fields[3..] {
        assert!(kept.contains(&((*field).to_owned(), (*value).to_owned())), "{field}: {kept:?}");
    }
    let page = make(&browser, &[("expires_at", "someday")]).await;
    assert!(page.has("#expires_at[aria-invalid=true]"));
    let page = make(&browser, &[("scope", "other")]).await;
    assert!(page.text("#scope-hint .fault").contains("No resource of the key knows"), "{}", page.answer.body);
    assert_eq!(rows(&keys.app, "api_keys").await, 0);
}

#[actix_web::test]
async fn changes_a_key_unless_somebody_else_has_meanwhile() {
    let (keys, browser) = with_ada().await;
    let made = make(&browser, &[("expires_at", "2026-11-30")]).await;
    let edit = format!("{}/edit", path(&made));
    let (form, stale) = (browser.open(&edit).await, browser.open(&edit).await);
    let fields = [("name", "Weekly backup"), ("rate_limit", "5/minute")];
    let page = browser.submit(&form, "form#api-key-form", &fields).await;
    assert!(page.text("[role=status]").contains("changed") && page.text("h1").contains("Weekly backup"));
    let page = browser.submit(&stale, "form#api-key-form", &[("name", "Mine")]).await;
    assert!(page.text("[role=status]").contains("nothing was done"), "{}", page.answer.body);
    let told = keys.introspect(&secret(&made)).await;
    assert_eq!((&told["key_name"], &told["rate_limit"]["limit"]), (&json!("Weekly backup"), &json!(5)));
    let page = browser.submit(&browser.open(&edit).await, "form#api-key-form", &[("name", "")]).await;
    assert_eq!((page.answer.status, page.has("#name[aria-invalid=true]")), (422, true));
}

/// A key that ends at some hour still does after its name was changed.
#[actix_web::test]
async fn leaves_the_end_as_it_is_where_the_day_is_left() {
    let (keys, browser) = with_ada().await;
    let ada = keys.app.cx.store.person_by_login("ada").await.unwrap().unwrap().id;
    let key = keys.of_person(ada, json!({ "expires_in": 100_000 })).await;
    let form = browser.open(&format!("{LIST}/{}/edit", key.id)).await;
    let end = keys.stored(key.id).await.expires_at;
    browser.submit(&form, "form#api-key-form", &[("name", "Another name")]).await;
    let stored = keys.stored(key.id).await;
    assert_eq!((stored.name.as_str(), stored.expires_at), ("Another name", end));
}

#[actix_web::test]
async fn gives_a_key_another_secret_with_an_overlap_or_without() {
    let (keys, browser) = with_ada().await;
    let made = make(&browser, &[]).await;
    let (old, rotate) = (secret(&made), format!("{}/rotate", path(&made)));
    let form = browser.open(&rotate).await;
    let page = browser.submit(&form, "form#rotate", &[("overlap", "1h")]).await;
    let second = secret(&page);
    assert!(page.text("main").contains("2026-11-23 01:00 UTC") && second != old);
    for good in [&old, &second] {
        assert_eq!(keys.introspect(good).await["active"], json!(true));
    }
    let page = browser.submit(&form, "form#rotate", &[("overlap", "0")]).await;
    assert!(page.text("main").contains("refused from now on"));
    for (secret, good) in [(&old, false), (&second, false), (&secret(&page), true)] {
        assert_eq!(keys.introspect(secret).await["active"], json!(good));
    }
    assert_eq!(browser.submit(&form, "form#rotate", &[("overlap", "10y")]).await.answer.status, 400);
}

#[actix_web::test]
async fn switches_a_key_off_and_on_and_deletes_it() {
    let (keys, browser) = with_ada().await;
    let made = make(&browser, &[]).await;
    let (secret, path) = (secret(&made), path(&made));
    let active = async || keys.introspect(&secret).await["active"] == json!(true);
    assert!(active().await);
    let page = browser.submit(&browser.open(&path).await, "form#api-key", &[("action", "disable")]).await;
    assert!(page.text("[role=status]").contains("is off") && !active().await);
    assert!(browser.open(LIST).await.text("section.own h2").contains("off"));
    let again = browser.submit(&page, "form#api-key", &[("action", "disable")]).await;
    assert!(again.text("[role=status]").contains("nothing was done"));
    let page = browser.submit(&page, "form#api-key", &[("action", "enable")]).await;
    assert!(page.text("[role=status]").contains("is on") && active().await);
    assert_eq!(browser.submit(&page, "form#api-key", &[("action", "sell")]).await.answer.status, 400);
    keys.app.cx.tallies().flush(&keys.app.cx.store, keys.app.cx.now()).await.unwrap();
    let question = browser.open(&format!("{path}/delete")).await;
    assert!(question.text(".intro").contains("last used 2026-11-23 00:00 UTC"), "{}", question.answer.body);
    assert!(active().await, "to ask is not to do");
    let page = browser.submit(&question, "form#delete", &[]).await;
    assert!(page.text("[role=status]").contains("deleted") && !page.has("section.own") && !active().await);
    assert_eq!(browser.open(&path).await.answer.status, 404);
}

/// Somebody else's key is one that does not exist, whatever is asked of it.
#[actix_web::test]
async fn shows_and_changes_nothing_of_somebody_else() {
    let (keys, browser) = with_ada().await;
    let eve = keys.app.person("eve").await;
    let own = path(&make(&browser, &[]).await);
    let theirs = [keys.of_person(eve, json!({})).await, keys.of_machine(json!({})).await];
    let nothing = browser.open(&format!("{LIST}/{}", keys.app.cx.entropy.uuid())).await;
    let forms = [
        ("", "form#api-key", ("action", "disable")),
        ("/edit", "form#api-key-form", ("name", "Mine")),
        ("/rotate", "form#rotate", ("overlap", "0")),
        ("/delete", "form#delete", ("sure", "yes")),
    ];
    for key in &theirs {
        let before = keys.stored(key.id).await;
        for (page, form, field) in forms {
            let theirs = format!("{LIST}/{}{page}", key.id);
            let shown = browser.open(&theirs).await;
            assert_eq!((shown.answer.status, shown.text("h1")), (404, nothing.text("h1")), "{page}");
            let (_, fields) = browser.open(&format!("{own}{page}")).await.form(form, &[field]);
            let sent = browser.post(&theirs, &fields).await;
            assert_eq!((sent.answer.status, sent.text("h1")), (404, nothing.text("h1")), "{page}");
        }
        assert_eq!(keys.stored(key.id).await, before);
        // Nor does a form that takes its identifier make another of it.
        let sent = make(&browser, &[("id", &key.id.to_string())]).await;
        assert_eq!((sent.answer.status, sent.has(".once")), (404, false));
        assert!(!browser.open(LIST).await.answer.body.contains(&key.id.to_string()));
    }
    assert_eq!(browser.open(&format!("{LIST}/x")).await.answer.status, 404);
}

/// A key outlives the session in which it is made: whoever finds a screen unlocked makes none.
#[actix_web::test]
async fn asks_for_the_password_again_before_it_shows_a_secret() {
    let (keys, browser) = with_ada().await;
    let rotate = format!("{}/rotate", path(&make(&browser, &[]).await));
    let forms = [(NEW, "form#api-key-form", ("name", "Second")), (rotate.as_str(), "form#rotate", ("overlap", "0"))];
    for (path, form, field) in forms {
        let page = browser.open(path).await;
        assert!(page.has(form), "{path}");
        keys.app.clock.advance(STALE);
        for asked in [browser.open(path).await, browser.submit(&page, form, &[field]).await] {
            assert_eq!((asked.url.path(), asked.query("continue").as_deref()), ("/login", Some(path)));
            assert!(asked.has("#username[readonly]"));
        }
        // To look takes no proof.
        assert_eq!(browser.open(LIST).await.url.path(), LIST);
        let login = browser.open(path).await;
        let page = browser.submit(&login, "form#login", &[("password", PASSWORD)]).await;
        assert_eq!(page.url.path(), path);
        let done = browser.submit(&page, form, &[field]).await;
        assert!(done.has(".once"), "{}", done.answer.body);
    }
    // Nor does to switch it off; to switch it on, and to change what it may, does.
    keys.app.clock.advance(STALE);
    let one = rotate.strip_suffix("/rotate").unwrap();
    let off = browser.submit(&browser.open(one).await, "form#api-key", &[("action", "disable")]).await;
    assert_eq!((off.url.path(), off.query("done").as_deref()), (one, Some("disabled")), "{}", off.answer.body);
    let on = browser.submit(&off, "form#api-key", &[("action", "enable")]).await;
    assert_eq!(on.url.path(), "/login");
    assert_eq!(browser.open(&format!("{one}/edit")).await.url.path(), "/login");
}

#[actix_web::test]
async fn marks_what_nobody_has_used_for_long() {
    let (keys, browser) = with_ada().await;
    let used = secret(&make(&browser, &[("name", "Used")]).await);
    keys.app.clock.advance(Duration::from_secs(1));
    make(&browser, &[("name", "Forgotten")]).await;
    keys.app.clock.advance(Duration::from_hours(24));
    keys.introspect_as(&keys.server, &used, Some("192.0.2.7")).await;
    keys.app.cx.tallies().flush(&keys.app.cx.store, keys.app.cx.now()).await.unwrap();
    keys.app.clock.advance(Duration::from_hours(89 * 24));
    let page = signed_in(&keys.app, "ada").await.open(LIST).await;
    assert_eq!(page.text("section.own h2"), "Forgotten unused for 90 days Used");
    assert!(page.text("section.own").contains("2026-11-24 00:00 UTC from 192.0.2.7"));
}

/// Where nothing was set up for keys the pages say so, and make keys that only say who somebody is.
#[actix_web::test]
async fn makes_sense_where_nothing_is_set_up() {
    let app = TestApp::start_with("[[scopes]]\nname = \"boats\"\ntext = \"Boats\"\n").await;
    app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    let form = browser.open(NEW).await;
    assert!(form.has("input[value=boats]") && !form.has("input[name=resource]"));
    let made = browser.submit(&form, "form#api-key-form", &[("name", "Bare")]).await;
    assert!(made.has(".once"), "{}", made.answer.body);
    assert!(browser.open(LIST).await.text("section.own").contains("nothing but say who you are"));
}

/// What an app would get only with an admin's approval, nobody gets past the admins by a key of their own. What an admin put
/// into it stays.
#[actix_web::test]
async fn gives_nobody_by_themselves_what_needs_approval() {
    let settings = "[[scopes]]\nname = \"read\"\ntext = \"Read\"\n[[scopes]]\nname = \"payroll\"\ntext = \"Payroll\"\n\
        needs_approval = true\n";
    let app = TestApp::start_with(settings).await;
    let server = app.machine().await;
    let keys = ApiKeys { app, server };
    let ada = keys.app.person("ada").await;
    let browser = signed_in(&keys.app, "ada").await;
    let form = browser.open(NEW).await;
    assert!(form.has("input[value=read]") && !form.has("input[value=payroll]"));
    let refused = make(&browser, &[("scope", "payroll")]).await;
    assert_eq!(refused.answer.status, 422);
    assert!(refused.text("main").contains("payroll needs an administrator's approval"), "{}", refused.answer.body);
    let own = path(&make(&browser, &[]).await);
    let edit = browser.open(&format!("{own}/edit")).await;
    let fields = [("name", "Backup"), ("scope", "read"), ("scope", "payroll")];
    assert_eq!(browser.submit(&edit, "form#api-key-form", &fields).await.answer.status, 422);

    let given = keys.of_person(ada, json!({ "scope": "read payroll" })).await;
    let edit = browser.open(&format!("{LIST}/{}/edit", given.id)).await;
    let fields = [("name", "Wages"), ("scope", "payroll")];
    assert_eq!(browser.submit(&edit, "form#api-key-form", &fields).await.answer.status, 200);
    let kept = keys.stored(given.id).await;
    assert_eq!((kept.name.as_str(), kept.scope.to_string().as_str()), ("Wages", "payroll"));
}

#[actix_web::test]
async fn makes_no_more_keys_than_somebody_may_have() {
    let (keys, browser) = with_ada().await;
    let ada = keys.app.cx.store.person_by_login("ada").await.unwrap().unwrap().id;
    for _ in 0..claviger::domain::api_keys::MOST {
        keys.of_person(ada, json!({})).await;
    }
    let page = make(&browser, &[]).await;
    assert_eq!(page.answer.status, 422);
    assert!(page.text("#name-hint").contains("500 keys"));
}

/// The owner is told at the next visit, and gets on only with another secret.
#[actix_web::test]
async fn tells_the_owner_of_a_key_that_was_found_in_public() {
    let (keys, browser) = with_ada().await;
    let made = make(&browser, &[]).await;
    let (old, path) = (secret(&made), path(&made));
    let before = browser.open(&path).await;
    let url = "https://git.example/<script>alert(1)</script>";
    let report = json!({ "token": old, "url": url });
    let sent =
        keys.app.request("POST", "/api-keys/report", report.to_string(), &[("content-type", "application/json")]);
    assert_eq!(sent.await.status, 200);
    for page in ["/", "/account", LIST, &path] {
        let page = browser.open(page).await;
        let told = page.text(".problem");
        assert!(told.contains("Backup") && told.contains("found in public") && told.contains(url), "{told}");
        assert!(!page.answer.body.contains(url) && page.links(".problem a[href^=http]").is_empty());
    }
    assert!(!browser.open(&path).await.has("form#api-key"));
    let stale = browser.submit(&before, "form#api-key", &[("action", "enable")]).await;
    assert!(stale.text("[role=status]").contains("nothing was done"));
    assert_eq!(keys.introspect(&old).await["active"], json!(false));

    let form = browser.open(&format!("{path}/rotate")).await;
    let rotated = browser.submit(&form, "form#rotate", &[("overlap", "7d")]).await;
    assert!(rotated.text("main").contains("still off") && rotated.text("main").contains("refused from now on"));
    assert!(!browser.open("/account").await.has(".problem"));
    let page = browser.open(&path).await;
    assert!(page.text(".problem").contains("new secret since"));
    let page = browser.submit(&page, "form#api-key", &[("action", "enable")]).await;
    assert!(page.text("[role=status]").contains("is on") && !page.has(".problem"));
    assert_eq!(keys.introspect(&old).await["active"], json!(false), "what was found stays refused");
    assert_eq!(keys.introspect(&secret(&rotated)).await["active"], json!(true));
}

/// A key lives longer than a session: it takes as much to make one as to sign in.
#[actix_web::test]
async fn makes_no_key_by_a_password_alone_where_that_is_not_enough() {
    let keys = ApiKeys::start_with("second_factor.required_for = [\"auditor\"]\n").await;
    let ada = keys.app.person("ada").await;
    let browser = signed_in(&keys.app, "ada").await;
    let form = browser.open(NEW).await;
    keys.app.make_auditor(ada).await;
    let fields = [("name", "Backup"), ("scope", "read")];
    for page in [browser.open(NEW).await, browser.submit(&form, "form#api-key-form", &fields).await] {
        assert_eq!(page.url.path(), "/account/security/app", "{}", page.answer.body);
    }
    assert_eq!(rows(&keys.app, "api_keys").await, 0);
}
