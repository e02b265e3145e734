//! A key that two agree on (ECDH-ES), and a key that is wrapped with it (RFC 7518, section 4.6, RFC 3394).

use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::kdf::{SskdfDigestAlgorithm, SskdfDigestAlgorithmId, get_sskdf_digest_algorithm, sskdf_digest};
use aws_lc_rs::key_wrap::{AES_128, AES_256, AesBlockCipher, AesKek, KeyWrap};
use zeroize::Zeroizing;

use crate::protocol::encryption::{Encryption, EncryptionAlgorithm};

const CONCAT_KDF: Option<&SskdfDigestAlgorithm> = get_sskdf_digest_algorithm(SskdfDigestAlgorithmId::Sha256);
/// How much longer a key is once it is wrapped.
pub(super) const WRAPPED_MORE: usize = 8;

/// What the two say of themselves, in the header.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Parties<'a> {
    pub(super) apu: &'a [u8],
    pub(super) apv: &'a [u8],
}

/// What both can compute. The library looks whether the other one's key is a point of the curve.
pub(super) fn agreed_key(
    own: &PrivateKey,
    other: &[u8],
    encryption: Encryption,
    parties: Parties<'_>,
) -> Result<Zeroizing<Vec<u8>>, Unspecified> {
    let (name, length) = purpose(encryption);
    agree(own, UnparsedPublicKey::new(&ECDH_P256, other), Unspecified, |secret| derive(secret, name, length, parties))
}

/// The cipher that wraps the key of the content, if it is not the agreed one itself.
pub(super) fn wrapping(algorithm: EncryptionAlgorithm) -> Option<&'static AesBlockCipher> {
    match algorithm {
        EncryptionAlgorithm::EcdhEsA128Kw => Some(&AES_128),
        EncryptionAlgorithm::EcdhEsA256Kw => Some(&AES_256),
        EncryptionAlgorithm::EcdhEs | EncryptionAlgorithm::RsaOaep | EncryptionAlgorithm::RsaOaep256 => None,
    }
}

/// Wraps the key of the content.
pub(super) fn wrap(cipher: &'static AesBlockCipher, agreed: &[u8], key: &[u8]) -> Result<Vec<u8>, Unspecified> {
    let mut wrapped = vec![0; key.len() + WRAPPED_MORE];
    let length = AesKek::new(cipher, agreed)?.wrap(key, &mut wrapped)?.len();
    wrapped.truncate(length);
    Ok(wrapped)
}

/// Takes it out again.
pub(super) fn unwrap(
    cipher: &'static AesBlockCipher,
    agreed: &[u8],
    wrapped: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Unspecified> {
    let mut key = Zeroizing::new(vec![0; wrapped.len()]);
    let length = AesKek::new(cipher, agreed)?.unwrap(wrapped, &mut key)?.len();
    key.truncate(length);
    Ok(key)
}

/// RFC 7518 §4.6.2: what the agreed key is for, by name, and how many bytes it has.
fn purpose(Encryption { alg, enc }: Encryption) -> (&'static str, usize) {
    match alg {
        EncryptionAlgorithm::EcdhEsA128Kw => (alg.wire(), 16),
        EncryptionAlgorithm::EcdhEsA256Kw => (alg.wire(), 32),
        EncryptionAlgorithm::EcdhEs | EncryptionAlgorithm::RsaOaep | EncryptionAlgorithm::RsaOaep256 => {
            (enc.wire(), enc.key_bytes())
        }
    }
}

/// RFC 7518 §4.6.2: the Concat KDF over the secret, with the purpose and the parties, each behind its length, and the
/// number of bits.
fn derive(
    secret: &[u8],
    name: &str,
    length: usize,
    Parties { apu, apv }: Parties<'_>,
) -> Result<Zeroizing<Vec<u8>>, Unspecified> {
    let number = |length: usize| u32::try_from(length).map(u32::to_be_bytes).map_err(|_| Unspecified);
    let mut info = Vec::new();
    for field in [name.as_bytes(), apu, apv] {
        info.extend(number(field.len())?);
        info.extend(field);
    }
    info.extend(number(length * 8)?);
    let mut key = Zeroizing::new(vec![0; length]);
    sskdf_digest(CONCAT_KDF.ok_or(Unspecified)?, secret, &info, &mut key)?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;
    use crate::protocol::encryption::ContentEncryption;

    fn bytes(text: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(text).unwrap()
    }

    /// RFC 7518 §C, RFC 7518 §4.6.2: the agreement of the document's example, from both sides.
    #[test]
    fn agrees_on_the_key_of_the_specification() {
        let own = |d: &str| PrivateKey::from_private_key(&ECDH_P256, &bytes(d)).unwrap();
        let point = |x: &str, y: &str| [vec![4], bytes(x), bytes(y)].concat();
        let alice = own("0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo");
        let of_alice =
            point("gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0", "SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps");
        let bob = own("VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw");
        let of_bob =
            point("weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ", "e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck");
        let encryption = Encryption { alg: EncryptionAlgorithm::EcdhEs, enc: ContentEncryption::A128Gcm };
        let parties = Parties { apu: b"Alice", apv: b"Bob" };
        let expected = bytes("VqqN6vgjbSBcIijNcacQGg");
        assert_eq!(*agreed_key(&alice, &of_bob, encryption, parties).unwrap(), expected);
        assert_eq!(*agreed_key(&bob, &of_alice, encryption, parties).unwrap(), expected);
        assert_ne!(*agreed_key(&bob, &of_alice, encryption, Parties::default()).unwrap(), expected);
    }

    #[test]
    fn agrees_with_no_point_beside_the_curve() {
        let own = PrivateKey::generate(&ECDH_P256).unwrap();
        let encryption = Encryption { alg: EncryptionAlgorithm::EcdhEs, enc: ContentEncryption::A128Gcm };
        for point in [[vec![4], vec![7; 64]].concat(), [vec![4], vec![0; 64]].concat(), vec![0], vec![]] {
            assert!(agreed_key(&own, &point, encryption, Parties::default()).is_err());
        }
    }

    #[test]
    fn unwraps_what_it_wrapped() {
        for (algorithm, length) in [(EncryptionAlgorithm::EcdhEsA128Kw, 16), (EncryptionAlgorithm::EcdhEsA256Kw, 32)] {
            let cipher = wrapping(algorithm).unwrap();
            let (agreed, key) = (vec![1; length], vec![2; 32]);
            let wrapped = wrap(cipher, &agreed, &key).unwrap();
            assert_eq!(wrapped.len(), 40);
            assert_eq!(*unwrap(cipher, &agreed, &wrapped).unwrap(), key);
            assert!(unwrap(cipher, &vec![3; length], &wrapped).is_err());
            assert!(unwrap(cipher, &agreed, &wrapped[..32]).is_err());
            assert!(unwrap(cipher, &agreed, &[]).is_err());
        }
    }
}
