//! Where pages send whoever they cannot act for.

/// Username and password.
pub(super) const SIGN_IN: &str = "/login";
/// The choice among those who are signed in.
pub(super) const SELECT_ACCOUNT: &str = "/login/select";
/// An account of one's own.
pub(super) const REGISTER: &str = "/register";
/// Where another password is asked for that was forgotten.
pub(super) use crate::web::letters::RECOVER;
