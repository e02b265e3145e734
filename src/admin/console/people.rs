//! `/admin/people`: everybody by username, or those that a search finds; and a form that invites somebody to make an account.

use actix_web::http::StatusCode;
use askama::Template;
use secrecy::SecretString;

use super::admin::{Admin, AdminForm};
use super::frame::{Frame, Section};
use super::listing::{Listing, ROWS, encoded};
use crate::domain::people::accounts::{AccountProblem, display_name};
use crate::domain::people::registration::{self, HandOver, Invitation};
use crate::domain::permission::{Permission, Role};
use crate::store::Person;
use crate::web::page::Problem;
use crate::web::visit::PageResult;

/// `templates/console/people.html`
#[derive(Template)]
#[template(path = "console/people.html")]
struct People<'a> {
    f: &'a Frame,
    rows: Vec<PersonRow>,
    sought: String,
    next: Option<String>,
    /// Whether a search found more than is shown.
    cut: bool,
    /// Whether people are invited to make accounts.
    invites: bool,
    invited: Option<InvitedRow>,
    typed: &'a str,
    problem: Option<AccountProblem>,
}

/// Somebody who has just been invited.
struct InvitedRow {
    address: String,
    /// The link to hand over; it was mailed if there is none.
    link: Option<String>,
    until: String,
}

/// What became of the form.
#[derive(Default)]
struct Invite<'a> {
    invited: Option<InvitedRow>,
    typed: &'a str,
    problem: Option<AccountProblem>,
}

/// A person in a list.
pub(super) struct PersonRow {
    pub path: String,
    pub username: String,
    pub name: String,
    pub email: String,
    pub role: Option<Role>,
    pub disabled: bool,
    pub created: String,
}

impl PersonRow {
    pub fn new(person: &Person) -> Self {
        Self {
            path: format!("/admin/people/{}", person.id),
            username: person.username.clone(),
            name: display_name(person).to_owned(),
            email: person.claims.email.clone().unwrap_or_default(),
            role: person.role,
            disabled: person.disabled_at.is_some(),
            created: person.created_at.minute(),
        }
    }
}

/// The page.
pub(super) async fn show(admin: Admin) -> PageResult {
    render(&admin, Invite::default()).await
}

/// The form, sent: the link is mailed, or where there is no mail, shown this one time.
pub(super) async fn submit(AdminForm { admin, fields }: AdminForm) -> PageResult {
    let visit = &admin.visit;
    let cx = &visit.cx;
    if !cx.config.people.takes_invitations() {
        return Err(visit.refuse(Problem::Malformed));
    }
    let typed = visit.value(&fields, "email")?.unwrap_or_default();
    let letter = |address: &str, token: &SecretString| {
        let lifetime = cx.config.links.invitation_lifetime;
        cx.mail(|| cx.letters().registration_invitation(address, token, lifetime))
    };
    let wanted = (typed, HandOver::Unmailed);
    let made = registration::invite(&admin.act(), &cx.hasher, &cx.config.links, wanted, letter).await;
    match made.map_err(|error| visit.failed(&error))? {
        Ok(Invitation { address, token, expires_at, .. }) => {
            let link = token.map(|token| registration::url(cx.issuer(), &token, ""));
            let invited = Some(InvitedRow { address, link, until: expires_at.minute() });
            render(&admin, Invite { invited, ..Invite::default() }).await
        }
        Err(problem) => render(&admin, Invite { typed, problem: Some(problem), invited: None }).await,
    }
}

async fn render(admin: &Admin, Invite { invited, typed, problem }: Invite<'_>) -> PageResult {
    let visit = &admin.visit;
    let query = visit.query()?;
    let sought = visit.value(&query, "q")?.unwrap_or_default().trim().to_owned();
    let after = visit.value(&query, "after")?;
    let store = &visit.cx.store;
    let found = if sought.is_empty() {
        store.people_after(after, ROWS + 1).await
    } else {
        store.people_beginning(&sought, ROWS + 1).await
    };
    let listing = Listing::new(found.map_err(|error| visit.failed(&error))?);
    let rows: Vec<_> = listing.rows.iter().map(PersonRow::new).collect();
    let next = rows.last().filter(|_| listing.more && sought.is_empty());
    let next = next.map(|last| format!("/admin/people?after={}", encoded(&last.username)));
    let cut = listing.more && !sought.is_empty();
    let status = if problem.is_none() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let frame = admin.frame();
    let invites = visit.cx.config.people.takes_invitations();
    let page = People { f: &frame, rows, sought, next, cut, invites, invited, typed, problem };
    admin.send_as(status, &frame, Section::People, "People", &page)
}
