//! How the last day went, as the overview shows it.

use std::collections::HashMap;
use std::time::Duration;

use claviger::domain::events::{Actor, EventKind, NewEvent, Origin, record};
use claviger::domain::hourly::{self, Counted, HourlyCounts};
use claviger::domain::jobs::{sweep_once, sweep_settings};
use claviger::domain::people::{Act, sign_out};
use claviger::ids::{BrowserId, ClientId, PersonId, SessionId};
use claviger::store::Session;
use serde_json::{Value, json};

use super::*;
use crate::support::{Allowed, TestClient, claims};

const HOUR: Duration = Duration::from_hours(1);

/// What the job does every few seconds.
async fn carry(app: &TestApp) {
    hourly::flush(&app.cx.store, &app.cx.hourly, app.cx.now()).await.unwrap();
}

/// The cells of a row of the table behind a chart, the first row being 0.
fn row(page: &Page, panel: &str, number: usize) -> Vec<String> {
    let html = scraper::Html::parse_document(&page.answer.body);
    let rows = scraper::Selector::parse(&format!(".panel:has(#{panel}) tbody tr")).unwrap();
    let cells = scraper::Selector::parse("th, td").unwrap();
    let row = html.select(&rows).nth(number).unwrap();
    row.select(&cells).map(|cell| cell.text().collect()).collect()
}

/// What stands out: each row's words, and where it leads.
fn unusual(page: &Page) -> Vec<(String, String)> {
    let html = scraper::Html::parse_document(&page.answer.body);
    let links = scraper::Selector::parse("section[aria-labelledby=unusual] tbody th a").unwrap();
    html.select(&links).map(|link| (link.text().collect(), link.attr("href").unwrap().to_owned())).collect()
}

fn what(page: &Page) -> Vec<String> {
    unusual(page).into_iter().map(|(what, _)| what).collect()
}

async fn tokens_of(app: &TestApp, person: PersonId, client: &TestClient, scope: &str) -> Value {
    app.tokens(client, person, Allowed { scope, ..Allowed::default() }).await
}

fn text<'a>(tokens: &'a Value, name: &str) -> &'a str {
    tokens[name].as_str().unwrap()
}

#[actix_web::test]
async fn draws_sign_ins_and_tokens_by_the_hour_with_the_numbers_behind() {
    let app = TestApp::start().await;
    let browser = at_work(&app).await;
    let machine = app.machine().await;
    app.person("ada").await;
    let hers = app.browser();
    for password in [PASSWORD, PASSWORD, "wrong", "wrong"] {
        let form = hers.open("/login?another=yes").await;
        hers.submit(&form, "form#login", &[("username", "ada"), ("password", password)]).await;
    }
    for scope in ["read", "write", "read", "read", "unheard-of"] {
        app.token(&machine, &[("grant_type", "client_credentials"), ("scope", scope)]).await;
    }
    carry(&app).await;

    let page = browser.open("/admin").await;
    assert_eq!(row(&page, "sign-ins", 0), ["2026-11-23 00:00", "3", "2"]);
    assert_eq!(row(&page, "tokens", 0), ["2026-11-23 00:00", "4", "1"]);
    assert_eq!(row(&page, "sign-ins", 23), ["2026-11-22 01:00", "0", "0"]);
    assert_eq!(row(&page, "failures", 0), ["sign in", "wrong password", "2"]);
    assert_eq!(
        page.text("svg[aria-labelledby=sign-ins-gist] title"),
        "Sign-ins per hour: 3 verified and 2 refused in 24 hours, most in the hour from 2026-11-23 00:00 UTC."
    );
    assert!(page.has("svg rect"));
    assert!(page.text(".figures").contains("Active sessions 2"), "root's and ada's: {}", page.text(".figures"));
    let kid = app.cx.keys.current().records().next().unwrap().kid.clone();
    assert!(page.text(".panel:has(#keys) table").contains(&kid[..8]));
    assert_eq!(what(&page), [""; 0]);
}

/// So many more browsers in which a person is signed in.
async fn browsers(app: &TestApp, person: PersonId, count: u32) {
    let (entropy, now) = (app.cx.entropy.clone(), app.cx.now());
    let insert = app.cx.store.write(move |tx| {
        Box::pin(async move {
            for _ in 0..count {
                let session = Session {
                    browser: BrowserId(entropy.uuid()),
                    sid: SessionId(entropy.uuid()),
                    person_id: person,
                    state: HashMap::new(),
                    remember: false,
                    created_at: now,
                    address: None,
                    user_agent: None,
                    last_seen_at: now,
                    expires_at: now + HOUR,
                };
                tx.insert_session(&session).await?;
            }
            Ok(())
        })
    });
    insert.await.unwrap();
}

#[actix_web::test]
async fn counts_many_sessions_once_a_minute() {
    let app = TestApp::start().await;
    let (browser, ada) = (at_work(&app).await, app.person("ada").await);
    browsers(&app, ada, 1000).await;
    assert!(browser.open("/admin").await.text(".figures").contains("Active sessions 1,001"));
    browsers(&app, ada, 1).await;
    assert!(browser.open("/admin").await.text(".figures").contains("Active sessions 1,001"), "as counted before");
    app.clock.advance(Duration::from_mins(1));
    assert!(browser.open("/admin").await.text(".figures").contains("Active sessions 1,002"));
}

/// A restart, or another server on the same database, adds to what is there.
#[actix_web::test]
async fn adds_up_what_several_processes_counted() {
    let app = TestApp::start().await;
    let (here, there) = (&app.cx.hourly, HourlyCounts::default());
    for (counts, number) in [(&**here, 2), (&there, 3), (&there, 0), (&there, 1)] {
        for _ in 0..number {
            counts.count(Counted::Token);
        }
        hourly::flush(&app.cx.store, counts, app.cx.now()).await.unwrap();
    }
    app.clock.advance(HOUR);
    there.count(Counted::TokenRefused);
    hourly::flush(&app.cx.store, &there, app.cx.now()).await.unwrap();

    let page = at_work(&app).await.open("/admin").await;
    assert_eq!(row(&page, "tokens", 0), ["2026-11-23 01:00", "0", "1"]);
    assert_eq!(row(&page, "tokens", 1), ["2026-11-23 00:00", "6", "0"]);
    app.clock.advance(hourly::KEPT);
    sweep_once(&app.cx.event_chain, sweep_settings(&app.cx.config), app.cx.now()).await.unwrap();
    let kept = app.cx.store.hourly_counts(claviger::clock::Timestamp::default()).await.unwrap();
    assert_eq!(kept.len(), 1, "the hour that is older went: {kept:?}");
}

#[actix_web::test]
async fn shows_no_charts_where_somebody_searches() {
    let app = TestApp::start().await;
    let browser = at_work(&app).await;
    assert!(browser.open("/admin").await.has("svg.chart"));
    assert!(!browser.open("/admin?q=root").await.has("svg.chart"));
}

/// RFC 9700 §4.14.2: reuse revokes, and the operator is told.
#[actix_web::test]
async fn points_out_a_refresh_token_that_was_used_again() {
    let app = TestApp::start().await;
    let browser = at_work(&app).await;
    let (client, ada) = (app.web_app().await, app.person("ada").await);
    let tokens = tokens_of(&app, ada, &client, "openid offline_access").await;
    app.refresh(&client, text(&tokens, "refresh_token")).await.ok();
    app.clock.advance(Duration::from_mins(1));
    app.refresh(&client, text(&tokens, "refresh_token")).await.refuses(400, "invalid_grant");

    let page = browser.open("/admin").await;
    let [(what, events)] = &unusual(&page)[..] else { panic!("{:?}", unusual(&page)) };
    assert_eq!(what, "A refresh token was used again");
    assert!(browser.open(events).await.text(".events").contains("refresh token reused"), "{events}");
    let row = page.text("section[aria-labelledby=unusual] tbody tr");
    assert!(row.contains("ada") && row.contains("stolen"), "{row}");
}

#[actix_web::test]
async fn points_out_use_after_sign_out() {
    let app = TestApp::start().await;
    let browser = at_work(&app).await;
    let (client, ada) = (app.web_app().await, app.person("ada").await);
    let tokens = tokens_of(&app, ada, &client, "openid profile").await;
    let access_token = text(&tokens, "access_token");
    let sid = claims(text(&tokens, "id_token"))["sid"].as_str().unwrap().parse().unwrap();
    let (actor, origin) = (Actor::Person(ada), Origin::default());
    let act = Act { store: &app.cx.store, entropy: &*app.cx.entropy, now: app.cx.now(), actor, origin: &origin };
    sign_out::end_session(&act, ada, sid, None).await.unwrap();

    for _ in 0..3 {
        assert_eq!(app.userinfo(access_token).await.status, 401);
    }
    assert_eq!(app.events("ended_token_used").await.len(), 1, "asking again writes nothing");
    app.clock.advance(Duration::from_mins(2));
    app.post_with("/oauth2/introspect", &[("token", access_token)], &[("authorization", &client.basic())]).await.ok();
    app.clock.advance(HOUR);
    let browser_later = app.browser();
    sign_in(&browser_later, &browser_later.open("/login?continue=/admin").await, "root").await;
    drop(browser);
    assert_eq!(what(&browser_later.open("/admin").await), ["A token was used after sign-out"]);
    if let Some(refresh_token) = tokens["refresh_token"].as_str() {
        app.refresh(&client, refresh_token).await.refuses(400, "invalid_grant");
        assert_eq!(what(&browser_later.open("/admin").await), ["A token was used after sign-out, 2 times"]);
    }
}

/// What ended for another reason is written down, and no use after sign-out.
#[actix_web::test]
async fn tells_sign_out_from_other_ends() {
    let app = TestApp::start().await;
    let browser = at_work(&app).await;
    let (client, ada) = (app.web_app().await, app.person("ada").await);
    let tokens = tokens_of(&app, ada, &client, "openid offline_access").await;
    let now = app.cx.now();
    let revoke = app
        .cx
        .store
        .write(move |tx| Box::pin(async move { tx.revoke_authorizations_of(ada, "password set", now).await }));
    assert_eq!(revoke.await.unwrap(), 1);
    app.refresh(&client, text(&tokens, "refresh_token")).await.refuses(400, "invalid_grant");
    assert_eq!(app.events("ended_token_used").await[0].reason.as_deref(), Some("password set"));
    assert_eq!(what(&browser.open("/admin").await), [""; 0]);
}

#[actix_web::test]
async fn points_out_bursts_and_many_addresses() {
    let app = TestApp::start().await;
    let browser = at_work(&app).await;
    let ada = app.person("ada").await;
    for _ in 0..20 {
        app.post_with("/oauth2/token", &[("grant_type", "client_credentials")], &[("authorization", "Basic eDp5")])
            .await;
    }
    for number in 0..4 {
        let origin = Origin { address: Some(format!("192.0.2.{number}")), ..Origin::default() };
        let client = ClientId("app".to_owned());
        let used = NewEvent::success(EventKind::TokenRefreshed, Actor::Client(client.clone()));
        let used = used.client(&client).person(ada).detail("authorization", "an id");
        record(&app.cx.store, used.at(app.cx.now(), &*app.cx.entropy, &origin)).await;
    }
    let page = browser.open("/admin").await;
    let mut told = what(&page);
    told.sort();
    let expected = [
        "20 failures from 127.0.0.1 within an hour",
        "One sign-in's refresh tokens came from 4 addresses within an hour",
    ];
    assert_eq!(told, expected);
    for (_, events) in unusual(&page) {
        assert!(browser.open(&events).await.has(".event"), "{events}");
    }
}

#[actix_web::test]
async fn lists_secrets_that_are_about_to_end() {
    let app = TestApp::start().await;
    let browser = at_work(&app).await;
    let client = app.client(json!({
        "client_id": "tide", "client_name": "Tide gauge", "grant_types": ["client_credentials"], "response_types": [],
    }));
    client.await;
    assert!(browser.open("/admin").await.text("section[aria-labelledby=ending]").contains("None does."));
    let page = browser.open("/admin/clients/tide").await;
    press(&browser, &page, "rotate", &[("overlap", "7d")]).await;
    let page = browser.open("/admin").await;
    let ending = page.text("section[aria-labelledby=ending] tbody tr");
    assert!(ending.contains("Tide gauge") && ending.contains("2026-11-30 00:00"), "{ending}");
    assert!(page.has("section[aria-labelledby=ending] a[href='/admin/clients/tide']"));
}
