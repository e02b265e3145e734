//! What members of client metadata demand of each other.

use secrecy::ExposeSecret;

use super::fault::Faults;
use super::{AuthMethod, ClientKeys, ClientMetadata};
use crate::protocol::encryption::Encryption;
use crate::protocol::grant_type::GrantType;
use crate::protocol::redirect_uri::{ApplicationType, RedirectUri};
use crate::protocol::request_object::RequestObjectAlgorithm;
use crate::protocol::subject::SubjectType;
use crate::protocol::uri::{WebUri, is_loopback, parse_absolute};

/// The fewest bytes of a secret that an operator chooses: 256 bits, as those that we mint.
pub const MIN_SECRET_BYTES: usize = 32;

/// One rule: the members that it concerns (the fault is told of the first), when it is broken, and what to say.
struct Rule {
    members: &'static [&'static str],
    is_broken: fn(&ClientMetadata) -> bool,
    problem: &'static str,
    remedy: &'static str,
}

const RULES: &[Rule] = &[
    Rule {
        // RFC 7662 §2.1: the server of a resource asks about tokens, as somebody who authenticates, and may need none itself.
        members: &["grant_types", "resource_server_of", "token_endpoint_auth_method"],
        is_broken: |client| {
            let asks_about_tokens = !client.resource_server_of.is_empty() && client.is_confidential();
            client.grant_types.is_empty() && !asks_about_tokens
        },
        problem: "names no grant",
        remedy: "Leave it out for authorization_code, or name at least one; only the server of a resource (resource_server_of) that \
                 authenticates needs none.",
    },
    Rule {
        // RFC 7591 §2: a client that is redirected to registers where to.
        members: &["redirect_uris", "grant_types"],
        is_broken: |client| client.sends_people() && client.redirect_uris.is_empty(),
        problem: "is missing, but the grants authorization_code and implicit need a place to return to",
        remedy: "List at least one redirect URI, or choose other grant_types.",
    },
    Rule {
        // RFC 7591 §2.1: response_types and grant_types belong together.
        members: &["response_types", "grant_types"],
        is_broken: |client| {
            let types = || client.response_types.iter();
            let gives = |grant| client.may_use(grant);
            gives(GrantType::AuthorizationCode) != types().any(|wanted| wanted.gives_code())
                || gives(GrantType::Implicit) != types().any(|wanted| wanted.gives_id_token())
        },
        problem: "does not fit the grant_types",
        remedy: "A code goes with the grant authorization_code, an id_token with implicit: name both or neither.",
    },
    Rule {
        // OIDC Registration §2: what travels in the open goes to nothing but https.
        members: &["redirect_uris", "response_types", "application_type"],
        is_broken: |client| {
            let is_open = |uri: &RedirectUri| {
                let parsed = parse_absolute(uri.as_str());
                !parsed.is_ok_and(|uri| uri.scheme() == "https" && !is_loopback(&uri))
            };
            client.may_use(GrantType::Implicit)
                && client.application_type == ApplicationType::Web
                && client.redirect_uris.iter().any(is_open)
        },
        problem: "names a loopback host or uses http, which no ID token is sent to from the authorization endpoint",
        remedy: "Register https addresses, or the response type code alone.",
    },
    Rule {
        // RFC 6749 §4.4: only a client that can prove who it is may act for itself.
        members: &["grant_types", "token_endpoint_auth_method"],
        is_broken: |client| client.may_use(GrantType::ClientCredentials) && !client.is_confidential(),
        problem: "names client_credentials, but the client does not authenticate",
        remedy: "Set token_endpoint_auth_method to client_secret_basic, or drop client_credentials.",
    },
    Rule {
        // RFC 8693 §5: or whoever finds a token could make others of it, in the name of any client.
        members: &["grant_types", "token_endpoint_auth_method"],
        is_broken: |client| client.may_use(GrantType::TokenExchange) && !client.is_confidential(),
        problem: "names token-exchange, but the client does not authenticate",
        remedy: "Set token_endpoint_auth_method to client_secret_basic, or drop token-exchange; an API key alone needs no client.",
    },
    Rule {
        members: &["grant_types"],
        is_broken: |client| client.may_use(GrantType::RefreshToken) && !client.asks_people(),
        problem: "names refresh_token without a grant that issues refresh tokens",
        remedy: "Add authorization_code or urn:ietf:params:oauth:grant-type:device_code, or drop refresh_token.",
    },
    Rule {
        members: &["always_issue_refresh_token", "grant_types"],
        is_broken: |client| client.always_issue_refresh_token && !client.may_use(GrantType::RefreshToken),
        problem: "is set, but the client may not use refresh tokens",
        remedy: "Add refresh_token to grant_types.",
    },
    Rule {
        members: &["client_secret", "token_endpoint_auth_method"],
        is_broken: |client| client.client_secret.is_some() && !client.token_endpoint_auth_method.has_secret(),
        problem: "is given, but a client with this token_endpoint_auth_method has no secret",
        remedy: "Drop client_secret, or choose client_secret_basic.",
    },
    Rule {
        members: &["client_secret"],
        is_broken: |client| {
            client.client_secret.as_ref().is_some_and(|secret| secret.expose_secret().len() < MIN_SECRET_BYTES)
        },
        problem: "is shorter than 32 bytes",
        remedy: "Leave it out and let us make one, or give at least 32 random characters.",
    },
    Rule {
        // RFC 7591 §2: both at once are not allowed.
        members: &["jwks_uri", "jwks"],
        is_broken: |client| client.jwks.is_some() && client.jwks_uri.is_some(),
        problem: "is given beside jwks",
        remedy: "Keep one of the two.",
    },
    Rule {
        members: &["token_endpoint_auth_method", "jwks", "jwks_uri"],
        is_broken: |client| client.token_endpoint_auth_method == AuthMethod::PrivateKeyJwt && !has_keys(client),
        problem: "is private_key_jwt, but no public key is given",
        remedy: "Give jwks or jwks_uri.",
    },
    Rule {
        members: &["request_object_signing_alg", "jwks", "jwks_uri"],
        is_broken: |client| {
            let is_signed = client.request_object_signing_alg.is_some_and(|algorithm| algorithm.signature().is_some());
            is_signed && !has_keys(client)
        },
        problem: "names an algorithm, but no public key is given",
        remedy: "Give jwks or jwks_uri, or choose none.",
    },
    Rule {
        // RFC 9101 §10.5: who has to sign can, and does not register that it does not.
        members: &["require_signed_request_object", "request_object_signing_alg", "jwks", "jwks_uri"],
        is_broken: |client| {
            let is_unsigned = client.request_object_signing_alg == Some(RequestObjectAlgorithm::None);
            client.require_signed_request_object && (is_unsigned || !has_keys(client))
        },
        problem: "is set, but the client cannot sign",
        remedy: "Give jwks or jwks_uri, and a request_object_signing_alg other than none, or leave that out.",
    },
    Rule {
        // OIDC Core §8.1: several hosts are one sector only if a document says so.
        members: &["subject_type", "sector_identifier_uri", "redirect_uris"],
        is_broken: |client| client.subject_type == SubjectType::Pairwise && client.sector().is_none(),
        problem: "is pairwise, but the redirect URIs are not all at one host of the client's own",
        remedy: "Give a sector_identifier_uri, or choose public.",
    },
    Rule {
        members: &["id_token_encrypted_response_alg", "jwks", "jwks_uri"],
        is_broken: |client| lacks_recipient(client, client.id_token_encrypted_response),
        problem: NO_RECIPIENT,
        remedy: GIVE_RECIPIENT,
    },
    Rule {
        members: &["userinfo_encrypted_response_alg", "jwks", "jwks_uri"],
        is_broken: |client| lacks_recipient(client, client.userinfo_encrypted_response),
        problem: NO_RECIPIENT,
        remedy: GIVE_RECIPIENT,
    },
    Rule {
        members: &["introspection_encrypted_response_alg", "jwks", "jwks_uri"],
        is_broken: |client| lacks_recipient(client, client.introspection_encrypted_response),
        problem: NO_RECIPIENT,
        remedy: GIVE_RECIPIENT,
    },
    Rule {
        // RFC 8705 §2.1.2: the name by which the certificate is known.
        members: &[
            "token_endpoint_auth_method",
            "tls_client_auth_subject_dn",
            "tls_client_auth_san_dns",
            "tls_client_auth_san_uri",
            "tls_client_auth_san_ip",
            "tls_client_auth_san_email",
        ],
        is_broken: |client| {
            let by_name = client.token_endpoint_auth_method == AuthMethod::TlsClientAuth;
            by_name != client.certificate_name.is_some()
        },
        problem: "does not fit the tls_client_auth_ members",
        remedy: "tls_client_auth needs one of tls_client_auth_subject_dn, _san_dns, _san_uri, _san_ip and _san_email; \
                 every other method none.",
    },
    Rule {
        // RFC 8705 §2.2.2: the certificate stands in the member x5c of a key.
        members: &["token_endpoint_auth_method", "jwks", "jwks_uri"],
        is_broken: |client| {
            let has_certificate = client.jwks.as_ref().is_some_and(ClientKeys::has_certificates);
            client.token_endpoint_auth_method == AuthMethod::SelfSignedTlsClientAuth
                && !has_certificate
                && client.jwks_uri.is_none()
        },
        problem: "is self_signed_tls_client_auth, but no certificate is given",
        remedy: "Give jwks with a key whose x5c holds the certificate, or jwks_uri.",
    },
    Rule {
        members: &["token_endpoint_auth_signing_alg", "token_endpoint_auth_method"],
        is_broken: |client| {
            client
                .token_endpoint_auth_signing_alg
                .is_some_and(|algorithm| !client.token_endpoint_auth_method.signs_with(algorithm))
        },
        problem: "does not fit the token_endpoint_auth_method",
        remedy: "Choose HS256 with client_secret_jwt, another one with private_key_jwt, and leave it out otherwise.",
    },
    Rule {
        // RFC 9700 §2.1.1: for a public client nothing but PKCE protects the code.
        members: &["require_pkce", "token_endpoint_auth_method"],
        is_broken: |client| !client.require_pkce && !client.is_confidential(),
        problem: "is false, but a public client is not safe without PKCE",
        remedy: "Leave it out, or make the client confidential.",
    },
    Rule {
        members: &["client_secret_lifetime", "token_endpoint_auth_method"],
        is_broken: |client| client.client_secret_lifetime.is_some() && !client.token_endpoint_auth_method.has_secret(),
        problem: "is set, but the client has no secret",
        remedy: "Leave it out, or choose client_secret_basic.",
    },
    Rule {
        members: &["rate_limit", "token_endpoint_auth_method"],
        is_broken: |client| client.rate_limit.is_some() && !client.is_confidential(),
        problem: "is set, but the client does not authenticate, so that anybody could use it up",
        remedy: "Leave it out, or make the client confidential.",
    },
    Rule {
        members: &["quota", "token_endpoint_auth_method"],
        is_broken: |client| client.quota.is_some() && !client.is_confidential(),
        problem: "is set, but the client does not authenticate, so that anybody could use it up",
        remedy: "Leave it out, or make the client confidential.",
    },
    Rule {
        // OIDC Front-Channel Logout §2: or a client could have anybody's page loaded.
        members: &["frontchannel_logout_uri", "redirect_uris"],
        is_broken: |client| {
            let is_elsewhere = |uri: &WebUri| !client.redirect_uris.iter().any(|own| uri.shares_origin(own.as_str()));
            client.frontchannel_logout_uri.as_ref().is_some_and(is_elsewhere)
        },
        problem: "has another scheme, host or port than every redirect URI",
        remedy: "Give an address of the place where the client receives people.",
    },
    Rule {
        members: &["default_resource", "resources"],
        is_broken: |client| client.default_resource.as_ref().is_some_and(|chosen| !client.resources.contains(chosen)),
        problem: "is not one of the resources",
        remedy: "Add it to resources.",
    },
];

const NO_RECIPIENT: &str = "names an algorithm, but no public key that fits is given";
const GIVE_RECIPIENT: &str = "Give jwks_uri, or jwks with a key whose use is enc, or that has no use: RSA for RSA-OAEP and \
                              RSA-OAEP-256, P-256 for ECDH-ES.";

/// Whether there is nothing to encrypt to. What is at `jwks_uri` is seen when it is needed.
fn lacks_recipient(client: &ClientMetadata, encryption: Option<Encryption>) -> bool {
    let lacks = |Encryption { alg, .. }| match &client.jwks {
        Some(keys) => keys.recipient(alg).is_none(),
        None => client.jwks_uri.is_none(),
    };
    encryption.is_some_and(lacks)
}

/// Whether what the client signs can be checked.
fn has_keys(client: &ClientMetadata) -> bool {
    client.jwks.as_ref().is_some_and(ClientKeys::has_keys) || client.jwks_uri.is_some()
}

/// Notes every broken rule, but none that follows from a fault already noted.
pub(super) fn check(client: &ClientMetadata, faults: &mut Faults) {
    for rule in RULES {
        if !faults.touch(rule.members) && (rule.is_broken)(client) {
            let member = rule.members.first().copied().unwrap_or_default();
            faults.add(member, None, rule.problem, rule.remedy);
        }
    }
}
