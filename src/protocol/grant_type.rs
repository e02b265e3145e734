//! The grants by name. What each one does is in `oauth/token/`.

use super::wire::wire_names;
use crate::error::{ErrorCode, OAuthError, Result};

wire_names! {
    /// A `grant_type` (RFC 6749).
    pub enum GrantType {
        /// A person signed in and allowed it.
        AuthorizationCode = "authorization_code",
        /// A person signed in, and the browser brought the ID token (OIDC Registration §2). Nothing is asked for at the token
        /// endpoint by it.
        Implicit = "implicit",
        /// The client acts for itself.
        ClientCredentials = "client_credentials",
        /// A person allowed it elsewhere, by a code that a device showed (RFC 8628).
        DeviceCode = "urn:ietf:params:oauth:grant-type:device_code",
        /// Goes on from an earlier grant.
        RefreshToken = "refresh_token",
        /// Gives a narrow, short-lived token for an API key or another token (RFC 8693).
        TokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange",
    }
}

impl GrantType {
    /// Whether a person stands behind it, by their own word.
    #[must_use]
    pub const fn asks_a_person(self) -> bool {
        matches!(self, Self::AuthorizationCode | Self::Implicit | Self::DeviceCode)
    }

    /// Whether something is asked for by it at the token endpoint.
    #[must_use]
    pub const fn is_redeemed(self) -> bool {
        !matches!(self, Self::Implicit)
    }

    /// Reads the `grant_type` of a token request.
    pub fn parse(sent: &str) -> Result<Self> {
        // RFC 6749 §5.2: a grant that the server does not know has its own error code.
        Self::from_wire(sent).filter(|grant| grant.is_redeemed()).ok_or_else(|| {
            let names: Vec<_> =
                Self::ALL.iter().filter(|grant| grant.is_redeemed()).map(|grant| grant.wire()).collect();
            let text = format!("grant_type must be one of {}.", names.join(", "));
            OAuthError::new(ErrorCode::UnsupportedGrantType, text)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6749 §5.2
    #[test]
    fn refuses_an_unknown_grant_with_its_own_error() {
        for grant in GrantType::ALL.iter().filter(|grant| grant.is_redeemed()) {
            assert_eq!(GrantType::parse(grant.wire()).unwrap(), *grant);
        }
        for other in ["password", "Authorization_Code", "implicit", ""] {
            assert_eq!(GrantType::parse(other).unwrap_err().code, ErrorCode::UnsupportedGrantType, "{other:?}");
        }
    }
}
