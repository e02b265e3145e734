//! When a person has to be asked whether an app may have what it wants. Pure: what was remembered is handed in.
//!
//! How the question is put is the business of the consent page, when an answer counts that of the authorization
//! endpoint.

use crate::protocol::client_metadata::ConsentPolicy;
use crate::protocol::scope::Scope;

/// What an app wants, as far as it decides whether the person is asked.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    /// What the app asks for.
    pub scope: &'a Scope,
    /// What the person has allowed it before, if anything.
    pub remembered: Option<&'a Scope>,
    /// Whether the app itself wants the person to be asked (`prompt=consent`).
    pub insists: bool,
}

impl Wish<'_> {
    /// Whether the person has to be asked, under the policy that the operator set for the app.
    #[must_use]
    pub fn needs_consent(&self, policy: ConsentPolicy) -> bool {
        // OIDC Core §3.1.2.1: prompt=consent asks, whatever was allowed before and whoever runs the app.
        self.insists
            || match policy {
                ConsentPolicy::Always => true,
                ConsentPolicy::Skip => false,
                ConsentPolicy::Remember => !self.was_allowed(),
            }
    }

    /// Only something new is worth a question: people who are asked for the same again and again stop reading.
    fn was_allowed(&self) -> bool {
        self.remembered.is_some_and(|remembered| self.scope.is_subset_of(remembered))
    }
}

#[cfg(test)]
mod tests {
    use ConsentPolicy::{Always, Remember, Skip};

    use super::*;

    /// OIDC Core §3.1.2.1: `prompt=consent` asks in any case; else the policy and what was remembered decide.
    #[test]
    fn asks_for_something_new_or_where_it_is_told_to() {
        for (policy, wanted, remembered, insists, expected) in [
            (Remember, "openid email", None, false, true),
            (Remember, "openid email", Some(""), false, true),
            (Remember, "openid email", Some("openid"), false, true),
            (Remember, "openid email", Some("email openid"), false, false),
            (Remember, "openid", Some("openid email"), false, false),
            (Remember, "openid", Some("openid"), true, true),
            (Always, "openid", Some("openid"), false, true),
            (Always, "openid", None, true, true),
            (Skip, "openid email", None, false, false),
            (Skip, "openid", Some("openid"), true, true),
        ] {
            let scope = Scope::parse(wanted).unwrap();
            let remembered_scope = remembered.map(|text| Scope::parse(text).unwrap());
            let wish = Wish { scope: &scope, remembered: remembered_scope.as_ref(), insists };
            assert_eq!(wish.needs_consent(policy), expected, "{policy} {wanted:?} {remembered:?} {insists}");
        }
    }
}
