//! Machines while people wait: many sign-ins queue for their passwords to be checked, and tokens are asked for as before.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::{Context, Result, ensure};
use tokio::task::{JoinHandle, LocalSet};

use crate::browser::Browser;
use crate::conversation::in_turn;
use crate::http::Connection;
use crate::load::{self, Figures};
use crate::options::Pace;
use crate::report::median;
use crate::scenarios::JWT;
use crate::standing::Standing;
use crate::world::{TOKENS, World};

/// Sign-ins that wait at the same time.
const WAITING: usize = 500;

/// What `--only` knows it by.
pub const NAME: &str = "while 500 sign-ins wait";

/// So that all of them may wait, though all come from one address, none has an account (a password costs the same), and each
/// tries again and again.
const SETTINGS: &str = "passwords.max_waiting_hashes = 600\nprotection.failures = 1000000\n\
    protection.failures_per_account = 1000000\nprotection.failures_per_address = 1000000\n";

/// What the machines and the memory of each server show of the crowd.
pub async fn measure(servers: &[PathBuf], pace: Pace, folder: &Path) -> Result<Vec<Standing>> {
    let (mut slowest, mut usual, mut memory) = (Vec::new(), Vec::new(), Vec::new());
    for (number, server) in servers.iter().enumerate() {
        let world = World::new(server, &folder.join(format!("crowd-{number}")), None, SETTINGS)?;
        let (mut alone, mut together) = (Vec::new(), Vec::new());
        for _ in 0..pace.rounds {
            alone.push(tokens(&world, pace).await?);
            together.push(beside_the_crowd(&world, pace).await?);
        }
        let p99 = |all: &[Figures]| median(all.iter().map(|figures| figures.p99_us));
        let rate = |all: &[Figures]| median(all.iter().map(|figures| figures.per_second));
        slowest.push(p99(&together) / p99(&alone));
        usual.push(rate(&alone) / rate(&together));
        memory.push(world.process.memory("VmHWM:")?);
    }
    Ok(vec![
        Standing {
            name: "p99 of a token while 500 sign-ins wait, to p99 without",
            unit: "×",
            most: 2.0,
            values: slowest,
        },
        Standing { name: "time of a token while 500 sign-ins wait, to without", unit: "×", most: 1.5, values: usual },
        Standing { name: "most memory while 500 sign-ins wait", unit: "MiB", most: 96.0, values: memory },
    ])
}

async fn tokens(world: &World, pace: Pace) -> Result<Figures> {
    let conversations = in_turn(world.client_credentials(JWT), TOKENS);
    load::measure(&world.process, world.address(), conversations, pace.warm_up, pace.length).await
}

async fn beside_the_crowd(world: &World, pace: Pace) -> Result<Figures> {
    let together = LocalSet::new();
    let (over, answered) = (Rc::new(Cell::new(false)), Rc::new(Cell::new(0_usize)));
    let mut crowd: Vec<JoinHandle<Result<()>>> = Vec::new();
    for number in 0..WAITING {
        let request = sign_in(world.address(), number).await?;
        let connection = Connection::open(world.address()).await?;
        crowd.push(together.spawn_local(wait(request, connection, Rc::clone(&over), Rc::clone(&answered))));
    }
    let figures = together.run_until(tokens(world, pace)).await?;
    ensure!(answered.get() > 0, "nobody of the crowd was answered: it did not stand at the door");
    over.set(true);
    together.await;
    for one in crowd {
        one.await??;
    }
    Ok(figures)
}

/// A sign-in of somebody who has no account, which costs what any costs.
async fn sign_in(address: &str, number: usize) -> Result<Vec<u8>> {
    let mut browser = Browser::open(address).await?;
    browser.go("/login").await?;
    let username = format!("nobody-{number}");
    browser.filled("#login", &[("username", &username), ("password", "wrong")]).context("the sign-in page has no form")
}

/// Whoever is answered comes again, so that the crowd stays as large as it is; also whoever was kept waiting for so long that the
/// server gave up.
async fn wait(
    request: Vec<u8>,
    mut connection: Connection,
    over: Rc<Cell<bool>>,
    answered: Rc<Cell<usize>>,
) -> Result<()> {
    while !over.get() {
        let answer = connection.ask(&request).await?;
        ensure!([422, 503].contains(&answer.status), "{}{}", answer.head, answer.body);
        answered.set(answered.get() + usize::from(answer.status == 422));
    }
    Ok(())
}
