//! The authorization request that waits while a person signs in and decides.
//!
//! It is not stored: sealed under AEAD, with its start time, it travels through the pages, so that two tabs hold two
//! requests, and a visitor who never signs in leaves no row behind. What has been satisfied since (a fresh sign-in, a
//! chosen account, the person's decision) is sealed with it, each bound to the browser session in which it happened,
//! so that a sealed request which somebody else prepared is worth nothing in another session.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::domain::keys::sealing::Sealer;
use crate::ids::{ClientId, SessionId};
use crate::protocol::claims_request::ClaimsRequest;
use crate::protocol::params::MAX_VALUE_BYTES;
use crate::protocol::pkce::CodeChallenge;
use crate::protocol::prompt::Prompt;
use crate::protocol::redirect_uri::TrustedRedirect;
use crate::protocol::resource::ResourceUri;
use crate::protocol::response::ResponseType;
use crate::protocol::scope::Scope;

/// Binds a sealed request to its purpose: nothing else that is sealed under the same key opens as one.
const CONTEXT: &[u8] = b"pending authorization request";

/// What sealing adds to a request is well below this, and base64 makes four bytes of three.
const MAX_PLAIN_BYTES: usize = (MAX_VALUE_BYTES - 64) / 4 * 3;

/// A validated authorization request, and what has been done about it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PendingRequest {
    /// The client that asks.
    pub client_id: ClientId,
    /// Where the answer goes.
    pub redirect: TrustedRedirect,
    /// What is asked for, cut to what this server knows.
    pub scope: Scope,
    /// For which resources (RFC 8707).
    pub resources: Vec<ResourceUri>,
    /// What it wants back.
    #[serde(default)]
    pub response_type: ResponseType,
    /// What is asked to be told claim by claim.
    #[serde(default, skip_serializing_if = "ClaimsRequest::is_empty")]
    pub claims: ClaimsRequest,
    /// The `nonce` (OIDC Core §3.1.2.1).
    pub nonce: Option<String>,
    /// The PKCE challenge.
    pub code_challenge: Option<CodeChallenge>,
    /// The `prompt` (OIDC Core §3.1.2.1).
    pub prompt: Prompt,
    /// The `max_age`, in seconds.
    pub max_age: Option<u64>,
    /// The `login_hint`.
    pub login_hint: Option<String>,
    /// The person whom the `id_token_hint` names.
    pub hinted_sub: Option<String>,
    /// The `acr_values`, in order of preference.
    pub acr_values: Vec<String>,
    /// The `ui_locales`.
    pub ui_locales: Option<String>,
    /// When it arrived.
    pub started_at: Timestamp,
    /// The browser session that a fresh sign-in in answer to this request began.
    pub signed_in: Option<SessionId>,
    /// The browser session that was chosen in answer to `prompt=select_account`.
    pub selected: Option<SessionId>,
    /// The browser session in which the person went on without what an admin would have to approve.
    pub went_on: Option<SessionId>,
    /// What the person decided.
    pub decision: Option<Decision>,
}

/// What a person decided, in which session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The browser session in which they did.
    pub sid: SessionId,
    /// What they allowed; `None` if they refused altogether.
    pub allowed: Option<Scope>,
}

/// Why a sealed request does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PendingFault {
    /// It is not what this server sealed.
    Altered,
    /// It has waited too long.
    Stale,
}

impl PendingRequest {
    /// The sealed request, as text fit for a form field or a query.
    #[must_use]
    pub fn seal(&self, sealer: &Sealer) -> String {
        let plain = serde_json::to_vec(self).unwrap_or_default();
        URL_SAFE_NO_PAD.encode(sealer.seal(&plain, CONTEXT))
    }

    /// Whether it may be about whom the client knows by this `sub`: the app names nobody else, by an `id_token_hint` or by
    /// asking for a certain `sub` (OIDC Core §5.5.1).
    #[must_use]
    pub fn may_be_about(&self, sub: &str) -> bool {
        self.hinted_sub.as_ref().is_none_or(|hinted| hinted == sub) && self.claims.may_be_about(sub)
    }

    /// The levels that it asks for, the most wanted first.
    pub fn wanted_levels(&self) -> impl Iterator<Item = &str> {
        self.claims.levels().chain(self.acr_values.iter().map(String::as_str))
    }

    /// Whether it still fits into a parameter once everything about it is satisfied: what is sealed must open again.
    #[must_use]
    pub fn fits_a_parameter(&self) -> bool {
        let sid = SessionId(uuid::Uuid::nil());
        let satisfied = Self {
            signed_in: Some(sid),
            selected: Some(sid),
            went_on: Some(sid),
            decision: Some(Decision { sid, allowed: Some(self.scope.clone()) }),
            ..self.clone()
        };
        let plain = serde_json::to_vec(&satisfied).map_or(usize::MAX, |plain| plain.len());
        plain <= MAX_PLAIN_BYTES
    }

    /// Opens a sealed request that has waited no longer than `lifetime`.
    pub fn open(text: &str, sealer: &Sealer, now: Timestamp, lifetime: Duration) -> Result<Self, PendingFault> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| PendingFault::Altered)?;
        let plain = sealer.open(&bytes, CONTEXT).ok_or(PendingFault::Altered)?;
        let request: Self = serde_json::from_slice(&plain).map_err(|_| PendingFault::Altered)?;
        if now.since(request.started_at) > lifetime {
            return Err(PendingFault::Stale);
        }
        Ok(request)
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::option::of;
    use proptest::prelude::any;
    use proptest::proptest;

    use super::*;
    use crate::protocol::redirect_uri::{ApplicationType, RedirectUri};
    use crate::protocol::response::ResponseMode;

    const STARTED: Timestamp = Timestamp::from_seconds(1_000);
    const LIFETIME: Duration = Duration::from_mins(15);

    fn request(state: &str) -> PendingRequest {
        let uri = "https://app.example/cb";
        let registered = [RedirectUri::register(uri, ApplicationType::Web).unwrap()];
        let state = Some(state.to_owned());
        PendingRequest {
            client_id: ClientId("app".to_owned()),
            redirect: TrustedRedirect::check(&registered, Some(uri), ResponseMode::Query, state).unwrap(),
            scope: Scope::parse("openid email").unwrap(),
            resources: Vec::new(),
            response_type: ResponseType::Code,
            claims: ClaimsRequest::default(),
            nonce: Some("n-0S6_WzA2Mj".to_owned()),
            code_challenge: None,
            prompt: Prompt::parse(Some("login"), crate::protocol::prompt::PromptValue::ALL).unwrap(),
            max_age: Some(60),
            login_hint: None,
            hinted_sub: None,
            acr_values: Vec::new(),
            ui_locales: None,
            started_at: STARTED,
            signed_in: None,
            selected: None,
            went_on: None,
            decision: None,
        }
    }

    #[test]
    fn opens_until_it_is_stale() {
        let key = Sealer::new(&[1; 32]);
        let sealed = request("s t&é").seal(&key);
        let open = |after| PendingRequest::open(&sealed, &key, STARTED + after, LIFETIME);
        let opened = open(LIFETIME).unwrap();
        assert_eq!((opened.redirect.state(), opened.max_age), (Some("s t&é"), Some(60)));
        assert_eq!(open(LIFETIME + Duration::from_millis(1)).unwrap_err(), PendingFault::Stale);
    }

    #[test]
    fn opens_nothing_that_was_altered() {
        let key = Sealer::new(&[1; 32]);
        let sealed = request("state").seal(&key);
        let foreign = request("state").seal(&Sealer::new(&[2; 32]));
        let other_purpose = URL_SAFE_NO_PAD.encode(key.seal(b"{}", b"something else"));
        for text in ["", "!", &sealed[1..], &sealed[..sealed.len() - 4], &foreign, &other_purpose] {
            let outcome = PendingRequest::open(text, &key, STARTED, LIFETIME);
            assert_eq!(outcome.unwrap_err(), PendingFault::Altered, "{text}");
        }
    }

    #[test]
    fn fits_a_parameter_even_when_all_is_satisfied() {
        let longest = (1..MAX_VALUE_BYTES).rev().map(|length| request(&"x".repeat(length)));
        let Some(mut longest) = longest.into_iter().find(PendingRequest::fits_a_parameter) else {
            panic!("not even an ordinary request fits");
        };
        let sid = SessionId(uuid::Uuid::nil());
        longest.signed_in = Some(sid);
        longest.selected = Some(sid);
        longest.went_on = Some(sid);
        longest.decision = Some(Decision { sid, allowed: Some(longest.scope.clone()) });
        let length = longest.seal(&Sealer::new(&[1; 32])).len();
        assert!((MAX_VALUE_BYTES - 100..=MAX_VALUE_BYTES).contains(&length), "{length}");
    }

    /// OIDC Core §3.1.2.1, OIDC Core §5.5.1: whom an `id_token_hint` or a `sub` that is asked for names, and nobody else.
    #[test]
    fn knows_whom_it_may_be_about() {
        let hinted = PendingRequest { hinted_sub: Some("ada".to_owned()), ..request("") };
        assert!(hinted.may_be_about("ada") && !hinted.may_be_about("ben"));
        let claims = ClaimsRequest::parse(r#"{"userinfo": {"sub": {"value": "ada"}}}"#, |_| None).unwrap();
        let asked = PendingRequest { claims, ..request("") };
        assert!(asked.may_be_about("ada") && !asked.may_be_about("ben"));
        assert!(request("").may_be_about("ben"));
    }

    proptest! {
        #[test]
        fn comes_back_as_it_was_whatever_it_holds(
            state in "\\PC{0,99}",
            texts in vec(of("\\PC{0,40}"), 3),
            acr_values in vec("[!-~]{1,9}", 0..4),
            max_age: Option<u64>,
            ids in vec(of(any::<u128>()), 3),
        ) {
            let id = |at: usize| ids[at].map(uuid::Uuid::from_u128);
            let sealed = PendingRequest {
                nonce: texts[0].clone(),
                login_hint: texts[1].clone(),
                ui_locales: texts[2].clone(),
                acr_values,
                max_age,
                hinted_sub: id(0).map(|id| id.to_string()),
                signed_in: id(1).map(SessionId),
                decision: id(2).map(|sid| Decision { sid: SessionId(sid), allowed: None }),
                ..request(&state)
            };
            let key = Sealer::new(&[1; 32]);
            let text = sealed.seal(&key);
            let opened = PendingRequest::open(&text, &key, STARTED, LIFETIME).unwrap();
            assert_eq!(format!("{opened:?}"), format!("{sealed:?}"));
            assert!(!sealed.fits_a_parameter() || text.len() <= MAX_VALUE_BYTES);
        }
    }
}
