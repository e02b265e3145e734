//! The five kinds of client that people think in, and the metadata with which each begins.

use serde_json::{Value, json};

use crate::protocol::client_metadata::ClientMetadata;
use crate::protocol::grant_type::GrantType;
use crate::protocol::redirect_uri::ApplicationType;
use crate::protocol::scope;

/// What kind of program a client is (RFC 6749 §2.1, RFC 8252 §7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientKind {
    /// Runs on a server, where it can keep a secret.
    Web,
    /// Runs in the browser.
    SinglePage,
    /// Runs on a person's device.
    Native,
    /// Runs where nobody likes to type; somebody lets it in on another device (RFC 8628 §3.1).
    Device,
    /// Acts for itself, without a person.
    Machine,
}

impl ClientKind {
    /// All of them, the most usual first.
    pub const ALL: [Self; 5] = [Self::Web, Self::SinglePage, Self::Native, Self::Device, Self::Machine];

    /// Its name in forms and answers.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::SinglePage => "single-page",
            Self::Native => "native",
            Self::Device => "device",
            Self::Machine => "machine",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// The kind of a client that is registered so.
    #[must_use]
    pub fn of(metadata: &ClientMetadata) -> Self {
        let speaks_for_itself = metadata.may_use(GrantType::ClientCredentials) || !metadata.asks_people();
        if metadata.redirect_uris.is_empty() && speaks_for_itself {
            Self::Machine
        } else if metadata.redirect_uris.is_empty() && metadata.may_use(GrantType::DeviceCode) {
            Self::Device
        } else if metadata.application_type == ApplicationType::Native {
            Self::Native
        } else if metadata.is_confidential() {
            Self::Web
        } else {
            Self::SinglePage
        }
    }

    /// The metadata (RFC 7591) with which a client of this kind begins: the least that works, and PKCE for whoever
    /// sends people (RFC 9700 §2.1.1). `redirect_uris` mean nothing to a machine and a device.
    #[must_use]
    pub fn draft(self, name: &str, redirect_uris: &[&str], scope: &str) -> Value {
        let name = Some(name).filter(|name| !name.is_empty());
        if self == Self::Machine {
            return json!({
                "client_name": name,
                "grant_types": ["client_credentials"],
                "response_types": [],
                "token_endpoint_auth_method": "client_secret_basic",
                "scope": of_no_person(scope),
            });
        }
        if self == Self::Device {
            return json!({
                "client_name": name,
                "grant_types": [GrantType::DeviceCode, GrantType::RefreshToken],
                "response_types": [],
                "token_endpoint_auth_method": "none",
                "scope": scope,
            });
        }
        let method = if self == Self::Web { "client_secret_basic" } else { "none" };
        json!({
            "client_name": name,
            "application_type": if self == Self::Native { "native" } else { "web" },
            "redirect_uris": redirect_uris,
            "grant_types": ["authorization_code", "refresh_token"],
            "token_endpoint_auth_method": method,
            "require_pkce": true,
            "scope": scope,
        })
    }
}

/// Without the scopes that mean a person, whom a machine does not act for.
fn of_no_person(scope: &str) -> String {
    let left: Vec<_> = scope.split(' ').filter(|name| !scope::OF_A_PERSON.contains(name)).collect();
    left.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6749 §4.4: a machine speaks for itself.
    #[test]
    fn gives_a_machine_nothing_of_a_person() {
        let scope =
            |kind: ClientKind| kind.draft("x", &[], "openid profile boats.read offline_access")["scope"].clone();
        assert_eq!(scope(ClientKind::Machine), "boats.read");
        assert_eq!(scope(ClientKind::Web), "openid profile boats.read offline_access");
    }

    /// RFC 6749 §2.1, RFC 8252 §7, RFC 8628 §3.1, RFC 9700 §2.1.1
    #[test]
    fn knows_what_it_drafted() {
        for (kind, uri) in [
            (ClientKind::Web, "https://app.example/cb"),
            (ClientKind::SinglePage, "https://app.example/cb"),
            (ClientKind::Native, "com.example.app:/cb"),
            (ClientKind::Device, "https://ignored.example/cb"),
            (ClientKind::Machine, "https://ignored.example/cb"),
        ] {
            let draft = kind.draft("Harbour", &[uri], "");
            let metadata = ClientMetadata::parse(draft.to_string().as_bytes()).unwrap();
            assert_eq!(ClientKind::of(&metadata), kind, "{draft}");
            assert_eq!(ClientKind::from_word(kind.word()), Some(kind));
            assert_eq!(metadata.client_name.as_deref(), Some("Harbour"));
            assert!(metadata.ignored_members.is_empty(), "{:?}", metadata.ignored_members);
            assert!(metadata.require_pkce || metadata.redirect_uris.is_empty());
        }
    }
}
