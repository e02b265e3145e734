//! What people change themselves of what is told about them: as much as the operator leaves to them, by the rules that hold
//! for everybody who changes it.

use serde_json::{Map, Value};

use super::accounts::{AccountProblem, NewPerson, is_unseen, problem_of_own_username};
use super::change::Change;
use crate::config::Editable;
use crate::protocol::claims::StandardClaims;
use crate::store::Person;

/// The longest text of a claim, in characters.
const LONGEST: usize = 300;

/// What is wrong with what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProfileProblem {
    /// With what an account needs.
    Account(AccountProblem),
    /// With the claim of this name; a part of the address is named as `address.country`.
    Claim(String),
}

/// What a person typed.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// The name to sign in with.
    pub username: String,
    /// Claims by name; what is empty is left out.
    pub claims: Map<String, Value>,
}

/// Whether whoever changes this changes by what they sign in.
#[must_use]
pub fn is_sensitive(editable: &[Editable]) -> bool {
    editable.iter().any(|claim| matches!(claim, Editable::Username | Editable::Email))
}

/// The change of `person` to what was typed, as far as it is theirs to change, and everything that is wrong with it. What
/// somebody has seen to be true of an address or number holds for that one only.
pub fn change(person: &Person, editable: &[Editable], typed: &Typed) -> Result<Change, Vec<ProfileProblem>> {
    let mut problems = Vec::new();
    let mut claims = person.claims.to_map();
    for claim in editable.iter().filter(|claim| **claim != Editable::Username).map(|claim| claim.as_str()) {
        let value = typed.claims.get(claim);
        if value != claims.get(claim) {
            claims.remove(&format!("{claim}_verified"));
        }
        problems.extend(value.into_iter().flat_map(|value| problems_of(claim, value)));
        match value {
            Some(value) => _ = claims.insert(claim.to_owned(), value.clone()),
            None => _ = claims.remove(claim),
        }
    }
    let username = if editable.contains(&Editable::Username) { &typed.username } else { &person.username };
    let Ok(claims) = serde_json::from_value::<StandardClaims>(Value::Object(claims)) else {
        return Err(vec![ProfileProblem::Claim("address".to_owned())]);
    };
    let new = NewPerson { username: username.clone(), claims, ..NewPerson::default() };
    // A name that they have already may be one that an admin gave them.
    let confirmed = person.claims.email.as_deref().filter(|_| person.claims.email_verified == Some(true));
    let of_username = problem_of_own_username(&new.username, confirmed).filter(|_| new.username != person.username);
    let of_account = new.problems().into_iter().chain(of_username).map(ProfileProblem::Account);
    problems.extend(of_account.filter(|problem| is_theirs(problem, editable)));
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Change { username: Some(new.username), claims: Some(new.claims), attributes: None, picture: None })
}

/// What was wrong before, and is not theirs to mend, does not keep them from changing the rest.
fn is_theirs(problem: &ProfileProblem, editable: &[Editable]) -> bool {
    let of = match problem {
        ProfileProblem::Account(AccountProblem::EmailMalformed) => Editable::Email,
        ProfileProblem::Account(AccountProblem::DisplayNameMalformed) => Editable::Name,
        _ => Editable::Username,
    };
    editable.contains(&of)
}

/// OIDC Core §5.1: what the value of this claim looks like, and besides, that it is of bounded length and shows what it is.
fn problems_of(claim: &str, value: &Value) -> Vec<ProfileProblem> {
    let texts: Vec<(String, &str)> = match value {
        Value::Object(parts) => {
            parts.iter().map(|(part, text)| (format!("{claim}.{part}"), text.as_str().unwrap_or_default())).collect()
        }
        value => vec![(claim.to_owned(), value.as_str().unwrap_or_default())],
    };
    let fits = |text: &str| text.chars().count() <= LONGEST && !text.chars().any(|c| c != '\n' && is_unseen(c));
    let mut wrong: Vec<_> = texts.into_iter().filter(|(_, text)| !fits(text)).map(|(name, _)| name).collect();
    let alone = serde_json::from_value::<StandardClaims>(serde_json::json!({ claim: value }));
    // The account says itself what is wrong with an address.
    let is_sound = claim == Editable::Email.as_str() || alone.is_ok_and(|alone| alone.check().is_empty());
    if wrong.is_empty() && !is_sound {
        wrong.push(claim.to_owned());
    }
    wrong.into_iter().map(ProfileProblem::Claim).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::clock::Timestamp;
    use crate::ids::PersonId;
    use crate::protocol::attributes::Attributes;

    fn ada() -> Person {
        let claims = json!({
            "name": "Ada", "email": "ada@example.org", "email_verified": true,
            "phone_number": "+44 1", "phone_number_verified": true, "gender": "female",
        });
        Person {
            id: PersonId(uuid::Uuid::nil()),
            username: "ada".to_owned(),
            claims: serde_json::from_value(claims).unwrap(),
            attributes: Attributes::default(),
            password_hash: None,
            role: None,
            created_at: Timestamp::default(),
            updated_at: Timestamp::default(),
            disabled_at: None,
        }
    }

    fn typed(username: &str, claims: &Value) -> Typed {
        Typed { username: username.to_owned(), claims: claims.as_object().unwrap().clone() }
    }

    #[test]
    fn changes_what_is_left_to_people_and_nothing_else() {
        let typed = typed("root", &json!({ "name": "Ada L.", "email": "eve@example.org", "gender": "x" }));
        let changed = change(&ada(), &[Editable::Name, Editable::PhoneNumber], &typed).unwrap();
        assert_eq!(changed.username.as_deref(), Some("ada"));
        let claims = changed.claims.unwrap();
        assert_eq!((claims.name.as_deref(), claims.email.as_deref()), (Some("Ada L."), Some("ada@example.org")));
        assert_eq!((claims.phone_number, claims.phone_number_verified), (None, None), "left empty: taken away");
        assert_eq!((claims.email_verified, claims.gender.as_deref()), (Some(true), Some("female")));
    }

    /// OIDC Core §5.1: `email_verified` is told of the address that was seen to work.
    #[test]
    fn takes_nothing_for_verified_that_was_typed() {
        let editable = [Editable::Email, Editable::PhoneNumber];
        let other = typed("ada", &json!({ "email": "eve@example.org", "phone_number": "+44 1" }));
        let claims = change(&ada(), &editable, &other).unwrap().claims.unwrap();
        assert_eq!((claims.email_verified, claims.phone_number_verified), (None, Some(true)));
        let forged = typed("ada", &json!({ "email": "eve@example.org", "email_verified": true }));
        assert_eq!(change(&ada(), &editable, &forged).unwrap().claims.unwrap().email_verified, None);
    }

    #[test]
    fn names_what_is_wrong() {
        let all = Editable::AT_FIRST;
        let wrong = |claims: Value| change(&ada(), &all, &typed("", &claims)).unwrap_err();
        let claim = |name: &str| ProfileProblem::Claim(name.to_owned());
        assert_eq!(wrong(json!({ "birthdate": "yesterday" })), [claim("birthdate")]);
        assert_eq!(wrong(json!({ "picture": "javascript:alert(1)" })), [claim("picture")]);
        assert_eq!(wrong(json!({ "nickname": "a\u{202e}b" })), [claim("nickname")]);
        assert_eq!(wrong(json!({ "address": { "country": "x".repeat(301) } })), [claim("address.country")]);
        let malformed = ProfileProblem::Account(AccountProblem::DisplayNameMalformed);
        assert_eq!(wrong(json!({ "name": "a".repeat(101) })), [malformed]);
        assert!(change(&ada(), &all, &typed("", &json!({ "address": { "formatted": "1\n2" } }))).is_ok());
    }
}
