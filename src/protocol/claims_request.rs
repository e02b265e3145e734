//! The claims that an app asks for one by one, by the `claims` parameter (OIDC Core §5.5), cut to those that this server
//! could tell: what it does not know is no error, so nothing remembers it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::claims::{self, StandardClaims};
use super::scope::Scope;
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
}

impl ClaimsRequest {
    /// Reads the parameter. What is not understood in it is ignored; what is not of its form is `invalid_request`.
    pub fn parse(text: &str) -> Result<Self> {
        if text.len() > MAX_BYTES {
            return Err(invalid(format!("claims is longer than {MAX_BYTES} bytes.")));
        }
        let json: Value = serde_json::from_str(text).map_err(|error| invalid("claims is not JSON.").because(error))?;
        let Value::Object(members) = json else { return Err(invalid("claims must be a JSON object.")) };
        Ok(Self {
            userinfo: wishes(&members, "userinfo", &[SUB])?,
            id_token: wishes(&members, "id_token", &[SUB, ACR])?,
        })
    }

    /// Whether nothing is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.userinfo.is_empty() && self.id_token.is_empty()
    }

    /// As it is stored.
    #[must_use]
    pub fn to_json(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// What is asked for, less the claims that any token of `scope` would release.
    #[must_use]
    pub fn without(&self, scope: &Scope) -> Self {
        self.only(|name| !is_released_by(name, scope))
    }

    /// What is asked for, less the claims that no token of `scope` would release.
    #[must_use]
    pub fn within(&self, scope: &Scope) -> Self {
        self.only(|name| claims::find(name).is_none_or(|(_, by)| scope.contains(by)))
    }

    fn only(&self, is_left: impl Fn(&str) -> bool) -> Self {
        let left = |wishes: &Wishes| {
            let left = wishes.iter().filter(|(name, _)| is_left(name));
            left.map(|(name, wish)| (name.clone(), wish.clone())).collect()
        };
        Self { userinfo: left(&self.userinfo), id_token: left(&self.id_token) }
    }

    /// The standard claims that are asked for and that no token of `scope` releases.
    #[must_use]
    pub fn beyond(&self, scope: &Scope) -> ClaimNames {
        ClaimNames::of(self.userinfo.keys().chain(self.id_token.keys())).beyond(scope)
    }

    /// Whether the answer may be about the person of this `sub`. OIDC Core §5.5.1: a `sub` that is asked for with a value
    /// is the only one that may be answered for.
    #[must_use]
    pub fn may_be_about(&self, sub: &str) -> bool {
        let sub = Value::from(sub);
        let wishes = [&self.userinfo, &self.id_token].into_iter().filter_map(|wishes| wishes.get(SUB));
        wishes.into_iter().all(|wish| wish.is_met_by(&sub))
    }

    /// Whether a sign-in of this level is good enough: OIDC Core §5.5.1.1, where an `acr` is essential, it must be one of its
    /// values.
    #[must_use]
    pub fn is_satisfied_by(&self, acr: &str) -> bool {
        let demanded = self.id_token.get(ACR).filter(|wish| wish.essential);
        demanded.is_none_or(|wish| wish.is_met_by(&Value::from(acr)))
    }

    /// The levels that are asked for, the most wanted first.
    pub fn levels(&self) -> impl Iterator<Item = &str> {
        self.id_token.get(ACR).into_iter().flat_map(|wish| &wish.values).filter_map(Value::as_str)
    }

    /// What `UserInfo` tells of a person by this request, beside what `scope` releases there.
    #[must_use]
    pub fn told_at_userinfo(&self, known: &StandardClaims, scope: &Scope) -> Map<String, Value> {
        let beyond = |name: &&String| !is_released_by(name, scope);
        told(known, self.userinfo.iter().filter(|(name, _)| beyond(name)))
    }

    /// What the ID token tells of a person: only what is asked for there.
    #[must_use]
    pub fn told_in_id_token(&self, known: &StandardClaims) -> Map<String, Value> {
        told(known, self.id_token.iter())
    }

    /// Whether the ID token tells anything of a person.
    #[must_use]
    pub fn tells_in_id_token(&self) -> bool {
        self.id_token.keys().any(|name| claims::find(name).is_some())
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
        Ok(Self { essential, values })
    }

    fn is_met_by(&self, value: &Value) -> bool {
        self.values.is_empty() || self.values.contains(value)
    }
}

/// What one section asks for: the standard claims, and those `others` that a rule of their own answers.
fn wishes(members: &Map<String, Value>, section: &str, others: &[&str]) -> Result<Wishes> {
    let asked = match members.get(section) {
        None => return Ok(Wishes::new()),
        Some(Value::Object(asked)) => asked,
        Some(_) => return Err(invalid(format!("{section} in claims must be an object."))),
    };
    let known = asked.iter().filter(|(name, _)| claims::find(name).is_some() || others.contains(&name.as_str()));
    known.map(|(name, wish)| Ok((name.clone(), Wish::parse(name, wish)?))).collect()
}

fn is_released_by(name: &str, scope: &Scope) -> bool {
    claims::find(name).is_some_and(|(_, by)| scope.contains(by))
}

/// A claim that is asked for with values is told where it has one of them: the app learns that, or nothing.
fn told<'a>(known: &StandardClaims, wishes: impl Iterator<Item = (&'a String, &'a Wish)>) -> Map<String, Value> {
    let wishes: BTreeMap<_, _> = wishes.collect();
    let mut told = known.pick(wishes.keys().map(|name| name.as_str()));
    told.retain(|name, value| wishes.get(name).is_some_and(|wish| wish.is_met_by(value)));
    told
}

/// Names of standard claims.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimNames(BTreeSet<&'static str>);

impl ClaimNames {
    /// Reads names parted by spaces; those that are no standard claims are left out.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Self::of(text.split(' '))
    }

    fn of(names: impl Iterator<Item = impl AsRef<str>>) -> Self {
        Self(names.filter_map(|name| Some(claims::find(name.as_ref())?.0)).collect())
    }

    /// The names in order.
    pub fn iter(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().copied()
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
        Self(self.0.union(&other.0).copied().collect())
    }

    /// Those that no token of `scope` releases.
    #[must_use]
    pub fn beyond(&self, scope: &Scope) -> Self {
        Self(self.iter().filter(|name| !is_released_by(name, scope)).collect())
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

    fn known() -> StandardClaims {
        serde_json::from_value(json!({"name": "Ada", "email": "ada@ada.example", "phone_number": "+44"})).unwrap()
    }

    /// OIDC Core §5.5, OIDC Core §5.5.1: the example of the specification, of which we know most.
    #[test]
    fn reads_what_is_asked_for_where() {
        let text = r#"{"userinfo": {"given_name": {"essential": true}, "nickname": null, "email": {"essential": true},
            "email_verified": {"essential": true}, "picture": null, "http://example.info/claims/groups": null},
            "id_token": {"auth_time": {"essential": true}, "acr": {"values": ["urn:mace:incommon:iap:silver"]}},
            "unheard_of": 1}"#;
        let request = ClaimsRequest::parse(text).unwrap();
        let beyond = request.beyond(&scope("openid email"));
        assert_eq!(beyond.to_string(), "given_name nickname picture");
        assert_eq!(request.within(&scope("email profile")), request);
        assert_eq!(request.within(&scope("email")).beyond(&Scope::empty()).to_string(), "email email_verified");
        assert_eq!(request.levels().collect::<Vec<_>>(), ["urn:mace:incommon:iap:silver"]);
        assert!(request.is_satisfied_by("another") && !request.tells_in_id_token());
        assert_eq!(serde_json::from_value::<ClaimsRequest>(request.to_json()).unwrap(), request);
        for nothing in ["{}", r#"{"userinfo": {}}"#, r#"{"userinfo": {"shoe_size": {"essential": "yes"}}}"#] {
            assert!(ClaimsRequest::parse(nothing).unwrap().is_empty(), "{nothing}");
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
            assert_eq!(ClaimsRequest::parse(bad).unwrap_err().code, ErrorCode::InvalidRequest, "{bad}");
        }
    }

    /// OIDC Core §5.5, OIDC Core §5.5.1: each claim where it was asked for, one with a value only where it is that.
    #[test]
    fn tells_each_claim_where_it_was_asked_for() {
        let request = ClaimsRequest::parse(
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
            assert_eq!(ClaimsRequest::parse(text).unwrap().may_be_about("ada"), ada, "{text}");
        }
    }

    #[test]
    fn keeps_names_as_text() {
        let names = ClaimNames::parse("name picture unheard-of sub");
        assert_eq!(names.to_string(), "name picture");
        assert_eq!(ClaimNames::parse(&names.to_string()), names);
        assert!(ClaimNames::parse("").is_empty());
        assert_eq!(names.union(&ClaimNames::parse("email")).to_string(), "email name picture");
    }
}
