//! The enumerated values of client metadata.

use crate::protocol::client_assertion::AssertionAlgorithm;
use crate::protocol::wire::wire_names;

wire_names! {
    /// How a client authenticates at the token endpoint (`token_endpoint_auth_method`).
    pub enum AuthMethod {
        /// Id and secret in the `Authorization` header.
        ClientSecretBasic = "client_secret_basic",
        /// Id and secret in the form.
        ClientSecretPost = "client_secret_post",
        /// A JWT that is signed with the secret.
        ClientSecretJwt = "client_secret_jwt",
        /// A JWT that is signed with a key of the client's own.
        PrivateKeyJwt = "private_key_jwt",
        /// A certificate of an authority that this server trusts.
        TlsClientAuth = "tls_client_auth",
        /// A certificate that is registered itself.
        SelfSignedTlsClientAuth = "self_signed_tls_client_auth",
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

    /// Whether a client with this method shares a secret with us.
    #[must_use]
    pub const fn has_secret(self) -> bool {
        matches!(self, Self::ClientSecretBasic | Self::ClientSecretPost | Self::ClientSecretJwt)
    }

    /// Whether a client with this method shows a certificate (RFC 8705 §2).
    #[must_use]
    pub const fn is_by_certificate(self) -> bool {
        matches!(self, Self::TlsClientAuth | Self::SelfSignedTlsClientAuth)
    }

    /// Whether a client with this method may sign its assertions so.
    #[must_use]
    pub fn signs_with(self, algorithm: AssertionAlgorithm) -> bool {
        match self {
            Self::ClientSecretJwt => algorithm == AssertionAlgorithm::HS256,
            Self::PrivateKeyJwt => algorithm != AssertionAlgorithm::HS256,
            _ => false,
        }
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
