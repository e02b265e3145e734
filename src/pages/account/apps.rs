//! `/account/apps`: what a person has allowed which app, and may take back.

use actix_web::http::StatusCode;

use crate::domain::events::Actor;
use crate::domain::withdrawal;
use crate::ids::{ClientId, GrantId};
use crate::pages::security::who::by_all_they_have;
use crate::protocol::scope::Scope;
use crate::store::{ApprovalRequest, Grant, RequestState, StoreError};
use crate::web::own_path::OwnPath;
use crate::web::page::{ConnectedApp, ConnectedApps, OwnRequest, Problem, RequestedScope};
use crate::web::posted::Member;
use crate::web::visit::{PageResult, Visit};

/// The apps.
pub(super) async fn show(visit: Visit) -> PageResult {
    let current = visit.current().await?.ok_or_else(|| visit.sign_in_first(&OwnPath::APPS))?;
    by_all_they_have(&visit, &current, &OwnPath::APPS).await?;
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
        t: visit.texts(),
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
    let t = &visit.texts().account;
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
    let words = |name: &str| RequestedScope::new(visit.texts(), name, catalogue.scope_text(name)).words;
    scope.iter().map(|token| words(token.as_str())).collect()
}

fn words_of_claims(visit: &Visit, grant: &Grant) -> Vec<String> {
    let catalogue = visit.cx.catalogue();
    let words = |name: &str| {
        let text = catalogue.claims().find(name, &grant.client_id).and_then(|rule| rule.text.as_deref());
        RequestedScope::claim(visit.texts(), name, text, true).words
    };
    grant.claims.iter().map(words).collect()
}

/// Withdraws what one app was allowed.
pub(super) async fn submit(Member(posted): Member) -> PageResult {
    let (visit, current) = posted.member(&OwnPath::APPS)?;
    by_all_they_have(visit, current, &OwnPath::APPS).await?;
    let grant: Option<GrantId> = posted.field("grant")?.and_then(|id| id.parse().ok());
    let grant = grant.ok_or_else(|| visit.refuse(Problem::Malformed))?;
    let act = visit.act(Actor::Person(current.person.id));
    withdrawal::withdraw(&act, grant, Some(current.person.id)).await.map_err(|error| visit.failed(&error))?;
    Ok(visit.redirect("/account/apps?withdrawn=yes"))
}
