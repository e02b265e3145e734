//! What is told of a person claim by claim, beside what scopes release: what an app was given by each authorization, none
//! where it asked for nothing of the kind, and what the person has allowed it, remembered.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{json_binary_null, text_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in [("authorizations", json_binary_null("claims")), ("grants", text_null("claims"))] {
            manager.alter_table(Table::alter().table(table).add_column(column).take()).await?;
        }
        Ok(())
    }
}
