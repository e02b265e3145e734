//! People: who they are, how they prove it, and what may be told about them.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::LockType;
use sea_orm::{ActiveValue::Set, ConnectionTrait, ExprTrait, PaginatorTrait, QueryOrder, QuerySelect};

use super::only::Only;
use super::prefix::begins_with;
use super::{Result, Role, Store, StoreError, Tx, from_json};
use crate::clock::Timestamp;
use crate::ids::PersonId;
use crate::protocol::attributes::Attributes;
use crate::protocol::claims::StandardClaims;
use crate::protocol::mail_address::canonical;

/// A person.
#[derive(Clone, Debug)]
pub struct Person {
    /// The `sub` of their tokens.
    pub id: PersonId,
    /// The name they sign in with, as they wrote it.
    pub username: String,
    /// What may be told about them, by scope (OIDC Core §5.1); holds their email address too.
    pub claims: StandardClaims,
    /// What is known beside that, of which rules of the settings make claims.
    pub attributes: Attributes,
    /// The password's Argon2id hash in PHC form, once they have chosen one.
    pub password_hash: Option<String>,
    /// What they may do with this server, besides signing in.
    pub role: Option<Role>,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Since when they may not sign in, if so.
    pub disabled_at: Option<Timestamp>,
}

mod person {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "people")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub username: String,
        pub username_key: String,
        pub email_key: Option<String>,
        pub claims: Json,
        pub attributes: Option<Json>,
        pub password_hash: Option<String>,
        pub role: Option<String>,
        pub created_at: i64,
        pub updated_at: i64,
        pub disabled_at: Option<i64>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// How usernames and addresses are compared: without regard to case, and of what has a host behind an `@`, by the name of that
/// host as DNS knows it.
#[must_use]
pub fn key(text: &str) -> String {
    canonical(text).unwrap_or_else(|| folded(text))
}

/// The beginning of one, which may end within the name of a host.
fn folded(text: &str) -> String {
    text.trim().to_lowercase()
}

/// Begins with `prefix` as it is typed, or is the whole that it spells another way.
fn begins_so(backend: sea_orm::DbBackend, column: person::Column, prefix: &str) -> Expr {
    let (begins, whole) = (begins_with(backend, column, &folded(prefix)), key(prefix));
    if whole == folded(prefix) { begins } else { begins.or(column.eq(whole)) }
}

impl Store {
    /// The person with this identifier.
    pub async fn person(&self, id: PersonId) -> Result<Option<Person>> {
        person::Entity::find_by_id(id.0).only(&self.readers).await?.map(value).transpose()
    }

    /// The same, as they were within the last second.
    pub async fn recall_person(&self, id: PersonId) -> Result<Option<Person>> {
        self.recalled.people.recall(id, || self.person(id)).await
    }

    /// The person with this username, or else with this email address.
    pub async fn person_by_login(&self, login: &str) -> Result<Option<Person>> {
        let key = key(login);
        let by_username = person::Entity::find().filter(person::Column::UsernameKey.eq(key.clone()));
        if let Some(row) = by_username.only(&self.readers).await? {
            return value(row).map(Some);
        }
        let by_email = person::Entity::find().filter(person::Column::EmailKey.eq(key));
        by_email.only(&self.readers).await?.map(value).transpose()
    }

    /// Everybody who signs in by one of these texts, as username or as email address.
    pub async fn people_by_logins(&self, logins: &[&str]) -> Result<Vec<Person>> {
        let keys: Vec<String> = logins.iter().map(|login| key(login)).collect();
        let known = person::Column::UsernameKey.is_in(keys.clone()).or(person::Column::EmailKey.is_in(keys));
        let rows = person::Entity::find().filter(known).all(&self.readers).await?;
        rows.into_iter().map(value).collect()
    }

    /// Everybody by username, for commands.
    pub async fn all_people(&self) -> Result<Vec<Person>> {
        let rows = person::Entity::find().order_by_asc(person::Column::UsernameKey).all(&self.readers).await?;
        rows.into_iter().map(value).collect()
    }

    /// Up to `limit` people by username, those that follow `after` (a username).
    pub async fn people_after(&self, after: Option<&str>, limit: u64) -> Result<Vec<Person>> {
        let mut query = person::Entity::find().order_by_asc(person::Column::UsernameKey).limit(limit);
        if let Some(after) = after {
            query = query.filter(person::Column::UsernameKey.gt(key(after)));
        }
        query.all(&self.readers).await?.into_iter().map(value).collect()
    }

    /// Up to `limit` people whose username or email address begins with `prefix`, in any case.
    pub async fn people_beginning(&self, prefix: &str, limit: u64) -> Result<Vec<Person>> {
        let backend = self.readers.get_database_backend();
        let mut found: Vec<person::Model> = Vec::new();
        for column in [person::Column::UsernameKey, person::Column::EmailKey] {
            let query = person::Entity::find().filter(begins_so(backend, column, prefix));
            let rows = query.order_by_asc(column).limit(limit).all(&self.readers).await?;
            let is_new = |row: &person::Model| found.iter().all(|known| known.id != row.id);
            let new: Vec<_> = rows.into_iter().filter(is_new).collect();
            found.extend(new);
        }
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        found.into_iter().map(value).collect()
    }

    /// Of those, up to `limit` by username that follow `after` (a username): for whoever wants to see all of them.
    pub async fn people_beginning_after(&self, prefix: &str, after: Option<&str>, limit: u64) -> Result<Vec<Person>> {
        let backend = self.readers.get_database_backend();
        let by_username = begins_so(backend, person::Column::UsernameKey, prefix);
        let begins = by_username.or(begins_so(backend, person::Column::EmailKey, prefix));
        let mut query = person::Entity::find().filter(begins).order_by_asc(person::Column::UsernameKey).limit(limit);
        if let Some(after) = after {
            query = query.filter(person::Column::UsernameKey.gt(key(after)));
        }
        query.all(&self.readers).await?.into_iter().map(value).collect()
    }

    /// The people with these identifiers, as far as there are such.
    pub async fn people(&self, ids: Vec<PersonId>) -> Result<Vec<Person>> {
        let ids = ids.into_iter().map(|id| id.0);
        let rows = person::Entity::find().filter(person::Column::Id.is_in(ids)).all(&self.readers).await?;
        rows.into_iter().map(value).collect()
    }

    /// Whether anybody may do everything with this server.
    pub async fn has_admin(&self) -> Result<bool> {
        Ok(admins().only(&self.readers).await?.is_some())
    }
}

impl Tx {
    /// Keeps two servers from adding people, or changing by what they sign in, at once, until this transaction ends:
    /// that there is no admin yet, or nobody of a name, stays true until it is acted upon. On SQLite the one writer
    /// does that already.
    pub async fn lock_people(&self) -> Result<()> {
        if self.0.get_database_backend() == sea_orm::DbBackend::Postgres {
            self.0.execute_unprepared("LOCK TABLE people IN SHARE ROW EXCLUSIVE MODE").await?;
        }
        Ok(())
    }

    /// Whether anybody may do everything with this server, as this transaction sees it.
    pub async fn has_admin(&self) -> Result<bool> {
        Ok(admins().only(&self.0).await?.is_some())
    }

    /// Whether anybody else may do everything with this server, and may sign in.
    pub async fn has_other_admin(&self, person: PersonId) -> Result<bool> {
        let others = admins().filter(person::Column::Id.ne(person.0)).filter(person::Column::DisabledAt.is_null());
        Ok(others.only(&self.0).await?.is_some())
    }

    /// Whether somebody other than `person` can sign in by this text already, as username or as email address.
    pub async fn login_taken(&self, login: &str, person: PersonId) -> Result<bool> {
        let key = key(login);
        let known = person::Column::UsernameKey.eq(key.clone()).or(person::Column::EmailKey.eq(key));
        let others = person::Entity::find().filter(known).filter(person::Column::Id.ne(person.0));
        Ok(others.count(&self.0).await? > 0)
    }

    /// The person with this identifier, as they are until this transaction ends: on PostgreSQL the look locks the row, so
    /// that another change waits.
    pub async fn hold_person(&self, id: PersonId) -> Result<Option<Person>> {
        person::Entity::find_by_id(id.0).lock(LockType::NoKeyUpdate).only(&self.0).await?.map(value).transpose()
    }

    /// Adds a person. [`super::StoreError::Exists`] if the username or the address is taken.
    pub async fn insert_person(&self, person: &Person) -> Result<()> {
        let row = person::ActiveModel {
            id: Set(person.id.0),
            username: Set(person.username.clone()),
            username_key: Set(key(&person.username)),
            email_key: Set(person.claims.email.as_deref().map(key)),
            claims: Set(to_json(&person.claims)),
            attributes: Set(stored(&person.attributes)),
            password_hash: Set(person.password_hash.clone()),
            role: Set(person.role.map(|role| role.word().to_owned())),
            created_at: Set(person.created_at.millis()),
            updated_at: Set(person.updated_at.millis()),
            disabled_at: Set(person.disabled_at.map(Timestamp::millis)),
        };
        person::Entity::insert(row).exec_without_returning(&self.0).await?;
        Ok(())
    }

    /// Replaces a person's username, claims (and with them the address they may sign in with) and attributes by those of
    /// `person`; `false` if there is no such person. A picture that the claims no longer name is forgotten.
    pub async fn update_person(&self, person: &Person) -> Result<bool> {
        self.outdate_memory();
        let claims = &person.claims;
        let update = person::Entity::update_many()
            .col_expr(person::Column::Username, Expr::value(person.username.clone()))
            .col_expr(person::Column::UsernameKey, Expr::value(key(&person.username)))
            .col_expr(person::Column::Claims, Expr::value(to_json(claims)))
            .col_expr(person::Column::EmailKey, Expr::value(claims.email.as_deref().map(key)))
            .col_expr(person::Column::Attributes, Expr::value(stored(&person.attributes)))
            .col_expr(person::Column::UpdatedAt, Expr::value(person.updated_at.millis()))
            .filter(person::Column::Id.eq(person.id.0));
        self.forget_pictures(person).await?;
        Ok(update.exec(&self.0).await?.rows_affected == 1)
    }

    /// Sets a person's password hash; `false` if there is no such person.
    pub async fn set_password(&self, id: PersonId, hash: &str, now: Timestamp) -> Result<bool> {
        self.outdate_memory();
        let update = person::Entity::update_many()
            .col_expr(person::Column::PasswordHash, Expr::value(hash))
            .col_expr(person::Column::UpdatedAt, Expr::value(now.millis()))
            .filter(person::Column::Id.eq(id.0));
        Ok(update.exec(&self.0).await?.rows_affected == 1)
    }

    /// Forgets a person's password: nobody signs in by one until they choose another.
    pub async fn forget_password(&self, id: PersonId) -> Result<()> {
        self.outdate_memory();
        let update = person::Entity::update_many()
            .col_expr(person::Column::PasswordHash, Expr::value(None::<String>))
            .filter(person::Column::Id.eq(id.0));
        update.exec(&self.0).await?;
        Ok(())
    }

    /// Whether this is still the person's password, and they may sign in. Both stay so until this transaction ends: on
    /// PostgreSQL the look locks the row, so that a change waits, and then finds what was written here.
    pub async fn hold_password(&self, id: PersonId, hash: Option<&str>) -> Result<bool> {
        let row = person::Entity::find_by_id(id.0).lock(LockType::Share).only(&self.0).await?;
        Ok(row.is_some_and(|row| row.password_hash.as_deref() == hash && row.disabled_at.is_none()))
    }

    /// Replaces a hash by another one of the same password; `false` if the password has been changed meanwhile.
    pub async fn rehash_password(&self, id: PersonId, old: &str, new: &str) -> Result<bool> {
        self.outdate_memory();
        let update = person::Entity::update_many()
            .col_expr(person::Column::PasswordHash, Expr::value(new))
            .filter(person::Column::Id.eq(id.0))
            .filter(person::Column::PasswordHash.eq(old));
        Ok(update.exec(&self.0).await?.rows_affected == 1)
    }

    /// Disables a person, or enables them again (`None`); `false` if there is no such person.
    pub async fn set_person_disabled(&self, id: PersonId, since: Option<Timestamp>) -> Result<bool> {
        self.outdate_memory();
        let update = person::Entity::update_many()
            .col_expr(person::Column::DisabledAt, Expr::value(since.map(Timestamp::millis)))
            .filter(person::Column::Id.eq(id.0));
        Ok(update.exec(&self.0).await?.rows_affected == 1)
    }

    /// Gives a person another role, or none, if their role is still `from`; `false` if not.
    pub async fn set_role(&self, id: PersonId, from: Option<Role>, to: Option<Role>, now: Timestamp) -> Result<bool> {
        self.outdate_memory();
        let unchanged = match from {
            Some(from) => person::Column::Role.eq(from.word()),
            None => person::Column::Role.is_null(),
        };
        let update = person::Entity::update_many()
            .col_expr(person::Column::Role, Expr::value(to.map(Role::word)))
            .col_expr(person::Column::UpdatedAt, Expr::value(now.millis()))
            .filter(person::Column::Id.eq(id.0))
            .filter(unchanged);
        Ok(update.exec(&self.0).await?.rows_affected == 1)
    }

    /// Deletes a person with all that hangs off them, and the mail that was written to them; `false` if there is no such
    /// person.
    pub async fn delete_person(&self, id: PersonId) -> Result<bool> {
        self.outdate_memory();
        self.delete_mails_of(id).await?;
        Ok(person::Entity::delete_by_id(id.0).exec(&self.0).await?.rows_affected == 1)
    }
}

fn to_json(claims: &StandardClaims) -> serde_json::Value {
    serde_json::to_value(claims).unwrap_or_default()
}

fn stored(attributes: &Attributes) -> Option<serde_json::Value> {
    (!attributes.is_empty()).then(|| attributes.to_json())
}

/// Those who may do everything with this server, disabled ones too.
fn admins() -> Select<person::Entity> {
    person::Entity::find().filter(person::Column::Role.is_in([Role::Owner, Role::Admin].map(Role::word))).limit(1)
}

fn value(row: person::Model) -> Result<Person> {
    let role = row.role.map(|word| {
        Role::from_word(&word)
            .ok_or_else(|| StoreError::inconsistent("people", row.id, format!("no role is called {word}")))
    });
    let role = role.transpose()?;
    Ok(Person {
        id: PersonId(row.id),
        claims: from_json("people", row.id, row.claims)?,
        attributes: row.attributes.map(|json| from_json("people", row.id, json)).transpose()?.unwrap_or_default(),
        username: row.username,
        password_hash: row.password_hash,
        role,
        created_at: Timestamp::from_millis(row.created_at),
        updated_at: Timestamp::from_millis(row.updated_at),
        disabled_at: row.disabled_at.map(Timestamp::from_millis),
    })
}
