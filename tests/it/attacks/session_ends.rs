//! The end of a session, at the moment in which whoever knows the password proves in it once more who they are.

use claviger::domain::people::{accounts, sign_out};
use futures_util::future::{join, join_all, select_all};
use sea_orm::{
    ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, Statement, TransactionTrait,
};
use secrecy::ExposeSecret;

use super::scene::*;
use crate::support::{Browser, PASSWORD, Page, TestApp};

async fn started(settings: &str) -> TestApp {
    TestApp::start_with(&format!("server.workers = 4\ndatabase.max_connections = 16\n{settings}")).await
}

/// Signs ada in once more, in the session that she has.
async fn once_more(browser: &Browser, form: &Page) -> u16 {
    browser.submit_only(form, "form#login", &[("username", "ada"), ("password", PASSWORD)]).await.answer.status
}

/// Whichever comes first, nothing is left of it, and neither keeps the other from its end.
#[actix_web::test]
async fn proves_it_once_more_while_everything_ends() {
    let app = started("").await;
    let ada = app.person("ada").await;
    let hash = app.cx.store.person(ada).await.unwrap().unwrap().password_hash.unwrap();
    for round in 0..24 {
        let browser = signed_in(&app, "ada").await;
        let form = browser.open("/login?another=yes").await;
        let hash = hash.clone();
        let end = app.as_operator(async |act| match round % 3 {
            0 => sign_out::end_everywhere(act, ada, None).await.map(|ended| !ended.sessions.is_empty()),
            1 => accounts::set_password(act, ada, hash).await,
            _ => accounts::disable(act, ada).await,
        });
        let (_, ended) = join(once_more(&browser, &form), end).await;
        assert!(ended.unwrap(), "{round}: there was a session, and somebody");
        if round % 3 == 2 {
            app.as_operator(async |act| accounts::enable(act, ada).await.unwrap()).await;
        }
        app.as_operator(async |act| drop(sign_out::end_everywhere(act, ada, None).await.unwrap())).await;
        assert!(app.cx.store.sessions_of(ada, app.cx.now()).await.unwrap().is_empty());
    }
}

/// OIDC Back-Channel Logout §2.6: apps are told of the end by its `sid`: no session comes back under one that has ended while
/// the password was looked at.
#[actix_web::test]
async fn brings_a_session_back_that_has_ended() {
    // So that when the first is answered, the others have their turn still before them.
    let slow =
        "passwords.argon2_memory_kib = 4096\npasswords.argon2_iterations = 8\npasswords.max_concurrent_hashes = 1\n";
    let app = started(slow).await;
    let ada = app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    let form = browser.open("/login?another=yes").await;
    let attempts = (0..5).map(|_| Box::pin(once_more(&browser, &form)));
    let (first, _, rest) = select_all(attempts).await;
    assert_eq!(first, 303);
    let ended = app.as_operator(async |act| sign_out::end_everywhere(act, ada, None).await.unwrap()).await.sessions;
    assert_eq!(ended.len(), 1);
    let answers = join_all(rest).await;
    let back = app.cx.store.sessions_of(ada, app.cx.now()).await.unwrap();
    assert!(back.iter().all(|session| !ended.contains(&session.sid)), "{answers:?}");
}

/// On a database that lets several write at once: a sign-out that waits for the session to be proved once more ends it then.
#[actix_web::test]
async fn keeps_a_session_by_proving_it_while_it_is_ended() {
    let app = started("").await;
    let ada = app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    let form = browser.open("/login?another=yes").await;
    // SQLite has one writer, and nobody waits within a transaction.
    let Some(gate) = Gate::before(&app, &format!("people WHERE id = '{ada}'")).await else { return };
    let end = async {
        gate.has_waiting(1).await;
        let end = app.as_operator(async |act| sign_out::end_everywhere(act, ada, None).await.unwrap());
        let (ended, ()) = join(end, async {
            gate.has_waiting(2).await;
            gate.open().await;
        })
        .await;
        ended
    };
    let (status, ended) = join(once_more(&browser, &form), end).await;
    assert_eq!((status, ended.sessions.len()), (303, 1));
    assert!(app.cx.store.sessions_of(ada, app.cx.now()).await.unwrap().is_empty());
}

/// A row that nobody else changes before it is opened.
struct Gate {
    bar: std::sync::Mutex<Option<DatabaseTransaction>>,
    look: DatabaseConnection,
}

impl Gate {
    async fn before(app: &TestApp, row: &str) -> Option<Self> {
        let url = app.cx.config.database.url.to_url();
        let look = Database::connect(url.expose_secret()).await.unwrap();
        if look.get_database_backend() != DbBackend::Postgres {
            return None;
        }
        let bar = Database::connect(url.expose_secret()).await.unwrap().begin().await.unwrap();
        bar.execute_unprepared(&format!("SELECT 1 FROM {row} FOR UPDATE")).await.unwrap();
        Some(Self { bar: std::sync::Mutex::new(Some(bar)), look })
    }

    /// Goes on once so many wait for somebody's lock.
    async fn has_waiting(&self, expected: i64) {
        let sql = "SELECT COUNT(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        loop {
            let statement = Statement::from_string(DbBackend::Postgres, sql);
            let row = self.look.query_one_raw(statement).await.unwrap().unwrap();
            if row.try_get::<i64>("", "n").unwrap() >= expected {
                return;
            }
        }
    }

    async fn open(&self) {
        let bar = self.bar.lock().unwrap().take().unwrap();
        bar.rollback().await.unwrap();
    }
}
