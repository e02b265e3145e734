//! `/account/security/passkeys/{id}/rename`: another name for a passkey.

use actix_web::http::StatusCode;
use actix_web::web::Path;

use super::one::{find, here, shown};
use crate::domain::events::Actor;
use crate::domain::factor_name;
use crate::domain::passkeys::keep;
use crate::pages::security::who::by_all_they_have;
use crate::store::Passkey;
use crate::web::browser_session::Current;
use crate::web::own_path::OwnPath;
use crate::web::page::RenamePasskey;
use crate::web::posted::Member;
use crate::web::visit::{PageResult, Visit};

/// The form.
pub(super) async fn show(visit: Visit, id: Path<String>) -> PageResult {
    let current = visit.current().await?.ok_or_else(|| visit.sign_in_first(&here(&visit)))?;
    by_all_they_have(&visit, &current, &here(&visit)).await?;
    let passkey = find(&visit, &current, &id).await?;
    render(&visit, &current, &passkey, &passkey.name, None)
}

/// The form, sent.
pub(super) async fn submit(Member(posted): Member, id: Path<String>) -> PageResult {
    let page = here(&posted.visit);
    let (visit, current) = posted.member(&page)?;
    by_all_they_have(visit, current, &page).await?;
    let passkey = find(visit, current, &id).await?;
    let typed = posted.field("name")?.unwrap_or_default();
    let Some(name) = factor_name::read(typed) else {
        return render(visit, current, &passkey, typed, Some(visit.texts().passkeys.name_needed));
    };
    let act = visit.act(Actor::Person(current.person.id));
    keep::rename(&act, &passkey, name).await.map_err(|error| visit.failed(&error))?;
    Ok(visit.redirect(&format!("{}?done=renamed", OwnPath::PASSKEYS)))
}

fn render(
    visit: &Visit,
    current: &Current,
    passkey: &Passkey,
    name: &str,
    problem: Option<&'static str>,
) -> PageResult {
    let proof = visit.proof_for(current);
    let page = RenamePasskey {
        t: visit.texts(),
        base: visit.base(),
        csrf: proof.token.clone(),
        passkey: shown(passkey),
        name: name.to_owned(),
        longest: factor_name::LONGEST,
        problem,
    };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    visit.send(&page, status, &visit.headers(), Some(proof))
}
