//! What was counted against limits: a row for each subject, limit and short stretch of time. Servers add to it, so that
//! several on one database count together.

use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Alias, OnConflict};
use sea_orm::{ConnectionTrait, ExprTrait};

use super::{Result, Store, Tx};
use crate::clock::Timestamp;

/// How often a subject did something in a stretch of time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LimitCount {
    /// Who: a name of `domain::limits`.
    pub subject: String,
    /// Against which limit.
    pub counted: String,
    /// When the stretch began.
    pub begins_at: Timestamp,
    /// How often.
    pub count: u64,
    /// When it no longer matters.
    pub expires_at: Timestamp,
}

mod count {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "limit_counts")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub subject: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub counted: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub begins_at: i64,
        pub count: i64,
        pub expires_at: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

impl Store {
    /// What is counted of these subjects and matters at `now`.
    pub async fn limit_counts(&self, subjects: &[String], now: Timestamp) -> Result<Vec<LimitCount>> {
        counts(&self.readers, subjects, now).await
    }
}

impl Tx {
    /// The same, as this transaction sees it.
    pub async fn limit_counts(&self, subjects: &[String], now: Timestamp) -> Result<Vec<LimitCount>> {
        counts(&self.0, subjects, now).await
    }

    /// Adds to counts; `added` is not empty, and in order: on PostgreSQL two servers that add in different ones would wait
    /// for each other.
    pub async fn add_limit_counts(&self, added: &[LimitCount]) -> Result<()> {
        let rows = added.iter().map(|count| count::ActiveModel {
            subject: Set(count.subject.clone()),
            counted: Set(count.counted.clone()),
            begins_at: Set(count.begins_at.millis()),
            count: Set(i64::try_from(count.count).unwrap_or(i64::MAX)),
            expires_at: Set(count.expires_at.millis()),
        });
        let column = |table: &str| Expr::col((Alias::new(table), count::Column::Count));
        let add = OnConflict::columns([count::Column::Subject, count::Column::Counted, count::Column::BeginsAt])
            .value(count::Column::Count, column("limit_counts").add(column("excluded")))
            .to_owned();
        count::Entity::insert_many(rows).on_conflict(add).exec_without_returning(&self.0).await?;
        Ok(())
    }

    /// Deletes up to `limit` counts that no longer matter: few at a time, as each ends with its window.
    pub(super) async fn sweep_limit_counts(&self, now: Timestamp, limit: u64) -> Result<u64> {
        use sea_orm::sea_query::Query;
        use sea_orm::{QuerySelect, QueryTrait};
        let key = || [count::Column::Subject, count::Column::Counted, count::Column::BeginsAt];
        let ended = count::Entity::find()
            .select_only()
            .columns(key())
            .filter(count::Column::ExpiresAt.lt(now.millis()))
            .limit(limit)
            .into_query();
        let all = Expr::tuple(key().map(Expr::col));
        let mut delete = Query::delete();
        delete.from_table(count::Entity).and_where(all.in_subquery(ended));
        Ok(self.0.execute(&delete).await?.rows_affected())
    }
}

async fn counts(db: &impl ConnectionTrait, subjects: &[String], now: Timestamp) -> Result<Vec<LimitCount>> {
    let rows = count::Entity::find()
        .filter(count::Column::Subject.is_in(subjects.iter().map(String::as_str)))
        .filter(count::Column::ExpiresAt.gt(now.millis()))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(value).collect())
}

fn value(row: count::Model) -> LimitCount {
    LimitCount {
        subject: row.subject,
        counted: row.counted,
        begins_at: Timestamp::from_millis(row.begins_at),
        count: u64::try_from(row.count).unwrap_or_default(),
        expires_at: Timestamp::from_millis(row.expires_at),
    }
}
