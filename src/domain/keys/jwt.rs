//! The JWTs that we sign and that come back to us. The only file that names `jsonwebtoken`.
//!
//! The library does the encoding and leaves much unchecked; what a verifier has to check (RFC 8725, RFC 9068 §4) is
//! checked here, against our own clock. It also parses a key at each call, so it is given our own provider, which looks
//! up keys parsed before (`key_pair`).
//!
//! Only our own tokens are verified here; what clients sign is another matter (`client_key`).

use std::fmt;
use std::sync::{Arc, LazyLock, Once};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, aws_lc};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::signature::{Error as SignatureError, Signer, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::key_pair::{self, KeyPair};
use super::key_set::KeySet;
use super::signing_key::SigningKey;
use crate::clock::Timestamp;
use crate::protocol::algorithm::SigningAlgorithm;

/// The longest token that is looked at, in bytes: ours are a tenth of it.
const LONGEST_TOKEN: usize = 16 * 1024;
/// How far the clocks of servers that share a database may differ.
pub const CLOCK_SKEW: Duration = Duration::from_mins(1);

/// Signs claims. `typ` says what kind of token it is, so that none can pass for another: `JWT`, `at+jwt`.
pub fn sign(key: &SigningKey, typ: &str, claims: &impl Serialize) -> Result<String, JwtError> {
    install_provider();
    let mut header = Header::new(algorithm_of(key.algorithm()));
    header.typ = Some(typ.to_owned());
    header.kid = Some(key.kid().to_owned());
    jsonwebtoken::encode(&header, claims, &encoding_key(key)).map_err(|_| JwtError::Signing)
}

/// What a token has to be.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The kinds of token that will do.
    pub typ: &'a [&'a str],
    /// Who issued it: we.
    pub issuer: &'a str,
    /// Whom it is for; `None` where anybody will do.
    pub audience: Option<&'a str>,
    /// How far the clocks of those involved may differ.
    pub leeway: Duration,
}

/// A token that was found good.
#[derive(Debug)]
pub struct Verified<T> {
    /// Its claims.
    pub claims: T,
    kid: String,
    registered: RegisteredClaims,
    leeway: Duration,
}

impl<T> Verified<T> {
    /// Whether it is good still: its signature does not change, its key and its times may have come to their end.
    pub fn is_good(&self, keys: &KeySet, now: Timestamp) -> bool {
        keys.find(&self.kid, now).is_some() && self.registered.check_times(now, self.leeway).is_ok()
    }
}

/// Verifies a token.
pub fn verify<T: DeserializeOwned>(
    token: &str,
    keys: &KeySet,
    now: Timestamp,
    expected: &Expected<'_>,
) -> Result<Verified<T>, JwtError> {
    let (key, payload) = verified_payload(token, keys, now, expected)?;
    let registered: RegisteredClaims = parse(&payload)?;
    registered.check(expected)?;
    registered.check_times(now, expected.leeway)?;
    Ok(Verified { claims: parse(&payload)?, kid: key.kid().to_owned(), registered, leeway: expected.leeway })
}

/// Verifies a token, but not its times: an `id_token_hint` says who somebody was, and may be old. It must have had an end, as
/// every ID token has: what we sign without one is no token.
pub fn verify_ignoring_expiry<T: DeserializeOwned>(
    token: &str,
    keys: &KeySet,
    now: Timestamp,
    expected: &Expected<'_>,
) -> Result<T, JwtError> {
    let (_, payload) = verified_payload(token, keys, now, expected)?;
    let claims: RegisteredClaims = parse(&payload)?;
    claims.check(expected)?;
    claims.exp.ok_or(JwtError::Malformed)?;
    parse(&payload)
}

/// Header and claims of a token, for people to look at: nothing is verified. `None` if it is no JWT.
#[must_use]
pub fn look_into(token: &str) -> Option<(Map<String, Value>, Map<String, Value>)> {
    let mut parts = token.split('.').map(|part| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok());
    parts.next()?.zip(parts.next()?)
}

/// Checks header and signature, and gives the key and the bytes that it signed.
fn verified_payload<'a>(
    token: &str,
    keys: &'a KeySet,
    now: Timestamp,
    expected: &Expected<'_>,
) -> Result<(&'a SigningKey, Vec<u8>), JwtError> {
    install_provider();
    if token.len() > LONGEST_TOKEN {
        return Err(JwtError::TooLong);
    }
    let (message, signature) = token.rsplit_once('.').ok_or(JwtError::Malformed)?;
    let (_, payload) = message.split_once('.').ok_or(JwtError::Malformed)?;
    let header = jsonwebtoken::decode_header(token).map_err(|_| JwtError::Malformed)?;
    let key = trusted_key(&header, keys, now)?;
    check_type(header.typ.as_deref(), expected.typ)?;
    let signed = jsonwebtoken::crypto::verify(signature, message.as_bytes(), &decoding_key(key), header.alg);
    if !signed.unwrap_or(false) {
        return Err(JwtError::Signature);
    }
    let payload = URL_SAFE_NO_PAD.decode(payload).map_err(|_| JwtError::Malformed)?;
    Ok((key, payload))
}

/// Finds the one key that may have signed a token with this header.
fn trusted_key<'a>(header: &Header, keys: &'a KeySet, now: Timestamp) -> Result<&'a SigningKey, JwtError> {
    // RFC 7515 §4.1.11: what is critical and not understood makes a token invalid, and we use no extension at all.
    if header.crit.is_some() {
        return Err(JwtError::Header);
    }
    // RFC 8725 §3.10: a token does not say itself by which key it is to be checked.
    if header.jwk.is_some() || header.jku.is_some() || header.x5u.is_some() || header.x5c.is_some() {
        return Err(JwtError::Header);
    }
    let key = header.kid.as_deref().and_then(|kid| keys.find(kid, now)).ok_or(JwtError::UnknownKey)?;
    // RFC 8725 §3.1: a key is used with its own algorithm only, whatever the token says.
    if header.alg != algorithm_of(key.algorithm()) {
        return Err(JwtError::Algorithm);
    }
    Ok(key)
}

/// RFC 8725 §3.11, RFC 9068 §4: the type is explicit, so that an ID token cannot be used as an access token.
fn check_type(typ: Option<&str>, accepted: &[&str]) -> Result<(), JwtError> {
    let typ = typ.ok_or(JwtError::Type)?.to_ascii_lowercase();
    // RFC 7515 §4.1.9: a media type without a further slash may go without `application/`, and case does not matter.
    let short = typ.strip_prefix("application/").unwrap_or(&typ);
    if accepted.iter().any(|accepted| accepted.eq_ignore_ascii_case(short)) { Ok(()) } else { Err(JwtError::Type) }
}

/// The claims that decide whether a token is good.
#[derive(Debug, Deserialize)]
struct RegisteredClaims {
    iss: Option<String>,
    aud: Option<Audience>,
    exp: Option<i64>,
    nbf: Option<i64>,
    iat: Option<i64>,
}

/// RFC 7519 §4.1.3: one audience, or a list of them.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl RegisteredClaims {
    fn check(&self, expected: &Expected<'_>) -> Result<(), JwtError> {
        // RFC 8725 §3.8: the key belongs to the issuer that the token names, which is we.
        if self.iss.as_deref() != Some(expected.issuer) {
            return Err(JwtError::Issuer);
        }
        // RFC 8725 §3.9: a token for somebody else is refused.
        let is_for = |wanted: &str| match &self.aud {
            None => false,
            Some(Audience::One(audience)) => audience == wanted,
            Some(Audience::Many(audiences)) => audiences.iter().any(|audience| audience == wanted),
        };
        if expected.audience.is_some_and(|wanted| !is_for(wanted)) {
            return Err(JwtError::Audience);
        }
        Ok(())
    }

    fn check_times(&self, now: Timestamp, leeway: Duration) -> Result<(), JwtError> {
        // RFC 7519 §4.1.4: at the second of `exp` the token is no longer good. Without it, it never was.
        let exp = self.exp.map(Timestamp::from_seconds).ok_or(JwtError::Expired)?;
        if now >= exp + leeway {
            return Err(JwtError::Expired);
        }
        // RFC 7519 §4.1.5: before `nbf` it is not good yet; nor is one that claims to be from the future, by more than
        // the clocks of our own servers may differ.
        let earliest = self.nbf.max(self.iat).map(Timestamp::from_seconds);
        if earliest.is_some_and(|earliest| now + leeway.max(CLOCK_SKEW) < earliest) {
            return Err(JwtError::NotYetValid);
        }
        Ok(())
    }
}

fn parse<T: DeserializeOwned>(payload: &[u8]) -> Result<T, JwtError> {
    serde_json::from_slice(payload).map_err(|_| JwtError::Malformed)
}

/// Why a token is refused. For the log; a stranger hears only that it is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwtError {
    /// It could not be signed.
    Signing,
    /// It is longer than any of ours.
    TooLong,
    /// It is no JWT, or its claims have the wrong form.
    Malformed,
    /// Its header holds what we never write.
    Header,
    /// It names no key of ours.
    UnknownKey,
    /// It names another algorithm than its key has.
    Algorithm,
    /// It was not signed by the key that it names.
    Signature,
    /// It is another kind of token.
    Type,
    /// It is from another issuer.
    Issuer,
    /// It is for another audience.
    Audience,
    /// It has expired.
    Expired,
    /// Its time has not come.
    NotYetValid,
}

impl fmt::Display for JwtError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Signing => "the token could not be signed",
            Self::TooLong => "the token is too long",
            Self::Malformed => "the token is malformed",
            Self::Header => "the token's header holds crit or a key of its own",
            Self::UnknownKey => "the token names no key of ours",
            Self::Algorithm => "the token names another algorithm than its key has",
            Self::Signature => "the token's signature is wrong",
            Self::Type => "the token is of another type",
            Self::Issuer => "the token is from another issuer",
            Self::Audience => "the token is for another audience",
            Self::Expired => "the token has expired",
            Self::NotYetValid => "the token is not valid yet",
        })
    }
}

impl std::error::Error for JwtError {}

/// A parsed key as the library wants to see it.
struct Ready {
    pair: Arc<KeyPair>,
    algorithm: Algorithm,
}

impl Ready {
    /// Finds the key of that name. Another one is refused: this process signs and verifies with its own keys only.
    fn find(algorithm: Algorithm, kid: &[u8]) -> jsonwebtoken::errors::Result<Box<Self>> {
        let pair = std::str::from_utf8(kid).ok().and_then(key_pair::find).ok_or(ErrorKind::InvalidKeyFormat)?;
        if pair.jwk().alg.signing().map(algorithm_of) != Some(algorithm) {
            return Err(ErrorKind::InvalidAlgorithm.into());
        }
        Ok(Box::new(Self { pair, algorithm }))
    }
}

impl Signer<Vec<u8>> for Ready {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, SignatureError> {
        self.pair.sign(message).map_err(SignatureError::from_source)
    }
}

impl Verifier<Vec<u8>> for Ready {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), SignatureError> {
        self.pair.verify(message, signature).map_err(SignatureError::from_source)
    }
}

impl JwtSigner for Ready {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

impl JwtVerifier for Ready {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

static PROVIDER: LazyLock<CryptoProvider> = LazyLock::new(|| CryptoProvider {
    signer_factory: |algorithm, key| Ok(Ready::find(*algorithm, key.as_bytes())?),
    verifier_factory: |algorithm, key| Ok(Ready::find(*algorithm, key.try_get_as_bytes()?)?),
    key_utils: aws_lc::DEFAULT_PROVIDER.key_utils.clone(),
});

/// Tells the library, once in the life of the process, to use our parsed keys. Signing and verifying see to it
/// themselves.
fn install_provider() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        // It fails only if there is a provider already, and nothing else here knows the library.
        let _ = PROVIDER.install_default();
    });
}

const fn algorithm_of(algorithm: SigningAlgorithm) -> Algorithm {
    match algorithm {
        SigningAlgorithm::RS256 => Algorithm::RS256,
        SigningAlgorithm::ES256 => Algorithm::ES256,
        SigningAlgorithm::EdDSA => Algorithm::EdDSA,
    }
}

/// What the library takes for a private key is the name of one.
fn encoding_key(key: &SigningKey) -> EncodingKey {
    let name = key.kid().as_bytes();
    match key.algorithm() {
        SigningAlgorithm::RS256 => EncodingKey::from_rsa_der(name),
        SigningAlgorithm::ES256 => EncodingKey::from_ec_der(name),
        SigningAlgorithm::EdDSA => EncodingKey::from_ed_der(name),
    }
}

/// What the library takes for a public key is the name of one.
fn decoding_key(key: &SigningKey) -> DecodingKey {
    let name = key.kid().as_bytes();
    match key.algorithm() {
        SigningAlgorithm::RS256 => DecodingKey::from_rsa_der(name),
        SigningAlgorithm::ES256 => DecodingKey::from_ec_der(name),
        SigningAlgorithm::EdDSA => DecodingKey::from_ed_der(name),
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::hmac;
    use serde_json::{Value, json};

    use super::*;
    use crate::domain::keys::jwk::PublicKey;
    use crate::domain::keys::private_key::PrivateKey;
    use crate::domain::keys::rotation::KeyLife;

    const ISSUER: &str = "https://id.example";
    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
    const EXPECTED: Expected<'_> = Expected {
        typ: &["at+jwt"],
        issuer: ISSUER,
        audience: Some("https://api.example"),
        leeway: Duration::from_secs(5),
    };

    fn key(algorithm: SigningAlgorithm, life: KeyLife) -> SigningKey {
        let pem = match algorithm {
            SigningAlgorithm::RS256 => include_str!("../../../tests/keys/rs256.pem"),
            SigningAlgorithm::ES256 => include_str!("../../../tests/keys/es256.pem"),
            SigningAlgorithm::EdDSA => include_str!("../../../tests/keys/eddsa.pem"),
        };
        SigningKey::new(&PrivateKey::from_pem(pem).unwrap(), life).unwrap()
    }

    fn keys() -> &'static KeySet {
        static KEYS: LazyLock<KeySet> = LazyLock::new(|| {
            let life = KeyLife::starting(Timestamp::from_seconds(0));
            KeySet::new(SigningAlgorithm::ALL.iter().map(|algorithm| key(*algorithm, life)).collect())
        });
        &KEYS
    }

    fn active(keys: &KeySet, algorithm: SigningAlgorithm) -> &SigningKey {
        keys.active(algorithm, NOW).unwrap()
    }

    fn claims() -> Value {
        let now = NOW.seconds();
        json!({"iss": ISSUER, "aud": "https://api.example", "sub": "ann", "iat": now, "exp": now + 600})
    }

    /// Signs any header and claims whatever, as the library would not.
    fn forge(key: &SigningKey, header: &Value, claims: &Value) -> String {
        let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let message = format!("{}.{}", encode(header), encode(claims));
        let signature = URL_SAFE_NO_PAD.encode(key.sign(message.as_bytes()));
        format!("{message}.{signature}")
    }

    fn header(key: &SigningKey) -> Value {
        json!({"alg": key.algorithm(), "kid": key.kid(), "typ": "at+jwt"})
    }

    fn with(mut base: Value, name: &str, value: Value) -> Value {
        base[name] = value;
        base
    }

    fn outcome(token: &str) -> Result<Value, JwtError> {
        verify(token, keys(), NOW, &EXPECTED).map(|verified| verified.claims)
    }

    /// What becomes of a token with one header member changed.
    fn with_header(name: &str, value: Value) -> Result<Value, JwtError> {
        let keys = keys();
        let key = active(keys, SigningAlgorithm::ES256);
        outcome(&forge(key, &with(header(key), name, value), &claims()))
    }

    /// What becomes of a token with one claim changed.
    fn with_claim(name: &str, value: Value) -> Result<Value, JwtError> {
        let keys = keys();
        let key = active(keys, SigningAlgorithm::ES256);
        outcome(&forge(key, &header(key), &with(claims(), name, value)))
    }

    #[test]
    fn verifies_what_it_signed_with_every_algorithm() {
        let keys = keys();
        for algorithm in SigningAlgorithm::ALL {
            let key = active(keys, *algorithm);
            let token = sign(key, "at+jwt", &claims()).unwrap();
            assert_eq!(
                verify::<Value>(&token, keys, NOW, &EXPECTED).map(|verified| verified.claims),
                Ok(claims()),
                "{algorithm}"
            );
            let header = jsonwebtoken::decode_header(&token).unwrap();
            assert_eq!((header.typ.as_deref(), header.kid.as_deref()), (Some("at+jwt"), Some(key.kid())));
            assert_eq!(outcome(&forge(key, &self::header(key), &claims())), Ok(claims()), "the forger's tools work");
        }
    }

    /// RFC 9068 §4: a token whose signature does not fit is refused, whatever part of it was altered.
    #[test]
    fn refuses_an_altered_token() {
        let keys = keys();
        for algorithm in SigningAlgorithm::ALL {
            let token = sign(active(keys, *algorithm), "at+jwt", &claims()).unwrap();
            let parts: Vec<_> = token.split('.').collect();
            let payload = URL_SAFE_NO_PAD.encode(with(claims(), "sub", json!("bob")).to_string());
            assert_eq!(outcome(&format!("{}.{payload}.{}", parts[0], parts[2])), Err(JwtError::Signature));
            assert_eq!(outcome(&format!("{}.{}.", parts[0], parts[1])), Err(JwtError::Signature));
            for index in 0..token.len() {
                let mut altered = token.clone().into_bytes();
                altered[index] = if altered[index] == b'A' { b'B' } else { b'A' };
                assert!(outcome(&String::from_utf8(altered).unwrap()).is_err(), "{algorithm}, byte {index}");
            }
        }
    }

    /// RFC 8725 §3.1: neither "none" nor an algorithm that is not the key's own is accepted.
    #[test]
    fn refuses_every_algorithm_but_the_one_of_the_key() {
        let keys = keys();
        for algorithm in ["none", "None", "", "ES512"] {
            assert_eq!(with_header("alg", json!(algorithm)), Err(JwtError::Malformed), "{algorithm}");
        }
        for algorithm in ["HS256", "RS256", "PS256", "EdDSA"] {
            assert_eq!(with_header("alg", json!(algorithm)), Err(JwtError::Algorithm), "{algorithm}");
        }
        let unsigned = format!("{}.{}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#), URL_SAFE_NO_PAD.encode("{}"));
        assert_eq!(outcome(&unsigned), Err(JwtError::Malformed));
        // One key's name over another key's signature and algorithm.
        let (rsa, p256) = (active(keys, SigningAlgorithm::RS256), active(keys, SigningAlgorithm::ES256));
        let swapped = with(header(rsa), "kid", json!(p256.kid()));
        assert_eq!(outcome(&forge(rsa, &swapped, &claims())), Err(JwtError::Algorithm));
        let swapped = with(header(p256), "alg", json!("RS256"));
        assert_eq!(outcome(&forge(rsa, &swapped, &claims())), Err(JwtError::Algorithm));
    }

    /// RFC 8725 §3.1: a public key is no secret, so a token "signed" with it by HMAC is worth nothing.
    #[test]
    fn refuses_a_public_key_used_as_a_shared_secret() {
        let keys = keys();
        let key = active(keys, SigningAlgorithm::RS256);
        let PublicKey::Rsa { n, .. } = &key.jwk().key else { panic!("an RSA key") };
        let jwk = serde_json::to_vec(key.jwk()).unwrap();
        for secret in [n.as_bytes(), &jwk] {
            let header = with(header(key), "alg", json!("HS256")).to_string();
            let message =
                format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims().to_string()));
            let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message.as_bytes());
            let token = format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag));
            assert_eq!(outcome(&token), Err(JwtError::Algorithm));
        }
    }

    /// RFC 8725 §3.10: the key comes from our own set by its name, never from the token.
    #[test]
    fn refuses_a_token_that_brings_its_own_key() {
        let keys = keys();
        let jwk = serde_json::to_value(active(keys, SigningAlgorithm::ES256).jwk()).unwrap();
        assert_eq!(with_header("jwk", jwk), Err(JwtError::Header));
        assert_eq!(with_header("jku", json!("https://evil.example/jwks")), Err(JwtError::Header));
        assert_eq!(with_header("x5u", json!("https://evil.example/x5u")), Err(JwtError::Header));
        assert_eq!(with_header("x5c", json!(["MIIB"])), Err(JwtError::Header));
        assert_eq!(with_header("kid", json!("unheard of")), Err(JwtError::UnknownKey));
        assert_eq!(with_header("kid", Value::Null), Err(JwtError::UnknownKey));
    }

    /// RFC 7515 §4.1.11: an extension that must be understood is not, so the token is refused.
    #[test]
    fn refuses_critical_extensions() {
        for crit in [json!(["b64"]), json!(["exp"]), json!([])] {
            assert_eq!(with_header("crit", crit), Err(JwtError::Header));
        }
        assert_eq!(with_header("crit", json!("b64")), Err(JwtError::Malformed));
    }

    /// RFC 8725 §3.11, RFC 9068 §4: an access token says `at+jwt`, and nothing else will do.
    /// RFC 7515 §4.1.9: it may say so with `application/` in front, and in any case.
    #[test]
    fn refuses_a_token_of_another_type() {
        for typ in ["at+jwt", "AT+JWT", "application/at+jwt", "Application/At+Jwt"] {
            assert!(with_header("typ", json!(typ)).is_ok(), "{typ}");
        }
        for typ in [json!("JWT"), json!(""), json!("application/"), json!("text/at+jwt"), Value::Null] {
            assert_eq!(with_header("typ", typ.clone()), Err(JwtError::Type), "{typ}");
        }
    }

    /// RFC 8725 §3.8, RFC 9068 §4: the issuer must be exactly ours.
    #[test]
    fn refuses_a_token_of_another_issuer() {
        for issuer in [json!("https://id.example/"), json!("https://evil.example"), Value::Null] {
            assert_eq!(with_claim("iss", issuer.clone()), Err(JwtError::Issuer), "{issuer}");
        }
    }

    /// RFC 8725 §3.9, RFC 7519 §4.1.3, RFC 9068 §4: the expected audience must be among those of the token.
    #[test]
    fn refuses_a_token_for_another_audience() {
        assert!(with_claim("aud", json!(["https://other.example", "https://api.example"])).is_ok());
        for audience in [json!("https://other.example"), json!(["https://other.example"]), json!([]), Value::Null] {
            assert_eq!(with_claim("aud", audience.clone()), Err(JwtError::Audience), "{audience}");
        }
        let anybody = Expected { audience: None, ..EXPECTED };
        let keys = keys();
        let token = sign(active(keys, SigningAlgorithm::EdDSA), "at+jwt", &with(claims(), "aud", json!("x"))).unwrap();
        assert!(verify::<Value>(&token, keys, NOW, &anybody).is_ok());
    }

    /// RFC 7519 §4.1.4, RFC 7519 §4.1.5, RFC 9068 §4: a token is good from `nbf` and `iat` to just before `exp`, but for leeway.
    #[test]
    fn refuses_a_token_outside_its_time() {
        let now = NOW.seconds();
        let table = [
            ("exp", now - 4, Ok(())),
            ("exp", now - 5, Err(JwtError::Expired)),
            ("exp", i64::MIN, Err(JwtError::Expired)),
            ("exp", i64::MAX, Ok(())),
            ("nbf", now + 60, Ok(())),
            ("nbf", now + 61, Err(JwtError::NotYetValid)),
            ("iat", now + 60, Ok(())),
            ("iat", now + 61, Err(JwtError::NotYetValid)),
        ];
        for (claim, value, expected) in table {
            assert_eq!(with_claim(claim, json!(value)).map(drop), expected, "{claim} {value}");
        }
        assert_eq!(with_claim("exp", Value::Null), Err(JwtError::Expired));
        assert_eq!(with_claim("exp", json!("tomorrow")), Err(JwtError::Malformed));
    }

    #[test]
    fn takes_an_old_token_as_a_hint_but_nothing_else_about_it_on_trust() {
        let keys = keys();
        let key = active(keys, SigningAlgorithm::ES256);
        let old = with(claims(), "exp", json!(1));
        let hint = |token: &str| verify_ignoring_expiry::<Value>(token, keys, NOW, &EXPECTED);
        assert_eq!(hint(&sign(key, "at+jwt", &old).unwrap()), Ok(old.clone()));
        assert_eq!(hint(&sign(key, "JWT", &old).unwrap()), Err(JwtError::Type));
        let foreign = with(old, "iss", json!("https://evil.example"));
        assert_eq!(hint(&sign(key, "at+jwt", &foreign).unwrap()), Err(JwtError::Issuer));
    }

    #[test]
    fn trusts_a_key_only_while_it_is_published() {
        let life = KeyLife {
            signs_until: Some(NOW),
            published_until: Some(NOW + Duration::from_mins(1)),
            ..KeyLife::starting(Timestamp::from_seconds(0))
        };
        let keys = KeySet::new(vec![key(SigningAlgorithm::ES256, life)]);
        let before = NOW - Duration::from_secs(1);
        let token = sign(keys.active(SigningAlgorithm::ES256, before).unwrap(), "at+jwt", &claims()).unwrap();
        assert!(verify::<Value>(&token, &keys, NOW, &EXPECTED).is_ok());
        let later = NOW + Duration::from_mins(1);
        assert_eq!(verify::<Value>(&token, &keys, later, &EXPECTED).err(), Some(JwtError::UnknownKey));
    }

    #[test]
    fn refuses_what_is_no_token() {
        let endless = "a.".repeat(LONGEST_TOKEN);
        for (token, expected) in [
            ("", JwtError::Malformed),
            ("a", JwtError::Malformed),
            ("a.b", JwtError::Malformed),
            ("a.b.c", JwtError::Malformed),
            ("e30.e30.e30", JwtError::Malformed),
            ("..", JwtError::Malformed),
            ("a.b.c.d.e", JwtError::Malformed),
            (&endless, JwtError::TooLong),
        ] {
            assert_eq!(outcome(token), Err(expected), "{}", token.len());
        }
    }
}
