//! `/account/security/app/{id}`: an authenticator app is given up.

use actix_web::Error;
use actix_web::http::StatusCode;
use actix_web::web::Path;

use super::who::changing;
use crate::domain::events::Actor;
use crate::domain::factors::Held;
use crate::ids::AuthenticatorAppId;
use crate::store::AuthenticatorApp;
use crate::web::letters::Factor;
use crate::web::own_path::OwnPath;
use crate::web::page::{AppRemoval, Problem};
use crate::web::posted::Member;
use crate::web::visit::{PageResult, Visit};

/// The question.
pub(super) async fn show(visit: Visit, id: Path<String>) -> PageResult {
    let current = visit.current().await?.ok_or_else(|| visit.sign_in_first(&here(&id)))?;
    let held = changing(&visit, &current, &here(&id)).await?;
    let app = find(&visit, &held, &id)?;
    let proof = visit.proof_for(&current);
    let page = AppRemoval {
        t: visit.texts(),
        base: visit.base(),
        csrf: proof.token.clone(),
        id: app.id.to_string(),
        name: app.name.clone(),
        last: held.apps.len() == 1,
    };
    visit.send(&page, StatusCode::OK, &visit.headers(), Some(proof))
}

/// The answer.
pub(super) async fn submit(Member(posted): Member, id: Path<String>) -> PageResult {
    let (visit, current) = posted.recent_member(&here(&id))?;
    let held = changing(visit, current, &here(&id)).await?;
    let app = find(visit, &held, &id)?;
    let id: AuthenticatorAppId = app.id;
    let alert = visit.cx.mail(|| visit.letters().factor_removed(&current.person, Factor::App(&app.name)));
    let act = visit.act(Actor::Person(current.person.id));
    let removed = visit.cx.factor_desk().remove_app(&act, current.person.id, id, alert).await;
    removed.map_err(|error| visit.failed(&error))?;
    Ok(visit.redirect("/account/security?done=removed"))
}

fn find<'a>(visit: &Visit, held: &'a Held, id: &str) -> Result<&'a AuthenticatorApp, Error> {
    let app = held.apps.iter().find(|app| app.id.to_string() == id);
    app.ok_or_else(|| visit.refuse(Problem::NotFound))
}

fn here(id: &str) -> OwnPath {
    OwnPath::parse(&format!("/account/security/app/{id}")).unwrap_or(OwnPath::SECURITY)
}
