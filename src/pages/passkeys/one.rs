//! What the pages about one passkey share: whose it must be, and how it is shown.

use actix_web::Error;

use crate::clock::Timestamp;
use crate::ids::PasskeyId;
use crate::store::Passkey;
use crate::web::browser_session::Current;
use crate::web::own_path::OwnPath;
use crate::web::page::{OwnPasskey, Problem};
use crate::web::visit::Visit;

/// The page that was asked for, to come back to after a sign-in.
pub(super) fn here(visit: &Visit) -> OwnPath {
    let path = visit.request.path().strip_prefix(visit.base().as_str());
    path.and_then(OwnPath::parse).unwrap_or(OwnPath::PASSKEYS)
}

/// The person's passkey with this identifier.
pub(super) async fn find(visit: &Visit, current: &Current, id: &str) -> Result<Passkey, Error> {
    let id: Option<PasskeyId> = id.parse().ok();
    let passkey = match id {
        Some(id) => visit.cx.store.passkey(id).await.map_err(|error| visit.failed(&error))?,
        None => None,
    };
    let own = passkey.filter(|passkey| passkey.person_id == current.person.id);
    own.ok_or_else(|| visit.refuse(Problem::NotFound))
}

/// A passkey, for a page.
pub(super) fn shown(passkey: &Passkey) -> OwnPasskey {
    OwnPasskey {
        path: format!("{}/{}", OwnPath::PASSKEYS, passkey.id),
        name: passkey.name.clone(),
        added: passkey.created_at.day(),
        used: passkey.last_used_at.map(Timestamp::minute),
        synced: passkey.synced,
    }
}
