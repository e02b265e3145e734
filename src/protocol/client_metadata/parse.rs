//! From a JSON document to [`ClientMetadata`]: each member read into its type, defaults filled in.

use std::collections::BTreeSet;

use secrecy::SecretString;
use serde_json::{Map, Value};

use super::fault::{Faults, MetadataFault};
use super::reader::Reader;
use super::values::{AuthMethod, ConsentPolicy};
use super::{ClientKeys, ClientMetadata, rules};
use crate::protocol::algorithm::SigningAlgorithm;
use crate::protocol::allowance::{Quota, RateLimit};
use crate::protocol::certificate::{CertificateName, NAME_MEMBERS};
use crate::protocol::client_assertion::AssertionAlgorithm;
use crate::protocol::colour::Accent;
use crate::protocol::encryption::{ContentEncryption, Encryption, EncryptionAlgorithm};
use crate::protocol::grant_type::GrantType;
use crate::protocol::redirect_uri::{ApplicationType, RedirectUri};
use crate::protocol::request_object::RequestObjectAlgorithm;
use crate::protocol::resource::ResourceUri;
use crate::protocol::response::ResponseType;
use crate::protocol::scope::{self, Scope, ScopeToken};
use crate::protocol::subject::SubjectType;
use crate::protocol::uri::WebUri;

/// The longest lifetimes that may be asked for: a year.
const YEAR_SECONDS: u64 = 365 * 24 * 60 * 60;
/// The longest `client_id` and `client_secret`, in bytes.
const MAX_CREDENTIAL_BYTES: usize = 255;

impl ClientMetadata {
    /// Reads a JSON document; every fault at once.
    pub fn parse(json: &[u8]) -> Result<Self, Vec<MetadataFault>> {
        let not_an_object = |problem: &str| {
            let mut faults = Faults::default();
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
}

/// Takes every member that means something out of the reader.
fn read(reader: &mut Reader) -> ClientMetadata {
    let web = "Give an https address.";
    let program = "Give an https address (http for loopback hosts only).";
    let logout = "Give an https address without fragment (http for loopback hosts only).";
    let identifier = "Give an absolute URI without fragment.";
    let resource =
        |text: &str| ResourceUri::parse(text).map_err(|_| "is not an absolute URI without fragment".to_owned());

    let application_type = one_of(reader, "application_type", ApplicationType::from_wire, &ApplicationType::names());
    let application_type = application_type.unwrap_or(ApplicationType::Web);
    let redirect = |text: &str| RedirectUri::register(text, application_type);
    let redirect_remedy = redirect_remedy(application_type);
    // RFC 7591 §2: the defaults are client_secret_basic and authorization_code.
    let grant_types = many_of(reader, "grant_types", GrantType::from_wire, &GrantType::names());
    let grant_types = grant_types.unwrap_or_else(|| BTreeSet::from([GrantType::AuthorizationCode]));
    let auth_method = one_of(reader, "token_endpoint_auth_method", AuthMethod::from_wire, &AuthMethod::names());
    let response_types = many_of(reader, "response_types", ResponseType::from_words, &ResponseType::names());
    let signed_with =
        |reader: &mut Reader, member| one_of(reader, member, SigningAlgorithm::from_wire, &SigningAlgorithm::names());
    let asserted_with = |reader: &mut Reader, member| {
        one_of(reader, member, AssertionAlgorithm::from_wire, &AssertionAlgorithm::names())
    };
    let subject_type = one_of(reader, "subject_type", SubjectType::from_wire, &SubjectType::names());
    let consent = one_of(reader, "consent", ConsentPolicy::from_wire, &ConsentPolicy::names());

    ClientMetadata {
        client_id: reader.parsed("client_id", "Leave it out and let us make one.", credential),
        client_secret: reader
            .parsed("client_secret", "Leave it out and let us make one.", credential)
            .map(SecretString::from),
        redirect_uris: reader.parsed_list("redirect_uris", redirect_remedy, redirect).unwrap_or_default(),
        token_endpoint_auth_method: auth_method.unwrap_or(AuthMethod::ClientSecretBasic),
        token_endpoint_auth_signing_alg: asserted_with(reader, "token_endpoint_auth_signing_alg"),
        jwks: reader.object("jwks", "Give a JWK set with public keys only.", ClientKeys::parse),
        jwks_uri: reader.parsed("jwks_uri", program, WebUri::of_program),
        certificate_name: certificate_name(reader),
        tls_client_certificate_bound_access_tokens: reader
            .flag("tls_client_certificate_bound_access_tokens")
            .unwrap_or(false),
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
        subject_type: subject_type.unwrap_or(SubjectType::Public),
        sector_identifier_uri: reader.parsed("sector_identifier_uri", web, https_only),
        id_token_signed_response_alg: signed_with(reader, "id_token_signed_response_alg")
            .unwrap_or(SigningAlgorithm::RS256),
        userinfo_signed_response_alg: signed_with(reader, "userinfo_signed_response_alg"),
        // RFC 9701 §6: the default.
        introspection_signed_response_alg: signed_with(reader, "introspection_signed_response_alg")
            .unwrap_or(SigningAlgorithm::RS256),
        id_token_encrypted_response: encryption(reader, "id_token_encrypted_response"),
        userinfo_encrypted_response: encryption(reader, "userinfo_encrypted_response"),
        introspection_encrypted_response: encryption(reader, "introspection_encrypted_response"),
        default_max_age: reader.seconds("default_max_age", &(0..=YEAR_SECONDS)),
        require_auth_time: reader.flag("require_auth_time").unwrap_or(false),
        require_second_factor: reader.flag("require_second_factor").unwrap_or(false),
        accent_color: reader.parsed("accent_color", "Give a dark colour such as #0f5a52.", Accent::parse),
        default_acr_values: reader.texts("default_acr_values"),
        initiate_login_uri: reader.parsed("initiate_login_uri", web, https_only),
        request_uris: reader
            .parsed_list("request_uris", "Give https addresses (http for loopback hosts only).", WebUri::of_program)
            .unwrap_or_default(),
        request_object_signing_alg: one_of(
            reader,
            "request_object_signing_alg",
            RequestObjectAlgorithm::from_wire,
            &RequestObjectAlgorithm::names(),
        ),
        request_object_encryption: encryption(reader, "request_object_encryption"),
        require_signed_request_object: reader.flag("require_signed_request_object").unwrap_or(false),
        post_logout_redirect_uris: reader
            .parsed_list("post_logout_redirect_uris", redirect_remedy, redirect)
            .unwrap_or_default(),
        backchannel_logout_uri: reader.parsed("backchannel_logout_uri", logout, logout_uri),
        backchannel_logout_session_required: reader.flag("backchannel_logout_session_required").unwrap_or(false),
        frontchannel_logout_uri: reader.parsed("frontchannel_logout_uri", logout, logout_uri),
        frontchannel_logout_session_required: reader.flag("frontchannel_logout_session_required").unwrap_or(false),
        require_pkce: reader.flag("require_pkce").unwrap_or(true),
        consent: consent.unwrap_or(ConsentPolicy::Remember),
        always_issue_refresh_token: reader.flag("always_issue_refresh_token").unwrap_or(false),
        resources: reader.parsed_list("resources", identifier, resource).unwrap_or_default(),
        resource_server_of: reader.parsed_list("resource_server_of", identifier, resource).unwrap_or_default(),
        default_resource: reader.parsed("default_resource", identifier, resource),
        access_token_lifetime: reader.seconds("access_token_lifetime", &(1..=YEAR_SECONDS)),
        client_secret_lifetime: reader.seconds("client_secret_lifetime", &(60..=YEAR_SECONDS)),
        rate_limit: reader.parsed("rate_limit", &format!("Write {}.", RateLimit::EXPECTED), |text| {
            RateLimit::parse(text).ok_or_else(|| "is no rate".to_owned())
        }),
        quota: reader.parsed("quota", &format!("Write {}.", Quota::EXPECTED), |text| {
            Quota::parse(text).ok_or_else(|| "is no quota".to_owned())
        }),
        grant_types,
        ignored_members: Vec::new(),
    }
}

const fn redirect_remedy(application_type: ApplicationType) -> &'static str {
    match application_type {
        ApplicationType::Web => "Give an absolute https URI without fragment (http for loopback hosts only).",
        ApplicationType::Native => {
            "Give https, http on a loopback host, or a private-use scheme such as com.example.app:/callback."
        }
    }
}

/// RFC 8705 §2.1.2: a client has exactly one of these names.
fn certificate_name(reader: &mut Reader) -> Option<CertificateName> {
    let mut found: Option<CertificateName> = None;
    for member in NAME_MEMBERS {
        let remedy = "Give what the certificate holds, or leave the member out.";
        let Some(name) = reader.parsed(member, remedy, |text| CertificateName::parse(member, text)) else { continue };
        if let Some(first) = &found {
            let problem = format!("is given beside {}", first.member);
            reader.faults.add(member, None, &problem, "Keep one of the two: one name tells the certificate.");
        }
        found = found.or(Some(name));
    }
    found
}

/// The two members that say how something is encrypted.
fn encryption(reader: &mut Reader, name: &str) -> Option<Encryption> {
    let (alg_member, enc_member) = (format!("{name}_alg"), format!("{name}_enc"));
    let alg = one_of(reader, &alg_member, EncryptionAlgorithm::from_wire, &EncryptionAlgorithm::names());
    let enc = one_of(reader, &enc_member, ContentEncryption::from_wire, &ContentEncryption::names());
    // OIDC Registration §2: the second is never alone; left out, it has a default.
    if alg.is_none() && enc.is_some() && !reader.faults.touch(&[&alg_member]) {
        let remedy = format!("Give {alg_member} too, or leave both out.");
        reader.faults.add(&enc_member, None, &format!("is given without {alg_member}"), &remedy);
    }
    Some(Encryption { alg: alg?, enc: enc.unwrap_or(ContentEncryption::A128CbcHs256) })
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

/// OpenID Connect Registration, section 2: a sign-in is started, and a sector described, by https only.
fn https_only(text: &str) -> Result<WebUri, String> {
    let uri = WebUri::parse(text)?;
    if uri.is_https() { Ok(uri) } else { Err("does not use https".to_owned()) }
}

/// OIDC Back-Channel Logout §2.2, OIDC Front-Channel Logout §2: absolute, with a query if need be, never with a fragment.
fn logout_uri(text: &str) -> Result<WebUri, String> {
    let uri = WebUri::of_program(text)?;
    if uri.as_str().contains('#') { Err("has a fragment".to_owned()) } else { Ok(uri) }
}

/// A client that uses no redirect has no use for the default of RFC 7591, `code`.
fn default_response_types(grant_types: &BTreeSet<GrantType>) -> BTreeSet<ResponseType> {
    grant_types.contains(&GrantType::AuthorizationCode).then_some(ResponseType::Code).into_iter().collect()
}

/// RFC 7591 §2: a client that names no scope gets a default. Ours lets people sign in to it and nothing more, so a
/// machine gets none.
fn default_scope(grant_types: &BTreeSet<GrantType>) -> Scope {
    let signs_people_in = grant_types.iter().any(|grant| grant.asks_a_person());
    let identity = [scope::OPENID, scope::PROFILE, scope::EMAIL, scope::ADDRESS, scope::PHONE];
    let lasting = grant_types.contains(&GrantType::RefreshToken).then_some(scope::OFFLINE_ACCESS);
    let tokens = identity.into_iter().filter(|_| signs_people_in).chain(lasting);
    tokens.filter_map(|token| ScopeToken::parse(token).ok()).collect()
}
