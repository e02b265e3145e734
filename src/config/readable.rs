//! What a setting's value can be parsed into, and how it is shown.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use serde_json::Value as Json;

use super::duration;
use super::source::Value;
use crate::protocol::issuer::Issuer;
use crate::protocol::resource::ResourceUri;
use crate::protocol::scope::ScopeToken;

/// How a secret is shown.
pub(super) const HIDDEN: &str = "(hidden)";

/// A type that a setting can have.
pub(super) trait Readable: Sized {
    /// What may be written, as it reads after "Write".
    const EXPECTED: &'static str;

    /// Whether a wrong value may not be quoted.
    const SECRET: bool = false;

    /// Parses the value; an error is a sentence without its subject.
    fn parse(value: &Value) -> Result<Self, String>;

    /// The value as `config show` tells it.
    fn show(&self) -> Json;
}

impl Value {
    /// The text, or what is there in its stead.
    pub fn text(&self) -> Result<&str, String> {
        match self {
            Self::Text(text) | Self::Bare(text) => Ok(text),
            other => Err(format!("is {}, not a text", other.kind())),
        }
    }
}

impl Readable for String {
    const EXPECTED: &'static str = "a text that is not empty";

    fn parse(value: &Value) -> Result<Self, String> {
        match value.text()? {
            "" => Err("is empty".to_owned()),
            text => Ok(text.to_owned()),
        }
    }

    fn show(&self) -> Json {
        Json::from(self.as_str())
    }
}

impl Readable for bool {
    const EXPECTED: &'static str = "true or false";

    fn parse(value: &Value) -> Result<Self, String> {
        match value {
            Value::Boolean(truth) => Ok(*truth),
            Value::Bare(text) => text.parse().map_err(|_| "is neither true nor false".to_owned()),
            other => Err(format!("is {}, not true or false", other.kind())),
        }
    }

    fn show(&self) -> Json {
        Json::from(*self)
    }
}

impl Readable for u32 {
    const EXPECTED: &'static str = "a whole number";

    fn parse(value: &Value) -> Result<Self, String> {
        match value {
            Value::Integer(number) => Self::try_from(*number).map_err(|_| "is out of bounds".to_owned()),
            Value::Bare(text) => text.parse().map_err(|_| "is not a whole number".to_owned()),
            other => Err(format!("is {}, not a whole number", other.kind())),
        }
    }

    fn show(&self) -> Json {
        Json::from(*self)
    }
}

impl Readable for Duration {
    const EXPECTED: &'static str = duration::EXPECTED;

    fn parse(value: &Value) -> Result<Self, String> {
        duration::parse(value.text()?).ok_or_else(|| "is not a length of time".to_owned())
    }

    fn show(&self) -> Json {
        Json::from(duration::format_duration(*self))
    }
}

impl Readable for PathBuf {
    const EXPECTED: &'static str = "the path of a file or folder";

    fn parse(value: &Value) -> Result<Self, String> {
        String::parse(value).map(Self::from)
    }

    fn show(&self) -> Json {
        Json::from(self.display().to_string())
    }
}

impl Readable for SocketAddr {
    const EXPECTED: &'static str = "an address with a port, such as \"127.0.0.1:8080\" or \"[::]:443\"";

    fn parse(value: &Value) -> Result<Self, String> {
        value.text()?.parse().map_err(|_| "is not an address with a port".to_owned())
    }

    fn show(&self) -> Json {
        Json::from(self.to_string())
    }
}

impl Readable for IpNet {
    const EXPECTED: &'static str = "a network such as \"10.0.0.0/8\" or an address such as \"::1\"";

    fn parse(value: &Value) -> Result<Self, String> {
        let text = value.text()?;
        text.parse()
            .or_else(|_| text.parse::<IpAddr>().map(Self::from))
            .map_err(|_| format!("holds {text:?}, which is no network"))
    }

    fn show(&self) -> Json {
        Json::from(self.to_string())
    }
}

impl Readable for Issuer {
    const EXPECTED: &'static str = "an https URL without query and fragment, such as \"https://id.example.com\" \
                                    (http on localhost only)";

    fn parse(value: &Value) -> Result<Self, String> {
        Self::parse(value.text()?)
    }

    fn show(&self) -> Json {
        Json::from(self.as_str())
    }
}

impl Readable for ResourceUri {
    const EXPECTED: &'static str = "an absolute URI without a fragment, such as \"https://api.example.com\"";

    fn parse(value: &Value) -> Result<Self, String> {
        Self::parse(value.text()?).map_err(|error| error.text.into_owned())
    }

    fn show(&self) -> Json {
        Json::from(self.as_str())
    }
}

impl Readable for ScopeToken {
    const EXPECTED: &'static str = "printable ASCII characters other than space, quotation mark and backslash";

    fn parse(value: &Value) -> Result<Self, String> {
        Self::parse(value.text()?).map_err(|error| error.text.into_owned())
    }

    fn show(&self) -> Json {
        Json::from(self.as_str())
    }
}

/// A list in brackets; from the environment also separated by commas.
impl<T: Readable> Readable for Vec<T> {
    const EXPECTED: &'static str = T::EXPECTED;
    const SECRET: bool = T::SECRET;

    fn parse(value: &Value) -> Result<Self, String> {
        match value {
            Value::List(items) => items.iter().map(T::parse).collect(),
            Value::Bare(text) if text.trim().is_empty() => Ok(Self::new()),
            Value::Bare(text) => text.split(',').map(|item| T::parse(&Value::Bare(item.trim().to_owned()))).collect(),
            other => Err(format!("is {}, not a list in brackets", other.kind())),
        }
    }

    fn show(&self) -> Json {
        self.iter().map(T::show).collect()
    }
}
