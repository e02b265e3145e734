//! `/account/security/recovery-codes`: new ones are made in place of those that a person has.

use actix_web::http::StatusCode;

use super::app::show_codes;
use super::who::changing;
use crate::domain::events::Actor;
use crate::web::own_path::OwnPath;
use crate::web::page::NewRecoveryCodes;
use crate::web::posted::Member;
use crate::web::visit::{PageResult, Visit};

/// The question.
pub(super) async fn show(visit: Visit) -> PageResult {
    let current = visit.current().await?.ok_or_else(|| visit.sign_in_first(&here()))?;
    if !changing(&visit, &current, &here()).await?.has_app() {
        return Ok(visit.redirect(OwnPath::SECURITY.as_str()));
    }
    let proof = visit.proof_for(&current);
    let page = NewRecoveryCodes { t: visit.texts(), base: visit.base(), csrf: proof.token.clone() };
    visit.send(&page, StatusCode::OK, &visit.headers(), Some(proof))
}

/// The answer.
pub(super) async fn submit(Member(posted): Member) -> PageResult {
    let (visit, current) = posted.recent_member(&here())?;
    if !changing(visit, current, &here()).await?.has_app() {
        return Ok(visit.redirect(OwnPath::SECURITY.as_str()));
    }
    let act = visit.act(Actor::Person(current.person.id));
    let codes = visit.cx.factor_desk().make_recovery_codes(&act, current.person.id).await;
    let Some(codes) = codes.map_err(|error| visit.failed(&error))? else {
        return Ok(visit.redirect(OwnPath::SECURITY.as_str()));
    };
    show_codes(visit, current, &codes, OwnPath::SECURITY.as_str().to_owned())
}

fn here() -> OwnPath {
    OwnPath::parse("/account/security/recovery-codes").unwrap_or(OwnPath::SECURITY)
}
