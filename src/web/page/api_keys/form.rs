//! The form in which a key is described, to make or to change one.

use askama::Template;

use crate::web::text::Texts;

/// `form#api-key-form`
#[derive(Template)]
#[template(path = "account/api_key_form.html")]
pub struct ApiKeyForm {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// The path, under the issuer's, that takes the form.
    pub action: String,
    /// The token of [`crate::web::csrf::Csrf`].
    pub csrf: String,
    /// The hidden field by which a form that is sent twice acts once: its name, and what it holds.
    pub once: (&'static str, String),
    /// The path, under the issuer's, of the page to go back to.
    pub back: String,
    /// What the key is called that is changed; a new one has no name yet.
    pub changed: Option<String>,
    /// What stands in the fields.
    pub typed: ApiKeyTyped,
    /// The scopes that a key can have.
    pub scopes: Vec<ApiKeyChoice>,
    /// The resources at which a key can be good.
    pub resources: Vec<ApiKeyChoice>,
    /// Where it is good if none is ticked.
    pub default_resource: String,
    /// The fields that are wrong, and what to change.
    pub faults: Vec<(&'static str, String)>,
}

/// What somebody typed, letter by letter.
#[derive(Clone, Debug, Default)]
pub struct ApiKeyTyped {
    /// As typed.
    pub name: String,
    /// What was ticked.
    pub scopes: Vec<String>,
    /// What was ticked.
    pub resources: Vec<String>,
    /// One a line.
    pub addresses: String,
    /// As typed.
    pub rate_limit: String,
    /// As typed.
    pub quota: String,
    /// As typed: a day such as `2026-11-23`, or nothing.
    pub last_day: String,
    /// Whether the key is for trying things out.
    pub test: bool,
}

/// Something that can be ticked.
#[derive(Clone, Debug)]
pub struct ApiKeyChoice {
    /// What is posted.
    pub name: String,
    /// What people read.
    pub words: String,
    /// Whether it is ticked.
    pub chosen: bool,
}

impl ApiKeyForm {
    fn fault(&self, field: &str) -> Option<&str> {
        self.faults.iter().find(|(name, _)| *name == field).map(|(_, text)| text.as_str())
    }

    /// The cursor waits in the first field that is wrong, or else in the first of a new key.
    fn is_first(&self, field: &str) -> bool {
        match self.faults.first() {
            Some((name, _)) => *name == field,
            None => self.changed.is_none() && field == "name",
        }
    }

    fn title(&self) -> String {
        let t = &self.t.api_keys;
        self.changed.as_ref().map_or_else(|| t.new_title.to_owned(), |name| t.change_title.with(name))
    }
}

#[cfg(test)]
impl super::super::tests::Sampled for ApiKeyForm {
    fn samples() -> Vec<(&'static str, Self)> {
        use super::super::tests::{CSRF, HOSTILE};
        let choice = |words: &str, chosen| ApiKeyChoice { name: words.to_owned(), words: words.to_owned(), chosen };
        let sample = |changed: Option<&str>, text: &str, faults| Self {
            t: Texts::sample(),
            base: String::new(),
            action: "/account/api-keys/new".to_owned(),
            csrf: CSRF.to_owned(),
            once: ("id", "5f0c9d3e".to_owned()),
            back: "/account/api-keys".to_owned(),
            changed: changed.map(str::to_owned),
            typed: ApiKeyTyped {
                name: text.to_owned(),
                addresses: text.to_owned(),
                rate_limit: text.to_owned(),
                quota: text.to_owned(),
                last_day: text.to_owned(),
                ..ApiKeyTyped::default()
            },
            scopes: vec![choice("See your boats", true), choice(text, false)],
            resources: vec![choice("https://api.example.org", true), choice("https://other.example.org", false)],
            default_resource: "https://api.example.org".to_owned(),
            faults,
        };
        let all = ["name", "scope", "resources", "addresses", "rate_limit", "quota", "expires_at"];
        let all = all.map(|field| (field, format!("{HOSTILE} {field}"))).to_vec();
        let bare = sample(None, "", Vec::new());
        vec![
            ("new_api_key_bare", Self { scopes: Vec::new(), resources: Vec::new(), ..bare }),
            ("new_api_key", sample(None, "Backup", Vec::new())),
            ("change_api_key", sample(Some("Backup"), "Backup", Vec::new())),
            ("new_api_key_hostile", sample(Some(HOSTILE), HOSTILE, all)),
        ]
    }
}
