//! Accounts by a mailed link: what the way there tells of others, where its links lead, and who has the account in the end.

use std::time::{Duration, Instant};

use super::scene::*;
use crate::support::{Answer, MAILBOX, MailServer, MailTls, TestApp, form_encode};

const BY_ADDRESS: &str = "people.registration = \"open\"\npeople.registration_address = true\n";

async fn start() -> TestApp {
    TestApp::start_with(&format!("{BY_ADDRESS}{MAILBOX}")).await
}

/// Asks for a link with other headers than a browser sends.
async fn ask_with(app: &TestApp, address: &str, headers: &[(&str, &str)]) -> Answer {
    let browser = app.browser();
    let (_, pairs) = browser.open("/register").await.form("form#register-address", &[("email", address)]);
    let cookie = format!("claviger-csrf={}", browser.cookie("claviger-csrf").unwrap());
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let all = [&[("cookie", cookie.as_str()), ("accept", "text/html")], headers].concat();
    app.post_raw("/register", form_encode(&pairs), &all).await
}

/// The link that was mailed to an address.
async fn link_to(app: &TestApp, address: &str) -> String {
    let mails = app.mails().await;
    mails.iter().find(|read| read.mail.recipient == address).unwrap().link(app)
}

/// The same status, headers and words whether an address has an account or not, and however often it is typed.
#[actix_web::test]
async fn registers_to_learn_who_has_an_account() {
    let app = start().await;
    app.person("ada").await;
    let mut answers = Vec::new();
    for address in ["ada@example.com", "nobody@example.com", "ADA@example.com", "ada@example.com", "ada@example.com"] {
        let answer = ask_with(&app, address, &[]).await;
        app.post_mail().await;
        answers.push((answer.status, answer.header("location").to_owned(), answer.body.clone()));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert_eq!((answers[0].0, answers[0].1.as_str()), (303, "/register/sent"));
    let mut told = Vec::new();
    for address in ["ada@example.com", "nobody@example.com"] {
        let mut held = ask_with(&app, address, &[]).await;
        while held.status == 303 {
            held = ask_with(&app, address, &[]).await;
        }
        told.push(["retry-after", "ratelimit-policy"].map(|name| held.header(name).to_owned()));
    }
    assert_eq!(told[0], told[1]);
}

/// How long the answer takes tells nothing: nobody looks whose the address is before it is given.
#[actix_web::test]
async fn times_registrations_to_learn_who_has_an_account() {
    const ROUNDS: usize = 60;
    let app = start().await;
    app.person("ada").await;
    let mut times = [Vec::new(), Vec::new()];
    for round in 0..ROUNDS {
        for step in 0..2 {
            let kind = (round + step) % 2;
            app.clock.advance(Duration::from_mins(10));
            let address = ["ada@example.com", "eve@example.com"][kind];
            let began = Instant::now();
            assert_eq!(ask_with(&app, address, &[]).await.status, 303);
            times[kind].push(began.elapsed());
        }
    }
    let [known, unknown] = &times;
    let points = known.iter().flat_map(|one| unknown.iter().map(move |two| f64::from(one.cmp(two) as i8 + 1) / 2.0));
    let share = points.sum::<f64>() / f64::from(u32::try_from(ROUNDS * ROUNDS).unwrap());
    // A half, if nothing tells them apart; chance alone stays within a fifth of that.
    assert!((0.3..0.7).contains(&share), "an account takes longer in {share} of the cases");
}

/// A link in a mail is made of the issuer, whatever a request says of the host that it came to.
#[actix_web::test]
async fn poisons_the_host_of_a_registration() {
    let app = start().await;
    for (number, headers) in [
        &[("host", "evil.example")][..],
        &[("x-forwarded-host", "evil.example"), ("x-forwarded-proto", "https")],
        &[("forwarded", "host=evil.example;proto=https")],
    ]
    .iter()
    .enumerate()
    {
        ask_with(&app, &format!("eve{number}@example.com"), headers).await;
    }
    let mails = app.mails().await;
    assert!(!mails.is_empty());
    for read in mails {
        let all = format!("{} {} {}", read.content.subject, read.content.text, read.content.html);
        assert!(!all.contains("evil.example"), "{all}");
        assert!(read.link(&app).starts_with("/register?link=clv_link_"));
    }
}

/// RFC 9700 §4.11.2: what waits for the new account leads nowhere but to pages of ours and to apps that asked.
#[actix_web::test]
async fn leads_a_new_account_astray() {
    let app = start().await;
    for (number, onward) in
        ["https://evil.example/", "//evil.example", "/login", "/account/../../x y"].into_iter().enumerate()
    {
        let browser = app.browser();
        let path = format!("/register?{}", form_encode(&[("continue", onward)]));
        let form = browser.open(&path).await;
        browser.submit(&form, "form#register-address", &[("email", &format!("eve{number}@example.com"))]).await;
        let link = link_to(&app, &format!("eve{number}@example.com")).await;
        assert!(!link.contains("continue"), "{link}");
        let forged = format!("{link}&{}", form_encode(&[("continue", onward)]));
        let form = browser.open(&forged).await;
        let fields = [("username", &*format!("eve{number}")), ("password", "a password of eve's")];
        let answer = browser.submit_only(&form, "form#set-up", &fields).await.answer;
        assert_eq!((answer.status, answer.header("location").starts_with("/?welcome")), (303, true), "{onward}");
    }
    let browser = app.browser();
    browser.submit(&browser.open("/register").await, "form#register-address", &[("email", "dan@example.com")]).await;
    let link = link_to(&app, "dan@example.com").await;
    assert_eq!(browser.open(&format!("{link}&request=forged")).await.answer.status, 400);
}

/// Whoever holds a link makes an account with its address, whatever else they send.
#[actix_web::test]
async fn makes_an_account_with_another_address_than_that_of_the_link() {
    let app = start().await;
    assert_eq!(ask_with(&app, "eve@example.com", &[]).await.status, 303);
    let link = link_to(&app, "eve@example.com").await;
    let browser = app.browser();
    let form = browser.open(&link).await;
    let (action, mut pairs) = form.form("form#set-up", &[("username", "eve"), ("password", "a password of eve's")]);
    for (name, value) in [("email", "root@example.com"), ("email_verified", "true"), ("role", "owner")] {
        pairs.push((name.to_owned(), value.to_owned()));
    }
    browser.post(&action, &pairs).await;
    let eve = app.cx.store.person_by_login("eve").await.unwrap().unwrap();
    assert_eq!((eve.claims.email.as_deref(), eve.role), (Some("eve@example.com"), None));
    assert!(app.cx.store.person_by_login("root@example.com").await.unwrap().is_none());
}

/// RFC 5322 §2.2: an address with line breaks, lists and markup adds no header, no recipient and no link.
#[actix_web::test]
async fn smuggles_headers_and_links_in_by_the_address_of_a_registration() {
    let server = MailServer::start(MailTls::None);
    let app = TestApp::start_with(&format!("{BY_ADDRESS}{}", server.settings())).await;
    for address in [
        "eve@example.com\r\nBcc: all@example.com",
        "eve@example.com>\r\nRCPT TO:<all@example.com",
        "eve@example.com, all@example.com",
        "<a href=\"https://evil.example\">x</a>@example.com",
    ] {
        let status = ask_with(&app, address, &[]).await.status;
        assert!(matches!(status, 303 | 400 | 422), "{address}: {status}");
        app.post_mail().await;
    }
    assert_eq!(server.count(), 0, "{:?}", server.recipients());
    assert_eq!(ask_with(&app, "eve@example.com", &[]).await.status, 303);
    app.post_mail().await;
    assert_eq!(server.recipients(), ["eve@example.com"]);
}

/// Whoever types the address of somebody else ends no invitation of theirs, and makes no account by a look at what was mailed.
#[actix_web::test]
async fn registers_in_the_name_of_who_is_invited() {
    let app = start().await;
    app.admin("root").await;
    let admin = signed_in(&app, "root").await;
    let page = admin.open("/admin/people").await;
    admin.submit(&page, "form#invite-to-register", &[("email", "eve@example.com")]).await;
    let invitation = link_to(&app, "eve@example.com").await;
    for _ in 0..2 {
        assert_eq!(ask_with(&app, "eve@example.com", &[]).await.status, 303);
    }
    let mails = app.mails().await;
    assert_eq!(mails.iter().filter(|read| read.mail.kind == "registration").count(), 2);
    assert!(app.browser().open(&invitation).await.has("form#set-up"));
}
