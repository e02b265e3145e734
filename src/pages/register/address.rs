//! Whoever wants an account of their own first says at which address they read mail, and is sent a link there.
//!
//! What is answered, and how long that takes, is the same whether there is an account with that address or not: what was typed
//! is only noted here, and looked at afterwards.

use actix_web::http::StatusCode;

use crate::domain::events::Actor;
use crate::domain::people::guard::{Kind, Who};
use crate::domain::people::mail_desk::{self, Asked};
use crate::domain::people::registration;
use crate::pages::entrance;
use crate::pages::onward::Onward;
use crate::protocol::params::Params;
use crate::web::limits;
use crate::web::page::{AddressProblem, MailNotice, MailNoticePage, Problem, RegisterAddress};
use crate::web::posted::Posted;
use crate::web::visit::{PageResult, Visit};

/// The form.
pub(super) async fn show(visit: &Visit, query: &Params) -> PageResult {
    render(visit, &Onward::of(visit, query).await?, "", None)
}

/// The form, sent.
pub(super) async fn submit(posted: &Posted) -> PageResult {
    let Posted { visit, fields, .. } = posted;
    let cx = &visit.cx;
    let onward = Onward::of(visit, fields).await?;
    let typed = posted.field("email")?.unwrap_or_default();
    let Ok(address) = registration::address(typed) else {
        return render(visit, &onward, typed, Some(AddressProblem::Malformed));
    };
    // The hosts stand in the form: that is told to anybody.
    if !cx.config.people.allows(&address) {
        return render(visit, &onward, typed, Some(AddressProblem::NotAllowed));
    }
    let who = Who::of(&address, visit.origin.address.as_deref());
    if let Err(held) = cx.guard.take(Kind::Reset, &who, visit.now) {
        limits::note(visit, &held).await;
        let problem = AddressProblem::TooMany(limits::minutes(held.standing.reset));
        return render(visit, &onward, typed, Some(problem)).map(|page| limits::too_many(page, &held.standing));
    }
    let language = Some(visit.texts().lang.to_owned());
    let asked = Asked { login: address, onward: onward.query().unwrap_or_default(), language };
    let noted = mail_desk::ask_to_register(&visit.act(Actor::Anonymous), &cx.outbox, asked).await;
    noted.map_err(|error| visit.failed(&error))?;
    Ok(visit.redirect(entrance::REGISTER_SENT))
}

/// What is said to everybody who asked.
pub(super) fn sent(visit: &Visit) -> PageResult {
    if !visit.cx.config.people.registration_address {
        return Err(visit.refuse(Problem::NotFound));
    }
    let page = MailNoticePage { t: visit.texts(), base: visit.base(), notice: MailNotice::RegistrationSent };
    visit.send(&page, StatusCode::OK, &visit.headers(), None)
}

fn render(visit: &Visit, onward: &Onward, typed: &str, problem: Option<AddressProblem>) -> PageResult {
    let proof = visit.proof_before_sign_in();
    let page = RegisterAddress {
        t: visit.texts(),
        base: visit.base(),
        csrf: proof.token.clone(),
        request: onward.request(),
        onward: onward.page().cloned(),
        app: onward.app(),
        email: typed.to_owned(),
        domains: visit.cx.config.people.registration_domains.iter().map(ToString::to_string).collect(),
        problem,
        sign_in: onward.path(entrance::SIGN_IN),
    };
    let headers = onward.headers(visit);
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    visit.send(&page, status, &headers, Some(proof))
}
