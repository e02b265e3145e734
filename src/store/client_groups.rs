//! Who may use an app: the groups that it is limited to.

use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, QuerySelect, QueryTrait};

use super::access::Access;
use super::groups::{Group, group, group_value, ids_of_person};
use super::{Result, Store, Tx, clients};
use crate::ids::{ClientId, GroupId, PersonId};

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
