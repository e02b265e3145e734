//! `/overview`: how the last day went, in numbers.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::answer::{self, Answer};
use super::caller::Caller;
use crate::domain::hourly::Counted;
use crate::domain::overview::Overview;
use crate::domain::permission::Permission;

/// How the last day went.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Overview)]
pub(super) struct OverviewView {
    /// What was counted in each hour, the earliest first.
    hours: Vec<HourView>,
    /// What failed, by hour, kind, reason and whom it was about: the latest of it.
    failures: Vec<FailureView>,
    /// What stands out, by the rules that the console states.
    unusual: Vec<UnusualView>,
    /// Secrets that end within thirty days, the first to end first; twenty-one at most.
    ending_secrets: Vec<EndingSecretView>,
    /// Browser sessions that live, or did within the last minute; 100,001 stands for more.
    live_sessions: u64,
}

/// An hour in numbers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Hour)]
pub(super) struct HourView {
    /// When it began.
    #[schema(format = DateTime)]
    begins: String,
    /// Sign-ins by password that were verified.
    sign_ins: u64,
    /// Sign-ins that were refused.
    sign_ins_refused: u64,
    /// Token requests that were granted.
    tokens: u64,
    /// Token requests of known clients that were refused.
    tokens_refused: u64,
}

/// What failed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Failures)]
pub(super) struct FailureView {
    /// When the hour began.
    #[schema(format = DateTime)]
    hour: String,
    /// The kind of the events.
    kind: String,
    /// Why.
    reason: String,
    /// About which client.
    client_id: Option<String>,
    /// About whom.
    person_id: Option<Uuid>,
    /// From which address.
    address: Option<String>,
    /// How often.
    count: u64,
}

/// Something that stands out.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Unusual)]
pub(super) struct UnusualView {
    /// When it was last so.
    #[schema(format = DateTime)]
    at: String,
    /// What, in a sentence.
    what: String,
    /// What to do about it.
    advice: &'static str,
    /// How often.
    count: u64,
    /// About which client.
    client_id: Option<String>,
    /// About whom.
    person_id: Option<Uuid>,
    /// From which address.
    address: Option<String>,
}

/// A secret that is about to end.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EndingSecret)]
pub(super) struct EndingSecretView {
    /// Whose it is.
    client_id: String,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it ends.
    #[schema(format = DateTime)]
    expires_at: String,
}

/// How the last day went: by the hour, what failed, what stands out, and what is about to end.
#[utoipa::path(get, path = "/overview", tag = "Events", security(("oauth2" = ["events:read"])),
    responses((status = 200, description = "The last 24 hours", body = OverviewView)))]
pub(super) async fn show(caller: Caller) -> Answer {
    caller.must(Permission::EventsRead)?;
    answer::ok(&OverviewView::new(Overview::read(&caller.cx.store, &caller.cx.sessions, caller.now).await?))
}

impl OverviewView {
    fn new(day: Overview) -> Self {
        let hours = day.hours.iter().map(|hour| HourView {
            begins: hour.begins.to_rfc3339(),
            sign_ins: hour.of(Counted::SignIn),
            sign_ins_refused: hour.of(Counted::SignInRefused),
            tokens: hour.of(Counted::Token),
            tokens_refused: hour.of(Counted::TokenRefused),
        });
        let failures = day.failures.into_iter().map(|group| FailureView {
            hour: group.hour.to_rfc3339(),
            kind: group.kind,
            reason: group.reason,
            client_id: group.client_id.map(|id| id.0),
            person_id: group.person_id.map(|id| id.0),
            address: group.address,
            count: group.count,
        });
        let unusual = day.findings.into_iter().map(|finding| UnusualView {
            at: finding.at.to_rfc3339(),
            what: finding.what(),
            advice: finding.pattern.advice(),
            count: finding.count,
            client_id: finding.client_id.map(|id| id.0),
            person_id: finding.person_id.map(|id| id.0),
            address: finding.address,
        });
        let secrets = day.secrets.iter().map(|secret| EndingSecretView {
            client_id: secret.client.id.to_string(),
            created_at: secret.created_at.to_rfc3339(),
            expires_at: secret.expires_at.to_rfc3339(),
        });
        Self {
            hours: hours.collect(),
            failures: failures.collect(),
            unusual: unusual.collect(),
            ending_secrets: secrets.collect(),
            live_sessions: day.sessions,
        }
    }
}
