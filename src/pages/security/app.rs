//! `/account/security/app`: an authenticator app is set up. It counts once a code of it was typed.

use actix_web::http::StatusCode;
use secrecy::{ExposeSecret, SecretString};

use super::who::{adding, sign_in_to_add};
use crate::domain::events::Actor;
use crate::domain::factor_name;
use crate::domain::factors::authenticator_app::picture;
use crate::domain::factors::{Enrolled, Enrolment};
use crate::pages::onward::Onward;
use crate::pages::{entrance, session};
use crate::store::Role;
use crate::web::browser_session::Current;
use crate::web::letters::Factor;
use crate::web::own_path::OwnPath;
use crate::web::page::{AppEnrolment, EnrolmentProblem, Problem, RecoveryCodes};
use crate::web::posted::Member;
use crate::web::visit::{PageResult, Visit};

/// The picture and the form.
pub(super) async fn show(visit: Visit) -> PageResult {
    let onward = Onward::of(&visit, &visit.query()?).await?;
    let Some(current) = visit.current().await? else { return Err(sign_in_to_add(&visit, &onward, &here())) };
    adding(&visit, &current, &onward, &here()).await?;
    let enrolment = Enrolment::draw(&visit.act(Actor::Person(current.person.id)), current.person.id);
    render(&visit, &current, &onward, (&enrolment, ""), None)
}

/// The form, sent.
pub(super) async fn submit(Member(posted): Member) -> PageResult {
    let visit = &posted.visit;
    let onward = Onward::of(visit, &posted.fields).await?;
    let Some(current) = &posted.current else { return Err(sign_in_to_add(visit, &onward, &here())) };
    adding(visit, current, &onward, &here()).await?;
    let (desk, act) = (visit.cx.factor_desk(), visit.act(Actor::Person(current.person.id)));
    let typed_name = posted.field("name")?.unwrap_or_default();
    let sealed = posted.field("enrolment")?.unwrap_or_default();
    let Some(enrolment) = desk.open_enrolment(sealed, current.person.id, visit.now) else {
        let enrolment = Enrolment::draw(&act, current.person.id);
        return render(visit, current, &onward, (&enrolment, typed_name), Some(EnrolmentProblem::Spent));
    };
    let name = factor_name::read_or(typed_name, visit.texts().security.name_otherwise);
    let alert = visit.cx.mail(|| visit.letters().factor_added(&current.person, Factor::App(&name)));
    let typed = (name.as_str(), posted.field("code")?.unwrap_or_default());
    let enrolled = desk.enrol(&act, &enrolment, typed, alert).await;
    let problem = match enrolled.map_err(|error| visit.failed(&error))? {
        Enrolled::Done(codes) => {
            session::raise(&posted, current, &session::Second::code());
            return match codes {
                Some(codes) => show_codes(visit, current, &codes, onward_path(visit, &onward)),
                None if matches!(onward, Onward::Home) => Ok(visit.redirect("/account/security?done=app")),
                None => Ok(onward.back(visit)),
            };
        }
        // Sent twice: whoever saw only this answer finds their app there, and makes recovery codes that they see.
        Enrolled::Again => return Ok(visit.redirect("/account/security?done=app")),
        Enrolled::Wrong => EnrolmentProblem::Wrong,
        Enrolled::TooMany => EnrolmentProblem::TooMany,
        Enrolled::Spent => {
            let enrolment = Enrolment::draw(&act, current.person.id);
            return render(visit, current, &onward, (&enrolment, typed_name), Some(EnrolmentProblem::Spent));
        }
    };
    render(visit, current, &onward, (&enrolment, typed_name), Some(problem))
}

/// Recovery codes, this once.
pub(super) fn show_codes(visit: &Visit, current: &Current, codes: &[SecretString], onward: String) -> PageResult {
    let page = RecoveryCodes {
        t: visit.texts(),
        base: visit.base(),
        codes: codes.iter().map(|code| code.expose_secret().to_owned()).collect(),
        account: format!("{} · {}", current.person.username, visit.cx.issuer().as_str()),
        onward,
    };
    visit.send(&page, StatusCode::OK, &visit.headers(), None)
}

fn here() -> OwnPath {
    OwnPath::parse(entrance::APP).unwrap_or(OwnPath::SECURITY)
}

/// Where the page with the codes leads on to.
fn onward_path(visit: &Visit, onward: &Onward) -> String {
    match onward {
        Onward::App(waiting) => waiting.resume_path(visit),
        Onward::Page(path) => path.as_str().to_owned(),
        Onward::Home | Onward::Welcome => "/account/security?done=app".to_owned(),
    }
}

fn render(
    visit: &Visit,
    current: &Current,
    onward: &Onward,
    (enrolment, name): (&Enrolment, &str),
    problem: Option<EnrolmentProblem>,
) -> PageResult {
    let cx = &visit.cx;
    let secret = enrolment.secret().ok_or_else(|| visit.refuse(Problem::Internal))?;
    let address = secret.address(cx.known_as(), &current.person.username);
    let (outline, width) = picture(&address).ok_or_else(|| visit.refuse(Problem::Internal))?;
    let proof = visit.proof_for(current);
    let must = cx.config.second_factor.is_required_of(current.person.role.map(Role::word));
    let required = onward.waiting().is_some() || must && !current.signed_in.by_several();
    let passkey = required && cx.passkeys.is_some();
    let page = AppEnrolment {
        t: visit.texts(),
        base: visit.base(),
        csrf: proof.token.clone(),
        request: onward.request(),
        onward: onward.page().cloned(),
        app: onward.app(),
        required,
        passkey: passkey.then(|| onward.path(OwnPath::NEW_PASSKEY.as_str())),
        enrolment: cx.factor_desk().seal_enrolment(enrolment),
        outline,
        width,
        address,
        key: secret.shown(),
        name: name.to_owned(),
        problem,
    };
    let headers = onward.headers(visit);
    let status = if problem.is_none() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    visit.send(&page, status, &headers, Some(proof))
}
