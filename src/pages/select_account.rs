//! `/login/select`: go on as who is signed in, or as somebody else (`prompt=select_account`).

use actix_web::http::StatusCode;

use super::sign_in;
use super::waiting::Waiting;
use crate::domain::people::accounts::display_name;
use crate::web::page::{Problem, SelectAccount};
use crate::web::posted::Member;
use crate::web::visit::{PageResult, Visit};

const PATH: &str = "/login/select";

/// The choice.
pub(super) async fn show(visit: Visit) -> PageResult {
    let waiting = Waiting::required(&visit, &visit.query()?).await?;
    let Some(current) = visit.current().await? else { return Ok(visit.redirect(&waiting.path(sign_in::PATH))) };
    let proof = visit.proof_for(&current);
    let page = SelectAccount {
        t: waiting.texts(),
        base: visit.base(),
        action: PATH.to_owned(),
        csrf: proof.token.clone(),
        request: waiting.sealed.clone(),
        app: Some(waiting.app()),
        person: display_name(&current.person).to_owned(),
    };
    visit.send(&page, StatusCode::OK, &waiting.headers(&visit), Some(proof))
}

/// The choice, made.
pub(super) async fn submit(Member(posted): Member) -> PageResult {
    let visit = &posted.visit;
    let mut waiting = Waiting::required(visit, &posted.fields).await?;
    let Some(current) = &posted.current else { return Ok(visit.redirect(&waiting.path(sign_in::PATH))) };
    match posted.field("account")? {
        Some("continue") => {
            waiting.request.selected = Some(current.signed_in.sid);
            Ok(waiting.resume(visit))
        }
        Some("another") => Ok(visit.redirect(&format!("{}&another=yes", waiting.path(sign_in::PATH)))),
        _ => Err(visit.refuse(Problem::Malformed)),
    }
}
