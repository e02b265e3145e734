//! What is signed, but not by us as we sign: a line of header and a line of claims, signed with a key that is ours.
//! What is accepted nevertheless is a token of the right kind, from us, for whom it should be, and in its time.

use std::sync::LazyLock;
use std::time::Duration;

use aws_lc_rs::signature::Ed25519KeyPair;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use claviger::domain::keys::jwt::{self, Expected};
use claviger::domain::tokens::access_token::AccessTokenClaims;
use serde_json::Value;

use super::world::{ED25519, ISSUER, NOW, WORLD, lines};

const AUDIENCE: &str = "https://api.example";

static KEY: LazyLock<Ed25519KeyPair> = LazyLock::new(|| {
    let body: String = ED25519.lines().filter(|line| !line.starts_with('-')).collect();
    Ed25519KeyPair::from_pkcs8(&STANDARD.decode(body).unwrap()).unwrap()
});

pub fn run(data: &[u8]) -> bool {
    let [header, claims] = lines(data);
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(&header), URL_SAFE_NO_PAD.encode(&claims));
    let token = format!("{message}.{}", URL_SAFE_NO_PAD.encode(KEY.sign(message.as_bytes())));
    let expected = Expected { typ: &["at+jwt"], issuer: ISSUER, audience: Some(AUDIENCE), leeway: Duration::ZERO };
    let Ok(accepted) = jwt::verify::<Value>(&token, &WORLD.keys, NOW, &expected) else { return false };
    assert_header(&header);
    assert_claims(&claims);
    assert_eq!(accepted.claims, serde_json::from_str::<Value>(&claims).unwrap());
    // What our own endpoints read of it is what it says.
    if let Ok(read) = jwt::verify::<AccessTokenClaims>(&token, &WORLD.keys, NOW, &expected) {
        let (accepted, read) = (accepted.claims, read.claims);
        assert_eq!(accepted["client_id"], read.client_id.as_str());
        assert!(read.aud.to_vec().iter().any(|audience| audience == AUDIENCE) && read.exp > NOW.seconds());
    }
    true
}

/// RFC 8725 §3.1, §3.10, §3.11, RFC 7515 §4.1.11: the key's own algorithm, our type, no key from outside, nothing critical.
#[track_caller]
fn assert_header(text: &str) {
    let header: Value = serde_json::from_str(text).unwrap();
    assert_eq!(header["alg"], "EdDSA", "{text}");
    assert!(header["kid"].as_str().is_some_and(|kid| WORLD.keys.find(kid, NOW).is_some()), "{text}");
    let typ = header["typ"].as_str().unwrap().to_ascii_lowercase();
    assert_eq!(typ.strip_prefix("application/").unwrap_or(&typ), "at+jwt", "{text}");
    let refused = ["crit", "jwk", "jku", "x5u", "x5c"];
    assert!(refused.iter().all(|member| header[*member].is_null()), "{text}");
}

/// RFC 7519 §4.1, RFC 8725 §3.8, §3.9
#[track_caller]
fn assert_claims(text: &str) {
    let claims: Value = serde_json::from_str(text).unwrap();
    let (now, seconds) = (NOW.seconds(), |name: &str| claims[name].as_i64());
    assert_eq!(claims["iss"], ISSUER, "{text}");
    let for_us = match &claims["aud"] {
        Value::Array(audiences) => audiences.iter().any(|audience| audience == AUDIENCE),
        audience => audience == AUDIENCE,
    };
    assert!(for_us, "{text}");
    assert!(seconds("exp").is_some_and(|exp| exp > now), "{text}");
    assert!(["nbf", "iat"].iter().all(|name| seconds(name).is_none_or(|begin| begin <= now + 60)), "{text}");
}
