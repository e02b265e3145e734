//! Checks what we sign by the published keys, with another library than the server's.

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::header;

/// The key that the header names is published, and has signed it: RS256.
#[track_caller]
pub fn check_signature(jwks: &Value, token: &str) {
    let kid = header(token)["kid"].as_str().expect("a kid in every signed answer").to_owned();
    let key = jwks["keys"].as_array().unwrap().iter().find(|key| key["kid"] == kid.as_str());
    let key = key.expect("its key is published");
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    let public = RsaPublicKeyComponents { n: bytes(key["n"].as_str().unwrap()), e: bytes(key["e"].as_str().unwrap()) };
    let (signed, signature) = token.rsplit_once('.').unwrap();
    public.verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &bytes(signature)).unwrap();
}
