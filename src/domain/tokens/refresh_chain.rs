//! Rotation of refresh tokens (RFC 9700 §4.14.2): every use gives a new token, a second use ends the authorization.
//!
//! With one exception. If the answer to a use got lost on its way, the client can only try again with the token it
//! has. So while the successor has never been used and a short grace has not passed, the retry is given a fresh
//! successor and the unused one dies. A chain never has more than one live token.

use std::time::Duration;

use crate::clock::Timestamp;
use crate::ids::TokenHash;
use crate::store::{RefreshState, RefreshToken, Result, Tx};

/// What became of an attempt to use a refresh token.
#[derive(Debug)]
pub enum Rotation {
    /// The successor is written and live.
    Rotated,
    /// It had been used before: its authorization is revoked, and with it everything that was issued.
    Reused,
    /// It has expired, or its authorization was revoked or has expired.
    Dead,
}

/// Uses the token with the hash `presented` in exchange for `successor`, in one transaction that holds their
/// authorization.
pub async fn rotate(
    tx: &Tx,
    presented: &TokenHash,
    successor: &RefreshToken,
    now: Timestamp,
    grace: Duration,
) -> Result<Rotation> {
    let id = successor.authorization_id;
    if tx.use_refresh_token(presented, successor, now).await? {
        tx.insert_refresh_token(successor).await?;
        return Ok(Rotation::Rotated);
    }
    if !tx.use_authorization(id, now).await? {
        return Ok(Rotation::Dead);
    }
    let Some(token) = tx.refresh_token(presented).await? else { return Ok(Rotation::Dead) };
    match verdict(&token, now, grace) {
        Verdict::Expired => Ok(Rotation::Dead),
        Verdict::PerhapsLost { unused } if tx.replace_successor(presented, &unused, &successor.hash, now).await? => {
            tx.insert_refresh_token(successor).await?;
            Ok(Rotation::Rotated)
        }
        Verdict::PerhapsLost { .. } | Verdict::Reused => {
            // RFC 9700 §4.14.2: nobody can tell the thief from the owner, so neither keeps anything.
            tx.revoke_authorization(id, "refresh token reused", now).await?;
            Ok(Rotation::Reused)
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    /// It was never used and has ended.
    Expired,
    /// It was used a moment ago; if its successor was not, the answer may have been lost.
    PerhapsLost { unused: TokenHash },
    /// Somebody has used it, or was given another in its place.
    Reused,
}

/// What to think of a token that was not live when it was presented.
fn verdict(token: &RefreshToken, now: Timestamp, grace: Duration) -> Verdict {
    match token.state {
        RefreshState::Live => Verdict::Expired,
        RefreshState::Used { at, successor } if now.since(at) <= grace && token.expires_at > now => {
            Verdict::PerhapsLost { unused: successor }
        }
        RefreshState::Used { .. } | RefreshState::Superseded => Verdict::Reused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::AuthorizationId;
    use crate::protocol::scope::Scope;

    /// RFC 9700 §4.14.2: what was used before is a sign of theft, unless its answer may have been lost.
    #[test]
    fn tells_a_lost_answer_from_a_replay() {
        let at = Timestamp::from_seconds(100);
        let successor = TokenHash([2; 32]);
        let used = RefreshState::Used { at, successor };
        for (state, seconds, expected) in [
            (used, 100, Verdict::PerhapsLost { unused: successor }),
            (used, 130, Verdict::PerhapsLost { unused: successor }),
            (used, 131, Verdict::Reused),
            (used, 1000, Verdict::Reused),
            (RefreshState::Superseded, 100, Verdict::Reused),
            (RefreshState::Live, 1000, Verdict::Expired),
        ] {
            let token = RefreshToken {
                hash: TokenHash([1; 32]),
                authorization_id: AuthorizationId(uuid::Uuid::nil()),
                scope: Scope::empty(),
                certificate: None,
                created_at: Timestamp::from_seconds(0),
                expires_at: Timestamp::from_seconds(1000),
                state,
            };
            let verdict = verdict(&token, Timestamp::from_seconds(seconds), Duration::from_secs(30));
            assert_eq!(verdict, expected, "{state:?} at {seconds}");
        }
    }
}
