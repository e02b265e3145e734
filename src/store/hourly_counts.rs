//! What was counted in each hour: one row an hour and name. Servers add to it, so that several on one database count
//! together.

use sea_orm::ActiveValue::Set;
use sea_orm::ExprTrait;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Alias, OnConflict};

use super::{Result, Store, Tx};
use crate::clock::Timestamp;

/// How often something happened in an hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HourlyCount {
    /// When the hour began.
    pub hour: Timestamp,
    /// What: a name of `domain::hourly`.
    pub name: String,
    /// How often.
    pub count: u64,
}

mod hourly {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "hourly_counts")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub hour: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub count: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

impl Store {
    /// What was counted from the hour `from` on. A few rows an hour.
    pub async fn hourly_counts(&self, from: Timestamp) -> Result<Vec<HourlyCount>> {
        let rows = hourly::Entity::find().filter(hourly::Column::Hour.gte(from.millis())).all(&self.readers).await?;
        Ok(rows.into_iter().map(value).collect())
    }
}

impl Tx {
    /// Adds to the counts of an hour; `counts` is not empty. Always in the same order: on PostgreSQL two servers that
    /// add in different ones would wait for each other.
    pub async fn add_hourly_counts(&self, hour: Timestamp, counts: &[(&'static str, u64)]) -> Result<()> {
        let rows = counts.iter().map(|(name, count)| hourly::ActiveModel {
            hour: Set(hour.millis()),
            name: Set((*name).to_owned()),
            count: Set(i64::try_from(*count).unwrap_or(i64::MAX)),
        });
        let column = |table: &str| Expr::col((Alias::new(table), hourly::Column::Count));
        let add = OnConflict::columns([hourly::Column::Hour, hourly::Column::Name])
            .value(hourly::Column::Count, column("hourly_counts").add(column("excluded")))
            .to_owned();
        hourly::Entity::insert_many(rows).on_conflict(add).exec_without_returning(&self.0).await?;
        Ok(())
    }

    /// Deletes the counts of hours that began before `before`: a few rows an hour, so it takes no batches.
    pub async fn delete_hourly_counts(&self, before: Timestamp) -> Result<u64> {
        let old = hourly::Entity::delete_many().filter(hourly::Column::Hour.lt(before.millis()));
        Ok(old.exec(&self.0).await?.rows_affected)
    }
}

fn value(row: hourly::Model) -> HourlyCount {
    HourlyCount {
        hour: Timestamp::from_millis(row.hour),
        name: row.name,
        count: u64::try_from(row.count).unwrap_or_default(),
    }
}
