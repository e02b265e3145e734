//! Passkeys: the public half of a key that a person's device keeps, by which they sign in.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, binary_uniq, boolean, json_binary, pk_uuid, string, uuid,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(passkeys()).await?;
        let by_person = Index::create().name("passkeys_by_person").table("passkeys").col("person_id").take();
        manager.create_index(by_person).await
    }
}

fn passkeys() -> TableCreateStatement {
    Table::create()
        .table("passkeys")
        .col(pk_uuid("id"))
        .col(uuid("person_id"))
        .col(string("name"))
        // By which the device that keeps the key knows it.
        .col(binary_uniq("credential_id"))
        // The public key, and what was said of it when it was added.
        .col(json_binary("credential"))
        // How often the device says that it has used the key; 0 where it does not count.
        .col(big_integer("counter"))
        .col(boolean("synced"))
        .col(big_integer("created_at"))
        .col(big_integer_null("last_used_at"))
        .foreign_key(
            &mut ForeignKey::create()
                .from("passkeys", "person_id")
                .to("people", "id")
                .on_delete(ForeignKeyAction::Cascade)
                .take(),
        )
        .take()
}
