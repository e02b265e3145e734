//! The authenticator apps of people: whoever holds one shows codes of its secret.

use sea_orm::ActiveValue::Set;
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;

use super::{Result, Store, Tx};
use crate::clock::Timestamp;
use crate::ids::{AuthenticatorAppId, PersonId};

/// An authenticator app of a person.
#[derive(Clone, Debug)]
pub struct AuthenticatorApp {
    /// Its identifier.
    pub id: AuthenticatorAppId,
    /// Whose it is.
    pub person_id: PersonId,
    /// What they call it.
    pub name: String,
    /// Its secret, sealed.
    pub secret: Vec<u8>,
    /// The step of time of the last code that was taken of it: no earlier one is.
    pub last_step: i64,
    /// When it was confirmed by its first code.
    pub confirmed_at: Timestamp,
    /// When a code of it was last taken at a sign-in, if ever.
    pub last_used_at: Option<Timestamp>,
}

mod app {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "authenticator_apps")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub person_id: Uuid,
        pub name: String,
        pub secret: Vec<u8>,
        pub last_step: i64,
        pub confirmed_at: i64,
        pub last_used_at: Option<i64>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

use app::{ActiveModel, Column, Entity};

impl Store {
    /// The authenticator apps of a person, the oldest first.
    pub async fn authenticator_apps_of(&self, person: PersonId) -> Result<Vec<AuthenticatorApp>> {
        let rows = Entity::find().filter(Column::PersonId.eq(person.0)).order_by_asc(Column::ConfirmedAt);
        Ok(rows.order_by_asc(Column::Id).all(&self.readers).await?.into_iter().map(value).collect())
    }
}

impl Tx {
    /// Adds an authenticator app. [`super::StoreError::Exists`] if it was added already.
    pub async fn insert_authenticator_app(&self, added: &AuthenticatorApp) -> Result<()> {
        let row = ActiveModel {
            id: Set(added.id.0),
            person_id: Set(added.person_id.0),
            name: Set(added.name.clone()),
            secret: Set(added.secret.clone()),
            last_step: Set(added.last_step),
            confirmed_at: Set(added.confirmed_at.millis()),
            last_used_at: Set(added.last_used_at.map(Timestamp::millis)),
        };
        Entity::insert(row).exec_without_returning(&self.0).await?;
        Ok(())
    }

    /// Takes the code of `step`, once: `false` if that one or a later one was taken before, or the app is gone.
    pub async fn take_step(&self, id: AuthenticatorAppId, step: i64, now: Timestamp) -> Result<bool> {
        let update = Entity::update_many()
            .col_expr(Column::LastStep, Expr::value(step))
            .col_expr(Column::LastUsedAt, Expr::value(now.millis()))
            .filter(Column::Id.eq(id.0))
            .filter(Column::LastStep.lt(step));
        Ok(update.exec(&self.0).await?.rows_affected == 1)
    }

    /// Removes an authenticator app of `person`; `false` if they have no such one.
    pub async fn delete_authenticator_app(&self, id: AuthenticatorAppId, person: PersonId) -> Result<bool> {
        let delete = Entity::delete_many().filter(Column::Id.eq(id.0)).filter(Column::PersonId.eq(person.0));
        Ok(delete.exec(&self.0).await?.rows_affected == 1)
    }

    /// Removes those that a person has set up from `since` on; answers how many.
    pub async fn delete_authenticator_apps_since(&self, person: PersonId, since: Timestamp) -> Result<u64> {
        let theirs = Entity::delete_many().filter(Column::PersonId.eq(person.0));
        Ok(theirs.filter(Column::ConfirmedAt.gte(since.millis())).exec(&self.0).await?.rows_affected)
    }

    /// Removes every authenticator app of a person; answers how many.
    pub async fn delete_authenticator_apps_of(&self, person: PersonId) -> Result<u64> {
        let delete = Entity::delete_many().filter(Column::PersonId.eq(person.0));
        Ok(delete.exec(&self.0).await?.rows_affected)
    }

    /// How many authenticator apps a person has.
    pub async fn count_authenticator_apps(&self, person: PersonId) -> Result<u64> {
        use sea_orm::PaginatorTrait;
        Ok(Entity::find().filter(Column::PersonId.eq(person.0)).count(&self.0).await?)
    }
}

fn value(row: app::Model) -> AuthenticatorApp {
    AuthenticatorApp {
        id: AuthenticatorAppId(row.id),
        person_id: PersonId(row.person_id),
        name: row.name,
        secret: row.secret,
        last_step: row.last_step,
        confirmed_at: Timestamp::from_millis(row.confirmed_at),
        last_used_at: row.last_used_at.map(Timestamp::from_millis),
    }
}
