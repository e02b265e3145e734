//! `[database]`: where everything is kept.

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value as Json;
use url::Url;

use super::choice::choice;
use super::readable::{HIDDEN, Readable};
use super::reader::Reader;
use super::source::Value;

/// `[database]`
#[derive(Clone, Debug)]
pub struct DatabaseConfig {
    /// Which database.
    pub url: DatabaseUrl,
    /// How many connections are kept at most.
    pub max_connections: u32,
    /// When SQLite answers a commit; PostgreSQL has its own setting for that.
    pub synchronous: Synchronous,
}

impl DatabaseConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let default = DatabaseUrl::Sqlite(PathBuf::from("claviger.db"));
        Self {
            url: reader.secret("database.url", default).below(reader.folder()),
            max_connections: reader.bounded("database.max_connections", 10, 1..=1000),
            synchronous: reader.value("database.synchronous", Synchronous::Full),
        }
    }
}

/// A database's address, which may hold a password.
#[derive(Clone, Debug)]
pub enum DatabaseUrl {
    /// A file, in SQLite's format.
    Sqlite(PathBuf),
    /// A PostgreSQL server and database, as a URL.
    Postgres(SecretString),
}

impl DatabaseUrl {
    /// The address as the database driver takes it.
    #[must_use]
    pub fn to_url(&self) -> SecretString {
        match self {
            Self::Sqlite(path) => {
                let path = path.display().to_string();
                // The driver decodes percent signs and ends the path at a question mark.
                SecretString::from(format!("sqlite://{}", path.replace('%', "%25").replace('?', "%3f")))
            }
            Self::Postgres(url) => url.clone(),
        }
    }

    /// The same address, a relative file seen from `folder`.
    fn below(self, folder: &Path) -> Self {
        match self {
            Self::Sqlite(path) => Self::Sqlite(folder.join(path)),
            Self::Postgres(url) => Self::Postgres(url),
        }
    }
}

impl Readable for DatabaseUrl {
    const EXPECTED: &'static str = "\"sqlite://FILE\", such as \"sqlite://claviger.db\", or \
                                    \"postgres://USER:PASSWORD@HOST/DATABASE\"";
    const SECRET: bool = true;

    fn parse(value: &Value) -> Result<Self, String> {
        let text = value.text()?;
        match text.split_once("://") {
            Some(("sqlite", "" | ":memory:")) => Err("names no file".to_owned()),
            Some(("sqlite", path)) if path.contains('?') => {
                Err("has parameters, which are settings of their own here".to_owned())
            }
            Some(("sqlite", path)) => Ok(Self::Sqlite(PathBuf::from(path))),
            Some(("postgres" | "postgresql", _)) => match Url::parse(text) {
                Ok(url) if url.has_host() && url.path().len() > 1 => Ok(Self::Postgres(SecretString::from(text))),
                Ok(_) => Err("lacks the host or the database".to_owned()),
                Err(error) => Err(format!("is no URL: {error}")),
            },
            _ => Err("begins neither with sqlite:// nor with postgres://".to_owned()),
        }
    }

    /// The address without its password and parameters, which may hold one too.
    fn show(&self) -> Json {
        match self {
            Self::Sqlite(path) => Json::from(format!("sqlite://{}", path.display())),
            Self::Postgres(url) => match Url::parse(url.expose_secret()) {
                Ok(mut url) => {
                    url.set_query(None);
                    let has_password = url.password().is_some();
                    let is_masked = !has_password || url.set_password(Some("hidden")).is_ok();
                    Json::from(if is_masked { url.as_str() } else { HIDDEN })
                }
                Err(_) => Json::from(HIDDEN),
            },
        }
    }
}

/// How sure SQLite makes that what was answered is on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Synchronous {
    /// A commit is answered once it is on disk.
    Full,
    /// A power failure may lose the last commits, never more.
    Normal,
}

choice!(Synchronous { Full = "full", Normal = "normal" }, "\"full\" or \"normal\"");

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<DatabaseUrl, String> {
        DatabaseUrl::parse(&Value::Text(text.to_owned()))
    }

    #[test]
    fn takes_files_and_postgres_servers() {
        for url in ["sqlite://claviger.db", "sqlite:///var/lib/claviger.db", "postgres://me@db/claviger"] {
            assert_eq!(parse(url).unwrap().to_url().expose_secret(), url);
        }
        for url in
            ["", "claviger.db", "sqlite:x", "sqlite://", "sqlite://:memory:", "sqlite://x?mode=ro", "mysql://h/d"]
        {
            assert!(parse(url).is_err(), "{url}");
        }
        for url in ["postgres://", "postgres://host", "postgres:///database", "postgres://host:port/database"] {
            assert!(parse(url).is_err(), "{url}");
        }
    }

    #[test]
    fn never_shows_a_password() {
        let url = parse("postgres://me:hunter2@db:5433/claviger?sslpassword=hunter2").unwrap();
        assert_eq!(url.show(), "postgres://me:hidden@db:5433/claviger");
        assert!(!format!("{url:?}").contains("hunter2"));
    }

    #[test]
    fn puts_a_relative_file_beside_the_configuration() {
        let url = parse("sqlite://data/50%?.db".trim_end_matches("?.db")).unwrap().below(Path::new("/etc/claviger"));
        assert_eq!(url.to_url().expose_secret(), "sqlite:///etc/claviger/data/50%25");
        let url = parse("sqlite:///var/c.db").unwrap().below(Path::new("/etc"));
        assert_eq!(url.to_url().expose_secret(), "sqlite:///var/c.db");
    }
}
