//! The one row that a key finds.

use sea_orm::{ConnectionTrait, DbErr, EntityTrait, Select};

/// For queries of which the database holds one row at most, because they name a key.
pub(super) trait Only<E: EntityTrait> {
    /// The row, if there is one.
    ///
    /// As `one`, but without its `LIMIT`: SQLite compiles a statement anew each time that the parameter of a `LIMIT` is
    /// bound, which costs more than the look-up.
    async fn only(self, db: &impl ConnectionTrait) -> Result<Option<E::Model>, DbErr>;
}

impl<E: EntityTrait> Only<E> for Select<E> {
    async fn only(self, db: &impl ConnectionTrait) -> Result<Option<E::Model>, DbErr> {
        Ok(self.all(db).await?.pop())
    }
}
