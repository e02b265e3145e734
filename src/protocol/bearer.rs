//! `Authorization: Bearer`, as access tokens arrive (RFC 6750). What the token is worth is decided elsewhere.

use crate::error::{ErrorCode, OAuthError, Result};

/// The token of an `Authorization` header; `None` if it is of another scheme.
#[must_use]
pub fn parse(header: &str) -> Option<Result<&str>> {
    let (scheme, rest) = header.split_once(' ').unwrap_or((header, ""));
    scheme.eq_ignore_ascii_case("Bearer").then(|| token(rest.trim_matches(' ')))
}

fn token(text: &str) -> Result<&str> {
    let unpadded = text.trim_end_matches('=');
    // RFC 6750 §2.1: b64token, one or more of these characters and then padding.
    let well_formed = unpadded.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte));
    match unpadded {
        "" => Err(OAuthError::new(ErrorCode::InvalidRequest, "The Authorization header has no token after Bearer.")),
        // RFC 6750 §3.1: a malformed token is an invalid one.
        _ if !well_formed => {
            Err(OAuthError::new(ErrorCode::InvalidToken, "The token holds characters that no token has."))
        }
        _ => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6750 §2.1: the scheme in any case, then one b64token. RFC 6750 §3.1: which errors otherwise.
    #[test]
    fn reads_one_token() {
        let cases = [
            ("Bearer mF_9.B5f-4.1JqM", Some(Ok("mF_9.B5f-4.1JqM"))),
            ("bEaReR a+/~==", Some(Ok("a+/~=="))),
            ("Bearer  abc", Some(Ok("abc"))),
            ("Bearer", Some(Err(ErrorCode::InvalidRequest))),
            ("Bearer ", Some(Err(ErrorCode::InvalidRequest))),
            ("Bearer ==", Some(Err(ErrorCode::InvalidRequest))),
            ("Bearer a b", Some(Err(ErrorCode::InvalidToken))),
            ("Bearer a=b", Some(Err(ErrorCode::InvalidToken))),
            ("Bearer a,b", Some(Err(ErrorCode::InvalidToken))),
            ("Bearer é", Some(Err(ErrorCode::InvalidToken))),
            ("Basic abc", None),
            ("Bearerabc", None),
            ("", None),
        ];
        for (header, expected) in cases {
            assert_eq!(parse(header).map(|found| found.map_err(|error| error.code)), expected, "{header}");
        }
    }
}
