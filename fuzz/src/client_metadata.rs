//! Client metadata: a registration that is accepted is one that the server can keep to, and reads back as it was.

use claviger::error::{ErrorCode, OAuthError};
use claviger::protocol::client_metadata::{ClientMetadata, MIN_SECRET_BYTES};
use claviger::protocol::grant_type::GrantType;
use claviger::protocol::response::ResponseType;
use secrecy::ExposeSecret;

use super::redirect_uri::assert_safe;
use super::world::{assert_plain_uri, assert_presentable};

pub fn run(data: &[u8]) -> bool {
    let client = match ClientMetadata::parse(data) {
        Ok(client) => client,
        Err(faults) => {
            assert!(!faults.is_empty());
            for fault in &faults {
                let known = matches!(fault.code, ErrorCode::InvalidClientMetadata | ErrorCode::InvalidRedirectUri);
                assert!(known && !fault.problem.is_empty() && !fault.remedy.is_empty(), "{fault}");
                assert_presentable(&OAuthError::from(fault));
            }
            return false;
        }
    };
    assert_reads_back(&client);
    assert_sound(&client);
    assert_keeps_the_secret(&client);
    true
}

#[track_caller]
fn assert_reads_back(client: &ClientMetadata) {
    let json = client.to_json();
    let again = match ClientMetadata::parse(json.to_string().as_bytes()) {
        Ok(again) => again,
        Err(faults) => panic!("{json} does not read back: {faults:?}"),
    };
    assert_eq!(again.to_json(), json);
    assert!(again.ignored_members.is_empty(), "{:?}", again.ignored_members);
    assert!(again.client_secret.is_none());
}

#[track_caller]
fn assert_sound(client: &ClientMetadata) {
    for uri in client.redirect_uris.iter().chain(&client.post_logout_redirect_uris) {
        assert_safe(uri.as_str(), client.application_type);
    }
    for shown in [&client.client_uri, &client.logo_uri, &client.tos_uri, &client.policy_uri].into_iter().flatten() {
        assert!(matches!(assert_plain_uri(shown.as_str()).scheme(), "https" | "http"), "{shown}");
    }
    assert!(client.initiate_login_uri.as_ref().is_none_or(|uri| assert_plain_uri(uri.as_str()).scheme() == "https"));
    let texts = [&client.client_name, &client.software_id, &client.software_version];
    for text in texts.into_iter().flatten().chain(&client.contacts) {
        assert!(!text.contains(char::is_control) && !text.trim().is_empty() && text.chars().count() <= 255, "{text:?}");
    }
    let redirects = client.may_use(GrantType::AuthorizationCode);
    assert!(!client.grant_types.is_empty());
    assert!(!redirects || !client.redirect_uris.is_empty());
    assert_eq!(redirects, client.response_types.contains(&ResponseType::Code));
    assert!(client.is_confidential() || client.require_pkce && client.client_secret.is_none());
    assert!(client.is_confidential() || !client.may_use(GrantType::ClientCredentials));
    assert!(client.default_resource.iter().all(|resource| client.resources.contains(resource)));
}

#[track_caller]
fn assert_keeps_the_secret(client: &ClientMetadata) {
    let Some(secret) = client.client_secret.as_ref().map(ExposeSecret::expose_secret) else { return };
    assert!(secret.len() >= MIN_SECRET_BYTES && secret.bytes().all(|byte| byte.is_ascii_graphic()));
    // Unless it was also given as something that is not secret.
    let json = client.to_json();
    if !json.to_string().contains(secret) && !client.ignored_members.iter().any(|member| member.contains(secret)) {
        assert!(json.get("client_secret").is_none() && !format!("{client:?}").contains(secret));
    }
}
