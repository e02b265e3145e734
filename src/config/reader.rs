//! Takes settings by name out of what was written, and collects everything that is wrong.
//!
//! A wrong value is noted and its default used instead, so that reading goes on and finds the next fault. What nobody
//! took by the end is an unknown setting.

use std::fs;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use super::fault::{ConfigFaults, Fault};
use super::layers::{Nodes, is_within};
use super::readable::Readable;
use super::source::{Node, Setting, Source, Value};

/// See the module.
pub(super) struct Reader {
    nodes: Nodes,
    folder: PathBuf,
    settings: Vec<Setting>,
    faults: Vec<Fault>,
    unreadable: Vec<String>,
}

impl Reader {
    /// A reader of what was written; relative paths are relative to `folder`.
    pub fn new(nodes: Nodes, folder: &Path) -> Self {
        Self { nodes, folder: folder.to_owned(), settings: Vec::new(), faults: Vec::new(), unreadable: Vec::new() }
    }

    /// The folder that relative paths are seen from.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A setting that has a default.
    pub fn value<T: Readable>(&mut self, key: &str, default: T) -> T {
        let (value, source) = self.take(key).unwrap_or((default, Source::Default));
        self.note(key, value.show(), source);
        value
    }

    /// A setting that has a default and bounds.
    pub fn bounded<T: Readable + PartialOrd>(&mut self, key: &str, default: T, bounds: RangeInclusive<T>) -> T {
        let value = self.value(key, default);
        if !bounds.contains(&value) {
            let remedy = format!("Write something from {} to {}.", bounds.start().show(), bounds.end().show());
            self.refuse(key, "is out of bounds", &remedy);
        }
        value
    }

    /// A setting that may be left out.
    pub fn optional<T: Readable>(&mut self, key: &str) -> Option<T> {
        let (value, source) = self.take(key).unzip();
        self.note(key, value.as_ref().map_or(Json::Null, T::show), source.unwrap_or(Source::Default));
        value
    }

    /// A setting without which the section that it belongs to means nothing.
    pub fn required<T: Readable>(&mut self, key: &str, section: &str) -> Option<T> {
        if !self.nodes.contains_key(key) {
            let source = self.source_within(section);
            self.faults.push(Fault::new(key, &source, "is missing", format!("Write {}.", T::EXPECTED)));
        }
        self.optional(key)
    }

    /// A path that has a default.
    pub fn path(&mut self, key: &str, default: &str) -> PathBuf {
        let (path, source) = self.take(key).unwrap_or((PathBuf::from(default), Source::Default));
        let path = self.folder.join(path);
        self.note(key, path.show(), source);
        path
    }

    /// A path that may be left out.
    pub fn optional_path(&mut self, key: &str) -> Option<PathBuf> {
        let (path, source) = self.take::<PathBuf>(key).unzip();
        let path = path.map(|path| self.folder.join(path));
        self.note(key, path.as_ref().map_or(Json::Null, PathBuf::show), source.unwrap_or(Source::Default));
        path
    }

    /// A secret that has a default, given by `key` or in the file that `key_file` names.
    pub fn secret<T: Readable>(&mut self, key: &str, default: T) -> T {
        let (value, source) = self.take_secret(key).unwrap_or((default, Source::Default));
        self.note(key, value.show(), source);
        value
    }

    /// A secret that may be left out, given by `key` or in the file that `key_file` names.
    pub fn optional_secret<T: Readable>(&mut self, key: &str) -> Option<T> {
        let (value, source) = self.take_secret(key).unzip();
        self.note(key, value.as_ref().map_or(Json::Null, T::show), source.unwrap_or(Source::Default));
        value
    }

    /// The sections of a list, such as `[[scopes]]`, by the key that each begins with.
    pub fn sections(&mut self, list: &str) -> Vec<String> {
        let is_section = |key: &String, node: &Node| {
            key == list && node.value != Value::List(Vec::new()) || key.starts_with(&format!("{list}."))
        };
        let misplaced = self.nodes.iter().find(|(key, node)| is_section(key, node));
        if let Some((_, node)) = misplaced {
            let remedy = format!("Begin each entry with a line [[{list}]].");
            self.faults.push(Fault::new(list, &node.source, "is not a list of sections", remedy));
        }
        self.nodes.retain(|key, _| key != list && !key.starts_with(&format!("{list}.")));
        let mut sections = Vec::new();
        while let section = format!("{list}[{}]", sections.len())
            && self.nodes.keys().any(|key| is_within(key, &section))
        {
            sections.push(section);
        }
        sections
    }

    /// Whether a setting's value was wrong in itself, so that its default stands in for it and proves nothing.
    pub fn is_unreadable(&self, key: &str) -> bool {
        self.unreadable.iter().any(|other| other == key)
    }

    /// Finds fault with the value of a setting that was already taken and could be parsed.
    pub fn refuse(&mut self, key: &str, problem: &str, remedy: &str) {
        if self.is_unreadable(key) {
            return;
        }
        let setting = self.settings.iter().find(|setting| setting.key == key);
        let (source, value) = match setting {
            Some(setting) => (setting.source.clone(), setting.value.clone()),
            None => (Source::Default, Json::Null),
        };
        self.faults.push(Fault::new(key, &source, problem, remedy).quoting(value));
    }

    /// Everything that was read, or everything that is wrong.
    pub fn finish(&mut self) -> Result<Vec<Setting>, ConfigFaults> {
        for (key, node) in std::mem::take(&mut self.nodes) {
            self.faults.extend(self.fault_of_unknown(&key, &node));
        }
        if self.faults.is_empty() {
            Ok(std::mem::take(&mut self.settings))
        } else {
            Err(ConfigFaults::from(std::mem::take(&mut self.faults)))
        }
    }

    fn take<T: Readable>(&mut self, key: &str) -> Option<(T, Source)> {
        let node = self.nodes.remove(key)?;
        let quoted = if T::SECRET { Json::Null } else { node.value.to_json() };
        self.parse(key, &node.value, &node.source, quoted).map(|value| (value, node.source))
    }

    fn parse<T: Readable>(&mut self, key: &str, value: &Value, source: &Source, quoted: Json) -> Option<T> {
        T::parse(value)
            .map_err(|problem| {
                let fault = Fault::new(key, source, problem, format!("Write {}.", T::EXPECTED));
                self.faults.push(fault.quoting(quoted));
                self.unreadable.push(key.to_owned());
            })
            .ok()
    }

    fn take_secret<T: Readable>(&mut self, key: &str) -> Option<(T, Source)> {
        let file_key = format!("{key}_file");
        let file_source = self.nodes.get(&file_key).map(|node| node.source.clone());
        let file = self.optional_path(&file_key).zip(file_source);
        let given = self.take::<T>(key);
        let from_environment = |source: &Source| matches!(source, Source::Environment { .. });
        match (given, file) {
            (given, None) => given,
            (None, Some((file, source))) => self.read_secret(&file_key, &file, source),
            // The environment wins over the file, in whichever of the two forms each gives the secret.
            (Some(given), Some((file, source))) => match (from_environment(&given.1), from_environment(&source)) {
                (true, false) => Some(given),
                (false, true) => self.read_secret(&file_key, &file, source),
                _ => {
                    self.refuse(&file_key, &format!("is set beside {key}"), "Keep one of the two.");
                    Some(given)
                }
            },
        }
    }

    fn read_secret<T: Readable>(&mut self, file_key: &str, file: &Path, source: Source) -> Option<(T, Source)> {
        match fs::read_to_string(file) {
            Ok(text) => {
                let secret = Value::Text(text.trim_end_matches(['\r', '\n']).to_owned());
                self.parse(file_key, &secret, &source, file.to_path_buf().show()).map(|value| (value, source))
            }
            Err(error) => {
                let problem = format!("cannot be read: {error}");
                self.refuse(file_key, &problem, "Name a file that holds the secret and that this user may read.");
                None
            }
        }
    }

    fn note(&mut self, key: &str, value: Json, source: Source) {
        self.settings.push(Setting { key: key.to_owned(), value, source });
    }

    fn source_within(&self, section: &str) -> Source {
        let mut inside = self.nodes.iter().filter(|(key, _)| is_within(key, section));
        inside.next().map_or(Source::Default, |(_, node)| node.source.clone())
    }

    fn fault_of_unknown(&self, key: &str, node: &Node) -> Option<Fault> {
        let is_section = self.settings.iter().any(|setting| setting.key != key && is_within(&setting.key, key));
        if is_section {
            let is_empty = node.value == Value::Other("a section");
            let remedy = format!("Write its settings below a line [{key}].");
            return (!is_empty).then(|| Fault::new(key, &node.source, "is a section, not a setting", remedy));
        }
        let remedy = match self.nearest(key) {
            Some(known) => format!("Did you mean {known}?"),
            None => "Take it out; config.toml in the documentation lists every setting.".to_owned(),
        };
        // Never quotes the value: an ill-spelt name may hold a secret.
        Some(Fault::new(key, &node.source, "is not a setting", remedy))
    }

    /// The known key that is spelt most alike, or bears the same name in another section.
    fn nearest(&self, key: &str) -> Option<&str> {
        let name = |key: &str| key.rsplit('.').next().map(str::to_owned);
        let known = self.settings.iter().map(|setting| setting.key.as_str());
        let alike = known.clone().map(|known| (distance(key, known), known)).min().filter(|(steps, _)| *steps <= 3);
        alike.map(|(_, known)| known).or_else(|| known.clone().find(|known| name(known) == name(key)))
    }
}

/// How many letters must be put in, taken out or exchanged to make `a` into `b` (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut before = i;
        let mut left = i + 1;
        for (to, above) in b.chars().zip(row.iter_mut().skip(1)) {
            let cost = (before + usize::from(from != to)).min(left + 1).min(*above + 1);
            before = std::mem::replace(above, cost);
            left = cost;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_the_letters_that_differ() {
        let cases =
            [("", "", 0), ("listen", "listen", 0), ("listn", "listen", 1), ("kitten", "sitting", 3), ("", "abc", 3)];
        for (a, b, steps) in cases {
            assert_eq!(distance(a, b), steps, "{a} {b}");
            assert_eq!(distance(b, a), steps, "{b} {a}");
        }
    }
}
