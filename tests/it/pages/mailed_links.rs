//! Invitations that are mailed: whom they let in, and what they say to whoever has an account already.

use claviger::domain::events::{Actor, Origin};
use claviger::domain::people::Act;
use claviger::domain::people::accounts::NewPerson;
use claviger::domain::people::invite::{Invited, invite};
use claviger::domain::people::links;
use claviger::ids::PersonId;
use claviger::protocol::claims::StandardClaims;
use claviger::store::Person;

use super::*;
use crate::support::MAILBOX;

fn act<'a>(app: &'a TestApp, origin: &'a Origin) -> Act<'a> {
    Act { store: &app.cx.store, entropy: &*app.cx.entropy, now: app.cx.now(), actor: Actor::Operator, origin }
}

async fn add(app: &TestApp, username: &str, name: &str, email: &str) -> PersonId {
    let (cx, origin) = (&app.cx, Origin::default());
    let claims =
        StandardClaims { name: Some(name.to_owned()), email: Some(email.to_owned()), ..StandardClaims::default() };
    let new = NewPerson { username: username.to_owned(), claims, ..NewPerson::default() };
    let lifetime = cx.config.links.invitation_lifetime;
    let letter = |person: &Person, token: &_| cx.mail(|| cx.letters().invitation(person, token, lifetime));
    let made = invite(&act(app, &origin), &cx.hasher, &cx.config.links, new, |_, _| None, letter).await;
    let Ok(Invited::Done(person, _)) = made else { panic!("{made:?}") };
    person.id
}

async fn set_email(app: &TestApp, person: PersonId, email: &str) {
    let mut person = app.cx.store.person(person).await.unwrap().unwrap();
    person.claims.email = Some(email.to_owned());
    app.cx.store.write(move |tx| Box::pin(async move { tx.update_person(&person).await })).await.unwrap();
}

/// Sends somebody who is there already a link, as the console does.
async fn send_link(app: &TestApp, id: PersonId) {
    let (cx, origin) = (&app.cx, Origin::default());
    let person = cx.store.person(id).await.unwrap().unwrap();
    let lifetime = cx.config.links.invitation_lifetime;
    let letter = |token: &_| cx.mail(|| cx.letters().invitation(&person, token, lifetime));
    links::send_invitation(&act(app, &origin), &cx.hasher, &cx.config.links, id, letter).await.unwrap();
}

/// The address was mistyped: whoever reads mail there has a link, and must not get in once the address is mended.
#[actix_web::test]
async fn ends_with_the_address_that_it_was_mailed_to() {
    let app = TestApp::start_with(MAILBOX).await;
    let grace = add(&app, "grace", "Grace Hopper", "grcae@example.com").await;
    let mails = app.mails().await;
    let link = TestApp::only(&mails, "invitation").link(&app);
    let browser = app.browser();
    let form = browser.open(&link).await;
    assert_eq!(form.answer.status, 200);
    set_email(&app, grace, "GRACE@example.com").await;
    assert_eq!(browser.open(&link).await.answer.status, 410);
    let late = browser.submit(&form, "form#set-up", &[("password", "a password of a stranger")]).await;
    assert_eq!(late.answer.status, 410);
    set_email(&app, grace, "GRCAE@example.com").await;
    assert_eq!(browser.open(&link).await.answer.status, 200, "the same in other letters is the same");
    assert!(app.cx.store.person(grace).await.unwrap().unwrap().password_hash.is_none());
}

/// Where no mail is sent, whoever made the link hands it over, and knows to whom.
#[actix_web::test]
async fn outlives_a_change_of_address_where_it_was_not_mailed() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let origin = Origin::default();
    let token = links::make_invitation(&act(&app, &origin), &app.cx.hasher, &app.cx.config.links, ada).await.unwrap();
    set_email(&app, ada, "other@example.com").await;
    let link = links::invitation_url(app.cx.issuer(), &token).replace(&app.issuer, "");
    assert_eq!(app.browser().open(&link).await.answer.status, 200);
}

/// Whoever has a password is told by mail that it is another one now, and the pages say so too.
#[actix_web::test]
async fn changes_the_password_of_who_has_one_and_says_so() {
    let app = TestApp::start_with(MAILBOX).await;
    let ada = app.person("ada").await;
    send_link(&app, ada).await;
    let mails = app.mails().await;
    let mail = TestApp::only(&mails, "invitation");
    assert_eq!(mail.content.subject, "Choose a new password");
    assert!(!mail.content.text.contains("An account was made"), "{}", mail.content.text);
    let browser = app.browser();
    let form = browser.open(&mail.link(&app)).await;
    assert_eq!(form.text("h1"), "Choose a new password");
    let done = browser.submit(&form, "form#set-up", &[("password", "a password that ada has chosen")]).await;
    assert_eq!(done.url.path(), "/account/security", "{}", done.answer.body);
    assert!(!done.text("main").contains("account is ready"));
    assert!(done.text("main").to_lowercase().contains("password is"), "{}", done.text("main"));
    TestApp::only(&app.mails().await, "password_changed");
}

/// Nobody is alarmed whose first password it is.
#[actix_web::test]
async fn alarms_nobody_who_chooses_a_first_password() {
    let app = TestApp::start_with(MAILBOX).await;
    add(&app, "grace", "Grace Hopper", "grace@example.com").await;
    let mails = app.mails().await;
    let browser = app.browser();
    let form = browser.open(&TestApp::only(&mails, "invitation").link(&app)).await;
    let home = browser.submit(&form, "form#set-up", &[("password", "a password that she has chosen")]).await;
    assert!(home.text("main").contains("Your account is ready."), "{}", home.answer.body);
    assert_eq!(app.mails().await.len(), 1);
}

/// NIST SP 800-63B-4 §3.1.1.2: what is known of the person is looked for in their password, wherever they choose it.
#[actix_web::test]
async fn refuses_a_password_made_of_what_is_known_of_the_person() {
    let app = TestApp::start_with(MAILBOX).await;
    add(&app, "grace", "Wilhelmina Oosterhuis", "grace@example.com").await;
    let mails = app.mails().await;
    let browser = app.browser();
    let form = browser.open(&TestApp::only(&mails, "invitation").link(&app)).await;
    let refused = browser.submit(&form, "form#set-up", &[("password", "oosterhuis")]).await;
    assert_eq!(refused.answer.status, 422, "{}", refused.answer.body);
    let link = app.recovery_link("grace").await;
    let form = browser.open(&link).await;
    for password in ["oosterhuis", "wilhelmina"] {
        let refused = browser.submit(&form, "form#set-up", &[("password", password)]).await;
        assert_eq!(refused.answer.status, 422, "{password}");
    }
}

/// OIDC Core §5.1: an admin is given the same link that is mailed, so that following it shows nobody to read mail there.
#[actix_web::test]
async fn confirms_no_address() {
    let app = TestApp::start_with(MAILBOX).await;
    let grace = add(&app, "grace", "Grace Hopper", "grace@example.com").await;
    let mails = app.mails().await;
    let browser = app.browser();
    let form = browser.open(&TestApp::only(&mails, "invitation").link(&app)).await;
    browser.submit(&form, "form#set-up", &[("password", "a password that she has chosen")]).await;
    let person = app.cx.store.person(grace).await.unwrap().unwrap();
    assert!(person.password_hash.is_some());
    assert_eq!(person.claims.email_verified, Some(false));
}
