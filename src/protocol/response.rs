//! What an authorization request wants back (`response_type`), and how (`response_mode`).

use super::wire::wire_names;
use crate::error::{ErrorCode, OAuthError, Result};

wire_names! {
    /// A `response_type`. An access token is never put into a redirect, and an ID token only for old applications, where
    /// both the settings and the client's registration say so.
    #[derive(Default)]
    pub enum ResponseType {
        /// An authorization code.
        #[default]
        Code = "code",
        /// An ID token alone (OIDC Core §3.2.2.5).
        IdToken = "id_token",
        /// Both, the ID token saying which code it belongs to (OIDC Core §3.3.2.5).
        CodeIdToken = "code id_token",
    }
}

impl ResponseType {
    /// Reads the parameter of an authorization request.
    pub fn parse(sent: Option<&str>) -> Result<Self> {
        let Some(sent) = sent else {
            // RFC 6749 §4.1.2.1: a missing parameter is the client's mistake in the request itself.
            return Err(OAuthError::new(ErrorCode::InvalidRequest, "The parameter response_type is missing."));
        };
        // RFC 6749 §3.1.1: what the server does not know is answered with its own error. RFC 9700 §2.1.2: no access tokens
        // in the front channel.
        Self::from_words(sent).ok_or_else(|| ErrorCode::UnsupportedResponseType.into())
    }

    /// The type of these words: RFC 6749 §3.1.1, their order means nothing.
    #[must_use]
    pub fn from_words(sent: &str) -> Option<Self> {
        let mut words: Vec<_> = sent.split(' ').collect();
        words.sort_unstable();
        Self::from_wire(&words.join(" "))
    }

    /// Whether the answer holds a code.
    #[must_use]
    pub const fn gives_code(self) -> bool {
        matches!(self, Self::Code | Self::CodeIdToken)
    }

    /// Whether the answer holds an ID token.
    #[must_use]
    pub const fn gives_id_token(self) -> bool {
        matches!(self, Self::IdToken | Self::CodeIdToken)
    }

    /// How it is answered where nothing is said (OAuth 2.0 Multiple Response Type Encoding Practices, section 2.1): what
    /// servers write into their logs holds no token.
    #[must_use]
    pub const fn default_mode(self) -> ResponseMode {
        if self.gives_id_token() { ResponseMode::Fragment } else { ResponseMode::Query }
    }
}

wire_names! {
    /// A `response_mode`: how the answer travels through the browser.
    pub enum ResponseMode {
        /// In the query of the redirect URI.
        Query = "query",
        /// In its fragment, which the browser keeps to itself.
        Fragment = "fragment",
        /// In the body of a form that the browser posts.
        FormPost = "form_post",
    }
}

impl ResponseMode {
    /// Reads the parameter of an authorization request of this type; omitted means the type's own.
    pub fn parse(sent: Option<&str>, response_type: ResponseType) -> Result<Self> {
        let invalid = |text| OAuthError::new(ErrorCode::InvalidRequest, text);
        let Some(sent) = sent else { return Ok(response_type.default_mode()) };
        match Self::from_wire(sent) {
            None => Err(invalid(format!("response_mode must be one of {}.", Self::names()))),
            Some(Self::Query) if response_type.gives_id_token() => Err(invalid(
                "An ID token never travels in a query: leave response_mode out, or send form_post.".to_owned(),
            )),
            Some(mode) => Ok(mode),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6749 §3.1.1, RFC 6749 §4.1.2.1, RFC 9700 §2.1.2
    #[test]
    fn answers_with_no_access_token() {
        for (sent, expected) in [
            ("code", ResponseType::Code),
            ("id_token", ResponseType::IdToken),
            ("code id_token", ResponseType::CodeIdToken),
            ("id_token code", ResponseType::CodeIdToken),
        ] {
            assert_eq!(ResponseType::parse(Some(sent)).unwrap(), expected, "{sent}");
        }
        assert_eq!(ResponseType::parse(None).unwrap_err().code, ErrorCode::InvalidRequest);
        for other in
            ["token", "id_token token", "code token", "code id_token token", "code code", "none", "Code", "code ", ""]
        {
            assert_eq!(
                ResponseType::parse(Some(other)).unwrap_err().code,
                ErrorCode::UnsupportedResponseType,
                "{other}"
            );
        }
    }

    /// A token that stands in a query stands in logs.
    #[test]
    fn puts_no_token_into_a_query() {
        for (sent, of_code, of_token) in [
            (None, Some(ResponseMode::Query), Some(ResponseMode::Fragment)),
            (Some("query"), Some(ResponseMode::Query), None),
            (Some("fragment"), Some(ResponseMode::Fragment), Some(ResponseMode::Fragment)),
            (Some("form_post"), Some(ResponseMode::FormPost), Some(ResponseMode::FormPost)),
            (Some("web_message"), None, None),
        ] {
            assert_eq!(ResponseMode::parse(sent, ResponseType::Code).ok(), of_code, "{sent:?}");
            for response_type in [ResponseType::IdToken, ResponseType::CodeIdToken] {
                assert_eq!(ResponseMode::parse(sent, response_type).ok(), of_token, "{sent:?} {response_type}");
            }
        }
    }
}
