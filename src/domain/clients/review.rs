//! How safely a client is registered: points off a hundred, each with its reason, its section and what to do about it.

use std::time::Duration;

use crate::clock::Timestamp;
use crate::protocol::client_metadata::ConsentPolicy;
use crate::protocol::grant_type::GrantType;
use crate::protocol::redirect_uri::RedirectUri;
use crate::store::{Client, ClientSecret};

/// A secret that is older should be changed.
const OLD_SECRET: Duration = Duration::from_hours(365 * 24);
/// A secret that ends within this time should be followed by another one.
const SOON: Duration = Duration::from_hours(30 * 24);
/// An access token that lives longer is worth stealing.
const LONG_LIFETIME: Duration = Duration::from_hours(1);

/// What could be safer about a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The points that it costs.
    pub points: u8,
    /// What is less safe than it could be.
    pub what: &'static str,
    /// What to do about it.
    pub remedy: &'static str,
    /// Where that is asked for.
    pub section: &'static str,
}

/// A client's safety.
#[derive(Clone, Debug)]
pub struct Review {
    /// From 0 to 100, the higher the safer.
    pub score: u8,
    /// What the points went for, the dearest first.
    pub findings: Vec<Finding>,
}

const FRONT_CHANNEL: Finding = Finding {
    points: 15,
    what: "It may have ID tokens sent through the browser, where histories and scripts can keep them.",
    remedy: "Let the app use response_type=code with PKCE, then take the other response_types out.",
    section: "RFC 9700 §2.1.2",
};

/// Looks a client over, with the secrets that are valid at `now`.
#[must_use]
pub fn review(client: &Client, now: Timestamp) -> Review {
    let metadata = &client.metadata;
    let sends_people = metadata.sends_people();
    let uris = || metadata.redirect_uris.iter().map(RedirectUri::as_str);
    let is_old = |age: Duration| client.secrets.iter().any(|secret| now.since(secret.created_at) > age);
    let ends_soon = |secret: &ClientSecret| secret.expires_at.is_some_and(|end| end <= now + SOON);
    let rules: [(bool, Finding); 10] = [
        (
            sends_people && !metadata.require_pkce,
            Finding {
                points: 30,
                what: "It may ask for codes without PKCE: a code that is stolen or injected can be redeemed.",
                remedy: "Let the app send a code_challenge, then set require_pkce to true.",
                section: "RFC 9700 §2.1.1",
            },
        ),
        (metadata.may_use(GrantType::Implicit), FRONT_CHANNEL),
        (
            uris().any(|uri| uri.starts_with("http://localhost")),
            Finding {
                points: 10,
                what: "A redirect URI names localhost, which a name server or another program may answer for.",
                remedy: "Register http://127.0.0.1 or http://[::1] instead.",
                section: "RFC 8252 §8.3",
            },
        ),
        (
            uris().any(is_private_scheme),
            Finding {
                points: 10,
                what: "A redirect URI has a scheme that any other app on the device may claim as well.",
                remedy: "Use an https address that the operating system ties to the app, or a loopback address.",
                section: "RFC 8252 §8.6",
            },
        ),
        (
            !sends_people && metadata.token_endpoint_auth_method.has_secret(),
            Finding {
                points: 5,
                what: "It proves who it is by a secret that this server knows as well.",
                remedy: "Let it sign with a key of its own: private_key_jwt, with jwks or jwks_uri.",
                section: "RFC 9700 §2.5",
            },
        ),
        (
            is_old(OLD_SECRET),
            Finding {
                points: 15,
                what: "A secret has been valid for more than a year.",
                remedy: "Rotate the secret: the old one stays valid for as long as the change-over takes.",
                section: "RFC 6819 §5.1.4.1.5",
            },
        ),
        (
            !client.secrets.is_empty() && client.secrets.iter().all(ends_soon),
            Finding {
                points: 15,
                what: "Every secret that it has ends within 30 days: nobody can act as this client then.",
                remedy: "Rotate the secret, with an overlap that is long enough to change it over.",
                section: "RFC 7591 §3.2.1",
            },
        ),
        (
            metadata.access_token_lifetime.is_some_and(|lifetime| lifetime > LONG_LIFETIME),
            Finding {
                points: 10,
                what: "Its access tokens live for more than an hour: one that leaks is good for as long.",
                remedy: "Shorten access_token_lifetime; a refresh token spares people the sign-in.",
                section: "RFC 6819 §5.1.5.3",
            },
        ),
        (
            sends_people && metadata.consent == ConsentPolicy::Skip && !metadata.is_confidential(),
            Finding {
                points: 20,
                what: "People are not asked, and it cannot prove who it is: whoever poses as it gets in unasked.",
                remedy: "Set consent to remember, or let the app authenticate.",
                section: "RFC 6749 §10.2",
            },
        ),
        (
            sends_people && metadata.may_use(GrantType::ClientCredentials),
            Finding {
                points: 5,
                what: "It acts for people and for itself: an API may take one kind of token for the other.",
                remedy: "Register a machine client of its own for what it does for itself.",
                section: "RFC 9700 §4.15",
            },
        ),
    ];
    let mut findings: Vec<_> = rules.into_iter().filter_map(|(found, finding)| found.then_some(finding)).collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.points));
    let lost: u8 = findings.iter().map(|finding| finding.points).sum();
    Review { score: 100_u8.saturating_sub(lost), findings }
}

fn is_private_scheme(uri: &str) -> bool {
    !uri.starts_with("https:") && !uri.starts_with("http:")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::ids::{ClientId, TokenHash};
    use crate::protocol::client_metadata::ClientMetadata;
    use crate::store::Access;

    const NOW: Timestamp = Timestamp::from_seconds(100_000_000);

    fn client(members: &Value, secret_age: Duration) -> Client {
        let mut json = json!({
            "redirect_uris": ["https://app.example/cb"],
            "grant_types": ["authorization_code", "refresh_token"],
            "require_pkce": true,
        });
        json.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        let secret =
            ClientSecret { hash: TokenHash([0; 32]), sealed: None, created_at: NOW - secret_age, expires_at: None };
        Client {
            id: ClientId("app".to_owned()),
            metadata: ClientMetadata::parse(json.to_string().as_bytes()).unwrap(),
            secrets: vec![secret],
            created_at: NOW,
            updated_at: NOW,
            disabled_at: None,
            managed_by: None,
            access: Access::Everyone,
            registration: None,
        }
    }

    fn sections(members: &Value) -> Vec<&'static str> {
        let found = review(&client(members, Duration::ZERO), NOW).findings;
        found.into_iter().map(|finding| finding.section).collect()
    }

    #[test]
    fn finds_nothing_to_say_of_a_client_as_the_console_makes_it() {
        let review = review(&client(&json!({}), Duration::from_hours(24)), NOW);
        assert_eq!((review.score, review.findings), (100, vec![]));
    }

    /// RFC 9700 §2.1.1, RFC 9700 §4.15, RFC 8252 §8.3, RFC 8252 §8.6, RFC 6819 §5.1.5.3, RFC 6749 §10.2
    #[test]
    fn gives_the_reason_for_each_point() {
        for (members, expected) in [
            (json!({ "require_pkce": false }), "RFC 9700 §2.1.1"),
            (json!({ "grant_types": ["authorization_code", "client_credentials"] }), "RFC 9700 §4.15"),
            (json!({ "application_type": "native", "redirect_uris": ["http://localhost/cb"] }), "RFC 8252 §8.3"),
            (json!({ "application_type": "native", "redirect_uris": ["com.example.app:/cb"] }), "RFC 8252 §8.6"),
            (json!({ "access_token_lifetime": 7200 }), "RFC 6819 §5.1.5.3"),
            (json!({ "consent": "skip", "token_endpoint_auth_method": "none" }), "RFC 6749 §10.2"),
        ] {
            assert_eq!(sections(&members), [expected], "{members}");
        }
    }

    /// RFC 9700 §2.5: a key of its own is better than a secret that two know.
    #[test]
    fn prefers_a_machine_with_a_key() {
        let machine = json!({ "grant_types": ["client_credentials"], "response_types": [], "redirect_uris": [] });
        assert_eq!(sections(&machine), ["RFC 9700 §2.5"]);
        let mut with_key = machine;
        with_key["token_endpoint_auth_method"] = json!("private_key_jwt");
        with_key["jwks_uri"] = json!("https://app.example/jwks");
        assert!(sections(&with_key).is_empty());
    }

    /// RFC 7591 §3.2.1: a secret with an end needs a successor in time.
    #[test]
    fn warns_before_the_last_secret_ends() {
        let mut client = client(&json!({}), Duration::from_hours(24));
        client.secrets[0].expires_at = Some(NOW + SOON);
        assert_eq!(review(&client, NOW).score, 85);
        client.secrets[0].expires_at = Some(NOW + SOON + Duration::from_secs(1));
        assert_eq!(review(&client, NOW).score, 100);
        let next = ClientSecret { expires_at: None, ..client.secrets[0].clone() };
        client.secrets[0].expires_at = Some(NOW + Duration::from_hours(1));
        client.secrets.push(next);
        assert_eq!(review(&client, NOW).score, 100, "the change-over is under way");
    }

    /// RFC 6819 §5.1.4.1.5
    #[test]
    fn finds_a_secret_that_has_grown_old() {
        let review = review(&client(&json!({ "require_pkce": false }), OLD_SECRET + Duration::from_secs(1)), NOW);
        assert_eq!(review.score, 55);
        assert_eq!(review.findings.iter().map(|finding| finding.points).collect::<Vec<_>>(), [30, 15]);
    }
}
