//! Browsers in which people are signed in: one row each, found by the keyed hash of the cookie's key. Who is signed in
//! there is told by their sessions.

use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;

use super::only::Only;
use super::sweep::delete_batch;
use super::{Result, Store, Tx};
use crate::clock::Timestamp;
use crate::ids::{BrowserId, SessionId, TokenHash};

/// A browser.
#[derive(Clone, Debug)]
pub struct Browser {
    /// What its sessions refer to; never told to anybody.
    pub id: BrowserId,
    /// The keyed hash of the cookie's key.
    pub key_hash: TokenHash,
    /// The session that was begun or chosen last. It may have ended since.
    pub current: SessionId,
    /// When the last of its sessions has ended for certain.
    pub expires_at: Timestamp,
}

mod browser {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "browsers")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        #[sea_orm(unique)]
        pub key_hash: Vec<u8>,
        pub current_sid: Uuid,
        pub expires_at: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

use browser::{ActiveModel, Column, Entity};

impl Store {
    /// The browser whose cookie's key has this hash, and the session chosen there.
    pub async fn browser(&self, key_hash: &TokenHash) -> Result<Option<(BrowserId, SessionId)>> {
        let row = Entity::find().filter(Column::KeyHash.eq(key_hash.to_vec())).only(&self.readers).await?;
        Ok(row.map(|row| (BrowserId(row.id), SessionId(row.current_sid))))
    }
}

impl Tx {
    /// Writes down a browser that had nobody yet.
    pub async fn insert_browser(&self, added: &Browser) -> Result<()> {
        let row = ActiveModel {
            id: Set(added.id.0),
            key_hash: Set(added.key_hash.to_vec()),
            current_sid: Set(added.current.0),
            expires_at: Set(added.expires_at.millis()),
        };
        Entity::insert(row).exec_without_returning(&self.0).await?;
        Ok(())
    }

    /// Gives the browser whose key has the hash `old` another key, session and end; answers which browser it is, unless
    /// `old` is no browser's key any more.
    pub async fn turn_browser(
        &self,
        old: &TokenHash,
        new: &TokenHash,
        current: SessionId,
        expires_at: Timestamp,
    ) -> Result<Option<BrowserId>> {
        let update = Entity::update_many()
            .col_expr(Column::KeyHash, Expr::value(new.to_vec()))
            .col_expr(Column::CurrentSid, Expr::value(current.0))
            .col_expr(Column::ExpiresAt, Expr::value(expires_at.millis()))
            .filter(Column::KeyHash.eq(old.to_vec()));
        Ok(update.exec_with_returning(&self.0).await?.pop().map(|row| BrowserId(row.id)))
    }

    /// Makes a session the current one of its browser.
    pub async fn choose_session(&self, browser: BrowserId, sid: SessionId) -> Result<bool> {
        let update =
            Entity::update_many().col_expr(Column::CurrentSid, Expr::value(sid.0)).filter(Column::Id.eq(browser.0));
        Ok(update.exec(&self.0).await?.rows_affected == 1)
    }

    /// Forgets the browser whose cookie's key has this hash.
    pub async fn delete_browser(&self, key_hash: &TokenHash) -> Result<bool> {
        let delete = Entity::delete_many().filter(Column::KeyHash.eq(key_hash.to_vec()));
        Ok(delete.exec(&self.0).await?.rows_affected == 1)
    }

    /// Those in which nobody has signed in for longer than a session may live.
    pub(super) async fn sweep_browsers(&self, now: Timestamp, limit: u64) -> Result<u64> {
        delete_batch::<Entity, _>(&self.0, Column::Id, Column::ExpiresAt.lt(now.millis()), limit).await
    }
}
