//! `/login/passkey`: a passkey, in place of username and password.

use super::admit::admit;
use super::onward::Onward;
use super::session::Proved;
use super::sign_in;
use crate::domain::events::Actor;
use crate::domain::passkeys::Sent;
use crate::domain::passkeys::sign_in::PasskeyOutcome;
use crate::web::limits;
use crate::web::page::{Problem, SignInProblem};
use crate::web::posted::Entry;
use crate::web::visit::PageResult;

/// What the browser answered, sent.
pub(super) async fn submit(Entry(posted): Entry) -> PageResult {
    let visit = &posted.visit;
    let desk = visit.cx.passkey_desk().ok_or_else(|| visit.refuse(Problem::NotFound))?;
    let onward = Onward::of(visit, &posted.fields).await?;
    let remember = posted.field("remember")?.is_some();
    let sent = Sent {
        binding: posted.field("csrf")?.unwrap_or_default(),
        question: posted.field("question")?.unwrap_or_default(),
        answer: posted.field("answer")?.unwrap_or_default(),
    };
    let outcome = desk.verify(&visit.act(Actor::Anonymous), &sent, None).await;
    match outcome.map_err(|error| visit.failed(&error))? {
        PasskeyOutcome::Proved(proof) => {
            let proved = Proved { remember, ..Proved::by_passkey(&proof) };
            admit(&posted, &proof.person, proved, onward).await
        }
        PasskeyOutcome::HeldBack(held) => {
            let problem = SignInProblem::TooMany(limits::minutes(held.standing.reset));
            sign_in::again(&posted, &onward, remember, problem).map(|page| limits::too_many(page, &held.standing))
        }
        PasskeyOutcome::Late => sign_in::again(&posted, &onward, remember, SignInProblem::PasskeyLate),
        PasskeyOutcome::Refused => sign_in::again(&posted, &onward, remember, SignInProblem::Passkey),
    }
}
