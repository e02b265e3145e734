//! `claviger events …`: the event log, with its grammar.

use clap::Subcommand;
use serde_json::json;

use super::output::{Failure, Output, fields, write_part};
use crate::clock::Timestamp;
use crate::cx::Cx;
use crate::domain::event_chain::Head;
use crate::domain::event_chain::verify::{Counted, Verified, VerifyError};
use crate::domain::event_export::{Export, Format};
use crate::store::EventFilter;

/// `claviger events …`
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum EventsCommand {
    /// Check that nobody has changed, added or removed events since they were sealed
    Verify {
        /// The last batch as an earlier run printed it: the chain must still have it
        #[arg(long, value_name = "NUMBER:HASH")]
        head: Option<Head>,
    },
    /// Print events, the latest first
    Export {
        /// jsonl or csv
        #[arg(long, value_name = "FORMAT", default_value = "jsonl", value_parser = format)]
        format: Format,
        /// Only from this day (UTC) on
        #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
        since: Option<Timestamp>,
    },
}

/// Runs the command.
pub async fn run(command: &EventsCommand, cx: &Cx, output: Output) -> Result<(), Failure> {
    match command {
        EventsCommand::Verify { head } => verify(cx, head.as_ref(), output).await,
        EventsCommand::Export { format, since } => export(cx, *format, *since).await,
    }
}

impl From<VerifyError> for Failure {
    fn from(error: VerifyError) -> Self {
        Self::because(&error)
    }
}

async fn verify(cx: &Cx, noted: Option<&Head>, output: Output) -> Result<(), Failure> {
    let verified = cx.event_chain.verify(noted).await?;
    let counted = |count: Counted| json!({ "batches": count.batches, "events": count.events });
    let document = json!({
        "sealed": counted(verified.sealed),
        "swept": counted(verified.swept),
        "unsealed": verified.unsealed,
        "head": verified.head.as_ref().map(ToString::to_string),
    });
    output.print(&document, || words(&verified))
}

fn words(verified: &Verified) -> String {
    let counted = |count: Counted| format!("{} events in {} batches", count.events, count.batches);
    let rows = [
        ("sealed", Some(counted(verified.sealed))),
        ("removed by retention", Some(counted(verified.swept)).filter(|_| verified.swept.batches > 0)),
        ("not sealed yet", Some(format!("{} events", verified.unsealed))),
        ("head", verified.head.as_ref().map(ToString::to_string)),
    ];
    format!("Every sealed event is as it was.\n\n{}", fields(rows))
}

/// Part by part, so that the longest log never sits in memory.
async fn export(cx: &Cx, format: Format, since: Option<Timestamp>) -> Result<(), Failure> {
    let filter = EventFilter { since, ..EventFilter::default() };
    let mut export = Export::new(cx.store.clone(), format, filter);
    while let Some(part) = export.next().await? {
        write_part(&part)?;
    }
    Ok(())
}

fn format(name: &str) -> Result<Format, String> {
    let found = [Format::JsonLines, Format::Csv].into_iter().find(|format| format.word() == name);
    found.ok_or_else(|| "is neither jsonl nor csv".to_owned())
}

fn day(text: &str) -> Result<Timestamp, String> {
    Timestamp::from_day(text).ok_or_else(|| "is no day, as 2026-11-23 is one".to_owned())
}
