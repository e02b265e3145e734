//! Whether a client made a signature: with a key that it has registered, or publishes at its `jwks_uri`.

use super::remote_keys::RemoteKeys;
use crate::clock::Timestamp;
use crate::domain::keys::client_key;
use crate::protocol::client_assertion::AssertionAlgorithm;
use crate::protocol::client_metadata::ClientKeys;
use crate::store::Client;

/// A signature, and what is said of it.
pub struct Signature<'a> {
    /// The name of the key, if one is named.
    pub kid: Option<&'a str>,
    /// What it was made with.
    pub algorithm: AssertionAlgorithm,
    /// What was signed.
    pub message: &'a [u8],
    /// The signature itself.
    pub signature: &'a [u8],
}

impl Signature<'_> {
    /// Whether a key of the client made it. The error is a clause for the log: its keys cannot be had.
    pub async fn is_of(&self, client: &Client, remote_keys: &RemoteKeys, now: Timestamp) -> Result<bool, String> {
        if let Some(keys) = &client.metadata.jwks {
            return Ok(self.is_by_one_of(keys));
        }
        let Some(uri) = &client.metadata.jwks_uri else { return Ok(false) };
        let keys = remote_keys.find(&client.id, uri.as_str(), self.kid, now).await;
        keys.map(|keys| self.is_by_one_of(&keys)).map_err(|problem| format!("jwks_uri: {problem}"))
    }

    fn is_by_one_of(&self, keys: &ClientKeys) -> bool {
        let mut candidates = keys.candidates(self.kid, self.algorithm);
        candidates.any(|key| client_key::verify(&key.material, self.algorithm, self.message, self.signature))
    }
}
