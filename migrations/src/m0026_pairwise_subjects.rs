//! What an app calls a person, where that is not their identifier (OIDC Core, section 8.1): kept with each authorization, so
//! that its tokens go on saying the same.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::string_null;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("authorizations").add_column(string_null("sub")).take()).await
    }
}
