//! Opaque access tokens, and the `jti` of JWT access tokens that were revoked before their time. JWTs that live out
//! their life leave no row.

use std::collections::HashSet;
use std::sync::Arc;

use sea_orm::ActiveValue::Set;
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;

use super::only::Only;
use super::{Result, Store, Tx, from_json, scope, thumbprint, token_hash};
use crate::clock::Timestamp;
use crate::ids::{AuthorizationId, ClientId, PersonId, TokenHash};
use crate::protocol::certificate::Thumbprint;
use crate::protocol::scope::Scope;

/// As many revoked JWTs are few enough to be remembered as a whole.
const FEW: u64 = 1000;

/// An opaque access token.
#[derive(Clone, Debug)]
pub struct OpaqueAccessToken {
    /// The keyed hash of the token.
    pub hash: TokenHash,
    /// Its identifier in introspection answers and events.
    pub jti: Uuid,
    /// The client it was issued to.
    pub client_id: ClientId,
    /// The person it speaks for; nobody for a machine client.
    pub person_id: Option<PersonId>,
    /// The authorization it belongs to; none for a machine client.
    pub authorization_id: Option<AuthorizationId>,
    /// What it may do.
    pub scope: Scope,
    /// Where it may do it.
    pub audience: Vec<String>,
    /// The certificate that it is bound to, if it is.
    pub certificate: Option<Thumbprint>,
    /// When it was issued.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Whether it was revoked before its time.
    pub state: TokenState,
}

/// Whether a token was revoked before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenState {
    /// It was not.
    Good,
    /// It was.
    Revoked,
}

mod token {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "access_tokens")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub hash: Vec<u8>,
        pub jti: Uuid,
        pub client_id: String,
        pub person_id: Option<Uuid>,
        pub authorization_id: Option<Uuid>,
        #[sea_orm(column_type = "Text")]
        pub scope: String,
        pub audience: Json,
        pub created_at: i64,
        pub expires_at: i64,
        pub revoked_at: Option<i64>,
        pub certificate_sha256: Option<Vec<u8>>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod revoked {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "revoked_tokens")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub jti: String,
        pub expires_at: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

impl Store {
    /// The opaque token with this hash, whatever its state, as it was within the last second.
    pub async fn recall_access_token(&self, hash: TokenHash) -> Result<Option<OpaqueAccessToken>> {
        let read = async || token::Entity::find_by_id(hash.to_vec()).only(&self.readers).await?.map(value).transpose();
        self.recalled.access_tokens.recall(hash, read).await
    }

    /// Whether the JWT with this `jti` was revoked before its time, as far as was known within the last second.
    ///
    /// As long as few are revoked, all of them are read at once, rather than each token be looked for.
    pub async fn recall_revocation(&self, jti: &str) -> Result<bool> {
        let read = async || {
            let known = revoked::Entity::find().select_only().column(revoked::Column::Jti).limit(FEW + 1);
            let known: Vec<String> = known.into_tuple().all(&self.readers).await?;
            Ok(Some((known.len() as u64 <= FEW).then(|| Arc::new(known.into_iter().collect::<HashSet<_>>()))))
        };
        if let Some(Some(all)) = self.recalled.revoked.recall((), read).await? {
            return Ok(all.contains(jti));
        }
        let read = async || Ok(Some(revoked::Entity::find_by_id(jti).only(&self.readers).await?.is_some()));
        Ok(self.recalled.revocations.recall(jti.to_owned(), read).await? == Some(true))
    }
}

impl Tx {
    /// Writes a new opaque token.
    pub async fn insert_access_token(&self, added: &OpaqueAccessToken) -> Result<()> {
        let row = token::ActiveModel {
            hash: Set(added.hash.to_vec()),
            jti: Set(added.jti),
            client_id: Set(added.client_id.0.clone()),
            person_id: Set(added.person_id.map(|person| person.0)),
            authorization_id: Set(added.authorization_id.map(|authorization| authorization.0)),
            scope: Set(added.scope.to_string()),
            audience: Set(added.audience.iter().map(String::as_str).collect()),
            created_at: Set(added.created_at.millis()),
            expires_at: Set(added.expires_at.millis()),
            revoked_at: Set(None),
            certificate_sha256: Set(added.certificate.map(|certificate| certificate.0.to_vec())),
        };
        token::Entity::insert(row).exec_without_returning(&self.0).await?;
        Ok(())
    }

    /// Revokes an opaque token; `false` if it was already, or is unknown.
    pub async fn revoke_access_token(&self, hash: &TokenHash, now: Timestamp) -> Result<bool> {
        self.outdate_memory();
        let update = token::Entity::update_many()
            .col_expr(token::Column::RevokedAt, Expr::value(now.millis()))
            .filter(token::Column::Hash.eq(hash.to_vec()))
            .filter(token::Column::RevokedAt.is_null());
        Ok(update.exec(&self.0).await?.rows_affected == 1)
    }

    /// Revokes a JWT by its `jti`, remembered until `expires_at`; `false` if it was already.
    pub async fn revoke_jwt(&self, jti: &str, expires_at: Timestamp) -> Result<bool> {
        self.outdate_memory();
        let row = revoked::ActiveModel { jti: Set(jti.to_owned()), expires_at: Set(expires_at.millis()) };
        let inserted = revoked::Entity::insert(row)
            .on_conflict_do_nothing_on([revoked::Column::Jti])
            .exec_without_returning(&self.0)
            .await?;
        Ok(matches!(inserted, sea_orm::TryInsertResult::Inserted(1..)))
    }

    pub(super) async fn sweep_access_tokens(&self, now: Timestamp, limit: u64) -> Result<u64> {
        let expired = token::Column::ExpiresAt.lt(now.millis());
        super::sweep::delete_batch::<token::Entity, _>(&self.0, token::Column::Hash, expired, limit).await
    }

    pub(super) async fn sweep_revoked_tokens(&self, now: Timestamp, limit: u64) -> Result<u64> {
        let expired = revoked::Column::ExpiresAt.lt(now.millis());
        super::sweep::delete_batch::<revoked::Entity, _>(&self.0, revoked::Column::Jti, expired, limit).await
    }
}

fn value(row: token::Model) -> Result<OpaqueAccessToken> {
    const TABLE: &str = "access_tokens";
    Ok(OpaqueAccessToken {
        hash: token_hash(TABLE, row.jti, &row.hash)?,
        jti: row.jti,
        client_id: ClientId(row.client_id),
        person_id: row.person_id.map(PersonId),
        authorization_id: row.authorization_id.map(AuthorizationId),
        scope: scope(TABLE, row.jti, &row.scope)?,
        audience: from_json(TABLE, row.jti, row.audience)?,
        certificate: row.certificate_sha256.map(|bytes| thumbprint(TABLE, row.jti, &bytes)).transpose()?,
        created_at: Timestamp::from_millis(row.created_at),
        expires_at: Timestamp::from_millis(row.expires_at),
        state: if row.revoked_at.is_some() { TokenState::Revoked } else { TokenState::Good },
    })
}
