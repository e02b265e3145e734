//! A JSON merge patch (RFC 7396), and one on claims.

use serde_json::{Map, Value};

use super::problem::{Kind, Problem};
use crate::protocol::claims::StandardClaims;

/// What was verified of what: a new value has not been.
const VERIFIED: [(&str, &str); 2] = [("email", "email_verified"), ("phone_number", "phone_number_verified")];

/// The claims after a patch.
pub(super) fn claims(known: &StandardClaims, patch: &Value) -> Result<StandardClaims, Problem> {
    let Value::Object(changes) = patch else {
        return Err(Problem::of_member("claims", "claims: Send an object of claims."));
    };
    let before = serde_json::to_value(known).unwrap_or_default();
    let mut after = before.clone();
    apply(&mut after, patch);
    if let Some(members) = after.as_object_mut() {
        for (name, flag) in VERIFIED {
            if members.get(name) != before.get(name) && !changes.contains_key(flag) {
                members.remove(flag);
            }
        }
    }
    serde_json::from_value(after).map_err(|error| Problem::new(Kind::Invalid, format!("claims: {error}.")))
}

/// RFC 7396 §2
pub(super) fn apply(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(members) = target else { return };
    for (name, change) in changes {
        if change.is_null() {
            members.remove(name);
        } else {
            apply(members.entry(name.clone()).or_insert(Value::Null), change);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// RFC 7396 §2, and its appendix.
    #[test]
    fn patches_as_the_specification_does() {
        for (mut target, patch, expected) in [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"})),
            (json!({"a": "b", "b": "c"}), json!({"a": null}), json!({"b": "c"})),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": {"b": "c"}}), json!({"a": {"b": "d", "c": null}}), json!({"a": {"b": "d"}})),
            (json!({"a": "foo"}), json!("bar"), json!("bar")),
            (json!([1, 2]), json!({"a": "b", "c": null}), json!({"a": "b"})),
            (json!({}), json!({"a": {"bb": {"ccc": null}}}), json!({"a": {"bb": {}}})),
        ] {
            apply(&mut target, &patch);
            assert_eq!(target, expected, "{patch}");
        }
    }

    #[test]
    fn takes_a_new_address_for_unverified() {
        let known: StandardClaims =
            serde_json::from_value(json!({"email": "a@example.org", "email_verified": true, "name": "A"})).unwrap();
        let after = |patch| claims(&known, &patch).unwrap();
        assert_eq!(after(json!({"email": "b@example.org"})).email_verified, None);
        assert_eq!(after(json!({"email": "b@example.org", "email_verified": true})).email_verified, Some(true));
        assert_eq!(after(json!({"name": "B"})).email_verified, Some(true));
        assert_eq!(after(json!({"email": null})).email_verified, None);
        assert!(claims(&known, &json!({"nick": "x"})).is_err() && claims(&known, &json!([])).is_err());
    }
}
