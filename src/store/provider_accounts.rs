//! Accounts at other providers, each linked with a person here: found by provider and subject, which nobody chooses.

use sea_orm::ActiveValue::Set;
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;

use super::only::Only;
use super::{Result, Store, Tx};
use crate::clock::Timestamp;
use crate::ids::{PersonId, ProviderAccountId};

/// An account at another provider.
#[derive(Clone, Debug)]
pub struct ProviderAccount {
    /// By what the person names it when they take it away.
    pub id: ProviderAccountId,
    /// At which provider, as the settings call it.
    pub provider: String,
    /// What that provider calls the person, always.
    pub subject: String,
    /// Who it is here.
    pub person_id: PersonId,
    /// What the account is called there, as people know it.
    pub label: Option<String>,
    /// The tokens from there, sealed, where they are kept.
    pub tokens: Option<Vec<u8>>,
    /// Since when they are linked.
    pub linked_at: Timestamp,
    /// When somebody last signed in by it.
    pub last_used_at: Timestamp,
}

mod account {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "provider_accounts")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub provider: String,
        pub subject: String,
        pub person_id: Uuid,
        pub label: Option<String>,
        pub tokens: Option<Vec<u8>>,
        pub linked_at: i64,
        pub last_used_at: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

use account::{Column, Entity};

impl Store {
    /// The account of this subject at a provider.
    pub async fn provider_account(&self, provider: &str, subject: &str) -> Result<Option<ProviderAccount>> {
        let found = Entity::find().filter(Column::Provider.eq(provider)).filter(Column::Subject.eq(subject));
        Ok(found.only(&self.readers).await?.map(value))
    }

    /// A person's accounts, those that were linked first before the others.
    pub async fn provider_accounts_of(&self, person: PersonId) -> Result<Vec<ProviderAccount>> {
        let found = Entity::find().filter(Column::PersonId.eq(person.0));
        let found = found.order_by_asc(Column::LinkedAt).order_by_asc(Column::Id);
        Ok(found.all(&self.readers).await?.into_iter().map(value).collect())
    }
}

impl Tx {
    /// Links an account; `false` if it is linked already, with whomever.
    pub async fn insert_provider_account(&self, added: &ProviderAccount) -> Result<bool> {
        let row = account::ActiveModel {
            id: Set(added.id.0),
            provider: Set(added.provider.clone()),
            subject: Set(added.subject.clone()),
            person_id: Set(added.person_id.0),
            label: Set(added.label.clone()),
            tokens: Set(added.tokens.clone()),
            linked_at: Set(added.linked_at.millis()),
            last_used_at: Set(added.last_used_at.millis()),
        };
        let insert = Entity::insert(row).on_conflict_do_nothing_on([Column::Provider, Column::Subject]);
        let inserted = insert.exec_without_returning(&self.0).await?;
        Ok(matches!(inserted, sea_orm::TryInsertResult::Inserted(1..)))
    }

    /// Notes that somebody signs in by an account, with the tokens from there; `false` if it is not theirs any more.
    pub async fn use_provider_account(&self, used: &ProviderAccount) -> Result<bool> {
        let update = Entity::update_many()
            .col_expr(Column::Label, Expr::value(used.label.clone()))
            .col_expr(Column::Tokens, Expr::value(used.tokens.clone()))
            .col_expr(Column::LastUsedAt, Expr::value(used.last_used_at.millis()))
            .filter(Column::Id.eq(used.id.0))
            .filter(Column::PersonId.eq(used.person_id.0));
        Ok(update.exec(&self.0).await?.rows_affected == 1)
    }

    /// A person's accounts, as this transaction sees them.
    pub async fn provider_accounts_of(&self, person: PersonId) -> Result<Vec<ProviderAccount>> {
        let found = Entity::find().filter(Column::PersonId.eq(person.0));
        Ok(found.all(&self.0).await?.into_iter().map(value).collect())
    }

    /// Whether an account is linked, as this transaction sees it.
    pub async fn provider_account_exists(&self, provider: &str, subject: &str) -> Result<bool> {
        let found = Entity::find().filter(Column::Provider.eq(provider)).filter(Column::Subject.eq(subject));
        Ok(found.only(&self.0).await?.is_some())
    }

    /// Takes those away from a person that were linked from `since` on; answers with how many there were.
    pub async fn delete_provider_accounts_since(&self, person: PersonId, since: Timestamp) -> Result<u64> {
        let theirs = Entity::delete_many().filter(Column::PersonId.eq(person.0));
        Ok(theirs.filter(Column::LinkedAt.gte(since.millis())).exec(&self.0).await?.rows_affected)
    }

    /// Takes all of them away from a person; answers with how many there were.
    pub async fn delete_provider_accounts_of(&self, person: PersonId) -> Result<u64> {
        Ok(Entity::delete_many().filter(Column::PersonId.eq(person.0)).exec(&self.0).await?.rows_affected)
    }

    /// Takes an account away from a person; `false` if it is not theirs.
    pub async fn delete_provider_account(&self, id: ProviderAccountId, person: PersonId) -> Result<bool> {
        let delete = Entity::delete_many().filter(Column::Id.eq(id.0)).filter(Column::PersonId.eq(person.0));
        Ok(delete.exec(&self.0).await?.rows_affected == 1)
    }
}

fn value(row: account::Model) -> ProviderAccount {
    ProviderAccount {
        id: ProviderAccountId(row.id),
        provider: row.provider,
        subject: row.subject,
        person_id: PersonId(row.person_id),
        label: row.label,
        tokens: row.tokens,
        linked_at: Timestamp::from_millis(row.linked_at),
        last_used_at: Timestamp::from_millis(row.last_used_at),
    }
}
