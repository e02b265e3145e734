//! `/admin/people/import`: adding many people from text in CSV or JSON. What is sent first is only reported on; the
//! report carries it to the second sending, where it is read and checked anew.

use actix_web::http::StatusCode;
use askama::Template;
use secrecy::SecretString;

use super::admin::{Admin, AdminForm};
use super::frame::{Frame, Section};
use crate::domain::people::import::{self, Applied, Entry, Format, Invitation, Report};
use crate::domain::people::links;
use crate::domain::permission::{Permission, Role};
use crate::protocol::params::Limits;
use crate::store::Person;
use crate::web::visit::PageResult;

/// What an import may weigh: in a form, most signs that are no letters take three bytes for one.
pub(super) const LIMITS: Limits =
    Limits { bytes: 3 * import::MOST_BYTES + 4096, value_bytes: import::MOST_BYTES, ..Limits::USUAL };
/// As many people or faults as a report shows; the rest is counted.
const SHOWN: usize = 100;

/// `templates/console/import.html`
#[derive(Template)]
#[template(path = "console/import.html")]
struct Import<'a> {
    f: &'a Frame,
    text: &'a str,
    invite: bool,
    step: Step,
}

/// How far the import is.
enum Step {
    /// The form, nothing sent yet.
    Begin,
    /// What would be done, or what is in the way.
    Reported(Report),
    /// What was done.
    Done { added: Vec<Row>, present: usize, overtaken: Vec<String>, expires: String },
}

/// Somebody who was added.
struct Row {
    path: String,
    username: String,
    link: Option<String>,
}

/// The form.
pub(super) async fn show(admin: Admin) -> PageResult {
    render(&admin, "", false, Step::Begin)
}

/// What was sent: a report, or after that the people.
pub(super) async fn submit(AdminForm { admin, fields }: AdminForm) -> PageResult {
    let visit = &admin.visit;
    let text = fields.lines("people").map_err(|error| visit.malformed(&error))?.join("\n");
    let invite = visit.value(&fields, "invite")? == Some("yes");
    let confirmed = visit.value(&fields, "confirmed")? == Some("yes");
    // No row of names begins so. What marks a file as UTF-8 is no part of it.
    let text = text.trim_start_matches('\u{feff}').to_owned();
    let format = if text.starts_with(['[', '{']) { Format::Json } else { Format::Csv };
    let may_give = |role: Role| admin.role.may(Permission::RolesWrite) && admin.role.may_change(Some(role));
    let checked = import::check(text.as_bytes(), format, may_give);
    let report = import::report(&visit.cx.store, checked).await.map_err(|error| visit.failed(&error))?;
    if !confirmed || !report.faults.is_empty() {
        return render(&admin, &text, invite, Step::Reported(report));
    }
    let present = report.present.len();
    let lifetime = visit.cx.config.links.invitation_lifetime;
    let cx = &visit.cx;
    let letter = |person: &Person, token: &SecretString| cx.mail(|| cx.letters().invitation(person, token, lifetime));
    let invitation = Invitation { hasher: &visit.cx.hasher, settings: &visit.cx.config.links, letter: &letter };
    let applied = import::apply(&admin.act(), report.to_add, invite.then_some(invitation)).await;
    let Applied { added, overtaken } = applied.map_err(|error| visit.failed(&error))?;
    let row = |added: import::Added| Row {
        path: format!("/admin/people/{}", added.person.id),
        username: added.person.username,
        link: added.token.map(|token| links::invitation_url(visit.cx.issuer(), &token)),
    };
    let expires = (visit.now + visit.cx.config.links.invitation_lifetime).minute();
    let added = added.into_iter().map(row).collect();
    render(&admin, "", invite, Step::Done { added, present, overtaken, expires })
}

impl Import<'_> {
    /// Whether there is something to write or to mend.
    fn shows_form(&self) -> bool {
        match &self.step {
            Step::Begin => true,
            Step::Reported(report) => !report.faults.is_empty(),
            Step::Done { .. } => false,
        }
    }

    fn first<T>(all: &[T]) -> &[T] {
        all.get(..SHOWN).unwrap_or(all)
    }

    fn email(entry: &Entry) -> &str {
        entry.new.claims.email.as_deref().unwrap_or_default()
    }

    fn name(entry: &Entry) -> &str {
        entry.new.claims.name.as_deref().unwrap_or_default()
    }
}

fn render(admin: &Admin, text: &str, invite: bool, step: Step) -> PageResult {
    let wrong = matches!(&step, Step::Reported(report) if !report.faults.is_empty());
    let status = if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let frame = admin.frame();
    let page = Import { f: &frame, text, invite, step };
    admin.send_as(status, &frame, Section::People, "Import people", &page)
}
