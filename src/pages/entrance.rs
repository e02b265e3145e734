//! Where pages send whoever they cannot act for.

/// Username and password.
pub(super) const SIGN_IN: &str = "/login";
/// A passkey, and no username.
pub(super) const PASSKEY: &str = "/login/passkey";
/// The choice among those who are signed in.
pub(super) const SELECT_ACCOUNT: &str = "/login/select";
/// An account of one's own.
pub(super) const REGISTER: &str = "/register";
/// What is said to whoever asked for a link to an account of their own.
pub(super) const REGISTER_SENT: &str = "/register/sent";
/// The second factor.
pub(super) const SECOND: &str = "/login/second";
/// Where an authenticator app is set up.
pub(super) const APP: &str = "/account/security/app";
/// Where another password is asked for that was forgotten.
pub(super) use crate::web::letters::RECOVER;
/// Where a link is asked for to sign in by.
pub(super) use crate::web::letters::SIGN_IN_LINK;
/// The start of a sign-in at another provider.
pub(super) const PROVIDERS: &str = "/login/providers";
/// An account of one's own, as another provider vouches for it.
pub(super) const REGISTER_BY_PROVIDER: &str = "/login/providers/new";
/// The accounts at other providers that are linked.
pub(super) const LINKED_PROVIDERS: &str = "/account/providers";
