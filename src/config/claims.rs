//! `[[claims]]`: what is told of people beyond the standard claims.

use super::choice::choice;
use super::readable::Readable;
use super::reader::Reader;
use super::scopes::{BUILT_IN_SCOPES, ScopeConfig};
use super::source::Value;
use crate::ids::ClientId;
use crate::protocol::attributes::{self, AttributeValue};
use crate::protocol::claim_rules::{ClaimName, ClaimRule, ClaimRules, ClaimSource, Place};
use crate::protocol::scope::ScopeToken;

/// What `from` can say.
#[derive(Clone, Debug, PartialEq, Eq)]
enum From {
    Attribute(String),
    Groups,
    Roles,
    Constant,
}

/// Reads the rules; the scopes that release claims are those that the settings declare, and the built-in ones.
pub(super) fn read_all(reader: &mut Reader, declared: &[ScopeConfig]) -> ClaimRules {
    let mut rules: Vec<ClaimRule> = Vec::new();
    for section in reader.sections("claims") {
        let Some(rule) = read(reader, &section, declared) else { continue };
        if rules.iter().any(|other| other.name == rule.name && other.meets(&rule)) {
            let remedy = "Keep one of the two, or name different clients in each.";
            reader.refuse(&format!("{section}.name"), "is told by another rule to the same clients", remedy);
        }
        rules.push(rule);
    }
    ClaimRules::new(rules)
}

fn read(reader: &mut Reader, section: &str, declared: &[ScopeConfig]) -> Option<ClaimRule> {
    let key = |name: &str| format!("{section}.{name}");
    let name = reader.required(&key("name"), section);
    let from = reader.required(&key("from"), section);
    let value = reader.optional::<AttributeValue>(&key("value"));
    let scope = reader.required::<ScopeToken>(&key("scope"), section);
    let text = reader.optional(&key("text"));
    let places = reader.value(&key("in"), vec![Place::UserInfo]);
    let clients: Vec<String> = reader.value(&key("clients"), Vec::new());
    if let Some(scope) = &scope {
        check_scope(reader, section, scope, text.is_some(), declared);
    }
    if places.is_empty() {
        reader.refuse(&key("in"), "names no place", "Name one, or take the line out: then it is told at UserInfo.");
    }
    let from = match (from?, value) {
        (From::Constant, Some(value)) => ClaimSource::Constant(value),
        (From::Constant, None) => {
            // A value that could not be read has its fault already.
            reader.refuse(&key("value"), "is missing", "Write what everybody is told: from = \"constant\" needs it.");
            return None;
        }
        (_, Some(_)) => {
            reader.refuse(&key("value"), "is of no use", "Take it out, or write from = \"constant\".");
            return None;
        }
        (From::Attribute(name), None) => ClaimSource::Attribute(name),
        (From::Groups, None) => ClaimSource::Groups,
        (From::Roles, None) => ClaimSource::Roles,
    };
    Some(ClaimRule {
        name: name?,
        from,
        scope: scope?,
        text,
        places,
        clients: clients.into_iter().map(ClientId).collect(),
    })
}

fn check_scope(reader: &mut Reader, section: &str, scope: &ScopeToken, has_text: bool, declared: &[ScopeConfig]) {
    let key = format!("{section}.scope");
    let is_built_in = BUILT_IN_SCOPES.contains(&scope.as_str());
    if !is_built_in && declared.iter().all(|known| known.name != *scope) {
        let problem = format!("names the scope {scope}, which is not declared");
        reader.refuse(&key, &problem, "Declare it under [[scopes]], or name a built-in one.");
    }
    // What people are asked for must cover what they give; of this, the words of a built-in scope say nothing.
    if is_built_in && !has_text {
        let remedy = "Write in people's words what it tells, such as \"See your department\".";
        reader.refuse(&format!("{section}.text"), &format!("is missing: the scope {scope} says nothing of it"), remedy);
    }
}

choice!(
    Place { UserInfo = "userinfo", IdToken = "id_token", AccessToken = "access_token" },
    "\"userinfo\", \"id_token\" or \"access_token\""
);

impl Readable for ClaimName {
    const EXPECTED: &'static str = "a name of your own, such as \"department\" or \"https://example.com/department\"";

    fn parse(value: &Value) -> Result<Self, String> {
        Self::parse(value.text()?).map_err(str::to_owned)
    }

    fn show(&self) -> serde_json::Value {
        serde_json::Value::from(self.as_str())
    }
}

impl Readable for From {
    const EXPECTED: &'static str = "\"attribute:\" and the name of an attribute, \"groups\", \"roles\" or \"constant\"";

    fn parse(value: &Value) -> Result<Self, String> {
        Ok(match value.text()? {
            "groups" => Self::Groups,
            "roles" => Self::Roles,
            "constant" => Self::Constant,
            text => {
                let name = text.strip_prefix("attribute:").ok_or("is none of the possible words")?;
                attributes::check_name(name)?;
                Self::Attribute(name.to_owned())
            }
        })
    }

    fn show(&self) -> serde_json::Value {
        serde_json::Value::from(match self {
            Self::Attribute(name) => format!("attribute:{name}"),
            Self::Groups => "groups".to_owned(),
            Self::Roles => "roles".to_owned(),
            Self::Constant => "constant".to_owned(),
        })
    }
}

impl Readable for AttributeValue {
    const EXPECTED: &'static str = "a text, a whole number, true, false or a list of texts";

    fn parse(value: &Value) -> Result<Self, String> {
        Ok(Self::parse(&value.to_json())?)
    }

    fn show(&self) -> serde_json::Value {
        self.to_json()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::config::Config;

    const SCOPE: &str = "[[scopes]]\nname = \"employee\"\ntext = \"See where you work\"\n";

    fn rule(lines: &str) -> String {
        format!("{SCOPE}[[claims]]\n{lines}\n")
    }

    #[test]
    fn reads_a_rule_of_each_kind() {
        for (lines, from) in [
            ("from = \"attribute:department\"", ClaimSource::Attribute("department".to_owned())),
            ("from = \"groups\"", ClaimSource::Groups),
            ("from = \"roles\"", ClaimSource::Roles),
            (
                "from = \"constant\"\nvalue = [\"a\"]",
                ClaimSource::Constant(AttributeValue::Texts(vec!["a".to_owned()])),
            ),
            ("from = \"constant\"\nvalue = 7", ClaimSource::Constant(AttributeValue::Number(7.into()))),
        ] {
            let config = Config::from_toml(&rule(&format!("name = \"x\"\nscope = \"employee\"\n{lines}")), []).unwrap();
            let found = config.claims.find("x", &ClientId("any".to_owned())).unwrap();
            assert_eq!((&found.from, found.places.as_slice()), (&from, [Place::UserInfo].as_slice()));
        }
        let lines = "name = \"https://example.com/x\"\nfrom = \"groups\"\nscope = \"profile\"\ntext = \"See your groups\"\n\
            in = [\"id_token\", \"access_token\"]\nclients = [\"a\"]";
        let config = Config::from_toml(&rule(lines), []).unwrap();
        let found = config.claims.find("https://example.com/x", &ClientId("a".to_owned())).unwrap();
        assert_eq!(found.places, [Place::IdToken, Place::AccessToken]);
        assert!(config.claims.find("https://example.com/x", &ClientId("b".to_owned())).is_none());
        let shown = config.show().iter().find(|setting| setting.key == "claims[0].in").unwrap();
        assert_eq!(shown.value, json!(["id_token", "access_token"]));
    }

    /// RFC 7519 §4.1, OIDC Core §5.1: no rule displaces what a token says of itself, or a standard claim.
    #[test]
    fn refuses_each_fault_at_its_place() {
        let of = |name: &str| rule(&format!("name = \"{name}\"\nfrom = \"groups\"\nscope = \"employee\""));
        for (text, key, problem) in [
            (of("sub"), "name", "is a claim of the protocol"),
            (of("iss"), "name", "is a claim of the protocol"),
            (of("aud"), "name", "is a claim of the protocol"),
            (of("email"), "name", "is a standard claim"),
            (of("a b"), "name", "printable ASCII"),
            (rule("from = \"groups\"\nscope = \"employee\""), "name", "is missing"),
            (rule("name = \"x\"\nscope = \"employee\""), "from", "is missing"),
            (rule("name = \"x\"\nfrom = \"groups\""), "scope", "is missing"),
            (rule("name = \"x\"\nfrom = \"shoes\"\nscope = \"employee\""), "from", "none of the possible words"),
            (rule("name = \"x\"\nfrom = \"attribute:\"\nscope = \"employee\""), "from", "has no name"),
            (rule("name = \"x\"\nfrom = \"constant\"\nscope = \"employee\""), "value", "is missing"),
            (rule("name = \"x\"\nfrom = \"constant\"\nvalue = \"a\\u0007\"\nscope = \"employee\""), "value", "control"),
            (rule("name = \"x\"\nfrom = \"groups\"\nvalue = \"a\"\nscope = \"employee\""), "value", "is of no use"),
            (rule("name = \"x\"\nfrom = \"groups\"\nscope = \"employe\""), "scope", "not declared"),
            (rule("name = \"x\"\nfrom = \"groups\"\nscope = \"people:read\""), "scope", "not declared"),
            (rule("name = \"x\"\nfrom = \"groups\"\nscope = \"profile\""), "text", "says nothing of it"),
            (rule("name = \"x\"\nfrom = \"groups\"\nscope = \"employee\"\nin = []"), "in", "names no place"),
            (rule("name = \"x\"\nfrom = \"groups\"\nscope = \"employee\"\nin = [\"jwt\"]"), "in", "possible words"),
        ] {
            let faults = Config::from_toml(&text, []).unwrap_err();
            let told: Vec<_> = faults.faults().iter().map(|fault| (fault.key.as_str(), &fault.problem)).collect();
            assert!(told.len() == 1 && told[0].0 == format!("claims[0].{key}"), "{text}: {faults}");
            assert!(told[0].1.contains(problem), "{text}: {faults}");
        }
    }

    #[test]
    fn lets_each_client_have_one_rule_for_a_name() {
        let of = |clients: &str| {
            format!("[[claims]]\nname = \"x\"\nfrom = \"groups\"\nscope = \"employee\"\nclients = {clients}\n")
        };
        let both = |a: &str, b: &str| Config::from_toml(&format!("{SCOPE}{}{}", of(a), of(b)), []);
        assert!(both("[\"a\"]", "[\"b\"]").is_ok());
        for (a, b) in [("[]", "[\"b\"]"), ("[\"a\"]", "[]"), ("[\"a\", \"b\"]", "[\"b\"]")] {
            assert_eq!(both(a, b).unwrap_err().faults()[0].key, "claims[1].name");
        }
    }
}
