//! Who may use an app: everyone, the members of some groups, or nobody.

use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, QuerySelect, QueryTrait};

use super::groups::{Group, group, group_value, ids_of_person};
use super::{Result, Store, Tx, clients};
use crate::ids::{ClientId, GroupId, PersonId};

/// Which people may use an app. It says nothing of what a machine does with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Access {
    /// Whoever can sign in.
    #[default]
    Everyone,
    /// The members of groups that are named.
    Groups,
    /// Nobody: the app is blocked.
    Nobody,
}

impl Access {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Everyone, Self::Groups, Self::Nobody];

    /// Its name in the database, in forms and in the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Everyone => "everyone",
            Self::Groups => "groups",
            Self::Nobody => "nobody",
        }
    }

    /// The one of this name.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|access| access.word() == word)
    }
}

mod client_group {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "client_groups")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub client_id: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub group_id: Uuid,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

impl Store {
    /// The groups that an app is limited to, by name; nobody is asked about them unless its access says so.
    pub async fn groups_of_client(&self, client: &ClientId) -> Result<Vec<Group>> {
        let named = client_group::Entity::find()
            .select_only()
            .column(client_group::Column::GroupId)
            .filter(client_group::Column::ClientId.eq(client.0.clone()))
            .into_query();
        let groups = group::Entity::find().filter(group::Column::Id.in_subquery(named));
        let rows = groups.order_by_asc(group::Column::NameKey).all(&self.readers).await?;
        Ok(rows.into_iter().map(group_value).collect())
    }

    /// Whether a person is in a group that an app is limited to.
    pub async fn is_in_group_of(&self, person: PersonId, client: &ClientId) -> Result<bool> {
        let named = client_group::Entity::find()
            .filter(client_group::Column::ClientId.eq(client.0.clone()))
            .filter(client_group::Column::GroupId.in_subquery(ids_of_person(person)));
        Ok(!named.all(&self.readers).await?.is_empty())
    }
}

impl Tx {
    /// Says who may use an app; `false` if there is no such client, or no such group any more.
    pub async fn set_client_access(&self, id: &ClientId, access: Access, groups: &[GroupId]) -> Result<bool> {
        self.outdate_memory();
        if !clients::set_access(&self.0, id, access).await? {
            return Ok(false);
        }
        let earlier = client_group::Entity::delete_many().filter(client_group::Column::ClientId.eq(id.0.clone()));
        earlier.exec(&self.0).await?;
        if groups.is_empty() {
            return Ok(true);
        }
        let wanted = groups.iter().map(|group| group.0);
        if group::Entity::find().filter(group::Column::Id.is_in(wanted.clone())).all(&self.0).await?.len()
            < groups.len()
        {
            return Ok(false);
        }
        let rows = wanted.map(|group| client_group::ActiveModel { client_id: Set(id.0.clone()), group_id: Set(group) });
        client_group::Entity::insert_many(rows).exec_without_returning(&self.0).await?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_access_is_found_by_its_word() {
        for access in Access::ALL {
            assert_eq!(Access::from_word(access.word()), Some(access));
        }
        assert_eq!(Access::from_word("some"), None);
    }
}
