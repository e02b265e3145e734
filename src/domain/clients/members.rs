//! Every member of client metadata that can be edited, with its meaning and the shape in which people type it; and from
//! what they typed back to the document that [`ClientMetadata::parse`] reads.
//!
//! [`ClientMetadata::parse`]: crate::protocol::client_metadata::ClientMetadata::parse

use serde_json::{Map, Value, json};

/// How a member is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One line; left out when it is empty.
    Line,
    /// An entry a line.
    Lines,
    /// Words parted by spaces.
    Words,
    /// One of these.
    OneOf(&'static [&'static str]),
    /// Any of these.
    AnyOf(&'static [&'static str]),
    /// Yes or no.
    Flag,
    /// A JSON object; left out when it is empty.
    Json,
    /// A number of seconds; left out when it is empty.
    Seconds,
}

/// One member.
#[derive(Debug)]
pub struct Member {
    /// Its name (RFC 7591 §2, OIDC Registration §2, or an extension of ours).
    pub name: &'static str,
    /// How it is typed.
    pub shape: Shape,
    /// What it means.
    pub meaning: &'static str,
}

/// Members that belong together.
#[derive(Debug)]
pub struct Group {
    /// What they are about.
    pub title: &'static str,
    /// The members.
    pub members: &'static [Member],
}

const fn member(name: &'static str, shape: Shape, meaning: &'static str) -> Member {
    Member { name, shape, meaning }
}

const ENCRYPTED_WITH: Shape =
    Shape::OneOf(&["", "RSA-OAEP", "RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW"]);
const CONTENT_WITH: Shape = Shape::OneOf(&["", "A128CBC-HS256", "A256GCM", "A128GCM"]);

/// All of them, in the order of a form.
pub const GROUPS: &[Group] = &[
    Group {
        title: "What people see",
        members: &[
            member("client_name", Shape::Line, "The name on the consent page."),
            member("client_uri", Shape::Line, "Its home page; https."),
            member("logo_uri", Shape::Line, "Its logo; https."),
            member("accent_color", Shape::Line, "The colour of buttons on the pages that lead to it, such as #0f5a52."),
            member("policy_uri", Shape::Line, "How it treats what it learns; https."),
            member("tos_uri", Shape::Line, "Its terms of service; https."),
            member("contacts", Shape::Lines, "Whom to ask about it, one a line."),
        ],
    },
    Group {
        title: "Where answers go",
        members: &[
            member("application_type", Shape::OneOf(&["web", "native"]), "Native: runs on a person's device."),
            member(
                "redirect_uris",
                Shape::Lines,
                "One a line, absolute, without fragment; compared character by character (RFC 9700 §2.1).",
            ),
            member(
                "post_logout_redirect_uris",
                Shape::Lines,
                "Where a browser may go after sign-out, one a line; compared character by character.",
            ),
            member(
                "backchannel_logout_uri",
                Shape::Line,
                "Where it is told, from server to server, that a person signed out; https.",
            ),
            member(
                "backchannel_logout_session_required",
                Shape::Flag,
                "It has to be told which session ended; it always is.",
            ),
            member(
                "frontchannel_logout_uri",
                Shape::Line,
                "What is loaded in the browser of a person who signs out; scheme, host and port of a redirect URI.",
            ),
            member(
                "frontchannel_logout_session_required",
                Shape::Flag,
                "That is told which session ended (iss and sid).",
            ),
            member(
                "sector_identifier_uri",
                Shape::Line,
                "A list of redirect URIs, those of this app among them, that are one place for people; https.",
            ),
            member("initiate_login_uri", Shape::Line, "Where a sign-in can be started from our side; https."),
        ],
    },
    Group {
        title: "What it may ask for",
        members: &[
            member("scope", Shape::Words, "The scopes it may ask for, parted by spaces."),
            member(
                "grant_types",
                Shape::AnyOf(&[
                    "authorization_code",
                    "implicit",
                    "client_credentials",
                    "urn:ietf:params:oauth:grant-type:device_code",
                    "refresh_token",
                    "urn:ietf:params:oauth:grant-type:token-exchange",
                ]),
                "How it comes by tokens. client_credentials is for a machine that acts for itself, device_code for a device \
                 on which nobody likes to type, token-exchange for one that makes narrower tokens of those that it is given.",
            ),
            member(
                "response_types",
                Shape::AnyOf(&["code", "id_token", "code id_token"]),
                "code goes with authorization_code. Those with id_token are for old applications, go with implicit, and need \
                 tokens.front_channel_id_tokens in the settings.",
            ),
            member("resources", Shape::Lines, "The APIs it may ask tokens for, one a line (RFC 8707)."),
            member("default_resource", Shape::Line, "The one of them that a token is for if it names none."),
            member(
                "resource_server_of",
                Shape::Lines,
                "The APIs it is the server of, one a line: about their tokens it may ask (introspection).",
            ),
            member(
                "consent",
                Shape::OneOf(&["remember", "always", "skip"]),
                "When people are asked: the first time and for something new, every time, or never (your own apps only).",
            ),
        ],
    },
    Group {
        title: "How it proves who it is",
        members: &[
            member(
                "token_endpoint_auth_method",
                Shape::OneOf(&[
                    "client_secret_basic",
                    "client_secret_post",
                    "client_secret_jwt",
                    "private_key_jwt",
                    "tls_client_auth",
                    "self_signed_tls_client_auth",
                    "none",
                ]),
                "none: it can keep no secret. private_key_jwt: it signs with a key. tls_client_auth, self_signed_tls_client_auth: it shows a certificate. These end the secrets it has; a method with a secret then makes a new one.",
            ),
            member(
                "jwks",
                Shape::Json,
                "Its public keys, a JWK set: for private_key_jwt; for self_signed_tls_client_auth, with its certificates in x5c. \
                 Never a private key.",
            ),
            member("jwks_uri", Shape::Line, "Where it publishes them instead; https."),
            member(
                "token_endpoint_auth_signing_alg",
                Shape::OneOf(&["", "RS256", "PS256", "ES256", "EdDSA", "HS256"]),
                "The only algorithm of its assertions; empty: each that fits the method.",
            ),
            member(
                "client_secret_lifetime",
                Shape::Seconds,
                "In seconds, how long each new secret is good; empty: without end.",
            ),
            member(
                "tls_client_auth_subject_dn",
                Shape::Line,
                "For tls_client_auth: the subject of its certificate (CN=robot,O=Example), compared part by part. Or:",
            ),
            member("tls_client_auth_san_dns", Shape::Line, "The host name in its certificate. Or:"),
            member("tls_client_auth_san_uri", Shape::Line, "The URI in its certificate. Or:"),
            member("tls_client_auth_san_ip", Shape::Line, "The IP address in its certificate. Or:"),
            member("tls_client_auth_san_email", Shape::Line, "The mail address in its certificate."),
            member("require_pkce", Shape::Flag, "PKCE with every authorization request (RFC 9700 §2.1.1)."),
        ],
    },
    Group {
        title: "How it may ask",
        members: &[
            member(
                "request_uris",
                Shape::Lines,
                "Where its request objects may be fetched, one a line, https; compared character by character, with the fragment.",
            ),
            member(
                "request_object_signing_alg",
                Shape::OneOf(&["", "RS256", "PS256", "ES256", "EdDSA", "none"]),
                "The only algorithm of its request objects; empty: each that fits its keys, and unsigned ones.",
            ),
            member(
                "request_object_encryption_alg",
                ENCRYPTED_WITH,
                "How its request objects are encrypted, which they then have to be; empty: as it likes.",
            ),
            member(
                "request_object_encryption_enc",
                CONTENT_WITH,
                "What their content is encrypted with; empty: A128CBC-HS256.",
            ),
            member(
                "require_signed_request_object",
                Shape::Flag,
                "Every authorization request comes in a signed object, and only what is in it counts (RFC 9101 §6.3).",
            ),
        ],
    },
    Group {
        title: "Its tokens",
        members: &[
            member(
                "subject_type",
                Shape::OneOf(&["public", "pairwise"]),
                "Whether it knows people as everybody does, or by a sub of its own. To change this makes strangers of all.",
            ),
            member(
                "id_token_signed_response_alg",
                Shape::OneOf(&["RS256", "ES256", "EdDSA"]),
                "What ID tokens are signed with; a key for it must exist.",
            ),
            member(
                "userinfo_signed_response_alg",
                Shape::OneOf(&["", "RS256", "ES256", "EdDSA"]),
                "What UserInfo is signed with; empty: plain JSON.",
            ),
            member(
                "introspection_signed_response_alg",
                Shape::OneOf(&["RS256", "ES256", "EdDSA"]),
                "What an introspection response is signed with, where it asks for a signed one (RFC 9701).",
            ),
            member(
                "id_token_encrypted_response_alg",
                ENCRYPTED_WITH,
                "How ID tokens are encrypted to a key of its own, once they are signed; empty: not at all.",
            ),
            member(
                "id_token_encrypted_response_enc",
                CONTENT_WITH,
                "What their content is encrypted with; empty: A128CBC-HS256.",
            ),
            member("userinfo_encrypted_response_alg", ENCRYPTED_WITH, "The same for UserInfo, signed or not."),
            member("userinfo_encrypted_response_enc", CONTENT_WITH, "What its content is encrypted with."),
            member(
                "introspection_encrypted_response_alg",
                ENCRYPTED_WITH,
                "The same for introspection responses, which are then always signed (RFC 9701).",
            ),
            member("introspection_encrypted_response_enc", CONTENT_WITH, "What their content is encrypted with."),
            member("access_token_lifetime", Shape::Seconds, "In seconds; empty: as the API or the settings say."),
            member(
                "tls_client_certificate_bound_access_tokens",
                Shape::Flag,
                "Access tokens work only beside the certificate with which they were asked for (RFC 8705 §3).",
            ),
            member("rate_limit", Shape::Line, "How often it may authenticate, such as 100/minute; empty: as it likes."),
            member("quota", Shape::Line, "How often in a calendar day or month (UTC), such as 10000/month."),
            member("always_issue_refresh_token", Shape::Flag, "A refresh token even without offline_access."),
            member("default_max_age", Shape::Seconds, "After how many seconds a person signs in again, at the latest."),
            member("require_auth_time", Shape::Flag, "Every ID token tells when the person signed in."),
            member("require_second_factor", Shape::Flag, "People need more than a password to sign in to it."),
            member("default_acr_values", Shape::Lines, "The authentication it wants if a request does not say."),
        ],
    },
    Group {
        title: "Which program it is",
        members: &[
            member("software_id", Shape::Line, "The same for every installation."),
            member("software_version", Shape::Line, "The version of the software."),
        ],
    },
];

/// Every member.
pub fn members() -> impl Iterator<Item = &'static Member> {
    GROUPS.iter().flat_map(|group| group.members)
}

impl Member {
    /// What stands in a form for this value of the member: a field's text, or the words that are chosen, one a line.
    #[must_use]
    pub fn typed(&self, value: &Value) -> String {
        match value {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            Value::Array(entries) => entries.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n"),
            object @ Value::Object(_) => format!("{object:#}"),
            other => other.to_string(),
        }
    }

    /// The value that was typed; `None` leaves the member out. What is no value stays a text, which is refused by name.
    #[must_use]
    pub fn value(&self, typed: &str) -> Option<Value> {
        let text = typed.trim();
        match self.shape {
            Shape::Line | Shape::OneOf(_) => (!text.is_empty()).then(|| json!(text)),
            Shape::Words => Some(json!(text.split_whitespace().collect::<Vec<_>>().join(" "))),
            Shape::Lines | Shape::AnyOf(_) => {
                Some(text.lines().map(str::trim).filter(|line| !line.is_empty()).collect())
            }
            Shape::Flag => Some(json!(text == "true")),
            Shape::Seconds | Shape::Json if text.is_empty() => None,
            Shape::Json => Some(serde_json::from_str(text).unwrap_or_else(|_| json!(text))),
            Shape::Seconds => Some(text.parse::<u64>().map_or_else(|_| json!(text), |seconds| json!(seconds))),
        }
    }
}

/// The document that was typed, member by member.
pub fn document<E>(typed: impl Fn(&Member) -> Result<String, E>) -> Result<Value, E> {
    let mut document = Map::new();
    for member in members() {
        if let Some(value) = member.value(&typed(member)?) {
            document.insert(member.name.to_owned(), value);
        }
    }
    Ok(Value::Object(document))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::convert::Infallible;

    use super::*;
    use crate::protocol::algorithm::SigningAlgorithm;
    use crate::protocol::certificate::NAME_MEMBERS;
    use crate::protocol::client_assertion::AssertionAlgorithm;
    use crate::protocol::client_metadata::{AuthMethod, ClientMetadata};
    use crate::protocol::encryption::{ContentEncryption, EncryptionAlgorithm};
    use crate::protocol::request_object::RequestObjectAlgorithm;
    use crate::protocol::subject::SubjectType;

    /// A client in which every member is set that can be beside the others.
    fn full() -> Value {
        let mut members = json!({
            "client_name": "Harbour <b>", "client_uri": "https://a.example/", "logo_uri": "https://a.example/l.png",
            "policy_uri": "https://a.example/p", "tos_uri": "https://a.example/t",
            "contacts": ["a@a.example", "Ada Lovelace"], "application_type": "native",
            "redirect_uris": ["com.example.app:/cb", "http://127.0.0.1/cb"],
            "backchannel_logout_uri": "https://b.example/out?a=b", "backchannel_logout_session_required": true,
            "frontchannel_logout_uri": "http://127.0.0.1/out", "frontchannel_logout_session_required": true,
            "post_logout_redirect_uris": ["https://a.example/bye"], "initiate_login_uri": "https://a.example/go",
            "scope": "openid boats.read", "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"], "resources": ["https://api.example"],
            "default_resource": "https://api.example", "resource_server_of": ["https://own.example"],
            "consent": "always", "token_endpoint_auth_method": "client_secret_jwt", "require_pkce": false,
            "id_token_signed_response_alg": "ES256", "userinfo_signed_response_alg": "EdDSA",
            "introspection_signed_response_alg": "ES256", "access_token_lifetime": 60,
            "always_issue_refresh_token": true,
            "default_max_age": 0, "require_auth_time": true, "default_acr_values": ["loa-2"], "software_id": "harbour",
            "software_version": "1.2",
            "jwks": { "keys": [{ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" }] },
            "request_uris": ["https://a.example/request#x"], "request_object_signing_alg": "EdDSA",
            "require_signed_request_object": true,
            "token_endpoint_auth_signing_alg": "HS256", "tls_client_certificate_bound_access_tokens": true,
            "rate_limit": "100/minute", "quota": "10000/month",
        });
        // The macro has its limits.
        members["client_secret_lifetime"] = json!(7_776_000);
        members["require_second_factor"] = json!(true);
        members["accent_color"] = json!("#7a1fa2");
        members["subject_type"] = json!("pairwise");
        members["sector_identifier_uri"] = json!("https://a.example/sector");
        members["jwks"]["keys"].as_array_mut().unwrap().push(json!({
            "kty": "EC", "crv": "P-256", "use": "enc",
            "x": "weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ", "y": "e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck",
        }));
        for member in ["id_token_encrypted_response", "userinfo_encrypted_response", "introspection_encrypted_response"]
        {
            members[format!("{member}_alg")] = json!("ECDH-ES+A256KW");
            members[format!("{member}_enc")] = json!("A128GCM");
        }
        members["request_object_encryption_alg"] = json!("RSA-OAEP-256");
        members["request_object_encryption_enc"] = json!("A256GCM");
        members
    }

    fn through_the_form(document: &Value) -> Value {
        super::document(|member| Ok::<_, Infallible>(member.typed(&document[member.name]))).unwrap()
    }

    #[test]
    fn holds_every_member_that_is_registered() {
        let registered = ClientMetadata::parse(full().to_string().as_bytes()).unwrap().to_json();
        let registered: BTreeSet<_> = registered.as_object().unwrap().keys().map(String::as_str).collect();
        let mut editable: BTreeSet<_> = members().map(|member| member.name).collect();
        assert!(editable.remove("jwks_uri"), "it is never set beside jwks");
        editable.retain(|name| !NAME_MEMBERS.contains(name));
        assert_eq!(editable, registered, "the identifier is none of them");
    }

    #[test]
    fn changes_nothing_that_is_sent_back_as_it_was() {
        let least = json!({ "redirect_uris": ["https://a.example/cb"] });
        let machine = json!({ "grant_types": ["client_credentials"], "response_types": [], "scope": "" });
        let remote = json!({
            "redirect_uris": ["https://a.example/cb"], "token_endpoint_auth_method": "private_key_jwt",
            "jwks_uri": "https://a.example/jwks",
        });
        let named = NAME_MEMBERS.map(|member| {
            let text = match member {
                "tls_client_auth_subject_dn" => r"CN=robot,O=Boats\, Ltd",
                "tls_client_auth_san_ip" => "192.0.2.7",
                _ => "robot.example",
            };
            json!({
                "redirect_uris": ["https://a.example/cb"], "token_endpoint_auth_method": "tls_client_auth", member: text,
            })
        });
        for document in [full(), least, machine, remote].into_iter().chain(named) {
            let before = ClientMetadata::parse(document.to_string().as_bytes()).unwrap().to_json();
            let after = through_the_form(&before);
            let after = ClientMetadata::parse(after.to_string().as_bytes()).unwrap().to_json();
            assert_eq!(before, after);
        }
    }

    #[test]
    fn offers_what_the_parser_knows() {
        let offered = |name: &str| match members().find(|member| member.name == name).unwrap().shape {
            Shape::OneOf(words) | Shape::AnyOf(words) => words.join(", "),
            other => panic!("{other:?}"),
        };
        assert_eq!(offered("id_token_signed_response_alg"), SigningAlgorithm::names());
        assert_eq!(offered("userinfo_signed_response_alg"), format!(", {}", SigningAlgorithm::names()));
        assert_eq!(offered("introspection_signed_response_alg"), SigningAlgorithm::names());
        assert_eq!(offered("token_endpoint_auth_method"), AuthMethod::names());
        assert_eq!(offered("token_endpoint_auth_signing_alg"), format!(", {}", AssertionAlgorithm::names()));
        assert_eq!(offered("request_object_signing_alg"), format!(", {}", RequestObjectAlgorithm::names()));
        assert_eq!(offered("subject_type"), SubjectType::names());
        for member in [
            "id_token_encrypted_response",
            "userinfo_encrypted_response",
            "introspection_encrypted_response",
            "request_object_encryption",
        ] {
            assert_eq!(offered(&format!("{member}_alg")), format!(", {}", EncryptionAlgorithm::names()));
            assert_eq!(offered(&format!("{member}_enc")), format!(", {}", ContentEncryption::names()));
        }
        assert_eq!(offered("grant_types"), crate::protocol::grant_type::GrantType::names());
        assert_eq!(offered("response_types"), crate::protocol::response::ResponseType::names());
    }

    #[test]
    fn leaves_what_is_no_number_to_be_refused_by_name() {
        let typed = |member: &Member| {
            Ok::<_, Infallible>(if member.name == "default_max_age" { "soon" } else { "" }.to_owned())
        };
        let document = super::document(typed).unwrap();
        let faults = ClientMetadata::parse(document.to_string().as_bytes()).unwrap_err();
        assert!(faults.iter().any(|fault| fault.member == "default_max_age"), "{faults:?}");
    }
}
