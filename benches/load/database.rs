//! SQL that is not the server's: databases of `PostgreSQL` that come and go, and rows from nowhere.

use anyhow::Result;
use sea_orm::{ConnectionTrait, Database};

/// Runs SQL on a database.
pub async fn execute(url: &str, sql: &str) -> Result<()> {
    let database = Database::connect(url).await?;
    database.execute_unprepared(sql).await?;
    Ok(database.close().await?)
}

/// A database on a server of `PostgreSQL`, for this run only.
pub struct Postgres {
    server: String,
    name: String,
    url: String,
}

impl Postgres {
    /// Creates it; `what` it is for makes its name.
    pub async fn create(server: &str, what: &str) -> Result<Self> {
        let name = format!("claviger_bench_{}_{what}", std::process::id());
        execute(server, &format!("CREATE DATABASE {name}")).await?;
        let mut url = url::Url::parse(server)?;
        url.set_path(&name);
        Ok(Self { server: server.to_owned(), name, url: url.into() })
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub async fn execute(&self, sql: &str) -> Result<()> {
        execute(&self.url, sql).await
    }

    /// Drops it, whoever is still connected.
    pub async fn remove(self) -> Result<()> {
        execute(&self.server, &format!("DROP DATABASE {} WITH (FORCE)", self.name)).await
    }
}
