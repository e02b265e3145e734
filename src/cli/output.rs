//! How commands answer: words for people or one JSON document for programs, and why they failed.

use std::fmt;
use std::io::{self, Write as _};
use std::process::ExitCode;

use serde::Serialize;

use crate::config::ConfigFaults;
use crate::store::StoreError;

/// Where a command's answer goes: standard output, in one of two forms.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    json: bool,
}

impl Output {
    /// An output of JSON, or of words.
    #[must_use]
    pub const fn new(json: bool) -> Self {
        Self { json }
    }

    /// Prints the answer: the document, or the words for it.
    pub fn print(self, document: &impl Serialize, words: impl FnOnce() -> String) -> Result<(), Failure> {
        if self.json { self.print_json(document) } else { write_line(&words()) }
    }

    /// Prints what only programs read here; people are told otherwise.
    pub fn print_json(self, document: &impl Serialize) -> Result<(), Failure> {
        if !self.json {
            return Ok(());
        }
        let text = serde_json::to_string_pretty(document).map_err(|error| Failure::refused(error.to_string()))?;
        write_line(&text)
    }
}

/// Writes a part of a file, which is the same for people and for programs.
pub fn write_part(part: &[u8]) -> Result<(), Failure> {
    io::stdout().write_all(part).map_err(|error| Failure::refused(format!("Cannot print: {error}.")))
}

/// Unlike `println!`, does not panic where the reader has gone away (`| head`).
fn write_line(text: &str) -> Result<(), Failure> {
    writeln!(io::stdout(), "{text}").map_err(|error| Failure::refused(format!("Cannot print: {error}.")))
}

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub enum Failure {
    /// It was refused or went wrong: one clear sentence.
    Refused(String),
    /// The configuration is wrong.
    Configuration(ConfigFaults),
}

impl Failure {
    /// A refusal in one clear sentence.
    pub fn refused(sentence: impl Into<String>) -> Self {
        Self::Refused(sentence.into())
    }

    /// A refusal for an error of an inner layer, which says a clause.
    pub fn because(error: &impl fmt::Display) -> Self {
        Self::Refused(sentence(error))
    }

    /// The status that the program ends with.
    #[must_use]
    pub const fn status(&self) -> u8 {
        match self {
            Self::Refused(_) => 1,
            Self::Configuration(_) => 2,
        }
    }
}

impl From<ConfigFaults> for Failure {
    fn from(faults: ConfigFaults) -> Self {
        Self::Configuration(faults)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::because(&error)
    }
}

/// A clause as the sentence that people read.
fn sentence(error: &impl fmt::Display) -> String {
    let text = error.to_string();
    let mut chars = text.chars();
    let first = chars.next().map(char::to_uppercase);
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    first.into_iter().flatten().chain(chars).chain(stop.chars()).collect()
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(sentence) => f.write_str(sentence),
            Self::Configuration(faults) => faults.fmt(f),
        }
    }
}

impl std::error::Error for Failure {}

/// Ends a command: a failure goes to standard error and into the exit status.
#[must_use]
pub fn finish(result: Result<(), Failure>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // If standard error is gone too, the status still tells.
            let _ = writeln!(io::stderr(), "{failure}");
            ExitCode::from(failure.status())
        }
    }
}

/// Lays rows out in columns under their headings.
#[must_use]
pub fn table<const N: usize>(headings: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    columns(std::iter::once(headings.map(str::to_owned)).chain(rows))
}

/// Lays names and values out beside each other; what has no value is left out.
#[must_use]
pub fn fields<'a>(rows: impl IntoIterator<Item = (&'a str, Option<String>)>) -> String {
    columns(rows.into_iter().filter_map(|(name, value)| Some([name.to_owned(), value?])))
}

/// Control characters are replaced, because what is shown may come from strangers and a terminal would obey it.
fn columns<const N: usize>(rows: impl IntoIterator<Item = [String; N]>) -> String {
    let harmless = |cell: String| cell.replace(char::is_control, "\u{fffd}");
    let lines: Vec<[String; N]> = rows.into_iter().map(|row| row.map(harmless)).collect();
    let width = |column: usize| lines.iter().filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..N).map(|column| width(column).unwrap_or(0)).collect();
    let render = |line: &[String; N]| {
        let cells: Vec<String> = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        cells.join("  ").trim_end().to_owned()
    };
    lines.iter().map(render).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn lines_columns_up_and_disarms_what_a_terminal_would_obey() {
        let rows = [["a".to_owned(), "long one".to_owned()], ["äö\u{1b}[2J".to_owned(), String::new()]];
        assert_eq!(table(["ID", "NAME"], rows), "ID      NAME\na       long one\näö\u{fffd}[2J");
    }

    #[test]
    fn leaves_out_what_has_no_value() {
        let rows = [("id", Some("7".to_owned())), ("name", None), ("state", Some("active".to_owned()))];
        assert_eq!(fields(rows), "id     7\nstate  active");
    }

    #[test]
    fn makes_a_sentence_of_a_clause() {
        assert_eq!(sentence(&"it exists already"), "It exists already.");
        assert_eq!(sentence(&"Done?"), "Done?");
        assert_eq!(sentence(&""), ".");
    }

    #[test]
    fn ends_with_status_1_for_a_refusal_and_2_for_a_wrong_configuration() {
        assert_eq!(Failure::refused("No.").status(), 1);
        assert_eq!(Failure::from(Config::from_toml("nonsense", []).unwrap_err()).status(), 2);
    }
}
