//! `[people]`: whether people make accounts of their own, and what they may do with them.

use super::choice::choice;
use super::reader::Reader;
use crate::protocol::prompt::PromptValue;

/// Who may make an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeopleRegistration {
    /// Nobody: accounts are made for people.
    Off,
    /// Everybody.
    Open,
}

choice!(PeopleRegistration { Off = "off", Open = "open" }, "\"off\" or \"open\"");

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
            PeopleRegistration::Off => PromptValue::WITHOUT_REGISTRATION,
            PeopleRegistration::Open => PromptValue::ALL,
        }
    }

    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            registration: reader.value("people.registration", PeopleRegistration::Off),
            registrations_per_address: reader.bounded("people.registrations_per_address", 10, 1..=1_000_000),
            sign_in_links: reader.value("people.sign_in_links", false),
            editable: reader.value("people.editable", Editable::AT_FIRST.to_vec()),
            may_delete_themselves: reader.value("people.may_delete_themselves", true),
        }
    }
}
