//! `/account/picture`: the picture of whoever is signed in, which they choose and take away; and `/pictures/…`, where anybody sees
//! one who was told its address.

use actix_web::http::{StatusCode, header};
use actix_web::web::{self, Data};
use actix_web::{Error, HttpResponse};

use crate::config::Editable;
use crate::cx::Cx;
use crate::domain::events::Actor;
use crate::domain::people::change::ChangeOutcome;
use crate::domain::people::pictures::{self, ENDING, PATH, PictureProblem};
use crate::pages::security::who::by_all_they_have;
use crate::web::browser_session::Current;
use crate::web::own_path::OwnPath;
use crate::web::page::{OwnPicture, OwnPictureOutcome, Problem};
use crate::web::uploaded::{File, WithFile};
use crate::web::visit::{PageResult, Visit};

/// The form.
pub(super) async fn show(visit: Visit) -> PageResult {
    check_on(&visit)?;
    let current = visit.current().await?.ok_or_else(|| visit.sign_in_first(&OwnPath::PICTURE))?;
    by_all_they_have(&visit, &current, &OwnPath::PICTURE).await?;
    let outcome = match visit.value(&visit.query()?, "done")? {
        Some("saved") => OwnPictureOutcome::Saved,
        Some("removed") => OwnPictureOutcome::Removed,
        _ => OwnPictureOutcome::Open,
    };
    render(&visit, &current, outcome).await
}

/// The form, sent.
pub(super) async fn submit(WithFile { posted, file, place: _place }: WithFile) -> PageResult {
    check_on(&posted.visit)?;
    let (visit, current) = posted.member(&OwnPath::PICTURE)?;
    by_all_they_have(visit, current, &OwnPath::PICTURE).await?;
    let act = visit.act(Actor::Person(current.person.id));
    if posted.field("decision")? == Some("remove") {
        let removed = pictures::take_away(&act, current.person.id).await;
        return done(visit, &removed.map_err(|error| visit.failed(&error))?, "removed");
    }
    let file = match file {
        File::Read(file) => file,
        File::None => return render(visit, current, OwnPictureOutcome::NoneChosen).await,
        File::TooLarge => return render(visit, current, OwnPictureOutcome::TooLarge).await,
    };
    let jpeg = match pictures::shown_in_turn(file).await {
        Ok(jpeg) => jpeg,
        Err(PictureProblem::Unreadable) => return render(visit, current, OwnPictureOutcome::Unreadable).await,
        Err(PictureProblem::TooLarge) => return render(visit, current, OwnPictureOutcome::TooLarge).await,
    };
    let put = pictures::put(&act, visit.cx.issuer(), current.person.id, jpeg).await;
    done(visit, &put.map_err(|error| visit.failed(&error))?, "saved")
}

/// A picture, for whoever was told its address: an app shows it on pages of its own.
pub(super) async fn serve(cx: Data<Cx>, file: web::Path<String>) -> HttpResponse {
    let found = match file.strip_suffix(ENDING) {
        Some(name) => cx.store.picture(name).await,
        None => Ok(None),
    };
    match found {
        Ok(Some(picture)) => HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, "image/jpeg"))
            // What is at this address never changes, but its person may take it away.
            .insert_header((header::CACHE_CONTROL, "public, max-age=86400"))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
            .insert_header(("Cross-Origin-Resource-Policy", "cross-origin"))
            .body(picture.jpeg),
        Ok(None) => HttpResponse::NotFound().insert_header((header::CACHE_CONTROL, "no-store")).finish(),
        Err(error) => {
            tracing::error!(%error, "a picture could not be looked up");
            HttpResponse::ServiceUnavailable().insert_header((header::CACHE_CONTROL, "no-store")).finish()
        }
    }
}

fn done(visit: &Visit, outcome: &ChangeOutcome, done: &str) -> PageResult {
    match outcome {
        ChangeOutcome::Done(_) => Ok(visit.redirect(&format!("{}?done={done}", OwnPath::PICTURE))),
        ChangeOutcome::Unknown => Err(visit.sign_in_first(&OwnPath::PICTURE)),
        // Neither what was seen nor anybody else is asked about a picture.
        ChangeOutcome::Changed | ChangeOutcome::Refused(_) => Err(visit.refuse(Problem::Internal)),
    }
}

/// Where the operator says which picture people have, they choose none.
fn check_on(visit: &Visit) -> Result<(), Error> {
    let may = visit.cx.config.people.editable.contains(&Editable::Picture);
    if may { Ok(()) } else { Err(visit.refuse(Problem::NotFound)) }
}

async fn render(visit: &Visit, current: &Current, outcome: OwnPictureOutcome) -> PageResult {
    let kept = visit.cx.store.picture_of(current.person.id).await.map_err(|error| visit.failed(&error))?;
    let proof = visit.proof_for(current);
    let page = OwnPicture {
        t: visit.texts(),
        base: visit.base(),
        csrf: proof.token.clone(),
        kept: kept.map(|picture| format!("{PATH}{}{ENDING}", picture.name)),
        address: current.person.claims.picture.clone(),
        outcome,
    };
    let status = match outcome {
        OwnPictureOutcome::Open | OwnPictureOutcome::Saved | OwnPictureOutcome::Removed => StatusCode::OK,
        OwnPictureOutcome::NoneChosen | OwnPictureOutcome::Unreadable => StatusCode::UNPROCESSABLE_ENTITY,
        OwnPictureOutcome::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
    };
    visit.send(&page, status, &visit.headers(), Some(proof))
}
