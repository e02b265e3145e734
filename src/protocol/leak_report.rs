//! A report of secrets that were found in public, in the form of GitHub's secret scanning partner program: a JSON array
//! of what was found where, answered by an array that tells for each whether it is one of ours.

use aws_lc_rs::digest::{SHA256, digest};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::error::{ErrorCode, OAuthError, Result};

/// The most secrets of one report.
const MOST: usize = 100;
/// The longest URL that is kept, in characters.
const LONGEST_URL: usize = 500;
/// The longest name of a kind or source that is kept, in characters.
const LONGEST_WORD: usize = 100;

/// A secret that somebody found.
#[derive(Debug)]
pub struct ReportedToken {
    /// The secret.
    pub token: SecretString,
    /// What the scanner takes it for, in its own words.
    pub kind: String,
    /// Where it stood.
    pub url: Option<String>,
    /// In what it stood: a file's content, an issue, …
    pub source: Option<String>,
}

/// Whether a reported secret is one of ours.
#[derive(Debug, Serialize)]
pub struct Feedback {
    token_hash: String,
    token_type: String,
    label: &'static str,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Found {
    Several(Vec<Finding>),
    One(Finding),
}

#[derive(Deserialize)]
struct Finding {
    token: String,
    #[serde(rename = "type")]
    kind: Option<String>,
    url: Option<String>,
    source: Option<String>,
}

/// Reads a report, as an array or as a single object. `invalid_request` if it is neither, or too long.
pub fn parse(body: &[u8]) -> Result<Vec<ReportedToken>> {
    // Nothing of a body is quoted that may hold secrets.
    let found: Found = serde_json::from_slice(body).map_err(|_| {
        let text =
            "Send a JSON array of objects, each with a token, and with type, url and source where you know them.";
        OAuthError::new(ErrorCode::InvalidRequest, text)
    })?;
    let found = match found {
        Found::Several(found) => found,
        Found::One(finding) => vec![finding],
    };
    if found.len() > MOST {
        let text = format!("Report at most {MOST} tokens at once.");
        return Err(OAuthError::new(ErrorCode::InvalidRequest, text));
    }
    Ok(found.into_iter().map(Finding::read).collect())
}

impl Finding {
    fn read(self) -> ReportedToken {
        let visible = |text: Option<String>, longest| text.map(|text| visible(&text, longest));
        let some = |text: Option<String>| text.filter(|text| !text.is_empty());
        ReportedToken {
            token: SecretString::from(self.token),
            kind: visible(self.kind, LONGEST_WORD).unwrap_or_default(),
            url: some(visible(self.url, LONGEST_URL)),
            source: some(visible(self.source, LONGEST_WORD)),
        }
    }
}

/// What of a stranger's text can do no harm in a table, a log or a line: the visible characters of ASCII.
fn visible(text: &str, longest: usize) -> String {
    text.chars().filter(char::is_ascii_graphic).take(longest).collect()
}

impl ReportedToken {
    /// The answer about it. By its hash, so that no secret is sent back.
    #[must_use]
    pub fn feedback(&self, is_ours: bool) -> Feedback {
        let hash = digest(&SHA256, self.token.expose_secret().as_bytes());
        let nibbles = hash.as_ref().iter().flat_map(|byte| [byte >> 4, byte & 15]);
        Feedback {
            token_hash: nibbles.filter_map(|nibble| char::from_digit(nibble.into(), 16)).collect(),
            token_type: self.kind.clone(),
            label: if is_ours { "true_positive" } else { "false_positive" },
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(body: &serde_json::Value) -> Result<Vec<ReportedToken>> {
        parse(body.to_string().as_bytes())
    }

    #[test]
    fn reads_one_finding_or_several() {
        let one = json!({ "token": "a", "type": "key", "url": "https://x.example/", "source": "content", "more": 1 });
        for body in [one.clone(), json!([one])] {
            let found = read(&body).unwrap();
            let [found] = found.as_slice() else { panic!("{found:?}") };
            assert_eq!((found.token.expose_secret(), found.kind.as_str()), ("a", "key"));
            assert_eq!((found.url.as_deref(), found.source.as_deref()), (Some("https://x.example/"), Some("content")));
        }
        assert!(read(&json!([])).unwrap().is_empty());
        let bare = read(&json!([{ "token": "a", "type": null, "url": "" }])).unwrap();
        assert_eq!((bare[0].kind.as_str(), bare[0].url.as_deref()), ("", None));
    }

    #[test]
    fn refuses_what_is_no_report_or_too_long_and_quotes_nothing() {
        for body in [json!("clv_key_live_x"), json!([["clv_key_live_x"]]), json!({ "tokens": ["clv_key_live_x"] })] {
            let error = read(&body).unwrap_err();
            assert!(error.code == ErrorCode::InvalidRequest && !error.text.contains("clv_key"), "{error}");
        }
        assert!(parse(b"").is_err() && parse(b"\xff").is_err());
        let most = vec![json!({ "token": "a" }); MOST];
        assert_eq!(read(&json!(most)).unwrap().len(), MOST);
        assert!(read(&json!([most, vec![json!({ "token": "a" })]].concat())).is_err());
    }

    #[test]
    fn keeps_of_a_stranger_s_text_what_can_be_seen() {
        let url = format!("https://x.example/\r\n\u{202e}é \u{0}{}", "y".repeat(1000));
        let found = read(&json!({ "token": "a", "type": "a\nb", "url": url, "source": "\u{7}" })).unwrap();
        let kept = found[0].url.as_deref().unwrap();
        assert!(kept.starts_with("https://x.example/yyy") && kept.len() == LONGEST_URL, "{kept}");
        assert_eq!((found[0].kind.as_str(), found[0].source.as_deref()), ("ab", None));
    }

    #[test]
    fn answers_by_the_hash() {
        let found = read(&json!({ "token": "abc", "type": "key" })).unwrap();
        let told = serde_json::to_value(found[0].feedback(true)).unwrap();
        let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(told, json!({ "token_hash": hash, "token_type": "key", "label": "true_positive" }));
        assert_eq!(serde_json::to_value(found[0].feedback(false)).unwrap()["label"], json!("false_positive"));
    }
}
