//! Tests of our own tokens: what is signed is verified, and nothing else is.

use std::sync::LazyLock;

use aws_lc_rs::hmac;
use serde_json::{Value, json};

use super::*;
use crate::domain::keys::jwk::PublicKey;
use crate::domain::keys::private_key::PrivateKey;
use crate::domain::keys::rotation::KeyLife;
use crate::protocol::algorithm::SigningAlgorithm;

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
        SigningAlgorithm::RS256 => include_str!("../../../../tests/keys/rs256.pem"),
        SigningAlgorithm::ES256 => include_str!("../../../../tests/keys/es256.pem"),
        SigningAlgorithm::EdDSA => include_str!("../../../../tests/keys/eddsa.pem"),
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
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims().to_string()));
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
