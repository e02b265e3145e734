//! The database itself: a fresh one on PostgreSQL, and what SQLite says of its file.

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};

/// Creates a database on this server, and answers its URL.
pub fn create(server: &str) -> String {
    let name = format!("claviger_crash_{}", std::process::id());
    run(async {
        let db = Database::connect(server).await.unwrap();
        db.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
        db.close().await.unwrap();
    });
    let mut url = url::Url::parse(server).unwrap();
    url.set_path(&name);
    url.into()
}

/// What SQLite finds wrong with the file; on PostgreSQL, which checks itself as it recovers, nothing.
pub fn faults(url: &str) -> Vec<String> {
    if !url.starts_with("sqlite:") {
        return Vec::new();
    }
    run(async {
        let db: DatabaseConnection = Database::connect(url).await.unwrap();
        let ask = |sql: &'static str| Statement::from_string(db.get_database_backend(), sql);
        let integrity = db.query_all_raw(ask("PRAGMA integrity_check")).await.unwrap();
        let mut faults: Vec<String> = integrity.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
        faults.retain(|line| line != "ok");
        let orphans = db.query_all_raw(ask("PRAGMA foreign_key_check")).await.unwrap().len();
        if orphans > 0 {
            faults.push(format!("{orphans} rows refer to rows that are not there"));
        }
        db.close().await.unwrap();
        faults
    })
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}
