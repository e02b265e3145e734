//! What programs call: the protocol endpoints under `/oauth2` and the metadata documents.

pub mod authorize;
