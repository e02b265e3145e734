//! Claims in several languages and scripts (OIDC Core §5.2): `family_name#ja` is what `family_name` is in Japanese. People have them
//! as attributes of such names.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::attributes::{AttributeValue, Attributes};
use super::claim_values::is_language_tag;
use super::claims;

/// The most languages that a request is remembered to want.
const MOST: usize = 8;

/// Languages in which claims are wanted, too, in order of preference.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClaimLocales(Vec<String>);

impl ClaimLocales {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// With another one. What is no language's tag, or one too many, is passed over: OIDC Core §3.1.2.1, it is a wish.
    #[must_use]
    pub fn and(mut self, tag: &str) -> Self {
        if self.0.len() < MOST && is_language_tag(tag) && !self.0.iter().any(|known| known.eq_ignore_ascii_case(tag)) {
            self.0.push(tag.to_owned());
        }
        self
    }

    /// What a person has beside these claims in the languages that are wanted. More precise ones count: `ja` wants
    /// `ja-Kana-JP`, too. Nothing is told of a claim that is not told itself.
    #[must_use]
    pub fn of(&self, told: &Map<String, Value>, attributes: &Attributes) -> Map<String, Value> {
        if self.is_empty() {
            return Map::new();
        }
        let known = attributes.iter().filter_map(|(name, value)| {
            let (claim, tag) = claims::in_language(name)?;
            let is_text = matches!(value, AttributeValue::Text(_));
            (is_text && told.contains_key(claim) && self.wants(tag)).then(|| (name.to_owned(), value.to_json()))
        });
        known.collect()
    }

    fn wants(&self, tag: &str) -> bool {
        self.0.iter().any(|wanted| {
            let rest = tag.get(..wanted.len()).filter(|begin| begin.eq_ignore_ascii_case(wanted));
            rest.is_some() && tag.get(wanted.len()..).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn locales(tags: &str) -> ClaimLocales {
        tags.split(' ').fold(ClaimLocales::default(), ClaimLocales::and)
    }

    /// OIDC Core §5.2, OIDC Core §3.1.2.1: what is wanted, more precise ones with it, and nothing of what is not told itself.
    #[test]
    fn tells_claims_in_the_languages_that_are_wanted() {
        let known = json!({
            "family_name#ja-Kana-JP": "キング", "family_name#ja-Hani-JP": "王", "family_name#de": "König",
            "nickname#ja": "エイダ", "website#fr": "https://ada.example/fr", "name#DE": "Ada", "shoe_size": 38,
        });
        let attributes = Attributes::parse(&known).unwrap();
        let told = json!({ "family_name": "King", "name": "Ada", "website": "https://ada.example" });
        for (wanted, names) in [
            ("ja", &["family_name#ja-Hani-JP", "family_name#ja-Kana-JP"] as &[_]),
            ("JA-kana", &["family_name#ja-Kana-JP"]),
            ("de-CH de fr", &["family_name#de", "name#DE", "website#fr"]),
            ("j ja-K", &[]),
            ("not_a_tag", &[]),
        ] {
            let found = locales(wanted).of(told.as_object().unwrap(), &attributes);
            assert_eq!(found.keys().map(String::as_str).collect::<Vec<_>>(), names, "{wanted}");
        }
        assert!(ClaimLocales::default().of(told.as_object().unwrap(), &attributes).is_empty());
    }

    #[test]
    fn remembers_so_many_and_each_once() {
        assert_eq!(locales("de DE fr  en_US x-"), locales("de fr"));
        assert_eq!(locales("aa bb cc dd ee ff gg hh ii jj"), locales("aa bb cc dd ee ff gg hh"));
    }
}
