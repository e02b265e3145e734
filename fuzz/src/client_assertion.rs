//! What a client sends to say who it is: a line of header and a line of claims, put together as a JWT. What is found in
//! order names one client, is for us, ends soon, and brings neither a key nor an extension.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use claviger::domain::clients::assertion::check;
use claviger::domain::clients::authentication::Credentials;
use claviger::protocol::client_assertion::{Assertion, JWT_BEARER};
use serde_json::Value;

use super::world::{ISSUER, NOW, assert_presentable, lines};

pub fn run(data: &[u8]) -> bool {
    let [header, claims] = lines(data);
    let text = format!("{}.{}.AAAA", URL_SAFE_NO_PAD.encode(&header), URL_SAFE_NO_PAD.encode(&claims));
    let credentials = Credentials::of_assertion(Some(JWT_BEARER), &text, None);
    let Some(assertion) = Assertion::read(&text) else {
        assert_presentable(&credentials.unwrap_err());
        return false;
    };
    let Ok(stated) = check(&assertion, &[ISSUER.to_owned()], NOW) else { return false };
    let (header, claims): (Value, Value) =
        (serde_json::from_str(&header).unwrap(), serde_json::from_str(&claims).unwrap());
    for name in ["crit", "jwk", "jku", "x5u", "x5c"] {
        assert!(header.get(name).is_none(), "{header}");
    }
    assert_eq!(header["alg"], stated.algorithm.wire());
    assert_eq!(claims["iss"], claims["sub"]);
    assert_eq!(claims["sub"], credentials.unwrap().client_id.as_str());
    assert!(claims["aud"] == ISSUER || claims["aud"] == serde_json::json!([ISSUER]), "{claims}");
    assert!(claims["exp"].as_i64().unwrap() - NOW.seconds() <= 3660, "{claims}");
    assert_eq!(claims["jti"], stated.jti.as_str());
    true
}
