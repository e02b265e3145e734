//! Guessing without end, and shutting others out by it.

use std::time::Duration;

use claviger::domain::events::{Actor, Origin};
use claviger::domain::people::Act;
use claviger::domain::people::links;
use futures_util::future::join_all;
use serde_json::json;

use crate::support::{Browser, PASSWORD, Page, SigningKey, TestApp, TestClient};

const DEVICE: &str = "claviger-device";
/// Addresses are those that requests say they come from.
const BEHIND_A_PROXY: &str = "server.trusted_proxies = [\"127.0.0.1/32\"]\n";

async fn guess(browser: &Browser, username: &str, password: &str) -> Page {
    let form = browser.open("/login?another=yes").await;
    browser.submit(&form, "form#login", &[("username", username), ("password", password)]).await
}

async fn guesses_wrong(browser: &Browser, username: &str, times: usize) {
    for number in 0..times {
        let page = guess(browser, username, &format!("wrong {number}")).await;
        assert_eq!(page.answer.status, 422, "{username} {number}");
    }
}

/// RFC 6819 §4.4.3.6, RFC 6819 §5.1.4.2.4: one account, one address: five guesses, then ever fewer; the right one among them is not looked at.
#[actix_web::test]
async fn guesses_the_password_of_one_account() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let browser = app.browser();
    guesses_wrong(&browser, "ada", 5).await;
    for minutes in [1, 2, 4] {
        let held = guess(&browser, "ada", PASSWORD).await;
        assert_eq!((held.answer.status, held.answer.header("retry-after")), (429, (minutes * 60).to_string().as_str()));
        assert_eq!(held.answer.header("ratelimit-policy"), "\"pair\";q=5;w=900");
        assert_eq!(held.answer.header("ratelimit"), format!("\"pair\";r=0;t={}", minutes * 60));
        assert_eq!(held.text(".problem"), format!("Too many attempts. Try again in {minutes} min."));
        assert!(held.has("form#login input[name=username][value=ada]"));
        app.clock.advance(Duration::from_secs(minutes * 60 - 1));
        assert_eq!(guess(&browser, "ada", PASSWORD).await.answer.status, 429, "a second too early");
        app.clock.advance(Duration::from_secs(1));
        if minutes < 4 {
            guesses_wrong(&browser, "ada", 1).await;
        }
    }
    assert!(guess(&browser, "ada", PASSWORD).await.has("form#logout"));
    let held = app.events("held_back").await;
    assert_eq!(held.len(), 3, "each wait is recorded once");
    assert!(held.iter().all(|event| event.person_id == Some(ada) && event.address.is_some()));
    assert_eq!(held[0].reason.as_deref(), Some("too many wrong passwords"));
    // What was wrong before is forgiven.
    guesses_wrong(&app.browser(), "ada", 5).await;
}

/// RFC 6819 §5.1.4.2.4: the attacker sends its guesses all at once.
#[actix_web::test]
async fn guesses_many_passwords_at_once() {
    let app = TestApp::start_with("server.workers = 4\ndatabase.max_connections = 16\n").await;
    app.person("ada").await;
    let browser = app.browser();
    let form = browser.open("/login").await;
    let guess = async |number: usize| {
        let password = format!("wrong {number}");
        let fields = [("username", "ada"), ("password", password.as_str())];
        browser.submit_only(&form, "form#login", &fields).await.answer.status
    };
    let statuses = join_all((0..64).map(guess)).await;
    let with = |status: u16| statuses.iter().filter(|other| **other == status).count();
    assert_eq!((with(422), with(429)), (5, 59), "{statuses:?}");
    assert_eq!(app.events("held_back").await.len(), 1);
}

/// RFC 6819 §4.4.3.6: a hundred machines guess at one account. Its owner, where they signed in before, notices nothing of it.
#[actix_web::test]
async fn guesses_from_many_addresses_and_shuts_nobody_out() {
    let app = TestApp::start_with(BEHIND_A_PROXY).await;
    app.person("ada").await;
    let owner = app.browser().at("192.0.2.1");
    assert!(guess(&owner, "ada", PASSWORD).await.has("form#logout"));
    for number in 0..20 {
        guesses_wrong(&app.browser().at(&format!("203.0.113.{number}")), "ada", 1).await;
    }
    let held = guess(&app.browser().at("203.0.113.99"), "ada", PASSWORD).await;
    assert_eq!((held.answer.status, held.answer.header("ratelimit")), (429, "\"account\";r=0;t=60"));
    // From her own address too, with a browser that nobody knows; with hers, from anywhere.
    assert_eq!(guess(&app.browser().at("192.0.2.1"), "ada", PASSWORD).await.answer.status, 429);
    let travelling = app.browser().at("198.51.100.7");
    travelling.set_cookie(DEVICE, owner.cookie(DEVICE).as_deref());
    guesses_wrong(&travelling, "ada", 4).await;
    assert!(guess(&travelling, "ada", PASSWORD).await.has("form#logout"));
    // Nor is a device that is known a way to guess without end.
    let thief = app.browser().at("198.51.100.8");
    thief.set_cookie(DEVICE, owner.cookie(DEVICE).as_deref());
    guesses_wrong(&thief, "ada", 5).await;
    assert_eq!(guess(&thief, "ada", PASSWORD).await.answer.header("ratelimit"), "\"device\";r=0;t=60");
}

/// RFC 6819 §4.4.3.6: one machine tries one password at every account.
#[actix_web::test]
async fn sprays_one_password_over_all_accounts() {
    let app = TestApp::start_with(&format!("{BEHIND_A_PROXY}protection.failures_per_address = 10\n")).await;
    app.person("ada").await;
    let attacker = app.browser().at("203.0.113.1");
    for number in 0..10 {
        guesses_wrong(&attacker, &format!("user{number}"), 1).await;
    }
    assert_eq!(guess(&attacker, "ada", PASSWORD).await.answer.status, 429);
    // What its own account would gain it: one sign-in forgives nothing.
    assert!(guess(&app.browser().at("203.0.113.2"), "ada", PASSWORD).await.has("form#logout"));
    let other = app.browser().at("2001:db8::1");
    for number in 0..10 {
        guesses_wrong(&other, &format!("user{number}"), 1).await;
    }
    assert_eq!(guess(&app.browser().at("2001:db8::2"), "ada", PASSWORD).await.answer.status, 429, "the same network");
}

/// The address is what a trusted proxy says, and not what the attacker writes before it.
#[actix_web::test]
async fn writes_addresses_of_its_own() {
    let app = TestApp::start().await;
    app.person("ada").await;
    for number in 0..5 {
        guesses_wrong(&app.browser().at(&format!("203.0.113.{number}")), "ada", 1).await;
    }
    assert_eq!(guess(&app.browser().at("203.0.113.9"), "ada", PASSWORD).await.answer.status, 429);
    let app = TestApp::start_with(BEHIND_A_PROXY).await;
    app.person("ada").await;
    for number in 0..5 {
        guesses_wrong(&app.browser().at(&format!("198.51.100.{number}, 203.0.113.7")), "ada", 1).await;
    }
    assert_eq!(guess(&app.browser().at("203.0.113.7"), "ada", PASSWORD).await.answer.status, 429);
}

/// What a page says, but for what belongs to the one visit.
fn said(page: &Page, username: &str) -> (u16, String, Vec<String>) {
    let (_, form) = page.form("form#login", &[]);
    let csrf = &form.iter().find(|(name, _)| name == "csrf").unwrap().1;
    let body = page.answer.body.replace(csrf.as_str(), "").replace(&format!("value=\"{username}\""), "");
    let headers = ["retry-after", "ratelimit", "ratelimit-policy"].map(|name| page.answer.header(name).to_owned());
    (page.answer.status, body, headers.into())
}

/// RFC 6819 §4.4.3.6: who is held back, and when, does not tell who has an account; nor that two names are one person's.
#[actix_web::test]
async fn asks_the_limits_who_has_an_account() {
    let app = TestApp::start().await;
    app.person("ada").await;
    for _ in 0..8 {
        let mut told = Vec::new();
        for username in ["ada", "nobody", "ada@example.com", "nobody@example.com"] {
            told.push(said(&guess(&app.browser(), username, "not it").await, username));
        }
        assert!(told.iter().all(|one| *one == told[0]), "{told:?}");
    }
    assert_eq!(guess(&app.browser(), " ADA ", PASSWORD).await.answer.status, 429, "the same name, written otherwise");
}

/// The attacker brings the cookie of a device: made up, changed, or somebody else's.
#[actix_web::test]
async fn forges_the_cookie_of_a_known_device() {
    let app = TestApp::start_with(BEHIND_A_PROXY).await;
    app.person("ada").await;
    app.person("eve").await;
    let owner = app.browser().at("192.0.2.1");
    guess(&owner, "ada", PASSWORD).await;
    let hers = owner.cookie(DEVICE).unwrap();
    let of_eve = app.browser().at("192.0.2.2");
    guess(&of_eve, "eve", PASSWORD).await;
    let of_eve = of_eve.cookie(DEVICE).unwrap();
    let browser = app.browser().at("203.0.113.1");
    guesses_wrong(&browser, "ada", 5).await;
    let changed = format!("{}{}", &hers[..hers.len() - 1], if hers.ends_with('A') { 'B' } else { 'A' });
    for forged in ["", "x", &changed, &hers[1..], &of_eve, &format!("{hers}{hers}")] {
        browser.set_cookie(DEVICE, Some(forged));
        assert_eq!(guess(&browser, "ada", PASSWORD).await.answer.status, 429, "{forged}");
    }
    browser.set_cookie(DEVICE, Some(&hers));
    assert!(guess(&browser, "ada", PASSWORD).await.has("form#logout"));
    assert!(!app.everything().await.contains(&hers));
    let https = "server.issuer = \"https://id.example\"\nserver.trusted_proxies = [\"127.0.0.1\"]\n";
    let app = TestApp::start_with(https).await;
    app.person("ada").await;
    let form = app.get_with("/login", &[("accept", "text/html")]).await;
    let csrf_cookie = form.header("set-cookie").split(';').next().unwrap().to_owned();
    let token = form.body.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let fields = [("csrf", token), ("username", "ada"), ("password", PASSWORD)];
    let answer = app.post_with("/login", &fields, &[("cookie", csrf_cookie.as_str())]).await;
    let set: Vec<_> = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
    let cookie = set.iter().find(|cookie| cookie.starts_with("__Host-claviger-device=")).unwrap();
    for attribute in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/", "Max-Age=34560000"] {
        assert!(cookie.split("; ").any(|own| own == attribute), "{attribute} of {cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
}

/// RFC 6749 §2.3.1: a client's secret, guessed from one address: after a while no answer tells whether it was right. The client
/// itself, at another address, is answered as before.
#[actix_web::test]
async fn guesses_the_secret_of_a_client() {
    let app = TestApp::start_with(&format!("{BEHIND_A_PROXY}protection.client_failures = 3\n")).await;
    let machine = app.machine().await;
    let ask = async |secret: &str, address: &str| {
        let client = TestClient { id: machine.id.clone(), secret: secret.to_owned() };
        let headers = [("authorization", &*client.basic()), ("x-forwarded-for", address)];
        app.post_with("/oauth2/token", &[("grant_type", "client_credentials")], &headers).await
    };
    for number in 0..3 {
        ask(&format!("wrong {number}"), "203.0.113.1").await.refuses(401, "invalid_client");
    }
    for secret in ["wrong", machine.secret.as_str()] {
        let held = ask(secret, "203.0.113.1").await;
        assert_eq!((held.status, held.header("retry-after")), (429, "60"));
        assert_eq!(held.json()["error"], json!("temporarily_unavailable"));
        assert_eq!(held.header("ratelimit-policy"), "\"pair\";q=3;w=900");
        assert_eq!(held.header("ratelimit"), "\"pair\";r=0;t=60");
    }
    ask(&machine.secret, "192.0.2.1").await.ok();
    app.clock.advance(Duration::from_mins(1));
    ask("wrong", "203.0.113.1").await.refuses(401, "invalid_client");
    assert_eq!(ask("wrong", "203.0.113.1").await.header("retry-after"), "60", "a client waits no longer than that");
    app.clock.advance(Duration::from_mins(1));
    ask(&machine.secret, "203.0.113.1").await.ok();
    for _ in 0..3 {
        ask("wrong", "203.0.113.1").await.refuses(401, "invalid_client");
    }
    let held = app.events("held_back").await;
    assert_eq!(held.len(), 2);
    assert!(held.iter().all(|event| event.client_id.as_ref().is_some_and(|id| id.as_str() == machine.id)));
}

/// A stranger at the same address sends nonsense in the name of clients that have no secret to guess. They go on.
#[actix_web::test]
async fn shuts_out_clients_that_have_no_secret() {
    let app = TestApp::start_with("protection.client_failures = 3\n").await;
    let key = SigningKey::ed25519();
    app.robot(&[key.jwk("one")]).await;
    app.client(json!({
        "client_id": "native", "token_endpoint_auth_method": "none", "grant_types": ["authorization_code", "refresh_token"], "redirect_uris": ["https://app.example/callback"],
    }))
    .await;
    let stranger = SigningKey::ed25519();
    let refresh = |id: &'static str| [("grant_type", "refresh_token"), ("refresh_token", "x"), ("client_id", id)];
    for _ in 0..6 {
        app.token_by_assertion(&app.assertion("robot", &stranger)).await.refuses(401, "invalid_client");
        app.post("/oauth2/token", &refresh("robot")).await.refuses(401, "invalid_client");
        let secret = [&refresh("native")[..], &[("client_secret", "a guess")]].concat();
        let answer = app.post("/oauth2/token", &secret).await;
        assert!(matches!(answer.status, 401 | 429), "{}", answer.body);
    }
    app.token_by_assertion(&app.assertion("robot", &key)).await.ok();
    app.post("/oauth2/token", &refresh("native")).await.refuses(400, "invalid_grant");
}

/// RFC 6819 §5.1.4.2.4: links that work once are guessed from one address; whoever was sent one follows it from theirs.
#[actix_web::test]
async fn guesses_links() {
    let app = TestApp::start_with(&format!("{BEHIND_A_PROXY}protection.failures_per_address = 3\n")).await;
    let (store, entropy, now) = (&app.cx.store, &*app.cx.entropy, app.cx.now());
    let act = Act { store, entropy, now, actor: Actor::Operator, origin: &Origin::default() };
    let token = links::make_set_up(&act, &app.cx.hasher, &app.cx.config.links).await.unwrap().unwrap();
    let link = links::set_up_url(app.cx.issuer(), &token);
    let attacker = app.browser().at("203.0.113.1");
    for path in ["/set-up?link=x", "/invitation?link=y", "/set-up"] {
        assert_eq!(attacker.open(path).await.answer.status, 410);
    }
    let held = attacker.open(&link).await;
    assert_eq!((held.answer.status, held.answer.header("retry-after")), (429, "60"));
    assert_eq!(held.answer.header("ratelimit"), "\"address\";r=0;t=60");
    assert!(held.text("main").contains("Too many attempts"));
    assert!(app.browser().at("192.0.2.1").open(&link).await.has("form#set-up"));
    assert_eq!(app.events("held_back").await[0].reason.as_deref(), Some("too many wrong links"));
}

/// Servers on one database hold the limit together, and one that starts anew has forgotten nothing.
#[actix_web::test]
async fn goes_from_server_to_server() {
    let app = TestApp::start().await;
    app.person("ada").await;
    let other = app.second_server().await;
    let tell = async |server: &TestApp| server.cx.tallies().flush(&server.cx.store, server.cx.now()).await.unwrap();
    guesses_wrong(&app.browser(), "ada", 3).await;
    tell(&app).await;
    tell(&other).await;
    guesses_wrong(&other.browser(), "ada", 2).await;
    tell(&other).await;
    tell(&app).await;
    let third = app.second_server().await;
    tell(&third).await;
    for server in [&app, &other, &third] {
        let held = guess(&server.browser(), "ada", PASSWORD).await;
        assert_eq!((held.answer.status, held.answer.header("retry-after")), (429, "60"));
    }
    app.clock.advance(Duration::from_mins(1));
    assert!(guess(&third.browser(), "ada", PASSWORD).await.has("form#logout"));
    // What is forgiven at one is forgiven at all.
    for server in [&third, &app, &other] {
        tell(server).await;
    }
    guesses_wrong(&app.browser(), "ada", 5).await;
    let told = app.everything().await;
    assert!(told.contains("guard_news: ") && !told.contains("guard_news: {\"subject\":\"ada"));
}

/// Nothing is written of those who are right.
#[actix_web::test]
async fn leaves_no_trace_of_the_right_password() {
    let app = TestApp::start().await;
    app.person("ada").await;
    assert!(guess(&app.browser(), "ada", PASSWORD).await.has("form#logout"));
    app.cx.tallies().flush(&app.cx.store, app.cx.now()).await.unwrap();
    assert!(!app.everything().await.contains("guard_news: "));
}
