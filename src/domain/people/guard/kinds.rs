//! What is guarded, and for whom it is counted.

/// What can be guessed, or done too often. Each is counted for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A password.
    Password,
    /// A one-time or recovery code.
    Code,
    /// Mail to somebody who says that they lost their password. All of it counts: there is no right one.
    Reset,
    /// A passkey. None is guessed, but each attempt is written down.
    Passkey,
    /// A link that works once.
    Link,
    /// An account of one's own. All of them count.
    Registration,
    /// The secret of a client.
    Client,
    /// A password that somebody chose who has no account yet: to look at it costs time.
    NewPassword,
    /// The code that a device shows.
    UserCode,
    /// A client that registers itself. All of them count.
    ClientRegistration,
    /// A device that asks for codes in the name of a client that nobody authenticates. All of them count.
    DeviceRequest,
    /// A link to an address, for the account of who is signed in. All of them count.
    OwnAddress,
}

impl Kind {
    pub(super) const ALL: [Self; 12] = [
        Self::Password,
        Self::Code,
        Self::Reset,
        Self::Passkey,
        Self::Link,
        Self::Registration,
        Self::Client,
        Self::NewPassword,
        Self::UserCode,
        Self::ClientRegistration,
        Self::DeviceRequest,
        Self::OwnAddress,
    ];

    /// By which word it stands in the table.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Code => "code",
            Self::Reset => "reset",
            Self::Passkey => "passkey",
            Self::Link => "link",
            Self::Registration => "registration",
            Self::Client => "client",
            Self::NewPassword => "new password",
            Self::UserCode => "user code",
            Self::ClientRegistration => "client registration",
            Self::DeviceRequest => "device request",
            Self::OwnAddress => "own address",
        }
    }

    /// Why somebody is held back, for the operator.
    pub(super) const fn reason(self) -> &'static str {
        match self {
            Self::Password => "too many wrong passwords",
            Self::Code => "too many wrong codes",
            Self::Reset => "too many requests for mail",
            Self::Passkey => "too many refused passkeys",
            Self::Link => "too many wrong links",
            Self::Registration => "too many accounts",
            Self::Client => "too many failures to authenticate",
            Self::NewPassword => "too many new passwords",
            Self::UserCode => "too many wrong codes of devices",
            Self::ClientRegistration => "too many clients",
            Self::DeviceRequest => "too many devices",
            Self::OwnAddress => "too many links to addresses",
        }
    }
}

/// For whom is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Scope {
    Pair,
    Account,
    Address,
    Device,
}

impl Scope {
    pub(super) const ALL: [Self; 4] = [Self::Pair, Self::Account, Self::Address, Self::Device];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Pair => "pair",
            Self::Account => "account",
            Self::Address => "address",
            Self::Device => "device",
        }
    }
}

/// What is counted for: a keyed hash, since what was typed as a name is now and then a password, and as long as anybody likes.
pub(super) type Subject = (Scope, [u8; 16]);
