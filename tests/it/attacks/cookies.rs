//! Cookies and sealed requests that an attacker plants, edits, copies or keeps. RFC 6265 §8.6, RFC 9700 §4.7: whatever
//! a neighbouring host puts into a browser begins no session there and decides nothing.

use std::time::Duration;

use claviger::domain::keys::sealing::Sealer;
use claviger::domain::pending_request::PendingRequest;
use claviger::domain::pending_sign_out::PendingSignOut;

use crate::support::{Browser, CHALLENGE, PASSWORD, Page, REDIRECT_URI, TestApp, form_encode};

const SESSION: &str = "claviger-session";
const CSRF: &str = "claviger-csrf";

async fn sign_in(browser: &Browser, username: &str) -> Page {
    let page = browser.open("/login").await;
    browser.submit(&page, "form#login", &[("username", username), ("password", PASSWORD)]).await
}

async fn signed_in(app: &TestApp, username: &str) -> Browser {
    let browser = app.browser();
    assert!(sign_in(&browser, username).await.has("form#logout"));
    browser
}

/// Who is signed in where this `Cookie` header comes from: whether anybody.
async fn is_somebody(app: &TestApp, cookie: &str) -> bool {
    let answer = app.get_with("/", &[("cookie", cookie), ("accept", "text/html")]).await;
    assert_eq!(answer.status, 200, "{cookie}: {}", answer.body);
    answer.body.contains("id=\"logout\"")
}

fn authorize(more: &[(&str, &str)]) -> String {
    let good = [
        ("response_type", "code"),
        ("client_id", "app"),
        ("redirect_uri", REDIRECT_URI),
        ("scope", "openid profile"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    format!("/oauth2/authorize?{}", form_encode(&[&good[..], more].concat()))
}

/// RFC 6265 §8.4: session fixation. The attacker signs in, puts that cookie into the victim's browser, and waits.
#[actix_web::test]
async fn plants_its_own_session_and_waits_for_the_victim_to_sign_in() {
    let app = TestApp::start().await;
    app.person("ada").await;
    app.person("eve").await;
    let attacker = signed_in(&app, "eve").await;
    let planted = attacker.cookie(SESSION).unwrap();
    let victim = app.browser();
    victim.set_cookie(SESSION, Some(&planted));
    sign_in(&victim, "ada").await;
    let renewed = victim.cookie(SESSION).unwrap();
    assert_ne!(renewed, planted);
    assert!(!is_somebody(&app, &format!("{SESSION}={planted}")).await, "the planted session is over, for both");
    assert!(is_somebody(&app, &format!("{SESSION}={renewed}")).await);
    assert!(!attacker.open("/").await.answer.body.contains("Ada"));
}

/// RFC 6265 §8.4, OIDC Core §3.1.2.1: whoever proves once more who they are, holds a new key from then on.
#[actix_web::test]
async fn keeps_a_cookie_from_before_a_fresh_sign_in() {
    let app = TestApp::start().await;
    app.web_app().await;
    app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    let before = browser.cookie(SESSION).unwrap();
    let page = browser.open(&authorize(&[("prompt", "login")])).await;
    browser.submit(&page, "form#login", &[("password", PASSWORD)]).await;
    assert_ne!(browser.cookie(SESSION).unwrap(), before);
    assert!(!is_somebody(&app, &format!("{SESSION}={before}")).await);
}

/// RFC 6265 §8.6: of two cookies of one name the one that was tossed in decides nothing.
#[actix_web::test]
async fn tosses_a_second_cookie_of_the_same_name() {
    let app = TestApp::start().await;
    app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    let good = browser.cookie(SESSION).unwrap();
    for tossed in ["", "x", "planted", "\"", "a b", &"A".repeat(good.len()), &good[1..], &good[..good.len() - 1]] {
        assert!(!is_somebody(&app, &format!("{SESSION}={tossed}")).await, "{tossed}");
        for cookie in [format!("{SESSION}={tossed}; {SESSION}={good}"), format!("{SESSION}={good}; {SESSION}={tossed}")]
        {
            // Either of the two may be read, but nothing else may come of them.
            let answer = app.get_with("/login", &[("cookie", &cookie), ("accept", "text/html")]).await;
            assert_eq!(answer.status, 200, "{cookie}");
            let set = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
            assert!(!set.into_iter().any(|set| set.starts_with(SESSION)), "{cookie}");
        }
    }
    assert!(is_somebody(&app, &format!("{SESSION}={good}")).await, "nothing of this ended the session");
}

/// RFC 6749 §10.12, RFC 9700 §4.7.1: the attacker's own CSRF cookie, with the token that belongs to it, is good for the
/// attacker's forms: it lets nobody act in the session of somebody else.
#[actix_web::test]
async fn tosses_its_own_csrf_cookie_with_the_token_that_fits() {
    let app = TestApp::start().await;
    app.web_app().await;
    app.person("ada").await;
    app.person("eve").await;
    let victim = signed_in(&app, "ada").await;
    let consent = victim.open(&authorize(&[])).await;
    let request = consent.query("request").unwrap();
    let anonymous = app.browser();
    let token =
        |page: &Page, form: &str| page.form(form, &[]).1.into_iter().find(|(name, _)| name == "csrf").unwrap().1;
    let before_sign_in = token(&anonymous.open("/login").await, "form#login");
    let attacker = signed_in(&app, "eve").await;
    let of_eve = token(&attacker.open("/").await, "form#logout");
    for (tossed, token) in [(&anonymous, before_sign_in), (&attacker, of_eve)] {
        victim.set_cookie(CSRF, tossed.cookie(CSRF).as_deref());
        for (path, fields) in [
            ("/logout", vec![("decision", "logout")]),
            ("/consent", vec![("decision", "allow"), ("request", request.as_str())]),
            ("/login/select", vec![("account", "another"), ("request", request.as_str())]),
        ] {
            let form = [fields, vec![("csrf", token.as_str())]].concat();
            let form: Vec<_> = form.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            assert_eq!(victim.post(path, &form).await.answer.status, 403, "{path}");
        }
    }
    assert!(victim.open("/").await.has("form#logout"), "still signed in");
    assert_eq!(app.events("consent_given").await.len(), 0);
}

/// RFC 6265 §8.6: on https only a cookie counts that no neighbouring host and no plain connection can have set.
#[actix_web::test]
async fn sets_the_cookie_without_its_prefix() {
    let app =
        TestApp::start_with("server.issuer = \"https://id.example\"\nserver.trusted_proxies = [\"127.0.0.1\"]\n").await;
    app.person("ada").await;
    let form = app.get_with("/login", &[("accept", "text/html")]).await;
    let csrf_cookie = form.header("set-cookie").split(';').next().unwrap().to_owned();
    let csrf = form.body.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let fields = [("csrf", csrf), ("username", "ada"), ("password", PASSWORD)];
    let plain = csrf_cookie.replace("__Host-", "");
    for cookie in
        [plain.clone(), plain.replace("claviger", "__Secure-claviger"), plain.replace("claviger", "__host-claviger")]
    {
        assert_eq!(app.post_with("/login", &fields, &[("cookie", &cookie)]).await.status, 403, "{cookie}");
    }
    let answer = app.post_with("/login", &fields, &[("cookie", &csrf_cookie)]).await;
    let session = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    assert!(is_somebody(&app, &session).await, "{session}");
    let plain = session.replace("__Host-", "");
    for cookie in
        [plain.clone(), plain.replace("claviger", "__Secure-claviger"), plain.replace("claviger", "__HOST-claviger")]
    {
        assert!(!is_somebody(&app, &cookie).await, "{cookie}");
    }
}

/// RFC 6265 §8.3: the cookie is sealed; a bit of it changed, and it is nobody's.
#[actix_web::test]
async fn edits_or_truncates_the_cookie() {
    let app = TestApp::start().await;
    app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    let good = browser.cookie(SESSION).unwrap();
    for at in 0..good.len() {
        let mut edited = good.clone().into_bytes();
        edited[at] = if edited[at] == b'A' { b'B' } else { b'A' };
        let edited = String::from_utf8(edited).unwrap();
        assert!(!is_somebody(&app, &format!("{SESSION}={edited}")).await, "byte {at}: {edited}");
    }
    for edited in [
        &good[..good.len() / 2],
        &format!("{good}{good}"),
        &format!("{good}A"),
        &good.to_lowercase(),
        &good.replace('%', "%25"),
    ] {
        assert_eq!(is_somebody(&app, &format!("{SESSION}={edited}")).await, edited == good, "{edited}");
    }
    assert!(is_somebody(&app, &format!("{SESSION}={good}")).await);
}

/// RFC 6265 §8.5: the cookie of one server is nothing at another, not even at one with the same keys.
#[actix_web::test]
async fn brings_the_cookie_of_another_server() {
    let (app, other) = (TestApp::start().await, TestApp::start().await);
    app.person("ada").await;
    other.person("ada").await;
    let cookie = signed_in(&other, "ada").await.cookie(SESSION).unwrap();
    assert!(is_somebody(&other, &format!("{SESSION}={cookie}")).await);
    assert!(!is_somebody(&app, &format!("{SESSION}={cookie}")).await);
}

/// RFC 6265 §8.4: a copy of the cookie dies with the session.
#[actix_web::test]
async fn replays_the_cookie_after_the_victim_has_signed_out() {
    let app = TestApp::start().await;
    app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    let copy = browser.cookie(SESSION).unwrap();
    let page = browser.open("/").await;
    browser.submit(&page, "form#logout", &[("decision", "logout")]).await;
    assert!(!is_somebody(&app, &format!("{SESSION}={copy}")).await);
}

/// RFC 9700 §4.7, RFC 6819 §4.4.1.8: the request that waits is sealed. What another server sealed, what was sealed for
/// something else, and what was edited, opens nowhere.
#[actix_web::test]
async fn edits_a_sealed_request_or_brings_one_from_elsewhere() {
    let app = TestApp::start().await;
    app.web_app().await;
    app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    let page = browser.open(&authorize(&[("state", "mine")])).await;
    assert_eq!(page.url.path(), "/consent");
    let good = page.query("request").unwrap();
    let opened = PendingRequest::open(&good, &app.cx.request_sealer, app.cx.now(), Duration::from_mins(1)).unwrap();
    let sign_out = PendingSignOut {
        client_id: None,
        sid: None,
        return_to: Some(REDIRECT_URI.to_owned()),
        fault: None,
        started_at: app.cx.now(),
    };
    let mut bad = vec![
        opened.seal(&Sealer::new(&[7; 32])),
        sign_out.seal(&app.cx.request_sealer),
        String::new(),
        good.clone() + "AAAA",
        good[4..].to_owned(),
        good[..good.len() - 4].to_owned(),
        format!("{good}{good}"),
        serde_json::to_string(&opened).unwrap(),
        super::forgery::base64url(serde_json::to_string(&opened).unwrap()),
    ];
    bad.extend((0..good.len()).step_by(7).map(|at| {
        let mut edited = good.clone().into_bytes();
        edited[at] = if edited[at] == b'A' { b'B' } else { b'A' };
        String::from_utf8(edited).unwrap()
    }));
    for request in &bad {
        let query = form_encode(&[("request", request)]);
        for path in ["/oauth2/authorize/resume", "/consent", "/login/select", "/login"] {
            let page = browser.open(&format!("{path}?{query}")).await;
            let is_plain = matches!(path, "/login" | "/login/select") && request.is_empty();
            assert_eq!(page.answer.status, if is_plain { 200 } else { 400 }, "{path} {request}");
            assert_eq!(page.answer.header("location"), "", "{path} {request}");
        }
        let form = [("decision", "allow"), ("request", request.as_str())];
        let answer = browser.submit(&page, "form#consent", &form).await;
        assert_eq!(answer.answer.status, 400, "{request}");
    }
    // The other way round: a request to sign in is none to sign out and go somewhere.
    let page = browser.open(&format!("/logout?request={good}")).await;
    let done = browser.submit(&page, "form#logout", &[("decision", "logout")]).await;
    assert_eq!(done.url.host_str(), Some("127.0.0.1"), "{}", done.url);
    assert_eq!(app.events("consent_given").await.len(), 0);
}

/// RFC 6819 §4.4.1.8, RFC 9700 §4.7.1: a request that the attacker has got signed in and allowed, given to the victim
/// to finish; or kept, and finished after the victim has signed out.
#[actix_web::test]
async fn finishes_a_sealed_request_in_another_session() {
    let app = TestApp::start().await;
    app.web_app().await;
    app.person("ada").await;
    app.person("eve").await;
    let attacker = signed_in(&app, "eve").await;
    let page = attacker.open(&authorize(&[("state", "evil"), ("prompt", "consent login")])).await;
    let page = attacker.submit(&page, "form#login", &[("password", PASSWORD)]).await;
    let decided = attacker.submit_only(&page, "form#consent", &[("decision", "allow")]).await;
    let resume = format!("{}?{}", decided.url.path(), decided.url.query().unwrap());
    let victim = signed_in(&app, "ada").await;
    let page = victim.open(&resume).await;
    assert_eq!(page.url.path(), "/login", "{}", page.url);
    assert!(app.browser().open(&resume).await.has("form#login"), "nobody is signed in there");
    // Signed out, the attacker is nobody as well, and has to begin anew.
    let home = attacker.open("/").await;
    attacker.submit(&home, "form#logout", &[("decision", "logout")]).await;
    assert!(attacker.open(&resume).await.has("form#login"));
    assert!(sign_in(&attacker, "eve").await.has("form#logout"));
    assert_eq!(attacker.open(&resume).await.url.path(), "/login", "a new session, a new proof");
    assert_eq!(app.events("code_issued").await.len(), 0);
}
