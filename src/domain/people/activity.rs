//! What happened to an account, as far as it is told to whose it is: which events, and as what. What apps do all day with
//! what they were allowed is left out, so that the rest is seen.

use crate::domain::events::EventKind;
use crate::ids::{EventId, PersonId};
use crate::store::{Event, EventFilter, Result, Store};

macro_rules! deeds {
    ($( $(#[$doc:meta])* $name:ident: $kind:ident $outcome:literal; )*) => {
        /// What happened.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Deed { $( $(#[$doc])* $name, )* }

        /// Which events are told: their kind, their outcome, and as what.
        const TOLD: &[(EventKind, &str, Deed)] = &[$( (EventKind::$kind, $outcome, Deed::$name), )*];
    };
}

deeds! {
    /// They signed in.
    SignedIn: SignIn "success";
    /// A sign-in as them failed.
    SignInFailed: SignIn "failure";
    /// So many attempts failed that the next ones wait.
    HeldBack: HeldBack "failure";
    /// Somebody, perhaps they, asked for a mail by which they choose another password.
    RecoveryAsked: RecoveryAsked "success";
    /// Somebody, perhaps they, asked for a mail by which they sign in.
    SignInLinkAsked: SignInLinkAsked "success";
    /// Their address is another one.
    EmailChanged: EmailChanged "success";
    /// They showed that they read mail at their address.
    EmailVerified: EmailVerified "success";
    /// A session of theirs ended.
    SignedOut: SignOut "success";
    /// They signed out everywhere.
    SignedOutEverywhere: SignOutEverywhere "success";
    /// They allowed an app something.
    AppAllowed: Consent "success";
    /// They refused an app something.
    AppDenied: Consent "failure";
    /// What an app was allowed was taken back.
    AppWithdrawn: ConsentWithdrawn "success";
    /// They let a device in.
    DeviceAllowed: DeviceAllowed "success";
    /// They refused a device.
    DeviceDenied: DeviceDenied "success";
    /// A code was presented twice.
    CodeReused: CodeReused "failure";
    /// A refresh token was presented twice.
    TokenReused: RefreshTokenReused "failure";
    /// Their account was made.
    AccountMade: PersonAdded "success";
    /// What is told about them was changed.
    ProfileChanged: PersonUpdated "success";
    /// Their role was changed.
    RoleChanged: RoleChanged "success";
    /// Their account was disabled.
    Disabled: PersonDisabled "success";
    /// Their account was enabled.
    Enabled: PersonEnabled "success";
    /// They fetched a copy of their data.
    DataDownloaded: DataDownloaded "success";
    /// Their password was set.
    PasswordSet: PasswordSet "success";
    /// A passkey was added.
    PasskeyAdded: PasskeyAdded "success";
    /// A passkey was given another name.
    PasskeyRenamed: PasskeyRenamed "success";
    /// A passkey was removed.
    PasskeyRemoved: PasskeyRemoved "success";
    /// They used a passkey.
    PasskeyUsed: PasskeyUsed "success";
    /// They proved it by a second factor.
    SecondFactorUsed: SecondFactor "success";
    /// A second factor was tried in vain.
    SecondFactorFailed: SecondFactor "failure";
    /// A second factor was added.
    FactorAdded: FactorAdded "success";
    /// A second factor was removed.
    FactorRemoved: FactorRemoved "success";
    /// Their second factors were taken away.
    FactorsReset: FactorsReset "success";
    /// An account at another provider was linked.
    ProviderLinked: ProviderLinked "success";
    /// An account at another provider was taken away.
    ProviderUnlinked: ProviderUnlinked "success";
    /// Recovery codes were made.
    CodesMade: RecoveryCodesMade "success";
    /// A link was made for them.
    LinkMade: LinkMade "success";
    /// A link of theirs was used.
    LinkUsed: LinkUsed "success";
    /// They joined a group.
    GroupJoined: GroupJoined "success";
    /// They left a group.
    GroupLeft: GroupLeft "success";
    /// They asked for an approval.
    ApprovalRequested: ApprovalRequested "success";
    /// They were given one.
    ApprovalGiven: ApprovalGiven "success";
    /// They were refused one.
    ApprovalRefused: ApprovalRefused "success";
    /// An approval of theirs was taken back.
    ApprovalWithdrawn: ApprovalWithdrawn "success";
    /// A key of theirs was made.
    KeyMade: ApiKeyAdded "success";
    /// A key of theirs was changed.
    KeyChanged: ApiKeyUpdated "success";
    /// A key of theirs was given another secret.
    KeyRotated: ApiKeyRotated "success";
    /// A key of theirs was disabled.
    KeyDisabled: ApiKeyDisabled "success";
    /// A key of theirs was enabled.
    KeyEnabled: ApiKeyEnabled "success";
    /// A key of theirs was deleted.
    KeyDeleted: ApiKeyDeleted "success";
    /// A key of theirs was found in public.
    KeyLeaked: ApiKeyLeaked "success";
}

/// Of which nothing is told. What is new stands here or among the deeds.
pub const NOT_TOLD: &[EventKind] = {
    use EventKind::{
        AccessChanged, ApiKeyRefused, AuthorizationRefused, ClientAdded, ClientAuthentication, ClientDeleted,
        ClientDisabled, ClientEnabled, ClientRegistered, ClientSecretRotated, ClientTried, ClientUpdated, CodeIssued,
        CodeRedeemed, DeviceAsked, DeviceRedeemed, EndedTokenUsed, GroupAdded, GroupDeleted, GroupUpdated,
        IdTokenIssued, KeyAdded, KeyRetired, KeyRotated, LogoutDelayed, LogoutDelivered, LogoutFailed, MailDelayed,
        MailFailed, PersonDeleted, RegistrationAsked, RegistrationTokenAdded, RegistrationTokenDeleted, ResourceAdded,
        ResourceDeleted, ResourceUpdated, ScopeAdded, ScopeDeleted, ScopeUpdated, TokenExchangeRefused, TokenRefreshed,
        TokenRevoked, UserCodeEntered,
    };
    &[
        // What apps, devices and scripts do all day with what they were allowed, and what becomes of it.
        AuthorizationRefused,
        CodeIssued,
        IdTokenIssued,
        CodeRedeemed,
        DeviceAsked,
        UserCodeEntered,
        DeviceRedeemed,
        TokenRefreshed,
        TokenExchangeRefused,
        EndedTokenUsed,
        TokenRevoked,
        ApiKeyRefused,
        LogoutDelivered,
        LogoutDelayed,
        LogoutFailed,
        MailDelayed,
        MailFailed,
        // What is about clients, groups, resources and keys of the server, and about nobody's account.
        ClientAuthentication,
        ClientAdded,
        ClientRegistered,
        ClientUpdated,
        ClientSecretRotated,
        ClientDisabled,
        ClientEnabled,
        ClientDeleted,
        ClientTried,
        RegistrationTokenAdded,
        RegistrationTokenDeleted,
        GroupAdded,
        GroupUpdated,
        GroupDeleted,
        AccessChanged,
        ResourceAdded,
        ResourceUpdated,
        ResourceDeleted,
        ScopeAdded,
        ScopeUpdated,
        ScopeDeleted,
        KeyAdded,
        KeyRotated,
        KeyRetired,
        // Nobody is left who could be told.
        PersonDeleted,
        // Nobody has the account yet; and whoever has one is told by mail.
        RegistrationAsked,
    ]
};

/// What strangers try with an account: from where they do is told, so that its person knows whether it was they.
const ATTEMPTS: [EventKind; 5] = [
    EventKind::SignIn,
    EventKind::SecondFactor,
    EventKind::HeldBack,
    EventKind::RecoveryAsked,
    EventKind::SignInLinkAsked,
];

/// Who did it, as far as the person is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// They themselves.
    Themselves,
    /// Somebody of whom nothing is known: perhaps they.
    Somebody,
    /// Somebody who administers the server.
    Administrator,
    /// An app.
    App,
    /// The server by itself.
    Server,
}

/// As what an event is told, if it is.
#[must_use]
pub fn deed(event: &Event) -> Option<Deed> {
    let told = |(kind, outcome, _): &&(EventKind, &str, Deed)| kind.word() == event.kind && *outcome == event.outcome;
    TOLD.iter().find(told).map(|(_, _, deed)| *deed)
}

/// Who did it, seen by `person`.
#[must_use]
pub fn by(event: &Event, person: PersonId) -> By {
    match event.actor.split_once(':') {
        Some(("person", id)) if id == person.to_string() => By::Themselves,
        Some(("client", _)) => By::App,
        // Whoever makes an account of their own is nobody yet.
        None if event.actor == "anonymous" && event.kind == EventKind::PersonAdded.word() => By::Themselves,
        None if event.actor == "anonymous" => By::Somebody,
        None if event.actor == "system" => By::Server,
        _ => By::Administrator,
    }
}

/// Whether `person` is told from where it was done, and with which program: what they did themselves, and what was tried
/// with their account. The rest is for whoever did it to tell.
#[must_use]
pub fn is_place_told(event: &Event, person: PersonId) -> bool {
    match by(event, person) {
        // Whoever reports a key may well be its owner; the report is of somebody who holds it.
        By::Themselves => event.kind != EventKind::ApiKeyLeaked.word(),
        By::Somebody => ATTEMPTS.iter().any(|kind| kind.word() == event.kind),
        By::Administrator | By::App | By::Server => false,
    }
}

/// Up to `limit` of the events that `person` is told, the latest first; those before `before`.
pub async fn activity(store: &Store, person: PersonId, before: Option<EventId>, limit: u64) -> Result<Vec<Event>> {
    let mut kinds: Vec<_> = TOLD.iter().map(|(kind, ..)| kind.word()).collect();
    kinds.dedup();
    let filter = EventFilter { kinds, person_id: Some(person), before, ..EventFilter::default() };
    store.events(&filter, limit).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{TestEntropy, Timestamp};
    use crate::domain::events::{Actor, EVENT_WORDS, NewEvent, Origin};
    use crate::ids::ClientId;

    fn event(new: NewEvent) -> Event {
        new.at(Timestamp::default(), &TestEntropy::from_seed(1), &Origin::default())
    }

    #[test]
    fn tells_a_failure_as_another_deed() {
        let told = |new| deed(&event(new));
        assert_eq!(told(NewEvent::success(EventKind::SignIn, Actor::Anonymous)), Some(Deed::SignedIn));
        assert_eq!(told(NewEvent::failure(EventKind::SignIn, Actor::Anonymous, "x")), Some(Deed::SignInFailed));
        assert_eq!(told(NewEvent::success(EventKind::TokenRefreshed, Actor::System)), None);
        assert_eq!(told(NewEvent::failure(EventKind::SignOut, Actor::System, "x")), None);
    }

    #[test]
    fn decides_about_every_kind_of_event() {
        for word in EVENT_WORDS {
            let told = TOLD.iter().any(|(kind, ..)| kind.word() == *word);
            let not_told = NOT_TOLD.iter().filter(|kind| kind.word() == *word).count();
            assert_eq!(usize::from(told) + not_told, 1, "{word}: among the deeds, or once in NOT_TOLD");
        }
    }

    /// Where others were is theirs to know, but not where somebody was who tried to be this person.
    #[test]
    fn tells_a_place_of_ones_own_deeds_and_of_attempts() {
        let (ada, eve) = (PersonId(uuid::Uuid::from_u128(1)), PersonId(uuid::Uuid::from_u128(2)));
        let app = Actor::Client(ClientId("app".to_owned()));
        for (kind, actor, told) in [
            (EventKind::Consent, Actor::Person(ada), true),
            (EventKind::PersonAdded, Actor::Anonymous, true),
            (EventKind::SignIn, Actor::Anonymous, true),
            (EventKind::SecondFactor, Actor::Person(ada), true),
            (EventKind::HeldBack, Actor::Anonymous, true),
            (EventKind::RecoveryAsked, Actor::Anonymous, true),
            (EventKind::SignInLinkAsked, Actor::Anonymous, true),
            (EventKind::CodeReused, app.clone(), false),
            (EventKind::RefreshTokenReused, app, false),
            (EventKind::EndedTokenUsed, Actor::Anonymous, false),
            (EventKind::ApiKeyRefused, Actor::Anonymous, false),
            (EventKind::ApiKeyLeaked, Actor::Anonymous, false),
            (EventKind::ApiKeyLeaked, Actor::Person(ada), false),
            (EventKind::PersonUpdated, Actor::Person(eve), false),
            (EventKind::PasswordSet, Actor::Operator, false),
            (EventKind::SignOut, Actor::System, false),
        ] {
            let done = event(NewEvent::success(kind, actor.clone()).person(ada));
            assert_eq!(is_place_told(&done, ada), told, "{kind:?} by {actor:?}");
        }
    }

    #[test]
    fn names_no_other_person() {
        let (ada, eve) = (PersonId(uuid::Uuid::from_u128(1)), PersonId(uuid::Uuid::from_u128(2)));
        for (actor, expected) in [
            (Actor::Person(ada), By::Themselves),
            (Actor::Person(eve), By::Administrator),
            (Actor::Operator, By::Administrator),
            (Actor::Client(ClientId("app".to_owned())), By::App),
            (Actor::System, By::Server),
            (Actor::Anonymous, By::Somebody),
        ] {
            assert_eq!(by(&event(NewEvent::success(EventKind::SignOut, actor.clone())), ada), expected, "{actor:?}");
        }
    }
}
