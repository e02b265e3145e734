//! Sealing: authenticated encryption of what we hand out or store and later open again.
//!
//! AES-256-GCM-SIV (RFC 8452), because its nonces may be random without a limit on messages worth counting, and even
//! a repeated nonce tells only that two messages are equal. Sealed bytes are: version (1), nonce (12), ciphertext, tag.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use zeroize::Zeroizing;

/// The only form there is so far; another one would be told apart by this byte.
const VERSION: u8 = 1;

/// Seals and opens under one key.
pub struct Sealer(RandomizedNonceKey);

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer(..)")
    }
}

impl Sealer {
    /// A sealer for a key that [`derive`](super::master::MasterKey::derive) gave.
    ///
    /// # Panics
    /// Never: the key has the length that AES-256 takes.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        match RandomizedNonceKey::new(&AES_256_GCM_SIV, key) {
            Ok(key) => Self(key),
            Err(_) => unreachable!("AES-256-GCM-SIV takes 32 bytes"),
        }
    }

    /// Encrypts `plain`. It opens only with the same `context`, which is not part of the result: name there what the
    /// bytes are and to whom they belong, so that they cannot be moved elsewhere.
    ///
    /// # Panics
    /// If the system's random generator fails: without randomness no secret is safe.
    #[must_use]
    pub fn seal(&self, plain: &[u8], context: &[u8]) -> Vec<u8> {
        let mut ciphertext = plain.to_vec();
        let Ok(nonce) = self.0.seal_in_place_append_tag(Aad::from(context), &mut ciphertext) else {
            panic!("the system's random generator failed");
        };
        let mut sealed = Vec::with_capacity(1 + NONCE_LEN + ciphertext.len());
        sealed.push(VERSION);
        sealed.extend_from_slice(nonce.as_ref());
        sealed.append(&mut ciphertext);
        sealed
    }

    /// Decrypts what [`seal`](Self::seal) gave; `None` if anything about it was altered, or the key or context differ.
    #[must_use]
    pub fn open(&self, sealed: &[u8], context: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, ciphertext) = sealed.strip_prefix(&[VERSION])?.split_first_chunk::<NONCE_LEN>()?;
        let mut plain = Zeroizing::new(ciphertext.to_vec());
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let length = self.0.open_in_place(nonce, Aad::from(context), &mut plain).ok()?.len();
        plain.truncate(length);
        Some(plain)
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::any;
    use proptest::proptest;

    use super::*;

    #[test]
    fn opens_what_it_sealed() {
        let key = Sealer::new(&[1; 32]);
        for plain in [&b""[..], b"x", &[0xff; 5000]] {
            let sealed = key.seal(plain, b"context");
            assert_eq!(key.open(&sealed, b"context").unwrap().as_slice(), plain);
            assert_ne!(sealed, key.seal(plain, b"context"), "two seals of one text differ");
        }
    }

    #[test]
    fn opens_nothing_that_was_altered_or_moved() {
        let key = Sealer::new(&[1; 32]);
        let sealed = key.seal(b"secret", b"mine");
        assert!(key.open(&sealed, b"yours").is_none());
        assert!(Sealer::new(&[2; 32]).open(&sealed, b"mine").is_none());
        for index in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[index] ^= 1;
            assert!(key.open(&altered, b"mine").is_none(), "byte {index}");
            assert!(key.open(&sealed[..index], b"mine").is_none(), "cut at {index}");
        }
    }

    proptest! {
        #[test]
        fn opens_whatever_it_sealed_for_its_purpose_only(
            plain in vec(any::<u8>(), 0..500),
            context in vec(any::<u8>(), 0..50),
            other in vec(any::<u8>(), 0..50),
        ) {
            let key = Sealer::new(&[1; 32]);
            let sealed = key.seal(&plain, &context);
            assert_eq!(key.open(&sealed, &context).unwrap().as_slice(), plain);
            assert_eq!(key.open(&sealed, &other).is_some(), context == other);
        }
    }
}
