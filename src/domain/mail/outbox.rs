//! Where mail begins its way: what a letter is, and the row that it becomes.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::clock::{Entropy, Timestamp};
use crate::domain::keys::sealing::Sealer;
use crate::ids::{MailId, PersonId};
use crate::store::{Mail, MailState};

/// How long it is tried to send a mail that does not say otherwise.
const TRIED_FOR: Duration = Duration::from_hours(24);
/// How long it can be seen what became of a mail.
const REMEMBERED: Duration = Duration::from_hours(7 * 24);

macro_rules! mail_kinds {
    ($( $(#[$doc:meta])* $name:ident = $word:literal; )*) => {
        /// What a mail is for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum MailKind { $( $(#[$doc])* $name, )* }

        impl MailKind {
            /// Its name in the table and in the console.
            #[must_use]
            pub const fn word(self) -> &'static str { match self { $( Self::$name => $word, )* } }
        }
    };
}

mail_kinds! {
    /// A link by which somebody chooses a password for an account that was made for them.
    Invitation = "invitation";
    /// A link by which somebody who forgot their password chooses another.
    Recovery = "recovery";
    /// The news that a password is another one.
    PasswordChanged = "password_changed";
    /// The news of a sign-in at a browser where the person had not signed in before.
    NewDevice = "new_device";
    /// A link by which somebody signs in.
    SignInLink = "sign_in_link";
    /// A link by which somebody shows that they read mail at an address.
    EmailVerification = "email_verification";
    /// The news, to the old address, that there is another one.
    EmailChanged = "email_changed";
    /// The news of a passkey or authenticator app that was added.
    FactorAdded = "factor_added";
    /// The news of one that is gone.
    FactorRemoved = "factor_removed";
    /// A link by which whoever asked for it makes an account.
    Registration = "registration";
    /// A link by which somebody makes an account whom an admin invited.
    RegistrationInvitation = "registration_invitation";
    /// The news that an account has the address with which somebody wanted to make one.
    AccountExists = "account_exists";
}

/// A mail as it is written.
#[derive(Clone, Debug)]
pub struct Letter {
    /// What it is for.
    pub kind: MailKind,
    /// Whom it is about, if they have an account.
    pub person: Option<PersonId>,
    /// To which address it goes.
    pub to: String,
    /// How long it is of use; `None` if it always is.
    pub good_for: Option<Duration>,
    /// What it says.
    pub content: Content,
}

/// What a mail says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Content {
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// The same in HTML.
    pub html: String,
}

/// Where mail begins its way.
pub struct Outbox {
    sealer: Sealer,
    keeps: bool,
}

impl Outbox {
    /// An outbox that seals what waits; `keeps` says whether mail stays here to be looked at.
    #[must_use]
    pub fn new(sealer: Sealer, keeps: bool) -> Self {
        Self { sealer, keeps }
    }

    /// The row of a letter, to be inserted with what it tells.
    #[must_use]
    pub fn draft(&self, letter: &Letter, entropy: &dyn Entropy, now: Timestamp) -> Mail {
        let id = MailId(entropy.uuid_at(now));
        let content = Zeroizing::new(serde_json::to_vec(&letter.content).unwrap_or_default());
        Mail {
            id,
            person_id: letter.person,
            kind: letter.kind.word().to_owned(),
            recipient: letter.to.clone(),
            sealed: Some(self.seal(id, &content)),
            state: if self.keeps { MailState::Kept } else { MailState::Waiting },
            attempts: 0,
            due_at: (!self.keeps).then_some(now),
            created_at: now,
            expires_at: now + letter.good_for.unwrap_or(TRIED_FOR),
            forgotten_at: now + REMEMBERED,
            reason: None,
        }
    }

    /// What a mail says, as long as that is kept.
    #[must_use]
    pub fn open(&self, mail: &Mail) -> Option<Content> {
        let plain = self.unseal(mail.id, mail.sealed.as_deref()?)?;
        serde_json::from_slice(&plain).ok()
    }

    /// Seals what belongs to `id`.
    #[must_use]
    pub fn seal(&self, id: MailId, plain: &[u8]) -> Vec<u8> {
        self.sealer.seal(plain, id.0.as_bytes())
    }

    /// Opens what [`Self::seal`] gave; `None` if it was altered or belongs to another.
    #[must_use]
    pub fn unseal(&self, id: MailId, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        self.sealer.open(sealed, id.0.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::clock::TestEntropy;

    fn letter() -> Letter {
        Letter {
            kind: MailKind::Recovery,
            person: Some(PersonId(Uuid::from_u128(1))),
            to: "ada@example.com".to_owned(),
            good_for: Some(Duration::from_mins(30)),
            content: Content { subject: "S".to_owned(), text: "the secret".to_owned(), html: "<p>".to_owned() },
        }
    }

    #[test]
    fn seals_what_waits_for_its_mail_only() {
        let (outbox, entropy) = (Outbox::new(Sealer::new(&[1; 32]), false), TestEntropy::from_seed(1));
        let now = Timestamp::from_seconds(1000);
        let (one, two) = (outbox.draft(&letter(), &entropy, now), outbox.draft(&letter(), &entropy, now));
        assert_eq!(outbox.open(&one).unwrap().text, "the secret");
        assert!(!one.sealed.as_ref().unwrap().windows(6).any(|bytes| bytes == b"secret"));
        assert!(outbox.open(&Mail { sealed: two.sealed, ..one.clone() }).is_none());
        assert_eq!((one.state, one.due_at), (MailState::Waiting, Some(now)));
        assert_eq!(one.expires_at, now + Duration::from_mins(30));
    }

    #[test]
    fn keeps_what_is_sent_to_nobody() {
        let outbox = Outbox::new(Sealer::new(&[1; 32]), true);
        let kept = outbox.draft(&letter(), &TestEntropy::from_seed(1), Timestamp::from_seconds(1000));
        assert_eq!((kept.state, kept.due_at), (MailState::Kept, None));
    }
}
