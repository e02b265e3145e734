//! Requests of apps where several people are signed in at the browser.

use claviger::ids::PersonId;

use super::*;
use crate::support::claims;

/// A browser in which ada and then ben signed in, each of whom has allowed the app `openid profile`; ben is current.
struct Scene {
    app: TestApp,
    client: TestClient,
    browser: Browser,
    ada: PersonId,
    ben: PersonId,
    /// ID tokens about the two.
    hints: [String; 2],
}

impl Scene {
    async fn start() -> Self {
        let app = TestApp::start().await;
        let client = client_with(
            &app,
            json!({
                "redirect_uris": [REDIRECT_URI],
                "post_logout_redirect_uris": ["https://app.example/bye"],
            }),
        );
        let client = client.await;
        let (ada, ben) = (app.person("ada").await, app.person("ben").await);
        let browser = app.browser();
        let mut hints = Vec::new();
        for username in ["ada", "ben"] {
            let page = browser.sign_in_too(username).await;
            assert!(page.has("form#logout"), "{}", page.answer.body);
            let page = allow(&browser, &browser.open(&path(&[])).await).await;
            let tokens = app.redeem(&client, &code(&app, &page)).await.ok();
            hints.push(tokens["id_token"].as_str().unwrap().to_owned());
            app.clock.advance(std::time::Duration::from_secs(1));
        }
        Self { app, client, browser, ada, ben, hints: hints.try_into().unwrap() }
    }

    /// What the ID token says that the app gets by what the page told it.
    async fn id_token(&self, page: &Page) -> serde_json::Value {
        let tokens = self.app.redeem(&self.client, &code(&self.app, page)).await.ok();
        claims(tokens["id_token"].as_str().unwrap())
    }

    /// Whom the app is told about who asks without a page.
    async fn silent(&self, changes: &[(&str, &str)]) -> serde_json::Value {
        let page = self.browser.open(&path(&[changes, &[("prompt", "none")]].concat())).await;
        self.id_token(&page).await["sub"].take()
    }
}

/// OIDC Core §3.1.2.1: `prompt=select_account` lets the person choose among those who are signed in.
#[actix_web::test]
async fn lets_the_person_choose_among_those_who_are_signed_in() {
    let scene = Scene::start().await;
    let sid_of_ada = claims(&scene.hints[0])["sid"].clone();
    let choice = scene.browser.open(&path(&[("prompt", "select_account")])).await;
    assert_eq!((choice.url.path(), choice.text("button.account small").as_str()), ("/login/select", "ada ben"));
    let account = choice.account("ada");
    let page = scene.browser.submit(&choice, "form#select-account", &[("account", &account)]).await;
    let id_token = scene.id_token(&page).await;
    assert_eq!((&id_token["sub"], &id_token["sid"]), (&json!(scene.ada), &sid_of_ada));
    assert_eq!(scene.silent(&[]).await, json!(scene.ada), "ada is current from now on");
    // Asked again, the person is asked again.
    assert_eq!(scene.browser.open(&path(&[("prompt", "select_account")])).await.url.path(), "/login/select");
    let silent = scene.browser.open(&path(&[("prompt", "none select_account")])).await;
    assert_eq!(error(&scene.app, &silent.answer), "invalid_request");
}

/// OIDC Core §3.1.2.1: whom the `id_token_hint` names, who is signed in, is answered for without a page; the current one
/// stays so.
#[actix_web::test]
async fn answers_for_whom_the_id_token_hint_names() {
    let scene = Scene::start().await;
    let [of_ada, of_ben] = &scene.hints;
    assert_eq!(scene.silent(&[("id_token_hint", of_ada)]).await, json!(scene.ada));
    assert_eq!(scene.silent(&[("id_token_hint", of_ben)]).await, json!(scene.ben));
    assert_eq!(scene.silent(&[]).await, json!(scene.ben), "nobody has chosen another");
}

/// OIDC Core §5.5.1, OIDC Core §3.1.2.1: the same for a `sub` that is asked for, and for a `login_hint`.
#[actix_web::test]
async fn answers_for_whom_the_app_names_otherwise() {
    let scene = Scene::start().await;
    let sub = |person: PersonId| json!({ "id_token": { "sub": { "value": person } } }).to_string();
    assert_eq!(scene.silent(&[("claims", &sub(scene.ada))]).await, json!(scene.ada));
    assert_eq!(scene.silent(&[("login_hint", "ada")]).await, json!(scene.ada));
    assert_eq!(scene.silent(&[("login_hint", "ADA@example.com")]).await, json!(scene.ada));
    assert_eq!(scene.silent(&[("login_hint", "ben")]).await, json!(scene.ben));
    assert_eq!(scene.silent(&[("login_hint", "nobody")]).await, json!(scene.ben), "a wish");
    // What must be true counts before what is wished for.
    let both = [("id_token_hint", scene.hints[1].as_str()), ("login_hint", "ada")];
    assert_eq!(scene.silent(&both).await, json!(scene.ben));
}

/// OIDC Core §3.1.2.1: whom the hint names and who is not signed in is not answered for, whoever else is.
#[actix_web::test]
async fn answers_for_nobody_who_is_not_signed_in() {
    let scene = Scene::start().await;
    let page = scene.browser.open("/login/select").await;
    scene.browser.submit(&page, "form#select-account", &[("account", &page.account("ada"))]).await;
    scene.app.sign_out_at(&scene.browser).await;
    let hinted = [("id_token_hint", scene.hints[0].as_str())];
    let silent = scene.browser.open(&path(&[&hinted[..], &[("prompt", "none")]].concat())).await;
    assert_eq!(error(&scene.app, &silent.answer), "login_required");
    // Nobody is current; who is named is answered for all the same, and who is not has to be chosen.
    assert_eq!(scene.silent(&[("id_token_hint", &scene.hints[1])]).await, json!(scene.ben));
    let silent = scene.browser.open(&path(&[("prompt", "none")])).await;
    assert_eq!(error(&scene.app, &silent.answer), "login_required");
    let choice = scene.browser.open(&path(&[])).await;
    assert_eq!((choice.url.path(), choice.text("button.account small").as_str()), ("/login/select", "ben"));
    let page = scene.browser.submit(&choice, "form#select-account", &[("account", &choice.account("ben"))]).await;
    assert_eq!(scene.id_token(&page).await["sub"], json!(scene.ben));
}

/// A page that has to be shown acts for whom the app names, and says who that is.
#[actix_web::test]
async fn shows_pages_for_whom_the_app_names() {
    let scene = Scene::start().await;
    let hinted = |changes: &[(&'static str, &'static str)]| {
        path(&[&[("id_token_hint", scene.hints[0].as_str())][..], changes].concat())
    };
    let page = scene.browser.open(&hinted(&[("prompt", "consent")])).await;
    assert_eq!(page.url.path(), "/consent");
    let page = allow(&scene.browser, &page).await;
    assert_eq!(scene.id_token(&page).await["sub"], json!(scene.ada));
    let page = scene.browser.open(&hinted(&[("prompt", "login")])).await;
    assert!(page.has("form#login input[name=username][value=ada][readonly]"), "{}", page.answer.body);
    let page = sign_in(&scene.browser, &page, "ada").await;
    assert_eq!(scene.id_token(&page).await["sub"], json!(scene.ada));
}

/// Two tabs, two choices: each request goes on as who was chosen for it.
#[actix_web::test]
async fn keeps_two_requests_with_two_choices_apart() {
    let scene = Scene::start().await;
    let asked = path(&[("prompt", "select_account")]);
    let (first, second) = (scene.browser.open(&asked).await, scene.browser.open(&asked).await);
    let choose = async |page: &Page, username: &str| {
        let account = page.account(username);
        scene.browser.submit_only(page, "form#select-account", &[("account", &account)]).await
    };
    let (ada, ben) = (choose(&first, "ada").await, choose(&second, "ben").await);
    for (sent, person) in [(ada, scene.ada), (ben, scene.ben)] {
        let page = scene.browser.open(sent.url.as_str()).await;
        assert_eq!(scene.id_token(&page).await["sub"], json!(person));
    }
}

/// A choice that somebody made elsewhere, sealed into a request, chooses nobody here.
#[actix_web::test]
async fn takes_no_choice_of_another_browser() {
    let scene = Scene::start().await;
    let choice = scene.browser.open(&path(&[("prompt", "select_account")])).await;
    let sent = scene.browser.submit_only(&choice, "form#select-account", &[("account", &choice.account("ada"))]).await;
    let other = scene.app.browser();
    other.sign_in_too("ben").await;
    let page = other.open(sent.url.as_str()).await;
    assert_eq!((page.url.path(), page.text("button.account small").as_str()), ("/login/select", "ben"));
}

/// A session that is used only by apps that name it is used: it does not end as one that is not.
#[actix_web::test]
async fn keeps_a_session_alive_that_apps_use() {
    let scene = Scene::start().await;
    let idle = scene.app.cx.config.sessions.idle_lifetime;
    for _ in 0..3 {
        scene.app.clock.advance(idle / 2 + std::time::Duration::from_secs(1));
        assert_eq!(scene.silent(&[("id_token_hint", &scene.hints[0])]).await, json!(scene.ada));
    }
}

/// OIDC RP-Initiated Logout §2: the hint names the session that is to end; the others live on.
#[actix_web::test]
async fn signs_out_of_the_session_that_the_hint_names() {
    let scene = Scene::start().await;
    let bye = "https://app.example/bye";
    let asked = [("id_token_hint", scene.hints[0].as_str()), ("post_logout_redirect_uri", bye)];
    let question = scene.browser.open(&format!("/oauth2/end_session?{}", form_encode(&asked))).await;
    let back = scene.browser.submit(&question, "form#logout", &[("decision", "logout")]).await;
    assert_eq!(back.url.as_str(), bye);
    assert_eq!(scene.app.events("sign_out").await[0].person_id, Some(scene.ada));
    assert_eq!(scene.browser.open("/login/select").await.text("button.account small"), "ben");
    assert_eq!(scene.silent(&[]).await, json!(scene.ben), "and ben is current still");
    // The same once more: her session has ended, so that it is the current one that would be asked about.
    let question = scene.browser.open(&format!("/oauth2/end_session?{}", form_encode(&asked))).await;
    assert!(question.has("form#logout"));
}
