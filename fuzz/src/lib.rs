//! What strangers send, and what must hold of it, whatever it is.
//!
//! A target is a function of bytes that panics where a property is broken, and says whether the input was accepted. It
//! has two drivers: `fuzz_targets/` (libFuzzer, for hours) and `tests/it/fuzz.rs` (seeds and some thousand random
//! changes of them, in every run of the tests). `seeds/<target>/` holds what the tests' cases look like.

pub mod authorize;
pub mod basic;
pub mod bearer;
pub mod client_assertion;
pub mod client_certificate;
pub mod client_metadata;
pub mod cookies;
pub mod forwarded;
pub mod jwe;
pub mod jwt;
pub mod jwt_claims;
pub mod leak_report;
pub mod params;
pub mod pkce;
pub mod redirect_uri;
pub mod request_object;
pub mod scope;
pub mod sealed;
pub mod server;
pub mod token_format;
pub mod uri;
pub mod world;

/// Whether what was sent was accepted.
pub type Target = fn(&[u8]) -> bool;

/// Every target, by its name.
pub const TARGETS: &[(&str, Target)] = &[
    ("authorize", authorize::run),
    ("basic", basic::run),
    ("bearer", bearer::run),
    ("client_assertion", client_assertion::run),
    ("client_certificate", client_certificate::run),
    ("client_metadata", client_metadata::run),
    ("cookies", cookies::run),
    ("forwarded", forwarded::run),
    ("jwe", jwe::run),
    ("jwt", jwt::run),
    ("jwt_claims", jwt_claims::run),
    ("leak_report", leak_report::run),
    ("params", params::run),
    ("pkce", pkce::run),
    ("redirect_uri", redirect_uri::run),
    ("request_object", request_object::run),
    ("scope", scope::run),
    ("sealed", sealed::run),
    ("server", server::run),
    ("token_format", token_format::run),
    ("uri", uri::run),
];
