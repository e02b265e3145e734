//! Scopes that were registered while the server runs.

use sea_orm::ActiveValue::Set;
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;

use super::only::Only;
use super::{Result, Store, StoreError, Tx};
use crate::clock::Timestamp;
use crate::protocol::scope::ScopeToken;

/// A scope that somebody registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisteredScope {
    /// Its name on the wire. It never changes.
    pub name: ScopeToken,
    /// What it allows, as people read it when they are asked for consent.
    pub text: String,
    /// Whether a person may refuse it and allow the rest.
    pub optional: bool,
    /// Whether an app gets it only where an admin has approved that.
    pub needs_approval: bool,
    /// When it was registered.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

mod scope {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "scopes")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        #[sea_orm(column_type = "Text")]
        pub text: String,
        pub optional: bool,
        pub needs_approval: bool,
        pub created_at: i64,
        pub updated_at: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

async fn all(db: &impl ConnectionTrait) -> Result<Vec<RegisteredScope>> {
    let rows = scope::Entity::find().order_by_asc(scope::Column::CreatedAt);
    let rows = rows.order_by_asc(scope::Column::Name).all(db).await?;
    rows.into_iter().map(value).collect()
}

impl Store {
    /// Every registered scope, the oldest first.
    pub async fn registered_scopes(&self) -> Result<Vec<RegisteredScope>> {
        all(&self.readers).await
    }

    /// The registered scope of this name.
    pub async fn registered_scope(&self, name: &str) -> Result<Option<RegisteredScope>> {
        scope::Entity::find_by_id(name).only(&self.readers).await?.map(value).transpose()
    }
}

impl Tx {
    /// Every registered scope, the oldest first.
    pub async fn registered_scopes(&self) -> Result<Vec<RegisteredScope>> {
        all(&self.0).await
    }

    /// Adds a scope. [`StoreError::Exists`] if there is one of its name.
    pub async fn insert_scope(&self, added: &RegisteredScope) -> Result<()> {
        scope::Entity::insert(row(added)).exec_without_returning(&self.0).await?;
        Ok(())
    }

    /// Writes all of a scope but its name, where it last changed at `seen`; `false` if it did not, or is gone.
    pub async fn update_scope(&self, changed: &RegisteredScope, seen: Timestamp) -> Result<bool> {
        let row = scope::ActiveModel { name: sea_orm::NotSet, created_at: sea_orm::NotSet, ..row(changed) };
        let update = scope::Entity::update_many()
            .set(row)
            .filter(scope::Column::Name.eq(changed.name.as_str()))
            .filter(scope::Column::UpdatedAt.eq(seen.millis()));
        Ok(update.exec(&self.0).await?.rows_affected == 1)
    }

    /// Deletes a scope; `false` if it is gone.
    pub async fn delete_scope(&self, name: &ScopeToken) -> Result<bool> {
        Ok(scope::Entity::delete_by_id(name.as_str()).exec(&self.0).await?.rows_affected == 1)
    }
}

fn row(scope: &RegisteredScope) -> scope::ActiveModel {
    scope::ActiveModel {
        name: Set(scope.name.to_string()),
        text: Set(scope.text.clone()),
        optional: Set(scope.optional),
        needs_approval: Set(scope.needs_approval),
        created_at: Set(scope.created_at.millis()),
        updated_at: Set(scope.updated_at.millis()),
    }
}

fn value(row: scope::Model) -> Result<RegisteredScope> {
    let name =
        ScopeToken::parse(&row.name).map_err(|error| StoreError::inconsistent("scopes", &row.name, error.text))?;
    Ok(RegisteredScope {
        name,
        text: row.text,
        optional: row.optional,
        needs_approval: row.needs_approval,
        created_at: Timestamp::from_millis(row.created_at),
        updated_at: Timestamp::from_millis(row.updated_at),
    })
}
