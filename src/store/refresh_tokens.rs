//! Refresh tokens: a chain per authorization, of which one is live.

use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::{JoinType, QuerySelect};

use super::authorizations::{self, Authorization, authorization};
use super::only::Only;
use super::{Result, Store, StoreError, Tx, scope, thumbprint, token_hash};
use crate::clock::Timestamp;
use crate::ids::{AuthorizationId, TokenHash};
use crate::protocol::certificate::Thumbprint;
use crate::protocol::scope::Scope;

/// A refresh token.
#[derive(Clone, Debug)]
pub struct RefreshToken {
    /// The keyed hash of the token.
    pub hash: TokenHash,
    /// The authorization it continues.
    pub authorization_id: AuthorizationId,
    /// What it may ask for at most.
    pub scope: Scope,
    /// The certificate that it is bound to: of a public client, nothing else tells who may use it.
    pub certificate: Option<Thumbprint>,
    /// When it was issued.
    pub created_at: Timestamp,
    /// When it ends unless it is used.
    pub expires_at: Timestamp,
    /// Where it stands in its chain.
    pub state: RefreshState,
}

/// Where a refresh token stands in its chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshState {
    /// It can be used.
    Live,
    /// It was used, and this is what it was exchanged for.
    Used {
        /// When it was first used.
        at: Timestamp,
        /// The token that followed.
        successor: TokenHash,
    },
    /// It was never used: its answer got lost, and the retry was given another in its place.
    Superseded,
}

mod token {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "refresh_tokens")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub hash: Vec<u8>,
        pub authorization_id: Uuid,
        #[sea_orm(column_type = "Text")]
        pub scope: String,
        pub created_at: i64,
        pub expires_at: i64,
        pub used_at: Option<i64>,
        pub successor_hash: Option<Vec<u8>>,
        pub superseded_at: Option<i64>,
        pub certificate_sha256: Option<Vec<u8>>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

async fn find(db: &impl ConnectionTrait, hash: &TokenHash) -> Result<Option<RefreshToken>> {
    token::Entity::find_by_id(hash.to_vec()).only(db).await?.map(value).transpose()
}

impl Store {
    /// The refresh token with this hash, whatever its state.
    pub async fn refresh_token(&self, hash: &TokenHash) -> Result<Option<RefreshToken>> {
        find(&self.readers, hash).await
    }

    /// The same with its authorization, whatever the state of both, in one read.
    pub async fn refresh_token_and_authorization(
        &self,
        hash: &TokenHash,
    ) -> Result<Option<(RefreshToken, Authorization)>> {
        let both = token::Entity::find_by_id(hash.to_vec())
            .join(JoinType::InnerJoin, authorizations::named_by::<token::Entity>(token::Column::AuthorizationId))
            .select_also(authorization::Entity);
        let Some((token, Some(authorization))) = both.all(&self.readers).await?.pop() else { return Ok(None) };
        Ok(Some((value(token)?, authorizations::value(authorization)?)))
    }

    /// How many tokens of an authorization are live at `now`.
    pub async fn live_refresh_tokens(&self, id: AuthorizationId, now: Timestamp) -> Result<u64> {
        let live = token::Entity::find()
            .filter(token::Column::AuthorizationId.eq(id.0))
            .filter(token::Column::UsedAt.is_null())
            .filter(token::Column::SupersededAt.is_null())
            .filter(token::Column::ExpiresAt.gt(now.millis()));
        Ok(live.count(&self.readers).await?)
    }
}

impl Tx {
    /// The refresh token with this hash, as this transaction sees it.
    pub async fn refresh_token(&self, hash: &TokenHash) -> Result<Option<RefreshToken>> {
        find(&self.0, hash).await
    }

    /// Writes a new, live token.
    pub async fn insert_refresh_token(&self, added: &RefreshToken) -> Result<()> {
        let row = token::ActiveModel {
            hash: Set(added.hash.to_vec()),
            authorization_id: Set(added.authorization_id.0),
            scope: Set(added.scope.to_string()),
            created_at: Set(added.created_at.millis()),
            expires_at: Set(added.expires_at.millis()),
            used_at: Set(None),
            successor_hash: Set(None),
            superseded_at: Set(None),
            certificate_sha256: Set(added.certificate.map(|certificate| certificate.0.to_vec())),
        };
        token::Entity::insert(row).exec_without_returning(&self.0).await?;
        Ok(())
    }

    /// Uses a live token of a live authorization, once, in exchange for `successor`: `false` if either was not live.
    pub async fn use_refresh_token(&self, hash: &TokenHash, successor: &RefreshToken, now: Timestamp) -> Result<bool> {
        let id = successor.authorization_id;
        let update = token::Entity::update_many()
            .col_expr(token::Column::UsedAt, Expr::value(now.millis()))
            .col_expr(token::Column::SuccessorHash, Expr::value(successor.hash.to_vec()))
            .filter(token::Column::Hash.eq(hash.to_vec()))
            .filter(token::Column::AuthorizationId.eq(id.0))
            .filter(authorizations::live(id, now))
            .filter(token::Column::UsedAt.is_null())
            .filter(token::Column::SupersededAt.is_null())
            .filter(token::Column::ExpiresAt.gt(now.millis()));
        Ok(update.exec(&self.0).await?.rows_affected == 1)
    }

    /// Gives a used token another successor in place of `unused`, which dies: `false` if `unused` has been used or
    /// replaced meanwhile.
    pub async fn replace_successor(
        &self,
        hash: &TokenHash,
        unused: &TokenHash,
        successor: &TokenHash,
        now: Timestamp,
    ) -> Result<bool> {
        let supersede = token::Entity::update_many()
            .col_expr(token::Column::SupersededAt, Expr::value(now.millis()))
            .filter(token::Column::Hash.eq(unused.to_vec()))
            .filter(token::Column::UsedAt.is_null())
            .filter(token::Column::SupersededAt.is_null());
        if supersede.exec(&self.0).await?.rows_affected != 1 {
            return Ok(false);
        }
        let relink = token::Entity::update_many()
            .col_expr(token::Column::SuccessorHash, Expr::value(successor.to_vec()))
            .filter(token::Column::Hash.eq(hash.to_vec()))
            .filter(token::Column::SuccessorHash.eq(unused.to_vec()));
        Ok(relink.exec(&self.0).await?.rows_affected == 1)
    }

    pub(super) async fn sweep_refresh_tokens(&self, before: Timestamp, limit: u64) -> Result<u64> {
        let expired = token::Column::ExpiresAt.lt(before.millis());
        super::sweep::delete_batch::<token::Entity, _>(&self.0, token::Column::Hash, expired, limit).await
    }
}

fn value(row: token::Model) -> Result<RefreshToken> {
    const TABLE: &str = "refresh_tokens";
    let id = row.authorization_id;
    let state = match (row.used_at, row.successor_hash, row.superseded_at) {
        (None, None, None) => RefreshState::Live,
        (None, None, Some(_)) => RefreshState::Superseded,
        (Some(at), Some(successor), None) => {
            RefreshState::Used { at: Timestamp::from_millis(at), successor: token_hash(TABLE, id, &successor)? }
        }
        _ => return Err(StoreError::inconsistent(TABLE, id, "neither live, used nor superseded")),
    };
    Ok(RefreshToken {
        hash: token_hash(TABLE, id, &row.hash)?,
        authorization_id: AuthorizationId(id),
        scope: scope(TABLE, id, &row.scope)?,
        certificate: row.certificate_sha256.map(|bytes| thumbprint(TABLE, id, &bytes)).transpose()?,
        created_at: Timestamp::from_millis(row.created_at),
        expires_at: Timestamp::from_millis(row.expires_at),
        state,
    })
}
