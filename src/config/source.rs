//! What a setting's value is before it is parsed, and where it came from.

use std::fmt;
use std::path::PathBuf;

use serde::{Serialize, Serializer};
use serde_json::Value as Json;

/// Where a setting's value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Nobody set it.
    Default,
    /// A line of a configuration file.
    File {
        /// The file, as it was named.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
    },
    /// An environment variable.
    Environment {
        /// Its name.
        variable: String,
    },
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Environment { variable } => f.write_str(variable),
        }
    }
}

impl Serialize for Source {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A setting in force.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Setting {
    /// Its dotted name.
    pub key: String,
    /// Its value; null where it is not set, `"(hidden)"` where it is secret.
    pub value: Json,
    /// Where the value comes from.
    pub source: Source,
}

/// A value as it was written.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Text(String),
    Integer(i64),
    Boolean(bool),
    List(Vec<Self>),
    /// From the environment, where everything is text: whoever reads it knows the form.
    Bare(String),
    /// What no setting takes, by the name of its kind.
    Other(&'static str),
}

impl Value {
    /// The value in the words of a fault.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) | Self::Bare(_) => "a text",
            Self::Integer(_) => "a number",
            Self::Boolean(_) => "true or false",
            Self::List(_) => "a list",
            Self::Other(kind) => kind,
        }
    }

    /// The value as a fault quotes it.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Text(text) | Self::Bare(text) => Json::from(text.as_str()),
            Self::Integer(number) => Json::from(*number),
            Self::Boolean(truth) => Json::from(*truth),
            Self::List(items) => items.iter().map(Self::to_json).collect(),
            Self::Other(_) => Json::Null,
        }
    }
}

/// A value with its origin.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub value: Value,
    pub source: Source,
}
