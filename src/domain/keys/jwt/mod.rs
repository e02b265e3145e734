//! The JWTs that we sign and that come back to us. Nothing outside this folder names `jsonwebtoken`.
//!
//! The library does the encoding and leaves much unchecked; what a verifier has to check (RFC 8725, RFC 9068 §4) is
//! checked here, against our own clock.
//!
//! Only our own tokens are verified here; what clients sign is another matter (`client_key`).

mod parsed_keys;

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Header;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use self::parsed_keys::{algorithm_of, decoding_key, encoding_key, install_provider};
use super::key_set::KeySet;
use super::signing_key::SigningKey;
use crate::clock::Timestamp;

#[cfg(test)]
mod tests;

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
