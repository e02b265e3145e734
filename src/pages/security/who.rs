//! Who may change an account: the person whose it is, who has proved who they are by as much as they have, and lately, where
//! more hangs on it than what apps are told.

use actix_web::Error;

use crate::domain::factors::Held;
use crate::web::browser_session::Current;
use crate::web::own_path::OwnPath;
use crate::web::visit::Visit;

/// What `current` has, who may change it; anybody else is sent to prove who they are, and comes back to `page`.
pub async fn changing(visit: &Visit, current: &Current, page: &OwnPath) -> Result<Held, Error> {
    if !visit.is_recent(current) {
        return Err(visit.sign_in_first(page));
    }
    by_all_they_have(visit, current, page).await
}

/// The same, however long ago they proved it.
pub async fn by_all_they_have(visit: &Visit, current: &Current, page: &OwnPath) -> Result<Held, Error> {
    let held = visit.cx.factor_desk().held_by(current.person.id).await.map_err(|error| visit.failed(&error))?;
    if held.is_any() && !current.signed_in.by_several() {
        return Err(visit.second_factor_first(page));
    }
    Ok(held)
}
