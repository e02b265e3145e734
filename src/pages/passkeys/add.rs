//! `/account/security/passkeys/new`: adding a passkey.

use actix_web::http::StatusCode;

use super::super::entrance;
use super::super::onward::Onward;
use super::super::security::who::{adding, sign_in_to_add};
use super::super::session::{self, Second};
use crate::domain::events::Actor;
use crate::domain::factor_name;
use crate::domain::passkeys::Sent;
use crate::domain::passkeys::register::Registered;
use crate::protocol::user_agent::UserAgent;
use crate::store::Role;
use crate::web::browser_session::Current;
use crate::web::letters::Factor;
use crate::web::own_path::OwnPath;
use crate::web::page::{NewPasskey, PasskeyQuestion, Problem};
use crate::web::posted::Member;
use crate::web::visit::{PageResult, Visit};

/// The form.
pub(super) async fn show(visit: Visit) -> PageResult {
    let onward = Onward::of(&visit, &visit.query()?).await?;
    let here = &OwnPath::NEW_PASSKEY;
    let current = visit.current().await?.ok_or_else(|| sign_in_to_add(&visit, &onward, here))?;
    adding(&visit, &current, &onward, here).await?;
    // By the device, since that is where most are kept.
    let system = visit.origin.user_agent.as_deref().and_then(|header| UserAgent::read(header).system);
    render(&visit, &current, &onward, system.unwrap_or_default(), None).await
}

/// The form, with what the browser answered.
pub(super) async fn submit(Member(posted): Member) -> PageResult {
    let visit = &posted.visit;
    let onward = Onward::of(visit, &posted.fields).await?;
    let here = &OwnPath::NEW_PASSKEY;
    let current = posted.current.as_ref().ok_or_else(|| sign_in_to_add(visit, &onward, here))?;
    adding(visit, current, &onward, here).await?;
    let desk = visit.cx.passkey_desk().ok_or_else(|| visit.refuse(Problem::NotFound))?;
    let words = &visit.texts().passkeys;
    let typed = posted.field("name")?.unwrap_or_default();
    let Some(name) = factor_name::read(typed) else {
        return render(visit, current, &onward, typed, Some(words.name_needed)).await;
    };
    let sent = Sent {
        binding: posted.field("csrf")?.unwrap_or_default(),
        question: posted.field("question")?.unwrap_or_default(),
        answer: posted.field("answer")?.unwrap_or_default(),
    };
    let person = current.person.id;
    let alert = visit.cx.mail(|| visit.letters().factor_added(&current.person, Factor::Passkey(name)));
    let added = desk.add(&visit.act(Actor::Person(person)), person, &sent, (name, alert)).await;
    let problem = match added.map_err(|error| visit.failed(&error))? {
        Registered::Added(_) => {
            session::raise(&posted, current, &Second::new_passkey());
            return Ok(match onward {
                Onward::Home | Onward::Welcome => visit.redirect(&format!("{}?done=added", OwnPath::PASSKEYS)),
                onward => onward.back(visit),
            });
        }
        Registered::Late => words.late,
        Registered::Known => words.known,
        Registered::TooMany => words.too_many,
        Registered::Refused => words.not_added,
    };
    render(visit, current, &onward, name, Some(problem)).await
}

async fn render(
    visit: &Visit,
    current: &Current,
    onward: &Onward,
    name: &str,
    problem: Option<&'static str>,
) -> PageResult {
    let theirs = visit.cx.store.passkeys_of(current.person.id).await.map_err(|error| visit.failed(&error))?;
    let proof = visit.proof_for(current);
    let asked = visit
        .cx
        .passkey_desk()
        .and_then(|desk| desk.ask_for_new(&current.person, &theirs, &proof.token, visit.now, &*visit.cx.entropy));
    let must = visit.cx.config.second_factor.is_required_of(current.person.role.map(Role::word));
    let required = onward.waiting().is_some() || must && !current.signed_in.by_several();
    let page = NewPasskey {
        request: onward.request(),
        onward: onward.page().cloned(),
        app: onward.app(),
        instead: required.then(|| onward.path(entrance::APP)),
        t: visit.texts(),
        base: visit.base(),
        csrf: proof.token.clone(),
        asked: PasskeyQuestion::from(asked.ok_or_else(|| visit.refuse(Problem::NotFound))?),
        name: name.to_owned(),
        longest: factor_name::LONGEST,
        problem,
    };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let headers = onward.headers(visit);
    visit.send(&page, status, &headers.with_script(), Some(proof))
}
