//! What the console's overview asks of large tables: each question reads a bounded number of rows along an index, so that
//! it costs no more with a million rows than with some thousand.

use std::time::Duration;

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Alias, Query, SelectStatement};
use sea_orm::{ExprTrait, QueryOrder, QueryResult, QuerySelect, QueryTrait};

use super::events::{event, first_id};
use super::sessions::session;
use super::{Result, Store};
use crate::clock::Timestamp;
use crate::ids::{ClientId, PersonId};

/// An hour, in the milliseconds of the `at` column.
const HOUR: &str = "\"at\" / 3600000";

/// Failures that are alike: in one hour, of one kind and reason, from one address, about the same client and person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FailureGroup {
    /// When the hour began.
    pub hour: Timestamp,
    /// What failed: a name of `domain::events`.
    pub kind: String,
    /// Why.
    pub reason: String,
    /// About which client.
    pub client_id: Option<ClientId>,
    /// About whom.
    pub person_id: Option<PersonId>,
    /// From which address.
    pub address: Option<String>,
    /// How many there were.
    pub count: u64,
}

/// An authorization whose refresh tokens came from several addresses within an hour.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spread {
    /// When the hour began.
    pub hour: Timestamp,
    /// Which client used them.
    pub client_id: Option<ClientId>,
    /// Whose authorization it is.
    pub person_id: Option<PersonId>,
    /// From how many addresses.
    pub addresses: u64,
}

impl Store {
    /// What failed since `since`, in groups; of the latest `most` failures only.
    pub async fn failures_since(&self, since: Timestamp, most: u64) -> Result<Vec<FailureGroup>> {
        // Written out, and no parameter: so both databases see that the index of failures serves it.
        let failed = recent(since, most).filter(Expr::cust("outcome = 'failure'"));
        let columns = ["hour", "kind", "reason", "client_id", "person_id", "address"];
        let grouped = grouped(failed, &columns).expr_as(Expr::cust("count(*)"), Alias::new("n")).to_owned();
        let rows = self.readers.query_all(&grouped).await?;
        rows.iter().map(failure_group).collect()
    }

    /// Of whose authorizations the refresh tokens came from at least `addresses` addresses within an hour since `since`;
    /// of the latest `most` uses only.
    pub async fn refreshes_from_many_addresses(
        &self,
        since: Timestamp,
        addresses: u32,
        most: u64,
    ) -> Result<Vec<Spread>> {
        let used = recent(since, most)
            .expr_as(Expr::cust("details ->> 'authorization'"), "authorization")
            .filter(event::Column::Kind.eq("token_refreshed"));
        let counted = Expr::cust("count(DISTINCT address)");
        let grouped = grouped(used, &["hour", "authorization", "client_id", "person_id"])
            .and_having(counted.clone().gte(i64::from(addresses)))
            .expr_as(counted, Alias::new("n"))
            .to_owned();
        let rows = self.readers.query_all(&grouped).await?;
        rows.iter().map(spread).collect()
    }

    /// How many sessions are live at `now`, counted up to `most`.
    pub async fn live_sessions(&self, now: Timestamp, most: u64) -> Result<u64> {
        let live = session::Entity::find()
            .select_only()
            .column(session::Column::ExpiresAt)
            .filter(session::Column::ExpiresAt.gt(now.millis()))
            .limit(most);
        let count = Query::select()
            .expr_as(Expr::cust("count(*)"), Alias::new("n"))
            .from_subquery(live.into_query(), Alias::new("live"))
            .to_owned();
        self.readers.query_one(&count).await?.as_ref().map_or(Ok(0), number)
    }
}

/// The latest `most` events since `since`, with what the overview groups by. Found by their identifiers, which begin
/// with the time.
fn recent(since: Timestamp, most: u64) -> Select<event::Entity> {
    event::Entity::find()
        .select_only()
        .expr_as(Expr::cust(HOUR), "hour")
        .column(event::Column::Kind)
        .column(event::Column::Reason)
        .column(event::Column::ClientId)
        .column(event::Column::PersonId)
        .column(event::Column::Address)
        .filter(event::Column::Id.gte(first_id(since)))
        .order_by_desc(event::Column::Id)
        .limit(most)
}

fn grouped(events: Select<event::Entity>, columns: &[&'static str]) -> SelectStatement {
    let columns = || columns.iter().map(|column| Alias::new(*column));
    Query::select()
        .columns(columns())
        .from_subquery(events.into_query(), Alias::new("recent"))
        .group_by_columns(columns())
        .to_owned()
}

fn failure_group(row: &QueryResult) -> Result<FailureGroup> {
    Ok(FailureGroup {
        hour: hour(row)?,
        kind: row.try_get("", "kind")?,
        reason: row.try_get::<Option<String>>("", "reason")?.unwrap_or_default(),
        client_id: row.try_get::<Option<String>>("", "client_id")?.map(ClientId),
        person_id: row.try_get::<Option<Uuid>>("", "person_id")?.map(PersonId),
        address: row.try_get("", "address")?,
        count: number(row)?,
    })
}

fn spread(row: &QueryResult) -> Result<Spread> {
    Ok(Spread {
        hour: hour(row)?,
        client_id: row.try_get::<Option<String>>("", "client_id")?.map(ClientId),
        person_id: row.try_get::<Option<Uuid>>("", "person_id")?.map(PersonId),
        addresses: number(row)?,
    })
}

fn hour(row: &QueryResult) -> Result<Timestamp> {
    let hours: i64 = row.try_get("", "hour")?;
    Ok(Timestamp::from_millis(0) + Duration::from_hours(u64::try_from(hours).unwrap_or_default()))
}

fn number(row: &QueryResult) -> Result<u64> {
    let number: i64 = row.try_get("", "n")?;
    Ok(u64::try_from(number).unwrap_or_default())
}
