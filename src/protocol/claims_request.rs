//! The claims that an app asks for one by one, by the `claims` parameter (OIDC Core §5.5), cut to those that this server
//! could tell: what it does not know is no error, so nothing remembers it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::attributes::Attributes;
use super::claims;
use super::languages::ClaimLocales;
use super::scope::{Scope, ScopeToken};
use crate::error::{ErrorCode, OAuthError, Result};

/// The longest parameter, in bytes. How deep it may go is bounded by the reader of JSON, at 128.
pub const MAX_BYTES: usize = 4096;

const SUB: &str = "sub";
const ACR: &str = "acr";

/// What is asked for at `UserInfo`, and what in the ID token.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClaimsRequest {
    #[serde(skip_serializing_if = "Wishes::is_empty")]
    userinfo: Wishes,
    #[serde(skip_serializing_if = "Wishes::is_empty")]
    id_token: Wishes,
    /// In which languages claims are wanted, too.
    #[serde(skip_serializing_if = "ClaimLocales::is_empty")]
    locales: ClaimLocales,
}

type Wishes = BTreeMap<String, Wish>;

/// How a claim is asked for: OIDC Core §5.5.1.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Wish {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    essential: bool,
    /// The values of which it is to have one; none if any will do.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    values: Vec<Value>,
    /// The scope that releases it, where it is told by a rule of the settings; of a standard claim it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<ScopeToken>,
}

impl ClaimsRequest {
    /// Reads the parameter. What is not understood in it is ignored; what is not of its form is `invalid_request`. Of a claim
    /// that is no standard one, `own` says which scope releases it.
    pub fn parse<'a>(text: &str, own: impl Fn(&str) -> Option<&'a ScopeToken>) -> Result<Self> {
        if text.len() > MAX_BYTES {
            return Err(invalid(format!("claims is longer than {MAX_BYTES} bytes.")));
        }
        let json: Value = serde_json::from_str(text).map_err(|error| invalid("claims is not JSON.").because(error))?;
        let Value::Object(members) = json else { return Err(invalid("claims must be a JSON object.")) };
        Ok(Self {
            userinfo: wishes(&members, "userinfo", &[SUB], &own)?,
            id_token: wishes(&members, "id_token", &[SUB, ACR], &own)?,
            locales: languages_of(&members),
        })
    }

    /// With the languages of `claims_locales`, parted by spaces, in which claims are wanted, too (OIDC Core §3.1.2.1).
    #[must_use]
    pub fn in_languages(self, claims_locales: &str) -> Self {
        Self { locales: claims_locales.split(' ').fold(self.locales, ClaimLocales::and), ..self }
    }

    /// What a person has beside these claims in the languages that are wanted.
    #[must_use]
    pub fn in_other_languages(&self, told: &Map<String, Value>, attributes: &Attributes) -> Map<String, Value> {
        self.locales.of(told, attributes)
    }

    /// Whether nothing is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.userinfo.is_empty() && self.id_token.is_empty() && self.locales.is_empty()
    }

    /// As it is stored.
    #[must_use]
    pub fn to_json(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// What is asked for, less the claims that any token of `scope` would release.
    #[must_use]
    pub fn without(&self, scope: &Scope) -> Self {
        self.only(|name, wish| !is_released_by(name, wish, scope))
    }

    /// What is asked for, less the claims that no token of `scope` would release.
    #[must_use]
    pub fn within(&self, scope: &Scope) -> Self {
        self.only(|name, wish| released_by(name, wish).is_none_or(|by| scope.contains(by)))
    }

    fn only(&self, is_left: impl Fn(&str, &Wish) -> bool) -> Self {
        let left = |wishes: &Wishes| {
            let left = wishes.iter().filter(|(name, wish)| is_left(name, wish));
            left.map(|(name, wish)| (name.clone(), wish.clone())).collect()
        };
        Self { userinfo: left(&self.userinfo), id_token: left(&self.id_token), locales: self.locales.clone() }
    }

    /// The claims that are asked for and that no token of `scope` releases.
    #[must_use]
    pub fn beyond(&self, scope: &Scope) -> ClaimNames {
        let all = self.userinfo.iter().chain(&self.id_token);
        let is_beyond = |(name, wish): &(&String, &Wish)| released_by(name, wish).is_some_and(|by| !scope.contains(by));
        ClaimNames(all.filter(is_beyond).map(|(name, _)| name.clone()).collect())
    }

    /// Whether the answer may be about the person of this `sub`. OIDC Core §5.5.1: a `sub` that is asked for with a value
    /// is the only one that may be answered for.
    #[must_use]
    pub fn may_be_about(&self, sub: &str) -> bool {
        let sub = Value::from(sub);
        let wishes = [&self.userinfo, &self.id_token].into_iter().filter_map(|wishes| wishes.get(SUB));
        wishes.into_iter().all(|wish| wish.is_met_by(&sub))
    }

    /// Whether a sign-in that reaches these levels is good enough: OIDC Core §5.5.1.1, where an `acr` is essential, one of them
    /// must be one of its values.
    #[must_use]
    pub fn is_satisfied_by<'a>(&self, mut reached: impl Iterator<Item = &'a str>) -> bool {
        let demanded = self.id_token.get(ACR).filter(|wish| wish.essential);
        demanded.is_none_or(|wish| reached.any(|acr| wish.is_met_by(&Value::from(acr))))
    }

    /// The levels that are asked for, the most wanted first.
    pub fn levels(&self) -> impl Iterator<Item = &str> {
        self.id_token.get(ACR).into_iter().flat_map(|wish| &wish.values).filter_map(Value::as_str)
    }

    /// What `UserInfo` tells of a person by this request, beside what `scope` releases there.
    #[must_use]
    pub fn told_at_userinfo(&self, known: &Map<String, Value>, scope: &Scope) -> Map<String, Value> {
        told(known, self.userinfo.iter().filter(|(name, wish)| !is_released_by(name, wish, scope)))
    }

    /// What the ID token tells of a person: only what is asked for there.
    #[must_use]
    pub fn told_in_id_token(&self, known: &Map<String, Value>) -> Map<String, Value> {
        told(known, self.id_token.iter())
    }

    /// Whether the ID token tells anything of a person.
    #[must_use]
    pub fn tells_in_id_token(&self) -> bool {
        self.id_token.iter().any(|(name, wish)| released_by(name, wish).is_some())
    }

    /// The claims of rules of the settings that are asked for at `UserInfo`, each with the scope that releases it.
    pub fn own_at_userinfo(&self) -> impl Iterator<Item = (&str, &ScopeToken)> {
        own(&self.userinfo)
    }

    /// The same of the ID token.
    pub fn own_in_id_token(&self) -> impl Iterator<Item = (&str, &ScopeToken)> {
        own(&self.id_token)
    }
}

impl Wish {
    fn parse(name: &str, json: &Value) -> Result<Self> {
        let malformed =
            || invalid(format!("{name} in claims must be null, or an object as OIDC Core 5.5.1 describes it."));
        let members = match json {
            Value::Null => return Ok(Self::default()),
            Value::Object(members) => members,
            _ => return Err(malformed()),
        };
        let essential = match members.get("essential") {
            None => false,
            Some(essential) => essential.as_bool().ok_or_else(malformed)?,
        };
        let values = match (members.get("value"), members.get("values")) {
            (None, None) => Vec::new(),
            (Some(value), None) => vec![value.clone()],
            (None, Some(Value::Array(values))) if !values.is_empty() => values.clone(),
            _ => return Err(malformed()),
        };
        Ok(Self { essential, values, by: None })
    }

    fn is_met_by(&self, value: &Value) -> bool {
        self.values.is_empty() || self.values.contains(value)
    }
}

/// What one section asks for: the standard claims, those of rules of the settings, and those `others` that a rule of their own
/// answers.
fn wishes<'a>(
    members: &Map<String, Value>,
    section: &str,
    others: &[&str],
    own: impl Fn(&str) -> Option<&'a ScopeToken>,
) -> Result<Wishes> {
    let asked = match members.get(section) {
        None => return Ok(Wishes::new()),
        Some(Value::Object(asked)) => asked,
        Some(_) => return Err(invalid(format!("{section} in claims must be an object."))),
    };
    let mut wishes = Wishes::new();
    for (name, wish) in asked {
        // OIDC Core §5.2: whoever asks for a claim in a language asks for the claim.
        let name = claims::in_language(name).map_or(name.as_str(), |(claim, _)| claim);
        let by = own(name);
        if claims::find(name).is_some() || others.contains(&name) || by.is_some() {
            wishes.insert(name.to_owned(), Wish { by: by.cloned(), ..Wish::parse(name, wish)? });
        }
    }
    Ok(wishes)
}

/// The languages of all that is asked for in one: OIDC Core §5.2.
fn languages_of(members: &Map<String, Value>) -> ClaimLocales {
    let sections = ["userinfo", "id_token"].into_iter().filter_map(|section| members.get(section)?.as_object());
    let tags = sections.flat_map(Map::keys).filter_map(|name| claims::in_language(name));
    tags.map(|(_, tag)| tag).fold(ClaimLocales::default(), ClaimLocales::and)
}

fn own(wishes: &Wishes) -> impl Iterator<Item = (&str, &ScopeToken)> {
    wishes.iter().filter_map(|(name, wish)| Some((name.as_str(), wish.by.as_ref()?)))
}

/// The scope that releases a claim about the person; none for what a rule of its own answers.
fn released_by<'a>(name: &str, wish: &'a Wish) -> Option<&'a str> {
    claims::find(name).map(|(_, by)| by).or(wish.by.as_ref().map(ScopeToken::as_str))
}

fn is_released_by(name: &str, wish: &Wish, scope: &Scope) -> bool {
    released_by(name, wish).is_some_and(|by| scope.contains(by))
}

/// A claim that is asked for with values is told where it has one of them: the app learns that, or nothing.
fn told<'a>(known: &Map<String, Value>, wishes: impl Iterator<Item = (&'a String, &'a Wish)>) -> Map<String, Value> {
    let told = |(name, wish): (&String, &Wish)| {
        let value = known.get(name).filter(|value| wish.is_met_by(value))?;
        Some((name.clone(), value.clone()))
    };
    wishes.filter_map(told).collect()
}

/// Names of claims about a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimNames(BTreeSet<String>);

impl ClaimNames {
    /// Reads names parted by spaces.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Self(text.split(' ').filter(|name| !name.is_empty()).map(str::to_owned).collect())
    }

    /// The names in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the name is among them.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    /// Whether `other` has every one.
    #[must_use]
    pub fn is_subset_of(&self, other: &Self) -> bool {
        self.0.is_subset(&other.0)
    }

    /// Those of both.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self(self.0.union(&other.0).cloned().collect())
    }
}

impl fmt::Display for ClaimNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.iter().collect::<Vec<_>>().join(" "))
    }
}

fn invalid(text: impl Into<std::borrow::Cow<'static, str>>) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidRequest, text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn scope(text: &str) -> Scope {
        Scope::parse(text).unwrap()
    }

    fn parse(text: &str) -> Result<ClaimsRequest> {
        ClaimsRequest::parse(text, |_| None)
    }

    fn known() -> Map<String, Value> {
        let known = json!({"name": "Ada", "email": "ada@ada.example", "phone_number": "+44", "team": ["a"]});
        known.as_object().cloned().unwrap()
    }

    /// OIDC Core §5.5, OIDC Core §5.5.1: the example of the specification, of which we know most.
    #[test]
    fn reads_what_is_asked_for_where() {
        let text = r#"{"userinfo": {"given_name": {"essential": true}, "nickname": null, "email": {"essential": true},
            "email_verified": {"essential": true}, "picture": null, "http://example.info/claims/groups": null},
            "id_token": {"auth_time": {"essential": true}, "acr": {"values": ["urn:mace:incommon:iap:silver"]}},
            "unheard_of": 1}"#;
        let request = parse(text).unwrap();
        let beyond = request.beyond(&scope("openid email"));
        assert_eq!(beyond.to_string(), "given_name nickname picture");
        assert_eq!(request.within(&scope("email profile")), request);
        assert_eq!(request.within(&scope("email")).beyond(&Scope::empty()).to_string(), "email email_verified");
        assert_eq!(request.levels().collect::<Vec<_>>(), ["urn:mace:incommon:iap:silver"]);
        assert!(request.is_satisfied_by(std::iter::once("another")) && !request.tells_in_id_token());
        assert_eq!(serde_json::from_value::<ClaimsRequest>(request.to_json()).unwrap(), request);
        for nothing in ["{}", r#"{"userinfo": {}}"#, r#"{"userinfo": {"shoe_size": {"essential": "yes"}}}"#] {
            assert!(parse(nothing).unwrap().is_empty(), "{nothing}");
        }
    }

    /// OIDC Core §5.5: what is not of the form is refused, however it fails to be.
    #[test]
    fn refuses_what_is_malformed() {
        let deep = format!(r#"{{"userinfo": {{"x": {}{}}}}}"#, "[".repeat(200), "]".repeat(200));
        let long = format!(r#"{{"x": "{}"}}"#, "x".repeat(MAX_BYTES));
        for bad in [
            "",
            "name",
            "null",
            "[]",
            r#"{"userinfo": {"name": null}"#,
            r#"{"userinfo": null}"#,
            r#"{"userinfo": ["name"]}"#,
            r#"{"id_token": {"name": true}}"#,
            r#"{"id_token": {"name": {"essential": "true"}}}"#,
            r#"{"id_token": {"name": {"values": "Ada"}}}"#,
            r#"{"id_token": {"name": {"values": []}}}"#,
            r#"{"id_token": {"name": {"value": "Ada", "values": ["Ada"]}}}"#,
            deep.as_str(),
            long.as_str(),
        ] {
            assert_eq!(parse(bad).unwrap_err().code, ErrorCode::InvalidRequest, "{bad}");
        }
    }

    /// OIDC Core §5.5, OIDC Core §5.5.1: each claim where it was asked for, one with a value only where it is that.
    #[test]
    fn tells_each_claim_where_it_was_asked_for() {
        let request = parse(
            r#"{"userinfo": {"name": null, "email": {"value": "eve@ada.example"}, "picture": null},
                "id_token": {"phone_number": {"essential": true}, "email": {"values": ["x", "ada@ada.example"]}}}"#,
        )
        .unwrap();
        let told = request.told_at_userinfo(&known(), &scope("openid"));
        assert_eq!(Value::Object(told), json!({"name": "Ada"}));
        assert!(request.told_at_userinfo(&known(), &scope("profile")).is_empty(), "the scope has released it");
        let told = request.told_in_id_token(&known());
        assert_eq!(Value::Object(told), json!({"phone_number": "+44", "email": "ada@ada.example"}));
        let told = request.without(&scope("phone")).told_in_id_token(&known());
        assert_eq!(Value::Object(told), json!({"email": "ada@ada.example"}));
        assert!(request.without(&scope("profile email phone")).is_empty());
    }

    /// OIDC Core §5.5.1: a `sub` with a value stands for one person.
    #[test]
    fn knows_whom_it_may_be_about() {
        for (text, ada) in [
            (r#"{"id_token": {"sub": {"value": "ada"}}}"#, true),
            (r#"{"id_token": {"sub": {"values": ["ben", "ada"]}}}"#, true),
            (r#"{"id_token": {"sub": {"value": "ben"}}}"#, false),
            (r#"{"userinfo": {"sub": {"value": "ben"}}}"#, false),
            (r#"{"id_token": {"sub": {"value": 7}}}"#, false),
            (r#"{"id_token": {"sub": null}}"#, true),
            ("{}", true),
        ] {
            assert_eq!(parse(text).unwrap().may_be_about("ada"), ada, "{text}");
        }
    }

    /// OIDC Core §5.5: a claim of a rule is found as the standard ones are, by the scope that releases it.
    #[test]
    fn knows_the_claims_of_rules_by_their_scope() {
        let by = ScopeToken::parse("employee").unwrap();
        let text = r#"{"userinfo": {"team": null, "sub": null}, "id_token": {"team": {"value": ["a"]}, "hat": null}}"#;
        let request = ClaimsRequest::parse(text, |name| (name == "team").then_some(&by)).unwrap();
        assert_eq!(request.own_at_userinfo().collect::<Vec<_>>(), [("team", &by)]);
        assert_eq!(request.own_in_id_token().collect::<Vec<_>>(), [("team", &by)]);
        assert!(request.tells_in_id_token());
        assert_eq!(request.beyond(&scope("openid profile")).to_string(), "team");
        assert!(
            request.beyond(&scope("employee")).is_empty()
                && request.without(&scope("employee")).own_at_userinfo().next().is_none()
        );
        assert_eq!(request.within(&scope("employee")), request);
        assert!(request.within(&scope("profile")).own_in_id_token().next().is_none());
        assert_eq!(Value::Object(request.told_in_id_token(&known())), json!({"team": ["a"]}));
        assert_eq!(Value::Object(request.told_at_userinfo(&known(), &scope("openid"))), json!({"team": ["a"]}));
        assert!(request.told_at_userinfo(&known(), &scope("employee")).is_empty());
        assert_eq!(serde_json::from_value::<ClaimsRequest>(request.to_json()).unwrap(), request);
    }

    #[test]
    fn keeps_names_as_text() {
        let names = ClaimNames::parse("picture name  https://example.com/x");
        assert_eq!(names.to_string(), "https://example.com/x name picture");
        assert_eq!(ClaimNames::parse(&names.to_string()), names);
        assert!(ClaimNames::parse("").is_empty());
        assert_eq!(
            ClaimNames::parse("picture name").union(&ClaimNames::parse("email")).to_string(),
            "email name picture"
        );
    }
}
