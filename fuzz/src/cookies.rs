//! The cookie that guards forms: a line with the `Cookie` header, and a line with the form's token. A pair that we did
//! not issue together is never taken.

use std::sync::LazyLock;

use actix_web::HttpRequest;
use actix_web::http::header::{COOKIE, HeaderValue};
use actix_web::test::TestRequest;
use claviger::clock::TestEntropy;
use claviger::web::csrf::{Csrf, CsrfFault};

use super::world::ISSUER;

const BINDING: &str = "session";

static CSRF: LazyLock<Csrf> = LazyLock::new(|| Csrf::new([7; 32], ISSUER.to_owned()));

/// The only pair that was ever issued: name and value of the cookie, and the form's token.
static ISSUED: LazyLock<(String, String, String)> = LazyLock::new(|| {
    let nobody = TestRequest::default().to_http_request();
    let (token, cookie) = CSRF.issue(&nobody, &TestEntropy::from_seed(1), BINDING);
    let cookie = cookie.unwrap();
    (cookie.name().to_owned(), cookie.value().to_owned(), token)
});

pub fn run(data: &[u8]) -> bool {
    let mut lines = data.splitn(2, |byte| *byte == b'\n');
    let Some(cookies) = lines.next().and_then(|line| HeaderValue::from_bytes(line).ok()) else { return false };
    let token = String::from_utf8_lossy(lines.next().unwrap_or_default());
    let request = TestRequest::post().insert_header((COOKIE, cookies)).to_http_request();
    let (name, value, issued) = &*ISSUED;
    let is_ours = sent(&request, name).is_some_and(|sent| sent == *value);

    let outcome = CSRF.check(&request, &token, BINDING);
    match outcome {
        Ok(()) => assert!(is_ours && token == *issued, "taken: {token}"),
        Err(CsrfFault::NoCookie) => assert!(!is_ours),
        Err(fault) => assert!(fault == CsrfFault::WrongToken && is_ours && token != *issued),
    }
    assert!(CSRF.check(&request, &token, "another session").is_err());
    let (given, replaced) = CSRF.issue(&request, &TestEntropy::from_seed(2), BINDING);
    assert_eq!(replaced.is_none(), is_ours, "a cookie that is not ours stays");
    assert_eq!(given == *issued, is_ours);
    outcome.is_ok()
}

fn sent(request: &HttpRequest, name: &str) -> Option<String> {
    request.cookie(name).map(|cookie| cookie.value().to_owned())
}
