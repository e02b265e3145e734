//! An ID token that travels through the browser (OIDC Core §3.2.2.5, §3.3.2.5). Nothing but a code ever stands beside it.

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use super::{Mint, id_token_key, sign};
use crate::clock::Timestamp;
use crate::domain::clients::recipient::Recipient;
use crate::domain::tokens::id_token::{self, IdTokenClaims};
use crate::error::Result;
use crate::store::{Authorization, Client};

/// An ID token that is to travel through the browser.
pub struct FrontChannel {
    recipient: Option<Recipient>,
}

impl Mint<'_> {
    /// What is known of an ID token before anything is written for it. Fails where nothing could sign it, or where the client
    /// has no key that it could be encrypted to.
    pub fn prepare_front_channel(&self, client: &Client, now: Timestamp) -> Result<FrontChannel> {
        id_token_key(&self.keys.current(), client.metadata.id_token_signed_response_alg, now)?;
        Ok(FrontChannel { recipient: self.recipient(client)? })
    }

    /// Signs it, once everything is on disk: bound to the request by its `nonce`, and to the `code` beside it, if there is one.
    pub fn front_channel_id_token(
        &self,
        prepared: &FrontChannel,
        client: &Client,
        authorization: &Authorization,
        code: Option<&SecretString>,
        about: Map<String, Value>,
        now: Timestamp,
    ) -> Result<String> {
        let algorithm = client.metadata.id_token_signed_response_alg;
        let keys = self.keys.current();
        let key = id_token_key(&keys, algorithm, now)?;
        let exp = now + self.settings.id_token_lifetime;
        let c_hash = code.map(|code| id_token::left_half(algorithm, code.expose_secret()));
        let claims = IdTokenClaims::new(self.issuer.as_str(), authorization, authorization.nonce.clone(), now, exp);
        let signed = sign(key, id_token::TYP, &claims.beside_code(c_hash).about(about))?;
        match &prepared.recipient {
            None => Ok(signed),
            Some(recipient) => recipient.encrypt_jwt(&signed, self.entropy),
        }
    }
}
