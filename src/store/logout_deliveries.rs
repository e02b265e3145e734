//! Who is still to be told that a session ended: a queue that every server on the database works on.

use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::{ExprTrait, QueryOrder, QuerySelect};

use super::{Result, Store, Tx};
use crate::clock::Timestamp;
use crate::ids::{ClientId, PersonId, SessionId};

/// The news for one client that a session ended.
#[derive(Clone, Debug)]
pub struct LogoutDelivery {
    /// Which session ended.
    pub sid: SessionId,
    /// Who is to be told.
    pub client_id: ClientId,
    /// Whose session it was.
    pub person_id: PersonId,
    /// How often it was tried.
    pub attempts: i32,
    /// When it is to be tried; while somebody is about it, when others may.
    pub due_at: Timestamp,
    /// When the session ended.
    pub created_at: Timestamp,
    /// When it is tried for the last time.
    pub expires_at: Timestamp,
}

mod delivery {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "logout_deliveries")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub sid: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub client_id: String,
        pub person_id: Uuid,
        pub attempts: i32,
        pub due_at: i64,
        pub created_at: i64,
        pub expires_at: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

use delivery::{Column, Entity};

impl Store {
    /// Up to `limit` deliveries that are due, the longest due first.
    pub async fn due_logout_deliveries(&self, now: Timestamp, limit: u64) -> Result<Vec<LogoutDelivery>> {
        let due = Entity::find().filter(Column::DueAt.lte(now.millis())).order_by_asc(Column::DueAt).limit(limit);
        Ok(due.all(&self.readers).await?.into_iter().map(value).collect())
    }
}

impl Tx {
    /// Queues a delivery.
    pub async fn insert_logout_delivery(&self, added: &LogoutDelivery) -> Result<()> {
        let row = delivery::ActiveModel {
            sid: Set(added.sid.0),
            client_id: Set(added.client_id.0.clone()),
            person_id: Set(added.person_id.0),
            attempts: Set(added.attempts),
            due_at: Set(added.due_at.millis()),
            created_at: Set(added.created_at.millis()),
            expires_at: Set(added.expires_at.millis()),
        };
        Entity::insert(row).exec_without_returning(&self.0).await?;
        Ok(())
    }

    /// Takes a delivery as it was read, until `until`: `false` if somebody else was quicker.
    pub async fn take_logout_delivery(&self, read: &LogoutDelivery, until: Timestamp) -> Result<bool> {
        let update = Entity::update_many()
            .col_expr(Column::DueAt, Expr::value(until.millis()))
            .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
            .filter(as_read(read));
        Ok(update.exec(&self.0).await?.rows_affected == 1)
    }

    /// Puts a delivery off that was taken, as it was taken: `false` if it took so long that somebody else has it.
    pub async fn put_off_logout_delivery(&self, taken: &LogoutDelivery, until: Timestamp) -> Result<bool> {
        let update = Entity::update_many().col_expr(Column::DueAt, Expr::value(until.millis())).filter(as_read(taken));
        Ok(update.exec(&self.0).await?.rows_affected == 1)
    }

    /// Ends a delivery that was taken, as it was taken: `false` if it took so long that somebody else has it.
    pub async fn end_logout_delivery(&self, taken: &LogoutDelivery) -> Result<bool> {
        Ok(Entity::delete_many().filter(as_read(taken)).exec(&self.0).await?.rows_affected == 1)
    }

    pub(super) async fn sweep_logout_deliveries(&self, before: Timestamp, limit: u64) -> Result<u64> {
        let expired = Column::ExpiresAt.lt(before.millis());
        // All deliveries of one session have the same end.
        super::sweep::delete_batch::<Entity, _>(&self.0, Column::Sid, expired, limit).await
    }
}

/// That nobody has had a delivery since.
fn as_read(read: &LogoutDelivery) -> Expr {
    let unchanged = Column::DueAt.eq(read.due_at.millis()).and(Column::Attempts.eq(read.attempts));
    Column::Sid.eq(read.sid.0).and(Column::ClientId.eq(read.client_id.as_str())).and(unchanged)
}

fn value(row: delivery::Model) -> LogoutDelivery {
    LogoutDelivery {
        sid: SessionId(row.sid),
        client_id: ClientId(row.client_id),
        person_id: PersonId(row.person_id),
        attempts: row.attempts,
        due_at: Timestamp::from_millis(row.due_at),
        created_at: Timestamp::from_millis(row.created_at),
        expires_at: Timestamp::from_millis(row.expires_at),
    }
}
