//! The database itself: a fresh one on PostgreSQL, and what a database finds wrong with itself.

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbErr, Statement};

/// Every index against its table, and every page of every table: PostgreSQL's own amcheck.
const AMCHECK: &str = "
    SELECT bt_index_check(index => indexrelid::regclass, heapallindexed => true)::text
      FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid JOIN pg_am ON pg_am.oid = relam AND amname = 'btree'
     WHERE relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT (SELECT string_agg(msg, ', ') FROM verify_heapam(pg_class.oid))
      FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace";

/// Creates a database on this server, and answers its URL.
pub fn create(server: &str, purpose: &str) -> String {
    let name = format!("claviger_{purpose}_{}", std::process::id());
    run(server, async |db| db.execute_unprepared(&format!("CREATE DATABASE {name}")).await).unwrap();
    let mut url = url::Url::parse(server).unwrap();
    url.set_path(&name);
    url.into()
}

/// Carries out one statement.
pub fn execute(url: &str, sql: &str) -> Result<(), DbErr> {
    run(url, async |db| db.execute_unprepared(sql).await).map(drop)
}

/// The first column of every row, as numbers.
pub fn numbers(url: &str, sql: &str) -> Vec<i32> {
    let rows = run(url, async |db| db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await);
    rows.unwrap().iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

/// What the database finds wrong with its file or files.
pub fn faults(url: &str) -> Vec<String> {
    let is_sqlite = url.starts_with("sqlite:");
    let found = run(url, async |db| {
        let ask = |sql: &'static str| db.query_all_raw(Statement::from_string(db.get_database_backend(), sql));
        if !is_sqlite {
            db.execute_unprepared("CREATE EXTENSION IF NOT EXISTS amcheck").await?;
            let lines = ask(AMCHECK).await?;
            return lines.iter().map(|row| row.try_get_by_index::<Option<String>>(0)).collect::<Result<Vec<_>, _>>();
        }
        let lines = ask("PRAGMA integrity_check").await?;
        let mut faults: Vec<Option<String>> =
            lines.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, _>>()?;
        faults.retain(|line| line.as_deref() != Some("ok"));
        let orphans = ask("PRAGMA foreign_key_check").await?.len();
        if orphans > 0 {
            faults.push(Some(format!("{orphans} rows refer to rows that are not there")));
        }
        Ok(faults)
    });
    match found {
        Ok(lines) => lines.into_iter().flatten().filter(|line| !line.is_empty()).collect(),
        Err(error) => vec![error.to_string()],
    }
}

/// Holds SQLite's write lock, as another program would, while `meanwhile` lasts.
pub fn lock_during<T>(url: &str, meanwhile: impl FnOnce() -> T) -> T {
    let outcome = run(url, async |db| {
        db.execute_unprepared("BEGIN IMMEDIATE").await?;
        let outcome = meanwhile();
        db.execute_unprepared("ROLLBACK").await?;
        Ok(outcome)
    });
    outcome.unwrap()
}

fn run<T>(url: &str, work: impl AsyncFnOnce(&DatabaseConnection) -> Result<T, DbErr>) -> Result<T, DbErr> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let mut options = sea_orm::ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false);
        let db = Database::connect(options).await?;
        let outcome = work(&db).await;
        db.close().await?;
        outcome
    })
}
