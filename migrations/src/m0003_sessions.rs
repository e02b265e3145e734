//! Browser sessions, one row a signed-in browser, kept under the keyed hash of the cookie's key. Swept after expiry.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, binary, boolean, json_binary, uuid, uuid_uniq};

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
                    .table("sessions")
                    .col(binary("key_hash").primary_key())
                    .col(uuid_uniq("sid"))
                    .col(uuid("person_id"))
                    .col(json_binary("state"))
                    .col(boolean("remember"))
                    .col(big_integer("created_at"))
                    .col(big_integer("last_seen_at"))
                    .col(big_integer("expires_at"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("sessions", "person_id")
                            .to("people", "id")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .take(),
            )
            .await?;
        for (name, column) in [("sessions_by_person", "person_id"), ("sessions_by_expiry", "expires_at")] {
            manager.create_index(Index::create().name(name).table("sessions").col(column).take()).await?;
        }
        Ok(())
    }
}
