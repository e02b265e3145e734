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
    }
}

/// The set of values that a request names; empty if it leaves the decision to us.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prompt(BTreeSet<PromptValue>);

impl Prompt {
    /// Reads the space-separated parameter.
    pub fn parse(sent: Option<&str>) -> Result<Self> {
        let values = sent.unwrap_or_default().split(' ').filter(|value| !value.is_empty());
        let named =
            values.map(|value| PromptValue::from_wire(value).ok_or_else(unknown)).collect::<Result<BTreeSet<_>>>()?;
        // OIDC Core §3.1.2.1: `none` contradicts every other value.
        if named.len() > 1 && named.contains(&PromptValue::None) {
            return Err(OAuthError::new(ErrorCode::InvalidRequest, "prompt=none must stand alone."));
        }
        Ok(Self(named))
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

fn unknown() -> OAuthError {
    OAuthError::new(ErrorCode::InvalidRequest, format!("prompt knows the values {}.", PromptValue::names()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_values_in_any_order() {
        let prompt = Prompt::parse(Some("consent login")).unwrap();
        assert!(prompt.login() && prompt.consent() && !prompt.none() && !prompt.select_account());
        assert!(Prompt::parse(Some("none")).unwrap().none());
        assert!(Prompt::parse(Some("select_account")).unwrap().select_account());
        assert_eq!(Prompt::parse(None).unwrap(), Prompt::default());
    }

    /// OIDC Core §3.1.2.1: `none` must stand alone.
    #[test]
    fn refuses_contradictions_and_unknown_values() {
        for bad in ["none login", "consent none", "create", "LOGIN", "login nothing"] {
            assert_eq!(Prompt::parse(Some(bad)).unwrap_err().code, ErrorCode::InvalidRequest, "{bad}");
        }
    }
}
