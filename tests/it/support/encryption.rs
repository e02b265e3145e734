//! Keys that clients have encrypted to, and what they encrypt to the server.

use claviger::clock::SystemEntropy;
use claviger::domain::keys::decryption_key::DecryptionKey;
use claviger::domain::keys::jwe::Sealing;
use claviger::domain::keys::private_key::PrivateKey;
use claviger::domain::keys::rotation::KeyLife;
use claviger::protocol::algorithm::KeyAlgorithm;
use claviger::protocol::client_metadata::ClientKeys;
use claviger::protocol::encryption::{ContentEncryption, Encryption, EncryptionAlgorithm};
use claviger::protocol::jwe::Jwe;
use serde_json::{Value, json};

use super::{START, TestApp};

/// How something is encrypted, by the names on the wire.
pub fn encryption(alg: &str, enc: &str) -> Encryption {
    let (alg, enc) = (EncryptionAlgorithm::from_wire(alg), ContentEncryption::from_wire(enc));
    Encryption { alg: alg.unwrap(), enc: enc.unwrap() }
}

/// A client's key to which something can be encrypted.
pub struct EncryptionKey(DecryptionKey);

impl EncryptionKey {
    pub fn rsa() -> Self {
        Self::make(KeyAlgorithm::RsaOaep256)
    }

    pub fn p256() -> Self {
        Self::make(KeyAlgorithm::EcdhEs)
    }

    fn make(algorithm: KeyAlgorithm) -> Self {
        let private = PrivateKey::generate(algorithm, &SystemEntropy).unwrap();
        Self(DecryptionKey::new(&private, KeyLife::starting(START)).unwrap())
    }

    /// The public half under that name: for encryption, by any algorithm of its kind.
    pub fn jwk(&self, kid: &str) -> Value {
        let mut jwk = json!(self.0.jwk());
        let members = jwk.as_object_mut().unwrap();
        members.remove("alg");
        members.insert("kid".to_owned(), json!(kid));
        jwk
    }

    /// What was encrypted to it.
    #[track_caller]
    pub fn open(&self, text: &str) -> String {
        let jwe = Jwe::read(text).unwrap_or_else(|clause| panic!("{text} {clause}"));
        let plain = self.0.open(&jwe, &SystemEntropy).unwrap_or_else(|_| panic!("{text} does not open"));
        String::from_utf8(plain.to_vec()).unwrap()
    }
}

/// Encrypts to the key of a JWK, whatever the JWK says that it is for.
pub fn encrypt_to(jwk: &Value, encryption: Encryption, plain: &str) -> String {
    let mut jwk = jwk.clone();
    jwk.as_object_mut().unwrap().remove("alg");
    let keys = ClientKeys::parse(&json!({ "keys": [jwk] })).unwrap();
    let key = keys.recipient(encryption.alg).unwrap();
    let sealing = Sealing { key: &key.material, kid: key.kid.as_deref(), encryption, cty: Some("JWT") };
    sealing.seal(plain.as_bytes(), &SystemEntropy).unwrap()
}

impl TestApp {
    /// The server's keys to which others encrypt, as it publishes them.
    pub async fn encryption_keys(&self) -> Vec<Value> {
        let jwks = self.get("/oauth2/jwks").await.ok();
        jwks["keys"].as_array().unwrap().iter().filter(|key| key["use"] == "enc").cloned().collect()
    }

    /// The one for that algorithm.
    pub async fn encryption_key(&self, alg: &str) -> Value {
        let kty = if alg.starts_with("RSA") { "RSA" } else { "EC" };
        self.encryption_keys().await.into_iter().find(|key| key["kty"] == kty).unwrap()
    }

    /// Encrypts something to the server.
    pub async fn encrypted(&self, alg: &str, enc: &str, plain: &str) -> String {
        encrypt_to(&self.encryption_key(alg).await, encryption(alg, enc), plain)
    }
}
