//! Which API keys are disabled, were found in public, or have an end: few among many, and what admins look for.

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
        for statement in [
            "CREATE INDEX api_keys_disabled ON api_keys (id) WHERE disabled_at IS NOT NULL",
            "CREATE INDEX api_keys_leaked ON api_keys (id) WHERE leaked_at IS NOT NULL",
            "CREATE INDEX api_keys_with_end ON api_keys (id, expires_at) WHERE expires_at IS NOT NULL AND disabled_at IS NULL",
        ] {
            db.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
