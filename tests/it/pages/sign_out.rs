//! `/logout`

use claviger::domain::events::{Actor, Origin};
use claviger::domain::pending_sign_out::PendingSignOut;
use claviger::domain::people::{Act, sign_out};
use claviger::domain::sessions::SignedIn;
use claviger::ids::{AuthorizationId, GrantId, PersonId, SessionId};
use claviger::store::Authorization;

use super::*;

#[actix_web::test]
async fn asks_first_and_then_ends_the_session() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    let cookie = browser.cookie(COOKIE).unwrap();
    let question = browser.open("/logout").await;
    assert!(question.text("main").contains("Ada Lovelace"));
    assert!(browser.open("/").await.has("form#logout"), "a link alone signs nobody out");
    let done = browser.submit(&question, "form#logout", &[("decision", "logout")]).await;
    assert_eq!((done.answer.status, done.text("h1").as_str()), (200, "You are signed out"));
    assert_eq!(browser.cookie(COOKIE), None);
    assert_eq!(rows(&app, "sessions").await, 0);
    browser.set_cookie(COOKIE, Some(&cookie));
    assert!(!browser.open("/").await.has("form#logout"), "the old cookie is worth nothing");
    assert_eq!(app.events("sign_out").await[0].person_id, Some(ada));
}

#[actix_web::test]
async fn ends_the_session_in_the_same_breath_as_it_writes_that_down() {
    let app = TestApp::start().await;
    app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    let question = browser.open("/logout").await;
    lose_the_event_log(&app).await;
    let page = browser.submit(&question, "form#logout", &[("decision", "logout")]).await;
    assert!(page.answer.status >= 500, "{}", page.answer.status);
    assert_eq!(rows(&app, "sessions").await, 1, "all of it or nothing");
}

#[actix_web::test]
async fn leaves_the_row_to_nobody_else() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let browser = app.browser();
    let request = sealed(&app, &waiting(&app, "openid"));
    app.web_app().await;
    let form = browser.open(&format!("/login?request={request}")).await;
    let sid = resumed_as(&app, &browser, &form, "ada").await.signed_in.unwrap();
    let (actor, origin) = (Actor::Person(ada), Origin::default());
    let act = Act { store: &app.cx.store, entropy: &*app.cx.entropy, now: app.cx.now(), actor, origin: &origin };
    let signed_in = SignedIn::by_password(sid, ada, false, app.cx.now());
    sign_out::sign_out(&act, &signed_in, None).await.unwrap();
    assert_eq!(rows(&app, "sessions").await, 0);
}

#[actix_web::test]
async fn is_a_button_on_the_home_page() {
    let app = TestApp::start().await;
    app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    let home = browser.open("/account").await;
    let done = browser.submit(&home, "form#logout", &[("decision", "logout")]).await;
    assert_eq!(done.text("h1"), "You are signed out");
}

#[actix_web::test]
async fn does_not_mind_being_sent_twice() {
    let app = TestApp::start().await;
    app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    let question = browser.open("/logout").await;
    for _ in 0..2 {
        let done = browser.submit(&question, "form#logout", &[("decision", "logout")]).await;
        assert_eq!(done.text("h1"), "You are signed out");
    }
    assert_eq!(app.events("sign_out").await.len(), 1);
}

#[actix_web::test]
async fn ends_what_apps_were_given_except_for_the_time_away() {
    let app = TestApp::start().await;
    let client = ClientId(app.web_app().await.id);
    let ada = app.person("ada").await;
    let browser = app.browser();
    let request = sealed(&app, &waiting(&app, "openid"));
    let form = browser.open(&format!("/login?request={request}")).await;
    let sid = resumed_as(&app, &browser, &form, "ada").await.signed_in.unwrap();
    let other_session = SessionId(app.cx.entropy.uuid());
    let mut given = Vec::new();
    for (scope, session) in [
        ("openid", sid),
        ("openid offline_access", sid),
        ("offline_access openid", sid),
        ("offline_accessory", sid),
        ("openid", other_session),
    ] {
        given.push(authorize(&app, ada, &client, scope, session).await);
    }
    let question = browser.open("/logout").await;
    browser.submit(&question, "form#logout", &[("decision", "logout")]).await;
    let mut live = Vec::new();
    for id in given {
        live.push(app.cx.store.authorization(id).await.unwrap().unwrap().is_live(app.cx.now()));
    }
    assert_eq!(live, [false, true, true, false, true]);
}

async fn authorize(app: &TestApp, person: PersonId, client: &ClientId, scope: &str, sid: SessionId) -> AuthorizationId {
    let now = app.cx.now();
    let (id, grant) = (AuthorizationId(app.cx.entropy.uuid()), GrantId(app.cx.entropy.uuid()));
    let (client_id, scope) = (client.clone(), Scope::parse(scope).unwrap());
    let write = app.cx.store.write(move |tx| {
        Box::pin(async move {
            let grant_id = tx.extend_grant(grant, person, &client_id, &scope, &Scope::empty(), now).await?;
            let added = Authorization {
                id,
                client_id,
                person_id: person,
                sub: String::new(),
                grant_id,
                sid,
                scope,
                resources: Vec::new(),
                claims: ClaimsRequest::default(),
                nonce: None,
                acr: None,
                amr: Vec::new(),
                auth_time: now,
                created_at: now,
                last_used_at: now,
                expires_at: now + Duration::from_secs(1000),
                revoked: None,
            };
            tx.insert_authorization(&added).await
        })
    });
    write.await.unwrap();
    id
}

#[actix_web::test]
async fn gives_the_browser_back_to_the_app_that_asked() {
    let app = TestApp::start().await;
    let client = app.web_app().await;
    app.person("ada").await;
    let pending = PendingSignOut {
        client_id: Some(ClientId(client.id)),
        sid: None,
        return_to: Some("https://app.example/bye?state=x".to_owned()),
        fault: None,
        started_at: app.cx.now(),
    };
    let request = pending.seal(&app.cx.request_sealer);
    let browser = signed_in(&app, "ada").await;
    let question = browser.open(&format!("/logout?request={request}")).await;
    assert!(question.text("main").contains("Example App asks to sign you out here"));
    assert!(question.answer.header("content-security-policy").contains("form-action 'self' https:"));
    let back = browser.submit(&question, "form#logout", &[("decision", "logout")]).await;
    assert_eq!(back.url.as_str(), "https://app.example/bye?state=x");
    assert_eq!(back.answer.status, 303);
    assert_eq!(app.events("sign_out").await[0].client_id.as_ref().unwrap().as_str(), "app");
    // Where nobody is signed in any more, there is nothing to ask.
    let done = browser.open(&format!("/logout?request={request}")).await;
    assert!(done.has("a[href='https://app.example/bye?state=x']"));
}

#[actix_web::test]
async fn signs_out_without_a_way_back_when_the_request_is_altered() {
    let app = TestApp::start().await;
    app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    let question = browser.open("/logout?request=nonsense").await;
    let done = browser.submit(&question, "form#logout", &[("decision", "logout")]).await;
    assert_eq!((done.url.path(), done.text("h1").as_str()), ("/logout", "You are signed out"));
}
