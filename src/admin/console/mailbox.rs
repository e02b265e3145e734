//! `/admin/mailbox`: what became of each mail, and, where none is sent, what it said.

use actix_web::Error;
use actix_web::web::Path;
use askama::Template;

use super::admin::Admin;
use super::frame::{Frame, Section};
use super::who::Names;
use crate::clock::Timestamp;
use crate::domain::mail::Content;
use crate::domain::permission::Permission;
use crate::ids::{MailId, PersonId};
use crate::store::{Mail, MailState, Person};
use crate::web::page::Problem;
use crate::web::visit::PageResult;

/// The most mails that are listed.
const SHOWN: u64 = 200;

/// `templates/console/mailbox.html`
#[derive(Template)]
#[template(path = "console/mailbox.html")]
struct Mailbox<'a> {
    f: &'a Frame,
    on: bool,
    keeps: bool,
    rows: Vec<MailRow>,
}

/// A mail in the list.
struct MailRow {
    /// The way to what it says, if it is kept and may be read.
    path: Option<String>,
    kind: String,
    recipient: String,
    person: Option<(String, String)>,
    state: &'static str,
    failed: bool,
    attempts: i32,
    written: String,
    due: Option<String>,
    reason: Option<String>,
}

/// `templates/console/mail.html`
#[derive(Template)]
#[template(path = "console/mail.html")]
struct OneMail<'a> {
    f: &'a Frame,
    recipient: &'a str,
    written: String,
    subject: &'a str,
    /// The text, with what of it is a link.
    lines: Vec<(bool, &'a str)>,
    html: &'a str,
}

/// The list.
pub(super) async fn show(admin: Admin) -> PageResult {
    let visit = &admin.visit;
    let mails = visit.cx.store.latest_mails(SHOWN).await.map_err(|error| visit.failed(&error))?;
    let names = Names::read(&visit.cx.store, mails.iter().filter_map(|mail| mail.person_id)).await;
    let names = names.map_err(|error| visit.failed(&error))?;
    let mut about: Vec<PersonId> = mails.iter().filter_map(|mail| mail.person_id).collect();
    about.sort_unstable();
    about.dedup();
    let people = visit.cx.store.people(about).await.map_err(|error| visit.failed(&error))?;
    let frame = admin.frame();
    // As where it is read: whoever could use the links in it has to stand above whom it is for.
    let may_read = |mail: &Mail| {
        let person = people.iter().find(|person| Some(person.id) == mail.person_id);
        let is_below = |person: &Person| person.id == admin.current.person.id || frame.stands_above(person.role);
        mail.state == MailState::Kept && frame.may(Permission::RolesWrite) && person.is_none_or(is_below)
    };
    let rows = mails.iter().map(|mail| MailRow {
        path: may_read(mail).then(|| format!("/admin/mailbox/{}", mail.id)),
        kind: mail.kind.replace('_', " "),
        recipient: mail.recipient.clone(),
        person: mail.person_id.map(|person| (person.to_string(), names.of(person))),
        state: mail.state.word(),
        failed: mail.state == MailState::Failed,
        attempts: mail.attempts,
        written: mail.created_at.second(),
        due: mail.due_at.map(Timestamp::second),
        reason: mail.reason.clone(),
    });
    let settings = &visit.cx.config.mail;
    let page = Mailbox { f: &frame, on: settings.is_on(), keeps: settings.mailbox, rows: rows.collect() };
    admin.send(&frame, Section::Mailbox, "Mail", &page)
}

/// One mail that is kept. Whoever reads it could use the links in it, so they have to stand above whom it is for.
pub(super) async fn show_one(admin: Admin, id: Path<String>) -> PageResult {
    let visit = &admin.visit;
    let (mail, content) = find(&admin, &id).await?;
    let lines = content.text.lines().map(|line| (line.starts_with(visit.cx.issuer().as_str()), line)).collect();
    let frame = admin.frame();
    let page = OneMail {
        f: &frame,
        recipient: &mail.recipient,
        written: mail.created_at.second(),
        subject: &content.subject,
        lines,
        html: &content.html,
    };
    admin.send(&frame, Section::Mailbox, &content.subject, &page)
}

async fn find(admin: &Admin, id: &str) -> Result<(Mail, Content), Error> {
    let visit = &admin.visit;
    let none = || visit.refuse(Problem::NotFound);
    let id: MailId = id.parse().map_err(|_| none())?;
    let mail = visit.cx.store.mail(id).await.map_err(|error| visit.failed(&error))?;
    let mail = mail.filter(|mail| mail.state == MailState::Kept).ok_or_else(none)?;
    let content = visit.cx.outbox.open(&mail).ok_or_else(none)?;
    if let Some(person) = mail.person_id {
        let person = visit.cx.store.person(person).await.map_err(|error| visit.failed(&error))?;
        if person.as_ref().is_some_and(|person| person.id != admin.current.person.id) {
            admin.must_stand_above(person.and_then(|person| person.role))?;
        }
    }
    Ok((mail, content))
}
