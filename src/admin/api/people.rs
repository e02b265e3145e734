//! `/people`: who can sign in here, and what is known about them; never their passwords.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Path};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::answer::{self, Answer};
use super::caller::Caller;
use super::client_actions::read;
use super::clients::JSON;
use super::etag::{IfMatch, Tag, tagged};
use super::idempotency::{Created, Once};
use super::merge_patch;
use super::page::{Page, Search};
use super::problem::{Kind, MemberError, Problem};
use crate::clock::Timestamp;
use crate::domain::authority::role_of;
use crate::domain::own_api;
use crate::domain::people::accounts::{AccountProblem, NewPerson};
use crate::domain::people::change::{Change, ChangeOutcome, update_if};
use crate::domain::people::foreign_hash::ImportedHash;
use crate::domain::people::invite::{Invited, invite};
use crate::domain::people::links;
use crate::domain::permission::Permission;
use crate::ids::PersonId;
use crate::protocol::attributes::Attributes;
use crate::protocol::claims::StandardClaims;
use crate::store::Person;

/// The types of a patch: RFC 7396 §4, and what everybody sends.
pub(super) const PATCH: &[&str] = &["application/merge-patch+json", "application/json"];

/// A person.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Person)]
pub(super) struct PersonView {
    /// Their identifier: the `sub` of their tokens.
    id: Uuid,
    /// The name with which they sign in.
    username: String,
    /// What is told about them, as the scopes of an app allow it (OpenID Connect Core, section 5.1).
    claims: StandardClaims,
    /// What is known beside that, of which rules of the settings make claims.
    attributes: Attributes,
    /// What they are to this server, if more than one who signs in.
    role: Option<&'static str>,
    /// `active`, or `disabled`.
    state: &'static str,
    /// Whether they have chosen a password.
    has_password: bool,
    /// When the account was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it last changed.
    #[schema(format = DateTime)]
    updated_at: String,
    /// Since when they may not sign in, if so.
    #[schema(format = DateTime)]
    disabled_at: Option<String>,
}

/// Somebody who is to be let in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewAccount {
    /// The name to sign in with: 1 to 64 visible characters.
    #[schema(min_length = 1, max_length = 64)]
    username: String,
    /// What is told about them.
    #[serde(default)]
    claims: StandardClaims,
    /// What is known beside that: at most 50 values by name, in 4096 bytes of JSON.
    #[serde(default = "nothing")]
    #[schema(value_type = Attributes, required = false)]
    attributes: Value,
    /// How other software has kept their password: a hash of bcrypt, scrypt, PBKDF2 or Argon2. With it they sign in at once, and
    /// need no invitation.
    #[serde(default)]
    #[schema(max_length = 512, nullable = false)]
    password_hash: Option<String>,
}

/// What is to change about a person, as a JSON merge patch (RFC 7396): a claim or attribute that is null is taken away, one
/// that is not named stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PersonPatch {
    /// The name to sign in with, if that is to change.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 64, nullable = false)]
    username: Option<String>,
    /// The claims.
    #[serde(default = "nothing")]
    #[schema(value_type = StandardClaims, required = false)]
    claims: Value,
    /// The attributes.
    #[serde(default = "nothing")]
    #[schema(value_type = Attributes, required = false)]
    attributes: Value,
}

/// A patch that changes nothing.
fn nothing() -> Value {
    Value::Object(Map::new())
}

/// A link by which a person chooses their password, once.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PasswordLink)]
pub(super) struct LinkView {
    /// The address to give to them, and to nobody else.
    #[schema(format = "uri")]
    url: String,
    /// Until when it can be followed.
    #[schema(format = DateTime)]
    expires_at: String,
}

/// A person with the link by which they are let in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InvitedPerson)]
pub(super) struct InvitedView {
    #[serde(flatten)]
    person: PersonView,
    /// By which they choose their password, unless they bring one.
    invitation: Option<LinkView>,
}

/// A list that is short by nature, as a whole.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Items<T: ToSchema> {
    /// All of it.
    pub items: Vec<T>,
}

impl PersonView {
    pub fn new(person: &Person) -> Self {
        let time = Timestamp::to_rfc3339;
        Self {
            id: person.id.0,
            username: person.username.clone(),
            claims: person.claims.clone(),
            attributes: person.attributes.clone(),
            role: role_of(person).map(crate::domain::permission::Role::word),
            state: if person.disabled_at.is_some() { "disabled" } else { "active" },
            has_password: person.password_hash.is_some(),
            created_at: time(person.created_at),
            updated_at: time(person.updated_at),
            disabled_at: person.disabled_at.map(time),
        }
    }
}

impl LinkView {
    pub fn new(caller: &Caller, token: &SecretString) -> Self {
        let end = caller.now + caller.cx.config.links.invitation_lifetime;
        Self { url: links::invitation_url(caller.cx.issuer(), token), expires_at: end.to_rfc3339() }
    }
}

/// Everybody, by username, or those whose username or email address begins with `q`.
#[utoipa::path(get, path = "/people", tag = "People", params(Search), security(("oauth2" = ["people:read"])),
    responses((status = 200, description = "A page of people", body = Page<PersonView>)))]
pub(super) async fn list(caller: Caller) -> Answer {
    caller.must(Permission::PeopleRead)?;
    let search: Search = caller.query()?;
    let (limit, after, store) = (search.limit()?, search.after()?, &caller.cx.store);
    let found = match search.sought()? {
        None => store.people_after(after, limit + 1).await?,
        Some(prefix) => store.people_beginning_after(prefix, after, limit + 1).await?,
    };
    answer::ok(&Page::new(found, limit, |person| person.username.clone(), PersonView::new))
}

/// Adds a person, with a link by which they choose their password. It is in this answer, and in a mail to them where the
/// server sends mail and they have an address. Who brings a `password_hash` gets none.
#[utoipa::path(post, path = "/people", tag = "People", security(("oauth2" = ["people:write"])),
    params(("Idempotency-Key" = Option<String>, Header,
        description = "A key of your own: the same request under the same key is done once")),
    request_body(content = NewAccount, example = json!({
        "username": "ada", "claims": { "name": "Ada Lovelace", "email": "ada@example.com" },
        "attributes": { "department": "Engineering" },
    })),
    responses((status = 201, description = "Added", body = InvitedView,
        headers(("Location" = String, description = "Their address"), ("ETag" = String, description = "Their state"))),
        (status = 409, description = "Somebody signs in by that name or address")))]
pub(super) async fn create(caller: Caller, body: Bytes) -> Answer {
    caller.must(Permission::PeopleWrite)?;
    let NewAccount { username, claims, attributes, password_hash } = read(caller.body(&body, JSON)?)?;
    check(&claims)?;
    let password_hash = password_hash.as_deref().map(imported).transpose()?;
    let new = NewPerson { username, claims, attributes: checked(&attributes)?, password_hash, ..NewPerson::default() };
    refuse_if_any(&new.problems())?;
    let once = Once::of(&caller, &body)?;
    if let Some(answer) = once.answered(&caller).await? {
        return Ok(answer);
    }
    let keep = |person: &Person, token: Option<&SecretString>| once.keep(&caller, || created(&caller, person, token));
    let (act, cx) = (caller.act(), &caller.cx);
    let letter = |person: &Person, token: &SecretString| {
        cx.mail(|| cx.letters().invitation(person, token, cx.config.links.invitation_lifetime))
    };
    let refusal = match invite(&act, &cx.hasher, &cx.config.links, new, keep, letter).await? {
        Invited::Done(person, token) => return Ok(created(&caller, &person, token.as_ref()).response()),
        Invited::Refused(problem) => refused(problem),
        Invited::Answered => Problem::from(Kind::Internal).because("an answer was kept, and is gone"),
    };
    once.answered(&caller).await?.ok_or(refusal)
}

fn created(caller: &Caller, person: &Person, token: Option<&SecretString>) -> Created {
    let invitation = token.map(|token| LinkView::new(caller, token));
    let view = InvitedView { person: PersonView::new(person), invitation };
    Created {
        location: format!("{}/people/{}", own_api::identifier(caller.cx.issuer()), person.id),
        tag: Tag::of(&view.person).as_str().to_owned(),
        body: serde_json::to_string(&view).unwrap_or_default(),
    }
}

/// One person.
#[utoipa::path(get, path = "/people/{person_id}", tag = "People", security(("oauth2" = ["people:read"])),
    params(("person_id" = Uuid, Path, description = "Their identifier")),
    responses((status = 200, description = "The person", body = PersonView,
        headers(("ETag" = String, description = "Their state, for If-Match")))))]
pub(super) async fn show(caller: Caller, id: Path<String>) -> Answer {
    caller.must(Permission::PeopleRead)?;
    tagged(StatusCode::OK, &PersonView::new(&find(&caller, &id).await?))
}

/// Changes what is told about a person, and the name with which they sign in. A new address or telephone number counts as
/// unverified unless the patch says more.
#[utoipa::path(patch, path = "/people/{person_id}", tag = "People", security(("oauth2" = ["people:write"])),
    params(("person_id" = Uuid, Path, description = "Their identifier"),
        ("If-Match" = String, Header, description = "The ETag of the person as you have seen them, or *")),
    request_body(content((PersonPatch = "application/merge-patch+json"), (PersonPatch = "application/json"))),
    responses((status = 200, description = "The person as they are now", body = PersonView,
        headers(("ETag" = String, description = "Their new state"))),
        (status = 409, description = "Somebody signs in by that name or address")))]
pub(super) async fn patch(caller: Caller, id: Path<String>, body: Bytes) -> Answer {
    caller.must(Permission::PeopleWrite)?;
    let seen = IfMatch::of(&caller.request)?;
    let person = writable(&caller, &id).await?;
    let PersonPatch { username, claims, attributes } = read(caller.body(&body, PATCH)?)?;
    // What is patched is what was read: if it changes before it is written, the tag fits no more.
    let read_as = PersonView::new(&person);
    if !seen.admits(&read_as) {
        return Err(Kind::Changed.into());
    }
    let tag = Tag::of(&read_as);
    let claims = merge_patch::claims(&person.claims, &claims)?;
    check(&claims)?;
    let mut patched_attributes = person.attributes.to_json();
    merge_patch::apply(&mut patched_attributes, &attributes);
    let attributes = checked(&patched_attributes)?;
    let username = username.unwrap_or_else(|| person.username.clone());
    let patched = NewPerson { username, claims, attributes, ..NewPerson::default() };
    refuse_if_any(&patched.problems())?;
    let NewPerson { username, claims, attributes, .. } = patched;
    let change = Change { username: Some(username), claims: Some(claims), attributes: Some(attributes), picture: None };
    let is_as_read = move |person: &Person| Tag::of(&PersonView::new(person)) == tag;
    match update_if(&caller.act(), person.id, change, is_as_read).await? {
        ChangeOutcome::Done(changed) => {
            caller.cx.tell_of_address(&person, &changed).await;
            tagged(StatusCode::OK, &PersonView::new(&changed))
        }
        ChangeOutcome::Unknown => Err(Kind::NotFound.into()),
        ChangeOutcome::Changed => Err(Kind::Changed.into()),
        ChangeOutcome::Refused(problem) => Err(refused(problem)),
    }
}

/// The person of this identifier.
pub(super) async fn find(caller: &Caller, id: &str) -> Result<Person, Problem> {
    let id: PersonId = id.parse().map_err(|_| Kind::NotFound)?;
    caller.cx.store.person(id).await?.ok_or_else(|| Kind::NotFound.into())
}

/// The same, if the caller may change them.
pub(super) async fn writable(caller: &Caller, id: &str) -> Result<Person, Problem> {
    caller.must(Permission::PeopleWrite)?;
    let person = find(caller, id).await?;
    caller.must_stand_above(role_of(&person))?;
    Ok(person)
}

fn check(claims: &StandardClaims) -> Result<(), Problem> {
    let faults = claims.check();
    if faults.is_empty() {
        return Ok(());
    }
    let error = |text: String| MemberError { member: "claims".to_owned(), detail: text };
    Err(Problem::invalid(faults.into_iter().map(error).collect()))
}

/// The attributes that an object names.
fn checked(attributes: &Value) -> Result<Attributes, Problem> {
    let error = |text: String| MemberError { member: "attributes".to_owned(), detail: text };
    Attributes::parse(attributes).map_err(|faults| Problem::invalid(faults.into_iter().map(error).collect()))
}

fn imported(hash: &str) -> Result<ImportedHash, Problem> {
    let refusal = || Problem::of_member("password_hash".to_owned(), ImportedHash::EXPECTED.to_owned());
    ImportedHash::parse(hash).ok_or_else(refusal)
}

fn refuse_if_any(problems: &[AccountProblem]) -> Result<(), Problem> {
    if problems.is_empty() {
        return Ok(());
    }
    Err(Problem::invalid(
        problems
            .iter()
            .map(|problem| MemberError { member: member_of(*problem), detail: problem.to_string() })
            .collect(),
    ))
}

fn refused(problem: AccountProblem) -> Problem {
    match problem {
        AccountProblem::UsernameTaken | AccountProblem::EmailTaken => Problem::new(Kind::Conflict, problem.to_string()),
        _ => Problem::of_member(member_of(problem), problem.to_string()),
    }
}

fn member_of(problem: AccountProblem) -> String {
    match problem {
        AccountProblem::UsernameMalformed | AccountProblem::UsernameTaken | AccountProblem::UsernameIsAddress => {
            "username"
        }
        AccountProblem::EmailMalformed | AccountProblem::EmailTaken => "claims.email",
        AccountProblem::DisplayNameMalformed => "claims.name",
        AccountProblem::Password(_) => "password",
    }
    .to_owned()
}
