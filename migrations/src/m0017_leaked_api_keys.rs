//! That an API key was found in public: when that was reported and where it stood. Kept until its owner has given it
//! another secret and enabled it again, and gone with the key.

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
        for statement in
            ["ALTER TABLE api_keys ADD COLUMN leaked_at bigint", "ALTER TABLE api_keys ADD COLUMN leaked_url text"]
        {
            db.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
