//! The list of a person's passkeys.

use actix_web::http::StatusCode;

use super::one::shown;
use crate::pages::security::who::by_all_they_have;
use crate::web::own_path::OwnPath;
use crate::web::page::Passkeys;
use crate::web::visit::{PageResult, Visit};

/// The list.
pub(super) async fn show(visit: Visit) -> PageResult {
    let current = visit.current().await?.ok_or_else(|| visit.sign_in_first(&OwnPath::PASSKEYS))?;
    by_all_they_have(&visit, &current, &OwnPath::PASSKEYS).await?;
    let theirs = visit.cx.store.passkeys_of(current.person.id).await.map_err(|error| visit.failed(&error))?;
    let t = visit.texts();
    let done = match visit.value(&visit.query()?, "done")? {
        Some("added") => Some(t.passkeys.done_added),
        Some("renamed") => Some(t.passkeys.done_renamed),
        Some("removed") => Some(t.passkeys.done_removed),
        _ => None,
    };
    let page = Passkeys {
        t,
        base: visit.base(),
        done,
        possible: visit.cx.passkeys.is_some(),
        passkeys: theirs.iter().map(shown).collect(),
    };
    visit.send(&page, StatusCode::OK, &visit.headers(), None)
}
