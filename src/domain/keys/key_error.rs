//! Why a signing key cannot be made, read or opened, in words for the operator.

use std::fmt;

/// The smallest RSA modulus that may sign, in bits.
pub(super) const SMALLEST_RSA: usize = 2048;

/// Why there is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyError {
    /// The library failed to make a key.
    Generation,
    /// The bytes are no key, or a damaged one.
    Unreadable,
    /// A kind of key that we do not sign with.
    Unsupported,
    /// An RSA key that is too small.
    WeakRsa {
        /// The size of its modulus.
        bits: usize,
    },
    /// The sealed key does not open.
    Sealed,
    /// The key is not the one that its record names.
    OtherKey,
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Generation => f.write_str("no key could be made: the cryptographic library failed"),
            Self::Unreadable => f.write_str("this is not a private key, or it is damaged"),
            Self::Unsupported => f.write_str(
                "only RSA (2048 bits or more), P-256 and Ed25519 keys can sign, as unencrypted PEM: PRIVATE KEY, \
                 RSA PRIVATE KEY or EC PRIVATE KEY",
            ),
            Self::WeakRsa { bits } => {
                write!(f, "the RSA key has {bits} bits: RFC 7518 asks for {SMALLEST_RSA} or more")
            }
            Self::Sealed => f.write_str(
                "a signing key does not open with this encryption key: use the encryption key that belongs to this \
                 database",
            ),
            Self::OtherKey => f.write_str("a stored signing key is not the one that its record names"),
        }
    }
}

impl std::error::Error for KeyError {}
