//! Takes typed members out of a JSON object and notes what does not fit. What is left in the end is unknown.

use std::ops::RangeInclusive;
use std::time::Duration;

use serde_json::{Map, Value};

use super::fault::Faults;

/// The longest text of a member that is not a URI, in characters.
pub const MAX_TEXT: usize = 255;
/// The most entries of a list.
const MAX_ENTRIES: usize = 100;

pub(super) struct Reader {
    members: Map<String, Value>,
    pub(super) faults: Faults,
}

impl Reader {
    pub(super) fn new(members: Map<String, Value>) -> Self {
        Self { members, faults: Faults::default() }
    }

    /// What nobody took, in alphabetical order.
    pub(super) fn left_over(&self) -> Vec<String> {
        let mut names: Vec<_> = self.members.keys().cloned().collect();
        names.sort();
        names
    }

    /// A string for people or programs.
    pub(super) fn text(&mut self, member: &str) -> Option<String> {
        self.parsed(member, "Give a line of text, or leave the member out.", line)
    }

    /// A list of such strings.
    pub(super) fn texts(&mut self, member: &str) -> Vec<String> {
        self.parsed_list(member, "Give a list of lines of text.", line).unwrap_or_default()
    }

    /// A string that `parse` turns into a type; its error is a clause.
    pub(super) fn parsed<T>(
        &mut self,
        member: &str,
        remedy: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        let value = self.take(member)?;
        let parsed = value.as_str().ok_or_else(|| "is not a string".to_owned()).and_then(parse);
        parsed.map_err(|problem| self.faults.add(member, Some(&value), &problem, remedy)).ok()
    }

    /// An object that `parse` turns into a type; its error is a clause. What was given is never quoted: it may be a key.
    pub(super) fn object<T>(
        &mut self,
        member: &str,
        remedy: &str,
        parse: impl Fn(&Value) -> Result<T, String>,
    ) -> Option<T> {
        let value = self.take(member)?;
        parse(&value).map_err(|problem| self.faults.add(member, None, &problem, remedy)).ok()
    }

    /// A list of strings that `parse` turns into a type each; an entry given twice counts once. Every faulty entry is
    /// noted.
    pub(super) fn parsed_list<T: PartialEq>(
        &mut self,
        member: &str,
        remedy: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<Vec<T>> {
        let value = self.take(member)?;
        let Some(entries) = value.as_array() else {
            self.faults.add(member, Some(&value), "is not a list", remedy);
            return None;
        };
        if entries.len() > MAX_ENTRIES {
            self.faults.add(member, None, &format!("has more than {MAX_ENTRIES} entries"), "Keep those in use.");
            return None;
        }
        let mut list = Vec::new();
        for entry in entries {
            match entry.as_str().ok_or_else(|| "is not a string".to_owned()).and_then(&parse) {
                Ok(parsed) if list.contains(&parsed) => {}
                Ok(parsed) => list.push(parsed),
                Err(problem) => self.faults.add(member, Some(entry), &problem, remedy),
            }
        }
        Some(list)
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, member: &str) -> Option<bool> {
        let value = self.take(member)?;
        let flag = value.as_bool();
        if flag.is_none() {
            self.faults.add(member, Some(&value), "is neither true nor false", "Write true or false without quotes.");
        }
        flag
    }

    /// A number of seconds.
    pub(super) fn seconds(&mut self, member: &str, range: &RangeInclusive<u64>) -> Option<Duration> {
        let value = self.take(member)?;
        let seconds = value.as_u64().filter(|seconds| range.contains(seconds));
        if seconds.is_none() {
            let remedy = format!("Give a whole number of seconds from {} to {}.", range.start(), range.end());
            self.faults.add(member, Some(&value), "is not a possible number of seconds", &remedy);
        }
        seconds.map(Duration::from_secs)
    }

    /// The member, out of the object; null counts as omitted.
    fn take(&mut self, member: &str) -> Option<Value> {
        self.members.remove(member).filter(|value| !value.is_null())
    }
}

/// Reads one line of text that can be shown to people without deceiving them; an error is a clause.
pub fn line(text: &str) -> Result<String, String> {
    // These characters turn the reading direction round and let a name pass for another.
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if text.trim().is_empty() {
        Err("is blank".to_owned())
    } else if text.chars().nth(MAX_TEXT).is_some() {
        Err(format!("is longer than {MAX_TEXT} characters"))
    } else if text.chars().any(|c| c.is_control() || turns(c)) {
        Err("holds control characters".to_owned())
    } else {
        Ok(text.to_owned())
    }
}
