//! `/login`: username and password.
//!
//! A wrong pair is answered with 422 and the form again: 401 would have to name a scheme of `Authorization`, and 200
//! would tell password managers to keep what was typed.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use secrecy::SecretString;

use super::posted::{Entry, Posted};
use super::visit::{PageResult, Visit};
use super::waiting::Waiting;
use super::{home, session};
use crate::domain::events::Actor;
use crate::domain::people::sign_in::{self, SignInOutcome};
use crate::ids::SessionId;
use crate::store::Person;
use crate::web::browser_session::Current;
use crate::web::page::{Problem, SignIn, SignInKind, SignInProblem};
use crate::web::text::Texts;

/// The path, for the pages that lead here.
pub(super) const PATH: &str = "/login";

/// The form.
pub(super) async fn show(visit: Visit) -> PageResult {
    let query = visit.query()?;
    let waiting = Waiting::of(&visit, &query).await?;
    let wants_another = visit.value(&query, "another")?.is_some();
    let current = visit.current().await?.filter(|_| !wants_another);
    let filled = Filled::at_first(waiting.as_ref(), current.as_ref());
    render(&visit, waiting.as_ref(), filled, None)
}

/// The form, sent.
pub(super) async fn submit(Entry(posted): Entry) -> PageResult {
    let visit = &posted.visit;
    let waiting = Waiting::of(visit, &posted.fields).await?;
    let username = posted.field("username")?.unwrap_or_default();
    let remember = posted.field("remember")?.is_some();
    let Some(password) = posted.field("password")?.filter(|_| !username.is_empty()) else {
        let filled = Filled::again(username, remember, posted.current.as_ref());
        return render(visit, waiting.as_ref(), filled, Some(SignInProblem::Incomplete));
    };
    let act = visit.act(Actor::Anonymous);
    let outcome = sign_in::verify(&act, &visit.cx.passwords, username, SecretString::from(password)).await;
    match outcome.map_err(|error| visit.failed(&error))? {
        SignInOutcome::Verified(person) => welcome(&posted, waiting, &person, remember).await,
        SignInOutcome::Refused => {
            let filled = Filled::again(username, remember, posted.current.as_ref());
            render(visit, waiting.as_ref(), filled, Some(SignInProblem::WrongPair))
        }
        SignInOutcome::Busy => Err(visit.refuse(Problem::Busy)),
    }
}

async fn welcome(posted: &Posted, waiting: Option<Waiting>, person: &Person, remember: bool) -> PageResult {
    let sid = session::begin(posted, person, remember, "password").await?;
    Ok(go_on(&posted.visit, waiting, sid))
}

/// A sign-in also answers the question which account it is.
fn go_on(visit: &Visit, waiting: Option<Waiting>, sid: SessionId) -> HttpResponse {
    let Some(mut waiting) = waiting else { return visit.redirect(home::PATH) };
    waiting.request.signed_in = Some(sid);
    waiting.request.selected = Some(sid);
    waiting.resume(visit)
}

/// What stands in the form.
struct Filled {
    username: String,
    remember: bool,
    kind: SignInKind,
}

impl Filled {
    /// For somebody who arrives: whoever is signed in confirms, unless the app means somebody else.
    fn at_first(waiting: Option<&Waiting>, current: Option<&Current>) -> Self {
        let hint = waiting.and_then(|waiting| waiting.request.login_hint.clone()).unwrap_or_default();
        let confirming = current.filter(|current| waiting.is_some_and(|waiting| waiting.may_mean(&current.person)));
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

fn render(visit: &Visit, waiting: Option<&Waiting>, filled: Filled, problem: Option<SignInProblem>) -> PageResult {
    let proof = visit.proof_before_sign_in();
    let page = SignIn {
        t: waiting.map_or(Texts::english(), Waiting::texts),
        base: visit.base(),
        csrf: proof.token.clone(),
        request: waiting.map(|waiting| waiting.sealed.clone()).unwrap_or_default(),
        app: waiting.map(Waiting::app),
        username: filled.username,
        remember: filled.remember,
        kind: filled.kind,
        problem,
    };
    let headers = waiting.map_or_else(|| visit.headers(), |waiting| waiting.headers(visit));
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    visit.send(&page, status, &headers, Some(proof))
}
