//! What the console's lists and searches go by: a client's name as it is compared, prefixes of names, and indexes in
//! the order in which lists are read.

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
        let is_sqlite = manager.get_database_backend() == DbBackend::Sqlite;
        let name = if is_sqlite { "json_extract(metadata, '$.client_name')" } else { "metadata->>'client_name'" };
        let class = if is_sqlite { "" } else { " text_pattern_ops" };
        let db = manager.get_connection();
        for statement in [
            "ALTER TABLE clients ADD COLUMN name_key text NOT NULL DEFAULT ''",
            &format!("UPDATE clients SET name_key = lower(coalesce({name}, ''))"),
            &format!("CREATE INDEX clients_by_name ON clients (name_key{class})"),
            "CREATE INDEX grants_by_client_and_id ON grants (client_id, id)",
            "DROP INDEX grants_by_client",
            // Events are read by their identifier, which grows with time.
            "CREATE INDEX events_failed ON events (id) WHERE outcome = 'failure'",
            "DROP INDEX events_by_kind",
            "DROP INDEX events_by_person",
            "DROP INDEX events_by_client",
            "CREATE INDEX events_by_kind ON events (kind, id)",
            "CREATE INDEX events_by_person ON events (person_id, id)",
            "CREATE INDEX events_by_client ON events (client_id, id)",
        ] {
            db.execute_unprepared(statement).await?;
        }
        if !is_sqlite {
            // The unique indexes follow the database's collation, by which PostgreSQL finds no prefix.
            for statement in [
                "CREATE INDEX clients_by_id_prefix ON clients (client_id text_pattern_ops)",
                "CREATE INDEX people_by_username_prefix ON people (username_key text_pattern_ops)",
                "CREATE INDEX people_by_email_prefix ON people (email_key text_pattern_ops)",
            ] {
                db.execute_unprepared(statement).await?;
            }
        }
        Ok(())
    }
}
