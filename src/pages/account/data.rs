//! `/account/data`: a copy of everything that is known about a person, as a file; and the way to the end of the account.

use actix_web::http::{StatusCode, header};
use actix_web::web::Bytes;
use actix_web::{Error, HttpResponse};
use futures_util::stream;

use crate::domain::events::{Actor, EventKind, NewEvent, record};
use crate::domain::people::own_data::OwnCopy;
use crate::pages::security::who::changing;
use crate::web::own_path::OwnPath;
use crate::web::page::OwnData;
use crate::web::posted::Member;
use crate::web::visit::{PageResult, Visit};

/// The page. Whoever is here has just proved who they are by as much as they have: what it leads to is not for whoever finds a
/// browser open, nor for whoever knows the password alone.
pub(super) async fn show(visit: Visit) -> PageResult {
    let current = visit.recent(&OwnPath::DATA).await?;
    changing(&visit, &current, &OwnPath::DATA).await?;
    let proof = visit.proof_for(&current);
    let page = OwnData {
        t: visit.texts(),
        base: visit.base(),
        csrf: proof.token.clone(),
        may_leave: visit.cx.config.people.may_delete_themselves,
    };
    visit.send(&page, StatusCode::OK, &visit.headers(), Some(proof))
}

/// The file.
pub(super) async fn submit(Member(posted): Member) -> PageResult {
    let (visit, current) = posted.recent_member(&OwnPath::DATA)?;
    changing(visit, current, &OwnPath::DATA).await?;
    let (cx, person) = (&visit.cx, &current.person);
    // While nothing has been sent, a database that fails can still be told by a page.
    let copy = OwnCopy::begin(cx.store.clone(), cx.issuer(), person, visit.now).await;
    let mut copy = copy.map_err(|error| visit.failed(&error))?;
    let first = copy.next().await.map_err(|error| visit.failed(&error))?;
    let event = NewEvent::success(EventKind::DataDownloaded, Actor::Person(person.id)).person(person.id);
    record(&cx.store, event.at(visit.now, &*cx.entropy, &visit.origin)).await;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/json"))
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"my-data.json\""))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .streaming(stream::try_unfold((first, copy), following)))
}

/// The part that is at hand, and the one after it. A database that fails on the way breaks the transfer off, so that nobody
/// takes half a file for a whole one.
async fn following(
    (part, mut copy): (Option<Vec<u8>>, OwnCopy),
) -> Result<Option<(Bytes, (Option<Vec<u8>>, OwnCopy))>, Error> {
    let Some(part) = part else { return Ok(None) };
    let next = copy.next().await.map_err(|error| {
        tracing::error!(%error, "a copy of somebody's data was broken off");
        actix_web::error::ErrorInternalServerError("broken off")
    })?;
    Ok(Some((Bytes::from(part), (next, copy))))
}
