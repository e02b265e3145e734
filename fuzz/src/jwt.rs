//! JWTs that come back: whatever is made of one, what was not signed is not accepted.
//!
//! One line is a whole token. Three lines are header, claims and signature in the clear: they are encoded here, so that
//! a mutation of JSON is not lost in base64.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use claviger::domain::keys::jwt::{self, Expected, JwtError};
use serde_json::Value;

use super::world::{ISSUER, NOW, WORLD};

/// The only tokens that were signed with the world's keys: one by each, and a sign-in's.
const SIGNED: &[&str] = &[
    include_str!("../seeds/jwt/signed_eddsa"),
    include_str!("../seeds/jwt/signed_es256"),
    include_str!("../seeds/jwt/signed_rs256"),
    include_str!("../seeds/jwt/signed_id_token"),
];

pub fn run(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let parts: Vec<_> = text.splitn(3, '\n').map(|part| URL_SAFE_NO_PAD.encode(part)).collect();
    let token = if parts.len() == 3 { parts.join(".") } else { text.to_owned() };
    let mut accepted = false;
    for typ in ["at+jwt", "JWT"] {
        let expected = Expected { typ: &[typ], issuer: ISSUER, audience: None, leeway: Duration::ZERO };
        let in_time = jwt::verify::<Value>(&token, &WORLD.keys, NOW, &expected);
        let whenever = jwt::verify_ignoring_expiry::<Value>(&token, &WORLD.keys, NOW, &expected);
        assert!(whenever.is_ok() || in_time.is_err(), "{token}");
        if let Ok(claims) = whenever {
            assert_signed(&token);
            assert_eq!(claims["iss"], ISSUER);
            let audience = Expected { audience: Some("nobody"), ..expected };
            let elsewhere = jwt::verify::<Value>(&token, &WORLD.keys, NOW, &audience);
            assert_eq!(elsewhere.err(), Some(JwtError::Audience));
            accepted = true;
        }
    }
    accepted
}

/// Of an ECDSA signature there are many for one message; of the others, one.
#[track_caller]
fn assert_signed(token: &str) {
    let message = |token: &str| token.rsplit_once('.').map(|(message, _)| message.to_owned());
    let is_ecdsa = |signed: &str| signed == SIGNED[1].trim_end() || signed == SIGNED[3].trim_end();
    let is = |signed: &str| signed == token || is_ecdsa(signed) && message(signed) == message(token);
    assert!(SIGNED.iter().any(|signed| is(signed.trim_end())), "accepted what was never signed: {token}");
}
