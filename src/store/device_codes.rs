//! What devices ask for (RFC 8628): found by the keyed hash of the device code, or of the user code; answered once,
//! redeemed once.

use std::time::Duration;

use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;

use super::only::Only;
use super::{Result, Store, StoreError, Tx, authorizations, from_json, scope, token_hash};
use crate::clock::Timestamp;
use crate::ids::{AuthorizationId, ClientId, TokenHash};
use crate::protocol::resource::ResourceUri;
use crate::protocol::scope::Scope;

/// What a device asks for.
#[derive(Clone, Debug)]
pub struct DeviceCode {
    /// The keyed hash of the device code.
    pub hash: TokenHash,
    /// The keyed hash of the user code.
    pub user_code_hash: TokenHash,
    /// The client on the device.
    pub client_id: ClientId,
    /// What it asks for.
    pub scope: Scope,
    /// For which resources (RFC 8707); empty means the default.
    pub resources: Vec<ResourceUri>,
    /// From which address it asked.
    pub address: Option<String>,
    /// What became of it.
    pub state: DeviceCodeState,
    /// How long the device has to wait between two questions.
    pub interval: Duration,
    /// When it asked.
    pub created_at: Timestamp,
    /// When the codes end.
    pub expires_at: Timestamp,
}

/// What became of a device's request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceCodeState {
    /// Nobody has answered yet.
    Waiting,
    /// A person said yes: the device can fetch its tokens.
    Allowed(AuthorizationId),
    /// A person said no.
    Denied,
    /// The device has fetched its tokens.
    Redeemed,
}

const WAITING: &str = "waiting";
const ALLOWED: &str = "allowed";
const DENIED: &str = "denied";
const REDEEMED: &str = "redeemed";

mod device_code {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "device_codes")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub hash: Vec<u8>,
        pub user_code_hash: Vec<u8>,
        pub client_id: String,
        #[sea_orm(column_type = "Text")]
        pub scope: String,
        pub resources: Json,
        pub address: Option<String>,
        pub state: String,
        pub authorization_id: Option<Uuid>,
        pub poll_interval: i32,
        pub created_at: i64,
        pub expires_at: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

use device_code::{Column, Entity};

impl Store {
    /// The request with this device code, whatever became of it.
    pub async fn device_code(&self, hash: &TokenHash) -> Result<Option<DeviceCode>> {
        Entity::find_by_id(hash.to_vec()).only(&self.readers).await?.map(value).transpose()
    }

    /// The request with this user code, if it still waits for its answer.
    pub async fn waiting_device_code(&self, user_code: &TokenHash, now: Timestamp) -> Result<Option<DeviceCode>> {
        let waiting = Entity::find()
            .filter(Column::UserCodeHash.eq(user_code.to_vec()))
            .filter(Column::State.eq(WAITING))
            .filter(Column::ExpiresAt.gt(now.millis()));
        waiting.only(&self.readers).await?.map(value).transpose()
    }
}

impl Tx {
    /// Writes a new request, which waits.
    pub async fn insert_device_code(&self, added: &DeviceCode) -> Result<()> {
        let row = device_code::ActiveModel {
            hash: Set(added.hash.to_vec()),
            user_code_hash: Set(added.user_code_hash.to_vec()),
            client_id: Set(added.client_id.0.clone()),
            scope: Set(added.scope.to_string()),
            resources: Set(added.resources.iter().map(ResourceUri::as_str).collect()),
            address: Set(added.address.clone()),
            state: Set(WAITING.to_owned()),
            authorization_id: Set(None),
            poll_interval: Set(seconds(added.interval)),
            created_at: Set(added.created_at.millis()),
            expires_at: Set(added.expires_at.millis()),
        };
        Entity::insert(row).exec_without_returning(&self.0).await?;
        Ok(())
    }

    /// Answers a waiting request with yes, once: `false` if it was answered before, has ended, or is unknown.
    pub async fn allow_device_code(&self, hash: &TokenHash, id: AuthorizationId, now: Timestamp) -> Result<bool> {
        self.answer_device_code(hash, ALLOWED, Some(id), now).await
    }

    /// Answers a waiting request with no, once: `false` if it was answered before, has ended, or is unknown.
    pub async fn deny_device_code(&self, hash: &TokenHash, now: Timestamp) -> Result<bool> {
        self.answer_device_code(hash, DENIED, None, now).await
    }

    async fn answer_device_code(
        &self,
        hash: &TokenHash,
        answer: &str,
        id: Option<AuthorizationId>,
        now: Timestamp,
    ) -> Result<bool> {
        let update = Entity::update_many()
            .col_expr(Column::State, Expr::value(answer))
            .col_expr(Column::AuthorizationId, Expr::value(id.map(|id| id.0)))
            .filter(Column::Hash.eq(hash.to_vec()))
            .filter(Column::State.eq(WAITING))
            .filter(Column::ExpiresAt.gt(now.millis()));
        Ok(update.exec(&self.0).await?.rows_affected == 1)
    }

    /// Redeems an allowed request of a live authorization, once: `false` if it was redeemed before, has ended, or is
    /// unknown, or its authorization is not live.
    pub async fn redeem_device_code(&self, hash: &TokenHash, id: AuthorizationId, now: Timestamp) -> Result<bool> {
        let update = Entity::update_many()
            .col_expr(Column::State, Expr::value(REDEEMED))
            .filter(Column::Hash.eq(hash.to_vec()))
            .filter(Column::State.eq(ALLOWED))
            .filter(Column::AuthorizationId.eq(id.0))
            .filter(authorizations::live(id, now))
            .filter(Column::ExpiresAt.gt(now.millis()));
        Ok(update.exec(&self.0).await?.rows_affected == 1)
    }

    /// Makes the device of a waiting request wait longer between two questions: by `step`, and no longer than `most`.
    pub async fn slow_device_down(&self, hash: &TokenHash, step: Duration, most: Duration) -> Result<()> {
        use sea_orm::ExprTrait;
        let (step, most) = (seconds(step), seconds(most));
        Entity::update_many()
            .col_expr(Column::PollInterval, Expr::col(Column::PollInterval).add(step))
            .filter(Column::Hash.eq(hash.to_vec()))
            .filter(Column::PollInterval.lte(most.saturating_sub(step)))
            .exec(&self.0)
            .await?;
        Ok(())
    }

    pub(super) async fn sweep_device_codes(&self, before: Timestamp, limit: u64) -> Result<u64> {
        let expired = Column::ExpiresAt.lt(before.millis());
        super::sweep::delete_batch::<Entity, _>(&self.0, Column::Hash, expired, limit).await
    }
}

fn seconds(duration: Duration) -> i32 {
    i32::try_from(duration.as_secs()).unwrap_or(i32::MAX)
}

fn value(row: device_code::Model) -> Result<DeviceCode> {
    const TABLE: &str = "device_codes";
    // A user code is short enough to be guessed from its hash by whoever has the key; the row is named by its client.
    let id = row.client_id.clone();
    let state = match (row.state.as_str(), row.authorization_id) {
        (WAITING, None) => DeviceCodeState::Waiting,
        (ALLOWED, Some(authorization)) => DeviceCodeState::Allowed(AuthorizationId(authorization)),
        (DENIED, None) => DeviceCodeState::Denied,
        (REDEEMED, Some(_)) => DeviceCodeState::Redeemed,
        (state, _) => return Err(StoreError::inconsistent(TABLE, id, format_args!("state {state:?}"))),
    };
    Ok(DeviceCode {
        hash: token_hash(TABLE, &id, &row.hash)?,
        user_code_hash: token_hash(TABLE, &id, &row.user_code_hash)?,
        client_id: ClientId(row.client_id),
        scope: scope(TABLE, &id, &row.scope)?,
        resources: from_json(TABLE, &id, row.resources)?,
        address: row.address,
        state,
        interval: Duration::from_secs(u64::try_from(row.poll_interval).unwrap_or_default()),
        created_at: Timestamp::from_millis(row.created_at),
        expires_at: Timestamp::from_millis(row.expires_at),
    })
}
