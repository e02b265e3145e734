//! `/account/delete`: a person deletes their account.

use claviger::domain::people::accounts;
use serde_json::json;

use super::*;
use crate::support::{Allowed, MAILBOX, REACH_LOOPBACK, Receiver};

async fn delete(browser: &Browser, username: &str) -> Page {
    let page = browser.open("/account/delete").await;
    browser.submit(&page, "form#delete-account", &[("username", username)]).await
}

/// OIDC Back-Channel Logout §2.5: with the account goes everything, apps are told, and what they hold is good for nothing.
#[actix_web::test]
async fn takes_everything_with_it() {
    let app = TestApp::start_with(REACH_LOOPBACK).await;
    let (ada, eve) = (app.person("ada").await, app.person("eve").await);
    let receiver = Receiver::start().await;
    let harbour = app.told_app("harbour", json!({ "backchannel_logout_uri": receiver.uri() })).await;
    let (here, there) = (signed_in(&app, "ada").await, signed_in(&app, "ada").await);
    let offline = app.sign_in_to_with(&there, &harbour, "openid offline_access").await;
    let web = app.web_app().await;
    let eves = app.tokens(&web, eve, Allowed::default()).await;
    let page = delete(&here, "ada").await;
    assert_eq!((page.url.path(), page.text("h1").as_str()), ("/account/gone", "Your account is deleted"));
    assert_eq!(here.cookie(COOKIE), None);
    assert!(!there.open("/").await.has("form#logout"));
    assert!(app.cx.store.person(ada).await.unwrap().is_none());
    app.refresh(&harbour, offline["refresh_token"].as_str().unwrap()).await.refuses(400, "invalid_grant");
    assert_eq!(app.userinfo(offline["access_token"].as_str().unwrap()).await.status, 401);
    app.deliver().await;
    assert_eq!(receiver.tokens().len(), 1);
    let event = &app.events("person_deleted").await[0];
    assert_eq!((event.person_id, event.actor.clone()), (Some(ada), format!("person:{ada}")));
    app.refresh(&web, eves["refresh_token"].as_str().unwrap()).await.ok();
    let page = sign_in_at(&here, &here.open("/login").await, "ada", PASSWORD).await;
    assert_eq!(page.answer.status, 422);
}

#[actix_web::test]
async fn happens_to_nobody_who_did_not_type_their_name() {
    let app = TestApp::start().await;
    let (ada, eve) = (app.person("ada").await, app.person("eve").await);
    let browser = signed_in(&app, "ada").await;
    for typed in ["", "eve", "Ada", "yes"] {
        let page = delete(&browser, typed).await;
        assert_eq!((page.answer.status, page.has(".problem")), (422, true), "{typed}");
    }
    for person in [ada, eve] {
        assert!(app.cx.store.person(person).await.unwrap().is_some());
    }
}

#[actix_web::test]
async fn leaves_somebody_who_can_administer() {
    let app = TestApp::start().await;
    app.admin("root").await;
    let browser = signed_in(&app, "root").await;
    let page = delete(&browser, "root").await;
    assert_eq!(page.answer.status, 422);
    assert!(page.text(".problem").contains("nobody else would be left"));
    app.admin("second").await;
    assert_eq!(delete(&browser, "root").await.url.path(), "/account/gone");
    assert_eq!(delete(&signed_in(&app, "second").await, "second").await.answer.status, 422);
}

/// Two admins who leave in one moment do not leave the server to nobody.
#[actix_web::test]
async fn lets_one_of_two_admins_leave_at_once() {
    let app = TestApp::start().await;
    app.admin("one").await;
    app.admin("two").await;
    let (one, two) = (signed_in(&app, "one").await, signed_in(&app, "two").await);
    let left = futures_util::future::join(delete(&one, "one"), delete(&two, "two")).await;
    let gone = [&left.0, &left.1].into_iter().filter(|page| page.url.path() == "/account/gone").count();
    assert_eq!(gone, 1);
    assert!(app.cx.store.has_admin().await.unwrap());
}

#[actix_web::test]
async fn is_off_where_the_operator_says_so() {
    let app = TestApp::start_with("people.may_delete_themselves = false\n").await;
    let ada = app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    assert!(!browser.open("/account/data").await.has("a[href='/account/delete']"));
    assert_eq!(browser.open("/account/delete").await.answer.status, 404);
    let proof = browser.open("/account/data").await.form("form#own-data", &[("username", "ada")]).1;
    assert_eq!(browser.post("/account/delete", &proof).await.answer.status, 404);
    assert!(app.cx.store.person(ada).await.unwrap().is_some());
}

/// What was written to somebody goes with them, whoever ends the account: their address, and links that were good for it.
#[actix_web::test]
async fn takes_the_mail_along() {
    for by_themselves in [true, false] {
        let app = TestApp::start_with(MAILBOX).await;
        let (ada, eve) = (app.person("ada").await, app.person("eve").await);
        for username in ["ada", "eve"] {
            app.recovery_link(username).await;
        }
        assert_eq!(rows(&app, "mails").await, 2);
        if by_themselves {
            assert_eq!(delete(&signed_in(&app, "ada").await, "ada").await.url.path(), "/account/gone");
        } else {
            assert!(app.as_operator(async |act| accounts::delete(act, ada).await.unwrap()).await);
        }
        let left = app.mails().await;
        assert_eq!(left.iter().map(|read| read.mail.person_id).collect::<Vec<_>>(), [Some(eve)]);
    }
}
