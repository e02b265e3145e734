//! API keys in the console.

use std::time::Duration;

use serde_json::json;

use super::*;
use crate::support::ApiKeys;

const HOSTILE: &str = "<script>alert(1)</script>";
pub(super) const NEW: &str = "/admin/new-api-key?client=machine";

/// Fills in the form for a new key, and sends it.
pub(super) async fn make(browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Page {
    let form = browser.open(path).await;
    browser.submit(&form, "form#new-api-key", fields).await
}

pub(super) async fn is_active(keys: &ApiKeys, secret: &str) -> bool {
    keys.introspect(secret).await["active"] == json!(true)
}

pub(super) fn names(page: &Page) -> Vec<String> {
    let html = scraper::Html::parse_document(&page.answer.body);
    let links = scraper::Selector::parse("tbody th a").unwrap();
    html.select(&links).map(|link| link.text().collect()).collect()
}

/// From the page of its client to its end, as the server of a resource sees it.
#[actix_web::test]
async fn makes_changes_rotates_disables_and_deletes_a_key() {
    let keys = ApiKeys::start().await;
    let browser = at_work(&keys.app).await;
    let client = browser.open("/admin/clients/machine").await;
    let links = client.links("section[aria-labelledby=api-keys] a");
    assert_eq!(links, ["/admin/api-keys?owner=machine", NEW]);
    assert!(browser.open(&links[0]).await.text(".none").contains("no such key"));
    let form = browser.open(&links[1]).await;
    assert!(form.has("input[name=scope][value=read]") && !form.has("input[name=scope][value=other]"));
    assert!(!form.has("input[name=scope][value=openid]") && !form.has("input[name=scope][checked]"));
    assert!(form.has("input[name=expires_at][value='2027-02-21']"), "an end is proposed");
    let fields = [
        ("name", HOSTILE),
        ("scope", "read"),
        ("addresses", "192.0.2.0/24\r\n2001:db8::1"),
        ("rate_limit", "100/minute"),
        ("quota", "10000/month"),
        ("expires_at", "2027-01-31 18:30"),
        ("mode", "test"),
    ];
    let page = browser.submit(&form, "form#new-api-key", &fields).await;
    assert_eq!((page.answer.status, page.text("h1").as_str()), (200, HOSTILE), "as text");
    let secret = page.text(".once .value");
    assert!(secret.starts_with("clv_key_test_"), "{secret}");
    let told = page.text(".members");
    for words in ["read", "https://api.example", "192.0.2.0/24", "2001:db8::1", "100/minute", "10000/month", "18:30"] {
        assert!(told.contains(words), "{words} in {told}");
    }
    let from = Some("192.0.2.7");
    assert_eq!(keys.introspect_as(&keys.server, &secret, from).await["scope"], "read");
    assert!(!is_active(&keys, &secret).await, "from elsewhere");
    for _ in 0..3 {
        keys.introspect_as(&keys.server, &secret, from).await;
    }

    let path = browser.open("/admin/api-keys").await.links("tbody th a").remove(0);
    for _ in 0..2 {
        let page = browser.open(&path).await;
        assert!(
            page.has("meter[max='100'][value='4']") && page.has("meter[max='10000'][value='4']"),
            "looking counts not"
        );
    }
    let stale = browser.open(&format!("{path}/edit")).await;
    let page = browser.submit(&stale, "form#edit-api-key", &[("name", "Report"), ("addresses", "")]).await;
    assert_eq!((page.url.path(), page.text("h1").as_str()), (path.as_str(), "Report"));
    assert!(page.text("[role=status]").starts_with("Saved") && page.text(".members").contains("everywhere"));
    let late = browser.submit(&stale, "form#edit-api-key", &[("name", "Late")]).await;
    assert!(late.text("[role=status]").contains("somebody else changed it"));
    assert_eq!(late.text("h1"), "Report");
    keys.forget().await;
    assert!(is_active(&keys, &secret).await);

    let page = press(&browser, &page, "rotate", &[("overlap", "1h")]).await;
    let next = page.text(".once .value");
    assert!(next != secret && is_active(&keys, &secret).await && is_active(&keys, &next).await);
    let odd = press(&browser, &page, "rotate", &[("overlap", "1y")]).await;
    assert_eq!(odd.answer.status, 400);
    let disabled = press(&browser, &page, "disable", &[]).await;
    assert!(disabled.text(".facts-line").contains("disabled since 2026-11-23 00:00 UTC: by hand"));
    assert!(!is_active(&keys, &next).await);
    let again = press(&browser, &page, "disable", &[]).await;
    assert!(again.text("[role=status]").starts_with("There was nothing left to do"));
    press(&browser, &disabled, "enable", &[]).await;
    assert!(is_active(&keys, &next).await);
    let unsure = press(&browser, &page, "delete", &[]).await;
    assert_eq!(unsure.answer.status, 400);
    assert!(page.text("form:has(button[value=delete])").contains("refused at https://api.example"), "what stops");
    let list = press(&browser, &page, "delete", &[("sure", "yes")]).await;
    assert_eq!(list.url.path(), "/admin/api-keys");
    assert!(list.text("[role=status]").starts_with("Deleted") && !list.has("tbody"));
    assert!(!is_active(&keys, &next).await);
    assert_eq!(browser.open(&path).await.answer.status, 404);
    for kind in ["added", "updated", "rotated", "disabled", "enabled", "deleted"] {
        let events = keys.app.events(&format!("api_key_{kind}")).await;
        assert_eq!(events.len(), 1, "{kind}");
    }
}

#[actix_web::test]
async fn makes_a_key_for_a_person() {
    let keys = ApiKeys::start().await;
    let browser = at_work(&keys.app).await;
    let ada = keys.app.person("ada").await;
    let person = browser.open(&format!("/admin/people/{ada}")).await;
    let [list, new] = &person.links("section[aria-labelledby=api-keys] a")[..] else { panic!() };
    let page = make(&browser, new, &[("name", "Laptop"), ("scope", "write")]).await;
    let told = keys.introspect(&page.text(".once .value")).await;
    assert_eq!((told["sub"].as_str(), told["scope"].as_str()), (Some(ada.to_string().as_str()), Some("write")));
    assert_eq!(names(&browser.open(list).await), ["Laptop"]);
}

/// What was typed stays, each fault stands beside its field, and the cursor in the first.
#[actix_web::test]
async fn says_beside_each_field_what_is_wrong_with_it() {
    let keys = ApiKeys::start().await;
    let browser = at_work(&keys.app).await;
    let wrong = [
        ("name", " "),
        ("scope", "other"),
        ("resource", "https://unknown.example"),
        ("addresses", "home"),
        ("rate_limit", "often"),
        ("quota", "5/minute"),
        ("expires_at", "soon"),
    ];
    let page = make(&browser, NEW, &wrong).await;
    assert_eq!(page.answer.status, 422);
    for (member, hint) in [
        ("name", "Choose a name"),
        ("scope", "not registered for the client"),
        ("resources", "no resource of this server"),
        ("addresses", "home is not"),
        ("rate_limit", "Write a number"),
        ("quota", "Write a number"),
        ("expires_at", "Write a day"),
    ] {
        let text = page.text(&format!("#{member}_hint .fault"));
        assert!(text.contains(hint), "{member}: {text}");
    }
    assert!(page.has("#name[autofocus]") && page.has("#quota[aria-invalid][aria-describedby=quota_hint]"));
    assert_eq!(page.text("#addresses"), "home");
    let (_, kept) = page.form("form#new-api-key", &[]);
    assert!(kept.contains(&("rate_limit".to_owned(), "often".to_owned())), "{kept:?}");
    let one = make(&browser, NEW, &[("name", "Tick"), ("scope", "read"), ("quota", "x")]).await;
    assert!(one.has("#quota[autofocus]") && one.has("input[name=scope][value=read][checked]"));
    assert_eq!(keys.app.events("api_key_added").await.len(), 0);
    let mended = browser.submit(&one, "form#new-api-key", &[("quota", "5/day")]).await;
    assert_eq!(mended.answer.status, 200, "{}", mended.text("main"));
    let path = browser.open("/admin/api-keys").await.links("tbody th a").remove(0);
    let form = browser.open(&format!("{path}/edit")).await;
    let page = browser.submit(&form, "form#edit-api-key", &[("name", ""), ("expires_at", "2020-01-01")]).await;
    assert_eq!(page.answer.status, 422);
    assert!(page.text("#expires_at_hint .fault").contains("in the future"));
    assert_eq!(keys.app.events("api_key_updated").await.len(), 0);
}

#[actix_web::test]
async fn a_form_that_is_sent_twice_makes_one_key_and_tells_its_secret_once() {
    let keys = ApiKeys::start().await;
    let browser = at_work(&keys.app).await;
    let form = browser.open(NEW).await;
    let first = browser.submit(&form, "form#new-api-key", &[("name", "Once")]).await;
    let secret = first.text(".once .value");
    let second = browser.submit(&form, "form#new-api-key", &[("name", "Once")]).await;
    assert_eq!((second.answer.status, second.text("h1").as_str()), (200, "Once"));
    assert_eq!(keys.app.events("api_key_added").await.len(), 1);
    let path = second.url.path().to_owned();
    let rotated = press(&browser, &second, "rotate", &[("overlap", "1d")]).await.text(".once .value");
    let mut told = second.answer.body;
    for path in [path.as_str(), "/admin/api-keys", "/admin/events", "/admin/events.csv", "/admin/clients/machine"] {
        told.push_str(&browser.open(path).await.answer.body);
    }
    for secret in [secret, rotated] {
        assert!(told.contains(&secret[..17]), "its beginning is told");
        assert!(!told.contains(&secret[17..]) && !keys.app.everything().await.contains(&secret[17..]), "{secret}");
    }
}

/// An end that was set to the millisecond stays so when something else is changed.
#[actix_web::test]
async fn changes_nothing_that_was_not_typed() {
    let keys = ApiKeys::start().await;
    let browser = at_work(&keys.app).await;
    let all = json!({
        "name": "All", "scope": "read write", "addresses": ["192.0.2.7"], "rate_limit": "5/hour", "quota": "9/day",
        "expires_in": 86_431,
    });
    let key = keys.of_machine(all).await;
    let before = keys.stored(key.id).await;
    let form = browser.open(&format!("/admin/api-keys/{}/edit", key.id)).await;
    // A browser sends every box that is ticked; this one, the last of each name.
    let fields = [("scope", "read"), ("scope", "write")];
    browser.submit(&form, "form#edit-api-key", &fields).await;
    let after = keys.stored(key.id).await;
    let same = claviger::store::ApiKey { updated_at: before.updated_at, ..after.clone() };
    assert_eq!(same, before);
    assert!(after.updated_at > before.updated_at);
}

#[actix_web::test]
async fn lists_every_key_once_and_finds_them_by_owner_and_state() {
    let keys = ApiKeys::start().await;
    let ada = keys.app.person("ada").await;
    let old = keys.of_person(ada, json!({ "name": "old" })).await;
    keys.app.clock.advance(Duration::from_hours(24 * 100));
    for number in 0..120 {
        keys.of_machine(json!({ "name": format!("n{number}") })).await;
    }
    let locked = keys.of_person(ada, json!({ "name": "locked" })).await;
    let browser = at_work(&keys.app).await;
    let page = browser.open(&format!("/admin/api-keys/{}", locked.id)).await;
    press(&browser, &page, "disable", &[]).await;

    let (mut all, mut next) = (Vec::new(), Some("/admin/api-keys".to_owned()));
    while let Some(path) = next {
        let page = browser.open(&path).await;
        all.extend(names(&page));
        next = page.links(".more a[href*='after=']").pop();
    }
    let distinct: std::collections::BTreeSet<_> = all.iter().collect();
    assert_eq!((all.len(), distinct.len()), (122, 122));
    assert_eq!(all.last().map(String::as_str), Some("old"), "the newest come first");

    for (query, expected) in [
        ("owner=ada", &["locked", "old"][..]),
        ("owner=ADA%40example.com", &["locked", "old"]),
        (&format!("owner={ada}"), &["locked", "old"]),
        (&format!("owner={}", old.id), &["old"]),
        ("owner=ada&state=active", &["old"]),
        ("state=disabled", &["locked"]),
        ("state=expired", &[]),
        ("unused=90d", &["old"]),
        ("owner=nobody", &[]),
        ("owner=%00", &[]),
    ] {
        assert_eq!(names(&browser.open(&format!("/admin/api-keys?{query}")).await), expected, "{query}");
    }
    let machine = browser.open("/admin/api-keys?owner=machine&state=active").await;
    let more = machine.links(".more a[href*='after=']").pop().unwrap();
    assert!(more.contains("owner=machine") && more.contains("state=active"), "{more}");
    assert!(machine.has("input[name=owner][value=machine]") && machine.text("option[selected]") == "active");
    assert!(browser.open("/admin/api-keys?owner=nobody").await.text(".none").starts_with("Nobody and no key"));
    let row = browser.open("/admin/api-keys?owner=ada").await.text("tbody tr:last-child");
    let beginning = format!("{}…", &old.secret[..17]);
    for words in ["old", "ada", &beginning, "read", "never", "active"] {
        assert!(row.contains(words), "{words} in {row}");
    }
}

#[actix_web::test]
async fn tells_how_many_keys_nobody_uses() {
    let keys = ApiKeys::start().await;
    let browser = at_work(&keys.app).await;
    let told = async |browser: &Browser| browser.open("/admin").await.text("main a[href*='unused=90d']");
    for name in ["one", "two", "off", "ended"] {
        let more = if name == "ended" { json!({ "name": name, "expires_in": 60 }) } else { json!({ "name": name }) };
        let key = keys.of_machine(more).await;
        keys.app.clock.advance(Duration::from_secs(1));
        if name == "off" {
            let page = browser.open(&format!("/admin/api-keys/{}", key.id)).await;
            press(&browser, &page, "disable", &[]).await;
        }
    }
    assert_eq!(told(&browser).await, "");
    keys.app.clock.advance(Duration::from_hours(24 * 90) + Duration::from_secs(1));
    let later = keys.app.browser();
    sign_in(&later, &later.open("/login?continue=/admin").await, "root").await;
    assert_eq!(told(&later).await, "2 API keys have not been used for 90 days", "of those that could be");
    let link = later.open("/admin").await.links("main a[href*='unused=90d']").remove(0);
    assert_eq!(names(&later.open(&link).await), ["one", "two"]);
}

/// Where and when a key was found in public stands in the list and on its page, which offers a rotation and no enabling.
#[actix_web::test]
async fn tells_where_a_key_was_found_and_enables_it_after_a_rotation_alone() {
    const URL: &str = "https://git.example/<b>/deploy.sh";
    let keys = ApiKeys::start().await;
    let browser = at_work(&keys.app).await;
    let counted = async || browser.open("/admin").await.text("main a[href*='state=leaked']");
    let (key, _) = (keys.of_machine(json!({ "name": "open" })).await, keys.of_machine(json!({})).await);
    assert_eq!(counted().await, "");
    let before = browser.open(&format!("/admin/api-keys/{}", key.id)).await;
    keys.report(&key, URL).await;
    assert_eq!(counted().await, "An API key is disabled because it was found in public");
    let list = browser.open("/admin/api-keys?state=leaked").await;
    assert_eq!(names(&list), ["open"]);
    assert_eq!(list.text("tbody .mark"), "leaked");
    let told = list.text("tbody .note");
    assert!(told.contains("reported 2026-11-23 00:00 UTC") && told.contains(URL), "{told}");

    // Who saw it before it was found changes nothing, and is told.
    let disabled = press(&browser, &before, "disable", &[]).await;
    assert!(disabled.text("main .problem").contains("reported 2026-11-23 00:00 UTC, at https://git.example/<b>/"));
    assert!(disabled.text("main .problem").contains("only after it was rotated"));
    assert!(disabled.text(".facts-line").contains("it was found in public"));
    assert!(!disabled.has("button[value=enable]") && !disabled.has("button[value=disable]"));
    let (url, mut form) = disabled.form("form:has(button[value=rotate])", &[("action", "enable")]);
    form.retain(|(name, _)| name != "overlap");
    let stale = browser.post(&url, &form).await;
    assert!(stale.text("[role=status]").starts_with("Nothing was changed"), "{}", stale.text("main"));
    assert!(!is_active(&keys, &key.secret).await);

    let rotated = press(&browser, &stale, "rotate", &[]).await;
    let secret = rotated.text(".once .value");
    assert!(rotated.text("main .problem").contains("It was rotated since") && rotated.has("button[value=enable]"));
    assert_eq!(keys.app.cx.store.api_key_secrets(key.id, keys.app.cx.now()).await.unwrap().len(), 1);
    assert!(!is_active(&keys, &secret).await, "it is still disabled");
    let enabled = press(&browser, &rotated, "enable", &[]).await;
    assert!(!enabled.has("main .problem") && is_active(&keys, &secret).await && !is_active(&keys, &key.secret).await);
    assert_eq!(counted().await, "");
}
