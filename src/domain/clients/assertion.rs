//! Authentication by an assertion (RFC 7521 §4.2, RFC 7523 §3, OIDC Core §9): what it must say, who may have signed it,
//! and that it is used once.
//!
//! First comes what can be said of the assertion alone, in words that tell its maker what to change. Whatever depends on
//! the client is answered as for a wrong secret, so that a stranger learns nothing.

use std::sync::Arc;
use std::time::Duration;

use super::authentication::{AuthenticatedClient, admit, refused};
use super::remote_keys::RemoteKeys;
use super::secrets;
use super::signature::Signature;
use crate::clock::Timestamp;
use crate::domain::keys::client_key;
use crate::domain::keys::hashing::TokenHasher;
use crate::domain::keys::jwt::CLOCK_SKEW;
use crate::domain::keys::sealing::Sealer;
use crate::error::{ErrorCode, OAuthError, Result};
use crate::ids::ClientId;
use crate::protocol::client_assertion::{Assertion, AssertionAlgorithm, Audience};
use crate::protocol::client_metadata::AuthMethod;
use crate::store::{Client, Store};

/// The furthest end of an assertion: what is remembered of it must come to an end too.
const LONGEST: Duration = Duration::from_hours(1);
/// The longest `jti` that is looked at, in bytes.
const LONGEST_JTI: usize = 255;
/// The kinds of token that will do, besides none said.
const TYPES: [&str; 2] = ["jwt", "client-authentication+jwt"];

/// What checking assertions needs.
pub struct AssertionCheck<'a> {
    /// Where used ones are remembered.
    pub store: &'a Store,
    /// How their names are kept.
    pub hasher: &'a TokenHasher,
    /// What opens the secrets of clients that sign with them.
    pub sealer: &'a Sealer,
    /// The keys that clients publish.
    pub remote_keys: &'a RemoteKeys,
    /// The names under which an assertion may address us.
    pub audiences: &'a [String],
    /// The present instant.
    pub now: Timestamp,
}

impl AssertionCheck<'_> {
    /// Authenticates a client by its assertion, which is used up by that.
    pub async fn authenticate(
        &self,
        assertion: &Assertion,
        client: Option<Arc<Client>>,
    ) -> Result<AuthenticatedClient> {
        let stated = check(assertion, self.audiences, self.now)
            .map_err(|text| OAuthError::new(ErrorCode::InvalidClient, text).because(text))?;
        let client = admit(client, method_of(stated.algorithm))?;
        let registered = client.metadata.token_endpoint_auth_signing_alg;
        if registered.is_some_and(|registered| registered != stated.algorithm) {
            return Err(refused("the assertion is signed with another algorithm than the registered one"));
        }
        if !self.is_signed(assertion, stated.algorithm, &client).await? {
            return Err(refused("no key or secret of the client made the assertion's signature"));
        }
        if !self.is_first(&client.id, &stated).await? {
            let text = "The assertion was used before: make a new one, with another jti, for each request.";
            return Err(OAuthError::new(ErrorCode::InvalidClient, text).because("the assertion was replayed"));
        }
        Ok(AuthenticatedClient::proven(client))
    }

    async fn is_signed(&self, assertion: &Assertion, algorithm: AssertionAlgorithm, client: &Client) -> Result<bool> {
        let (message, signature) = (assertion.signed.as_bytes(), assertion.signature.as_slice());
        if algorithm == AssertionAlgorithm::HS256 {
            let mut secrets = secrets::opened(client, self.sealer, self.now);
            return Ok(secrets.any(|secret| client_key::verify_hs256(&secret, message, signature)));
        }
        let signature = Signature { kid: assertion.header.kid.as_deref(), algorithm, message, signature };
        signature.is_of(client, self.remote_keys, self.now).await.map_err(refused)
    }

    /// RFC 7523 §3: a `jti` is used once, as long as its assertion is good.
    async fn is_first(&self, client: &ClientId, stated: &Stated) -> Result<bool> {
        // The length keeps apart what two names have in common.
        let id = self.hasher.hash(&format!("assertion {} {client} {}", client.0.len(), stated.jti));
        let expires_at = stated.ends_at;
        let write = self.store.write(move |tx| Box::pin(async move { tx.use_assertion(&id, expires_at).await }));
        Ok(write.await?)
    }
}

/// What an assertion says that is found in order.
#[derive(Debug, PartialEq, Eq)]
pub struct Stated {
    /// What it says it is signed with.
    pub algorithm: AssertionAlgorithm,
    /// What makes it the only one of its kind.
    pub jti: String,
    /// Until when it could be sent again.
    pub ends_at: Timestamp,
}

const fn method_of(algorithm: AssertionAlgorithm) -> AuthMethod {
    match algorithm {
        AssertionAlgorithm::HS256 => AuthMethod::ClientSecretJwt,
        _ => AuthMethod::PrivateKeyJwt,
    }
}

/// Everything that does not depend on who the client is; the error says what to change.
pub fn check(assertion: &Assertion, audiences: &[String], now: Timestamp) -> Result<Stated, &'static str> {
    let (header, claims) = (&assertion.header, &assertion.claims);
    // RFC 7515 §4.1.11: what is critical and not understood makes a token invalid, and we use no extension at all.
    if header.is_critical() {
        return Err("The assertion's header holds crit, and no extension is understood here: leave it out.");
    }
    // RFC 8725 §3.10: a token does not say itself by which key it is to be checked.
    if header.brings_key() {
        return Err("The assertion's header holds jwk, jku, x5u or x5c: name the registered key by kid instead.");
    }
    if header.typ.as_deref().is_some_and(|typ| !TYPES.contains(&short_type(typ).as_str())) {
        return Err("The assertion's typ must be JWT or client-authentication+jwt, or be left out.");
    }
    let algorithm = AssertionAlgorithm::from_wire(&header.alg)
        .ok_or("The assertion's alg must be RS256, PS256, ES256, EdDSA, or HS256 with a client secret.")?;
    // RFC 7523 §3: for client authentication both name the client.
    if claims.iss.is_none() || claims.iss != claims.sub {
        return Err("The assertion's iss and sub must both be the client_id.");
    }
    let audience = match &claims.aud {
        Some(Audience::One(audience)) => Some(audience),
        Some(Audience::Many(list)) if list.len() == 1 => list.first(),
        _ => None,
    };
    if !audience.is_some_and(|audience| audiences.contains(audience)) {
        return Err("The assertion's aud must be this server's issuer, as one string.");
    }
    let exp = claims.exp.map(Timestamp::from_seconds).ok_or("The assertion has no exp.")?;
    if now >= exp + CLOCK_SKEW {
        return Err("The assertion's exp is past: make a new one for each request.");
    }
    if exp > now + LONGEST + CLOCK_SKEW {
        return Err("The assertion's exp is too far in the future: at most one hour.");
    }
    if claims.nbf.max(claims.iat).map(Timestamp::from_seconds).is_some_and(|earliest| earliest > now + CLOCK_SKEW) {
        return Err("The assertion's nbf or iat lies in the future: check the clock that it was made by.");
    }
    let jti = claims.jti.clone().filter(|jti| (1..=LONGEST_JTI).contains(&jti.len()));
    let jti = jti.ok_or("The assertion needs a jti of 1 to 255 bytes, another one each time.")?;
    Ok(Stated { algorithm, jti, ends_at: exp + CLOCK_SKEW + CLOCK_SKEW })
}

/// A media type in lower case, without the `application/` that may be left out.
fn short_type(typ: &str) -> String {
    let typ = typ.to_ascii_lowercase();
    typ.strip_prefix("application/").unwrap_or(&typ).to_owned()
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::{Value, json};

    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_000_000);

    /// What is said of an assertion with one member of header or claims changed; null leaves it out.
    fn changed(part: &str, name: &str, value: &Value) -> Result<Stated, &'static str> {
        let mut parts = json!({
            "header": { "alg": "ES256", "typ": "JWT" },
            "claims": { "iss": "app", "sub": "app", "aud": "https://id.example", "exp": 1_000_060, "jti": "a" },
        });
        parts[part][name] = value.clone();
        let encode = |part: &Value| {
            let members: serde_json::Map<_, _> =
                part.as_object().unwrap().clone().into_iter().filter(|(_, value)| !value.is_null()).collect();
            URL_SAFE_NO_PAD.encode(Value::Object(members).to_string())
        };
        let text = format!("{}.{}.AA", encode(&parts["header"]), encode(&parts["claims"]));
        check(&Assertion::read(&text).unwrap(), &["https://id.example".to_owned()], NOW)
    }

    /// RFC 7523 §3, RFC 7515 §4.1.11, RFC 8725 §3.10: one line a rule.
    #[test]
    fn finds_fault_with_one_member_at_a_time() {
        for (part, name, value) in [
            ("header", "typ", Value::Null),
            ("header", "typ", json!("Application/Client-Authentication+JWT")),
            ("header", "alg", json!("HS256")),
            ("claims", "aud", json!(["https://id.example"])),
            ("claims", "exp", json!(1_000_000 - 59)),
            ("claims", "exp", json!(1_000_000 + 3660)),
            ("claims", "nbf", json!(1_000_060)),
        ] {
            assert!(changed(part, name, &value).is_ok(), "{name} {value}");
        }
        for (part, name, value, said) in [
            ("header", "crit", json!(["exp"]), "crit"),
            ("header", "jwk", json!({}), "jwk"),
            ("header", "typ", json!("at+jwt"), "typ"),
            ("header", "alg", json!("none"), "alg"),
            ("claims", "iss", json!("other"), "iss"),
            ("claims", "sub", Value::Null, "sub"),
            ("claims", "aud", json!("https://id.example/"), "aud"),
            ("claims", "aud", json!(["https://id.example", "x"]), "aud"),
            ("claims", "aud", Value::Null, "aud"),
            ("claims", "exp", Value::Null, "exp"),
            ("claims", "exp", json!(1_000_000 - 60), "past"),
            ("claims", "exp", json!(1_000_000 + 3661), "future"),
            ("claims", "exp", json!(i64::MIN), "past"),
            ("claims", "iat", json!(1_000_061), "iat"),
            ("claims", "nbf", json!(1_000_061), "nbf"),
            ("claims", "jti", Value::Null, "jti"),
            ("claims", "jti", json!(""), "jti"),
        ] {
            let error = changed(part, name, &value).unwrap_err();
            assert!(error.contains(said), "{name} {value}: {error}");
        }
    }
}
