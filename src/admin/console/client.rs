//! `/admin/clients/{client_id}`: one client: what is registered, how safe that is, its secrets, and who has allowed it
//! what.

use std::time::Duration;

use actix_web::Error;
use actix_web::web::Path;
use askama::Template;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::admin::{Admin, AdminForm};
use super::frame::{Frame, Section};
use super::listing::{Listing, ROWS, encoded};
use super::who::Names;
use crate::clock::Timestamp;
use crate::domain::clients::kind::ClientKind;
use crate::domain::clients::manager::{HandOver, hand_over};
use crate::domain::clients::registration::RegistrationError;
use crate::domain::clients::review::{Review, review};
use crate::domain::permission::Permission;
use crate::domain::withdrawal;
use crate::ids::{ClientId, GrantId, PersonId};
use crate::protocol::params::Params;
use crate::store::{Access, Client, Grant, RegisteredBy};
use crate::web::page::Problem;
use crate::web::visit::PageResult;

/// For how long the old secret stays valid, as the form offers it.
pub(super) const OVERLAPS: [(&str, &str, Duration); 4] = [
    ("0", "not at all", Duration::ZERO),
    ("1h", "for an hour", Duration::from_hours(1)),
    ("1d", "for a day", Duration::from_hours(24)),
    ("7d", "for a week", Duration::from_hours(7 * 24)),
];

/// `templates/console/client.html`
#[derive(Template)]
#[template(path = "console/client.html")]
struct ClientPage<'a> {
    f: &'a Frame,
    path: &'a str,
    id: &'a str,
    name: &'a str,
    kind: &'static str,
    issuer: &'a str,
    disabled: Option<String>,
    access: Access,
    created: String,
    /// That it registered itself, and from where.
    came_from: Option<String>,
    members: Vec<(String, String)>,
    review: Review,
    confidential: bool,
    /// Whether whoever looks may change it.
    changeable: bool,
    /// Whether whoever looks may say whose own it is.
    may_give: bool,
    /// Whose own it is: identifier and username.
    manager: Option<(PersonId, String)>,
    secrets: Vec<SecretRow>,
    overlaps: &'static [(&'static str, &'static str, Duration)],
    grants: Vec<GrantRow>,
    next: Option<String>,
    shown: Option<&'a SecretString>,
}

struct SecretRow {
    created: String,
    expires: Option<String>,
}

/// What a person allowed an app, in a list.
pub(super) struct GrantRow {
    pub id: String,
    pub who: String,
    pub path: String,
    /// What it takes to follow that path.
    pub needs: Permission,
    pub scope: String,
    pub since: String,
    pub used: String,
}

impl GrantRow {
    pub fn new(grant: &Grant, who: String, path: String, needs: Permission) -> Self {
        Self {
            needs,
            id: grant.id.to_string(),
            who,
            path,
            scope: grant.may(),
            since: grant.created_at.minute(),
            used: grant.last_used_at.minute(),
        }
    }
}

impl ClientPage<'_> {
    fn secret(&self) -> Option<&str> {
        self.shown.map(ExposeSecret::expose_secret)
    }
}

/// The page.
pub(super) async fn show(admin: Admin, id: Path<String>) -> PageResult {
    let client = find(&admin, &ClientId(id.into_inner())).await?;
    render(&admin, &client, None).await
}

/// What the page's forms ask for.
pub(super) async fn submit(AdminForm { admin, fields }: AdminForm, id: Path<String>) -> PageResult {
    let visit = &admin.visit;
    let client = find(&admin, &ClientId(id.into_inner())).await?;
    let path = path_of(&client.id);
    let registrar = admin.registrar();
    let action = visit.value(&fields, "action")?;
    if !matches!(action, Some("withdraw" | "withdraw-all")) {
        admin.must_hold_scope_of(&client)?;
    }
    let done = match action {
        Some("rotate") => {
            let word = visit.value(&fields, "overlap")?.unwrap_or_default();
            let overlap = OVERLAPS.iter().find(|(known, ..)| *known == word).map(|(.., overlap)| *overlap);
            let overlap = overlap.ok_or_else(|| visit.refuse(Problem::Malformed))?;
            let registered =
                registrar.rotate_secret(&client.id, overlap).await.map_err(|error| refused(&admin, error))?;
            visit.cx.clients.forget(&client.id);
            return render(&admin, &registered.client, registered.secret.as_ref()).await;
        }
        Some("disable") => registrar.disable(&client.id).await.map(|()| "disabled"),
        Some("enable") => registrar.enable(&client.id).await.map(|()| "enabled"),
        // The box is the confirmation, and the browser asks for it: who gets past that has not confirmed.
        Some("delete") if visit.value(&fields, "sure")? == Some("yes") => {
            registrar.delete(&client.id).await.map_err(|error| refused(&admin, error))?;
            visit.cx.clients.forget(&client.id);
            return Ok(visit.redirect("/admin/clients?done=deleted"));
        }
        // Whoever sees only their own clients gives none away.
        Some("manager") if admin.only_clients_of().is_some() => return Err(visit.refuse(Problem::Forbidden)),
        Some("manager") => Ok(give_to(&admin, &client, &fields).await?),
        Some("withdraw") => {
            let grant: Option<GrantId> = visit.value(&fields, "grant")?.and_then(|id| id.parse().ok());
            let grant = grant.ok_or_else(|| visit.refuse(Problem::Malformed))?;
            let withdrawn = withdrawal::withdraw(&admin.act(), grant, None).await;
            Ok(if withdrawn.map_err(|error| visit.failed(&error))?.is_some() { "withdrawn" } else { "nothing" })
        }
        Some("withdraw-all") if visit.value(&fields, "sure")? == Some("yes") => {
            let withdrawn = withdrawal::withdraw_all(&admin.act(), &client.id).await;
            Ok(if withdrawn.map_err(|error| visit.failed(&error))? > 0 { "withdrawn" } else { "nothing" })
        }
        _ => return Err(visit.refuse(Problem::Malformed)),
    };
    let done = done.map_err(|error| refused(&admin, error))?;
    visit.cx.clients.forget(&client.id);
    Ok(visit.redirect(&format!("{path}?done={done}")))
}

/// Makes a client the own of the client manager whose username was typed, or nobody's; answers with what was done.
async fn give_to(admin: &Admin, client: &Client, fields: &Params) -> Result<&'static str, Error> {
    let visit = &admin.visit;
    let failed = |error| visit.failed(&error);
    // Whose it was as the form was made: who changed it meanwhile is not overruled unseen.
    let seen = visit.value(fields, "manager_before")?.and_then(|id| id.parse().ok());
    let typed = visit.value(fields, "manager")?.map(str::trim).filter(|name| !name.is_empty());
    let to = match typed {
        None => None,
        Some(name) => match visit.cx.store.person_by_login(name).await.map_err(failed)? {
            Some(person) => Some(person.id),
            None => return Ok("no-manager"),
        },
    };
    Ok(match hand_over(&admin.act(), &client.id, seen, to).await.map_err(failed)? {
        HandOver::Done => "changed",
        HandOver::Changed => "stale",
        HandOver::NoManager => "no-manager",
        HandOver::UnknownClient => return Err(visit.refuse(Problem::NotFound)),
    })
}

/// The path of a client's page, under the issuer's.
pub(super) fn path_of(id: &ClientId) -> String {
    format!("/admin/clients/{}", encoded(id.as_str()))
}

pub(super) async fn find(admin: &Admin, id: &ClientId) -> Result<Client, Error> {
    look_up(admin, id).await?.ok_or_else(|| admin.visit.refuse(Problem::NotFound))
}

/// The client of this identifier, if whoever looks sees one.
pub(super) async fn look_up(admin: &Admin, id: &ClientId) -> Result<Option<Client>, Error> {
    let visit = &admin.visit;
    // No other identifier can be registered; PostgreSQL would not even look for a NUL.
    if !id.as_str().bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(None);
    }
    let found = visit.cx.store.client(id, visit.now).await.map_err(|error| visit.failed(&error))?;
    let is_seen = |client: &Client| admin.only_clients_of().is_none_or(|owner| client.managed_by == Some(owner));
    Ok(found.filter(is_seen))
}

pub(super) fn refused(admin: &Admin, error: RegistrationError) -> Error {
    match error {
        RegistrationError::Store(error) => admin.visit.failed(&error),
        RegistrationError::Unknown(_) => admin.visit.refuse(Problem::NotFound),
        _ => admin.visit.refuse(Problem::Malformed),
    }
}

/// The page of a client, with the secret that it was just given, if it was.
pub(super) async fn render(admin: &Admin, client: &Client, shown: Option<&SecretString>) -> PageResult {
    let visit = &admin.visit;
    let store = &visit.cx.store;
    let query = visit.query()?;
    let after = visit.value(&query, "after")?.and_then(|id| id.parse().ok());
    let listing = store.grants_to(&client.id, after, ROWS + 1).await.map_err(|error| visit.failed(&error))?;
    let listing = Listing::new(listing);
    let people = listing.rows.iter().map(|grant| grant.person_id).chain(client.managed_by);
    let names = Names::read(store, people).await.map_err(|error| visit.failed(&error))?;
    let grants = listing.rows.iter().map(|grant| {
        GrantRow::new(
            grant,
            names.of(grant.person_id),
            format!("/admin/people/{}", grant.person_id),
            Permission::PeopleRead,
        )
    });
    let path = path_of(&client.id);
    let next = listing.rows.last().filter(|_| listing.more).map(|last| format!("{path}?after={}", last.id));
    let secrets = client.secrets.iter().map(|secret| SecretRow {
        created: secret.created_at.minute(),
        expires: secret.expires_at.map(Timestamp::minute),
    });
    let name = client.metadata.client_name.as_deref().unwrap_or(client.id.as_str());
    let frame = admin.frame();
    let page = ClientPage {
        f: &frame,
        path: &path,
        id: client.id.as_str(),
        name,
        kind: ClientKind::of(&client.metadata).word(),
        issuer: visit.cx.issuer().as_str(),
        disabled: client.disabled_at.map(Timestamp::minute),
        access: client.access,
        created: client.created_at.minute(),
        came_from: client.registration.as_ref().map(|own| match own.by {
            RegisteredBy::Itself(_) => {
                format!("registered itself from {}", own.address.as_deref().unwrap_or("an unknown address"))
            }
            RegisteredBy::Document => "let in by its metadata document".to_owned(),
        }),
        members: members(&client.metadata.to_json()),
        review: review(client, visit.now),
        confidential: client.metadata.token_endpoint_auth_method.has_secret(),
        changeable: frame.may(Permission::ClientsWrite) && admin.role.lacks_of(&client.metadata.scope).is_none(),
        may_give: frame.may(Permission::ClientsWrite) && admin.only_clients_of().is_none(),
        manager: client.managed_by.map(|id| (id, names.of(id))),
        secrets: secrets.collect(),
        overlaps: &OVERLAPS,
        grants: grants.collect(),
        next,
        shown,
    };
    admin.send(&frame, Section::Clients, name, &page)
}

/// The metadata as a table; what is empty says nothing.
fn members(metadata: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items
            .iter()
            .map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned))
            .collect::<Vec<_>>()
            .join("\n"),
        other => other.to_string(),
    };
    let members = metadata.as_object().into_iter().flatten().filter(|(name, _)| *name != "client_id");
    members.map(|(name, value)| (name.clone(), text(value))).filter(|(_, text)| !text.is_empty()).collect()
}
