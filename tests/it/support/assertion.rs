//! What clients sign to say who they are.

use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
    RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::{Answer, TestApp};

/// A key of a client.
pub enum SigningKey {
    Rsa(Box<RsaKeyPair>),
    P256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Secret(Vec<u8>),
}

impl SigningKey {
    pub fn rsa() -> Self {
        Self::Rsa(Box::new(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()))
    }

    pub fn p256() -> Self {
        Self::P256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    pub fn ed25519() -> Self {
        Self::Ed25519(Ed25519KeyPair::generate().unwrap())
    }

    /// The algorithm that it is used with.
    pub const fn algorithm(&self) -> &'static str {
        match self {
            Self::Rsa(_) => "RS256",
            Self::P256(_) => "ES256",
            Self::Ed25519(_) => "EdDSA",
            Self::Secret(_) => "HS256",
        }
    }

    /// The public half, under that name.
    pub fn jwk(&self, kid: &str) -> Value {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match self {
            Self::Rsa(pair) => {
                let (n, e) = (pair.public_key().modulus(), pair.public_key().exponent());
                let (n, e) = (n.big_endian_without_leading_zero(), e.big_endian_without_leading_zero());
                json!({ "kty": "RSA", "n": text(n), "e": text(e), "kid": kid })
            }
            Self::P256(pair) => {
                let point = pair.public_key().as_ref();
                json!({ "kty": "EC", "crv": "P-256", "x": text(&point[1..33]), "y": text(&point[33..]), "kid": kid })
            }
            Self::Ed25519(pair) => {
                json!({ "kty": "OKP", "crv": "Ed25519", "x": text(pair.public_key().as_ref()), "kid": kid })
            }
            Self::Secret(_) => panic!("a secret is never published"),
        }
    }

    /// Signs header and claims, by `alg` of the header where the key can, else by its own.
    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let message = format!("{}.{}", encode(header), encode(claims));
        let (random, bytes) = (SystemRandom::new(), message.as_bytes());
        let signature = match self {
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                if header["alg"] == "PS256" {
                    pair.sign(&RSA_PSS_SHA256, &random, bytes, &mut signature).unwrap();
                } else {
                    pair.sign(&RSA_PKCS1_SHA256, &random, bytes, &mut signature).unwrap();
                }
                signature
            }
            Self::P256(pair) => pair.sign(&random, bytes).unwrap().as_ref().to_vec(),
            Self::Ed25519(pair) => pair.sign(bytes).as_ref().to_vec(),
            Self::Secret(secret) => hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), bytes).as_ref().to_vec(),
        };
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

impl TestApp {
    /// What a good assertion of that client claims, another one each time.
    pub fn assertion_claims(&self, client: &str) -> Value {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let now = self.cx.now().seconds();
        let jti = format!("jti-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        json!({ "iss": client, "sub": client, "aud": self.issuer, "iat": now, "exp": now + 60, "jti": jti })
    }

    /// A good assertion of that client.
    pub fn assertion(&self, client: &str, key: &SigningKey) -> String {
        key.sign(&json!({ "alg": key.algorithm() }), &self.assertion_claims(client))
    }

    /// `grant_type=client_credentials` with an assertion.
    pub async fn token_by_assertion(&self, assertion: &str) -> Answer {
        self.post(
            "/oauth2/token",
            &[("grant_type", "client_credentials"), ASSERTION_TYPE, ("client_assertion", assertion)],
        )
        .await
    }

    /// A machine client `robot` that signs with one of these public keys.
    pub async fn robot(&self, keys: &[Value]) {
        self.client(json!({
            "client_id": "robot", "grant_types": ["client_credentials"], "response_types": [], "scope": "read write",
            "token_endpoint_auth_method": "private_key_jwt", "jwks": { "keys": keys },
        }))
        .await;
    }
}

/// The parameter that goes with every assertion.
pub const ASSERTION_TYPE: (&str, &str) =
    ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
