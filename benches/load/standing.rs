//! What a server costs before anybody asks: the time to start, and memory.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use serde::Serialize;
use tokio::time::sleep;

use crate::conversation::in_turn;
use crate::load;
use crate::report::median;
use crate::scenarios::JWT;
use crate::server::Claviger;
use crate::world::{TOKENS, World};

/// Tokens that are asked for to see what they leave behind.
const MANY: u64 = 1_000_000;

/// A figure of each server, and the most that it may be.
#[derive(Debug, Serialize)]
pub struct Standing {
    pub name: &'static str,
    pub unit: &'static str,
    pub most: f64,
    pub values: Vec<f64>,
}

/// The time from the start of the process to its first answer, and memory a second later.
pub async fn start_up(servers: &[PathBuf], starts: usize, folder: &Path) -> Result<Vec<Standing>> {
    let (mut first, mut again) = (vec![Vec::new(); servers.len()], vec![Vec::new(); servers.len()]);
    let mut idle = Vec::new();
    for start in 0..starts {
        for (number, server) in servers.iter().enumerate() {
            let folder = folder.join(format!("start-{start}-{number}"));
            let claviger = Claviger::new(server, &folder, None, "")?;
            for times in [&mut first, &mut again] {
                let (process, took) = claviger.start()?;
                times.get_mut(number).context("no such server")?.push(took.as_secs_f64() * 1e3);
                drop(process);
            }
            if start == 0 {
                let (process, _) = claviger.start()?;
                sleep(Duration::from_secs(1)).await;
                idle.push(process.memory("VmRSS:")?);
            }
            fs::remove_dir_all(folder)?;
        }
    }
    let medians = |times: &[Vec<f64>]| times.iter().map(|times| median(times.iter().copied())).collect();
    Ok(vec![
        Standing { name: "first start, no database yet", unit: "ms", most: 1_000.0, values: medians(&first) },
        Standing { name: "start with existing keys", unit: "ms", most: 100.0, values: medians(&again) },
        Standing { name: "idle memory", unit: "MiB", most: 30.0, values: idle },
    ])
}

/// The most memory that servers have used so far.
pub fn most_memory<'a>(worlds: impl Iterator<Item = &'a World>) -> Result<Standing> {
    let values = worlds.map(|world| world.process.memory("VmHWM:")).collect::<Result<_>>()?;
    Ok(Standing { name: "most memory under load, sign-ins included", unit: "MiB", most: 60.0, values })
}

/// Memory after a million tokens.
pub async fn million(servers: &[PathBuf], folder: &Path) -> Result<Standing> {
    let mut values = Vec::new();
    for (number, server) in servers.iter().enumerate() {
        let world = World::new(server, &folder.join(format!("million-{number}")), None, "")?;
        let conversations = in_turn(world.client_credentials(JWT), TOKENS);
        load::until(world.address(), conversations, |answers| answers >= MANY).await?;
        values.push(world.process.memory("VmRSS:")?);
    }
    Ok(Standing { name: "memory after 1,000,000 tokens", unit: "MiB", most: 60.0, values })
}
