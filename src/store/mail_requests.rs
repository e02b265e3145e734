//! What somebody asked to be sent, before it was looked whether they have an account: that is looked at afterwards, so
//! that no answer tells it.

use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, QuerySelect};

use super::{Result, Store, Tx};
use crate::clock::Timestamp;
use crate::ids::MailId;

/// What somebody asked for.
#[derive(Clone, Debug)]
pub struct MailRequest {
    /// Its identifier.
    pub id: MailId,
    /// What is asked for: a word of `domain::mail`.
    pub kind: String,
    /// What was typed, and from where it came, sealed: now and then it is a password.
    pub sealed: Vec<u8>,
    /// When.
    pub created_at: Timestamp,
}

mod request {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "mail_requests")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub kind: String,
        pub sealed: Vec<u8>,
        pub created_at: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

use request::{Column, Entity};

impl Store {
    /// Up to `limit` requests, the oldest first.
    pub async fn mail_requests(&self, limit: u64) -> Result<Vec<MailRequest>> {
        let waiting = Entity::find().order_by_asc(Column::CreatedAt).limit(limit);
        let value = |row: request::Model| MailRequest {
            id: MailId(row.id),
            kind: row.kind,
            sealed: row.sealed,
            created_at: Timestamp::from_millis(row.created_at),
        };
        Ok(waiting.all(&self.readers).await?.into_iter().map(value).collect())
    }
}

impl Tx {
    /// Notes what somebody asked for.
    pub async fn insert_mail_request(&self, added: &MailRequest) -> Result<()> {
        let row = request::ActiveModel {
            id: Set(added.id.0),
            kind: Set(added.kind.clone()),
            sealed: Set(added.sealed.clone()),
            created_at: Set(added.created_at.millis()),
        };
        Entity::insert(row).exec_without_returning(&self.0).await?;
        Ok(())
    }

    /// Takes a request, in the transaction that answers it: `false` if another server was quicker.
    pub async fn take_mail_request(&self, id: MailId) -> Result<bool> {
        Ok(Entity::delete_by_id(id.0).exec(&self.0).await?.rows_affected == 1)
    }

    pub(super) async fn sweep_mail_requests(&self, before: Timestamp, limit: u64) -> Result<u64> {
        let old = Column::CreatedAt.lt(before.millis());
        super::sweep::delete_batch::<Entity, _>(&self.0, Column::Id, old, limit).await
    }
}
