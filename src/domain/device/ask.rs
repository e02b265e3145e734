//! A device asks: the two codes are made and what it asks for is written (RFC 8628 §3.1).

use secrecy::{ExposeSecret, SecretString};

use crate::config::DeviceConfig;
use crate::domain::events::{EventKind, NewEvent};
use crate::domain::keys::hashing::TokenHasher;
use crate::domain::people::Act;
use crate::ids::ClientId;
use crate::protocol::resource::ResourceUri;
use crate::protocol::scope::Scope;
use crate::protocol::token_format::{self, TokenKind};
use crate::protocol::user_code::UserCode;
use crate::store::{DeviceCode, DeviceCodeState, Result, StoreError};

/// How often another user code is drawn where one is in use. Two in a row are as unlikely as a lucky guess.
const DRAWS: usize = 4;

/// What a device asks for, checked.
#[derive(Clone, Debug)]
pub struct Wish {
    /// The scope.
    pub scope: Scope,
    /// The resources.
    pub resources: Vec<ResourceUri>,
}

/// What it is told.
pub struct Codes {
    /// With which it comes back.
    pub device_code: SecretString,
    /// Which it shows.
    pub user_code: UserCode,
}

/// Writes that `client` asks, and mints the codes.
pub async fn ask(
    act: &Act<'_>,
    hasher: &TokenHasher,
    settings: &DeviceConfig,
    client: &ClientId,
    wish: Wish,
) -> Result<Codes> {
    let device_code = token_format::mint(TokenKind::DeviceCode, &act.entropy.bytes());
    let mut row = DeviceCode {
        hash: hasher.hash(device_code.expose_secret()),
        user_code_hash: hasher.hash(""),
        client_id: client.clone(),
        scope: wish.scope,
        resources: wish.resources,
        address: act.origin.address.clone(),
        state: DeviceCodeState::Waiting,
        interval: settings.interval,
        created_at: act.now,
        expires_at: act.now + settings.code_lifetime,
    };
    let event = NewEvent::success(EventKind::DeviceAsked, act.actor.clone()).client(client);
    let event = act.event(event.detail("scope", row.scope.to_string()));
    for _ in 0..DRAWS {
        let user_code = UserCode::from_random(act.entropy.bytes());
        row.user_code_hash = hasher.hash(user_code.expose_secret());
        let (row, event) = (row.clone(), event.clone());
        let written = act.store.write(move |tx| {
            Box::pin(async move {
                tx.insert_device_code(&row).await?;
                tx.insert_event(event).await
            })
        });
        match written.await {
            Ok(()) => return Ok(Codes { device_code, user_code }),
            Err(StoreError::Exists) => {}
            Err(error) => return Err(error),
        }
    }
    Err(StoreError::Exists)
}
