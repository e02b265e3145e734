//! Lists of API keys: of an owner, of a client manager's clients, by state, or the longest idle first.

use std::fmt;
use std::str::FromStr;

use sea_orm::entity::prelude::*;
use sea_orm::{ExprTrait, QueryOrder, QuerySelect, QueryTrait, Select};

use super::api_keys::{ApiKey, KeyOwner, key, value};
use super::{Result, Store, clients};
use crate::clock::Timestamp;
use crate::ids::{ApiKeyId, PersonId};

/// Which keys are listed.
#[derive(Clone, Debug, Default)]
pub struct ApiKeyFilter {
    /// Of this owner only.
    pub owner: Option<KeyOwner>,
    /// Of clients that are this person's own.
    pub managed_by: Option<PersonId>,
    /// In this state only.
    pub state: Option<ListedState>,
    /// Not used since then, the longest idle first.
    pub idle_since: Option<Timestamp>,
}

/// How the keys of a list are doing at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListedState {
    /// They may be used then.
    Active(Timestamp),
    /// They may not, until somebody enables them.
    Disabled,
    /// They may not, because they were found in public.
    Leaked,
    /// Their time is over then.
    Expired(Timestamp),
}

/// Where a list goes on: after the key that had this place, whatever has become of that since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApiKeyPlace {
    /// Since when it was idle.
    pub idle_since: Timestamp,
    /// Its identifier.
    pub id: ApiKeyId,
}

impl ApiKeyPlace {
    /// The place of a key.
    #[must_use]
    pub fn of(key: &ApiKey) -> Self {
        Self { idle_since: key.idle_since(), id: key.id }
    }
}

/// As an address holds it: `1795392000000.…`.
impl fmt::Display for ApiKeyPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.idle_since.millis(), self.id)
    }
}

impl FromStr for ApiKeyPlace {
    type Err = ();

    fn from_str(text: &str) -> std::result::Result<Self, ()> {
        let (idle, id) = text.split_once('.').ok_or(())?;
        let idle_since = Timestamp::from_millis(idle.parse().map_err(|_| ())?);
        Ok(Self { idle_since, id: id.parse().map_err(|_| ())? })
    }
}

impl Store {
    /// Up to `limit` keys that follow `after`: the newest first, or the longest idle first where the filter asks for
    /// idle ones.
    pub async fn api_keys_after(
        &self,
        filter: &ApiKeyFilter,
        after: Option<ApiKeyPlace>,
        limit: u64,
    ) -> Result<Vec<ApiKey>> {
        let mut query = filtered(filter).limit(limit);
        query = match filter.idle_since {
            Some(_) => query.order_by_asc(key::Column::IdleSince).order_by_asc(key::Column::Id),
            None => query.order_by_desc(key::Column::Id),
        };
        if let Some(ApiKeyPlace { idle_since, id }) = after {
            query = query.filter(match filter.idle_since {
                Some(_) => {
                    let idle = idle_since.millis();
                    let later = key::Column::IdleSince.gt(idle);
                    later.or(key::Column::IdleSince.eq(idle).and(key::Column::Id.gt(id.0)))
                }
                None => key::Column::Id.lt(id.0),
            });
        }
        query.all(&self.readers).await?.into_iter().map(value).collect()
    }

    /// How many keys an owner has, counted up to `most`.
    pub async fn api_keys_of(&self, owner: &KeyOwner, most: u64) -> Result<u64> {
        let filter = ApiKeyFilter { owner: Some(owner.clone()), ..ApiKeyFilter::default() };
        Ok(self.api_keys_after(&filter, None, most).await?.len() as u64)
    }

    /// How many keys were found in public and not enabled since, counted up to `most`; of all clients and people, or of one
    /// person's own clients.
    pub async fn leaked_api_keys(&self, managed_by: Option<PersonId>, most: u64) -> Result<u64> {
        let leaked = ApiKeyFilter { managed_by, state: Some(ListedState::Leaked), ..ApiKeyFilter::default() };
        let ids = filtered(&leaked).select_only().column(key::Column::Id).limit(most);
        Ok(ids.into_tuple::<Uuid>().all(&self.readers).await?.len() as u64)
    }

    /// How many of the `most` keys that have been idle for longest are idle since before `since`, and could be used at `now`.
    pub async fn idle_api_keys(&self, since: Timestamp, now: Timestamp, most: u64) -> Result<u64> {
        let idle = ApiKeyFilter { idle_since: Some(since), ..ApiKeyFilter::default() };
        let longest = filtered(&idle).order_by_asc(key::Column::IdleSince).order_by_asc(key::Column::Id).limit(most);
        // Read by the index alone, up to a number: that many keys are looked at, whatever the table holds.
        let ids = longest.select_only().column(key::Column::Id).into_query();
        let active = ApiKeyFilter { state: Some(ListedState::Active(now)), ..ApiKeyFilter::default() };
        Ok(filtered(&active).filter(key::Column::Id.in_subquery(ids)).count(&self.readers).await?)
    }
}

fn filtered(filter: &ApiKeyFilter) -> Select<key::Entity> {
    let mut query = key::Entity::find();
    query = match &filter.owner {
        Some(KeyOwner::Person(person)) => query.filter(key::Column::PersonId.eq(person.0)),
        Some(KeyOwner::Client(client)) => query.filter(key::Column::ClientId.eq(client.0.clone())),
        None => query,
    };
    if let Some(manager) = filter.managed_by {
        query = query.filter(key::Column::ClientId.in_subquery(clients::ids_of(manager)));
    }
    if let Some(since) = filter.idle_since {
        query = query.filter(key::Column::IdleSince.lt(since.millis()));
    }
    let has_ended = |now: Timestamp| key::Column::ExpiresAt.lte(now.millis());
    match filter.state {
        Some(ListedState::Active(now)) => {
            let is_open = key::Column::ExpiresAt.is_null().or(key::Column::ExpiresAt.gt(now.millis()));
            query.filter(key::Column::DisabledAt.is_null()).filter(is_open)
        }
        Some(ListedState::Disabled) => query.filter(key::Column::DisabledAt.is_not_null()),
        Some(ListedState::Leaked) => query.filter(key::Column::LeakedAt.is_not_null()),
        Some(ListedState::Expired(now)) => query.filter(key::Column::DisabledAt.is_null()).filter(has_ended(now)),
        None => query,
    }
}
