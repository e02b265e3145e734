//! What the server costs, in one run on one machine: `cargo bench --bench load`. `docs/performance.md` explains it.

mod browser;
mod conversation;
mod http;
mod load;
mod machine;
mod scenarios;
mod server;
mod world;

use std::time::Duration;

use anyhow::Result;

/// Connections that ask at the same time.
pub const CONNECTIONS: usize = 16;

use scenarios::{Asked, Scenario};
use world::App;

fn main() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(measure())
}

async fn measure() -> Result<()> {
    machine::stay_on(machine::LOAD_CORE)?;
    let seconds = std::env::var("CLAVIGER_BENCH_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(5.0);
    let length = Duration::from_secs_f64(seconds);
    let warm_up = (length / 5).min(Duration::from_secs(1));
    let only = std::env::var("CLAVIGER_BENCH_ONLY").unwrap_or_default();
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let binaries = server::binaries()?;
    let mut worlds = Vec::new();
    for (number, binary) in binaries.iter().enumerate() {
        worlds.push(world::World::new(binary, &folder.path().join(number.to_string()), None).await?);
    }
    for (name, scenario) in [
        ("client_credentials, ES256", Scenario::ClientCredentials),
        ("client_credentials, opaque", Scenario::ClientCredentialsOpaque),
        ("authorize with a session", Scenario::Authorize),
        ("sign-in page", Scenario::SignInPage),
        ("code exchange, ES256 ID token", Scenario::CodeExchange(App::ES256)),
        ("code exchange, RS256 ID token", Scenario::CodeExchange(App::RS256)),
        ("refresh, ES256 ID token", Scenario::Refresh(App::ES256)),
        ("refresh, RS256 ID token", Scenario::Refresh(App::RS256)),
        ("introspection, opaque, machine's", Scenario::Introspection(Asked::Opaque)),
        ("introspection, opaque, machine's, new each time", Scenario::Introspection(Asked::OpaqueNew)),
        ("introspection, opaque, person's", Scenario::Introspection(Asked::OpaqueOfPerson)),
        ("introspection, JWT, machine's", Scenario::Introspection(Asked::Jwt)),
        ("introspection, JWT, machine's, new each time", Scenario::Introspection(Asked::JwtNew)),
        ("introspection, JWT, person's", Scenario::Introspection(Asked::JwtOfPerson)),
        ("introspection, revoked opaque", Scenario::Introspection(Asked::RevokedOpaque)),
        ("introspection, revoked JWT", Scenario::Introspection(Asked::RevokedJwt)),
        ("introspection, unknown", Scenario::Introspection(Asked::Unknown)),
        ("userinfo, same token", Scenario::UserinfoAgain),
        ("userinfo, new token each time", Scenario::UserinfoNew),
        ("JWKS", Scenario::Jwks),
        ("discovery", Scenario::Discovery),
    ] {
        if !name.contains(&only) {
            continue;
        }
        for world in &worlds {
            let conversations = scenarios::conversations(scenario, world, length + warm_up).await?;
            let figures = load::measure(&world.process, world.address(), conversations, warm_up, length).await?;
            println!(
                "{name:50} {:>9.0}/s p50 {:>8.0} p99 {:>8.0} cpu {:>6.1} busy {:.2} {:.1}s",
                figures.per_second, figures.p50_us, figures.p99_us, figures.cpu_us, figures.busy, figures.seconds
            );
        }
    }
    Ok(())
}
