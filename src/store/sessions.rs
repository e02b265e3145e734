//! Browser sessions: one row for each person who is signed in at a browser.

use std::collections::HashMap;

use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::LockType;
use sea_orm::{QueryOrder, QuerySelect};

use super::only::Only;
use super::{Result, Store, Tx, from_json};
use crate::clock::Timestamp;
use crate::ids::{BrowserId, PersonId, SessionId};

/// A browser session.
#[derive(Clone, Debug)]
pub struct Session {
    /// Its public identifier.
    pub sid: SessionId,
    /// At which browser.
    pub browser: BrowserId,
    /// Who is signed in.
    pub person_id: PersonId,
    /// Who is signed in, since when and how, as the session middleware keeps it.
    pub state: HashMap<String, String>,
    /// Whether it outlives the browser's window.
    pub remember: bool,
    /// From which address it was begun, if that is known.
    pub address: Option<String>,
    /// With which program: the `User-Agent` header, shortened.
    pub user_agent: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_seen_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

pub(super) mod session {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "sessions")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub sid: Uuid,
        pub browser_id: Uuid,
        pub person_id: Uuid,
        pub state: Json,
        pub remember: bool,
        pub address: Option<String>,
        #[sea_orm(column_type = "Text", nullable)]
        pub user_agent: Option<String>,
        pub created_at: i64,
        pub last_seen_at: i64,
        pub expires_at: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

impl Store {
    /// Who is signed in at a browser, in the order in which they signed in.
    pub async fn sessions_at(&self, browser: BrowserId, now: Timestamp) -> Result<Vec<Session>> {
        let rows = session::Entity::find()
            .filter(session::Column::BrowserId.eq(browser.0))
            .filter(session::Column::ExpiresAt.gt(now.millis()))
            .order_by_asc(session::Column::CreatedAt)
            .order_by_asc(session::Column::Sid)
            .all(&self.readers)
            .await?;
        rows.into_iter().map(value).collect()
    }

    /// Where a person is signed in, the latest used first.
    pub async fn sessions_of(&self, person: PersonId, now: Timestamp) -> Result<Vec<Session>> {
        let rows = session::Entity::find()
            .filter(session::Column::PersonId.eq(person.0))
            .filter(session::Column::ExpiresAt.gt(now.millis()))
            .order_by_desc(session::Column::LastSeenAt)
            .all(&self.readers)
            .await?;
        rows.into_iter().map(value).collect()
    }

    /// The session with this identifier, unless it has ended.
    pub async fn session_by_sid(&self, sid: SessionId, now: Timestamp) -> Result<Option<Session>> {
        let row = session::Entity::find()
            .filter(session::Column::Sid.eq(sid.0))
            .filter(session::Column::ExpiresAt.gt(now.millis()))
            .only(&self.readers)
            .await?;
        row.map(value).transpose()
    }

    /// Whether the session with this identifier still lives.
    pub async fn session_lives(&self, sid: SessionId, now: Timestamp) -> Result<bool> {
        let row = session::Entity::find()
            .filter(session::Column::Sid.eq(sid.0))
            .filter(session::Column::ExpiresAt.gt(now.millis()))
            .only(&self.readers)
            .await?;
        Ok(row.is_some())
    }
}

impl Tx {
    /// Writes a new session.
    pub async fn insert_session(&self, added: &Session) -> Result<()> {
        session::Entity::insert(row(added)).exec_without_returning(&self.0).await?;
        Ok(())
    }

    /// Writes a session in the place of the one with its identifier.
    pub async fn replace_session(&self, new: &Session) -> Result<()> {
        session::Entity::update(row(new)).exec(&self.0).await?;
        Ok(())
    }

    /// Notes that a session was used, and until when it lives now.
    pub async fn touch_session(&self, sid: SessionId, now: Timestamp, expires_at: Timestamp) -> Result<bool> {
        let update = session::Entity::update_many()
            .col_expr(session::Column::LastSeenAt, Expr::value(now.millis()))
            .col_expr(session::Column::ExpiresAt, Expr::value(expires_at.millis()))
            .filter(session::Column::Sid.eq(sid.0));
        Ok(update.exec(&self.0).await?.rows_affected == 1)
    }

    /// Whether the session with this identifier still lives. It lives on until this transaction ends: on PostgreSQL the
    /// look locks the row, so that a sign-out waits, and then finds what was written here.
    pub async fn hold_session(&self, sid: SessionId, now: Timestamp) -> Result<bool> {
        let row = session::Entity::find()
            .filter(session::Column::Sid.eq(sid.0))
            .filter(session::Column::ExpiresAt.gt(now.millis()))
            .lock(LockType::KeyShare)
            .only(&self.0)
            .await?;
        Ok(row.is_some())
    }

    /// The session with this identifier, kept from others until this transaction ends: on PostgreSQL by locking its row.
    pub async fn hold_session_to_end(&self, sid: SessionId) -> Result<Option<Session>> {
        let found = session::Entity::find().filter(session::Column::Sid.eq(sid.0)).lock(LockType::Update);
        found.only(&self.0).await?.map(value).transpose()
    }

    /// Keeps the sessions of a person from others until this transaction ends: on PostgreSQL by locking their rows. Whoever holds
    /// the person or all people, too, does this first: who begins a session or gives a code locks the session before the person.
    pub async fn hold_sessions_of(&self, person: PersonId) -> Result<()> {
        let theirs = session::Entity::find().filter(session::Column::PersonId.eq(person.0));
        theirs.lock(LockType::Update).all(&self.0).await?;
        Ok(())
    }

    /// Ends the session with this identifier, at whatever browser it lives.
    pub async fn delete_session_by_sid(&self, sid: SessionId) -> Result<bool> {
        let delete = session::Entity::delete_many().filter(session::Column::Sid.eq(sid.0));
        Ok(delete.exec(&self.0).await?.rows_affected == 1)
    }

    /// Ends every session of a person; answers which.
    pub async fn delete_sessions_of(&self, person: PersonId) -> Result<Vec<SessionId>> {
        let delete = session::Entity::delete_many().filter(session::Column::PersonId.eq(person.0));
        Ok(delete.exec_with_returning(&self.0).await?.into_iter().map(|row| SessionId(row.sid)).collect())
    }

    /// Those that nobody has used for too long, and with them which clients they had signed in to.
    pub(super) async fn sweep_sessions(&self, now: Timestamp, limit: u64) -> Result<u64> {
        let expired = session::Entity::find().filter(session::Column::ExpiresAt.lt(now.millis())).limit(limit);
        let sids: Vec<Uuid> = expired.select_only().column(session::Column::Sid).into_tuple().all(&self.0).await?;
        if sids.is_empty() {
            return Ok(0);
        }
        let swept = session::Entity::delete_many()
            .filter(session::Column::Sid.is_in(sids))
            .filter(session::Column::ExpiresAt.lt(now.millis()))
            .exec_with_returning(&self.0)
            .await?;
        let swept: Vec<_> = swept.into_iter().map(|row| SessionId(row.sid)).collect();
        self.forget_session_clients(&swept).await?;
        Ok(swept.len() as u64)
    }
}

fn row(session: &Session) -> session::ActiveModel {
    session::ActiveModel {
        sid: Set(session.sid.0),
        browser_id: Set(session.browser.0),
        person_id: Set(session.person_id.0),
        state: Set(state_json(&session.state)),
        remember: Set(session.remember),
        address: Set(session.address.clone()),
        user_agent: Set(session.user_agent.clone()),
        created_at: Set(session.created_at.millis()),
        last_seen_at: Set(session.last_seen_at.millis()),
        expires_at: Set(session.expires_at.millis()),
    }
}

fn state_json(state: &HashMap<String, String>) -> serde_json::Value {
    state.iter().map(|(key, value)| (key.clone(), serde_json::Value::from(value.as_str()))).collect()
}

fn value(row: session::Model) -> Result<Session> {
    Ok(Session {
        sid: SessionId(row.sid),
        browser: BrowserId(row.browser_id),
        person_id: PersonId(row.person_id),
        state: from_json("sessions", row.sid, row.state)?,
        remember: row.remember,
        address: row.address,
        user_agent: row.user_agent,
        created_at: Timestamp::from_millis(row.created_at),
        last_seen_at: Timestamp::from_millis(row.last_seen_at),
        expires_at: Timestamp::from_millis(row.expires_at),
    })
}
