//! `[keys]`: signing keys and the key that encrypts them.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value as Json;
use zeroize::Zeroizing;

use super::duration::days;
use super::readable::{HIDDEN, Readable};
use super::reader::Reader;
use super::source::Value;

/// `[keys]`
#[derive(Clone, Debug)]
pub struct KeysConfig {
    /// The folder that holds the encryption key, unless `encryption_key` gives it.
    pub directory: PathBuf,
    /// The key that encrypts the signing keys; made in `directory` at the first start if it is not given.
    pub encryption_key: Option<EncryptionKey>,
    /// How long the next signing key is published before it signs, so that every cache of the key set has seen it.
    pub publish_before: Duration,
}

impl KeysConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            directory: reader.path("keys.directory", "keys"),
            encryption_key: reader.optional_secret("keys.encryption_key"),
            publish_before: reader.bounded("keys.publish_before", Duration::from_hours(1), Duration::ZERO..=days(90)),
        }
    }
}

/// 32 random bytes from which every other key of the server is derived.
#[derive(Clone)]
pub struct EncryptionKey(Zeroizing<[u8; 32]>);

impl EncryptionKey {
    /// The bytes.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for EncryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EncryptionKey(hidden)")
    }
}

impl Readable for EncryptionKey {
    const EXPECTED: &'static str = "32 random bytes in base64url (43 characters), such as the output of \
                                    `openssl rand -base64 32 | tr '+/' '-_' | tr -d '='`";
    const SECRET: bool = true;

    fn parse(value: &Value) -> Result<Self, String> {
        let text = value.text()?.trim_end_matches('=');
        let bytes = URL_SAFE_NO_PAD.decode(text).map(Zeroizing::new).map_err(|_| "is not base64url".to_owned())?;
        let key =
            <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| format!("is {} bytes long, not 32", bytes.len()))?;
        Ok(Self(Zeroizing::new(key)))
    }

    fn show(&self) -> Json {
        Json::from(HIDDEN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_exactly_32_bytes() {
        let parse = |text: &str| EncryptionKey::parse(&Value::Text(text.to_owned()));
        assert_eq!(parse(&URL_SAFE_NO_PAD.encode([0xfb; 32])).unwrap().expose(), &[0xfb; 32]);
        assert_eq!(parse(&format!("{}=", URL_SAFE_NO_PAD.encode([7; 32]))).unwrap().expose(), &[7; 32]);
        for length in [0, 31, 33, 36, 48, 64] {
            assert!(parse(&URL_SAFE_NO_PAD.encode(vec![1; length])).is_err(), "{length}");
        }
        assert!(parse("not base64url!").is_err());
        assert!(!format!("{:?}", parse(&URL_SAFE_NO_PAD.encode([7; 32])).unwrap()).contains('7'));
    }
}
