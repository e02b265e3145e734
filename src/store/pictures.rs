//! The pictures that people have put on their accounts, each as it is shown. A person has one at most, and only while their
//! claims name it.

use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;

use super::only::Only;
use super::{Person, Result, Store, Tx};
use crate::clock::Timestamp;
use crate::ids::PersonId;

/// A picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// By which it is found; nobody guesses it.
    pub name: String,
    /// Where apps are told that it is: the claim `picture`.
    pub address: String,
    /// The picture itself, as JPEG.
    pub jpeg: Vec<u8>,
    /// Since when the person has it.
    pub created_at: Timestamp,
}

mod row {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "pictures")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub person_id: Uuid,
        pub address: String,
        pub jpeg: Vec<u8>,
        pub created_at: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

use row::{Column, Entity};

impl Store {
    /// The picture of this name.
    pub async fn picture(&self, name: &str) -> Result<Option<Picture>> {
        Ok(Entity::find_by_id(name).only(&self.readers).await?.map(value))
    }

    /// A person's picture.
    pub async fn picture_of(&self, person: PersonId) -> Result<Option<Picture>> {
        Ok(Entity::find().filter(Column::PersonId.eq(person.0)).only(&self.readers).await?.map(value))
    }
}

impl Tx {
    /// Keeps a picture of a person, whose claims are to name it next.
    pub async fn insert_picture(&self, person: PersonId, picture: &Picture) -> Result<()> {
        let row = row::ActiveModel {
            name: Set(picture.name.clone()),
            person_id: Set(person.0),
            address: Set(picture.address.clone()),
            jpeg: Set(picture.jpeg.clone()),
            created_at: Set(picture.created_at.millis()),
        };
        Entity::insert(row).exec_without_returning(&self.0).await?;
        Ok(())
    }

    /// Forgets the pictures of a person that their claims do not name.
    pub(super) async fn forget_pictures(&self, person: &Person) -> Result<()> {
        let mut forgotten = Entity::delete_many().filter(Column::PersonId.eq(person.id.0));
        if let Some(address) = &person.claims.picture {
            forgotten = forgotten.filter(Column::Address.ne(address.as_str()));
        }
        forgotten.exec(&self.0).await?;
        Ok(())
    }
}

fn value(row: row::Model) -> Picture {
    Picture { name: row.name, address: row.address, jpeg: row.jpeg, created_at: Timestamp::from_millis(row.created_at) }
}
