//! Checking what a client signed with its own key (RFC 7518, RFC 8037).

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};

use crate::protocol::client_assertion::AssertionAlgorithm;
use crate::protocol::client_metadata::KeyMaterial;

/// Whether the key made this signature, with this algorithm.
#[must_use]
pub fn verify(key: &KeyMaterial, algorithm: AssertionAlgorithm, message: &[u8], signature: &[u8]) -> bool {
    let verified = match (key, algorithm) {
        (KeyMaterial::Rsa { n, e }, AssertionAlgorithm::RS256) => {
            RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
        }
        (KeyMaterial::Rsa { n, e }, AssertionAlgorithm::PS256) => {
            RsaPublicKeyComponents { n, e }.verify(&RSA_PSS_2048_8192_SHA256, message, signature)
        }
        (KeyMaterial::P256(point), AssertionAlgorithm::ES256) => {
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature)
        }
        (KeyMaterial::Ed25519(key), AssertionAlgorithm::EdDSA) => {
            UnparsedPublicKey::new(&ED25519, key).verify(message, signature)
        }
        // RFC 8725 §3.1: no key works with the algorithm of another kind.
        _ => return false,
    };
    verified.is_ok()
}

/// Whether the secret made this HS256 tag; compared in constant time.
#[must_use]
pub fn verify_hs256(secret: &[u8], message: &[u8], tag: &[u8]) -> bool {
    hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, secret), message, tag).is_ok()
}
