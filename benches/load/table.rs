//! The table: every line in rounds, what it is held against right before it each time.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};

use anyhow::Result;
use serde::Serialize;

use crate::database::Postgres;
use crate::limits::Limits;
use crate::lines::{Keys, LINES, Line, Target};
use crate::load::{self, Figures};
use crate::options::{Options, Pace};
use crate::standing::{self, Standing};
use crate::world::World;
use crate::{CONNECTIONS, scenarios};

/// A line as it was measured.
#[derive(Debug, Serialize)]
pub struct Measured {
    pub name: &'static str,
    pub limits: Vec<String>,
    #[serde(skip)]
    pub target: Option<Target>,
    pub rounds: Vec<Round>,
}

/// What the limits together would allow, and what each server did, a moment later.
#[derive(Debug, Serialize)]
pub struct Round {
    pub limit: f64,
    pub servers: Vec<Figures>,
}

/// Measures the lines that are wanted, on `SQLite`; answers also with the memory that it took.
pub async fn on_sqlite(
    options: &Options,
    pace: Pace,
    servers: &[PathBuf],
    folder: &Path,
    limits: &mut Limits,
) -> Result<(Vec<Measured>, Option<Standing>)> {
    let mut worlds: BTreeMap<Keys, Vec<World>> = BTreeMap::new();
    let mut table = Vec::new();
    for line in LINES.iter().filter(|line| options.wants(line.name)) {
        if let Entry::Vacant(place) = worlds.entry(line.keys) {
            let mut started = Vec::new();
            for (number, server) in servers.iter().enumerate() {
                started.push(start(server, &folder.join(format!("{:?}-{number}", line.keys)), line.keys).await?);
            }
            place.insert(started);
        }
        let worlds = worlds.get(&line.keys).map(Vec::as_slice).unwrap_or_default();
        table.push(measure(line, pace, worlds, limits, false).await?);
    }
    let usual = worlds.get(&Keys::Usual);
    let memory = usual.map(|worlds| standing::most_memory(worlds.iter())).transpose()?;
    Ok((table, memory))
}

/// The lines for which the database makes a difference, on `PostgreSQL`.
pub async fn on_postgres(
    options: &Options,
    pace: Pace,
    servers: &[PathBuf],
    (folder, postgres): (&Path, &str),
    limits: &mut Limits,
) -> Result<Vec<Measured>> {
    let (mut databases, mut worlds) = (Vec::new(), Vec::new());
    for (number, server) in servers.iter().enumerate() {
        let database = Postgres::create(postgres, &number.to_string()).await?;
        let folder = folder.join(format!("postgres-{number}"));
        let mut world = World::new(server, &folder, Some(database.url()), "")?;
        world.add_people(CONNECTIONS).await?;
        databases.push(database);
        worlds.push(world);
    }
    let mut table = Vec::new();
    for line in LINES.iter().filter(|line| line.on_database && options.wants(line.name)) {
        table.push(measure(line, pace, &worlds, limits, true).await?);
    }
    drop(worlds);
    for database in databases {
        database.remove().await?;
    }
    Ok(table)
}

/// A server that signs with these keys. People come only to one that has the usual keys.
async fn start(server: &Path, folder: &Path, keys: Keys) -> Result<World> {
    let mut world = World::new(server, folder, None, "")?;
    match keys {
        Keys::Usual => world.add_people(CONNECTIONS).await?,
        Keys::Only(algorithm) => world = world.with_only(algorithm).await?,
    }
    Ok(world)
}

async fn measure(line: &Line, pace: Pace, worlds: &[World], limits: &mut Limits, postgres: bool) -> Result<Measured> {
    eprintln!("{}{}", line.name, if postgres { ", PostgreSQL" } else { "" });
    let held_against: Vec<_> = line.limits.iter().map(|limit| limit.on(postgres)).collect();
    let mut rounds = Vec::new();
    for _ in 0..pace.rounds {
        let limit = limits.together(&held_against, pace.limit).await?;
        let mut figures = Vec::new();
        for world in worlds {
            let conversations = scenarios::conversations(line.scenario, world, pace.length + pace.warm_up).await?;
            figures
                .push(load::measure(&world.process, world.address(), conversations, pace.warm_up, pace.length).await?);
        }
        rounds.push(Round { limit, servers: figures });
    }
    let limits = held_against.into_iter().map(crate::limits::Limit::name).collect();
    Ok(Measured { name: line.name, limits, target: line.target, rounds })
}
