//! Roles for those who run the server, in place of one kind of admin, and whose client is whose.

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
        let uuid = if manager.get_database_backend() == DbBackend::Sqlite { "uuid_text" } else { "uuid" };
        let db = manager.get_connection();
        for statement in [
            "ALTER TABLE people ADD COLUMN role varchar",
            // Until now every admin could do everything.
            "UPDATE people SET role = 'owner' WHERE admin",
            "ALTER TABLE people DROP COLUMN admin",
            // Few hold a role, so that its index is small.
            "CREATE INDEX people_with_role ON people (role) WHERE role IS NOT NULL",
            &format!("ALTER TABLE clients ADD COLUMN managed_by {uuid} REFERENCES people (id) ON DELETE SET NULL"),
            "CREATE INDEX clients_by_manager ON clients (managed_by, client_id)",
        ] {
            db.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
