//! The batches in which the event log is sealed: one row each, and only the last of those that were swept.
//!
//! What the values mean, and whether they are right, `domain::event_chain` knows; here they are only kept.

use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::{DbBackend, FromQueryResult, QueryOrder, QuerySelect, Select};

use super::only::Only;
use super::{Result, Snapshot, Store, Tx};
use crate::clock::Timestamp;

/// Events that were sealed together. Hashes are kept as they were found: one of the wrong length is a forgery like any
/// other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventBatch {
    /// Its place in the chain, from 1.
    pub number: i64,
    /// How many events it holds.
    pub events: i64,
    /// How many events the chain holds up to here, this batch included.
    pub total: i64,
    /// When the earliest of them happened.
    pub first_at: Timestamp,
    /// When the latest of them happened.
    pub last_at: Timestamp,
    /// When they were sealed.
    pub sealed_at: Timestamp,
    /// What the list of its events hashes to.
    pub digest: Vec<u8>,
    /// What all of this hashes to, with the hash of the batch before.
    pub hash: Vec<u8>,
    /// The server's word that it removed the events up to here; `None` while they are kept.
    pub swept: Option<Vec<u8>>,
}

mod batch {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "event_batches")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i64,
        pub events: i64,
        pub total: i64,
        pub first_at: i64,
        pub last_at: i64,
        pub sealed_at: i64,
        pub digest: Vec<u8>,
        pub hash: Vec<u8>,
        pub contents: Option<Vec<u8>>,
        pub swept: Option<Vec<u8>>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// A row without its long list of events.
#[derive(FromQueryResult)]
struct Row {
    number: i64,
    events: i64,
    total: i64,
    first_at: i64,
    last_at: i64,
    sealed_at: i64,
    digest: Vec<u8>,
    hash: Vec<u8>,
    swept: Option<Vec<u8>>,
}

impl From<Row> for EventBatch {
    fn from(row: Row) -> Self {
        Self {
            number: row.number,
            events: row.events,
            total: row.total,
            first_at: Timestamp::from_millis(row.first_at),
            last_at: Timestamp::from_millis(row.last_at),
            sealed_at: Timestamp::from_millis(row.sealed_at),
            digest: row.digest,
            hash: row.hash,
            swept: row.swept,
        }
    }
}

fn find() -> Select<batch::Entity> {
    batch::Entity::find().select_only().columns([
        batch::Column::Number,
        batch::Column::Events,
        batch::Column::Total,
        batch::Column::FirstAt,
        batch::Column::LastAt,
        batch::Column::SealedAt,
        batch::Column::Digest,
        batch::Column::Hash,
        batch::Column::Swept,
    ])
}

async fn head(db: &impl ConnectionTrait) -> Result<Option<EventBatch>> {
    let last = find().order_by_desc(batch::Column::Number).limit(1);
    Ok(last.into_model::<Row>().all(db).await?.into_iter().next().map(EventBatch::from))
}

async fn after(db: &impl ConnectionTrait, number: i64, limit: u64) -> Result<Vec<EventBatch>> {
    let next = find().filter(batch::Column::Number.gt(number)).order_by_asc(batch::Column::Number).limit(limit);
    Ok(next.into_model::<Row>().all(db).await?.into_iter().map(EventBatch::from).collect())
}

impl Store {
    /// The last batch of the chain, if anything is sealed.
    pub async fn event_chain_head(&self) -> Result<Option<EventBatch>> {
        head(&self.readers).await
    }
}

impl Tx {
    /// Keeps two servers from sealing or sweeping at once, until this transaction ends. Nobody who writes an event
    /// waits for it. On SQLite the one writer does that already.
    pub async fn lock_event_chain(&self) -> Result<()> {
        if self.0.get_database_backend() == DbBackend::Postgres {
            self.0.execute_unprepared("LOCK TABLE event_batches IN EXCLUSIVE MODE").await?;
        }
        Ok(())
    }

    /// The last batch of the chain, as this transaction sees it.
    pub async fn event_chain_head(&self) -> Result<Option<EventBatch>> {
        head(&self.0).await
    }

    /// The first batches of the chain: up to `limit`.
    pub async fn oldest_event_batches(&self, limit: u64) -> Result<Vec<EventBatch>> {
        after(&self.0, i64::MIN, limit).await
    }

    /// Adds a batch, with the list of its events.
    pub async fn insert_event_batch(&self, added: EventBatch, contents: Vec<u8>) -> Result<()> {
        let row = batch::ActiveModel {
            number: Set(added.number),
            events: Set(added.events),
            total: Set(added.total),
            first_at: Set(added.first_at.millis()),
            last_at: Set(added.last_at.millis()),
            sealed_at: Set(added.sealed_at.millis()),
            digest: Set(added.digest),
            hash: Set(added.hash),
            contents: Set(Some(contents)),
            swept: Set(added.swept),
        };
        batch::Entity::insert(row).exec_without_returning(&self.0).await?;
        Ok(())
    }

    /// Lets the chain begin at batch `number`, with the server's word for it; what came before is forgotten.
    pub async fn begin_event_chain_at(&self, number: i64, swept: Vec<u8>) -> Result<()> {
        let earlier = batch::Entity::delete_many().filter(batch::Column::Number.lt(number));
        earlier.exec(&self.0).await?;
        let mark = batch::Entity::update_many()
            .col_expr(batch::Column::Contents, Expr::value(None::<Vec<u8>>))
            .col_expr(batch::Column::Swept, Expr::value(swept))
            .filter(batch::Column::Number.eq(number));
        mark.exec(&self.0).await?;
        Ok(())
    }
}

impl Snapshot {
    /// Up to `limit` batches, those that follow `number`.
    pub async fn event_batches_after(&self, number: i64, limit: u64) -> Result<Vec<EventBatch>> {
        after(&self.0, number, limit).await
    }

    /// The list of a batch's events; `None` if there is none any more.
    pub async fn event_batch_contents(&self, number: i64) -> Result<Option<Vec<u8>>> {
        Ok(batch::Entity::find_by_id(number).only(&self.0).await?.and_then(|row| row.contents))
    }
}
