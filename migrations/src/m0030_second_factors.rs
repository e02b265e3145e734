//! Second factors: the authenticator apps of people, each with its sealed secret and the last step of time that it was used
//! for, and their recovery codes as keyed hashes. Both end with their person, or when that person gives them up.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, binary, binary_uniq, string, uuid};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let apps = Table::create()
            .table("authenticator_apps")
            .col(uuid("id").primary_key())
            .col(uuid("person_id"))
            .col(string("name"))
            .col(binary("secret"))
            .col(big_integer("last_step"))
            .col(big_integer("confirmed_at"))
            .col(big_integer_null("last_used_at"))
            .foreign_key(&mut of_a_person("authenticator_apps"))
            .take();
        manager.create_table(apps).await?;
        let codes = Table::create()
            .table("recovery_codes")
            .col(uuid("id").primary_key())
            .col(uuid("person_id"))
            .col(binary_uniq("hash"))
            .col(big_integer("made_at"))
            .col(big_integer_null("used_at"))
            .foreign_key(&mut of_a_person("recovery_codes"))
            .take();
        manager.create_table(codes).await?;
        for (name, table) in
            [("authenticator_apps_by_person", "authenticator_apps"), ("recovery_codes_by_person", "recovery_codes")]
        {
            manager.create_index(Index::create().name(name).table(table).col("person_id").take()).await?;
        }
        Ok(())
    }
}

fn of_a_person(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(table, "person_id").to("people", "id").on_delete(ForeignKeyAction::Cascade).take()
}
