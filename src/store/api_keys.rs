//! API keys, and the keyed hashes of their secrets. A key outlives its secrets: a rotation gives it another one.

use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::LockType;
use sea_orm::{ExprTrait, JoinType, QueryOrder, QuerySelect, QueryTrait};

use super::only::Only;
use super::{Result, Store, StoreError, Tx, from_json, scope, token_hash};
use crate::clock::Timestamp;
use crate::ids::{ApiKeyId, ClientId, PersonId, TokenHash};
use crate::protocol::allowance::{Quota, RateLimit};
use crate::protocol::key_mode::KeyMode;
use crate::protocol::network::Network;
use crate::protocol::scope::Scope;

const TABLE: &str = "api_keys";

/// An API key, without its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Its identifier.
    pub id: ApiKeyId,
    /// What it is called by whoever made it.
    pub name: String,
    /// For whom it speaks.
    pub owner: KeyOwner,
    /// Whether it is for real work.
    pub mode: KeyMode,
    /// What it may do.
    pub scope: Scope,
    /// The identifiers of the resources at which it is good.
    pub resources: Vec<String>,
    /// From where it may be used; from everywhere, if there are none.
    pub addresses: Vec<Network>,
    /// How often it may be used in any stretch of time.
    pub rate_limit: Option<RateLimit>,
    /// How often it may be used in a day or month.
    pub quota: Option<Quota>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it ends, if ever.
    pub expires_at: Option<Timestamp>,
    /// Since when it may not be used, and why, if so.
    pub disabled: Option<Disabled>,
    /// That it was found in public, until it is enabled again.
    pub leak: Option<Leak>,
    /// When and from where it was last used, to the minute.
    pub last_use: Option<LastUse>,
}

impl ApiKey {
    /// Since when nobody has used it.
    #[must_use]
    pub fn idle_since(&self) -> Timestamp {
        self.last_use.as_ref().map_or(self.created_at, |used| used.at)
    }
}

/// For whom a key speaks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum KeyOwner {
    /// A person.
    Person(PersonId),
    /// A client: a service.
    Client(ClientId),
}

/// That a key may not be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disabled {
    /// Since when.
    pub at: Timestamp,
    /// Why: a word of `domain::api_keys`.
    pub because: String,
}

/// That a key was found where everybody can read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leak {
    /// When that was reported.
    pub at: Timestamp,
    /// Where it stood, as whoever reported it says.
    pub url: Option<String>,
}

/// A use of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastUse {
    /// When.
    pub at: Timestamp,
    /// From where; empty if nobody told.
    pub address: String,
}

/// A secret of a key, as far as we keep it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKeySecret {
    /// The keyed hash.
    pub hash: TokenHash,
    /// How it begins, so that people recognize it.
    pub beginning: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends (after a rotation), if ever.
    pub expires_at: Option<Timestamp>,
}

pub(super) mod key {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "api_keys")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub name: String,
        pub person_id: Option<Uuid>,
        pub client_id: Option<String>,
        pub mode: String,
        #[sea_orm(column_type = "Text")]
        pub scope: String,
        pub resources: Json,
        pub addresses: Json,
        pub rate_limit: Option<String>,
        pub quota: Option<String>,
        pub created_at: i64,
        pub updated_at: i64,
        pub expires_at: Option<i64>,
        pub disabled_at: Option<i64>,
        pub disabled_because: Option<String>,
        pub idle_since: i64,
        pub last_address: Option<String>,
        pub leaked_at: Option<i64>,
        #[sea_orm(column_type = "Text", nullable)]
        pub leaked_url: Option<String>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod secret {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "api_key_secrets")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub hash: Vec<u8>,
        pub key_id: Uuid,
        pub beginning: String,
        pub created_at: i64,
        pub expires_at: Option<i64>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

impl Store {
    /// The key that has a secret with this hash, and that secret, as they were within the last second.
    pub async fn recall_api_key(&self, hash: TokenHash) -> Result<Option<(ApiKey, ApiKeySecret)>> {
        let read = async || {
            let of_key: RelationDef =
                secret::Entity::belongs_to(key::Entity).from(secret::Column::KeyId).to(key::Column::Id).into();
            let found = secret::Entity::find_by_id(hash.to_vec())
                .join(JoinType::InnerJoin, of_key)
                .select_also(key::Entity)
                .one(&self.readers)
                .await?;
            let Some((secret, Some(key))) = found else { return Ok(None) };
            Ok(Some((value(key)?, secret_value(&secret)?)))
        };
        self.recalled.api_keys.recall(hash, read).await
    }

    /// The key with this identifier, as it was within the last second.
    pub async fn recall_api_key_by_id(&self, id: ApiKeyId) -> Result<Option<ApiKey>> {
        self.recalled.api_keys_by_id.recall(id, async || self.api_key(id).await).await
    }

    /// The key with this identifier.
    pub async fn api_key(&self, id: ApiKeyId) -> Result<Option<ApiKey>> {
        key::Entity::find_by_id(id.0).only(&self.readers).await?.map(value).transpose()
    }

    /// Its secrets that are valid at `now`, the newest first.
    pub async fn api_key_secrets(&self, id: ApiKeyId, now: Timestamp) -> Result<Vec<ApiKeySecret>> {
        let rows = secret::Entity::find()
            .filter(secret::Column::KeyId.eq(id.0))
            .filter(secret::Column::ExpiresAt.is_null().or(secret::Column::ExpiresAt.gt(now.millis())))
            .order_by_desc(secret::Column::CreatedAt)
            .all(&self.readers)
            .await?;
        rows.iter().map(secret_value).collect()
    }
}

impl Tx {
    /// The key, as it is until this transaction ends.
    pub async fn hold_api_key(&self, id: ApiKeyId) -> Result<Option<ApiKey>> {
        let query = key::Entity::find_by_id(id.0).lock(LockType::NoKeyUpdate);
        query.only(&self.0).await?.map(value).transpose()
    }

    /// Writes a new key. [`StoreError::Exists`] if there is one with its identifier.
    pub async fn insert_api_key(&self, added: &ApiKey) -> Result<()> {
        key::Entity::insert(row(added)).exec_without_returning(&self.0).await?;
        Ok(())
    }

    /// Replaces what can be changed about a key, if it last changed at `seen`.
    pub async fn update_api_key(&self, changed: &ApiKey, seen: Timestamp) -> Result<bool> {
        self.outdate_memory();
        // Its terms alone: whoever disables it or uses it meanwhile is not overruled.
        let key::ActiveModel { name, scope, resources, addresses, rate_limit, quota, expires_at, updated_at, .. } =
            row(changed);
        let terms = key::ActiveModel {
            name,
            scope,
            resources,
            addresses,
            rate_limit,
            quota,
            updated_at,
            expires_at,
            ..Default::default()
        };
        let update = key::Entity::update_many()
            .set(terms)
            .filter(key::Column::Id.eq(changed.id.0))
            .filter(key::Column::UpdatedAt.eq(seen.millis()));
        Ok(update.exec(&self.0).await?.rows_affected == 1)
    }

    /// Disables a key that is not disabled yet; `false` if it is, or is gone.
    pub async fn disable_api_key(&self, id: ApiKeyId, now: Timestamp, because: &str) -> Result<bool> {
        self.outdate_memory();
        let update = key::Entity::update_many()
            .col_expr(key::Column::DisabledAt, Expr::value(now.millis()))
            .col_expr(key::Column::DisabledBecause, Expr::value(because))
            .filter(key::Column::Id.eq(id.0))
            .filter(key::Column::DisabledAt.is_null());
        Ok(update.exec(&self.0).await?.rows_affected == 1)
    }

    /// Lets a disabled key be used again, unless it is disabled because of `but`; `false` if it is that, or not disabled,
    /// or gone.
    pub async fn enable_api_key(&self, id: ApiKeyId, but: &str) -> Result<bool> {
        self.outdate_memory();
        let update = key::Entity::update_many()
            .col_expr(key::Column::DisabledAt, Expr::value(None::<i64>))
            .col_expr(key::Column::DisabledBecause, Expr::value(None::<String>))
            .col_expr(key::Column::LeakedAt, Expr::value(None::<i64>))
            .col_expr(key::Column::LeakedUrl, Expr::value(None::<String>))
            .filter(key::Column::Id.eq(id.0))
            .filter(key::Column::DisabledAt.is_not_null())
            .filter(key::Column::DisabledBecause.is_null().or(key::Column::DisabledBecause.ne(but)));
        Ok(update.exec(&self.0).await?.rows_affected == 1)
    }

    /// Deletes a key with its secrets; `false` if it is gone.
    pub async fn delete_api_key(&self, id: ApiKeyId) -> Result<bool> {
        self.outdate_memory();
        Ok(key::Entity::delete_by_id(id.0).exec(&self.0).await?.rows_affected == 1)
    }

    /// Deletes every key of a person with its secrets; answers how many there were.
    pub async fn delete_api_keys_of(&self, person: PersonId) -> Result<u64> {
        self.outdate_memory();
        let theirs = key::Column::PersonId.eq(person.0);
        Ok(key::Entity::delete_many().filter(theirs).exec(&self.0).await?.rows_affected)
    }

    /// Ends the secrets of a person's keys that were made from `since` on, with the keys that have no older one; answers how many
    /// secrets there were.
    pub async fn delete_api_key_secrets_since(&self, person: PersonId, since: Timestamp) -> Result<u64> {
        self.outdate_memory();
        let theirs = key::Column::PersonId.eq(person.0);
        let keys = key::Entity::find().select_only().column(key::Column::Id).filter(theirs.clone()).into_query();
        let later = secret::Column::KeyId.in_subquery(keys).and(secret::Column::CreatedAt.gte(since.millis()));
        let ended = secret::Entity::delete_many().filter(later).exec(&self.0).await?.rows_affected;
        let new = theirs.and(key::Column::CreatedAt.gte(since.millis()));
        key::Entity::delete_many().filter(new).exec(&self.0).await?;
        Ok(ended)
    }

    /// Adds a secret to a key.
    pub async fn insert_api_key_secret(&self, id: ApiKeyId, added: &ApiKeySecret) -> Result<()> {
        let row = secret::ActiveModel {
            hash: Set(added.hash.to_vec()),
            key_id: Set(id.0),
            beginning: Set(added.beginning.clone()),
            created_at: Set(added.created_at.millis()),
            expires_at: Set(added.expires_at.map(Timestamp::millis)),
        };
        secret::Entity::insert(row).exec_without_returning(&self.0).await?;
        Ok(())
    }

    /// Ends every secret of a key that would be valid longer, at `at`.
    pub async fn expire_api_key_secrets(&self, id: ApiKeyId, at: Timestamp) -> Result<()> {
        self.outdate_memory();
        let update = secret::Entity::update_many()
            .col_expr(secret::Column::ExpiresAt, Expr::value(at.millis()))
            .filter(secret::Column::KeyId.eq(id.0))
            .filter(secret::Column::ExpiresAt.is_null().or(secret::Column::ExpiresAt.gt(at.millis())));
        update.exec(&self.0).await?;
        Ok(())
    }

    /// Notes that a key was used, unless a later use is known.
    pub async fn note_api_key_use(&self, id: ApiKeyId, used: &LastUse) -> Result<()> {
        let update = key::Entity::update_many()
            .col_expr(key::Column::IdleSince, Expr::value(used.at.millis()))
            .col_expr(key::Column::LastAddress, Expr::value(used.address.as_str()))
            .filter(key::Column::Id.eq(id.0))
            .filter(key::Column::IdleSince.lte(used.at.millis()));
        update.exec(&self.0).await?;
        Ok(())
    }

    pub(super) async fn sweep_api_key_secrets(&self, now: Timestamp, limit: u64) -> Result<u64> {
        let ended = secret::Column::ExpiresAt.lt(now.millis());
        super::sweep::delete_batch::<secret::Entity, _>(&self.0, secret::Column::Hash, ended, limit).await
    }
}

fn row(key: &ApiKey) -> key::ActiveModel {
    let (person_id, client_id) = match &key.owner {
        KeyOwner::Person(person) => (Some(person.0), None),
        KeyOwner::Client(client) => (None, Some(client.0.clone())),
    };
    key::ActiveModel {
        id: Set(key.id.0),
        name: Set(key.name.clone()),
        person_id: Set(person_id),
        client_id: Set(client_id),
        mode: Set(key.mode.wire().to_owned()),
        scope: Set(key.scope.to_string()),
        resources: Set(key.resources.iter().map(String::as_str).collect()),
        addresses: Set(key.addresses.iter().map(ToString::to_string).collect()),
        rate_limit: Set(key.rate_limit.map(|limit| limit.to_string())),
        quota: Set(key.quota.map(|quota| quota.to_string())),
        created_at: Set(key.created_at.millis()),
        updated_at: Set(key.updated_at.millis()),
        expires_at: Set(key.expires_at.map(Timestamp::millis)),
        disabled_at: Set(key.disabled.as_ref().map(|disabled| disabled.at.millis())),
        disabled_because: Set(key.disabled.as_ref().map(|disabled| disabled.because.clone())),
        idle_since: Set(key.idle_since().millis()),
        last_address: Set(key.last_use.as_ref().map(|used| used.address.clone())),
        leaked_at: Set(key.leak.as_ref().map(|leak| leak.at.millis())),
        leaked_url: Set(key.leak.as_ref().and_then(|leak| leak.url.clone())),
    }
}

pub(super) fn value(row: key::Model) -> Result<ApiKey> {
    let wrong = |why: &str| StoreError::inconsistent(TABLE, row.id, why);
    let owner = match (row.person_id, &row.client_id) {
        (Some(person), None) => KeyOwner::Person(PersonId(person)),
        (None, Some(client)) => KeyOwner::Client(ClientId(client.clone())),
        _ => return Err(wrong("a key has one owner")),
    };
    let addresses: Vec<String> = from_json(TABLE, row.id, row.addresses.clone())?;
    let addresses = addresses.iter().map(|text| Network::parse(text).ok_or_else(|| wrong("no such address")));
    let disabled = row.disabled_at.map(|at| Disabled {
        at: Timestamp::from_millis(at),
        because: row.disabled_because.clone().unwrap_or_default(),
    });
    let leak = row.leaked_at.map(|at| Leak { at: Timestamp::from_millis(at), url: row.leaked_url.clone() });
    let last_use =
        row.last_address.clone().map(|address| LastUse { at: Timestamp::from_millis(row.idle_since), address });
    Ok(ApiKey {
        id: ApiKeyId(row.id),
        owner,
        mode: KeyMode::from_wire(&row.mode).ok_or_else(|| wrong("no such mode"))?,
        scope: scope(TABLE, row.id, &row.scope)?,
        resources: from_json(TABLE, row.id, row.resources.clone())?,
        addresses: addresses.collect::<Result<_>>()?,
        rate_limit: parsed(row.rate_limit.as_deref(), RateLimit::parse).map_err(|()| wrong("no such rate"))?,
        quota: parsed(row.quota.as_deref(), Quota::parse).map_err(|()| wrong("no such quota"))?,
        created_at: Timestamp::from_millis(row.created_at),
        updated_at: Timestamp::from_millis(row.updated_at),
        expires_at: row.expires_at.map(Timestamp::from_millis),
        disabled,
        leak,
        last_use,
        name: row.name,
    })
}

fn parsed<T>(text: Option<&str>, parse: fn(&str) -> Option<T>) -> std::result::Result<Option<T>, ()> {
    text.map(|text| parse(text).ok_or(())).transpose()
}

pub(super) fn secret_value(row: &secret::Model) -> Result<ApiKeySecret> {
    Ok(ApiKeySecret {
        hash: token_hash("api_key_secrets", row.key_id, &row.hash)?,
        beginning: row.beginning.clone(),
        created_at: Timestamp::from_millis(row.created_at),
        expires_at: row.expires_at.map(Timestamp::from_millis),
    })
}
