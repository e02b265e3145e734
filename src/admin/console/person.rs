//! `/admin/people/{person_id}`: one person: what they allowed which app, where they are signed in, and their account.

use actix_web::Error;
use actix_web::web::Path;
use askama::Template;
use secrecy::SecretString;

use super::admin::{Admin, AdminForm};
use super::client::{self, GrantRow};
use super::frame::{Frame, Section};
use super::groups::GroupRow;
use crate::clock::Timestamp;
use crate::domain::factors::{self, Held};
use crate::domain::groups;
use crate::domain::people::accounts::{self, display_name};
use crate::domain::people::roles::{self, RoleChange};
use crate::domain::people::{links, sign_out};
use crate::domain::permission::{Permission, Role};
use crate::domain::withdrawal;
use crate::ids::{GrantId, GroupId, PersonId, SessionId};
use crate::store::{Person, StoreError};
use crate::web::letters::Factor;
use crate::web::page::Problem;
use crate::web::text::Texts;
use crate::web::visit::PageResult;

/// Groups that the form offers.
const OFFERED: u64 = 200;

/// `templates/console/person.html`
#[derive(Template)]
#[template(path = "console/person.html")]
struct PersonPage<'a> {
    f: &'a Frame,
    path: String,
    id: String,
    name: &'a str,
    username: &'a str,
    email: &'a str,
    role: Option<Role>,
    /// The roles that whoever looks may give them.
    roles: Vec<Role>,
    has_password: bool,
    /// Their second factors.
    held: Held,
    disabled: Option<String>,
    created: String,
    /// Whether this is whoever looks at the page: nobody locks themselves out by a slip.
    own: bool,
    grants: Vec<GrantRow>,
    sessions: Vec<SessionRow>,
    /// What is known beside the standard claims, as it is typed.
    attributes: Vec<(&'a str, String)>,
    groups: Vec<GroupRow>,
    /// The groups that they could be taken into.
    offered: Vec<GroupRow>,
    link: Option<String>,
}

impl PersonPage<'_> {
    fn holds(&self, role: Role) -> bool {
        self.role == Some(role)
    }

    fn factors(&self) -> String {
        let counted = |count: u64, name: &str| format!("{count} {name}{}", if count == 1 { "" } else { "s" });
        let Held { apps, recovery_codes, passkeys } = &self.held;
        let apps =
            [counted(apps.len() as u64, "authenticator app"), counted(*recovery_codes, "recovery code") + " left"];
        let passkeys = (*passkeys > 0).then(|| counted(*passkeys, "passkey"));
        let apps = apps.into_iter().filter(|_| self.held.has_app());
        apps.chain(passkeys).collect::<Vec<_>>().join(", ")
    }
}

struct SessionRow {
    sid: String,
    device: String,
    address: String,
    began: String,
    used: String,
    ends: String,
    current: bool,
}

/// The page.
pub(super) async fn show(admin: Admin, id: Path<String>) -> PageResult {
    let person = find(&admin, &id).await?;
    render(&admin, &person, None).await
}

/// What the page's forms ask for.
pub(super) async fn submit(AdminForm { admin, fields }: AdminForm, id: Path<String>) -> PageResult {
    let visit = &admin.visit;
    let person = find(&admin, &id).await?;
    let act = admin.act();
    let own = person.id == admin.current.person.id;
    let failed = |error: StoreError| visit.failed(&error);
    let word = |changed: bool, word: &'static str| if changed { word } else { "nothing" };
    let action = visit.value(&fields, "action")?;
    if !own && !matches!(action, Some("withdraw" | "join" | "leave")) {
        admin.must_stand_above(person.role)?;
    }
    let done = match action {
        Some("withdraw") => {
            let grant: GrantId = parsed(&admin, visit.value(&fields, "grant")?)?;
            let withdrawn = withdrawal::withdraw(&act, grant, Some(person.id)).await.map_err(failed)?;
            word(withdrawn.is_some(), "withdrawn")
        }
        Some("end-session") => {
            let sid: SessionId = parsed(&admin, visit.value(&fields, "sid")?)?;
            let theirs = visit.cx.store.sessions_of(person.id, visit.now).await.map_err(failed)?;
            let found = theirs.iter().any(|session| session.sid == sid);
            if found {
                sign_out::end_session(&act, person.id, sid, None).await.map_err(failed)?;
            }
            word(found, "ended")
        }
        Some("end-sessions") if !own => {
            sign_out::end_everywhere(&act, person.id, None).await.map_err(failed)?;
            "all-ended"
        }
        Some(action @ ("join" | "leave")) => {
            let group: GroupId = parsed(&admin, visit.value(&fields, "group")?)?;
            let changed = match action {
                "join" => groups::join(&act, group, person.id).await,
                _ => groups::leave(&act, group, person.id).await,
            };
            word(changed.map_err(failed)?, "changed")
        }
        Some("disable") if !own => word(accounts::disable(&act, person.id).await.map_err(failed)?, "disabled"),
        Some("enable") => word(accounts::enable(&act, person.id).await.map_err(failed)?, "enabled"),
        Some("link") => {
            let (cx, settings) = (&visit.cx, &visit.cx.config.links);
            let letter = |token: &SecretString| {
                cx.mail(|| cx.letters().invitation(&person, token, settings.invitation_lifetime))
            };
            let link = links::send_invitation(&act, &cx.hasher, settings, person.id, letter);
            return render(&admin, &person, Some(link.await.map_err(failed)?)).await;
        }
        Some("role") if !own => {
            let wanted = |name: &str| Ok::<_, Error>(visit.value(&fields, name)?.filter(|word| !word.is_empty()));
            // What stood in the form: who changed it meanwhile is not overruled unseen.
            let person = Person { role: wanted("from")?.and_then(Role::from_word), ..person.clone() };
            let to = wanted("role")?.map(|word| Role::from_word(word).ok_or_else(|| visit.refuse(Problem::Malformed)));
            let to = to.transpose()?;
            admin.must_stand_above(to)?;
            admin.must_stand_above(person.role)?;
            match roles::set_role(&act, &person, to).await.map_err(failed)? {
                RoleChange::Done => "role",
                RoleChange::Changed => "stale",
                RoleChange::LastAdmin => "last",
            }
        }
        Some("reset-factors") if !own && visit.value(&fields, "sure")? == Some("yes") => {
            let alert = visit.cx.mail(|| visit.cx.letters().factor_removed(&person, Factor::All));
            word(factors::reset(&act, &person, alert).await.map_err(failed)?, "factors-reset")
        }
        Some("delete") if !own && visit.value(&fields, "sure")? == Some("yes") => {
            accounts::delete(&act, person.id).await.map_err(failed)?;
            return Ok(visit.redirect("/admin/people?done=deleted"));
        }
        _ => return Err(visit.refuse(Problem::Malformed)),
    };
    Ok(visit.redirect(&format!("/admin/people/{}?done={done}", person.id)))
}

pub(super) async fn find(admin: &Admin, id: &str) -> Result<Person, Error> {
    let visit = &admin.visit;
    let Ok(id) = id.parse::<PersonId>() else { return Err(visit.refuse(Problem::NotFound)) };
    let found = visit.cx.store.person(id).await.map_err(|error| visit.failed(&error))?;
    found.ok_or_else(|| visit.refuse(Problem::NotFound))
}

fn parsed<T: std::str::FromStr>(admin: &Admin, text: Option<&str>) -> Result<T, Error> {
    text.and_then(|text| text.parse().ok()).ok_or_else(|| admin.visit.refuse(Problem::Malformed))
}

/// The page of a person, with the link that was just made for them, if one was.
pub(super) async fn render(admin: &Admin, person: &Person, link: Option<SecretString>) -> PageResult {
    let visit = &admin.visit;
    let (store, failed) = (&visit.cx.store, |error: StoreError| visit.failed(&error));
    let grants = store.grants_of(person.id).await.map_err(failed)?;
    let mut rows = Vec::with_capacity(grants.len());
    for grant in &grants {
        let app = visit.cx.clients.find(store, &grant.client_id, visit.now).await.map_err(failed)?;
        let name = app.and_then(|app| app.metadata.client_name.clone());
        let name = name.unwrap_or_else(|| grant.client_id.to_string());
        rows.push(GrantRow::new(grant, name, client::path_of(&grant.client_id), Permission::ClientsRead));
    }
    let sessions = store.sessions_of(person.id, visit.now).await.map_err(failed)?;
    let sessions = sessions.iter().map(|session| SessionRow {
        sid: session.sid.to_string(),
        device: Texts::english().account.devices.words(session.user_agent.as_deref()),
        address: session.address.clone().unwrap_or_default(),
        began: session.created_at.minute(),
        used: session.last_seen_at.minute(),
        ends: session.expires_at.minute(),
        current: session.sid == admin.current.signed_in.sid,
    });
    let may_give = |role: &Role| admin.role.may(Permission::RolesWrite) && admin.role.may_change(Some(*role));
    let roles = Role::ALL.into_iter().filter(may_give).collect();
    let groups = store.groups_of(person.id).await.map_err(failed)?;
    let mut offered = store.groups_after(None, OFFERED).await.map_err(failed)?;
    offered.retain(|group| !groups.contains(group));
    let held = visit.cx.factor_desk().held_by(person.id).await.map_err(failed)?;
    let name = display_name(person);
    let frame = admin.frame();
    let page = PersonPage {
        f: &frame,
        path: format!("/admin/people/{}", person.id),
        id: person.id.to_string(),
        name,
        username: &person.username,
        email: person.claims.email.as_deref().unwrap_or_default(),
        role: person.role,
        roles,
        has_password: person.password_hash.is_some(),
        held,
        disabled: person.disabled_at.map(Timestamp::minute),
        created: person.created_at.minute(),
        own: person.id == admin.current.person.id,
        grants: rows,
        sessions: sessions.collect(),
        attributes: person.attributes.iter().map(|(name, value)| (name, value.to_string())).collect(),
        groups: groups.iter().map(GroupRow::new).collect(),
        offered: offered.iter().map(GroupRow::new).collect(),
        link: link.map(|link| links::invitation_url(visit.cx.issuer(), &link)),
    };
    admin.send(&frame, Section::People, name, &page)
}
