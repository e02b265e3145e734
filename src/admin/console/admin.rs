//! Who may see the console: somebody whose role allows it ([`super::permits`]), who has lately proved who they are.

use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{Error, FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;

use super::permits::{Permit, permit};
use crate::domain::catalogue::Catalogue;
use crate::domain::clients::registration::Registrar;
use crate::domain::events::Actor;
use crate::domain::people::Act;
use crate::domain::permission::Role;
use crate::domain::resources::Registry;
use crate::ids::PersonId;
use crate::protocol::params::Params;
use crate::protocol::scope::Scope;
use crate::store::Client;
use crate::web::browser_session::Current;
use crate::web::own_path::OwnPath;
use crate::web::page::Problem;
use crate::web::posted::{Member, Posted};
use crate::web::visit::Visit;

/// Somebody who looks at a page, and may.
pub(super) struct Admin {
    pub visit: Visit,
    pub current: Current,
    pub role: Role,
}

/// Somebody who has sent a form of ours, and may do what it asks for.
pub(super) struct AdminForm {
    pub admin: Admin,
    pub fields: Params,
}

impl FromRequest for Admin {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let visit = Visit::from_request(request, payload);
        Box::pin(async move {
            let visit = visit.await?;
            let current = visit.current().await?;
            Self::admit(visit, current).map(|(admin, _)| admin)
        })
    }
}

impl FromRequest for AdminForm {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let posted = Member::from_request(request, payload);
        Box::pin(async move {
            let Member(Posted { visit, fields, current }) = posted.await?;
            let (admin, permit) = Admin::admit(visit, current)?;
            let action = admin.visit.value(&fields, "action")?.unwrap_or_default();
            let needed = permit.action(action).ok_or_else(|| admin.visit.refuse(Problem::Malformed))?;
            if !admin.role.may(needed) {
                return Err(admin.visit.refuse(Problem::Forbidden));
            }
            Ok(Self { admin, fields })
        })
    }
}

impl Admin {
    fn admit(visit: Visit, current: Option<Current>) -> Result<(Self, &'static Permit), Error> {
        let Some(current) = current else { return Err(visit.sign_in_first(&asked_for(&visit))) };
        let permit = visit.request.match_pattern().and_then(|path| permit(path.strip_prefix(&*visit.base())?));
        let may_see = |role: &Role| permit.is_some_and(|permit| permit.see.is_none_or(|needed| role.may(needed)));
        let Some((role, permit)) = current.person.role.filter(may_see).zip(permit) else {
            return Err(visit.refuse(Problem::Forbidden));
        };
        let (proved, lifetime) = (current.signed_in.auth_time, visit.cx.config.sessions.admin_lifetime);
        // A proof from the future was given while a clock was wrong.
        if visit.now.since(proved).max(proved.since(visit.now)) >= lifetime {
            return Err(visit.sign_in_first(&asked_for(&visit)));
        }
        Ok((Self { visit, current, role }, permit))
    }

    /// Whose clients this admin sees, if not all.
    pub fn only_clients_of(&self) -> Option<PersonId> {
        self.role.own_clients_only().then_some(self.current.person.id)
    }

    /// What is wrong with a client's having this scope, if this admin may not give it.
    pub fn beyond(&self, scope: &Scope) -> Option<String> {
        let lacking = self.role.lacks_of(scope)?;
        Some(format!("scope: {lacking} is a scope of this server's own API that your role may not give."))
    }

    /// Refuses what is done to a client that may do by the API what this admin may not: its secret would lift them up.
    pub fn must_hold_scope_of(&self, client: &Client) -> Result<(), Error> {
        match self.role.lacks_of(&client.metadata.scope) {
            None => Ok(()),
            Some(_) => Err(self.visit.refuse(Problem::Forbidden)),
        }
    }

    /// Refuses what is done to somebody who stands above this admin.
    pub fn must_stand_above(&self, other: Option<Role>) -> Result<(), Error> {
        if self.role.may_change(other) { Ok(()) } else { Err(self.visit.refuse(Problem::Forbidden)) }
    }

    /// Something that this admin does.
    pub fn act(&self) -> Act<'_> {
        self.visit.act(Actor::Person(self.current.person.id))
    }

    /// Resources and scopes as they are registered now, be it at another server.
    pub async fn catalogue(&self) -> Result<Arc<Catalogue>, Error> {
        let cx = &self.visit.cx;
        cx.live_catalogue.refresh(&cx.store).await.map_err(|error| self.visit.failed(&error))?;
        Ok(cx.catalogue())
    }

    /// What registers resources and scopes on this admin's behalf.
    pub fn registry(&self) -> Registry<'_> {
        Registry { act: self.act(), live: &self.visit.cx.live_catalogue }
    }

    /// What changes registrations on this admin's behalf.
    pub fn registrar(&self) -> Registrar<'_> {
        let cx = &self.visit.cx;
        Registrar {
            store: &cx.store,
            secrets: cx.secrets(),
            catalogue: cx.catalogue(),
            mtls: &cx.config.server.mtls,
            outbound: &cx.outbound,
            response_types: cx.config.tokens.response_types(),
            entropy: &*cx.entropy,
            now: self.visit.now,
            actor: Actor::Person(self.current.person.id),
            origin: self.visit.origin.clone(),
            manager: self.only_clients_of(),
        }
    }
}

/// The page, to come back to after the sign-in. An address that no link of ours holds is left for the first page.
fn asked_for(visit: &Visit) -> OwnPath {
    let uri = visit.request.uri();
    let below = uri.path().strip_prefix(&*visit.base()).unwrap_or_default();
    let asked = uri.query().map_or_else(|| below.to_owned(), |query| format!("{below}?{query}"));
    OwnPath::parse(&asked).unwrap_or(OwnPath::CONSOLE)
}
