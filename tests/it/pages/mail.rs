//! Mail, from what happens to the mail server that takes it.

use std::time::Duration;

use claviger::domain::events::{Actor, Origin};
use claviger::domain::people::Act;
use claviger::domain::people::accounts::NewPerson;
use claviger::domain::people::invite::{Invited, invite};
use claviger::protocol::claims::StandardClaims;
use claviger::store::MailState;

use super::*;
use crate::support::{MAILBOX, MailServer, MailTls, set_up_phone};

async fn ask(app: &TestApp, login: &str) {
    let browser = app.browser();
    let form = browser.open("/recover").await;
    assert_eq!(browser.submit(&form, "form#recover", &[("login", login)]).await.answer.status, 200);
}

/// The state of the only mail there is, how often it was tried, and why it was not taken.
async fn fate(app: &TestApp) -> (MailState, i32, Option<String>) {
    let mails = app.cx.store.latest_mails(10).await.unwrap();
    assert_eq!(mails.len(), 1);
    (mails[0].state, mails[0].attempts, mails[0].reason.clone())
}

/// RFC 2046 §5.1.4, RFC 3834 §5: text and HTML of the same words, from whom the settings say, and answered by no machine.
#[actix_web::test]
async fn arrives_as_text_and_html_and_leaves_nothing_behind() {
    let server = MailServer::start(MailTls::None);
    let app = TestApp::start_with(&server.settings()).await;
    app.person("ada").await;
    ask(&app, "ada").await;
    app.post_mail().await;
    assert_eq!(server.recipients(), ["ada@example.com"]);
    let link = server.read_last(|mail| {
        let (text, html) = (mail.body_text(0).unwrap().into_owned(), mail.body_html(0).unwrap().into_owned());
        let link = text.lines().find(|line| line.starts_with(&app.issuer)).unwrap().to_owned();
        assert!(html.contains(&format!("href=\"{link}\"")), "{html}");
        assert!(text.contains("30 minutes") && html.contains("30 minutes"));
        assert_eq!(mail.subject(), Some("Choose a new password"));
        assert_eq!(mail.from().unwrap().first().unwrap().address(), Some("id@harbour.example"));
        assert_eq!(mail.header_raw("Auto-Submitted").map(str::trim), Some("auto-generated"));
        assert_eq!(mail.date().unwrap().to_timestamp(), app.cx.now().seconds());
        assert!(mail.message_id().unwrap().ends_with("@harbour.example"));
        link
    });
    assert!(String::from_utf8(server.last_raw()).unwrap().contains("Content-Type: multipart/alternative;"));
    assert_eq!(fate(&app).await, (MailState::Sent, 1, None));
    let everything = app.everything().await;
    assert!(!everything.contains("clv_link_"), "nothing is kept in clear");
    assert!(app.cx.store.latest_mails(1).await.unwrap()[0].sealed.is_none(), "what it said is gone");
    assert_eq!(app.browser().open(&link).await.answer.status, 200);
    app.post_mail().await;
    assert_eq!(server.count(), 1, "it is sent once");
}

/// RFC 2046 §5.1.4: every kind of letter arrives so: each line of the text stands in the HTML, and no other link.
#[actix_web::test]
async fn brings_every_kind_of_letter() {
    let server = MailServer::start(MailTls::None);
    let more = "people.editable = [\"email\"]\npeople.sign_in_links = true\npeople.registration = \"open\"\n\
                people.registration_address = true\nsecond_factor.always = false\n";
    let app = TestApp::start_with(&format!("{more}{}", server.settings())).await;
    app.person("ada").await;
    let read = async |expected: &str| {
        let before = server.count();
        app.post_mail().await;
        assert_eq!(server.count(), before + 1, "{expected}");
        server.read_last(|mail| {
            let (text, html) = (mail.body_text(0).unwrap().into_owned(), mail.body_html(0).unwrap().into_owned());
            assert_eq!(mail.subject(), Some(expected));
            let of_html = scraper::Html::parse_document(&html);
            let words = of_html.root_element().text().collect::<String>();
            let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
            let links = text.lines().filter(|line| line.starts_with("http")).collect::<Vec<_>>();
            for line in text.lines().filter(|line| !["", "--"].contains(&line.trim()) && !line.starts_with("http")) {
                let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
                assert!(words.contains(line.trim_end_matches(':')), "{expected}: {line} in {words}");
            }
            for link in links {
                assert!(html.contains(&format!("href=\"{link}\"")), "{expected}: {link}");
            }
        });
    };
    let browser = signed_in(&app, "ada").await;
    read("A sign-in from a new device").await;
    let form = browser.open("/login/link").await;
    browser.submit(&form, "form#sign-in-link", &[("login", "ada")]).await;
    read("Your sign-in link").await;
    let form = browser.open("/account/email").await;
    browser.submit(&form, "form#own-email", &[("email", "ada@new.example")]).await;
    read("Confirm your email address").await;
    set_up_phone(&app, &browser).await;
    read("A way to sign in was added").await;
    let form = browser.open("/account/security/password").await;
    browser.submit(&form, "form#password", &[("old", PASSWORD), ("new", "a new password of hers")]).await;
    read("Your password was changed").await;
    let stranger = app.browser();
    let form = stranger.open("/register").await;
    stranger.submit(&form, "form#register-address", &[("email", "eve@example.com")]).await;
    read("Make your account").await;
    invite_grace(&app).await;
    read("Your account is ready").await;
}

/// RFC 3207 §4, RFC 8314 §3.3: under TLS, with the password that the mail server wants.
#[actix_web::test]
async fn goes_under_tls_to_a_server_that_proves_its_name() {
    for tls in [MailTls::StartTls, MailTls::Implicit] {
        let server = MailServer::start(tls);
        let folder = tempfile::tempdir().unwrap();
        let ca = folder.path().join("ca.pem");
        std::fs::write(&ca, &server.authority.pem).unwrap();
        let settings = format!("{}outbound.ca_file = {ca:?}\n", server.settings());
        let app = TestApp::start_with(&settings).await;
        app.person("ada").await;
        ask(&app, "ada").await;
        app.post_mail().await;
        assert_eq!(fate(&app).await, (MailState::Sent, 1, None), "{tls:?}");
        assert!(server.took_all_under_tls());
    }
}

/// RFC 3207 §6: a certificate of nobody that we know, and a server that knows no TLS.
#[actix_web::test]
async fn goes_to_nobody_who_proves_nothing() {
    let stranger = MailServer::start(MailTls::StartTls);
    let app = TestApp::start_with(&stranger.settings()).await;
    app.person("ada").await;
    ask(&app, "ada").await;
    app.post_mail().await;
    let (state, attempts, reason) = fate(&app).await;
    assert_eq!((state, attempts, stranger.count()), (MailState::Waiting, 1, 0), "{reason:?}");

    let clear = MailServer::start(MailTls::None);
    let settings = clear.settings().replace("\"none\"", "\"starttls\"").replace("127.0.0.1", "localhost");
    let app = TestApp::start_with(&settings).await;
    app.person("ada").await;
    ask(&app, "ada").await;
    app.post_mail().await;
    assert_eq!((fate(&app).await.0, clear.count()), (MailState::Waiting, 0), "it is not talked out of TLS");
}

#[actix_web::test]
async fn waits_while_the_mail_server_is_away_and_outlives_a_restart() {
    let first = MailServer::start(MailTls::None);
    let settings = first.settings();
    let port = first.stop();
    let app = TestApp::start_with(&format!("{settings}links.recovery_lifetime = \"1d\"\n")).await;
    app.person("ada").await;
    ask(&app, "ada").await;
    app.post_mail().await;
    let (state, attempts, reason) = fate(&app).await;
    assert_eq!((state, attempts), (MailState::Waiting, 1));
    assert!(reason.is_some());
    assert_eq!(app.events("mail_delayed").await.len(), 1);
    app.post_mail().await;
    assert_eq!(fate(&app).await.1, 1, "it is not tried before its time");

    let again = MailServer::start_at(port, MailTls::None);
    let restarted = app.second_server().await;
    app.clock.advance(Duration::from_secs(10));
    restarted.post_mail().await;
    assert_eq!(fate(&restarted).await, (MailState::Sent, 2, None));
    assert_eq!(again.count(), 1);
}

#[actix_web::test]
async fn is_sent_once_by_two_servers() {
    let server = MailServer::start(MailTls::None);
    let app = TestApp::start_with(&server.settings()).await;
    let other = app.second_server().await;
    for name in ["ada", "bob", "cleo", "dora"] {
        app.person(name).await;
        ask(&app, name).await;
    }
    let (one, two) = tokio::join!(app.cx.post(), other.cx.post());
    one.and(two).unwrap();
    app.post_mail().await;
    let mut recipients = server.recipients();
    recipients.sort_unstable();
    assert_eq!(recipients, ["ada", "bob", "cleo", "dora"].map(|name| format!("{name}@example.com")));
}

/// RFC 5321 §4.2.1: a refusal for good ends it, any other does not.
#[actix_web::test]
async fn is_given_up_when_nobody_wants_it() {
    let server = MailServer::start(MailTls::None);
    let app = TestApp::start_with(&server.settings()).await;
    app.person("ada").await;
    server.answer(451);
    ask(&app, "ada").await;
    app.post_mail().await;
    assert_eq!(fate(&app).await.0, MailState::Waiting);
    server.answer(550);
    app.clock.advance(Duration::from_secs(10));
    app.post_mail().await;
    let (state, attempts, reason) = fate(&app).await;
    assert_eq!((state, attempts), (MailState::Failed, 2));
    assert!(reason.unwrap().contains("550"));
    assert_eq!(app.events("mail_failed").await.len(), 1);
    assert!(app.cx.store.latest_mails(1).await.unwrap()[0].sealed.is_none());
}

#[actix_web::test]
async fn is_given_up_when_it_would_come_too_late() {
    let first = MailServer::start(MailTls::None);
    let settings = first.settings();
    first.stop();
    let app = TestApp::start_with(&settings).await;
    app.person("ada").await;
    ask(&app, "ada").await;
    app.post_mail().await;
    app.clock.advance(app.cx.config.links.recovery_lifetime + Duration::from_secs(1));
    app.post_mail().await;
    let (state, _, reason) = fate(&app).await;
    assert_eq!(state, MailState::Failed);
    let reason = reason.unwrap();
    assert!(reason.starts_with("it would come too late; the last attempt: "), "{reason}");
    assert_eq!(app.events("mail_failed").await[0].reason.as_ref(), Some(&reason), "the operator sees why");
}

/// A row that nobody can read, and a person whom nobody can read, hold up no other's mail.
#[actix_web::test]
async fn goes_on_where_one_row_cannot_be_read() {
    let server = MailServer::start(MailTls::None);
    let app = TestApp::start_with(&server.settings()).await;
    for name in ["ada", "bob", "cleo"] {
        app.person(name).await;
    }
    let change = async |statement: &str| {
        let db = Database::connect(app.cx.config.database.url.to_url().expose_secret()).await.unwrap();
        assert_eq!(db.execute_unprepared(statement).await.unwrap().rows_affected(), 1, "{statement}");
        db.close().await.unwrap();
    };
    change("UPDATE people SET role = 'emperor' WHERE username = 'ada'").await;
    for name in ["ada", "bob"] {
        ask(&app, name).await;
    }
    app.post_mail().await;
    assert_eq!(server.recipients(), ["bob@example.com"]);
    assert_eq!(rows(&app, "mail_requests").await, 0, "who cannot be answered is given up");
    server.answer(451);
    app.clock.advance(Duration::from_secs(1));
    ask(&app, "bob").await;
    app.post_mail().await;
    change("UPDATE mails SET state = 'lost' WHERE state = 'waiting'").await;
    server.answer(250);
    app.clock.advance(Duration::from_secs(10));
    ask(&app, "cleo").await;
    app.post_mail().await;
    assert_eq!(server.recipients(), ["bob@example.com", "cleo@example.com"]);
    app.post_mail().await;
    let failed = app.events("mail_failed").await;
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].reason.as_deref(), Some("its row cannot be read"));
}

/// What keeps mail from going out is mended while the server runs: nothing has to be started anew.
#[actix_web::test]
async fn goes_out_once_the_certificate_is_there() {
    let server = MailServer::start(MailTls::StartTls);
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, "not yet").unwrap();
    let app = TestApp::start_with(&format!("{}outbound.ca_file = {ca:?}\n", server.settings())).await;
    app.person("ada").await;
    ask(&app, "ada").await;
    app.post_mail().await;
    let (state, _, reason) = fate(&app).await;
    assert_eq!(state, MailState::Waiting);
    assert!(reason.unwrap().contains("ca_file"));
    std::fs::write(&ca, &server.authority.pem).unwrap();
    app.clock.advance(Duration::from_secs(10));
    app.post_mail().await;
    assert_eq!(fate(&app).await, (MailState::Sent, 2, None));
}

/// What was asked for while there was mail waits until there is some again, or is forgotten.
#[actix_web::test]
async fn is_not_written_where_there_is_none() {
    let app = TestApp::start_with(MAILBOX).await;
    app.person("ada").await;
    ask(&app, "ada").await;
    let without = app.second_server_with("").await;
    without.post_mail().await;
    assert_eq!((rows(&app, "mails").await, rows(&app, "mail_requests").await), (0, 1));
    app.post_mail().await;
    assert_eq!(rows(&app, "mails").await, 1);
}

/// Whoever reads a mail can follow its links, so that a lesser admin is shown none of those who stand above, nor led to them.
#[actix_web::test]
async fn is_read_by_nobody_who_stands_below() {
    let app = TestApp::start_with(MAILBOX).await;
    app.admin("root").await;
    app.add_person("vice", Some(claviger::store::Role::Admin)).await;
    app.person("ada").await;
    for name in ["root", "ada"] {
        ask(&app, name).await;
    }
    let mails = app.mails().await;
    let of = |address: &str| {
        let mail = mails.iter().find(|read| read.mail.recipient == address).unwrap();
        (format!("/admin/mailbox/{}", mail.mail.id), mail.link(&app))
    };
    let ((root, root_link), (ada, _)) = (of("root@example.com"), of("ada@example.com"));
    let vice = signed_in(&app, "vice").await;
    let list = vice.open("/admin/mailbox").await;
    assert!(list.text("main").contains("root@example.com"));
    let links = list.links("main th a");
    assert!(links.contains(&ada) && !links.contains(&root), "{links:?}");
    assert_eq!(vice.open(&ada).await.answer.status, 200);
    let refused = vice.open(&root).await;
    assert_eq!(refused.answer.status, 403);
    assert!(!refused.answer.body.contains(&root_link) && !list.answer.body.contains("clv_link_"));
    let owner = signed_in(&app, "root").await;
    assert!(owner.open("/admin/mailbox").await.links("main th a").contains(&root));
}

#[actix_web::test]
async fn is_forgotten_after_a_week() {
    let app = TestApp::start_with(MAILBOX).await;
    app.person("ada").await;
    ask(&app, "ada").await;
    assert_eq!(app.mails().await.len(), 1);
    let settings = claviger::domain::jobs::sweep_settings(&app.cx.config);
    app.clock.advance(Duration::from_hours(7 * 24) + Duration::from_secs(1));
    app.cx.store.sweep(settings, app.cx.now()).await.unwrap();
    assert_eq!(rows(&app, "mails").await, 0);
}

/// Invites grace to the account that is made for her.
async fn invite_grace(app: &TestApp) {
    let origin = Origin::default();
    let cx = &app.cx;
    let act = Act { store: &cx.store, entropy: &*cx.entropy, now: cx.now(), actor: Actor::Operator, origin: &origin };
    let claims = StandardClaims { email: Some("grace@example.com".to_owned()), ..StandardClaims::default() };
    let new = NewPerson { username: "grace".to_owned(), claims, ..NewPerson::default() };
    let lifetime = cx.config.links.invitation_lifetime;
    let made = invite(
        &act,
        &cx.hasher,
        &cx.config.links,
        new,
        |_, _| None,
        |person, token| cx.mail(|| cx.letters().invitation(person, token, lifetime)),
    );
    assert!(matches!(made.await.unwrap(), Invited::Done(..)));
}

#[actix_web::test]
async fn invites_whoever_has_an_address() {
    let app = TestApp::start_with(MAILBOX).await;
    invite_grace(&app).await;
    let mails = app.mails().await;
    let mail = TestApp::only(&mails, "invitation");
    assert!(mail.content.text.contains("7 days"), "{}", mail.content.text);
    let browser = app.browser();
    let form = browser.open(&mail.link(&app)).await;
    let home = browser.submit(&form, "form#set-up", &[("password", "my new password")]).await;
    assert!(home.has("form#logout"), "{}", home.answer.body);
}

#[actix_web::test]
async fn is_read_in_the_console_where_it_is_kept() {
    let app = TestApp::start_with(MAILBOX).await;
    app.admin("root").await;
    app.person("ada").await;
    ask(&app, "ada").await;
    app.post_mail().await;
    let browser = signed_in(&app, "root").await;
    let list = browser.open("/admin/mailbox").await;
    assert!(list.text("main").contains("ada@example.com"), "{}", list.answer.body);
    let mails = app.mails().await;
    let wanted = format!("/admin/mailbox/{}", TestApp::only(&mails, "recovery").mail.id);
    assert!(list.links("main th a").contains(&wanted), "{}", list.answer.body);
    let mail = browser.open(&wanted).await;
    assert_eq!(mail.text("h1"), "Choose a new password");
    let link = mail.links("main a[href*='/recover/password']")[0].clone();
    assert_eq!(app.browser().open(&link).await.answer.status, 200);
}
