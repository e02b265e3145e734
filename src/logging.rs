//! The log: to stderr, as `log.level` and `log.format` say.
//!
//! A panic is logged like any other error, in the span of the request in which it happened.

use std::io::{self, IsTerminal};
use std::panic::{self, PanicHookInfo};

use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, fmt};

use crate::config::{LogConfig, LogFormat};

/// Begins to log, once per process; a second call changes nothing.
pub fn init(config: &LogConfig) {
    // The settings were read with the same parser, so that the default is never needed.
    let filter = EnvFilter::try_new(&config.level).unwrap_or_default();
    let log = fmt().with_env_filter(filter).with_writer(io::stderr).with_span_events(FmtSpan::NONE);
    let begun = match config.format {
        LogFormat::Text => log.with_ansi(io::stderr().is_terminal()).finish().try_init(),
        LogFormat::Json => log.json().flatten_event(true).with_span_list(false).finish().try_init(),
    };
    if begun.is_ok() {
        panic::set_hook(Box::new(log_panic));
    }
}

/// Where, and why as far as that is a constant of the source: a message put together at run time may quote what a
/// request sent.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let why = panic.payload().downcast_ref::<&'static str>().copied().unwrap_or("(see the source)");
    tracing::error!(place, why, "panicked");
}
