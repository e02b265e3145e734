//! What no server of this kind can beat, measured beside it, and several of them together.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use claviger::protocol::algorithm::SigningAlgorithm;

use crate::conversation::{Expected, in_turn};
use crate::database::Postgres;
use crate::load::{self, Figures};
use crate::machine::{self, Process, SERVER_CORE, free_address, pinned, wait_for};
use crate::{CONNECTIONS, http};

/// A limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Limit {
    /// actix-web answering a constant JSON body.
    Answer,
    /// A signature.
    Sign(SigningAlgorithm),
    /// The verification of one.
    Verify(SigningAlgorithm),
    /// A row that is on disk, by the one writer that there is.
    Commit,
    /// A row that is on disk, by as many writers as there are connections to the server; on `PostgreSQL`.
    CommitPostgres(usize),
}

impl Limit {
    pub fn name(self) -> String {
        match self {
            Self::Answer => "actix-web, constant JSON".to_owned(),
            Self::Sign(algorithm) => format!("{algorithm} signature"),
            Self::Verify(algorithm) => format!("{algorithm} verification"),
            Self::Commit => "SQLite, one durable row a commit".to_owned(),
            Self::CommitPostgres(connections) => format!("PostgreSQL, the same on {connections} connection(s)"),
        }
    }

    /// The same on the database that is used.
    pub const fn on(self, postgres: bool) -> Self {
        match self {
            Self::Commit if postgres => Self::CommitPostgres(CONNECTIONS),
            other => other,
        }
    }
}

/// The limits as they were measured.
pub struct Limits {
    answerer: Process,
    listen: String,
    sqlite: PathBuf,
    postgres: Option<Postgres>,
    /// Every measurement of each.
    pub measured: BTreeMap<Limit, Vec<Figures>>,
}

impl Limits {
    /// Starts what has to run; files go into `folder`.
    pub async fn start(folder: &std::path::Path, postgres: Option<&str>) -> Result<Self> {
        let listen = free_address()?;
        let mut command = pinned(SERVER_CORE, &std::env::current_exe()?);
        let answerer = Process(command.args(["answer", &listen]).spawn()?);
        wait_for(&listen, "/")?;
        let postgres = match postgres {
            None => None,
            Some(server) => {
                let database = Postgres::create(server, "limits").await?;
                database.execute("CREATE TABLE commits (hash bytea, at bigint)").await?;
                Some(database)
            }
        };
        Ok(Self { answerer, listen, sqlite: folder.join("commits.db"), postgres, measured: BTreeMap::new() })
    }

    /// All that there are.
    pub fn all(&self) -> Vec<Limit> {
        let algorithms = SigningAlgorithm::ALL.iter().flat_map(|known| [Limit::Sign(*known), Limit::Verify(*known)]);
        let mut all: Vec<_> = [Limit::Answer, Limit::Commit].into_iter().chain(algorithms).collect();
        if self.postgres.is_some() {
            all.extend([Limit::CommitPostgres(1), Limit::CommitPostgres(CONNECTIONS)]);
        }
        all.sort_unstable();
        all
    }

    /// How much work a second has room for that needs all of these, one after another.
    pub async fn together(&mut self, limits: &[Limit], length: Duration) -> Result<f64> {
        let mut seconds = 0.0;
        for limit in limits {
            seconds += 1.0 / self.measure(*limit, length).await?.per_second;
        }
        Ok(1.0 / seconds)
    }

    /// Measures one, again if it was measured before.
    pub async fn measure(&mut self, limit: Limit, length: Duration) -> Result<Figures> {
        let figures = match limit {
            Limit::Answer => {
                let expected = Expected { status: 200, holds: "\"active\":true" };
                let conversations = in_turn(vec![http::get("/", &[])], expected);
                load::measure(&self.answerer, &self.listen, conversations, length / 5, length).await?
            }
            Limit::Sign(algorithm) => play(&["sign", algorithm.wire()], length)?,
            Limit::Verify(algorithm) => play(&["verify", algorithm.wire()], length)?,
            Limit::Commit => play(&["commit", &format!("sqlite://{}", self.sqlite.display()), "1"], length)?,
            Limit::CommitPostgres(connections) => {
                let url = self.postgres.as_ref().map(Postgres::url).unwrap_or_default();
                play(&["commit", url, &connections.to_string()], length)?
            }
        };
        self.measured.entry(limit).or_default().push(figures);
        Ok(figures)
    }

    /// Stops what runs, and takes away what was made.
    pub async fn end(self) -> Result<()> {
        match self.postgres {
            Some(database) => database.remove().await,
            None => Ok(()),
        }
    }
}

/// Has this program play a part on the core of the server.
fn play(part: &[&str], length: Duration) -> Result<Figures> {
    let mut command = pinned(SERVER_CORE, &std::env::current_exe()?);
    let figures = machine::output(command.args(part).arg(length.as_secs_f64().to_string()))?;
    Ok(serde_json::from_str(&figures)?)
}
