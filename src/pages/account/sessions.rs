//! `/account/sessions`: where a person is signed in; they may end one session, all others, or everything everywhere.

use actix_web::http::StatusCode;

use crate::domain::events::Actor;
use crate::domain::people::sign_out;
use crate::ids::SessionId;
use crate::pages::provider_buttons;
use crate::pages::providers::leaving;
use crate::pages::security::who::by_all_they_have;
use crate::pages::sign_out::{frames_of, signed_out};
use crate::store::Session;
use crate::web::browser_session::{self, Current};
use crate::web::own_path::OwnPath;
use crate::web::page::{OwnSession, Problem, Sessions};
use crate::web::posted::Member;
use crate::web::text::Texts;
use crate::web::visit::{PageResult, Visit};

/// The sessions.
pub(super) async fn show(visit: Visit) -> PageResult {
    let current = visit.current().await?.ok_or_else(|| visit.sign_in_first(&OwnPath::SESSIONS))?;
    by_all_they_have(&visit, &current, &OwnPath::SESSIONS).await?;
    let sessions = visit.cx.store.sessions_of(current.person.id, visit.now).await;
    let sessions = sessions.map_err(|error| visit.failed(&error))?;
    let proof = visit.proof_for(&current);
    let page = Sessions {
        t: visit.texts(),
        base: visit.base(),
        csrf: proof.token.clone(),
        ended: visit.value(&visit.query()?, "ended")?.is_some(),
        sessions: sessions.iter().map(|session| shown(visit.texts(), session, &current)).collect(),
    };
    // To sign out everywhere may lead to the provider through which they came.
    let headers = provider_buttons::leading_there(&visit, visit.headers());
    visit.send(&page, StatusCode::OK, &headers, Some(proof))
}

fn shown(t: &Texts, session: &Session, current: &Current) -> OwnSession {
    OwnSession {
        sid: session.sid.to_string(),
        device: t.account.devices.words(session.user_agent.as_deref()),
        address: session.address.clone(),
        began: session.created_at.minute(),
        used: session.last_seen_at.minute(),
        remembered: session.remember,
        current: session.sid == current.signed_in.sid,
    }
}

/// Ends one session of this person's, all but the one that asks, or everything.
pub(super) async fn submit(Member(posted): Member) -> PageResult {
    let (visit, current) = posted.member(&OwnPath::SESSIONS)?;
    by_all_they_have(visit, current, &OwnPath::SESSIONS).await?;
    let asked = posted.field("sid")?.unwrap_or_default();
    if asked == "everywhere" {
        return end_everything(visit, current).await;
    }
    let one: Option<SessionId> = asked.parse().ok();
    if one.is_none() && asked != "others" {
        return Err(visit.refuse(Problem::Malformed));
    }
    let act = visit.act(Actor::Person(current.person.id));
    let sessions = visit.cx.store.sessions_of(current.person.id, visit.now).await;
    for session in sessions.map_err(|error| visit.failed(&error))? {
        let is_meant = one.is_none_or(|one| one == session.sid) && session.sid != current.signed_in.sid;
        if is_meant {
            let ended = sign_out::end_session(&act, current.person.id, session.sid, None).await;
            ended.map_err(|error| visit.failed(&error))?;
        }
    }
    Ok(visit.redirect("/account/sessions?ended=yes"))
}

async fn end_everything(visit: &Visit, current: &Current) -> PageResult {
    let (person, here) = (current.person.id, current.signed_in.sid);
    let act = visit.act(Actor::Person(person));
    let end = sign_out::end_everywhere(&act, person, Some(here)).await.map_err(|error| visit.failed(&error))?;
    browser_session::forget(&visit.request, &end.sessions);
    let frames = frames_of(visit, &end.told_here, here).await?;
    let passed_on = leaving::pass_on(visit, &[person]).await?;
    signed_out(visit, frames, passed_on.as_ref())
}
