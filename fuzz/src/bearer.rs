//! `Authorization: Bearer`: a token is one word of the alphabet of RFC 6750 §2.1, and stands in the header as it is.

use claviger::error::ErrorCode;
use claviger::protocol::bearer;

use super::world::assert_presentable;

pub fn run(data: &[u8]) -> bool {
    let Ok(header) = std::str::from_utf8(data) else { return false };
    match bearer::parse(header) {
        None => {
            let scheme = header.split(' ').next().unwrap_or_default();
            assert!(!scheme.eq_ignore_ascii_case("bearer"), "{header}");
            false
        }
        Some(Err(error)) => {
            assert_presentable(&error);
            assert!(matches!(error.code, ErrorCode::InvalidRequest | ErrorCode::InvalidToken));
            false
        }
        Some(Ok(token)) => {
            let in_alphabet = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
            assert!(!token.is_empty() && token.bytes().all(in_alphabet), "{token}");
            assert!(!token.trim_end_matches('=').contains('='), "{token}");
            assert_eq!(header.get("bearer".len()..).map(|rest| rest.trim_matches(' ')), Some(token));
            assert_eq!(bearer::parse(&format!("Bearer {token}")).unwrap().unwrap(), token);
            true
        }
    }
}
