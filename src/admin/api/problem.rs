//! How the API says no: RFC 9457, one row a kind of problem. A handler answers with a [`Problem`]; [`explain`](super::explain)
//! renders it, and every error of the framework besides.

use std::borrow::Cow;
use std::fmt;

use actix_web::ResponseError;
use actix_web::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::{ErrorCode, OAuthError};
use crate::store::StoreError;

/// Declares the table: word in the `type`, status, title, what to do about it.
macro_rules! kinds {
    ($( $(#[$doc:meta])* $name:ident = $word:literal, $status:ident, $title:literal, $remedy:literal; )*) => {
        /// What kind of problem it is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kind { $( $(#[$doc])* $name, )* }

        impl Kind {
            /// All of them, by status.
            pub const ALL: &[Self] = &[$( Self::$name, )*];

            /// The last part of its `type`.
            pub const fn word(self) -> &'static str { match self { $( Self::$name => $word, )* } }

            /// The status of its answer.
            pub const fn status(self) -> StatusCode { match self { $( Self::$name => StatusCode::$status, )* } }

            /// What it is called.
            pub const fn title(self) -> &'static str { match self { $( Self::$name => $title, )* } }

            /// What to do about it, and what is said where a handler has nothing more exact to say.
            pub const fn remedy(self) -> &'static str { match self { $( Self::$name => $remedy, )* } }
        }
    };
}

kinds! {
    /// The request itself cannot be read.
    Malformed = "malformed", BAD_REQUEST, "The request cannot be read",
        "A header, a parameter or the JSON of the body is not of the form that this needs.";
    /// RFC 6750 §3.1: no credentials, or none that are good.
    Unauthenticated = "unauthenticated", UNAUTHORIZED, "No access token that is good here",
        "Send Authorization: Bearer and an access token for this resource, as the challenge says.";
    /// RFC 6750 §3.1
    InsufficientScope = "insufficient-scope", FORBIDDEN, "The access token does not allow this",
        "Ask for a token with the scope that the challenge names; a person's token allows no more than their role.";
    /// Someone else stands above the caller.
    AboveCaller = "above-the-caller", FORBIDDEN, "This is above what you may change",
        "Whoever holds a role, or a client that holds scopes of this API, is changed by those who may as much.";
    /// There is nothing here.
    NotFound = "not-found", NOT_FOUND, "There is nothing here",
        "What you name does not exist, or exists no more.";
    /// RFC 9110 §15.5.6
    MethodNotAllowed = "method-not-allowed", METHOD_NOT_ALLOWED, "This cannot be done here",
        "The header Allow names the methods that there are.";
    /// The state of things does not allow it.
    Conflict = "conflict", CONFLICT, "As things are, this cannot be done",
        "The detail says what is in the way.";
    /// RFC 9110 §13.1.1
    Changed = "changed-meanwhile", PRECONDITION_FAILED, "It is no longer as you saw it",
        "Read it again, decide again, and send the new ETag as If-Match.";
    /// RFC 9110 §15.5.14
    TooLarge = "too-large", PAYLOAD_TOO_LARGE, "The body is too large",
        "Send less: server.max_body_size is the limit.";
    /// RFC 9110 §15.5.16
    UnsupportedType = "unsupported-media-type", UNSUPPORTED_MEDIA_TYPE, "The body is of a type that is not read here",
        "Send JSON, with Content-Type: application/json.";
    /// RFC 9110 §15.5.21
    Invalid = "invalid", UNPROCESSABLE_ENTITY, "What you sent is not acceptable",
        "The list of errors names each member with what is wrong and what would be right.";
    /// The same key was used for something else.
    KeyReused = "idempotency-key-reused", UNPROCESSABLE_ENTITY, "The idempotency key was used for another request",
        "Draw a new key for each thing that you want to create, and repeat it only with the same request.";
    /// RFC 6585 §3
    NoPrecondition = "precondition-required", PRECONDITION_REQUIRED, "Say which state you have seen",
        "Send If-Match with the ETag of the answer that you decided by.";
    /// A fault of ours.
    Internal = "internal", INTERNAL_SERVER_ERROR, "The server met a fault of its own",
        "The log says more under the request_id.";
    /// Not now.
    Unavailable = "unavailable", SERVICE_UNAVAILABLE, "The server cannot do this just now",
        "The same request may do in a moment; Retry-After says when.";
}

/// A problem, on its way out.
#[derive(Clone, Debug)]
pub struct Problem {
    /// What kind.
    pub kind: Kind,
    /// What happened this time.
    pub detail: Cow<'static, str>,
    /// What is wrong with which member.
    pub errors: Vec<MemberError>,
    /// What the challenge of a 401 or 403 says besides.
    pub challenge: Challenge,
    /// What really happened, for the log only.
    pub cause: Option<String>,
}

/// What RFC 6750 §3 lets a challenge say.
#[derive(Clone, Copy, Debug, Default)]
pub struct Challenge {
    /// The error code; none for a request that carried no token.
    pub code: Option<ErrorCode>,
    /// The scope that is needed.
    pub scope: Option<&'static str>,
}

/// What is wrong with one member of what was sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MemberError {
    /// The member.
    pub member: String,
    /// What is wrong with it, and what would be right.
    pub detail: String,
}

/// A problem as RFC 9457 §3.1 writes it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDocument {
    /// What kind of problem this is: an address at which it is explained.
    #[serde(rename = "type")]
    #[schema(format = "uri")]
    pub kind: String,
    /// The kind in words; always the same for one type.
    pub title: &'static str,
    /// The status of the answer.
    pub status: u16,
    /// What happened this time.
    pub detail: String,
    /// What is wrong with which member of the body, all at once.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<MemberError>,
    /// The identifier under which the server's log says more.
    pub request_id: String,
}

impl Problem {
    /// A problem with what happened this time.
    pub fn new(kind: Kind, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, detail: detail.into(), errors: Vec::new(), challenge: Challenge::default(), cause: None }
    }

    /// Members that are wrong, all at once.
    pub fn invalid(errors: Vec<MemberError>) -> Self {
        Self { errors, ..Kind::Invalid.into() }
    }

    /// One member that is wrong.
    pub fn of_member(member: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::invalid(vec![MemberError { member: member.into(), detail: detail.into() }])
    }

    /// With what only the log may know.
    pub fn because(self, cause: impl fmt::Display) -> Self {
        Self { cause: Some(cause.to_string()), ..self }
    }
}

impl From<Kind> for Problem {
    fn from(kind: Kind) -> Self {
        Self::new(kind, kind.remedy())
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let kind = match error {
            StoreError::Unavailable(_) | StoreError::Abandoned => Kind::Unavailable,
            StoreError::Exists | StoreError::Inconsistent { .. } => Kind::Internal,
        };
        Self::from(kind).because(error)
    }
}

impl From<OAuthError> for Problem {
    /// What was wrong with the token or how it was sent.
    fn from(error: OAuthError) -> Self {
        let kind = match error.code {
            ErrorCode::InvalidToken => Kind::Unauthenticated,
            ErrorCode::TemporarilyUnavailable => Kind::Unavailable,
            ErrorCode::ServerError => Kind::Internal,
            _ => Kind::Malformed,
        };
        let challenge = Challenge { code: Some(error.code), scope: None };
        Self { challenge, cause: error.cause, ..Self::new(kind, error.text) }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.kind.status()
    }
}
