//! `/approval-requests` and `/clients/{client_id}/approvals`: what people ask the admins for, and what apps are approved
//! for.

use actix_web::web::{Bytes, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::answer::{self, Answer};
use super::caller::Caller;
use super::client_actions::{optional, read};
use super::clients::{JSON, find};
use super::page::{Page, Part};
use super::problem::{Kind, Problem};
use crate::clock::Timestamp;
use crate::domain::admission::approvals::{self, Decided, LONGEST_ANSWER, Verdict};
use crate::domain::permission::Permission;
use crate::ids::{ApprovalId, ApprovalRequestId, GroupId, PersonId};
use crate::protocol::scope::Scope;
use crate::store::{Approval, ApprovalRequest, Holder, RequestState};

/// What a person asks the admins for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApprovalRequest)]
pub(super) struct RequestView {
    /// Its identifier.
    id: Uuid,
    /// Who asks.
    person_id: Uuid,
    /// For which client.
    client_id: String,
    /// What the client wants that needs approval.
    scope: String,
    /// Why the person needs it.
    reason: String,
    /// `waiting`, `approved` or `refused`.
    state: &'static str,
    /// What the person was told.
    answer: Option<String>,
    /// When they asked.
    #[schema(format = DateTime)]
    asked_at: String,
    /// When it was decided.
    #[schema(format = DateTime)]
    decided_at: Option<String>,
}

/// What a client may ask somebody for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Approval)]
pub(super) struct ApprovalView {
    /// Its identifier.
    id: Uuid,
    /// The scope.
    scope: String,
    /// `everyone`, `group` or `person`.
    r#for: &'static str,
    /// Which group.
    group_id: Option<Uuid>,
    /// Which person.
    person_id: Option<Uuid>,
    /// Since when.
    #[schema(format = DateTime)]
    created_at: String,
}

/// Whom something is approved for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub(super) enum For {
    /// Whoever may use the client, and the client itself as a machine.
    Everyone,
    /// The members of a group.
    #[schema(value_type = Uuid)]
    Group(GroupId),
    /// One person.
    #[schema(value_type = Uuid)]
    Person(PersonId),
}

/// What is to be approved.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewApproval {
    /// Scopes, parted by spaces: of those that the client is registered for, some that need approval.
    scope: String,
    /// Whom for.
    r#for: For,
}

/// A yes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Yes {
    /// Whom it is approved for.
    r#for: For,
    /// What the person is told.
    #[schema(max_length = 500)]
    answer: Option<String>,
}

/// A no.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct No {
    /// What the person is told.
    #[schema(max_length = 500)]
    answer: Option<String>,
}

impl From<For> for Holder {
    fn from(given: For) -> Self {
        match given {
            For::Everyone => Self::Everyone,
            For::Group(group) => Self::Group(group),
            For::Person(person) => Self::Person(person),
        }
    }
}

impl RequestView {
    fn new(request: &ApprovalRequest) -> Self {
        Self {
            id: request.id.0,
            person_id: request.person_id.0,
            client_id: request.client_id.to_string(),
            scope: request.scope.to_string(),
            reason: request.reason.clone(),
            state: request.state.word(),
            answer: request.answer.clone(),
            asked_at: Timestamp::to_rfc3339(request.asked_at),
            decided_at: request.decided_at.map(Timestamp::to_rfc3339),
        }
    }
}

impl ApprovalView {
    fn new(approval: &Approval) -> Self {
        let (word, group, person) = match approval.holder {
            Holder::Everyone => ("everyone", None, None),
            Holder::Group(group) => ("group", Some(group.0), None),
            Holder::Person(person) => ("person", None, Some(person.0)),
        };
        Self {
            id: approval.id.0,
            scope: approval.scope.to_string(),
            r#for: word,
            group_id: group,
            person_id: person,
            created_at: Timestamp::to_rfc3339(approval.created_at),
        }
    }
}

/// The requests that wait, the longest waiting first.
#[utoipa::path(get, path = "/approval-requests", tag = "Approvals", params(Part),
    security(("oauth2" = ["approvals:read"])),
    responses((status = 200, description = "A page of requests", body = Page<RequestView>)))]
pub(super) async fn list_requests(caller: Caller) -> Answer {
    caller.must(Permission::ApprovalsRead)?;
    let part: Part = caller.query()?;
    let limit = part.limit()?;
    let after = part.after::<Cursor>()?.map(|Cursor(at, id)| (at, id));
    let found = caller.cx.store.waiting_requests(after, limit + 1).await?;
    let cursor = |request: &ApprovalRequest| format!("{}.{}", request.asked_at.millis(), request.id);
    answer::ok(&Page::new(found, limit, cursor, RequestView::new))
}

/// Where a page ended: when its last request was asked, in milliseconds, and its identifier.
struct Cursor(Timestamp, ApprovalRequestId);

impl std::str::FromStr for Cursor {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (at, id) = text.split_once('.').ok_or(())?;
        Ok(Self(Timestamp::from_millis(at.parse().map_err(|_| ())?), id.parse().map_err(|_| ())?))
    }
}

/// One request, decided or not.
#[utoipa::path(get, path = "/approval-requests/{request_id}", tag = "Approvals",
    security(("oauth2" = ["approvals:read"])),
    params(("request_id" = Uuid, Path, description = "Its identifier")),
    responses((status = 200, description = "The request", body = RequestView)))]
pub(super) async fn show_request(caller: Caller, id: Path<String>) -> Answer {
    caller.must(Permission::ApprovalsRead)?;
    answer::ok(&RequestView::new(&request(&caller, &id).await?))
}

/// Approves what a person asks for: for them, a group or everyone.
#[utoipa::path(post, path = "/approval-requests/{request_id}/approve", tag = "Approvals",
    security(("oauth2" = ["approvals:write"])),
    params(("request_id" = Uuid, Path, description = "Its identifier")),
    request_body = Yes,
    responses((status = 200, description = "As it is now", body = RequestView),
        (status = 409, description = "It does not wait any more")))]
pub(super) async fn approve_request(caller: Caller, id: Path<String>, body: Bytes) -> Answer {
    caller.must(Permission::ApprovalsWrite)?;
    let waiting = request(&caller, &id).await?;
    let Yes { r#for, answer } = read(caller.body(&body, JSON)?)?;
    decide(&caller, &waiting, Verdict::Approve(r#for.into()), answer).await
}

/// Refuses what a person asks for.
#[utoipa::path(post, path = "/approval-requests/{request_id}/refuse", tag = "Approvals",
    security(("oauth2" = ["approvals:write"])),
    params(("request_id" = Uuid, Path, description = "Its identifier")),
    request_body(content = Option<No>, description = "What they are told, if anything"),
    responses((status = 200, description = "As it is now", body = RequestView),
        (status = 409, description = "It does not wait any more")))]
pub(super) async fn refuse_request(caller: Caller, id: Path<String>, body: Bytes) -> Answer {
    caller.must(Permission::ApprovalsWrite)?;
    let waiting = request(&caller, &id).await?;
    let No { answer } = optional(&caller, &body)?;
    decide(&caller, &waiting, Verdict::Refuse, answer).await
}

async fn decide(caller: &Caller, waiting: &ApprovalRequest, verdict: Verdict, answer: Option<String>) -> Answer {
    let answer = answer.filter(|answer| !answer.trim().is_empty());
    if answer.as_ref().is_some_and(|answer| answer.chars().count() > LONGEST_ANSWER) {
        return Err(Problem::of_member("answer", format!("Send {LONGEST_ANSWER} characters at most.")));
    }
    match approvals::decide(&caller.act(), waiting, verdict, answer).await? {
        Decided::Done => answer::ok(&RequestView::new(&request(caller, &waiting.id.to_string()).await?)),
        Decided::Gone => Err(Problem::new(Kind::Conflict, "This request does not wait any more: read it again.")),
        Decided::Unknown => Err(no_such_holder()),
    }
}

/// What a client may ask people for, of what needs approval.
#[utoipa::path(get, path = "/clients/{client_id}/approvals", tag = "Approvals",
    security(("oauth2" = ["approvals:read"])),
    params(("client_id" = String, Path, description = "The client"), Part),
    responses((status = 200, description = "A page of approvals", body = Page<ApprovalView>)))]
pub(super) async fn list(caller: Caller, id: Path<String>) -> Answer {
    caller.must(Permission::ApprovalsRead)?;
    let part: Part = caller.query()?;
    let (limit, after) = (part.limit()?, part.after::<ApprovalId>()?);
    let client = find(&caller, id.into_inner()).await?;
    let found = caller.cx.store.approvals_of_client(&client.id, after, limit + 1).await?;
    answer::ok(&Page::new(found, limit, |approval| approval.id.to_string(), ApprovalView::new))
}

/// Approves what a client may ask for, unasked. What is approved already stays.
#[utoipa::path(post, path = "/clients/{client_id}/approvals", tag = "Approvals",
    security(("oauth2" = ["approvals:write"])),
    params(("client_id" = String, Path, description = "The client")),
    request_body = NewApproval,
    responses((status = 204, description = "Approved")))]
pub(super) async fn approve(caller: Caller, id: Path<String>, body: Bytes) -> Answer {
    caller.must(Permission::ApprovalsWrite)?;
    let client = find(&caller, id.into_inner()).await?;
    let NewApproval { scope, r#for } = read(caller.body(&body, JSON)?)?;
    let scope = Scope::parse(&scope).map_err(|error| Problem::of_member("scope", error.text))?;
    let needing = caller.cx.catalogue().needing_approval(&client.metadata.scope);
    if scope.is_empty() || !scope.is_subset_of(&needing) {
        let text = format!("Name scopes that the client is registered for and that need approval: {needing}");
        return Err(Problem::of_member("scope", text));
    }
    match approvals::approve(&caller.act(), &client.id, &scope, r#for.into()).await? {
        Decided::Done => Ok(answer::done()),
        Decided::Gone | Decided::Unknown => Err(no_such_holder()),
    }
}

/// Takes an approval back. Nothing new comes of it from now on.
#[utoipa::path(delete, path = "/clients/{client_id}/approvals/{approval_id}", tag = "Approvals",
    security(("oauth2" = ["approvals:write"])),
    params(("client_id" = String, Path, description = "The client"),
        ("approval_id" = Uuid, Path, description = "The approval")),
    responses((status = 204, description = "Taken back")))]
pub(super) async fn withdraw(caller: Caller, ids: Path<(String, String)>) -> Answer {
    caller.must(Permission::ApprovalsWrite)?;
    let (client, approval) = ids.into_inner();
    let client = find(&caller, client).await?;
    let approval: ApprovalId = approval.parse().map_err(|_| Kind::NotFound)?;
    if approvals::withdraw(&caller.act(), &client.id, approval).await? {
        Ok(answer::done())
    } else {
        Err(Kind::NotFound.into())
    }
}

fn no_such_holder() -> Problem {
    Problem::of_member("for", "There is no such group or person, or the client is gone.")
}

async fn request(caller: &Caller, id: &str) -> Result<ApprovalRequest, Problem> {
    let id: ApprovalRequestId = id.parse().map_err(|_| Kind::NotFound)?;
    let found = caller.cx.store.approval_request_by_id(id).await?;
    // What somebody merely went on without is no question to anybody.
    found.filter(|request| request.state != RequestState::Passed).ok_or_else(|| Kind::NotFound.into())
}
