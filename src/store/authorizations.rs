//! Authorizations: each answer to an authorization request. It owns its code, its refresh chain and its tokens, so
//! that revoking it ends all of them at once.

use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::LockType;
use sea_orm::{DbBackend, ExprTrait, QueryOrder, QuerySelect, QueryTrait};

use super::only::Only;
use super::{Result, Store, Tx, from_json, scope};
use crate::clock::Timestamp;
use crate::ids::{AuthorizationId, ClientId, GrantId, PersonId, SessionId};
use crate::protocol::claims_request::ClaimsRequest;
use crate::protocol::resource::ResourceUri;
use crate::protocol::scope::Scope;

/// One answer to an authorization request.
#[derive(Clone, Debug)]
pub struct Authorization {
    /// Its identifier; JWT access tokens carry it as `authorization_id`.
    pub id: AuthorizationId,
    /// The client that asked.
    pub client_id: ClientId,
    /// The person who signed in.
    pub person_id: PersonId,
    /// What the client calls them.
    pub sub: String,
    /// The grant it is based on.
    pub grant_id: GrantId,
    /// The browser session in which it was given.
    pub sid: SessionId,
    /// What was granted.
    pub scope: Scope,
    /// For which resources (RFC 8707); empty means the default.
    pub resources: Vec<ResourceUri>,
    /// What may be told of the person claim by claim, beside what the scope releases.
    pub claims: ClaimsRequest,
    /// The `nonce` of the request, for the ID token.
    pub nonce: Option<String>,
    /// How the person signed in: the level.
    pub acr: Option<String>,
    /// How the person signed in: the methods (RFC 8176).
    pub amr: Vec<String>,
    /// When the person signed in.
    pub auth_time: Timestamp,
    /// When it was given.
    pub created_at: Timestamp,
    /// When tokens were last obtained by it.
    pub last_used_at: Timestamp,
    /// When it ends, whatever happens.
    pub expires_at: Timestamp,
    /// When and why it was revoked, if so.
    pub revoked: Option<Revocation>,
}

/// When and why something was revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// When.
    pub at: Timestamp,
    /// Why, in a word or two for the log.
    pub because: String,
}

impl Authorization {
    /// Whether tokens of it are good at `now`.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.revoked.is_none() && self.expires_at > now
    }
}

pub(super) mod authorization {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "authorizations")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub client_id: String,
        pub person_id: Uuid,
        /// Where it is another than the person's identifier.
        pub sub: Option<String>,
        pub grant_id: Uuid,
        pub sid: Uuid,
        #[sea_orm(column_type = "Text")]
        pub scope: String,
        pub resources: Json,
        pub claims: Option<Json>,
        #[sea_orm(column_type = "Text", nullable)]
        pub nonce: Option<String>,
        pub acr: Option<String>,
        pub amr: Json,
        pub auth_time: i64,
        pub created_at: i64,
        pub last_used_at: i64,
        pub expires_at: i64,
        pub revoked_at: Option<i64>,
        pub revoked_because: Option<String>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

impl Store {
    /// The authorization with this identifier, revoked and expired ones too.
    pub async fn authorization(&self, id: AuthorizationId) -> Result<Option<Authorization>> {
        authorization::Entity::find_by_id(id.0).only(&self.readers).await?.map(value).transpose()
    }

    /// Everything that apps were given of a person and that is kept still, the latest first.
    pub async fn authorizations_of(&self, person: PersonId) -> Result<Vec<Authorization>> {
        let rows = authorization::Entity::find()
            .filter(authorization::Column::PersonId.eq(person.0))
            .order_by_desc(authorization::Column::CreatedAt)
            .all(&self.readers)
            .await?;
        rows.into_iter().map(value).collect()
    }

    /// One authorization, as it was within the last second.
    pub async fn recall_authorization(&self, id: AuthorizationId) -> Result<Option<Authorization>> {
        self.recalled.authorizations.recall(id, || self.authorization(id)).await
    }
}

impl Tx {
    /// Writes a new authorization.
    pub async fn insert_authorization(&self, added: &Authorization) -> Result<()> {
        let row = authorization::ActiveModel {
            id: Set(added.id.0),
            client_id: Set(added.client_id.0.clone()),
            person_id: Set(added.person_id.0),
            sub: Set(Some(&added.sub).filter(|sub| **sub != added.person_id.to_string()).cloned()),
            grant_id: Set(added.grant_id.0),
            sid: Set(added.sid.0),
            scope: Set(added.scope.to_string()),
            resources: Set(added.resources.iter().map(super::super::protocol::resource::ResourceUri::as_str).collect()),
            claims: Set((!added.claims.is_empty()).then(|| added.claims.to_json())),
            nonce: Set(added.nonce.clone()),
            acr: Set(added.acr.clone()),
            amr: Set(added.amr.iter().map(String::as_str).collect()),
            auth_time: Set(added.auth_time.millis()),
            created_at: Set(added.created_at.millis()),
            last_used_at: Set(added.last_used_at.millis()),
            expires_at: Set(added.expires_at.millis()),
            revoked_at: Set(added.revoked.as_ref().map(|revocation| revocation.at.millis())),
            revoked_because: Set(added.revoked.as_ref().map(|revocation| revocation.because.clone())),
        };
        authorization::Entity::insert(row).exec_without_returning(&self.0).await?;
        Ok(())
    }

    /// Makes what follows in this transaction alone with a live authorization; `false` if it is unknown, revoked or
    /// expired. Every redemption starts with this: on PostgreSQL, who had the code or the refresh token first and then
    /// waited for their authorization could wait for each other.
    ///
    /// SQLite's one writer is alone in any case, and is spared the look: it answers `true`, and whether the
    /// authorization is live is part of the statements that use a code or a refresh token.
    pub async fn hold_authorization(&self, id: AuthorizationId, now: Timestamp) -> Result<bool> {
        if self.0.get_database_backend() == DbBackend::Sqlite {
            return Ok(true);
        }
        let held = find_live(id, now).lock(LockType::NoKeyUpdate);
        Ok(held.only(&self.0).await?.is_some())
    }

    /// Makes what follows in this transaction alone with every authorization that came of these grants. SQLite's one
    /// writer is alone in any case.
    pub(super) async fn hold_authorizations_of_grants(&self, grants: impl Iterator<Item = Uuid>) -> Result<()> {
        if self.0.get_database_backend() != DbBackend::Sqlite {
            let theirs = authorization::Entity::find().filter(authorization::Column::GrantId.is_in(grants));
            theirs.lock(LockType::Update).all(&self.0).await?;
        }
        Ok(())
    }

    /// Notes that tokens are being obtained by a live authorization, and holds it; `false` if it is unknown, revoked or
    /// expired.
    pub async fn use_authorization(&self, id: AuthorizationId, now: Timestamp) -> Result<bool> {
        let update = authorization::Entity::update_many()
            .col_expr(authorization::Column::LastUsedAt, Expr::value(now.millis()))
            .filter(authorization::Column::Id.eq(id.0))
            .filter(authorization::Column::RevokedAt.is_null())
            .filter(authorization::Column::ExpiresAt.gt(now.millis()));
        Ok(update.exec(&self.0).await?.rows_affected == 1)
    }

    /// Revokes an authorization; `false` if it was already, or is unknown.
    pub async fn revoke_authorization(&self, id: AuthorizationId, because: &str, now: Timestamp) -> Result<bool> {
        Ok(self.revoke_where(authorization::Column::Id.eq(id.0), because, now).await? == 1)
    }

    /// Revokes every live authorization given in a browser session, except those for use while the person is away
    /// (`offline_access`); answers how many.
    pub async fn revoke_online_authorizations_of_session(
        &self,
        sid: SessionId,
        because: &str,
        now: Timestamp,
    ) -> Result<u64> {
        // The columns hold scopes parted by one space, so a padded one holds each token between two.
        let online = Expr::cust("' ' || scope || ' ' NOT LIKE '% offline_access %'");
        self.revoke_where(authorization::Column::Sid.eq(sid.0).and(online), because, now).await
    }

    /// Revokes every live authorization of a person; answers how many.
    pub async fn revoke_authorizations_of(&self, person: PersonId, because: &str, now: Timestamp) -> Result<u64> {
        self.revoke_where(authorization::Column::PersonId.eq(person.0), because, now).await
    }

    async fn revoke_where(&self, which: Expr, because: &str, now: Timestamp) -> Result<u64> {
        self.outdate_memory();
        let update = authorization::Entity::update_many()
            .col_expr(authorization::Column::RevokedAt, Expr::value(now.millis()))
            .col_expr(authorization::Column::RevokedBecause, Expr::value(because))
            .filter(which)
            .filter(authorization::Column::RevokedAt.is_null());
        Ok(update.exec(&self.0).await?.rows_affected)
    }

    pub(super) async fn sweep_authorizations(&self, before: Timestamp, limit: u64) -> Result<u64> {
        let expired = authorization::Column::ExpiresAt.lt(before.millis());
        let key = authorization::Column::Id;
        super::sweep::delete_batch::<authorization::Entity, _>(&self.0, key, expired, limit).await
    }
}

/// From the authorization that `column` of `E` names to that authorization, for reading both at once.
pub(super) fn named_by<E: EntityTrait>(column: E::Column) -> RelationDef {
    E::belongs_to(authorization::Entity).from(column).to(authorization::Column::Id).into()
}

/// That this authorization is live at `now`, as a condition of a statement that uses something of it.
pub(super) fn live(id: AuthorizationId, now: Timestamp) -> Expr {
    Expr::exists(find_live(id, now).select_only().column(authorization::Column::Id).into_query())
}

fn find_live(id: AuthorizationId, now: Timestamp) -> Select<authorization::Entity> {
    authorization::Entity::find_by_id(id.0)
        .filter(authorization::Column::RevokedAt.is_null())
        .filter(authorization::Column::ExpiresAt.gt(now.millis()))
}

pub(super) fn value(row: authorization::Model) -> Result<Authorization> {
    const TABLE: &str = "authorizations";
    let revoked = row
        .revoked_at
        .map(|at| Revocation { at: Timestamp::from_millis(at), because: row.revoked_because.unwrap_or_default() });
    Ok(Authorization {
        id: AuthorizationId(row.id),
        client_id: ClientId(row.client_id),
        person_id: PersonId(row.person_id),
        sub: row.sub.unwrap_or_else(|| row.person_id.to_string()),
        grant_id: GrantId(row.grant_id),
        sid: SessionId(row.sid),
        scope: scope(TABLE, row.id, &row.scope)?,
        resources: from_json(TABLE, row.id, row.resources)?,
        claims: row.claims.map(|claims| from_json(TABLE, row.id, claims)).transpose()?.unwrap_or_default(),
        nonce: row.nonce,
        acr: row.acr,
        amr: from_json(TABLE, row.id, row.amr)?,
        auth_time: Timestamp::from_millis(row.auth_time),
        created_at: Timestamp::from_millis(row.created_at),
        last_used_at: Timestamp::from_millis(row.last_used_at),
        expires_at: Timestamp::from_millis(row.expires_at),
        revoked,
    })
}
