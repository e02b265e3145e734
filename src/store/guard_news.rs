//! Who was wrong, and what was forgiven: a log that servers on one database read from each other.

use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;

use super::{Result, Store, Tx};
use crate::clock::Timestamp;

/// What happened to what is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuardChange {
    /// There was an attempt, which counts as wrong until it is said to be otherwise.
    Tried,
    /// An attempt counts no more.
    TakenBack,
    /// No attempt up to then counts any more.
    Forgiven,
}

impl GuardChange {
    const ALL: [Self; 3] = [Self::Tried, Self::TakenBack, Self::Forgiven];

    const fn word(self) -> &'static str {
        match self {
            Self::Tried => "tried",
            Self::TakenBack => "taken back",
            Self::Forgiven => "forgiven",
        }
    }
}

/// One line of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuardNews {
    /// Which server wrote it; another one each time that it starts.
    pub server: Uuid,
    /// That server's how manieth it is.
    pub number: i64,
    /// What was attempted: a word of `domain::people::guard`.
    pub kind: String,
    /// For whom it is counted: a hash.
    pub subject: String,
    /// What happened.
    pub change: GuardChange,
    /// When it was attempted.
    pub at: Timestamp,
    /// When it was written.
    pub told_at: Timestamp,
    /// When it no longer matters.
    pub expires_at: Timestamp,
}

mod news {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "guard_news")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub server: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i64,
        pub kind: String,
        pub subject: String,
        pub change: String,
        pub at: i64,
        pub told_at: i64,
        pub expires_at: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

use news::{Column, Entity};

impl Store {
    /// What other servers than `server` have written from `since` on, and what matters at `now`.
    pub async fn guard_news(&self, server: Uuid, since: Option<Timestamp>, now: Timestamp) -> Result<Vec<GuardNews>> {
        let mut theirs = Entity::find().filter(Column::Server.ne(server)).filter(Column::ExpiresAt.gt(now.millis()));
        if let Some(since) = since {
            theirs = theirs.filter(Column::ToldAt.gte(since.millis()));
        }
        Ok(theirs.all(&self.readers).await?.into_iter().filter_map(value).collect())
    }
}

impl Tx {
    /// Writes news; there are some.
    pub async fn insert_guard_news(&self, news: &[GuardNews]) -> Result<()> {
        let rows = news.iter().map(|line| news::ActiveModel {
            server: Set(line.server),
            number: Set(line.number),
            kind: Set(line.kind.clone()),
            subject: Set(line.subject.clone()),
            change: Set(line.change.word().to_owned()),
            at: Set(line.at.millis()),
            told_at: Set(line.told_at.millis()),
            expires_at: Set(line.expires_at.millis()),
        });
        Entity::insert_many(rows).exec_without_returning(&self.0).await?;
        Ok(())
    }

    /// Deletes up to `limit` lines that no longer matter.
    pub(super) async fn sweep_guard_news(&self, now: Timestamp, limit: u64) -> Result<u64> {
        use sea_orm::ExprTrait;
        use sea_orm::sea_query::Query;
        use sea_orm::{QuerySelect, QueryTrait};
        let key = || [Column::Server, Column::Number];
        let past = Entity::find().select_only().columns(key()).filter(Column::ExpiresAt.lt(now.millis()));
        let past = past.limit(limit).into_query();
        let all = Expr::tuple(key().map(Expr::col));
        let mut delete = Query::delete();
        delete.from_table(Entity).and_where(all.in_subquery(past));
        Ok(self.0.execute(&delete).await?.rows_affected())
    }
}

fn value(row: news::Model) -> Option<GuardNews> {
    Some(GuardNews {
        server: row.server,
        number: row.number,
        kind: row.kind,
        subject: row.subject,
        change: GuardChange::ALL.into_iter().find(|change| change.word() == row.change)?,
        at: Timestamp::from_millis(row.at),
        told_at: Timestamp::from_millis(row.told_at),
        expires_at: Timestamp::from_millis(row.expires_at),
    })
}
