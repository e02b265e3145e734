//! Every error that a program may be told, in one table: its wire name, its HTTP status and its default text.
//!
//! A rule returns an [`OAuthError`]: `text` goes to the client, `cause` to the log only. How an error is rendered
//! (JSON, redirect, page, `WWW-Authenticate`) is the business of the HTTP features.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use crate::protocol::allowance::Standing;

/// The result of a protocol rule.
pub type Result<T, E = OAuthError> = std::result::Result<T, E>;

/// Declares the error table: one row an error code, nothing about a code stands anywhere else.
macro_rules! error_codes {
    ($( $(#[$doc:meta])* $name:ident = $wire:literal, $status:literal, $text:literal; )*) => {
        /// A registered error code (IANA "OAuth Extensions Errors" and the documents named at each).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorCode { $( $(#[$doc])* $name, )* }

        impl ErrorCode {
            /// Every code, for documents and tests.
            pub const ALL: &[Self] = &[ $( Self::$name, )* ];

            /// The name on the wire.
            #[must_use]
            pub const fn wire(self) -> &'static str { match self { $( Self::$name => $wire, )* } }

            /// The HTTP status of a response that carries the code directly (not by redirect).
            #[must_use]
            pub const fn status(self) -> u16 { match self { $( Self::$name => $status, )* } }

            /// What is said where a rule has nothing more exact to say.
            #[must_use]
            pub const fn default_text(self) -> &'static str { match self { $( Self::$name => $text, )* } }
        }
    };
}

error_codes! {
    /// RFC 6749 §4.1.2.1, §5.2
    InvalidRequest = "invalid_request", 400, "The request lacks a parameter, repeats one, or is malformed.";
    /// RFC 6749 §5.2: 401 with `WWW-Authenticate` if the client tried the `Authorization` header; we always answer 401.
    InvalidClient = "invalid_client", 401, "Client authentication failed.";
    /// RFC 6749 §5.2
    InvalidGrant = "invalid_grant", 400, "The code or refresh token is invalid, expired, revoked, or was issued to another client.";
    /// RFC 6749 §4.1.2.1, §5.2
    UnauthorizedClient = "unauthorized_client", 400, "This client may not use this grant.";
    /// RFC 6749 §5.2
    UnsupportedGrantType = "unsupported_grant_type", 400, "This server does not know that grant_type.";
    /// RFC 6749 §4.1.2.1
    UnsupportedResponseType = "unsupported_response_type", 400, "This server does not answer this response_type: send response_type=code.";
    /// RFC 6749 §4.1.2.1, §5.2
    InvalidScope = "invalid_scope", 400, "The scope is unknown, malformed, or more than was granted.";
    /// RFC 6749 §4.1.2.1
    AccessDenied = "access_denied", 400, "The request was denied.";
    /// RFC 6749 §4.1.2.1
    ServerError = "server_error", 500, "The server met an unexpected condition. Try again; the error id helps its operator.";
    /// RFC 6749 §4.1.2.1
    TemporarilyUnavailable = "temporarily_unavailable", 503, "The server is busy. Try again in a moment.";
    /// RFC 8628 §3.5
    AuthorizationPending = "authorization_pending", 400, "Nobody has answered yet: ask again after the interval.";
    /// RFC 8628 §3.5
    SlowDown = "slow_down", 400, "You ask too often: wait 5 seconds longer between two questions from now on.";
    /// RFC 8628 §3.5
    ExpiredToken = "expired_token", 400, "The device code has ended: ask for another.";
    /// RFC 8707 §2
    InvalidTarget = "invalid_target", 400, "The resource is unknown, malformed, or not among those granted.";
    /// OIDC Core §3.1.2.6
    LoginRequired = "login_required", 400, "Nobody is signed in, or a fresh sign-in is needed, and prompt=none forbids asking.";
    /// OIDC Core §3.1.2.6
    ConsentRequired = "consent_required", 400, "The person has not allowed this yet, and prompt=none forbids asking.";
    /// OIDC Core §3.1.2.6
    InteractionRequired = "interaction_required", 400, "The person has to do something first, and prompt=none forbids asking.";
    /// OIDC Core §3.1.2.6
    AccountSelectionRequired = "account_selection_required", 400, "An account has to be chosen, and prompt=none forbids asking.";
    /// OpenID Connect Core Error Code `unmet_authentication_requirements` 1.0, section 2
    UnmetAuthenticationRequirements = "unmet_authentication_requirements", 400, "The person cannot sign in at any level that the request demands: see acr_values_supported.";
    /// OIDC Core §3.1.2.6
    RequestNotSupported = "request_not_supported", 400, "This server does not take request objects: send plain parameters.";
    /// OIDC Core §3.1.2.6
    RequestUriNotSupported = "request_uri_not_supported", 400, "This server does not take request_uri: send plain parameters.";
    /// OIDC Core §3.1.2.6
    RegistrationNotSupported = "registration_not_supported", 400, "This server does not take the registration parameter.";
    /// OIDC Core §3.1.2.6, RFC 9101 §7
    InvalidRequestUri = "invalid_request_uri", 400, "The request_uri is not registered for this client, or what it leads to cannot be fetched.";
    /// OIDC Core §3.1.2.6, RFC 9101 §7
    InvalidRequestObject = "invalid_request_object", 400, "The request object is malformed, not signed as it has to be, or contradicts itself.";
    /// RFC 6750 §3.1
    InvalidToken = "invalid_token", 401, "The access token is invalid, expired, or revoked.";
    /// RFC 6750 §3.1
    InsufficientScope = "insufficient_scope", 403, "The access token lacks a scope that this needs.";
    /// RFC 7591 §3.2.2
    InvalidRedirectUri = "invalid_redirect_uri", 400, "A redirect URI is not acceptable.";
    /// RFC 7591 §3.2.2
    InvalidClientMetadata = "invalid_client_metadata", 400, "The client metadata is not acceptable.";
    /// RFC 7591 §3.2.2
    InvalidSoftwareStatement = "invalid_software_statement", 400, "The software statement is not a signed JWT.";
    /// RFC 7591 §3.2.2
    UnapprovedSoftwareStatement = "unapproved_software_statement", 400, "This server knows nobody whose software statements it takes: leave software_statement out.";
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.wire())
    }
}

/// A refusal as the protocol knows it.
#[derive(Clone, Debug)]
pub struct OAuthError {
    /// The registered code.
    pub code: ErrorCode,
    /// Tells a developer what to change; safe to send (see [`OAuthError::description`]).
    pub text: Cow<'static, str>,
    /// What really happened, for the log only.
    pub cause: Option<String>,
    /// After how long the same request may pass, where there were too many (RFC 6585 §4).
    pub retry_after: Option<Duration>,
    /// How things stand with the limits that it is about.
    pub standings: Vec<Standing>,
}

impl OAuthError {
    /// An error with a text for the developer.
    pub fn new(code: ErrorCode, text: impl Into<Cow<'static, str>>) -> Self {
        Self { code, text: text.into(), cause: None, retry_after: None, standings: Vec::new() }
    }

    /// Too many requests: the same may pass after `wait`.
    #[must_use]
    pub fn too_many(text: &'static str, wait: Duration) -> Self {
        Self { retry_after: Some(wait), ..Self::new(ErrorCode::TemporarilyUnavailable, text) }
    }

    /// Adds how things stand with the limits that were reached.
    #[must_use]
    pub fn counted_by(mut self, standings: Vec<Standing>) -> Self {
        self.standings = standings;
        self
    }

    /// The HTTP status of a response that carries it directly.
    #[must_use]
    pub const fn status(&self) -> u16 {
        // RFC 6585 §4: 429 says that it was this caller, not the server, who has to wait.
        if self.retry_after.is_some() { 429 } else { self.code.status() }
    }

    /// Adds what only the log may know.
    #[must_use]
    pub fn because(mut self, cause: impl fmt::Display) -> Self {
        self.cause = Some(cause.to_string());
        self
    }

    /// The `error_description`: the text with every character that RFC 6749 §5.2 forbids there replaced by `'`
    /// (quotation mark, backslash) or `?` (anything but printable ASCII).
    #[must_use]
    pub fn description(&self) -> Cow<'_, str> {
        let allowed = |c: char| matches!(c, '\x20'..='\x21' | '\x23'..='\x5b' | '\x5d'..='\x7e');
        if self.text.chars().all(allowed) {
            return Cow::Borrowed(&self.text);
        }
        let replaced = self.text.chars().map(|c| match c {
            c if allowed(c) => c,
            '"' | '\\' => '\'',
            _ => '?',
        });
        Cow::Owned(replaced.collect())
    }
}

impl From<ErrorCode> for OAuthError {
    fn from(code: ErrorCode) -> Self {
        Self::new(code, code.default_text())
    }
}

impl fmt::Display for OAuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.text)?;
        match &self.cause {
            Some(cause) => write!(f, " ({cause})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for OAuthError {}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6749 §5.2: `error_description` must not hold a quotation mark, a backslash or anything but printable ASCII.
    #[test]
    fn keeps_the_description_inside_the_character_set() {
        let error = OAuthError::new(ErrorCode::InvalidRequest, "say \"code\"\n\\ or né");
        assert_eq!(error.description(), "say 'code'?' or n?");
        for code in ErrorCode::ALL {
            assert_eq!(OAuthError::from(*code).description(), code.default_text());
        }
    }

    /// RFC 6749 §5.2: errors are 400, except `invalid_client`, which is 401.
    #[test]
    fn answers_400_unless_the_client_is_unknown() {
        assert_eq!(ErrorCode::InvalidGrant.status(), 400);
        assert_eq!(ErrorCode::UnauthorizedClient.status(), 400);
        assert_eq!(ErrorCode::InvalidClient.status(), 401);
    }
}
