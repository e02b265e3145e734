//! Where pages send whoever they cannot act for.

/// Username and password.
pub(super) const SIGN_IN: &str = "/login";
/// The choice among those who are signed in.
pub(super) const SELECT_ACCOUNT: &str = "/login/select";
/// An account of one's own.
pub(super) const REGISTER: &str = "/register";
/// The second factor.
pub(super) const SECOND: &str = "/login/second";
/// Where an authenticator app is set up.
pub(super) const APP: &str = "/account/security/app";
/// Where another password is asked for that was forgotten.
pub(super) use crate::web::letters::RECOVER;
