//! An authorization request, through both stages of reading it. Nobody is sent anywhere but to a URI that the client
//! has registered; what is wrong is told in the characters that an answer may hold; and what is accepted asks for no
//! more than the client may, and survives its way through the pages.

use claviger::clock::TestEntropy;
use claviger::domain::pending_request::PendingRequest;
use claviger::oauth::authorize::addressee::{self, Addressee};
use claviger::oauth::authorize::request::{self, Rules};
use claviger::protocol::params::{MAX_VALUE_BYTES, Params};
use claviger::protocol::prompt::PromptValue;
use claviger::protocol::response::ResponseType;
use claviger::protocol::scope::OPENID;

use super::redirect_uri::{assert_arrives, assert_safe, assert_same};
use super::sealed::assert_survives;
use super::world::{NOW, WORLD, assert_presentable};

pub fn run(data: &[u8]) -> bool {
    let Ok(params) = Params::parse(data) else { return false };
    let Ok(id) = addressee::client_id(&params) else { return false };
    let client = WORLD.client(&id);
    let is_known = client.is_some();
    let Ok(addressee) = addressee::addressee(&params, client, None) else { return false };
    assert!(is_known, "a stranger is answered");
    assert_may_be_answered(&params, &addressee);
    let entropy = TestEntropy::from_seed(1);
    let rules = Rules {
        catalogue: &WORLD.catalogue,
        response_types: ResponseType::ALL,
        prompts: PromptValue::ALL,
        issuer: &WORLD.config.server.issuer,
        keys: &WORLD.keys,
        entropy: &entropy,
        now: NOW,
    };
    match request::read(&params, &addressee, &rules) {
        Ok(pending) => {
            assert_may_be_asked(&params, &addressee, &pending);
            assert_survives(&pending);
            assert!(pending.fits_a_parameter() && pending.seal(&WORLD.sealer).len() <= MAX_VALUE_BYTES);
            true
        }
        Err(error) => {
            assert_presentable(&error);
            false
        }
    }
}

#[track_caller]
fn assert_may_be_answered(params: &Params, addressee: &Addressee) {
    let client = &addressee.client.metadata;
    let uri = addressee.redirect.uri();
    assert_safe(uri, client.application_type);
    let registered = client.redirect_uris.iter().find(|registered| registered.matches(uri)).unwrap();
    assert_same(registered.as_str(), uri, client.application_type);
    match params.one("redirect_uri").unwrap() {
        Some(sent) => assert_eq!(sent, uri),
        None => assert_eq!(client.redirect_uris.len(), 1),
    }
    let state = addressee.redirect.state().unwrap_or_default();
    assert_eq!(state, params.one("state").ok().flatten().unwrap_or_default());
    assert_arrives(&addressee.redirect, uri, state);
}

#[track_caller]
fn assert_may_be_asked(params: &Params, addressee: &Addressee, pending: &PendingRequest) {
    let client = &addressee.client.metadata;
    // RFC 6749 §3.1: nothing twice, known or not.
    params.check_all(&["resource"]).unwrap();
    assert_eq!(ResponseType::parse(params.one("response_type").unwrap()).unwrap(), pending.response_type);
    assert!(client.response_types.contains(&pending.response_type));
    let needs_nonce = pending.response_type.gives_id_token();
    assert!(!needs_nonce || (pending.nonce.is_some() && pending.scope.contains(OPENID)));
    assert!(["request", "request_uri", "registration"].iter().all(|name| params.one(name).unwrap().is_none()));
    assert!(!pending.scope.is_empty() && pending.scope.is_subset_of(&client.scope), "{}", pending.scope);
    assert!(!pending.scope.contains(OPENID) || params.one("redirect_uri").unwrap().is_some());
    assert!(pending.code_challenge.is_some() || !client.require_pkce || !pending.response_type.gives_code());
    let may_name = |resource: &str| {
        client.resources.iter().any(|own| own.as_str() == resource) || resource == WORLD.config.server.issuer.as_str()
    };
    assert!(pending.resources.iter().all(|resource| may_name(resource.as_str())));
    assert!(pending.signed_in.is_none() && pending.selected.is_none() && pending.decision.is_none());
    assert!(pending.hinted_sub.is_some() == params.one("id_token_hint").unwrap().is_some());
    assert_eq!(pending.nonce.as_deref(), params.one("nonce").unwrap());
    assert_eq!(pending.started_at, NOW);
}
