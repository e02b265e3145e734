//! Events as files.

use std::time::Duration;

use claviger::domain::events::{Actor, EventKind, NewEvent, Origin};
use claviger::ids::ClientId;
use claviger::store::EventFilter;
use serde_json::Value;

use super::*;

/// More than are read at a time, twice.
const MANY: usize = 1001;

/// Writes so many events, of which a stranger chose the words.
async fn fill(app: &TestApp, kind: EventKind, count: usize) {
    let origin = Origin { user_agent: Some("=HYPERLINK(\"https://evil.example\")".to_owned()), ..Origin::default() };
    let event = || {
        let event = NewEvent::failure(kind, Actor::Anonymous, "@SUM(1,2)\r\n\"quoted\";=1");
        event.client(&ClientId("+app".to_owned())).detail("sent", "a,b").at(app.cx.now(), &*app.cx.entropy, &origin)
    };
    let events: Vec<_> = (0..count).map(|_| event()).collect();
    let write = app.cx.store.write(move |tx| {
        Box::pin(async move {
            for event in events {
                tx.insert_event(event).await?;
            }
            Ok(())
        })
    });
    write.await.unwrap();
}

fn rows(page: &Page) -> Vec<csv::StringRecord> {
    csv::Reader::from_reader(page.answer.body.as_bytes()).records().map(Result::unwrap).collect()
}

fn objects(page: &Page) -> Vec<Value> {
    page.answer.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[actix_web::test]
async fn writes_every_event_in_both_formats_the_latest_first() {
    let app = TestApp::start().await;
    let browser = at_work(&app).await;
    fill(&app, EventKind::SignOut, MANY).await;
    let all = app.cx.store.events(&EventFilter::default(), 10_000).await.unwrap();
    let ids: Vec<_> = all.iter().map(|event| event.id.to_string()).collect();
    assert!(ids.len() > MANY);

    let page = browser.open("/admin/events.csv").await;
    assert_eq!(rows(&page).iter().map(|row| row[0].to_owned()).collect::<Vec<_>>(), ids);
    assert!(page.answer.header("content-type").starts_with("text/csv"));
    assert_eq!(page.answer.header("content-disposition"), "attachment; filename=\"claviger-events-2026-11-23.csv\"");
    assert_eq!(page.answer.header("cache-control"), "no-store");
    assert_eq!(page.answer.header("x-content-type-options"), "nosniff");

    let page = browser.open("/admin/events.jsonl").await;
    let objects = objects(&page);
    assert_eq!(objects.iter().map(|object| object["id"].as_str().unwrap()).collect::<Vec<_>>(), ids);
    for (object, event) in objects.iter().zip(&all) {
        assert_eq!(object["at"], event.at.to_rfc3339());
        assert_eq!((&object["kind"], &object["details"]), (&event.kind.as_str().into(), &event.details));
    }
    assert_eq!(page.answer.header("content-disposition"), "attachment; filename=\"claviger-events-2026-11-23.jsonl\"");
}

/// ASVS 1.2.10
#[actix_web::test]
async fn lets_no_cell_be_a_formula() {
    let app = TestApp::start().await;
    let browser = at_work(&app).await;
    fill(&app, EventKind::SignOut, 1).await;
    let page = browser.open("/admin/events.csv?kind=sign_out").await;
    let rows = rows(&page);
    assert_eq!(rows.len(), 1);
    assert_eq!(&rows[0][4], "'@SUM(1,2)\r\n\"quoted\";=1");
    assert_eq!((&rows[0][7], &rows[0][9]), ("'+app", "'=HYPERLINK(\"https://evil.example\")"));
    assert!(rows.iter().flatten().all(|cell| !cell.starts_with(['=', '+', '-', '@', '\t', '\r'])));
    // A spreadsheet that parts cells at semicolons finds quotes around each that we wrote.
    assert!(page.answer.body.lines().next().unwrap().split(',').all(|name| name.starts_with('"')));
    let told = objects(&browser.open("/admin/events.jsonl?kind=sign_out").await);
    assert_eq!(told[0]["client_id"], "+app", "a program is told what was sent");
}

#[actix_web::test]
async fn keeps_the_filter_of_the_page() {
    let app = TestApp::start().await;
    let browser = at_work(&app).await;
    fill(&app, EventKind::SignOut, 2).await;
    fill(&app, EventKind::Consent, 3).await;
    let query = "kind=consent&outcome=failure&client=%2Bapp&from=2026-11-23&until=2026-11-23";
    let page = browser.open(&format!("/admin/events?{query}")).await;
    let shown = page.answer.body.matches("<li class=\"event\">").count();
    assert_eq!(shown, 3);
    for format in ["csv", "jsonl"] {
        let path = format!("/admin/events.{format}?{query}");
        assert!(page.has(&format!("a[href='{path}']")), "{}", page.answer.body);
        let file = browser.open(&path).await;
        let found = if format == "csv" { rows(&file).len() } else { objects(&file).len() };
        assert_eq!(found, shown);
    }
    let none = browser.open("/admin/events.csv?kind=nothing").await;
    assert_eq!((none.answer.status, rows(&none).len()), (200, 0), "a row of names only");
    assert!(none.answer.body.starts_with("\"id\",\"at\""));
}

#[actix_web::test]
async fn shows_days_in_utc() {
    let app = TestApp::start().await;
    // The day begins at midnight, when the test does, and ends with its last millisecond.
    for (wait, kind) in [
        (Duration::ZERO, EventKind::SignOut),
        (Duration::from_millis(86_399_999), EventKind::SignOut),
        (Duration::from_millis(1), EventKind::Consent),
    ] {
        app.clock.advance(wait);
        fill(&app, kind, 1).await;
    }
    let browser = at_work(&app).await;
    for (query, sign_outs, consents) in [
        ("from=2026-11-23&until=2026-11-23", 2, 0),
        ("until=2026-11-23", 2, 0),
        ("from=2026-11-24", 0, 1),
        ("from=2026-11-23", 2, 1),
        ("until=2026-11-22", 0, 0),
        ("from=2026-11-24&until=2026-11-23", 0, 0),
        ("from=yesterday&until=", 2, 1),
    ] {
        let told = objects(&browser.open(&format!("/admin/events.jsonl?{query}")).await);
        let count = |kind: &str| told.iter().filter(|event| event["kind"] == kind).count();
        assert_eq!((count("sign_out"), count("consent")), (sign_outs, consents), "{query}");
    }
}

#[actix_web::test]
async fn tells_up_to_when_events_are_sealed() {
    let app = TestApp::start().await;
    let browser = at_work(&app).await;
    let told = async || browser.open("/admin/events").await.text(".sealed");
    assert!(told().await.starts_with("Nothing is sealed yet; "), "{}", told().await);
    app.cx.event_chain.seal(app.cx.now()).await.unwrap();
    assert_eq!(told().await, "Sealed up to 2026-11-23 00:00:00 ; none waits to be sealed.");
    fill(&app, EventKind::SignOut, 1).await;
    assert!(told().await.ends_with("one waits to be sealed."));
    fill(&app, EventKind::SignOut, 1).await;
    assert!(told().await.ends_with("2 wait to be sealed."));
    fill(&app, EventKind::SignOut, 1000).await;
    assert!(told().await.ends_with("1000 or more wait to be sealed."));
}
