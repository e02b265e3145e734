//! About which of those who are signed in at the browser a request is decided. Pure.

use crate::domain::pending_request::PendingRequest;
use crate::domain::people::accounts::signs_in_as;
use crate::web::browser_session::{Accounts, Current};

/// Whoever was chosen or signed in in answer to the request; else whom the app names; else the current one.
pub(super) fn choose<'a>(
    request: &PendingRequest,
    accounts: &'a Accounts,
    is_meant: impl Fn(&Current) -> bool,
) -> Option<&'a Current> {
    let mut answered = [request.selected, request.signed_in].into_iter().flatten();
    let answered = answered.find_map(|sid| accounts.of(sid));
    answered.or_else(|| named(request, accounts, is_meant)).or(accounts.current())
}

/// OIDC Core §3.1.2.1: whom the app names by the `id_token_hint`, the `login_hint` or (OIDC Core §5.5.1) a `sub`, that one
/// is answered for if they are signed in, whoever is current.
fn named<'a>(
    request: &PendingRequest,
    accounts: &'a Accounts,
    is_meant: impl Fn(&Current) -> bool,
) -> Option<&'a Current> {
    let meant = || accounts.current().into_iter().chain(accounts.others()).filter(|account| is_meant(account));
    let hint = request.login_hint.as_deref();
    let hinted = hint.and_then(|hint| meant().find(|account| signs_in_as(&account.person, hint)));
    hinted.or_else(|| meant().next().filter(|_| names_somebody(request)))
}

/// A `sub` that is no account's is met only where none is asked for.
fn names_somebody(request: &PendingRequest) -> bool {
    !request.may_be_about("")
}
