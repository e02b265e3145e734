//! The assertions that were used, so that none is used twice: those of clients, as keyed hashes of client and `jti`, and
//! those of passkeys, as keyed hashes of the question that they answer.

use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;

use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::ids::TokenHash;

mod assertion {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "assertion_ids")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Vec<u8>,
        pub expires_at: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

impl Tx {
    /// Notes that an assertion was used; `false` if it had been. On PostgreSQL this waits for whoever is about to use it.
    pub async fn use_assertion(&self, id: &TokenHash, expires_at: Timestamp) -> Result<bool> {
        let row = assertion::ActiveModel { id: Set(id.to_vec()), expires_at: Set(expires_at.millis()) };
        let insert = assertion::Entity::insert(row).on_conflict_do_nothing_on([assertion::Column::Id]);
        let inserted = insert.exec_without_returning(&self.0).await?;
        Ok(matches!(inserted, sea_orm::TryInsertResult::Inserted(1..)))
    }

    pub(super) async fn sweep_assertion_ids(&self, now: Timestamp, limit: u64) -> Result<u64> {
        let expired = assertion::Column::ExpiresAt.lt(now.millis());
        super::sweep::delete_batch::<assertion::Entity, _>(&self.0, assertion::Column::Id, expired, limit).await
    }
}
