//! Adding many people at once, from a file: [`read`] makes rows of it, [`check`] people of the rows, [`report`] compares
//! them with who is there, and [`apply`] adds them. Everything that is wrong is told at once, and where anything is,
//! nobody is added. Who is there already stays as they are, so that the same file can be imported again.

mod apply;
mod check;
mod read;
mod report;

pub use apply::{Added, Applied, Invitation, apply};
pub use check::{Checked, check};
pub use report::{Report, report};

use std::fmt;

use super::accounts::NewPerson;

/// The most rows that are taken from a file.
pub const MOST_ROWS: usize = 50_000;
/// The most bytes that are taken over HTTP: more than any other body, whatever `server.max_body_size` says.
pub const MOST_BYTES: usize = 1024 * 1024;
/// As much of a value as a fault repeats.
const SHOWN: usize = 80;

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180 with a row of names first, parted by commas or semicolons.
    Csv,
    /// An array of objects.
    Json,
}

impl Format {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Csv, Self::Json];

    /// Its name, and the ending of a file's name.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }

    /// The format of this name.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.word().eq_ignore_ascii_case(word))
    }

    /// What a person in the file is counted by.
    const fn place(self, number: u64) -> Place {
        match self {
            Self::Csv => Place::Line(number),
            Self::Json => Place::Entry(number),
        }
    }
}

/// Where in the file something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Nowhere in particular.
    File,
    /// On this line.
    Line(u64),
    /// In this element of the array, counted from 1.
    Entry(u64),
}

impl Place {
    /// The number of the line or element.
    #[must_use]
    pub const fn number(self) -> Option<u64> {
        match self {
            Self::File => None,
            Self::Line(number) | Self::Entry(number) => Some(number),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File => f.write_str("The file"),
            Self::Line(number) => write!(f, "Line {number}"),
            Self::Entry(number) => write!(f, "Entry {number}"),
        }
    }
}

/// Somebody in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where they stand.
    pub place: Place,
    /// Who they are.
    pub new: NewPerson,
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub place: Place,
    /// With which column or member, if with one.
    pub member: Option<String>,
    /// What, and what would be right.
    pub text: String,
}

impl Fault {
    fn at(place: Place, text: impl Into<String>) -> Self {
        Self { place, member: None, text: text.into() }
    }

    fn of(place: Place, member: &str, text: impl Into<String>) -> Self {
        Self { place, member: Some(shown(member)), text: text.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.member {
            Some(member) => write!(f, "{}, {member}: {}", self.place, self.text),
            None => write!(f, "{}: {}", self.place, self.text),
        }
    }
}

/// The beginning of a text of somebody else's, without what a terminal would obey.
fn shown(text: &str) -> String {
    text.chars().take(SHOWN).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
