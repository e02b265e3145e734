//! Why a registration is not made or changed, each with what would be right.

use std::fmt;

use crate::error::ErrorCode;
use crate::ids::ClientId;
use crate::protocol::algorithm::SigningAlgorithm;
use crate::protocol::client_metadata::{AuthMethod, MetadataFault};
use crate::protocol::response::ResponseType;
use crate::store::StoreError;

/// Why a registration stays as it is.
#[derive(Debug)]
pub enum RegistrationError {
    /// The metadata is not acceptable.
    Faulty(Vec<MetadataFault>),
    /// The identifier is taken.
    Exists(ClientId),
    /// There is no such client.
    Unknown(ClientId),
    /// The client has no secret, because it authenticates by this method.
    NoSecret(ClientId, AuthMethod),
    /// It has changed since it was looked at.
    Changed(ClientId),
    /// The metadata names another client.
    OtherId(ClientId),
    /// The metadata holds a secret that is not the client's.
    OtherSecret(ClientId),
    /// The same was asked for before, under the same key, and answered.
    Answered,
    /// It registers itself, and may not.
    NotAdmitted(NotAdmitted),
    /// The database failed.
    Store(StoreError),
}

/// Why a client may not register itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAdmitted {
    /// Its token has been used as often as it may, or has ended.
    TokenIsUsedUp,
    /// As many have registered themselves in this hour as may.
    HourIsFull,
    /// As many have registered themselves as there may be.
    TotalIsReached,
}

impl RegistrationError {
    /// What the failed insertion of a client means: another process may have taken the identifier meanwhile.
    pub(super) fn of_insert(error: StoreError, id: &ClientId) -> Self {
        match error {
            StoreError::Exists => Self::Exists(id.clone()),
            other => Self::Store(other),
        }
    }
}

impl From<Vec<MetadataFault>> for RegistrationError {
    fn from(faults: Vec<MetadataFault>) -> Self {
        Self::Faulty(faults)
    }
}

impl From<StoreError> for RegistrationError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl fmt::Display for RegistrationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Faulty(faults) => {
                f.write_str("The client metadata is not acceptable:")?;
                faults.iter().try_for_each(|fault| write!(f, "\n  {fault}"))
            }
            Self::Exists(id) => {
                write!(f, "A client {id} exists already: choose another client_id, or update that one.")
            }
            Self::Unknown(id) => write!(f, "There is no client {id}."),
            Self::NoSecret(id, AuthMethod::PrivateKeyJwt) => write!(
                f,
                "The client {id} has no secret: it signs with a key of its own (private_key_jwt). Change its jwks instead, or \
                 the keys at its jwks_uri."
            ),
            Self::NoSecret(id, method) if method.is_by_certificate() => write!(
                f,
                "The client {id} has no secret: it shows a certificate ({method}). Have a new one issued to it, or change its \
                 jwks."
            ),
            Self::NoSecret(id, method) => {
                write!(f, "The client {id} has no secret: its token_endpoint_auth_method is {method}.")
            }
            Self::Changed(id) => {
                write!(f, "The client {id} has changed since you looked at it: look again, and then change it.")
            }
            Self::OtherId(id) => {
                write!(f, "The metadata names another client than {id}: a client_id never changes. Leave it out.")
            }
            Self::OtherSecret(id) => write!(
                f,
                "The metadata holds another secret than that of {id}: leave it out, and rotate the secret if it shall \
                 change."
            ),
            Self::Answered => f.write_str("The same was asked for before, and done."),
            Self::NotAdmitted(why) => why.fmt(f),
            Self::Store(error) => write!(f, "Nothing was changed: {error}."),
        }
    }
}

impl std::error::Error for RegistrationError {}

impl fmt::Display for NotAdmitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TokenIsUsedUp => {
                "The initial access token has been used as often as it may be, or has ended: ask for another one."
            }
            Self::HourIsFull => "As many clients have registered themselves in this hour as may: wait for the next one.",
            Self::TotalIsReached => {
                "As many clients have registered themselves as may: ask the operator of this server for an initial access token."
            }
        })
    }
}

pub(super) fn unknown_scope(name: &str) -> MetadataFault {
    let remedy = "Register it, or declare it under [[scopes]] in the configuration, or take it out.";
    fault("scope", name, "is not a scope of this server", remedy)
}

pub(super) fn unknown_resource(member: &str, identifier: &str) -> MetadataFault {
    let remedy = "Register it, or declare it under [[resources]] in the configuration, or take it out.";
    fault(member, identifier, "is not a resource of this server", remedy)
}

pub(super) fn no_key(member: &str, algorithm: SigningAlgorithm) -> MetadataFault {
    let remedy = format!("Make one by `claviger keys add {algorithm}`, or leave the member out.");
    fault(member, algorithm.wire(), "has no signing key here", &remedy)
}

pub(super) fn no_certificates(member: &str, value: &str) -> MetadataFault {
    let remedy = "Set server.mtls.listen or server.mtls.proxy_header in the configuration, for tls_client_auth also \
                  server.mtls.ca_file.";
    fault(member, value, "needs certificates of clients, for which this server is not set up", remedy)
}

pub(super) fn no_response_type(wanted: ResponseType) -> MetadataFault {
    let remedy = "Use code, or have the operator set tokens.front_channel_id_tokens.";
    fault("response_types", wanted.wire(), "is not answered by this server", remedy)
}

pub(super) fn sector(uri: &str, problem: &str) -> MetadataFault {
    let remedy =
        "Publish a JSON array there that holds every redirect URI of the client, by https on a public address.";
    fault("sector_identifier_uri", uri, problem, remedy)
}

fn fault(member: &str, value: &str, problem: &str, remedy: &str) -> MetadataFault {
    MetadataFault {
        member: member.to_owned(),
        value: format!("{value:?}"),
        problem: problem.to_owned(),
        remedy: remedy.to_owned(),
        code: ErrorCode::InvalidClientMetadata,
    }
}
