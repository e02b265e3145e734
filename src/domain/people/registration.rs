//! Accounts that people make by a link: one that they asked for, or by which an admin invites them. The account has the address
//! of the link. Whether that was shown to be theirs depends on how they came by it.

use secrecy::{ExposeSecret, SecretString};

use super::Act;
use super::accounts::{self, AccountProblem, NewPerson};
use super::links::{self, LinkOutcome};
use crate::clock::Timestamp;
use crate::config::{LinksConfig, PeopleConfig};
use crate::domain::events::{Actor, EventKind, NewEvent};
use crate::domain::keys::hashing::TokenHasher;
use crate::protocol::claims::StandardClaims;
use crate::protocol::issuer::Issuer;
use crate::protocol::mail_address::canonical;
use crate::store::{LinkPurpose, Mail, OneTimeLink, RegistrationBy, Result, StoreError};

/// An invitation that was made.
#[derive(Debug)]
pub struct Invitation {
    /// The address of the account.
    pub address: String,
    /// The token of the link to hand over; none where it was mailed and nobody is to hand it over.
    pub token: Option<SecretString>,
    /// Whether it was mailed.
    pub is_mailed: bool,
    /// Until when it can be followed.
    pub expires_at: Timestamp,
}

/// Who is told the link of an invitation besides whom it is mailed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandOver {
    /// Whoever invites, in any case. It is another link than the mailed one: by that alone an address is shown to be somebody's.
    Always,
    /// Whoever invites, where it is not mailed.
    Unmailed,
}

/// An address as accounts have it that are made by a link.
pub fn address(typed: &str) -> std::result::Result<String, AccountProblem> {
    let claims = StandardClaims { email: canonical(typed), ..StandardClaims::default() };
    let is_good = accounts::problems_of_claims(&claims).is_empty();
    claims.email.filter(|_| is_good).ok_or(AccountProblem::EmailMalformed)
}

/// Invites somebody to make an account, by the mail that `letter` makes of it or by a link that is handed over. Earlier links to
/// that address end.
pub async fn invite(
    act: &Act<'_>,
    hasher: &TokenHasher,
    settings: &LinksConfig,
    (typed, hand_over): (&str, HandOver),
    letter: impl FnOnce(&str, &SecretString) -> Option<Mail>,
) -> Result<std::result::Result<Invitation, AccountProblem>> {
    let address = match address(typed) {
        Ok(address) => address,
        Err(problem) => return Ok(Err(problem)),
    };
    if act.store.person_by_login(&address).await?.is_some() {
        return Ok(Err(AccountProblem::EmailTaken));
    }
    let expires_at = act.now + settings.invitation_lifetime;
    let draft = |by| draft(act, hasher, (by, &address), expires_at);
    let (mailed_token, mailed_link) = draft(RegistrationBy::Invitation);
    let mail = letter(&address, &mailed_token);
    let is_mailed = mail.is_some();
    let by_hand = (!is_mailed || hand_over == HandOver::Always).then(|| draft(RegistrationBy::InvitationByHand));
    let (token, handed_link) = by_hand.unzip();
    let links: Vec<_> = mail.is_some().then_some(mailed_link).into_iter().chain(handed_link).collect();
    let event = NewEvent::success(EventKind::LinkMade, act.actor.clone()).detail("purpose", "invitation_to_register");
    let event = act.event(event.detail("address", address.as_str()).detail("mailed", is_mailed));
    let invited = address.clone();
    let made = act.store.write(move |tx| {
        Box::pin(async move {
            tx.delete_registrations_of(&invited).await?;
            for link in &links {
                tx.insert_link(link).await?;
            }
            if let Some(mail) = mail {
                tx.insert_mail(&mail).await?;
            }
            tx.insert_event(event).await
        })
    });
    made.await?;
    Ok(Ok(Invitation { address, token, is_mailed, expires_at }))
}

/// A link by which an account with this address is made, and its token.
pub(super) fn draft(
    act: &Act<'_>,
    hasher: &TokenHasher,
    (by, address): (RegistrationBy, &str),
    expires_at: Timestamp,
) -> (SecretString, OneTimeLink) {
    let (token, link) = links::draft(act, hasher, LinkPurpose::Registration(by), expires_at);
    (token, OneTimeLink { address: Some(address.to_owned()), ..link })
}

/// Whether a link leads to an account as the settings are now. Invitations are bound by no domain.
#[must_use]
pub fn leads_in(link: &OneTimeLink, people: &PeopleConfig) -> bool {
    match link.purpose {
        LinkPurpose::Registration(RegistrationBy::OwnRequest) => people.lets_in(link.address.as_deref()),
        LinkPurpose::Registration(_) => people.takes_invitations(),
        _ => false,
    }
}

/// Whether an admin invited whoever follows a link.
#[must_use]
pub fn is_invitation(link: &OneTimeLink) -> bool {
    let by = [RegistrationBy::Invitation, RegistrationBy::InvitationByHand];
    by.map(LinkPurpose::Registration).contains(&link.purpose)
}

/// Whether whoever follows a link reads mail at its address, because it was sent there and is known to nobody else.
#[must_use]
pub fn shows_address(link: &OneTimeLink) -> bool {
    let by = [RegistrationBy::OwnRequest, RegistrationBy::Invitation];
    by.map(LinkPurpose::Registration).contains(&link.purpose)
}

/// The address to give to whoever may make an account, with what waits for it (`request=…` or `continue=…`).
#[must_use]
pub fn url(issuer: &Issuer, token: &SecretString, waiting: &str) -> String {
    let separator = if waiting.is_empty() { "" } else { "&" };
    issuer.join(&format!("/register?link={}{separator}{waiting}", token.expose_secret()))
}

/// Makes an account by a link, with its address. `new` has no [`NewPerson::problems`]. Other links to that address end.
pub async fn register(act: &Act<'_>, link: &OneTimeLink, new: NewPerson, password_hash: String) -> Result<LinkOutcome> {
    let (LinkPurpose::Registration(by), Some(address)) = (link.purpose, link.address.clone()) else {
        return Ok(LinkOutcome::Spent);
    };
    let email_verified = Some(shows_address(link));
    let claims = StandardClaims { email: Some(address.clone()), email_verified, ..new.claims.clone() };
    let (person, added) = accounts::draft(act, NewPerson { claims, ..new }, Some(password_hash));
    let used = NewEvent::success(EventKind::LinkUsed, Actor::Person(person.id)).person(person.id);
    let used = act.event(used.detail("purpose", by.word()));
    let (now, hash) = (act.now, link.hash);
    let registered = act.store.write(move |tx| {
        Box::pin(async move {
            tx.lock_people().await?;
            match accounts::taken(tx, &person).await? {
                // Somebody has made the account meanwhile.
                Some(AccountProblem::EmailTaken) => return Ok(LinkOutcome::Spent),
                Some(problem) => return Ok(LinkOutcome::Refused(problem)),
                None => {}
            }
            if !tx.use_link(&hash, now).await? {
                return Ok(LinkOutcome::Spent);
            }
            tx.delete_registrations_of(&address).await?;
            tx.insert_person(&person).await?;
            tx.insert_event(used).await?;
            tx.insert_event(added).await?;
            Ok(LinkOutcome::Done(Box::new(person)))
        })
    });
    match registered.await {
        // Somebody was quicker by a moment.
        Err(StoreError::Exists) => Ok(LinkOutcome::Refused(AccountProblem::UsernameTaken)),
        outcome => outcome,
    }
}
