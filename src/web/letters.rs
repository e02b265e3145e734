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
use crate::web::brand::Brand;
use crate::web::text::{LetterWords, Texts};

/// Where another password is chosen by a link in a mail.
pub const NEW_PASSWORD: &str = "/recover/password";
/// Where such a link is asked for.
pub const RECOVER: &str = "/recover";
/// Where somebody asks for a link to sign in by, and where that leads.
pub const SIGN_IN_LINK: &str = "/login/link";
/// A person's own address, and another one in its place.
pub const EMAIL: &str = "/account/email";
/// Where a link leads that was sent to such an address.
pub const EMAIL_LINK: &str = "/account/email/confirm";
/// Where a change of address is undone.
pub const EMAIL_UNDO: &str = "/account/email/undo";
/// The colour of buttons where nobody chose another.
const COLOUR: &str = "#1d4f7c";
/// Where people sign in.
const SIGN_IN: &str = "/login";
/// How a person signs in.
const SECURITY: &str = "/account/security";

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
    /// Whose name stands below, and which colour the way on has.
    sent_by: String,
    colour: String,
}

/// A way to prove who one is, as a letter names it.
#[derive(Clone, Copy, Debug)]
pub enum Factor<'a> {
    /// An authenticator app of this name.
    App(&'a str),
    /// A passkey of this name.
    Passkey(&'a str),
    /// An account at the provider of this name.
    Provider(&'a str),
    /// All of them.
    All,
}

impl Factor<'_> {
    fn words(self, t: &Texts) -> String {
        let words = &t.mail;
        match self {
            Self::App(name) => words.app.with(name),
            Self::Passkey(name) => words.passkey.with(name),
            Self::Provider(name) => words.provider.with(name),
            Self::All => words.all_factors.to_owned(),
        }
    }
}

/// Who writes, and to whom it is not known in which language.
#[derive(Clone, Copy)]
pub struct Letters<'a> {
    /// Whose the links are.
    pub issuer: &'a Issuer,
    /// What it is called.
    pub brand: &'a Brand,
    /// The language of letters to people who have chosen none in their profile.
    pub fallback: &'static Texts,
}

impl Letters<'_> {
    /// The letter to whom an account was made for: by the link they choose its password, or another one if they have one.
    #[must_use]
    pub fn invitation(self, person: &Person, token: &SecretString, lifetime: Duration) -> Option<Letter> {
        let t = self.texts(person);
        let link = links::invitation_url(self.issuer, token);
        let words = if person.password_hash.is_some() { &t.mail.password_link } else { &t.mail.invitation };
        self.write(MailKind::Invitation, person, words, link, Some(lifetime))
    }

    /// The letter to whoever forgot their password: by the link they choose another.
    #[must_use]
    pub fn recovery(self, person: &Person, token: &SecretString, lifetime: Duration) -> Option<Letter> {
        let link = self.link(NEW_PASSWORD, token);
        self.write(MailKind::Recovery, person, &self.texts(person).mail.recovery, link, Some(lifetime))
    }

    /// The letter to whoever wants to sign in by a link, which leads on to `onward` (a query, or nothing).
    #[must_use]
    pub fn sign_in_link(
        self,
        person: &Person,
        token: &SecretString,
        onward: &str,
        lifetime: Duration,
    ) -> Option<Letter> {
        let mut link = self.link(SIGN_IN_LINK, token);
        if !onward.is_empty() {
            link.extend(["&", onward]);
        }
        self.write(MailKind::SignInLink, person, &self.texts(person).mail.sign_in_link, link, Some(lifetime))
    }

    /// The letter to an address that a person says is theirs: by the link they show that they read mail there.
    #[must_use]
    pub fn email_verification(
        self,
        person: &Person,
        address: &str,
        token: &SecretString,
        lifetime: Duration,
    ) -> Option<Letter> {
        let (t, link) = (self.texts(person), (self.link(EMAIL_LINK, token), Some(lifetime)));
        // Whoever reads mail there may be somebody else, who is told no name that a stranger chose.
        let known_as = self.issuer.as_str().to_owned();
        let greeting = t.mail.greeting_of_nobody.to_owned();
        let to = To { person: Some(person.id), address, known_as, greeting, t };
        self.compose(MailKind::EmailVerification, &to, &t.mail.email_verification, link, None)
    }

    /// The news, to the address that a person had, that there is another one; by the link they have the old one back, if it may
    /// be had back.
    #[must_use]
    pub fn email_changed(self, person: &Person, undo: Option<(&SecretString, Duration)>) -> Option<Letter> {
        let words = &self.texts(person).mail;
        if let Some((token, lifetime)) = undo {
            let link = self.link(EMAIL_UNDO, token);
            return self.write(MailKind::EmailChanged, person, &words.email_changed, link, Some(lifetime));
        }
        self.write(MailKind::EmailChanged, person, &words.email_replaced, self.issuer.join(SECURITY), None)
    }

    /// The news that a person's password is another one.
    #[must_use]
    pub fn password_changed(self, person: &Person) -> Option<Letter> {
        let link = self.issuer.join(RECOVER);
        self.write(MailKind::PasswordChanged, person, &self.texts(person).mail.password_changed, link, None)
    }

    /// The news that a person has one more way to prove who they are.
    #[must_use]
    pub fn factor_added(self, person: &Person, factor: Factor<'_>) -> Option<Letter> {
        let t = self.texts(person);
        self.tell(MailKind::FactorAdded, person, &t.mail.factor_added, &factor.words(t))
    }

    /// The news that a person has one less.
    #[must_use]
    pub fn factor_removed(self, person: &Person, factor: Factor<'_>) -> Option<Letter> {
        let t = self.texts(person);
        self.tell(MailKind::FactorRemoved, person, &t.mail.factor_removed, &factor.words(t))
    }

    /// The news that somebody signed in at a browser where the person had not signed in before.
    #[must_use]
    pub fn new_device(self, person: &Person, origin: &Origin, now: Timestamp) -> Option<Letter> {
        let t = self.texts(person);
        let device = t.account.devices.words(origin.user_agent.as_deref());
        let parts = [Some(device), origin.address.clone(), Some(format!("{} UTC", now.minute()))];
        // Each runs in its own direction, whatever stands beside it (UAX #9).
        let isolated = |part: String| if t.dir == "rtl" { format!("\u{2068}{part}\u{2069}") } else { part };
        let detail = parts.into_iter().flatten().map(isolated).collect::<Vec<_>>().join(" · ");
        self.tell(MailKind::NewDevice, person, &t.mail.new_device, &detail)
    }

    /// The letter to whom an admin invites: by the link they make an account.
    #[must_use]
    pub fn registration_invitation(self, address: &str, token: &SecretString, lifetime: Duration) -> Option<Letter> {
        let link = (registration::url(self.issuer, token, ""), Some(lifetime));
        let words = &self.fallback.mail.register_invitation;
        self.compose(MailKind::RegistrationInvitation, &self.stranger(address), words, link, None)
    }

    /// The letter to whoever asked for a link by which they make an account, which leads on to `onward`.
    #[must_use]
    pub fn registration(self, address: &str, token: &SecretString, onward: &str, lifetime: Duration) -> Option<Letter> {
        let link = (registration::url(self.issuer, token, onward), Some(lifetime));
        self.compose(MailKind::Registration, &self.stranger(address), &self.fallback.mail.registration, link, None)
    }

    /// The news that there is an account already with the address with which somebody, perhaps its person, wanted to make one.
    #[must_use]
    pub fn account_exists(self, address: &str, person: Option<PersonId>) -> Option<Letter> {
        let (to, link) = (To { person, ..self.stranger(address) }, (self.issuer.join(SIGN_IN), None));
        self.compose(MailKind::AccountExists, &to, &self.fallback.mail.account_exists, link, None)
    }

    /// The language of a person's letters: what they chose in their profile, or else what they are known to read.
    fn texts(self, person: &Person) -> &'static Texts {
        person.claims.locale.as_deref().and_then(Texts::preferring).unwrap_or(self.fallback)
    }

    /// A page of ours that a link opens.
    fn link(self, page: &str, token: &SecretString) -> String {
        self.issuer.join(&format!("{page}?link={}", token.expose_secret()))
    }

    /// To a person, if they have an address.
    fn person(self, person: &Person) -> Option<To<'_>> {
        let t = self.texts(person);
        Some(To {
            person: Some(person.id),
            address: person.claims.email.as_deref()?,
            known_as: visible(&person.username),
            greeting: t.mail.greeting.with(visible(display_name(person))),
            t,
        })
    }

    /// To somebody of whom nothing is known but the address. Nothing else of what was typed is written to it.
    fn stranger(self, address: &str) -> To<'_> {
        let t = self.fallback;
        To { person: None, address, known_as: address.to_owned(), greeting: t.mail.greeting_of_nobody.to_owned(), t }
    }

    /// News of a person's account, with what they can do about it if it was not them.
    fn tell(self, kind: MailKind, person: &Person, words: &LetterWords, detail: &str) -> Option<Letter> {
        self.compose(kind, &self.person(person)?, words, (self.issuer.join(RECOVER), None), Some(detail))
    }

    /// A letter to a person, if they have an address.
    fn write(
        self,
        kind: MailKind,
        person: &Person,
        words: &LetterWords,
        link: String,
        good_for: Option<Duration>,
    ) -> Option<Letter> {
        self.compose(kind, &self.person(person)?, words, (link, good_for), None)
    }

    fn compose(
        self,
        kind: MailKind,
        to: &To<'_>,
        words: &LetterWords,
        (link, good_for): (String, Option<Duration>),
        detail: Option<&str>,
    ) -> Option<Letter> {
        let t = to.t;
        let words = Words {
            t,
            subject: words.subject,
            greeting: to.greeting.clone(),
            intro: words.intro.with(&to.known_as),
            detail: detail.map(visible),
            action: words.action,
            link,
            good_for: good_for.map(|length| t.mail.once.with(t.mail.length(length))),
            note: words.note,
            sent_by: t.mail.sent_by.with(match self.brand.own_name() {
                Some(name) => format!("{name}, {}", self.issuer),
                None => self.issuer.to_string(),
            }),
            colour: self.brand.colour().unwrap_or_else(|| COLOUR.to_owned()),
        };
        let subject = words.subject.to_owned();
        let (text, html) = (Plain { w: &words }.render().ok()?, Rich { w: &words }.render().ok()?);
        let content = Content { subject, text, html };
        Some(Letter { kind, person: to.person, to: to.address.to_owned(), good_for, content })
    }
}

/// Whom a letter is for.
struct To<'a> {
    person: Option<PersonId>,
    address: &'a str,
    /// What fills the gap of the words.
    known_as: String,
    greeting: String,
    t: &'static Texts,
}

fn visible(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

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

    static PLAIN: LazyLock<Brand> = LazyLock::new(Brand::default);

    fn letters(issuer: &Issuer) -> Letters<'_> {
        Letters { issuer, brand: &PLAIN, fallback: Texts::english() }
    }

    #[test]
    fn says_the_same_as_text_and_as_html() {
        let issuer = Issuer::parse("https://id.example/tenant").unwrap();
        let token = SecretString::from("clv_link_x");
        let ada = person("Ada Lovelace", Some("ada@example.com"));
        let letter = letters(&issuer).recovery(&ada, &token, Duration::from_mins(30)).unwrap();
        assert_eq!(letter.to, "ada@example.com");
        let link = "https://id.example/tenant/recover/password?link=clv_link_x";
        for text in [&letter.content.text, &letter.content.html] {
            for part in [link, "Ada Lovelace", "ada", "30 minutes"] {
                assert!(text.contains(part), "{part}: {text}");
            }
        }
        assert!(letter.content.text.lines().any(|line| line == link), "{}", letter.content.text);
        assert!(letters(&issuer).recovery(&person("Ada", None), &token, Duration::from_mins(1)).is_none());
    }

    #[test]
    fn names_what_was_added_as_it_is_called() {
        let issuer = Issuer::parse("https://id.example").unwrap();
        let ada = person("Ada", Some("ada@example.com"));
        let letter = letters(&issuer).factor_added(&ada, Factor::Passkey("<b>my\r\nphone")).unwrap();
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
            let letter =
                letters(&issuer).recovery(&ada, &SecretString::from("clv_link_x"), Duration::from_mins(30)).unwrap();
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
        let letter = letters(&issuer).password_changed(&eve).unwrap();
        assert!(!letter.content.html.contains("<a href=\"https://evil"), "{}", letter.content.html);
        assert!(!letter.content.text.contains("\nBcc"), "{}", letter.content.text);
        assert!(!letter.content.subject.contains('<'));
    }
}
