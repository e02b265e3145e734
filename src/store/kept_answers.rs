//! Answers that were given to a creation, so that one that is asked for twice is made once.

use std::time::Duration;

use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;

use super::only::Only;
use super::{Result, Store, Tx, token_hash};
use crate::clock::Timestamp;
use crate::ids::TokenHash;

/// How long an answer is kept at least.
const LIFETIME: Duration = Duration::from_hours(24);

/// An answer as it is kept.
#[derive(Clone, Debug)]
pub struct KeptAnswer {
    /// The keyed hash of who asked and under which key.
    pub id: TokenHash,
    /// The keyed hash of what was asked for.
    pub request_hash: TokenHash,
    /// The answer, sealed: it can hold a secret.
    pub sealed_answer: Vec<u8>,
    /// When it was given.
    pub created_at: Timestamp,
}

mod answer {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "kept_answers")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Vec<u8>,
        pub request_hash: Vec<u8>,
        pub sealed_answer: Vec<u8>,
        pub created_at: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

impl Store {
    /// The answer that was given under this identifier.
    pub async fn kept_answer(&self, id: &TokenHash) -> Result<Option<KeptAnswer>> {
        let Some(row) = answer::Entity::find_by_id(id.to_vec()).only(&self.readers).await? else { return Ok(None) };
        Ok(Some(KeptAnswer {
            id: *id,
            request_hash: token_hash("kept_answers", "request", &row.request_hash)?,
            sealed_answer: row.sealed_answer,
            created_at: Timestamp::from_millis(row.created_at),
        }))
    }
}

impl Tx {
    /// Keeps an answer; `false`, and nothing is written, if one was given under this identifier. On PostgreSQL this waits
    /// for whoever is about to give one.
    pub async fn keep_answer(&self, kept: &KeptAnswer) -> Result<bool> {
        let row = answer::ActiveModel {
            id: Set(kept.id.to_vec()),
            request_hash: Set(kept.request_hash.to_vec()),
            sealed_answer: Set(kept.sealed_answer.clone()),
            created_at: Set(kept.created_at.millis()),
        };
        let insert = answer::Entity::insert(row).on_conflict_do_nothing_on([answer::Column::Id]);
        let inserted = insert.exec_without_returning(&self.0).await?;
        Ok(matches!(inserted, sea_orm::TryInsertResult::Inserted(1..)))
    }

    pub(super) async fn sweep_kept_answers(&self, now: Timestamp, limit: u64) -> Result<u64> {
        let expired = answer::Column::CreatedAt.lt((now - LIFETIME).millis());
        super::sweep::delete_batch::<answer::Entity, _>(&self.0, answer::Column::Id, expired, limit).await
    }
}
