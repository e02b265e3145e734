//! Races: the attacker sends many requests at once, or one at the very moment of another, and hopes to get in between the
//! look and the deed. All go over connections of their own, to a server with several workers.

use std::time::Duration;

use claviger::domain::events::Origin;
use claviger::domain::people::accounts;
use futures_util::future::{join, join_all};
use secrecy::SecretString;
use serde_json::{Value, json};

use super::scene::*;
use crate::support::{Allowed, Answer, Browser, PASSWORD, Page, TestApp, TestClient};

const MANY: usize = 64;

async fn started(settings: &str) -> TestApp {
    TestApp::start_with(&format!("server.workers = 4\ndatabase.max_connections = 16\n{settings}")).await
}

fn won(answers: &[Answer]) -> Vec<&Answer> {
    answers.iter().filter(|answer| answer.status == 200).collect()
}

fn cookies(browser: &Browser) -> String {
    let cookie = |name: &str| browser.cookie(name).map(|value| format!("{name}={value}"));
    ["claviger-session", "claviger-csrf"].into_iter().filter_map(cookie).collect::<Vec<_>>().join("; ")
}

/// Posts a form of `page` as its browser would, and shows what came back. For many at once: it keeps no cookie.
async fn post_form(app: &TestApp, browser: &Browser, page: &Page, form: &str, fields: &[(&str, &str)]) -> Answer {
    let (action, pairs) = page.form(form, fields);
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let path = action.strip_prefix(&app.origin).unwrap();
    app.post_with(path, &pairs, &[("cookie", &cookies(browser)), ("accept", "text/html")]).await
}

/// RFC 6749 §4.1.2, RFC 6749 §10.5, RFC 9700 §4.5: sixty-four redeem one code. One is answered, and since the others were
/// replays, what it got ends with them.
#[actix_web::test]
async fn redeems_one_code_sixty_four_times_at_once() {
    for (scope, resources) in FORMATS {
        let app = started(API_SETTINGS).await;
        let (client, ada) = (api_client(&app).await, app.person("ada").await);
        let code = app.code(&client, ada, Allowed { scope, resources, ..Allowed::default() }).await;
        let answers = join_all((0..MANY).map(|_| app.redeem(&client, &code))).await;
        let winners = won(&answers);
        assert_eq!(winners.len(), 1);
        for loser in answers.iter().filter(|answer| answer.status != 200) {
            loser.refuses(400, "invalid_grant");
        }
        let tokens = winners[0].json();
        assert!(!is_active(&app, &client, access_token(&tokens)).await);
        assert!(!is_active(&app, &client, refresh_token(&tokens)).await);
        app.refresh(&client, refresh_token(&tokens)).await.refuses(400, "invalid_grant");
        let redeemed = app.events("code_redeemed").await;
        assert_eq!(redeemed.iter().filter(|event| event.outcome == "success").count(), 1);
    }
}

/// RFC 6749 §4.1.3, RFC 6819 §5.2.4.4: a thief with a client of its own floods the endpoint while the owner redeems.
#[actix_web::test]
async fn floods_the_owners_redemption_with_its_own() {
    let app = started("").await;
    let (client, ada) = (app.web_app().await, app.person("ada").await);
    let eve = client_with(&app, json!({"client_id": "eve"})).await;
    let code = app.code(&client, ada, Allowed::default()).await;
    let thefts = join_all((1..MANY).map(|_| app.redeem(&eve, &code)));
    let (owners, thefts) = join(app.redeem(&client, &code), thefts).await;
    assert_eq!(won(&thefts).len(), 0);
    let tokens = owners.ok();
    assert!(is_active(&app, &client, access_token(&tokens)).await);
    app.refresh(&client, refresh_token(&tokens)).await.ok();
}

/// RFC 9700 §4.14.2 and decision 8: sixty-four uses of one refresh token, within the grace, end with one live token, and
/// it is one that was answered. Every other one gives its holder away.
#[actix_web::test]
async fn uses_one_refresh_token_sixty_four_times_at_once() {
    let app = started("").await;
    let (client, ada) = (app.web_app().await, app.person("ada").await);
    let first = app.tokens(&client, ada, Allowed::default()).await;
    let answers = join_all((0..MANY).map(|_| app.refresh(&client, refresh_token(&first)))).await;
    let answered: Vec<Value> = won(&answers).iter().map(|answer| answer.json()).collect();
    let mut live = Vec::new();
    for tokens in &answered {
        if is_active(&app, &client, refresh_token(tokens)).await {
            live.push(tokens);
        }
    }
    assert_eq!(live.len(), 1, "of {} that were answered", answered.len());
    let next = app.refresh(&client, refresh_token(live[0])).await.ok();
    assert!(is_active(&app, &client, access_token(&next)).await);
    let dead = answered.iter().find(|tokens| !std::ptr::eq(*tokens, live[0])).unwrap();
    app.refresh(&client, refresh_token(dead)).await.refuses(400, "invalid_grant");
    app.refresh(&client, refresh_token(&next)).await.refuses(400, "invalid_grant");
    assert!(!is_active(&app, &client, access_token(&next)).await);
}

/// RFC 9700 §4.14.2: where there is no grace, one of the sixty-four is answered at most, and nothing is left.
#[actix_web::test]
async fn uses_one_refresh_token_at_once_where_there_is_no_grace() {
    let app = TestApp::start_in_real_time(
        "server.workers = 4\ndatabase.max_connections = 16\ntokens.refresh_token_grace = \"0s\"\n",
    )
    .await;
    let (client, ada) = (app.web_app().await, app.person("ada").await);
    let first = app.tokens(&client, ada, Allowed::default()).await;
    let answers = join_all((0..MANY).map(|_| app.refresh(&client, refresh_token(&first)))).await;
    // Two that fall into one millisecond are no replay of each other.
    let answered: Vec<Value> = won(&answers).iter().map(|answer| answer.json()).collect();
    assert!(!answered.is_empty() && answered.len() < MANY, "{}", answered.len());
    for tokens in &answered {
        assert!(!is_active(&app, &client, refresh_token(tokens)).await);
        assert!(!is_active(&app, &client, access_token(tokens)).await);
    }
}

/// RFC 7009 §2.1, RFC 6819 §5.2.2.4: the app gives its refresh token back while a thief refreshes: whatever the thief was
/// answered is dead afterwards, by whichever token of the chain it was revoked.
#[actix_web::test]
async fn refreshes_at_the_moment_of_the_revocation() {
    let app = started(API_SETTINGS).await;
    let (client, ada) = (api_client(&app).await, app.person("ada").await);
    for round in 0..6 {
        let first = tokens_of(&app, &client, ada, FORMATS[round % 2]).await;
        let refreshes = join_all((0..MANY / 2).map(|_| app.refresh(&client, refresh_token(&first))));
        let revocations = join_all((0..2).map(|_| revoke(&app, &client, refresh_token(&first))));
        let (refreshes, revocations) =
            if round < 3 { join(refreshes, revocations).await } else { swapped(join(revocations, refreshes).await) };
        for answer in &revocations {
            assert_eq!(answer.status, 200, "{}", answer.body);
        }
        for tokens in won(&refreshes).iter().map(|answer| answer.json()) {
            assert!(!is_active(&app, &client, refresh_token(&tokens)).await);
            assert!(!is_active(&app, &client, access_token(&tokens)).await);
            app.refresh(&client, refresh_token(&tokens)).await.refuses(400, "invalid_grant");
        }
        assert!(!is_active(&app, &client, access_token(&first)).await);
    }
}

/// RFC 9700 §4.14.2, RFC 6819 §5.2.2.4: the person takes back what they allowed at the moment in which the app refreshes,
/// the first time in minutes: whatever it is answered is dead afterwards, and nobody is told of a fault of ours.
#[actix_web::test]
async fn refreshes_at_the_moment_of_the_withdrawal() {
    let app = started(API_SETTINGS).await;
    let (client, ada) = (api_client(&app).await, app.person("ada").await);
    let browser = signed_in(&app, "ada").await;
    for round in 0..6 {
        let first = tokens_of(&app, &client, ada, FORMATS[round % 2]).await;
        app.clock.advance(Duration::from_mins(2));
        let page = browser.open("/account/apps").await;
        let refreshes = join_all((0..MANY / 2).map(|_| app.refresh(&client, refresh_token(&first))));
        let withdrawals = join_all((0..3).map(|_| post_form(&app, &browser, &page, "section.own form", &[])));
        let (refreshes, withdrawals) =
            if round < 3 { join(refreshes, withdrawals).await } else { swapped(join(withdrawals, refreshes).await) };
        for answer in &withdrawals {
            assert_eq!(answer.status, 303, "{}", answer.body);
        }
        for answer in &refreshes {
            assert!(matches!(answer.status, 200 | 400), "{} {}", answer.status, answer.body);
        }
        for tokens in won(&refreshes).iter().map(|answer| answer.json()) {
            assert!(!is_active(&app, &client, refresh_token(&tokens)).await);
            assert!(!is_active(&app, &client, access_token(&tokens)).await);
            app.refresh(&client, refresh_token(&tokens)).await.refuses(400, "invalid_grant");
        }
        assert!(app.cx.store.grants_of(ada).await.unwrap().is_empty());
    }
}

fn swapped<A, B>((a, b): (A, B)) -> (B, A) {
    (b, a)
}

/// RFC 6819 §4.4.1.11: one consent, posted sixty-four times and its answer opened sixty-four times: one remembered grant,
/// and codes of which each works once and none stands for another.
#[actix_web::test]
async fn posts_one_consent_sixty_four_times_at_once() {
    let app = started("").await;
    let client = app.web_app().await;
    let ada = app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    let page = browser.open(&path(&[])).await;
    let posts = (0..MANY).map(|_| post_form(&app, &browser, &page, "form#consent", &[("decision", "allow")]));
    let posted = join_all(posts).await;
    let cookie = cookies(&browser);
    let headers = [("cookie", cookie.as_str())];
    let answers = join_all(posted.iter().map(|answer| app.get_with(answer.header("location"), &headers))).await;
    let mut codes: Vec<String> = answers.iter().map(|answer| told(answer)["code"].clone()).collect();
    codes.sort();
    codes.dedup();
    assert_eq!(codes.len(), MANY);
    assert_eq!(app.cx.store.grants_of(ada).await.unwrap().len(), 1);
    // The first is replayed; the others do not suffer by it.
    let first = app.redeem(&client, &codes[0]).await.ok();
    app.redeem(&client, &codes[0]).await.refuses(400, "invalid_grant");
    assert!(!is_active(&app, &client, access_token(&first)).await);
    let second = app.redeem(&client, &codes[1]).await.ok();
    assert!(is_active(&app, &client, access_token(&second)).await);
}

/// Decision 2: what waits is sealed, so that it can be opened often. A refusal stays one however often it is opened.
#[actix_web::test]
async fn opens_a_refusal_until_it_gives_a_code() {
    let app = started("").await;
    app.web_app().await;
    app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    let page = browser.open(&path(&[])).await;
    let denied = post_form(&app, &browser, &page, "form#consent", &[("decision", "deny")]).await;
    let cookie = cookies(&browser);
    let headers = [("cookie", cookie.as_str())];
    let answers = join_all((0..MANY).map(|_| app.get_with(denied.header("location"), &headers))).await;
    for answer in &answers {
        assert_eq!(told(answer)["error"], "access_denied");
    }
    assert!(!app.everything().await.contains("codes: "));
}

/// An invitation, followed sixty-four times with as many passwords: one of them is the password.
#[actix_web::test]
async fn follows_one_invitation_sixty_four_times_at_once() {
    let app = started("").await;
    let ada = app.person("ada").await;
    let link = invitation_link(&app, ada).await;
    let browser = app.browser();
    let page = browser.open(&link).await;
    let passwords: Vec<_> = (0..MANY).map(|number| format!("password number {number} of many")).collect();
    let posts = passwords.iter().map(async |password| {
        post_form(&app, &browser, &page, "form#set-up", &[("password", password.as_str())]).await
    });
    let answers = join_all(posts).await;
    let winners: Vec<_> = (0..MANY).filter(|number| answers[*number].status == 303).collect();
    assert_eq!(winners.len(), 1);
    assert!(answers.iter().all(|answer| [303, 410].contains(&answer.status)));
    for number in [winners[0], (winners[0] + 1) % MANY, (winners[0] + 2) % MANY] {
        let browser = app.browser();
        let fields = [("username", "ada"), ("password", passwords[number].as_str())];
        let page = browser.submit(&browser.open("/login").await, "form#login", &fields).await;
        assert_eq!(page.has("form#logout"), number == winners[0]);
    }
    assert_eq!(app.events("link_used").await.len(), 1);
}

/// A set-up link, followed sixty-four times with as many names: one admin, one session.
#[actix_web::test]
async fn follows_one_set_up_link_sixty_four_times_at_once() {
    let app = started("").await;
    let link = set_up_link(&app).await;
    let browser = app.browser();
    let page = browser.open(&link).await;
    let names: Vec<_> =
        (0..MANY).map(|number| (format!("root{number}"), format!("root{number}@example.com"))).collect();
    let posts = names.iter().map(async |(name, email)| {
        let fields = [("username", name.as_str()), ("email", email.as_str()), ("password", "a long enough password")];
        post_form(&app, &browser, &page, "form#set-up", &fields).await
    });
    let answers = join_all(posts).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 303).count(), 1);
    assert!(answers.iter().all(|answer| [303, 410].contains(&answer.status)));
    let everything = app.everything().await;
    assert_eq!((everything.matches("people: ").count(), everything.matches("sessions: ").count()), (1, 1));
}

/// RFC 6819 §4.4.1.6: somebody who has the cookie asks for codes at the moment in which ada signs out. Whatever was
/// answered is worth nothing when she is told that she is signed out.
#[actix_web::test]
async fn asks_for_codes_at_the_moment_of_the_sign_out() {
    let app = started("").await;
    let client = app.web_app().await;
    app.person("ada").await;
    at_the_app(&app, "ada").await;
    for round in 0..8 {
        let browser = signed_in(&app, "ada").await;
        let question = browser.open("/logout").await;
        let sign_out = post_form(&app, &browser, &question, "form#logout", &[("decision", "logout")]);
        let (done, answers) = while_others_ask(&app, &browser, sign_out, "openid profile").await;
        assert_eq!(done.status, 303, "{}", done.body);
        let late = redeemable(&app, &client, &answers).await;
        assert_eq!(late, 0, "codes that outlived the sign-out in round {round}");
    }
}

/// The same at the moment in which the password is changed, because somebody has the old one: with `offline_access`, which
/// a sign-out would leave.
#[actix_web::test]
async fn asks_for_codes_at_the_moment_of_a_new_password() {
    let app = started("").await;
    let client = app.web_app().await;
    let ada = app.person("ada").await;
    let scope = "openid offline_access";
    let browser = signed_in(&app, "ada").await;
    code(&allow(&browser, &browser.open(&path(&[("scope", scope)])).await).await);
    let origin = Origin::default();
    let hash = app.cx.passwords.hash(SecretString::from(PASSWORD)).await.unwrap();
    for round in 0..8 {
        let browser = signed_in(&app, "ada").await;
        let act = act(&app, &origin);
        let change = accounts::set_password(&act, ada, hash.clone());
        let (changed, answers) = while_others_ask(&app, &browser, change, scope).await;
        assert!(changed.unwrap());
        let late = redeemable(&app, &client, &answers).await;
        assert_eq!(late, 0, "codes that outlived the old password in round {round}");
    }
}

/// Does something while others ask for codes with the browser's cookie.
async fn while_others_ask<T>(
    app: &TestApp,
    browser: &Browser,
    deed: impl Future<Output = T>,
    scope: &str,
) -> (T, Vec<Answer>) {
    let cookie = cookies(browser);
    let headers = [("cookie", cookie.as_str())];
    let request = path(&[("prompt", "none"), ("scope", scope)]);
    let ask = || join_all((0..MANY / 2).map(|_| app.get_with(&request, &headers)));
    let (before, (done, after)) = join(ask(), join(deed, ask())).await;
    (done, before.into_iter().chain(after).collect())
}

/// How many of the codes that were answered can still be redeemed.
async fn redeemable(app: &TestApp, client: &TestClient, answers: &[Answer]) -> usize {
    let codes: Vec<String> = answers.iter().filter_map(|answer| told(answer).get("code").cloned()).collect();
    let redeemed = join_all(codes.iter().map(|code| app.redeem(client, code))).await;
    won(&redeemed).len()
}

/// A thief signs in with the old password at the moment in which it is changed: the look at the password takes long, and
/// what was true when it began is not true when it ends.
#[actix_web::test]
async fn signs_in_with_the_old_password_at_the_moment_of_a_new_one() {
    // Sixteen at once are one who guesses, but for this test.
    let slow = "passwords.argon2_memory_kib = 4096\npasswords.argon2_iterations = 8\npasswords.max_concurrent_hashes = 1\n\
                protection.failures = 1000\n";
    let app = started(slow).await;
    let ada = app.person("ada").await;
    let browser = app.browser();
    let page = browser.open("/login").await;
    let hash = app.cx.passwords.hash(SecretString::from("a password that nobody else has")).await.unwrap();
    let fields = [("username", "ada"), ("password", PASSWORD)];
    // When the first is answered, the others have their turn still before them.
    let attempts = (0..16).map(|_| Box::pin(post_form(&app, &browser, &page, "form#login", &fields)));
    let (first, _, rest) = futures_util::future::select_all(attempts).await;
    assert_eq!(first.status, 303);
    let origin = Origin::default();
    assert!(accounts::set_password(&act(&app, &origin), ada, hash).await.unwrap());
    let answers = join_all(rest).await;
    for answer in std::iter::once(&first).chain(&answers) {
        let cookie = answer.header("set-cookie").split(';').next().unwrap();
        let home = app.get_with("/", &[("cookie", cookie), ("accept", "text/html")]).await;
        assert!(!home.body.contains("id=\"logout\""), "a session by the old password: {cookie}");
    }
    assert!(!app.everything().await.contains("sessions: "));
}
