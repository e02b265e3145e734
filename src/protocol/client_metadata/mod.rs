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
//!
//! Whether the configuration knows a scope or resource, and who may set an extension, is decided above.

use std::collections::BTreeSet;
use std::time::Duration;

use secrecy::SecretString;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::algorithm::SigningAlgorithm;
use super::grant_type::GrantType;
use super::redirect_uri::{ApplicationType, RedirectUri};
use super::resource::ResourceUri;
use super::response::ResponseType;
use super::scope::{self, Scope, ScopeToken};
use super::uri::WebUri;

mod fault;
mod reader;
mod rules;
mod values;

#[cfg(test)]
mod tests;

pub use fault::MetadataFault;
use reader::Reader;
pub use rules::MIN_SECRET_BYTES;
pub use values::{AuthMethod, ConsentPolicy};

/// The longest lifetimes that may be asked for: a year.
const YEAR_SECONDS: u64 = 365 * 24 * 60 * 60;
/// The longest `client_id` and `client_secret`, in bytes.
const MAX_CREDENTIAL_BYTES: usize = 255;

/// Client metadata that has been checked, defaults filled in.
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
    /// What its ID tokens are signed with.
    pub id_token_signed_response_alg: SigningAlgorithm,
    /// How old a sign-in may be where a request does not say.
    pub default_max_age: Option<Duration>,
    /// Whether its ID tokens always say when the person signed in.
    pub require_auth_time: bool,
    /// The authentication it wants where a request does not say.
    pub default_acr_values: Vec<String>,
    /// Where a sign-in can be started from our side.
    pub initiate_login_uri: Option<WebUri>,
    /// Where a browser may go after sign-out.
    pub post_logout_redirect_uris: Vec<RedirectUri>,
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
    /// Members that mean nothing here, so that an operator sees a slip of the pen.
    pub ignored_members: Vec<String>,
}

impl ClientMetadata {
    /// Reads a JSON document; every fault at once.
    pub fn parse(json: &[u8]) -> Result<Self, Vec<MetadataFault>> {
        let not_an_object = |problem: &str| {
            let mut faults = fault::Faults::default();
            faults.add("client metadata", None, problem, "Give one JSON object.");
            faults.into_result(Map::new())
        };
        let members = match serde_json::from_slice(json) {
            Ok(Value::Object(members)) => members,
            Ok(_) => not_an_object("is not a JSON object")?,
            Err(error) => not_an_object(&format!("is not JSON ({error})"))?,
        };
        let mut reader = Reader::new(members);
        let mut client = read(&mut reader);
        // RFC 7591 §2: what the server does not understand is ignored; we say so.
        client.ignored_members = reader.left_over();
        rules::check(&client, &mut reader.faults);
        reader.faults.into_result(client)
    }

    /// The registered metadata, defaults included and the secret left out. [`ClientMetadata::parse`] reads it back.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let seconds = |duration: Option<Duration>| duration.map(|duration| duration.as_secs());
        let mut members = json!({
            "client_id": self.client_id,
            "redirect_uris": self.redirect_uris,
            "token_endpoint_auth_method": self.token_endpoint_auth_method,
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
            "default_max_age": seconds(self.default_max_age),
            "require_auth_time": self.require_auth_time,
            "default_acr_values": self.default_acr_values,
            "initiate_login_uri": self.initiate_login_uri,
            "post_logout_redirect_uris": self.post_logout_redirect_uris,
            "require_pkce": self.require_pkce,
            "consent": self.consent,
            "always_issue_refresh_token": self.always_issue_refresh_token,
            "resources": self.resources,
            "resource_server_of": self.resource_server_of,
            "default_resource": self.default_resource,
            "access_token_lifetime": seconds(self.access_token_lifetime),
        });
        if let Some(members) = members.as_object_mut() {
            members.retain(|_, value| !value.is_null());
        }
        members
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

/// Takes every member that means something out of the reader.
fn read(reader: &mut Reader) -> ClientMetadata {
    let web = "Give an https address.";
    let identifier = "Give an absolute URI without fragment.";
    let resource =
        |text: &str| ResourceUri::parse(text).map_err(|_| "is not an absolute URI without fragment".to_owned());

    let application_type = one_of(reader, "application_type", ApplicationType::from_wire, &ApplicationType::names());
    let application_type = application_type.unwrap_or(ApplicationType::Web);
    let redirect = |text: &str| RedirectUri::register(text, application_type);
    let redirect_remedy = match application_type {
        ApplicationType::Web => "Give an absolute https URI without fragment (http for loopback hosts only).",
        ApplicationType::Native => {
            "Give https, http on a loopback host, or a private-use scheme such as com.example.app:/callback."
        }
    };
    // RFC 7591 §2: the defaults are client_secret_basic and authorization_code.
    let grant_types = many_of(reader, "grant_types", GrantType::from_wire, &GrantType::names());
    let grant_types = grant_types.unwrap_or_else(|| BTreeSet::from([GrantType::AuthorizationCode]));
    let auth_method = one_of(reader, "token_endpoint_auth_method", AuthMethod::from_wire, &AuthMethod::names());
    let response_types = many_of(reader, "response_types", ResponseType::from_wire, &ResponseType::names());
    let algorithm =
        one_of(reader, "id_token_signed_response_alg", SigningAlgorithm::from_wire, &SigningAlgorithm::names());
    let consent = one_of(reader, "consent", ConsentPolicy::from_wire, &ConsentPolicy::names());

    ClientMetadata {
        client_id: reader.parsed("client_id", "Leave it out and let us make one.", credential),
        client_secret: reader
            .parsed("client_secret", "Leave it out and let us make one.", credential)
            .map(SecretString::from),
        redirect_uris: reader.parsed_list("redirect_uris", redirect_remedy, redirect).unwrap_or_default(),
        token_endpoint_auth_method: auth_method.unwrap_or(AuthMethod::ClientSecretBasic),
        response_types: response_types.unwrap_or_else(|| default_response_types(&grant_types)),
        client_name: reader.text("client_name"),
        client_uri: reader.parsed("client_uri", web, WebUri::parse),
        logo_uri: reader.parsed("logo_uri", web, WebUri::parse),
        scope: reader
            .parsed("scope", "Give scope tokens separated by spaces.", parse_scope)
            .unwrap_or_else(|| default_scope(&grant_types)),
        contacts: reader.texts("contacts"),
        tos_uri: reader.parsed("tos_uri", web, WebUri::parse),
        policy_uri: reader.parsed("policy_uri", web, WebUri::parse),
        software_id: reader.text("software_id"),
        software_version: reader.text("software_version"),
        application_type,
        id_token_signed_response_alg: algorithm.unwrap_or(SigningAlgorithm::RS256),
        default_max_age: reader.seconds("default_max_age", &(0..=YEAR_SECONDS)),
        require_auth_time: reader.flag("require_auth_time").unwrap_or(false),
        default_acr_values: reader.texts("default_acr_values"),
        initiate_login_uri: reader.parsed("initiate_login_uri", web, https_only),
        post_logout_redirect_uris: reader
            .parsed_list("post_logout_redirect_uris", redirect_remedy, redirect)
            .unwrap_or_default(),
        require_pkce: reader.flag("require_pkce").unwrap_or(true),
        consent: consent.unwrap_or(ConsentPolicy::Remember),
        always_issue_refresh_token: reader.flag("always_issue_refresh_token").unwrap_or(false),
        resources: reader.parsed_list("resources", identifier, resource).unwrap_or_default(),
        resource_server_of: reader.parsed_list("resource_server_of", identifier, resource).unwrap_or_default(),
        default_resource: reader.parsed("default_resource", identifier, resource),
        access_token_lifetime: reader.seconds("access_token_lifetime", &(1..=YEAR_SECONDS)),
        grant_types,
        ignored_members: Vec::new(),
    }
}

fn one_of<T>(reader: &mut Reader, member: &str, from_wire: fn(&str) -> Option<T>, names: &str) -> Option<T> {
    reader.parsed(member, &format!("Choose one of {names}."), |name| from_wire(name).ok_or_else(not_offered))
}

fn many_of<T: Ord>(
    reader: &mut Reader,
    member: &str,
    from_wire: fn(&str) -> Option<T>,
    names: &str,
) -> Option<BTreeSet<T>> {
    let remedy = format!("Choose among {names}.");
    let list = reader.parsed_list(member, &remedy, |name| from_wire(name).ok_or_else(not_offered))?;
    Some(list.into_iter().collect())
}

fn not_offered() -> String {
    "is not offered here".to_owned()
}

fn parse_scope(text: &str) -> Result<Scope, String> {
    Scope::parse(text).map_err(|error| format!("is not a scope ({})", error.text.trim_end_matches('.')))
}

/// An id or secret as it can travel in a form: visible ASCII characters (RFC 6749, appendix A).
fn credential(text: &str) -> Result<String, String> {
    match text.len() {
        1..=MAX_CREDENTIAL_BYTES if text.bytes().all(|byte| byte.is_ascii_graphic()) => Ok(text.to_owned()),
        1..=MAX_CREDENTIAL_BYTES => Err("holds spaces or characters beyond ASCII".to_owned()),
        _ => Err(format!("must have 1 to {MAX_CREDENTIAL_BYTES} characters")),
    }
}

/// OpenID Connect Registration, section 2: a sign-in is started by https only.
fn https_only(text: &str) -> Result<WebUri, String> {
    let uri = WebUri::parse(text)?;
    if uri.is_https() { Ok(uri) } else { Err("does not use https".to_owned()) }
}

/// A client that uses no redirect has no use for the default of RFC 7591, `code`.
fn default_response_types(grant_types: &BTreeSet<GrantType>) -> BTreeSet<ResponseType> {
    grant_types.contains(&GrantType::AuthorizationCode).then_some(ResponseType::Code).into_iter().collect()
}

/// RFC 7591 §2: a client that names no scope gets a default. Ours lets people sign in to it and nothing more, so a
/// machine gets none.
fn default_scope(grant_types: &BTreeSet<GrantType>) -> Scope {
    let signs_people_in = grant_types.contains(&GrantType::AuthorizationCode);
    let identity = [scope::OPENID, scope::PROFILE, scope::EMAIL, scope::ADDRESS, scope::PHONE];
    let lasting = grant_types.contains(&GrantType::RefreshToken).then_some(scope::OFFLINE_ACCESS);
    let tokens = identity.into_iter().filter(|_| signs_people_in).chain(lasting);
    tokens.filter_map(|token| ScopeToken::parse(token).ok()).collect()
}
