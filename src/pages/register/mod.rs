//! `/register`: people make accounts of their own, where the operator lets them: at once, by a link that shows whose the address
//! is, or by invitation.

mod address;
mod form;

use actix_web::Error;

use super::new_account::open_link;
use crate::config::PeopleRegistration;
use crate::protocol::params::Params;
use crate::web::page::Problem;
use crate::web::posted::Entry;
use crate::web::visit::{PageResult, Visit};
use form::Led;

/// What stands at the path.
enum Step {
    /// The question at which address somebody reads mail.
    Address,
    /// The form.
    Form(Led),
}

/// The page.
pub(super) async fn show(visit: Visit) -> PageResult {
    let query = visit.query()?;
    match step(&visit, &query).await? {
        Step::Address => address::show(&visit, &query).await,
        Step::Form(led) => form::show(&visit, &led),
    }
}

/// What was filled in there.
pub(super) async fn submit(Entry(posted): Entry) -> PageResult {
    match step(&posted.visit, &posted.fields).await? {
        Step::Address => address::submit(&posted).await,
        Step::Form(led) => form::submit(&posted, led).await,
    }
}

/// What is said to everybody who asked for a link.
pub(super) async fn sent(visit: Visit) -> PageResult {
    address::sent(&visit)
}

async fn step(visit: &Visit, params: &Params) -> Result<Step, Error> {
    let people = &visit.cx.config.people;
    if people.registration == PeopleRegistration::Off {
        return Err(visit.refuse(Problem::NotFound));
    }
    if visit.value(params, "link")?.is_some() {
        return Led::by_link(visit, params, open_link(visit, params).await?).await.map(Step::Form);
    }
    if people.registration == PeopleRegistration::Invitation {
        return Err(visit.refuse(Problem::ByInvitation));
    }
    if people.registration_address { Ok(Step::Address) } else { Led::uninvited(visit, params).await.map(Step::Form) }
}
