//! `[log]`: what is logged, and in which form.

use serde_json::Value as Json;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use super::choice::choice;
use super::readable::Readable;
use super::reader::Reader;
use super::source::Value;

/// `[log]`
#[derive(Clone, Debug)]
pub struct LogConfig {
    /// A filter that `tracing_subscriber::EnvFilter` takes.
    pub level: String,
    /// The form of a line.
    pub format: LogFormat,
}

impl LogConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            level: reader.value("log.level", Directives("info".to_owned())).0,
            format: reader.value("log.format", LogFormat::Text),
        }
    }
}

/// The form of a line in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs: one object a line.
    Json,
}

choice!(LogFormat { Text = "text", Json = "json" }, "\"text\" or \"json\"");

struct Directives(String);

impl Readable for Directives {
    const EXPECTED: &'static str = "off, error, warn, info, debug or trace, or such levels for parts of the program, as in \
                                    \"info,claviger::store=debug\"";

    fn parse(value: &Value) -> Result<Self, String> {
        let text = value.text()?;
        // The filter takes a lone word that is no level for the name of a module, and logs all of that.
        let is_level = |word: &str| !word.is_empty() && word.parse::<LevelFilter>().is_ok();
        let ill_spelt = text.split(',').find(|word| !word.contains(['=', '[', ':']) && !is_level(word));
        match (ill_spelt, EnvFilter::try_new(text)) {
            (Some(word), _) => Err(format!("holds {word:?}, which is no level")),
            (None, Err(error)) => Err(format!("is no filter: {error}")),
            (None, Ok(_)) => Ok(Self(text.to_owned())),
        }
    }

    fn show(&self) -> Json {
        Json::from(self.0.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_levels_and_directives_but_no_ill_spelt_level() {
        for (text, is_right) in [
            ("info", true),
            ("off", true),
            ("warn,claviger::store=debug", true),
            ("claviger[{id}]=trace", true),
            ("", false),
            ("inof", false),
            ("info,claviger=loud", false),
        ] {
            assert_eq!(Directives::parse(&Value::Text(text.to_owned())).is_ok(), is_right, "{text}");
        }
    }
}
