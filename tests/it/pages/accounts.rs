//! Accounts as operators and pages make, change and end them.

use claviger::domain::events::{Actor, Origin};
use claviger::domain::people::Act;
use claviger::domain::people::accounts::{self, AccountProblem, NewPerson};
use claviger::ids::PersonId;
use claviger::protocol::claims::StandardClaims;
use secrecy::SecretString;

use super::*;
use crate::support::{Allowed, TestClient};

fn act<'a>(app: &'a TestApp, origin: &'a Origin) -> Act<'a> {
    Act { store: &app.cx.store, entropy: &*app.cx.entropy, now: app.cx.now(), actor: Actor::Operator, origin }
}

fn new(username: &str, email: Option<&str>) -> NewPerson {
    let claims = StandardClaims { email: email.map(str::to_owned), ..StandardClaims::default() };
    NewPerson { username: username.to_owned(), claims, ..NewPerson::default() }
}

#[actix_web::test]
async fn gives_nobody_the_name_or_address_of_somebody_else() {
    let app = TestApp::start().await;
    let origin = Origin::default();
    let act = act(&app, &origin);
    let create = |new| accounts::create(&act, new, None);
    assert!(create(new("ada", Some("ada@example.com"))).await.unwrap().is_ok());
    for (username, email, problem) in [
        ("ADA", None, AccountProblem::UsernameTaken),
        ("ada@example.com", None, AccountProblem::UsernameTaken),
        ("eve", Some("Ada@Example.com"), AccountProblem::EmailTaken),
    ] {
        assert_eq!(create(new(username, email)).await.unwrap().unwrap_err(), problem, "{username}");
    }
    assert!(create(new("eve", None)).await.unwrap().is_ok());
    assert_eq!(app.events("person_added").await.len(), 2);
}

#[actix_web::test]
async fn gives_one_of_two_at_once_what_the_other_signs_in_by() {
    let app = TestApp::start().await;
    let origin = Origin::default();
    let act = act(&app, &origin);
    // No unique index sees it: the username of the one is the address of the other.
    let names = (0..8).map(|number| format!("ada{number}@example.com")).collect::<Vec<_>>();
    let act = &act;
    let pairs = names.iter().map(|name| async move {
        let by_name = accounts::create(act, new(name, None), None);
        let by_address = accounts::create(act, new(&format!("of-{name}"), Some(name)), None);
        let (by_name, by_address) = futures_util::future::join(by_name, by_address).await;
        usize::from(by_name.unwrap().is_ok()) + usize::from(by_address.unwrap().is_ok())
    });
    assert_eq!(futures_util::future::join_all(pairs).await, [1; 8]);
}

#[actix_web::test]
async fn ends_every_session_when_the_password_is_set() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    let origin = Origin::default();
    let hash = app.cx.passwords.hash(SecretString::from("another password")).await.unwrap();
    assert!(accounts::set_password(&act(&app, &origin), ada, hash).await.unwrap());
    assert!(!browser.open("/").await.has("form#logout"));
    let page = sign_in_at(&browser, &browser.open("/login").await, "ada", PASSWORD).await;
    assert_eq!(page.answer.status, 422);
    let page = sign_in_at(&browser, &page, "ada", "another password").await;
    assert!(page.has("form#logout"));
}

/// An app that `person` has allowed to act while they are away, and its refresh token.
pub(super) async fn allowed_app(app: &TestApp, person: PersonId) -> (TestClient, String) {
    let client = app.web_app().await;
    let tokens = app.tokens(&client, person, Allowed::default()).await;
    let refresh_token = tokens["refresh_token"].as_str().unwrap().to_owned();
    (client, refresh_token)
}

#[actix_web::test]
async fn ends_what_apps_were_given_when_the_password_is_set() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let (client, refresh_token) = allowed_app(&app, ada).await;
    let origin = Origin::default();
    assert!(accounts::set_password(&act(&app, &origin), ada, "a hash".to_owned()).await.unwrap());
    let answer = app.refresh(&client, &refresh_token).await;
    assert_eq!((answer.status, answer.json()["error"].as_str()), (400, Some("invalid_grant")));
}

#[actix_web::test]
async fn leaves_nothing_of_a_deleted_person_but_events() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    let origin = Origin::default();
    assert!(accounts::delete(&act(&app, &origin), ada).await.unwrap());
    assert!(!browser.open("/").await.has("form#logout"));
    assert_eq!((rows(&app, "people").await, rows(&app, "sessions").await), (0, 0));
    assert_eq!(app.events("person_deleted").await[0].person_id, Some(ada));
    assert!(!accounts::delete(&act(&app, &origin), ada).await.unwrap());
}

#[actix_web::test]
async fn hashes_a_password_anew_when_the_settings_have_changed() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let weaker = "$argon2id$v=19$m=8,t=2,p=1$";
    let settings = claviger::domain::people::passwords::Argon2Settings {
        memory_kib: 8,
        iterations: 2,
        parallelism: 1,
        max_concurrent: 1,
        max_waiting: 1,
    };
    let hasher =
        claviger::domain::people::passwords::PasswordHasher::new(&settings, std::sync::Arc::clone(&app.cx.entropy));
    let old = hasher.unwrap().hash(SecretString::from(PASSWORD)).await.unwrap();
    assert!(old.starts_with(weaker));
    let now = app.cx.now();
    let set = app.cx.store.write(move |tx| Box::pin(async move { tx.set_password(ada, &old, now).await }));
    set.await.unwrap();
    signed_in(&app, "ada").await;
    let hash = app.cx.store.person(ada).await.unwrap().unwrap().password_hash.unwrap();
    assert!(hash.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{hash}");
    signed_in(&app, "ada").await;
}
