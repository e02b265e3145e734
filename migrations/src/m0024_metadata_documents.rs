//! Clients that describe themselves in a document at the address that is their identifier: which of them did. They empty
//! as those do that registered themselves: whoever is not used in time goes.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        db.execute_unprepared("ALTER TABLE clients ADD COLUMN from_document boolean NOT NULL DEFAULT false").await?;
        Ok(())
    }
}
