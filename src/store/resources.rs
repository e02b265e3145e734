//! Resources that were registered while the server runs, and the version of the catalogue: of resources and scopes together.

use std::time::Duration;

use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::LockType;
use sea_orm::{ExprTrait, QueryOrder, QuerySelect};

use super::only::Only;
use super::{Result, Store, StoreError, Tx, scope};
use crate::clock::Timestamp;
use crate::config::AccessTokenFormat;
use crate::ids::ResourceId;
use crate::protocol::resource::ResourceUri;
use crate::protocol::scope::Scope;

const TABLE: &str = "resources";
/// The one row of `catalogue_versions`, which stays.
const VERSION: i32 = 1;

/// A resource that somebody registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisteredResource {
    /// What it is found by.
    pub id: ResourceId,
    /// What apps send as `resource`, and the audience of the tokens. It never changes.
    pub identifier: ResourceUri,
    /// What people read.
    pub name: String,
    /// The scopes that mean something there.
    pub scopes: Scope,
    /// The form of its access tokens.
    pub format: AccessTokenFormat,
    /// Their lifetime, where it sets one.
    pub lifetime: Option<Duration>,
    /// When it was registered.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

mod resource {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "resources")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        #[sea_orm(column_type = "Text")]
        pub identifier: String,
        pub name: String,
        #[sea_orm(column_type = "Text")]
        pub scopes: String,
        pub access_token_format: String,
        pub access_token_lifetime: Option<i64>,
        pub created_at: i64,
        pub updated_at: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod version {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "catalogue_versions")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i32,
        pub version: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

async fn all(db: &impl ConnectionTrait) -> Result<Vec<RegisteredResource>> {
    let rows = resource::Entity::find().order_by_asc(resource::Column::CreatedAt);
    let rows = rows.order_by_asc(resource::Column::Identifier).all(db).await?;
    rows.into_iter().map(value).collect()
}

impl Store {
    /// The version of the catalogue, which every change of it raises.
    pub async fn catalogue_version(&self) -> Result<i64> {
        let row = version::Entity::find_by_id(VERSION).only(&self.readers).await?;
        row.map(|row| row.version).ok_or_else(no_version)
    }

    /// Every registered resource, the oldest first.
    pub async fn registered_resources(&self) -> Result<Vec<RegisteredResource>> {
        all(&self.readers).await
    }

    /// The registered resource with this identifier.
    pub async fn registered_resource(&self, id: ResourceId) -> Result<Option<RegisteredResource>> {
        resource::Entity::find_by_id(id.0).only(&self.readers).await?.map(value).transpose()
    }
}

impl Tx {
    /// Keeps everybody else from changing the catalogue until this transaction ends.
    pub async fn hold_catalogue(&self) -> Result<()> {
        let query = version::Entity::find_by_id(VERSION).lock(LockType::NoKeyUpdate);
        query.only(&self.0).await?.map(drop).ok_or_else(no_version)
    }

    /// Says that the catalogue changed, which this transaction holds.
    pub async fn raise_catalogue_version(&self) -> Result<()> {
        let raise = version::Entity::update_many()
            .col_expr(version::Column::Version, Expr::col(version::Column::Version).add(1))
            .filter(version::Column::Id.eq(VERSION));
        raise.exec(&self.0).await?;
        Ok(())
    }

    /// Every registered resource, the oldest first.
    pub async fn registered_resources(&self) -> Result<Vec<RegisteredResource>> {
        all(&self.0).await
    }

    /// Adds a resource. [`StoreError::Exists`] if there is one with its identifier.
    pub async fn insert_resource(&self, added: &RegisteredResource) -> Result<()> {
        resource::Entity::insert(row(added)).exec_without_returning(&self.0).await?;
        Ok(())
    }

    /// Writes all of a resource but its identifier, where it last changed at `seen`; `false` if it did not, or is gone.
    pub async fn update_resource(&self, changed: &RegisteredResource, seen: Timestamp) -> Result<bool> {
        let row = resource::ActiveModel {
            id: sea_orm::NotSet,
            identifier: sea_orm::NotSet,
            created_at: sea_orm::NotSet,
            ..row(changed)
        };
        let update = resource::Entity::update_many()
            .set(row)
            .filter(resource::Column::Id.eq(changed.id.0))
            .filter(resource::Column::UpdatedAt.eq(seen.millis()));
        Ok(update.exec(&self.0).await?.rows_affected == 1)
    }

    /// Deletes a resource; `false` if it is gone.
    pub async fn delete_resource(&self, id: ResourceId) -> Result<bool> {
        Ok(resource::Entity::delete_by_id(id.0).exec(&self.0).await?.rows_affected == 1)
    }
}

fn no_version() -> StoreError {
    StoreError::inconsistent("catalogue_versions", VERSION, "the row is missing")
}

fn row(resource: &RegisteredResource) -> resource::ActiveModel {
    let seconds = resource.lifetime.map(|lifetime| i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX));
    resource::ActiveModel {
        id: Set(resource.id.0),
        identifier: Set(resource.identifier.to_string()),
        name: Set(resource.name.clone()),
        scopes: Set(resource.scopes.to_string()),
        access_token_format: Set(resource.format.as_str().to_owned()),
        access_token_lifetime: Set(seconds),
        created_at: Set(resource.created_at.millis()),
        updated_at: Set(resource.updated_at.millis()),
    }
}

fn value(row: resource::Model) -> Result<RegisteredResource> {
    let inconsistent = |why: &str| StoreError::inconsistent(TABLE, row.id, why);
    let format = AccessTokenFormat::from_word(&row.access_token_format);
    let seconds = row.access_token_lifetime.map(u64::try_from).transpose();
    Ok(RegisteredResource {
        id: ResourceId(row.id),
        identifier: ResourceUri::parse(&row.identifier).map_err(|_| inconsistent("the identifier is no URI"))?,
        scopes: scope(TABLE, row.id, &row.scopes)?,
        format: format.ok_or_else(|| inconsistent("no such format"))?,
        lifetime: seconds.map_err(|_| inconsistent("a negative lifetime"))?.map(Duration::from_secs),
        created_at: Timestamp::from_millis(row.created_at),
        updated_at: Timestamp::from_millis(row.updated_at),
        name: row.name,
    })
}
