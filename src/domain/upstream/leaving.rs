//! By which account at a provider somebody came to a browser, so that a sign-out there is passed on.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::domain::keys::sealing::Sealer;

const CONTEXT: &[u8] = b"came by another provider";

/// By which account somebody came.
#[derive(Serialize, Deserialize)]
pub struct Left {
    /// At which provider.
    pub provider: String,
    /// Whose it is there.
    pub subject: String,
    /// The ID token from there.
    pub id_token: Option<String>,
}

impl Left {
    /// Sealed, as text fit for a cookie.
    #[must_use]
    pub fn seal(&self, sealer: &Sealer) -> String {
        URL_SAFE_NO_PAD.encode(sealer.seal(&serde_json::to_vec(self).unwrap_or_default(), CONTEXT))
    }

    /// Opens what [`seal`](Self::seal) gave.
    #[must_use]
    pub fn open(text: &str, sealer: &Sealer) -> Option<Self> {
        serde_json::from_slice(&sealer.open(&URL_SAFE_NO_PAD.decode(text).ok()?, CONTEXT)?).ok()
    }

    /// OIDC RP-Initiated Logout §2: where the browser goes, to come back to `return_to`.
    #[must_use]
    pub fn address(&self, mut endpoint: Url, client_id: &str, return_to: &str) -> Url {
        let hint = self.id_token.as_deref().map(|token| ("id_token_hint", token));
        let rest = [("client_id", client_id), ("post_logout_redirect_uri", return_to)];
        endpoint.query_pairs_mut().extend_pairs(hint.into_iter().chain(rest));
        endpoint
    }
}
