//! Brings the keys by which people sign in in line, of addresses with a host in other than ASCII letters: each is known by the name
//! that DNS knows it by. One of which somebody has the other spelling already stays as it is.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::Statement;
use url::Host;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["username_key", "email_key"] {
            for old in keys(manager, column).await? {
                if let Some(new) = canonical(&old).filter(|new| *new != old)
                    && !is_taken(manager, &new).await?
                {
                    let mut update = Query::update();
                    update.table("people").value(column, new).and_where(Expr::col(column).eq(old));
                    manager.execute(update).await?;
                }
            }
        }
        Ok(())
    }
}

/// Those with a host behind them.
async fn keys(manager: &SchemaManager<'_>, column: &str) -> Result<Vec<String>, DbErr> {
    let db = manager.get_connection();
    let sql = format!("SELECT {column} AS key FROM people WHERE {column} LIKE '%@%'");
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    rows.iter().map(|row| row.try_get("", "key")).collect()
}

async fn is_taken(manager: &SchemaManager<'_>, key: &str) -> Result<bool, DbErr> {
    let db = manager.get_connection();
    let mut known = Query::select();
    known.expr(Expr::val(1)).from("people");
    known.and_where(Expr::col("username_key").eq(key).or(Expr::col("email_key").eq(key)));
    Ok(db.query_one(&known).await?.is_some())
}

/// RFC 5890 §2.3.2.1: as `mail_address::canonical` spells it now.
fn canonical(key: &str) -> Option<String> {
    let (local, host) = key.rsplit_once('@')?;
    match Host::parse(host) {
        Ok(Host::Domain(name)) if !name.ends_with('.') => Some(format!("{local}@{name}")),
        _ => None,
    }
}
