//! Somebody has an account at another provider, or has got into one, and wants more here than that gives: past the second
//! factor, into the account of whoever had the address before, or ada's account with a way in of their own.

use std::time::Duration;

use serde_json::json;

use super::scene::*;
use crate::support::{Browser, FakeProvider, PASSWORD, Page, REACH_LOOPBACK, TestApp, person_with_phone};

const BY_ADDRESS: &str = "link = \"verified_email\"\n";
const LINKED: &str = "/account/providers";

async fn server(settings: &str, more: &str) -> (FakeProvider, TestApp) {
    let provider = FakeProvider::start();
    let app = TestApp::start_with(&format!("{settings}{REACH_LOOPBACK}{}", provider.section("harbour", more))).await;
    (provider, app)
}

/// Links an account with who is signed in at `browser`.
async fn link(provider: &FakeProvider, browser: &Browser, id: &str) {
    let page = browser.open(LINKED).await;
    let there = browser.submit_only(&page, "form#link-provider", &[("link", id)]).await.url;
    provider.says(|says| drop(says.claims.as_object_mut().unwrap().remove("nonce")));
    let back = browser.open(&provider.way_back(&there)).await;
    assert!(back.has("section.own"), "{} {}", back.url, back.answer.body);
}

/// Presses the button that takes the account at this place of the list away.
async fn unlink(browser: &Browser, page: &Page, at: usize) -> Page {
    let (action, mut form) = page.form("section.own form", &[]);
    let buttons = scraper::Html::parse_document(&page.answer.body);
    let selector = scraper::Selector::parse("button[name=unlink]").unwrap();
    let id = buttons.select(&selector).nth(at).unwrap().attr("value").unwrap().to_owned();
    form.push(("unlink".to_owned(), id));
    browser.post(&action, &form).await
}

/// RFC 8176 §2: whoever has a second factor here is asked for it, whatever the provider says of how somebody signed in there,
/// unless the settings believe it that it was by several.
#[actix_web::test]
async fn comes_through_a_provider_past_the_second_factor() {
    for (settings, told, is_in) in [
        ("", json!({ "amr": ["mfa"], "acr": "gold" }), false),
        ("amr = [\"pwd\", \"otp\"]\n", json!({ "amr": ["pwd", "otp", "mfa"] }), false),
        ("acr = [\"gold = mfa\"]\n", json!({ "acr": "silver", "amr": ["mfa"] }), false),
        ("amr = [\"mfa\"]\n", json!({ "amr": ["mfa"] }), true),
        ("acr = [\"gold = mfa\"]\n", json!({ "acr": "gold" }), true),
    ] {
        let (provider, app) = server("", &format!("{BY_ADDRESS}{settings}")).await;
        app.person("ada").await;
        assert!(provider.sign_in(&app.browser(), "harbour").await.has("form#logout"), "linked before");
        let (phone, _) = person_with_phone(&app, "ada").await;
        provider.says(|says| says.claims = told.clone());
        let browser = app.browser();
        let page = provider.sign_in(&browser, "harbour").await;
        assert_eq!(page.has("form#logout"), is_in, "{settings}: {}", page.answer.body);
        assert_eq!(browser.cookie("claviger-session").is_some(), is_in, "{settings}");
        if !is_in {
            assert!(page.has("form#totp"), "{settings}: {}", page.answer.body);
            let code = phone.code(app.cx.now());
            let page = browser.submit(&page, "form#totp", &[("code", &code)]).await;
            assert!(page.has("form#logout"), "the owner has the phone: {}", page.answer.body);
            let ways = app.events("sign_in").await.into_iter().map(|event| event.details["method"].clone());
            assert!(ways.into_iter().any(|way| way == "provider, code"));
        }
    }
}

/// Whoever has ada's verified address at a provider, and not what else she signs in by here, links nothing with her account: not
/// even while the page asks for the second factor.
#[actix_web::test]
async fn links_by_the_address_of_who_has_a_second_factor() {
    for has_phone in [true, false] {
        let provider = FakeProvider::start();
        let section = provider.section("harbour", &format!("{BY_ADDRESS}amr = [\"mfa\"]\n"));
        let app = TestApp::start_by_name(&format!("{REACH_LOOPBACK}{section}")).await;
        let ada = app.person("ada").await;
        if has_phone {
            person_with_phone(&app, "ada").await;
        } else {
            app.passkey(&signed_in(&app, "ada").await, "Key").await;
        }
        provider.says(|says| says.claims = json!({ "amr": ["pwd"] }));
        let browser = app.browser();
        let page = provider.sign_in(&browser, "harbour").await;
        assert_eq!(page.answer.status, 409, "{}", page.answer.body);
        assert!(app.cx.store.provider_accounts_of(ada).await.unwrap().is_empty());
        assert!(browser.cookie("claviger-session").is_none() && app.events("provider_linked").await.is_empty());
        // By several factors there, as the settings believe, she does.
        provider.says(|says| says.claims = json!({ "amr": ["mfa"] }));
        assert!(provider.sign_in(&app.browser(), "harbour").await.has("form#logout"));
        assert_eq!(app.cx.store.provider_accounts_of(ada).await.unwrap().len(), 1);
    }
}

/// RFC 9700 §4.4: the provider has given ada's address to somebody else: another subject, the same verified address.
#[actix_web::test]
async fn takes_over_an_account_by_an_address_that_moved_on() {
    let (provider, app) = server("", BY_ADDRESS).await;
    let ada = app.person("ada").await;
    assert!(provider.sign_in(&app.browser(), "harbour").await.has("form#logout"));
    provider.says_subject("there-2");
    let refused = provider.sign_in(&app.browser(), "harbour").await;
    assert_eq!((refused.answer.status, refused.has("form#logout")), (409, false), "{}", refused.answer.body);
    assert_eq!(app.cx.store.provider_accounts_of(ada).await.unwrap().len(), 1);
    // Whoever she was there is still her, whatever the address.
    provider.says_subject("there-1");
    provider.says_address("another@example.com", true);
    assert!(provider.sign_in(&app.browser(), "harbour").await.has("form#logout"));
}

/// Whoever finds ada's browser open, with the page of long ago still in it, gives themselves no way in, and takes none away.
#[actix_web::test]
async fn finds_a_browser_open_and_links_an_account() {
    let (provider, app) = server("", BY_ADDRESS).await;
    let ada = app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    link(&provider, &browser, "harbour").await;
    let page = browser.open(LINKED).await;
    app.clock.advance(app.cx.config.sessions.recent_lifetime + Duration::from_millis(1));
    let sent = browser.submit_only(&page, "form#link-provider", &[("link", "harbour")]).await;
    assert_eq!((sent.answer.status, sent.url.path()), (303, "/login"), "{}", sent.answer.body);
    let sent = unlink(&browser, &page, 0).await;
    assert!(sent.has("form#login"), "{}", sent.answer.body);
    assert_eq!(app.cx.store.provider_accounts_of(ada).await.unwrap().len(), 1);
}

/// RFC 8176 §2: whoever knows ada's password, and has not her phone, links no account that would be a way round it.
#[actix_web::test]
async fn links_an_account_with_half_a_sign_in() {
    let (provider, app) = server("second_factor.always = false\n", "amr = [\"mfa\"]\n").await;
    let ada = app.person("ada").await;
    person_with_phone(&app, "ada").await;
    let browser = app.browser();
    let form = browser.open("/login").await;
    let pair = [("username", "ada"), ("password", PASSWORD)];
    assert!(browser.submit(&form, "form#login", &pair).await.has("form#logout"));
    assert_eq!(browser.open(LINKED).await.url.path(), "/login/second");
    let mut form = browser.open("/logout").await.form("form#logout", &[]).1;
    form.push(("link".to_owned(), "harbour".to_owned()));
    let sent = browser.post(LINKED, &form).await;
    assert_eq!(sent.url.path(), "/login/second", "{}", sent.answer.body);
    assert!(provider.times_asked() == 0 && app.cx.store.provider_accounts_of(ada).await.unwrap().is_empty());
}

/// Whoever came through providers alone keeps one: of two that go at the same moment one stays, and one that the settings do
/// not name any more is none.
#[actix_web::test]
async fn takes_the_last_ways_in_away_at_the_same_moment() {
    let (harbour, tides) = (FakeProvider::start(), FakeProvider::start());
    let by_harbour = format!("people.registration = \"open\"\n{REACH_LOOPBACK}{}", harbour.section("harbour", ""));
    let app = TestApp::start_with(&format!("{by_harbour}{}", tides.section("tides", ""))).await;
    let browser = app.browser();
    let form = harbour.sign_in(&browser, "harbour").await;
    browser.submit(&form, "form#provider-register", &[("username", "ada")]).await;
    link(&tides, &browser, "tides").await;
    let ada = app.cx.store.person_by_login("ada").await.unwrap().unwrap();
    // At a server that knows only one of both, it is the last one.
    let other = app.second_server_with(&by_harbour).await;
    let there = other.browser();
    assert!(harbour.sign_in(&there, "harbour").await.has("form#logout"));
    let page = there.open(LINKED).await;
    let at = app.cx.store.provider_accounts_of(ada.id).await.unwrap();
    let at = at.iter().position(|account| account.provider == "harbour").unwrap();
    assert_eq!(unlink(&there, &page, at).await.answer.status, 409);
    let page = browser.open(LINKED).await;
    let answers = futures_util::future::join(unlink(&browser, &page, 0), unlink(&browser, &page, 1)).await;
    let statuses = [answers.0.answer.status, answers.1.answer.status];
    assert!(statuses == [200, 409] || statuses == [409, 200], "{statuses:?}");
    assert_eq!(app.cx.store.provider_accounts_of(ada.id).await.unwrap().len(), 1);
}

/// A passkey is a way in as well, and an account at a provider is one beside a passkey; the last of all stays.
#[actix_web::test]
async fn takes_a_passkey_and_an_account_away() {
    let provider = FakeProvider::start();
    let section = provider.section("harbour", "amr = [\"mfa\"]\n");
    let app = TestApp::start_by_name(&format!("people.registration = \"open\"\n{REACH_LOOPBACK}{section}")).await;
    provider.says(|says| says.claims = json!({ "amr": ["mfa"] }));
    let browser = app.browser();
    let form = provider.sign_in(&browser, "harbour").await;
    browser.submit(&form, "form#provider-register", &[("username", "ada")]).await;
    let ada = app.cx.store.person_by_login("ada").await.unwrap().unwrap();
    app.passkey(&browser, "First").await;
    app.passkey(&browser, "Second").await;
    let remove = async || {
        let list = browser.open("/account/security/passkeys").await;
        let question = list.links("main a[href$='/remove']").remove(0);
        let question = browser.open(&question).await;
        browser.submit(&question, "form#remove", &[]).await.answer.status
    };
    assert_eq!(remove().await, 200);
    let page = browser.open(LINKED).await;
    assert_eq!(unlink(&browser, &page, 0).await.answer.status, 200, "the other passkey is a way in");
    assert_eq!(remove().await, 422, "the last one");
    link(&provider, &browser, "harbour").await;
    assert_eq!(remove().await, 200, "the account at the provider is a way in");
    let page = browser.open(LINKED).await;
    assert_eq!(unlink(&browser, &page, 0).await.answer.status, 409, "the last one");
    assert_eq!(app.cx.store.provider_accounts_of(ada.id).await.unwrap().len(), 1);
}

/// Eve takes an account away that is ada's, by its identifier; and ada's account goes, with all that it was linked with.
#[actix_web::test]
async fn takes_somebody_elses_account_away() {
    let (provider, app) = server("", "").await;
    let (ada, _) = (app.person("ada").await, app.person("eve").await);
    let (hers, eves) = (signed_in(&app, "ada").await, signed_in(&app, "eve").await);
    link(&provider, &hers, "harbour").await;
    let id = app.cx.store.provider_accounts_of(ada).await.unwrap()[0].id.to_string();
    let page = eves.open(LINKED).await;
    let (action, mut form) = page.form("form#link-provider", &[]);
    form.push(("unlink".to_owned(), id));
    eves.post(&action, &form).await;
    assert_eq!(app.cx.store.provider_accounts_of(ada).await.unwrap().len(), 1);
    assert!(app.events("provider_unlinked").await.is_empty());
    let page = hers.open("/account/delete").await;
    hers.submit(&page, "form#delete-account", &[("username", "ada")]).await;
    assert!(app.cx.store.provider_account("harbour", "there-1").await.unwrap().is_none());
}
