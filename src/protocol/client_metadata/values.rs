//! The enumerated values of client metadata.

use crate::protocol::wire::wire_names;

wire_names! {
    /// How a client authenticates at the token endpoint (`token_endpoint_auth_method`).
    pub enum AuthMethod {
        /// Id and secret in the `Authorization` header.
        ClientSecretBasic = "client_secret_basic",
        /// Id and secret in the form.
        ClientSecretPost = "client_secret_post",
        /// Not at all: a public client, which can keep no secret.
        None = "none",
    }
}

impl AuthMethod {
    /// Whether a client with this method can prove who it is (RFC 6749, section 2.1).
    #[must_use]
    pub const fn is_confidential(self) -> bool {
        !matches!(self, Self::None)
    }
}

wire_names! {
    /// When a person is asked to allow what a client wants (our extension, `consent`).
    pub enum ConsentPolicy {
        /// The first time, and again for something new.
        Remember = "remember",
        /// Every time.
        Always = "always",
        /// Never: the client belongs to those who run this server.
        Skip = "skip",
    }
}
