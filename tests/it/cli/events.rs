//! `claviger events …`: whoever can write to the database is found out.

use std::time::Duration;

use claviger::cx::store_settings;
use claviger::domain::event_chain::EventChain;
use claviger::domain::events::{Actor, EventKind, NewEvent, Origin, record};
use claviger::domain::jobs::{sweep_once, sweep_settings};
use claviger::store::{Event, Store};
use futures_util::future::join_all;
use sea_orm::{ConnectionTrait, Database};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::support::{Commands, TestApp};

const DAY: Duration = Duration::from_hours(24);

async fn happen(app: &TestApp, kind: EventKind, count: usize) {
    for _ in 0..count {
        let event = NewEvent::success(kind, Actor::System).detail("a", "b");
        record(&app.cx.store, event.at(app.cx.now(), &*app.cx.entropy, &Origin::default())).await;
    }
}

async fn seal(app: &TestApp) -> u64 {
    app.cx.event_chain.seal(app.cx.now()).await.unwrap()
}

/// A server whose log has three batches, a day apart: of its keys, of three sign-outs, of two consents.
async fn sealed(toml: &str) -> (TestApp, Commands) {
    let app = TestApp::start_with(toml).await;
    seal(&app).await;
    for (kind, count) in [(EventKind::SignOut, 3), (EventKind::Consent, 2)] {
        app.clock.advance(DAY);
        happen(&app, kind, count).await;
        assert_eq!(seal(&app).await, count as u64);
    }
    let commands = Commands::beside(&app);
    (app, commands)
}

/// What somebody does who has the database, but not the key.
async fn tamper(app: &TestApp, statements: &[&str]) {
    let db = Database::connect(app.cx.config.database.url.to_url().expose_secret()).await.unwrap();
    for statement in statements {
        assert!(db.execute_unprepared(statement).await.unwrap().rows_affected() > 0, "{statement}");
    }
    db.close().await.unwrap();
}

/// The identifier of an event, as SQL.
fn literal(app: &TestApp, event: &Event) -> String {
    let hex = event.id.0.simple().to_string();
    if app.cx.store.kind() == "sqlite" { format!("x'{hex}'") } else { format!("'{hex}'") }
}

fn head(commands: &Commands) -> String {
    commands.run("events verify --json").json()["head"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn finds_nothing_where_nobody_tampered() {
    let (app, commands) = sealed("").await;
    happen(&app, EventKind::SignOut, 1).await;
    let told = commands.run("events verify --json").json();
    assert_eq!(told["sealed"], json!({ "batches": 3, "events": 7 }));
    assert_eq!((&told["swept"]["batches"], &told["unsealed"]), (&0.into(), &1.into()));
    let head = told["head"].as_str().unwrap();
    assert!(head.starts_with("3:"), "{head}");
    let words = commands.run(&format!("events verify --head {head}")).done().to_owned();
    assert!(words.starts_with("Every sealed event is as it was.") && words.contains(head), "{words}");
    assert!(words.contains("7 events in 3 batches") && !words.contains("retention"), "{words}");
    seal(&app).await;
    commands.run(&format!("events verify --head {head}")).done();
    assert_eq!(commands.run("events verify --head nonsense").status, 2);
}

#[actix_web::test]
async fn names_the_event_that_was_changed_removed_or_added() {
    for (statement, said) in [
        ("UPDATE events SET actor = 'operator' WHERE id = ID", "of batch 2 was changed"),
        ("UPDATE events SET at = at + 1 WHERE id = ID", "of batch 2 was changed"),
        ("UPDATE events SET address = '' WHERE id = ID", "of batch 2 was changed"),
        ("UPDATE events SET details = '{\"a\":\"c\"}' WHERE id = ID", "of batch 2 was changed"),
        ("DELETE FROM events WHERE id = ID", "was sealed in batch 2 and has been removed"),
        ("UPDATE events SET batch = NULL WHERE id = ID", "was sealed in batch 2 and has been removed"),
        ("UPDATE events SET batch = 3 WHERE id = ID", "was sealed in batch 2 and has been removed"),
        ("UPDATE events SET batch = 1 WHERE id = ID", "was put into batch 1"),
    ] {
        let (app, commands) = sealed("").await;
        let event = &app.events("sign_out").await[1];
        tamper(&app, &[&statement.replace("ID", &literal(&app, event))]).await;
        let outcome = commands.run("events verify");
        let told = outcome.refused(1);
        assert!(told.contains(said), "{statement}: {told}");
        assert!(told.contains(&event.id.to_string()) && told.contains("2026-11-24T00:00:00Z"), "{statement}: {told}");
        // Sealing on hides nothing.
        seal(&app).await;
        assert_eq!(commands.run("events verify --json").refused(1), told);
    }
}

/// SQLite takes whatever is written; PostgreSQL refuses what does not fit a column.
#[actix_web::test]
async fn names_the_event_that_was_made_unreadable() {
    for value in ["details = '{'", "details = x'ff'", "actor = x'ff'", "at = 'yesterday'"] {
        let (app, commands) = sealed("").await;
        if app.cx.store.kind() != "sqlite" {
            return;
        }
        let event = &app.events("sign_out").await[1];
        tamper(&app, &[&format!("UPDATE events SET {value} WHERE id = {}", literal(&app, event))]).await;
        let outcome = commands.run("events verify");
        let told = outcome.refused(1);
        assert!(told.contains("of batch 2 was changed"), "{value}: {told}");
        assert!(told.contains(&event.id.to_string()) && told.contains("2026-11-24T00:00:00Z"), "{value}: {told}");
    }
}

#[actix_web::test]
async fn names_an_event_that_was_slipped_into_a_sealed_batch() {
    let (app, commands) = sealed("").await;
    happen(&app, EventKind::SignIn, 1).await;
    let event = &app.events("sign_in").await[0];
    tamper(&app, &["UPDATE events SET batch = 3 WHERE batch IS NULL"]).await;
    let outcome = commands.run("events verify");
    let told = outcome.refused(1);
    assert!(told.contains(&format!("Event {}", event.id)) && told.contains("was put into batch 3"), "{told}");
}

#[actix_web::test]
async fn names_the_batch_that_was_changed_or_removed() {
    for (statements, said) in [
        (&["UPDATE event_batches SET last_at = last_at - 1 WHERE number = 2"][..], "The row of batch 2 was changed"),
        (&["UPDATE event_batches SET sealed_at = 0 WHERE number = 2"], "The row of batch 2 was changed"),
        (&["UPDATE event_batches SET contents = digest WHERE number = 2"], "The row of batch 2 was changed"),
        (&["UPDATE event_batches SET hash = digest WHERE number = 3"], "The row of batch 3 was changed"),
        (&["UPDATE event_batches SET number = 4 WHERE number = 3"], "Batch 3 has been removed"),
        (&["DELETE FROM event_batches WHERE number = 2"], "Batch 2 has been removed"),
        (
            &["DELETE FROM event_batches WHERE number = 2", "DELETE FROM events WHERE batch = 2"],
            "Batch 2 has been removed",
        ),
        (
            &["DELETE FROM event_batches WHERE number <= 2", "DELETE FROM events WHERE batch <= 2"],
            "The batches 1 to 2 have been removed",
        ),
        (
            &["DELETE FROM event_batches WHERE number = 3"],
            "There are events of batch 3, but the chain ends with batch 2",
        ),
        (&["DELETE FROM event_batches"], "but the chain ends with batch 0"),
        (&["DELETE FROM events WHERE batch = 2"], "was sealed in batch 2 and has been removed"),
        // As the sweep would leave it, but for the key.
        (
            &[
                "DELETE FROM events WHERE batch <= 2",
                "DELETE FROM event_batches WHERE number < 2",
                "UPDATE event_batches SET contents = NULL, swept = hash WHERE number = 2",
            ],
            "The row of batch 2 was changed",
        ),
    ] {
        let (app, commands) = sealed("").await;
        tamper(&app, statements).await;
        let outcome = commands.run("events verify");
        assert!(outcome.refused(1).contains(said), "{statements:?}: {}", outcome.stderr);
    }
}

/// The end can be cut off without a trace in the database; so the head is noted elsewhere.
#[actix_web::test]
async fn finds_a_cut_end_by_the_head_that_was_noted() {
    let (app, commands) = sealed("").await;
    let noted = format!("events verify --head {}", head(&commands));
    tamper(&app, &["DELETE FROM event_batches WHERE number = 3", "DELETE FROM events WHERE batch = 3"]).await;
    commands.run("events verify").done();
    assert!(commands.run(&noted).refused(1).contains("before the noted batch 3: its end was cut off"));
    happen(&app, EventKind::SignIn, 1).await;
    seal(&app).await;
    commands.run("events verify").done();
    assert!(commands.run(&noted).refused(1).contains("Batch 3 has another hash than was noted"));
}

#[actix_web::test]
async fn holds_under_the_key_alone_that_sealed_it() {
    let (_app, mut commands) = sealed("").await;
    commands.set("CLAVIGER__KEYS__ENCRYPTION_KEY", "BBECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");
    assert_eq!(commands.run("events verify").status, 1);
}

async fn sweep(app: &TestApp) -> u64 {
    let removed = sweep_once(&app.cx.event_chain, sweep_settings(&app.cx.config), app.cx.now()).await.unwrap();
    removed.iter().find(|(table, _)| *table == "events").unwrap().1
}

#[actix_web::test]
async fn tells_what_retention_removed_from_what_somebody_did() {
    let (app, mut commands) = sealed("events.retention = \"10d\"\njobs.sweep_batch = 1").await;
    let old_head = head(&commands);
    assert_eq!(sweep(&app).await, 0);
    app.clock.advance(9 * DAY + Duration::from_hours(1));
    happen(&app, EventKind::SignIn, 1).await;
    assert_eq!(sweep(&app).await, 5, "of the first two batches, each as a whole");
    seal(&app).await;
    let told = commands.run("events verify --json").json();
    assert_eq!(
        (&told["swept"], &told["sealed"]),
        (&json!({ "batches": 2, "events": 5 }), &json!({ "batches": 2, "events": 3 }))
    );
    assert!(commands.run("events verify").done().contains("5 events in 2 batches"));
    commands.run(&format!("events verify --head {old_head}")).done();
    // Settings that keep more, or less, make no alarm of what was swept under others.
    for retention in ["1d", "3650d"] {
        commands.set("CLAVIGER__EVENTS__RETENTION", retention);
        commands.run("events verify").done();
    }
    app.clock.advance(30 * DAY);
    assert_eq!(sweep(&app).await, 3);
    let told = commands.run("events verify --json").json();
    assert_eq!((&told["swept"], &told["sealed"]["batches"]), (&json!({ "batches": 4, "events": 8 }), &0.into()));
    assert!(commands.run(&format!("events verify --head {old_head}")).refused(1).contains("nothing left to compare"));
    // The chain goes on, and what was swept does not come back.
    happen(&app, EventKind::SignIn, 1).await;
    seal(&app).await;
    commands.run("events verify").done();
    tamper(&app, &["UPDATE events SET batch = 2"]).await;
    assert!(commands.run("events verify").refused(1).contains("was put into batch 2"));
}

#[actix_web::test]
async fn removes_nothing_that_was_only_made_to_look_old() {
    let (app, commands) = sealed("events.retention = \"10d\"").await;
    tamper(&app, &["UPDATE event_batches SET last_at = 0", "UPDATE events SET at = 0"]).await;
    assert_eq!(sweep(&app).await, 0);
    assert!(commands.run("events verify").refused(1).contains("batch 1"));
}

#[actix_web::test]
async fn keeps_what_is_not_sealed_however_old() {
    let (app, _) = sealed("events.retention = \"10d\"").await;
    happen(&app, EventKind::SignIn, 1).await;
    app.clock.advance(20 * DAY);
    assert_eq!(sweep(&app).await, 7);
    assert_eq!(app.events("sign_in").await.len(), 1);
    seal(&app).await;
    assert_eq!(sweep(&app).await, 1);
}

#[actix_web::test]
async fn leaves_one_chain_where_several_servers_seal() {
    let app = TestApp::start().await;
    let mut others = Vec::new();
    for _ in 0..3 {
        let store = Store::connect(&store_settings(&app.cx.config)).await.unwrap();
        others.push(EventChain { store, ..app.cx.event_chain.clone() });
    }
    let servers = join_all(others.iter().map(async |chain| {
        for _ in 0..10 {
            chain.seal(app.cx.now()).await.unwrap();
        }
    }));
    let writers = join_all((0..10).map(async |_| happen(&app, EventKind::SignIn, 5).await));
    tokio::join!(servers, writers);
    seal(&app).await;
    let told = Commands::beside(&app).run("events verify --json").json();
    assert_eq!((&told["sealed"]["events"], &told["unsealed"]), (&52.into(), &0.into()));
}

/// More than one batch holds, so that sealing goes on to a second.
#[actix_web::test]
async fn seals_all_that_has_gathered() {
    let app = TestApp::start().await;
    let event =
        || NewEvent::success(EventKind::SignIn, Actor::System).at(app.cx.now(), &*app.cx.entropy, &Origin::default());
    let events: Vec<_> = (0..1200).map(|_| event()).collect();
    let write = app.cx.store.write(move |tx| {
        Box::pin(async move {
            for event in events {
                tx.insert_event(event).await?;
            }
            Ok(())
        })
    });
    write.await.unwrap();
    assert_eq!(seal(&app).await, 1202);
    let told = Commands::beside(&app).run("events verify --json").json();
    assert_eq!(told["sealed"], json!({ "batches": 3, "events": 1202 }));
}

#[actix_web::test]
async fn exports_events_for_scripts() {
    let (app, commands) = sealed("").await;
    let lines = commands.run("events export").done().to_owned();
    let events: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((events.len(), &events[0]["kind"], &events[6]["kind"]), (7, &"consent".into(), &"key_added".into()));
    let file = commands.run("events export --format csv --since 2026-11-25").done().to_owned();
    let rows: Vec<_> = csv::Reader::from_reader(file.as_bytes()).into_records().map(Result::unwrap).collect();
    let ids: Vec<_> = app.events("consent").await.iter().map(|event| event.id.to_string()).collect();
    assert_eq!(rows.iter().map(|row| row[0].to_owned()).collect::<Vec<_>>(), ids);
    for wrong in ["events export --format xml", "events export --since yesterday"] {
        assert_eq!(commands.run(wrong).status, 2, "{wrong}");
    }
}
