//! The chain over the event log: events are sealed in batches, each batch bound to the one before it. What the sweep has
//! removed leaves one row, from which the chain goes on.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, binary, binary_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("event_batches")
                    .col(big_integer("number").primary_key())
                    .col(big_integer("events"))
                    .col(big_integer("total"))
                    .col(big_integer("first_at"))
                    .col(big_integer("last_at"))
                    .col(big_integer("sealed_at"))
                    .col(binary("digest"))
                    .col(binary("hash"))
                    .col(binary_null("contents"))
                    .col(binary_null("swept"))
                    .take(),
            )
            .await?;
        let db = manager.get_connection();
        for statement in [
            "ALTER TABLE events ADD COLUMN batch bigint",
            "CREATE INDEX events_unsealed ON events (id) WHERE batch IS NULL",
            "CREATE INDEX events_by_batch ON events (batch, id) WHERE batch IS NOT NULL",
        ] {
            db.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
