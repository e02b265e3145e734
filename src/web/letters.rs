//! The letters that people are sent: each as text and as HTML, of the same words. Every link in them is made of the
//! issuer, never of what a request says of itself.

use std::time::Duration;

use askama::Template;
use secrecy::{ExposeSecret, SecretString};

use crate::clock::Timestamp;
use crate::domain::events::Origin;
use crate::domain::mail::{Content, Letter, MailKind};
use crate::domain::people::accounts::display_name;
use crate::domain::people::{links, registration};
use crate::ids::PersonId;
use crate::protocol::issuer::Issuer;
use crate::store::Person;
use crate::web::text::{LetterWords, Texts};

/// Where another password is chosen by a link in a mail.
pub const NEW_PASSWORD: &str = "/recover/password";
/// Where such a link is asked for.
pub const RECOVER: &str = "/recover";

/// `templates/mail/letter.txt`
#[derive(Template)]
#[template(path = "mail/letter.txt")]
struct Plain<'a> {
    w: &'a Words<'a>,
}

/// `templates/mail/letter.html`
#[derive(Template)]
#[template(path = "mail/letter.html")]
struct Rich<'a> {
    w: &'a Words<'a>,
}

/// What a letter says.
struct Words<'a> {
    t: &'static Texts,
    subject: &'a str,
    greeting: String,
    intro: String,
    detail: Option<String>,
    action: &'a str,
    link: String,
    good_for: Option<String>,
    note: &'a str,
    issuer: &'a str,
}

/// The letter to whom an account was made for: by the link they choose its password, or another one if they have one.
#[must_use]
pub fn invitation(issuer: &Issuer, person: &Person, token: &SecretString, lifetime: Duration) -> Option<Letter> {
    let t = texts(person);
    let link = links::invitation_url(issuer, token);
    let words = if person.password_hash.is_some() { &t.mail.password_link } else { &t.mail.invitation };
    write(MailKind::Invitation, issuer, person, words, (link, Some(lifetime)))
}

/// The letter to whoever forgot their password: by the link they choose another.
#[must_use]
pub fn recovery(issuer: &Issuer, person: &Person, token: &SecretString, lifetime: Duration) -> Option<Letter> {
    let t = texts(person);
    let link = issuer.join(&format!("{NEW_PASSWORD}?link={}", token.expose_secret()));
    write(MailKind::Recovery, issuer, person, &t.mail.recovery, (link, Some(lifetime)))
}

/// The news that a person's password is another one.
#[must_use]
pub fn password_changed(issuer: &Issuer, person: &Person) -> Option<Letter> {
    let t = texts(person);
    write(MailKind::PasswordChanged, issuer, person, &t.mail.password_changed, (issuer.join(RECOVER), None))
}

/// A way to prove who one is, as a letter names it.
#[derive(Clone, Copy, Debug)]
pub enum Factor<'a> {
    /// An authenticator app of this name.
    App(&'a str),
    /// A passkey of this name.
    Passkey(&'a str),
    /// All of them.
    All,
}

impl Factor<'_> {
    fn words(self, t: &Texts) -> String {
        let words = &t.mail;
        match self {
            Self::App(name) => words.app.with(name),
            Self::Passkey(name) => words.passkey.with(name),
            Self::All => words.all_factors.to_owned(),
        }
    }
}

/// The news that a person has one more way to prove who they are.
#[must_use]
pub fn factor_added(issuer: &Issuer, person: &Person, factor: Factor<'_>) -> Option<Letter> {
    tell(MailKind::FactorAdded, issuer, person, &texts(person).mail.factor_added, &factor.words(texts(person)))
}

/// The news that a person has one less.
#[must_use]
pub fn factor_removed(issuer: &Issuer, person: &Person, factor: Factor<'_>) -> Option<Letter> {
    tell(MailKind::FactorRemoved, issuer, person, &texts(person).mail.factor_removed, &factor.words(texts(person)))
}

/// The news that somebody signed in at a browser where the person had not signed in before.
#[must_use]
pub fn new_device(issuer: &Issuer, person: &Person, origin: &Origin, now: Timestamp) -> Option<Letter> {
    let t = texts(person);
    let device = t.account.devices.words(origin.user_agent.as_deref());
    let place = origin.address.as_ref().map(|address| format!(" · {address}")).unwrap_or_default();
    let detail = format!("{device}{place} · {} UTC", now.minute());
    tell(MailKind::NewDevice, issuer, person, &t.mail.new_device, &detail)
}

/// News of a person's account, with what they can do about it if it was not them.
fn tell(kind: MailKind, issuer: &Issuer, person: &Person, words: &LetterWords, detail: &str) -> Option<Letter> {
    compose(kind, issuer, person, words, ((issuer.join(RECOVER), None), Some(detail)))
}

/// The letter to whom an admin invites: by the link they make an account.
#[must_use]
pub fn registration_invitation(
    issuer: &Issuer,
    address: &str,
    token: &SecretString,
    lifetime: Duration,
) -> Option<Letter> {
    let t = Texts::english();
    let link = (registration::url(issuer, token, ""), Some(lifetime));
    finish(
        MailKind::RegistrationInvitation,
        issuer,
        &To::stranger(address, t),
        &t.mail.register_invitation,
        (link, None),
    )
}

/// The letter to whoever asked for a link by which they make an account, to an address and in the language of the page.
#[must_use]
pub fn registration(
    issuer: &Issuer,
    (address, t): (&str, &'static Texts),
    link: String,
    lifetime: Duration,
) -> Option<Letter> {
    let content = ((link, Some(lifetime)), None);
    finish(MailKind::Registration, issuer, &To::stranger(address, t), &t.mail.registration, content)
}

/// The news that there is an account already with the address with which somebody, perhaps its person, wanted to make one. It
/// names nobody: whoever reads mail there may be somebody else.
#[must_use]
pub fn account_exists(
    issuer: &Issuer,
    (address, t): (&str, &'static Texts),
    person: Option<PersonId>,
) -> Option<Letter> {
    let to = To { person, ..To::stranger(address, t) };
    finish(MailKind::AccountExists, issuer, &to, &t.mail.account_exists, ((issuer.join("/login"), None), None))
}

/// The language of a person's letters: what they chose in their profile, or English.
fn texts(person: &Person) -> &'static Texts {
    Texts::preferring(person.claims.locale.as_deref().unwrap_or_default())
}

/// Whom a letter is for.
struct To<'a> {
    person: Option<PersonId>,
    address: &'a str,
    /// What fills the gap of the words: the username, or where there is no account, the address.
    known_as: &'a str,
    greeting: String,
    t: &'static Texts,
}

impl<'a> To<'a> {
    /// A person, if they have an address.
    fn person(person: &'a Person) -> Option<Self> {
        let t = texts(person);
        Some(Self {
            person: Some(person.id),
            address: person.claims.email.as_deref()?,
            known_as: &person.username,
            greeting: t.mail.greeting.with(visible(display_name(person))),
            t,
        })
    }

    /// Somebody of whom nothing is known but the address. Nothing else of what was typed is written to it.
    fn stranger(address: &'a str, t: &'static Texts) -> Self {
        Self { person: None, address, known_as: address, greeting: t.mail.greeting_nobody.to_owned(), t }
    }
}

/// A letter to a person, if they have an address.
fn write(
    kind: MailKind,
    issuer: &Issuer,
    person: &Person,
    words: &LetterWords,
    link: (String, Option<Duration>),
) -> Option<Letter> {
    compose(kind, issuer, person, words, (link, None))
}

fn compose(
    kind: MailKind,
    issuer: &Issuer,
    person: &Person,
    words: &LetterWords,
    content: ((String, Option<Duration>), Option<&str>),
) -> Option<Letter> {
    finish(kind, issuer, &To::person(person)?, words, content)
}

fn finish(
    kind: MailKind,
    issuer: &Issuer,
    to: &To<'_>,
    words: &LetterWords,
    ((link, good_for), detail): ((String, Option<Duration>), Option<&str>),
) -> Option<Letter> {
    let t = to.t;
    let words = Words {
        t,
        subject: words.subject,
        greeting: to.greeting.clone(),
        intro: words.intro.with(to.known_as),
        detail: detail.map(visible),
        action: words.action,
        link,
        good_for: good_for.map(|length| t.mail.once.with(t.mail.length(length))),
        note: words.note,
        issuer: issuer.as_str(),
    };
    let subject = words.subject.to_owned();
    let (text, html) = (Plain { w: &words }.render().ok()?, Rich { w: &words }.render().ok()?);
    let content = Content { subject, text, html };
    Some(Letter { kind, person: to.person, to: to.address.to_owned(), good_for, content })
}

fn visible(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::protocol::attributes::Attributes;
    use crate::protocol::claims::StandardClaims;

    fn person(name: &str, email: Option<&str>) -> Person {
        let claims = StandardClaims {
            name: Some(name.to_owned()),
            email: email.map(str::to_owned),
            ..StandardClaims::default()
        };
        Person {
            id: PersonId(Uuid::from_u128(1)),
            username: "ada".to_owned(),
            claims,
            attributes: Attributes::default(),
            password_hash: None,
            role: None,
            created_at: Timestamp::from_seconds(1),
            updated_at: Timestamp::from_seconds(1),
            disabled_at: None,
        }
    }

    #[test]
    fn says_the_same_as_text_and_as_html() {
        let issuer = Issuer::parse("https://id.example/tenant").unwrap();
        let token = SecretString::from("clv_link_x");
        let ada = person("Ada Lovelace", Some("ada@example.com"));
        let letter = recovery(&issuer, &ada, &token, Duration::from_mins(30)).unwrap();
        assert_eq!(letter.to, "ada@example.com");
        let link = "https://id.example/tenant/recover/password?link=clv_link_x";
        for text in [&letter.content.text, &letter.content.html] {
            for part in [link, "Ada Lovelace", "ada", "30 minutes"] {
                assert!(text.contains(part), "{part}: {text}");
            }
        }
        assert!(letter.content.text.lines().any(|line| line == link), "{}", letter.content.text);
        assert!(recovery(&issuer, &person("Ada", None), &token, Duration::from_mins(1)).is_none());
    }

    #[test]
    fn names_what_was_added_as_it_is_called() {
        let issuer = Issuer::parse("https://id.example").unwrap();
        let ada = person("Ada", Some("ada@example.com"));
        let letter = factor_added(&issuer, &ada, Factor::Passkey("<b>my\r\nphone")).unwrap();
        assert!(letter.content.text.contains("Passkey: <b>myphone\n"), "{}", letter.content.text);
        assert!(!letter.content.html.contains("<b>my"), "{}", letter.content.html);
    }

    #[test]
    fn writes_to_people_in_their_language() {
        let issuer = Issuer::parse("https://id.example").unwrap();
        let mut ada = person("Ada Lovelace", Some("ada@example.com"));
        let mut subjects = Vec::new();
        for locale in ["de-CH", "ar", "xx"] {
            ada.claims.locale = Some(locale.to_owned());
            let letter = recovery(&issuer, &ada, &SecretString::from("clv_link_x"), Duration::from_mins(30)).unwrap();
            let direction = if locale == "ar" { "dir=\"rtl\"" } else { "dir=\"ltr\"" };
            assert!(letter.content.html.contains(direction), "{}", letter.content.html);
            subjects.push(letter.content.subject);
        }
        assert_eq!(subjects[0], "Wählen Sie ein neues Passwort");
        assert_eq!(subjects[2], "Choose a new password");
    }

    #[test]
    fn gives_no_name_a_way_into_the_letter() {
        let issuer = Issuer::parse("https://id.example").unwrap();
        let eve = person("<a href=\"https://evil.example\">\r\nBcc: all@example.com", Some("eve@example.com"));
        let letter = password_changed(&issuer, &eve).unwrap();
        assert!(!letter.content.html.contains("<a href=\"https://evil"), "{}", letter.content.html);
        assert!(!letter.content.text.contains("\nBcc"), "{}", letter.content.text);
        assert!(!letter.content.subject.contains('<'));
    }
}
