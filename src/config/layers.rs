//! The two layers of a configuration, file below and environment above, spread into one map of dotted keys.
//!
//! `[server] listen = "…"` becomes `server.listen`, the second `[[scopes]]` gives keys that begin with `scopes[1].`.
//! Nothing is known here of which keys there are.

use std::collections::BTreeMap;
use std::env;
use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::{ConfigFaults, Fault};
use super::source::{Node, Source, Value};

const PREFIX: &str = "CLAVIGER__";

/// The settings in force, by dotted key.
pub(super) type Nodes = BTreeMap<String, Node>;

/// The environment variables that are settings.
pub fn environment() -> impl Iterator<Item = (String, String)> {
    env::vars_os()
        .map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned()))
        .filter(|(name, _)| name.starts_with(PREFIX))
}

/// Parses the file's text and lays the environment over it.
pub(super) fn read(
    text: &str,
    file: &Path,
    env: impl IntoIterator<Item = (String, String)>,
) -> Result<Nodes, ConfigFaults> {
    let source_at = |span: Range<usize>| {
        let before = text.as_bytes().iter().take(span.start);
        Source::File { path: file.to_owned(), line: 1 + before.filter(|byte| **byte == b'\n').count() }
    };
    let (document, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        // Only what the parser says: its own rendering quotes the line, which may hold a secret.
        let fault = |error: &toml::de::Error| Fault {
            key: String::new(),
            place: source_at(error.span().unwrap_or_default()).to_string(),
            value: None,
            problem: format!("is not valid TOML: {}", error.message()),
            remedy: "Mend this line; the other settings are checked once the file can be read.".to_owned(),
        };
        return Err(ConfigFaults::from(errors.iter().map(fault).collect::<Vec<_>>()));
    }
    let mut nodes = Nodes::new();
    for (name, value) in document.into_inner() {
        spread(&mut nodes, quote(name.get_ref()), value, &source_at);
    }
    for (variable, value) in env {
        if let Some(name) = variable.strip_prefix(PREFIX) {
            let key = name.to_lowercase().replace("__", ".");
            overlay(&mut nodes, key, &value, &Source::Environment { variable });
        }
    }
    Ok(nodes)
}

/// Puts a value and all that it contains into the map, one entry for each that is not a section.
fn spread(nodes: &mut Nodes, key: String, value: Spanned<DeValue<'_>>, source_at: &dyn Fn(Range<usize>) -> Source) {
    let span = value.span();
    match value.into_inner() {
        DeValue::Table(table) if !table.is_empty() => {
            for (name, item) in table {
                spread(nodes, format!("{key}.{}", quote(name.get_ref())), item, source_at);
            }
        }
        DeValue::Array(items) if !items.is_empty() && items.iter().all(|item| item.get_ref().is_table()) => {
            for (index, item) in items.into_iter().enumerate() {
                spread(nodes, format!("{key}[{index}]"), item, source_at);
            }
        }
        leaf => {
            nodes.insert(key, Node { value: plain(&leaf), source: source_at(span) });
        }
    }
}

/// Lets an environment variable replace what the file says of a key, lists and sections as a whole.
fn overlay(nodes: &mut Nodes, key: String, text: &str, source: &Source) {
    nodes.retain(|other, _| !is_within(other, &key));
    // A list is written as in TOML. An address such as [::1]:80 begins alike but is no list, so it stays a text.
    match DeValue::parse(text) {
        Ok(value) if text.starts_with('[') && value.get_ref().is_array() => {
            spread(nodes, key, value, &|_| source.clone());
        }
        _ => {
            nodes.insert(key, Node { value: Value::Bare(text.to_owned()), source: source.clone() });
        }
    }
}

/// Whether `key` is `section` or lies in it.
pub(super) fn is_within(key: &str, section: &str) -> bool {
    key.strip_prefix(section).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

fn plain(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Value::Integer(number),
            Err(_) => Value::Other("a number out of bounds"),
        },
        DeValue::Boolean(truth) => Value::Boolean(*truth),
        DeValue::Array(items) => Value::List(items.iter().map(|item| plain(item.get_ref())).collect()),
        DeValue::Float(_) => Value::Other("a number with a fraction"),
        DeValue::Datetime(_) => Value::Other("a date"),
        DeValue::Table(_) => Value::Other("a section"),
    }
}

/// A name that holds a dot or a bracket is quoted, so that it cannot pass for a path.
fn quote(name: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if name.chars().all(is_bare) { name.to_owned() } else { format!("{name:?}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str, env: &[(&str, &str)]) -> Vec<String> {
        let env = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        read(text, Path::new("config.toml"), env).unwrap().into_keys().collect()
    }

    #[test]
    fn spreads_sections_and_lists_of_sections_into_dotted_keys() {
        let text = "a = 1\n[s.t]\nb = [1]\n[[l]]\nn = 1\n[[l]]\nn = 2\n[empty]\n\"x.y\" = {}\n";
        assert_eq!(keys(text, &[]), ["a", "empty.\"x.y\"", "l[0].n", "l[1].n", "s.t.b"]);
    }

    #[test]
    fn lets_the_environment_win_and_replace_lists_whole() {
        let env = [("CLAVIGER__S__T__B", "2"), ("CLAVIGER__L", "[{n = 5}]"), ("PATH", "/bin")];
        let text = "[s.t]\nb = 1\n[[l]]\nn = 1\n[[l]]\nn = 2\n";
        assert_eq!(keys(text, &env), ["l[0].n", "s.t.b"]);
        let nodes = read(text, Path::new("c.toml"), [("CLAVIGER__S__T__B".to_owned(), "[::1]:80".to_owned())]).unwrap();
        assert_eq!(nodes["s.t.b"].value, Value::Bare("[::1]:80".to_owned()));
        assert_eq!(nodes["s.t.b"].source.to_string(), "CLAVIGER__S__T__B");
        assert_eq!(nodes["l[1].n"].source.to_string(), "c.toml:6");
    }

    #[test]
    fn names_every_line_that_is_not_toml_without_quoting_it() {
        let faults = read("a = \n[s]\nurl = postgres://me:hunter2@db\n", Path::new("c.toml"), []).unwrap_err();
        let places: Vec<_> = faults.faults().iter().map(|fault| fault.place.as_str()).collect();
        assert!(places.contains(&"c.toml:1") && places.contains(&"c.toml:3"), "{places:?}");
        assert!(!faults.to_string().contains("hunter2"), "{faults}");
    }
}
