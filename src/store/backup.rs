//! A consistent copy of the database while the server runs.

use std::path::Path;

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::{Result, Store};

impl Store {
    /// Writes a consistent copy of a SQLite database to `file`, which must not exist; answers `false` on PostgreSQL,
    /// which has tools of its own for that.
    pub async fn backup(&self, file: &Path) -> Result<bool> {
        if self.readers.get_database_backend() != DbBackend::Sqlite {
            return Ok(false);
        }
        let path = file.to_string_lossy().into_owned();
        let statement = Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO ?", [path.into()]);
        self.readers.execute_raw(statement).await?;
        Ok(true)
    }
}
