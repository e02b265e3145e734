//! The event log: append-only, without foreign keys, so that what happened outlives whom it happened to. Swept after
//! the configured retention.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, json_binary, pk_uuid, string, string_null, text_null, uuid_null};

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
                    .table("events")
                    .col(pk_uuid("id"))
                    .col(big_integer("at"))
                    .col(string("kind"))
                    .col(string("outcome"))
                    .col(text_null("reason"))
                    .col(string("actor"))
                    .col(uuid_null("person_id"))
                    .col(string_null("client_id"))
                    .col(string_null("address"))
                    .col(text_null("user_agent"))
                    .col(string_null("request_id"))
                    .col(json_binary("details"))
                    .take(),
            )
            .await?;
        for (name, columns) in [
            ("events_by_time", &["at"][..]),
            ("events_by_kind", &["kind", "at"]),
            ("events_by_person", &["person_id", "at"]),
            ("events_by_client", &["client_id", "at"]),
            ("events_by_request", &["request_id"]),
        ] {
            let mut index = Index::create().name(name).table("events").take();
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
