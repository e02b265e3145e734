//! Which clients a browser session has signed in to, for as long as it lives; and who is still to be told that one
//! ended: a row from the end of the session until its client has been told, or given up.
//!
//! `sid` and `person_id` refer to no table: by the time that a client is told, both may be gone.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, integer, string, uuid};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(session_clients()).await?;
        manager.create_table(deliveries()).await?;
        for (name, table, column) in [
            ("session_clients_by_client", "session_clients", "client_id"),
            ("logout_deliveries_by_client", "logout_deliveries", "client_id"),
            ("logout_deliveries_by_due", "logout_deliveries", "due_at"),
            ("logout_deliveries_by_expiry", "logout_deliveries", "expires_at"),
        ] {
            manager.create_index(Index::create().name(name).table(table).col(column).take()).await?;
        }
        Ok(())
    }
}

fn client_of(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(table, "client_id").to("clients", "client_id").on_delete(ForeignKeyAction::Cascade).take()
}

fn session_clients() -> TableCreateStatement {
    Table::create()
        .table("session_clients")
        .col(uuid("sid"))
        .col(string("client_id"))
        .primary_key(Index::create().col("sid").col("client_id"))
        .foreign_key(&mut client_of("session_clients"))
        .take()
}

fn deliveries() -> TableCreateStatement {
    Table::create()
        .table("logout_deliveries")
        .col(uuid("sid"))
        .col(string("client_id"))
        .col(uuid("person_id"))
        .col(integer("attempts"))
        // Whoever takes a delivery puts this off, so that nobody else does.
        .col(big_integer("due_at"))
        .col(big_integer("created_at"))
        .col(big_integer("expires_at"))
        .primary_key(Index::create().col("sid").col("client_id"))
        .foreign_key(&mut client_of("logout_deliveries"))
        .take()
}
