//! `/login`: username and password.
//!
//! A wrong pair is answered with 422 and the form again: 401 would have to name a scheme of `Authorization`, and 200
//! would tell password managers to keep what was typed.

use actix_web::http::StatusCode;
use secrecy::SecretString;

use super::admit::admit;
use super::entrance;
use super::onward::Onward;
use super::provider_buttons;
use super::session::Proved;
use super::sign_in_link;
use crate::config::PeopleRegistration;
use crate::domain::events::Actor;
use crate::domain::people::sign_in::{self, SignInDesk, SignInOutcome};
use crate::web::browser_session::Current;
use crate::web::page::{PasskeyQuestion, Problem, SignIn, SignInKind, SignInProblem};
use crate::web::posted::{Entry, Posted};
use crate::web::visit::{PageResult, Visit};
use crate::web::{known_devices, limits};

/// The form.
pub(super) async fn show(visit: Visit) -> PageResult {
    let query = visit.query()?;
    let wants_another = visit.value(&query, "another")?.is_some();
    let accounts = visit.accounts().await?;
    let onward = Onward::of(&visit, &query).await?;
    if !wants_another && accounts.current().is_none() && !accounts.all().is_empty() {
        return Ok(visit.redirect(&onward.path(entrance::SELECT_ACCOUNT)));
    }
    let current = accounts.current().filter(|_| !wants_another);
    let filled = Filled::at_first(&visit, &onward, current);
    render(&visit, &onward, filled, None)
}

/// The form, sent.
pub(super) async fn submit(Entry(posted): Entry) -> PageResult {
    let visit = &posted.visit;
    let onward = Onward::of(visit, &posted.fields).await?;
    let username = posted.field("username")?.unwrap_or_default();
    let remember = posted.field("remember")?.is_some();
    let Some(password) = posted.field("password")?.filter(|_| !username.is_empty()) else {
        let filled = Filled::again(username, remember, posted.current.as_ref());
        return render(visit, &onward, filled, Some(SignInProblem::Incomplete));
    };
    let act = visit.act(Actor::Anonymous);
    let (cx, password) = (&visit.cx, SecretString::from(password));
    let device = known_devices::shown(&visit.request, cx);
    let desk = SignInDesk { passwords: &cx.passwords, hourly: &cx.hourly, guard: &cx.guard, device: &device };
    let outcome = sign_in::verify(&act, &desk, username, password).await;
    match outcome.map_err(|error| visit.failed(&error))? {
        SignInOutcome::Verified(person) => {
            let proved = Proved { remember, ..Proved::by_password("password") };
            admit(&posted, &person, proved, onward).await
        }
        SignInOutcome::Refused => {
            let filled = Filled::again(username, remember, posted.current.as_ref());
            render(visit, &onward, filled, Some(SignInProblem::WrongPair))
        }
        SignInOutcome::HeldBack(held) => {
            let filled = Filled::again(username, remember, posted.current.as_ref());
            let problem = SignInProblem::TooMany(limits::minutes(held.standing.reset));
            render(visit, &onward, filled, Some(problem)).map(|page| limits::too_many(page, &held.standing))
        }
        SignInOutcome::Busy => Err(visit.refuse(Problem::Busy)),
    }
}

/// The form once more, after a passkey that was no good.
pub(super) fn again(posted: &Posted, onward: &Onward, remember: bool, problem: SignInProblem) -> PageResult {
    let username = posted.current.as_ref().map_or("", |current| &current.person.username);
    render(&posted.visit, onward, Filled::again(username, remember, posted.current.as_ref()), Some(problem))
}

/// What stands in the form.
struct Filled {
    username: String,
    remember: bool,
    kind: SignInKind,
}

impl Filled {
    /// For somebody who arrives: whoever is signed in confirms, unless the app means somebody else.
    fn at_first(visit: &Visit, onward: &Onward, current: Option<&Current>) -> Self {
        let hint = onward.waiting().and_then(|waiting| waiting.request.login_hint.clone()).unwrap_or_default();
        let confirming = current.filter(|current| onward.may_mean(visit, &current.person));
        match confirming {
            Some(current) => {
                Self { username: current.person.username.clone(), remember: false, kind: SignInKind::Confirm }
            }
            None => Self { username: hint, remember: false, kind: SignInKind::New },
        }
    }

    /// For somebody who has to try again.
    fn again(username: &str, remember: bool, current: Option<&Current>) -> Self {
        let confirms = current.is_some_and(|current| current.person.username == username);
        let kind = if confirms { SignInKind::Confirm } else { SignInKind::New };
        Self { username: username.to_owned(), remember, kind }
    }
}

fn render(visit: &Visit, onward: &Onward, filled: Filled, problem: Option<SignInProblem>) -> PageResult {
    let proof = visit.proof_before_sign_in();
    let register = visit.cx.config.people.registration == PeopleRegistration::Open && filled.kind == SignInKind::New;
    let asked = visit.cx.passkey_desk().and_then(|desk| desk.ask(&[], &proof.token, visit.now, &*visit.cx.entropy));
    let with_script = asked.is_some();
    let page = SignIn {
        t: visit.texts(),
        base: visit.base(),
        csrf: proof.token.clone(),
        request: onward.request(),
        app: onward.app(),
        onward: onward.page().cloned(),
        username: filled.username,
        remember: filled.remember,
        kind: filled.kind,
        register: register.then(|| onward.path(entrance::REGISTER)),
        link: (sign_in_link::is_on(visit) && filled.kind == SignInKind::New)
            .then(|| onward.path(entrance::SIGN_IN_LINK)),
        recover: visit.cx.config.mail.is_on().then(|| onward.path(entrance::RECOVER)),
        passkey: asked.map(PasskeyQuestion::from),
        providers: provider_buttons::buttons(visit),
        problem,
    };
    let headers = onward.headers(visit);
    let headers = if with_script { headers.with_script() } else { headers };
    let headers = provider_buttons::leading_there(visit, headers);
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    visit.send(&page, status, &headers, Some(proof))
}
