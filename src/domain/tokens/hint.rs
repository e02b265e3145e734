//! The ID token by which an app says whom it means (`id_token_hint`).

use std::borrow::Cow;

use crate::clock::{Entropy, Timestamp};
use crate::domain::keys::key_set::KeySet;
use crate::protocol::jwe::{self, Jwe};

/// The signed ID token. OIDC Core §3.1.2.1: whoever got it encrypted decrypts it first, and may encrypt it anew, to us; one
/// that is encrypted to somebody else is no hint.
pub fn signed<'a>(sent: &'a str, keys: &KeySet, entropy: &dyn Entropy, now: Timestamp) -> Option<Cow<'a, str>> {
    if !jwe::is_encrypted(sent) {
        return Some(Cow::Borrowed(sent));
    }
    let plain = keys.open(&Jwe::read(sent).ok()?, entropy, now).ok()?;
    String::from_utf8(plain.to_vec()).ok().map(Cow::Owned)
}
