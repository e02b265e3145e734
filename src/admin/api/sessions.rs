//! `/sessions`: where people are signed in.

use actix_web::web::Path;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::answer::{self, Answer};
use super::caller::Caller;
use super::people::{Items, find};
use super::problem::Kind;
use crate::clock::Timestamp;
use crate::domain::authority::role_of;
use crate::domain::people::sign_out;
use crate::domain::permission::Permission;
use crate::ids::SessionId;
use crate::store::Session;

/// A browser in which somebody is signed in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Session)]
pub(super) struct SessionView {
    /// Its identifier: the `sid` of ID tokens.
    sid: Uuid,
    /// Who is signed in.
    person_id: Uuid,
    /// Whether it outlives the browser's window.
    remember: bool,
    /// From which address it was begun, if that is known.
    address: Option<String>,
    /// With which program: the `User-Agent` header, shortened.
    user_agent: Option<String>,
    /// When it began.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was last used, to the minute.
    #[schema(format = DateTime)]
    last_seen_at: String,
    /// When it ends unless it is used.
    #[schema(format = DateTime)]
    expires_at: String,
}

impl SessionView {
    fn new(session: &Session) -> Self {
        Self {
            sid: session.sid.0,
            person_id: session.person_id.0,
            remember: session.remember,
            address: session.address.clone(),
            user_agent: session.user_agent.clone(),
            created_at: Timestamp::to_rfc3339(session.created_at),
            last_seen_at: Timestamp::to_rfc3339(session.last_seen_at),
            expires_at: Timestamp::to_rfc3339(session.expires_at),
        }
    }
}

/// Where a person is signed in, the latest used first.
#[utoipa::path(get, path = "/people/{person_id}/sessions", tag = "Sessions",
    security(("oauth2" = ["sessions:read"])),
    params(("person_id" = Uuid, Path, description = "Their identifier")),
    responses((status = 200, description = "All of them", body = Items<SessionView>)))]
pub(super) async fn list(caller: Caller, id: Path<String>) -> Answer {
    caller.must(Permission::SessionsRead)?;
    let person = find(&caller, &id).await?;
    let sessions = caller.cx.store.sessions_of(person.id, caller.now).await?;
    answer::ok(&Items { items: sessions.iter().map(SessionView::new).collect() })
}

/// Signs a person out everywhere, and ends what apps were given, also for use while the person is away.
#[utoipa::path(delete, path = "/people/{person_id}/sessions", tag = "Sessions",
    security(("oauth2" = ["sessions:write"])),
    params(("person_id" = Uuid, Path, description = "Their identifier")),
    responses((status = 204, description = "They are signed in nowhere")))]
pub(super) async fn end_all(caller: Caller, id: Path<String>) -> Answer {
    caller.must(Permission::SessionsWrite)?;
    let person = find(&caller, &id).await?;
    caller.must_stand_above(role_of(&person))?;
    sign_out::end_everywhere(&caller.act(), person.id, None).await?;
    Ok(answer::done())
}

/// Ends one session, and what apps were given in it.
#[utoipa::path(delete, path = "/sessions/{sid}", tag = "Sessions", security(("oauth2" = ["sessions:write"])),
    params(("sid" = Uuid, Path, description = "Its identifier")),
    responses((status = 204, description = "Ended")))]
pub(super) async fn end(caller: Caller, sid: Path<String>) -> Answer {
    caller.must(Permission::SessionsWrite)?;
    let sid: SessionId = sid.parse().map_err(|_| Kind::NotFound)?;
    let store = &caller.cx.store;
    let session = store.session_by_sid(sid, caller.now).await?.ok_or(Kind::NotFound)?;
    let person = store.person(session.person_id).await?.ok_or(Kind::NotFound)?;
    caller.must_stand_above(role_of(&person))?;
    if sign_out::end_session(&caller.act(), person.id, sid, None).await? {
        return Ok(answer::done());
    }
    Err(Kind::NotFound.into())
}
