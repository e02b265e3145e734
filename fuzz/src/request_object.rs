//! A request that travels in an object: a line of header and a line of members, put together as a JWT, and a line of
//! parameters beside it. What is found in order speaks for one client, to us, and brings neither a key, nor an extension, nor
//! another object; and what counts of it comes from the object first.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use claviger::domain::clients::request_object::{Beside, assemble, check};
use claviger::ids::ClientId;
use claviger::protocol::params::Params;
use claviger::protocol::request_object::{CARRIERS, RequestObject, RequestObjectAlgorithm};
use serde_json::Value;

use super::world::{ISSUER, NOW, assert_presentable, lines};

pub fn run(data: &[u8]) -> bool {
    let [header, members, beside] = lines(data);
    let encode = |part: &str| URL_SAFE_NO_PAD.encode(part);
    let object = match RequestObject::read(&format!("{}.{}.", encode(&header), encode(&members))) {
        Ok(object) => object,
        Err(error) => {
            assert_presentable(&error);
            return false;
        }
    };
    let Ok(algorithm) = check(&object, &ClientId("app".to_owned()), ISSUER, NOW) else { return false };
    let (header, members): (Value, Value) =
        (serde_json::from_str(&header).unwrap(), serde_json::from_str(&members).unwrap());
    for name in ["crit", "jwk", "jku", "x5u", "x5c"] {
        assert!(header.get(name).is_none(), "{header}");
    }
    assert_eq!(header["alg"], algorithm.wire());
    assert!(RequestObjectAlgorithm::ALL.contains(&algorithm));
    assert!(CARRIERS.iter().all(|name| members.get(name).is_none()), "{members}");
    assert!(members.get("client_id").is_none_or(|client| client == "app"), "{members}");
    assert!(members["iss"].is_null() || members["iss"] == "app", "{members}");
    assert!(members["sub"] != "app", "{members}");
    assert!(members["exp"].is_null() || members["exp"].as_i64().unwrap() > NOW.seconds() - 60, "{members}");
    let Ok(sent) = Params::parse(beside.as_bytes()) else { return false };
    assert_put_together(&object, &sent);
    true
}

#[track_caller]
fn assert_put_together(object: &RequestObject, sent: &Params) {
    if let Ok(alone) = assemble(object, Beside::Nothing, sent) {
        assert!(alone.names().all(|name| object.has(name)));
    }
    let Ok(both) = assemble(object, Beside::TheRest, sent) else { return };
    assert!(both.names().all(|name| !CARRIERS.contains(&name)));
    for name in both.names() {
        assert!(object.has(name) || both.all(name).ok() == sent.all(name).ok(), "{name}");
    }
    // RFC 6749 §3.1: what is empty counts as omitted.
    let stated = object.text("state").filter(|state| !state.is_empty());
    assert!(stated.is_none() || both.one("state").ok().flatten().is_none_or(|state| Some(state) == stated));
}
