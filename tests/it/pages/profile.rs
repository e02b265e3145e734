//! `/account/profile`: people say themselves what is told about them, as far as the operator leaves it to them.

use serde_json::{Value, json};

use super::*;
use crate::support::Allowed;

/// OIDC Core §5.1, OIDC Core §5.1.1: what was typed is what apps are told.
#[actix_web::test]
async fn tells_apps_what_was_typed() {
    let app = TestApp::start().await;
    let (ada, client) = (app.person("ada").await, app.web_app().await);
    let browser = signed_in(&app, "ada").await;
    let page = browser.open("/account/profile").await;
    assert!(page.text("dl.pairs").contains("ada@example.com") && !page.has("[name=email]"), "{}", page.answer.body);
    let typed = [
        ("name", " Ada, Countess of Lovelace "),
        ("family_name", ""),
        ("birthdate", "1815-12-10"),
        ("zoneinfo", "Europe/London"),
        ("picture", "https://ada.example/me.png"),
        ("address.formatted", "12 St James’s Square\r\nLondon"),
        ("address.country", "UK"),
    ];
    let page = browser.submit(&page, "form#own-profile", &typed).await;
    assert_eq!((page.answer.status, page.text("[role=status]").as_str()), (200, "Saved."), "{}", page.answer.body);
    assert!(page.has("[name=birthdate][value='1815-12-10']"));
    let scope = Allowed { scope: "openid profile email", ..Allowed::default() };
    let tokens = app.tokens(&client, ada, scope).await;
    let told: Value = app.userinfo(tokens["access_token"].as_str().unwrap()).await.ok();
    assert_eq!(told["name"], "Ada, Countess of Lovelace");
    assert_eq!((&told["family_name"], &told["given_name"]), (&Value::Null, &json!("Ada")));
    assert_eq!((&told["birthdate"], &told["email_verified"]), (&json!("1815-12-10"), &json!(true)));
    let person = app.cx.store.person(ada).await.unwrap().unwrap();
    let address = person.claims.address.unwrap();
    assert_eq!(address.formatted.as_deref(), Some("12 St James’s Square\nLondon"));
    assert_eq!(app.events("person_updated").await[0].actor, format!("person:{ada}"));
}

#[actix_web::test]
async fn shows_what_is_wrong_beside_what_was_typed() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    let page = browser.open("/account/profile").await;
    let typed = [("birthdate", "yesterday"), ("website", "ftp://ada.example"), ("nickname", "Countess")];
    let page = browser.submit(&page, "form#own-profile", &typed).await;
    assert_eq!(page.answer.status, 422);
    let problems = page.text(".problem li");
    assert!(problems.contains("Date of birth") && problems.contains("Website"), "{problems}");
    assert!(page.has("[name=birthdate][aria-invalid=true][value=yesterday]") && page.has("[value=Countess]"));
    assert_eq!(app.cx.store.person(ada).await.unwrap().unwrap().claims.nickname, None);
}

/// What the form does not show cannot be sent by it either.
#[actix_web::test]
async fn sends_what_is_not_left_to_people() {
    let app = TestApp::start_with("people.editable = [\"nickname\"]\n").await;
    let ada = app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    let page = browser.open("/account/profile").await;
    assert!(!page.has("form#own-profile [name=name]"));
    let smuggled = [
        ("nickname", "Ada"),
        ("name", "Root"),
        ("username", "root"),
        ("email", "root@example.com"),
        ("email_verified", "true"),
        ("phone_number_verified", "true"),
        ("role", "owner"),
        ("attributes", "department = Board"),
    ];
    let page = browser.submit(&page, "form#own-profile", &smuggled).await;
    assert_eq!(page.text("[role=status]"), "Saved.");
    let person = app.cx.store.person(ada).await.unwrap().unwrap();
    assert_eq!((person.username.as_str(), person.role, person.attributes.is_empty()), ("ada", None, true));
    let claims = &person.claims;
    assert_eq!((claims.nickname.as_deref(), claims.name.as_deref()), (Some("Ada"), Some("Ada Lovelace")));
    assert_eq!((claims.email.as_deref(), claims.phone_number_verified), (Some("ada@example.com"), None));
}

/// Nobody takes over what another signs in by, and who changes it has just given the password.
#[actix_web::test]
async fn changes_what_one_signs_in_by_only_after_the_password() {
    let app = TestApp::start_with("people.editable = [\"username\", \"email\"]\n").await;
    let ada = app.person("ada").await;
    app.person("eve").await;
    let browser = signed_in(&app, "ada").await;
    let page = browser.open("/account/profile").await;
    let taken = browser.submit(&page, "form#own-profile", &[("username", "EVE@example.com")]).await;
    // Whether anybody has that address is not told.
    assert_eq!((taken.answer.status, taken.text(".problem li").contains("without “@”")), (422, true));
    let taken = browser.submit(&page, "form#own-profile", &[("username", "EVE")]).await;
    assert_eq!((taken.answer.status, taken.text(".problem li").contains("taken")), (422, true));
    let taken = browser.submit(&page, "form#own-profile", &[("email", "Eve")]).await;
    assert_eq!(taken.answer.status, 422);
    let saved = browser.submit(&page, "form#own-profile", &[("username", "ada2"), ("email", "ada@new.example")]).await;
    assert_eq!(saved.text("[role=status]"), "Saved.");
    let person = app.cx.store.person(ada).await.unwrap().unwrap();
    assert_eq!((person.username.as_str(), person.claims.email_verified), ("ada2", Some(false)));
    let own = browser.submit(&saved, "form#own-profile", &[("username", "ada@new.example")]).await;
    assert_eq!(own.answer.status, 422, "nobody has seen that it is theirs");
    app.clock.advance(app.cx.config.sessions.recent_lifetime + Duration::from_secs(1));
    let page = browser.submit(&saved, "form#own-profile", &[("username", "ada3")]).await;
    assert_eq!((page.url.path(), page.query("continue").as_deref()), ("/login", Some("/account/profile")));
    assert_eq!(browser.open("/account/profile").await.url.path(), "/login");
    assert_eq!(app.cx.store.person(ada).await.unwrap().unwrap().username, "ada2");
}

/// RFC 9110 §15.5.10: of two tabs, the one that has not seen the other's change does not undo it, keeps what was typed, and
/// says what stands.
#[actix_web::test]
async fn saves_nothing_over_what_it_has_not_seen() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    let (one, other) = (browser.open("/account/profile").await, browser.open("/account/profile").await);
    browser.submit(&one, "form#own-profile", &[("nickname", "first")]).await;
    let stale = browser.submit(&other, "form#own-profile", &[("gender", "female"), ("nickname", "second")]).await;
    assert_eq!((stale.answer.status, stale.has(".good")), (409, false), "{}", stale.answer.body);
    let problem = stale.text(".problem[role=alert]");
    assert!(problem.contains("Nothing was saved") && problem.contains("Nickname: first"), "{problem}");
    assert!(problem.contains("Gender: nothing") && !problem.contains("Full name"), "{problem}");
    assert!(stale.has("[name=gender][value=female]") && stale.has("[name=nickname][value=second]"));
    let claims = app.cx.store.person(ada).await.unwrap().unwrap().claims;
    assert_eq!((claims.nickname.as_deref(), claims.gender), (Some("first"), None));
    let saved = browser.submit(&stale, "form#own-profile", &[]).await;
    assert_eq!((saved.answer.status, saved.text(".good").as_str()), (200, "Saved."));
    let claims = app.cx.store.person(ada).await.unwrap().unwrap().claims;
    assert_eq!((claims.nickname.as_deref(), claims.gender.as_deref()), (Some("second"), Some("female")));
}
