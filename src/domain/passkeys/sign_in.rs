//! Proving by a passkey who one is.

use webauthn_rs::prelude::{
    AuthenticationResult, Credential, DiscoverableAuthentication, Passkey as Key, PublicKeyCredential, WebauthnError,
};

use super::question::{Ceremony, Question, QuestionFault};
use super::{Asked, PasskeyDesk, Sent, descriptors, set};
use crate::clock::{Entropy, Timestamp};
use crate::domain::counters::count_sign_in;
use crate::domain::events::{Actor, EventKind, NewEvent, record};
use crate::domain::people::Act;
use crate::domain::people::guard::{HeldBack, Kind, Who};
use crate::ids::{PasskeyId, PersonId};
use crate::store::{Passkey, Person, Result};

/// `amr` of every passkey: a key was proved, somebody was there, and the device has made sure who (RFC 8176 §2; `pop`, which
/// leaves open in what the key is kept, is of the OpenID Connect Extended Authentication Profile).
pub const AMR: [&str; 3] = ["pop", "user", "mfa"];
/// `amr` of a passkey that may be on several devices: what is copied is no part of one device's hardware.
const AMR_SYNCED: &str = "swk";
/// Why a passkey is refused of which there must be two.
const COPIED: &str = "the passkey's counter went back: there may be a copy of it";

/// What came of an attempt.
#[derive(Clone, Debug)]
pub enum PasskeyOutcome {
    /// It is this person.
    Proved(Box<PasskeyProof>),
    /// The question has waited too long, or was answered before.
    Late,
    /// Too many were refused from there: none is looked at for a while.
    HeldBack(HeldBack),
    /// It is nobody who may sign in; why, only the event log is told.
    Refused,
}

/// Who was proved, and how.
#[derive(Clone, Debug)]
pub struct PasskeyProof {
    /// Who.
    pub person: Person,
    /// By which methods: `amr`.
    pub amr: Vec<String>,
    /// By which passkey.
    pub passkey: PasskeyId,
}

/// Why an answer proves nothing, and whose passkey it was, as far as that is known.
struct Refusal {
    reason: String,
    person: Option<PersonId>,
}

impl PasskeyDesk<'_> {
    /// Asks for one of these passkeys, or for any of this server where none is named.
    #[must_use]
    pub fn ask(&self, among: &[Passkey], binding: &str, now: Timestamp, entropy: &dyn Entropy) -> Option<Asked> {
        let asked = self.ceremonies.webauthn.start_discoverable_authentication();
        let (options, state) =
            asked.inspect_err(|error| tracing::error!(%error, "a passkey cannot be asked for")).ok()?;
        let mut options = serde_json::to_value(options).ok()?;
        let among: Vec<_> = among.iter().map(|passkey| passkey.credential_id.as_slice()).collect();
        set(&mut options, "/publicKey", "allowCredentials", descriptors(&among));
        let question = Question::new(entropy.uuid(), now, state);
        Some(Asked {
            options: options.to_string(),
            question: question.seal(&self.ceremonies.sealer, Ceremony::SignIn, binding),
        })
    }

    /// Checks what was sent. Where it is known whom it has to be, it is nobody else; where it is not, it is a sign-in, and counted.
    pub async fn verify(&self, act: &Act<'_>, sent: &Sent<'_>, whom: Option<PersonId>) -> Result<PasskeyOutcome> {
        let outcome = self.guarded(act, sent, whom).await;
        let word = match &outcome {
            Ok(PasskeyOutcome::Proved(_)) => "verified",
            Ok(PasskeyOutcome::Late | PasskeyOutcome::Refused) => "refused",
            Ok(PasskeyOutcome::HeldBack(_)) => "held_back",
            Err(_) => "failed",
        };
        if whom.is_none() {
            count_sign_in(self.hourly, word);
        }
        outcome
    }

    /// Nobody guesses a passkey; but each that is refused is written down, so that an address may send no more than so many.
    async fn guarded(&self, act: &Act<'_>, sent: &Sent<'_>, whom: Option<PersonId>) -> Result<PasskeyOutcome> {
        let who = Who::anybody(act.origin.address.as_deref());
        let attempt = match self.guard.take(Kind::Passkey, &who, act.now) {
            Ok(attempt) => attempt,
            Err(held) => {
                if held.is_first {
                    record(act.store, act.event(held.event(act.actor.clone()))).await;
                }
                return Ok(PasskeyOutcome::HeldBack(held));
            }
        };
        let outcome = self.check(act, sent, whom).await;
        match &outcome {
            Ok(PasskeyOutcome::Proved(_)) => attempt.was_right(),
            Ok(PasskeyOutcome::Late) | Err(_) => attempt.was_not_made(),
            Ok(PasskeyOutcome::Refused | PasskeyOutcome::HeldBack(_)) => {}
        }
        outcome
    }

    async fn check(&self, act: &Act<'_>, sent: &Sent<'_>, whom: Option<PersonId>) -> Result<PasskeyOutcome> {
        let question = match Question::open(sent, &self.ceremonies.sealer, Ceremony::SignIn, act.now) {
            Ok(question) => question,
            Err(QuestionFault::Stale) => return Ok(PasskeyOutcome::Late),
            Err(QuestionFault::Altered) => return refuse(act, refusal("no question of ours", None)).await,
        };
        let Ok(answer) = serde_json::from_str::<PublicKeyCredential>(sent.answer) else {
            return refuse(act, refusal("no answer to a question", None)).await;
        };
        let Some(passkey) = act.store.passkey_by_credential(answer.get_credential_id()).await? else {
            return refuse(act, refusal("unknown passkey", None)).await;
        };
        let checked = match self.verified(&question, &answer, &passkey, whom) {
            Ok(checked) => checked,
            Err(reason) => return refuse(act, refusal(reason, Some(passkey.person_id))).await,
        };
        let person = act.store.person(passkey.person_id).await?.filter(|person| person.disabled_at.is_none());
        let Some(person) = person else {
            return refuse(act, refusal("person disabled", Some(passkey.person_id))).await;
        };
        match self.note(act, &question, &passkey, &checked).await? {
            Noted::Done => Ok(PasskeyOutcome::Proved(Box::new(PasskeyProof {
                amr: methods(&passkey),
                person,
                passkey: passkey.id,
            }))),
            Noted::AnsweredBefore => Ok(PasskeyOutcome::Late),
            Noted::Overtaken => refuse(act, refusal(COPIED, Some(passkey.person_id))).await,
        }
    }

    /// What the answer proves. Web Authentication §7.2: the passkey is that of whom the device names, and of whom we expect.
    fn verified(
        &self,
        question: &Question<DiscoverableAuthentication>,
        answer: &PublicKeyCredential,
        passkey: &Passkey,
        whom: Option<PersonId>,
    ) -> Result<Checked, String> {
        let named = answer.get_user_unique_id();
        let is_theirs = named.map_or(whom.is_some(), |handle| handle == passkey.person_id.0.as_bytes());
        if !is_theirs || whom.is_some_and(|whom| whom != passkey.person_id) {
            return Err("the passkey of somebody else".to_owned());
        }
        let credential: Credential = serde_json::from_value(passkey.credential.clone()).map_err(|error| {
            tracing::error!(%error, passkey = %passkey.id, "a passkey cannot be read");
            "the passkey cannot be read".to_owned()
        })?;
        let state = question.state.clone();
        let result = self.ceremonies.webauthn.finish_discoverable_authentication_v2(answer, state, &credential);
        match result {
            Ok(result) => {
                let mut key = Key::from(credential);
                key.update_credential(&result);
                Ok(Checked { result, credential: Credential::from(key) })
            }
            Err(WebauthnError::CredentialPossibleCompromise) => Err(COPIED.to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Uses the question and the passkey up, once.
    async fn note(
        &self,
        act: &Act<'_>,
        question: &Question<DiscoverableAuthentication>,
        passkey: &Passkey,
        checked: &Checked,
    ) -> Result<Noted> {
        let (used, ends_at) = (question.hash(self.hasher), question.ends_at());
        let (id, counter, now) = (passkey.id, checked.result.counter(), act.now);
        let credential = serde_json::to_value(&checked.credential).unwrap_or_default();
        let event = NewEvent::success(EventKind::PasskeyUsed, Actor::Person(passkey.person_id));
        let event = event.person(passkey.person_id).detail("passkey", id.to_string()).detail("name", &*passkey.name);
        let event = act.event(event);
        let write = act.store.write(move |tx| {
            Box::pin(async move {
                if !tx.use_assertion(&used, ends_at).await? {
                    return Ok(Noted::AnsweredBefore);
                }
                if !tx.use_passkey(id, credential, counter, now).await? {
                    return Ok(Noted::Overtaken);
                }
                tx.insert_event(event).await?;
                Ok(Noted::Done)
            })
        });
        write.await
    }
}

/// What was found in order.
struct Checked {
    result: AuthenticationResult,
    credential: Credential,
}

/// What came of writing it down.
#[derive(Clone, Copy, Debug)]
enum Noted {
    Done,
    AnsweredBefore,
    /// It was removed meanwhile, or its counter is not behind this one.
    Overtaken,
}

fn methods(passkey: &Passkey) -> Vec<String> {
    let synced = passkey.synced.then_some(AMR_SYNCED);
    AMR.into_iter().chain(synced).map(str::to_owned).collect()
}

fn refusal(reason: impl Into<String>, person: Option<PersonId>) -> Refusal {
    Refusal { reason: reason.into(), person }
}

async fn refuse(act: &Act<'_>, refusal: Refusal) -> Result<PasskeyOutcome> {
    let event = NewEvent::failure(EventKind::SignIn, Actor::Anonymous, refusal.reason).detail("method", "passkey");
    let event = refusal.person.into_iter().fold(event, NewEvent::person);
    record(act.store, act.event(event)).await;
    Ok(PasskeyOutcome::Refused)
}
