//! Client metadata as the API reads and writes it: the members of RFC 7591 §2 and our own. What each demands is checked by
//! `protocol::client_metadata`; this is their description.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::protocol::algorithm::SigningAlgorithm;
use crate::protocol::client_assertion::AssertionAlgorithm;
use crate::protocol::client_metadata::{AuthMethod, ClientMetadata, ConsentPolicy};
use crate::protocol::encryption::{ContentEncryption, EncryptionAlgorithm};
use crate::protocol::grant_type::GrantType;
use crate::protocol::redirect_uri::ApplicationType;
use crate::protocol::request_object::RequestObjectAlgorithm;
use crate::protocol::response::ResponseType;
use crate::protocol::subject::SubjectType;

/// What is registered for a client. All members are optional; null counts as left out. Members that are not named here are
/// ignored.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = ClientMetadata)]
pub(super) struct Metadata {
    /// An identifier of your choice, of 1 to 255 visible ASCII characters. It never changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 255, pattern = "^[!-~]+$")]
    pub client_id: Option<String>,
    /// Where answers may be sent; compared exactly.
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_uris: Option<Vec<String>>,
    /// `client_secret_basic` (default), `client_secret_post`, `client_secret_jwt`, `private_key_jwt`, `tls_client_auth`,
    /// `self_signed_tls_client_auth`, or `none` for a public client.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<AuthMethod>, inline)]
    token_endpoint_auth_method: Option<String>,
    /// The one algorithm of its assertions: `HS256` with `client_secret_jwt`, another with `private_key_jwt`. Left out,
    /// each that fits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<AssertionAlgorithm>, inline)]
    token_endpoint_auth_signing_alg: Option<String>,
    /// Its public keys, a JWK set (RFC 7517).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    jwks: Option<serde_json::Value>,
    /// Where it publishes them instead: https, or http on a loopback host.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = r"^https?://\S+$")]
    jwks_uri: Option<String>,
    /// With `tls_client_auth`: the subject of its certificate (RFC 4514), or one of the next four.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 3, example = "CN=robot,O=Example")]
    tls_client_auth_subject_dn: Option<String>,
    /// The host name in its certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = r"^[^\s*]+$")]
    tls_client_auth_san_dns: Option<String>,
    /// The URI in its certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = r"^\S+$")]
    tls_client_auth_san_uri: Option<String>,
    /// The IP address in its certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    tls_client_auth_san_ip: Option<String>,
    /// The mail address in its certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = r"^\S+$")]
    tls_client_auth_san_email: Option<String>,
    /// Whether its access tokens work only beside the certificate with which they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    tls_client_certificate_bound_access_tokens: Option<bool>,
    /// Any of `authorization_code` (default), `refresh_token`, `client_credentials`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<GrantType>>, inline)]
    grant_types: Option<Vec<String>>,
    /// `code`, or none without `authorization_code`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<ResponseType>>, inline)]
    response_types: Option<Vec<String>>,
    /// Its name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_name: Option<String>,
    /// Its home page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = r"^https?://\S+$")]
    client_uri: Option<String>,
    /// Its logo.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = r"^https?://\S+$")]
    logo_uri: Option<String>,
    /// What it may ask for, parted by spaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    /// Whom to ask about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    contacts: Option<Vec<String>>,
    /// Its terms of service.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = r"^https?://\S+$")]
    tos_uri: Option<String>,
    /// How it treats what it learns.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = r"^https?://\S+$")]
    policy_uri: Option<String>,
    /// Which program it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    software_id: Option<String>,
    /// And which version of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    software_version: Option<String>,
    /// `web` (default) or `native`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ApplicationType>, inline)]
    application_type: Option<String>,
    /// `public` (default), or `pairwise`: people have a `sub` of their own at the hosts of the client's sector. Not to be
    /// changed once people have signed in: the client would take them for strangers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<SubjectType>, inline)]
    subject_type: Option<String>,
    /// An array of redirect URIs, those of this client among them, whose hosts are one sector; https. It is fetched when it
    /// is registered.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = r"^https://\S+$")]
    sector_identifier_uri: Option<String>,
    /// `RS256` (default), `ES256` or `EdDSA`; a key for it must exist.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<SigningAlgorithm>, inline)]
    id_token_signed_response_alg: Option<String>,
    /// What `UserInfo` is signed with; without it, it is plain JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<SigningAlgorithm>, inline)]
    userinfo_signed_response_alg: Option<String>,
    /// What introspection is signed with where it asks for a signed answer: `RS256` (default), `ES256` or `EdDSA`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<SigningAlgorithm>, inline)]
    introspection_signed_response_alg: Option<String>,
    /// How ID tokens are encrypted, once signed; needs a key in `jwks` or at `jwks_uri` that fits. Left out, not at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<EncryptionAlgorithm>, inline)]
    id_token_encrypted_response_alg: Option<String>,
    /// What their content is encrypted with: `A128CBC-HS256` (default), `A256GCM` or `A128GCM`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ContentEncryption>, inline)]
    id_token_encrypted_response_enc: Option<String>,
    /// The same for `UserInfo`, signed or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<EncryptionAlgorithm>, inline)]
    userinfo_encrypted_response_alg: Option<String>,
    /// What its content is encrypted with.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ContentEncryption>, inline)]
    userinfo_encrypted_response_enc: Option<String>,
    /// The same for introspection responses, which are then always signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<EncryptionAlgorithm>, inline)]
    introspection_encrypted_response_alg: Option<String>,
    /// What their content is encrypted with.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ContentEncryption>, inline)]
    introspection_encrypted_response_enc: Option<String>,
    /// After how many seconds a person signs in again, where a request does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 31_536_000)]
    default_max_age: Option<u64>,
    /// Whether every ID token carries `auth_time`.
    #[serde(skip_serializing_if = "Option::is_none")]
    require_auth_time: Option<bool>,
    /// Whether people need a second factor to sign in to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    require_second_factor: Option<bool>,
    /// The colour of buttons and links on the pages that lead to it. It has to be readable on a light page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^#[0-9a-fA-F]{6}$")]
    accent_color: Option<String>,
    /// The authentication that it wants, where a request does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    default_acr_values: Option<Vec<String>>,
    /// Where a sign-in can be started from our side; https.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = r"^https://\S+$")]
    initiate_login_uri: Option<String>,
    /// Where its request objects may be fetched: https, or http on a loopback host; compared exactly, with the fragment.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_uris: Option<Vec<String>>,
    /// The one algorithm of its request objects; each but `none` needs keys. Left out, each that fits, and unsigned ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<RequestObjectAlgorithm>, inline)]
    request_object_signing_alg: Option<String>,
    /// How its request objects are encrypted to our keys, which they then have to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<EncryptionAlgorithm>, inline)]
    request_object_encryption_alg: Option<String>,
    /// What their content is encrypted with: `A128CBC-HS256` (default), `A256GCM` or `A128GCM`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ContentEncryption>, inline)]
    request_object_encryption_enc: Option<String>,
    /// Whether every authorization request has to come in a signed object; needs keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    require_signed_request_object: Option<bool>,
    /// Where a browser may go after sign-out; compared exactly.
    #[serde(skip_serializing_if = "Option::is_none")]
    post_logout_redirect_uris: Option<Vec<String>>,
    /// Where it is told, from server to server, that a person signed out: https, or http on a loopback host.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = r"^https?://[^\s#]+$")]
    backchannel_logout_uri: Option<String>,
    /// Whether it has to be told which session ended; it always is.
    #[serde(skip_serializing_if = "Option::is_none")]
    backchannel_logout_session_required: Option<bool>,
    /// What is loaded in the browser of a person who signs out; of the scheme, host and port of a redirect URI.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = r"^https?://[^\s#]+$")]
    frontchannel_logout_uri: Option<String>,
    /// Whether that is told who we are and which session ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    frontchannel_logout_session_required: Option<bool>,
    /// `false` lets a client that authenticates do without PKCE.
    #[serde(skip_serializing_if = "Option::is_none")]
    require_pkce: Option<bool>,
    /// When people are asked: `remember` (default), `always`, or `skip` for your own apps.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ConsentPolicy>, inline)]
    consent: Option<String>,
    /// A refresh token even without `offline_access`.
    #[serde(skip_serializing_if = "Option::is_none")]
    always_issue_refresh_token: Option<bool>,
    /// The APIs that it may ask tokens for.
    #[serde(skip_serializing_if = "Option::is_none")]
    resources: Option<Vec<String>>,
    /// The APIs that it is the server of: it may introspect their tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_server_of: Option<Vec<String>>,
    /// The one of `resources` that a token is for if a request names none.
    #[serde(skip_serializing_if = "Option::is_none")]
    default_resource: Option<String>,
    /// Seconds that its access tokens live, if fewer than usual.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 31_536_000)]
    access_token_lifetime: Option<u64>,
    /// Seconds that each secret that it is given is good; without an end if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 60, maximum = 31_536_000)]
    client_secret_lifetime: Option<u64>,
    /// How often it may authenticate: a number, a slash and `second`, `minute`, `hour` or `day`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[1-9][0-9]{0,8}/(second|minute|hour|day)$", example = "100/minute")]
    rate_limit: Option<String>,
    /// How often it may authenticate in a calendar day or month, in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[1-9][0-9]{0,8}/(day|month)$", example = "10000/month")]
    quota: Option<String>,
}

impl Metadata {
    /// What is registered.
    pub fn of(registered: &ClientMetadata) -> Self {
        // A test holds that there is a member here for each one there.
        serde_json::from_value(registered.to_json()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::protocol::certificate::NAME_MEMBERS;

    #[test]
    fn has_a_member_for_each_that_can_be_registered() {
        let full = json!({
            "client_id": "app", "redirect_uris": ["https://app.example/cb"], "client_name": "App",
            "client_uri": "https://app.example/", "logo_uri": "https://app.example/l", "tos_uri": "https://app.example/t",
            "policy_uri": "https://app.example/p", "software_id": "x", "software_version": "1",
            "default_max_age": 5, "initiate_login_uri": "https://app.example/i", "contacts": ["x"],
            "default_resource": "urn:a", "resources": ["urn:a"], "access_token_lifetime": 5,
            "rate_limit": "1/day", "quota": "1/day",
            "client_secret_lifetime": 60, "request_object_signing_alg": "none", "userinfo_signed_response_alg": "RS256",
            "request_object_encryption_alg": "ECDH-ES",
            "backchannel_logout_uri": "https://app.example/b", "frontchannel_logout_uri": "https://app.example/f",
            "sector_identifier_uri": "https://app.example/s",
        });
        let returned = |document: &Value| {
            let registered = ClientMetadata::parse(document.to_string().as_bytes()).unwrap();
            assert_eq!(serde_json::to_value(Metadata::of(&registered)).unwrap(), registered.to_json());
            registered.to_json()
        };
        assert_eq!(returned(&full).as_object().unwrap().len(), 46);
        assert_eq!(serde_json::to_value(Metadata::default()).unwrap(), json!({}));
        // Of these a client has one, and no secret beside it.
        for (member, name) in NAME_MEMBERS.iter().zip(["CN=robot", "a.example", "urn:a", "192.0.2.1", "a@a.example"]) {
            let mut one =
                json!({ "redirect_uris": ["https://app.example/cb"], "token_endpoint_auth_method": "tls_client_auth" });
            one[member] = json!(name);
            assert_eq!(returned(&one)[member], name);
        }
    }
}
