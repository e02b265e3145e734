//! What introspection tells: the members of RFC 7662 §2.2, and those that we tell of API keys beside them.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::domain::limits::{Admission, Standing};
use crate::domain::tokens::access_token::Audience;
use crate::protocol::certificate::Confirmation;
use crate::protocol::key_mode::KeyMode;
use crate::protocol::scope::Scope;
use crate::store::{ApiKey, KeyOwner};

/// RFC 7662 §2.2
#[derive(Debug, Default, Serialize)]
pub(super) struct Introspection {
    pub active: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iat: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aud: Option<Audience>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iss: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jti: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// RFC 8705 §3.2
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cnf: Option<Confirmation>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub key: Option<OfKey>,
    /// What rules of the settings tell of the person.
    #[serde(flatten)]
    pub about: Map<String, Value>,
    /// Of a key that is beyond its limits, and so not active.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub limits: Option<OfLimits>,
}

/// What is told of a key beside the members of RFC 7662 §2.2.
#[derive(Debug, Serialize)]
pub(super) struct OfKey {
    pub key_id: String,
    pub key_name: String,
    pub key_mode: KeyMode,
    pub owner_type: &'static str,
    #[serde(flatten)]
    pub limits: OfLimits,
}

/// How things stand with a key's limits.
#[derive(Debug, Default, Serialize)]
pub(super) struct OfLimits {
    #[serde(skip_serializing_if = "Option::is_none")]
    rate_limit: Option<OfLimit>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quota: Option<OfLimit>,
    /// Seconds after which to ask again.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
}

/// How things stand with one limit; times in seconds.
#[derive(Debug, Serialize)]
struct OfLimit {
    limit: u32,
    window: u64,
    remaining: u32,
    reset: u64,
}

impl OfKey {
    pub fn new(key: &ApiKey, limits: OfLimits) -> Self {
        let owner_type = match key.owner {
            KeyOwner::Person(_) => "person",
            KeyOwner::Client(_) => "client",
        };
        Self { key_id: key.id.to_string(), key_name: key.name.clone(), key_mode: key.mode, owner_type, limits }
    }
}

impl OfLimits {
    pub fn new(admission: &Admission) -> Self {
        let named = |name: &str| admission.standings.iter().find(|standing| standing.name == name).map(OfLimit::new);
        let retry_after = admission.retry_after.map(|wait| wait.as_millis().div_ceil(1000));
        Self {
            rate_limit: named("rate"),
            quota: named("quota"),
            retry_after: retry_after.map(|seconds| u64::try_from(seconds).unwrap_or(u64::MAX)),
        }
    }
}

impl OfLimit {
    fn new(standing: &Standing) -> Self {
        Self {
            limit: standing.limit,
            window: standing.window.as_secs(),
            remaining: standing.remaining,
            reset: standing.reset.as_secs(),
        }
    }
}
