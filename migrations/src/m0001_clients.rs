//! Clients and their secrets. Neither empties by itself: an operator deletes a client, its secrets go with it; expired
//! secrets are swept.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, binary, json_binary, pk_uuid, string};

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
                    .table("clients")
                    .col(string("client_id").primary_key())
                    .col(json_binary("metadata"))
                    .col(big_integer("created_at"))
                    .col(big_integer("updated_at"))
                    .col(big_integer_null("disabled_at"))
                    .take(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("client_secrets")
                    .col(pk_uuid("id"))
                    .col(string("client_id"))
                    .col(binary("hash"))
                    .col(big_integer("created_at"))
                    .col(big_integer_null("expires_at"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("client_secrets", "client_id")
                            .to("clients", "client_id")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .take(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("client_secrets_by_client").table("client_secrets").col("client_id").take(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("client_secrets_by_expiry").table("client_secrets").col("expires_at").take(),
            )
            .await
    }
}
