//! `/people/import`: everybody who stands in a file, or nobody if something in it is wrong.

use actix_web::http::header;
use actix_web::web::Bytes;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::answer::{self, Answer};
use super::caller::Caller;
use super::people::LinkView;
use super::problem::{Kind, MemberError, Problem};
use crate::domain::people::import::{self, Added, Entry, Fault, Format, Invitation};
use crate::domain::permission::Permission;
use crate::store::Person;

/// How to import.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct How {
    /// `true`: say what would be done, and do nothing.
    #[serde(default)]
    #[param(required = false)]
    dry_run: bool,
    /// `true`: make for each person added who brings no hash a link by which they choose their password. Where the server sends
    /// mail, it is mailed to those who have an address.
    #[serde(default)]
    #[param(required = false)]
    invite: bool,
}

/// What an import did, or would do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Import)]
pub(super) struct ImportView {
    /// Whether nothing was done.
    dry_run: bool,
    /// Who was added, or would be.
    added: Vec<ImportedView>,
    /// Usernames that are there already: these people stay as they are.
    present: Vec<String>,
    /// Usernames that were left out, because somebody else was given the name or the address meanwhile.
    overtaken: Vec<String>,
}

/// Somebody who was added, or would be.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportedPerson)]
pub(super) struct ImportedView {
    /// Their identifier, once they are added.
    id: Option<Uuid>,
    /// The name with which they sign in.
    username: String,
    /// By which they choose their password, if that was asked for.
    invitation: Option<LinkView>,
}

/// Adds everybody who stands in a file, or nobody if anything in it is wrong. Whose username is there already stays as they
/// are, so that the same file can be sent again. Its links are in this answer and nowhere else.
#[utoipa::path(post, path = "/people/import", tag = "People", params(How), security(("oauth2" = ["people:write"])),
    request_body(content(
            (String = "text/csv", example = json!("username,email\nada,ada@example.com\n")),
            (Vec<Object> = "application/json", example = json!([{ "username": "ada", "email": "ada@example.com" }]))),
        description = "CSV in UTF-8 with a row of names first, or an array of objects: username, role, the standard claims \
                       (OpenID Connect Core, section 5.1) and attributes (in CSV as attribute.NAME)"),
    responses((status = 200, description = "What was done, or would be", body = ImportView)))]
pub(super) async fn import(caller: Caller, body: Bytes) -> Answer {
    caller.must(Permission::PeopleWrite)?;
    let How { dry_run, invite } = caller.query()?;
    let format = format(&caller)?;
    let checked = import::check(&body, format, |role| caller.authority.may_change_holder_of(Some(role)));
    let report = import::report(&caller.cx.store, checked).await?;
    if !report.faults.is_empty() {
        return Err(Problem::invalid(report.faults.into_iter().map(error).collect()));
    }
    let present = report.present.into_iter().map(|entry| entry.new.username).collect();
    if dry_run {
        let added = report.to_add.into_iter().map(ImportedView::planned).collect();
        return answer::ok(&ImportView { dry_run, added, present, overtaken: Vec::new() });
    }
    let cx = &caller.cx;
    let lifetime = cx.config.links.invitation_lifetime;
    let letter = |person: &Person, token: &SecretString| cx.mail(|| cx.letters().invitation(person, token, lifetime));
    let invitation = Invitation { hasher: &cx.hasher, settings: &cx.config.links, letter: &letter };
    let applied = import::apply(&caller.act(), report.to_add, invite.then_some(invitation)).await?;
    let added = applied.added.iter().map(|added| ImportedView::new(&caller, added)).collect();
    answer::ok(&ImportView { dry_run, added, present, overtaken: applied.overtaken })
}

impl ImportedView {
    fn planned(entry: Entry) -> Self {
        Self { id: None, username: entry.new.username, invitation: None }
    }

    fn new(caller: &Caller, Added { person, token }: &Added) -> Self {
        Self {
            id: Some(person.id.0),
            username: person.username.clone(),
            invitation: token.as_ref().map(|token| LinkView::new(caller, token)),
        }
    }
}

fn format(caller: &Caller) -> Result<Format, Problem> {
    let sent = caller.request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = sent.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "text/csv" => Ok(Format::Csv),
        "application/json" => Ok(Format::Json),
        _ => Err(Problem::new(Kind::UnsupportedType, "Send text/csv or application/json.")),
    }
}

fn error(fault: Fault) -> MemberError {
    let detail = format!("{}: {}", fault.place, fault.text);
    MemberError { member: fault.member.unwrap_or_default(), detail }
}
