//! What is remembered of a question while a person looks for their device: sealed, short-lived, bound to the browser, and
//! answered once.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{QUESTION_LIFETIME, Sent};
use crate::clock::Timestamp;
use crate::domain::keys::hashing::TokenHasher;
use crate::domain::keys::sealing::Sealer;
use crate::ids::TokenHash;

/// What a question is for: what answers one is no answer to the other.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ceremony {
    /// To add a passkey.
    Registration,
    /// To prove who one is.
    SignIn,
}

impl Ceremony {
    /// What the seal is bound to, beside the key.
    fn context(self, binding: &str) -> Vec<u8> {
        let word = match self {
            Self::Registration => "registration",
            Self::SignIn => "sign-in",
        };
        format!("question to a passkey\0{word}\0{binding}").into_bytes()
    }
}

/// Why there is no question that could be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum QuestionFault {
    /// It is not what this server asked in this browser and for this.
    Altered,
    /// It has waited too long.
    Stale,
}

/// A question that waits for its answer.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Question<S> {
    id: Uuid,
    asked_at: Timestamp,
    /// What the library wants to be told again.
    pub state: S,
}

impl<S: Serialize + DeserializeOwned> Question<S> {
    pub fn new(id: Uuid, asked_at: Timestamp, state: S) -> Self {
        Self { id, asked_at, state }
    }

    /// The sealed question, as text fit for a form field.
    pub fn seal(&self, sealer: &Sealer, ceremony: Ceremony, binding: &str) -> String {
        let plain = serde_json::to_vec(self).unwrap_or_default();
        URL_SAFE_NO_PAD.encode(sealer.seal(&plain, &ceremony.context(binding)))
    }

    /// Opens it, if it is for this and has not waited too long.
    pub fn open(sent: &Sent<'_>, sealer: &Sealer, ceremony: Ceremony, now: Timestamp) -> Result<Self, QuestionFault> {
        let bytes = URL_SAFE_NO_PAD.decode(sent.question).map_err(|_| QuestionFault::Altered)?;
        let plain = sealer.open(&bytes, &ceremony.context(sent.binding)).ok_or(QuestionFault::Altered)?;
        let question: Self = serde_json::from_slice(&plain).map_err(|_| QuestionFault::Altered)?;
        if now.since(question.asked_at) > QUESTION_LIFETIME { Err(QuestionFault::Stale) } else { Ok(question) }
    }

    /// By which it is noted that it was answered.
    pub fn hash(&self, hasher: &TokenHasher) -> TokenHash {
        hasher.hash(&format!("question to a passkey {}", self.id))
    }

    /// When it ends.
    pub fn ends_at(&self) -> Timestamp {
        self.asked_at + QUESTION_LIFETIME
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const ASKED: Timestamp = Timestamp::from_seconds(1_000);

    fn open(question: &str, binding: &str, ceremony: Ceremony, after: Duration) -> Result<u8, QuestionFault> {
        let sent = Sent { binding, question, answer: "" };
        Question::open(&sent, &Sealer::new(&[1; 32]), ceremony, ASKED + after).map(|question| question.state)
    }

    #[test]
    fn opens_for_its_purpose_in_its_browser_and_for_a_while() {
        let sealed = Question::new(Uuid::nil(), ASKED, 7u8).seal(&Sealer::new(&[1; 32]), Ceremony::SignIn, "ada");
        let open = |binding, ceremony, after| open(&sealed, binding, ceremony, after);
        let moment = Duration::from_millis(1);
        assert_eq!(open("ada", Ceremony::SignIn, QUESTION_LIFETIME), Ok(7));
        assert_eq!(open("ada", Ceremony::SignIn, QUESTION_LIFETIME + moment), Err(QuestionFault::Stale));
        assert_eq!(open("eve", Ceremony::SignIn, moment), Err(QuestionFault::Altered));
        assert_eq!(open("ada", Ceremony::Registration, moment), Err(QuestionFault::Altered));
    }

    #[test]
    fn opens_nothing_that_was_altered_or_made_up() {
        let sealed = Question::new(Uuid::nil(), ASKED, 7u8).seal(&Sealer::new(&[2; 32]), Ceremony::SignIn, "ada");
        for text in ["", "!", "AQ", &sealed] {
            assert_eq!(open(text, "ada", Ceremony::SignIn, Duration::ZERO), Err(QuestionFault::Altered), "{text}");
        }
    }
}
