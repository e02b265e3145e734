//! A copy of everything that is held about a person, for themselves: no hash, no secret, and nothing of anybody else. Events
//! come last and a page at a time, so that all of them are in it and the longest history never sits in memory.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::activity::{By, by, is_place_told};
use super::email;
use crate::clock::Timestamp;
use crate::domain::events::EventKind;
use crate::domain::mail::MailKind;
use crate::ids::{EventId, PersonId};
use crate::protocol::issuer::Issuer;
use crate::store::{
    ApiKey, ApiKeyFilter, ApprovalRequest, AuthenticatorApp, Authorization, Event, EventFilter, Grant, KeyOwner, Mail,
    Passkey, Person, Picture, ProviderAccount, RequestState, Result, Session, Store,
};

/// The tables in which something of a person can stand, and as which member it is told; or why it is not.
pub const TABLES: &[(&str, Told)] = &[
    ("people", Told::As("account")),
    ("pictures", Told::As("pictures")),
    ("sessions", Told::As("sessions")),
    ("grants", Told::As("apps")),
    ("authorizations", Told::As("access")),
    ("group_members", Told::As("groups")),
    ("approvals", Told::Not("what admins decided about apps; the person's own question is told")),
    ("approval_requests", Told::As("approval_requests")),
    ("api_keys", Told::As("api_keys")),
    ("authenticator_apps", Told::As("authenticator_apps")),
    ("recovery_codes", Told::As("recovery_codes_left")),
    ("passkeys", Told::As("passkeys")),
    ("provider_accounts", Told::As("provider_accounts")),
    ("events", Told::As("events")),
    ("clients", Told::As("managed_clients")),
    ("access_tokens", Told::Not("keyed hashes of what is told as access")),
    ("one_time_links", Told::Not("keyed hashes of links, which end by themselves")),
    ("mails", Told::As("mails")),
    ("logout_deliveries", Told::Not("a queue that is empty after a day at most")),
];

/// How a table is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// As this member.
    As(&'static str),
    /// Not at all, for this reason.
    Not(&'static str),
}

/// Events that are read at a time.
const PAGE: u64 = 500;
/// The most keys and clients in a copy: more than anybody can have.
const MOST: u64 = 1_000;

/// A copy under way: one JSON document, a part after another.
pub struct OwnCopy {
    store: Store,
    person: PersonId,
    before: Option<EventId>,
    state: State,
}

enum State {
    /// This comes before the events.
    Begun(String),
    /// The first events were sent.
    UnderWay,
    Done,
}

impl OwnCopy {
    /// The copy of what is held about `person`.
    pub async fn begin(store: Store, issuer: &Issuer, person: &Person, now: Timestamp) -> Result<Self> {
        let rest = everything_but_events(&store, issuer, person, now).await?;
        let state = State::Begun(format!("{rest:#}"));
        Ok(Self { store, person: person.id, before: None, state })
    }

    /// The next part of the file; `None` after the last.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        let begun = match std::mem::replace(&mut self.state, State::UnderWay) {
            State::Begun(rest) => Some(rest),
            State::UnderWay => None,
            State::Done => {
                self.state = State::Done;
                return Ok(None);
            }
        };
        let filter = EventFilter { person_id: Some(self.person), before: self.before, ..EventFilter::default() };
        let page = self.store.events(&filter, PAGE).await?;
        let events: Vec<_> = page.iter().map(|one| format!("\n    {}", event(one, self.person))).collect();
        let mut part = match &begun {
            Some(rest) => format!("{},\n  \"events\": [", rest.strip_suffix("\n}").unwrap_or(rest)),
            None if events.is_empty() => String::new(),
            None => ",".to_owned(),
        };
        part.push_str(&events.join(","));
        self.before = page.last().map(|event| event.id).or(self.before);
        if u64::try_from(page.len()).is_ok_and(|found| found < PAGE) {
            part.push_str("\n  ]\n}\n");
            self.state = State::Done;
        }
        Ok(Some(part.into_bytes()))
    }
}

async fn everything_but_events(store: &Store, issuer: &Issuer, person: &Person, now: Timestamp) -> Result<Value> {
    let id = person.id;
    let keys = ApiKeyFilter { owner: Some(KeyOwner::Person(id)), ..ApiKeyFilter::default() };
    let groups = store.groups_of(id).await?;
    let clients = store.clients_after(Some(id), None, MOST).await?;
    Ok(json!({
        "issuer": issuer.as_str(),
        "made_at": now.to_rfc3339(),
        "account": account(person),
        "pictures": store.picture_of(id).await?.iter().map(picture).collect::<Vec<_>>(),
        "groups": groups.iter().map(|group| json!({ "name": group.name, "description": group.description })).collect::<Vec<_>>(),
        "sessions": store.sessions_of(id, now).await?.iter().map(session).collect::<Vec<_>>(),
        "apps": store.grants_of(id).await?.iter().map(grant).collect::<Vec<_>>(),
        "access": store.authorizations_of(id).await?.iter().map(access).collect::<Vec<_>>(),
        "approval_requests": store.approval_requests_of(id).await?.iter().map(request).collect::<Vec<_>>(),
        "api_keys": store.api_keys_after(&keys, None, MOST).await?.iter().map(api_key).collect::<Vec<_>>(),
        "authenticator_apps": store.authenticator_apps_of(id).await?.iter().map(authenticator_app).collect::<Vec<_>>(),
        "recovery_codes_left": store.recovery_codes_left(id).await?,
        "passkeys": store.passkeys_of(id).await?.iter().map(passkey).collect::<Vec<_>>(),
        "mails": store.mails_of(id).await?.iter().filter(|mail| is_told(mail, person)).map(mail).collect::<Vec<_>>(),
        "provider_accounts": store.provider_accounts_of(id).await?.iter().map(provider_account).collect::<Vec<_>>(),
        "managed_clients": clients.iter().map(|client| client.id.to_string()).collect::<Vec<_>>(),
    }))
}

fn picture(picture: &Picture) -> Value {
    let bytes = STANDARD.encode(&picture.jpeg);
    json!({
        "address": picture.address,
        "created_at": picture.created_at.to_rfc3339(),
        "jpeg": format!("data:image/jpeg;base64,{bytes}"),
    })
}

fn account(person: &Person) -> Value {
    json!({
        "id": person.id.to_string(),
        "username": person.username,
        "claims": person.claims,
        "attributes": person.attributes.to_json(),
        "role": person.role.map(crate::store::Role::word),
        "has_password": person.password_hash.is_some(),
        "created_at": person.created_at.to_rfc3339(),
        "updated_at": person.updated_at.to_rfc3339(),
    })
}

fn session(session: &Session) -> Value {
    json!({
        "sid": session.sid.to_string(),
        "remember": session.remember,
        "address": session.address,
        "user_agent": session.user_agent,
        "created_at": session.created_at.to_rfc3339(),
        "last_seen_at": session.last_seen_at.to_rfc3339(),
        "expires_at": session.expires_at.to_rfc3339(),
    })
}

fn passkey(passkey: &Passkey) -> Value {
    json!({
        "name": passkey.name,
        "credential_id": URL_SAFE_NO_PAD.encode(&passkey.credential_id),
        "synced": passkey.synced,
        "created_at": passkey.created_at.to_rfc3339(),
        "last_used_at": passkey.last_used_at.map(Timestamp::to_rfc3339),
    })
}

/// Of tokens from there only that they are kept: they are of no use to anybody but this server.
fn provider_account(account: &ProviderAccount) -> Value {
    json!({
        "provider": account.provider,
        "subject": account.subject,
        "label": account.label,
        "tokens_kept": account.tokens.is_some(),
        "linked_at": account.linked_at.to_rfc3339(),
        "last_used_at": account.last_used_at.to_rfc3339(),
    })
}

fn grant(grant: &Grant) -> Value {
    json!({
        "client_id": grant.client_id.to_string(),
        "scope": grant.scope.to_string(),
        "declined": grant.declined.to_string(),
        "claims": grant.claims.to_string(),
        "created_at": grant.created_at.to_rfc3339(),
        "last_used_at": grant.last_used_at.to_rfc3339(),
    })
}

fn access(given: &Authorization) -> Value {
    json!({
        "client_id": given.client_id.to_string(),
        "sub": given.sub,
        "sid": given.sid.to_string(),
        "scope": given.scope.to_string(),
        "amr": given.amr,
        "acr": given.acr,
        "auth_time": given.auth_time.to_rfc3339(),
        "created_at": given.created_at.to_rfc3339(),
        "last_used_at": given.last_used_at.to_rfc3339(),
        "expires_at": given.expires_at.to_rfc3339(),
        "revoked_at": given.revoked.as_ref().map(|revoked| revoked.at.to_rfc3339()),
    })
}

fn request(request: &ApprovalRequest) -> Value {
    let state = match request.state {
        RequestState::Passed => "passed",
        RequestState::Waiting => "waiting",
        RequestState::Approved => "approved",
        RequestState::Refused => "refused",
    };
    json!({
        "client_id": request.client_id.to_string(),
        "scope": request.scope.to_string(),
        "reason": request.reason,
        "state": state,
        "answer": request.answer,
        "asked_at": request.asked_at.to_rfc3339(),
    })
}

fn api_key(key: &ApiKey) -> Value {
    let time = Timestamp::to_rfc3339;
    json!({
        "id": key.id.to_string(),
        "name": key.name,
        "scope": key.scope.to_string(),
        "resources": key.resources,
        "addresses": key.addresses.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "created_at": time(key.created_at),
        "expires_at": key.expires_at.map(time),
        "disabled_at": key.disabled.as_ref().map(|disabled| time(disabled.at)),
        "last_used_at": key.last_use.as_ref().map(|used| time(used.at)),
    })
}

fn authenticator_app(app: &AuthenticatorApp) -> Value {
    json!({ "name": app.name, "confirmed_at": app.confirmed_at.to_rfc3339() })
}

/// Whether a link was written to an address tells whether somebody else has it: not of one that is not theirs yet.
fn is_told(mail: &Mail, person: &Person) -> bool {
    mail.kind != MailKind::EmailVerification.word() || email::has(person, &mail.recipient)
}

/// What it says is gone with its sending, and as long as it waits it holds a link that is worth an account.
fn mail(mail: &Mail) -> Value {
    json!({
        "kind": mail.kind,
        "recipient": mail.recipient,
        "state": mail.state.word(),
        "reason": mail.reason,
        "created_at": mail.created_at.to_rfc3339(),
        "forgotten_at": mail.forgotten_at.to_rfc3339(),
    })
}

/// Who else had a hand in it, and from where, is not the person's data.
fn event(event: &Event, person: PersonId) -> Value {
    let by = by(event, person);
    let is_told = is_place_told(event, person);
    let mut details = event.details.clone();
    if let Some(details) = details.as_object_mut().filter(|_| event.kind == EventKind::ApiKeyRefused.word()) {
        details.remove("from");
    }
    json!({
        "at": event.at.to_rfc3339(),
        "kind": event.kind,
        "outcome": event.outcome,
        "reason": event.reason,
        "by": match by {
            By::Themselves => "you",
            By::Somebody => "somebody",
            By::Administrator => "administrator",
            By::App => "app",
            By::Server => "server",
        },
        "client_id": event.client_id.as_ref().map(ToString::to_string),
        "address": event.address.as_ref().filter(|_| is_told),
        "user_agent": event.user_agent.as_ref().filter(|_| is_told),
        "details": details,
    })
}
