//! What the server costs, in one run on one machine: `cargo bench --bench load`. `benches/README.md` says how to run and
//! read it, `docs/performance.md` what it showed.

mod bare;
mod browser;
mod conversation;
mod crowd;
mod database;
mod fill;
mod growth;
mod http;
mod limits;
mod lines;
mod load;
mod machine;
mod options;
mod report;
mod scenarios;
mod server;
mod standing;
mod table;
mod world;

use std::fs;
use std::path::Path;

use anyhow::Result;
use clap::Parser;

use limits::Limits;
use options::Options;
use report::Report;

/// Connections that ask at the same time.
pub const CONNECTIONS: usize = 16;

fn main() -> Result<()> {
    let options = Options::parse();
    if let Some(part) = &options.part {
        return part.play();
    }
    machine::stay_on(machine::LOAD_CORE)?;
    let report = tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(measure(&options))?;
    let tables = report.tables()?;
    println!("{tables}");
    let json = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("load.json");
    fs::write(&json, report.json()?)?;
    eprintln!("{}", json.display());
    if options.write_docs {
        report::write_between_marks(&Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/performance.md"), &tables)?;
    }
    Ok(())
}

async fn measure(options: &Options) -> Result<Report> {
    let (pace, servers) = (options.pace(), options::servers()?);
    let postgres = std::env::var("CLAVIGER_BENCH_DATABASE").ok();
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let folder = folder.path();
    let mut report = Report::new(if options.quick { "quick" } else { "full" }, &servers);
    let mut limits = Limits::start(folder, postgres.as_deref()).await?;
    let everything = options.only.is_empty();
    if everything {
        for limit in limits.all() {
            limits.measure(limit, pace.limit).await?;
        }
        report.standing = standing::start_up(&servers, pace.starts, folder).await?;
    }
    let (table, memory) = table::on_sqlite(options, pace, &servers, folder, &mut limits).await?;
    report.sqlite = table;
    report.standing.extend(memory);
    if options.wants(crowd::NAME) {
        report.standing.extend(crowd::measure(&servers, pace, folder).await?);
    }
    if let Some(postgres) = &postgres {
        report.postgres = table::on_postgres(options, pace, &servers, (folder, postgres), &mut limits).await?;
    }
    if everything && !options.quick {
        report.standing.push(standing::million(&servers, folder).await?);
    }
    report.add_limits(&limits);
    limits.end().await?;
    if options.growth
        && let Some(server) = servers.last()
    {
        report.growth = growth::measure(options, pace, server, &folder.join("growth"), None).await?;
        if let Some(postgres) = &postgres {
            let folder = folder.join("growth-on-postgres");
            report.growth_on_postgres = growth::measure(options, pace, server, &folder, Some(postgres)).await?;
        }
    }
    Ok(report)
}
