//! Clients that register themselves (RFC 7591): what is known of that beside what is known of every client; the tokens
//! by which they may, swept at their end; and how many did in this hour, which is one row.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, binary_uniq, integer, pk_uuid, string};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(initial_access_tokens()).await?;
        let by_expiry = Index::create()
            .name("initial_access_tokens_by_expiry")
            .table("initial_access_tokens")
            .col("expires_at")
            .take();
        manager.create_index(by_expiry).await?;
        let quota = Table::create()
            .table("registration_quota")
            .col(integer("id").primary_key())
            // Hours since 1970.
            .col(big_integer("hour"))
            .col(big_integer("registered"))
            .take();
        manager.create_table(quota).await?;
        let binary = if manager.get_database_backend() == sea_orm_migration::sea_orm::DbBackend::Sqlite {
            "blob"
        } else {
            "bytea"
        };
        let db = manager.get_connection();
        for statement in [
            "INSERT INTO registration_quota (id, hour, registered) VALUES (1, 0, 0)",
            // Of the registration access token; there where a client registered itself.
            &format!("ALTER TABLE clients ADD COLUMN registration_token_hash {binary}"),
            "ALTER TABLE clients ADD COLUMN registered_from varchar",
            // Until it is used for the first time.
            "ALTER TABLE clients ADD COLUMN unused_until bigint",
            "CREATE INDEX clients_self_registered ON clients (client_id) WHERE registration_token_hash IS NOT NULL",
            "CREATE INDEX clients_unused ON clients (unused_until) WHERE unused_until IS NOT NULL",
        ] {
            db.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

fn initial_access_tokens() -> TableCreateStatement {
    Table::create()
        .table("initial_access_tokens")
        .col(pk_uuid("id"))
        .col(binary_uniq("hash"))
        .col(string("note"))
        .col(integer("uses"))
        .col(integer("uses_left"))
        .col(big_integer("created_at"))
        .col(big_integer("expires_at"))
        .take()
}
