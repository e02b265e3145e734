//! Reports of leaked keys: whatever is read holds few tokens, and of a stranger's words only what can be seen; the answer
//! names the token by its hash.

use claviger::protocol::leak_report::{ReportedToken, parse};

use super::world::assert_presentable;

pub fn run(data: &[u8]) -> bool {
    match parse(data) {
        Ok(found) => {
            assert!(found.len() <= 100);
            found.iter().for_each(check);
            true
        }
        Err(error) => {
            assert_presentable(&error);
            false
        }
    }
}

fn check(found: &ReportedToken) {
    let words = [Some(&found.kind), found.source.as_ref()];
    let kept = words.into_iter().flatten().map(|text| (text, 100)).chain(found.url.as_ref().map(|text| (text, 500)));
    for (text, longest) in kept {
        assert!(text.len() <= longest && text.bytes().all(|byte| byte.is_ascii_graphic()), "{text}");
    }
    let answer = serde_json::to_value(found.feedback(true)).unwrap();
    let members = answer.as_object().unwrap();
    assert_eq!(members.len(), 3);
    assert_eq!(members["token_type"], found.kind.as_str());
    assert!(members["token_hash"].as_str().unwrap().bytes().all(|byte| byte.is_ascii_hexdigit()));
}
