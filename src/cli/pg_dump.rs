//! PostgreSQL's own backup, which comes with its client tools.

use std::fmt;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::process::{Command, Stdio};

use secrecy::{ExposeSecret, SecretString};
use url::Url;

/// Writes a dump in PostgreSQL's custom format, which `pg_restore` reads.
pub(super) fn dump(url: &SecretString, file: &Path) -> Result<(), DumpError> {
    let mut command = Command::new("pg_dump");
    command.args(["--format=custom", "--no-password", "--file"]).arg(file);
    // Arguments show in the list of processes; the environment does not.
    command.envs(environment(url)?).stdin(Stdio::null());
    let ended = command.output().map_err(DumpError::NotStarted)?;
    if ended.status.success() {
        return Ok(());
    }
    Err(DumpError::Failed(String::from_utf8_lossy(&ended.stderr).trim().to_owned()))
}

/// Why there is no dump.
#[derive(Debug)]
pub(super) enum DumpError {
    /// `pg_dump` could not be run.
    NotStarted(io::Error),
    /// `pg_dump` gave up, saying this.
    Failed(String),
    /// The address cannot be taken apart.
    Address,
}

impl fmt::Display for DumpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotStarted(error) if error.kind() == ErrorKind::NotFound => f.write_str(
                "pg_dump is not installed here; it comes with PostgreSQL's client tools (Debian: postgresql-client)",
            ),
            Self::NotStarted(error) => write!(f, "pg_dump cannot be run: {error}"),
            Self::Failed(said) => write!(f, "pg_dump failed: {said}"),
            Self::Address => f.write_str("database.url cannot be taken apart for pg_dump"),
        }
    }
}

/// The parameters of an address that PostgreSQL's tools know, by the variable that says the same.
const PARAMETERS: [(&str, &str); 11] = [
    ("host", "PGHOST"),
    ("hostaddr", "PGHOSTADDR"),
    ("port", "PGPORT"),
    ("user", "PGUSER"),
    ("password", "PGPASSWORD"),
    ("dbname", "PGDATABASE"),
    ("sslmode", "PGSSLMODE"),
    ("ssl-mode", "PGSSLMODE"),
    ("sslrootcert", "PGSSLROOTCERT"),
    ("sslcert", "PGSSLCERT"),
    ("sslkey", "PGSSLKEY"),
];

/// The address as the environment that PostgreSQL's tools read; its parameters come after its parts, so they win.
fn environment(url: &SecretString) -> Result<Vec<(&'static str, String)>, DumpError> {
    let url = Url::parse(url.expose_secret()).map_err(|_| DumpError::Address)?;
    let parts = [
        ("PGHOST", url.host_str().map(|host| host.trim_matches(['[', ']']))),
        ("PGUSER", Some(url.username())),
        ("PGPASSWORD", url.password()),
        ("PGDATABASE", Some(url.path().trim_start_matches('/'))),
    ];
    let parts =
        parts.into_iter().filter_map(|(name, part)| Some((name, decoded(part.filter(|part| !part.is_empty())?))));
    let port = url.port().map(|port| ("PGPORT", port.to_string()));
    let parameters = url.query_pairs().filter_map(|(name, value)| {
        let (_, variable) = PARAMETERS.iter().find(|(known, _)| *known == name)?;
        Some((*variable, value.into_owned()))
    });
    Ok(parts.chain(port).chain(parameters).collect())
}

/// Percent signs decoded. In this place of a URL, unlike in a form, `+` and `&` mean themselves.
fn decoded(part: &str) -> String {
    let form = part.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    url::form_urlencoded::parse(form.as_bytes()).map(|(name, _)| name.into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(url: &str) -> Vec<(&'static str, String)> {
        environment(&SecretString::from(url)).unwrap()
    }

    #[test]
    fn hands_the_address_over_by_environment() {
        let full = of("postgres://me:p%40ss+%26word&=@db.example.com:5433/claviger?sslmode=verify-full");
        let expected = [
            ("PGHOST", "db.example.com"),
            ("PGUSER", "me"),
            ("PGPASSWORD", "p@ss+&word&="),
            ("PGDATABASE", "claviger"),
            ("PGPORT", "5433"),
            ("PGSSLMODE", "verify-full"),
        ];
        assert_eq!(full, expected.map(|(name, value)| (name, value.to_owned())));
    }

    #[test]
    fn leaves_out_what_the_address_does_not_say() {
        let short = of("postgres://[::1]/claviger?statement-cache-capacity=10");
        assert_eq!(short, [("PGHOST", "::1".to_owned()), ("PGDATABASE", "claviger".to_owned())]);
        let socket = of("postgres://localhost/claviger?host=/run/postgresql");
        assert_eq!(socket.last().unwrap(), &("PGHOST", "/run/postgresql".to_owned()));
    }
}
