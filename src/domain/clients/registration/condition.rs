//! What has to hold in the transaction that registers a client.

use super::fault::{NotAdmitted, RegistrationError};
use crate::clock::Timestamp;
use crate::ids::InitialTokenId;
use crate::store::{KeptAnswer, QuotaTaken, RegistrationQuota, Result, Tx};

/// By what a client may register itself.
#[derive(Clone, Copy, Debug)]
pub enum Entry {
    /// This initial access token, which is used up by one.
    ByToken(InitialTokenId),
    /// That anybody may, as long as there are not too many.
    Open(RegistrationQuota),
}

/// What has to hold.
pub(super) enum Condition {
    /// Nothing.
    None,
    /// That the same was not answered before; this is the answer that is kept.
    NotAnswered(KeptAnswer),
    /// That the client may register itself.
    MayEnter(Entry),
}

impl Condition {
    /// Why the client is not registered, if the condition does not hold.
    pub async fn refusal(self, tx: &Tx, now: Timestamp) -> Result<Option<RegistrationError>> {
        Ok(match self {
            Self::None => None,
            Self::NotAnswered(answer) => (!tx.keep_answer(&answer).await?).then_some(RegistrationError::Answered),
            Self::MayEnter(Entry::ByToken(token)) => {
                let used = tx.use_initial_token(token, now).await?;
                (!used).then_some(RegistrationError::NotAdmitted(NotAdmitted::TokenIsUsedUp))
            }
            Self::MayEnter(Entry::Open(quota)) => match tx.take_registration(quota, now).await? {
                QuotaTaken::Yes => None,
                QuotaTaken::HourIsFull => Some(RegistrationError::NotAdmitted(NotAdmitted::HourIsFull)),
                QuotaTaken::TotalIsReached => Some(RegistrationError::NotAdmitted(NotAdmitted::TotalIsReached)),
            },
        })
    }
}
