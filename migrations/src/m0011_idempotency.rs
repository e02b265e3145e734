//! Answers of the admin API to requests with an `Idempotency-Key`: sealed, because an answer can hold a secret. Swept a day
//! after they were given.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, binary};

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
                    .table("kept_answers")
                    // Caller and key, hashed: so that neither has to be an index, nor can be read.
                    .col(binary("id").primary_key())
                    .col(binary("request_hash"))
                    .col(binary("sealed_answer"))
                    .col(big_integer("created_at"))
                    .take(),
            )
            .await?;
        manager
            .create_index(Index::create().name("kept_answers_by_time").table("kept_answers").col("created_at").take())
            .await
    }
}
