//! For how long an answer may be kept, as its `Cache-Control` says (RFC 9111 §5.2.2).

use std::time::Duration;

/// How long, if it says so at all.
#[must_use]
pub fn lifetime(cache_control: &str) -> Option<Duration> {
    let mut lifetime = None;
    for directive in cache_control.split(',').map(str::trim) {
        let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
        // RFC 9111 §5.2.2.4, RFC 9111 §5.2.2.5: not to be kept, or not to be used unasked, which is the same to us.
        if name.eq_ignore_ascii_case("no-store") || name.eq_ignore_ascii_case("no-cache") {
            return Some(Duration::ZERO);
        }
        if name.eq_ignore_ascii_case("max-age") && lifetime.is_none() {
            // RFC 9111 §4.2.1: what cannot be read counts as over.
            lifetime = Some(Duration::from_secs(value.trim_matches('"').parse::<u32>().map_or(0, u64::from)));
        }
    }
    lifetime
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 9111 §5.2.2, RFC 9111 §5.2.2.4, RFC 9111 §5.2.2.5, RFC 9111 §4.2.1
    #[test]
    fn says_for_how_long() {
        for (text, expected) in [
            ("", None),
            ("public", None),
            ("max-age=60", Some(60)),
            ("public, MAX-AGE=60", Some(60)),
            ("max-age=\"60\"", Some(60)),
            ("max-age=60, max-age=90", Some(60)),
            ("max-age=60, no-store", Some(0)),
            ("no-cache, max-age=60", Some(0)),
            ("No-Store", Some(0)),
            ("max-age=-1", Some(0)),
            ("max-age=soon", Some(0)),
            ("max-age", Some(0)),
            ("max-age=99999999999", Some(0)),
            ("s-maxage=60, x-max-age=7", None),
        ] {
            assert_eq!(lifetime(text), expected.map(Duration::from_secs), "{text}");
        }
    }
}
