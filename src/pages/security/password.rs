//! `/account/security/password`: another password. Whoever knew the old one is out: every other session ends, and what apps
//! were given.

use actix_web::http::StatusCode;
use secrecy::SecretString;

use super::who::changing;
use crate::domain::events::Actor;
use crate::domain::people::accounts::{self, AccountProblem};
use crate::domain::people::password_rules::words_of;
use crate::domain::people::passwords::PasswordError;
use crate::domain::people::sign_in::{self, SignInDesk, SignInOutcome};
use crate::pages::new_account::{minimum_length, shown};
use crate::pages::session::{self, Proved};
use crate::store::Person;
use crate::web::browser_session::Current;
use crate::web::own_path::OwnPath;
use crate::web::page::{PasswordChange, Problem, SetUpProblem};
use crate::web::posted::{Member, Posted};
use crate::web::visit::{PageResult, Visit};
use crate::web::{known_devices, limits};

/// The form.
pub(super) async fn show(visit: Visit) -> PageResult {
    let current = visit.current().await?.ok_or_else(|| visit.sign_in_first(&here()))?;
    changing(&visit, &current, &here()).await?;
    render(&visit, &current, false, None)
}

/// The form, sent.
pub(super) async fn submit(Member(posted): Member) -> PageResult {
    let (visit, current) = posted.recent_member(&here())?;
    changing(visit, current, &here()).await?;
    let new = SecretString::from(posted.field("new")?.unwrap_or_default());
    let words = words_of(&current.person.username, &current.person.claims);
    if let Err(problem) = visit.cx.password_rules.check(&new, &words).await {
        return render(visit, current, false, Some(shown(AccountProblem::Password(problem))));
    }
    if current.person.password_hash.is_some() {
        let old = SecretString::from(posted.field("old")?.unwrap_or_default());
        let (cx, act) = (&visit.cx, visit.act(Actor::Person(current.person.id)));
        let device = known_devices::shown(&visit.request, cx);
        let desk = SignInDesk { passwords: &cx.passwords, hourly: &cx.hourly, guard: &cx.guard, device: &device };
        let outcome = sign_in::verify(&act, &desk, &current.person.username, old).await;
        match outcome.map_err(|error| visit.failed(&error))? {
            SignInOutcome::Verified(person) if person.id == current.person.id => {}
            SignInOutcome::HeldBack(held) => {
                let problem = SetUpProblem::TooMany(limits::minutes(held.standing.reset));
                let page = render(visit, current, false, Some(problem));
                return page.map(|page| limits::too_many(page, &held.standing));
            }
            SignInOutcome::Busy => return Err(visit.refuse(Problem::Busy)),
            SignInOutcome::Verified(_) | SignInOutcome::Refused => return render(visit, current, true, None),
        }
    }
    change(&posted, current, new).await
}

async fn change(posted: &Posted, current: &Current, new: SecretString) -> PageResult {
    let visit = &posted.visit;
    let hash = visit.cx.passwords.hash(new).await.map_err(|error| {
        tracing::error!(request_id = visit.origin.request_id, %error, "a new password could not be hashed");
        visit.refuse(if error == PasswordError::Busy { Problem::Busy } else { Problem::Internal })
    })?;
    let act = visit.act(Actor::Person(current.person.id));
    let alert = visit.cx.mail(|| visit.letters().password_changed(&current.person));
    let set = accounts::set_password_and_tell(&act, current.person.id, hash.clone(), alert).await;
    if !set.map_err(|error| visit.failed(&error))? {
        return Err(visit.sign_in_first(&OwnPath::SECURITY));
    }
    // This session ended with the others; another one begins by what was proved in it.
    let person = Person { password_hash: Some(hash), ..current.person.clone() };
    let proved = Proved {
        amr: current.signed_in.amr.clone(),
        remember: current.signed_in.remember,
        anew: true,
        ..Proved::by_password("password change")
    };
    session::begin(posted, &person, proved).await?;
    Ok(visit.redirect("/account/security?done=password"))
}

fn here() -> OwnPath {
    OwnPath::parse("/account/security/password").unwrap_or(OwnPath::SECURITY)
}

fn render(visit: &Visit, current: &Current, old_wrong: bool, problem: Option<SetUpProblem>) -> PageResult {
    let proof = visit.proof_for(current);
    let page = PasswordChange {
        t: visit.texts(),
        base: visit.base(),
        csrf: proof.token.clone(),
        username: current.person.username.clone(),
        has_password: current.person.password_hash.is_some(),
        minimum: minimum_length(visit),
        old_wrong,
        problem,
    };
    let failed = old_wrong || problem.is_some();
    let status = if failed { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    visit.send(&page, status, &visit.headers(), Some(proof))
}
