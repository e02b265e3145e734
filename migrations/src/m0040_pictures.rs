//! The pictures that people have put on their accounts, as they are shown: by a name that nobody guesses, and at the address that
//! apps are told. One goes with its person.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, blob, string, uuid};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(pictures()).await?;
        let mut by_person = Index::create();
        by_person.name("pictures_by_person").table("pictures").col("person_id");
        manager.create_index(by_person).await
    }
}

fn pictures() -> TableCreateStatement {
    Table::create()
        .table("pictures")
        .col(string("name").primary_key())
        .col(uuid("person_id"))
        .col(string("address"))
        .col(blob("jpeg"))
        .col(big_integer("created_at"))
        .foreign_key(
            ForeignKey::create().from("pictures", "person_id").to("people", "id").on_delete(ForeignKeyAction::Cascade),
        )
        .take()
}
