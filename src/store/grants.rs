//! Grants: what a person has allowed a client, remembered until it is withdrawn. One row per person and client.

use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, QuerySelect};

use super::only::Only;
use super::{Result, Store, Tx, scope};
use crate::clock::Timestamp;
use crate::ids::{ClientId, GrantId, PersonId};
use crate::protocol::claims_request::ClaimNames;
use crate::protocol::scope::Scope;

/// What a person has allowed a client.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Its identifier.
    pub id: GrantId,
    /// Who allowed it.
    pub person_id: PersonId,
    /// To whom.
    pub client_id: ClientId,
    /// What.
    pub scope: Scope,
    /// What they were asked for besides, and left out.
    pub declined: Scope,
    /// What may be told of them claim by claim, beside what the scope releases.
    pub claims: ClaimNames,
    /// Since when.
    pub created_at: Timestamp,
    /// When the scope last changed.
    pub updated_at: Timestamp,
    /// When the client last obtained tokens by it.
    pub last_used_at: Timestamp,
}

mod grant {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "grants")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub person_id: Uuid,
        pub client_id: String,
        #[sea_orm(column_type = "Text")]
        pub scope: String,
        #[sea_orm(column_type = "Text")]
        pub declined: String,
        #[sea_orm(column_type = "Text", nullable)]
        pub claims: Option<String>,
        pub created_at: i64,
        pub updated_at: i64,
        pub last_used_at: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

impl Grant {
    /// What was allowed, on one line for whoever knows the names: the scope, and the claims beside it.
    #[must_use]
    pub fn may(&self) -> String {
        if self.claims.is_empty() { self.scope.to_string() } else { format!("{} + {}", self.scope, self.claims) }
    }
}

async fn find(db: &impl ConnectionTrait, person: PersonId, client: &ClientId) -> Result<Option<Grant>> {
    let row = grant::Entity::find()
        .filter(grant::Column::PersonId.eq(person.0))
        .filter(grant::Column::ClientId.eq(client.0.clone()))
        .only(db)
        .await?;
    row.map(value).transpose()
}

impl Store {
    /// What this person has allowed this client, if anything.
    pub async fn grant(&self, person: PersonId, client: &ClientId) -> Result<Option<Grant>> {
        find(&self.readers, person, client).await
    }

    /// The grant of this identifier.
    pub async fn grant_by_id(&self, id: GrantId) -> Result<Option<Grant>> {
        grant::Entity::find_by_id(id.0).only(&self.readers).await?.map(value).transpose()
    }

    /// Everything this person has allowed, the latest used first.
    pub async fn grants_of(&self, person: PersonId) -> Result<Vec<Grant>> {
        let rows = grant::Entity::find()
            .filter(grant::Column::PersonId.eq(person.0))
            .order_by_desc(grant::Column::LastUsedAt)
            .all(&self.readers)
            .await?;
        rows.into_iter().map(value).collect()
    }

    /// Up to `limit` of what people have allowed this client, those that follow `after`.
    pub async fn grants_to(&self, client: &ClientId, after: Option<GrantId>, limit: u64) -> Result<Vec<Grant>> {
        let query = grant::Entity::find().filter(grant::Column::ClientId.eq(client.0.clone()));
        let mut query = query.order_by_asc(grant::Column::Id).limit(limit);
        if let Some(after) = after {
            query = query.filter(grant::Column::Id.gt(after.0));
        }
        query.all(&self.readers).await?.into_iter().map(value).collect()
    }
}

impl Tx {
    /// Adds `scope` to what a person has allowed a client, and `declined` to what they left out; `new` is the
    /// identifier if there was no grant yet.
    pub async fn extend_grant(
        &self,
        new: GrantId,
        person: PersonId,
        client: &ClientId,
        scope: &Scope,
        declined: &Scope,
        now: Timestamp,
    ) -> Result<GrantId> {
        let added = grant::ActiveModel {
            id: Set(new.0),
            person_id: Set(person.0),
            client_id: Set(client.0.clone()),
            scope: Set(scope.to_string()),
            declined: Set(declined.to_string()),
            claims: Set(None),
            created_at: Set(now.millis()),
            updated_at: Set(now.millis()),
            last_used_at: Set(now.millis()),
        };
        let unique = [grant::Column::PersonId, grant::Column::ClientId];
        let inserted =
            grant::Entity::insert(added).on_conflict_do_nothing_on(unique).exec_without_returning(&self.0).await?;
        if matches!(inserted, sea_orm::TryInsertResult::Inserted(1..)) {
            return Ok(new);
        }
        // This update comes before the look, because it locks the row: on PostgreSQL two tabs would otherwise read the
        // same scope, and the later write would lose what the earlier one added.
        grant::Entity::update_many()
            .col_expr(grant::Column::LastUsedAt, Expr::value(now.millis()))
            .filter(grant::Column::PersonId.eq(person.0))
            .filter(grant::Column::ClientId.eq(client.0.clone()))
            .exec(&self.0)
            .await?;
        let Some(grant) = find(&self.0, person, client).await? else {
            return Err(super::StoreError::inconsistent("grants", new, "neither inserted nor found"));
        };
        let together = grant.scope.union(scope);
        // The latest answer counts: what is allowed now was not declined, and the reverse leaves what was allowed.
        let declined = grant.declined.union(declined).without(scope);
        let updated_at = if together == grant.scope { grant.updated_at } else { now };
        grant::Entity::update_many()
            .col_expr(grant::Column::Scope, Expr::value(together.to_string()))
            .col_expr(grant::Column::Declined, Expr::value(declined.to_string()))
            .col_expr(grant::Column::UpdatedAt, Expr::value(updated_at.millis()))
            .filter(grant::Column::Id.eq(grant.id.0))
            .exec(&self.0)
            .await?;
        Ok(grant.id)
    }

    /// Adds to what an app may be told claim by claim. The grant was extended before in this transaction, which locks it.
    pub async fn allow_claims(&self, id: GrantId, claims: &ClaimNames, now: Timestamp) -> Result<()> {
        let Some(row) = grant::Entity::find_by_id(id.0).only(&self.0).await? else { return Ok(()) };
        let before = value(row)?.claims;
        let together = before.union(claims);
        if together == before {
            return Ok(());
        }
        grant::Entity::update_many()
            .col_expr(grant::Column::Claims, Expr::value(together.to_string()))
            .col_expr(grant::Column::UpdatedAt, Expr::value(now.millis()))
            .filter(grant::Column::Id.eq(id.0))
            .exec(&self.0)
            .await?;
        Ok(())
    }

    /// Deletes grants with every authorization, code and token that came of them; answers how many there were.
    pub async fn delete_grants(&self, ids: &[GrantId]) -> Result<u64> {
        self.outdate_memory();
        let ids = || ids.iter().map(|id| id.0);
        // Authorizations first: whoever redeems holds the authorization before the grant, and on PostgreSQL the two
        // would wait for each other.
        self.hold_authorizations_of_grants(ids()).await?;
        let delete = grant::Entity::delete_many().filter(grant::Column::Id.is_in(ids()));
        Ok(delete.exec(&self.0).await?.rows_affected)
    }

    /// Deletes whatever a person has allowed, with all that came of it; answers how many grants there were.
    pub async fn delete_grants_of(&self, person: PersonId) -> Result<u64> {
        let theirs = grant::Entity::find().filter(grant::Column::PersonId.eq(person.0)).all(&self.0).await?;
        let ids: Vec<GrantId> = theirs.into_iter().map(|row| GrantId(row.id)).collect();
        self.delete_grants(&ids).await
    }

    /// Notes that a client obtained tokens by a grant.
    pub async fn touch_grant(&self, id: GrantId, now: Timestamp) -> Result<()> {
        grant::Entity::update_many()
            .col_expr(grant::Column::LastUsedAt, Expr::value(now.millis()))
            .filter(grant::Column::Id.eq(id.0))
            .exec(&self.0)
            .await?;
        Ok(())
    }
}

fn value(row: grant::Model) -> Result<Grant> {
    Ok(Grant {
        id: GrantId(row.id),
        person_id: PersonId(row.person_id),
        client_id: ClientId(row.client_id),
        scope: scope("grants", row.id, &row.scope)?,
        declined: scope("grants", row.id, &row.declined)?,
        claims: row.claims.as_deref().map(ClaimNames::parse).unwrap_or_default(),
        created_at: Timestamp::from_millis(row.created_at),
        updated_at: Timestamp::from_millis(row.updated_at),
        last_used_at: Timestamp::from_millis(row.last_used_at),
    })
}
