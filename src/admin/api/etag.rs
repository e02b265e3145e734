//! Lost updates: what is changed has to be as its changer has seen it (RFC 9110 §13.1.1).

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::http::header;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use super::answer::{self, Answer};
use super::problem::{Kind, Problem};

/// A strong entity tag: equal as long as the representation is, byte for byte (RFC 9110 §8.8.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tag(String);

impl Tag {
    /// The tag of a representation.
    pub fn of(representation: &impl Serialize) -> Self {
        Self::of_bytes(&serde_json::to_vec(representation).unwrap_or_default())
    }

    /// The tag of a body.
    pub fn of_bytes(body: &[u8]) -> Self {
        let hash = digest(&SHA256, body);
        Self(format!("\"{}\"", URL_SAFE_NO_PAD.encode(hash.as_ref().get(..16).unwrap_or_default())))
    }

    /// As it stands in the header.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An answer with the representation of one thing, and its tag.
pub(super) fn tagged(status: StatusCode, representation: &impl Serialize) -> Answer {
    let body = serde_json::to_vec(representation).map_err(|error| Problem::from(Kind::Internal).because(error))?;
    let tag = Tag::of_bytes(&body);
    Ok(answer::head(status).insert_header((header::ETAG, tag.0)).body(body))
}

/// The same with another tag: of a thing whose representation also tells what nobody decides.
pub(super) fn tagged_as(status: StatusCode, representation: &impl Serialize, tag: &Tag) -> Answer {
    let body = serde_json::to_vec(representation).map_err(|error| Problem::from(Kind::Internal).because(error))?;
    Ok(answer::head(status).insert_header((header::ETAG, tag.as_str())).body(body))
}

/// Which states a change may meet.
#[derive(Clone, Debug)]
pub(super) enum IfMatch {
    /// Any, as long as it exists.
    Any,
    /// One of these.
    Among(Vec<String>),
}

impl IfMatch {
    /// From the header, which a change has to have: RFC 6585 §3.
    pub fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let mut tags = Vec::new();
        for value in request.headers().get_all(header::IF_MATCH) {
            let text = value.to_str().map_err(|_| Problem::new(Kind::Malformed, "If-Match holds no entity tag."))?;
            tags.extend(text.split(',').map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()));
        }
        match tags.first().map(String::as_str) {
            None => Err(Kind::NoPrecondition.into()),
            Some("*") => Ok(Self::Any),
            Some(_) => Ok(Self::Among(tags)),
        }
    }

    /// Whether this representation is among them. RFC 9110 §13.1.1: a weak tag never is.
    pub fn admits(&self, representation: &impl Serialize) -> bool {
        match self {
            Self::Any => true,
            Self::Among(tags) => tags.iter().any(|tag| tag == Tag::of(representation).as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn admits(header: &str) -> bool {
        let request = TestRequest::default().insert_header((header::IF_MATCH, header)).to_http_request();
        IfMatch::of(&request).unwrap().admits(&"as it is")
    }

    /// RFC 9110 §13.1.1, RFC 9110 §8.8.3
    #[test]
    fn compares_strongly() {
        let tag = Tag::of(&"as it is");
        assert!(admits("*") && admits(tag.as_str()) && admits(&format!("\"x\", {}", tag.as_str())));
        assert!(!admits("\"x\"") && !admits(&format!("W/{}", tag.as_str())) && !admits(tag.as_str().trim_matches('"')));
    }

    /// RFC 6585 §3
    #[test]
    fn wants_to_be_told() {
        let refusal = IfMatch::of(&TestRequest::default().to_http_request()).unwrap_err();
        assert_eq!(refusal.kind.status(), StatusCode::PRECONDITION_REQUIRED);
    }
}
