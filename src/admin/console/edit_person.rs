//! `/admin/new-person` and `/admin/people/{person_id}/edit`: a person's username and what may be told about them.

use actix_web::Error;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use secrecy::SecretString;
use serde_json::{Map, Value, json};

use super::admin::{Admin, AdminForm};
use super::frame::{Frame, Section};
use super::person;
use crate::clock::Timestamp;
use crate::domain::people::accounts::{NewPerson, display_name};
use crate::domain::people::change::{Change, ChangeOutcome, update_if};
use crate::domain::people::invite::{Invited, invite};
use crate::protocol::attributes::Attributes;
use crate::protocol::claims::StandardClaims;
use crate::protocol::params::Params;
use crate::store::Person;
use crate::web::page::Problem;
use crate::web::visit::PageResult;

/// A claim as it is typed: its name, what stands before the field, and what to know about it.
type Field = (&'static str, &'static str, &'static str);

/// OIDC Core §5.1, in the order of the form; what has a point in it is a part of the address.
const FIELDS: &[(&str, &[Field])] = &[
    (
        "Name",
        &[
            ("name", "Full name", "As the person wants to see it."),
            ("given_name", "Given names", ""),
            ("middle_name", "Middle names", ""),
            ("family_name", "Surnames", ""),
            ("nickname", "Nickname", ""),
            ("preferred_username", "Wants to be known as", "Empty: the username."),
        ],
    ),
    (
        "Reached by",
        &[
            ("email", "Email address", "The person can sign in by it, too."),
            ("phone_number", "Telephone", "Best as +41 44 …"),
        ],
    ),
    (
        "About",
        &[
            ("profile", "Profile page", "https"),
            ("picture", "Picture", "https"),
            ("website", "Website", "https"),
            ("gender", "Gender", "In the person's own word."),
            ("birthdate", "Birthdate", "YYYY-MM-DD, 0000-MM-DD without the year, or YYYY."),
            ("zoneinfo", "Time zone", "Such as Europe/Berlin."),
            ("locale", "Language", "Such as de-CH."),
        ],
    ),
    (
        "Postal address",
        &[
            ("address.formatted", "As on a letter", ""),
            ("address.street_address", "Street and number", ""),
            ("address.postal_code", "Postal code", ""),
            ("address.locality", "Town", ""),
            ("address.region", "Region", ""),
            ("address.country", "Country", ""),
        ],
    ),
];

/// What somebody has seen to be true, and of what.
const VERIFIED: [(&str, &str, &str); 2] = [
    ("email_verified", "email", "We have seen that they read mail at this address."),
    ("phone_number_verified", "phone_number", "We have seen that they answer this number."),
];

/// `templates/console/edit_person.html`
#[derive(Template)]
#[template(path = "console/edit_person.html")]
struct EditPerson<'a> {
    f: &'a Frame,
    title: &'a str,
    action: String,
    back: String,
    /// When they had last changed as the form was made, in milliseconds; nobody yet: nothing.
    version: Option<i64>,
    username: &'a str,
    claims: &'a Value,
    attributes: &'a str,
    problems: Vec<String>,
}

/// What was typed, or stands there to be changed.
#[derive(Default)]
struct Typed {
    username: String,
    /// What is empty is not told.
    claims: Value,
    /// A line each.
    attributes: String,
}

impl From<&Person> for Typed {
    fn from(person: &Person) -> Self {
        let lines: Vec<_> = person.attributes.iter().map(|(name, value)| format!("{name} = {value}")).collect();
        Self { username: person.username.clone(), claims: json!(person.claims), attributes: lines.join("\n") }
    }
}

impl EditPerson<'_> {
    fn text(&self, field: &str) -> &str {
        let value = match field.split_once('.') {
            Some((claim, part)) => &self.claims[claim][part],
            None => &self.claims[field],
        };
        value.as_str().unwrap_or_default()
    }

    fn is_set(&self, claim: &str) -> bool {
        self.claims[claim] == true
    }

    fn verified(claim: &str) -> Option<(&'static str, &'static str)> {
        VERIFIED.iter().find(|(_, of, _)| *of == claim).map(|(name, _, text)| (*name, *text))
    }
}

/// The form for somebody new.
pub(super) async fn show_new(admin: Admin) -> PageResult {
    render(&admin, None, &Typed::default(), Vec::new())
}

/// That form, sent: the answer is the page of the person, with the link by which they choose their password.
pub(super) async fn submit_new(AdminForm { admin, fields }: AdminForm) -> PageResult {
    let visit = &admin.visit;
    let typed = typed(&admin, &fields)?;
    let (new, problems) = checked(&typed);
    if !problems.is_empty() {
        return render(&admin, None, &typed, problems);
    }
    let act = admin.act();
    let (cx, lifetime) = (&visit.cx, visit.cx.config.links.invitation_lifetime);
    let letter = |person: &Person, token: &SecretString| cx.mail(|| cx.letters().invitation(person, token, lifetime));
    let invited = invite(&act, &visit.cx.hasher, &visit.cx.config.links, new, |_, _| None, letter).await;
    match invited.map_err(|error| visit.failed(&error))? {
        Invited::Done(added, link) => person::render(&admin, &added, link).await,
        Invited::Refused(problem) => render(&admin, None, &typed, vec![problem.to_string()]),
        Invited::Answered => Err(visit.refuse(Problem::Internal)),
    }
}

/// The form for somebody known.
pub(super) async fn show(admin: Admin, id: Path<String>) -> PageResult {
    let person = changeable(&admin, &id).await?;
    render(&admin, Some(&person), &Typed::from(&person), Vec::new())
}

/// That form, sent.
pub(super) async fn submit(AdminForm { admin, fields }: AdminForm, id: Path<String>) -> PageResult {
    let visit = &admin.visit;
    let person = changeable(&admin, &id).await?;
    let version = visit.value(&fields, "version")?.and_then(|version| version.parse().ok());
    let version = version.map(Timestamp::from_millis).ok_or_else(|| visit.refuse(Problem::Malformed))?;
    let typed = typed(&admin, &fields)?;
    let (new, problems) = checked(&typed);
    if !problems.is_empty() {
        return render(&admin, Some(&person), &typed, problems);
    }
    let NewPerson { username, claims, attributes, .. } = new;
    let change = Change { username: Some(username), claims: Some(claims), attributes: Some(attributes), picture: None };
    let path = path_of(&person);
    let is_as_seen = move |person: &Person| person.updated_at == version;
    let updated = update_if(&admin.act(), person.id, change, is_as_seen).await;
    match updated.map_err(|error| visit.failed(&error))? {
        ChangeOutcome::Done(changed) => {
            visit.cx.tell_of_address(&person, &changed).await;
            Ok(visit.redirect(&format!("{path}?done=changed")))
        }
        ChangeOutcome::Changed => Ok(visit.redirect(&format!("{path}?done=stale"))),
        ChangeOutcome::Unknown => Err(visit.refuse(Problem::NotFound)),
        ChangeOutcome::Refused(problem) => render(&admin, Some(&person), &typed, vec![problem.to_string()]),
    }
}

/// Everybody may change what is known about themselves; about others, only who stands above them.
async fn changeable(admin: &Admin, id: &str) -> Result<Person, Error> {
    let person = person::find(admin, id).await?;
    if person.id != admin.current.person.id {
        admin.must_stand_above(person.role)?;
    }
    Ok(person)
}

fn path_of(person: &Person) -> String {
    format!("/admin/people/{}", person.id)
}

fn typed(admin: &Admin, fields: &Params) -> Result<Typed, Error> {
    let visit = &admin.visit;
    let mut claims = Map::new();
    for (name, ..) in FIELDS.iter().flat_map(|(_, fields)| *fields) {
        let text = fields.lines(name).map_err(|error| visit.malformed(&error))?.join("\n");
        if text.is_empty() {
            continue;
        }
        match name.split_once('.') {
            Some((claim, part)) => claims.entry(claim).or_insert_with(|| json!({}))[part] = text.into(),
            None => _ = claims.insert((*name).to_owned(), text.into()),
        }
    }
    for (name, of, _) in VERIFIED {
        if claims.contains_key(of) {
            claims.insert(name.to_owned(), (visit.value(fields, name)? == Some("true")).into());
        }
    }
    let attributes = fields.lines("attributes").map_err(|error| visit.malformed(&error))?.join("\n");
    let username = visit.value(fields, "username")?.unwrap_or_default().trim().to_owned();
    Ok(Typed { username, claims: Value::Object(claims), attributes })
}

/// Who they are by that, and what is wrong with it.
fn checked(typed: &Typed) -> (NewPerson, Vec<String>) {
    let claims: StandardClaims = match serde_json::from_value(typed.claims.clone()) {
        Ok(claims) => claims,
        Err(error) => return (NewPerson::default(), vec![format!("These are no claims: {error}.")]),
    };
    let (attributes, of_attributes) = attributes(&typed.attributes);
    let new = NewPerson { username: typed.username.clone(), claims, attributes, ..NewPerson::default() };
    let of_account = new.problems();
    // Both look at the address; one sentence about it is enough.
    let of_claims = new.claims.check().into_iter().filter(|fault| !fault.starts_with("email is"));
    let problems = of_account.iter().map(ToString::to_string).chain(of_claims).chain(of_attributes).collect();
    (new, problems)
}

/// The attributes of which each line tells one, and what is wrong with them.
fn attributes(lines: &str) -> (Attributes, Vec<String>) {
    let (mut attributes, mut problems) = (Attributes::default(), Vec::new());
    for line in lines.lines() {
        let set = match line.split_once('=') {
            Some((name, value)) => attributes.set(name, value),
            None => Err(format!("Write the attribute “{line}” as name = value.")),
        };
        problems.extend(set.err());
    }
    problems.extend(attributes.excess());
    (attributes, problems)
}

fn render(admin: &Admin, person: Option<&Person>, typed: &Typed, problems: Vec<String>) -> PageResult {
    let title = person.map_or_else(|| "New person".to_owned(), |person| format!("Change {}", display_name(person)));
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let frame = admin.frame();
    let page = EditPerson {
        f: &frame,
        title: &title,
        action: person.map_or_else(|| "/admin/new-person".to_owned(), |person| format!("{}/edit", path_of(person))),
        back: person.map_or_else(|| "/admin/people".to_owned(), path_of),
        version: person.map(|person| person.updated_at.millis()),
        username: &typed.username,
        claims: &typed.claims,
        attributes: &typed.attributes,
        problems,
    };
    admin.send_as(status, &frame, Section::People, &title, &page)
}
