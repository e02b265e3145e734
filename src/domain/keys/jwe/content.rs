//! The content of what is encrypted, under a key of its own that is used once (RFC 7518, section 5).

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, Algorithm, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{
    AES_128, DecryptionContext, EncryptionContext, PaddedBlockDecryptingKey, PaddedBlockEncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::constant_time;
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use aws_lc_rs::iv::FixedLength;
use zeroize::Zeroizing;

use crate::protocol::encryption::ContentEncryption;
use crate::protocol::jwe::TAG_BYTES;

/// What has been encrypted, and the tag over it and what goes with it.
pub(super) struct Sealed {
    pub(super) ciphertext: Vec<u8>,
    pub(super) tag: [u8; TAG_BYTES],
}

/// Encrypts. The key has the length that `enc` asks for, and never sees another `iv`.
pub(super) fn seal(
    enc: ContentEncryption,
    key: &[u8],
    iv: &[u8],
    aad: &[u8],
    plain: &[u8],
) -> Result<Sealed, Unspecified> {
    let mut ciphertext = plain.to_vec();
    let tag = if let Some(algorithm) = gcm(enc) {
        let key = LessSafeKey::new(UnboundKey::new(algorithm, key)?);
        let nonce = Nonce::try_assume_unique_for_key(iv)?;
        let tag = key.seal_in_place_separate_tag(nonce, Aad::from(aad), &mut ciphertext)?;
        tag.as_ref().try_into().map_err(|_| Unspecified)?
    } else {
        let (mac_key, enc_key) = halves(key)?;
        let key = PaddedBlockEncryptingKey::cbc_pkcs7(UnboundCipherKey::new(&AES_128, enc_key)?)?;
        key.less_safe_encrypt(&mut ciphertext, EncryptionContext::Iv128(cbc_iv(iv)?))?;
        cbc_tag(mac_key, iv, aad, &ciphertext)?
    };
    Ok(Sealed { ciphertext, tag })
}

/// Decrypts, if key and tag are right.
pub(super) fn open(
    enc: ContentEncryption,
    key: &[u8],
    iv: &[u8],
    aad: &[u8],
    ciphertext: &[u8],
    tag: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Unspecified> {
    let mut plain = Zeroizing::new(ciphertext.to_vec());
    let length = if let Some(algorithm) = gcm(enc) {
        let key = LessSafeKey::new(UnboundKey::new(algorithm, key)?);
        plain.extend_from_slice(tag);
        key.open_in_place(Nonce::try_assume_unique_for_key(iv)?, Aad::from(aad), &mut plain)?.len()
    } else {
        let (mac_key, enc_key) = halves(key)?;
        // RFC 7518 §5.2.2.2: the tag first; without it the padding would answer questions.
        constant_time::verify_slices_are_equal(&cbc_tag(mac_key, iv, aad, ciphertext)?, tag)?;
        let key = PaddedBlockDecryptingKey::cbc_pkcs7(UnboundCipherKey::new(&AES_128, enc_key)?)?;
        key.decrypt(&mut plain, DecryptionContext::Iv128(cbc_iv(iv)?))?.len()
    };
    plain.truncate(length);
    Ok(plain)
}

fn gcm(enc: ContentEncryption) -> Option<&'static Algorithm> {
    match enc {
        ContentEncryption::A128CbcHs256 => None,
        ContentEncryption::A256Gcm => Some(&AES_256_GCM),
        ContentEncryption::A128Gcm => Some(&AES_128_GCM),
    }
}

/// RFC 7518 §5.2.2.1: the first half of the key is for the tag, the second for the text.
fn halves(key: &[u8]) -> Result<(&[u8], &[u8]), Unspecified> {
    key.split_at_checked(16).filter(|(_, second)| second.len() == 16).ok_or(Unspecified)
}

fn cbc_iv(iv: &[u8]) -> Result<FixedLength<16>, Unspecified> {
    <&[u8; 16]>::try_from(iv).map(FixedLength::from).map_err(|_| Unspecified)
}

/// RFC 7518 §5.2.2.1: over what goes with the text, the vector, the text, and the length of the first in bits; half of it.
fn cbc_tag(key: &[u8], iv: &[u8], aad: &[u8], ciphertext: &[u8]) -> Result<[u8; TAG_BYTES], Unspecified> {
    let bits = u64::try_from(aad.len()).map_err(|_| Unspecified)? * 8;
    let message = [aad, iv, ciphertext, &bits.to_be_bytes()].concat();
    let mac = sign(&Key::new(HMAC_SHA256, key), &message);
    mac.as_ref().first_chunk().copied().ok_or(Unspecified)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [(ContentEncryption, usize, usize); 3] = [
        (ContentEncryption::A128CbcHs256, 32, 16),
        (ContentEncryption::A256Gcm, 32, 12),
        (ContentEncryption::A128Gcm, 16, 12),
    ];

    fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<_> = text.chars().filter_map(|digit| digit.to_digit(16)).collect();
        digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap()).collect()
    }

    /// RFC 7518 §B.1, RFC 7518 §5.2.2.1: the test case of the document.
    #[test]
    fn encrypts_as_the_specification_does() {
        let key: Vec<u8> = (0..32).collect();
        let iv = hex("1a f3 8c 2d c2 b9 6f fd d8 66 94 09 23 41 bc 04");
        let plain =
            b"A cipher system must not be required to be secret, and it must be able to fall into the hands of \
                      the enemy without inconvenience";
        let aad = b"The second principle of Auguste Kerckhoffs";
        let sealed = seal(ContentEncryption::A128CbcHs256, &key, &iv, aad, plain).unwrap();
        assert_eq!(sealed.tag.to_vec(), hex("65 2c 3f a3 6b 0a 7c 5b 32 19 fa b3 a3 0b c1 c4"));
        assert_eq!(sealed.ciphertext[..16], hex("c8 0e df a3 2d df 39 d5 ef 00 c0 b4 68 83 42 79"));
        assert_eq!(sealed.ciphertext.len(), 144);
    }

    /// RFC 7518 §5.2.2.2: nothing comes out where anything was changed.
    #[test]
    fn opens_what_was_sealed_and_nothing_else() {
        for (enc, key_bytes, iv_bytes) in ALL {
            assert_eq!((enc.key_bytes(), enc.iv_bytes()), (key_bytes, iv_bytes));
            let (key, iv) = (vec![1; key_bytes], vec![2; iv_bytes]);
            let Sealed { ciphertext, tag } = seal(enc, &key, &iv, b"header", b"a text of some length").unwrap();
            let opened = open(enc, &key, &iv, b"header", &ciphertext, &tag).unwrap();
            assert_eq!(opened.as_slice(), b"a text of some length");
            let flipped = |bytes: &[u8]| [&[bytes[0] ^ 1], &bytes[1..]].concat();
            let refuses = |key: &[u8], iv: &[u8], aad: &[u8], ciphertext: &[u8], tag: &[u8]| {
                assert!(open(enc, key, iv, aad, ciphertext, tag).is_err(), "{enc}");
            };
            refuses(&flipped(&key), &iv, b"header", &ciphertext, &tag);
            refuses(&key, &flipped(&iv), b"header", &ciphertext, &tag);
            refuses(&key, &iv, b"other", &ciphertext, &tag);
            refuses(&key, &iv, b"header", &flipped(&ciphertext), &tag);
            refuses(&key, &iv, b"header", &ciphertext, &flipped(&tag));
            refuses(&key, &iv, b"header", &ciphertext, &tag[..15]);
            refuses(&key, &iv, b"header", b"", &tag);
            refuses(&key[..15], &iv, b"header", &ciphertext, &tag);
            refuses(&key, &iv[..11], b"header", &ciphertext, &tag);
        }
    }
}
