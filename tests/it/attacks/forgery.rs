//! What a forger of tokens works with: genuine tokens to start from, keys of their own, and every place of the server
//! that takes a token.

use std::time::Duration;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, KeyPair,
    RSA_PKCS1_SHA256, RsaEncoding, RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use claviger::domain::pending_sign_out::PendingSignOut;
use serde_json::{Value, json};
use url::Url;

use crate::support::{Allowed, CHALLENGE, REDIRECT_URI, TestApp, TestClient, claims, form_encode, header};

/// A token before it is signed.
#[derive(Clone, Debug)]
pub struct Jwt {
    pub header: Value,
    pub claims: Value,
}

impl Jwt {
    /// The parts of a genuine token.
    pub fn of(token: &str) -> Self {
        Self { header: header(token), claims: claims(token) }
    }

    /// With a member of the header changed, or taken out by `null`.
    pub fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        set(&mut self.header, name, value.into());
        self
    }

    /// With a claim changed, or taken out by `null`.
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        set(&mut self.claims, name, value.into());
        self
    }

    /// Signed by the key that the header names, if it is one of the server's.
    pub fn signed_by_the_server(&self) -> String {
        sealed(&self.header.to_string(), &self.claims.to_string(), sign_as_the_server(&self.header))
    }

    /// Signed by whatever `sign` does.
    pub fn signed(&self, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
        sealed(&self.header.to_string(), &self.claims.to_string(), sign)
    }
}

fn set(members: &mut Value, name: &str, value: Value) {
    let members = members.as_object_mut().unwrap();
    match value {
        Value::Null => drop(members.remove(name)),
        value => drop(members.insert(name.to_owned(), value)),
    }
}

/// A token of any two texts, well-formed or not.
pub fn sealed(header: &str, payload: &str, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let message = format!("{}.{}", base64url(header), base64url(payload));
    let signature = sign(message.as_bytes());
    format!("{message}.{}", base64url(signature))
}

/// Base64url without padding.
pub fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Signs as the server would a token with this header.
pub fn sign_as_the_server(header: &Value) -> impl FnOnce(&[u8]) -> Vec<u8> + use<> {
    let is_rsa = header["kid"] == rsa_kid();
    move |message| if is_rsa { rsa(&RSA_PKCS1_SHA256, message) } else { server_p256(message) }
}

/// An RSA signature by the server's key.
pub fn rsa(encoding: &'static dyn RsaEncoding, message: &[u8]) -> Vec<u8> {
    let key = server_rsa_key();
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(encoding, &SystemRandom::new(), message, &mut signature).unwrap();
    signature
}

/// A signature by the server's P-256 key.
pub fn server_p256(message: &[u8]) -> Vec<u8> {
    p256_key(&ECDSA_P256_SHA256_FIXED_SIGNING).sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec()
}

/// The same in DER, as other protocols write it.
pub fn server_p256_der(message: &[u8]) -> Vec<u8> {
    p256_key(&ECDSA_P256_SHA256_ASN1_SIGNING).sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec()
}

/// The server's keys are those of `tests/keys`: see `support::database`.
fn p256_key(algorithm: &'static EcdsaSigningAlgorithm) -> EcdsaKeyPair {
    EcdsaKeyPair::from_pkcs8(algorithm, &der(include_str!("../../keys/es256.pem"))).unwrap()
}

fn server_rsa_key() -> RsaKeyPair {
    RsaKeyPair::from_pkcs8(&der(include_str!("../../keys/rs256.pem"))).unwrap()
}

fn der(pem: &str) -> Vec<u8> {
    STANDARD.decode(pem.lines().filter(|line| !line.starts_with("-----")).collect::<String>()).unwrap()
}

fn rsa_kid() -> String {
    let public = server_rsa_key();
    let modulus = public.public_key().modulus().big_endian_without_leading_zero().to_vec();
    let exponent = public.public_key().exponent().big_endian_without_leading_zero().to_vec();
    claviger::domain::keys::jwk::PublicKey::rsa(&modulus, &exponent).thumbprint()
}

/// A key that the attacker made.
pub struct AttackersKey(EcdsaKeyPair);

impl AttackersKey {
    pub fn new() -> Self {
        Self(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.0.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec()
    }

    /// Its public half, as a token could carry it.
    pub fn jwk(&self) -> Value {
        let point = self.0.public_key().as_ref();
        let (x, y) = (base64url(&point[1..33]), base64url(&point[33..]));
        json!({"kty": "EC", "crv": "P-256", "x": x, "y": y, "use": "sig", "alg": "ES256", "kid": "attacker"})
    }

    /// Its public half in DER, in standard base64 as in `x5c`.
    pub fn x5c(&self) -> String {
        let der = self.0.public_key().as_der().unwrap();
        STANDARD.encode(der.as_ref())
    }
}

/// Every way in which the server's public keys could be taken for a shared secret, with its name.
pub fn public_keys_as_secrets(jwks: &Value) -> Vec<(String, Vec<u8>)> {
    let mut secrets = vec![("nothing".to_owned(), Vec::new())];
    let (rsa, ec) = (server_rsa_key(), p256_key(&ECDSA_P256_SHA256_FIXED_SIGNING));
    let rsa_der = AsDer::as_der(rsa.public_key()).unwrap().as_ref().to_vec();
    let ec_der = ec.public_key().as_der().unwrap().as_ref().to_vec();
    for (name, der, raw) in [("RSA", rsa_der, rsa.public_key().as_ref()), ("EC", ec_der, ec.public_key().as_ref())] {
        let lines: Vec<_> = STANDARD.encode(&der).into_bytes().chunks(64).map(<[u8]>::to_vec).collect();
        let pem = format!(
            "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----",
            String::from_utf8(lines.join(&b'\n')).unwrap()
        );
        secrets.push((format!("{name} SPKI DER"), der));
        secrets.push((format!("{name} raw"), raw.to_vec()));
        secrets.push((format!("{name} PEM, a line more"), format!("{pem}\n").into_bytes()));
        secrets.push((format!("{name} PEM, CRLF"), pem.replace('\n', "\r\n").into_bytes()));
        secrets.push((format!("{name} PEM"), pem.into_bytes()));
    }
    for jwk in jwks["keys"].as_array().unwrap() {
        secrets.push((format!("{} JWK", jwk["kty"]), jwk.to_string().into_bytes()));
        for member in ["n", "e", "x", "y", "kid"] {
            let Some(text) = jwk[member].as_str() else { continue };
            secrets.push((format!("{member} as text"), text.as_bytes().to_vec()));
            secrets.push((format!("{member} decoded"), URL_SAFE_NO_PAD.decode(text).unwrap_or_default()));
        }
    }
    secrets
}

/// A server, one of its apps, and what it has issued to that app.
pub struct Mark {
    pub app: TestApp,
    pub client: TestClient,
    pub access_token: String,
    pub id_token: String,
    pub refresh_token: String,
}

impl Mark {
    pub async fn start() -> Self {
        let app = TestApp::start().await;
        let (client, person) = (app.web_app().await, app.person("ada").await);
        let tokens = app.tokens(&client, person, Allowed::default()).await;
        let of = |kind: &str| tokens[kind].as_str().unwrap().to_owned();
        let (access_token, id_token, refresh_token) = (of("access_token"), of("id_token"), of("refresh_token"));
        Self { app, client, access_token, id_token, refresh_token }
    }

    /// The endpoints that take `token` for good.
    pub async fn takers(&self, token: &str) -> Vec<&'static str> {
        let mut takers = Vec::new();
        if reqwest::header::HeaderValue::from_str(token).is_ok() && self.app.userinfo(token).await.status == 200 {
            takers.push("userinfo");
        }
        if self.introspected(token).await {
            takers.push("introspect");
        }
        if self.hinted_at_authorize(token).await {
            takers.push("authorize");
        }
        if self.hinted_at_end_session(token).await {
            takers.push("end_session");
        }
        takers
    }

    async fn introspected(&self, token: &str) -> bool {
        let headers = [("authorization", self.client.basic())];
        let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
        let answer = self.app.post_with("/oauth2/introspect", &[("token", token)], &headers).await;
        assert!(matches!(answer.status, 200 | 400), "{} {}", answer.status, answer.body);
        answer.json()["active"] == true
    }

    /// Nobody is signed in at this browser, so a good hint gives `login_required`, and a bad one `invalid_request`.
    async fn hinted_at_authorize(&self, token: &str) -> bool {
        let query = form_encode(&[
            ("response_type", "code"),
            ("client_id", &self.client.id),
            ("redirect_uri", REDIRECT_URI),
            ("scope", "openid"),
            ("prompt", "none"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
            ("id_token_hint", token),
        ]);
        let answer = self.app.get(&format!("/oauth2/authorize?{query}")).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        let url = Url::parse(answer.header("location")).unwrap();
        let error = url.query_pairs().find(|(name, _)| name == "error").unwrap().1.into_owned();
        assert!(["login_required", "invalid_request"].contains(&error.as_str()), "{url}");
        error == "login_required"
    }

    /// A good hint says which app asks.
    async fn hinted_at_end_session(&self, token: &str) -> bool {
        let answer = self.app.post("/oauth2/end_session", &[("id_token_hint", token)]).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        let url = Url::parse(&self.app.url("/")).unwrap().join(answer.header("location")).unwrap();
        let sealed = url.query_pairs().find(|(name, _)| name == "request").unwrap().1.into_owned();
        let cx = &self.app.cx;
        let pending = PendingSignOut::open(&sealed, &cx.request_sealer, cx.now(), Duration::from_mins(1)).unwrap();
        pending.client_id.is_some()
    }

    /// Forges an access token and an ID token alike; no endpoint may take either.
    pub async fn refuses(&self, what: &str, forge: impl Fn(Jwt) -> String) {
        for (kind, genuine) in [("access token", &self.access_token), ("ID token", &self.id_token)] {
            let forged = forge(Jwt::of(genuine));
            assert_ne!(&forged, genuine, "{what}: the {kind} is genuine");
            assert_eq!(self.takers(&forged).await, [""; 0], "{what}: a forged {kind}: {forged}");
        }
    }
}
