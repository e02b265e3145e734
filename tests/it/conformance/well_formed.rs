//! What the suite looks at wherever it meets claims or secrets.

use std::collections::BTreeMap;

use claviger::protocol::claims::StandardClaims;
use serde_json::Value;

/// The standard claims about a person.
pub(super) const PERSONAL: [&str; 19] = [
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

/// OIDC Core §5.1: booleans are booleans, `updated_at` is a number, `address` an object, all else text that says something.
#[track_caller]
pub(super) fn check_claims(claims: &Value) {
    for (name, value) in claims.as_object().unwrap().iter().filter(|(name, _)| PERSONAL.contains(&name.as_str())) {
        match name.as_str() {
            "email_verified" | "phone_number_verified" => assert!(value.is_boolean(), "{name}: {value}"),
            "updated_at" => assert!(value.as_i64().is_some_and(|at| at > 0), "{name}: {value}"),
            "address" => value.as_object().unwrap().values().for_each(check_text),
            _ => check_text(value),
        }
    }
    let known = claims.as_object().unwrap().iter().filter(|(name, _)| PERSONAL.contains(&name.as_str()));
    let known: Value = known.map(|(name, value)| (name.clone(), value.clone())).collect();
    let known: StandardClaims = serde_json::from_value(known).unwrap();
    assert_eq!(known.check(), Vec::<String>::new());
}

#[track_caller]
fn check_text(value: &Value) {
    let text = value.as_str().unwrap();
    assert!(!text.trim().is_empty() && text != "null", "{value}");
}

/// What nobody may guess: at least 128 bits long, with more than 96 bits of Shannon's entropy.
#[track_caller]
pub(super) fn check_random(secret: &str) {
    assert!(secret.len() * 8 >= 128, "{secret}");
    let mut counts: BTreeMap<char, f64> = BTreeMap::new();
    for c in secret.chars() {
        *counts.entry(c).or_default() += 1.0;
    }
    let length: f64 = counts.values().sum();
    let per_character: f64 = counts.values().map(|count| -(count / length) * (count / length).log2()).sum();
    assert!(per_character * length > 96.0, "{secret}: {}", per_character * length);
}

/// The suite's own measure, held against what is no secret.
#[test]
#[should_panic(expected = "aaaa")]
fn tells_a_secret_from_what_repeats_itself() {
    check_random(&"a".repeat(64));
}
