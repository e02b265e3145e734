//! `/login/second`: the second factor, at a sign-in or of somebody who is signed in and has to prove more.

use std::borrow::Cow;

use actix_web::Error;
use actix_web::http::StatusCode;

use super::onward::Onward;
use super::session::{Proved, Second};
use super::{entrance, session};
use crate::domain::events::Actor;
use crate::domain::factors::Typed;
use crate::domain::factors::half::{First, Half};
use crate::domain::passkeys::Sent;
use crate::domain::passkeys::sign_in::{AMR, PasskeyOutcome};
use crate::domain::people::accounts::display_name;
use crate::domain::sessions::{AMR_CODE, AMR_SEVERAL};
use crate::store::Person;
use crate::web::browser_session::Current;
use crate::web::page::{PasskeyQuestion, Problem, SecondFactor, SecondProblem};
use crate::web::posted::{Entry, Posted};
use crate::web::visit::{PageResult, Proof, Visit};
use crate::web::{known_devices, limits};

/// Somebody who has proved who they are by the first factor.
struct Proven {
    first: First,
    person: Person,
    /// Their session, where it is one that is to rise.
    session: Option<Current>,
    sealed: String,
}

impl Proven {
    /// By which methods.
    fn amr(&self) -> &[String] {
        match (&self.first, &self.session) {
            (First::Now { amr, .. }, _) => amr,
            (First::Session(_), Some(current)) => &current.signed_in.amr,
            (First::Session(_), None) => &[],
        }
    }
}

/// The form.
pub(super) async fn show(visit: Visit) -> PageResult {
    let query = visit.query()?;
    let onward = Onward::of(&visit, &query).await?;
    let recovery = visit.value(&query, "with")? == Some("recovery");
    let proven = match visit.value(&query, "half")? {
        Some(sealed) => open(&visit, &onward, sealed).await?,
        None => None,
    };
    if let Some(proven) = proven {
        return render(&visit, &onward, &proven, recovery, None).await;
    }
    let proof = visit.proof_before_sign_in();
    let accounts = visit.accounts().await?;
    let Some(current) = accounts.current() else { return Ok(visit.redirect(&onward.path(entrance::SIGN_IN))) };
    // An app may want more than that they are several: then it has sent them here for what they have not shown yet.
    if current.signed_in.by_several() && onward.waiting().is_none() {
        return Ok(onward.back(&visit));
    }
    let held = visit.cx.factor_desk().held_by(current.person.id).await.map_err(|error| visit.failed(&error))?;
    if !held.is_any() {
        return Ok(visit.redirect(&onward.path(entrance::APP)));
    }
    let (cx, first) = (&visit.cx, First::Session(current.signed_in.sid));
    let place = (proof.browser.clone(), onward.asked());
    let half = Half::new(&cx.hasher, &current.person, first.clone(), place, visit.now);
    let proven = Proven {
        first,
        person: current.person.clone(),
        session: Some(current.clone()),
        sealed: half.seal(&cx.factor_sealer),
    };
    send(&visit, &onward, &proven, recovery, (None, proof)).await
}

/// The form, sent.
pub(super) async fn submit(Entry(posted): Entry) -> PageResult {
    let visit = &posted.visit;
    let onward = Onward::of(visit, &posted.fields).await?;
    let sealed = posted.field("half")?.unwrap_or_default();
    // It was left open for too long, or the password was changed meanwhile.
    let Some(proven) = open(visit, &onward, sealed).await? else {
        return Ok(visit.redirect(&onward.path(entrance::SIGN_IN)));
    };
    let recovery = posted.field("with")? == Some("recovery");
    if let Some(answer) = posted.field("answer")?.filter(|answer| !answer.is_empty()) {
        return by_passkey(&posted, proven, onward, answer).await;
    }
    let typed = posted.field("code")?.unwrap_or_default();
    let act = visit.act(Actor::Person(proven.person.id));
    let device = known_devices::shown(&visit.request, &visit.cx).of(proven.person.id, visit.now);
    let taken = visit.cx.factor_desk().take(&act, proven.person.id, device, typed).await;
    match taken.map_err(|error| visit.failed(&error))? {
        Typed::Code => let_in(&posted, proven, onward, &Second::code()).await,
        Typed::RecoveryCode => let_in(&posted, proven, onward, &Second::recovery_code()).await,
        Typed::Wrong => render(visit, &onward, &proven, recovery, Some(SecondProblem::Wrong)).await,
        Typed::HeldBack(held) => {
            let problem = SecondProblem::HeldBack { minutes: limits::minutes(held.standing.reset) };
            let page = render(visit, &onward, &proven, recovery, Some(problem)).await?;
            Ok(limits::too_many(page, &held.standing))
        }
    }
}

/// A passkey in place of a code. It has to be one of theirs.
async fn by_passkey(posted: &Posted, proven: Proven, onward: Onward, answer: &str) -> PageResult {
    let visit = &posted.visit;
    let desk = visit.cx.passkey_desk().ok_or_else(|| visit.refuse(Problem::NotFound))?;
    let binding = posted.field("csrf")?.unwrap_or_default();
    let sent = Sent { binding, question: posted.field("question")?.unwrap_or_default(), answer };
    let outcome = desk.verify(&visit.act(Actor::Person(proven.person.id)), &sent, Some(proven.person.id)).await;
    let problem = match outcome.map_err(|error| visit.failed(&error))? {
        PasskeyOutcome::Proved(proof) => return let_in(posted, proven, onward, &Second::passkey(&proof)).await,
        PasskeyOutcome::HeldBack(held) => {
            let problem = SecondProblem::HeldBack { minutes: limits::minutes(held.standing.reset) };
            let page = render(visit, &onward, &proven, false, Some(problem)).await?;
            return Ok(limits::too_many(page, &held.standing));
        }
        PasskeyOutcome::Late => SecondProblem::PasskeyLate,
        PasskeyOutcome::Refused => SecondProblem::Passkey,
    };
    render(visit, &onward, &proven, false, Some(problem)).await
}

async fn let_in(posted: &Posted, proven: Proven, onward: Onward, second: &Second) -> PageResult {
    match (proven.first, proven.session) {
        (First::Now { amr, remember, method, auth_time }, _) => {
            let both = Proved { amr, remember, method: Cow::Owned(method), auth_time, anew: false }.and_by(second);
            let sid = session::begin(posted, &proven.person, both).await?;
            Ok(onward.signed_in(&posted.visit, sid))
        }
        (First::Session(_), Some(current)) => {
            session::raise(posted, &current, second);
            Ok(onward.back(&posted.visit))
        }
        (First::Session(_), None) => Ok(posted.visit.redirect(&onward.path(entrance::SIGN_IN))),
    }
}

/// Opens what was proved by the first factor, if it still holds.
async fn open(visit: &Visit, onward: &Onward, sealed: &str) -> Result<Option<Proven>, Error> {
    let cx = &visit.cx;
    let Some(browser) = cx.csrf.browser(&visit.request) else { return Ok(None) };
    let keys = (&cx.factor_sealer, &cx.hasher);
    let Some(half) = Half::open(sealed, keys, (&browser, onward.asked()), visit.now) else { return Ok(None) };
    let person = cx.store.person(half.person).await.map_err(|error| visit.failed(&error))?;
    let Some(person) = person.filter(|person| half.is_still_of(&cx.hasher, person)) else { return Ok(None) };
    let session = match half.first {
        First::Now { .. } => None,
        First::Session(sid) => {
            let accounts = visit.accounts().await?;
            let Some(current) = accounts.of(sid).filter(|current| current.person.id == person.id) else {
                return Ok(None);
            };
            Some(current.clone())
        }
    };
    Ok(Some(Proven { first: half.first, person, session, sealed: sealed.to_owned() }))
}

async fn render(
    visit: &Visit,
    onward: &Onward,
    proven: &Proven,
    recovery: bool,
    problem: Option<SecondProblem>,
) -> PageResult {
    send(visit, onward, proven, recovery, (problem, visit.proof_before_sign_in())).await
}

async fn send(
    visit: &Visit,
    onward: &Onward,
    proven: &Proven,
    recovery: bool,
    (problem, proof): (Option<SecondProblem>, Proof),
) -> PageResult {
    let held = visit.cx.factor_desk().held_by(proven.person.id).await.map_err(|error| visit.failed(&error))?;
    let theirs = visit.cx.store.passkeys_of(proven.person.id).await.map_err(|error| visit.failed(&error))?;
    let shown = proven.amr();
    // A method without several is what a provider told of: here nobody has shown it.
    let has_shown = |method: &str| [method, AMR_SEVERAL].iter().all(|method| shown.iter().any(|shown| shown == method));
    let desk = visit.cx.passkey_desk().filter(|_| !theirs.is_empty() && !has_shown(AMR[0]));
    let asked = desk.and_then(|desk| desk.ask(&theirs, &proof.token, visit.now, &*visit.cx.entropy));
    let with_script = asked.is_some();
    let page = SecondFactor {
        t: visit.texts(),
        base: visit.base(),
        csrf: proof.token.clone(),
        request: onward.request(),
        app: onward.app(),
        onward: onward.page().cloned(),
        half: proven.sealed.clone(),
        person: display_name(&proven.person).to_owned(),
        has_app: held.has_app() && !has_shown(AMR_CODE),
        passkey: asked.map(PasskeyQuestion::from),
        recovery,
        problem,
    };
    let headers = onward.headers(visit);
    let headers = if with_script { headers.with_script() } else { headers };
    let status = match problem {
        None => StatusCode::OK,
        Some(SecondProblem::Wrong | SecondProblem::Passkey | SecondProblem::PasskeyLate) => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Some(SecondProblem::HeldBack { .. }) => StatusCode::TOO_MANY_REQUESTS,
    };
    visit.send(&page, status, &headers, Some(proof))
}
