//! What devices ask for (RFC 8628): a row from the request until its answer has been fetched. Swept some time after its
//! end, and gone with its client.
//!
//! `authorization_id` refers to no table: an authorization that is withdrawn before the device has fetched its tokens
//! leaves the row behind, so that the device can be told.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, binary, binary_uniq, integer, json_binary, string, string_null, text, uuid_null,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(table()).await?;
        for (name, column) in [("device_codes_by_client", "client_id"), ("device_codes_by_expiry", "expires_at")] {
            manager.create_index(Index::create().name(name).table("device_codes").col(column).take()).await?;
        }
        Ok(())
    }
}

fn table() -> TableCreateStatement {
    let client = ForeignKey::create()
        .from("device_codes", "client_id")
        .to("clients", "client_id")
        .on_delete(ForeignKeyAction::Cascade)
        .take();
    Table::create()
        .table("device_codes")
        .col(binary("hash").primary_key())
        .col(binary_uniq("user_code_hash"))
        .col(string("client_id"))
        .col(text("scope"))
        .col(json_binary("resources"))
        .col(string_null("address"))
        // waiting, allowed, denied, redeemed
        .col(string("state"))
        .col(uuid_null("authorization_id"))
        // Seconds.
        .col(integer("poll_interval"))
        .col(big_integer("created_at"))
        .col(big_integer("expires_at"))
        .foreign_key(&mut client.clone())
        .take()
}
