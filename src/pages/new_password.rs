//! `/recover/password`: whoever was sent a link chooses another password by it, and then signs in with it.

use actix_web::Error;
use actix_web::http::StatusCode;

use super::new_account::{OpenLink, Typed, minimum_length, open_link, shown};
use super::recover;
use crate::domain::events::Actor;
use crate::domain::people::accounts::AccountProblem;
use crate::domain::people::guard::{Kind, Who};
use crate::domain::people::links::LinkOutcome;
use crate::domain::people::recovery;
use crate::store::{LinkPurpose, Person, login_key};
use crate::web::known_devices;
use crate::web::letters::NEW_PASSWORD;
use crate::web::page::{MailNotice, MailNoticePage, Problem, SetUp, SetUpKind};
use crate::web::posted::Entry;
use crate::web::visit::{PageResult, Visit};

const DONE: &str = "/recover/done";

/// The form. Whoever only looks does not use the link: programs that look through mail open what they find there.
pub(super) async fn show(visit: Visit) -> PageResult {
    recover::check_on(&visit)?;
    let open = open_link(&visit, &visit.query()?).await?;
    let person = reached(&visit, &open).await?;
    render(&visit, &open, &person, None)
}

/// The form, sent.
pub(super) async fn submit(Entry(posted): Entry) -> PageResult {
    let visit = &posted.visit;
    recover::check_on(visit)?;
    let open = open_link(visit, &posted.fields).await?;
    let person = reached(visit, &open).await?;
    let typed = Typed::read(visit, &posted.fields)?;
    if let Some(problem) = typed.password_problem_of(visit, &person).await {
        return render(visit, &open, &person, Some(problem));
    }
    let hash = typed.hash(visit).await?;
    let alert = visit.cx.mail(|| visit.letters().password_changed(&person));
    let act = visit.act(Actor::Person(person.id));
    let outcome = recovery::accept(&act, open.link.clone(), person.clone(), hash, alert).await;
    match outcome.map_err(|error| visit.failed(&error))? {
        LinkOutcome::Done(person) => {
            let_try(visit, &person);
            Ok(visit.redirect(DONE))
        }
        LinkOutcome::Spent => Err(visit.refuse(Problem::LinkSpent)),
        LinkOutcome::Refused(problem) => render(visit, &open, &person, Some(problem)),
    }
}

/// Whoever tried passwords at this account until it was held back does not hold up its owner, who is about to sign in.
fn let_try(visit: &Visit, person: &Person) {
    let (cx, address) = (&visit.cx, visit.origin.address.as_deref());
    let device = known_devices::shown(&visit.request, cx).of(person.id, visit.now);
    for name in [Some(person.username.as_str()), person.claims.email.as_deref()].into_iter().flatten() {
        cx.guard.forgive(Kind::Password, &Who::of(&login_key(name), address).at(device));
    }
}

/// What is said after that.
pub(super) async fn done(visit: Visit) -> PageResult {
    let page = MailNoticePage { t: visit.texts(), base: visit.base(), notice: MailNotice::PasswordSet };
    visit.send(&page, StatusCode::OK, &visit.headers(), None)
}

/// Whom the link still reaches.
async fn reached(visit: &Visit, open: &OpenLink) -> Result<Person, Error> {
    let LinkPurpose::Recovery(id) = open.link.purpose else { return Err(visit.refuse(Problem::LinkSpent)) };
    let person = visit.cx.store.person(id).await.map_err(|error| visit.failed(&error))?;
    let person = person.filter(|person| recovery::is_sent_to(&open.link, person));
    person.ok_or_else(|| visit.refuse(Problem::LinkSpent))
}

fn render(visit: &Visit, open: &OpenLink, person: &Person, problem: Option<AccountProblem>) -> PageResult {
    let proof = visit.proof_before_sign_in();
    let page = SetUp {
        t: visit.texts(),
        base: visit.base(),
        action: NEW_PASSWORD.to_owned(),
        csrf: proof.token.clone(),
        kind: SetUpKind::Recovery { link: open.token.clone(), clears: recovery::clears(person) },
        username: person.username.clone(),
        email: String::new(),
        display_name: String::new(),
        password_minimum: minimum_length(visit),
        terms: None,
        problems: problem.map(shown).into_iter().collect(),
    };
    let status = if problem.is_none() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    visit.send(&page, status, &visit.headers(), Some(proof))
}
