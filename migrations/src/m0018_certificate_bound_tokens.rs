//! The certificates to which tokens are bound: the SHA-256 of each, none where a token belongs to whoever bears it.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::binary_null;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["access_tokens", "refresh_tokens"] {
            let column = binary_null("certificate_sha256");
            manager.alter_table(Table::alter().table(table).add_column(column).take()).await?;
        }
        Ok(())
    }
}
