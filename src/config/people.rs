//! `[people]`: whether people make accounts of their own, and what they may do with them.

use serde_json::Value as Json;
use url::Url;

use super::choice::choice;
use super::mail::MailConfig;
use super::readable::Readable;
use super::reader::Reader;
use super::source::Value;
use crate::protocol::mail_address::MailDomain;
use crate::protocol::prompt::PromptValue;

/// Who may make an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeopleRegistration {
    /// Nobody: accounts are made for people.
    Off,
    /// Whoever is invited.
    Invitation,
    /// Everybody.
    Open,
}

choice!(
    PeopleRegistration { Off = "off", Invitation = "invitation", Open = "open" },
    "\"off\", \"invitation\" or \"open\""
);

impl Readable for MailDomain {
    const EXPECTED: &'static str = "the name of a host, such as \"example.com\"";

    fn parse(value: &Value) -> Result<Self, String> {
        let text = value.text()?;
        Self::parse(text).ok_or_else(|| format!("holds {text:?}, which is no name of a host"))
    }

    fn show(&self) -> Json {
        Json::from(self.to_string())
    }
}

/// What people may change of what is told about them. Each but the first is a standard claim of that name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Editable {
    /// The name by which they sign in.
    Username,
    /// The full name.
    Name,
    /// Given names.
    GivenName,
    /// Middle names.
    MiddleName,
    /// Surnames.
    FamilyName,
    /// A casual name.
    Nickname,
    /// A short name, which is not unique.
    PreferredUsername,
    /// The address by which they are reached, and may sign in.
    Email,
    /// The telephone number.
    PhoneNumber,
    /// The address of a profile page.
    Profile,
    /// The address of a picture.
    Picture,
    /// The address of their own pages.
    Website,
    /// The gender.
    Gender,
    /// The date of birth.
    Birthdate,
    /// The time zone.
    Zoneinfo,
    /// The language.
    Locale,
    /// The postal address.
    Address,
}

choice!(
    Editable {
        Username = "username",
        Name = "name",
        GivenName = "given_name",
        MiddleName = "middle_name",
        FamilyName = "family_name",
        Nickname = "nickname",
        PreferredUsername = "preferred_username",
        Email = "email",
        PhoneNumber = "phone_number",
        Profile = "profile",
        Picture = "picture",
        Website = "website",
        Gender = "gender",
        Birthdate = "birthdate",
        Zoneinfo = "zoneinfo",
        Locale = "locale",
        Address = "address",
    },
    "\"username\" or the name of a standard claim that people can know themselves, such as \"given_name\""
);

impl Editable {
    /// What people may change where nothing is set. What is left out is what they sign in by, or what an app may take them for: only where the operator says so.
    pub const AT_FIRST: [Self; 14] = [
        Self::Name,
        Self::GivenName,
        Self::MiddleName,
        Self::FamilyName,
        Self::Nickname,
        Self::PhoneNumber,
        Self::Profile,
        Self::Picture,
        Self::Website,
        Self::Gender,
        Self::Birthdate,
        Self::Zoneinfo,
        Self::Locale,
        Self::Address,
    ];
}

/// `[people]`
#[derive(Clone, Debug)]
pub struct PeopleConfig {
    /// Who may make an account.
    pub registration: PeopleRegistration,
    /// How many an address may make in an hour.
    pub registrations_per_address: u32,
    /// Whether they may sign in by a link that is mailed to them.
    pub sign_in_links: bool,
    /// Whether they show first that they read mail at an address. Whoever is invited does not have to.
    pub registration_address: bool,
    /// Of which hosts that address is; of any if there are none.
    pub registration_domains: Vec<MailDomain>,
    /// What they accept with it.
    pub terms: Option<Url>,
    /// What they may change of what is told about them.
    pub editable: Vec<Editable>,
    /// Whether they may delete their accounts.
    pub may_delete_themselves: bool,
}

impl PeopleConfig {
    /// What apps may ask to be asked of people.
    #[must_use]
    pub const fn prompts(&self) -> &'static [PromptValue] {
        match self.registration {
            PeopleRegistration::Off | PeopleRegistration::Invitation => PromptValue::WITHOUT_REGISTRATION,
            PeopleRegistration::Open => PromptValue::ALL,
        }
    }

    /// Whether whoever comes uninvited may make an account, who reads mail at `address`, if they have shown that at all.
    #[must_use]
    pub fn lets_in(&self, address: Option<&str>) -> bool {
        self.registration == PeopleRegistration::Open
            && (!self.registration_address || address.is_some_and(|address| self.allows(address)))
    }

    /// Whether admins invite people to make accounts.
    #[must_use]
    pub const fn takes_invitations(&self) -> bool {
        !matches!(self.registration, PeopleRegistration::Off)
    }

    /// Whether an address is of a host of those who may come uninvited.
    #[must_use]
    pub fn allows(&self, address: &str) -> bool {
        let domain = MailDomain::of(address);
        self.registration_domains.is_empty() || domain.is_some_and(|domain| self.registration_domains.contains(&domain))
    }

    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            registration: reader.value("people.registration", PeopleRegistration::Off),
            registrations_per_address: reader.bounded("people.registrations_per_address", 10, 1..=1_000_000),
            sign_in_links: reader.value("people.sign_in_links", false),
            registration_address: reader.value("people.registration_address", false),
            registration_domains: reader.value("people.registration_domains", Vec::new()),
            terms: read_terms(reader),
            editable: reader.value("people.editable", Editable::AT_FIRST.to_vec()),
            may_delete_themselves: reader.value("people.may_delete_themselves", true),
        }
    }

    /// Finds fault with what cannot be asked of people: an address that nobody writes to, or the host of none.
    pub(super) fn check_address(&self, reader: &mut Reader, mail: &MailConfig) {
        if self.registration_address && !mail.is_on() {
            let remedy = "Set mail.smtp.host, or write false.";
            reader.refuse("people.registration_address", "needs mail, and there is none", remedy);
        }
        if !self.registration_domains.is_empty() && !self.registration_address {
            let remedy =
                "Set people.registration_address = true: only whoever is written to shows that an address is theirs.";
            reader.refuse("people.registration_domains", "is about an address that is not asked for", remedy);
        }
    }
}

fn read_terms(reader: &mut Reader) -> Option<Url> {
    const KEY: &str = "people.terms";
    let text: String = reader.optional(KEY)?;
    let url = Url::parse(&text).ok().filter(|url| url.scheme() == "https");
    if url.is_none() {
        reader.refuse(KEY, "is no address that a page may lead to", "Write an address that begins with https://.");
    }
    url
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, PeopleConfig};
    use crate::protocol::prompt::PromptValue;

    const MAIL: &str = "mail.mailbox = true\nmail.from = \"id@example.com\"\n";

    fn people(text: &str) -> PeopleConfig {
        Config::from_toml(&format!("{MAIL}{text}"), []).unwrap().people
    }

    fn faults(text: &str) -> Vec<String> {
        let faults = Config::from_toml(text, []).unwrap_err();
        faults.faults().iter().map(|fault| fault.key.clone()).collect()
    }

    #[test]
    fn lets_in_by_the_address_where_one_is_asked_for() {
        let (open, address) = ("people.registration = \"open\"\n", "people.registration_address = true\n");
        let domains = "people.registration_domains = [\"Example.com\", \"bücher.example\"]\n";
        for (text, email, expected) in [
            ("", None, false),
            ("people.registration = \"invitation\"\n", None, false),
            (open, None, true),
            (&format!("{open}{address}"), None, false),
            (&format!("{open}{address}"), Some("ada@anywhere.example"), true),
            (&format!("{open}{address}{domains}"), Some("ada@EXAMPLE.com"), true),
            (&format!("{open}{address}{domains}"), Some("ada@xn--bcher-kva.example"), true),
            (&format!("{open}{address}{domains}"), Some("ada@anywhere.example"), false),
            (&format!("{address}{domains}"), Some("ada@example.com"), false),
        ] {
            assert_eq!(people(text).lets_in(email), expected, "{text} {email:?}");
        }
    }

    #[test]
    fn offers_apps_a_registration_only_where_everybody_may() {
        for (word, offered) in [("off", false), ("invitation", false), ("open", true)] {
            let people = people(&format!("people.registration = \"{word}\"\n"));
            assert_eq!(people.prompts() == PromptValue::ALL, offered, "{word}");
        }
    }

    #[test]
    fn refuses_to_ask_for_what_it_cannot_see() {
        let address = "people.registration_address = true\n";
        assert_eq!(faults(address), ["people.registration_address"]);
        assert_eq!(faults("people.registration_domains = [\"example.com\"]\n"), ["people.registration_domains"]);
        for domain in ["", "a b", "192.0.2.1", "ada@example.com", "example.com."] {
            let text = format!("{MAIL}{address}people.registration_domains = [\"{domain}\"]\n");
            assert_eq!(faults(&text), ["people.registration_domains"], "{domain}");
        }
    }

    #[test]
    fn leads_to_terms_over_https_only() {
        assert_eq!(people("people.terms = \"https://example.com/terms\"\n").terms.unwrap().path(), "/terms");
        for link in ["http://example.com/terms", "javascript:alert(1)", "terms.html"] {
            assert_eq!(faults(&format!("people.terms = \"{link}\"\n")), ["people.terms"], "{link}");
        }
    }
}
