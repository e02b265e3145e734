//! What is wrong with a configuration, said so that a person can mend it at once.

use std::fmt;
use std::path::Path;

use serde::Serialize;
use serde_json::Value as Json;

use super::source::Source;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fault {
    /// The setting's dotted name; empty if the fault is the file's.
    pub key: String,
    /// Where the wrong value stands.
    pub place: String,
    /// The wrong value; nothing if it is secret or there is none.
    pub value: Option<Json>,
    /// What is wrong, as a sentence without its subject.
    pub problem: String,
    /// What to do, as a sentence.
    pub remedy: String,
}

impl Fault {
    /// A fault of a setting.
    pub(super) fn new(key: &str, source: &Source, problem: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            key: key.to_owned(),
            place: source.to_string(),
            value: None,
            problem: problem.into(),
            remedy: remedy.into(),
        }
    }

    /// The same fault, quoting the value.
    pub(super) fn quoting(mut self, value: Json) -> Self {
        self.value = Some(value).filter(|value| !value.is_null());
        self
    }

    /// The configuration file cannot be read.
    pub(super) fn of_file(file: &Path, error: &std::io::Error) -> Self {
        Self {
            key: String::new(),
            place: file.display().to_string(),
            value: None,
            problem: format!("cannot be read: {error}"),
            remedy: "Name a configuration file that exists and can be read, or leave out --config.".to_owned(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.key.as_str(), &self.value) {
            ("", _) => write!(f, "{}", self.place)?,
            (key, None) => write!(f, "{key} ({})", self.place)?,
            (key, Some(value)) => write!(f, "{key} = {value} ({})", self.place)?,
        }
        write!(f, "\n    {}\n    {}", self.problem, self.remedy)
    }
}

/// Everything that is wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfigFaults(Vec<Fault>);

impl ConfigFaults {
    /// The faults, at least one, in the order in which they were found.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.0
    }
}

impl From<Vec<Fault>> for ConfigFaults {
    fn from(faults: Vec<Fault>) -> Self {
        Self(faults)
    }
}

impl fmt::Display for ConfigFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.len() {
            1 => f.write_str("The configuration has a fault:")?,
            number => write!(f, "The configuration has {number} faults:")?,
        }
        self.0.iter().try_for_each(|fault| write!(f, "\n\n{fault}"))
    }
}

impl std::error::Error for ConfigFaults {}
