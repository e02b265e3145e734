//! Texts that begin alike, found by an index on either database.

use sea_orm::sea_query::{Expr, ExprTrait, LikeExpr};
use sea_orm::{ColumnTrait, DbBackend};

/// That `column` begins with `prefix`.
pub(super) fn begins_with<C: ColumnTrait>(backend: DbBackend, column: C, prefix: &str) -> Expr {
    if backend == DbBackend::Sqlite {
        // SQLite's LIKE disregards case, and so the index: as the order goes, all that begin so lie side by side.
        let end = format!("{prefix}{}", char::MAX);
        return column.gte(prefix).and(column.lt(end));
    }
    let escaped = prefix.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    column.like(LikeExpr::new(format!("{escaped}%")).escape('\\'))
}
