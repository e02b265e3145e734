//! What somebody describes in the form of a key.

use std::time::Duration;

use actix_web::Error;
use actix_web::http::StatusCode;

use super::shown::words;
use crate::clock::Timestamp;
use crate::domain::api_keys::{KeyDraft, KeyFault, KeyTerms};
use crate::protocol::scope::{self, Scope};
use crate::store::ApiKey;
use crate::web::browser_session::Current;
use crate::web::page::{ApiKeyChoice, ApiKeyForm, ApiKeyTyped};
use crate::web::posted::Posted;
use crate::web::visit::{PageResult, Visit};

const DAY: Duration = Duration::from_hours(24);

/// Which form it is.
pub(super) struct Form {
    /// The path that takes it.
    pub action: String,
    /// The hidden field by which it acts once.
    pub once: (&'static str, String),
    /// The page to go back to.
    pub back: String,
    /// The name of the key that is changed.
    pub changed: Option<String>,
}

/// What stands in the form of a new key: the resource at which it is good, unless somebody says otherwise, is ticked.
pub(super) fn blank(visit: &Visit) -> ApiKeyTyped {
    ApiKeyTyped { resources: vec![visit.cx.catalogue().default_resource().to_owned()], ..ApiKeyTyped::default() }
}

/// What stands in the form of a key that is changed.
pub(super) fn of(key: &ApiKey) -> ApiKeyTyped {
    let lines: Vec<_> = key.addresses.iter().map(ToString::to_string).collect();
    ApiKeyTyped {
        name: key.name.clone(),
        scopes: key.scope.iter().map(|token| token.as_str().to_owned()).collect(),
        resources: key.resources.clone(),
        addresses: lines.join("\n"),
        rate_limit: key.rate_limit.map(|limit| limit.to_string()).unwrap_or_default(),
        quota: key.quota.map(|quota| quota.to_string()).unwrap_or_default(),
        last_day: key.expires_at.map(last_day).unwrap_or_default(),
        test: false,
    }
}

/// The last day on all of which a key is good, or else the one on which it ends.
fn last_day(end: Timestamp) -> String {
    (end - Duration::from_millis(1)).day()
}

/// What was typed.
pub(super) fn read(posted: &Posted) -> Result<ApiKeyTyped, Error> {
    let (visit, fields) = (&posted.visit, &posted.fields);
    let field = |name: &str| Ok::<_, Error>(posted.field(name)?.unwrap_or_default().to_owned());
    let ticked = |name: &str| {
        let ticked = fields.all(name).map_err(|error| visit.malformed(&error))?;
        Ok::<_, Error>(ticked.into_iter().map(str::to_owned).collect())
    };
    Ok(ApiKeyTyped {
        name: field("name")?,
        scopes: ticked("scope")?,
        resources: ticked("resource")?,
        addresses: fields.lines("addresses").map_err(|error| visit.malformed(&error))?.join("\n"),
        rate_limit: field("rate_limit")?,
        quota: field("quota")?,
        last_day: field("expires_at")?,
        test: posted.field("test")?.is_some(),
    })
}

/// What was typed, if its owner may have it so. Of a key that is changed the day of its end leaves the end as it is.
pub(super) fn check(visit: &Visit, typed: &ApiKeyTyped, changed: Option<&ApiKey>) -> Result<KeyTerms, Vec<KeyFault>> {
    let end = changed.and_then(|key| key.expires_at);
    let expires_at = match typed.last_day.as_str() {
        "" => Some(None),
        day if end.map(last_day).as_deref() == Some(day) => Some(end),
        day => Timestamp::from_day(day).map(|day| Some(day + DAY)),
    };
    let draft = KeyDraft {
        name: &typed.name,
        scope: &typed.scopes.join(" "),
        resources: typed.resources.iter().map(String::as_str).collect(),
        addresses: typed.addresses.lines().collect(),
        rate_limit: Some(&typed.rate_limit),
        quota: Some(&typed.quota),
        expires_at: expires_at.flatten(),
    };
    let catalogue = visit.cx.catalogue();
    let checked = draft.check(&catalogue, None, visit.now).and_then(|terms| {
        // What the key has of it already, an admin gave it.
        let held = changed.map_or_else(Scope::empty, |key| key.scope.clone());
        terms.unapproved(&catalogue, &held).map_or(Ok(terms), |fault| Err(vec![fault]))
    });
    if expires_at.is_some() {
        return checked;
    }
    let mut faults = checked.err().unwrap_or_default();
    let text = visit.texts().api_keys.last_day_malformed.to_owned();
    faults.push(KeyFault { member: "expires_at", text });
    Err(faults)
}

/// The form.
pub(super) fn render(
    visit: &Visit,
    current: &Current,
    form: Form,
    typed: ApiKeyTyped,
    faults: Vec<KeyFault>,
) -> PageResult {
    let catalogue = visit.cx.catalogue();
    // What needs an admin's approval is not offered; what a key has of it can be kept.
    let may_have = |name: &str| !catalogue.needs_approval(name) || typed.scopes.iter().any(|ticked| ticked == name);
    let of_apis = catalogue.published_scope_names().filter(|name| !scope::OF_A_PERSON.contains(name) && may_have(name));
    let scopes = of_apis.map(|name| choice(name, words(visit, name), &typed.scopes)).collect();
    let (issuer, identifiers) =
        (visit.cx.issuer().as_str(), catalogue.resources().map(|resource| &resource.identifier));
    // This server itself is where a key is good if there is nothing else: nothing to choose.
    let apis = identifiers.filter(|name| !catalogue.is_own_api(name) && *name != issuer);
    let resources = apis.map(|name| choice(name, name.clone(), &typed.resources)).collect();
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let proof = visit.proof_for(current);
    let page = ApiKeyForm {
        t: visit.texts(),
        base: visit.base(),
        action: form.action,
        csrf: proof.token.clone(),
        once: form.once,
        back: form.back,
        changed: form.changed,
        typed,
        scopes,
        resources,
        default_resource: catalogue.default_resource().to_owned(),
        faults: faults.into_iter().map(|fault| (fault.member, fault.text)).collect(),
    };
    visit.send(&page, status, &visit.headers(), Some(proof))
}

fn choice(name: &str, words: String, ticked: &[String]) -> ApiKeyChoice {
    ApiKeyChoice { name: name.to_owned(), words, chosen: ticked.iter().any(|ticked| ticked == name) }
}
