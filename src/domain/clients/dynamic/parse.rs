//! What a client sends to be registered, read by the one parser there is, after what it does not decide was taken out.

use serde_json::{Map, Value, json};

use super::bounds::{Bounds, fault};
use super::members::{Decider, decider};
use crate::error::{ErrorCode, OAuthError};
use crate::protocol::client_metadata::{ClientMetadata, MetadataFault};

/// RFC 7592 §2.2: what the server says of a registration, and a client never does.
const TOLD_BY_THE_SERVER: [&str; 4] =
    ["registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at"];
/// The most faults that are told at once.
const MOST_FAULTS: usize = 5;

/// Why what was sent is not registered: the error of the first fault (RFC 7591 §3.2.2), and what to do about each.
#[derive(Debug)]
pub struct NotAcceptable(pub OAuthError);

impl From<Vec<MetadataFault>> for NotAcceptable {
    fn from(faults: Vec<MetadataFault>) -> Self {
        let code = faults.first().map_or(ErrorCode::InvalidClientMetadata, |fault| fault.code);
        let texts: Vec<_> = faults.iter().take(MOST_FAULTS).map(ToString::to_string).collect();
        Self(OAuthError::new(code, texts.join(" ")))
    }
}

pub(super) type Result<T> = std::result::Result<T, NotAcceptable>;

/// The metadata of a new client.
pub fn new(body: &[u8], bounds: &Bounds) -> Result<ClientMetadata> {
    read(&object(body)?, None, bounds)
}

/// What a registered client becomes by an update, which replaces all that is the client's to say.
pub fn update(body: &[u8], registered: &ClientMetadata, bounds: &Bounds) -> Result<ClientMetadata> {
    let sent = object(body)?;
    if let Some(name) = TOLD_BY_THE_SERVER.into_iter().find(|name| sent.contains_key(*name)) {
        return Err(vec![fault(name, "", "is the server's to say", "Leave it out of an update.")].into());
    }
    // RFC 7592 §2.2: an update names the client that it is of.
    if sent.get("client_id").is_none_or(Value::is_null) {
        let remedy = "Send it as it was given to the client.";
        return Err(vec![fault("client_id", "", "is missing from the update", remedy)].into());
    }
    read(&sent, Some(registered), bounds)
}

/// The object that was sent, which holds no software statement.
fn object(body: &[u8]) -> Result<Map<String, Value>> {
    let Ok(Value::Object(sent)) = serde_json::from_slice(body) else {
        return Err(vec![fault("client metadata", "", "is not a JSON object", "Send one.")].into());
    };
    refuse_nul(&sent)?;
    // RFC 7591 §2.3: this server trusts nobody to vouch for software, and does not pretend to have heard.
    match sent.get("software_statement") {
        None | Some(Value::Null) => Ok(sent),
        Some(Value::String(statement)) if is_signed_jwt(statement) => {
            Err(NotAcceptable(ErrorCode::UnapprovedSoftwareStatement.into()))
        }
        Some(_) => Err(NotAcceptable(ErrorCode::InvalidSoftwareStatement.into())),
    }
}

/// PostgreSQL keeps none in JSON, and a key set is kept as it comes.
pub(super) fn refuse_nul(sent: &Map<String, Value>) -> Result<()> {
    if sent.values().any(holds_nul) {
        let problem = "holds a NUL character, which none may";
        return Err(vec![fault("client metadata", "", problem, "Take it out.")].into());
    }
    Ok(())
}

fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(holds_nul),
        Value::Object(members) => members.iter().any(|(name, value)| name.contains('\0') || holds_nul(value)),
        _ => false,
    }
}

fn is_signed_jwt(text: &str) -> bool {
    let is_part =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    text.split('.').count() == 3 && text.split('.').all(is_part)
}

/// What is the client's to say of what was sent, beside what is `registered`.
pub(super) fn read(
    sent: &Map<String, Value>,
    registered: Option<&ClientMetadata>,
    bounds: &Bounds,
) -> Result<ClientMetadata> {
    let own = sent.iter().filter(|(name, _)| decider(name) != Decider::Admin);
    let mut members: Map<_, _> = own.map(|(name, value)| (name.clone(), value.clone())).collect();
    if let Some(registered) = registered {
        let Value::Object(stays) = registered.to_json() else { return Err(Vec::new().into()) };
        members.extend(stays.into_iter().filter(|(name, _)| decider(name) == Decider::Admin));
        // RFC 7592 §2.2: who the client is it may say, and cannot choose.
        for name in ["client_id", "client_secret"] {
            members.remove(name);
            members.extend(sent.get(name).map(|value| (name.to_owned(), value.clone())));
        }
    }
    let is_public = sent.get("token_endpoint_auth_method").is_some_and(|method| method == "none");
    if !bounds.may_do_without_pkce(registered) {
        members.remove("require_pkce");
    } else if !is_public {
        members.entry("require_pkce").or_insert(json!(false));
    }
    let names_resources = sent.get("resources").is_some_and(|value| !value.is_null());
    let mut metadata = ClientMetadata::parse(Value::Object(members).to_string().as_bytes())?;
    if !names_resources {
        // RFC 7591 §2 knows no such member, so that most clients name none, and ask for a token for an API all the same.
        metadata.resources = bounds.resources_of(&metadata.scope);
    }
    let faults = bounds.faults(&metadata, registered);
    if faults.is_empty() { Ok(metadata) } else { Err(faults.into()) }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::config::Config;
    use crate::domain::catalogue::Catalogue;

    const APP: &str = r#"{"redirect_uris": ["https://app.example/cb"]}"#;

    fn with(member: &str, value: &Value) -> Vec<u8> {
        let mut sent: Map<_, _> = serde_json::from_str(APP).unwrap();
        sent.insert(member.to_owned(), value.clone());
        Value::Object(sent).to_string().into_bytes()
    }

    fn bounds() -> Bounds {
        Bounds { catalogue: Arc::new(Catalogue::new(&Config::default())), require_pkce: true }
    }

    /// RFC 7591 §3.2.1: the server puts its own values in the place of what is not the client's to decide.
    #[test]
    fn takes_out_what_an_admin_decides_and_puts_back_what_an_admin_has_set() {
        let bounds = &bounds();
        let usual = new(APP.as_bytes(), bounds).unwrap().to_json();
        for (name, value) in [("consent", json!("skip")), ("quota", json!(7)), ("client_id", json!("mine"))] {
            assert_eq!(new(&with(name, &value), bounds).unwrap().to_json(), usual, "{name}");
        }
        let set = r#"{"client_id": "a", "redirect_uris": ["https://a.example/"], "consent": "skip", "quota": "9/day"}"#;
        let registered = ClientMetadata::parse(set.as_bytes()).unwrap();
        let updated = update(&with("client_id", &json!("a")), &registered, bounds).unwrap().to_json();
        assert_eq!((&updated["consent"], &updated["quota"]), (&json!("skip"), &json!("9/day")));
        assert_eq!(updated["redirect_uris"], json!(["https://app.example/cb"]));
    }

    /// RFC 7591 §2.3: three parts in base64url are a JWT, which nobody here vouches for; anything else is none.
    #[test]
    fn knows_a_statement_from_nonsense() {
        for (text, expected) in
            [("a.b.c", true), ("a-_.B9.c", true), ("a.b", false), ("a.b.c.d", false), ("a..c", false)]
        {
            assert_eq!(is_signed_jwt(text), expected, "{text}");
        }
    }

    #[test]
    fn finds_a_nul_wherever_it_is() {
        for value in [json!("a\0"), json!(["\0"]), json!({ "a\0": 1 }), json!([{ "a": ["b", "\0"] }])] {
            assert!(holds_nul(&value), "{value}");
        }
        assert!(!holds_nul(&json!({ "a": ["b", 1, null, true] })));
    }

    #[test]
    fn tells_the_first_fault_by_its_code_and_a_few_of_them_in_words() {
        let faults: Vec<_> = (0..9).map(|number| fault(&format!("m{number}"), "", "is wrong", "Mend it.")).collect();
        let NotAcceptable(error) = faults.into();
        assert_eq!(error.code, ErrorCode::InvalidClientMetadata);
        assert!(error.text.contains("m4: is wrong. Mend it.") && !error.text.contains("m5"), "{error}");
    }
}
