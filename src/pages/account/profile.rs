//! `/account/profile`: what is told about a person; they change as much of it as the operator leaves to them.

use actix_web::Error;
use actix_web::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::config::Editable;
use crate::domain::events::Actor;
use crate::domain::people::accounts::AccountProblem;
use crate::domain::people::change::{ChangeOutcome, update_if};
use crate::domain::people::profile::{self, ProfileProblem, Typed};
use crate::pages::security::who::{by_all_they_have, changing};
use crate::protocol::params::Params;
use crate::store::Person;
use crate::web::browser_session::Current;
use crate::web::language;
use crate::web::own_path::OwnPath;
use crate::web::page::{Problem, Profile, ProfileField, ProfileGroup};
use crate::web::posted::{Member, Posted};
use crate::web::text::{ProfileWords, Texts};
use crate::web::visit::{PageResult, Visit};

const PATH: &str = "/account/profile";

/// What stands before a field, and what to know about it.
type Words = fn(&ProfileWords) -> (&'static str, &'static str);

/// Fields that belong together.
struct Group {
    heading: fn(&ProfileWords) -> &'static str,
    fields: &'static [Field],
}

/// A field: which claim it is (of), under which name it is posted, its words, its kind, and what fills it in.
struct Field {
    of: Editable,
    name: &'static str,
    words: Words,
    kind: &'static str,
    autocomplete: &'static str,
}

const fn field(
    of: Editable,
    name: &'static str,
    words: Words,
    kind: &'static str,
    autocomplete: &'static str,
) -> Field {
    Field { of, name, words, kind, autocomplete }
}

/// OIDC Core §5.1, §5.1.1, in the order of the form.
const GROUPS: [Group; 4] = [
    Group {
        heading: |w| w.of_name,
        fields: &[
            field(Editable::Username, "username", |w| (w.username, w.username_hint), "text", "username"),
            field(Editable::Name, "name", |w| (w.name, w.name_hint), "text", "name"),
            field(Editable::GivenName, "given_name", |w| (w.given_name, ""), "text", "given-name"),
            field(Editable::MiddleName, "middle_name", |w| (w.middle_name, ""), "text", "additional-name"),
            field(Editable::FamilyName, "family_name", |w| (w.family_name, ""), "text", "family-name"),
            field(Editable::Nickname, "nickname", |w| (w.nickname, ""), "text", "nickname"),
            field(
                Editable::PreferredUsername,
                "preferred_username",
                |w| (w.preferred_username, w.preferred_username_hint),
                "text",
                "off",
            ),
        ],
    },
    Group {
        heading: |w| w.of_reach,
        fields: &[
            field(Editable::Email, "email", |w| (w.email, w.email_hint), "email", "email"),
            field(Editable::PhoneNumber, "phone_number", |w| (w.phone_number, w.phone_number_hint), "tel", "tel"),
        ],
    },
    Group {
        heading: |w| w.of_self,
        fields: &[
            field(Editable::Profile, "profile", |w| (w.profile, w.url_hint), "url", "off"),
            field(Editable::Picture, "picture", |w| (w.picture, w.url_hint), "url", "photo"),
            field(Editable::Website, "website", |w| (w.website, w.url_hint), "url", "url"),
            field(Editable::Gender, "gender", |w| (w.gender, w.gender_hint), "text", "sex"),
            field(Editable::Birthdate, "birthdate", |w| (w.birthdate, w.birthdate_hint), "text", "bday"),
            field(Editable::Zoneinfo, "zoneinfo", |w| (w.zoneinfo, w.zoneinfo_hint), "text", "off"),
            field(Editable::Locale, "locale", |w| (w.locale, w.locale_hint), "text", "language"),
        ],
    },
    Group {
        heading: |w| w.of_address,
        fields: &[
            field(Editable::Address, "address.formatted", |w| (w.formatted, ""), "", "off"),
            field(Editable::Address, "address.street_address", |w| (w.street_address, ""), "text", "street-address"),
            field(Editable::Address, "address.postal_code", |w| (w.postal_code, ""), "text", "postal-code"),
            field(Editable::Address, "address.locality", |w| (w.locality, ""), "text", "address-level2"),
            field(Editable::Address, "address.region", |w| (w.region, ""), "text", "address-level1"),
            field(Editable::Address, "address.country", |w| (w.country, ""), "text", "country-name"),
        ],
    },
];

fn fields() -> impl Iterator<Item = &'static Field> {
    GROUPS.iter().flat_map(|group| group.fields)
}

/// How the form stands.
enum Outcome {
    /// Nothing was sent yet.
    Open,
    /// It was saved.
    Saved,
    /// This is wrong with what was typed.
    Wrong(Vec<ProfileProblem>),
    /// Somebody else was quicker.
    Stale,
}

/// The form.
pub(super) async fn show(visit: Visit) -> PageResult {
    let current = visit.current().await?.ok_or_else(|| visit.sign_in_first(&OwnPath::PROFILE))?;
    check(&visit, &current).await?;
    let is_saved = visit.value(&visit.query()?, "done")? == Some("saved");
    let outcome = if is_saved { Outcome::Saved } else { Outcome::Open };
    render(&visit, &current, &typed_before(&current.person), &outcome)
}

/// The form, sent.
pub(super) async fn submit(Member(posted): Member) -> PageResult {
    let (visit, current) = posted.member(&OwnPath::PROFILE)?;
    check(visit, current).await?;
    let editable = &editable(visit);
    let version: Option<i64> = posted.field("version")?.and_then(|version| version.parse().ok());
    let version = version.ok_or_else(|| visit.refuse(Problem::Malformed))?;
    let typed = typed(&posted)?;
    let change = match profile::change(&current.person, editable, &typed) {
        Ok(change) => change,
        Err(problems) => return render(visit, current, &typed, &Outcome::Wrong(problems)),
    };
    let is_as_seen = move |person: &Person| person.updated_at.millis() == version;
    let act = visit.act(Actor::Person(current.person.id));
    let updated = update_if(&act, current.person.id, change, is_as_seen).await;
    match updated.map_err(|error| visit.failed(&error))? {
        ChangeOutcome::Done(now) => {
            let mut response = visit.redirect(&format!("{PATH}?done=saved"));
            // What was picked in this browser would hide what they want from now on.
            if now.claims.locale != current.person.claims.locale {
                let forgotten = language::forgotten(visit.cx.issuer().is_https());
                response.add_cookie(&forgotten).map_err(|_| visit.refuse(Problem::Internal))?;
            }
            Ok(response)
        }
        ChangeOutcome::Changed => stale(visit, current, &typed).await,
        ChangeOutcome::Unknown => Err(visit.sign_in_first(&OwnPath::PROFILE)),
        ChangeOutcome::Refused(problem) => {
            render(visit, current, &typed, &Outcome::Wrong(vec![ProfileProblem::Account(problem)]))
        }
    }
}

/// Lets `current` pass, who has shown as much as they have; and lately, where they change by what they sign in.
async fn check(visit: &Visit, current: &Current) -> Result<(), Error> {
    let page = &OwnPath::PROFILE;
    let held = if profile::is_sensitive(&editable(visit)) {
        visit.check_recent(current, page)?;
        changing(visit, current, page).await
    } else {
        by_all_they_have(visit, current, page).await
    };
    held.map(drop)
}

/// What can be changed here. Where there is mail, an address counts once a link was followed that was sent to it, which begins at
/// its own page.
fn editable(visit: &Visit) -> Vec<Editable> {
    let (all, by_mail) = (&visit.cx.config.people.editable, visit.cx.config.mail.is_on());
    all.iter().copied().filter(|claim| !by_mail || *claim != Editable::Email).collect()
}

/// The form with what was typed, over what somebody else has saved meanwhile: whoever sends it now has seen that.
async fn stale(visit: &Visit, current: &Current, typed: &Typed) -> PageResult {
    let person = visit.cx.store.person(current.person.id).await.map_err(|error| visit.failed(&error))?;
    let person = person.ok_or_else(|| visit.sign_in_first(&OwnPath::PROFILE))?;
    render(visit, &Current { person, ..current.clone() }, typed, &Outcome::Stale)
}

fn typed_before(person: &Person) -> Typed {
    Typed { username: person.username.clone(), claims: person.claims.to_map() }
}

fn typed(posted: &Posted) -> Result<Typed, Error> {
    let text = |name: &str| lines(&posted.visit, &posted.fields, name);
    let mut claims: Map<String, Value> = Map::new();
    for field in fields().filter(|field| field.of != Editable::Username) {
        let text = text(field.name)?;
        if text.is_empty() {
            continue;
        }
        match field.name.split_once('.') {
            Some((claim, part)) => claims.entry(claim).or_insert_with(|| json!({}))[part] = text.into(),
            None => _ = claims.insert(field.name.to_owned(), text.into()),
        }
    }
    Ok(Typed { username: text("username")?, claims })
}

fn lines(visit: &Visit, fields: &Params, name: &str) -> Result<String, Error> {
    Ok(fields.lines(name).map_err(|error| visit.malformed(&error))?.join("\n"))
}

fn text(typed: &Typed, name: &str) -> String {
    let value = match name.split_once('.') {
        Some((claim, part)) => typed.claims.get(claim).and_then(|parts| parts.get(part)),
        None if name == "username" => return typed.username.clone(),
        None => typed.claims.get(name),
    };
    value.and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn render(visit: &Visit, current: &Current, typed: &Typed, outcome: &Outcome) -> PageResult {
    let words = &visit.texts().account.profile;
    let editable = editable(visit);
    let shown = |field: &Field| {
        let (label, hint) = (field.words)(words);
        let (name, value) = (field.name, text(typed, field.name));
        ProfileField { name, label, hint, value, kind: field.kind, autocomplete: field.autocomplete }
    };
    let group = |group: &Group| ProfileGroup {
        heading: (group.heading)(words),
        fields: group.fields.iter().filter(|field| editable.contains(&field.of)).map(shown).collect(),
    };
    let before = typed_before(&current.person);
    let fixed = fields().filter(|field| !editable.contains(&field.of));
    let fixed = fixed.map(|field| ((field.words)(words).0, text(&before, field.name)));
    let (status, problems) = match outcome {
        Outcome::Open | Outcome::Saved => (StatusCode::OK, &[][..]),
        Outcome::Wrong(problems) => (StatusCode::UNPROCESSABLE_ENTITY, problems.as_slice()),
        // RFC 9110 §15.5.10: it stands against how the profile is now, and can be sent again.
        Outcome::Stale => (StatusCode::CONFLICT, &[][..]),
    };
    let differs = |field: &&Field| editable.contains(&field.of) && text(typed, field.name) != text(&before, field.name);
    let meanwhile = || {
        let stands = fields().filter(differs);
        stands.map(|field| ((field.words)(words).0, text(&before, field.name))).collect()
    };
    let meanwhile = matches!(outcome, Outcome::Stale).then(meanwhile);
    let proof = visit.proof_for(current);
    let page = Profile {
        t: visit.texts(),
        base: visit.base(),
        csrf: proof.token.clone(),
        version: current.person.updated_at.millis(),
        groups: GROUPS.iter().map(group).filter(|group| !group.fields.is_empty()).collect(),
        fixed: fixed.filter(|(_, value)| !value.is_empty()).collect(),
        problems: problems.iter().map(|problem| in_words(visit.texts(), problem)).collect(),
        meanwhile,
        email: visit.cx.config.mail.is_on(),
        picture: editable.contains(&Editable::Picture),
        done: matches!(outcome, Outcome::Saved).then_some(words.saved),
    };
    visit.send(&page, status, &visit.headers(), Some(proof))
}

/// The field to look at, and why.
fn in_words(t: &Texts, problem: &ProfileProblem) -> (String, String) {
    let (field, text) = match problem {
        ProfileProblem::Account(problem) => match problem {
            AccountProblem::UsernameTaken => ("username", t.set_up.username_taken),
            AccountProblem::UsernameIsAddress => ("username", t.set_up.username_is_address),
            AccountProblem::EmailMalformed => ("email", t.set_up.email_malformed),
            AccountProblem::EmailTaken => ("email", t.set_up.email_taken),
            AccountProblem::DisplayNameMalformed => ("name", t.set_up.display_name_malformed),
            AccountProblem::UsernameMalformed | AccountProblem::Password(_) => {
                ("username", t.set_up.username_malformed)
            }
        },
        ProfileProblem::Claim(name) => {
            let known = fields().find(|field| field.name == name || field.name.starts_with(&format!("{name}.")));
            let (id, label) = known.map_or(("profile", ""), |field| (field.name, (field.words)(&t.account.profile).0));
            return (id.to_owned(), t.account.profile.wrong.with(label));
        }
    };
    (field.to_owned(), text.to_owned())
}
