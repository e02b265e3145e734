//! What has expired is removed, in batches; what lives stays.

use std::time::Duration;

use claviger::domain::events::{Actor, EventKind, NewEvent, Origin, record};
use claviger::domain::jobs::{sweep_once, sweep_settings};
use claviger::ids::TokenHash;
use claviger::store::{LinkPurpose, OneTimeLink};

use crate::support::TestApp;

/// So many rows, while a batch takes two.
const ROWS: u8 = 5;
const TWO_DAYS: Duration = Duration::from_hours(48);

async fn fill(app: &TestApp) {
    let now = app.cx.now();
    let link = OneTimeLink {
        address: None,
        hash: TokenHash([1; 32]),
        purpose: LinkPurpose::SetUp,
        created_at: now,
        expires_at: now + Duration::from_hours(1),
        used_at: None,
    };
    app.cx.store.write(move |tx| Box::pin(async move { tx.insert_link(&link).await })).await.unwrap();
    for number in 0..ROWS {
        let jti = number.to_string();
        let revoke = app.cx.store.write(move |tx| Box::pin(async move { tx.revoke_jwt(&jti, now + TWO_DAYS).await }));
        assert!(revoke.await.unwrap());
        let event = NewEvent::success(EventKind::SignOut, Actor::System).at(now, &*app.cx.entropy, &Origin::default());
        record(&app.cx.store, event).await;
    }
}

async fn sweep(app: &TestApp) -> Vec<(&'static str, u64)> {
    let mut removed = sweep_once(&app.cx.event_chain, sweep_settings(&app.cx.config), app.cx.now()).await.unwrap();
    removed.retain(|(_, rows)| *rows > 0);
    removed
}

#[actix_web::test]
async fn empties_tables_in_batches_as_their_rows_expire() {
    let app = TestApp::start_with("jobs.sweep_batch = 2\nevents.retention = \"3d\"").await;
    fill(&app).await;
    app.cx.event_chain.seal(app.cx.now()).await.unwrap();
    let rows = u64::from(ROWS);
    assert_eq!(sweep(&app).await, [], "nothing has expired yet");
    app.clock.advance(Duration::from_hours(2));
    assert_eq!(sweep(&app).await, [], "what ended lately is remembered");
    app.clock.advance(Duration::from_hours(24));
    assert_eq!(sweep(&app).await, [("one_time_links", 1)]);
    app.clock.advance(Duration::from_hours(24));
    assert_eq!(sweep(&app).await, [("revoked_tokens", rows)]);
    assert_eq!(app.events("sign_out").await.len(), usize::from(ROWS));
    app.clock.advance(Duration::from_hours(24));
    let removed = sweep(&app).await;
    assert!(removed.iter().any(|(table, swept)| *table == "events" && *swept >= rows), "{removed:?}");
    assert_eq!(app.events("sign_out").await.len(), 0);
    assert_eq!(sweep(&app).await, []);
}
