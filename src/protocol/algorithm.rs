//! The algorithms that sign ID tokens and JWT access tokens (RFC 7518, RFC 8037). Keys live in `domain/keys`.

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
    fn travels_through_json_as_its_name() {
        assert_eq!(serde_json::to_string(&SigningAlgorithm::EdDSA).unwrap(), r#""EdDSA""#);
        assert_eq!(serde_json::from_str::<SigningAlgorithm>(r#""ES256""#).unwrap(), SigningAlgorithm::ES256);
        let error = serde_json::from_str::<SigningAlgorithm>(r#""none""#).unwrap_err();
        assert!(error.to_string().contains("RS256, ES256, EdDSA"), "{error}");
    }
}
