//! How the secrets of API keys begin.

use std::collections::HashMap;

use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, QuerySelect};

use super::api_keys::secret;
use super::{Result, Store};
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
}
