//! Exchanging an API key or an access token for a token that is good for no more, nowhere else and no longer (RFC 8693).
//!
//! | what is exchanged | by whom |
//! |---|---|
//! | an API key | whoever shows nothing but the key, the client that owns it, the server of one of its resources |
//! | an access token | the client that it was issued to, the server of one of its resources |
//!
//! Everybody else learns only that it is not good. Why it is so: `docs/decisions/0026-an-exchange-never-widens.md`.

mod bounds;
mod desk;
mod key;
mod token;

pub use desk::{ExchangeDesk, Whence};

use crate::domain::people::Act;
use crate::domain::tokens::issue::Prepared;
use crate::error::{ErrorCode, Result};
use crate::protocol::token_exchange::{TokenExchange, TokenType};
use crate::store::Client;

/// Exchanges what the request presents. `client` has authenticated; without one, an API key is exchanged for itself.
///
/// Errors: `invalid_request` for what is not good, or not for this client to exchange (RFC 8693 §2.2.2); `invalid_target`
/// and `invalid_scope` for more than it is good for; 429 for a key that is beyond its limits.
pub async fn exchange(
    desk: &ExchangeDesk<'_>,
    act: &Act<'_>,
    client: Option<&Client>,
    request: &TokenExchange<'_>,
    whence: Whence,
) -> Result<Prepared> {
    match (request.subject_token_type, client) {
        (TokenType::ApiKey, client) => key::exchange(desk, act, client, request, whence).await,
        (TokenType::AccessToken | TokenType::Jwt, Some(client)) => token::exchange(desk, act, client, request).await,
        // RFC 8693 §5: whoever finds a token must not be able to make others of it.
        (TokenType::AccessToken | TokenType::Jwt, None) => Err(ErrorCode::InvalidClient.into()),
    }
}
