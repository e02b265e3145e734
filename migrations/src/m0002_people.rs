//! People, and the one-time links by which they are let in (first admin, invitation). Links are swept after expiry.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, binary, boolean, json_binary, pk_uuid, string, string_null, text_null, uuid_null,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("people")
                    .col(pk_uuid("id"))
                    .col(string("username"))
                    // The username and the address as they are compared: lower case, so that they are unique however
                    // they are typed.
                    .col(string("username_key").unique_key())
                    .col(string_null("email_key").unique_key())
                    .col(json_binary("claims"))
                    .col(text_null("password_hash"))
                    .col(boolean("admin"))
                    .col(big_integer("created_at"))
                    .col(big_integer("updated_at"))
                    .col(big_integer_null("disabled_at"))
                    .take(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("one_time_links")
                    .col(binary("hash").primary_key())
                    .col(string("purpose"))
                    .col(uuid_null("person_id"))
                    .col(big_integer("created_at"))
                    .col(big_integer("expires_at"))
                    .col(big_integer_null("used_at"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("one_time_links", "person_id")
                            .to("people", "id")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .take(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("one_time_links_by_expiry").table("one_time_links").col("expires_at").take(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("one_time_links_by_person").table("one_time_links").col("person_id").take(),
            )
            .await
    }
}
