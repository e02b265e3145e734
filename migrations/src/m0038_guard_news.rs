//! Who was wrong and what was forgiven, as servers on one database tell each other.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, string, uuid};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("guard_news")
            .col(uuid("server"))
            .col(big_integer("number"))
            .col(string("kind"))
            .col(string("subject"))
            .col(string("change"))
            .col(big_integer("at"))
            .col(big_integer("told_at"))
            .col(big_integer("expires_at"))
            .primary_key(Index::create().col("server").col("number"))
            .take();
        manager.create_table(table).await?;
        for (name, column) in [("guard_news_by_time", "told_at"), ("guard_news_by_end", "expires_at")] {
            manager.create_index(Index::create().name(name).table("guard_news").col(column).take()).await?;
        }
        Ok(())
    }
}
