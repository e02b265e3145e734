//! `/device` (RFC 8628 §3.3): the code that a device shows is entered, and what came of it is said. The question in
//! between is asked at `/device/consent`.

use actix_web::http::StatusCode;
use actix_web::{Error, HttpResponse};

use crate::domain::device::answer::{self, Typed};
use crate::domain::device::recognized::RecognizedCode;
use crate::domain::events::Actor;
use crate::domain::people::accounts::display_name;
use crate::domain::people::guard::HeldBack;
use crate::protocol::user_code::UserCode;
use crate::web::browser_session::Current;
use crate::web::limits;
use crate::web::own_path::OwnPath;
use crate::web::page::{DeviceCodePage, DeviceNotice, DeviceNoticePage, Problem};
use crate::web::posted::Member;
use crate::web::visit::{PageResult, Visit};

/// The path, for the pages that lead here.
pub(super) const PATH: &str = "/device";
/// Where the question is asked that a right code leads to.
pub(super) const QUESTION: &str = "/device/consent";

/// The form.
pub(super) async fn show(visit: Visit) -> PageResult {
    // RFC 8628 §3.3.1: a code that came with the address is filled in, and still has to be confirmed.
    let code = visit.value(&visit.query()?, "user_code")?.and_then(UserCode::parse);
    let here = path_with(code.as_ref());
    let current = visit.current().await?.ok_or_else(|| visit.sign_in_first(&here))?;
    let shown = code.map(|code| code.shown()).unwrap_or_default();
    form(&visit, &current, &shown, StatusCode::OK)
}

/// The form, sent.
pub(super) async fn submit(Member(posted): Member) -> PageResult {
    let visit = &posted.visit;
    let typed = posted.field("user_code")?.unwrap_or_default();
    let code = UserCode::parse(typed);
    let Some(current) = &posted.current else { return Err(visit.sign_in_first(&path_with(code.as_ref()))) };
    let (cx, who) = (&visit.cx, &current.signed_in);
    let act = visit.act(Actor::Person(current.person.id));
    let outcome = answer::recognize(&act, &cx.guard, &cx.hasher, who, code.as_ref()).await;
    match (outcome.map_err(|error| visit.failed(&error))?, code) {
        (Typed::Right(_), Some(code)) => {
            let recognized = RecognizedCode { user_code: code.shown(), sid: who.sid, at: visit.now };
            let sealed = recognized.seal(&cx.request_sealer);
            Ok(visit.redirect(&format!("{QUESTION}?request={sealed}")))
        }
        (Typed::Wrong | Typed::Right(_), _) => form(visit, current, typed, StatusCode::UNPROCESSABLE_ENTITY),
        (Typed::TooMany(held), _) => too_many(visit, &held).await,
    }
}

/// What came of an answer.
pub(super) async fn done(visit: Visit) -> PageResult {
    match visit.value(&visit.query()?, "decision")? {
        Some("allow") => notice(&visit, DeviceNotice::Allowed, StatusCode::OK),
        Some("deny") => notice(&visit, DeviceNotice::Denied, StatusCode::OK),
        _ => Err(visit.refuse(Problem::Malformed)),
    }
}

/// This page, with a code in its field.
pub(super) fn path_with(code: Option<&UserCode>) -> OwnPath {
    code.and_then(|code| OwnPath::parse(&format!("{PATH}?user_code={}", code.shown()))).unwrap_or(OwnPath::DEVICE)
}

/// A page that only says something.
pub(super) fn notice(visit: &Visit, notice: DeviceNotice, status: StatusCode) -> PageResult {
    let page = DeviceNoticePage { t: visit.texts(), base: visit.base(), notice };
    visit.send(&page, status, &visit.headers(), None)
}

async fn too_many(visit: &Visit, held: &HeldBack) -> Result<HttpResponse, Error> {
    limits::note(visit, held).await;
    let page = DeviceNotice::TooMany(limits::minutes(held.standing.reset));
    let page = notice(visit, page, StatusCode::TOO_MANY_REQUESTS)?;
    Ok(limits::too_many(page, &held.standing))
}

fn form(visit: &Visit, current: &Current, user_code: &str, status: StatusCode) -> PageResult {
    let proof = visit.proof_for(current);
    let page = DeviceCodePage {
        t: visit.texts(),
        base: visit.base(),
        csrf: proof.token.clone(),
        user_code: user_code.to_owned(),
        wrong: status != StatusCode::OK,
        person: display_name(&current.person).to_owned(),
        switch_account: format!("{}&another=yes", path_with(UserCode::parse(user_code).as_ref()).behind_sign_in()),
    };
    visit.send(&page, status, &visit.headers(), Some(proof))
}
