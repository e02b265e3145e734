//! Scopes: what is read prints as itself, and sets are sets. Two lines are two scopes.

use std::collections::BTreeSet;

use claviger::error::ErrorCode;
use claviger::protocol::scope::{MAX_TOKEN_BYTES, MAX_TOKENS, Scope, ScopeToken};

use super::world::{assert_presentable, lines};

pub fn run(data: &[u8]) -> bool {
    let [first, second] = lines(data);
    let (Some(a), Some(b)) = (read(&first), read(&second)) else { return false };
    let (union, both, rest) = (a.union(&b), a.intersection(&b), a.without(&b));
    assert_eq!(tokens(&union), &tokens(&a) | &tokens(&b));
    assert_eq!(tokens(&both), &tokens(&a) & &tokens(&b));
    assert_eq!(tokens(&rest), &tokens(&a) - &tokens(&b));
    assert_eq!(rest.union(&both), a);
    assert_eq!(a.is_subset_of(&b), tokens(&a).is_subset(&tokens(&b)));
    assert_eq!(a == b, tokens(&a) == tokens(&b));
    true
}

fn read(text: &str) -> Option<Scope> {
    let sent: BTreeSet<_> = text.split(' ').filter(|token| !token.is_empty()).collect();
    match Scope::parse(text) {
        Ok(scope) => {
            assert_eq!(tokens(&scope), sent);
            assert_eq!(scope.iter().count(), sent.len(), "a token occurs twice");
            let is_token = |token: &&str| token.len() <= MAX_TOKEN_BYTES && token.bytes().all(|b| b.is_ascii_graphic());
            assert!(sent.len() <= MAX_TOKENS && sent.iter().all(is_token), "{text}");
            assert!(!text.contains(['"', '\\']), "{text}");
            let printed = scope.to_string();
            assert_eq!(Scope::parse(&printed).unwrap().to_string(), printed);
            let json = serde_json::to_string(&scope).unwrap();
            assert_eq!(serde_json::from_str::<Scope>(&json).unwrap(), scope);
            Some(scope)
        }
        Err(error) => {
            assert_presentable(&error);
            assert_eq!(error.code, ErrorCode::InvalidScope);
            None
        }
    }
}

fn tokens(scope: &Scope) -> BTreeSet<&str> {
    scope.iter().map(ScopeToken::as_str).collect()
}
