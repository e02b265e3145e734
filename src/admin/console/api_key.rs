//! `/admin/api-keys/{key_id}`: one API key: what it may do, how it is used, and its end.

use std::time::Duration;

use actix_web::Error;
use actix_web::web::Path;
use askama::Template;
use secrecy::{ExposeSecret, SecretString};

use super::admin::{Admin, AdminForm};
use super::client::OVERLAPS;
use super::frame::{Frame, Section};
use super::key_owner::Owner;
use crate::clock::Timestamp;
use crate::domain::api_keys::{self, BY_HAND, Change, KeyState, LEAKED, LEAKED_BEFORE};
use crate::domain::limits::{Limits, Standing, Subject};
use crate::domain::permission::Permission;
use crate::ids::ApiKeyId;
use crate::store::{ApiKey, ApiKeySecret, StoreError};
use crate::web::page::Problem;
use crate::web::visit::PageResult;

/// `templates/console/api_key.html`
#[derive(Template)]
#[template(path = "console/api_key.html")]
struct ApiKeyPage<'a> {
    f: &'a Frame,
    path: String,
    key: &'a ApiKey,
    owner: &'a Owner,
    state: KeyState,
    /// Since when it is disabled, and why.
    disabled: Option<(String, &'a str)>,
    leak: Option<LeakRow<'a>>,
    /// Whether it has to be rotated before it can be enabled.
    must_be_rotated: bool,
    /// How things stand with its limits.
    limits: Vec<LimitRow>,
    secrets: Vec<SecretRow>,
    overlaps: &'static [(&'static str, &'static str, Duration)],
    /// Whether whoever looks may change it.
    changeable: bool,
    shown: Option<&'a SecretString>,
}

/// How a key was found in public.
pub(super) struct LeakRow<'a> {
    /// When that was reported.
    pub reported: String,
    /// Where it stood, in the words of whoever reported it.
    pub url: Option<&'a str>,
}

impl<'a> LeakRow<'a> {
    pub fn of(key: &'a ApiKey) -> Option<Self> {
        api_keys::leak(key).map(|leak| Self { reported: leak.at.minute(), url: leak.url.as_deref() })
    }
}

struct LimitRow {
    name: &'static str,
    /// As it is written: `100/minute`.
    text: String,
    most: u32,
    used: u32,
}

struct SecretRow {
    beginning: String,
    made: String,
    ends: Option<String>,
}

impl SecretRow {
    fn new(secret: &ApiKeySecret) -> Self {
        Self {
            beginning: secret.beginning.clone(),
            made: secret.created_at.minute(),
            ends: secret.expires_at.map(Timestamp::minute),
        }
    }
}

impl ApiKeyPage<'_> {
    fn secret(&self) -> Option<&str> {
        self.shown.map(ExposeSecret::expose_secret)
    }

    fn ends(&self) -> Option<String> {
        self.key.expires_at.map(Timestamp::minute)
    }

    /// When it was last used, and from where.
    fn used(&self) -> Option<(String, &str)> {
        self.key.last_use.as_ref().map(|used| (used.at.minute(), used.address.as_str()))
    }
}

/// The page.
pub(super) async fn show(admin: Admin, id: Path<String>) -> PageResult {
    let (key, owner) = find(&admin, &id).await?;
    render(&admin, &key, &owner, None).await
}

/// What the page's forms ask for.
pub(super) async fn submit(AdminForm { admin, fields }: AdminForm, id: Path<String>) -> PageResult {
    let visit = &admin.visit;
    let (key, owner) = find(&admin, &id).await?;
    owner.must_be_below(&admin)?;
    let (act, failed) = (admin.act(), |error: StoreError| visit.failed(&error));
    let word = |done: Change, word: &'static str| if done == Change::Done(()) { word } else { "nothing" };
    let done = match visit.value(&fields, "action")? {
        Some("rotate") => {
            let chosen = visit.value(&fields, "overlap")?.unwrap_or_default();
            let overlap = OVERLAPS.iter().find(|(known, ..)| *known == chosen).map(|(.., overlap)| *overlap);
            let overlap = overlap.ok_or_else(|| visit.refuse(Problem::Malformed))?;
            let rotated = api_keys::rotate(&act, &visit.cx.hasher, &key, overlap).await.map_err(failed)?;
            let Change::Done(secret) = rotated else { return Err(visit.refuse(Problem::NotFound)) };
            let (key, owner) = find(&admin, &id).await?;
            return render(&admin, &key, &owner, Some(&secret)).await;
        }
        Some("disable") => word(api_keys::disable(&act, &key, BY_HAND).await.map_err(failed)?, "disabled"),
        // Where it is not done, the page says why: perhaps it was found in public meanwhile.
        Some("enable") => match api_keys::enable(&act, &key).await.map_err(failed)? {
            Change::Done(()) => "enabled",
            Change::Changed => "stale",
        },
        Some("delete") if visit.value(&fields, "sure")? == Some("yes") => {
            let done = word(api_keys::delete(&act, &key).await.map_err(failed)?, "deleted");
            return Ok(visit.redirect(&format!("/admin/api-keys?done={done}")));
        }
        _ => return Err(visit.refuse(Problem::Malformed)),
    };
    Ok(visit.redirect(&format!("{}?done={done}", path_of(key.id))))
}

/// The path of a key's page, under the issuer's.
pub(super) fn path_of(id: ApiKeyId) -> String {
    format!("/admin/api-keys/{id}")
}

/// The key of this identifier with its owner, if whoever looks sees them.
pub(super) async fn find(admin: &Admin, id: &str) -> Result<(ApiKey, Owner), Error> {
    let visit = &admin.visit;
    let Ok(id) = id.parse::<ApiKeyId>() else { return Err(visit.refuse(Problem::NotFound)) };
    let found = visit.cx.store.api_key(id).await.map_err(|error| visit.failed(&error))?;
    let key = found.ok_or_else(|| visit.refuse(Problem::NotFound))?;
    let owner = Owner::find(admin, &key.owner).await?;
    Ok((key, owner))
}

/// Why a key is disabled, for people.
fn why(because: &str) -> &str {
    match because {
        LEAKED | LEAKED_BEFORE => "it was found in public",
        other => other,
    }
}

async fn limits(admin: &Admin, key: &ApiKey) -> Result<Vec<LimitRow>, StoreError> {
    let cx = &admin.visit.cx;
    let limits = Limits { rate: key.rate_limit, quota: key.quota };
    let standings = cx.limiter.look(&cx.store, &Subject::api_key(key.id), &limits, admin.visit.now).await?;
    let texts = [
        ("Rate limit", key.rate_limit.map(|limit| limit.to_string())),
        ("Quota", key.quota.map(|quota| quota.to_string())),
    ];
    let set = texts.into_iter().filter_map(|(name, text)| Some((name, text?)));
    let row = |((name, text), standing): ((&'static str, String), Standing)| LimitRow {
        name,
        text,
        most: standing.limit,
        used: standing.limit.saturating_sub(standing.remaining),
    };
    Ok(set.zip(standings).map(row).collect())
}

/// The page of a key, with the secret that it was just given, if it was.
pub(super) async fn render(admin: &Admin, key: &ApiKey, owner: &Owner, shown: Option<&SecretString>) -> PageResult {
    let visit = &admin.visit;
    let secrets = visit.cx.store.api_key_secrets(key.id, visit.now).await.map_err(|error| visit.failed(&error))?;
    let limits = limits(admin, key).await.map_err(|error| visit.failed(&error))?;
    let frame = admin.frame();
    let page = ApiKeyPage {
        f: &frame,
        path: path_of(key.id),
        key,
        owner,
        state: api_keys::state(key, visit.now),
        disabled: key.disabled.as_ref().map(|disabled| (disabled.at.minute(), why(&disabled.because))),
        leak: LeakRow::of(key),
        must_be_rotated: api_keys::must_be_rotated(key),
        limits,
        secrets: secrets.iter().map(SecretRow::new).collect(),
        overlaps: &OVERLAPS,
        changeable: frame.may(Permission::ApiKeysWrite) && owner.is_below(admin),
        shown,
    };
    admin.send(&frame, Section::ApiKeys, &key.name, &page)
}
