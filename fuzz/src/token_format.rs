//! Our opaque secrets: only what could have been minted is looked up, and no text is of two kinds.

use claviger::protocol::token_format::{TokenKind, kind_of, mint, parse};
use secrecy::ExposeSecret;

pub fn run(data: &[u8]) -> bool {
    if let Some(random) = data.first_chunk::<32>() {
        for kind in TokenKind::ALL {
            let minted = mint(*kind, random);
            assert_eq!(accepting(minted.expose_secret()), [*kind]);
        }
    }
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let kinds = accepting(text);
    assert!(kinds.len() <= 1, "{kinds:?}");
    let Some(kind) = kinds.first() else { return false };
    assert_eq!(kind_of(text), Some(*kind));
    assert_eq!(text.len(), kind.prefix().len() + 49);
    assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'), "{text}");
    true
}

fn accepting(text: &str) -> Vec<TokenKind> {
    let reads =
        |kind: &TokenKind| parse(*kind, text).inspect(|token| assert_eq!(token.expose_secret(), text)).is_some();
    TokenKind::ALL.iter().copied().filter(reads).collect()
}
