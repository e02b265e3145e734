//! Sealed requests: what this server did not seal does not open, and what it sealed once, in whatever version, opens to
//! a value that can be sealed again or is refused. Text that begins with a brace is sealed here first.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use claviger::domain::pending_request::{PendingFault, PendingRequest};
use claviger::domain::pending_sign_out::PendingSignOut;
use claviger::protocol::params::MAX_VALUE_BYTES;

use super::world::{NOW, WORLD};

/// The only two that were sealed under the world's key.
const REQUEST: &str = include_str!("../seeds/sealed/request");
const SIGN_OUT: &str = include_str!("../seeds/sealed/sign_out");
const LIFETIME: Duration = Duration::from_mins(15);

pub fn run(data: &[u8]) -> bool {
    if data.starts_with(b"{") {
        return reseal(data);
    }
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let request = open(text);
    let sign_out = PendingSignOut::open(text, &WORLD.sealer, NOW, LIFETIME);
    assert_eq!(request.is_ok(), text == REQUEST.trim_end(), "{text}");
    assert_eq!(sign_out.is_some(), text == SIGN_OUT.trim_end(), "{text}");
    if let Err(fault) = request {
        assert_eq!(fault, PendingFault::Altered, "{text}");
    }
    // The bytes themselves, under any context: they are sealed or they are not.
    let contexts: [&[u8]; 3] = [b"", b"pending authorization request", b"signing-key:x"];
    let opens = |context: &&[u8]| WORLD.sealer.open(data, context).is_some();
    assert!(!contexts.iter().any(opens), "{data:?}");
    text == REQUEST.trim_end() || text == SIGN_OUT.trim_end()
}

fn open(text: &str) -> Result<PendingRequest, PendingFault> {
    PendingRequest::open(text, &WORLD.sealer, NOW, LIFETIME)
}

fn reseal(plain: &[u8]) -> bool {
    let sealed = |context: &[u8]| URL_SAFE_NO_PAD.encode(WORLD.sealer.seal(plain, context));
    if let Some(sign_out) = PendingSignOut::open(&sealed(b"pending sign-out"), &WORLD.sealer, NOW, LIFETIME) {
        let again = PendingSignOut::open(&sign_out.seal(&WORLD.sealer), &WORLD.sealer, NOW, LIFETIME).unwrap();
        assert_eq!(format!("{again:?}"), format!("{sign_out:?}"));
    }
    assert_eq!(open(&sealed(b"something else")).unwrap_err(), PendingFault::Altered);
    let Ok(request) = open(&sealed(b"pending authorization request")) else { return false };
    assert_survives(&request);
    true
}

/// What waits comes back as it was, and fits where it has to travel if it says so.
#[track_caller]
pub fn assert_survives(request: &PendingRequest) {
    let sealed = request.seal(&WORLD.sealer);
    assert!(sealed.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{sealed}");
    assert!(sealed.len() <= MAX_VALUE_BYTES || !request.fits_a_parameter(), "{} bytes", sealed.len());
    assert_eq!(format!("{:?}", open(&sealed).unwrap()), format!("{request:?}"));
    let later = NOW + LIFETIME * 3;
    // It may have been sealed by a clock that was ahead.
    let is_stale = later.since(request.started_at) > LIFETIME;
    assert_eq!(PendingRequest::open(&sealed, &WORLD.sealer, later, LIFETIME).is_err(), is_stale);
}
