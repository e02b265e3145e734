//! What is told about a person, and the form by which they change it.

use askama::Template;

use crate::web::text::Texts;

/// `/account/profile`. `form#own-profile` posts each claim under its name, the parts of the address as `address.country`, and
/// `version`.
#[derive(Template)]
#[template(path = "account/profile.html")]
pub struct Profile {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// The token of [`crate::web::csrf::Csrf`].
    pub csrf: String,
    /// When they had last changed as the form was made, in milliseconds.
    pub version: i64,
    /// What they may change, by groups.
    pub groups: Vec<ProfileGroup>,
    /// What they may not: what it is, and what is told.
    pub fixed: Vec<(&'static str, String)>,
    /// What is wrong with what was typed: the field's name, and in words.
    pub problems: Vec<(String, String)>,
    /// What stands now where something else was typed, of a form that was made before somebody else saved theirs.
    pub meanwhile: Option<Vec<(&'static str, String)>>,
    /// Whether the address has a page of its own.
    pub email: bool,
    /// Whether the picture has one.
    pub picture: bool,
    /// What has just been done.
    pub done: Option<&'static str>,
}

/// Fields that belong together.
#[derive(Clone, Debug)]
pub struct ProfileGroup {
    /// What they are.
    pub heading: &'static str,
    /// The fields.
    pub fields: Vec<ProfileField>,
}

/// A field.
#[derive(Clone, Debug)]
pub struct ProfileField {
    /// What the form posts.
    pub name: &'static str,
    /// What stands before it.
    pub label: &'static str,
    /// What to know about it, or nothing.
    pub hint: &'static str,
    /// What stands in it.
    pub value: String,
    /// The kind of input; nothing, where it takes several lines.
    pub kind: &'static str,
    /// What a browser fills it in with.
    pub autocomplete: &'static str,
}

impl Profile {
    fn is_wrong(&self, field: &str) -> bool {
        self.problems.iter().any(|(name, _)| name == field)
    }
}

#[cfg(test)]
impl crate::web::page::tests::Sampled for Profile {
    fn samples() -> Vec<(&'static str, Self)> {
        use crate::web::page::tests::{CSRF, HOSTILE};
        let t = Texts::sample();
        let field = |name, label, kind, value: &str| ProfileField {
            name,
            label,
            hint: if name == "birthdate" { t.account.profile.birthdate_hint } else { "" },
            value: value.to_owned(),
            kind,
            autocomplete: "off",
        };
        let sample = |value: &str, problems: &[(&str, &str)], done| Self {
            t,
            base: String::new(),
            csrf: CSRF.to_owned(),
            version: 1,
            groups: vec![
                ProfileGroup {
                    heading: "Name",
                    fields: vec![
                        field("name", "Full name", "text", value),
                        field("birthdate", "Date of birth", "text", "1815-12-10"),
                    ],
                },
                ProfileGroup {
                    heading: "Postal address",
                    fields: vec![field("address.formatted", "As on a letter", "", value)],
                },
            ],
            fixed: vec![("Username", value.to_owned()), ("Email address", "ada@example.org".to_owned())],
            problems: problems.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect(),
            meanwhile: None,
            email: true,
            picture: true,
            done,
        };
        let stale = |value: &str| Self {
            meanwhile: Some(vec![("Full name", value.to_owned()), ("Date of birth", String::new())]),
            ..sample("Ada L.", &[], None)
        };
        vec![
            ("profile", sample("Ada Lovelace", &[], None)),
            ("profile_saved", sample("Ada Lovelace", &[], Some(t.account.profile.saved))),
            ("profile_wrong", sample("Ada", &[("birthdate", "Have another look at “Date of birth”.")], None)),
            ("profile_stale", stale("Ada Lovelace")),
            ("profile_stale_hostile", stale(HOSTILE)),
            ("profile_nothing", Self { groups: Vec::new(), ..sample("Ada", &[], None) }),
            ("profile_hostile", sample(HOSTILE, &[("name", HOSTILE)], None)),
        ]
    }
}
