//! Attacks on devices on which nobody likes to type: RFC 8628 §5.

use std::time::Duration;

use claviger::store::DeviceCodeState;
use futures_util::future::{join, join_all};
use serde_json::json;

use crate::support::{Answer, AskingDevice, Browser, PASSWORD, Page, TestApp, answer, enter};

const MANY: usize = 64;

async fn started() -> TestApp {
    TestApp::start_with("server.workers = 4\ndatabase.max_connections = 16\n").await
}

/// Sends a form of `page` and answers what came back, without going where it leads.
async fn send(browser: &Browser, page: &Page, form: &str, fields: &[(&str, &str)]) -> Answer {
    browser.submit_only(page, form, fields).await.answer
}

fn with_status(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

/// RFC 6585 §4: whoever knows the `client_id` of a television asks for code after code; one whose client authenticates is told from them.
#[actix_web::test]
async fn asks_for_codes_without_end() {
    let app = TestApp::start_with("protection.failures_per_address = 3\n").await;
    let tv = app.television().await;
    for _ in 0..3 {
        app.asking(&tv, "openid").await;
    }
    let held = app.device_authorization(&tv, &[("scope", "openid")]).await;
    held.refuses(429, "temporarily_unavailable");
    assert_eq!((held.header("retry-after"), held.header("ratelimit")), ("60", "\"address\";r=0;t=60"));
    let box_of_ours = json!({ "client_id": "box", "token_endpoint_auth_method": "client_secret_basic" });
    let confidential = app.television_with(box_of_ours).await;
    for _ in 0..5 {
        app.asking(&confidential, "openid").await;
    }
    app.clock.advance(Duration::from_mins(1));
    app.asking(&tv, "openid").await;
}

/// RFC 8628 §5.1: the attacker, who is signed in, tries code after code, and hopes for that of somebody's device.
#[actix_web::test]
async fn guesses_codes_until_it_is_stopped() {
    let app = TestApp::start().await;
    let tv = app.television().await;
    let (_, browser) = app.at_home("eve").await;
    let device = app.asking(&tv, "openid").await;
    for number in 0..10 {
        assert_eq!(enter(&browser, "BCDF-GHJK").await.answer.status, 422, "{number}");
        app.clock.advance(Duration::from_secs(30));
    }
    let stopped = enter(&browser, &device.user_code).await;
    assert_eq!(stopped.answer.status, 429);
    assert_eq!(stopped.answer.header("retry-after"), "300");
    assert_eq!(stopped.answer.header("ratelimit"), "\"account\";r=0;t=300");
    assert!(stopped.text("main").contains("Too many wrong codes") && !stopped.has("main form"));
    let (_, ada) = app.at_home("ada").await;
    assert_eq!(enter(&ada, &device.user_code).await.url.path(), "/device/consent", "who is stopped stops nobody else");
    app.clock.advance(Duration::from_mins(5));
    let device = app.asking(&tv, "openid").await;
    assert_eq!(enter(&browser, &device.user_code).await.url.path(), "/device/consent");
    let failures = app.events("user_code_entered").await;
    assert_eq!(failures.len(), 10);
    let held = app.events("held_back").await;
    assert_eq!(held.len(), 1, "once, however often she tries");
    assert_eq!(held[0].reason.as_deref(), Some("too many wrong codes of devices"));
}

/// RFC 8628 §5.1: the attacker sends its guesses all at once, and from several accounts.
#[actix_web::test]
async fn guesses_many_codes_at_once() {
    let app = started().await;
    let (_, browser) = app.at_home("eve").await;
    let page = browser.open("/device").await;
    let guess = [("user_code", "BCDF-GHJK")];
    let answers = join_all((0..MANY).map(|_| send(&browser, &page, "form#device", &guess))).await;
    assert_eq!((with_status(&answers, 422), with_status(&answers, 429)), (10, MANY - 10));
    for number in 0..4 {
        let (_, browser) = app.at_home(&format!("eve{number}")).await;
        for _ in 0..10 {
            assert_eq!(enter(&browser, "BCDF-GHJK").await.answer.status, 422);
        }
    }
    let (_, browser) = app.at_home("eve9").await;
    assert_eq!(enter(&browser, "BCDF-GHJK").await.answer.status, 429, "all come from one address");
}

/// RFC 8628 §5.1: the attacker goes on at another server of the same database.
#[actix_web::test]
async fn guesses_codes_at_one_server_after_another() {
    let app = TestApp::start().await;
    let (_, browser) = app.at_home("eve").await;
    for _ in 0..10 {
        assert_eq!(enter(&browser, "BCDF-GHJK").await.answer.status, 422);
    }
    let other = app.second_server().await;
    let browser = other.browser();
    let pair = [("username", "eve"), ("password", PASSWORD)];
    browser.submit(&browser.open("/login").await, "form#login", &pair).await;
    assert_eq!(enter(&browser, "BCDF-GHJK").await.answer.status, 422, "it has not been told yet");
    for server in [&app, &other] {
        server.cx.tallies().flush(&server.cx.store, server.cx.now()).await.unwrap();
    }
    assert_eq!(enter(&browser, "BCDF-GHJK").await.answer.status, 429);
}

/// RFC 8628 §5.4: the attacker starts a device of its own and sends ada the link. She sees that somebody asked elsewhere,
/// some time ago, and that she must have started it herself; and nothing happens by following the link.
#[actix_web::test]
async fn sends_somebody_the_link_of_its_own_device() {
    let app = TestApp::start_with("server.trusted_proxies = [\"127.0.0.1/32\"]\n").await;
    let tv = app.television().await;
    let (ada, browser) = app.at_home("ada").await;
    let form = [("client_id", tv.id.as_str()), ("scope", "openid email")];
    let told = app.post_with("/oauth2/device_authorization", &form, &[("x-forwarded-for", "203.0.113.66")]).await.ok();
    let text = |name: &str| told[name].as_str().unwrap().to_owned();
    let device = AskingDevice { client: tv, device_code: text("device_code"), user_code: text("user_code") };
    app.clock.advance(Duration::from_mins(7));
    let page = browser.open(&text("verification_uri_complete")).await;
    assert!(page.has("form#device") && !page.has("form#consent"));
    assert!(page.text("form#device").contains("in front of you"));
    let question = browser.submit(&page, "form#device", &[]).await;
    let shown = question.text("main");
    for told in ["203.0.113.66", "7 minutes ago", "not on the network", "If somebody sent you the code", "Television"] {
        assert!(shown.contains(told), "{told}: {shown}");
    }
    assert!(app.cx.store.grants_of(ada).await.unwrap().is_empty());
    app.poll(&device).await.refuses(400, "authorization_pending");
    // What she allows all the same is written with the address of the device, for whoever looks into it.
    browser.submit(&question, "form#consent", &[("decision", "allow")]).await;
    assert_eq!(app.events("device_allowed").await[0].details["device_address"], "203.0.113.66");
}

/// RFC 8628 §5.4: the attacker takes the question that its own session was shown, and sends ada there.
#[actix_web::test]
async fn skips_the_page_that_asks_for_the_code() {
    let app = TestApp::start().await;
    let (_, eve) = app.at_home("eve").await;
    let (ada, browser) = app.at_home("ada").await;
    let device = app.asking(&app.television().await, "openid").await;
    let question = enter(&eve, &device.user_code).await;
    let page = browser.open(question.url.as_str()).await;
    assert_eq!(page.url.path(), "/device");
    assert!(!page.has("form#consent"));
    // Nor by her own proof, with the request of the attacker's session.
    let own = browser.open("/logout").await.form("form#logout", &[]).1;
    let csrf = own.iter().find(|(name, _)| name == "csrf").unwrap().1.clone();
    let sealed = question.query("request").unwrap();
    let form = [("csrf", csrf), ("request", sealed), ("decision", "allow".to_owned())];
    let form: Vec<_> = form.map(|(name, value)| (name.to_owned(), value)).into();
    assert_eq!(browser.post("/device/consent", &form).await.url.path(), "/device");
    assert!(app.cx.store.grants_of(ada).await.unwrap().is_empty());
}

/// RFC 8628 §3.4, RFC 6819 §5.2.4.4: a thief of the device code has a client of its own.
#[actix_web::test]
async fn redeems_the_code_of_another_client() {
    let app = TestApp::start().await;
    let tv = app.television().await;
    let radio = app.television_with(json!({"client_id": "radio"})).await;
    let (_, browser) = app.at_home("ada").await;
    let device = app.asking(&tv, "openid").await;
    app.poll_as(&radio, &device).await.refuses(400, "invalid_grant");
    answer(&browser, &device, "allow").await;
    app.poll_as(&radio, &device).await.refuses(400, "invalid_grant");
    let events = app.events("device_redeemed").await;
    assert!(events.iter().all(|event| event.reason.as_deref() == Some("OtherClient")));
    app.poll(&device).await.ok();
}

/// RFC 8628 §3.5: sixty-four fetch the tokens of one device at once. One gets them.
#[actix_web::test]
async fn fetches_the_tokens_of_one_device_sixty_four_times_at_once() {
    let app = started().await;
    let tv = app.television().await;
    let (_, browser) = app.at_home("ada").await;
    let device = app.asking(&tv, "openid offline_access").await;
    answer(&browser, &device, "allow").await;
    let answers = join_all((0..MANY).map(|_| app.poll(&device))).await;
    assert_eq!(with_status(&answers, 200), 1);
    for loser in answers.iter().filter(|answer| answer.status != 200) {
        loser.refuses(400, "invalid_grant");
    }
    let redeemed = app.events("device_redeemed").await;
    assert_eq!(redeemed.iter().filter(|event| event.outcome == "success").count(), 1);
    let tokens = answers.iter().find(|answer| answer.status == 200).unwrap().json();
    app.refresh(&tv, tokens["refresh_token"].as_str().unwrap()).await.ok();
}

/// Sixty-four ask at once, too soon: whoever is told to slow down has to, and nobody is told of a fault of ours.
#[actix_web::test]
async fn asks_sixty_four_times_at_once() {
    let app = started().await;
    let device = app.asking(&app.television().await, "openid").await;
    let answers = join_all((0..MANY).map(|_| app.poll(&device))).await;
    for answer in &answers {
        let error = answer.json()["error"].as_str().unwrap().to_owned();
        assert!(answer.status == 400 && ["authorization_pending", "slow_down"].contains(&error.as_str()), "{error}");
    }
    let hash = app.cx.hasher.hash(&device.device_code);
    let code = app.cx.store.device_code(&hash).await.unwrap().unwrap();
    assert!(code.interval > Duration::from_secs(5) && code.interval <= Duration::from_mins(1), "{:?}", code.interval);
}

/// Sends each decision twice, all at once.
async fn answers(browser: &Browser, question: &Page, decisions: [&str; 2]) -> Vec<Answer> {
    let say = async |decision| send(browser, question, "form#consent", &[("decision", decision)]).await;
    join_all(decisions.into_iter().cycle().take(4).map(say)).await
}

/// RFC 8628 §3.3: two people, and yes and no of each, answer one device at the same moment. One answer counts, and it
/// alone leaves something.
#[actix_web::test]
async fn answers_one_device_in_two_ways_at_once() {
    let app = started().await;
    let tv = app.television().await;
    let (ada, first) = app.at_home("ada").await;
    let (eve, second) = app.at_home("eve").await;
    for round in 0..6 {
        let device = app.asking(&tv, "openid").await;
        let (hers, theirs) = (enter(&first, &device.user_code).await, enter(&second, &device.user_code).await);
        let at_first = answers(&first, &hers, ["allow", "deny"]);
        let at_second = answers(&second, &theirs, ["deny", "allow"]);
        let (one, other) =
            if round % 2 == 0 { join(at_first, at_second).await } else { join(at_second, at_first).await };
        let answers = [one, other].into_iter().flatten().collect::<Vec<_>>();
        assert_eq!((with_status(&answers, 303), with_status(&answers, 410)), (1, 7));
        let code = app.cx.store.device_code(&app.cx.hasher.hash(&device.device_code)).await.unwrap().unwrap();
        match code.state {
            DeviceCodeState::Allowed(id) => {
                let by = app.cx.store.authorization(id).await.unwrap().unwrap().person_id;
                assert!(by == ada || by == eve);
                app.poll(&device).await.ok();
            }
            DeviceCodeState::Denied => drop(app.poll(&device).await.refuses(400, "access_denied")),
            state => panic!("{state:?}"),
        }
        let given = app.events("device_allowed").await.len() + app.events("device_denied").await.len();
        assert_eq!(given, round + 1);
    }
}

/// The attacker's page ticks a box that the question never showed.
#[actix_web::test]
async fn ticks_a_scope_that_was_not_asked_for() {
    let app = TestApp::start().await;
    let (ada, browser) = app.at_home("ada").await;
    let device = app.asking(&app.television().await, "openid").await;
    let question = enter(&browser, &device.user_code).await;
    let fields = [("decision", "allow"), ("scope", "offline_access")];
    assert_eq!(send(&browser, &question, "form#consent", &fields).await.status, 400);
    assert!(app.cx.store.grants_of(ada).await.unwrap().is_empty());
    app.poll(&device).await.refuses(400, "authorization_pending");
}

/// The person signs out, or is signed out, while the question is on the screen: what is given must not come after the end
/// of the session in which it was.
#[actix_web::test]
async fn allows_in_a_session_that_has_ended() {
    let app = TestApp::start().await;
    let (ada, browser) = app.at_home("ada").await;
    let device = app.asking(&app.television().await, "openid").await;
    let question = enter(&browser, &device.user_code).await;
    let sid = app.cx.store.sessions_of(ada, app.cx.now()).await.unwrap()[0].sid;
    app.cx.store.write(move |tx| Box::pin(async move { tx.delete_session_by_sid(sid).await })).await.unwrap();
    let page = browser.submit(&question, "form#consent", &[("decision", "allow")]).await;
    assert_eq!(page.url.path(), "/login");
    assert!(app.cx.store.grants_of(ada).await.unwrap().is_empty());
    app.poll(&device).await.refuses(400, "authorization_pending");
}
