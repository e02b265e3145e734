//! Who is who at other providers: an account there by its provider and subject, the person here, and the tokens from there,
//! sealed, where they are kept. It goes with its person.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, binary_null, string, string_null, uuid};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(accounts()).await?;
        let mut unique = Index::create();
        unique.name("provider_accounts_by_subject").table("provider_accounts").col("provider").col("subject").unique();
        manager.create_index(unique).await?;
        let mut by_person = Index::create();
        by_person.name("provider_accounts_by_person").table("provider_accounts").col("person_id");
        manager.create_index(by_person).await?;
        Ok(())
    }
}

fn accounts() -> TableCreateStatement {
    Table::create()
        .table("provider_accounts")
        .col(uuid("id").primary_key())
        .col(string("provider"))
        .col(string("subject"))
        .col(uuid("person_id"))
        .col(string_null("label"))
        .col(binary_null("tokens"))
        .col(big_integer("linked_at"))
        .col(big_integer("last_used_at"))
        .foreign_key(
            ForeignKey::create()
                .from("provider_accounts", "person_id")
                .to("people", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .take()
}
