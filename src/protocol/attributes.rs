//! What an operator knows of a person beside the standard claims: values by name, which rules of the settings make claims of.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, OneOfBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::claims;

/// The most attributes of a person.
pub const MOST: usize = 50;
/// The longest name, in characters.
pub const LONGEST_NAME: usize = 64;
/// The most bytes that all attributes of a person take together, as JSON.
pub const MOST_BYTES: usize = 4096;

/// The value of an attribute: a text, a number, true or false, or a list of texts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum AttributeValue {
    /// True or false.
    Truth(bool),
    /// A number.
    Number(Number),
    /// A text that is not blank, on one line.
    Text(String),
    /// Such texts.
    Texts(Vec<String>),
}

impl PartialSchema for AttributeValue {
    fn schema() -> RefOr<Schema> {
        let of = |kind| ObjectBuilder::new().schema_type(kind);
        let text = || of(Type::String).pattern(Some(r"\S"));
        let texts = ArrayBuilder::new().items(text());
        let values = OneOfBuilder::new().item(of(Type::Boolean)).item(of(Type::Number)).item(text()).item(texts);
        values.description(Some("A text on one line, a number, true or false, or a list of texts.")).into()
    }
}

impl ToSchema for AttributeValue {}

/// The attributes of a person by name, within the bounds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct Attributes(BTreeMap<String, AttributeValue>);

impl AttributeValue {
    /// Reads a value; an error is a sentence without its subject.
    pub fn parse(value: &Value) -> Result<Self, &'static str> {
        match value {
            Value::Bool(truth) => Ok(Self::Truth(*truth)),
            Value::Number(number) => Ok(Self::Number(number.clone())),
            Value::String(text) => Ok(Self::Text(line(text)?)),
            Value::Array(items) => {
                let text = |item: &Value| item.as_str().ok_or("is a list of something else than texts").and_then(line);
                items.iter().map(text).collect::<Result<_, _>>().map(Self::Texts)
            }
            Value::Null | Value::Object(_) => Err("is no text, number, true, false or list of texts"),
        }
    }

    /// Reads what somebody typed: a number, true, false, or a list or text in JSON as such, anything else as the text that it is.
    pub fn typed(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        match serde_json::from_str(text) {
            Ok(Value::Null | Value::Object(_)) | Err(_) => line(text).map(Self::Text),
            Ok(value) => Self::parse(&value),
        }
    }

    /// As it stands in a claim.
    #[must_use]
    pub fn to_json(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

/// As it would be typed.
impl fmt::Display for AttributeValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) if Self::typed(text).as_ref() == Ok(self) => f.write_str(text),
            other => other.to_json().fmt(f),
        }
    }
}

impl Attributes {
    /// Reads a JSON object; everything that is wrong with it, in sentences.
    pub fn parse(json: &Value) -> Result<Self, Vec<String>> {
        let Value::Object(members) = json else { return Err(vec!["The attributes must be a JSON object.".to_owned()]) };
        let mut faults = Vec::new();
        let mut attributes = BTreeMap::new();
        for (name, value) in members {
            match check_name(name).and_then(|()| AttributeValue::parse(value)) {
                Ok(value) => _ = attributes.insert(name.clone(), value),
                Err(problem) => faults.push(format!("The attribute {} {problem}.", shown(name))),
            }
        }
        let attributes = Self(attributes);
        faults.extend(attributes.excess());
        if faults.is_empty() { Ok(attributes) } else { Err(faults) }
    }

    /// The same with one more, or without it where `typed` is empty. Whether all are within the bounds, [`Self::excess`]
    /// tells in the end.
    pub fn set(&mut self, name: &str, typed: &str) -> Result<(), String> {
        let name = name.trim();
        let told = |problem| format!("The attribute {} {problem}.", shown(name));
        check_name(name).map_err(told)?;
        if typed.trim().is_empty() {
            self.0.remove(name);
        } else {
            self.0.insert(name.to_owned(), AttributeValue::typed(typed).map_err(told)?);
        }
        Ok(())
    }

    /// By how much they are more than a person can have.
    #[must_use]
    pub fn excess(&self) -> Option<String> {
        if self.0.len() > MOST {
            return Some(format!("There are {} attributes: a person has at most {MOST}.", self.0.len()));
        }
        let bytes = self.to_json().to_string().len();
        let text = || format!("The attributes take {bytes} bytes as JSON: all together take at most {MOST_BYTES}.");
        (bytes > MOST_BYTES).then(text)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&AttributeValue> {
        self.0.get(name)
    }

    /// All of them by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &AttributeValue)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// As JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

/// Whether an attribute can have this name; an error is a sentence without its subject.
pub fn check_name(name: &str) -> Result<(), &'static str> {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b':');
    let is_plain = !name.is_empty() && name.bytes().all(is_letter);
    if name.len() <= LONGEST_NAME && (is_plain || claims::in_language(name).is_some()) {
        return Ok(());
    }
    Err("has no name of 1 to 64 letters, digits, _, -, . and :, nor that of a claim in a language, such as name#ja")
}

/// A text on one line that is not blank.
fn line(text: &str) -> Result<String, &'static str> {
    if text.trim().is_empty() {
        return Err("is blank: leave it out instead");
    }
    if text.chars().any(char::is_control) {
        return Err("holds a control character, such as the end of a line");
    }
    Ok(text.to_owned())
}

/// The beginning of a name that somebody sent, without what a terminal would obey.
fn shown(name: &str) -> String {
    let shown: String = name.chars().take(LONGEST_NAME).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    format!("“{shown}”")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn takes_plain_values() {
        let known = json!({"department": "Engineering", "level": 3, "share": 0.5, "remote": true, "teams": ["a", "b"],
            "cost-center": "42", "urn:x.y": "ü"});
        let attributes = Attributes::parse(&known).unwrap();
        assert_eq!(attributes.to_json(), known);
        assert_eq!(attributes.get("level").unwrap().to_json(), json!(3));
        assert_eq!(attributes.get("shoe_size"), None);
        assert_eq!(serde_json::from_value::<Attributes>(known).unwrap(), attributes);
        assert!(Attributes::parse(&json!({})).unwrap().is_empty());
    }

    #[test]
    fn tells_every_fault_at_once() {
        for (json, part) in [
            (json!([]), "must be a JSON object"),
            (json!({"a": null}), "“a” is no text, number"),
            (json!({"a": {"deep": {"er": 1}}}), "“a” is no text, number"),
            (json!({"a": [["x"]]}), "“a” is a list of something else"),
            (json!({"a": [1]}), "“a” is a list of something else"),
            (json!({"a": "x\u{0}"}), "“a” holds a control character"),
            (json!({"a": "x\ny"}), "“a” holds a control character"),
            (json!({"a": ["x\u{1b}[2J"]}), "“a” holds a control character"),
            (json!({"a": " "}), "“a” is blank"),
            (json!({"": "x"}), "has no name"),
            (json!({"a b": "x"}), "has no name"),
            (json!({"\u{1b}": "x"}), "“\u{fffd}” has no name"),
            (json!({"x".repeat(LONGEST_NAME + 1): 1}), "has no name"),
            (json!({"a": "x".repeat(MOST_BYTES)}), "at most 4096"),
        ] {
            let faults = Attributes::parse(&json).unwrap_err();
            assert!(faults.len() == 1 && faults[0].contains(part), "{json}: {faults:?}");
        }
        let many: Value =
            (0..=MOST).map(|number| (format!("a{number}"), json!(number))).collect::<serde_json::Map<_, _>>().into();
        assert!(Attributes::parse(&many).unwrap_err()[0].contains("at most 50"));
        assert_eq!(Attributes::parse(&json!({"a": null, "b c": 1})).unwrap_err().len(), 2);
    }

    #[test]
    fn reads_what_is_typed_as_it_is_shown() {
        for (typed, value) in [
            ("Engineering", json!("Engineering")),
            (" Sales and more ", json!("Sales and more")),
            ("42", json!(42)),
            ("007", json!("007")),
            ("\"42\"", json!("42")),
            ("true", json!(true)),
            ("null", json!("null")),
            ("[\"a\", \"b\"]", json!(["a", "b"])),
            ("[a]", json!("[a]")),
            ("{\"a\": 1}", json!("{\"a\": 1}")),
        ] {
            let read = AttributeValue::typed(typed).unwrap();
            assert_eq!(read.to_json(), value, "{typed}");
            assert_eq!(AttributeValue::typed(&read.to_string()).unwrap(), read, "{typed}");
        }
        assert!(AttributeValue::typed("[1]").is_err() && AttributeValue::typed("\"a\\nb\"").is_err());
        let mut attributes = Attributes::default();
        attributes.set("a ", " 1").unwrap();
        attributes.set("b", "x").unwrap();
        attributes.set("a", " ").unwrap();
        assert_eq!(attributes.to_json(), json!({"b": "x"}));
        assert!(attributes.set("no name", "x").unwrap_err().contains("“no name” has no name"));
    }
}
