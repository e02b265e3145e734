//! Reads the texts of a language from its Fluent files, each into its field: once, so that a page does no more than
//! copy them. Only what counts something is formed anew, by the rules of the language.

use std::collections::BTreeSet;
use std::fmt::Display;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::resolver::ResolverError;
use fluent_bundle::resolver::errors::ReferenceKind;
use fluent_bundle::{FluentArgs, FluentError, FluentResource, FluentValue};

/// The messages of a language.
pub(super) type Bundle = FluentBundle<FluentResource>;

/// Stands in a gap while a sentence is taken apart.
const GAP: char = '\u{1}';

/// Where texts are read from.
pub(super) struct Source {
    messages: &'static Bundle,
    /// Where they are read from that are missing.
    otherwise: &'static Bundle,
    /// The messages that were asked for.
    pub asked: BTreeSet<String>,
    /// What is wrong with the files, each with the message's name.
    pub faults: Vec<String>,
}

/// What is read from the message of a name, or from all that begin with it.
pub(super) trait Load {
    /// Reads it.
    fn load(source: &mut Source, id: &str) -> Self;
}

/// Declares a group of texts. A field is the message of its name, with hyphens, behind the name of the group; the group
/// `sign_in` has its `title` in `sign-in-title`.
macro_rules! texts {
    ($(#[$meta:meta])* $vis:vis struct $name:ident {
        $( $(#[$field_meta:meta])* $field_vis:vis $field:ident: $kind:ty, )*
    }) => {
        $(#[$meta])*
        $vis struct $name { $( $(#[$field_meta])* $field_vis $field: $kind, )* }

        impl crate::web::text::fluent::Load for $name {
            fn load(source: &mut crate::web::text::fluent::Source, id: &str) -> Self {
                Self { $( $field: source.read(&[id, stringify!($field)]), )* }
            }
        }
    };
}
pub(super) use texts;

/// A sentence with one gap.
#[derive(Clone, Copy)]
pub(crate) struct Phrase {
    before: &'static str,
    after: &'static str,
}

impl Phrase {
    /// The sentence with `value` in its gap.
    pub(crate) fn with(&self, value: impl AsRef<str>) -> String {
        [self.before, value.as_ref(), self.after].concat()
    }

    /// What stands before the gap, for a template that marks the value up.
    pub(crate) const fn before(&self) -> &'static str {
        self.before
    }

    /// What stands after the gap.
    pub(crate) const fn after(&self) -> &'static str {
        self.after
    }
}

/// A sentence that counts something: languages differ in how many forms they have for that, and when.
pub(crate) struct Counted {
    messages: &'static Bundle,
    id: &'static str,
    argument: &'static str,
}

impl Counted {
    /// The sentence for this number.
    pub(crate) fn with(&self, count: impl Copy + Display) -> String {
        let number = count.to_string();
        let mut arguments = FluentArgs::new();
        arguments.set(self.argument, FluentValue::try_number(&number));
        format(self.messages, self.id, Some(&arguments)).map(|(text, _)| text).unwrap_or_default()
    }
}

/// A sentence with several gaps, each of a name.
pub(crate) struct Sentence {
    messages: &'static Bundle,
    id: &'static str,
}

impl Sentence {
    /// The sentence with these values in its gaps.
    pub(crate) fn with(&self, values: &[(&'static str, &str)]) -> String {
        let arguments = values.iter().copied().collect();
        format(self.messages, self.id, Some(&arguments)).map(|(text, _)| text).unwrap_or_default()
    }
}

impl Source {
    /// The messages of a language, and of one that has them all.
    pub const fn new(messages: &'static Bundle, otherwise: &'static Bundle) -> Self {
        Self { messages, otherwise, asked: BTreeSet::new(), faults: Vec::new() }
    }

    /// What stands under the name of these parts.
    pub fn read<T: Load>(&mut self, parts: &[&str]) -> T {
        T::load(self, &parts.join("-").replace('_', "-"))
    }

    /// The messages that have this one, and the arguments that it names.
    fn find(&mut self, id: &str) -> Option<(&'static Bundle, BTreeSet<String>)> {
        if !self.asked.insert(id.to_owned()) {
            self.faults.push(format!("{id}: is the name of two texts"));
        }
        let arguments = |messages| format(messages, id, None).map(|(_, missing)| (messages, missing));
        let found = arguments(self.messages);
        if found.is_none() {
            self.faults.push(format!("{id}: is missing"));
        }
        found.or_else(|| arguments(self.otherwise))
    }

    /// The messages that have this one, and the only argument that it names.
    fn find_with_one(&mut self, id: &str) -> Option<(&'static Bundle, &'static str)> {
        let (messages, arguments) = self.find(id)?;
        let mut names = arguments.into_iter();
        if let (Some(name), None) = (names.next(), names.next()) {
            return Some((messages, name.leak()));
        }
        self.faults.push(format!("{id}: names not one argument"));
        None
    }
}

impl Load for &'static str {
    fn load(source: &mut Source, id: &str) -> Self {
        let Some((messages, arguments)) = source.find(id) else { return "" };
        if !arguments.is_empty() {
            source.faults.push(format!("{id}: names an argument, and is given none"));
        }
        format(messages, id, None).map(|(text, _)| text).unwrap_or_default().leak()
    }
}

impl Load for Phrase {
    fn load(source: &mut Source, id: &str) -> Self {
        let Some((messages, name)) = source.find_with_one(id) else { return Self { before: "", after: "" } };
        let mut arguments = FluentArgs::new();
        arguments.set(name, GAP.to_string());
        let text: &str = format(messages, id, Some(&arguments)).map(|(text, _)| text).unwrap_or_default().leak();
        let (before, after) = text.split_once(GAP).unwrap_or((text, ""));
        if after.contains(GAP) {
            source.faults.push(format!("{id}: names its argument more than once"));
        }
        Self { before, after }
    }
}

impl Load for Counted {
    fn load(source: &mut Source, id: &str) -> Self {
        let found = source.find_with_one(id);
        let (messages, argument) = found.unwrap_or((source.messages, "count"));
        Self { messages, id: id.to_owned().leak(), argument }
    }
}

impl Load for Sentence {
    fn load(source: &mut Source, id: &str) -> Self {
        let messages = source.find(id).map_or(source.messages, |(messages, _)| messages);
        Self { messages, id: id.to_owned().leak() }
    }
}

impl<T: Load, const N: usize> Load for [T; N] {
    fn load(source: &mut Source, id: &str) -> Self {
        std::array::from_fn(|number| source.read(&[id, &(number + 1).to_string()]))
    }
}

/// The text of a message with these arguments, and those that it names beside them.
fn format(messages: &Bundle, id: &str, arguments: Option<&FluentArgs<'_>>) -> Option<(String, BTreeSet<String>)> {
    let mut errors = Vec::new();
    let text = messages.format_pattern(messages.get_message(id)?.value()?, arguments, &mut errors).into_owned();
    let missing = errors.into_iter().filter_map(|error| match error {
        FluentError::ResolverError(ResolverError::Reference(ReferenceKind::Variable { id })) => Some(id),
        _ => None,
    });
    Some((text, missing.collect()))
}

/// The messages of these files, for the language of this tag. What cannot be read in them is missing, as its reader finds.
pub(super) fn messages(tag: &str, files: &[&str]) -> Bundle {
    let mut messages = FluentBundle::new_concurrent(tag.parse().into_iter().collect());
    // Templates mark up names that may run the other way; in titles and subjects the marks would be seen.
    messages.set_use_isolating(false);
    for file in files {
        let resource = FluentResource::try_new((*file).to_owned()).unwrap_or_else(|(resource, _)| resource);
        messages.add_resource_overriding(resource);
    }
    messages
}
