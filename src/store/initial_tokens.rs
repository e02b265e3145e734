//! The tokens by which clients may register themselves (RFC 7591 §3): keyed hashes, each good for a time and for so many
//! clients.

use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::{ExprTrait, QueryOrder};

use super::only::Only;
use super::{Result, Store, Tx, token_hash};
use crate::clock::Timestamp;
use crate::ids::{InitialTokenId, TokenHash};

/// An initial access token.
#[derive(Clone, Debug)]
pub struct InitialToken {
    /// Its identifier.
    pub id: InitialTokenId,
    /// The keyed hash.
    pub hash: TokenHash,
    /// For whom it was made, in the words of whoever made it.
    pub note: String,
    /// How many clients may be registered by it.
    pub uses: u32,
    /// How many still may.
    pub uses_left: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

mod initial_token {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "initial_access_tokens")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub hash: Vec<u8>,
        pub note: String,
        pub uses: i32,
        pub uses_left: i32,
        pub created_at: i64,
        pub expires_at: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

use initial_token::{ActiveModel, Column, Entity, Model};

impl Store {
    /// The token with this hash, whether or not it is still good.
    pub async fn initial_token(&self, hash: &TokenHash) -> Result<Option<InitialToken>> {
        let query = Entity::find().filter(Column::Hash.eq(hash.to_vec()));
        query.only(&self.readers).await?.map(value).transpose()
    }

    /// The token with this identifier, whether or not it is still good.
    pub async fn initial_token_by_id(&self, id: InitialTokenId) -> Result<Option<InitialToken>> {
        Entity::find_by_id(id.0).only(&self.readers).await?.map(value).transpose()
    }

    /// Every token that has not ended, the newest first.
    pub async fn initial_tokens(&self, now: Timestamp) -> Result<Vec<InitialToken>> {
        let query = Entity::find().filter(Column::ExpiresAt.gt(now.millis())).order_by_desc(Column::Id);
        query.all(&self.readers).await?.into_iter().map(value).collect()
    }
}

impl Tx {
    /// Writes a new token.
    pub async fn insert_initial_token(&self, added: &InitialToken) -> Result<()> {
        let row = ActiveModel {
            id: Set(added.id.0),
            hash: Set(added.hash.to_vec()),
            note: Set(added.note.clone()),
            uses: Set(number(added.uses)),
            uses_left: Set(number(added.uses_left)),
            created_at: Set(added.created_at.millis()),
            expires_at: Set(added.expires_at.millis()),
        };
        Entity::insert(row).exec_without_returning(&self.0).await?;
        Ok(())
    }

    /// Uses a token up by one: `false` if it has been used as often as it may, has ended, or is gone.
    pub async fn use_initial_token(&self, id: InitialTokenId, now: Timestamp) -> Result<bool> {
        let update = Entity::update_many()
            .col_expr(Column::UsesLeft, Expr::col(Column::UsesLeft).sub(1))
            .filter(Column::Id.eq(id.0))
            .filter(Column::UsesLeft.gt(0))
            .filter(Column::ExpiresAt.gt(now.millis()));
        Ok(update.exec(&self.0).await?.rows_affected == 1)
    }

    /// Deletes a token; `false` if there is none.
    pub async fn delete_initial_token(&self, id: InitialTokenId) -> Result<bool> {
        Ok(Entity::delete_by_id(id.0).exec(&self.0).await?.rows_affected == 1)
    }

    pub(super) async fn sweep_initial_tokens(&self, now: Timestamp, limit: u64) -> Result<u64> {
        let ended = Column::ExpiresAt.lt(now.millis());
        super::sweep::delete_batch::<Entity, _>(&self.0, Column::Id, ended, limit).await
    }
}

fn number(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn value(row: Model) -> Result<InitialToken> {
    Ok(InitialToken {
        id: InitialTokenId(row.id),
        hash: token_hash("initial_access_tokens", row.id, &row.hash)?,
        note: row.note,
        uses: u32::try_from(row.uses).unwrap_or_default(),
        uses_left: u32::try_from(row.uses_left).unwrap_or_default(),
        created_at: Timestamp::from_millis(row.created_at),
        expires_at: Timestamp::from_millis(row.expires_at),
    })
}
