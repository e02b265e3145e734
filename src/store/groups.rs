//! Groups of people, and who is in them.

use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{LockType, OnConflict, SelectStatement};
use sea_orm::{QueryOrder, QuerySelect, QueryTrait};

use super::only::Only;
use super::{Result, Store, Tx};
use crate::clock::Timestamp;
use crate::ids::{GroupId, PersonId};

/// A group of people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its identifier.
    pub id: GroupId,
    /// Its name, which no other group has in any case of its letters.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its name or description last changed.
    pub updated_at: Timestamp,
}

mod group {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "groups")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub name: String,
        pub name_key: String,
        pub description: String,
        pub created_at: i64,
        pub updated_at: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod member {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "group_members")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub group_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub person_id: Uuid,
        pub added_at: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// How names are compared: without regard to case.
fn key(name: &str) -> String {
    name.to_lowercase()
}

/// The identifiers of the groups that a person is in, to look for among.
pub(super) fn ids_of_person(person: PersonId) -> SelectStatement {
    member::Entity::find()
        .select_only()
        .column(member::Column::GroupId)
        .filter(member::Column::PersonId.eq(person.0))
        .into_query()
}

impl Store {
    /// The group of this identifier.
    pub async fn group(&self, id: GroupId) -> Result<Option<Group>> {
        Ok(group::Entity::find_by_id(id.0).only(&self.readers).await?.map(group_value))
    }

    /// Up to `limit` groups by name, those that follow the group of the name `after`.
    pub async fn groups_after(&self, after: Option<&str>, limit: u64) -> Result<Vec<Group>> {
        let mut query = group::Entity::find().order_by_asc(group::Column::NameKey).limit(limit);
        if let Some(after) = after {
            query = query.filter(group::Column::NameKey.gt(key(after)));
        }
        Ok(query.all(&self.readers).await?.into_iter().map(group_value).collect())
    }

    /// The groups that a person is in, by name.
    pub async fn groups_of(&self, person: PersonId) -> Result<Vec<Group>> {
        let theirs = group::Entity::find().filter(group::Column::Id.in_subquery(ids_of_person(person)));
        let rows = theirs.order_by_asc(group::Column::NameKey).all(&self.readers).await?;
        Ok(rows.into_iter().map(group_value).collect())
    }

    /// Up to `limit` of the people in a group, those that follow `after`.
    pub async fn members_of(&self, group: GroupId, after: Option<PersonId>, limit: u64) -> Result<Vec<PersonId>> {
        let members = member::Entity::find().filter(member::Column::GroupId.eq(group.0));
        let mut query = members.order_by_asc(member::Column::PersonId).limit(limit);
        if let Some(after) = after {
            query = query.filter(member::Column::PersonId.gt(after.0));
        }
        Ok(query.all(&self.readers).await?.into_iter().map(|row| PersonId(row.person_id)).collect())
    }
}

impl Tx {
    /// Adds a group. [`super::StoreError::Exists`] if another one has its name.
    pub async fn insert_group(&self, added: &Group) -> Result<()> {
        let row = group::ActiveModel {
            id: Set(added.id.0),
            name: Set(added.name.clone()),
            name_key: Set(key(&added.name)),
            description: Set(added.description.clone()),
            created_at: Set(added.created_at.millis()),
            updated_at: Set(added.updated_at.millis()),
        };
        group::Entity::insert(row).exec_without_returning(&self.0).await?;
        Ok(())
    }

    /// Writes a group's name and description where it is still as it was at `seen`; `false` if it is not, or gone.
    /// [`super::StoreError::Exists`] if another one has its name.
    pub async fn update_group(&self, changed: &Group, seen: Timestamp) -> Result<bool> {
        let update = group::Entity::update_many()
            .col_expr(group::Column::Name, Expr::value(changed.name.clone()))
            .col_expr(group::Column::NameKey, Expr::value(key(&changed.name)))
            .col_expr(group::Column::Description, Expr::value(changed.description.clone()))
            .col_expr(group::Column::UpdatedAt, Expr::value(changed.updated_at.millis()))
            .filter(group::Column::Id.eq(changed.id.0))
            .filter(group::Column::UpdatedAt.eq(seen.millis()));
        Ok(update.exec(&self.0).await?.rows_affected == 1)
    }

    /// Deletes a group with its memberships and what was approved for it; `false` if there is no such group.
    pub async fn delete_group(&self, id: GroupId) -> Result<bool> {
        Ok(group::Entity::delete_by_id(id.0).exec(&self.0).await?.rows_affected == 1)
    }

    /// The group as it is until this transaction ends: on PostgreSQL the look locks the row.
    pub async fn hold_group(&self, id: GroupId) -> Result<Option<Group>> {
        let query = group::Entity::find_by_id(id.0).lock(LockType::NoKeyUpdate);
        Ok(query.only(&self.0).await?.map(group_value))
    }

    /// Takes a person into a group, both of which are held; `false` if they were in it.
    pub async fn join_group(&self, group: GroupId, person: PersonId, now: Timestamp) -> Result<bool> {
        let row = member::ActiveModel { group_id: Set(group.0), person_id: Set(person.0), added_at: Set(now.millis()) };
        let once = OnConflict::new().do_nothing().to_owned();
        Ok(member::Entity::insert(row).on_conflict(once).exec_without_returning(&self.0).await? == 1)
    }

    /// Takes a person out of a group; `false` if they were not in it.
    pub async fn leave_group(&self, group: GroupId, person: PersonId) -> Result<bool> {
        Ok(member::Entity::delete_by_id((group.0, person.0)).exec(&self.0).await?.rows_affected == 1)
    }
}

fn group_value(row: group::Model) -> Group {
    Group {
        id: GroupId(row.id),
        name: row.name,
        description: row.description,
        created_at: Timestamp::from_millis(row.created_at),
        updated_at: Timestamp::from_millis(row.updated_at),
    }
}
