//! From rows to people, as far as the file alone can tell: each is sound, and no two sign in by the same.

use std::collections::BTreeMap;

use serde_json::Value;

use super::read::{ATTRIBUTES, PASSWORD_HASH, Row, read};
use super::{Entry, Fault, Format, Place, shown};
use crate::domain::people::accounts::{AccountProblem, NewPerson};
use crate::domain::people::foreign_hash::ImportedHash;
use crate::protocol::attributes::Attributes;
use crate::protocol::claims::StandardClaims;
use crate::store::{Role, login_key};

/// The people of a file, and everything that is wrong with it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Those who are sound.
    pub entries: Vec<Entry>,
    /// What is wrong with the others, by their place.
    pub faults: Vec<Fault>,
}

/// Reads a file. `may_give` says which roles whoever imports may give.
#[must_use]
pub fn check(bytes: &[u8], format: Format, may_give: impl Fn(Role) -> bool) -> Checked {
    let (rows, mut faults) = read(bytes, format);
    let mut entries = Vec::new();
    let mut seen = BTreeMap::new();
    for row in rows {
        match entry_of(row, &may_give) {
            Ok(entry) => match twice(&mut seen, &entry) {
                None => entries.push(entry),
                Some(fault) => faults.push(fault),
            },
            Err(found) => faults.extend(found),
        }
    }
    faults.sort_by_key(|fault| fault.place);
    Checked { entries, faults }
}

fn entry_of(Row { place, mut members }: Row, may_give: &impl Fn(Role) -> bool) -> Result<Entry, Vec<Fault>> {
    let mut faults = Vec::new();
    // PostgreSQL keeps none.
    if members.values().any(holds_nul) {
        return Err(vec![Fault::at(place, "A text holds a NUL character, which none may.")]);
    }
    let username = match members.remove("username") {
        Some(Value::String(username)) => username,
        Some(_) => return Err(vec![Fault::of(place, "username", "It is no text.")]),
        None => return Err(vec![Fault::of(place, "username", "It is missing.")]),
    };
    let role = match members.remove("role") {
        None | Some(Value::Null) => None,
        Some(word) => match role_of(&word, may_give) {
            Ok(role) => Some(role),
            Err(text) => {
                faults.push(Fault::of(place, "role", text));
                None
            }
        },
    };
    let password_hash = match members.remove(PASSWORD_HASH) {
        None | Some(Value::Null) => None,
        Some(text) => {
            let hash = ImportedHash::parse(text.as_str().unwrap_or_default());
            if hash.is_none() {
                faults.push(Fault::of(place, PASSWORD_HASH, ImportedHash::EXPECTED));
            }
            hash
        }
    };
    let attributes = members.remove(ATTRIBUTES).filter(|json| !json.is_null());
    let attributes = attributes.map(|json| Attributes::parse(&json)).transpose().unwrap_or_else(|found| {
        faults.extend(found.into_iter().map(|text| Fault::of(place, ATTRIBUTES, text)));
        None
    });
    let claims: StandardClaims = match serde_json::from_value(Value::Object(members)) {
        Ok(claims) => claims,
        Err(error) => {
            faults.push(Fault::at(place, format!("It holds no standard claims: {}.", shown(&error.to_string()))));
            return Err(faults);
        }
    };
    let new =
        NewPerson { username, claims, attributes: attributes.unwrap_or_default(), role, password_hash, terms: None };
    faults.extend(new.problems().iter().map(|problem| Fault::of(place, member_of(*problem), problem.to_string())));
    // Both look at the address; one sentence about it is enough.
    let of_claims = new.claims.check().into_iter().filter(|text| !text.starts_with("email is"));
    faults.extend(of_claims.map(|text| Fault::at(place, text)));
    if faults.is_empty() { Ok(Entry { place, new }) } else { Err(faults) }
}

fn role_of(word: &Value, may_give: &impl Fn(Role) -> bool) -> Result<Role, String> {
    let word = word.as_str().unwrap_or_default();
    let Some(role) = Role::from_word(word) else {
        let words = Role::ALL.map(Role::word).join(", ");
        return Err(format!("“{}” is no role. These are: {words}.", shown(word)));
    };
    if may_give(role) { Ok(role) } else { Err(format!("You may not give the role {}.", role.word())) }
}

fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Object(parts) => parts.values().any(holds_nul),
        _ => false,
    }
}

pub(super) const fn member_of(problem: AccountProblem) -> &'static str {
    match problem {
        AccountProblem::UsernameMalformed | AccountProblem::UsernameTaken | AccountProblem::UsernameIsAddress => {
            "username"
        }
        AccountProblem::EmailMalformed | AccountProblem::EmailTaken => "email",
        AccountProblem::DisplayNameMalformed => "name",
        AccountProblem::Password(_) => "password",
    }
}

/// What somebody earlier in the file signs in by already. A name that is another's address counts: it would catch that
/// person's sign-ins.
fn twice(seen: &mut BTreeMap<String, Place>, Entry { place, new }: &Entry) -> Option<Fault> {
    let email = new.claims.email.as_deref();
    let logins = [("username", Some(new.username.as_str())), ("email", email)];
    for (member, login) in logins {
        if let Some(earlier) = login.and_then(|login| seen.get(&login_key(login))) {
            return Some(Fault::of(*place, member, format!("{earlier} has the same: leave one out.")));
        }
    }
    seen.extend(logins.into_iter().filter_map(|(_, login)| Some((login_key(login?), *place))));
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str, format: Format) -> Vec<String> {
        let checked = check(text.as_bytes(), format, |role| role != Role::Owner);
        checked.faults.iter().map(ToString::to_string).collect()
    }

    fn usernames(text: &str) -> Vec<String> {
        let checked = check(text.as_bytes(), Format::Csv, |_| true);
        assert_eq!(checked.faults, [], "{text:?}");
        checked.entries.into_iter().map(|entry| entry.new.username).collect()
    }

    #[test]
    fn reads_what_spreadsheets_write() {
        for text in [
            "username,email\nada,ada@example.org\nbob,\n",
            "\u{feff}username,email\r\nada,ada@example.org\r\nbob,\r\n",
            "username;email\r\nada;ada@example.org\r\n;\r\nbob;\r\n",
            "\"Username\",\" email \"\n\"ada\",ada@example.org\n\nbob,",
        ] {
            assert_eq!(usernames(text), ["ada", "bob"], "{text:?}");
        }
    }

    #[test]
    fn reads_the_same_from_both_formats() {
        let csv = "username,role,email,email_verified,address.locality,Attribute.costCenter,attribute.x_verified\n\
            ada,support,a@b.c,TRUE,London,007,yes";
        let json = r#"[{"username": "ada", "role": "support", "email": "a@b.c", "email_verified": true,
            "address": {"locality": "London"}, "attributes": {"costCenter": "007", "x_verified": "yes"}}]"#;
        let of = |text: &str, format| check(text.as_bytes(), format, |_| true).entries.remove(0).new;
        assert_eq!(of(csv, Format::Csv), of(json, Format::Json));
    }

    #[test]
    fn tells_every_fault_at_once_and_where_it_is() {
        let text = "username,email,role,email_verified\n\
            ada,nonsense,,\n,bob@example.org,,\neve,eve@example.org,owner,maybe\nEVE,,root,\ndan,,owner,\nmia\n";
        let found = faults(text, Format::Csv);
        for (beginning, part) in [
            ("Line 2, email:", "name@host"),
            ("Line 3, username:", "missing"),
            ("Line 4, email_verified:", "“maybe”"),
            ("Line 5, role:", "“root” is no role"),
            ("Line 6, role:", "may not give"),
            ("Line 7:", "1 cells"),
        ] {
            assert!(found.iter().any(|f| f.starts_with(beginning) && f.contains(part)), "{beginning} {found:#?}");
        }
        assert_eq!(found.len(), 6, "{found:#?}");
    }

    #[test]
    fn counts_lines_as_an_editor_does() {
        for end in ["\n", "\r\n"] {
            let lines = ["username,address.formatted", "", "ada,\"a", "b\"", "", "", "x ,", "bob,", " y,"];
            let text = lines.map(|line| format!("{line}{end}")).concat() + "a,b,c";
            let found = faults(&text, Format::Csv);
            assert!(found.len() == 1 && found[0].starts_with("Line 10:"), "{found:#?}");
        }
    }

    #[test]
    fn refuses_two_who_sign_in_by_the_same() {
        let text = "username,email\nada,a@example.org\nADA,\nbob,A@example.org\na@example.org,\n";
        let found = faults(text, Format::Csv);
        assert_eq!(found.len(), 3, "{found:#?}");
        assert!(found.iter().all(|fault| fault.contains("Line 2 has the same")), "{found:#?}");
        assert_eq!(usernames("username,email\nada@example.org,ada@example.org"), ["ada@example.org"]);
    }

    #[test]
    fn refuses_a_file_that_is_not_what_it_should_be() {
        let latin_1 = check(b"username,name\nada,Ad\xe9la\xefde\n", Format::Csv, |_| true);
        assert!(latin_1.faults[0].text.contains("UTF-8") && latin_1.entries.is_empty());
        for (text, format, part) in [
            ("", Format::Csv, "username"),
            ("username\n", Format::Csv, "Nobody"),
            ("[]", Format::Json, "Nobody"),
            ("name\nAda", Format::Csv, "this one is needed"),
            ("username,username\na,b", Format::Csv, "twice"),
            ("username,attribute.a,attribute.a\na,b,c", Format::Csv, "twice"),
            ("username,attribute.\na,b", Format::Csv, "has no name"),
            ("username,attribute.a b\na,b", Format::Csv, "has no name"),
            (r#"[{"username": "ada", "attributes": {"a": {"b": 1}}}]"#, Format::Json, "“a” is no text"),
            (r#"[{"username": "ada", "attributes": 7}]"#, Format::Json, "JSON object"),
            ("username,shoe_size\nada,42", Format::Csv, "no such column"),
            ("username,password\nada,x", Format::Csv, "no such column"),
            ("username,password_hash\nada,x", Format::Csv, "no hash that can be checked"),
            (r#"[{"username": "ada", "password_hash": 7}]"#, Format::Json, "no hash that can be checked"),
            ("username,nickname\nada,\"a\nbob,b\n", Format::Csv, "quotation mark"),
            ("{}", Format::Json, "no JSON array"),
            ("[7]", Format::Json, "no object"),
            (r#"[{"username": "ada", "shoe_size": 1}]"#, Format::Json, "no such member"),
            (r#"[{"username": "ada", "nickname": "\u0000"}]"#, Format::Json, "NUL"),
            (r#"[{"username": 7}]"#, Format::Json, "no text"),
            (r#"[{"username": "ada", "name": 7}]"#, Format::Json, "no standard claims"),
        ] {
            let found = faults(text, format).join("\n");
            assert!(found.contains(part), "{text:?}: {found}");
        }
    }

    #[test]
    fn repeats_nothing_that_a_terminal_would_obey() {
        let found = faults("username,role\nada,\u{1b}[2J\n", Format::Csv).join("\n");
        assert!(!found.contains('\u{1b}') && found.contains("is no role"), "{found}");
    }
}
