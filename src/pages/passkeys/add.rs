//! `/account/security/passkeys/new`: adding a passkey.

use actix_web::http::StatusCode;

use super::super::security::who::changing;
use super::super::session::{self, Second};
use crate::domain::events::Actor;
use crate::domain::factor_name;
use crate::domain::passkeys::Sent;
use crate::domain::passkeys::register::Registered;
use crate::protocol::user_agent::UserAgent;
use crate::web::browser_session::Current;
use crate::web::letters::{self, Factor};
use crate::web::own_path::OwnPath;
use crate::web::page::{NewPasskey, PasskeyQuestion, Problem};
use crate::web::posted::Member;
use crate::web::visit::{PageResult, Visit};

/// The form.
pub(super) async fn show(visit: Visit) -> PageResult {
    let current = visit.current().await?.ok_or_else(|| visit.sign_in_first(&OwnPath::NEW_PASSKEY))?;
    changing(&visit, &current, &OwnPath::NEW_PASSKEY).await?;
    // By the device, since that is where most are kept.
    let system = visit.origin.user_agent.as_deref().and_then(|header| UserAgent::read(header).system);
    render(&visit, &current, system.unwrap_or_default(), None).await
}

/// The form, with what the browser answered.
pub(super) async fn submit(Member(posted): Member) -> PageResult {
    let (visit, current) = posted.member(&OwnPath::NEW_PASSKEY)?;
    changing(visit, current, &OwnPath::NEW_PASSKEY).await?;
    let desk = visit.cx.passkey_desk().ok_or_else(|| visit.refuse(Problem::NotFound))?;
    let words = &visit.texts().passkeys;
    let typed = posted.field("name")?.unwrap_or_default();
    let Some(name) = factor_name::read(typed) else {
        return render(visit, current, typed, Some(words.name_needed)).await;
    };
    let sent = Sent {
        binding: posted.field("csrf")?.unwrap_or_default(),
        question: posted.field("question")?.unwrap_or_default(),
        answer: posted.field("answer")?.unwrap_or_default(),
    };
    let person = current.person.id;
    let alert = visit.cx.mail(|| letters::factor_added(visit.cx.issuer(), &current.person, Factor::Passkey(name)));
    let added = desk.add(&visit.act(Actor::Person(person)), person, &sent, (name, alert)).await;
    let problem = match added.map_err(|error| visit.failed(&error))? {
        Registered::Added(_) => {
            session::raise(&posted, current, &Second::new_passkey());
            return Ok(visit.redirect(&format!("{}?done=added", OwnPath::PASSKEYS)));
        }
        Registered::Late => words.late,
        Registered::Known => words.known,
        Registered::TooMany => words.too_many,
        Registered::Refused => words.not_added,
    };
    render(visit, current, name, Some(problem)).await
}

async fn render(visit: &Visit, current: &Current, name: &str, problem: Option<&'static str>) -> PageResult {
    let theirs = visit.cx.store.passkeys_of(current.person.id).await.map_err(|error| visit.failed(&error))?;
    let proof = visit.proof_for(current);
    let asked = visit
        .cx
        .passkey_desk()
        .and_then(|desk| desk.ask_for_new(&current.person, &theirs, &proof.token, visit.now, &*visit.cx.entropy));
    let page = NewPasskey {
        t: visit.texts(),
        base: visit.base(),
        csrf: proof.token.clone(),
        asked: PasskeyQuestion::from(asked.ok_or_else(|| visit.refuse(Problem::NotFound))?),
        name: name.to_owned(),
        longest: factor_name::LONGEST,
        problem,
    };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    visit.send(&page, status, &visit.headers().with_script(), Some(proof))
}
