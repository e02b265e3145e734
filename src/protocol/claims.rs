//! The standard claims about a person (OpenID Connect Core, section 5.1), and which scope releases which.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::claim_values::{is_birthdate, is_language_tag, is_time_zone, looks_like_email};
use super::scope::{self, Scope};
use super::uri::WebUri;

/// The claims that we can tell, for `claims_supported`.
pub const SUPPORTED: &[&str] = &[
    "iss",
    "sub",
    "aud",
    "exp",
    "iat",
    "auth_time",
    "nonce",
    "acr",
    "amr",
    "azp",
    "at_hash",
    "c_hash",
    "sid",
    "name",
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "email",
    "email_verified",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "phone_number",
    "phone_number_verified",
    "address",
    "updated_at",
];

/// OIDC Core §5.4: the claims that each scope asks for.
const RELEASED_BY: &[(&str, &[&str])] = &[
    (
        scope::PROFILE,
        &[
            "name",
            "family_name",
            "given_name",
            "middle_name",
            "nickname",
            "preferred_username",
            "profile",
            "picture",
            "website",
            "gender",
            "birthdate",
            "zoneinfo",
            "locale",
            "updated_at",
        ],
    ),
    (scope::EMAIL, &["email", "email_verified"]),
    (scope::ADDRESS, &["address"]),
    (scope::PHONE, &["phone_number", "phone_number_verified"]),
];

/// Those that people read, and that may so be in several languages and scripts.
const READABLE: [&str; 7] = ["name", "given_name", "family_name", "middle_name", "nickname", "profile", "website"];

/// A claim and the language that stands behind its name: OIDC Core §5.2.
#[must_use]
pub fn in_language(name: &str) -> Option<(&str, &str)> {
    name.split_once('#').filter(|(claim, tag)| READABLE.contains(claim) && is_language_tag(tag))
}

/// A standard claim by its name, and the scope that releases it.
#[must_use]
pub fn find(name: &str) -> Option<(&'static str, &'static str)> {
    let all = RELEASED_BY.iter().flat_map(|(scope, names)| names.iter().map(move |name| (*name, *scope)));
    all.into_iter().find(|(known, _)| *known == name)
}

/// What is known about a person; what is not known is left out, never empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct StandardClaims {
    /// The full name, as the person wants to see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = r"\S")]
    pub name: Option<String>,
    /// Given or first names.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = r"\S")]
    pub given_name: Option<String>,
    /// Surnames.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = r"\S")]
    pub family_name: Option<String>,
    /// Middle names.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = r"\S")]
    pub middle_name: Option<String>,
    /// A casual name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = r"\S")]
    pub nickname: Option<String>,
    /// A short name by which the person wants to be known; not unique, not stable.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = r"\S")]
    pub preferred_username: Option<String>,
    /// The address of the person's profile page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = r"^https?://\S+$")]
    pub profile: Option<String>,
    /// The address of a picture of the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = r"^https?://\S+$")]
    pub picture: Option<String>,
    /// The address of the person's own pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = r"^https?://\S+$")]
    pub website: Option<String>,
    /// The preferred email address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = r"^\S+@\S+$")]
    pub email: Option<String>,
    /// Whether we have seen that the person reads mail at that address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_verified: Option<bool>,
    /// The gender in the person's own word.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = r"\S")]
    pub gender: Option<String>,
    /// `YYYY-MM-DD`, `0000-MM-DD` (no year told) or `YYYY`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[0-9]{4}(-[0-9]{2}-[0-9]{2})?$")]
    pub birthdate: Option<String>,
    /// A time zone such as `Europe/Berlin`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$")]
    pub zoneinfo: Option<String>,
    /// A language tag such as `de-CH`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")]
    pub locale: Option<String>,
    /// The preferred telephone number, best as `+41 44 …`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = r"\S")]
    pub phone_number: Option<String>,
    /// Whether we have seen that the person answers that number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number_verified: Option<bool>,
    /// The postal address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// When any of this was last changed, in Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<i64>,
}

/// A postal address (OpenID Connect Core, section 5.1.1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Address {
    /// The whole address as on a letter, lines parted by newlines.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = r"\S")]
    pub formatted: Option<String>,
    /// Street, house number and what else stands before the town.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = r"\S")]
    pub street_address: Option<String>,
    /// City or town.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = r"\S")]
    pub locality: Option<String>,
    /// State, province or region.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = r"\S")]
    pub region: Option<String>,
    /// Postal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = r"\S")]
    pub postal_code: Option<String>,
    /// Country.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = r"\S")]
    pub country: Option<String>,
}

impl StandardClaims {
    /// What is wrong with the values, one sentence each; empty if nothing is.
    #[must_use]
    pub fn check(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for (name, value) in self.to_map() {
            let parts = match &value {
                Value::Object(parts) if parts.is_empty() => vec![(name, "")],
                Value::Object(parts) => parts
                    .iter()
                    .map(|(part, value)| (format!("{name}.{part}"), value.as_str().unwrap_or("x")))
                    .collect(),
                other => vec![(name, other.as_str().unwrap_or("x"))],
            };
            // OIDC Core §5.3.2: a claim without a value is left out rather than sent empty.
            let blank = parts.into_iter().filter(|(_, text)| text.trim().is_empty());
            faults.extend(blank.map(|(name, _)| format!("{name} is blank: leave it out instead.")));
        }
        for (name, value) in [("profile", &self.profile), ("picture", &self.picture), ("website", &self.website)] {
            if let Some(Err(problem)) = value.as_deref().map(WebUri::parse) {
                faults.push(format!("{name} {problem}."));
            }
        }
        if self.email.as_deref().is_some_and(|email| !looks_like_email(email)) {
            faults.push("email is not an address of the form name@host.".to_owned());
        }
        // OIDC Core §5.1: a date, a date without its year, or a year alone.
        if self.birthdate.as_deref().is_some_and(|date| !is_birthdate(date)) {
            faults.push("birthdate is none of YYYY-MM-DD, 0000-MM-DD, YYYY.".to_owned());
        }
        if self.zoneinfo.as_deref().is_some_and(|zone| !is_time_zone(zone)) {
            faults.push("zoneinfo is no name of a time zone, such as Europe/Berlin.".to_owned());
        }
        if self.locale.as_deref().is_some_and(|tag| !is_language_tag(tag)) {
            faults.push("locale is no language tag, such as de-CH.".to_owned());
        }
        for (verified, flag, name, known) in [
            ("email_verified", self.email_verified, "email", self.email.is_some()),
            ("phone_number_verified", self.phone_number_verified, "phone_number", self.phone_number.is_some()),
        ] {
            if flag.is_some() && !known {
                faults.push(format!("{verified} is set, but there is no {name}."));
            }
        }
        faults
    }

    /// The claims that the scope releases.
    #[must_use]
    pub fn for_scope(&self, scope: &Scope) -> Map<String, Value> {
        let granted = RELEASED_BY.iter().filter(|(token, _)| scope.contains(token));
        let mut known = self.to_map();
        granted.flat_map(|(_, names)| *names).filter_map(|name| known.remove_entry(*name)).collect()
    }

    /// All that are known.
    #[must_use]
    pub fn to_map(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(claims)) => claims,
            _ => Map::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn everything() -> StandardClaims {
        let known = json!({
            "name": "Ada Lovelace", "given_name": "Ada", "family_name": "Lovelace", "middle_name": "King",
            "nickname": "Ada", "preferred_username": "ada", "profile": "https://ada.example/me",
            "picture": "https://ada.example/me.png", "website": "https://ada.example", "email": "ada@ada.example",
            "email_verified": true, "gender": "female", "birthdate": "1815-12-10", "zoneinfo": "Europe/London",
            "locale": "en-GB", "phone_number": "+44 20 7946 0000", "phone_number_verified": false,
            "address": { "formatted": "12 St James's Square\nLondon", "street_address": "12 St James's Square",
                "locality": "London", "region": "London", "postal_code": "SW1Y 4JH", "country": "UK" },
            "updated_at": 1_700_000_000,
        });
        serde_json::from_value(known).unwrap()
    }

    /// OIDC Core §5.4: each scope releases its own claims and no others.
    #[test]
    fn releases_claims_by_scope() {
        let released = |scope: &str| {
            let claims = everything().for_scope(&Scope::parse(scope).unwrap());
            let mut names: Vec<_> = claims.into_iter().map(|(name, _)| name).collect();
            names.sort();
            names
        };
        assert!(released("openid offline_access").is_empty());
        assert_eq!(released("openid email"), ["email", "email_verified"]);
        assert_eq!(released("phone"), ["phone_number", "phone_number_verified"]);
        assert_eq!(released("address"), ["address"]);
        let profile = [
            "birthdate",
            "family_name",
            "gender",
            "given_name",
            "locale",
            "middle_name",
            "name",
            "nickname",
            "picture",
            "preferred_username",
            "profile",
            "updated_at",
            "website",
            "zoneinfo",
        ];
        assert_eq!(released("openid profile"), profile);
        assert_eq!(released("profile email address phone").len(), 19);
        assert_eq!(everything().for_scope(&Scope::parse("profile").unwrap())["updated_at"], json!(1_700_000_000));
    }

    /// OIDC Core §5.3.2: what is not known is left out.
    #[test]
    fn leaves_out_what_is_not_known() {
        let claims = StandardClaims { name: Some("Ada".to_owned()), ..StandardClaims::default() };
        assert_eq!(serde_json::to_value(&claims).unwrap(), json!({ "name": "Ada" }));
        assert!(claims.check().is_empty());
        let blank = StandardClaims {
            name: Some(" ".to_owned()),
            address: Some(Address { country: Some(String::new()), ..Address::default() }),
            ..StandardClaims::default()
        };
        assert_eq!(blank.check().len(), 2, "{:?}", blank.check());
        let empty = StandardClaims { address: Some(Address::default()), ..StandardClaims::default() };
        assert_eq!(empty.check(), ["address is blank: leave it out instead."]);
    }

    #[test]
    fn names_every_fault() {
        assert!(everything().check().is_empty());
        let wrong = StandardClaims {
            picture: Some("javascript:alert(1)".to_owned()),
            email: Some("nobody".to_owned()),
            birthdate: Some("yesterday".to_owned()),
            zoneinfo: Some("half past nine".to_owned()),
            locale: Some("de_CH".to_owned()),
            phone_number_verified: Some(true),
            ..StandardClaims::default()
        };
        let faults = wrong.check().join(" ");
        for name in ["picture", "email", "birthdate", "zoneinfo", "locale", "phone_number_verified"] {
            assert!(faults.contains(name), "{faults} should name {name}");
        }
        assert!(serde_json::from_str::<StandardClaims>(r#"{"nam": "Ada"}"#).is_err());
    }

    /// OIDC Core §5.2: the name of the claim, `#`, the language.
    #[test]
    fn tells_a_claim_from_its_language() {
        assert_eq!(in_language("name#ja-Hani-JP"), Some(("name", "ja-Hani-JP")));
        for other in ["name", "email#de", "sub#de", "name#", "name#j_p", "#de", "shoe_size#de"] {
            assert_eq!(in_language(other), None, "{other}");
        }
    }

    #[test]
    fn announces_every_claim_it_can_release() {
        for name in RELEASED_BY.iter().flat_map(|(_, names)| *names) {
            assert!(SUPPORTED.contains(name), "{name}");
        }
    }
}
