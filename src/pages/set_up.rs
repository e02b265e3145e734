//! `/set-up`: the first admin creates their account by the link that the server printed at its first start.

use actix_web::http::StatusCode;

use super::admit::admit;
use super::new_account::{OpenLink, Typed, minimum_length, open_link, shown};
use super::onward::Onward;
use super::session::Proved;
use crate::domain::events::Actor;
use crate::domain::people::accounts::{AccountProblem, NewPerson};
use crate::domain::people::links::{self, LinkOutcome};
use crate::protocol::claims::StandardClaims;
use crate::store::{LinkPurpose, Role};
use crate::web::page::{Problem, SetUp, SetUpKind};
use crate::web::posted::{Entry, Posted};
use crate::web::visit::{PageResult, Visit};

const PATH: &str = "/set-up";

/// The form.
pub(super) async fn show(visit: Visit) -> PageResult {
    let open = open(&visit, open_link(&visit, &visit.query()?).await?).await?;
    render(&visit, &open, Typed::empty(), &[])
}

/// The form, sent.
pub(super) async fn submit(Entry(posted): Entry) -> PageResult {
    let visit = &posted.visit;
    let open = open(visit, open_link(visit, &posted.fields).await?).await?;
    let typed = Typed::read(visit, &posted.fields)?;
    let new = NewPerson {
        username: typed.username.clone(),
        claims: StandardClaims {
            // The address is asked for, so an empty one is malformed rather than left out.
            email: Some(typed.email.clone()),
            name: Some(typed.display_name.trim().to_owned()).filter(|name| !name.is_empty()),
            ..StandardClaims::default()
        },
        role: Some(Role::Owner),
        ..NewPerson::default()
    };
    let mut problems = new.problems();
    problems.extend(typed.password_problem(visit, &new.username).await);
    if !problems.is_empty() {
        return render(visit, &open, typed, &problems);
    }
    create(&posted, &open, new, typed).await
}

async fn create(posted: &Posted, open: &OpenLink, new: NewPerson, typed: Typed) -> PageResult {
    let visit = &posted.visit;
    let hash = typed.hash(visit).await?;
    let outcome = links::set_up(&visit.act(Actor::Anonymous), open.link.hash, new, hash).await;
    match outcome.map_err(|error| visit.failed(&error))? {
        LinkOutcome::Done(person) => admit(posted, &person, Proved::by_password("set_up"), Onward::Welcome).await,
        LinkOutcome::Spent => Err(visit.refuse(Problem::LinkSpent)),
        LinkOutcome::Refused(problem) => render(visit, open, typed, &[problem]),
    }
}

/// A set-up link is of no use any more once there is an admin.
async fn open(visit: &Visit, open: OpenLink) -> Result<OpenLink, actix_web::Error> {
    let has_admin = visit.cx.store.has_admin().await.map_err(|error| visit.failed(&error))?;
    if has_admin || open.link.purpose != LinkPurpose::SetUp {
        return Err(visit.refuse(Problem::LinkSpent));
    }
    Ok(open)
}

fn render(visit: &Visit, open: &OpenLink, typed: Typed, problems: &[AccountProblem]) -> PageResult {
    let proof = visit.proof_before_sign_in();
    let page = SetUp {
        t: visit.texts(),
        base: visit.base(),
        action: PATH.to_owned(),
        csrf: proof.token.clone(),
        kind: SetUpKind::FirstAdmin(open.token.clone()),
        username: typed.username,
        email: typed.email,
        display_name: typed.display_name,
        password_minimum: minimum_length(visit),
        terms: None,
        problems: problems.iter().copied().map(shown).collect(),
    };
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    visit.send(&page, status, &visit.headers(), Some(proof))
}
