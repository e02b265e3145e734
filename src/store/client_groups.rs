//! Who may use an app: the groups that it is limited to.

use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, QueryOrder};

use super::access::Access;
use super::groups::ids_of_person;
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
    /// The groups that an app is limited to, by identifier; nobody is asked about them unless its access says so.
    pub async fn groups_of_client(&self, client: &ClientId) -> Result<Vec<GroupId>> {
        groups_of(&self.readers, client).await
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
    /// As [`Store::groups_of_client`], as this transaction sees it.
    pub async fn groups_of_client(&self, client: &ClientId) -> Result<Vec<GroupId>> {
        groups_of(&self.0, client).await
    }

    /// Says who may use an app; app and groups are held.
    pub async fn set_client_access(&self, id: &ClientId, access: Access, groups: &[GroupId]) -> Result<()> {
        self.outdate_memory();
        clients::set_access(&self.0, id, access).await?;
        let earlier = client_group::Entity::delete_many().filter(client_group::Column::ClientId.eq(id.0.clone()));
        earlier.exec(&self.0).await?;
        if groups.is_empty() {
            return Ok(());
        }
        let row = |group: &GroupId| client_group::ActiveModel { client_id: Set(id.0.clone()), group_id: Set(group.0) };
        let once = OnConflict::new().do_nothing().to_owned();
        let rows = client_group::Entity::insert_many(groups.iter().map(row)).on_conflict(once);
        rows.exec_without_returning(&self.0).await?;
        Ok(())
    }
}

async fn groups_of(db: &impl ConnectionTrait, client: &ClientId) -> Result<Vec<GroupId>> {
    let named = client_group::Entity::find().filter(client_group::Column::ClientId.eq(client.0.clone()));
    let rows = named.order_by_asc(client_group::Column::GroupId).all(db).await?;
    Ok(rows.into_iter().map(|row| GroupId(row.group_id)).collect())
}
