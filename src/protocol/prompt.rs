//! `prompt`: what a client asks us to ask the person, or not to ask (OpenID Connect Core).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::wire::wire_names;
use crate::error::{ErrorCode, OAuthError, Result};

wire_names! {
    /// One value of `prompt`.
    pub enum PromptValue {
        /// Show no page at all.
        None = "none",
        /// Sign in again.
        Login = "login",
        /// Ask for consent again.
        Consent = "consent",
        /// Let the person choose an account.
        SelectAccount = "select_account",
        /// Let the person make an account (Initiating User Registration via OpenID Connect 1.0).
        Create = "create",
    }
}

impl PromptValue {
    /// Those of a server on which people make no accounts of their own.
    pub const WITHOUT_REGISTRATION: &[Self] = &[Self::None, Self::Login, Self::Consent, Self::SelectAccount];
}

/// The set of values that a request names; empty if it leaves the decision to us.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prompt(BTreeSet<PromptValue>);

impl Prompt {
    /// Reads the space-separated parameter, of which these values are offered.
    pub fn parse(sent: Option<&str>, offered: &[PromptValue]) -> Result<Self> {
        let values = sent.unwrap_or_default().split(' ').filter(|value| !value.is_empty());
        let named = values
            .map(|value| find(value, offered).ok_or_else(|| unknown(offered)))
            .collect::<Result<BTreeSet<_>>>()?;
        // OIDC Core §3.1.2.1: `none` contradicts every other value.
        if named.len() > 1 && named.contains(&PromptValue::None) {
            return Err(OAuthError::new(ErrorCode::InvalidRequest, "prompt=none must stand alone."));
        }
        Ok(Self(named))
    }

    /// The person wants to make an account.
    #[must_use]
    pub fn create(&self) -> bool {
        self.0.contains(&PromptValue::Create)
    }

    /// No page may be shown.
    #[must_use]
    pub fn none(&self) -> bool {
        self.0.contains(&PromptValue::None)
    }

    /// The person must sign in again.
    #[must_use]
    pub fn login(&self) -> bool {
        self.0.contains(&PromptValue::Login)
    }

    /// The person must be asked for consent again.
    #[must_use]
    pub fn consent(&self) -> bool {
        self.0.contains(&PromptValue::Consent)
    }

    /// The person must be offered a choice of accounts.
    #[must_use]
    pub fn select_account(&self) -> bool {
        self.0.contains(&PromptValue::SelectAccount)
    }
}

fn find(name: &str, offered: &[PromptValue]) -> Option<PromptValue> {
    PromptValue::from_wire(name).filter(|value| offered.contains(value))
}

/// Initiating User Registration via OpenID Connect, section 4.1: what is not among `prompt_values_supported` is `invalid_request`.
fn unknown(offered: &[PromptValue]) -> OAuthError {
    let names: Vec<_> = offered.iter().map(|value| value.wire()).collect();
    OAuthError::new(ErrorCode::InvalidRequest, format!("prompt knows the values {}.", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(sent: Option<&str>) -> Result<Prompt> {
        Prompt::parse(sent, PromptValue::WITHOUT_REGISTRATION)
    }

    #[test]
    fn reads_the_values_in_any_order() {
        let prompt = parse(Some("consent login")).unwrap();
        assert!(prompt.login() && prompt.consent() && !prompt.none() && !prompt.select_account());
        assert!(parse(Some("none")).unwrap().none());
        assert!(parse(Some("select_account")).unwrap().select_account());
        assert_eq!(parse(None).unwrap(), Prompt::default());
    }

    /// OIDC Core §3.1.2.1: `none` must stand alone.
    #[test]
    fn refuses_contradictions_and_unknown_values() {
        assert!(Prompt::parse(Some("create"), PromptValue::ALL).unwrap().create());
        assert!(Prompt::parse(Some("none create"), PromptValue::ALL).is_err());
        for bad in ["none login", "consent none", "create", "LOGIN", "login nothing"] {
            assert_eq!(parse(Some(bad)).unwrap_err().code, ErrorCode::InvalidRequest, "{bad}");
        }
    }
}
