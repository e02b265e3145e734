//! What an authorization request wants back (`response_type`), and how (`response_mode`).

use super::wire::wire_names;
use crate::error::{ErrorCode, OAuthError, Result};

wire_names! {
    /// A `response_type`. There is one: everything that puts tokens into a redirect is left out on purpose.
    pub enum ResponseType {
        /// An authorization code.
        Code = "code",
    }
}

impl ResponseType {
    /// Reads the parameter of an authorization request.
    pub fn parse(sent: Option<&str>) -> Result<Self> {
        let Some(sent) = sent else {
            // RFC 6749 §4.1.2.1: a missing parameter is the client's mistake in the request itself.
            return Err(OAuthError::new(ErrorCode::InvalidRequest, "The parameter response_type is missing."));
        };
        // RFC 6749 §3.1.1: what the server does not know is answered with its own error. RFC 9700 §2.1.2: no tokens
        // in the front channel.
        Self::from_wire(sent).ok_or_else(|| ErrorCode::UnsupportedResponseType.into())
    }
}

wire_names! {
    /// A `response_mode`: how the answer travels through the browser.
    pub enum ResponseMode {
        /// In the query of the redirect URI.
        Query = "query",
        /// In the body of a form that the browser posts.
        FormPost = "form_post",
    }
}

impl ResponseMode {
    /// Reads the parameter of an authorization request; omitted means `query`, the default of a code.
    pub fn parse(sent: Option<&str>) -> Result<Self> {
        sent.map_or(Ok(Self::Query), |sent| {
            Self::from_wire(sent).ok_or_else(|| {
                let text = format!("response_mode must be one of {}.", Self::names());
                OAuthError::new(ErrorCode::InvalidRequest, text)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6749 §3.1.1, RFC 6749 §4.1.2.1, RFC 9700 §2.1.2
    #[test]
    fn answers_with_a_code_only() {
        assert_eq!(ResponseType::parse(Some("code")).unwrap(), ResponseType::Code);
        assert_eq!(ResponseType::parse(None).unwrap_err().code, ErrorCode::InvalidRequest);
        for other in ["token", "id_token", "code id_token", "none", "Code"] {
            assert_eq!(ResponseType::parse(Some(other)).unwrap_err().code, ErrorCode::UnsupportedResponseType);
        }
    }

    #[test]
    fn answers_by_query_unless_asked_otherwise() {
        assert_eq!(ResponseMode::parse(None).unwrap(), ResponseMode::Query);
        assert_eq!(ResponseMode::parse(Some("query")).unwrap(), ResponseMode::Query);
        assert_eq!(ResponseMode::parse(Some("form_post")).unwrap(), ResponseMode::FormPost);
        assert_eq!(ResponseMode::parse(Some("fragment")).unwrap_err().code, ErrorCode::InvalidRequest);
    }
}
