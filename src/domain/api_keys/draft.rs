//! What somebody asks of a key, and whether it may be.

use std::fmt;

use super::offer;
use crate::clock::Timestamp;
use crate::domain::catalogue::Catalogue;
use crate::protocol::allowance::{Quota, RateLimit};
use crate::protocol::network::Network;
use crate::protocol::scope::{self, Scope, ScopeToken};
use crate::store::Client;

/// The longest name, in characters.
const LONGEST_NAME: usize = 100;
/// The most networks of one key.
const MOST_ADDRESSES: usize = 50;

/// A key as somebody describes it.
#[derive(Clone, Debug, Default)]
pub struct KeyDraft<'a> {
    /// What to call it.
    pub name: &'a str,
    /// Scope tokens with spaces between.
    pub scope: &'a str,
    /// The resources at which it is to be good; the default one if none is named.
    pub resources: Vec<&'a str>,
    /// From where it may be used; from everywhere if none is named.
    pub addresses: Vec<&'a str>,
    /// A rate, such as `100/minute`.
    pub rate_limit: Option<&'a str>,
    /// A quota, such as `10000/month`.
    pub quota: Option<&'a str>,
    /// When it is to end, if ever.
    pub expires_at: Option<Timestamp>,
}

/// What a key may do, where, from where, how often and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyTerms {
    /// What it is called.
    pub name: String,
    /// What it may do.
    pub scope: Scope,
    /// The identifiers of its resources; at least one.
    pub resources: Vec<String>,
    /// From where it may be used.
    pub addresses: Vec<Network>,
    /// How often in any stretch of time.
    pub rate_limit: Option<RateLimit>,
    /// How often in a day or month.
    pub quota: Option<Quota>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
}

impl KeyTerms {
    /// What only an admin gives a key: scopes that need an admin's approval, unless they are among these.
    #[must_use]
    pub fn unapproved(&self, catalogue: &Catalogue, approved: &Scope) -> Option<KeyFault> {
        let beyond = catalogue.needing_approval(&self.scope).without(approved);
        let text = || format!("The scope {beyond} needs an administrator's approval: ask one to give it to the key.");
        (!beyond.is_empty()).then(|| KeyFault { member: "scope", text: text() })
    }
}

/// What is wrong with a draft: the member, and a sentence that says what to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFault {
    /// The member.
    pub member: &'static str,
    /// What to change.
    pub text: String,
}

impl fmt::Display for KeyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.member, self.text)
    }
}

/// What was wrong so far.
#[derive(Default)]
struct Faults(Vec<KeyFault>);

impl Faults {
    fn refuse(&mut self, member: &'static str, text: impl Into<String>) {
        self.0.push(KeyFault { member, text: text.into() });
    }

    /// The value, or `instead` after a fault is noted.
    fn or<T>(&mut self, member: &'static str, read: Result<T, String>, instead: T) -> T {
        read.unwrap_or_else(|text| {
            self.refuse(member, text);
            instead
        })
    }
}

impl KeyDraft<'_> {
    /// Reads the draft of a key for `client`, or for a person if there is none. Every fault at once.
    pub fn check(
        &self,
        catalogue: &Catalogue,
        client: Option<&Client>,
        now: Timestamp,
    ) -> Result<KeyTerms, Vec<KeyFault>> {
        let mut faults = Faults::default();
        let name = self.name.trim().to_owned();
        if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
            faults.refuse("name", format!("Choose a name of 1 to {LONGEST_NAME} visible characters."));
        }
        let resources = faults.or("resources", resources(&self.resources, catalogue, client), Vec::new());
        let scope = Scope::parse(self.scope.trim()).map_err(|error| error.text.to_string());
        let scope = scope.and_then(|scope| fitting(scope, catalogue, client, &resources));
        let scope = faults.or("scope", scope, Scope::empty());
        let addresses = faults.or("addresses", addresses(&self.addresses), Vec::new());
        let rate_limit = optional(self.rate_limit, RateLimit::parse, RateLimit::EXPECTED);
        let rate_limit = faults.or("rate_limit", rate_limit, None);
        let quota = faults.or("quota", optional(self.quota, Quota::parse, Quota::EXPECTED), None);
        if self.expires_at.is_some_and(|end| end <= now) {
            faults.refuse("expires_at", "Choose a time in the future, or none.");
        }
        if !faults.0.is_empty() {
            return Err(faults.0);
        }
        Ok(KeyTerms { name, scope, resources, addresses, rate_limit, quota, expires_at: self.expires_at })
    }
}

/// The resources that are named, or the default one.
fn resources(named: &[&str], catalogue: &Catalogue, client: Option<&Client>) -> Result<Vec<String>, String> {
    if named.is_empty() {
        return Ok(vec![offer::default_resource(catalogue, client).to_owned()]);
    }
    let is_registered = |identifier: &str| {
        client.is_none_or(|client| client.metadata.resources.iter().any(|uri| uri.as_str() == identifier))
    };
    let mut resources: Vec<String> = Vec::new();
    for identifier in named {
        let is_known = catalogue.resource(identifier).is_some() && !catalogue.is_own_api(identifier);
        if !is_known || !(is_registered(identifier) || catalogue.default_resource() == *identifier) {
            return Err(format!("{identifier} is no resource of this server that the owner of the key may use."));
        }
        if !resources.iter().any(|known| known == identifier) {
            resources.push((*identifier).to_owned());
        }
    }
    Ok(resources)
}

/// The scope, if a key can have it that is good at these resources.
fn fitting(
    scope: Scope,
    catalogue: &Catalogue,
    client: Option<&Client>,
    resources: &[String],
) -> Result<Scope, String> {
    let known = catalogue.known(&scope);
    for token in scope.iter().map(ScopeToken::as_str) {
        if !known.contains(token) || scope::OF_A_PERSON.contains(&token) || scope::OF_OUR_API.contains(&token) {
            return Err(format!("{token} is no scope that a key can have: name scopes of your APIs."));
        }
        if client.is_some_and(|client| !client.metadata.scope.contains(token)) {
            return Err(format!("The scope {token} is not registered for the client: register it first."));
        }
    }
    let meaningless = scope.without(&catalogue.scope_for(&scope, resources));
    if !resources.is_empty() && !meaningless.is_empty() {
        return Err(format!("No resource of the key knows the scope {meaningless}: name the one that does."));
    }
    Ok(scope)
}

fn addresses(texts: &[&str]) -> Result<Vec<Network>, String> {
    if texts.len() > MOST_ADDRESSES {
        return Err(format!("Name at most {MOST_ADDRESSES} networks."));
    }
    let read = |text: &&str| Network::parse(text).ok_or_else(|| format!("{text} is not {}.", Network::EXPECTED));
    texts.iter().map(read).collect()
}

/// What stands there, if anything does.
fn optional<T>(text: Option<&str>, parse: fn(&str) -> Option<T>, expected: &str) -> Result<Option<T>, String> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    text.map(|text| parse(text).ok_or_else(|| format!("Write {expected}."))).transpose()
}
