//! `/admin/api-keys`: API keys, the newest first, or those of an owner, in a state, or that nobody uses any more.

use std::time::Duration;

use actix_web::Error;
use askama::Template;

use super::admin::Admin;
use super::api_key::LeakRow;
use super::frame::{Frame, Section};
use super::key_owner::path_of;
use super::listing::{Listing, ROWS};
use super::who::Names;
use crate::clock::Timestamp;
use crate::domain::api_keys::{self, KeyState};
use crate::domain::permission::Permission;
use crate::ids::{ApiKeyId, ClientId, PersonId};
use crate::store::{ApiKey, ApiKeyFilter, ApiKeyPlace, KeyOwner, ListedState, StoreError};
use crate::web::visit::PageResult;

/// A key that nobody has used for so long is one that nobody would miss.
pub(super) const IDLE: Duration = Duration::from_hours(90 * 24);

/// `templates/console/api_keys.html`
#[derive(Template)]
#[template(path = "console/api_keys.html")]
struct ApiKeys<'a> {
    f: &'a Frame,
    rows: Vec<KeyRow<'a>>,
    sought: Sought<'a>,
    /// Whether nobody and no key goes by what was typed.
    unknown: bool,
    next: Option<String>,
}

/// What the form of the list holds.
#[derive(Clone, Copy, Default)]
struct Sought<'a> {
    owner: &'a str,
    state: &'a str,
    idle: bool,
}

/// A key in a list.
struct KeyRow<'a> {
    id: ApiKeyId,
    name: String,
    owner: String,
    owner_path: String,
    owner_needs: Permission,
    beginning: String,
    scope: String,
    used: Option<String>,
    ends: Option<String>,
    state: KeyState,
    leak: Option<LeakRow<'a>>,
}

impl<'a> KeyRow<'a> {
    fn new(key: &'a ApiKey, beginning: Option<&String>, owner: String, now: Timestamp) -> Self {
        let owner_needs = match key.owner {
            KeyOwner::Person(_) => Permission::PeopleRead,
            KeyOwner::Client(_) => Permission::ClientsRead,
        };
        Self {
            id: key.id,
            name: key.name.clone(),
            owner,
            owner_path: path_of(&key.owner),
            owner_needs,
            beginning: beginning.map_or_else(String::new, |beginning| format!("{beginning}…")),
            scope: key.scope.to_string(),
            used: key.last_use.as_ref().map(|used| used.at.minute()),
            ends: key.expires_at.map(Timestamp::minute),
            state: api_keys::state(key, now),
            leak: LeakRow::of(key),
        }
    }
}

/// Whom or what somebody looks for.
enum Found {
    Everything,
    Of(KeyOwner),
    One(Box<ApiKey>),
    Nothing,
}

/// The page.
pub(super) async fn show(admin: Admin) -> PageResult {
    let visit = &admin.visit;
    let query = visit.query()?;
    let field = |name: &str| Ok::<_, Error>(visit.value(&query, name)?.unwrap_or_default().trim());
    let sought = Sought { owner: field("owner")?, state: field("state")?, idle: field("unused")? == "90d" };
    let after = visit.value(&query, "after")?.and_then(|place| place.parse::<ApiKeyPlace>().ok());
    let failed = |error| visit.failed(&error);
    let mut filter = ApiKeyFilter {
        managed_by: admin.only_clients_of(),
        state: state(sought.state, visit.now),
        idle_since: sought.idle.then(|| visit.now - IDLE),
        ..ApiKeyFilter::default()
    };
    let found = find(&admin, sought.owner).await.map_err(failed)?;
    let unknown = matches!(found, Found::Nothing);
    let keys = match found {
        Found::Nothing => Vec::new(),
        Found::One(key) => vec![*key],
        found => {
            filter.owner = if let Found::Of(owner) = found { Some(owner) } else { None };
            visit.cx.store.api_keys_after(&filter, after, ROWS + 1).await.map_err(failed)?
        }
    };
    let listing = Listing::new(keys);
    let next = listing.rows.last().filter(|_| listing.more).map(|last| sought.next(&ApiKeyPlace::of(last)));
    let rows = rows(&admin, &listing.rows).await.map_err(failed)?;
    let frame = admin.frame();
    let page = ApiKeys { f: &frame, rows, sought, unknown, next };
    admin.send(&frame, Section::ApiKeys, "API keys", &page)
}

impl Sought<'_> {
    /// The address of the page after a place.
    fn next(self, place: &ApiKeyPlace) -> String {
        let place = place.to_string();
        let idle = if self.idle { "90d" } else { "" };
        let fields = [("owner", self.owner), ("state", self.state), ("unused", idle), ("after", &place)];
        let set = fields.into_iter().filter(|(_, value)| !value.is_empty());
        format!("/admin/api-keys?{}", url::form_urlencoded::Serializer::new(String::new()).extend_pairs(set).finish())
    }
}

fn state(word: &str, now: Timestamp) -> Option<ListedState> {
    match word {
        "active" => Some(ListedState::Active(now)),
        "disabled" => Some(ListedState::Disabled),
        "leaked" => Some(ListedState::Leaked),
        "expired" => Some(ListedState::Expired(now)),
        _ => None,
    }
}

/// The owner, or the key, that goes by what was typed: a client's identifier, a person's username, address or identifier,
/// or a key's identifier. Each is looked up by an index.
async fn find(admin: &Admin, typed: &str) -> Result<Found, StoreError> {
    let store = &admin.visit.cx.store;
    if typed.is_empty() {
        return Ok(Found::Everything);
    }
    let only = admin.only_clients_of();
    // No other identifier can be registered; PostgreSQL would not even look for a NUL.
    if typed.bytes().all(|byte| byte.is_ascii_graphic())
        && let Some(client) = store.client(&ClientId(typed.to_owned()), admin.visit.now).await?
        && only.is_none_or(|manager| client.managed_by == Some(manager))
    {
        return Ok(Found::Of(KeyOwner::Client(client.id)));
    }
    if only.is_some() || typed.contains('\0') {
        return Ok(Found::Nothing);
    }
    if let Some(person) = store.person_by_login(typed).await? {
        return Ok(Found::Of(KeyOwner::Person(person.id)));
    }
    let Ok(id) = typed.parse::<PersonId>() else { return Ok(Found::Nothing) };
    if let Some(person) = store.person(id).await? {
        return Ok(Found::Of(KeyOwner::Person(person.id)));
    }
    let key = store.api_key(ApiKeyId(id.0)).await?;
    Ok(key.map_or(Found::Nothing, |key| Found::One(Box::new(key))))
}

async fn rows<'a>(admin: &Admin, keys: &'a [ApiKey]) -> Result<Vec<KeyRow<'a>>, StoreError> {
    let (cx, now) = (&admin.visit.cx, admin.visit.now);
    let ids: Vec<_> = keys.iter().map(|key| key.id).collect();
    let beginnings = cx.store.api_key_beginnings(&ids).await?;
    let people = keys.iter().filter_map(|key| if let KeyOwner::Person(id) = key.owner { Some(id) } else { None });
    let names = Names::read(&cx.store, people).await?;
    let mut rows = Vec::with_capacity(keys.len());
    for key in keys {
        let owner = match &key.owner {
            KeyOwner::Person(id) => names.of(*id),
            KeyOwner::Client(id) => {
                let client = cx.clients.find(&cx.store, id, now).await?;
                let name = client.and_then(|client| client.metadata.client_name.clone());
                name.unwrap_or_else(|| id.to_string())
            }
        };
        rows.push(KeyRow::new(key, beginnings.get(&key.id), owner, now));
    }
    Ok(rows)
}
