//! Which clients each browser session has signed in to, of those that want to know when it ends.

use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;

use super::{Result, Tx};
use crate::ids::{ClientId, SessionId};

mod session_client {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "session_clients")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub sid: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub client_id: String,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

use session_client::{Column, Entity};

impl Tx {
    /// Notes that a session has signed in to a client, however often it does.
    pub async fn note_session_client(&self, sid: SessionId, client: &ClientId) -> Result<()> {
        let row = session_client::ActiveModel { sid: Set(sid.0), client_id: Set(client.0.clone()) };
        let insert = Entity::insert(row).on_conflict_do_nothing_on([Column::Sid, Column::ClientId]);
        insert.exec_without_returning(&self.0).await?;
        Ok(())
    }

    /// Takes away, once, which clients these sessions have signed in to.
    pub async fn take_session_clients(&self, sids: &[SessionId]) -> Result<Vec<(SessionId, ClientId)>> {
        let rows = of(sids).exec_with_returning(&self.0).await?;
        Ok(rows.into_iter().map(|row| (SessionId(row.sid), ClientId(row.client_id))).collect())
    }

    pub(super) async fn forget_session_clients(&self, sids: &[SessionId]) -> Result<()> {
        of(sids).exec(&self.0).await?;
        Ok(())
    }
}

fn of(sids: &[SessionId]) -> sea_orm::DeleteMany<Entity> {
    Entity::delete_many().filter(Column::Sid.is_in(sids.iter().map(|sid| sid.0)))
}
