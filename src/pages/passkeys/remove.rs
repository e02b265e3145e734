//! `/account/security/passkeys/{id}/remove`: the end of a passkey, after a look at which it is.

use actix_web::http::StatusCode;
use actix_web::web::Path;

use super::super::security::who::changing;
use super::one::{find, here, shown};
use crate::domain::events::Actor;
use crate::domain::passkeys::keep::{self, Removed};
use crate::store::Passkey;
use crate::web::browser_session::Current;
use crate::web::letters::Factor;
use crate::web::own_path::OwnPath;
use crate::web::page::RemovePasskey;
use crate::web::posted::Member;
use crate::web::visit::{PageResult, Visit};

/// The question.
pub(super) async fn show(visit: Visit, id: Path<String>) -> PageResult {
    let current = visit.current().await?.ok_or_else(|| visit.sign_in_first(&here(&visit)))?;
    changing(&visit, &current, &here(&visit)).await?;
    let passkey = find(&visit, &current, &id).await?;
    render(&visit, &current, &passkey, None)
}

/// The answer.
pub(super) async fn submit(Member(posted): Member, id: Path<String>) -> PageResult {
    let page = here(&posted.visit);
    let (visit, current) = posted.member(&page)?;
    changing(visit, current, &page).await?;
    let passkey = find(visit, current, &id).await?;
    let act = visit.act(Actor::Person(current.person.id));
    let factor = Factor::Passkey(&passkey.name);
    let alert = visit.cx.mail(|| visit.letters().factor_removed(&current.person, factor));
    let removed = keep::remove(&act, &passkey, visit.cx.providers.ids(), alert).await;
    match removed.map_err(|error| visit.failed(&error))? {
        Removed::Done => Ok(visit.redirect(&format!("{}?done=removed", OwnPath::PASSKEYS))),
        Removed::LastWayIn => render(visit, current, &passkey, Some(visit.texts().passkeys.last_way_in)),
    }
}

fn render(visit: &Visit, current: &Current, passkey: &Passkey, problem: Option<&'static str>) -> PageResult {
    let proof = visit.proof_for(current);
    let page = RemovePasskey {
        t: visit.texts(),
        base: visit.base(),
        csrf: proof.token.clone(),
        passkey: shown(passkey),
        problem,
    };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    visit.send(&page, status, &visit.headers(), Some(proof))
}
