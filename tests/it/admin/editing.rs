//! Changing clients and people in the console, and adding people.

use claviger::ids::ClientId;
use serde_json::{Value, json};

use super::*;

async fn metadata(app: &TestApp) -> Value {
    let id = ClientId("app".to_owned());
    app.cx.store.client(&id, app.cx.now()).await.unwrap().unwrap().metadata.to_json()
}

#[actix_web::test]
async fn changes_what_is_registered_and_nothing_else() {
    let app = TestApp::start().await;
    app.web_app().await;
    let browser = at_work(&app).await;
    let before = metadata(&app).await;
    let form = browser.open("/admin/clients/app/edit").await;
    let page = browser.submit(&form, "form#edit-client", &[]).await;
    assert!(page.text("[role=status]").contains("Saved"), "{}", page.answer.body);
    assert_eq!(metadata(&app).await, before, "a form that is sent as it came changes nothing");

    let form = browser.open("/admin/clients/app/edit").await;
    let fields = [
        ("client_name", "Harbour & <Co>"),
        ("contacts", "ada@example.com\r\n\r\n bob@example.com "),
        ("default_max_age", "600"),
    ];
    let page = browser.submit(&form, "form#edit-client", &fields).await;
    assert_eq!((page.url.path(), page.text("h1").as_str()), ("/admin/clients/app", "Harbour & <Co>"));
    let mut expected = before;
    expected["client_name"] = "Harbour & <Co>".into();
    expected["contacts"] = ["ada@example.com", "bob@example.com"].as_slice().into();
    expected["default_max_age"] = 600.into();
    assert_eq!(metadata(&app).await, expected);
    assert_eq!(app.events("client_updated").await.len(), 2);
}

#[actix_web::test]
async fn says_what_is_wrong_and_keeps_what_was_typed() {
    let app = TestApp::start().await;
    app.web_app().await;
    let browser = at_work(&app).await;
    let before = metadata(&app).await;
    let form = browser.open("/admin/clients/app/edit").await;
    let fields = [("client_uri", "nowhere"), ("default_max_age", "soon"), ("scope", "openid nonsense")];
    let page = browser.submit(&form, "form#edit-client", &fields).await;
    assert_eq!(page.answer.status, 422);
    let problems = page.text("#problem");
    for named in ["client_uri", "default_max_age"] {
        assert!(problems.contains(named), "{problems}");
        assert!(page.has(&format!("#{named}[aria-invalid=true]")), "{named}");
    }
    assert!(page.has("input[name=client_uri][value=nowhere]") && page.has("input[name=default_max_age][value=soon]"));
    let page = browser.submit(&page, "form#edit-client", &[("client_uri", ""), ("default_max_age", "")]).await;
    assert!(page.text("#problem").contains("nonsense"), "what the server does not know is found then");
    assert_eq!(metadata(&app).await, before);
}

#[actix_web::test]
async fn overrules_nobody_unseen() {
    let app = TestApp::start().await;
    app.web_app().await;
    let browser = at_work(&app).await;
    let form = browser.open("/admin/clients/app/edit").await;
    let tries = (0..8).map(|number| {
        let (browser, form) = (&browser, &form);
        async move { browser.submit(form, "form#edit-client", &[("client_name", &format!("Name {number}"))]).await }
    });
    let pages = futures_util::future::join_all(tries).await;
    let saved = pages.iter().filter(|page| page.text("[role=status]").contains("Saved")).count();
    let stale = pages.iter().filter(|page| page.text("[role=status]").contains("somebody else changed it")).count();
    assert_eq!((saved, stale), (1, 7));
    assert_eq!(app.events("client_updated").await.len(), 1);
}

#[actix_web::test]
async fn gives_a_secret_to_a_client_that_begins_to_keep_one() {
    let app = TestApp::start().await;
    app.client(serde_json::json!({
        "redirect_uris": ["https://app.example/cb"], "token_endpoint_auth_method": "none",
    }))
    .await;
    let browser = at_work(&app).await;
    let form = browser.open("/admin/clients/app/edit").await;
    let fields = [("token_endpoint_auth_method", "client_secret_post")];
    let page = browser.submit(&form, "form#edit-client", &fields).await;
    assert!(page.text(".once code").starts_with("clv_secret_"), "{}", page.answer.body);
}

/// RFC 9700 §2.1: from the refusal to its remedy; and nothing is added that nobody has looked at.
#[actix_web::test]
async fn adds_the_redirect_uri_that_was_refused() {
    let app = TestApp::start().await;
    app.web_app().await;
    let browser = at_work(&app).await;
    let uri = "https://app.example/other?x=\"><script>alert(1)</script>";
    let encoded =
        crate::support::form_encode(&[("client_id", "app"), ("redirect_uri", uri), ("response_type", "code")]);
    let refused = app.browser().open(&format!("/oauth2/authorize?{encoded}")).await;
    assert_eq!(refused.answer.status, 400);
    let page = browser.open("/admin").await;
    let link = page.links("li.event a.button").pop().unwrap();
    let form = browser.open(&link).await;
    assert!(form.text("[role=alert]").contains("Anybody can cause such an entry"), "{}", form.answer.body);
    assert!(!form.has("script:not([src])"), "what strangers send is no markup");
    assert!(!metadata(&app).await["redirect_uris"].to_string().contains("other"));
    let good = browser.open("/admin/clients/app/edit?redirect_uri=https%3A%2F%2Fapp.example%2Fother").await;
    let page = browser.submit(&good, "form#edit-client", &[]).await;
    assert!(page.text("[role=status]").contains("Saved"), "{}", page.answer.body);
    assert!(metadata(&app).await["redirect_uris"].to_string().contains("https://app.example/other"));
}

#[actix_web::test]
async fn adds_a_person_who_then_chooses_a_password() {
    let app = TestApp::start().await;
    let browser = at_work(&app).await;
    let form = browser.open("/admin/new-person").await;
    let fields = [
        ("username", "grace"),
        ("name", "Grace Hopper"),
        ("email", "grace@example.com"),
        ("email_verified", "true"),
        ("address.locality", "Arlington"),
    ];
    let page = browser.submit(&form, "form#edit-person", &fields).await;
    assert_eq!((page.answer.status, page.text("h1").as_str()), (200, "Grace Hopper"), "{}", page.answer.body);
    let link = page.text(".once code");
    let hers = app.browser();
    let home = hers.submit(&hers.open(&link).await, "form#set-up", &[("password", "an entirely new passphrase")]).await;
    assert!(home.has("form#logout"), "{}", home.answer.body);
    let grace = app.cx.store.person_by_login("grace@example.com").await.unwrap().unwrap();
    assert_eq!(grace.claims.address.unwrap().locality.as_deref(), Some("Arlington"));
    assert_eq!(grace.claims.email_verified, Some(true));
    let again = browser.submit(&form, "form#edit-person", &fields).await;
    assert_eq!(again.answer.status, 422);
    assert!(again.text("#problem").contains("taken") && again.has("input[value='Grace Hopper']"));
}

#[actix_web::test]
async fn changes_what_is_known_about_a_person() {
    let app = TestApp::start().await;
    let (browser, ada) = (at_work(&app).await, app.person("ada").await);
    let path = format!("/admin/people/{ada}/edit");
    let form = browser.open(&path).await;
    let fields = [("username", "countess"), ("family_name", ""), ("birthdate", "1815-12-10")];
    let page = browser.submit(&form, "form#edit-person", &fields).await;
    assert!(page.text("[role=status]").contains("Saved"), "{}", page.answer.body);
    let person = app.cx.store.person_by_login("countess").await.unwrap().unwrap();
    assert_eq!((person.id, person.claims.family_name), (ada, None));
    assert_eq!(person.claims.birthdate.as_deref(), Some("1815-12-10"));
    assert_eq!(person.claims.given_name.as_deref(), Some("Ada"), "the rest stays");
    let stale = browser.submit(&form, "form#edit-person", &fields).await;
    assert!(stale.text("[role=status]").contains("somebody else changed it"));
    let form = browser.open(&path).await;
    let page = browser.submit(&form, "form#edit-person", &[("email", "nonsense"), ("birthdate", "soon")]).await;
    assert_eq!(page.answer.status, 422);
    assert!(page.text("#problem").contains("address") && page.text("#problem").contains("birthdate"));
}

#[actix_web::test]
async fn changes_attributes_line_by_line() {
    let app = TestApp::start().await;
    let (browser, ada) = (at_work(&app).await, app.person("ada").await);
    app.know_of(ada, json!({"id": "042", "text": "42", "teams": ["a"]})).await;
    let path = format!("/admin/people/{ada}/edit");
    let attributes = || async { app.cx.store.person(ada).await.unwrap().unwrap().attributes.to_json() };
    let form = browser.open(&path).await;
    let page = browser.submit(&form, "form#edit-person", &[]).await;
    assert!(page.text("[role=status]").contains("Saved"), "{}", page.answer.body);
    assert_eq!(attributes().await, json!({"id": "042", "text": "42", "teams": ["a"]}), "sent as it came");
    let form = browser.open(&path).await;
    let typed = "department = R & D <lab>\r\n\r\nlevel=3\r\nteams = [\"a\", \"b\"]";
    let page = browser.submit(&form, "form#edit-person", &[("attributes", typed)]).await;
    assert!(page.text("main").contains("R & D <lab>"), "{}", page.answer.body);
    let expected = json!({"department": "R & D <lab>", "level": 3, "teams": ["a", "b"]});
    assert_eq!(attributes().await, expected);
    let form = browser.open(&path).await;
    let page = browser.submit(&form, "form#edit-person", &[("attributes", "no name = x\nnothing\nteams = [1]")]).await;
    assert_eq!(page.answer.status, 422);
    let problems = page.text("#problem");
    for part in ["“no name” has no name", "“nothing” as name = value", "“teams” is a list"] {
        assert!(problems.contains(part), "{part}: {problems}");
    }
    assert!(page.text("#attributes").contains("nothing"), "what was typed stays");
    assert_eq!(attributes().await, expected);
}

/// OIDC Core §10.1.1
#[actix_web::test]
async fn rotates_and_retires_keys() {
    let app = TestApp::start().await;
    let browser = at_work(&app).await;
    let before = app.cx.store.signing_keys().await.unwrap();
    let page = browser.open("/admin/keys").await;
    let fields = [("algorithm", "ES256")];
    let page = press(&browser, &page, "rotate", &fields).await;
    assert!(page.text("[role=status]").contains("next key"), "{}", page.answer.body);
    assert!(page.text("main").contains("published, so that everybody knows it"));
    assert_eq!(app.cx.store.signing_keys().await.unwrap().len(), before.len() + 1);
    let again = press(&browser, &page, "rotate", &fields).await;
    assert!(again.text("[role=status]").contains("Nothing was changed"));
    let kid = before.iter().find(|key| key.algorithm.wire() == "ES256").unwrap().kid.clone();
    let page = press(&browser, &page, "retire", &[("kid", &kid), ("sure", "yes")]).await;
    assert!(page.text("[role=status]").contains("retired"), "{}", page.answer.body);
    let jwks = app.get("/oauth2/jwks").await.body;
    assert!(!jwks.contains(&kid), "this server publishes it no more");
    let actor = &app.events("key_retired").await[0].actor;
    assert!(actor.starts_with("person:"), "{actor}");
    assert!(!page.answer.body.contains("PRIVATE"));
}

#[actix_web::test]
async fn shows_the_settings_in_force_without_secrets() {
    let app = TestApp::start_with("[[scopes]]\nname = \"boats.read\"\ntext = \"See boats\"\n").await;
    let browser = at_work(&app).await;
    let page = browser.open("/admin/settings").await;
    for text in ["server.issuer", &app.issuer, "default", "config"] {
        assert!(page.text("main").contains(text), "{text}");
    }
    for (link, text) in [("/admin/scopes", "See boats"), ("/admin/resources", app.issuer.as_str())] {
        assert!(page.links("main a").contains(&link.to_owned()), "{link}");
        assert!(browser.open(link).await.text("main").contains(text), "{link}");
    }
}
