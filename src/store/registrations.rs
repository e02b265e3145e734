//! Clients that registered themselves: how many may, and which of them nobody has used. How many did in an hour is one
//! row, which every registration without a token locks, so that of those that come at once none is missed.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::LockType;
use sea_orm::{PaginatorTrait, QueryOrder, QuerySelect};

use super::clients::client;
use super::only::Only;
use super::{Result, Store, StoreError, Tx};
use crate::clock::Timestamp;
use crate::ids::ClientId;

const HOUR_MILLIS: i64 = 60 * 60 * 1000;
/// The only row.
const ROW: i32 = 1;

/// How many clients may register themselves without a token.
#[derive(Clone, Copy, Debug)]
pub struct RegistrationQuota {
    /// In each hour.
    pub per_hour: u32,
    /// There may be altogether, those that had a token counted.
    pub total: u32,
}

/// Whether another client may register itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuotaTaken {
    /// It may, and is counted.
    Yes,
    /// Not before the next hour.
    HourIsFull,
    /// Not before another one has gone.
    TotalIsReached,
}

mod quota {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "registration_quota")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i32,
        pub hour: i64,
        pub registered: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

impl Store {
    /// Up to `limit` clients that registered themselves and that nobody has used in time.
    pub async fn unused_clients(&self, now: Timestamp, limit: u64) -> Result<Vec<ClientId>> {
        let unused = client::Entity::find()
            .select_only()
            .column(client::Column::ClientId)
            .filter(client::Column::UnusedUntil.lt(now.millis()))
            .order_by_asc(client::Column::UnusedUntil)
            .limit(limit);
        let ids: Vec<String> = unused.into_tuple().all(&self.readers).await?;
        Ok(ids.into_iter().map(ClientId).collect())
    }
}

impl Tx {
    /// Takes the place of one more client that registers itself. Whoever does so waits for whoever is about to.
    pub async fn take_registration(&self, quota: RegistrationQuota, now: Timestamp) -> Result<QuotaTaken> {
        let held = quota::Entity::find_by_id(ROW).lock(LockType::Update).only(&self.0).await?;
        let held = held.ok_or_else(|| StoreError::inconsistent("registration_quota", ROW, "the row is missing"))?;
        let registered = client::Entity::find().filter(client::Column::RegistrationTokenHash.is_not_null());
        if registered.count(&self.0).await? >= quota.total.into() {
            return Ok(QuotaTaken::TotalIsReached);
        }
        let hour = now.millis().div_euclid(HOUR_MILLIS);
        let before = if held.hour == hour { held.registered } else { 0 };
        if before >= quota.per_hour.into() {
            return Ok(QuotaTaken::HourIsFull);
        }
        let update = quota::Entity::update_many()
            .col_expr(quota::Column::Hour, Expr::value(hour))
            .col_expr(quota::Column::Registered, Expr::value(before + 1))
            .filter(quota::Column::Id.eq(ROW));
        update.exec(&self.0).await?;
        Ok(QuotaTaken::Yes)
    }

    /// Notes that somebody has used a client; `false` if that was known.
    pub async fn mark_client_used(&self, id: &ClientId) -> Result<bool> {
        let update = client::Entity::update_many()
            .col_expr(client::Column::UnusedUntil, Expr::value(None::<i64>))
            .filter(client::Column::ClientId.eq(id.0.clone()))
            .filter(client::Column::UnusedUntil.is_not_null());
        Ok(update.exec(&self.0).await?.rows_affected == 1)
    }

    /// Deletes a client that nobody has used in time; `false` if somebody has, or it is gone.
    pub async fn delete_unused_client(&self, id: &ClientId, now: Timestamp) -> Result<bool> {
        self.outdate_memory();
        let delete = client::Entity::delete_many()
            .filter(client::Column::ClientId.eq(id.0.clone()))
            .filter(client::Column::UnusedUntil.lt(now.millis()));
        Ok(delete.exec(&self.0).await?.rows_affected == 1)
    }
}
