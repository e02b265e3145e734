//! What a client registers: the members of RFC 7591, section 2, and of OpenID Connect Registration, section 2, that
//! mean something here, and our own extensions, all optional:
//!
//! | member | meaning |
//! |---|---|
//! | `client_id`, `client_secret` | chosen by the operator instead of made by us |
//! | `require_pkce` | `false` lets a confidential client do without PKCE |
//! | `consent` | `remember` (default), `always`, or `skip` for the operator's own clients |
//! | `always_issue_refresh_token` | a refresh token even without `offline_access` |
//! | `resources`, `default_resource` | the APIs that it may ask tokens for, and the one if it names none |
//! | `resource_server_of` | the APIs it is the server of, about whose tokens it may ask (introspection) |
//! | `access_token_lifetime` | in seconds, instead of the configured one |
//! | `client_secret_lifetime` | in seconds, how long each secret that it is given is good |
//! | `rate_limit`, `quota` | how often it may authenticate, `100/minute` and `10000/month` |
//!
//! Whether the configuration knows a scope or resource, and who may set an extension, is decided above.

use std::collections::BTreeSet;
use std::time::Duration;

use secrecy::SecretString;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::algorithm::SigningAlgorithm;
use super::allowance::{Quota, RateLimit};
use super::certificate::CertificateName;
use super::client_assertion::AssertionAlgorithm;
use super::colour::Accent;
use super::encryption::Encryption;
use super::grant_type::GrantType;
use super::redirect_uri::{ApplicationType, RedirectUri};
use super::request_object::RequestObjectAlgorithm;
use super::resource::ResourceUri;
use super::response::ResponseType;
use super::scope::Scope;
use super::subject::{self, SubjectType};
use super::uri::WebUri;

mod fault;
mod jwks;
mod parse;
mod reader;
mod rules;
mod values;

#[cfg(test)]
mod tests;

pub use fault::MetadataFault;
pub use jwks::{ClientKey, ClientKeys, KeyMaterial};
pub use reader::{MAX_TEXT, line};
pub use rules::MIN_SECRET_BYTES;
pub use values::{AuthMethod, ConsentPolicy};

/// Client metadata that has been checked, defaults filled in.
#[expect(clippy::struct_excessive_bools, reason = "the members that the specifications give it")]
#[derive(Clone, Debug)]
pub struct ClientMetadata {
    /// The id, where the operator chose one.
    pub client_id: Option<String>,
    /// The secret, where the operator chose one.
    pub client_secret: Option<SecretString>,
    /// Where answers may be sent.
    pub redirect_uris: Vec<RedirectUri>,
    /// How the client authenticates.
    pub token_endpoint_auth_method: AuthMethod,
    /// What it signs its assertions with, if only one algorithm will do.
    pub token_endpoint_auth_signing_alg: Option<AssertionAlgorithm>,
    /// Its public keys.
    pub jwks: Option<ClientKeys>,
    /// Where it publishes them instead.
    pub jwks_uri: Option<WebUri>,
    /// What its certificate must be named (`tls_client_auth_subject_dn` and the like).
    pub certificate_name: Option<CertificateName>,
    /// Whether its access tokens are bound to the certificate that it comes with.
    pub tls_client_certificate_bound_access_tokens: bool,
    /// The grants it may use.
    pub grant_types: BTreeSet<GrantType>,
    /// What it may ask the authorization endpoint for.
    pub response_types: BTreeSet<ResponseType>,
    /// Its name for people.
    pub client_name: Option<String>,
    /// Its home page.
    pub client_uri: Option<WebUri>,
    /// Its logo.
    pub logo_uri: Option<WebUri>,
    /// The scope it may ask for.
    pub scope: Scope,
    /// Whom to ask about it.
    pub contacts: Vec<String>,
    /// Its terms of service.
    pub tos_uri: Option<WebUri>,
    /// How it treats what it learns.
    pub policy_uri: Option<WebUri>,
    /// The software, the same for every installation.
    pub software_id: Option<String>,
    /// The version of the software.
    pub software_version: Option<String>,
    /// What kind of program it is.
    pub application_type: ApplicationType,
    /// Whether it knows people by a `sub` of its own.
    pub subject_type: SubjectType,
    /// Where those publish a list of their redirect URIs who know people by the same pairwise `sub`.
    pub sector_identifier_uri: Option<WebUri>,
    /// What its ID tokens are signed with.
    pub id_token_signed_response_alg: SigningAlgorithm,
    /// What answers of `UserInfo` to it are signed with; plain JSON if not set.
    pub userinfo_signed_response_alg: Option<SigningAlgorithm>,
    /// What an introspection response is signed with where it asks for a signed one.
    pub introspection_signed_response_alg: SigningAlgorithm,
    /// How its ID tokens are encrypted (`id_token_encrypted_response_alg` and `_enc`), if they are.
    pub id_token_encrypted_response: Option<Encryption>,
    /// How answers of `UserInfo` to it are encrypted, if they are.
    pub userinfo_encrypted_response: Option<Encryption>,
    /// How introspection responses to it are encrypted, if they are.
    pub introspection_encrypted_response: Option<Encryption>,
    /// How old a sign-in may be where a request does not say.
    pub default_max_age: Option<Duration>,
    /// Whether its ID tokens always say when the person signed in.
    pub require_auth_time: bool,
    /// Whether people need a second factor to sign in to it.
    pub require_second_factor: bool,
    /// The colour of buttons and links on the pages that lead to it.
    pub accent_color: Option<Accent>,
    /// The authentication it wants where a request does not say.
    pub default_acr_values: Vec<String>,
    /// Where a sign-in can be started from our side.
    pub initiate_login_uri: Option<WebUri>,
    /// Where its request objects may be fetched, fragments included.
    pub request_uris: Vec<WebUri>,
    /// What its request objects are signed with, if only one algorithm will do.
    pub request_object_signing_alg: Option<RequestObjectAlgorithm>,
    /// How its request objects are encrypted (`request_object_encryption_alg` and `_enc`), if they have to be.
    pub request_object_encryption: Option<Encryption>,
    /// Whether every authorization request has to come in a signed object.
    pub require_signed_request_object: bool,
    /// Where a browser may go after sign-out.
    pub post_logout_redirect_uris: Vec<RedirectUri>,
    /// Where it is told, from server to server, that a person signed out.
    pub backchannel_logout_uri: Option<WebUri>,
    /// Whether it has to be told which session ended; it always is.
    pub backchannel_logout_session_required: bool,
    /// What is loaded in the browser of a person who signs out.
    pub frontchannel_logout_uri: Option<WebUri>,
    /// Whether that is told who we are and which session ended.
    pub frontchannel_logout_session_required: bool,
    /// Whether every authorization request has to use PKCE.
    pub require_pkce: bool,
    /// When people are asked.
    pub consent: ConsentPolicy,
    /// Whether it gets a refresh token even without `offline_access`.
    pub always_issue_refresh_token: bool,
    /// The APIs it may ask tokens for.
    pub resources: Vec<ResourceUri>,
    /// The APIs it is the server of: it may introspect their tokens.
    pub resource_server_of: Vec<ResourceUri>,
    /// The API that a token is for where the request names none.
    pub default_resource: Option<ResourceUri>,
    /// The lifetime of its access tokens, if not the configured one.
    pub access_token_lifetime: Option<Duration>,
    /// How long each secret that it is given is good; without an end if not set.
    pub client_secret_lifetime: Option<Duration>,
    /// How often it may authenticate in any stretch of time.
    pub rate_limit: Option<RateLimit>,
    /// How often it may authenticate in a day or month.
    pub quota: Option<Quota>,
    /// Members that mean nothing here, so that an operator sees a slip of the pen.
    pub ignored_members: Vec<String>,
}

impl ClientMetadata {
    /// The registered metadata, defaults included and the secret left out. [`ClientMetadata::parse`] reads it back.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let seconds = |duration: Option<Duration>| duration.map(|duration| duration.as_secs());
        let mut members = json!({
            "client_id": self.client_id,
            "redirect_uris": self.redirect_uris,
            "token_endpoint_auth_method": self.token_endpoint_auth_method,
            "token_endpoint_auth_signing_alg": self.token_endpoint_auth_signing_alg,
            "jwks": self.jwks.as_ref().map(ClientKeys::document),
            "jwks_uri": self.jwks_uri,
            "tls_client_certificate_bound_access_tokens": self.tls_client_certificate_bound_access_tokens,
            "grant_types": self.grant_types,
            "response_types": self.response_types,
            "client_name": self.client_name,
            "client_uri": self.client_uri,
            "logo_uri": self.logo_uri,
            "scope": self.scope,
            "contacts": self.contacts,
            "tos_uri": self.tos_uri,
            "policy_uri": self.policy_uri,
            "software_id": self.software_id,
            "software_version": self.software_version,
            "application_type": self.application_type,
            "id_token_signed_response_alg": self.id_token_signed_response_alg,
            "userinfo_signed_response_alg": self.userinfo_signed_response_alg,
            "introspection_signed_response_alg": self.introspection_signed_response_alg,
            "default_max_age": seconds(self.default_max_age),
            "require_auth_time": self.require_auth_time,
            "default_acr_values": self.default_acr_values,
            "initiate_login_uri": self.initiate_login_uri,
            "post_logout_redirect_uris": self.post_logout_redirect_uris,
            "backchannel_logout_uri": self.backchannel_logout_uri,
            "backchannel_logout_session_required": self.backchannel_logout_session_required,
            "frontchannel_logout_uri": self.frontchannel_logout_uri,
            "frontchannel_logout_session_required": self.frontchannel_logout_session_required,
            "require_pkce": self.require_pkce,
            "consent": self.consent,
            "always_issue_refresh_token": self.always_issue_refresh_token,
            "resources": self.resources,
            "resource_server_of": self.resource_server_of,
            "default_resource": self.default_resource,
            "access_token_lifetime": seconds(self.access_token_lifetime),
            "client_secret_lifetime": seconds(self.client_secret_lifetime),
            "rate_limit": self.rate_limit.map(|limit| limit.to_string()),
            "quota": self.quota.map(|quota| quota.to_string()),
        });
        // The macro has its limits.
        members["require_second_factor"] = json!(self.require_second_factor);
        members["accent_color"] = json!(self.accent_color.map(|accent| accent.colour().to_string()));
        members["subject_type"] = json!(self.subject_type);
        members["sector_identifier_uri"] = json!(self.sector_identifier_uri);
        members["request_uris"] = json!(self.request_uris);
        members["request_object_signing_alg"] = json!(self.request_object_signing_alg);
        members["require_signed_request_object"] = json!(self.require_signed_request_object);
        for (member, encryption) in self.encryptions() {
            members[format!("{member}_alg")] = json!(encryption.map(|encryption| encryption.alg));
            members[format!("{member}_enc")] = json!(encryption.map(|encryption| encryption.enc));
        }
        if let Some(members) = members.as_object_mut() {
            members.extend(self.certificate_name.as_ref().map(|name| (name.member.to_owned(), json!(name.text))));
            members.retain(|_, value| !value.is_null());
        }
        members
    }

    /// How each thing is encrypted, by the name that its two members begin with.
    fn encryptions(&self) -> [(&'static str, Option<Encryption>); 4] {
        [
            ("id_token_encrypted_response", self.id_token_encrypted_response),
            ("userinfo_encrypted_response", self.userinfo_encrypted_response),
            ("introspection_encrypted_response", self.introspection_encrypted_response),
            ("request_object_encryption", self.request_object_encryption),
        ]
    }

    /// Whether the client can prove who it is.
    #[must_use]
    pub fn is_confidential(&self) -> bool {
        self.token_endpoint_auth_method.is_confidential()
    }

    /// Whether the client may use the grant.
    #[must_use]
    pub fn may_use(&self, grant: GrantType) -> bool {
        self.grant_types.contains(&grant)
    }

    /// Within which hosts people have the same `sub`, where it is pairwise: OIDC Core §8.1. [Parsing](Self::parse) sees to it
    /// that such a client has one.
    #[must_use]
    pub fn sector(&self) -> Option<String> {
        match self.subject_type {
            SubjectType::Public => None,
            SubjectType::Pairwise => subject::sector(self.sector_identifier_uri.as_ref(), &self.redirect_uris),
        }
    }

    /// Whether the client is the server of this resource.
    #[must_use]
    pub fn serves(&self, resource: &str) -> bool {
        self.resource_server_of.iter().any(|own| own.as_str() == resource)
    }

    /// Whether the client wants to know when a person signs out who had signed in to it.
    #[must_use]
    pub fn is_told_of_sign_outs(&self) -> bool {
        self.backchannel_logout_uri.is_some() || self.frontchannel_logout_uri.is_some()
    }

    /// Whether it sends people's browsers to the authorization endpoint.
    #[must_use]
    pub fn sends_people(&self) -> bool {
        self.may_use(GrantType::AuthorizationCode) || self.may_use(GrantType::Implicit)
    }

    /// Whether people are asked to allow the client something.
    #[must_use]
    pub fn asks_people(&self) -> bool {
        self.grant_types.iter().any(|grant| grant.asks_a_person())
    }

    /// Whether a browser may go there after sign-out: the exact string, without the freedom of loopback ports.
    #[must_use]
    pub fn may_return_after_logout(&self, sent: &str) -> bool {
        self.post_logout_redirect_uris.iter().any(|registered| registered.as_str() == sent)
    }
}

impl Serialize for ClientMetadata {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}
