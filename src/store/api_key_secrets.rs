//! The secrets of several API keys at once, for lists.

use std::collections::HashMap;

use sea_orm::entity::prelude::*;
use sea_orm::{ExprTrait, QueryOrder, QuerySelect};

use super::api_keys::{secret, secret_value};
use super::{ApiKeySecret, Result, Store};
use crate::clock::Timestamp;
use crate::ids::ApiKeyId;

impl Store {
    /// How the newest secret of each of these keys begins.
    pub async fn api_key_beginnings(&self, ids: &[ApiKeyId]) -> Result<HashMap<ApiKeyId, String>> {
        let rows: Vec<(Uuid, String)> = secret::Entity::find()
            .select_only()
            .columns([secret::Column::KeyId, secret::Column::Beginning])
            .filter(secret::Column::KeyId.is_in(ids.iter().map(|id| id.0)))
            .order_by_asc(secret::Column::CreatedAt)
            .into_tuple()
            .all(&self.readers)
            .await?;
        // Of one key the last is the newest.
        Ok(rows.into_iter().map(|(id, beginning)| (ApiKeyId(id), beginning)).collect())
    }

    /// The secrets of several keys that are valid at `now`, the newest of each first.
    pub async fn secrets_of_api_keys(
        &self,
        ids: impl Iterator<Item = ApiKeyId>,
        now: Timestamp,
    ) -> Result<HashMap<ApiKeyId, Vec<ApiKeySecret>>> {
        let rows = secret::Entity::find()
            .filter(secret::Column::KeyId.is_in(ids.map(|id| id.0)))
            .filter(secret::Column::ExpiresAt.is_null().or(secret::Column::ExpiresAt.gt(now.millis())))
            .order_by_desc(secret::Column::CreatedAt)
            .all(&self.readers)
            .await?;
        let mut found: HashMap<_, Vec<_>> = HashMap::new();
        for row in &rows {
            found.entry(ApiKeyId(row.key_id)).or_default().push(secret_value(row)?);
        }
        Ok(found)
    }
}
