//! The assertions that clients have used, swept once they could not be used anyway; and the secrets of clients that sign
//! with them, sealed beside their hash.

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
                    .table("assertion_ids")
                    // Client and jti, hashed together.
                    .col(binary("id").primary_key())
                    .col(big_integer("expires_at"))
                    .take(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("assertion_ids_by_expiry").table("assertion_ids").col("expires_at").take(),
            )
            .await?;
        manager.alter_table(Table::alter().table("client_secrets").add_column(binary_null("sealed")).take()).await
    }
}
