//! `/account/data`: a copy of everything that is known about a person, as a file; and the way to the end of the account.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};

use crate::domain::events::{Actor, EventKind, NewEvent, record};
use crate::domain::people::own_data::own_data;
use crate::web::own_path::OwnPath;
use crate::web::page::{OwnData, Problem};
use crate::web::posted::Member;
use crate::web::text::Texts;
use crate::web::visit::{PageResult, Visit};

/// The page. Whoever is here has just given the password: what it leads to is not for whoever finds a browser open.
pub(super) async fn show(visit: Visit) -> PageResult {
    let current = visit.recent(&OwnPath::DATA).await?;
    let proof = visit.proof_for(&current);
    let page = OwnData {
        t: Texts::english(),
        base: visit.base(),
        csrf: proof.token.clone(),
        may_leave: visit.cx.config.people.may_delete_themselves,
    };
    visit.send(&page, StatusCode::OK, &visit.headers(), Some(proof))
}

/// The file.
pub(super) async fn submit(Member(posted): Member) -> PageResult {
    let (visit, current) = posted.recent_member(&OwnPath::DATA)?;
    let (cx, person) = (&visit.cx, &current.person);
    let data = own_data(&cx.store, cx.issuer(), person, visit.now).await.map_err(|error| visit.failed(&error))?;
    let text = serde_json::to_vec_pretty(&data).map_err(|_| visit.refuse(Problem::Internal))?;
    let event = NewEvent::success(EventKind::DataDownloaded, Actor::Person(person.id)).person(person.id);
    record(&cx.store, event.at(visit.now, &*cx.entropy, &visit.origin)).await;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/json"))
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"my-data.json\""))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(text))
}
