//! When a person has to be asked whether an app may have what it wants. Pure: what was remembered is handed in.
//!
//! How the question is put is the business of the consent page, when an answer counts that of the authorization
//! endpoint.

use crate::protocol::claims_request::{ClaimNames, ClaimsRequest};
use crate::protocol::client_metadata::ConsentPolicy;
use crate::protocol::scope::{OPENID, Scope};
use crate::store::{Client, Grant};

/// What a person has answered an app before.
#[derive(Clone, Debug, Default)]
pub struct Remembered {
    /// What they allowed.
    pub allowed: Scope,
    /// What they were asked for and left out.
    pub declined: Scope,
    /// What they allowed it to be told claim by claim.
    pub claims: ClaimNames,
}

impl From<Grant> for Remembered {
    fn from(grant: Grant) -> Self {
        Self { allowed: grant.scope, declined: grant.declined, claims: grant.claims }
    }
}

/// Whether the app can do anything with what the person allows of what it wants: `openid` is what makes it a sign-in.
#[must_use]
pub fn is_of_use(wanted: &Scope, allowed: &Scope) -> bool {
    !allowed.is_empty() && (allowed.contains(OPENID) || !wanted.contains(OPENID))
}

/// Whether people are asked by whoever comes as this client to receive them at `redirect_uri`.
#[must_use]
pub fn policy(client: &Client, redirect_uri: &str) -> ConsentPolicy {
    let policy = client.metadata.consent;
    // RFC 8252 §8.6: anybody may name the address of a document, and any program on a device may listen there, so that what was
    // allowed to one is not given to the next without a word.
    let is_anybody =
        client.is_of_document() && !client.metadata.is_confidential() && !redirect_uri.starts_with("https://");
    if is_anybody && policy == ConsentPolicy::Remember { ConsentPolicy::Always } else { policy }
}

/// What an app wants, as far as it decides whether the person is asked.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    /// What the app asks for.
    pub scope: &'a Scope,
    /// What it asks to be told claim by claim, beside what the scope releases.
    pub claims: &'a ClaimsRequest,
    /// What the person has answered it before, if anything.
    pub remembered: Option<&'a Remembered>,
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
                ConsentPolicy::Remember => !self.was_answered(),
            }
    }

    /// What the app gets without a question: what it wants, less what the person left out before.
    #[must_use]
    pub fn without_asking(&self) -> Scope {
        self.remembered.map_or_else(|| self.scope.clone(), |remembered| self.scope.without(&remembered.declined))
    }

    /// Only something new is worth a question: people who are asked for the same again and again stop reading.
    fn was_answered(&self) -> bool {
        let answered = |remembered: &Remembered| {
            let allowed = self.without_asking();
            let claims = self.claims.beyond(&remembered.allowed);
            !allowed.is_empty() && allowed.is_subset_of(&remembered.allowed) && claims.is_subset_of(&remembered.claims)
        };
        self.remembered.is_some_and(answered)
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
            let before =
                remembered.map(|text| Remembered { allowed: Scope::parse(text).unwrap(), ..Remembered::default() });
            let claims = ClaimsRequest::default();
            let wish = Wish { scope: &scope, claims: &claims, remembered: before.as_ref(), insists };
            assert_eq!(wish.needs_consent(policy), expected, "{policy} {wanted:?} {remembered:?} {insists}");
        }
    }

    #[test]
    fn does_not_ask_again_for_what_was_left_out() {
        let scope = |text| Scope::parse(text).unwrap();
        let before = Remembered { allowed: scope("openid profile"), declined: scope("email"), ..Remembered::default() };
        let claims = ClaimsRequest::default();
        for (wanted, asks, given) in [
            ("openid email", false, "openid"),
            ("openid profile email", false, "openid profile"),
            ("openid email phone", true, "openid phone"),
            ("email", true, ""),
        ] {
            let scope = scope(wanted);
            let wish = Wish { scope: &scope, claims: &claims, remembered: Some(&before), insists: false };
            assert_eq!(wish.needs_consent(Remember), asks, "{wanted}");
            assert_eq!(wish.without_asking().to_string(), given, "{wanted}");
        }
    }

    /// OIDC Core §5.5: a claim that is asked for alone is as good a reason to ask as a scope, and as bad a one twice.
    #[test]
    fn asks_for_claims_that_are_new() {
        let scope = Scope::parse("openid").unwrap();
        let before = |allowed: &str, claims: &str| Remembered {
            allowed: Scope::parse(allowed).unwrap(),
            claims: ClaimNames::parse(claims),
            ..Remembered::default()
        };
        for (remembered, wanted, asks) in [
            (before("openid", ""), "name", true),
            (before("openid", "name"), "name", false),
            (before("openid", "name"), "name picture", true),
            (before("openid profile", ""), "name", false),
            (before("openid email", ""), "name", true),
        ] {
            let asked: Vec<_> = wanted.split(' ').map(|name| format!("\"{name}\": null")).collect();
            let asked = format!("{{\"userinfo\": {{{}}}}}", asked.join(", "));
            let claims = ClaimsRequest::parse(&asked, |_| None).unwrap();
            let wish = Wish { scope: &scope, claims: &claims, remembered: Some(&remembered), insists: false };
            assert_eq!(wish.needs_consent(Remember), asks, "{remembered:?} {wanted}");
            assert!(!wish.needs_consent(Skip));
        }
    }
}
