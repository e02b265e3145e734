//! `/` and `/account`: who is signed in, or how to begin.

use actix_web::Error;
use actix_web::http::StatusCode;

use super::{key_leaks, provider_buttons};
use crate::domain::own_apps::startable;
use crate::domain::people::accounts::display_name;
use crate::ids::PersonId;
use crate::web::page::{AppTile, Home};
use crate::web::visit::{PageResult, Visit};

/// Where a browser goes that has nowhere else to go.
pub(super) const PATH: &str = "/";
/// The same after an account was created.
pub(super) const WELCOME: &str = "/?welcome=yes";

/// The page.
pub(super) async fn show(visit: Visit) -> PageResult {
    let welcome = visit.value(&visit.query()?, "welcome")?.is_some();
    let accounts = visit.accounts().await?;
    let current = accounts.current();
    let leaks = match current {
        Some(current) => key_leaks::leaks_of(&visit, current.person.id).await?,
        None => Vec::new(),
    };
    let apps = match current {
        Some(current) => tiles(&visit, current.person.id).await?,
        None => Vec::new(),
    };
    let others = accounts.others().next().is_some();
    let proof = match current {
        Some(current) => Some(visit.proof_for(current)),
        None => others.then(|| visit.proof_of_browser()),
    };
    let page = Home {
        t: visit.texts(),
        base: visit.base(),
        csrf: proof.as_ref().map(|proof| proof.token.clone()).unwrap_or_default(),
        issuer: visit.cx.issuer().as_str().to_owned(),
        admin: current.is_some_and(|current| current.person.role.is_some()),
        others,
        person: current.map(|current| display_name(&current.person).to_owned()),
        welcome,
        leaks,
        apps,
    };
    visit.send(&page, StatusCode::OK, &provider_buttons::leading_there(&visit, visit.headers()), proof)
}

/// The apps that the person can start.
async fn tiles(visit: &Visit, person: PersonId) -> Result<Vec<AppTile>, Error> {
    let cx = &visit.cx;
    let apps = startable(&cx.store, &cx.clients, cx.issuer(), person, visit.now).await;
    let apps = apps.map_err(|error| visit.failed(&error))?;
    Ok(apps.into_iter().map(|app| AppTile::new(app.name, &app.start)).collect())
}
