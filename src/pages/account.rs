//! `/account/apps` and `/account/sessions`: what a person has allowed which app, and where they are signed in; each can be
//! taken back by themselves.

use actix_web::http::StatusCode;

use crate::domain::events::Actor;
use crate::domain::people::sign_out;
use crate::domain::withdrawal;
use crate::ids::{ClientId, GrantId, SessionId};
use crate::protocol::scope::Scope;
use crate::store::{ApprovalRequest, Grant, RequestState, StoreError};
use crate::web::own_path::OwnPath;
use crate::web::page::{ConnectedApp, ConnectedApps, OwnRequest, OwnSession, Problem, RequestedScope, Sessions};
use crate::web::posted::Member;
use crate::web::text::Texts;
use crate::web::visit::{PageResult, Visit};

/// The apps.
pub(super) async fn show_apps(visit: Visit) -> PageResult {
    let current = visit.current().await?.ok_or_else(|| visit.sign_in_first(&OwnPath::APPS))?;
    let grants = visit.cx.store.grants_of(current.person.id).await.map_err(|error| visit.failed(&error))?;
    let mut apps = Vec::with_capacity(grants.len());
    for grant in &grants {
        apps.push(connected(&visit, grant).await.map_err(|error| visit.failed(&error))?);
    }
    let requests =
        visit.cx.store.approval_requests_of(current.person.id).await.map_err(|error| visit.failed(&error))?;
    let mut asked = Vec::with_capacity(requests.len());
    for request in &requests {
        asked.extend(own_request(&visit, request).await.map_err(|error| visit.failed(&error))?);
    }
    let proof = visit.proof_for(&current);
    let page = ConnectedApps {
        t: Texts::english(),
        base: visit.base(),
        csrf: proof.token.clone(),
        withdrawn: visit.value(&visit.query()?, "withdrawn")?.is_some(),
        apps,
        requests: asked,
    };
    visit.send(&page, StatusCode::OK, &visit.headers(), Some(proof))
}

async fn connected(visit: &Visit, grant: &Grant) -> Result<ConnectedApp, StoreError> {
    Ok(ConnectedApp {
        grant: grant.id.to_string(),
        name: name_of(visit, &grant.client_id).await?,
        may: words(visit, &grant.scope).into_iter().chain(words_of_claims(visit, grant)).collect(),
        since: grant.created_at.day(),
        used: grant.last_used_at.day(),
    })
}

/// What the admins were asked for; what somebody merely went on without is nothing to tell.
async fn own_request(visit: &Visit, request: &ApprovalRequest) -> Result<Option<OwnRequest>, StoreError> {
    let t = &Texts::english().account;
    let state = match request.state {
        RequestState::Passed => return Ok(None),
        RequestState::Waiting => t.waiting,
        RequestState::Approved => t.approved,
        RequestState::Refused => t.refused,
    };
    Ok(Some(OwnRequest {
        name: name_of(visit, &request.client_id).await?,
        wants: words(visit, &request.scope),
        asked: request.asked_at.day(),
        state,
        answer: request.answer.clone(),
    }))
}

async fn name_of(visit: &Visit, client: &ClientId) -> Result<String, StoreError> {
    let app = visit.cx.clients.find(&visit.cx.store, client, visit.now).await?;
    Ok(app.and_then(|app| app.metadata.client_name.clone()).unwrap_or_else(|| client.to_string()))
}

fn words(visit: &Visit, scope: &Scope) -> Vec<String> {
    let catalogue = &visit.cx.catalogue();
    let words = |name: &str| RequestedScope::new(Texts::english(), name, catalogue.scope_text(name)).words;
    scope.iter().map(|token| words(token.as_str())).collect()
}

fn words_of_claims(visit: &Visit, grant: &Grant) -> Vec<String> {
    let catalogue = visit.cx.catalogue();
    let words = |name: &str| {
        let text = catalogue.claims().find(name, &grant.client_id).and_then(|rule| rule.text.as_deref());
        RequestedScope::claim(Texts::english(), name, text, true).words
    };
    grant.claims.iter().map(words).collect()
}

/// Withdraws what one app was allowed.
pub(super) async fn withdraw(Member(posted): Member) -> PageResult {
    let (visit, current) = posted.member(&OwnPath::APPS)?;
    let grant: Option<GrantId> = posted.field("grant")?.and_then(|id| id.parse().ok());
    let grant = grant.ok_or_else(|| visit.refuse(Problem::Malformed))?;
    let act = visit.act(Actor::Person(current.person.id));
    withdrawal::withdraw(&act, grant, Some(current.person.id)).await.map_err(|error| visit.failed(&error))?;
    Ok(visit.redirect("/account/apps?withdrawn=yes"))
}

/// The sessions.
pub(super) async fn show_sessions(visit: Visit) -> PageResult {
    let current = visit.current().await?.ok_or_else(|| visit.sign_in_first(&OwnPath::SESSIONS))?;
    let sessions = visit.cx.store.sessions_of(current.person.id, visit.now).await;
    let sessions = sessions.map_err(|error| visit.failed(&error))?;
    let sessions = sessions.iter().map(|session| OwnSession {
        sid: session.sid.to_string(),
        began: session.created_at.minute(),
        used: session.last_seen_at.minute(),
        current: session.sid == current.signed_in.sid,
    });
    let proof = visit.proof_for(&current);
    let page = Sessions {
        t: Texts::english(),
        base: visit.base(),
        csrf: proof.token.clone(),
        ended: visit.value(&visit.query()?, "ended")?.is_some(),
        sessions: sessions.collect(),
    };
    visit.send(&page, StatusCode::OK, &visit.headers(), Some(proof))
}

/// Ends one session of this person's, or all but the one that asks.
pub(super) async fn end_sessions(Member(posted): Member) -> PageResult {
    let (visit, current) = posted.member(&OwnPath::SESSIONS)?;
    let asked = posted.field("sid")?.unwrap_or_default();
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
