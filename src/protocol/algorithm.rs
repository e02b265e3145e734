//! The algorithms that sign ID tokens and JWT access tokens (RFC 7518, RFC 8037), and what our keys are for. Keys live in
//! `domain/keys`.

use super::encryption::EncryptionAlgorithm;
use super::wire::wire_names;

wire_names! {
    /// A JWS algorithm by its registered name.
    pub enum SigningAlgorithm {
        /// RSASSA-PKCS1-v1_5 with SHA-256: the default that every OpenID Provider has to offer.
        RS256 = "RS256",
        /// ECDSA on P-256 with SHA-256.
        ES256 = "ES256",
        /// Ed25519.
        EdDSA = "EdDSA",
    }
}

wire_names! {
    /// What a key of ours is for, by the algorithm that it is published with: it signs, or others encrypt to it.
    pub enum KeyAlgorithm {
        /// Signs, as [`SigningAlgorithm::RS256`].
        RS256 = "RS256",
        /// Signs, as [`SigningAlgorithm::ES256`].
        ES256 = "ES256",
        /// Signs, as [`SigningAlgorithm::EdDSA`].
        EdDSA = "EdDSA",
        /// Decrypts: an RSA key, for RSA-OAEP too.
        RsaOaep256 = "RSA-OAEP-256",
        /// Decrypts: a key on P-256, for the algorithms that wrap a key with what is agreed on, too.
        EcdhEs = "ECDH-ES",
    }
}

impl KeyAlgorithm {
    /// What everybody can encrypt to us with.
    pub const DECRYPTING: [Self; 2] = [Self::RsaOaep256, Self::EcdhEs];

    /// What the key signs with; `None` if it decrypts.
    #[must_use]
    pub const fn signing(self) -> Option<SigningAlgorithm> {
        match self {
            Self::RS256 => Some(SigningAlgorithm::RS256),
            Self::ES256 => Some(SigningAlgorithm::ES256),
            Self::EdDSA => Some(SigningAlgorithm::EdDSA),
            Self::RsaOaep256 | Self::EcdhEs => None,
        }
    }

    /// Whether the key opens what is encrypted so.
    #[must_use]
    pub const fn decrypts(self, algorithm: EncryptionAlgorithm) -> bool {
        match self {
            Self::RsaOaep256 => algorithm.is_rsa(),
            Self::EcdhEs => !algorithm.is_rsa(),
            Self::RS256 | Self::ES256 | Self::EdDSA => false,
        }
    }

    /// The member `use` of the key.
    #[must_use]
    pub const fn usage(self) -> &'static str {
        if self.signing().is_some() { "sig" } else { "enc" }
    }
}

impl From<SigningAlgorithm> for KeyAlgorithm {
    fn from(algorithm: SigningAlgorithm) -> Self {
        match algorithm {
            SigningAlgorithm::RS256 => Self::RS256,
            SigningAlgorithm::ES256 => Self::ES256,
            SigningAlgorithm::EdDSA => Self::EdDSA,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_algorithms_by_their_exact_names_only() {
        for algorithm in SigningAlgorithm::ALL {
            assert_eq!(SigningAlgorithm::from_wire(algorithm.wire()), Some(*algorithm));
        }
        for other in ["none", "HS256", "rs256", ""] {
            assert_eq!(SigningAlgorithm::from_wire(other), None, "{other:?}");
        }
    }

    #[test]
    fn knows_what_a_key_is_for() {
        for algorithm in SigningAlgorithm::ALL {
            let key = KeyAlgorithm::from(*algorithm);
            assert_eq!((key.signing(), key.wire(), key.usage()), (Some(*algorithm), algorithm.wire(), "sig"));
            assert!(EncryptionAlgorithm::ALL.iter().all(|algorithm| !key.decrypts(*algorithm)));
        }
        for algorithm in EncryptionAlgorithm::ALL {
            let keys = KeyAlgorithm::DECRYPTING.iter().filter(|key| key.decrypts(*algorithm) && key.usage() == "enc");
            assert_eq!(keys.count(), 1, "{algorithm}");
        }
    }

    #[test]
    fn travels_through_json_as_its_name() {
        assert_eq!(serde_json::to_string(&SigningAlgorithm::EdDSA).unwrap(), r#""EdDSA""#);
        assert_eq!(serde_json::from_str::<SigningAlgorithm>(r#""ES256""#).unwrap(), SigningAlgorithm::ES256);
        let error = serde_json::from_str::<SigningAlgorithm>(r#""none""#).unwrap_err();
        assert!(error.to_string().contains("RS256, ES256, EdDSA"), "{error}");
    }
}
