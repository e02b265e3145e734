//! Clients: registered metadata, and what is kept of their secrets.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{LockType, SelectStatement};
use sea_orm::{ActiveValue::Set, ConnectionTrait, ExprTrait, JoinType, QueryOrder, QuerySelect, QueryTrait};

use super::access::Access;
use super::mentions::{self, Mention};
use super::only::Only;
use super::prefix::begins_with;
use super::registered_by::{RegisteredBy, Registration};
use super::{Result, Store, StoreError, Tx};
use crate::clock::Timestamp;
use crate::ids::{ClientId, PersonId, TokenHash};
use crate::protocol::client_metadata::ClientMetadata;

/// A registered client.
#[derive(Clone, Debug)]
pub struct Client {
    /// Its `client_id`.
    pub id: ClientId,
    /// What is registered (RFC 7591 §2 and our extensions), without any secret.
    pub metadata: ClientMetadata,
    /// Its secrets that had not expired when they were read.
    pub secrets: Vec<ClientSecret>,
    /// When it was registered.
    pub created_at: Timestamp,
    /// When its metadata last changed.
    pub updated_at: Timestamp,
    /// Since when it may not do anything, if so.
    pub disabled_at: Option<Timestamp>,
    /// Whose own it is, for managers who see no others.
    pub managed_by: Option<PersonId>,
    /// Which people may use it.
    pub access: Access,
    /// How it came here without anybody who runs the server, if it did.
    pub registration: Option<Registration>,
}

impl Client {
    /// Whether it describes itself in the document at the address that is its identifier.
    #[must_use]
    pub fn is_of_document(&self) -> bool {
        self.registration.as_ref().is_some_and(|own| own.by == RegisteredBy::Document)
    }
}

/// A client secret, as far as we keep it.
#[derive(Clone, Debug)]
pub struct ClientSecret {
    /// The keyed hash.
    pub hash: TokenHash,
    /// The secret itself, sealed, if the client signs with it.
    pub sealed: Option<Vec<u8>>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends (after a rotation), if ever.
    pub expires_at: Option<Timestamp>,
}

impl ClientSecret {
    /// Whether it has not ended.
    #[must_use]
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| end > now)
    }
}

/// A secret that is about to end.
#[derive(Clone, Debug)]
pub struct EndingSecret {
    /// Whose it is; without any secrets.
    pub client: Client,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

pub(super) mod client {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "clients")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub client_id: String,
        pub metadata: Json,
        pub name_key: String,
        pub created_at: i64,
        pub updated_at: i64,
        pub disabled_at: Option<i64>,
        pub managed_by: Option<Uuid>,
        pub access: String,
        pub registration_token_hash: Option<Vec<u8>>,
        pub registered_from: Option<String>,
        pub unused_until: Option<i64>,
        #[sea_orm(column_type = "Text", nullable)]
        pub initiate_login_uri: Option<String>,
        pub from_document: bool,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod secret {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "client_secrets")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub client_id: String,
        pub hash: Vec<u8>,
        pub sealed: Option<Vec<u8>>,
        pub created_at: i64,
        pub expires_at: Option<i64>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

impl Store {
    /// The client with this identifier, with the secrets that are valid at `now`.
    pub async fn client(&self, id: &ClientId, now: Timestamp) -> Result<Option<Client>> {
        let Some(row) = client::Entity::find_by_id(id.0.clone()).only(&self.readers).await? else { return Ok(None) };
        with_secrets(&self.readers, row, now).await.map(Some)
    }

    /// Every client by identifier, for commands; their secrets are left out.
    pub async fn all_clients(&self) -> Result<Vec<Client>> {
        let rows = client::Entity::find().order_by_asc(client::Column::ClientId).all(&self.readers).await?;
        rows.into_iter().map(|row| value(row, &[])).collect()
    }

    /// Up to `limit` secrets that end between `now` and `until`, the first to end first.
    pub async fn ending_secrets(&self, now: Timestamp, until: Timestamp, limit: u64) -> Result<Vec<EndingSecret>> {
        let both = secret::Entity::find()
            .join(JoinType::InnerJoin, of_client())
            .select_also(client::Entity)
            .filter(secret::Column::ExpiresAt.gt(now.millis()))
            .filter(secret::Column::ExpiresAt.lte(until.millis()))
            .order_by_asc(secret::Column::ExpiresAt)
            .limit(limit);
        let rows = both.all(&self.readers).await?;
        let ending =
            rows.into_iter().filter_map(|(secret, client)| Some((secret.expires_at?, secret.created_at, client?)));
        ending
            .map(|(expires_at, created_at, client)| {
                Ok(EndingSecret {
                    client: value(client, &[])?,
                    created_at: Timestamp::from_millis(created_at),
                    expires_at: Timestamp::from_millis(expires_at),
                })
            })
            .collect()
    }

    /// Up to `limit` clients by identifier, those that follow `after`, of one manager if `of` says so; their secrets are
    /// left out.
    pub async fn clients_after(
        &self,
        of: Option<PersonId>,
        after: Option<&ClientId>,
        limit: u64,
    ) -> Result<Vec<Client>> {
        let mut query = only_of(of).order_by_asc(client::Column::ClientId).limit(limit);
        if let Some(after) = after {
            query = query.filter(client::Column::ClientId.gt(after.0.clone()));
        }
        query.all(&self.readers).await?.into_iter().map(|row| value(row, &[])).collect()
    }

    /// Up to `limit` clients whose identifier or name begins with `prefix`, the name in any case, of one manager if
    /// `of` says so; their secrets are left out.
    pub async fn clients_beginning(&self, of: Option<PersonId>, prefix: &str, limit: u64) -> Result<Vec<Client>> {
        let backend = self.readers.get_database_backend();
        let mut found: Vec<client::Model> = Vec::new();
        for (column, prefix) in [(client::Column::ClientId, prefix.to_owned()), (client::Column::NameKey, key(prefix))]
        {
            let query = only_of(of).filter(begins_with(backend, column, &prefix));
            let rows = query.order_by_asc(column).limit(limit).all(&self.readers).await?;
            let is_new = |row: &client::Model| found.iter().all(|known| known.client_id != row.client_id);
            let new: Vec<_> = rows.into_iter().filter(is_new).collect();
            found.extend(new);
        }
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        found.into_iter().map(|row| value(row, &[])).collect()
    }

    /// Up to `limit` clients, by name, at which a sign-in can be started from here, that did not register themselves and are
    /// not disabled; their secrets are left out.
    pub async fn clients_that_start(&self, limit: u64) -> Result<Vec<Client>> {
        let query = client::Entity::find()
            .filter(client::Column::InitiateLoginUri.is_not_null())
            .filter(client::Column::RegistrationTokenHash.is_null())
            .filter(client::Column::FromDocument.eq(false))
            .filter(client::Column::DisabledAt.is_null())
            .order_by_asc(client::Column::NameKey)
            .order_by_asc(client::Column::ClientId)
            .limit(limit);
        query.all(&self.readers).await?.into_iter().map(|row| value(row, &[])).collect()
    }

    /// Up to `limit` clients whose metadata mentions this, by identifier, those that follow `after`, of one manager if `of`
    /// says so; their secrets are left out.
    pub async fn clients_mentioning(
        &self,
        of: Option<PersonId>,
        mention: Mention<'_>,
        after: Option<&ClientId>,
        limit: u64,
    ) -> Result<Vec<Client>> {
        let mentions = mentions::of_client(self.readers.get_database_backend(), mention);
        let mut query = only_of(of).filter(mentions).order_by_asc(client::Column::ClientId).limit(limit);
        if let Some(after) = after {
            query = query.filter(client::Column::ClientId.gt(after.0.clone()));
        }
        query.all(&self.readers).await?.into_iter().map(|row| value(row, &[])).collect()
    }

    /// Of those, up to `limit` by identifier that follow `after`: for whoever wants to see all of them.
    pub async fn clients_beginning_after(
        &self,
        of: Option<PersonId>,
        prefix: &str,
        after: Option<&ClientId>,
        limit: u64,
    ) -> Result<Vec<Client>> {
        let backend = self.readers.get_database_backend();
        let by_id = begins_with(backend, client::Column::ClientId, prefix);
        let begins = by_id.or(begins_with(backend, client::Column::NameKey, &key(prefix)));
        let mut query = only_of(of).filter(begins).order_by_asc(client::Column::ClientId).limit(limit);
        if let Some(after) = after {
            query = query.filter(client::Column::ClientId.gt(after.0.clone()));
        }
        query.all(&self.readers).await?.into_iter().map(|row| value(row, &[])).collect()
    }
}

async fn with_secrets(db: &impl ConnectionTrait, row: client::Model, now: Timestamp) -> Result<Client> {
    let secrets = secret::Entity::find()
        .filter(secret::Column::ClientId.eq(row.client_id.clone()))
        .filter(secret::Column::ExpiresAt.is_null().or(secret::Column::ExpiresAt.gt(now.millis())))
        .order_by_desc(secret::Column::CreatedAt)
        .all(db)
        .await?;
    value(row, &secrets)
}

fn only_of(manager: Option<PersonId>) -> Select<client::Entity> {
    let all = client::Entity::find();
    match manager {
        Some(manager) => all.filter(client::Column::ManagedBy.eq(manager.0)),
        None => all,
    }
}

/// The identifiers of a manager's clients, to look for among.
pub(super) fn ids_of(manager: PersonId) -> SelectStatement {
    only_of(Some(manager)).select_only().column(client::Column::ClientId).into_query()
}

/// Says who may use a client.
pub(super) async fn set_access(db: &impl ConnectionTrait, id: &ClientId, access: Access) -> Result<()> {
    let update = client::Entity::update_many()
        .col_expr(client::Column::Access, Expr::value(access.word()))
        .filter(client::Column::ClientId.eq(id.0.clone()));
    update.exec(db).await?;
    Ok(())
}

/// From a secret to its client, for reading both at once.
fn of_client() -> RelationDef {
    secret::Entity::belongs_to(client::Entity).from(secret::Column::ClientId).to(client::Column::ClientId).into()
}

/// How names are compared: without regard to case.
fn key(name: &str) -> String {
    name.trim().to_lowercase()
}

/// Where a sign-in can be started, so that an index finds it.
fn start(metadata: &ClientMetadata) -> Option<String> {
    metadata.initiate_login_uri.as_ref().map(|uri| uri.as_str().to_owned())
}

fn name_key(metadata: &ClientMetadata) -> String {
    metadata.client_name.as_deref().map(key).unwrap_or_default()
}

impl Tx {
    /// The client with this identifier, as it is until this transaction ends: on PostgreSQL the look locks the row, so that
    /// another change waits.
    pub async fn hold_client(&self, id: &ClientId, now: Timestamp) -> Result<Option<Client>> {
        let query = client::Entity::find_by_id(id.0.clone()).lock(LockType::NoKeyUpdate);
        let Some(row) = query.only(&self.0).await? else { return Ok(None) };
        with_secrets(&self.0, row, now).await.map(Some)
    }

    /// Registers a client; its `secrets` are not written here. [`StoreError::Exists`] if the identifier is taken.
    pub async fn insert_client(&self, client: &Client) -> Result<()> {
        let registration = client.registration.as_ref();
        let row = client::ActiveModel {
            client_id: Set(client.id.0.clone()),
            metadata: Set(client.metadata.to_json()),
            name_key: Set(name_key(&client.metadata)),
            created_at: Set(client.created_at.millis()),
            updated_at: Set(client.updated_at.millis()),
            disabled_at: Set(client.disabled_at.map(Timestamp::millis)),
            managed_by: Set(client.managed_by.map(|person| person.0)),
            access: Set(client.access.word().to_owned()),
            registration_token_hash: Set(registration.and_then(Registration::token_hash).map(TokenHash::to_vec)),
            registered_from: Set(registration.and_then(|own| own.address.clone())),
            unused_until: Set(registration.and_then(|own| own.unused_until).map(Timestamp::millis)),
            initiate_login_uri: Set(start(&client.metadata)),
            from_document: Set(client.is_of_document()),
        };
        client::Entity::insert(row).exec_without_returning(&self.0).await?;
        Ok(())
    }

    /// Replaces a client's metadata; `false` if there is no such client.
    pub async fn update_client(&self, id: &ClientId, metadata: &ClientMetadata, now: Timestamp) -> Result<bool> {
        let update = client::Entity::update_many()
            .col_expr(client::Column::Metadata, Expr::value(metadata.to_json()))
            .col_expr(client::Column::NameKey, Expr::value(name_key(metadata)))
            .col_expr(client::Column::InitiateLoginUri, Expr::value(start(metadata)))
            .col_expr(client::Column::UpdatedAt, Expr::value(now.millis()))
            .filter(client::Column::ClientId.eq(id.0.clone()));
        Ok(update.exec(&self.0).await?.rows_affected == 1)
    }

    /// Disables a client, or enables it again (`None`); `false` if there is no such client.
    pub async fn set_client_disabled(&self, id: &ClientId, since: Option<Timestamp>) -> Result<bool> {
        let update = client::Entity::update_many()
            .col_expr(client::Column::DisabledAt, Expr::value(since.map(Timestamp::millis)))
            .filter(client::Column::ClientId.eq(id.0.clone()));
        Ok(update.exec(&self.0).await?.rows_affected == 1)
    }

    /// Says whose own a client is; `false` if there is no such client.
    pub async fn set_client_manager(&self, id: &ClientId, manager: Option<PersonId>) -> Result<bool> {
        let update = client::Entity::update_many()
            .col_expr(client::Column::ManagedBy, Expr::value(manager.map(|person| person.0)))
            .filter(client::Column::ClientId.eq(id.0.clone()));
        Ok(update.exec(&self.0).await?.rows_affected == 1)
    }

    /// Deletes a client with all that hangs off it; `false` if there is no such client.
    pub async fn delete_client(&self, id: &ClientId) -> Result<bool> {
        self.outdate_memory();
        Ok(client::Entity::delete_by_id(id.0.clone()).exec(&self.0).await?.rows_affected == 1)
    }

    /// Adds a secret to a client.
    pub async fn insert_client_secret(&self, client: &ClientId, row_id: Uuid, added: &ClientSecret) -> Result<()> {
        let row = secret::ActiveModel {
            id: Set(row_id),
            client_id: Set(client.0.clone()),
            hash: Set(added.hash.to_vec()),
            sealed: Set(added.sealed.clone()),
            created_at: Set(added.created_at.millis()),
            expires_at: Set(added.expires_at.map(Timestamp::millis)),
        };
        secret::Entity::insert(row).exec_without_returning(&self.0).await?;
        Ok(())
    }

    /// Ends every secret of a client that would be valid longer, at `at`.
    pub async fn expire_client_secrets(&self, client: &ClientId, at: Timestamp) -> Result<u64> {
        let update = secret::Entity::update_many()
            .col_expr(secret::Column::ExpiresAt, Expr::value(at.millis()))
            .filter(secret::Column::ClientId.eq(client.0.clone()))
            .filter(secret::Column::ExpiresAt.is_null().or(secret::Column::ExpiresAt.gt(at.millis())));
        Ok(update.exec(&self.0).await?.rows_affected)
    }

    /// Deletes up to `limit` secrets that ended before `now`.
    pub(super) async fn sweep_client_secrets(&self, now: Timestamp, limit: u64) -> Result<u64> {
        super::sweep::delete_batch::<secret::Entity, _>(
            &self.0,
            secret::Column::Id,
            secret::Column::ExpiresAt.lt(now.millis()),
            limit,
        )
        .await
    }
}

fn value(row: client::Model, secrets: &[secret::Model]) -> Result<Client> {
    let bytes = row.metadata.to_string();
    let metadata = ClientMetadata::parse(bytes.as_bytes()).map_err(|faults| {
        let why = faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        StoreError::inconsistent("clients", &row.client_id, why)
    })?;
    let secrets = secrets.iter().map(secret_value).collect::<Result<_>>()?;
    let access = Access::from_word(&row.access)
        .ok_or_else(|| StoreError::inconsistent("clients", &row.client_id, "no such access"))?;
    let token_hash = row.registration_token_hash.as_deref();
    let token_hash = token_hash.map(|hash| super::token_hash("clients", &row.client_id, hash)).transpose()?;
    let by = token_hash.map(RegisteredBy::Itself).or(row.from_document.then_some(RegisteredBy::Document));
    let registration = by.map(|by| Registration {
        by,
        address: row.registered_from,
        unused_until: row.unused_until.map(Timestamp::from_millis),
    });
    Ok(Client {
        id: ClientId(row.client_id),
        metadata,
        secrets,
        created_at: Timestamp::from_millis(row.created_at),
        updated_at: Timestamp::from_millis(row.updated_at),
        disabled_at: row.disabled_at.map(Timestamp::from_millis),
        managed_by: row.managed_by.map(PersonId),
        access,
        registration,
    })
}

fn secret_value(row: &secret::Model) -> Result<ClientSecret> {
    Ok(ClientSecret {
        hash: super::token_hash("client_secrets", row.id, &row.hash)?,
        sealed: row.sealed.clone(),
        created_at: Timestamp::from_millis(row.created_at),
        expires_at: row.expires_at.map(Timestamp::from_millis),
    })
}
