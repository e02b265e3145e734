//! What each parameter, member and claim means, in a sentence, with the section that says so.

use serde_json::{Map, Value};

use crate::clock::Timestamp;

/// Where a name stands: some mean one thing here and another there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The authorization request.
    Request,
    /// Its answer.
    Response,
    /// The token request.
    TokenRequest,
    /// Its answer.
    TokenResponse,
    /// The header of a JWT.
    Header,
    /// The claims of a JWT, or what `UserInfo` tells.
    Claims,
}

/// A name, what stands beside it, and what that means.
pub(super) struct Row {
    pub name: String,
    pub value: String,
    /// The value as people read it, where it is a time.
    pub reading: Option<String>,
    pub meaning: &'static str,
    pub section: &'static str,
}

impl Row {
    pub fn of(part: Part, name: &str, value: &str) -> Self {
        let known = MEANINGS.iter().find(|(at, known, ..)| *at == part && *known == name);
        let (meaning, section) = known.map_or(("", ""), |(_, _, meaning, section)| (meaning, section));
        Self { name: name.to_owned(), value: value.to_owned(), reading: None, meaning, section }
    }
}

/// The members of a JSON object, in its order.
pub(super) fn rows(part: Part, members: &Map<String, Value>) -> Vec<Row> {
    let row =
        |(name, value): (&String, &Value)| Row { reading: reading(name, value), ..Row::of(part, name, &text(value)) };
    members.iter().map(row).collect()
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(", "),
        Value::Object(members) => {
            members.iter().map(|(name, value)| format!("{name}: {}", text(value))).collect::<Vec<_>>().join("\n")
        }
        other => other.to_string(),
    }
}

/// A time, as people read it: RFC 7519 §2 counts the seconds since 1970.
fn reading(name: &str, value: &Value) -> Option<String> {
    let is_time = matches!(name, "exp" | "iat" | "auth_time" | "updated_at");
    let seconds = value.as_i64().filter(|_| is_time)?;
    Some(format!("{} UTC", Timestamp::from_seconds(seconds).second()))
}

use Part::{Claims, Header, Request, Response, TokenRequest, TokenResponse};

const MEANINGS: &[(Part, &str, &str, &str)] = &[
    (
        Request,
        "response_type",
        "What is wanted back: a code, which only the app can turn into tokens.",
        "RFC 6749 §4.1.1",
    ),
    (Request, "client_id", "Which app asks.", "RFC 6749 §4.1.1"),
    (
        Request,
        "redirect_uri",
        "Where the answer goes. An app's has to be registered, character by character; this one is this console's.",
        "RFC 9700 §2.1",
    ),
    (Request, "scope", "What the app asks for. openid makes it a sign-in.", "RFC 6749 §3.3"),
    (
        Request,
        "state",
        "Comes back unchanged, so that the app knows the answer belongs to a request of its own.",
        "RFC 6749 §10.12",
    ),
    (
        Request,
        "nonce",
        "Comes back inside the ID token, so that the app knows the token was made for this sign-in.",
        "OIDC Core §3.1.2.1",
    ),
    (
        Request,
        "code_challenge",
        "The hash of a secret that the app keeps until it redeems the code: a stolen code is worth nothing.",
        "RFC 7636 §4.2",
    ),
    (Request, "code_challenge_method", "How the hash is made; SHA-256 is the only way here.", "RFC 7636 §4.3"),
    (Request, "prompt", "Which pages must be shown, or that none may be.", "OIDC Core §3.1.2.1"),
    (
        Request,
        "max_age",
        "How many seconds ago the person may have signed in at most; 0 asks for a fresh sign-in.",
        "OIDC Core §3.1.2.1",
    ),
    (Request, "login_hint", "Who is likely to sign in: the form is filled in with it.", "OIDC Core §3.1.2.1"),
    (Request, "resource", "For which APIs the access token is to be.", "RFC 8707 §2"),
    (
        Response,
        "code",
        "Worth tokens once, for a short time, to this app and with its code_verifier only.",
        "RFC 6749 §4.1.2",
    ),
    (Response, "error", "Why there is no code.", "RFC 6749 §4.1.2.1"),
    (Response, "error_description", "What the developer of the app should change.", "RFC 6749 §4.1.2.1"),
    (Response, "state", "The app compares it with what it sent.", "RFC 6749 §4.1.2"),
    (Response, "iss", "Who answers: an app that knows several servers is not led to mix them up.", "RFC 9207 §2"),
    (TokenRequest, "grant_type", "What is turned into tokens.", "RFC 6749 §4.1.3"),
    (TokenRequest, "code", "What came back to the redirect_uri.", "RFC 6749 §4.1.3"),
    (TokenRequest, "redirect_uri", "The same as in the authorization request.", "RFC 6749 §4.1.3"),
    (TokenRequest, "code_verifier", "The secret behind the code_challenge.", "RFC 7636 §4.1"),
    (
        TokenRequest,
        "scope",
        "What the machine asks for; all that is registered for it, if it names nothing.",
        "RFC 6749 §3.3",
    ),
    (TokenRequest, "resource", "For which APIs the access token is to be.", "RFC 8707 §2.2"),
    (
        TokenRequest,
        "client_id",
        "A public client names itself: it has no secret to prove that with.",
        "RFC 6749 §3.2.1",
    ),
    (TokenRequest, "client_secret", "By which the app proves who it is, beside its client_id.", "RFC 6749 §2.3.1"),
    (TokenRequest, "Authorization", "The header in which the app proves who it is.", "RFC 6749 §2.3.1"),
    (TokenResponse, "access_token", "What the app shows to the API.", "RFC 6749 §5.1"),
    (TokenResponse, "token_type", "How it is shown: whoever bears it may use it.", "RFC 6750 §2.1"),
    (TokenResponse, "expires_in", "For how many seconds it is good.", "RFC 6749 §5.1"),
    (TokenResponse, "scope", "What it allows: perhaps less than was asked for.", "RFC 6749 §5.1"),
    (
        TokenResponse,
        "refresh_token",
        "Gives new tokens without the person. Works once: each use gives the next one.",
        "RFC 6749 §6",
    ),
    (TokenResponse, "id_token", "Who signed in, signed by this server.", "OIDC Core §3.1.3.3"),
    (Header, "typ", "What kind of token it is, so that none passes for another.", "RFC 9068 §2.1"),
    (Header, "alg", "How it is signed. The app must expect this and no other.", "RFC 8725 §3.1"),
    (Header, "kid", "Which of the keys at the jwks_uri signed it.", "OIDC Core §10.1.1"),
    (Claims, "iss", "Who issued it: this server.", "RFC 7519 §4"),
    (Claims, "sub", "Whom it is about: the same for ever, and the one thing to recognize people by.", "OIDC Core §2"),
    (Claims, "aud", "Whom it is for. Whoever is not named must refuse it.", "RFC 7519 §4.1.3"),
    (Claims, "exp", "When it ends.", "RFC 7519 §4.1.4"),
    (Claims, "iat", "When it was issued.", "OIDC Core §2"),
    (Claims, "auth_time", "When the person proved who they are.", "OIDC Core §2"),
    (Claims, "nonce", "The nonce of the authorization request: the app compares them.", "OIDC Core §2"),
    (Claims, "acr", "How well the person proved who they are.", "OIDC Core §2"),
    (
        Claims,
        "amr",
        "By which means they did: pwd is a password, otp a one-time code, mfa more than one factor; of a passkey, pop is its key, user that somebody was there, swk that it may be on several devices.",
        "RFC 8176 §2",
    ),
    (Claims, "azp", "The app that it was issued to.", "OIDC Core §2"),
    (Claims, "at_hash", "Binds the ID token to the access token beside it.", "OIDC Core §3.1.3.6"),
    (Claims, "c_hash", "Binds the ID token to the code beside it.", "OIDC Core §3.3.2.11"),
    (Claims, "sid", "The browser session in which the person signed in, for a sign-out that reaches every app.", ""),
    (Claims, "client_id", "The client that it was issued to.", "RFC 9068 §2.2"),
    (Claims, "jti", "Its own identifier, by which it can be revoked.", "RFC 9068 §2.2"),
    (Claims, "scope", "What it allows.", "RFC 9068 §2.2"),
    (Claims, "authorization_id", "What the person allowed, as this server knows it. No concern of an app or API.", ""),
    (Claims, "name", "The full name.", "OIDC Core §5.1"),
    (Claims, "given_name", "Given names.", "OIDC Core §5.1"),
    (Claims, "family_name", "Surnames.", "OIDC Core §5.1"),
    (Claims, "middle_name", "Middle names.", "OIDC Core §5.1"),
    (Claims, "nickname", "A casual name.", "OIDC Core §5.1"),
    (
        Claims,
        "preferred_username",
        "A short name. It may change, and is nothing to recognize anybody by.",
        "OIDC Core §5.1",
    ),
    (Claims, "profile", "The person's profile page.", "OIDC Core §5.1"),
    (Claims, "picture", "A picture of the person.", "OIDC Core §5.1"),
    (Claims, "website", "The person's own pages.", "OIDC Core §5.1"),
    (Claims, "email", "The email address. It may change, and is nothing to recognize anybody by.", "OIDC Core §5.1"),
    (Claims, "email_verified", "Whether we have seen that they read mail there.", "OIDC Core §5.1"),
    (Claims, "gender", "The gender in the person's own word.", "OIDC Core §5.1"),
    (Claims, "birthdate", "The birthday; the year 0000 means that it is not told.", "OIDC Core §5.1"),
    (Claims, "zoneinfo", "The time zone.", "OIDC Core §5.1"),
    (Claims, "locale", "The language.", "OIDC Core §5.1"),
    (Claims, "phone_number", "The telephone number.", "OIDC Core §5.1"),
    (Claims, "phone_number_verified", "Whether we have seen that they answer it.", "OIDC Core §5.1"),
    (Claims, "address", "The postal address.", "OIDC Core §5.1"),
    (Claims, "updated_at", "When any of this last changed.", "OIDC Core §5.1"),
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::protocol::claims::SUPPORTED;

    /// RFC 9068 §2.2: and so the claims of access tokens, beside those that are published.
    #[test]
    fn explains_every_claim_that_can_be_issued() {
        for name in SUPPORTED.iter().chain(&["client_id", "jti", "scope", "authorization_id"]) {
            assert!(!Row::of(Claims, name, "").meaning.is_empty(), "{name}");
        }
    }

    /// RFC 7519 §2: seconds since 1970.
    #[test]
    fn reads_out_times_lists_and_addresses() {
        let members =
            json!({"aud": ["a", "b"], "exp": 1_800_000_000, "address": {"country": "NO"}, "email_verified": true});
        let rows = rows(Claims, members.as_object().unwrap());
        let find = |name: &str| rows.iter().find(|row| row.name == name).unwrap();
        assert_eq!(find("aud").value, "a, b");
        assert_eq!(find("exp").reading.as_deref(), Some("2027-01-15 08:00:00 UTC"));
        assert_eq!(find("address").value, "country: NO");
        assert_eq!((find("email_verified").value.as_str(), find("email_verified").reading.as_deref()), ("true", None));
    }
}
