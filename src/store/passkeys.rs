//! Passkeys: public keys by which people sign in.

use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::{PaginatorTrait, QueryOrder};

use super::only::Only;
use super::{Result, Store, Tx};
use crate::clock::Timestamp;
use crate::ids::{PasskeyId, PersonId};

/// A passkey.
#[derive(Clone, Debug)]
pub struct Passkey {
    /// Its identifier.
    pub id: PasskeyId,
    /// Whose it is.
    pub person_id: PersonId,
    /// What they call it.
    pub name: String,
    /// By which the device that keeps the key knows it.
    pub credential_id: Vec<u8>,
    /// The public key, and what was said of it when it was added.
    pub credential: Json,
    /// How often the device says that it has used the key; 0 where it does not count.
    pub counter: u32,
    /// Whether it may be on several devices of the person.
    pub synced: bool,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
}

mod passkey {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "passkeys")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub person_id: Uuid,
        pub name: String,
        #[sea_orm(unique)]
        pub credential_id: Vec<u8>,
        pub credential: Json,
        pub counter: i64,
        pub synced: bool,
        pub created_at: i64,
        pub last_used_at: Option<i64>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

impl Store {
    /// A person's passkeys, the oldest first.
    pub async fn passkeys_of(&self, person: PersonId) -> Result<Vec<Passkey>> {
        let rows = passkey::Entity::find()
            .filter(passkey::Column::PersonId.eq(person.0))
            .order_by_asc(passkey::Column::CreatedAt)
            .order_by_asc(passkey::Column::Id)
            .all(&self.readers)
            .await?;
        Ok(rows.into_iter().map(value).collect())
    }

    /// The passkey with this identifier.
    pub async fn passkey(&self, id: PasskeyId) -> Result<Option<Passkey>> {
        Ok(passkey::Entity::find_by_id(id.0).only(&self.readers).await?.map(value))
    }

    /// The passkey that a device knows by this.
    pub async fn passkey_by_credential(&self, credential_id: &[u8]) -> Result<Option<Passkey>> {
        let found = passkey::Entity::find().filter(passkey::Column::CredentialId.eq(credential_id.to_vec()));
        Ok(found.only(&self.readers).await?.map(value))
    }
}

impl Tx {
    /// How many passkeys a person has.
    pub async fn count_passkeys(&self, person: PersonId) -> Result<u64> {
        Ok(passkey::Entity::find().filter(passkey::Column::PersonId.eq(person.0)).count(&self.0).await?)
    }

    /// Adds a passkey; `false` if there is one that its device knows by the same, whosever it is.
    pub async fn insert_passkey(&self, added: &Passkey) -> Result<bool> {
        let row = passkey::ActiveModel {
            id: Set(added.id.0),
            person_id: Set(added.person_id.0),
            name: Set(added.name.clone()),
            credential_id: Set(added.credential_id.clone()),
            credential: Set(added.credential.clone()),
            counter: Set(added.counter.into()),
            synced: Set(added.synced),
            created_at: Set(added.created_at.millis()),
            last_used_at: Set(added.last_used_at.map(Timestamp::millis)),
        };
        let insert = passkey::Entity::insert(row).on_conflict_do_nothing_on([passkey::Column::CredentialId]);
        let inserted = insert.exec_without_returning(&self.0).await?;
        Ok(matches!(inserted, sea_orm::TryInsertResult::Inserted(1..)))
    }

    /// Notes that a passkey was used, with what its device now says of it. `false` if it is gone, or if its device has
    /// counted as far already: then there are two of it.
    pub async fn use_passkey(&self, id: PasskeyId, credential: Json, counter: u32, now: Timestamp) -> Result<bool> {
        let before = passkey::Column::Counter;
        // A device that does not count says 0 for ever.
        let goes_on = if counter == 0 { before.eq(0) } else { before.lt(i64::from(counter)) };
        let update = passkey::Entity::update_many()
            .col_expr(passkey::Column::Credential, Expr::value(credential))
            .col_expr(passkey::Column::Counter, Expr::value(i64::from(counter)))
            .col_expr(passkey::Column::LastUsedAt, Expr::value(now.millis()))
            .filter(passkey::Column::Id.eq(id.0))
            .filter(goes_on);
        Ok(update.exec(&self.0).await?.rows_affected == 1)
    }

    /// Gives a person's passkey another name; `false` if they have none of this identifier.
    pub async fn rename_passkey(&self, id: PasskeyId, person: PersonId, name: &str) -> Result<bool> {
        let update = passkey::Entity::update_many()
            .col_expr(passkey::Column::Name, Expr::value(name))
            .filter(passkey::Column::Id.eq(id.0))
            .filter(passkey::Column::PersonId.eq(person.0));
        Ok(update.exec(&self.0).await?.rows_affected == 1)
    }

    /// Removes a person's passkey; `false` if they have none of this identifier.
    pub async fn delete_passkey(&self, id: PasskeyId, person: PersonId) -> Result<bool> {
        let delete = passkey::Entity::delete_many()
            .filter(passkey::Column::Id.eq(id.0))
            .filter(passkey::Column::PersonId.eq(person.0));
        Ok(delete.exec(&self.0).await?.rows_affected == 1)
    }

    /// Removes those that a person has made from `since` on; answers how many.
    pub async fn delete_passkeys_since(&self, person: PersonId, since: Timestamp) -> Result<u64> {
        let theirs = passkey::Entity::delete_many().filter(passkey::Column::PersonId.eq(person.0));
        Ok(theirs.filter(passkey::Column::CreatedAt.gte(since.millis())).exec(&self.0).await?.rows_affected)
    }

    /// Removes all passkeys of a person; answers how many.
    pub async fn delete_passkeys_of(&self, person: PersonId) -> Result<u64> {
        let delete = passkey::Entity::delete_many().filter(passkey::Column::PersonId.eq(person.0));
        Ok(delete.exec(&self.0).await?.rows_affected)
    }
}

fn value(row: passkey::Model) -> Passkey {
    Passkey {
        id: PasskeyId(row.id),
        person_id: PersonId(row.person_id),
        name: row.name,
        credential_id: row.credential_id,
        credential: row.credential,
        counter: u32::try_from(row.counter).unwrap_or(u32::MAX),
        synced: row.synced,
        created_at: Timestamp::from_millis(row.created_at),
        last_used_at: row.last_used_at.map(Timestamp::from_millis),
    }
}
