//! The console invites people to make accounts of their own.

use super::*;
use crate::support::MAILBOX;

const BY_INVITATION: &str = "people.registration = \"invitation\"\n";

async fn invite(browser: &Browser, address: &str) -> Page {
    let page = browser.open("/admin/people").await;
    browser.submit(&page, "form#invite-to-register", &[("email", address)]).await
}

#[actix_web::test]
async fn shows_the_link_where_it_is_not_mailed() {
    let app = TestApp::start_with(BY_INVITATION).await;
    let browser = at_work(&app).await;
    let page = invite(&browser, "eve@example.com").await;
    assert_eq!(page.answer.status, 200, "{}", page.answer.body);
    let link = page.text(".once code");
    assert!(link.starts_with(&format!("{}/register?link=clv_link_", app.issuer)), "{link}");
    assert!(!app.everything().await.contains(link.split("link=").nth(1).unwrap()), "only its hash is kept");
    assert!(app.browser().open(&link).await.has("form#set-up"));
    let made = &app.events("link_made").await[0];
    let root = app.cx.store.person_by_login("root").await.unwrap().unwrap();
    assert_eq!(
        (made.actor.as_str(), &made.details["address"]),
        (&*format!("person:{}", root.id), &"eve@example.com".into())
    );
}

/// Whoever invites does not see the link that is mailed: it is to show who reads mail there.
#[actix_web::test]
async fn mails_the_link_where_there_is_mail() {
    let app = TestApp::start_with(&format!("{BY_INVITATION}{MAILBOX}")).await;
    let browser = at_work(&app).await;
    let page = invite(&browser, "eve@example.com").await;
    assert!(page.text(".once").contains("was sent to that address") && !page.has(".once code"), "{}", page.answer.body);
    let mails = app.mails().await;
    let link = TestApp::only(&mails, "registration_invitation").link(&app);
    assert!(app.browser().open(&link).await.has("form#set-up"));
}

#[actix_web::test]
async fn says_whom_it_cannot_invite() {
    let app = TestApp::start_with(BY_INVITATION).await;
    let browser = at_work(&app).await;
    app.person("ada").await;
    for (address, says) in [
        ("ADA@example.com", "Another account has this email address."),
        ("ada", "name@host"),
        ("ada@192.0.2.1", "name@host"),
        ("", "name@host"),
    ] {
        let page = invite(&browser, address).await;
        assert_eq!(page.answer.status, 422, "{address}");
        assert!(page.text("#problem").contains(says) && page.has("#email[aria-invalid=true]"), "{}", page.answer.body);
    }
    assert!(app.events("link_made").await.is_empty());
}

#[actix_web::test]
async fn invites_nobody_where_accounts_are_made_for_people() {
    let app = TestApp::start().await;
    let browser = at_work(&app).await;
    let page = browser.open("/admin/people").await;
    assert!(!page.has("form#invite-to-register"));
    let form = browser.open("/admin/new-person").await;
    let (_, mut fields) = form.form("form#edit-person", &[]);
    fields.retain(|(name, _)| name == "csrf");
    fields.push(("email".to_owned(), "eve@example.com".to_owned()));
    assert_eq!(browser.post("/admin/people", &fields).await.answer.status, 400);
    assert!(app.events("link_made").await.is_empty());
}
