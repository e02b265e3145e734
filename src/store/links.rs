//! One-time links: the first admin's set-up, invitations, and those that are mailed.

use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::{ExprTrait, PaginatorTrait};

use super::only::Only;
use super::{Result, Store, StoreError, Tx, token_hash};
use crate::clock::Timestamp;
use crate::ids::{PersonId, TokenHash};

/// What a link lets its holder do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkPurpose {
    /// Create the first admin.
    SetUp,
    /// Choose a password for an account that was made for them.
    Invitation(PersonId),
    /// Choose another password in the place of one that was forgotten.
    Recovery(PersonId),
    /// Sign in.
    SignIn(PersonId),
    /// Take the address that it was sent to as one's own.
    Email(PersonId),
    /// Have the address back that it was sent to.
    EmailUndo(PersonId),
    /// Make an account with the address of the link.
    Registration(RegistrationBy),
}

impl LinkPurpose {
    /// Whose account it is about, if it is about one.
    #[must_use]
    pub const fn person(self) -> Option<PersonId> {
        match self {
            Self::SetUp | Self::Registration(_) => None,
            Self::Invitation(person)
            | Self::Recovery(person)
            | Self::SignIn(person)
            | Self::Email(person)
            | Self::EmailUndo(person) => Some(person),
        }
    }
}

/// How somebody comes by a link by which they make an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegistrationBy {
    /// They asked for it, and it was mailed to the address.
    OwnRequest,
    /// An admin invited them, and it was mailed to the address.
    Invitation,
    /// An admin invited them, and handed it over: whose the address is, nobody has seen.
    InvitationByHand,
}

impl RegistrationBy {
    const ALL: [Self; 3] = [Self::OwnRequest, Self::Invitation, Self::InvitationByHand];

    /// Its word, in the table and in events.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::OwnRequest => "registration",
            Self::Invitation => "invitation_to_register",
            Self::InvitationByHand => "invitation_by_hand",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.word() == word)
    }
}

/// A one-time link.
#[derive(Clone, Debug)]
pub struct OneTimeLink {
    /// The keyed hash of its token.
    pub hash: TokenHash,
    /// What it is for.
    pub purpose: LinkPurpose,
    /// To which address it was sent, if to one: most hold only as long as their person has that address. Of a registration: the
    /// address of the account.
    pub address: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was used, if so.
    pub used_at: Option<Timestamp>,
}

mod link {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "one_time_links")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub hash: Vec<u8>,
        pub purpose: String,
        pub person_id: Option<Uuid>,
        pub created_at: i64,
        pub expires_at: i64,
        pub used_at: Option<i64>,
        pub address: Option<String>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

const SET_UP: &str = "set_up";
const INVITATION: &str = "invitation";
const RECOVERY: &str = "recovery";
const SIGN_IN: &str = "sign_in";
const EMAIL: &str = "email";
const EMAIL_UNDO: &str = "email_undo";

impl Store {
    /// The link with this hash, used and expired ones too.
    pub async fn link(&self, hash: &TokenHash) -> Result<Option<OneTimeLink>> {
        link::Entity::find_by_id(hash.to_vec()).only(&self.readers).await?.as_ref().map(value).transpose()
    }
}

impl Store {
    /// Whether there is a link for this purpose of a person that can still be followed.
    pub async fn has_link(&self, purpose: LinkPurpose, now: Timestamp) -> Result<bool> {
        let (purpose, person) = words(purpose);
        let same = link::Column::Purpose.eq(purpose).and(link::Column::PersonId.eq(person));
        let open = link::Column::UsedAt.is_null().and(link::Column::ExpiresAt.gt(now.millis()));
        Ok(link::Entity::find().filter(same).filter(open).count(&self.readers).await? > 0)
    }
}

impl Tx {
    /// Adds a link. A set-up link replaces every earlier one.
    pub async fn insert_link(&self, added: &OneTimeLink) -> Result<()> {
        let (purpose, person_id) = words(added.purpose);
        if added.purpose == LinkPurpose::SetUp {
            link::Entity::delete_many().filter(link::Column::Purpose.eq(SET_UP)).exec(&self.0).await?;
        }
        let row = link::ActiveModel {
            hash: Set(added.hash.to_vec()),
            purpose: Set(purpose.to_owned()),
            person_id: Set(person_id),
            created_at: Set(added.created_at.millis()),
            expires_at: Set(added.expires_at.millis()),
            used_at: Set(added.used_at.map(Timestamp::millis)),
            address: Set(added.address.clone()),
        };
        link::Entity::insert(row).exec_without_returning(&self.0).await?;
        Ok(())
    }

    /// Uses a link, once: `false` if it is unknown, used or expired.
    pub async fn use_link(&self, hash: &TokenHash, now: Timestamp) -> Result<bool> {
        let update = link::Entity::update_many()
            .col_expr(link::Column::UsedAt, Expr::value(now.millis()))
            .filter(link::Column::Hash.eq(hash.to_vec()))
            .filter(link::Column::UsedAt.is_null())
            .filter(link::Column::ExpiresAt.gt(now.millis()));
        Ok(update.exec(&self.0).await?.rows_affected == 1)
    }

    /// Ends every link of a person; answers how many. Those by which a change of address is undone stay: whoever made it must
    /// not be able to end them.
    pub async fn delete_links_of(&self, person: PersonId) -> Result<u64> {
        let theirs = link::Column::PersonId.eq(person.0).and(link::Column::Purpose.ne(EMAIL_UNDO));
        Ok(link::Entity::delete_many().filter(theirs).exec(&self.0).await?.rows_affected)
    }

    /// Ends the links by which a change of address is undone that a person's account was given since `since`.
    pub async fn delete_email_undoing_since(&self, person: PersonId, since: Timestamp) -> Result<u64> {
        let theirs = link::Column::PersonId.eq(person.0).and(link::Column::Purpose.eq(EMAIL_UNDO));
        let later = theirs.and(link::Column::CreatedAt.gte(since.millis()));
        Ok(link::Entity::delete_many().filter(later).exec(&self.0).await?.rows_affected)
    }

    /// Ends the links for one purpose of a person: the next one replaces them.
    pub async fn delete_links_like(&self, purpose: LinkPurpose) -> Result<u64> {
        let (purpose, person) = words(purpose);
        let same = link::Column::Purpose.eq(purpose).and(link::Column::PersonId.eq(person));
        Ok(link::Entity::delete_many().filter(same).exec(&self.0).await?.rows_affected)
    }

    /// The same of those that were sent to another address than this.
    pub async fn delete_links_elsewhere(&self, purpose: LinkPurpose, address: &str) -> Result<u64> {
        let (purpose, person) = words(purpose);
        let same = link::Column::Purpose.eq(purpose).and(link::Column::PersonId.eq(person));
        let elsewhere = same.and(link::Column::Address.ne(address));
        Ok(link::Entity::delete_many().filter(elsewhere).exec(&self.0).await?.rows_affected)
    }

    /// Ends the links by which an account with this address is made.
    pub async fn delete_registrations_of(&self, address: &str) -> Result<u64> {
        let purposes = RegistrationBy::ALL.map(RegistrationBy::word);
        let same = link::Column::Purpose.is_in(purposes).and(link::Column::Address.eq(address));
        Ok(link::Entity::delete_many().filter(same).exec(&self.0).await?.rows_affected)
    }

    pub(super) async fn sweep_links(&self, before: Timestamp, limit: u64) -> Result<u64> {
        let expired = link::Column::ExpiresAt.lt(before.millis());
        super::sweep::delete_batch::<link::Entity, _>(&self.0, link::Column::Hash, expired, limit).await
    }
}

fn words(purpose: LinkPurpose) -> (&'static str, Option<Uuid>) {
    match purpose {
        LinkPurpose::SetUp => (SET_UP, None),
        LinkPurpose::Invitation(person) => (INVITATION, Some(person.0)),
        LinkPurpose::Recovery(person) => (RECOVERY, Some(person.0)),
        LinkPurpose::SignIn(person) => (SIGN_IN, Some(person.0)),
        LinkPurpose::Email(person) => (EMAIL, Some(person.0)),
        LinkPurpose::EmailUndo(person) => (EMAIL_UNDO, Some(person.0)),
        LinkPurpose::Registration(by) => (by.word(), None),
    }
}

fn value(row: &link::Model) -> Result<OneTimeLink> {
    let purpose = match (row.purpose.as_str(), row.person_id) {
        (SET_UP, None) => LinkPurpose::SetUp,
        (INVITATION, Some(person)) => LinkPurpose::Invitation(PersonId(person)),
        (RECOVERY, Some(person)) => LinkPurpose::Recovery(PersonId(person)),
        (SIGN_IN, Some(person)) => LinkPurpose::SignIn(PersonId(person)),
        (EMAIL, Some(person)) => LinkPurpose::Email(PersonId(person)),
        (EMAIL_UNDO, Some(person)) => LinkPurpose::EmailUndo(PersonId(person)),
        (purpose, None) => match RegistrationBy::from_word(purpose) {
            Some(by) => LinkPurpose::Registration(by),
            None => return Err(no_such(purpose)),
        },
        (purpose, _) => return Err(no_such(purpose)),
    };
    Ok(OneTimeLink {
        hash: token_hash("one_time_links", &row.purpose, &row.hash)?,
        purpose,
        address: row.address.clone(),
        created_at: Timestamp::from_millis(row.created_at),
        expires_at: Timestamp::from_millis(row.expires_at),
        used_at: row.used_at.map(Timestamp::from_millis),
    })
}

fn no_such(purpose: &str) -> StoreError {
    StoreError::inconsistent("one_time_links", purpose, "no such purpose")
}
