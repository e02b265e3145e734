//! Our keys as they rest, those that sign and those that others encrypt to: the private half sealed, so that a copy of
//! the database signs and decrypts nothing.

use sea_orm::ActiveValue::Set;
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;

use super::{Result, Store, StoreError, Tx};
use crate::clock::Timestamp;
use crate::protocol::algorithm::KeyAlgorithm;

/// A key as it rests.
#[derive(Clone, Debug)]
pub struct StoredKey {
    /// Its RFC 7638 thumbprint.
    pub kid: String,
    /// What it is for.
    pub algorithm: KeyAlgorithm,
    /// The private key (PKCS#8 DER), sealed.
    pub sealed_private_key: Vec<u8>,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it signs; it is published before.
    pub signs_from: Timestamp,
    /// Until when it signs, once that is known.
    pub signs_until: Option<Timestamp>,
    /// Until when it stays in the JWK set, once that is known.
    pub published_until: Option<Timestamp>,
}

mod key {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "signing_keys")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub kid: String,
        pub algorithm: String,
        pub sealed_private_key: Vec<u8>,
        pub created_at: i64,
        pub signs_from: i64,
        pub signs_until: Option<i64>,
        pub published_until: Option<i64>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

async fn all(db: &impl ConnectionTrait) -> Result<Vec<StoredKey>> {
    let rows = key::Entity::find().order_by_asc(key::Column::CreatedAt).all(db).await?;
    rows.into_iter().map(value).collect()
}

impl Store {
    /// Every key, the oldest first.
    pub async fn signing_keys(&self) -> Result<Vec<StoredKey>> {
        all(&self.readers).await
    }
}

impl Tx {
    /// Every key, the oldest first, as this transaction sees them.
    pub async fn signing_keys(&self) -> Result<Vec<StoredKey>> {
        all(&self.0).await
    }

    /// Keeps two servers from making or rotating keys at once, until this transaction ends. On SQLite the one
    /// writer does that already.
    pub async fn lock_signing_keys(&self) -> Result<()> {
        if self.0.get_database_backend() == sea_orm::DbBackend::Postgres {
            self.0.execute_unprepared("LOCK TABLE signing_keys IN EXCLUSIVE MODE").await?;
        }
        Ok(())
    }

    /// Adds a key.
    pub async fn insert_signing_key(&self, added: &StoredKey) -> Result<()> {
        let row = key::ActiveModel {
            kid: Set(added.kid.clone()),
            algorithm: Set(added.algorithm.wire().to_owned()),
            sealed_private_key: Set(added.sealed_private_key.clone()),
            created_at: Set(added.created_at.millis()),
            signs_from: Set(added.signs_from.millis()),
            signs_until: Set(added.signs_until.map(Timestamp::millis)),
            published_until: Set(added.published_until.map(Timestamp::millis)),
        };
        key::Entity::insert(row).exec_without_returning(&self.0).await?;
        Ok(())
    }

    /// Changes when a key signs and how long it is published; `false` if there is no such key.
    pub async fn reschedule_signing_key(&self, changed: &StoredKey) -> Result<bool> {
        let update = key::Entity::update_many()
            .col_expr(key::Column::SignsFrom, Expr::value(changed.signs_from.millis()))
            .col_expr(key::Column::SignsUntil, Expr::value(changed.signs_until.map(Timestamp::millis)))
            .col_expr(key::Column::PublishedUntil, Expr::value(changed.published_until.map(Timestamp::millis)))
            .filter(key::Column::Kid.eq(changed.kid.clone()));
        Ok(update.exec(&self.0).await?.rows_affected == 1)
    }

    /// Deletes the keys that left the JWK set before `now`: nothing they signed can be valid any more, and
    /// nobody should encrypt to them.
    pub async fn delete_expired_signing_keys(&self, now: Timestamp) -> Result<u64> {
        let expired = key::Entity::delete_many().filter(key::Column::PublishedUntil.lt(now.millis()));
        Ok(expired.exec(&self.0).await?.rows_affected)
    }
}

fn value(row: key::Model) -> Result<StoredKey> {
    let algorithm = KeyAlgorithm::from_wire(&row.algorithm)
        .ok_or_else(|| StoreError::inconsistent("signing_keys", &row.kid, "no such algorithm"))?;
    Ok(StoredKey {
        kid: row.kid,
        algorithm,
        sealed_private_key: row.sealed_private_key,
        created_at: Timestamp::from_millis(row.created_at),
        signs_from: Timestamp::from_millis(row.signs_from),
        signs_until: row.signs_until.map(Timestamp::from_millis),
        published_until: row.published_until.map(Timestamp::from_millis),
    })
}
