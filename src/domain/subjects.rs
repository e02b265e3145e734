//! What each client calls a person (OIDC Core §8): everybody the person's identifier, or those of a sector one of their own.
//!
//! Nothing is kept of a pairwise one but what an authorization holds: it is computed, and nobody without the key can tell
//! which two are the same person.

use std::fmt;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::ids::PersonId;
use crate::protocol::client_metadata::ClientMetadata;

/// Makes subjects under one key.
pub struct Subjects(hmac::Key);

impl fmt::Debug for Subjects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Subjects(..)")
    }
}

impl Subjects {
    /// For a key that [`derive`](super::keys::master::MasterKey::derive) gave.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// The `sub` by which a client knows a person.
    #[must_use]
    pub fn sub(&self, client: &ClientMetadata, person: PersonId) -> String {
        client.sector().map_or_else(|| person.to_string(), |sector| self.pairwise(&sector, person))
    }

    /// OIDC Core §8.1: different for each sector, the same each time, and nothing that anybody else could turn back.
    fn pairwise(&self, sector: &str, person: PersonId) -> String {
        let mut context = hmac::Context::with_key(&self.0);
        // A host holds no zero byte, so that no two pairs are written alike.
        context.update(sector.as_bytes());
        context.update(&[0]);
        context.update(person.0.as_bytes());
        URL_SAFE_NO_PAD.encode(context.sign())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn client(subject_type: &str, redirect_uri: &str) -> ClientMetadata {
        let json = json!({ "subject_type": subject_type, "redirect_uris": [redirect_uri] });
        ClientMetadata::parse(json.to_string().as_bytes()).unwrap()
    }

    /// OIDC Core §8.1: by the sector and the person, and by nothing else that is known outside.
    #[test]
    fn tells_a_person_apart_by_sector_alone() {
        let (ada, ben) = (PersonId(Uuid::from_u128(1)), PersonId(Uuid::from_u128(2)));
        let subjects = Subjects::new(&[7; 32]);
        let one = client("pairwise", "https://one.example/cb");
        let sub = subjects.sub(&one, ada);
        assert_eq!(sub, subjects.sub(&client("pairwise", "https://one.example/elsewhere"), ada), "the same sector");
        assert_ne!(sub, subjects.sub(&client("pairwise", "https://two.example/cb"), ada), "another sector");
        assert_ne!(sub, subjects.sub(&one, ben), "another person");
        assert_ne!(sub, Subjects::new(&[8; 32]).sub(&one, ada), "another key");
        assert!(!sub.contains(&ada.to_string()) && sub.len() == 43 && sub.is_ascii(), "{sub}");
        assert_eq!(subjects.sub(&client("public", "https://one.example/cb"), ada), ada.to_string());
    }
}
