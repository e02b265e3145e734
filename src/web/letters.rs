//! The letters that people are sent: each as text and as HTML, of the same words. Every link in them is made of the
//! issuer, never of what a request says of itself.

use std::time::Duration;

use askama::Template;
use secrecy::{ExposeSecret, SecretString};

use crate::domain::mail::{Content, Letter, MailKind};
use crate::domain::people::accounts::display_name;
use crate::domain::people::links;
use crate::protocol::issuer::Issuer;
use crate::store::Person;
use crate::web::text::{LetterWords, Texts};

/// Where another password is chosen by a link in a mail.
pub const NEW_PASSWORD: &str = "/recover/password";
/// Where such a link is asked for.
pub const RECOVER: &str = "/recover";

/// A person's own address, and another one in its place.
pub const EMAIL: &str = "/account/email";
/// Where a link leads that was sent to such an address.
pub const EMAIL_LINK: &str = "/account/email/confirm";
/// Where a change of address is undone.
pub const EMAIL_UNDO: &str = "/account/email/undo";

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
    action: &'a str,
    link: String,
    good_for: Option<String>,
    detail: Option<&'a str>,
    note: &'a str,
    issuer: &'a str,
}

/// The letter to whom an account was made for: by the link they choose its password.
#[must_use]
pub fn invitation(issuer: &Issuer, person: &Person, token: &SecretString, lifetime: Duration) -> Option<Letter> {
    let t = Texts::english();
    let link = links::invitation_url(issuer, token);
    write(MailKind::Invitation, issuer, person, &t.mail.invitation, (link, Some(lifetime)))
}

/// The letter to whoever forgot their password: by the link they choose another.
#[must_use]
pub fn recovery(issuer: &Issuer, person: &Person, token: &SecretString, lifetime: Duration) -> Option<Letter> {
    let t = Texts::english();
    let link = issuer.join(&format!("{NEW_PASSWORD}?link={}", token.expose_secret()));
    write(MailKind::Recovery, issuer, person, &t.mail.recovery, (link, Some(lifetime)))
}

/// The news that a person's password is another one.
#[must_use]
pub fn password_changed(issuer: &Issuer, person: &Person) -> Option<Letter> {
    let t = Texts::english();
    write(MailKind::PasswordChanged, issuer, person, &t.mail.password_changed, (issuer.join(RECOVER), None))
}

/// The letter to an address that a person says is theirs: by the link they show that they read mail there.
#[must_use]
pub fn email_verification(
    issuer: &Issuer,
    person: &Person,
    address: &str,
    token: &SecretString,
    lifetime: Duration,
) -> Option<Letter> {
    let t = Texts::english();
    let link = issuer.join(&format!("{EMAIL_LINK}?link={}", token.expose_secret()));
    // Whoever reads mail there may be somebody else, who is told no name that a stranger chose.
    let addressee = Addressee { to: address.to_owned(), name: None, person };
    Some(compose(MailKind::EmailVerification, issuer, addressee, &t.mail.email_verification, (link, Some(lifetime)), None))
}

/// The news, to the address that a person has still, that there will be another one; by the link they keep the old one.
#[must_use]
pub fn email_changed(issuer: &Issuer, person: &Person, token: &SecretString, lifetime: Duration) -> Option<Letter> {
    let t = Texts::english();
    let link = issuer.join(&format!("{EMAIL_UNDO}?link={}", token.expose_secret()));
    write(MailKind::EmailChanged, issuer, person, &t.mail.email_changed, (link, Some(lifetime)))
}

/// The news that a person has another way to sign in, or a second factor; `which` names it.
#[must_use]
pub fn factor_added(issuer: &Issuer, person: &Person, which: &str) -> Option<Letter> {
    tell(MailKind::FactorAdded, issuer, person, &Texts::english().mail.factor_added, which)
}

/// The news that one is gone.
#[must_use]
pub fn factor_removed(issuer: &Issuer, person: &Person, which: &str) -> Option<Letter> {
    tell(MailKind::FactorRemoved, issuer, person, &Texts::english().mail.factor_removed, which)
}

/// The news that somebody signed in from a device that was not there before; `device` says which, and when.
#[must_use]
pub fn new_device(issuer: &Issuer, person: &Person, device: &str) -> Option<Letter> {
    tell(MailKind::NewDevice, issuer, person, &Texts::english().mail.new_device, device)
}

/// News of a person's account, with what they can do about it if it was not them.
fn tell(kind: MailKind, issuer: &Issuer, person: &Person, words: &LetterWords, detail: &str) -> Option<Letter> {
    let addressee = Addressee { to: person.claims.email.clone()?, name: Some(display_name(person)), person };
    Some(compose(kind, issuer, addressee, words, (issuer.join(RECOVER), None), Some(detail)))
}

/// To whom a letter goes.
struct Addressee<'a> {
    to: String,
    name: Option<&'a str>,
    person: &'a Person,
}

/// A letter to a person, if they have an address.
fn write(
    kind: MailKind,
    issuer: &Issuer,
    person: &Person,
    words: &LetterWords,
    link: (String, Option<Duration>),
) -> Option<Letter> {
    let addressee = Addressee { to: person.claims.email.clone()?, name: Some(display_name(person)), person };
    Some(compose(kind, issuer, addressee, words, link, None))
}

fn compose(
    kind: MailKind,
    issuer: &Issuer,
    addressee: Addressee<'_>,
    words: &LetterWords,
    (link, good_for): (String, Option<Duration>),
    detail: Option<&str>,
) -> Letter {
    let t = Texts::english();
    let Addressee { to, name, person } = addressee;
    let plain = |text: &str| text.chars().filter(|c| !c.is_control()).collect::<String>();
    let detail = detail.map(plain);
    let words = Words {
        t,
        subject: words.subject,
        greeting: name.map_or_else(|| t.mail.greeting_of_nobody.to_owned(), |name| t.mail.greeting.with(plain(name))),
        intro: words.intro.with(plain(&person.username)),
        action: words.action,
        link,
        good_for: good_for.map(|length| t.mail.once.with(t.mail.length(length))),
        detail: detail.as_deref(),
        note: words.note,
        issuer: issuer.as_str(),
    };
    let subject = words.subject.to_owned();
    let rendered = |text: askama::Result<String>| {
        text.unwrap_or_else(|error| {
            tracing::error!(%error, "a letter could not be rendered");
            String::new()
        })
    };
    let (text, html) = (rendered(Plain { w: &words }.render()), rendered(Rich { w: &words }.render()));
    Letter { kind, person: person.id, to, good_for, content: Content { subject, text, html } }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::clock::Timestamp;
    use crate::ids::PersonId;
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
    fn gives_no_name_a_way_into_the_letter() {
        let issuer = Issuer::parse("https://id.example").unwrap();
        let eve = person("<a href=\"https://evil.example\">\r\nBcc: all@example.com", Some("eve@example.com"));
        let letter = password_changed(&issuer, &eve).unwrap();
        assert!(!letter.content.html.contains("<a href=\"https://evil"), "{}", letter.content.html);
        assert!(!letter.content.text.contains("\nBcc"), "{}", letter.content.text);
        assert!(!letter.content.subject.contains('<'));
    }
}
