//! What comes encrypted. What is read neither is compressed nor asks for an extension, and has parts of the lengths that its
//! algorithms have; what opens is what was sealed for us, and nothing else.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use claviger::clock::TestEntropy;
use claviger::protocol::encryption::EncryptionAlgorithm;
use claviger::protocol::jwe::{Jwe, LONGEST, TAG_BYTES, is_encrypted};
use serde_json::Value;

use super::world::{NOW, WORLD};

/// What the seeds hold.
pub const PLAIN: &str = "what was sealed for us";

pub fn run(data: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(data) else { return false };
    let jwe = match Jwe::read(text) {
        Ok(jwe) => jwe,
        Err(clause) => {
            assert!(!clause.is_empty() && clause.is_ascii());
            return false;
        }
    };
    assert!(is_encrypted(text) && text.len() <= LONGEST);
    let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(&jwe.protected).unwrap()).unwrap();
    assert!(header.get("zip").is_none() && header.get("crit").is_none(), "{header}");
    let encryption = jwe.header.encryption;
    assert_eq!((&header["alg"], &header["enc"]), (&encryption.alg.wire().into(), &encryption.enc.wire().into()));
    assert_eq!((jwe.iv.len(), jwe.tag.len()), (encryption.enc.iv_bytes(), TAG_BYTES));
    assert_eq!(jwe.encrypted_key.is_empty(), encryption.alg == EncryptionAlgorithm::EcdhEs);
    assert_eq!(jwe.header.epk.is_none(), encryption.alg.is_rsa());
    let Ok(plain) = WORLD.keys.open(&jwe, &TestEntropy::from_seed(2), NOW) else { return false };
    assert_eq!(plain.as_slice(), PLAIN.as_bytes());
    true
}
