//! The event log: append-only. An event is stamped with the number of its batch when it is sealed (`event_batches`).

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use sea_orm::{QueryOrder, QuerySelect, QueryTrait, RuntimeErr, SqlxError};
use serde::{Deserialize, Serialize};

use super::{Result, Snapshot, Store, Tx, clients};
use crate::clock::Timestamp;
use crate::ids::{ClientId, EventId, PersonId};

/// Something that happened, as it is kept. Holds no token, code, password or secret.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Event {
    /// Its identifier; grows with time.
    pub id: EventId,
    /// When.
    pub at: Timestamp,
    /// What: a name of `domain::events`.
    pub kind: String,
    /// `success` or `failure`.
    pub outcome: String,
    /// Why it failed, or what it was done for.
    pub reason: Option<String>,
    /// Who did it: `person:…`, `client:…`, `operator`, `system` or `anonymous`.
    pub actor: String,
    /// Whom it is about.
    pub person_id: Option<PersonId>,
    /// Which client it is about.
    pub client_id: Option<ClientId>,
    /// From which address.
    pub address: Option<String>,
    /// With which program.
    pub user_agent: Option<String>,
    /// In which request.
    pub request_id: Option<String>,
    /// What else the operator may want to know.
    pub details: serde_json::Value,
}

/// Which events to read.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    /// Only of this kind.
    pub kind: Option<String>,
    /// Only of one of these kinds, if any is named.
    pub kinds: Vec<&'static str>,
    /// Only what failed.
    pub failed: bool,
    /// Only about this person.
    pub person_id: Option<PersonId>,
    /// Only about this client.
    pub client_id: Option<ClientId>,
    /// Only about the clients of this manager.
    pub managed_by: Option<PersonId>,
    /// Only of this request.
    pub request_id: Option<String>,
    /// Only older than this one.
    pub before: Option<EventId>,
    /// Only from this instant on.
    pub since: Option<Timestamp>,
    /// Only until this instant, which is not meant any more.
    pub until: Option<Timestamp>,
}

pub(super) mod event {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "events")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub at: i64,
        pub kind: String,
        pub outcome: String,
        #[sea_orm(column_type = "Text", nullable)]
        pub reason: Option<String>,
        pub actor: String,
        pub person_id: Option<Uuid>,
        pub client_id: Option<String>,
        pub address: Option<String>,
        #[sea_orm(column_type = "Text", nullable)]
        pub user_agent: Option<String>,
        pub request_id: Option<String>,
        pub details: Json,
        pub batch: Option<i64>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

impl Store {
    /// The latest `limit` events that `filter` lets through, the latest first.
    pub async fn events(&self, filter: &EventFilter, limit: u64) -> Result<Vec<Event>> {
        let mut query = event::Entity::find().order_by_desc(event::Column::Id).limit(limit);
        if let Some(kind) = &filter.kind {
            query = query.filter(event::Column::Kind.eq(kind.clone()));
        }
        if !filter.kinds.is_empty() {
            query = query.filter(event::Column::Kind.is_in(filter.kinds.iter().copied()));
        }
        if filter.failed {
            // Written out, and no parameter: so both databases see that the index of failures serves it.
            query = query.filter(Expr::cust("outcome = 'failure'"));
        }
        if let Some(person) = filter.person_id {
            query = query.filter(event::Column::PersonId.eq(person.0));
        }
        if let Some(client) = &filter.client_id {
            query = query.filter(event::Column::ClientId.eq(client.0.clone()));
        }
        if let Some(manager) = filter.managed_by {
            query = query.filter(event::Column::ClientId.in_subquery(clients::ids_of(manager)));
        }
        if let Some(request) = &filter.request_id {
            query = query.filter(event::Column::RequestId.eq(request.clone()));
        }
        if let Some(before) = filter.before {
            query = query.filter(event::Column::Id.lt(before.0));
        }
        // By the identifier, which begins with the time: so one index serves order and bounds, whatever else is asked.
        if let Some(since) = filter.since {
            query = query.filter(event::Column::Id.gte(first_id(since)));
        }
        if let Some(until) = filter.until {
            query = query.filter(event::Column::Id.lt(first_id(until)));
        }
        Ok(query.all(&self.readers).await?.into_iter().map(value).collect())
    }

    /// How many events are not sealed yet; counted up to `limit`.
    pub async fn unsealed_events(&self, limit: u64) -> Result<u64> {
        let unsealed = event::Entity::find().select_only().column(event::Column::Id).limit(limit);
        let ids: Vec<Uuid> = unsealed.filter(event::Column::Batch.is_null()).into_tuple().all(&self.readers).await?;
        Ok(ids.len().try_into().unwrap_or(limit))
    }
}

impl Tx {
    /// Appends an event.
    pub async fn insert_event(&self, added: Event) -> Result<()> {
        let row = event::ActiveModel {
            id: Set(added.id.0),
            at: Set(added.at.millis()),
            kind: Set(added.kind),
            outcome: Set(added.outcome),
            reason: Set(added.reason),
            actor: Set(added.actor),
            person_id: Set(added.person_id.map(|person| person.0)),
            client_id: Set(added.client_id.map(|client| client.0)),
            address: Set(added.address),
            user_agent: Set(added.user_agent),
            request_id: Set(added.request_id),
            details: Set(added.details),
            batch: NotSet,
        };
        event::Entity::insert(row).exec_without_returning(&self.0).await?;
        Ok(())
    }

    /// Stamps up to `limit` events that are not sealed yet with the number of a batch, the earliest first; answers with
    /// how many they are.
    pub async fn stamp_events(&self, batch: i64, limit: u64) -> Result<u64> {
        let unsealed = event::Entity::find().select_only().column(event::Column::Id);
        let unsealed = unsealed.filter(event::Column::Batch.is_null()).order_by_asc(event::Column::Id).limit(limit);
        let mut stamp = Query::update();
        stamp
            .table(event::Entity)
            .value(event::Column::Batch, batch)
            .and_where(event::Column::Id.in_subquery(unsealed.into_query()));
        Ok(self.0.execute(&stamp).await?.rows_affected())
    }

    /// The events of a batch by identifier, as this transaction sees them.
    pub async fn events_of_batch(&self, batch: i64) -> Result<Vec<Event>> {
        of_batch(&self.0, batch).await
    }

    /// Deletes the events of this batch and of all before it; answers with how many they were.
    pub async fn delete_events_through(&self, batch: i64) -> Result<u64> {
        let swept = event::Entity::delete_many().filter(event::Column::Batch.lte(batch));
        Ok(swept.exec(&self.0).await?.rows_affected)
    }
}

impl Snapshot {
    /// The events of a batch by identifier.
    pub async fn events_of_batch(&self, batch: i64) -> Result<Vec<Event>> {
        of_batch(&self.0, batch).await
    }

    /// The first event of a batch whose row cannot be read: SQLite takes into a column whatever is written to it.
    pub async fn unreadable_event_of_batch(&self, batch: i64) -> Result<Option<EventId>> {
        let ids = event::Entity::find().select_only().column(event::Column::Id);
        let ids = ids.filter(event::Column::Batch.eq(batch)).order_by_asc(event::Column::Id);
        let ids: Vec<Uuid> = ids.into_tuple().all(&self.0).await?;
        for id in ids {
            match event::Entity::find_by_id(id).one(&self.0).await {
                Err(error) if is_of_the_row(&error) => return Ok(Some(EventId(id))),
                read => read?,
            };
        }
        Ok(None)
    }

    /// The smallest and the largest number of a batch that events are stamped with.
    pub async fn stamped_batches(&self) -> Result<Option<(i64, i64)>> {
        let smallest = stamped().order_by_asc(event::Column::Batch).into_tuple().one(&self.0).await?;
        let largest = stamped().order_by_desc(event::Column::Batch).into_tuple().one(&self.0).await?;
        Ok(smallest.zip(largest))
    }

    /// How many events are not sealed yet.
    pub async fn unsealed_events(&self) -> Result<u64> {
        Ok(event::Entity::find().filter(event::Column::Batch.is_null()).count(&self.0).await?)
    }
}

fn stamped() -> Select<event::Entity> {
    event::Entity::find().select_only().column(event::Column::Batch).filter(event::Column::Batch.is_not_null())
}

async fn of_batch(db: &impl ConnectionTrait, batch: i64) -> Result<Vec<Event>> {
    let events = event::Entity::find().filter(event::Column::Batch.eq(batch)).order_by_asc(event::Column::Id);
    Ok(events.all(db).await?.into_iter().map(value).collect())
}

/// Whether the database answered, but with a value that does not fit its column.
fn is_of_the_row(error: &DbErr) -> bool {
    match error {
        DbErr::Type(_) | DbErr::Json(_) => true,
        DbErr::Query(RuntimeErr::SqlxError(error)) => {
            matches!(**error, SqlxError::ColumnDecode { .. } | SqlxError::Decode(_))
        }
        _ => false,
    }
}

/// The least identifier that an event of that moment can have: with it, time is found by the primary key.
pub(super) fn first_id(at: Timestamp) -> Uuid {
    let millis = u64::try_from(at.millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid()
}

fn value(row: event::Model) -> Event {
    Event {
        id: EventId(row.id),
        at: Timestamp::from_millis(row.at),
        kind: row.kind,
        outcome: row.outcome,
        reason: row.reason,
        actor: row.actor,
        person_id: row.person_id.map(PersonId),
        client_id: row.client_id.map(ClientId),
        address: row.address,
        user_agent: row.user_agent,
        request_id: row.request_id,
        details: row.details,
    }
}
