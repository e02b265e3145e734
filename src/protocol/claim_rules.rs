//! Claims beyond the standard ones, by the rules of the settings: each says of what a claim is made, which scope releases it,
//! where it is told and to which clients.

use std::fmt;

use super::attributes::AttributeValue;
use super::claims;
use super::scope::{Scope, ScopeToken};
use crate::ids::ClientId;

/// The longest name, in bytes.
pub const LONGEST_NAME: usize = 255;

/// Names that mean something in tokens or answers, beside [`claims::SUPPORTED`]: whoever reads one must not take for it
/// what an operator made up.
const OF_THE_PROTOCOL: &[&str] = &[
    // RFC 7519 §4.1, and what other specifications put into JWTs of this kind.
    "nbf",
    "jti",
    "c_hash",
    "s_hash",
    "events",
    "cnf",
    "act",
    "may_act",
    "sub_jwk",
    "sub_id",
    "toe",
    "txn",
    "vot",
    "vtm",
    "_claim_names",
    "_claim_sources",
    "verified_claims",
    "authorization_details",
    "token_introspection",
    // RFC 9068 §2.2, RFC 7662 §2.2
    "client_id",
    "scope",
    "active",
    "username",
    "token_type",
    "error",
    "error_description",
    // Ours, in access tokens and in what introspection tells.
    "authorization_id",
    "exchanged_from",
    "key_id",
    "key_name",
    "key_mode",
    "owner_type",
    "rate_limit",
    "quota",
    "retry_after",
];

/// The name of a claim of an operator's own: neither one of the protocol nor a standard claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimName(String);

impl ClaimName {
    /// Reads a name; an error is a sentence without its subject.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if text.is_empty() || text.len() > LONGEST_NAME {
            return Err("has not 1 to 255 characters");
        }
        // They are parted by spaces where they are remembered.
        if !text.bytes().all(|byte| matches!(byte, b'\x21' | b'\x23'..=b'\x5b' | b'\x5d'..=b'\x7e')) {
            return Err("is not of printable ASCII without space, quotation mark and backslash");
        }
        // OIDC Core §5.2: a standard claim in another language is still that claim.
        let name = text.split_once('#').map_or(text, |(name, _)| name);
        if claims::find(name).is_some() {
            return Err("is a standard claim");
        }
        if claims::SUPPORTED.contains(&name) || OF_THE_PROTOCOL.contains(&name) {
            return Err("is a claim of the protocol");
        }
        Ok(Self(text.to_owned()))
    }

    /// As it stands on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClaimName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Of what a claim is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimSource {
    /// The person's attribute of this name.
    Attribute(String),
    /// The names of the groups in which the person is.
    Groups,
    /// What the person may do with this server.
    Roles,
    /// The same for everybody.
    Constant(AttributeValue),
}

/// Where a claim is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// At `UserInfo`.
    UserInfo,
    /// In ID tokens.
    IdToken,
    /// In access tokens; of opaque ones and of JWTs, introspection tells the same.
    AccessToken,
}

/// How one claim is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimRule {
    /// The claim.
    pub name: ClaimName,
    /// Of what it is made.
    pub from: ClaimSource,
    /// The scope that releases it.
    pub scope: ScopeToken,
    /// What people read of it when they are asked for consent.
    pub text: Option<String>,
    /// Where the scope releases it.
    pub places: Vec<Place>,
    /// The clients that are told; all of them if it names none.
    pub clients: Vec<ClientId>,
}

impl ClaimRule {
    /// Whether this client may be told by it.
    #[must_use]
    pub fn is_for(&self, client: &ClientId) -> bool {
        self.clients.is_empty() || self.clients.contains(client)
    }

    /// Whether some client could be told by both.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        self.clients.is_empty() || other.clients.is_empty() || self.clients.iter().any(|client| other.is_for(client))
    }
}

/// All rules of the settings. No client is told a claim by two.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimRules(Vec<ClaimRule>);

impl ClaimRules {
    /// Those rules, of which no two that have a name in common meet.
    #[must_use]
    pub const fn new(rules: Vec<ClaimRule>) -> Self {
        Self(rules)
    }

    /// The claims that any client could be told, for `claims_supported`.
    pub fn published(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|rule| rule.clients.is_empty()).map(|rule| rule.name.as_str())
    }

    /// The rules by which a client of `scope` is told something at `place`.
    pub fn released<'a>(
        &'a self,
        place: Place,
        client: &'a ClientId,
        scope: &'a Scope,
    ) -> impl Iterator<Item = &'a ClaimRule> {
        self.by_scope(client, scope).filter(move |rule| rule.places.contains(&place))
    }

    /// The rules by which a client of `scope` is told something anywhere.
    pub fn by_scope<'a>(&'a self, client: &'a ClientId, scope: &'a Scope) -> impl Iterator<Item = &'a ClaimRule> {
        self.0.iter().filter(|rule| rule.is_for(client) && scope.contains(rule.scope.as_str()))
    }

    /// The rule by which this client can be told the claim of that name.
    #[must_use]
    pub fn find(&self, name: &str, client: &ClientId) -> Option<&ClaimRule> {
        self.0.iter().find(|rule| rule.name.as_str() == name && rule.is_for(client))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(name: &str, scope: &str, places: &[Place], clients: &[&str]) -> ClaimRule {
        ClaimRule {
            name: ClaimName::parse(name).unwrap(),
            from: ClaimSource::Groups,
            scope: ScopeToken::parse(scope).unwrap(),
            text: None,
            places: places.to_vec(),
            clients: clients.iter().map(|id| ClientId((*id).to_owned())).collect(),
        }
    }

    fn client(id: &str) -> ClientId {
        ClientId(id.to_owned())
    }

    /// RFC 7519 §4.1, RFC 9068 §2.2, RFC 7662 §2.2, OIDC Core §5.2: what an operator makes up passes for nothing else.
    #[test]
    fn refuses_names_that_mean_something_already() {
        for name in ["groups", "roles", "entitlements", "department", "https://example.com/groups", "urn:x:y", "Sub"] {
            assert_eq!(ClaimName::parse(name).unwrap().as_str(), name);
        }
        for name in claims::SUPPORTED.iter().chain(OF_THE_PROTOCOL) {
            assert!(ClaimName::parse(name).is_err(), "{name}");
            assert!(ClaimName::parse(&format!("{name}#ja")).is_err(), "{name}");
        }
        let long = "x".repeat(LONGEST_NAME + 1);
        for name in ["", "a b", "a\"", "a\\", "ä", "a\n", &long] {
            assert!(ClaimName::parse(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn tells_by_scope_place_and_client() {
        use Place::{AccessToken, IdToken, UserInfo};
        let rules = ClaimRules::new(vec![
            rule("groups", "profile", &[UserInfo, IdToken], &[]),
            rule("tenant", "openid", &[AccessToken], &["a"]),
            rule("tenant", "employee", &[AccessToken], &["b"]),
        ]);
        let told = |place, id: &str, scope: &str| {
            let (client, scope) = (client(id), Scope::parse(scope).unwrap());
            rules.released(place, &client, &scope).map(|rule| rule.name.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(told(UserInfo, "a", "openid profile"), ["groups"]);
        assert_eq!(told(IdToken, "c", "openid profile"), ["groups"]);
        assert!(told(UserInfo, "a", "openid").is_empty() && told(AccessToken, "c", "openid profile").is_empty());
        assert_eq!(told(AccessToken, "a", "openid profile"), ["tenant"]);
        assert_eq!(told(AccessToken, "b", "employee"), ["tenant"]);
        assert!(told(AccessToken, "b", "openid").is_empty());
        assert_eq!(rules.find("tenant", &client("b")).unwrap().scope.as_str(), "employee");
        assert!(rules.find("tenant", &client("c")).is_none());
        assert_eq!(rules.published().collect::<Vec<_>>(), ["groups"]);
    }

    #[test]
    fn knows_which_rules_meet() {
        let of = |clients: &[&str]| rule("tenant", "openid", &[], clients);
        assert!(of(&[]).meets(&of(&["a"])) && of(&["a"]).meets(&of(&[])) && of(&["a", "b"]).meets(&of(&["b"])));
        assert!(!of(&["a"]).meets(&of(&["b"])));
    }
}
