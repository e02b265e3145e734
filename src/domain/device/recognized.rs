//! A user code that was typed and is right, on its way to the question: sealed, for the session in which it was typed. So
//! nobody comes to the question by a link, without having seen the page that asks for the code (RFC 8628 §5.4).

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::domain::keys::sealing::Sealer;
use crate::ids::SessionId;

const CONTEXT: &[u8] = b"recognized user code";

/// A user code that is right.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RecognizedCode {
    /// The code, as people read it.
    pub user_code: String,
    /// The session in which it was typed.
    pub sid: SessionId,
    /// When.
    pub at: Timestamp,
}

impl RecognizedCode {
    /// Sealed, as text fit for a form field or a query.
    #[must_use]
    pub fn seal(&self, sealer: &Sealer) -> String {
        let plain = serde_json::to_vec(self).unwrap_or_default();
        URL_SAFE_NO_PAD.encode(sealer.seal(&plain, CONTEXT))
    }

    /// Opens what [`seal`](Self::seal) gave, if it is of this session and has waited no longer than `lifetime`.
    #[must_use]
    pub fn open(text: &str, sealer: &Sealer, sid: SessionId, now: Timestamp, lifetime: Duration) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let plain = sealer.open(&bytes, CONTEXT)?;
        let code: Self = serde_json::from_slice(&plain).ok()?;
        (code.sid == sid && now.since(code.at) <= lifetime).then_some(code)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    /// RFC 8628 §5.4: what was typed in one session leads nobody else anywhere.
    #[test]
    fn opens_in_its_own_session_for_a_while() {
        let (sealer, sid) = (Sealer::new(&[1; 32]), SessionId(Uuid::from_u128(1)));
        let at = Timestamp::from_seconds(1_000);
        let text = RecognizedCode { user_code: "BCDF-GHJK".to_owned(), sid, at }.seal(&sealer);
        let minute = Duration::from_mins(1);
        let opened = |sid, now| RecognizedCode::open(&text, &sealer, sid, now, minute).is_some();
        assert!(opened(sid, at + minute));
        assert!(!opened(sid, at + minute * 2));
        assert!(!opened(SessionId(Uuid::from_u128(2)), at));
        assert!(RecognizedCode::open("x", &sealer, sid, at, minute).is_none());
    }
}
