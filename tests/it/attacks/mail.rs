//! Mail as a way in: links that lead elsewhere, answers that tell who has an account, names that are more than names.

use std::time::{Duration, Instant};

use super::scene::*;
use claviger::ids::{PasskeyId, PersonId};
use claviger::store::{KeyOwner, Passkey};
use serde_json::json;

use crate::support::{Allowed, ApiKeys, Browser, MAILBOX, MailServer, MailTls, TestApp, form_encode, set_up_phone};

/// Asks for a link with other headers than a browser sends.
async fn ask_with(app: &TestApp, login: &str, headers: &[(&str, &str)]) -> crate::support::Answer {
    let browser = app.browser();
    let (_, pairs) = browser.open("/recover").await.form("form#recover", &[("login", login)]);
    let cookie = format!("claviger-csrf={}", browser.cookie("claviger-csrf").unwrap());
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let all = [&[("cookie", cookie.as_str()), ("accept", "text/html")], headers].concat();
    app.post_raw("/recover", form_encode(&pairs), &all).await
}

/// A link in a mail is made of the issuer, whatever a request says of the host that it came to.
#[actix_web::test]
async fn poisons_the_host_of_a_link() {
    let app = TestApp::start_with(MAILBOX).await;
    app.person("ada").await;
    for headers in [
        &[("host", "evil.example")][..],
        &[("x-forwarded-host", "evil.example"), ("x-forwarded-proto", "https")],
        &[("forwarded", "host=evil.example;proto=https")],
        &[("x-original-url", "https://evil.example/"), ("x-host", "evil.example")],
    ] {
        ask_with(&app, "ada", headers).await;
        for read in app.mails().await {
            let all = format!("{} {} {}", read.content.subject, read.content.text, read.content.html);
            assert!(!all.contains("evil.example"), "{headers:?}: {all}");
            assert!(read.link(&app).starts_with("/recover/password?link=clv_link_"));
        }
    }
    assert!(!app.mails().await.is_empty());
}

/// The same status, headers and words for who has an account and who has none, and for one who asks too often.
#[actix_web::test]
async fn asks_for_links_to_learn_who_has_an_account() {
    let app = TestApp::start_with(MAILBOX).await;
    app.person("ada").await;
    let mut answers = Vec::new();
    for login in ["ada", "ada@example.com", "nobody", "nobody@example.com", "ada", "ada"] {
        let answer = ask_with(&app, login, &[]).await;
        app.post_mail().await;
        answers.push((answer.status, answer.header("location").to_owned(), answer.body.clone()));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert_eq!((answers[0].0, answers[0].1.as_str()), (303, "/recover/sent"));
    let page = app.browser().open("/recover/sent").await;
    assert!(!page.answer.body.contains("ada"));
}

/// Mail without end, for one name: nobody is asked more, and the answer does not tell whether anybody has that name.
#[actix_web::test]
async fn asks_for_links_without_end() {
    let app = TestApp::start_with(MAILBOX).await;
    app.person("ada").await;
    let mut told = Vec::new();
    for login in ["ada", "nobody"] {
        for _ in 0..5 {
            assert_eq!(ask_with(&app, login, &[]).await.status, 303);
        }
        let held = ask_with(&app, &login.to_uppercase(), &[]).await;
        assert_eq!((held.status, held.header("ratelimit-policy")), (429, "\"pair\";q=5;w=900"));
        told.push(["retry-after", "ratelimit", "ratelimit-policy"].map(|name| held.header(name).to_owned()));
    }
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0][0], "60");
}

/// Somebody makes an account with ada's address, puts ways in of their own there, and waits until she recovers it. Nothing of
/// theirs is left: no passkey, app, recovery code, API key, session, refresh chain or consent.
#[actix_web::test]
async fn makes_an_account_with_the_address_of_another() {
    let keys = ApiKeys::start_with(MAILBOX).await;
    let app = &keys.app;
    let eve = app.person("ada").await;
    let set_verified = async |verified: bool| {
        let mut person = app.cx.store.person(eve).await.unwrap().unwrap();
        person.claims.email_verified = Some(verified);
        app.cx.store.write(move |tx| Box::pin(async move { tx.update_person(&person).await })).await.unwrap();
    };
    let browser = signed_in(app, "ada").await;
    let put_ways_in = async |browser: &Browser| {
        set_up_phone(app, browser).await;
        add_passkey(app, eve).await;
        keys.of_person(eve, json!({})).await
    };
    set_verified(false).await;
    let key = put_ways_in(&browser).await;
    let client = app.web_app().await;
    let held = app.tokens(&client, eve, Allowed::default()).await;
    let counts = async || {
        let (store, owner) = (&app.cx.store, KeyOwner::Person(eve));
        let passkeys = store.passkeys_of(eve).await.unwrap().len();
        let apps = store.authenticator_apps_of(eve).await.unwrap().len();
        let codes = store.recovery_codes_left(eve).await.unwrap();
        let (keys, grants) = (store.api_keys_of(&owner, 9).await.unwrap(), store.grants_of(eve).await.unwrap().len());
        (passkeys, apps, codes, keys, grants)
    };
    assert_eq!(counts().await, (1, 1, 10, 1, 1));
    let recover = async || {
        let link = app.recovery_link("ada@example.com").await;
        let ada = app.browser();
        let done =
            ada.submit(&ada.open(&link).await, "form#set-up", &[("password", "a password of ada herself")]).await;
        assert_eq!(done.url.path(), "/recover/done");
    };
    recover().await;
    assert_eq!(counts().await, (0, 0, 0, 0, 0));
    assert!(!browser.open("/").await.has("form#logout"));
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", held["refresh_token"].as_str().unwrap())];
    app.token(&client, &refresh).await.refuses(400, "invalid_grant");
    assert_eq!(keys.introspect(&key.secret).await["active"], json!(false));
    assert_eq!(app.events("factors_reset").await.len(), 1);
    let ada = app.browser();
    let form = ada.open("/login").await;
    let pair = [("username", "ada"), ("password", "a password of ada herself")];
    assert!(ada.submit(&form, "form#login", &pair).await.has("form#logout"), "no second factor of somebody's");
    // What she sets up herself stays, since her address is known now: a mailbox is not two factors.
    put_ways_in(&ada).await;
    recover().await;
    let (passkeys, apps, codes, keys, _) = counts().await;
    assert_eq!((passkeys, apps, codes, keys), (1, 1, 10, 1));
}

/// A passkey of which nobody asks more than that it is there.
async fn add_passkey(app: &TestApp, person: PersonId) {
    let passkey = Passkey {
        id: PasskeyId(app.cx.entropy.uuid()),
        person_id: person,
        name: "phone".to_owned(),
        credential_id: app.cx.entropy.uuid().as_bytes().to_vec(),
        credential: json!({}),
        counter: 0,
        synced: false,
        created_at: app.cx.now(),
        last_used_at: None,
    };
    assert!(app.cx.store.write(move |tx| Box::pin(async move { tx.insert_passkey(&passkey).await })).await.unwrap());
}

/// Whom an admin gave a role, they know: whoever reads their mail takes no second factor of theirs away.
#[actix_web::test]
async fn takes_the_second_factor_of_an_admin_by_their_mail() {
    let app = TestApp::start_with(MAILBOX).await;
    let root = app.admin("root").await;
    let mut person = app.cx.store.person(root).await.unwrap().unwrap();
    person.claims.email_verified = Some(false);
    app.cx.store.write(move |tx| Box::pin(async move { tx.update_person(&person).await })).await.unwrap();
    let browser = signed_in(&app, "root").await;
    set_up_phone(&app, &browser).await;
    let link = app.recovery_link("root").await;
    let thief = app.browser();
    thief.submit(&thief.open(&link).await, "form#set-up", &[("password", "a password of a thief")]).await;
    let pair = [("username", "root"), ("password", "a password of a thief")];
    let page = thief.submit(&thief.open("/login").await, "form#login", &pair).await;
    assert!(page.has("form#totp"), "{}", page.answer.body);
}

/// How long the answer takes tells nothing: nobody looks who it is before it is given.
#[actix_web::test]
async fn times_requests_for_links_to_learn_who_has_an_account() {
    const ROUNDS: usize = 60;
    let app = TestApp::start_with(MAILBOX).await;
    app.person("ada").await;
    let mut times = [Vec::new(), Vec::new()];
    for round in 0..ROUNDS {
        for step in 0..2 {
            let kind = (round + step) % 2;
            app.clock.advance(Duration::from_mins(10));
            let login = ["ada", "eve"][kind];
            let began = Instant::now();
            assert_eq!(ask_with(&app, login, &[]).await.status, 303);
            times[kind].push(began.elapsed());
        }
    }
    let [known, unknown] = &times;
    let points = known.iter().flat_map(|one| unknown.iter().map(move |two| f64::from(one.cmp(two) as i8 + 1) / 2.0));
    let share = points.sum::<f64>() / f64::from(u32::try_from(ROUNDS * ROUNDS).unwrap());
    // A half, if nothing tells them apart; chance alone stays within a fifth of that.
    assert!((0.3..0.7).contains(&share), "an account takes longer in {share} of the cases");
}

/// A link is spent by whoever is first, however many follow it at once.
#[actix_web::test]
async fn follows_a_link_many_times_at_once() {
    let app = TestApp::start_with(MAILBOX).await;
    app.person("ada").await;
    let link = app.recovery_link("ada").await;
    let browsers: Vec<_> = (0..8).map(|_| app.browser()).collect();
    let mut forms = Vec::new();
    for browser in &browsers {
        forms.push(browser.open(&link).await);
    }
    let attempts = browsers.iter().zip(&forms).map(|(browser, form)| async move {
        browser.submit_only(form, "form#set-up", &[("password", "a password of somebody's")]).await.answer.status
    });
    let mut statuses = futures_util::future::join_all(attempts).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 410, 410, 410, 410, 410, 410, 410]);
    assert_eq!(app.events("password_set").await.len(), 1);
}

/// RFC 5322 §2.2: a name with line breaks and markup adds no header, no recipient and no link.
#[actix_web::test]
async fn smuggles_headers_and_links_in_by_a_name() {
    let server = MailServer::start(MailTls::None);
    let app = TestApp::start_with(&server.settings()).await;
    let eve = app.person("eve").await;
    let mut person = app.cx.store.person(eve).await.unwrap().unwrap();
    let name =
        "Eve\r\nBcc: all@example.com\r\n\r\n<a href=\"https://evil.example\">Click</a>\r\n.\r\nMAIL FROM:<x@y.z>";
    person.claims.name = Some(name.to_owned());
    app.cx.store.write(move |tx| Box::pin(async move { tx.update_person(&person).await })).await.unwrap();
    assert_eq!(ask_with(&app, "eve", &[]).await.status, 303);
    app.post_mail().await;
    assert_eq!(server.recipients(), ["eve@example.com"]);
    server.read_last(|mail| {
        assert!(mail.bcc().is_none() && mail.header_raw("Bcc").is_none());
        let html = mail.body_html(0).unwrap();
        assert_eq!(html.matches("<a ").count(), 1, "{html}");
        assert!(!html.contains("href=\"https://evil.example"), "{html}");
    });
}

/// An address that is two, or a command: what is no address is sent nothing.
#[actix_web::test]
async fn smuggles_recipients_in_by_an_address() {
    let server = MailServer::start(MailTls::None);
    let app = TestApp::start_with(&server.settings()).await;
    for (number, address) in
        ["eve@example.com>\r\nRCPT TO:<all@example.com", "eve@example.com, all@example.com"].into_iter().enumerate()
    {
        let login = format!("eve{number}");
        let eve = app.person(&login).await;
        let mut person = app.cx.store.person(eve).await.unwrap().unwrap();
        person.claims.email = Some(address.to_owned());
        app.cx.store.write(move |tx| Box::pin(async move { tx.update_person(&person).await })).await.unwrap();
        assert_eq!(ask_with(&app, &login, &[]).await.status, 303);
        app.post_mail().await;
    }
    assert_eq!(server.count(), 0);
    assert_eq!(app.events("mail_failed").await.len(), 2);
    assert!(signed_in(&app, "eve0").await.open("/").await.has("form#logout"));
}
