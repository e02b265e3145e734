//! Signing keys: the public half as a JWK, the private half sealed under the key-encryption key. A key is deleted by
//! the sweep once nothing it signed can still be valid.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, binary, string};

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
                    .table("signing_keys")
                    .col(string("kid").primary_key())
                    .col(string("algorithm"))
                    .col(binary("sealed_private_key"))
                    .col(big_integer("created_at"))
                    .col(big_integer("signs_from"))
                    .col(big_integer_null("signs_until"))
                    .col(big_integer_null("published_until"))
                    .take(),
            )
            .await
    }
}
