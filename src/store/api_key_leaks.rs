//! API keys that were found in public.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Func, SimpleExpr};
use sea_orm::{ExprTrait, QueryOrder, QuerySelect};

use super::api_keys::{key, value};
use super::{ApiKey, Leak, Result, Store, Tx};
use crate::ids::{ApiKeyId, PersonId};

impl Store {
    /// Up to `limit` keys of a person that were found in public and not enabled since, the newest first.
    pub async fn leaked_api_keys_of(&self, person: PersonId, limit: u64) -> Result<Vec<ApiKey>> {
        let query = key::Entity::find()
            .filter(key::Column::PersonId.eq(person.0))
            .filter(key::Column::LeakedAt.is_not_null())
            .order_by_desc(key::Column::Id)
            .limit(limit);
        query.all(&self.readers).await?.into_iter().map(value).collect()
    }
}

impl Tx {
    /// Disables a key, because of its leak, whatever it was disabled for before; `false` if that is known already, or the
    /// key is gone.
    pub async fn leak_api_key(&self, id: ApiKeyId, leak: &Leak, because: &str) -> Result<bool> {
        self.outdate_memory();
        let since: [SimpleExpr; 2] = [key::Column::DisabledAt.into_expr(), Expr::value(leak.at.millis())];
        let update = key::Entity::update_many()
            .col_expr(key::Column::DisabledAt, Func::coalesce(since).into())
            .col_expr(key::Column::DisabledBecause, Expr::value(because))
            .col_expr(key::Column::LeakedAt, Expr::value(leak.at.millis()))
            .col_expr(key::Column::LeakedUrl, Expr::value(leak.url.clone()))
            .filter(key::Column::Id.eq(id.0))
            .filter(key::Column::DisabledBecause.is_null().or(key::Column::DisabledBecause.ne(because)));
        Ok(update.exec(&self.0).await?.rows_affected == 1)
    }

    /// Changes why a key is disabled from one reason to another, if it is disabled for that one.
    pub async fn change_why_disabled(&self, id: ApiKeyId, from: &str, to: &str) -> Result<()> {
        self.outdate_memory();
        let update = key::Entity::update_many()
            .col_expr(key::Column::DisabledBecause, Expr::value(to))
            .filter(key::Column::Id.eq(id.0))
            .filter(key::Column::DisabledBecause.eq(from));
        update.exec(&self.0).await?;
        Ok(())
    }
}
