//! Passkeys: added, named, removed, and used in place of username and password.

use super::*;
use crate::support::{CHALLENGE, PRESENT, REDIRECT_URI, SYNCED, VERIFIED, VERIFIER, claims, form_encode};

const LIST: &str = "/account/security/passkeys";
const NEW: &str = "/account/security/passkeys/new";

/// A server that has a name, and ada in her browser.
async fn ada(toml: &str) -> (TestApp, Browser) {
    let app = TestApp::start_by_name(toml).await;
    app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    (app, browser)
}

#[track_caller]
fn refused(page: &Page, text: &str) {
    assert_eq!((page.answer.status, page.text("p.problem[role=alert]:not([hidden])").as_str()), (422, text));
}

const NOT_HERE: &str = "This passkey cannot be used here. Try another one, or your password.";
const LATE: &str = "That took too long. Please try again.";

#[actix_web::test]
async fn sign_in_without_a_username_or_password() {
    let (app, browser) = ada("").await;
    assert!(browser.open(LIST).await.text("main").contains("With a passkey you sign in by your device"));
    let key = app.passkey(&browser, "My phone").await;
    let list = browser.open(LIST).await;
    assert_eq!(list.text("section.own h2"), "My phone");
    assert_eq!(list.text("section.own .hint"), "Added 2026-11-23. Not used yet. It is on one device only.");
    let other = app.browser();
    let form = other.open("/login").await;
    assert!(form.answer.header("content-security-policy").contains("; script-src 'self';"));
    let home = key.sign_in(&other, &form).await;
    assert!(home.has("form#logout"), "{}", home.answer.body);
    assert!(other.open(LIST).await.text("section.own .hint").contains("Last used 2026-11-23 00:00 UTC."));
    let (added, used) = (&app.events("passkey_added").await[0], &app.events("passkey_used").await[0]);
    assert_eq!((&added.details["name"], &used.details["name"]), (&"My phone".into(), &"My phone".into()));
    let sign_ins = app.events("sign_in").await;
    assert_eq!(sign_ins.iter().filter(|event| event.details["method"] == "passkey").count(), 1);
}

/// RFC 8176 §2: what an app is told of a sign-in by passkey.
#[actix_web::test]
async fn tell_an_app_by_what_somebody_signed_in() {
    let levels =
        "[[acr_levels]]\nname = \"0\"\nmethods = []\n[[acr_levels]]\nname = \"phr\"\nmethods = [\"pop\", \"mfa\"]\n";
    let (app, browser) = ada(levels).await;
    let client = app.web_app().await;
    for (flags, amr) in [
        (PRESENT | VERIFIED, json(&["pop", "user", "mfa"])),
        (PRESENT | VERIFIED | SYNCED, json(&["pop", "user", "mfa", "swk"])),
    ] {
        let key = app.passkey_with(&browser, "Key", flags).await;
        let other = app.browser();
        let request = form_encode(&[
            ("response_type", "code"),
            ("client_id", "app"),
            ("redirect_uri", REDIRECT_URI),
            ("scope", "openid"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ]);
        let form = other.open(&format!("/oauth2/authorize?{request}")).await;
        let consent = key.sign_in(&other, &form).await;
        let back = if consent.has("form#consent") {
            other.submit(&consent, "form#consent", &[("decision", "allow")]).await
        } else {
            consent
        };
        let code = back.query("code").unwrap_or_else(|| panic!("{}: {}", back.url, back.answer.body));
        let redeem = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", VERIFIER),
        ];
        let told = claims(app.token(&client, &redeem).await.ok()["id_token"].as_str().unwrap());
        assert_eq!((&told["amr"], &told["acr"]), (&amr, &"phr".into()));
        app.clock.advance(Duration::from_secs(1));
    }
}

fn json(words: &[&str]) -> serde_json::Value {
    words.iter().copied().map(serde_json::Value::from).collect()
}

#[actix_web::test]
async fn confirm_who_is_signed_in() {
    let (app, browser) = ada("").await;
    let key = app.passkey(&browser, "Key").await;
    app.clock.advance(app.cx.config.sessions.recent_lifetime + Duration::from_secs(1));
    let form = browser.open(NEW).await;
    assert_eq!((form.url.path(), form.text("form#passkey button").as_str()), ("/login", "Confirm with a passkey"));
    let page = key.sign_in(&browser, &form).await;
    assert_eq!((page.url.path(), page.text("h1").as_str()), (NEW, "Add a passkey"));
}

#[actix_web::test]
async fn outlive_the_window_where_that_was_ticked() {
    let (app, browser) = ada("").await;
    let key = app.passkey(&browser, "Key").await;
    for remember in [false, true] {
        let other = app.browser();
        let form = other.open("/login").await;
        let answer = key.answer(&form);
        let fields = [("answer", answer.as_str()), ("remember", "yes")];
        let home = other.submit(&form, "form#passkey", &fields[..=usize::from(remember)]).await;
        let cookie = home.set_cookies.iter().find(|cookie| cookie.starts_with(COOKIE)).unwrap();
        assert_eq!(cookie.contains("Max-Age=34560000"), remember, "{cookie}");
    }
}

#[actix_web::test]
async fn can_be_several_with_names_of_their_own() {
    let (app, browser) = ada("").await;
    let phone = app.passkey(&browser, "Phone").await;
    app.clock.advance(Duration::from_secs(1));
    let stick = app.passkey(&browser, " Security key ").await;
    let list = browser.open(LIST).await;
    assert_eq!(list.text("section.own h2"), "Phone Security key");
    let links = list.links("section.own a");
    let form = browser.open(&links[0]).await;
    for name in ["", "  ", &"a".repeat(61)] {
        refused(
            &browser.submit(&form, "form#rename", &[("name", name)]).await,
            "Please give it a name of 1 to 60 characters.",
        );
    }
    let list = browser.submit(&form, "form#rename", &[("name", "Ada’s phone")]).await;
    assert_eq!(list.text("section.own h2"), "Ada’s phone Security key");
    let question = browser.open(&links[1]).await;
    assert_eq!(question.text("h1"), "Remove Ada’s phone ?");
    let list = browser.submit(&question, "form#remove", &[]).await;
    assert_eq!(list.text("section.own h2"), "Security key");
    let other = app.browser();
    refused(&phone.sign_in(&other, &other.open("/login").await).await, NOT_HERE);
    assert!(stick.sign_in(&other, &other.open("/login").await).await.has("form#logout"));
    for kind in ["passkey_renamed", "passkey_removed"] {
        assert_eq!(app.events(kind).await.len(), 1, "{kind}");
    }
    assert_eq!(browser.open(&links[0]).await.answer.status, 404, "it is gone");
}

#[actix_web::test]
async fn are_added_and_removed_by_whoever_proved_it_lately() {
    let (app, browser) = ada("").await;
    app.passkey(&browser, "Key").await;
    let add = browser.open(NEW).await;
    let (_, answer) = crate::support::SoftKey::make(&add, PRESENT | VERIFIED);
    let remove = browser.open(LIST).await.links("section.own a")[1].clone();
    let question = browser.open(&remove).await;
    app.clock.advance(app.cx.config.sessions.recent_lifetime + Duration::from_secs(1));
    let fields = [("name", "Another"), ("answer", answer.as_str())];
    assert_eq!(browser.submit(&add, "form#passkey", &fields).await.url.path(), "/login");
    assert_eq!(browser.submit(&question, "form#remove", &[]).await.url.path(), "/login");
    for path in [NEW, remove.as_str()] {
        assert_eq!(browser.open(path).await.url.path(), "/login", "{path}");
    }
    assert_eq!(rows(&app, "passkeys").await, 1);
}

#[actix_web::test]
async fn come_too_late_after_a_while() {
    let (app, browser) = ada("").await;
    let key = app.passkey(&browser, "Key").await;
    let other = app.browser();
    let (in_time, late) = (other.open("/login").await, app.browser());
    let form = late.open("/login").await;
    app.clock.advance(Duration::from_mins(10));
    assert!(key.sign_in(&other, &in_time).await.has("form#logout"));
    app.clock.advance(Duration::from_millis(1));
    let again = key.sign_in(&late, &form).await;
    refused(&again, LATE);
    assert!(key.sign_in(&late, &again).await.has("form#logout"), "the page asks anew");
}

#[actix_web::test]
async fn need_a_name_of_the_server() {
    let app = TestApp::start().await;
    app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    let form = app.browser().open("/login").await;
    assert!(!form.has("form#passkey, script") && form.has("form#login"));
    assert!(browser.open(LIST).await.text("main").contains("no name that passkeys could be made for"));
    assert_eq!(browser.open(NEW).await.answer.status, 404);
    let form = browser.open("/login?another=yes").await;
    let csrf = form.form("form#login", &[]).1.into_iter().find(|(name, _)| name == "csrf").unwrap();
    assert_eq!(browser.post("/login/passkey", &[csrf]).await.answer.status, 404);
}

#[actix_web::test]
async fn are_twenty_at_most() {
    let (app, browser) = ada("").await;
    for _ in 0..20 {
        app.passkey(&browser, "Key").await;
    }
    let page = browser.open(NEW).await;
    let (_, answer) = crate::support::SoftKey::make(&page, PRESENT | VERIFIED);
    let again = browser.submit(&page, "form#passkey", &[("name", "One more"), ("answer", &answer)]).await;
    refused(&again, "You have as many passkeys as you can. Remove one that you no longer need.");
    assert_eq!(rows(&app, "passkeys").await, 20);
}

#[actix_web::test]
async fn are_all_that_some_accounts_have() {
    let (app, browser) = ada("").await;
    let key = app.passkey(&browser, "Key").await;
    let db = Database::connect(app.cx.config.database.url.to_url().expose_secret()).await.unwrap();
    db.execute_unprepared("UPDATE people SET password_hash = NULL").await.unwrap();
    db.close().await.unwrap();
    let other = app.browser();
    assert!(key.sign_in(&other, &other.open("/login").await).await.has("form#logout"));
    let security = other.open("/account/security").await;
    assert_eq!(security.text("section[aria-labelledby=password] a"), "Choose a password");
    assert_eq!(other.open("/account/security/password").await.text("h1"), "Choose a password");
    let remove = other.open(LIST).await.links("section.own a")[1].clone();
    let kept = other.submit(&other.open(&remove).await, "form#remove", &[]).await;
    assert!(kept.answer.status == 422 && kept.text("p.problem").starts_with("You have no password"));
    app.passkey(&other, "Another").await;
    other.submit(&other.open(&remove).await, "form#remove", &[]).await;
    assert_eq!(rows(&app, "passkeys").await, 1);
}

#[actix_web::test]
async fn go_with_their_person() {
    let (app, browser) = ada("").await;
    app.passkey(&browser, "Key").await;
    let ada = app.cx.store.person_by_login("ada").await.unwrap().unwrap().id;
    app.cx.store.write(move |tx| Box::pin(async move { tx.delete_person(ada).await })).await.unwrap();
    assert_eq!(rows(&app, "passkeys").await, 0);
}

const FOR_AUDITORS: &str = "second_factor.required_for = [\"auditor\"]\n";

/// As a second factor: after the password, where the settings want one.
#[actix_web::test]
async fn follow_the_password_where_a_second_factor_is_required() {
    let (app, browser) = ada(FOR_AUDITORS).await;
    let key = app.passkey(&browser, "Key").await;
    app.person("eve").await;
    assert!(signed_in(&app, "ada").await.open("/").await.has("form#logout"), "a passkey is one more way in");
    for username in ["ada", "eve"] {
        let person = app.cx.store.person_by_login(username).await.unwrap().unwrap();
        app.make_auditor(person.id).await;
    }
    let theirs = app.browser();
    let page = sign_in_at(&theirs, &theirs.open("/login").await, "eve", PASSWORD).await;
    assert_eq!(page.url.path(), "/account/security/app", "eve has none yet");
    let other = app.browser();
    let second = sign_in_at(&other, &other.open("/login").await, "ada", PASSWORD).await;
    assert_eq!(second.url.path(), "/login/second");
    assert!(second.has("form#passkey") && !second.has("form#totp"), "{}", second.answer.body);
    assert_eq!(second.text("h1"), "Use your passkey");
    let asked = second.attribute("form#passkey", "data-options");
    assert!(asked.contains("\"allowCredentials\":[{"), "{asked}");
    let home = key.sign_in(&other, &second).await;
    assert!(home.has("form#logout"), "{}", home.answer.body);
    let alone = app.browser();
    assert!(key.sign_in(&alone, &alone.open("/login").await).await.has("form#logout"), "alone it is two factors");
}

#[actix_web::test]
async fn of_somebody_else_are_no_second_factor() {
    let (app, browser) = ada(FOR_AUDITORS).await;
    app.person("eve").await;
    app.passkey(&browser, "Ada’s").await;
    let of_eve = app.passkey(&signed_in(&app, "eve").await, "Eve’s").await;
    app.make_auditor(app.cx.store.person_by_login("ada").await.unwrap().unwrap().id).await;
    let other = app.browser();
    let second = sign_in_at(&other, &other.open("/login").await, "ada", PASSWORD).await;
    assert_eq!(second.url.path(), "/login/second");
    let page = of_eve.sign_in(&other, &second).await;
    refused(&page, "This passkey cannot be used here. It has to be one of yours.");
    assert!(!other.open("/").await.has("form#logout"));
}

/// Whoever has a second factor adds nothing by the password alone.
#[actix_web::test]
async fn are_not_added_by_half_of_a_person() {
    let (app, browser) = ada("").await;
    app.passkey(&browser, "Key").await;
    let thief = signed_in(&app, "ada").await;
    assert_eq!(thief.open(NEW).await.url.path(), "/login/second");
    assert_eq!(thief.open(LIST).await.url.path(), "/login/second", "they are not even shown");
    for link in browser.open(LIST).await.links("section.own a") {
        assert_eq!(thief.open(&link).await.url.path(), "/login/second", "{link}");
    }
}

/// Their pages are part of the account, within reach of the others.
#[actix_web::test]
async fn are_looked_after_among_the_other_pages() {
    let (app, browser) = ada("").await;
    app.passkey(&browser, "Key").await;
    let links = browser.open(LIST).await.links("section.own a");
    for path in [LIST, NEW].into_iter().chain(links.iter().map(String::as_str)) {
        let page = browser.open(path).await;
        assert_eq!(page.links("nav.places a[aria-current=page]"), ["/account/security"], "{path}");
    }
}

/// Whoever has to have a second factor may have a passkey for one, and goes on to where they wanted to go.
#[actix_web::test]
async fn are_added_by_who_must_have_a_second_factor() {
    let app = TestApp::start_by_name("second_factor.required_for = [\"everyone\"]\n").await;
    app.web_app().await;
    let instead = "main a[href*='/passkeys/new']";
    for (username, waits) in [("ada", false), ("eve", true)] {
        app.person(username).await;
        let browser = app.browser();
        let form = browser.open("/login?continue=/account/apps").await;
        let mut page = sign_in_at(&browser, &form, username, PASSWORD).await;
        if waits {
            let request = sealed(&app, &waiting(&app, "openid"));
            page = browser.open(&format!("{RESUME}?request={request}")).await;
        }
        assert_eq!(page.url.path(), "/account/security/app", "{}", page.answer.body);
        let page = browser.open(&page.links(instead)[0]).await;
        assert!(page.text("main").contains("need a second factor"), "{}", page.answer.body);
        let back = browser.open(&page.links("main a[href*='/security/app']")[0]).await;
        assert!(back.has("form#app"), "{}", back.answer.body);
        let (key, answer) = crate::support::SoftKey::make(&page, PRESENT | VERIFIED);
        let unnamed = browser.submit(&page, "form#passkey", &[("name", ""), ("answer", &answer)]).await;
        assert_eq!(unnamed.answer.status, 422);
        let on = browser.submit(&page, "form#passkey", &[("name", "Phone"), ("answer", &answer)]).await;
        if waits {
            assert!(on.has("form#consent"), "{} {}", on.url, on.answer.body);
        } else {
            assert_eq!((on.url.path(), on.answer.status), ("/account/apps", 200), "{}", on.answer.body);
        }
        let other = app.browser();
        let second = sign_in_at(&other, &other.open("/login").await, username, PASSWORD).await;
        assert_eq!(second.url.path(), "/login/second");
        assert!(key.sign_in(&other, &second).await.has("form#logout"));
    }
    // Somebody who has one already is asked for it first.
    let thief = app.browser();
    let page = sign_in_at(&thief, &thief.open("/login").await, "ada", PASSWORD).await;
    assert_eq!(page.url.path(), "/login/second");
    assert_eq!(thief.open(&format!("{NEW}?continue=/account/apps")).await.url.path(), "/login");
}
