//! `/login`

use super::*;

#[actix_web::test]
async fn leads_home_where_nothing_waits() {
    let app = TestApp::start().await;
    app.person("ada").await;
    let browser = app.browser();
    let home = sign_in_at(&browser, &browser.open("/login").await, "ada", PASSWORD).await;
    assert_eq!((home.url.path(), home.answer.status), ("/", 200));
    assert!(home.text("main").contains("Ada Lovelace"));
    assert_eq!(app.events("sign_in").await[0].outcome, "success");
}

#[actix_web::test]
async fn takes_the_address_and_any_case_as_username() {
    let app = TestApp::start().await;
    app.person("ada").await;
    for login in ["ADA", "ada@example.com", " Ada@Example.com "] {
        let browser = app.browser();
        let home = sign_in_at(&browser, &browser.open("/login").await, login, PASSWORD).await;
        assert!(home.has("form#logout"), "{login}");
    }
}

#[actix_web::test]
async fn sends_the_request_on_with_the_session_that_answered_it() {
    let app = TestApp::start().await;
    app.web_app().await;
    let ada = app.person("ada").await;
    let browser = app.browser();
    let request = sealed(&app, &waiting(&app, "openid"));
    let form = browser.open(&format!("/login?request={request}")).await;
    assert!(form.text("main").contains("Example App"));
    let request = resumed_as(&app, &browser, &form, "ada").await;
    let sid = request.signed_in.unwrap();
    assert_eq!(request.selected, Some(sid));
    assert!(app.cx.store.session_lives(sid, app.cx.now()).await.unwrap());
    assert_eq!(app.events("sign_in").await[0].person_id, Some(ada));
}

#[actix_web::test]
async fn says_the_same_of_an_unknown_user_a_wrong_password_and_a_disabled_person() {
    let app = TestApp::start().await;
    app.person("ada").await;
    let off = app.person("off").await;
    let now = app.cx.now();
    let disable = app.cx.store.write(move |tx| Box::pin(async move { tx.set_person_disabled(off, Some(now)).await }));
    disable.await.unwrap();
    let mut answers = Vec::new();
    for (username, password) in [("nobody", PASSWORD), ("ada", "wrong"), ("off", PASSWORD)] {
        let browser = app.browser();
        let page = sign_in_at(&browser, &browser.open("/login").await, username, password).await;
        assert_eq!(browser.cookie(COOKIE), None);
        assert_eq!(page.answer.status, 422);
        answers.push((page.text(".problem"), page.answer.headers.len()));
    }
    assert_eq!(answers[0].0, "The username or password is not right.");
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    let mut reasons: Vec<_> = app.events("sign_in").await.into_iter().map(|event| event.reason.unwrap()).collect();
    reasons.sort_unstable();
    assert_eq!(reasons, ["person disabled", "unknown username", "wrong password"]);
}

#[actix_web::test]
async fn keeps_the_username_but_never_the_password_in_the_form() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let page = sign_in_at(&browser, &browser.open("/login").await, "<b>ada", "my secret words").await;
    assert!(page.has("input[name=username][value='<b>ada']"));
    assert!(!page.answer.body.contains("my secret words"));
    let page = browser.submit(&page, "form#login", &[("username", "ada")]).await;
    assert_eq!(page.text(".problem"), "Enter both your username and your password.");
    for event in app.events("sign_in").await {
        assert!(!format!("{event:?}").contains("secret words"));
        assert!(!format!("{event:?}").contains("<b>ada"), "what was typed may be a password");
    }
}

#[actix_web::test]
async fn carries_a_request_for_each_tab() {
    let app = TestApp::start().await;
    app.web_app().await;
    app.person("ada").await;
    let browser = app.browser();
    let tab = async |scope| browser.open(&format!("/login?request={}", sealed(&app, &waiting(&app, scope)))).await;
    let (first, second) = (tab("openid").await, tab("openid email").await);
    let first = resumed_as(&app, &browser, &first, "ada").await;
    let second = resumed_as(&app, &browser, &second, "ada").await;
    assert_eq!(first.scope.to_string(), "openid");
    assert_eq!(second.scope.to_string(), "openid email");
    // The same person keeps the session's identifier, so that the first tab goes on as well.
    assert_eq!(first.signed_in, second.signed_in);
}

#[actix_web::test]
async fn asks_who_is_signed_in_to_confirm_and_lets_them_be_somebody_else() {
    let app = TestApp::start().await;
    app.web_app().await;
    let (_, eve) = (app.person("ada").await, app.person("eve").await);
    let browser = signed_in(&app, "ada").await;
    let form = browser.open(&format!("/login?request={}", sealed(&app, &waiting(&app, "openid")))).await;
    assert!(form.has("input[name=username][readonly][value=ada]"));
    let another = format!("/login?request={}&another=yes", form.form("form#login", &[]).1[1].1);
    let form = browser.open(&another).await;
    assert!(form.has("input[name=username][value='']"));
    let sid = resumed_as(&app, &browser, &form, "eve").await.signed_in.unwrap();
    assert_eq!(app.events("sign_out").await.len(), 0, "ada stays signed in beside eve");
    assert!(app.events("sign_in").await.iter().any(|event| event.person_id == Some(eve)));
    assert!(app.cx.store.session_lives(sid, app.cx.now()).await.unwrap());
    assert_eq!(rows(&app, "sessions").await, 2);
}

#[actix_web::test]
async fn fills_in_the_person_that_the_app_means() {
    let app = TestApp::start().await;
    app.web_app().await;
    app.person("ada").await;
    let mut request = waiting(&app, "openid");
    request.login_hint = Some("eve@example.com".to_owned());
    let browser = signed_in(&app, "ada").await;
    let form = browser.open(&format!("/login?request={}", sealed(&app, &request))).await;
    assert!(form.has("input[name=username][value='eve@example.com']:not([readonly])"));
}

#[actix_web::test]
async fn explains_a_stale_and_an_altered_request() {
    let app = TestApp::start().await;
    app.web_app().await;
    let browser = app.browser();
    let request = sealed(&app, &waiting(&app, "openid"));
    let form = browser.open(&format!("/login?request={request}")).await;
    let altered = format!("{}A", &request[..request.len() - 1]);
    for path in ["/login", "/login/select", "/consent"] {
        let page = browser.open(&format!("{path}?request={altered}x")).await;
        assert_eq!((page.answer.status, page.text("h1").as_str()), (400, "This link doesn’t work"), "{path}");
    }
    app.clock.advance(app.cx.config.sessions.pending_lifetime + Duration::from_millis(1));
    let page = browser.open(&format!("/consent?request={request}")).await;
    assert_eq!((page.answer.status, page.text("h1").as_str()), (400, "This page has grown old"));
    let page = sign_in_at(&browser, &form, "ada", PASSWORD).await;
    assert_eq!((page.answer.status, page.text("h1").as_str()), (400, "This page has grown old"));
    assert!(page.text("main").contains("sign in again from there"));
}

#[actix_web::test]
async fn turns_sign_ins_away_when_too_many_wait() {
    let one_at_a_time = "passwords.max_concurrent_hashes = 1\npasswords.max_waiting_hashes = 0\n\
                         passwords.argon2_iterations = 40\npasswords.argon2_memory_kib = 19456\n";
    let app = TestApp::start_with(one_at_a_time).await;
    app.person("ada").await;
    let browsers: Vec<_> = (0..4).map(|_| app.browser()).collect();
    let attempts = browsers.iter().map(|browser| async {
        let form = browser.open("/login").await;
        sign_in_at(browser, &form, "ada", "wrong").await
    });
    let pages = futures_util::future::join_all(attempts).await;
    let busy: Vec<_> = pages.iter().filter(|page| page.answer.status == 503).collect();
    assert!(!busy.is_empty());
    assert!(busy.iter().all(|page| !page.answer.header("retry-after").is_empty()));
    assert!(pages.iter().any(|page| page.answer.status == 422));
}
