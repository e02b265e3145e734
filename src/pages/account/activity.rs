//! `/account/activity`: what happened to a person's account, in their words, the latest first.

use actix_web::Error;
use actix_web::http::StatusCode;

use crate::domain::people::activity::{self, By, Deed};
use crate::ids::{EventId, PersonId};
use crate::pages::security::who::by_all_they_have;
use crate::store::Event;
use crate::web::own_path::OwnPath;
use crate::web::page::{Activity, OwnDeed};
use crate::web::visit::{PageResult, Visit};

/// Deeds on a page.
const ROWS: usize = 25;
/// One more tells whether there are any before.
const ROWS_AND_ONE: u64 = 26;

/// The page.
pub(super) async fn show(visit: Visit) -> PageResult {
    let current = visit.current().await?.ok_or_else(|| visit.sign_in_first(&OwnPath::ACTIVITY))?;
    by_all_they_have(&visit, &current, &OwnPath::ACTIVITY).await?;
    let before: Option<EventId> = visit.value(&visit.query()?, "before")?.and_then(|id| id.parse().ok());
    let person = current.person.id;
    let events = activity::activity(&visit.cx.store, person, before, ROWS_AND_ONE).await;
    let events = events.map_err(|error| visit.failed(&error))?;
    let mut deeds = Vec::with_capacity(ROWS);
    for event in events.iter().take(ROWS) {
        // What is told only where it succeeded, or only where it failed, is left out of the other.
        if let Some(deed) = activity::deed(event) {
            deeds.push(shown(&visit, event, deed, person).await?);
        }
    }
    let last = events.get(ROWS - 1).filter(|_| events.len() > ROWS);
    let page = Activity {
        t: visit.texts(),
        base: visit.base(),
        deeds,
        earlier: before.is_some(),
        next: last.map(|event| format!("/account/activity?before={}", event.id)),
    };
    visit.send(&page, StatusCode::OK, &visit.headers(), None)
}

async fn shown(visit: &Visit, event: &Event, deed: Deed, person: PersonId) -> Result<OwnDeed, Error> {
    let words = &visit.texts().account.activity;
    let by = match activity::by(event, person) {
        // The words of what strangers and apps do say so themselves.
        By::Themselves | By::Somebody | By::App => None,
        By::Administrator => Some(words.by_admin),
        By::Server => Some(words.by_server),
    };
    let is_told = activity::is_place_told(event, person);
    let device = event.user_agent.as_deref().filter(|_| is_told && event.address.is_some());
    Ok(OwnDeed {
        at: event.at.minute(),
        what: words.deed.words(deed),
        about: about(visit, event, deed).await?,
        by,
        device: device.map(|text| visit.texts().account.devices.words(Some(text))),
        address: event.address.clone().filter(|_| is_told),
        alarming: matches!(
            deed,
            Deed::SignInFailed
                | Deed::HeldBack
                | Deed::SecondFactorFailed
                | Deed::FactorsReset
                | Deed::CodeReused
                | Deed::TokenReused
                | Deed::KeyLeaked
                | Deed::Disabled
        ),
    })
}

/// The name of the app, provider, key or group that it is about.
async fn about(visit: &Visit, event: &Event, deed: Deed) -> Result<Option<String>, Error> {
    let cx = &visit.cx;
    if let Some(id) = &event.client_id {
        let app = cx.clients.find(&cx.store, id, visit.now).await.map_err(|error| visit.failed(&error))?;
        let name = app.and_then(|app| app.metadata.client_name.clone());
        return Ok(Some(name.unwrap_or_else(|| id.to_string())));
    }
    let detail = |name: &str| event.details.get(name).and_then(|value| value.as_str());
    if matches!(deed, Deed::GroupJoined | Deed::GroupLeft) {
        let Some(id) = detail("group").and_then(|id| id.parse().ok()) else { return Ok(None) };
        let group = cx.store.group(id).await.map_err(|error| visit.failed(&error))?;
        return Ok(group.map(|group| group.name));
    }
    if let Some(id) = detail("provider") {
        // One that the settings do not name any more.
        return Ok(Some(cx.providers.find(id).map_or_else(|| id.to_owned(), |provider| provider.config.name.clone())));
    }
    Ok(detail("name").or_else(|| detail("to").filter(|_| deed == Deed::PasskeyRenamed)).map(str::to_owned))
}
