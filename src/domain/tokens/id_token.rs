//! The claims of an ID token (OIDC Core §2).

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::clock::Timestamp;
use crate::ids::{ClientId, PersonId, SessionId};
use crate::protocol::algorithm::SigningAlgorithm;
use crate::store::Authorization;

/// The `typ` header of an ID token.
pub const TYP: &str = "JWT";

/// The claims of an ID token. What may be told about the person is at `UserInfo`; here is only what was asked for here.
#[derive(Clone, Debug, Serialize)]
pub struct IdTokenClaims {
    iss: String,
    sub: PersonId,
    aud: ClientId,
    exp: i64,
    iat: i64,
    auth_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acr: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    amr: Vec<String>,
    azp: ClientId,
    at_hash: String,
    sid: SessionId,
    #[serde(flatten)]
    person: Map<String, Value>,
}

impl IdTokenClaims {
    /// The claims that `authorization` stands for. At a refresh there is no `nonce` (OIDC Core §12.2: it should not be
    /// there), everything else is as it was.
    #[must_use]
    pub fn new(
        iss: &str,
        authorization: &Authorization,
        nonce: Option<String>,
        at_hash: String,
        iat: Timestamp,
        exp: Timestamp,
    ) -> Self {
        Self {
            iss: iss.to_owned(),
            sub: authorization.person_id,
            aud: authorization.client_id.clone(),
            exp: exp.seconds(),
            iat: iat.seconds(),
            auth_time: authorization.auth_time.seconds(),
            nonce,
            acr: authorization.acr.clone(),
            amr: authorization.amr.clone(),
            azp: authorization.client_id.clone(),
            at_hash,
            sid: authorization.sid,
            person: Map::new(),
        }
    }

    /// With what was asked for here about the person: OIDC Core §5.5.
    #[must_use]
    pub fn about(self, person: Map<String, Value>) -> Self {
        Self { person, ..self }
    }
}

/// `at_hash`: OIDC Core §3.1.3.6, the left half of the hash that the token's algorithm uses, of the access token's
/// ASCII text. Ed25519 hashes with SHA-512.
#[must_use]
pub fn at_hash(algorithm: SigningAlgorithm, access_token: &str) -> String {
    let hash = match algorithm {
        SigningAlgorithm::RS256 | SigningAlgorithm::ES256 => &digest::SHA256,
        SigningAlgorithm::EdDSA => &digest::SHA512,
    };
    let whole = digest::digest(hash, access_token.as_bytes());
    let (left, _) = whole.as_ref().split_at(whole.as_ref().len() / 2);
    URL_SAFE_NO_PAD.encode(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// OIDC Core §3.1.3.6, with the value of the example in OIDC Core §A.3.
    #[test]
    fn hashes_the_access_token_as_the_specification_does() {
        let hash = at_hash(SigningAlgorithm::RS256, "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y");
        assert_eq!(hash, "77QmUPtjPfzWtF2AnpK9RQ");
        assert_eq!(at_hash(SigningAlgorithm::EdDSA, "x").len(), 43, "SHA-512 leaves 256 bits");
    }
}
