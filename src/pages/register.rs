//! `/register`: people make accounts of their own, where the operator lets them.
//!
//! No address is asked for: whoever types one has not shown that it is theirs, and an app might take it for a proof.

use actix_web::Error;
use actix_web::http::StatusCode;

use super::admit::admit;
use super::entrance;
use super::new_account::{Typed, minimum_length, shown};
use super::onward::Onward;
use super::session::Proved;
use super::waiting::Waiting;
use crate::config::PeopleRegistration;
use crate::domain::events::Actor;
use crate::domain::people::accounts::{self, NewPerson};
use crate::domain::people::guard::{HeldBack, Kind, Who};
use crate::protocol::claims::StandardClaims;
use crate::web::limits;
use crate::web::page::{Problem, SetUp, SetUpKind, SetUpProblem};
use crate::web::posted::{Entry, Posted};
use crate::web::visit::{PageResult, Visit};

/// The form.
pub(super) async fn show(visit: Visit) -> PageResult {
    check_open(&visit)?;
    let onward = Onward::of(&visit, &visit.query()?).await?;
    let empty = Typed {
        username: String::new(),
        email: String::new(),
        display_name: String::new(),
        password: String::new().into(),
    };
    render(&visit, &onward, empty, Vec::new())
}

/// The form, sent.
pub(super) async fn submit(Entry(posted): Entry) -> PageResult {
    let visit = &posted.visit;
    check_open(visit)?;
    let onward = Onward::of(visit, &posted.fields).await?;
    let typed = Typed::read(visit, &posted.fields)?;
    // What costs time, a hash and a row, nobody does without end: not even by passwords that will not do.
    let (guard, who) = (&visit.cx.guard, Who::anybody(visit.origin.address.as_deref()));
    let place = match guard.take(Kind::Registration, &who, visit.now) {
        Ok(place) => place,
        Err(held) => return hold_back(visit, &onward, typed, held).await,
    };
    let look = match guard.take(Kind::NewPassword, &who, visit.now) {
        Ok(look) => look,
        Err(held) => {
            place.was_not_made();
            return hold_back(visit, &onward, typed, held).await;
        }
    };
    let name = Some(typed.display_name.trim().to_owned()).filter(|name| !name.is_empty());
    let claims = StandardClaims { name, ..StandardClaims::default() };
    let new = NewPerson { username: typed.username.clone(), claims, ..NewPerson::default() };
    let mut problems = new.problems();
    problems.extend(typed.password_problem(visit, &new.username).await);
    if !problems.is_empty() {
        place.was_not_made();
        return render(visit, &onward, typed, problems.into_iter().map(shown).collect());
    }
    look.was_right();
    create(&posted, onward, new, typed).await
}

async fn hold_back(visit: &Visit, onward: &Onward, typed: Typed, held: HeldBack) -> PageResult {
    limits::note(visit, &held).await;
    let problem = SetUpProblem::TooMany(limits::minutes(held.standing.reset));
    render(visit, onward, typed, vec![problem]).map(|page| limits::too_many(page, &held.standing))
}

async fn create(posted: &Posted, onward: Onward, new: NewPerson, typed: Typed) -> PageResult {
    let visit = &posted.visit;
    let hash = typed.hash(visit).await?;
    let created = accounts::create(&visit.act(Actor::Anonymous), new, Some(hash)).await;
    match created.map_err(|error| visit.failed(&error))? {
        Ok(person) => admit(posted, &person, Proved::by_password("registration"), onward).await,
        Err(problem) => render(visit, &onward, typed, vec![shown(problem)]),
    }
}

fn check_open(visit: &Visit) -> Result<(), Error> {
    match visit.cx.config.people.registration {
        PeopleRegistration::Open => Ok(()),
        PeopleRegistration::Off => Err(visit.refuse(Problem::NotFound)),
    }
}

fn render(visit: &Visit, onward: &Onward, typed: Typed, problems: Vec<SetUpProblem>) -> PageResult {
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let proof = visit.proof_before_sign_in();
    let waiting = onward.waiting();
    let page = SetUp {
        t: visit.texts(),
        base: visit.base(),
        action: entrance::REGISTER.to_owned(),
        csrf: proof.token.clone(),
        kind: SetUpKind::Registration {
            request: waiting.map(|waiting| waiting.sealed.clone()).unwrap_or_default(),
            onward: onward.page().cloned(),
            app: waiting.map(Waiting::app),
            sign_in: onward.path(entrance::SIGN_IN),
        },
        username: typed.username,
        email: String::new(),
        display_name: typed.display_name,
        password_minimum: minimum_length(visit),
        problems,
    };
    let headers = waiting.map_or_else(|| visit.headers(), |waiting| waiting.headers(visit));
    visit.send(&page, status, &headers, Some(proof))
}
