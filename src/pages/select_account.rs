//! `/login/select`: go on as one of those who are signed in at this browser, or as somebody else. An app asks for it
//! (`prompt=select_account`), or the person.

use actix_web::http::StatusCode;

use super::entrance;
use super::onward::Onward;
use crate::ids::SessionId;
use crate::web::browser_session;
use crate::web::page::{AccountButton, Problem, SelectAccount};
use crate::web::posted::Choice;
use crate::web::visit::{PageResult, Visit};

/// The choice.
pub(super) async fn show(visit: Visit) -> PageResult {
    let onward = Onward::of(&visit, &visit.query()?).await?;
    let accounts = visit.accounts().await?;
    if accounts.all().is_empty() {
        return Ok(visit.redirect(&onward.path(entrance::SIGN_IN)));
    }
    let proof = visit.proof_of_browser();
    let page = SelectAccount {
        t: visit.texts(),
        base: visit.base(),
        csrf: proof.token.clone(),
        request: onward.request(),
        onward: onward.page().cloned(),
        app: onward.app(),
        accounts: accounts.all().iter().map(AccountButton::new).collect(),
    };
    let headers = onward.headers(&visit);
    visit.send(&page, StatusCode::OK, &headers, Some(proof))
}

/// The choice, made.
pub(super) async fn submit(Choice(posted): Choice) -> PageResult {
    let visit = &posted.visit;
    let onward = Onward::of(visit, &posted.fields).await?;
    let account = posted.field("account")?.unwrap_or_default();
    if account == "another" {
        return Ok(visit.redirect(&onward.path_for_another()));
    }
    let sid: SessionId = account.parse().map_err(|_| visit.refuse(Problem::Malformed))?;
    let chosen = browser_session::choose(&visit.request, &visit.cx, sid).await;
    if chosen.map_err(|error| visit.failed(&error))? {
        Ok(onward.chosen(visit, sid))
    } else {
        // It has ended meanwhile, or never was one of this browser: the page shows who there is.
        Ok(visit.redirect(&onward.path(entrance::SELECT_ACCOUNT)))
    }
}
