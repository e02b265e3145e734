//! Scope: a set of tokens (RFC 6749 §3.3). What a token means is said in the configuration.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{ErrorCode, OAuthError, Result};

/// Makes a request one of OpenID Connect (OIDC Core §3.1.2.1).
pub const OPENID: &str = "openid";
/// Releases the profile claims (OIDC Core §5.4).
pub const PROFILE: &str = "profile";
/// Releases the email claims (OIDC Core §5.4).
pub const EMAIL: &str = "email";
/// Releases the address claim (OIDC Core §5.4).
pub const ADDRESS: &str = "address";
/// Releases the phone claims (OIDC Core §5.4).
pub const PHONE: &str = "phone";
/// Asks for a refresh token that works while the person is away (OpenID Connect Core, section 11).
pub const OFFLINE_ACCESS: &str = "offline_access";
/// Those that mean something without being declared: each is about a person.
pub const OF_A_PERSON: [&str; 6] = [OPENID, PROFILE, EMAIL, ADDRESS, PHONE, OFFLINE_ACCESS];
/// Those of this server's own API. What each allows, `domain::permission` says; here is that nobody else may declare them.
pub const OF_OUR_API: [&str; 20] = [
    "clients:read",
    "clients:write",
    "resources:write",
    "people:read",
    "people:write",
    "roles:write",
    "consents:read",
    "consents:write",
    "sessions:read",
    "sessions:write",
    "groups:read",
    "groups:write",
    "approvals:read",
    "approvals:write",
    "api-keys:read",
    "api-keys:write",
    "events:read",
    "keys:read",
    "keys:write",
    "settings:read",
];

/// The most tokens in one scope: comparing scopes stays cheap whatever is sent.
pub const MAX_TOKENS: usize = 100;
/// The longest token, in bytes.
pub const MAX_TOKEN_BYTES: usize = 255;

/// One scope token.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct ScopeToken(Box<str>);

impl ScopeToken {
    /// Reads one token.
    pub fn parse(text: &str) -> Result<Self> {
        if text.is_empty() || text.len() > MAX_TOKEN_BYTES {
            return Err(invalid(format!("A scope token has 1 to {MAX_TOKEN_BYTES} characters.")));
        }
        // RFC 6749 §3.3: printable ASCII without space, quotation mark and backslash.
        if !text.bytes().all(|byte| matches!(byte, b'\x21' | b'\x23'..=b'\x5b' | b'\x5d'..=b'\x7e')) {
            return Err(invalid("A scope token is printable ASCII without quotation mark and backslash."));
        }
        Ok(Self(text.into()))
    }

    /// The token as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ScopeToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for ScopeToken {
    type Error = OAuthError;

    fn try_from(text: String) -> Result<Self> {
        Self::parse(&text)
    }
}

/// A set of scope tokens that remembers the order in which they were first named.
#[derive(Clone, Debug, Default, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Scope(Vec<ScopeToken>);

impl Scope {
    /// The scope of no token.
    #[must_use]
    pub const fn empty() -> Self {
        Self(Vec::new())
    }

    /// Reads a space-separated list. Surplus spaces do no harm.
    pub fn parse(text: &str) -> Result<Self> {
        let tokens = || text.split(' ').filter(|token| !token.is_empty());
        if tokens().nth(MAX_TOKENS).is_some() {
            return Err(invalid(format!("A scope has at most {MAX_TOKENS} tokens.")));
        }
        tokens().map(ScopeToken::parse).collect()
    }

    /// Whether the token is among them; case matters.
    #[must_use]
    pub fn contains(&self, token: &str) -> bool {
        self.iter().any(|own| own.as_str() == token)
    }

    /// Whether `other` has every token of this one.
    #[must_use]
    pub fn is_subset_of(&self, other: &Self) -> bool {
        self.iter().all(|token| other.contains(token.as_str()))
    }

    /// The tokens that both have, in this one's order.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        self.iter().filter(|token| other.contains(token.as_str())).cloned().collect()
    }

    /// The tokens that `other` lacks.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        self.iter().filter(|token| !other.contains(token.as_str())).cloned().collect()
    }

    /// The tokens of both, this one's first.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        self.iter().chain(other.iter()).cloned().collect()
    }

    /// The tokens in order.
    pub fn iter(&self) -> std::slice::Iter<'_, ScopeToken> {
        self.0.iter()
    }

    /// Whether there is no token.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl PartialEq for Scope {
    /// RFC 6749 §3.3: the order of the tokens does not matter.
    fn eq(&self, other: &Self) -> bool {
        self.0.len() == other.0.len() && self.is_subset_of(other)
    }
}

impl FromIterator<ScopeToken> for Scope {
    fn from_iter<I: IntoIterator<Item = ScopeToken>>(tokens: I) -> Self {
        let mut scope = Self::empty();
        for token in tokens {
            if !scope.contains(token.as_str()) {
                scope.0.push(token);
            }
        }
        scope
    }
}

impl<'a> IntoIterator for &'a Scope {
    type Item = &'a ScopeToken;
    type IntoIter = std::slice::Iter<'a, ScopeToken>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, token) in self.iter().enumerate() {
            let space = if position == 0 { "" } else { " " };
            write!(f, "{space}{token}")?;
        }
        Ok(())
    }
}

impl TryFrom<String> for Scope {
    type Error = OAuthError;

    fn try_from(text: String) -> Result<Self> {
        Self::parse(&text)
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> Self {
        scope.to_string()
    }
}

fn invalid(text: impl Into<std::borrow::Cow<'static, str>>) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidScope, text)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::proptest;

    use super::*;

    fn scope(text: &str) -> Scope {
        Scope::parse(text).unwrap()
    }

    /// RFC 6749 §3.3: printable ASCII without quotation mark and backslash; case-sensitive.
    #[test]
    fn knows_which_tokens_are_well_formed() {
        let long = "x".repeat(MAX_TOKEN_BYTES);
        for good in ["openid", "https://api.example/read", "a:b", "!", "~", "#[]", long.as_str()] {
            assert_eq!(ScopeToken::parse(good).unwrap().as_str(), good);
        }
        let too_long = "x".repeat(MAX_TOKEN_BYTES + 1);
        for bad in ["", "a b", "a\"b", "a\\b", "né", "a\tb", "a\u{7f}", too_long.as_str()] {
            assert_eq!(ScopeToken::parse(bad).unwrap_err().code, ErrorCode::InvalidScope, "{bad:?}");
        }
        assert_ne!(scope("OpenID"), scope(OPENID));
    }

    /// RFC 6749 §3.3: a list of tokens whose order does not matter.
    #[test]
    fn is_a_set_that_remembers_its_order() {
        assert_eq!(scope("openid email openid profile").to_string(), "openid email profile");
        assert_eq!(scope(" a  b ").to_string(), "a b");
        assert_eq!(scope("a b"), scope("b a"));
        assert_ne!(scope("a b"), scope("a"));
        assert_eq!(scope(""), Scope::empty());
        assert!(scope("").is_empty());
        assert_eq!(Scope::parse("openid né").unwrap_err().code, ErrorCode::InvalidScope);
        let crowd = (0..=MAX_TOKENS).map(|number| format!("s{number}")).collect::<Vec<_>>().join(" ");
        assert_eq!(Scope::parse(&crowd).unwrap_err().code, ErrorCode::InvalidScope);
    }

    #[test]
    fn compares_and_combines() {
        let (all, some) = (scope("a b c"), scope("c a"));
        assert!(some.is_subset_of(&all) && !all.is_subset_of(&some));
        assert!(Scope::empty().is_subset_of(&some));
        assert_eq!(all.intersection(&some).to_string(), "a c");
        assert_eq!(all.without(&some).to_string(), "b");
        assert_eq!(some.union(&scope("d a")).to_string(), "c a d");
        assert!(all.contains("b") && !all.contains("B"));
    }

    #[test]
    fn travels_through_json_as_text() {
        assert_eq!(serde_json::to_string(&scope("a b")).unwrap(), r#""a b""#);
        assert_eq!(serde_json::from_str::<Scope>(r#""a b""#).unwrap(), scope("a b"));
        assert!(serde_json::from_str::<Scope>(r#""a \" b""#).is_err());
    }

    proptest! {
        /// RFC 6749 §3.3: a scope is what its text says, each token once, in the order named.
        #[test]
        fn reads_back_what_it_prints(tokens in vec("[!#-\\[\\]-~]{1,9}", 0..20)) {
            let scope: Scope = tokens.iter().map(|token| ScopeToken::parse(token).unwrap()).collect();
            assert_eq!(Scope::parse(&tokens.join(" ")).unwrap().to_string(), scope.to_string());
            let read = Scope::parse(&scope.to_string()).unwrap();
            assert_eq!(read.to_string(), scope.to_string());
            assert!(tokens.iter().all(|token| read.contains(token)));
        }
    }
}
