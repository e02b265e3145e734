//! The session and its cookie.

use claviger::domain::events::{Actor, Origin};
use claviger::domain::people::{Act, accounts};

use super::*;

fn session_cookie(page: &Page) -> String {
    page.set_cookies.iter().find(|cookie| cookie.contains("claviger-session=")).cloned().unwrap_or_default()
}

#[actix_web::test]
async fn writes_nothing_but_events_before_somebody_has_signed_in() {
    let app = TestApp::start().await;
    app.web_app().await;
    let before = rows(&app, "events").await;
    let browser = app.browser();
    let request = sealed(&app, &waiting(&app, "openid"));
    let form = browser.open(&format!("/login?request={request}")).await;
    sign_in_at(&browser, &form, "ada", "wrong").await;
    for path in ["/", "/login", "/logout", "/set-up?link=x", "/nothing"] {
        browser.open(path).await;
    }
    browser.open(&format!("/consent?request={request}")).await;
    for table in ["people", "sessions", "one_time_links", "grants", "authorizations", "codes", "refresh_tokens"] {
        assert_eq!(rows(&app, table).await, 0, "{table}");
    }
    assert_eq!(rows(&app, "events").await, before + 1, "the failed sign-in");
    assert_eq!(browser.cookie(COOKIE), None);
}

#[actix_web::test]
async fn gives_a_new_key_at_every_sign_in() {
    let app = TestApp::start().await;
    app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    let planted = browser.cookie(COOKIE).unwrap();
    // Somebody who knows the cookie of before gains nothing from the sign-in in which it was used.
    let form = browser.open("/login").await;
    sign_in_at(&browser, &form, "ada", PASSWORD).await;
    assert_ne!(browser.cookie(COOKIE).unwrap(), planted);
    let thief = app.browser();
    thief.set_cookie(COOKIE, Some(&planted));
    assert!(!thief.open("/").await.has("form#logout"));
    assert!(browser.open("/").await.has("form#logout"));
}

#[actix_web::test]
async fn begins_no_session_under_a_key_that_the_browser_brings() {
    let app = TestApp::start().await;
    app.person("ada").await;
    let browser = app.browser();
    browser.set_cookie(COOKIE, Some("planted"));
    let form = browser.open("/login").await;
    sign_in_at(&browser, &form, "ada", PASSWORD).await;
    assert_ne!(browser.cookie(COOKIE).unwrap(), "planted");
    assert!(browser.open("/").await.has("form#logout"));
}

#[actix_web::test]
async fn ends_when_it_was_not_used_for_long() {
    let app = TestApp::start().await;
    app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    let idle = app.cx.config.sessions.idle_lifetime;
    for _ in 0..3 {
        app.clock.advance(idle.saturating_sub(Duration::from_secs(90)));
        assert!(browser.open("/").await.has("form#logout"), "every use puts the end off");
    }
    app.clock.advance(idle + Duration::from_millis(1));
    assert!(!browser.open("/").await.has("form#logout"));
}

#[actix_web::test]
async fn lives_no_longer_because_the_clock_was_wrong() {
    let app = TestApp::start().await;
    app.person("ada").await;
    let right = app.cx.now();
    app.clock.advance(Duration::from_hours(24 * 365));
    let browser = signed_in(&app, "ada").await;
    app.clock.set(right);
    assert!(browser.open("/").await.has("form#logout"));
    app.clock.advance(app.cx.config.sessions.idle_lifetime + Duration::from_millis(1));
    assert!(!browser.open("/").await.has("form#logout"));
}

#[actix_web::test]
async fn is_known_even_if_its_use_cannot_be_noted() {
    let app = TestApp::start().await;
    app.person("ada").await;
    let first = signed_in(&app, "ada").await;
    app.clock.advance(Duration::from_mins(2));
    let second = signed_in(&app, "ada").await;
    let db = Database::connect(app.cx.config.database.url.to_url().expose_secret()).await.unwrap();
    db.execute_unprepared("CREATE UNIQUE INDEX one_use_at_a_time ON sessions (last_seen_at)").await.unwrap();
    db.close().await.unwrap();
    app.clock.advance(Duration::from_mins(2));
    assert!(first.open("/").await.has("form#logout"), "noted");
    assert!(second.open("/").await.has("form#logout"), "cannot be noted");
}

#[actix_web::test]
async fn ends_at_its_absolute_lifetime_however_much_it_is_used() {
    let app = TestApp::start_with("sessions.absolute_lifetime = \"1d\"\n").await;
    app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    for _ in 0..3 {
        app.clock.advance(Duration::from_hours(7));
        assert!(browser.open("/").await.has("form#logout"));
    }
    app.clock.advance(Duration::from_hours(3));
    assert!(!browser.open("/").await.has("form#logout"));
}

#[actix_web::test]
async fn begins_only_with_the_event_that_says_so() {
    let app = TestApp::start().await;
    app.person("ada").await;
    let browser = app.browser();
    let form = browser.open("/login").await;
    lose_the_event_log(&app).await;
    let page = sign_in_at(&browser, &form, "ada", PASSWORD).await;
    assert!(page.answer.status >= 500, "{}", page.answer.status);
    assert_eq!((rows(&app, "sessions").await, browser.cookie(COOKIE)), (0, None));
}

#[actix_web::test]
async fn outlives_the_window_only_where_that_was_asked_for() {
    let app = TestApp::start().await;
    app.person("ada").await;
    let browser = app.browser();
    let form = browser.open("/login").await;
    let plain = session_cookie(&sign_in_at(&browser, &form, "ada", PASSWORD).await);
    assert!(plain.contains("HttpOnly") && plain.contains("SameSite=Lax") && plain.contains("Path=/"), "{plain}");
    assert!(!plain.contains("Max-Age") && !plain.contains("Expires") && !plain.contains("Domain"), "{plain}");
    let browser = app.browser();
    let form = browser.open("/login").await;
    let fields = [("username", "ada"), ("password", PASSWORD), ("remember", "yes")];
    let kept = session_cookie(&browser.submit(&form, "form#login", &fields).await);
    assert!(kept.contains("Max-Age=34560000"), "{kept}");
    app.clock.advance(app.cx.config.sessions.idle_lifetime + Duration::from_secs(1));
    assert!(browser.open("/").await.has("form#logout"), "remembered for longer than a window's session");
    app.clock.advance(app.cx.config.sessions.remember_lifetime + Duration::from_secs(1));
    assert!(!browser.open("/").await.has("form#logout"));
}

#[actix_web::test]
async fn is_locked_to_the_host_on_https() {
    let https = "server.issuer = \"https://id.example/auth\"\nserver.trusted_proxies = [\"127.0.0.1\"]\n";
    let app = TestApp::start_with(https).await;
    app.person("ada").await;
    let form = app.get_with("/login", &[("accept", "text/html")]).await;
    let csrf_cookie = form.header("set-cookie").split(';').next().unwrap().to_owned();
    assert!(csrf_cookie.starts_with("__Host-claviger-csrf="));
    assert!(!form.header("strict-transport-security").is_empty());
    let token = form.body.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let fields = [("csrf", token), ("username", "ada"), ("password", PASSWORD)];
    let headers = [("cookie", csrf_cookie.as_str()), ("origin", "https://id.example")];
    let answer = app.post_with("/login", &fields, &headers).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/auth/"));
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-claviger-session="), "{cookie}");
    let attributes: Vec<_> = cookie.split("; ").skip(1).collect();
    for attribute in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
        assert!(attributes.contains(&attribute), "{attribute} of {cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
}

#[actix_web::test]
async fn ends_at_once_for_a_person_who_is_disabled() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    let origin = Origin::default();
    let act = Act {
        store: &app.cx.store,
        entropy: &*app.cx.entropy,
        now: app.cx.now(),
        actor: Actor::Operator,
        origin: &origin,
    };
    assert!(accounts::disable(&act, ada).await.unwrap());
    assert!(!browser.open("/").await.has("form#logout"));
    assert_eq!(rows(&app, "sessions").await, 0);
    assert!(accounts::enable(&act, ada).await.unwrap());
    assert!(!browser.open("/").await.has("form#logout"), "the old session stays dead");
    signed_in(&app, "ada").await;
}

#[actix_web::test]
async fn keeps_only_a_hash_of_its_key() {
    let app = TestApp::start().await;
    app.person("ada").await;
    signed_in(&app, "ada").await;
    let again = signed_in(&app, "ada").await;
    assert_eq!(rows(&app, "sessions").await, 2, "two browsers, two sessions");
    // The cookie is opaque: nothing in it is the row's key.
    assert!(again.cookie(COOKIE).unwrap().len() > 43);
}
