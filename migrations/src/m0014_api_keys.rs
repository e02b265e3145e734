//! API keys and their secrets, which go with their owner, or when somebody deletes them; secrets that a rotation ended
//! are swept. What was counted against limits is swept when its time has passed.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, binary, json_binary, pk_uuid, string, string_null, text, uuid, uuid_null,
};

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
            "CREATE INDEX api_keys_by_person ON api_keys (person_id, id)",
            "CREATE INDEX api_keys_by_client ON api_keys (client_id, id)",
            // Which keys nobody has used for long.
            "CREATE INDEX api_keys_by_idleness ON api_keys (idle_since, id)",
            "CREATE INDEX api_key_secrets_by_key ON api_key_secrets (key_id)",
            "CREATE INDEX api_key_secrets_by_end ON api_key_secrets (expires_at)",
            "CREATE INDEX limit_counts_by_end ON limit_counts (expires_at)",
        ] {
            db.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

fn cascade(
    from_table: &'static str,
    column: &'static str,
    to: (&'static str, &'static str),
) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(from_table, column).to(to.0, to.1).on_delete(ForeignKeyAction::Cascade).take()
}

fn tables() -> [TableCreateStatement; 3] {
    [
        Table::create()
            .table("api_keys")
            .col(pk_uuid("id"))
            .col(string("name"))
            .col(uuid_null("person_id"))
            .col(string_null("client_id"))
            .col(string("mode"))
            .col(text("scope"))
            .col(json_binary("resources"))
            .col(json_binary("addresses"))
            .col(string_null("rate_limit"))
            .col(string_null("quota"))
            .col(big_integer("created_at"))
            .col(big_integer("updated_at"))
            .col(big_integer_null("expires_at"))
            .col(big_integer_null("disabled_at"))
            .col(string_null("disabled_because"))
            .col(big_integer("idle_since"))
            .col(string_null("last_address"))
            .foreign_key(&mut cascade("api_keys", "person_id", ("people", "id")))
            .foreign_key(&mut cascade("api_keys", "client_id", ("clients", "client_id")))
            .take(),
        Table::create()
            .table("api_key_secrets")
            .col(binary("hash").primary_key())
            .col(uuid("key_id"))
            .col(string("beginning"))
            .col(big_integer("created_at"))
            .col(big_integer_null("expires_at"))
            .foreign_key(&mut cascade("api_key_secrets", "key_id", ("api_keys", "id")))
            .take(),
        Table::create()
            .table("limit_counts")
            .col(string("subject"))
            .col(string("counted"))
            .col(big_integer("begins_at"))
            .col(big_integer("count"))
            .col(big_integer("expires_at"))
            .primary_key(Index::create().col("subject").col("counted").col("begins_at"))
            .take(),
    ]
}
