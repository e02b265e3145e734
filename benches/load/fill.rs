//! A server with many clients and people: one of each is made by the server itself, and SQL copies their rows. Every copy of
//! a person is an admin, so that whoever is signed in can see the console.

use std::path::Path;

use anyhow::Result;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};

use crate::growth::SAMPLE;
use crate::scenarios::OPAQUE;
use crate::world::{self, World};

/// So that people sign in quickly: what a password costs does not depend on how many people there are.
const SETTINGS: &str = "[passwords]\nargon2_memory_kib = 8\nargon2_iterations = 1";

/// Copies grow in time, as ours do.
const ID: &str = "unhex(printf('%012x7000800%013x', 1700000000000 + i, i))";
/// Hashes lie evenly between all others, so that a new one may fall anywhere.
const HASH: &str = "unhex(printf('%08x%056x', i * 4294967295 / SIZE, i))";
const MACHINE: &str = "'machine-' || i";
const PERSON: &str = "'person-' || i";

/// Which row of a table is copied, and what differs in each copy.
type Copy = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const COPIES: [Copy; 9] = [
    (
        "clients",
        "client_id = 'machine'",
        &[
            ("client_id", MACHINE),
            ("metadata", "json_set(metadata, '$.client_id', 'machine-' || i)"),
            ("name_key", MACHINE),
        ],
    ),
    ("client_secrets", "client_id = 'machine'", &[("id", ID), ("client_id", MACHINE)]),
    ("people", "true", &[("id", ID), ("username", PERSON), ("username_key", PERSON), ("role", "'owner'")]),
    ("grants", "client_id = 'app'", &[("id", ID), ("person_id", ID)]),
    ("sessions", "true", &[("key_hash", HASH), ("sid", ID), ("person_id", ID)]),
    ("authorizations", "client_id = 'app'", &[("id", ID), ("person_id", ID), ("grant_id", ID), ("sid", ID)]),
    ("refresh_tokens", "used_at IS NULL", &[("hash", HASH), ("authorization_id", ID)]),
    ("access_tokens", "true", &[("hash", HASH), ("jti", ID), ("person_id", ID), ("authorization_id", ID)]),
    ("events", "person_id IS NOT NULL", &[("id", ID), ("person_id", ID), ("request_id", "'request-' || i")]),
];

/// Starts a server with so many of everything; a sample of people is signed in, a sample of clients is ready.
pub async fn world(server: &Path, folder: &Path, size: usize) -> Result<World> {
    let mut world = World::new(server, folder, None, SETTINGS)?;
    world.add_people(1).await?;
    world.tokens_of_people(OPAQUE, 1).await?;
    let World { claviger, process, .. } = world;
    drop(process);
    copy(&claviger.database, size).await?;
    let mut world = World::start(claviger)?;
    let sample = || (1..=SAMPLE).map(move |number| number * (size / SAMPLE));
    world.machines = sample().map(|number| world::machine(&format!("machine-{number}"))).collect();
    for number in sample() {
        let browser = world.sign_in(&world::person(number)).await?;
        world.browsers.push(browser.cookie());
    }
    Ok(world)
}

async fn copy(url: &str, size: usize) -> Result<()> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    let database = Database::connect(options).await?;
    // Nobody minds if this is lost, and the rows fit together by themselves.
    let settings = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; \
                    PRAGMA cache_size = -1000000";
    database.execute_unprepared(settings).await?;
    for (table, which, differs) in COPIES {
        let columns = columns(&database, table).await?;
        let value = |column| differs.iter().find(|(name, _)| *name == column).map_or(column, |(_, to)| *to);
        let values: Vec<_> = columns.iter().map(String::as_str).map(value).collect();
        let sql = format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {size}) \
             INSERT INTO {table} ({}) SELECT {} FROM n, (SELECT * FROM {table} WHERE {which} LIMIT 1)",
            columns.join(", "),
            values.join(", ").replace("SIZE", &size.to_string())
        );
        database.execute_unprepared(&sql).await?;
    }
    Ok(database.close().await?)
}

async fn columns(database: &DatabaseConnection, table: &str) -> Result<Vec<String>> {
    let sql = format!("SELECT name FROM pragma_table_info('{table}')");
    let rows = database.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await?;
    rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}
