//! Mail: a queue that every server on the database works on, and what became of each.

use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::{ExprTrait, QueryOrder, QuerySelect};

use super::only::Only;
use super::{Result, Store, StoreError, Tx};
use crate::clock::Timestamp;
use crate::ids::{MailId, PersonId};

/// What became of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailState {
    /// It is to be sent.
    Waiting,
    /// It is kept to be looked at, and sent to nobody.
    Kept,
    /// A mail server has taken it.
    Sent,
    /// It was given up.
    Failed,
}

impl MailState {
    /// Its word, in the table and for people.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Kept => "kept",
            Self::Sent => "sent",
            Self::Failed => "failed",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [Self::Waiting, Self::Kept, Self::Sent, Self::Failed].into_iter().find(|state| state.word() == word)
    }
}

/// A mail.
#[derive(Clone, Debug)]
pub struct Mail {
    /// Its identifier.
    pub id: MailId,
    /// Whom it is about, if they have an account.
    pub person_id: Option<PersonId>,
    /// What it is for: a word of `domain::mail`.
    pub kind: String,
    /// To which address it goes.
    pub recipient: String,
    /// What it says, sealed; nothing once that is of no use any more.
    pub sealed: Option<Vec<u8>>,
    /// What became of it.
    pub state: MailState,
    /// How often it was tried.
    pub attempts: i32,
    /// When it is to be tried; while somebody is about it, when others may.
    pub due_at: Option<Timestamp>,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it is tried for the last time.
    pub expires_at: Timestamp,
    /// When all of it is forgotten.
    pub forgotten_at: Timestamp,
    /// Why it was not sent, the last time.
    pub reason: Option<String>,
}

mod mail {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "mails")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub person_id: Option<Uuid>,
        pub kind: String,
        pub recipient: String,
        pub sealed: Option<Vec<u8>>,
        pub state: String,
        pub attempts: i32,
        pub due_at: Option<i64>,
        pub created_at: i64,
        pub expires_at: i64,
        pub forgotten_at: i64,
        pub reason: Option<String>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

use mail::{Column, Entity};

impl Store {
    /// Up to `limit` mails that are due, the longest due first; of a row that fits no state, its identifier.
    pub async fn due_mails(&self, now: Timestamp, limit: u64) -> Result<Vec<std::result::Result<Mail, MailId>>> {
        let due = Entity::find().filter(Column::DueAt.lte(now.millis())).order_by_asc(Column::DueAt).limit(limit);
        let rows = due.all(&self.readers).await?;
        Ok(rows.into_iter().map(|row| (MailId(row.id), value(row))).map(|(id, mail)| mail.map_err(|_| id)).collect())
    }

    /// Up to `limit` mails, the latest first.
    pub async fn latest_mails(&self, limit: u64) -> Result<Vec<Mail>> {
        let latest = Entity::find().order_by_desc(Column::CreatedAt).order_by_desc(Column::Id).limit(limit);
        latest.all(&self.readers).await?.into_iter().map(value).collect()
    }

    /// How many mails of a kind were written to somebody since `since`.
    pub async fn mails_since(&self, person: PersonId, kind: &str, since: Timestamp) -> Result<u64> {
        let to_them =
            Column::PersonId.eq(person.0).and(Column::Kind.eq(kind)).and(Column::CreatedAt.gt(since.millis()));
        Ok(Entity::find().filter(to_them).count(&self.readers).await?)
    }

    /// How many mails of these kinds were written to an address since `since`, whoever has it.
    pub async fn mails_to_since(&self, recipient: &str, kinds: &[&str], since: Timestamp) -> Result<u64> {
        Ok(to_since(recipient, kinds, since).count(&self.readers).await?)
    }

    /// Every mail to somebody that is not forgotten yet, the latest first.
    pub async fn mails_of(&self, person: PersonId) -> Result<Vec<Mail>> {
        let theirs = Entity::find().filter(Column::PersonId.eq(person.0)).order_by_desc(Column::CreatedAt);
        theirs.order_by_desc(Column::Id).all(&self.readers).await?.into_iter().map(value).collect()
    }

    /// One mail.
    pub async fn mail(&self, id: MailId) -> Result<Option<Mail>> {
        Entity::find_by_id(id.0).only(&self.readers).await?.map(value).transpose()
    }
}

fn to_since(recipient: &str, kinds: &[&str], since: Timestamp) -> Select<Entity> {
    let of_kinds = Column::Kind.is_in(kinds.iter().copied());
    Entity::find().filter(Column::Recipient.eq(recipient).and(of_kinds).and(Column::CreatedAt.gt(since.millis())))
}

impl Tx {
    /// [`Store::mails_to_since`], as this transaction sees it.
    pub async fn mails_to_since(&self, recipient: &str, kinds: &[&str], since: Timestamp) -> Result<u64> {
        Ok(to_since(recipient, kinds, since).count(&self.0).await?)
    }

    /// Puts a mail into the queue, in the transaction of what it tells.
    pub async fn insert_mail(&self, added: &Mail) -> Result<()> {
        let row = mail::ActiveModel {
            id: Set(added.id.0),
            person_id: Set(added.person_id.map(|person| person.0)),
            kind: Set(added.kind.clone()),
            recipient: Set(added.recipient.clone()),
            sealed: Set(added.sealed.clone()),
            state: Set(added.state.word().to_owned()),
            attempts: Set(added.attempts),
            due_at: Set(added.due_at.map(Timestamp::millis)),
            created_at: Set(added.created_at.millis()),
            expires_at: Set(added.expires_at.millis()),
            forgotten_at: Set(added.forgotten_at.millis()),
            reason: Set(added.reason.clone()),
        };
        Entity::insert(row).exec_without_returning(&self.0).await?;
        Ok(())
    }

    /// Takes a mail as it was read, until `until`: `false` if somebody else was quicker.
    pub async fn take_mail(&self, read: &Mail, until: Timestamp) -> Result<bool> {
        let update = Entity::update_many()
            .col_expr(Column::DueAt, Expr::value(until.millis()))
            .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
            .filter(as_read(read));
        Ok(update.exec(&self.0).await?.rows_affected == 1)
    }

    /// Puts a mail off that was taken, as it was taken, and says why: `false` if somebody else has it.
    pub async fn put_off_mail(&self, taken: &Mail, until: Timestamp, reason: &str) -> Result<bool> {
        let update = Entity::update_many()
            .col_expr(Column::DueAt, Expr::value(until.millis()))
            .col_expr(Column::Reason, Expr::value(reason))
            .filter(as_read(taken));
        Ok(update.exec(&self.0).await?.rows_affected == 1)
    }

    /// Ends the way of a mail that was taken, as it was taken; what it said is gone with that. `false` if somebody else
    /// has it.
    pub async fn end_mail(&self, taken: &Mail, state: MailState, reason: Option<&str>) -> Result<bool> {
        let update = Entity::update_many()
            .col_expr(Column::DueAt, Expr::value(None::<i64>))
            .col_expr(Column::Sealed, Expr::value(None::<Vec<u8>>))
            .col_expr(Column::State, Expr::value(state.word()))
            .col_expr(Column::Reason, Expr::value(reason.map(str::to_owned)))
            .filter(as_read(taken));
        Ok(update.exec(&self.0).await?.rows_affected == 1)
    }

    /// Deletes every mail to somebody, whatever became of it.
    pub(super) async fn delete_mails_of(&self, person: PersonId) -> Result<()> {
        Entity::delete_many().filter(Column::PersonId.eq(person.0)).exec(&self.0).await?;
        Ok(())
    }

    /// Ends the way of a mail whose row fits no state; `false` if that was done before.
    pub async fn fail_mail(&self, id: MailId, reason: &str) -> Result<bool> {
        let update = Entity::update_many()
            .col_expr(Column::DueAt, Expr::value(None::<i64>))
            .col_expr(Column::Sealed, Expr::value(None::<Vec<u8>>))
            .col_expr(Column::State, Expr::value(MailState::Failed.word()))
            .col_expr(Column::Reason, Expr::value(reason))
            .filter(Column::Id.eq(id.0).and(Column::DueAt.is_not_null()));
        Ok(update.exec(&self.0).await?.rows_affected == 1)
    }

    pub(super) async fn sweep_mails(&self, before: Timestamp, limit: u64) -> Result<u64> {
        let forgotten = Column::ForgottenAt.lt(before.millis());
        super::sweep::delete_batch::<Entity, _>(&self.0, Column::Id, forgotten, limit).await
    }
}

/// That nobody has had a mail since.
fn as_read(read: &Mail) -> Expr {
    let due = read.due_at.map(Timestamp::millis);
    Column::Id.eq(read.id.0).and(Column::DueAt.eq(due)).and(Column::Attempts.eq(read.attempts))
}

fn value(row: mail::Model) -> Result<Mail> {
    let state = MailState::from_word(&row.state)
        .ok_or_else(|| StoreError::inconsistent("mails", row.id, format!("no such state: {}", row.state)))?;
    Ok(Mail {
        id: MailId(row.id),
        person_id: row.person_id.map(PersonId),
        kind: row.kind,
        recipient: row.recipient,
        sealed: row.sealed,
        state,
        attempts: row.attempts,
        due_at: row.due_at.map(Timestamp::from_millis),
        created_at: Timestamp::from_millis(row.created_at),
        expires_at: Timestamp::from_millis(row.expires_at),
        forgotten_at: Timestamp::from_millis(row.forgotten_at),
        reason: row.reason,
    })
}
