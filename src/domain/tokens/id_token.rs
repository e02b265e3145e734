//! The claims of an ID token (OIDC Core §2).

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::clock::Timestamp;
use crate::ids::{ClientId, SessionId};
use crate::protocol::algorithm::SigningAlgorithm;
use crate::store::Authorization;

/// The `typ` header of an ID token.
pub const TYP: &str = "JWT";

/// The claims of an ID token. What may be told about the person is at `UserInfo`; here is only what was asked for here.
#[derive(Clone, Debug, Serialize)]
pub struct IdTokenClaims {
    iss: String,
    sub: String,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    at_hash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    c_hash: Option<String>,
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
        iat: Timestamp,
        exp: Timestamp,
    ) -> Self {
        Self {
            iss: iss.to_owned(),
            sub: authorization.sub.clone(),
            aud: authorization.client_id.clone(),
            exp: exp.seconds(),
            iat: iat.seconds(),
            auth_time: authorization.auth_time.seconds(),
            nonce,
            acr: authorization.acr.clone(),
            amr: authorization.amr.clone(),
            azp: authorization.client_id.clone(),
            at_hash: None,
            c_hash: None,
            sid: authorization.sid,
            person: Map::new(),
        }
    }

    /// With the hash of the access token that it comes with.
    #[must_use]
    pub fn beside_token(self, at_hash: String) -> Self {
        Self { at_hash: Some(at_hash), ..self }
    }

    /// With the hash of the code that it comes with.
    #[must_use]
    pub fn beside_code(self, c_hash: Option<String>) -> Self {
        Self { c_hash, ..self }
    }

    /// With what was asked for here about the person: OIDC Core §5.5.
    #[must_use]
    pub fn about(self, person: Map<String, Value>) -> Self {
        Self { person, ..self }
    }
}

/// `at_hash` of an access token (OIDC Core §3.1.3.6) and `c_hash` of a code (OIDC Core §3.3.2.11): the left half of the
/// hash that the ID token's algorithm uses, of the ASCII text. Ed25519 hashes with SHA-512.
#[must_use]
pub fn left_half(algorithm: SigningAlgorithm, text: &str) -> String {
    let hash = match algorithm {
        SigningAlgorithm::RS256 | SigningAlgorithm::ES256 => &digest::SHA256,
        SigningAlgorithm::EdDSA => &digest::SHA512,
    };
    let whole = digest::digest(hash, text.as_bytes());
    let (left, _) = whole.as_ref().split_at(whole.as_ref().len() / 2);
    URL_SAFE_NO_PAD.encode(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// OIDC Core §3.1.3.6, with the value of the example in OIDC Core §A.3; OIDC Core §3.3.2.11, with that of OIDC Core §A.4.
    #[test]
    fn hashes_the_access_token_as_the_specification_does() {
        let hash = left_half(SigningAlgorithm::RS256, "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y");
        assert_eq!(hash, "77QmUPtjPfzWtF2AnpK9RQ");
        let hash = left_half(SigningAlgorithm::RS256, "Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk");
        assert_eq!(hash, "LDktKdoQak3Pk0cnXxCltA");
        assert_eq!(left_half(SigningAlgorithm::EdDSA, "x").len(), 43, "SHA-512 leaves 256 bits");
    }
}
