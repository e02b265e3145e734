//! How the cost of one request grows with the database: the same requests to servers that know from a thousand clients,
//! people, grants and sessions to a million. Always the same thousand of them ask, spread evenly over all.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use claviger::domain::clients::directory::LIFETIME;
use serde::Serialize;
use tokio::time::sleep;

use crate::conversation::{Conversation, in_turn, once};
use crate::database::Postgres;
use crate::http;
use crate::load::{self, Figures};
use crate::options::{Options, Pace};
use crate::scenarios::{self, JWT, OPAQUE, Scenario};
use crate::world::{self, App, TOKENS, World};
use crate::{fill, scenarios::ok};

/// Rows of everything.
const SIZES: [usize; 4] = [1_000, 10_000, 100_000, 1_000_000];
/// How many clients and people ask.
pub const SAMPLE: usize = 1_000;
/// How often each client is asked for that the server does not remember.
const BURSTS: usize = 5;
/// What is said of a good token or key.
const ACTIVE: &str = "\"active\":true";

/// A line: what was asked, and the figures of each server.
#[derive(Debug, Serialize)]
pub struct Growth {
    pub name: &'static str,
    /// Whether it is a page on which an admin reads or searches a list.
    pub is_a_list: bool,
    pub sizes: Vec<(usize, Figures)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    /// Tokens for clients that the server remembers.
    Remembered,
    /// Tokens for clients that it has to look up, because it forgets them in the meantime.
    Forgotten,
    /// What depends on people: the same as in the other table.
    Scenario(Scenario),
    /// Introspection of opaque tokens of many people.
    Introspection,
    /// Introspection of API keys of many machines, which the server remembers.
    ApiKeys,
    /// Of API keys that it has to look up.
    ApiKeysForgotten,
    /// `UserInfo` for many people.
    Userinfo,
    /// A page of the console.
    Console(&'static str),
}

const LINES: [(&str, Asked); 19] = [
    ("client_credentials, client remembered", Asked::Remembered),
    ("client_credentials, client looked up", Asked::Forgotten),
    ("client_credentials, opaque", Asked::Scenario(Scenario::ClientCredentialsOpaque)),
    ("authorize with a session", Asked::Scenario(Scenario::Authorize)),
    ("code exchange", Asked::Scenario(Scenario::CodeExchange(App::ES256))),
    ("refresh", Asked::Scenario(Scenario::Refresh(App::ES256))),
    ("introspection, opaque, person's", Asked::Introspection),
    ("introspection, API key remembered", Asked::ApiKeys),
    ("introspection, API key looked up", Asked::ApiKeysForgotten),
    ("userinfo", Asked::Userinfo),
    ("sign-in page", Asked::Scenario(Scenario::SignInPage)),
    ("console, what was refused lately", Asked::Console("/admin")),
    ("console, search", Asked::Console("/admin?q=person-1")),
    ("console, clients", Asked::Console("/admin/clients?after=machine-5")),
    ("console, people", Asked::Console("/admin/people?after=person-5")),
    ("console, groups", Asked::Console("/admin/groups?after=Group%205")),
    ("console, approvals", Asked::Console("/admin/approvals")),
    ("console, events that failed", Asked::Console("/admin/events?outcome=failure")),
    ("console, events of a client", Asked::Console("/admin/events?client=app")),
];

/// Measures one server, whose databases are in `folder` or on a server of `PostgreSQL`.
pub async fn measure(
    options: &Options,
    pace: Pace,
    server: &Path,
    folder: &Path,
    postgres: Option<&str>,
) -> Result<Vec<Growth>> {
    let lines: Vec<_> = LINES.into_iter().filter(|(name, _)| options.wants(name)).collect();
    let (mut databases, mut worlds) = (Vec::new(), Vec::new());
    for size in SIZES {
        let started = std::time::Instant::now();
        let database = match postgres {
            Some(postgres) => Some(Postgres::create(postgres, &format!("growth_{size}")).await?),
            None => None,
        };
        let url = database.as_ref().map(Postgres::url);
        worlds.push(fill::world(server, &folder.join(size.to_string()), url, size).await?);
        databases.extend(database);
        eprintln!("growth: {size} of everything, after {:.0} s", started.elapsed().as_secs_f64());
    }
    let mut table = Vec::new();
    for (name, asked) in lines {
        eprintln!("growth: {name}");
        let mut rounds = vec![Vec::new(); worlds.len()];
        for _ in 0..pace.rounds.min(2) {
            match asked {
                Asked::Forgotten => {
                    burst(&worlds, &mut rounds, |world| once(world.client_credentials(JWT), TOKENS)).await?;
                }
                Asked::ApiKeysForgotten => {
                    burst(&worlds, &mut rounds, |world| once(introspect_keys(world), ok(ACTIVE))).await?;
                }
                _ => {
                    for (world, figures) in worlds.iter().zip(&mut rounds) {
                        let conversations = conversations(asked, world, pace).await?;
                        let address = world.address();
                        figures.push(
                            load::measure(&world.process, address, conversations, pace.warm_up, pace.length).await?,
                        );
                    }
                }
            }
        }
        let sizes = SIZES.into_iter().zip(rounds.iter().map(|figures| Figures::together(figures))).collect();
        table.push(Growth { name, is_a_list: matches!(asked, Asked::Console(_)), sizes });
    }
    drop(worlds);
    for database in databases {
        database.remove().await?;
    }
    Ok(table)
}

async fn conversations(asked: Asked, world: &World, pace: Pace) -> Result<Vec<Conversation>> {
    Ok(match asked {
        Asked::Remembered | Asked::Forgotten => in_turn(world.client_credentials(JWT), TOKENS),
        Asked::Scenario(scenario) => scenarios::conversations(scenario, world, pace.length + pace.warm_up).await?,
        Asked::ApiKeys | Asked::ApiKeysForgotten => in_turn(introspect_keys(world), ok(ACTIVE)),
        Asked::Introspection => {
            let tokens = world.tokens_of_people(OPAQUE, SAMPLE).await?;
            let caller = App::ES256.basic();
            let ask = |token: &String| scenarios::introspect(token, &caller);
            in_turn(tokens.iter().map(ask).collect(), ok(ACTIVE))
        }
        Asked::Userinfo => {
            let tokens = world.tokens_of_people(JWT, SAMPLE).await?;
            in_turn(tokens.iter().map(scenarios::userinfo).collect(), ok("\"sub\":\""))
        }
        Asked::Console(path) => {
            let ask = |cookie: &String| http::get(path, &[("Cookie", cookie), ("Accept", "text/html")]);
            in_turn(world.browsers.iter().map(ask).collect(), ok("class=\"console\""))
        }
    })
}

/// Their server asks about each key.
fn introspect_keys(world: &World) -> Vec<Vec<u8>> {
    let caller = world::machine("machine");
    world.api_keys.iter().map(|key| scenarios::introspect(key, &caller)).collect()
}

/// Asks everything once, waits until the servers have forgotten it, and so on.
async fn burst(
    worlds: &[World],
    rounds: &mut [Vec<Figures>],
    asked: impl Fn(&World) -> Vec<Conversation>,
) -> Result<()> {
    for _ in 0..BURSTS {
        sleep(LIFETIME).await;
        for (world, figures) in worlds.iter().zip(&mut *rounds) {
            let length = Duration::from_mins(1);
            figures.push(load::measure(&world.process, world.address(), asked(world), Duration::ZERO, length).await?);
        }
    }
    Ok(())
}
