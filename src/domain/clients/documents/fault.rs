//! Why a document does not say who a client is.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::domain::clients::dynamic::NotAcceptable;
use crate::protocol::algorithm::SigningAlgorithm;
use crate::store::StoreError;

/// Why there is no client by a document. What is displayed may be told to anybody: it says nothing of what this server saw
/// on its way there.
#[derive(Clone, Debug)]
pub enum DocumentFault {
    /// The `client_id` cannot be the address of one: a clause.
    NotAnAddress(String),
    /// It cannot be fetched; the clause is for the log.
    NotFetched(String),
    /// It is no document of that client: a sentence.
    NotADocument(&'static str),
    /// What it says cannot be registered: sentences.
    NotAcceptable(String),
    /// The visitor's address had too many fetched; how long it is until the next.
    TooMany(Duration),
    /// Too many are being fetched just now.
    Busy,
    /// The database failed.
    Store(Arc<StoreError>),
}

impl DocumentFault {
    pub(super) fn sector() -> Self {
        let text = "sector_identifier_uri: who describes itself in a document is a sector of its own. Leave it out.";
        Self::NotAcceptable(text.to_owned())
    }

    pub(super) fn no_key(member: &str, algorithm: SigningAlgorithm) -> Self {
        Self::NotAcceptable(format!("{member}: this server has no key for {algorithm}."))
    }
}

impl fmt::Display for DocumentFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAnAddress(clause) => write!(f, "The client_id is no address of a metadata document: it {clause}."),
            Self::NotFetched(_) => f.write_str("The metadata document at the client_id cannot be fetched."),
            Self::NotADocument(sentence) => f.write_str(sentence),
            Self::NotAcceptable(text) => write!(f, "The metadata document at the client_id is not acceptable. {text}"),
            Self::TooMany(_) | Self::Busy => f.write_str("Too many metadata documents were asked for."),
            Self::Store(_) => f.write_str("The database failed."),
        }
    }
}

impl From<NotAcceptable> for DocumentFault {
    fn from(error: NotAcceptable) -> Self {
        Self::NotAcceptable(error.0.text.into_owned())
    }
}

impl From<StoreError> for DocumentFault {
    fn from(error: StoreError) -> Self {
        Self::Store(Arc::new(error))
    }
}
