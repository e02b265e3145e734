//! A server with many clients and people: one of each is made by the server itself, and SQL copies their rows. Every copy of
//! a person is an admin, so that whoever is signed in can see the console.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;
use claviger::ids::TokenHash;
use claviger::protocol::token_format::{self, TokenKind};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};
use secrecy::ExposeSecret as _;

use crate::growth::SAMPLE;
use crate::scenarios::OPAQUE;
use crate::server::OPAQUE_API;
use crate::world::{self, World};

/// So that people sign in quickly: what a password costs does not depend on how many people there are.
const SETTINGS: &str = "[passwords]\nargon2_memory_kib = 8\nargon2_iterations = 1";

/// How a database writes what stands in capitals in [`COPIES`] and [`ROWS`]. Copies grow in time, as ours do; hashes lie
/// evenly between all others, so that a new one may fall anywhere.
struct Dialect {
    id: &'static str,
    hash: &'static str,
    bytes: &'static str,
    metadata: &'static str,
    columns: &'static str,
}

const SQLITE: Dialect = Dialect {
    id: "unhex(printf('%012x7000800%013x', 1700000000000 + i, i))",
    hash: "unhex(printf('%08x%056x', i * 4294967295 / SIZE, i))",
    bytes: "unhex('HEX')",
    metadata: "json_set(metadata, '$.client_id', 'machine-' || i)",
    columns: "SELECT name FROM pragma_table_info('TABLE')",
};

const POSTGRES: Dialect = Dialect {
    id: "(lpad(to_hex(1700000000000 + i), 12, '0') || '7000800' || lpad(to_hex(i), 13, '0'))::uuid",
    hash: "decode(lpad(to_hex(i * 4294967295 / SIZE), 8, '0') || lpad(to_hex(i), 56, '0'), 'hex')",
    bytes: "decode('HEX', 'hex')",
    metadata: "jsonb_set(metadata, '{client_id}', to_jsonb('machine-' || i))",
    columns: "SELECT column_name FROM information_schema.columns WHERE table_name = 'TABLE' ORDER BY ordinal_position",
};

const MACHINE: &str = "'machine-' || i";
const PERSON: &str = "'person-' || i";

/// What stands in a column.
type Value = (&'static str, &'static str);

/// Which row of a table is copied, and what differs in each copy.
const COPIES: [(&str, &str, &[Value]); 11] = [
    ("clients", "client_id = 'machine'", &[("client_id", MACHINE), ("metadata", "METADATA"), ("name_key", MACHINE)]),
    ("client_secrets", "client_id = 'machine'", &[("id", "ID"), ("client_id", MACHINE)]),
    ("api_keys", "true", &[("id", "ID"), ("client_id", MACHINE)]),
    ("api_key_secrets", "true", &[("hash", "HASH"), ("key_id", "ID")]),
    ("people", "true", &[("id", "ID"), ("username", PERSON), ("username_key", PERSON), ("role", "'owner'")]),
    ("grants", "client_id = 'app'", &[("id", "ID"), ("person_id", "ID")]),
    ("sessions", "true", &[("key_hash", "HASH"), ("sid", "ID"), ("person_id", "ID")]),
    ("authorizations", "client_id = 'app'", &[("id", "ID"), ("person_id", "ID"), ("grant_id", "ID"), ("sid", "ID")]),
    ("refresh_tokens", "used_at IS NULL", &[("hash", "HASH"), ("authorization_id", "ID")]),
    ("access_tokens", "true", &[("hash", "HASH"), ("jti", "ID"), ("person_id", "ID"), ("authorization_id", "ID")]),
    ("events", "person_id IS NOT NULL", EVENTS),
];

/// As if they were sealed: a server that took a million events in its life has sealed all but the last few of them.
const EVENTS: &[Value] = &[("id", "ID"), ("person_id", "ID"), ("request_id", "'request-' || i"), ("batch", "1")];

/// Rows of tables of which the server has none to copy.
const ROWS: [(&str, &[Value]); 4] = [
    (
        "groups",
        &[
            ("id", "ID"),
            ("name", "'Group ' || i"),
            ("name_key", "'group ' || i"),
            ("description", "'One of many'"),
            ("created_at", "1700000000000"),
            ("updated_at", "1700000000000"),
        ],
    ),
    ("group_members", &[("group_id", "ID"), ("person_id", "ID"), ("added_at", "1700000000000")]),
    (
        "approvals",
        &[
            ("id", "ID"),
            ("client_id", "'app'"),
            ("scope", "'read'"),
            ("person_id", "ID"),
            ("created_at", "1700000000000 + i"),
        ],
    ),
    (
        "approval_requests",
        &[
            ("id", "ID"),
            ("person_id", "ID"),
            ("client_id", "'app'"),
            ("scope", "'read'"),
            ("reason", "'Please.'"),
            ("state", "'waiting'"),
            ("asked_at", "1700000000000 + i"),
        ],
    ),
];

/// Starts a server with so many of everything; a sample of people is signed in, a sample of clients is ready.
pub async fn world(server: &Path, folder: &Path, postgres: Option<&str>, size: usize) -> Result<World> {
    let mut world = World::new(server, folder, postgres, SETTINGS)?;
    world.add_people(1).await?;
    world.tokens_of_people(OPAQUE, 1).await?;
    world.api_key(&["--resource", OPAQUE_API])?;
    let World { claviger, process, .. } = world;
    drop(process);
    let sample = || (1..=SAMPLE).map(move |number| number * (size / SAMPLE));
    let hasher = claviger.hasher()?;
    let secrets: Vec<_> = sample().map(|number| (number, hasher.hash(&api_key(number)))).collect();
    fill(&claviger.database, size, &secrets).await?;
    let mut world = World::start(claviger)?;
    world.api_keys = sample().map(api_key).collect();
    world.machines = sample().map(|number| world::machine(&format!("machine-{number}"))).collect();
    for number in sample() {
        let browser = world.sign_in(&world::person(number)).await?;
        world.browsers.push(browser.cookie());
    }
    Ok(world)
}

/// What the key of a number looks like.
fn api_key(number: usize) -> String {
    let mut bits = [7; 32];
    bits[..8].copy_from_slice(&number.to_be_bytes());
    token_format::mint(TokenKind::LiveApiKey, &bits).expose_secret().to_owned()
}

/// Gives the copy of a number the secret that hashes to this.
async fn give_secret(database: &DatabaseConnection, dialect: &Dialect, number: usize, hash: &TokenHash) -> Result<()> {
    let mut digits = String::new();
    for byte in hash.as_bytes() {
        write!(digits, "{byte:02x}")?;
    }
    let (hash, id) = (dialect.bytes.replace("HEX", &digits), dialect.id);
    let sql = format!(
        "UPDATE api_key_secrets SET hash = {hash} WHERE key_id = (SELECT {id} FROM (SELECT {number} AS i) AS numbered)"
    );
    database.execute_unprepared(&sql).await?;
    Ok(())
}

async fn fill(url: &str, size: usize, secrets: &[(usize, TokenHash)]) -> Result<()> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    let database = Database::connect(options).await?;
    let is_sqlite = database.get_database_backend() == DbBackend::Sqlite;
    let dialect = if is_sqlite { SQLITE } else { POSTGRES };
    if is_sqlite {
        // Nobody minds if this is lost, and the rows fit together by themselves.
        let settings = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; \
                        PRAGMA cache_size = -1000000";
        database.execute_unprepared(settings).await?;
    }
    for (table, which, differs) in COPIES {
        let columns = columns(&database, &dialect.columns.replace("TABLE", table)).await?;
        let value = |column| differs.iter().find(|(name, _)| *name == column).map_or(column, |(_, to)| *to);
        let values: Vec<_> = columns.iter().map(|column| (column.as_str(), value(column.as_str()))).collect();
        let from = format!("(SELECT * FROM {table} WHERE {which} LIMIT 1) AS copied");
        insert(&database, &dialect, size, table, &values, Some(&from)).await?;
    }
    for (table, values) in ROWS {
        insert(&database, &dialect, size, table, values, None).await?;
    }
    for (number, hash) in secrets {
        give_secret(&database, &dialect, *number, hash).await?;
    }
    if !is_sqlite {
        // The server would do it within the minute, and then beside what is measured.
        database.execute_unprepared("VACUUM ANALYZE").await?;
    }
    Ok(database.close().await?)
}

/// Inserts so many rows, which differ by the number `i`.
async fn insert(
    database: &DatabaseConnection,
    dialect: &Dialect,
    size: usize,
    table: &str,
    values: &[(&str, &str)],
    from: Option<&str>,
) -> Result<()> {
    let written = |text: &str| match text {
        "ID" => dialect.id.to_owned(),
        "HASH" => dialect.hash.replace("SIZE", &size.to_string()),
        "METADATA" => dialect.metadata.to_owned(),
        plain => plain.to_owned(),
    };
    let columns: Vec<_> = values.iter().map(|(column, _)| *column).collect();
    let selected: Vec<_> = values.iter().map(|(_, value)| written(value)).collect();
    let sql = format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {size}) \
         INSERT INTO {table} ({}) SELECT {} FROM n{}",
        columns.join(", "),
        selected.join(", "),
        from.map(|from| format!(", {from}")).unwrap_or_default()
    );
    database.execute_unprepared(&sql).await?;
    Ok(())
}

async fn columns(database: &DatabaseConnection, sql: &str) -> Result<Vec<String>> {
    let rows = database.query_all_raw(Statement::from_string(database.get_database_backend(), sql)).await?;
    rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}
