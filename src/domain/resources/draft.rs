//! What somebody wants to register, and whether it may be: the rules of `[[resources]]` and `[[scopes]]` in the settings.

use std::fmt;
use std::time::Duration;

use crate::config::{ACCESS_TOKEN_LIFETIMES, AccessTokenFormat};
use crate::domain::catalogue::{Catalogue, Source};
use crate::protocol::client_metadata::line;
use crate::protocol::resource::ResourceUri;
use crate::protocol::scope::{OF_OUR_API, Scope, ScopeToken};

/// The longest name of a resource, and the longest text of a scope, in characters.
const LONGEST: usize = 200;
/// The most resources that can be registered, and the most scopes: requests look through them.
pub const MOST: usize = 500;

/// A resource as somebody describes it, but for its identifier.
#[derive(Clone, Debug, Default)]
pub struct ResourceDraft {
    /// What people read; the identifier if it is empty.
    pub name: String,
    /// The names of the scopes that mean something there.
    pub scopes: Vec<String>,
    /// `jwt` or `opaque`; `jwt` if it is empty.
    pub access_token_format: String,
    /// The lifetime of its tokens in seconds, if it sets one.
    pub access_token_lifetime: Option<u64>,
}

/// A scope as somebody describes it, but for its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeDraft {
    /// What it allows, as people read it.
    pub text: String,
    /// Whether a person may refuse it and allow the rest.
    pub optional: bool,
    /// Whether an app gets it only where an admin has approved that.
    pub needs_approval: bool,
}

/// What a resource is, but for its identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ResourceTerms {
    pub name: String,
    pub scopes: Scope,
    pub format: AccessTokenFormat,
    pub lifetime: Option<Duration>,
}

/// What is wrong with a draft: the member, and a sentence that says what to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftFault {
    /// The member.
    pub member: &'static str,
    /// What to change.
    pub text: String,
}

impl fmt::Display for DraftFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.member, self.text)
    }
}

/// What was wrong so far.
#[derive(Default)]
struct Faults(Vec<DraftFault>);

impl Faults {
    fn refuse(&mut self, member: &'static str, text: impl Into<String>) {
        self.0.push(DraftFault { member, text: text.into() });
    }

    /// The value, if there is one, or nothing after a fault is noted.
    fn note<T>(&mut self, member: &'static str, read: Result<T, String>) -> Option<T> {
        read.map_err(|text| self.refuse(member, text)).ok()
    }

    fn or<T>(self, value: Option<T>) -> Result<T, Vec<DraftFault>> {
        value.filter(|_| self.0.is_empty()).ok_or(self.0)
    }
}

impl ResourceDraft {
    /// Reads the draft of a new resource. Every fault at once.
    pub(super) fn check_new(
        &self,
        identifier: &str,
        catalogue: &Catalogue,
    ) -> Result<(ResourceUri, ResourceTerms), Vec<DraftFault>> {
        let mut faults = Faults::default();
        let uri = faults.note("identifier", new_identifier(identifier, catalogue));
        let terms = self.read(identifier, catalogue, &mut faults);
        faults.or(uri.zip(terms))
    }

    /// Reads what a registered resource is to become. Every fault at once.
    pub(super) fn check(&self, identifier: &str, catalogue: &Catalogue) -> Result<ResourceTerms, Vec<DraftFault>> {
        let mut faults = Faults::default();
        let terms = self.read(identifier, catalogue, &mut faults);
        faults.or(terms)
    }

    fn read(&self, identifier: &str, catalogue: &Catalogue, faults: &mut Faults) -> Option<ResourceTerms> {
        let name = Some(self.name.trim()).filter(|name| !name.is_empty()).unwrap_or(identifier);
        let name = faults.note("name", readable(name));
        let scopes = faults.note("scopes", declared(&self.scopes, catalogue));
        let format = faults.note("access_token_format", format(self.access_token_format.trim()));
        let lifetime = faults.note("access_token_lifetime", lifetime(self.access_token_lifetime));
        Some(ResourceTerms { name: name?, scopes: scopes?, format: format?, lifetime: lifetime? })
    }
}

impl ScopeDraft {
    /// Reads the draft of a new scope: its name, and its text without the spaces around it. Every fault at once.
    pub(super) fn check_new(&self, name: &str, catalogue: &Catalogue) -> Result<(ScopeToken, Self), Vec<DraftFault>> {
        let mut faults = Faults::default();
        let token = faults.note("name", new_scope(name.trim(), catalogue));
        let text = faults.note("text", readable(self.text.trim()));
        let draft = text.map(|text| Self { text, ..self.clone() });
        faults.or(token.zip(draft))
    }

    /// Reads what a registered scope is to become.
    pub(super) fn check(&self) -> Result<Self, Vec<DraftFault>> {
        let mut faults = Faults::default();
        let text = faults.note("text", readable(self.text.trim()));
        faults.or(text.map(|text| Self { text, ..self.clone() }))
    }
}

fn new_identifier(text: &str, catalogue: &Catalogue) -> Result<ResourceUri, String> {
    let identifier = ResourceUri::parse(text.trim()).map_err(|error| error.text.into_owned())?;
    let registered = catalogue.resources().filter(|resource| resource.source == Source::Registered);
    match catalogue.resource(identifier.as_str()).map(|resource| resource.source) {
        Some(Source::BuiltIn) => Err("This server itself is that resource: choose another identifier.".to_owned()),
        Some(Source::Settings) => Err("The settings declare this resource: change it there.".to_owned()),
        Some(Source::Registered) => Err("This resource is registered already: change that one.".to_owned()),
        None if registered.count() >= MOST => {
            Err(format!("There are {MOST} resources, which is the most there can be."))
        }
        None => Ok(identifier),
    }
}

fn new_scope(text: &str, catalogue: &Catalogue) -> Result<ScopeToken, String> {
    let name = ScopeToken::parse(text).map_err(|error| error.text.into_owned())?;
    if matches!(name.as_str(), "." | "..") {
        return Err("It would have no address of its own: choose another name.".to_owned());
    }
    // Else who is allowed something at another API would be allowed as much at ours.
    if OF_OUR_API.contains(&name.as_str()) {
        return Err("The admin API of this server has a scope of that name: choose another.".to_owned());
    }
    let is_registered = |name: &&str| catalogue.source_of_scope(name) == Some(Source::Registered);
    match catalogue.source_of_scope(name.as_str()) {
        Some(Source::BuiltIn) => Err("This is a built-in scope: choose another name.".to_owned()),
        Some(Source::Settings) => Err("The settings declare this scope: change it there.".to_owned()),
        Some(Source::Registered) => Err("This scope is registered already: change that one.".to_owned()),
        None if catalogue.scope_names().filter(is_registered).count() >= MOST => {
            Err(format!("There are {MOST} scopes, which is the most there can be."))
        }
        None => Ok(name),
    }
}

/// The scopes of these names, each of which has to be there. Those of our own API mean something to that alone.
fn declared(names: &[String], catalogue: &Catalogue) -> Result<Scope, String> {
    let tokens = names.iter().map(|name| ScopeToken::parse(name).map_err(|error| error.text.into_owned()));
    let scope: Scope = tokens.collect::<Result<_, _>>()?;
    if let Some(own) = OF_OUR_API.into_iter().find(|own| scope.contains(own)) {
        return Err(format!("{own} is a scope of this server's own API: take it out."));
    }
    let unknown = scope.without(&catalogue.known(&scope));
    if unknown.is_empty() { Ok(scope) } else { Err(format!("There is no scope {unknown}: register it first.")) }
}

fn readable(text: &str) -> Result<String, String> {
    let is_short = text.chars().count() <= LONGEST;
    let read = line(text).ok().filter(|_| is_short);
    read.ok_or_else(|| format!("Write 1 to {LONGEST} visible characters, on one line."))
}

fn format(word: &str) -> Result<AccessTokenFormat, String> {
    let chosen = if word.is_empty() { Some(AccessTokenFormat::Jwt) } else { AccessTokenFormat::from_word(word) };
    chosen.ok_or_else(|| "Choose jwt or opaque.".to_owned())
}

fn lifetime(seconds: Option<u64>) -> Result<Option<Duration>, String> {
    let lifetime = seconds.map(Duration::from_secs);
    if lifetime.is_some_and(|lifetime| !ACCESS_TOKEN_LIFETIMES.contains(&lifetime)) {
        let (least, most) = (ACCESS_TOKEN_LIFETIMES.start().as_secs(), ACCESS_TOKEN_LIFETIMES.end().as_secs());
        return Err(format!("Choose {least} to {most} seconds, or none."));
    }
    Ok(lifetime)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    const SETTINGS: &str =
        "[[scopes]]\nname = \"a\"\ntext = \"A\"\n[[resources]]\nidentifier = \"https://a.example\"\n";

    fn catalogue() -> Catalogue {
        Catalogue::new(&Config::from_toml(SETTINGS, []).unwrap())
    }

    fn members<T: fmt::Debug>(checked: Result<T, Vec<DraftFault>>) -> Vec<&'static str> {
        checked.unwrap_err().into_iter().map(|fault| fault.member).collect()
    }

    #[test]
    fn tells_everything_that_is_wrong_with_a_resource() {
        let draft = ResourceDraft {
            name: "a\nb".to_owned(),
            scopes: vec!["unheard_of".to_owned()],
            access_token_format: "paper".to_owned(),
            access_token_lifetime: Some(0),
        };
        let all = ["identifier", "name", "scopes", "access_token_format", "access_token_lifetime"];
        assert_eq!(members(draft.check_new("no uri", &catalogue())), all);
        let (uri, terms) = ResourceDraft::default().check_new(" https://b.example ", &catalogue()).unwrap();
        assert_eq!((uri.as_str(), terms.format), ("https://b.example", AccessTokenFormat::Jwt));
    }

    /// RFC 8707 §2: a resource is one that this server knows, by one identifier.
    #[test]
    fn takes_no_identifier_twice() {
        for taken in ["https://a.example", "http://localhost:8080", "http://localhost:8080/api/v1"] {
            assert_eq!(members(ResourceDraft::default().check_new(taken, &catalogue())), ["identifier"], "{taken}");
        }
    }

    #[test]
    fn takes_scopes_that_are_declared_and_are_not_those_of_our_own_api() {
        let with = |scope: &str| ResourceDraft { scopes: vec![scope.to_owned()], ..ResourceDraft::default() };
        assert_eq!(with("a").check("x", &catalogue()).unwrap().scopes.to_string(), "a");
        assert!(with("openid").check("x", &catalogue()).is_ok());
        for bad in ["clients:read", "b", "a b", ""] {
            assert_eq!(members(with(bad).check("x", &catalogue())), ["scopes"], "{bad:?}");
        }
    }

    #[test]
    fn takes_no_scope_twice_and_none_of_ours() {
        let draft = ScopeDraft { text: "Read".to_owned(), optional: true, needs_approval: false };
        for taken in ["a", "openid", "offline_access", "clients:read", "two words", "..", ""] {
            assert_eq!(members(draft.check_new(taken, &catalogue())), ["name"], "{taken}");
        }
        assert_eq!(draft.check_new(" b ", &catalogue()).unwrap().0.as_str(), "b");
        for deceptive in [" ", "Read\u{202e}", "Read\nall"] {
            let draft = ScopeDraft { text: deceptive.to_owned(), ..draft.clone() };
            assert_eq!(members(draft.check_new("a", &catalogue())), ["name", "text"], "{deceptive:?}");
        }
    }
}
