//! Resources and scopes that are registered while the server runs, and the version of both together, by which other servers
//! notice that something changed.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, boolean, integer, pk_uuid, string, text};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in tables() {
            manager.create_table(table).await?;
        }
        let db = manager.get_connection();
        for statement in [
            "CREATE UNIQUE INDEX resources_by_identifier ON resources (identifier)",
            "INSERT INTO catalogue_versions (id, version) VALUES (1, 0)",
        ] {
            db.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

fn tables() -> [TableCreateStatement; 3] {
    [
        Table::create()
            .table("resources")
            .col(pk_uuid("id"))
            .col(text("identifier"))
            .col(string("name"))
            .col(text("scopes"))
            .col(string("access_token_format"))
            // In seconds.
            .col(big_integer_null("access_token_lifetime"))
            .col(big_integer("created_at"))
            .col(big_integer("updated_at"))
            .take(),
        Table::create()
            .table("scopes")
            .col(string("name").primary_key())
            .col(text("text"))
            .col(boolean("optional"))
            .col(boolean("needs_approval"))
            .col(big_integer("created_at"))
            .col(big_integer("updated_at"))
            .take(),
        Table::create().table("catalogue_versions").col(integer("id").primary_key()).col(big_integer("version")).take(),
    ]
}
