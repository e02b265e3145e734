//! What a client says of itself in a document that it publishes. The document is the same for every server, so that what means
//! nothing here, or goes too far here, is passed over; what could not be told to this client at all is a fault.

use serde_json::{Map, Value, json};

use super::bounds::{Bounds, asks_people, fault};
use super::parse::{Result, read, refuse_nul};
use crate::protocol::client_metadata::{AuthMethod, ClientMetadata};
use crate::protocol::grant_type::GrantType;
use crate::protocol::response::ResponseType;

/// What presumes a secret, and there is nobody to whom one was given.
const SECRETS: [&str; 2] = ["client_secret", "client_secret_expires_at"];

/// The metadata of a client by its document. What an administrator has set for it, where it is `registered`, stays.
pub fn described(
    document: &Map<String, Value>,
    registered: Option<&ClientMetadata>,
    bounds: &Bounds,
) -> Result<ClientMetadata> {
    refuse_nul(document)?;
    let mut sent = document.clone();
    sent.retain(|_, value| !value.is_null());
    check_authentication(document, &mut sent)?;
    // Whoever runs on a person's device has it all: any loopback port, and schemes of its own.
    sent.entry("application_type").or_insert(json!("native"));
    // Whether tokens are bound to certificates is not for a document to say that every server reads.
    sent.remove("tls_client_certificate_bound_access_tokens");
    // What is for old applications is registered by somebody.
    keep_only(&mut sent, "grant_types", |name| {
        GrantType::from_wire(name).is_some_and(|grant| asks_people(grant) && grant.is_redeemed())
    });
    keep_only(&mut sent, "response_types", |name| ResponseType::from_words(name) == Some(ResponseType::Code));
    narrow_resources(&mut sent, bounds);
    narrow_scope(&mut sent, bounds);
    let id = document.get("client_id").and_then(Value::as_str).map(str::to_owned);
    let metadata = read(&sent, registered, bounds)?;
    Ok(ClientMetadata { client_id: id, ..metadata })
}

/// Nobody was given a secret: the client is public, or signs with a key of its own.
fn check_authentication(document: &Map<String, Value>, sent: &mut Map<String, Value>) -> Result<()> {
    if let Some(member) = SECRETS.into_iter().find(|member| document.contains_key(*member)) {
        let remedy = "Leave it out: a secret in a public document is none.";
        return Err(vec![fault(member, "", "has no place in a metadata document", remedy)].into());
    }
    let method = sent.entry("token_endpoint_auth_method").or_insert(json!(AuthMethod::None.wire()));
    let fits = |name: &str| [AuthMethod::None, AuthMethod::PrivateKeyJwt].iter().any(|fit| fit.wire() == name);
    match method.as_str() {
        Some(name) if !fits(name) => {
            let problem = "is not for clients that describe themselves in a document";
            let remedy = "Choose none, or private_key_jwt with jwks or jwks_uri.";
            Err(vec![fault("token_endpoint_auth_method", name, problem, remedy)].into())
        }
        _ => Ok(()),
    }
}

/// Takes out of a list what is not to be kept. A list of which nothing would be left stays, so that it is told what is wrong.
fn keep_only(sent: &mut Map<String, Value>, member: &str, is_kept: impl Fn(&str) -> bool) {
    let Some(list) = sent.get_mut(member).and_then(Value::as_array_mut) else { return };
    let is_kept = |item: &Value| item.as_str().is_none_or(&is_kept);
    if list.iter().any(is_kept) {
        list.retain(is_kept);
    }
}

/// One that names no resource of ours names none, and reaches those of its scopes.
fn narrow_resources(sent: &mut Map<String, Value>, bounds: &Bounds) {
    let is_reachable = |item: &Value| item.as_str().is_none_or(|name| bounds.is_reachable(name));
    if let Some(list) = sent.get_mut("resources").and_then(Value::as_array_mut) {
        list.retain(is_reachable);
        if list.is_empty() {
            sent.remove("resources");
        }
    }
    if sent.get("default_resource").is_some_and(|chosen| !is_reachable(chosen)) {
        sent.remove("default_resource");
    }
}

/// A document cannot know the scopes of each server: one that names none may ask for any that people can allow.
fn narrow_scope(sent: &mut Map<String, Value>, bounds: &Bounds) {
    let scope = match sent.get("scope") {
        None => bounds.open_scopes(),
        Some(Value::String(scope)) => {
            scope.split(' ').filter(|name| bounds.is_open(name)).collect::<Vec<_>>().join(" ")
        }
        Some(_) => return,
    };
    if scope.is_empty() {
        sent.remove("scope");
    } else {
        sent.insert("scope".to_owned(), json!(scope));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::config::Config;
    use crate::domain::catalogue::Catalogue;

    const URL: &str = "https://app.example/client";
    const API: &str = r#"
        [[scopes]]
        name = "boats:read"
        text = "See your boats"
        [[resources]]
        identifier = "https://boats.example"
        scopes = ["boats:read"]
    "#;

    fn with(members: &Value) -> Result<Value> {
        let catalogue = Arc::new(Catalogue::new(&Config::from_toml(API, []).unwrap()));
        let mut document = json!({ "client_id": URL, "redirect_uris": ["http://127.0.0.1/cb"] });
        document.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        let bounds = Bounds { catalogue, require_pkce: true };
        described(document.as_object().unwrap(), None, &bounds).map(|metadata| metadata.to_json())
    }

    #[test]
    fn passes_over_what_means_something_to_other_servers_only() {
        let read = with(&json!({
            "grant_types": ["authorization_code", "refresh_token", "implicit", "client_credentials"],
            "response_types": ["code", "id_token"],
            "scope": "openid boats:read unknown clients:write",
            "resources": ["https://boats.example", "https://elsewhere.example"],
            "software_statement": "a.b.c",
            "consent": "skip",
            "tls_client_certificate_bound_access_tokens": true,
        }));
        let read = read.unwrap();
        assert_eq!(read["client_id"], URL);
        assert_eq!(read["grant_types"], json!(["authorization_code", "refresh_token"]));
        assert_eq!(read["response_types"], json!(["code"]));
        assert_eq!(read["scope"], "openid boats:read");
        assert_eq!(read["resources"], json!(["https://boats.example"]));
        assert_ne!(read["consent"], "skip");
        assert_ne!(read["tls_client_certificate_bound_access_tokens"], true);
    }

    /// RFC 8252 §7.3: a document that does not say is that of an app on a person's device.
    #[test]
    fn is_a_public_client_that_may_ask_for_whatever_people_can_allow() {
        let read = with(&json!({ "token_endpoint_auth_method": null, "application_type": null })).unwrap();
        assert_eq!(read, with(&json!({})).unwrap(), "null is nothing");
        assert_eq!(read["token_endpoint_auth_method"], "none");
        assert_eq!(read["application_type"], "native");
        let scope = read["scope"].as_str().unwrap();
        assert!(scope.split(' ').any(|name| name == "boats:read") && !scope.contains("clients:"), "{scope}");
        assert_eq!(read["resources"], json!(["https://boats.example"]));
        assert_ne!(with(&json!({ "scope": "unknown" })).unwrap()["scope"], "");
        let elsewhere = json!({ "resources": ["https://else.example"], "default_resource": "https://else.example" });
        assert_eq!(with(&elsewhere).unwrap()["resources"], json!(["https://boats.example"]));
    }

    #[test]
    fn has_no_secret() {
        for members in [
            json!({ "client_secret": "x" }),
            json!({ "client_secret": null }),
            json!({ "client_secret_expires_at": 0 }),
            json!({ "token_endpoint_auth_method": "client_secret_basic" }),
            json!({ "token_endpoint_auth_method": "client_secret_post" }),
            json!({ "token_endpoint_auth_method": "client_secret_jwt" }),
            json!({ "token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_san_dns": "a.example" }),
            json!({ "token_endpoint_auth_method": "unheard of" }),
            json!({ "token_endpoint_auth_method": 7 }),
            json!({ "token_endpoint_auth_method": "private_key_jwt" }),
            json!({ "grant_types": ["client_credentials"] }),
            json!({ "client_name": "\0" }),
        ] {
            assert!(with(&members).is_err(), "{members}");
        }
        let keys = json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "https://app.example/keys" });
        assert!(with(&keys).is_ok());
    }
}
