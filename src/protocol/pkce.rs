//! Proof Key for Code Exchange (RFC 7636), S256 only.

use std::fmt;

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::error::{ErrorCode, OAuthError, Result};

/// The one `code_challenge_method` that we accept.
pub const S256: &str = "S256";

/// The SHA-256 of a code verifier, as base64url text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct CodeChallenge(Box<str>);

impl CodeChallenge {
    /// Reads both parameters of an authorization request; `None` if neither was sent.
    pub fn parse(challenge: Option<&str>, method: Option<&str>) -> Result<Option<Self>> {
        match (challenge, method) {
            (None, None) => Ok(None),
            (None, Some(_)) => Err(invalid("code_challenge_method is sent without code_challenge.")),
            // RFC 7636 §4.2: S256 is mandatory for whoever can do it. RFC 7636 §4.3: without a method the challenge
            // would be the verifier in plain text, which protects nobody whose request can be read.
            (Some(_), None) => Err(invalid("Send code_challenge_method=S256; without it the method would be plain.")),
            (Some(challenge), Some(S256)) => Self::s256(challenge).map(Some),
            (Some(_), Some(_)) => Err(invalid("code_challenge_method must be S256.")),
        }
    }

    /// Reads a stored challenge.
    pub fn s256(text: &str) -> Result<Self> {
        match URL_SAFE_NO_PAD.decode(text) {
            Ok(hash) if hash.len() == digest::SHA256_OUTPUT_LEN => Ok(Self(text.into())),
            _ => Err(invalid("code_challenge must be the SHA-256 of the verifier in base64url: 43 characters.")),
        }
    }

    /// The challenge of a verifier: RFC 7636 §4.2.
    #[must_use]
    pub fn of(verifier: &CodeVerifier) -> Self {
        let hash = digest::digest(&digest::SHA256, verifier.0.as_bytes());
        Self(URL_SAFE_NO_PAD.encode(hash).into())
    }

    /// Whether the verifier is the one that the challenge was made from.
    #[must_use]
    pub fn verify(&self, verifier: &CodeVerifier) -> bool {
        // RFC 7636 §4.6: base64url(SHA-256(verifier)) must equal the challenge.
        Self::of(verifier).0.as_bytes().ct_eq(self.0.as_bytes()).into()
    }

    /// The challenge as sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for CodeChallenge {
    type Error = OAuthError;

    fn try_from(text: String) -> Result<Self> {
        Self::s256(&text)
    }
}

/// The secret that a client shows when it redeems its code.
pub struct CodeVerifier(Zeroizing<String>);

impl CodeVerifier {
    /// Reads the parameter of a token request.
    pub fn parse(text: &str) -> Result<Self> {
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        // RFC 7636 §4.1: 43 to 128 unreserved characters. Anything else cannot match, so it is answered as a mismatch.
        if (43..=128).contains(&text.len()) && text.bytes().all(unreserved) {
            Ok(Self(Zeroizing::new(text.to_owned())))
        } else {
            let text = "code_verifier must be 43 to 128 letters, digits, or any of - . _ ~";
            Err(OAuthError::new(ErrorCode::InvalidGrant, text))
        }
    }
}

impl fmt::Debug for CodeVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeVerifier(…)")
    }
}

fn invalid(text: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidRequest, text)
}

#[cfg(test)]
mod tests {
    use proptest::proptest;

    use super::*;

    /// The example of RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    /// RFC 7636 §4.2, RFC 7636 §4.3: S256, said explicitly.
    #[test]
    fn accepts_s256_only() {
        assert!(CodeChallenge::parse(None, None).unwrap().is_none());
        assert_eq!(CodeChallenge::parse(Some(CHALLENGE), Some("S256")).unwrap().unwrap().as_str(), CHALLENGE);
        let refused = [
            (None, Some("S256")),
            (Some(CHALLENGE), None),
            (Some(CHALLENGE), Some("plain")),
            (Some(CHALLENGE), Some("s256")),
            (Some(VERIFIER.trim_end_matches('k')), Some("S256")),
            (Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM="), Some("S256")),
            (Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM"), Some("S256")),
            (Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cMM"), Some("S256")),
        ];
        for (challenge, method) in refused {
            let error = CodeChallenge::parse(challenge, method).unwrap_err();
            assert_eq!(error.code, ErrorCode::InvalidRequest, "{challenge:?} {method:?}");
        }
    }

    /// RFC 7636 §4.1: 43 to 128 unreserved characters.
    #[test]
    fn knows_well_formed_verifiers() {
        for good in [VERIFIER, &"~".repeat(43), &"a.-_".repeat(32)] {
            assert!(CodeVerifier::parse(good).is_ok(), "{good}");
        }
        for bad in ["", &"a".repeat(42), &"a".repeat(129), &format!("{VERIFIER}+"), &format!("{VERIFIER}é")] {
            assert_eq!(CodeVerifier::parse(bad).unwrap_err().code, ErrorCode::InvalidGrant, "{bad}");
        }
    }

    /// RFC 7636 §4.6: the verifier must hash to the challenge.
    #[test]
    fn recognizes_the_verifier_behind_a_challenge() {
        let challenge = CodeChallenge::s256(CHALLENGE).unwrap();
        assert!(challenge.verify(&CodeVerifier::parse(VERIFIER).unwrap()));
        assert!(!challenge.verify(&CodeVerifier::parse(&VERIFIER.replace('k', "l")).unwrap()));
        // A challenge shown as its own verifier is what `plain` would accept.
        assert!(!challenge.verify(&CodeVerifier::parse(CHALLENGE).unwrap()));
    }

    #[test]
    fn never_prints_a_verifier() {
        assert_eq!(format!("{:?}", CodeVerifier::parse(VERIFIER).unwrap()), "CodeVerifier(…)");
    }

    proptest! {
        /// RFC 7636 §4.6: whatever verifier a client makes, it satisfies its own challenge and no other.
        #[test]
        fn recognizes_every_verifier_by_its_own_challenge_only(
            one in "[A-Za-z0-9._~-]{43,128}",
            other in "[A-Za-z0-9._~-]{43,128}",
        ) {
            let challenge = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, one.as_bytes()));
            let challenge = CodeChallenge::parse(Some(&challenge), Some(S256)).unwrap().unwrap();
            assert!(challenge.verify(&CodeVerifier::parse(&one).unwrap()));
            assert_eq!(challenge.verify(&CodeVerifier::parse(&other).unwrap()), one == other);
        }
    }
}
