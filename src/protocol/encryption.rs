//! The algorithms that encrypt what we tell clients and what they send us (RFC 7518), by name. Keys live in
//! `domain/keys`.

use super::wire::wire_names;

wire_names! {
    /// How the key of the content reaches whoever is to read it (`alg`).
    pub enum EncryptionAlgorithm {
        /// RSA with OAEP and SHA-1: what every library has. OAEP asks of SHA-1 nothing that it has lost.
        RsaOaep = "RSA-OAEP",
        /// RSA with OAEP and SHA-256.
        RsaOaep256 = "RSA-OAEP-256",
        /// Agreed on P-256, and used as it comes.
        EcdhEs = "ECDH-ES",
        /// Agreed on P-256, and wrapped with AES-128.
        EcdhEsA128Kw = "ECDH-ES+A128KW",
        /// Agreed on P-256, and wrapped with AES-256.
        EcdhEsA256Kw = "ECDH-ES+A256KW",
    }
}

impl EncryptionAlgorithm {
    /// Whether the key is for an RSA key; it is agreed on P-256 otherwise.
    #[must_use]
    pub const fn is_rsa(self) -> bool {
        matches!(self, Self::RsaOaep | Self::RsaOaep256)
    }
}

wire_names! {
    /// How the content is encrypted (`enc`).
    pub enum ContentEncryption {
        /// AES-128 in CBC mode with HMAC-SHA-256: what an algorithm without a second one means.
        A128CbcHs256 = "A128CBC-HS256",
        /// AES-256 in GCM.
        A256Gcm = "A256GCM",
        /// AES-128 in GCM.
        A128Gcm = "A128GCM",
    }
}

impl ContentEncryption {
    /// How many bytes its key has.
    #[must_use]
    pub const fn key_bytes(self) -> usize {
        match self {
            Self::A128CbcHs256 | Self::A256Gcm => 32,
            Self::A128Gcm => 16,
        }
    }

    /// How many bytes its initialization vector has.
    #[must_use]
    pub const fn iv_bytes(self) -> usize {
        match self {
            Self::A128CbcHs256 => 16,
            Self::A256Gcm | Self::A128Gcm => 12,
        }
    }
}

/// How something is encrypted: the two go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encryption {
    /// How the key of the content travels.
    pub alg: EncryptionAlgorithm,
    /// What the content is encrypted with.
    pub enc: ContentEncryption,
}
