//! At which clients a sign-in can be started from here: a copy of what is in their metadata, so that they are found by an
//! index among however many others.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let registered = match manager.get_database_backend() {
            DbBackend::Sqlite => "json_extract(metadata, '$.initiate_login_uri')",
            _ => "metadata ->> 'initiate_login_uri'",
        };
        let db = manager.get_connection();
        for statement in [
            "ALTER TABLE clients ADD COLUMN initiate_login_uri text",
            &format!("UPDATE clients SET initiate_login_uri = {registered}"),
            "CREATE INDEX clients_that_start ON clients (name_key, client_id) WHERE initiate_login_uri IS NOT NULL",
        ] {
            db.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
