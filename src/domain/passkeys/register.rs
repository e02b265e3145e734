//! Adding a passkey to an account.

use serde_json::{Value, json};
use webauthn_rs::prelude::{Credential, PasskeyRegistration, RegisterPublicKeyCredential};

use super::question::{Ceremony, Question, QuestionFault};
use super::{Asked, MOST_PASSKEYS, PasskeyDesk, Sent, descriptors, set};
use crate::clock::{Entropy, Timestamp};
use crate::domain::events::{EventKind, NewEvent};
use crate::domain::people::Act;
use crate::domain::people::accounts::display_name;
use crate::ids::{PasskeyId, PersonId};
use crate::store::{Mail, Passkey, Person, Result};

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registered {
    /// It is theirs now.
    Added(PasskeyId),
    /// The question has waited too long, or was answered before.
    Late,
    /// This passkey was added before, by whomever.
    Known,
    /// The account has as many as it may.
    TooMany,
    /// What was sent is no passkey for this server.
    Refused,
}

impl PasskeyDesk<'_> {
    /// Asks for a new passkey of `person`, on a device that has none of `theirs`.
    #[must_use]
    pub fn ask_for_new(
        &self,
        person: &Person,
        theirs: &[Passkey],
        binding: &str,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Option<Asked> {
        let asked = self.ceremonies.webauthn.start_passkey_registration(
            person.id.0,
            &person.username,
            display_name(person),
            None,
        );
        let (options, state) =
            asked.inspect_err(|error| tracing::error!(%error, "a passkey cannot be asked for")).ok()?;
        let mut options = serde_json::to_value(options).ok()?;
        // A passkey that its device finds by our name alone: whoever has it need not know a username.
        set(&mut options, "/publicKey/authenticatorSelection", "residentKey", json!("required"));
        set(&mut options, "/publicKey/authenticatorSelection", "requireResidentKey", Value::Bool(true));
        // Not remembered: that none is added twice, the database sees to.
        let known: Vec<_> = theirs.iter().map(|passkey| passkey.credential_id.as_slice()).collect();
        set(&mut options, "/publicKey", "excludeCredentials", descriptors(&known));
        let question = Question::new(entropy.uuid(), now, state);
        let question = question.seal(&self.ceremonies.sealer, Ceremony::Registration, binding);
        Some(Asked { options: options.to_string(), question })
    }

    /// Adds the passkey that was sent, to be called `name`, and tells its person by `alert`.
    pub async fn add(
        &self,
        act: &Act<'_>,
        person: PersonId,
        sent: &Sent<'_>,
        (name, alert): (&str, Option<Mail>),
    ) -> Result<Registered> {
        let sealer = &self.ceremonies.sealer;
        let question = match Question::<PasskeyRegistration>::open(sent, sealer, Ceremony::Registration, act.now) {
            Ok(question) => question,
            Err(QuestionFault::Stale) => return Ok(Registered::Late),
            Err(QuestionFault::Altered) => return Ok(Registered::Refused),
        };
        let Some(credential) = self.checked(&question, sent.answer) else { return Ok(Registered::Refused) };
        let added = Passkey {
            id: PasskeyId(act.entropy.uuid()),
            person_id: person,
            name: name.to_owned(),
            credential_id: AsRef::<[u8]>::as_ref(&credential.cred_id).to_vec(),
            counter: credential.counter,
            synced: credential.backup_eligible,
            credential: serde_json::to_value(&credential).unwrap_or_default(),
            created_at: act.now,
            last_used_at: None,
        };
        let event = NewEvent::success(EventKind::PasskeyAdded, act.actor.clone()).person(person);
        let event = act.event(event.detail("passkey", added.id.to_string()).detail("name", name));
        let (used, ends_at) = (question.hash(self.hasher), question.ends_at());
        let write = act.store.write(move |tx| {
            Box::pin(async move {
                if tx.hold_person(person).await?.is_none() {
                    return Ok(Registered::Refused);
                }
                if !tx.use_assertion(&used, ends_at).await? {
                    return Ok(Registered::Late);
                }
                if tx.count_passkeys(person).await? >= MOST_PASSKEYS {
                    return Ok(Registered::TooMany);
                }
                if !tx.insert_passkey(&added).await? {
                    return Ok(Registered::Known);
                }
                tx.insert_event(event).await?;
                if let Some(alert) = alert {
                    tx.insert_mail(&alert).await?;
                }
                Ok(Registered::Added(added.id))
            })
        });
        write.await
    }

    fn checked(&self, question: &Question<PasskeyRegistration>, answer: &str) -> Option<Credential> {
        let answer: RegisterPublicKeyCredential = serde_json::from_str(answer).ok()?;
        let checked = self.ceremonies.webauthn.finish_passkey_registration(&answer, &question.state);
        checked.inspect_err(|error| tracing::info!(%error, "a new passkey was refused")).ok().map(Credential::from)
    }
}
