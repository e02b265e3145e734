//! An API key as the API shows it, and its terms as they are sent.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::caller::Caller;
use super::client_actions::read;
use super::problem::{MemberError, Problem};
use crate::clock::Timestamp;
use crate::domain::api_keys::{self, KeyDraft, KeyFault, KeyTerms};
use crate::protocol::key_mode::KeyMode;
use crate::store::{ApiKey, ApiKeySecret, Client, KeyOwner};

/// An API key; never its secrets.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApiKey)]
pub(super) struct ApiKeyView {
    /// Its identifier, which stays the same when its secret is rotated.
    id: Uuid,
    /// The person for whom it speaks, if it is a person's.
    person_id: Option<Uuid>,
    /// The client for which it speaks, if it is a client's.
    client_id: Option<String>,
    /// `live`, or `test`: a key for trying things out.
    mode: &'static str,
    #[serde(flatten)]
    terms: Terms,
    /// `active`, `disabled`, or `expired`.
    state: &'static str,
    /// How its secrets begin that are good now.
    secrets: Vec<KeySecretView>,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// When its terms last changed.
    #[schema(format = DateTime)]
    updated_at: String,
    /// Since when it may do nothing, if so.
    #[schema(format = DateTime)]
    disabled_at: Option<String>,
    /// Why, in a word or two: `by hand`; `leaked`; or `leaked, rotated since`.
    disabled_because: Option<String>,
    /// When somebody reported that it was found in public, if it was and has not been enabled since.
    #[schema(format = DateTime)]
    leaked_at: Option<String>,
    /// Where it was found, in the words of whoever reported it.
    leaked_url: Option<String>,
    /// Whether it cannot be enabled before it is rotated: it still has the secret with which it was found in public.
    must_be_rotated: bool,
    /// When it was last used, to the minute.
    #[schema(format = DateTime)]
    last_used_at: Option<String>,
    /// From where that was, if the resource server told.
    last_used_from: Option<String>,
}

/// A secret of a key, as far as it can be told.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApiKeySecret)]
pub(super) struct KeySecretView {
    /// Its first characters, by which people recognize it.
    beginning: String,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it ends, after a rotation.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
}

/// A key with the secret that it has just been given.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IssuedApiKey)]
pub(super) struct IssuedView {
    #[serde(flatten)]
    key: ApiKeyView,
    /// The key as a script sends it: nobody can read it again.
    secret: String,
}

/// What a key may do, where, from where, how often and until when.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ApiKeyTerms)]
pub(super) struct Terms {
    /// What it is called: 1 to 100 visible characters.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// What it may do: scopes of your APIs, parted by spaces.
    #[serde(default)]
    scope: String,
    /// The resources at which it is good; if none is named, the default one of its owner.
    #[serde(default)]
    resources: Vec<String>,
    /// Addresses and networks from which it may be used; everywhere, if there are none.
    #[serde(default)]
    #[schema(max_items = 50)]
    addresses: Vec<String>,
    /// How often it may be used in any stretch of time: `100/minute`.
    rate_limit: Option<String>,
    /// How often it may be used in a calendar day or month, in UTC: `10000/month`.
    quota: Option<String>,
    /// When it ends, if ever.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
}

/// A key that is to be made: its owner, by one of two members, and its terms.
#[derive(Serialize, ToSchema)]
pub(super) struct NewApiKey {
    #[serde(flatten)]
    terms: Terms,
    #[serde(flatten)]
    owner: Owner,
}

/// For whom a new key speaks, and what it is for.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[schema(as = ApiKeyOwner)]
pub(super) struct Owner {
    /// The person for whom it is to speak.
    pub person_id: Option<Uuid>,
    /// The client for which it is to speak.
    pub client_id: Option<String>,
    /// `live`, or `test` for a key to try things out with.
    #[schema(value_type = Option<String>, pattern = "^(live|test)$", default = "live")]
    pub mode: Option<KeyMode>,
}

impl ApiKeyView {
    pub fn new(key: &ApiKey, secrets: &[ApiKeySecret], now: Timestamp) -> Self {
        let time = Timestamp::to_rfc3339;
        let (person_id, client_id) = match &key.owner {
            KeyOwner::Person(person) => (Some(person.0), None),
            KeyOwner::Client(client) => (None, Some(client.to_string())),
        };
        let secret = |secret: &ApiKeySecret| KeySecretView {
            beginning: secret.beginning.clone(),
            created_at: time(secret.created_at),
            expires_at: secret.expires_at.map(time),
        };
        Self {
            id: key.id.0,
            person_id,
            client_id,
            mode: key.mode.wire(),
            terms: Terms::of(key),
            state: api_keys::state(key, now).word(),
            secrets: secrets.iter().map(secret).collect(),
            created_at: time(key.created_at),
            updated_at: time(key.updated_at),
            disabled_at: key.disabled.as_ref().map(|disabled| time(disabled.at)),
            disabled_because: key.disabled.as_ref().map(|disabled| disabled.because.clone()),
            leaked_at: api_keys::leak(key).map(|leak| time(leak.at)),
            leaked_url: api_keys::leak(key).and_then(|leak| leak.url.clone()),
            must_be_rotated: api_keys::must_be_rotated(key),
            last_used_at: key.last_use.as_ref().map(|used| time(used.at)),
            last_used_from: key.last_use.as_ref().map(|used| used.address.clone()).filter(|from| !from.is_empty()),
        }
    }
}

impl IssuedView {
    /// A key that was just made: its one secret is this one.
    pub fn made(key: &ApiKey, secret: &SecretString) -> Self {
        let beginning = api_keys::beginning(key.mode, secret.expose_secret()).to_owned();
        let only = KeySecretView { beginning, created_at: key.created_at.to_rfc3339(), expires_at: None };
        let view = ApiKeyView { secrets: vec![only], ..ApiKeyView::new(key, &[], key.created_at) };
        Self::of(view, secret)
    }

    pub fn of(key: ApiKeyView, secret: &SecretString) -> Self {
        Self { key, secret: secret.expose_secret().to_owned() }
    }
}

impl Terms {
    const MEMBERS: [&str; 7] = ["name", "scope", "resources", "addresses", "rate_limit", "quota", "expires_at"];

    /// From a body that holds nothing else.
    pub fn read(sent: Value) -> Result<Self, Problem> {
        let names = sent.as_object().into_iter().flat_map(Map::keys);
        let unknown = names.filter(|name| !Self::MEMBERS.contains(&name.as_str()));
        let error =
            |name: &String| MemberError { member: name.clone(), detail: "A key has no such member.".to_owned() };
        let errors: Vec<_> = unknown.map(error).collect();
        if errors.is_empty() { read(sent) } else { Err(Problem::invalid(errors)) }
    }

    pub fn of(key: &ApiKey) -> Self {
        Self {
            name: key.name.clone(),
            scope: key.scope.to_string(),
            resources: key.resources.clone(),
            addresses: key.addresses.iter().map(ToString::to_string).collect(),
            rate_limit: key.rate_limit.map(|limit| limit.to_string()),
            quota: key.quota.map(|quota| quota.to_string()),
            expires_at: key.expires_at.map(Timestamp::to_rfc3339),
        }
    }

    /// What is asked for, if a key of `client`, or of a person if there is none, can have it. Every fault at once.
    pub fn check(&self, caller: &Caller, client: Option<&Client>) -> Result<KeyTerms, Problem> {
        let end = self.expires_at.as_deref().map(Timestamp::from_rfc3339);
        let draft = KeyDraft {
            name: &self.name,
            scope: &self.scope,
            resources: self.resources.iter().map(String::as_str).collect(),
            addresses: self.addresses.iter().map(String::as_str).collect(),
            rate_limit: self.rate_limit.as_deref(),
            quota: self.quota.as_deref(),
            expires_at: end.flatten(),
        };
        let checked = draft.check(&caller.cx.catalogue(), client, caller.now);
        let is_no_time = end.is_some_and(|end| end.is_none());
        let mut faults = match checked {
            Ok(terms) if !is_no_time => return Ok(terms),
            Ok(_) => Vec::new(),
            Err(faults) => faults,
        };
        if is_no_time {
            let text = "Write a moment such as 2027-01-31T00:00:00Z, or leave it out.".to_owned();
            faults.push(KeyFault { member: "expires_at", text });
        }
        let error = |fault: KeyFault| MemberError { member: fault.member.to_owned(), detail: fault.text };
        Err(Problem::invalid(faults.into_iter().map(error).collect()))
    }
}

/// The owner and the terms of a new key.
pub(super) fn split(sent: Value) -> Result<(Owner, Terms), Problem> {
    let Value::Object(mut members) = sent else { return Ok((Owner::default(), Terms::read(sent)?)) };
    let of_owner = ["person_id", "client_id", "mode"].into_iter().filter_map(|name| members.remove_entry(name));
    let owner = Value::Object(of_owner.collect::<Map<_, _>>());
    Ok((read(owner)?, Terms::read(Value::Object(members))?))
}

/// What `If-Match` is about: its terms, and whether and why it is disabled. When it was last used is not among it, or nobody
/// could ever change a key that is in use; as no answer may be stored, nothing else asks for the tag.
pub(super) fn version(key: &ApiKey) -> impl Serialize {
    let disabled = key.disabled.as_ref().map(|disabled| (disabled.at.millis(), disabled.because.clone()));
    (key.id, Terms::of(key), key.updated_at.millis(), disabled)
}
