//! Recovery codes: what lets a person in who has lost their second factor. Keyed hashes, each used once.

use sea_orm::ActiveValue::Set;
use sea_orm::PaginatorTrait;
use sea_orm::entity::prelude::*;

use super::{Result, Store, Tx};
use crate::clock::Timestamp;
use crate::ids::{PersonId, TokenHash};

mod code {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "recovery_codes")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub person_id: Uuid,
        #[sea_orm(unique)]
        pub hash: Vec<u8>,
        pub made_at: i64,
        pub used_at: Option<i64>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

use code::{ActiveModel, Column, Entity};

impl Store {
    /// How many recovery codes a person has left.
    pub async fn recovery_codes_left(&self, person: PersonId) -> Result<u64> {
        Ok(unused(person).count(&self.readers).await?)
    }
}

impl Tx {
    /// Gives a person these recovery codes in place of all that they had.
    pub async fn replace_recovery_codes(
        &self,
        person: PersonId,
        codes: Vec<(Uuid, TokenHash)>,
        now: Timestamp,
    ) -> Result<()> {
        self.delete_recovery_codes_of(person).await?;
        let rows = codes.into_iter().map(|(id, hash)| ActiveModel {
            id: Set(id),
            person_id: Set(person.0),
            hash: Set(hash.to_vec()),
            made_at: Set(now.millis()),
            used_at: Set(None),
        });
        Entity::insert_many(rows).exec_without_returning(&self.0).await?;
        Ok(())
    }

    /// Uses a recovery code of `person`, once: `false` if they have no such one, or it was used.
    pub async fn use_recovery_code(&self, person: PersonId, hash: &TokenHash, now: Timestamp) -> Result<bool> {
        let update = Entity::update_many()
            .col_expr(Column::UsedAt, Expr::value(now.millis()))
            .filter(Column::PersonId.eq(person.0))
            .filter(Column::Hash.eq(hash.to_vec()))
            .filter(Column::UsedAt.is_null());
        Ok(update.exec(&self.0).await?.rows_affected == 1)
    }

    /// How many a person has left, as this transaction sees it.
    pub async fn recovery_codes_left(&self, person: PersonId) -> Result<u64> {
        Ok(unused(person).count(&self.0).await?)
    }

    /// Ends those that a person was given from `since` on; answers how many there were.
    pub async fn delete_recovery_codes_since(&self, person: PersonId, since: Timestamp) -> Result<u64> {
        let theirs = Entity::delete_many().filter(Column::PersonId.eq(person.0));
        Ok(theirs.filter(Column::MadeAt.gte(since.millis())).exec(&self.0).await?.rows_affected)
    }

    /// Ends every recovery code of a person; answers how many there were.
    pub async fn delete_recovery_codes_of(&self, person: PersonId) -> Result<u64> {
        let delete = Entity::delete_many().filter(Column::PersonId.eq(person.0));
        Ok(delete.exec(&self.0).await?.rows_affected)
    }
}

fn unused(person: PersonId) -> Select<Entity> {
    Entity::find().filter(Column::PersonId.eq(person.0)).filter(Column::UsedAt.is_null())
}
