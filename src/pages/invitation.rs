//! `/invitation`: somebody whose account was made for them chooses their password.

use actix_web::Error;
use actix_web::http::StatusCode;

use super::admit::admit;
use super::new_account::{OpenLink, Typed, minimum_length, open_link, shown};
use super::onward::Onward;
use super::session::Proved;
use crate::domain::events::Actor;
use crate::domain::people::accounts::AccountProblem;
use crate::domain::people::links::{self, LinkOutcome};
use crate::store::{LinkPurpose, Person};
use crate::web::own_path::OwnPath;
use crate::web::page::{Problem, SetUp, SetUpKind};
use crate::web::posted::Entry;
use crate::web::visit::{PageResult, Visit};

const PATH: &str = "/invitation";

/// The form.
pub(super) async fn show(visit: Visit) -> PageResult {
    let open = open_link(&visit, &visit.query()?).await?;
    let person = invited(&visit, &open).await?;
    render(&visit, &open, &person, None)
}

/// The form, sent.
pub(super) async fn submit(Entry(posted): Entry) -> PageResult {
    let visit = &posted.visit;
    let open = open_link(visit, &posted.fields).await?;
    let person = invited(visit, &open).await?;
    let typed = Typed::read(visit, &posted.fields)?;
    if let Some(problem) = typed.password_problem_of(visit, &person).await {
        return render(visit, &open, &person, Some(problem));
    }
    let hash = typed.hash(visit).await?;
    let act = visit.act(Actor::Person(person.id));
    // Whoever had a password is told that it is another one now, in case that the link was not for them to follow.
    let had_password = person.password_hash.is_some();
    let alert = visit.cx.mail(|| visit.letters().password_changed(&person).filter(|_| had_password));
    let outcome = links::accept_invitation(&act, open.link.clone(), person.id, hash, alert).await;
    match outcome.map_err(|error| visit.failed(&error))? {
        LinkOutcome::Done(person) => {
            let changed = OwnPath::parse("/account/security?done=password").filter(|_| had_password);
            let onward = changed.map_or(Onward::Welcome, Onward::Page);
            admit(&posted, &person, Proved { anew: true, ..Proved::by_password("invitation") }, onward).await
        }
        LinkOutcome::Spent => Err(visit.refuse(Problem::LinkSpent)),
        LinkOutcome::Refused(problem) => render(visit, &open, &person, Some(problem)),
    }
}

/// Whom the link invites, if it still reaches them.
async fn invited(visit: &Visit, open: &OpenLink) -> Result<Person, Error> {
    let LinkPurpose::Invitation(id) = open.link.purpose else { return Err(visit.refuse(Problem::LinkSpent)) };
    let person = visit.cx.store.person(id).await.map_err(|error| visit.failed(&error))?;
    person.filter(|person| links::still_reaches(&open.link, person)).ok_or_else(|| visit.refuse(Problem::LinkSpent))
}

fn render(visit: &Visit, open: &OpenLink, person: &Person, problem: Option<AccountProblem>) -> PageResult {
    let proof = visit.proof_before_sign_in();
    let page = SetUp {
        t: visit.texts(),
        base: visit.base(),
        action: PATH.to_owned(),
        csrf: proof.token.clone(),
        kind: if person.password_hash.is_some() {
            SetUpKind::Recovery { link: open.token.clone(), clears: false }
        } else {
            SetUpKind::Invitation(open.token.clone())
        },
        username: person.username.clone(),
        email: person.claims.email.clone().unwrap_or_default(),
        display_name: person.claims.name.clone().unwrap_or_default(),
        password_minimum: minimum_length(visit),
        terms: None,
        problems: problem.map(shown).into_iter().collect(),
    };
    let status = if problem.is_none() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    visit.send(&page, status, &visit.headers(), Some(proof))
}
