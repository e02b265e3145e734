//! Browsers, in each of which several people may be signed in: the cookie's key is the browser's now, found by its keyed
//! hash, and a session belongs to a browser. Whoever is signed in stays so, each in a browser of their own. Swept after
//! expiry.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, binary_uniq, boolean, json_binary, uuid};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(browsers()).await?;
        // SQLite cannot take a primary key from a table, so that it is written anew.
        manager.create_table(sessions()).await?;
        let db = manager.get_connection();
        for statement in [
            // 366 days: no session outlives them.
            "INSERT INTO browsers (id, key_hash, current_sid, expires_at) \
             SELECT sid, key_hash, sid, created_at + 31622400000 FROM sessions",
            "INSERT INTO sessions_of_browsers \
             (sid, browser_id, person_id, state, remember, created_at, last_seen_at, expires_at) \
             SELECT sid, sid, person_id, state, remember, created_at, last_seen_at, expires_at FROM sessions",
            "DROP TABLE sessions",
            "ALTER TABLE sessions_of_browsers RENAME TO sessions",
        ] {
            db.execute_unprepared(statement).await?;
        }
        for (name, table, column) in [
            ("browsers_by_expiry", "browsers", "expires_at"),
            ("sessions_by_browser", "sessions", "browser_id"),
            ("sessions_by_person", "sessions", "person_id"),
            ("sessions_by_expiry", "sessions", "expires_at"),
        ] {
            manager.create_index(Index::create().name(name).table(table).col(column).take()).await?;
        }
        Ok(())
    }
}

fn browsers() -> TableCreateStatement {
    Table::create()
        .table("browsers")
        .col(uuid("id").primary_key())
        .col(binary_uniq("key_hash"))
        .col(uuid("current_sid"))
        .col(big_integer("expires_at"))
        .take()
}

fn sessions() -> TableCreateStatement {
    Table::create()
        .table("sessions_of_browsers")
        .col(uuid("sid").primary_key())
        .col(uuid("browser_id"))
        .col(uuid("person_id"))
        .col(json_binary("state"))
        .col(boolean("remember"))
        .col(big_integer("created_at"))
        .col(big_integer("last_seen_at"))
        .col(big_integer("expires_at"))
        .foreign_key(
            ForeignKey::create()
                .from("sessions_of_browsers", "person_id")
                .to("people", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .take()
}
