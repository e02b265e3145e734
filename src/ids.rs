//! Identifiers, each its own type, so that a person's is never passed where a session's is meant.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! uuid_ids {
    ($( $(#[$doc:meta])* $name:ident; )*) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> { text.parse().map(Self) }
        }
    )* };
}

uuid_ids! {
    /// A person. Random (UUID version 4), because it is the `sub` that apps see.
    PersonId;
    /// A browser session: the `sid` of ID tokens and logout tokens, never the cookie's secret.
    SessionId;
    /// A browser in which people are signed in: what their sessions have in common. Told to nobody.
    BrowserId;
    /// A grant: what a person has allowed a client, remembered.
    GrantId;
    /// An authorization: one answer to one authorization request, with its code, refresh chain and tokens.
    AuthorizationId;
    /// An entry of the event log.
    EventId;
    /// A group of people.
    GroupId;
    /// What an admin has approved an app to ask for.
    ApprovalId;
    /// An API key: stays the same when its secret is rotated.
    ApiKeyId;
    /// An authenticator app of a person.
    AuthenticatorAppId;
    /// A passkey.
    PasskeyId;
    /// A person's account at another provider, as it is linked here.
    ProviderAccountId;
    /// A token by which clients register themselves.
    InitialTokenId;
    /// A resource: made of its identifier, so that it has the same one at every server.
    ResourceId;
    /// What a person has asked the admins for; another one each time that they ask.
    ApprovalRequestId;
    /// A mail, or what somebody asked to be sent.
    MailId;
}

/// A client's identifier, as registered.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientId(pub String);

impl ClientId {
    /// The identifier as it stands on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The keyed hash under which an opaque secret (code, token, client secret, link, session key) is stored.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenHash(pub [u8; 32]);

impl TokenHash {
    /// The 32 bytes of the hash.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The bytes as a database column holds them.
    #[must_use]
    pub fn to_vec(self) -> Vec<u8> {
        self.0.to_vec()
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(..)")
    }
}
