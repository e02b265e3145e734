//! What comes encrypted (RFC 7516), in compact form, taken apart. Nothing is decrypted here, and whatever is said here
//! anybody can see who looks at the header.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::encryption::{ContentEncryption, Encryption, EncryptionAlgorithm};
use super::unique_members::UniqueMembers;

/// The longest that is looked at, in bytes.
pub const LONGEST: usize = 64 * 1024;
/// The length of a tag: the same with everything that is used here.
pub const TAG_BYTES: usize = 16;

/// Something encrypted, as it was sent.
#[derive(Clone, Debug)]
pub struct Jwe {
    /// What its header says.
    pub header: JweHeader,
    /// The header as it was sent: what the tag covers besides.
    pub protected: String,
    /// The key of the content, encrypted; empty where it is agreed on.
    pub encrypted_key: Vec<u8>,
    /// The initialization vector.
    pub iv: Vec<u8>,
    /// The content.
    pub ciphertext: Vec<u8>,
    /// What shows that nothing was changed.
    pub tag: Vec<u8>,
}

/// The header parameters that matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JweHeader {
    /// How it is encrypted.
    pub encryption: Encryption,
    /// The name of the key.
    pub kid: Option<String>,
    /// The sender's key of this one agreement: an uncompressed point on P-256, which nobody has checked yet.
    pub epk: Option<Vec<u8>>,
    /// What the sender says of itself.
    pub apu: Vec<u8>,
    /// What it says of us.
    pub apv: Vec<u8>,
}

/// Whether something is encrypted: RFC 7516 §3.1: then it has five parts.
#[must_use]
pub fn is_encrypted(text: &str) -> bool {
    text.split('.').count() == 5
}

impl Jwe {
    /// Takes something in compact form apart. The error is a clause about what everybody can see.
    pub fn read(text: &str) -> Result<Self, &'static str> {
        const MALFORMED: &str = "is not a JWE in compact form: five parts in base64url, the first a JSON object with each \
                                 member once";
        if text.len() > LONGEST {
            return Err("is longer than 64 KiB");
        }
        let [protected, encrypted_key, iv, ciphertext, tag] = parts(text).ok_or(MALFORMED)?;
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| MALFORMED);
        let UniqueMembers(members) = serde_json::from_slice(&decode(protected)?).map_err(|_| MALFORMED)?;
        let jwe = Self {
            header: JweHeader::read(&members)?,
            protected: protected.to_owned(),
            encrypted_key: decode(encrypted_key)?,
            iv: decode(iv)?,
            ciphertext: decode(ciphertext)?,
            tag: decode(tag)?,
        };
        jwe.check_parts().map(|()| jwe)
    }

    fn check_parts(&self) -> Result<(), &'static str> {
        let Encryption { alg, enc } = self.header.encryption;
        if self.iv.len() != enc.iv_bytes() || self.tag.len() != TAG_BYTES {
            return Err("has an initialization vector or a tag of another length than its enc");
        }
        // RFC 7516 §5.2: where the key is agreed on, none is sent.
        if (alg == EncryptionAlgorithm::EcdhEs) != self.encrypted_key.is_empty() {
            return Err(
                "has an encrypted key that does not fit its alg: with ECDH-ES that part is empty, otherwise not",
            );
        }
        Ok(())
    }
}

fn parts(text: &str) -> Option<[&str; 5]> {
    text.split('.').collect::<Vec<_>>().try_into().ok()
}

impl JweHeader {
    fn read(members: &Map<String, Value>) -> Result<Self, &'static str> {
        // RFC 7516 §4.1.13: what is critical and not understood makes it invalid, and we use no extension at all.
        if members.contains_key("crit") {
            return Err("has crit in its header, and no extension is understood here: leave it out");
        }
        // RFC 8725 §3.6: the length of what was compressed tells of what is in it, and little grows large.
        if members.contains_key("zip") {
            return Err("has zip in its header, and nothing compressed is read here: leave it out");
        }
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        let alg = text("alg").and_then(EncryptionAlgorithm::from_wire);
        let enc = text("enc").and_then(ContentEncryption::from_wire);
        let encryption = Encryption {
            alg: alg.ok_or("must have the alg RSA-OAEP, RSA-OAEP-256, ECDH-ES, ECDH-ES+A128KW or ECDH-ES+A256KW")?,
            enc: enc.ok_or("must have the enc A128CBC-HS256, A256GCM or A128GCM")?,
        };
        if members.get("kid").is_some_and(|kid| !kid.is_string()) {
            return Err("has a kid that is not a string");
        }
        let kid = text("kid").map(str::to_owned);
        if encryption.alg.is_rsa() {
            return Ok(Self { encryption, kid, epk: None, apu: Vec::new(), apv: Vec::new() });
        }
        // RFC 7518 §4.6.1.1: the key of the sender, on the curve of ours.
        let epk = members.get("epk").and_then(point).ok_or("must have an epk on P-256, with x and y of 32 bytes")?;
        let party = |name: &str| match members.get(name) {
            None => Ok(Vec::new()),
            Some(value) => {
                let bytes = value.as_str().and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
                bytes.ok_or("has an apu or apv that is not in base64url")
            }
        };
        Ok(Self { encryption, kid, epk: Some(epk), apu: party("apu")?, apv: party("apv")? })
    }
}

/// A key on P-256 as an uncompressed point.
fn point(jwk: &Value) -> Option<Vec<u8>> {
    let text = |name: &str| jwk.get(name).and_then(Value::as_str);
    let coordinate = |name| URL_SAFE_NO_PAD.decode(text(name)?).ok().filter(|bytes| bytes.len() == 32);
    let is_p256 = text("kty") == Some("EC") && text("crv") == Some("P-256");
    is_p256.then_some([vec![4], coordinate("x")?, coordinate("y")?].concat())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A JWE with this header and parts of these lengths.
    fn jwe(header: &str, key: usize, iv: usize, tag: usize) -> String {
        let part = |length| URL_SAFE_NO_PAD.encode(vec![7; length]);
        format!("{}.{}.{}.{}.{}", URL_SAFE_NO_PAD.encode(header), part(key), part(iv), part(5), part(tag))
    }

    fn rsa(changes: &Value) -> Result<Jwe, &'static str> {
        let mut header = json!({ "alg": "RSA-OAEP", "enc": "A256GCM", "kid": "k" });
        header.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        Jwe::read(&jwe(&header.to_string(), 256, 12, 16))
    }

    fn agreed(changes: &Value) -> Result<Jwe, &'static str> {
        let coordinate = URL_SAFE_NO_PAD.encode([7; 32]);
        let mut header = json!({
            "alg": "ECDH-ES", "enc": "A128CBC-HS256", "apv": "Qm9i",
            "epk": { "kty": "EC", "crv": "P-256", "x": coordinate, "y": coordinate },
        });
        header.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        let key = if header["alg"] == "ECDH-ES" { 0 } else { 40 };
        Jwe::read(&jwe(&header.to_string(), key, 16, 16))
    }

    /// RFC 7516 §3.1: five parts.
    #[test]
    fn tells_what_is_encrypted_from_what_is_not() {
        assert!(is_encrypted("....") && is_encrypted("a.b.c.d.e"));
        assert!(!is_encrypted("a.b.c") && !is_encrypted("a.b.c.d.e.f") && !is_encrypted(""));
    }

    #[test]
    fn takes_apart_what_was_sent() {
        let read = rsa(&json!({})).unwrap();
        assert_eq!(read.header.encryption.alg, EncryptionAlgorithm::RsaOaep);
        assert_eq!((read.header.kid.as_deref(), read.header.epk), (Some("k"), None));
        assert_eq!((read.encrypted_key.len(), read.iv.len(), read.ciphertext.len(), read.tag.len()), (256, 12, 5, 16));
        let header = agreed(&json!({})).unwrap().header;
        assert_eq!((header.epk.unwrap().len(), header.apu, header.apv), (65, vec![], b"Bob".to_vec()));
        assert!(agreed(&json!({ "alg": "ECDH-ES+A128KW" })).is_ok());
    }

    /// RFC 7516 §4.1.13, RFC 8725 §3.6, RFC 7518 §4.6.1.1, RFC 7516 §5.2: one line a rule.
    #[test]
    fn finds_fault_with_one_member_at_a_time() {
        for (changes, said) in [
            (json!({ "crit": ["exp"] }), "crit"),
            (json!({ "zip": "DEF" }), "zip"),
            (json!({ "zip": null }), "zip"),
            (json!({ "alg": "RSA1_5" }), "alg"),
            (json!({ "alg": "dir" }), "alg"),
            (json!({ "alg": 1 }), "alg"),
            (json!({ "enc": "A192GCM" }), "enc"),
            (json!({ "enc": "A128CBC-HS256" }), "initialization vector"),
            (json!({ "kid": 1 }), "kid"),
            (json!({ "alg": "ECDH-ES" }), "epk"),
        ] {
            let error = rsa(&changes).unwrap_err();
            assert!(error.contains(said), "{changes}: {error}");
        }
        let coordinate = URL_SAFE_NO_PAD.encode([7; 32]);
        for (changes, said) in [
            (json!({ "epk": null }), "epk"),
            (json!({ "epk": { "kty": "EC", "crv": "P-384", "x": coordinate, "y": coordinate } }), "epk"),
            (json!({ "epk": { "kty": "EC", "crv": "P-256", "x": "AA", "y": coordinate } }), "epk"),
            (json!({ "apu": "?" }), "apu"),
            (json!({ "apv": 1 }), "apv"),
        ] {
            let error = agreed(&changes).unwrap_err();
            assert!(error.contains(said), "{changes}: {error}");
        }
        let header = r#"{"alg":"RSA-OAEP","enc":"A256GCM"}"#;
        assert!(Jwe::read(&jwe(header, 0, 12, 16)).unwrap_err().contains("encrypted key"));
        assert!(Jwe::read(&jwe(header, 256, 12, 12)).unwrap_err().contains("tag"));
    }

    #[test]
    fn reads_nothing_that_two_could_read_differently() {
        let twice = r#"{"alg":"RSA-OAEP","alg":"RSA-OAEP-256","enc":"A256GCM"}"#;
        let long = format!("{}.", "a".repeat(LONGEST));
        for (text, said) in [
            (jwe(twice, 256, 12, 16), "once"),
            (jwe("[]", 256, 12, 16), "once"),
            ("....".to_owned(), "once"),
            ("a.b.c".to_owned(), "five parts"),
            (format!("{}=", jwe(r#"{"alg":"RSA-OAEP","enc":"A256GCM"}"#, 256, 12, 16)), "base64url"),
            (long, "64 KiB"),
        ] {
            assert!(Jwe::read(&text).unwrap_err().contains(said), "{said}");
        }
    }
}
