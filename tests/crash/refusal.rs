//! How the server may say that it cannot work just now: clearly, and without telling what is inside.

use super::http::Answer;
use super::server::REDIRECT_URI;

/// RFC 6749 §4.1.2.1: by redirect, where the answer goes to the app through the browser.
const REDIRECTED: &str = "error=temporarily_unavailable";

/// Words of the inside, which are for the log.
const INSIDE: [&str; 9] =
    ["sqlite", "postgres", "sqlx", "select ", "disk is full", "is locked", "panicked", "/tmp", "(code:"];

/// Whether the server says that it cannot work.
pub fn is_one(answer: &Answer) -> bool {
    answer.status >= 500
        || location(answer).contains("error=temporarily_unavailable")
        || location(answer).contains("error=server_error")
}

/// What is wrong with a refusal, if anything.
pub fn what_is_unclear(answer: &Answer) -> Option<String> {
    let told = format!("{}\n{}", answer.head, answer.body);
    let lower = told.to_ascii_lowercase();
    if let Some(word) = INSIDE.iter().find(|word| lower.contains(**word)) {
        return Some(format!("tells of the inside ({word}): {told}"));
    }
    let location = location(answer);
    if location.starts_with(REDIRECT_URI) && location.contains(REDIRECTED) {
        return None;
    }
    let may_come_back = answer.headers("retry-after").next().is_some();
    let is_for_programs =
        answer.text("error") == "temporarily_unavailable" && !answer.text("error_description").is_empty();
    let id = answer.headers("x-request-id").next().unwrap_or("(none)");
    let is_for_people = answer.body.contains("<h1>") && answer.body.contains(id);
    let is_clear = answer.status == 503 && may_come_back && (is_for_programs || is_for_people);
    (!is_clear).then_some(told)
}

fn location(answer: &Answer) -> &str {
    answer.headers("location").next().unwrap_or_default()
}
