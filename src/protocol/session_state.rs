//! What an app compares to learn that who is signed in at a browser has changed (OpenID Connect Session Management 1.0).

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The `session_state` of a client whose pages are of `origin`. `static/check_session.js` computes the same in the browser.
/// OIDC Session Management §3.2
#[must_use]
pub fn session_state(client_id: &str, origin: &str, browser_state: &str, salt: &str) -> String {
    let hash = digest(&SHA256, format!("{client_id} {origin} {browser_state} {salt}").as_bytes());
    format!("{}.{salt}", URL_SAFE_NO_PAD.encode(hash))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// OIDC Session Management §3.2: no space, the salt after a dot, and another value for whatever is other.
    #[test]
    fn is_another_for_whatever_is_other() {
        let good = session_state("app", "https://app.example", "state", "salt");
        assert_eq!(good, "TKK2TP5n4yQUmW1lBiWgEa8HDbaWxity4AYe1hjau78.salt");
        for other in [
            session_state("other", "https://app.example", "state", "salt"),
            session_state("app", "https://app.example:8443", "state", "salt"),
            session_state("app", "https://app.example", "", "salt"),
            session_state("app", "https://app.example", "state", "pepper"),
        ] {
            assert_ne!(other.split('.').next(), good.split('.').next());
            assert!(!other.contains(' '));
        }
    }
}
