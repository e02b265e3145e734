//! What was counted in each hour, for the charts of the console: a row an hour and name, to which every server on the
//! database adds. Swept after forty days.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, string};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let hourly_counts = Table::create()
            .table("hourly_counts")
            .col(big_integer("hour"))
            .col(string("name"))
            .col(big_integer("count"))
            .primary_key(Index::create().col("hour").col("name"))
            .take();
        manager.create_table(hourly_counts).await
    }
}
