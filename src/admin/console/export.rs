//! `/admin/events.csv` and `/admin/events.jsonl`: the events of a filter as a file, sent as it is read.

use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{Error, HttpResponse};
use futures_util::stream;

use super::admin::Admin;
use super::events::Sought;
use crate::domain::event_export::{Export, Format};
use crate::web::visit::PageResult;

/// For spreadsheets.
pub(super) async fn csv(admin: Admin) -> PageResult {
    send(admin, Format::Csv).await
}

/// For programs.
pub(super) async fn json_lines(admin: Admin) -> PageResult {
    send(admin, Format::JsonLines).await
}

async fn send(admin: Admin, format: Format) -> PageResult {
    let visit = &admin.visit;
    let filter = Sought::read(visit)?.filter(admin.only_clients_of(), None);
    let mut export = Export::new(visit.cx.store.clone(), format, filter);
    // While nothing has been sent, a database that fails can still be told by a page.
    let first = export.next().await.map_err(|error| visit.failed(&error))?;
    let name = format!("attachment; filename=\"claviger-events-{}.{}\"", visit.now.day(), format.word());
    let mut response = HttpResponse::Ok();
    visit.headers().apply(&mut response);
    response
        .insert_header((header::CONTENT_TYPE, format.media_type()))
        .insert_header((header::CONTENT_DISPOSITION, name));
    Ok(response.streaming(stream::try_unfold((first, export), following)))
}

/// The part that is at hand, and the one after it. A database that fails on the way breaks the transfer off, so that
/// nobody takes half a file for a whole one.
async fn following(
    (part, mut export): (Option<Vec<u8>>, Export),
) -> Result<Option<(Bytes, (Option<Vec<u8>>, Export))>, Error> {
    let Some(part) = part else { return Ok(None) };
    let next = export.next().await.map_err(|error| {
        tracing::error!(%error, "an export of events was broken off");
        actix_web::error::ErrorInternalServerError("broken off")
    })?;
    Ok(Some((Bytes::from(part), (next, export))))
}
