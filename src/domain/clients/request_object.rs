//! Requests that travel in an object (OIDC Core §6, RFC 9101): where it may come from, what it must say, who may have
//! signed it, and what counts of what stands beside it.

use url::form_urlencoded::Serializer;

use super::remote_keys::RemoteKeys;
use super::signature::Signature;
use crate::clock::{Entropy, Timestamp};
use crate::domain::keys::jwt::CLOCK_SKEW;
use crate::domain::keys::key_set::KeySet;
use crate::domain::outbound::Outbound;
use crate::error::{ErrorCode, OAuthError, Result};
use crate::ids::ClientId;
use crate::protocol::client_metadata::ClientMetadata;
use crate::protocol::jwe::{self, Jwe};
use crate::protocol::params::Params;
use crate::protocol::request_object::{CARRIERS, Carrier, RequestObject, RequestObjectAlgorithm};
use crate::protocol::scope;
use crate::store::Client;

/// What an object is called by RFC 9101 §4, short.
const TYPE: &str = "oauth-authz-req+jwt";
/// What would be best of what a `request_uri` leads to. Whatever is served is read.
const ACCEPT: &str = "application/oauth-authz-req+jwt, application/jwt;q=0.9, */*;q=0.1";

/// What is said of an object that cannot be decrypted, for whatever reason.
const UNOPENED: &str = "The request object cannot be decrypted: encrypt it to a key with use enc of this server's jwks_uri, and \
                        fetch that anew from time to time.";

/// What opening objects needs.
pub struct ObjectCheck<'a> {
    /// What fetches them.
    pub outbound: &'a Outbound,
    /// The keys that clients publish.
    pub remote_keys: &'a RemoteKeys,
    /// Our own keys, for what is encrypted.
    pub keys: &'a KeySet,
    /// Randomness.
    pub entropy: &'a dyn Entropy,
    /// Who we are.
    pub issuer: &'a str,
    /// The present instant.
    pub now: Timestamp,
}

/// What counts beside an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    /// RFC 9101 §6.3: nothing.
    Nothing,
    /// OIDC Core §6.1: what the object leaves open.
    TheRest,
}

impl ObjectCheck<'_> {
    /// The parameters that count of a request that an object carries; `None` if none does.
    pub async fn open(&self, sent: &Params, client: &Client) -> Result<Option<Params>> {
        let metadata = &client.metadata;
        let object = match Carrier::find(sent)? {
            Some(Carrier::Value(text)) => self.read(text, metadata)?,
            Some(Carrier::Reference(uri)) => self.read(self.fetch(uri, metadata).await?.trim(), metadata)?,
            // RFC 9101 §10.5: or whoever leaves the object out would get round its signature.
            None if metadata.require_signed_request_object => {
                let text = "This client has to send every request in a signed request object (request or request_uri).";
                return Err(OAuthError::new(ErrorCode::InvalidRequest, text));
            }
            None => return Ok(None),
        };
        let algorithm = check(&object, &client.id, self.issuer, self.now).map_err(faulty)?;
        let beside = beside(&object, algorithm, sent, metadata)?;
        self.verify(&object, algorithm, client).await?;
        assemble(&object, beside, sent).map(Some)
    }

    /// RFC 9101 §6.1: decrypts an object that is encrypted; what is inside is judged as if it had come plainly.
    fn read(&self, text: &str, client: &ClientMetadata) -> Result<RequestObject> {
        let registered = client.request_object_encryption;
        if !jwe::is_encrypted(text) {
            // OIDC Registration §2: or whoever changes a request could leave the encryption out.
            return match registered {
                None => RequestObject::read(text),
                Some(_) => {
                    Err(faulty("The request object must be encrypted: request_object_encryption_alg is registered."))
                }
            };
        }
        let jwe = Jwe::read(text).map_err(|clause| {
            OAuthError::new(ErrorCode::InvalidRequestObject, format!("The encrypted request object {clause}."))
        })?;
        if registered.is_some_and(|registered| registered != jwe.header.encryption) {
            let text = "The request object's alg and enc are not the request_object_encryption_alg and _enc that are registered.";
            return Err(faulty(text));
        }
        // RFC 7516 §11.5: whatever was wrong, the answer is the same.
        let plain = self.keys.open(&jwe, self.entropy, self.now).map_err(|_| faulty(UNOPENED))?;
        RequestObject::read_decrypted(&plain)
    }

    /// OIDC Core §6.2: the object at one of the addresses that are registered, compared with their fragments. A fragment is
    /// not sent, and not taken for the hash that it may be: the object is fetched anew for each request.
    async fn fetch(&self, uri: &str, client: &ClientMetadata) -> Result<String> {
        let invalid = |text| OAuthError::new(ErrorCode::InvalidRequestUri, text);
        if !client.request_uris.iter().any(|own| own.as_str() == uri) {
            // RFC 9101 §10.4.1: or anybody could have any address fetched.
            return Err(invalid("request_uri must be one of the client's request_uris, character by character."));
        }
        let address = uri.split('#').next().unwrap_or_default();
        self.outbound.text(address, ACCEPT).await.map_err(|problem| {
            invalid("The object at request_uri cannot be fetched.").because(format_args!("request_uri: {problem}"))
        })
    }

    /// RFC 9101 §6.2: a key of the client made the signature.
    async fn verify(&self, object: &RequestObject, algorithm: RequestObjectAlgorithm, client: &Client) -> Result<()> {
        let Some(algorithm) = algorithm.signature() else { return Ok(()) };
        let (kid, message, signature) = (object.header.kid.as_deref(), object.signed.as_bytes(), &*object.signature);
        let signature = Signature { kid, algorithm, message, signature };
        match signature.is_of(client, self.remote_keys, self.now).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(faulty("No key that is registered for the client made the request object's signature.")),
            Err(problem) => Err(faulty("The keys at the client's jwks_uri cannot be had.").because(problem)),
        }
    }
}

/// What can be said of the object alone; the error says what to change.
pub fn check(
    object: &RequestObject,
    client: &ClientId,
    issuer: &str,
    now: Timestamp,
) -> Result<RequestObjectAlgorithm, &'static str> {
    let (header, claims) = (&object.header, &object.claims);
    // RFC 7515 §4.1.11: what is critical and not understood makes a token invalid, and we use no extension at all.
    if header.is_critical() {
        return Err("The request object's header holds crit, and no extension is understood here: leave it out.");
    }
    // RFC 8725 §3.10: an object does not say itself by which key it is to be checked.
    if header.brings_key() {
        return Err("The request object's header holds jwk, jku, x5u or x5c: name the registered key by kid instead.");
    }
    // RFC 8725 §3.11, RFC 9101 §10.8: a JWT of another kind is no request.
    if header.typ.is_some() && !is_typed(object, "jwt") && !is_typed(object, TYPE) {
        return Err("The request object's typ must be oauth-authz-req+jwt or JWT, or be left out.");
    }
    let algorithm = RequestObjectAlgorithm::from_wire(&header.alg)
        .ok_or("The request object's alg must be RS256, PS256, ES256, EdDSA, or none.")?;
    // RFC 7515 §A.5: what is not signed has an empty signature.
    if algorithm.signature().is_none() && !object.signature.is_empty() {
        return Err("The request object's alg is none, but it has a signature.");
    }
    // RFC 9101 §10.8: what would do to authenticate the client is not sent through browsers.
    if claims.sub.as_deref() == Some(client.as_str()) {
        return Err("The request object's sub must not be the client_id: leave it out.");
    }
    // OIDC Core §6.1: the client made it, for us.
    if claims.iss.as_deref().is_some_and(|iss| iss != client.as_str()) {
        return Err("The request object's iss must be the client_id.");
    }
    if claims.aud.as_ref().is_some_and(|audience| !audience.holds(issuer)) {
        return Err("The request object's aud must be this server's issuer, or a list that holds it.");
    }
    // RFC 9101 §6.3: the client that asks is the one that the object speaks for.
    if object.has("client_id") && object.text("client_id") != Some(client.as_str()) {
        return Err("The client_id in the request object must be the one beside it.");
    }
    // OIDC Core §6.1, RFC 9101 §4: an object does not lead to another.
    if CARRIERS.iter().any(|name| object.has(name)) {
        return Err("The request object must hold neither request nor request_uri.");
    }
    check_times(object, now)?;
    Ok(algorithm)
}

/// RFC 7519 §4.1.4, RFC 7519 §4.1.5: its time has come and is not over, as far as it says.
fn check_times(object: &RequestObject, now: Timestamp) -> Result<(), &'static str> {
    let claims = &object.claims;
    if claims.exp.map(Timestamp::from_seconds).is_some_and(|exp| now >= exp + CLOCK_SKEW) {
        return Err("The request object's exp is past: make a new one for each request.");
    }
    if claims.nbf.max(claims.iat).map(Timestamp::from_seconds).is_some_and(|earliest| earliest > now + CLOCK_SKEW) {
        return Err("The request object's nbf or iat lies in the future: check the clock that it was made by.");
    }
    Ok(())
}

/// By which of the two specifications the request is put together, and whether that of the client lets it.
fn beside(
    object: &RequestObject,
    algorithm: RequestObjectAlgorithm,
    sent: &Params,
    client: &ClientMetadata,
) -> Result<Beside> {
    // OIDC Registration §2: what is signed otherwise is refused.
    if client.request_object_signing_alg.is_some_and(|registered| registered != algorithm) {
        return Err(faulty("The request object's alg is not the request_object_signing_alg that is registered."));
    }
    let response_type = sent.one("response_type")?;
    // RFC 9101 §5: beside the object, its requests need nothing but client_id. OIDC Core §6.1 wants response_type, too.
    let is_alone = client.require_signed_request_object || is_typed(object, TYPE) || response_type.is_none();
    if is_alone {
        // RFC 9101 §10.1: an object that counts alone is signed.
        if algorithm == RequestObjectAlgorithm::None {
            return Err(faulty("The request object must be signed: its alg is none."));
        }
        if !object.has("client_id") {
            return Err(faulty("The request object must hold the client_id."));
        }
        return Ok(Beside::Nothing);
    }
    let scopes = sent.one("scope")?.unwrap_or_default();
    // OIDC Core §6.1: so that it is a request for a sign-in without the object, too.
    if !scopes.split(' ').any(|token| token == scope::OPENID) {
        let text = "Beside a request object scope must hold openid. For other requests give the object the typ \
                    oauth-authz-req+jwt, and all parameters in it.";
        return Err(OAuthError::new(ErrorCode::InvalidRequest, text));
    }
    if object.has("response_type") && object.text("response_type") != response_type {
        let text = "The response_type beside the request object must be the one in it.";
        return Err(OAuthError::new(ErrorCode::InvalidRequest, text));
    }
    Ok(Beside::TheRest)
}

/// The parameters that count, as if they had been sent plainly.
pub fn assemble(object: &RequestObject, beside: Beside, sent: &Params) -> Result<Params> {
    let mut form = Serializer::new(String::new());
    form.extend_pairs(object.parameters());
    if beside == Beside::TheRest {
        // OIDC Core §6.1: what is in the object supersedes what stands beside it.
        let is_left = |name: &str| !object.has(name) && !CARRIERS.contains(&name);
        form.extend_pairs(sent.pairs()?.into_iter().filter(|(name, _)| is_left(name)));
    }
    Params::parse(form.finish().as_bytes())
}

/// RFC 7515 §4.1.9: case does not matter, and `application/` may be left out.
fn is_typed(object: &RequestObject, short: &str) -> bool {
    let typ = object.header.typ.as_deref().unwrap_or_default().to_ascii_lowercase();
    typ.strip_prefix("application/").unwrap_or(&typ) == short
}

fn faulty(text: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidRequestObject, text)
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::{Value, json};

    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_000_000);

    fn object(header: &Value, members: &Value, signature: &str) -> RequestObject {
        let encode = |part: &Value| {
            let there: serde_json::Map<_, _> =
                part.as_object().unwrap().clone().into_iter().filter(|(_, value)| !value.is_null()).collect();
            URL_SAFE_NO_PAD.encode(Value::Object(there).to_string())
        };
        RequestObject::read(&format!("{}.{}.{signature}", encode(header), encode(members))).unwrap()
    }

    /// What is said of an object with one member of header or claims changed; null leaves it out.
    fn changed(part: &str, name: &str, value: &Value) -> Result<RequestObjectAlgorithm, &'static str> {
        let mut parts = json!({
            "header": { "alg": "ES256", "typ": "JWT" },
            "claims": { "iss": "app", "aud": "https://id.example", "exp": 1_000_060, "client_id": "app" },
        });
        parts[part][name] = value.clone();
        let object = object(&parts["header"], &parts["claims"], "AA");
        check(&object, &ClientId("app".to_owned()), "https://id.example", NOW)
    }

    /// RFC 9101 §6.3, RFC 9101 §10.8, RFC 7515 §4.1.9, RFC 7515 §4.1.11, RFC 7515 §A.5, RFC 7519 §4.1.4, RFC 7519 §4.1.5,
    /// RFC 8725 §3.10, RFC 8725 §3.11, OIDC Core §6.1: one line a rule.
    #[test]
    fn finds_fault_with_one_member_at_a_time() {
        for (part, name, value) in [
            ("header", "typ", Value::Null),
            ("header", "typ", json!("Application/OAuth-Authz-Req+JWT")),
            ("claims", "iss", Value::Null),
            ("claims", "aud", Value::Null),
            ("claims", "aud", json!(["https://x.example", "https://id.example"])),
            ("claims", "sub", json!("somebody")),
            ("claims", "client_id", Value::Null),
            ("claims", "exp", json!(1_000_000 - 59)),
            ("claims", "nbf", json!(1_000_060)),
        ] {
            assert_eq!(changed(part, name, &value), Ok(RequestObjectAlgorithm::ES256), "{name} {value}");
        }
        for (part, name, value, said) in [
            ("header", "crit", json!(["exp"]), "crit"),
            ("header", "jwk", json!({}), "jwk"),
            ("header", "typ", json!("at+jwt"), "typ"),
            ("header", "alg", json!("HS256"), "alg"),
            ("header", "alg", json!("none"), "has a signature"),
            ("claims", "iss", json!("other"), "iss"),
            ("claims", "aud", json!("https://id.example/"), "aud"),
            ("claims", "aud", json!([]), "aud"),
            ("claims", "sub", json!("app"), "sub"),
            ("claims", "client_id", json!("other"), "client_id"),
            ("claims", "client_id", json!(1), "client_id"),
            ("claims", "request", json!("a.b.c"), "request"),
            ("claims", "request_uri", json!({}), "request_uri"),
            ("claims", "exp", json!(1_000_000 - 60), "past"),
            ("claims", "exp", json!(i64::MIN), "past"),
            ("claims", "nbf", json!(1_000_061), "nbf"),
            ("claims", "iat", json!(1_000_061), "iat"),
        ] {
            let error = changed(part, name, &value).unwrap_err();
            assert!(error.contains(said), "{name} {value}: {error}");
        }
    }

    /// RFC 9101 §5, RFC 9101 §10.1, OIDC Core §6.1, OIDC Registration §2: which of the specifications a request follows.
    #[test]
    fn tells_the_requests_of_one_specification_from_those_of_the_other() {
        let keys = json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode([7; 32]) }] });
        let read = |extra: Value, typ: &str, alg: &str, query: &str| {
            let mut client = json!({ "redirect_uris": ["https://app.example/cb"], "jwks": keys });
            client.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
            let client = ClientMetadata::parse(client.to_string().as_bytes()).unwrap();
            let object =
                object(&json!({ "alg": alg, "typ": typ }), &json!({ "client_id": "app", "response_type": "code" }), "");
            let sent = Params::parse(query.as_bytes()).unwrap();
            let algorithm = RequestObjectAlgorithm::from_wire(alg).unwrap();
            beside(&object, algorithm, &sent, &client).map_err(|error| error.code.wire())
        };
        let (plain, openid) = (json!({}), "response_type=code&scope=openid+email");
        let required = json!({ "require_signed_request_object": true });
        for (extra, typ, alg, query, expected) in [
            (&plain, "JWT", "EdDSA", openid, Ok(Beside::TheRest)),
            (&plain, "JWT", "none", openid, Ok(Beside::TheRest)),
            (&plain, "JWT", "EdDSA", "client_id=app", Ok(Beside::Nothing)),
            (&plain, TYPE, "EdDSA", openid, Ok(Beside::Nothing)),
            (&required, "JWT", "EdDSA", openid, Ok(Beside::Nothing)),
            (&plain, "JWT", "none", "client_id=app", Err("invalid_request_object")),
            (&plain, TYPE, "none", openid, Err("invalid_request_object")),
            (&required, "JWT", "none", openid, Err("invalid_request_object")),
            (&plain, "JWT", "EdDSA", "response_type=code&scope=email", Err("invalid_request")),
            (&plain, "JWT", "EdDSA", "response_type=code&scope=openid2", Err("invalid_request")),
            (&plain, "JWT", "EdDSA", "response_type=token&scope=openid", Err("invalid_request")),
        ] {
            assert_eq!(read(extra.clone(), typ, alg, query), expected, "{extra} {typ} {alg} {query}");
        }
        for (registered, alg, is_good) in [("EdDSA", "EdDSA", true), ("EdDSA", "none", false), ("none", "EdDSA", false)]
        {
            let extra = json!({ "request_object_signing_alg": registered });
            assert_eq!(read(extra, "JWT", alg, openid).is_ok(), is_good, "{registered} {alg}");
        }
    }

    /// OIDC Core §6.1, RFC 9101 §6.3: what the object holds counts before what stands beside it, or alone; also where it holds
    /// nothing for it.
    #[test]
    fn puts_a_request_together() {
        let object =
            object(&json!({ "alg": "none" }), &json!({ "state": "in", "nonce": "", "max_age": 5, "iss": "app" }), "");
        let sent = Params::parse(b"state=out&nonce=out&x=1&resource=a&resource=b&request=a.b.c&iss=y").unwrap();
        let pairs = |beside| {
            let params = assemble(&object, beside, &sent).unwrap();
            let mut pairs: Vec<_> =
                params.pairs().unwrap().iter().map(|(name, value)| format!("{name}={value}")).collect();
            pairs.sort();
            pairs
        };
        assert_eq!(pairs(Beside::Nothing), ["max_age=5", "state=in"]);
        assert_eq!(pairs(Beside::TheRest), ["max_age=5", "resource=a", "resource=b", "state=in", "x=1"]);
    }
}
