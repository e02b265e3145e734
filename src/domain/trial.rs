//! Trying a client out: an admin runs an authorization against it that is answered to the console, not to the app.
//!
//! Such a request differs from an app's in one thing, its `redirect_uri`: a page of ours, which counts only beside a
//! `state` that the console has sealed for this client. It holds who may see the answer, so that neither a link that
//! somebody makes up nor one that somebody passes on leads anywhere.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::clock::{Entropy, Timestamp};
use crate::domain::events::{EventKind, NewEvent};
use crate::domain::keys::sealing::Sealer;
use crate::domain::pending_request::PendingFault;
use crate::domain::people::Act;
use crate::domain::tokens::inspect::AccessToken;
use crate::error::Result;
use crate::ids::{AuthorizationId, ClientId, PersonId};
use crate::protocol::issuer::Issuer;
use crate::protocol::pkce::{CodeChallenge, CodeVerifier};
use crate::protocol::redirect_uri::{ApplicationType, RedirectUri};
use crate::store;

/// Binds a sealed trial to its purpose.
const CONTEXT: &[u8] = b"trial of a client";

/// The page that the answer goes to, under the issuer.
pub const PATH: &str = "/admin/try";

/// One run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Trial {
    /// The client that is tried out.
    pub client_id: ClientId,
    /// Who tries it out: nobody else is shown the answer.
    pub admin: PersonId,
    /// Every parameter that was sent, but for the `state`, which is this.
    pub sent: Vec<(String, String)>,
    code_verifier: String,
    started_at: Timestamp,
}

/// What begins and recognizes trials.
pub struct Trials<'a> {
    /// Whose page the answer goes to.
    pub issuer: &'a Issuer,
    /// What seals waiting requests.
    pub sealer: &'a Sealer,
    /// The present instant.
    pub now: Timestamp,
    /// For how long a run may wait for its answer.
    pub lifetime: Duration,
}

impl Trials<'_> {
    /// The query of an authorization request by which `admin` tries `client` out, with these parameters besides those
    /// that every such request has.
    #[must_use]
    pub fn request(
        &self,
        client: &ClientId,
        admin: PersonId,
        chosen: &[(&str, &str)],
        entropy: &dyn Entropy,
    ) -> String {
        let random = || URL_SAFE_NO_PAD.encode(entropy.bytes::<32>());
        let code_verifier = random();
        let challenge = CodeVerifier::parse(&code_verifier).map(|verifier| CodeChallenge::of(&verifier));
        let (redirect_uri, nonce) = (self.issuer.join(PATH), random());
        let always = [
            ("response_type", "code"),
            ("client_id", client.as_str()),
            ("redirect_uri", &redirect_uri),
            ("nonce", &nonce),
            ("code_challenge", challenge.as_ref().map(CodeChallenge::as_str).unwrap_or_default()),
            ("code_challenge_method", "S256"),
        ];
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let sent: Vec<_> = always.iter().chain(chosen).map(owned).collect();
        let trial = Trial { client_id: client.clone(), admin, sent, code_verifier, started_at: self.now };
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&trial.sent).append_pair("state", &trial.seal(self.sealer));
        query.finish()
    }

    /// Opens the `state` of an answer.
    pub fn open(&self, state: &str) -> Result<Trial, PendingFault> {
        let bytes = URL_SAFE_NO_PAD.decode(state).map_err(|_| PendingFault::Altered)?;
        let plain = self.sealer.open(&bytes, CONTEXT).ok_or(PendingFault::Altered)?;
        let trial: Trial = serde_json::from_slice(&plain).map_err(|_| PendingFault::Altered)?;
        if self.now.since(trial.started_at) > self.lifetime {
            return Err(PendingFault::Stale);
        }
        Ok(trial)
    }

    /// The page of ours to which a request may be answered, if it is a trial of this client: nothing else may go there.
    #[must_use]
    pub fn answered_at(
        &self,
        client: &ClientId,
        redirect_uri: Option<&str>,
        state: Option<&str>,
    ) -> Option<RedirectUri> {
        let ours = self.issuer.join(PATH);
        if redirect_uri != Some(ours.as_str()) {
            return None;
        }
        self.open(state?).ok().filter(|trial| trial.client_id == *client)?;
        RedirectUri::register(&ours, ApplicationType::Web).ok()
    }
}

impl Trial {
    fn seal(&self, sealer: &Sealer) -> String {
        let plain = serde_json::to_vec(self).unwrap_or_default();
        URL_SAFE_NO_PAD.encode(sealer.seal(&plain, CONTEXT))
    }

    /// The `code_verifier` that belongs to the challenge that was sent.
    #[must_use]
    pub fn code_verifier(&self) -> &str {
        &self.code_verifier
    }
}

/// Writes that a client is tried out by a grant: its tokens are real, and whoever runs this needs no secret of it.
pub async fn note(act: &Act<'_>, client: &ClientId, grant_type: &str, scope: &str) -> store::Result<()> {
    let event = NewEvent::success(EventKind::ClientTried, act.actor.clone()).client(client);
    let event = act.event(event.detail("grant_type", grant_type).detail("scope", scope));
    act.store.write(move |tx| Box::pin(async move { tx.insert_event(event).await })).await
}

/// Ends everything that a run obtained for a person.
pub async fn end(act: &Act<'_>, authorization: AuthorizationId) -> store::Result<()> {
    let now = act.now;
    let ended = act.store.write(move |tx| {
        Box::pin(async move { tx.revoke_authorization(authorization, "tried out", now).await.map(drop) })
    });
    ended.await
}

/// Ends the token that a run obtained for a machine.
pub async fn end_token(act: &Act<'_>, token: AccessToken) -> store::Result<()> {
    let now = act.now;
    let ended = act.store.write(move |tx| Box::pin(async move { token.revoke(tx, now).await }));
    ended.await.map(drop)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::clock::TestEntropy;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    fn with_trials<T>(now: Timestamp, ask: impl FnOnce(&Trials<'_>) -> T) -> T {
        let (issuer, sealer) = (Issuer::parse("https://id.example/here").unwrap(), Sealer::new(&[1; 32]));
        ask(&Trials { issuer: &issuer, sealer: &sealer, now, lifetime: Duration::from_mins(15) })
    }

    fn begun(client: &str) -> Vec<(String, String)> {
        let query = with_trials(NOW, |trials| {
            let chosen = [("scope", "openid"), ("prompt", "login")];
            trials.request(&ClientId(client.to_owned()), PersonId(Uuid::nil()), &chosen, &TestEntropy::from_seed(3))
        });
        url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    }

    fn of<'a>(sent: &'a [(String, String)], name: &str) -> &'a str {
        sent.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).unwrap()
    }

    /// RFC 7636 §4.2: the challenge that is sent is that of the verifier that is kept.
    #[test]
    fn opens_what_it_sealed_with_the_verifier_of_its_challenge() {
        let sent = begun("app");
        let trial = with_trials(NOW, |trials| trials.open(of(&sent, "state"))).unwrap();
        assert_eq!(trial.sent, sent[..sent.len() - 1]);
        let challenge = CodeChallenge::s256(of(&sent, "code_challenge")).unwrap();
        assert!(challenge.verify(&CodeVerifier::parse(trial.code_verifier()).unwrap()));
        assert!(!of(&sent, "state").contains(trial.code_verifier()));
        let late = with_trials(NOW + Duration::from_mins(16), |trials| trials.open(of(&sent, "state")));
        assert_eq!(late.unwrap_err(), PendingFault::Stale);
        assert_eq!(with_trials(NOW, |trials| trials.open("AAAA")).unwrap_err(), PendingFault::Altered);
    }

    #[test]
    fn is_answered_at_our_page_only_where_the_console_began_it_for_this_client() {
        let sent = begun("app");
        let (ours, state) = (of(&sent, "redirect_uri"), of(&sent, "state"));
        assert_eq!(ours, "https://id.example/here/admin/try");
        let late = NOW + Duration::from_mins(16);
        for (now, client, redirect_uri, state, expected) in [
            (NOW, "app", Some(ours), Some(state), true),
            (NOW, "other", Some(ours), Some(state), false),
            (NOW, "app", Some(ours), None, false),
            (NOW, "app", Some(ours), Some("made-up"), false),
            (NOW, "app", Some("https://id.example/admin/try"), Some(state), false),
            (NOW, "app", None, Some(state), false),
            (late, "app", Some(ours), Some(state), false),
        ] {
            let client = ClientId(client.to_owned());
            let found = with_trials(now, |trials| trials.answered_at(&client, redirect_uri, state));
            assert_eq!(found.is_some(), expected, "{client} {redirect_uri:?} {state:?}");
        }
    }
}
