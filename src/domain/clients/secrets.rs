//! How the secrets of clients are kept: as a keyed hash; sealed besides where a client signs with its secret
//! (`client_secret_jwt`), because what it signed cannot be checked without it.

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::clock::Timestamp;
use crate::domain::keys::hashing::TokenHasher;
use crate::domain::keys::sealing::Sealer;
use crate::ids::{ClientId, TokenHash};
use crate::protocol::client_metadata::AuthMethod;
use crate::store::{Client, ClientSecret};

/// Keeps secrets.
#[derive(Clone, Copy)]
pub struct SecretKeeper<'a> {
    /// Hashes them.
    pub hasher: &'a TokenHasher,
    /// Seals them.
    pub sealer: &'a Sealer,
}

impl SecretKeeper<'_> {
    /// What is kept of a secret of a client that authenticates by `method`.
    #[must_use]
    pub fn keep(&self, client: &ClientId, method: AuthMethod, secret: &SecretString, now: Timestamp) -> ClientSecret {
        let secret = secret.expose_secret();
        let hash = self.hasher.hash(secret);
        let is_sealed = method == AuthMethod::ClientSecretJwt;
        let sealed = is_sealed.then(|| self.sealer.seal(secret.as_bytes(), &context(client, &hash)));
        ClientSecret { hash, sealed, created_at: now, expires_at: None }
    }
}

/// The secrets of a client that are valid at `now` and were kept sealed.
pub fn opened<'a>(
    client: &'a Client,
    sealer: &'a Sealer,
    now: Timestamp,
) -> impl Iterator<Item = Zeroizing<Vec<u8>>> + 'a {
    let valid = client.secrets.iter().filter(move |secret| secret.is_valid(now));
    valid.filter_map(|secret| sealer.open(secret.sealed.as_deref()?, &context(&client.id, &secret.hash)))
}

/// Ties sealed bytes to their client and, by its hash, to their row.
fn context(client: &ClientId, hash: &TokenHash) -> Vec<u8> {
    [b"client secret".as_slice(), hash.as_bytes(), client.0.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seals_only_what_signs_and_ties_it_to_its_client() {
        let (hasher, sealer) = (TokenHasher::new(&[1; 32]), Sealer::new(&[2; 32]));
        let keeper = SecretKeeper { hasher: &hasher, sealer: &sealer };
        let (id, secret) = (ClientId("a".to_owned()), SecretString::from("secret"));
        let now = Timestamp::from_seconds(5);
        assert!(keeper.keep(&id, AuthMethod::ClientSecretBasic, &secret, now).sealed.is_none());
        let kept = keeper.keep(&id, AuthMethod::ClientSecretJwt, &secret, now);
        let bytes = kept.sealed.unwrap();
        assert_eq!(sealer.open(&bytes, &context(&id, &kept.hash)).unwrap().as_slice(), b"secret");
        assert!(sealer.open(&bytes, &context(&ClientId("b".to_owned()), &kept.hash)).is_none());
        assert!(sealer.open(&bytes, &context(&id, &hasher.hash("other"))).is_none());
    }
}
