//! What happened: an event for every security-relevant act, in the append-only table and in the log.
//!
//! An event that belongs to a write is inserted in its transaction, so that neither exists without the other. It names
//! who did what to whom, from where; never a token, code, password or secret.

use serde_json::{Map, Value};

use crate::clock::{Entropy, Timestamp};
use crate::ids::{ClientId, EventId, PersonId};
use crate::store::{Event, Store};

macro_rules! event_kinds {
    ($( $(#[$doc:meta])* $name:ident = $word:literal; )*) => {
        /// The names of every kind, as [`EventKind::word`] gives them.
        pub const EVENT_WORDS: &[&str] = &[$( $word, )*];

        /// What kind of thing happened.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum EventKind { $( $(#[$doc])* $name, )* }

        impl EventKind {
            /// Its name in the table, in the log and in metrics.
            #[must_use]
            pub const fn word(self) -> &'static str { match self { $( Self::$name => $word, )* } }
        }
    };
}

event_kinds! {
    /// Somebody signed in, or failed to.
    SignIn = "sign_in";
    /// Somebody was wrong too often, and has to wait.
    HeldBack = "held_back";
    /// Somebody signed out.
    SignOut = "sign_out";
    /// Somebody signed out everywhere, with all that apps held of them.
    SignOutEverywhere = "sign_out_everywhere";
    /// An app was told that a session had ended.
    LogoutDelivered = "logout_delivered";
    /// An app could not be told that a session had ended: it is tried again.
    LogoutDelayed = "logout_delayed";
    /// An app was not told that a session had ended, and will not be.
    LogoutFailed = "logout_failed";
    /// Somebody allowed an app something, or refused.
    Consent = "consent";
    /// What an app was allowed was taken back, with all that it held by it.
    ConsentWithdrawn = "consent_withdrawn";
    /// An authorization request was refused.
    AuthorizationRefused = "authorization_refused";
    /// A code was issued.
    CodeIssued = "code_issued";
    /// An ID token was issued at the authorization endpoint, without a code.
    IdTokenIssued = "id_token_issued";
    /// A code was redeemed, or could not be.
    CodeRedeemed = "code_redeemed";
    /// A code was presented again: its authorization was revoked.
    CodeReused = "code_reused";
    /// A device asked for codes, to be answered elsewhere.
    DeviceAsked = "device_asked";
    /// Somebody typed a user code that no device waits for.
    UserCodeEntered = "user_code_entered";
    /// Somebody allowed a device what it asked for, or could not.
    DeviceAllowed = "device_allowed";
    /// Somebody refused a device what it asked for.
    DeviceDenied = "device_denied";
    /// A device fetched its tokens, or could not.
    DeviceRedeemed = "device_redeemed";
    /// A refresh token was used, or could not be.
    TokenRefreshed = "token_refreshed";
    /// A used refresh token was presented again: its authorization was revoked.
    RefreshTokenReused = "refresh_token_reused";
    /// A client wanted to exchange a token that is none of its business.
    TokenExchangeRefused = "token_exchange_refused";
    /// A token was presented after its authorization had been revoked, for the reason that is given.
    EndedTokenUsed = "ended_token_used";
    /// A token was revoked.
    TokenRevoked = "token_revoked";
    /// A client failed to authenticate.
    ClientAuthentication = "client_authentication";
    /// A client was registered.
    ClientAdded = "client_added";
    /// A client registered itself.
    ClientRegistered = "client_registered";
    /// A token was made by which clients register themselves.
    RegistrationTokenAdded = "registration_token_added";
    /// Such a token was deleted.
    RegistrationTokenDeleted = "registration_token_deleted";
    /// A client's registration changed.
    ClientUpdated = "client_updated";
    /// A client was given a new secret.
    ClientSecretRotated = "client_secret_rotated";
    /// A client was disabled.
    ClientDisabled = "client_disabled";
    /// A client was enabled again.
    ClientEnabled = "client_enabled";
    /// A client was deleted.
    ClientDeleted = "client_deleted";
    /// An admin ran an authorization or token request in the place of a client.
    ClientTried = "client_tried";
    /// A person was added.
    PersonAdded = "person_added";
    /// What is told about a person changed.
    PersonUpdated = "person_updated";
    /// A person was given another role, or lost theirs.
    RoleChanged = "role_changed";
    /// A person was disabled.
    PersonDisabled = "person_disabled";
    /// A person was enabled again.
    PersonEnabled = "person_enabled";
    /// A person was deleted.
    PersonDeleted = "person_deleted";
    /// A person fetched a copy of all that is known about them.
    DataDownloaded = "data_downloaded";
    /// A passkey was added to a person's account.
    PasskeyAdded = "passkey_added";
    /// A passkey was given another name.
    PasskeyRenamed = "passkey_renamed";
    /// A passkey was removed.
    PasskeyRemoved = "passkey_removed";
    /// A person proved by a passkey who they are.
    PasskeyUsed = "passkey_used";
    /// A person's password was set.
    PasswordSet = "password_set";
    /// Somebody proved who they are by a second factor, or failed to.
    SecondFactor = "second_factor";
    /// A person was given a second factor.
    FactorAdded = "factor_added";
    /// A person gave a second factor up.
    FactorRemoved = "factor_removed";
    /// Every second factor of a person was taken from them.
    FactorsReset = "factors_reset";
    /// A person was given recovery codes.
    RecoveryCodesMade = "recovery_codes_made";
    /// An invitation or set-up link was made.
    LinkMade = "link_made";
    /// An invitation or set-up link was used.
    LinkUsed = "link_used";
    /// Somebody asked for a mail by which they choose another password.
    RecoveryAsked = "recovery_asked";
    /// Somebody asked for a mail by which they sign in.
    SignInLinkAsked = "sign_in_link_asked";
    /// A person has another address, or has their old one back.
    EmailChanged = "email_changed";
    /// A person showed that they read mail at their address.
    EmailVerified = "email_verified";
    /// Somebody asked for a mail by which they make an account.
    RegistrationAsked = "registration_asked";
    /// A mail could not be sent: it is tried again.
    MailDelayed = "mail_delayed";
    /// A mail was given up.
    MailFailed = "mail_failed";
    /// A person's account at another provider was linked with theirs here.
    ProviderLinked = "provider_linked";
    /// A person took an account at another provider away from theirs here.
    ProviderUnlinked = "provider_unlinked";
    /// A group of people was made.
    GroupAdded = "group_added";
    /// A group's name or description changed.
    GroupUpdated = "group_updated";
    /// A group was deleted.
    GroupDeleted = "group_deleted";
    /// A person was taken into a group.
    GroupJoined = "group_joined";
    /// A person left a group.
    GroupLeft = "group_left";
    /// Who may use an app changed.
    AccessChanged = "access_changed";
    /// A person asked the admins to approve what an app wants.
    ApprovalRequested = "approval_requested";
    /// An admin refused what a person had asked for.
    ApprovalRefused = "approval_refused";
    /// An admin approved what an app wants.
    ApprovalGiven = "approval_given";
    /// An admin took an approval back.
    ApprovalWithdrawn = "approval_withdrawn";
    /// An API key was made.
    ApiKeyAdded = "api_key_added";
    /// What an API key may do changed.
    ApiKeyUpdated = "api_key_updated";
    /// An API key was given another secret.
    ApiKeyRotated = "api_key_rotated";
    /// An API key was disabled.
    ApiKeyDisabled = "api_key_disabled";
    /// An API key was enabled again.
    ApiKeyEnabled = "api_key_enabled";
    /// An API key was deleted.
    ApiKeyDeleted = "api_key_deleted";
    /// An API key was found in public, and disabled.
    ApiKeyLeaked = "api_key_leaked";
    /// An API key that is good was refused, for the reason that is given.
    ApiKeyRefused = "api_key_refused";
    /// A resource was registered.
    ResourceAdded = "resource_added";
    /// A resource changed.
    ResourceUpdated = "resource_updated";
    /// A resource was deleted.
    ResourceDeleted = "resource_deleted";
    /// A scope was registered.
    ScopeAdded = "scope_added";
    /// A scope changed.
    ScopeUpdated = "scope_updated";
    /// A scope was deleted.
    ScopeDeleted = "scope_deleted";
    /// A signing key was made.
    KeyAdded = "key_added";
    /// Signing keys were rotated.
    KeyRotated = "key_rotated";
    /// A signing key was taken out of use at once.
    KeyRetired = "key_retired";
}

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A person who is signed in.
    Person(PersonId),
    /// A client that has authenticated.
    Client(ClientId),
    /// Whoever types commands on the server's machine.
    Operator,
    /// The server itself.
    System,
    /// Nobody that we know.
    Anonymous,
}

impl Actor {
    fn text(&self) -> String {
        match self {
            Self::Person(id) => format!("person:{id}"),
            Self::Client(id) => format!("client:{id}"),
            Self::Operator => "operator".to_owned(),
            Self::System => "system".to_owned(),
            Self::Anonymous => "anonymous".to_owned(),
        }
    }
}

/// Where a request came from.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The client's address, as far as trusted proxies tell.
    pub address: Option<String>,
    /// The `User-Agent` header, shortened.
    pub user_agent: Option<String>,
    /// The request's identifier in the log, which is also the error id on pages.
    pub request_id: Option<String>,
}

/// Something that happened, before it is given its identifier and time.
#[derive(Clone, Debug)]
pub struct NewEvent {
    kind: EventKind,
    failure: Option<String>,
    actor: Actor,
    person_id: Option<PersonId>,
    client_id: Option<ClientId>,
    details: Map<String, Value>,
}

impl NewEvent {
    /// Something that was done, by whom.
    #[must_use]
    pub fn success(kind: EventKind, actor: Actor) -> Self {
        Self { kind, failure: None, actor, person_id: None, client_id: None, details: Map::new() }
    }

    /// Something that failed, by whom and why.
    #[must_use]
    pub fn failure(kind: EventKind, actor: Actor, reason: impl Into<String>) -> Self {
        Self { failure: Some(reason.into()), ..Self::success(kind, actor) }
    }

    /// Whom it is about.
    #[must_use]
    pub fn person(self, id: PersonId) -> Self {
        Self { person_id: Some(id), ..self }
    }

    /// Which client it is about.
    #[must_use]
    pub fn client(self, id: &ClientId) -> Self {
        Self { client_id: Some(id.clone()), ..self }
    }

    /// Something else that the operator may want to know. Never a secret.
    #[must_use]
    pub fn detail(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.details.insert(name.to_owned(), value.into());
        self
    }

    /// Completes the event, writes it to the log, and answers the row to insert.
    #[must_use]
    pub fn at(self, now: Timestamp, entropy: &dyn Entropy, origin: &Origin) -> Event {
        let event = Event {
            id: EventId(entropy.uuid_at(now)),
            at: now,
            kind: self.kind.word().to_owned(),
            outcome: if self.failure.is_some() { "failure" } else { "success" }.to_owned(),
            reason: self.failure,
            actor: self.actor.text(),
            person_id: self.person_id,
            client_id: self.client_id,
            address: origin.address.clone(),
            user_agent: origin.user_agent.clone(),
            request_id: origin.request_id.clone(),
            details: Value::Object(self.details),
        };
        log(&event);
        event
    }
}

fn log(event: &Event) {
    tracing::info!(
        target: "claviger::event",
        kind = event.kind,
        outcome = event.outcome,
        reason = event.reason,
        actor = event.actor,
        client = event.client_id.as_ref().map(ClientId::as_str),
        address = event.address,
        request_id = event.request_id,
        details = %event.details,
    );
}

/// Writes an event that belongs to no other write. A database that fails is logged, not reported: the act itself has
/// been answered or refused already.
pub async fn record(store: &Store, event: Event) {
    let written = store.write(move |tx| Box::pin(async move { tx.insert_event(event).await })).await;
    if let Err(error) = written {
        tracing::error!(%error, "an event could not be written");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::TestEntropy;

    #[test]
    fn names_who_did_what_and_why_it_failed() {
        let client = ClientId("app".to_owned());
        let origin = Origin { address: Some("192.0.2.1".to_owned()), ..Origin::default() };
        let event = NewEvent::failure(EventKind::CodeRedeemed, Actor::Client(client.clone()), "expired")
            .client(&client)
            .detail("scope", "openid")
            .at(Timestamp::from_seconds(5), &TestEntropy::from_seed(1), &origin);
        assert_eq!((event.kind.as_str(), event.outcome.as_str()), ("code_redeemed", "failure"));
        assert_eq!(event.actor, "client:app");
        assert_eq!(event.reason.as_deref(), Some("expired"));
        assert_eq!(event.address.as_deref(), Some("192.0.2.1"));
        assert_eq!(event.details["scope"], "openid");
    }
}
