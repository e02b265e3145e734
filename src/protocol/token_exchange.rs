//! A request for a token in exchange for another (RFC 8693 §2.1).

use super::params::Params;
use super::scope::Scope;
use super::wire::wire_names;
use crate::error::{ErrorCode, OAuthError, Result};

wire_names! {
    /// The types of token that are taken here (RFC 8693 §3).
    pub enum TokenType {
        /// An access token of this server, opaque or JWT.
        AccessToken = "urn:ietf:params:oauth:token-type:access_token",
        /// A JWT: of those that are taken, an access token of this server.
        Jwt = "urn:ietf:params:oauth:token-type:jwt",
        /// An API key of this server: a type of our own, for which RFC 8693 §3 leaves room.
        ApiKey = "urn:claviger:params:oauth:token-type:api_key",
    }
}

/// What is to be exchanged for what. The subject token is a secret.
pub struct TokenExchange<'a> {
    /// What is exchanged.
    pub subject_token: &'a str,
    /// What it is said to be.
    pub subject_token_type: TokenType,
    /// What the answer is to call the token that it gives: an access token, or a JWT.
    pub issued_token_type: TokenType,
    /// Whom the new token is to be for; left to us if nobody is named.
    pub targets: Vec<&'a str>,
    /// What it is to be good for.
    pub scope: Option<Scope>,
}

impl<'a> TokenExchange<'a> {
    /// Reads a request. Errors: `invalid_request` for a type that is not taken or not issued here, and for an actor token;
    /// `invalid_scope`.
    pub fn read(params: &'a Params) -> Result<Self> {
        let subject_token = params.required("subject_token")?;
        let subject_token_type = token_type("subject_token_type", params.required("subject_token_type")?)?;
        // RFC 8693 §2.1: actor_token_type must not be sent without actor_token, which is not taken.
        if params.one("actor_token")?.is_some() || params.one("actor_token_type")?.is_some() {
            return Err(invalid(
                "actor_token and actor_token_type are not supported: leave them out. The client that authenticates is the \
                 one that acts, and the token names it in client_id.",
            ));
        }
        let requested = params.one("requested_token_type")?;
        let issued = requested.map_or(Some(TokenType::AccessToken), TokenType::from_wire);
        let Some(issued_token_type @ (TokenType::AccessToken | TokenType::Jwt)) = issued else {
            let (access_token, jwt) = (TokenType::AccessToken, TokenType::Jwt);
            return Err(invalid(format!("The requested_token_type must be {access_token} or {jwt}.")));
        };
        // RFC 8693 §2.1: a target is named by its address or by its logical name; here these are the same.
        let mut targets = params.all("resource")?;
        targets.extend(params.all("audience")?);
        let scope = params.one("scope")?.map(Scope::parse).transpose()?;
        Ok(Self { subject_token, subject_token_type, issued_token_type, targets, scope })
    }
}

fn token_type(parameter: &str, sent: &str) -> Result<TokenType> {
    TokenType::from_wire(sent).ok_or_else(|| invalid(format!("The {parameter} must be one of {}.", TokenType::names())))
}

fn invalid(text: impl Into<std::borrow::Cow<'static, str>>) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidRequest, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "subject_token=x&subject_token_type=urn:claviger:params:oauth:token-type:api_key";

    fn params(more: &str) -> Params {
        Params::parse(format!("{KEY}{more}").as_bytes()).unwrap()
    }

    /// RFC 8693 §2.1: resource and audience may be repeated, and stand beside each other.
    #[test]
    fn reads_what_is_to_be_exchanged_for_what() {
        let params = params("&resource=https://a.example&audience=b&resource=https://c.example&scope=read");
        let read = TokenExchange::read(&params).unwrap();
        assert_eq!((read.subject_token, read.subject_token_type), ("x", TokenType::ApiKey));
        assert_eq!(read.issued_token_type, TokenType::AccessToken, "if nothing is said");
        assert_eq!(read.targets, ["https://a.example", "https://c.example", "b"]);
        assert_eq!(read.scope, Some(Scope::parse("read").unwrap()));
    }

    /// RFC 8693 §2.1, §2.2.2, §3: what is not taken or not issued here is `invalid_request`.
    #[test]
    fn refuses_types_that_are_not_taken_or_not_issued() {
        let issued = |kind: &str| TokenExchange::read(&params(&format!("&requested_token_type={kind}"))).map(drop);
        for kind in [TokenType::AccessToken, TokenType::Jwt] {
            assert!(issued(kind.wire()).is_ok(), "{kind}");
        }
        for kind in
            ["refresh_token", "id_token", "saml2"].map(|name| format!("urn:ietf:params:oauth:token-type:{name}"))
        {
            assert_eq!(issued(&kind).unwrap_err().code, ErrorCode::InvalidRequest, "{kind}");
            let subject = Params::parse(format!("subject_token=x&subject_token_type={kind}").as_bytes()).unwrap();
            assert_eq!(TokenExchange::read(&subject).map(drop).unwrap_err().code, ErrorCode::InvalidRequest, "{kind}");
        }
        assert!(issued(TokenType::ApiKey.wire()).is_err(), "a key is made by hand");
        for actor in ["&actor_token=x", "&actor_token_type=urn:ietf:params:oauth:token-type:jwt"] {
            assert!(TokenExchange::read(&params(actor)).map(drop).unwrap_err().text.contains("actor_token"), "{actor}");
        }
    }
}
