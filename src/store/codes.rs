//! Authorization codes: found by their keyed hash, redeemed once.

use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::{JoinType, QuerySelect};

use super::authorizations::{self, Authorization, authorization};
use super::{Result, Store, StoreError, Tx, token_hash};
use crate::clock::Timestamp;
use crate::ids::{AuthorizationId, TokenHash};
use crate::protocol::pkce::CodeChallenge;

/// An authorization code.
#[derive(Clone, Debug)]
pub struct Code {
    /// The keyed hash of the code.
    pub hash: TokenHash,
    /// What it stands for.
    pub authorization_id: AuthorizationId,
    /// The redirect URI it was sent to.
    pub redirect_uri: String,
    /// Whether the authorization request named that URI, so that the token request must too (RFC 6749 §4.1.3).
    pub redirect_uri_sent: bool,
    /// The PKCE challenge, if the request had one.
    pub code_challenge: Option<CodeChallenge>,
    /// When it was issued.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Whether it has been redeemed.
    pub state: CodeState,
}

/// Whether a code has been redeemed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeState {
    /// Not yet.
    Unused,
    /// Once; any further use is a replay.
    Used {
        /// When.
        at: Timestamp,
    },
}

mod code {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "codes")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub hash: Vec<u8>,
        pub authorization_id: Uuid,
        #[sea_orm(column_type = "Text")]
        pub redirect_uri: String,
        pub redirect_uri_sent: bool,
        pub code_challenge: Option<String>,
        pub created_at: i64,
        pub expires_at: i64,
        pub used_at: Option<i64>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

impl Store {
    /// The code with this hash and what it stands for, used, expired and revoked ones too.
    pub async fn code_and_authorization(&self, hash: &TokenHash) -> Result<Option<(Code, Authorization)>> {
        let both = code::Entity::find_by_id(hash.to_vec())
            .join(JoinType::InnerJoin, authorizations::named_by::<code::Entity>(code::Column::AuthorizationId))
            .select_also(authorization::Entity);
        let Some((code, Some(authorization))) = both.all(&self.readers).await?.pop() else { return Ok(None) };
        Ok(Some((value(code)?, authorizations::value(authorization)?)))
    }
}

impl Tx {
    /// Writes a new code.
    pub async fn insert_code(&self, added: &Code) -> Result<()> {
        let row = code::ActiveModel {
            hash: Set(added.hash.to_vec()),
            authorization_id: Set(added.authorization_id.0),
            redirect_uri: Set(added.redirect_uri.clone()),
            redirect_uri_sent: Set(added.redirect_uri_sent),
            code_challenge: Set(added.code_challenge.as_ref().map(|challenge| challenge.as_str().to_owned())),
            created_at: Set(added.created_at.millis()),
            expires_at: Set(added.expires_at.millis()),
            used_at: Set(None),
        };
        code::Entity::insert(row).exec_without_returning(&self.0).await?;
        Ok(())
    }

    /// Redeems a code of a live authorization, once: `false` if it was redeemed before, has expired, or is unknown, or
    /// its authorization is not live.
    pub async fn redeem_code(&self, hash: &TokenHash, id: AuthorizationId, now: Timestamp) -> Result<bool> {
        let update = code::Entity::update_many()
            .col_expr(code::Column::UsedAt, Expr::value(now.millis()))
            .filter(code::Column::Hash.eq(hash.to_vec()))
            .filter(code::Column::AuthorizationId.eq(id.0))
            .filter(authorizations::live(id, now))
            .filter(code::Column::UsedAt.is_null())
            .filter(code::Column::ExpiresAt.gt(now.millis()));
        Ok(update.exec(&self.0).await?.rows_affected == 1)
    }

    pub(super) async fn sweep_codes(&self, before: Timestamp, limit: u64) -> Result<u64> {
        let expired = code::Column::ExpiresAt.lt(before.millis());
        super::sweep::delete_batch::<code::Entity, _>(&self.0, code::Column::Hash, expired, limit).await
    }
}

fn value(row: code::Model) -> Result<Code> {
    let id = row.authorization_id;
    let code_challenge = match row.code_challenge.as_deref() {
        None => None,
        Some(challenge) => {
            CodeChallenge::s256(challenge).map(Some).map_err(|error| StoreError::inconsistent("codes", id, error))?
        }
    };
    Ok(Code {
        hash: token_hash("codes", id, &row.hash)?,
        authorization_id: AuthorizationId(id),
        redirect_uri: row.redirect_uri,
        redirect_uri_sent: row.redirect_uri_sent,
        code_challenge,
        created_at: Timestamp::from_millis(row.created_at),
        expires_at: Timestamp::from_millis(row.expires_at),
        state: match row.used_at {
            None => CodeState::Unused,
            Some(at) => CodeState::Used { at: Timestamp::from_millis(at) },
        },
    })
}
