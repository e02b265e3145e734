//! Who somebody is at another provider, as far as it is believed.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::config::ProviderConfig;
use crate::protocol::claims::StandardClaims;

/// OIDC Core §2: a `sub` is no longer than this.
const LONGEST_SUBJECT: usize = 255;
const LONGEST_TEXT: usize = 200;

/// Who somebody is at another provider.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpstreamAccount {
    /// What never changes and is nobody else's.
    pub subject: String,
    /// The name.
    pub name: Option<String>,
    /// Given names.
    pub given_name: Option<String>,
    /// Surnames.
    pub family_name: Option<String>,
    /// By what they sign in there.
    pub username: Option<String>,
    /// The address of a picture.
    pub picture: Option<String>,
    /// The address, if the provider has seen that they read mail there. Another one is worth nothing, and is not even read.
    pub verified_email: Option<String>,
    /// By which methods they have proved it there (`amr`).
    pub amr: Vec<String>,
    /// How well, in the provider's word (`acr`).
    pub acr: Option<String>,
    /// When, in seconds (`auth_time`).
    pub auth_time: Option<i64>,
}

/// Who somebody is, and what the provider gave with it.
pub struct Proven {
    /// Who.
    pub account: UpstreamAccount,
    /// Its tokens.
    pub tokens: UpstreamTokens,
}

/// The tokens of a provider.
pub struct UpstreamTokens {
    /// For its APIs.
    pub access_token: SecretString,
    /// For more of them.
    pub refresh_token: Option<SecretString>,
    /// For its sign-out.
    pub id_token: Option<SecretString>,
    /// For how many seconds the first is good.
    pub expires_in: Option<u64>,
}

impl UpstreamAccount {
    /// From claims by their standard names. `None` if nobody is named.
    #[must_use]
    pub fn of_claims(claims: &Value) -> Option<Self> {
        let email = claims["email_verified"] == Value::Bool(true);
        Some(Self {
            subject: subject(&claims["sub"])?,
            name: text(&claims["name"]),
            given_name: text(&claims["given_name"]),
            family_name: text(&claims["family_name"]),
            username: text(&claims["preferred_username"]),
            picture: text(&claims["picture"]),
            verified_email: email.then(|| text(&claims["email"])).flatten(),
            amr: claims["amr"].as_array().into_iter().flatten().filter_map(text).collect(),
            acr: text(&claims["acr"]),
            auth_time: claims["auth_time"].as_i64(),
        })
    }

    /// The methods of a sign-in here that was proved there: those that are believed, and those that its level means.
    #[must_use]
    pub fn methods(&self, provider: &ProviderConfig) -> Vec<String> {
        let told = self.amr.iter().filter(|method| provider.amr.contains(method));
        let meant = provider.acr.iter().filter(|meaning| Some(&meaning.acr) == self.acr.as_ref());
        let mut methods: Vec<String> = told.chain(meant.flat_map(|meaning| &meaning.methods)).cloned().collect();
        methods.sort();
        methods.dedup();
        methods
    }

    /// What is known of a new person by it. What would not pass as typed here is left out.
    #[must_use]
    pub fn claims(&self) -> StandardClaims {
        let all = StandardClaims {
            name: self.name.clone(),
            given_name: self.given_name.clone(),
            family_name: self.family_name.clone(),
            email: self.verified_email.clone(),
            email_verified: self.verified_email.is_some().then_some(true),
            ..StandardClaims::default()
        };
        let with_picture = StandardClaims { picture: self.picture.clone(), ..all.clone() };
        if with_picture.check().is_empty() { with_picture } else { all }
    }

    /// A name to sign in with here, as a proposal.
    #[must_use]
    pub fn proposed_username(&self) -> String {
        let of_address = self.verified_email.as_deref().and_then(|email| email.split('@').next());
        let name = self.username.as_deref().and_then(|name| name.split('@').next()).or(of_address).unwrap_or_default();
        name.chars().filter(|c| c.is_alphanumeric() || "._-".contains(*c)).take(64).collect()
    }

    /// What the account is called, for the person whose it is.
    #[must_use]
    pub fn label(&self) -> Option<String> {
        self.verified_email.clone().or_else(|| self.username.clone()).or_else(|| self.name.clone())
    }
}

/// An identifier; some providers have numbers.
pub(super) fn subject(value: &Value) -> Option<String> {
    let subject = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) if number.is_u64() || number.is_i64() => number.to_string(),
        _ => return None,
    };
    let is_plain = !subject.is_empty() && subject.len() <= LONGEST_SUBJECT && !subject.chars().any(char::is_control);
    is_plain.then_some(subject)
}

/// A text that can be shown; anything else is none.
pub(super) fn text(value: &Value) -> Option<String> {
    let text = value.as_str()?.trim();
    let is_plain = !text.is_empty() && text.chars().count() <= LONGEST_TEXT && !text.chars().any(char::is_control);
    is_plain.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::config::Config;

    /// OIDC Core §5.7: an address proves nothing unless it was verified, and only by `true`.
    #[test]
    fn reads_no_address_that_was_not_verified() {
        for (verified, expected) in [
            (json!(true), Some("ada@example.com")),
            (json!(false), None),
            (json!("true"), None),
            (json!(1), None),
            (Value::Null, None),
        ] {
            let claims = json!({ "sub": "1", "email": "ada@example.com", "email_verified": verified });
            assert_eq!(UpstreamAccount::of_claims(&claims).unwrap().verified_email.as_deref(), expected, "{verified}");
        }
    }

    /// OIDC Core §2: somebody is named by a `sub` of bounded length.
    #[test]
    fn knows_nobody_without_a_subject() {
        for sub in [Value::Null, json!(""), json!("a\u{0}"), json!("a".repeat(256)), json!(1.5), json!({}), json!([])] {
            assert_eq!(UpstreamAccount::of_claims(&json!({ "sub": sub })), None, "{sub}");
        }
        assert_eq!(UpstreamAccount::of_claims(&json!({ "sub": 583_231 })).unwrap().subject, "583231");
    }

    #[test]
    fn believes_of_methods_what_the_settings_say() {
        let toml = "[[providers]]\nid = \"a\"\nname = \"A\"\nclient_id = \"c\"\nissuer = \"https://a.example\"\n\
                    amr = [\"otp\", \"pwd\"]\nacr = [\"urn:gold = hwk user\"]\n";
        let provider = &Config::from_toml(toml, []).unwrap().providers[0];
        let methods = |claims: Value| UpstreamAccount::of_claims(&claims).unwrap().methods(provider);
        assert_eq!(methods(json!({ "sub": "1", "amr": ["pwd", "otp", "hwk"] })), ["otp", "pwd"]);
        assert_eq!(methods(json!({ "sub": "1", "amr": ["pwd"], "acr": "urn:gold" })), ["hwk", "pwd", "user"]);
        assert!(methods(json!({ "sub": "1", "amr": ["mfa"], "acr": "urn:silver" })).is_empty());
    }

    #[test]
    fn proposes_a_name_that_can_be_typed() {
        let proposed = |claims: Value| UpstreamAccount::of_claims(&claims).unwrap().proposed_username();
        assert_eq!(proposed(json!({ "sub": "1", "preferred_username": "ada" })), "ada");
        assert_eq!(proposed(json!({ "sub": "1", "preferred_username": "ada@corp.example" })), "ada");
        assert_eq!(proposed(json!({ "sub": "1", "email": "a+b@x", "email_verified": true })), "ab");
        assert_eq!(proposed(json!({ "sub": "1", "preferred_username": "<a\u{202e}>" })), "a");
        assert_eq!(proposed(json!({ "sub": "1", "email": "eve@x" })), "");
    }
}
