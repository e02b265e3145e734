//! Proof that a form was sent from one of our own pages, before anybody has signed in and without a row in the
//! database: a signed cookie, a token in the form that belongs to it, and what the browser says of the sender.
//!
//! Does not know sessions: who is signed in is handed in as a `binding`, so that a token taken out before sign-in, or
//! in another person's session, is worth nothing after.

use std::fmt;

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;

use crate::clock::Entropy;

const ID_LENGTH: usize = 16;
const MAC_LENGTH: usize = 32;

/// Makes and checks the tokens in forms.
pub struct Csrf {
    key: hmac::Key,
    origin: String,
    secure: bool,
}

/// Why a form was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CsrfFault {
    /// The browser says that another site sent the form.
    ForeignOrigin,
    /// The cookie is missing or not ours: cookies are blocked, or the page was left open for long.
    NoCookie,
    /// The token does not belong to the cookie, or to who is signed in now.
    WrongToken,
}

impl fmt::Display for CsrfFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ForeignOrigin => "the form was sent from another site",
            Self::NoCookie => "the form came without its cookie",
            Self::WrongToken => "the form's token does not belong to its cookie or session",
        })
    }
}

impl Csrf {
    /// `origin` is the issuer's (`https://id.example`, without a path).
    #[must_use]
    pub fn new(key: [u8; 32], origin: String) -> Self {
        let secure = origin.starts_with("https:");
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, &key), origin, secure }
    }

    /// A token for the forms of the page that answers `request`, and the cookie to set if the browser has none yet.
    /// `binding` names the session of who is signed in; empty when nobody is.
    #[must_use]
    pub fn issue(
        &self,
        request: &HttpRequest,
        entropy: &dyn Entropy,
        binding: &str,
    ) -> (String, Option<Cookie<'static>>) {
        // A second tab keeps the cookie of the first: a new one would make the first tab's form worthless.
        if let Some(id) = self.cookie_id(request) {
            return (self.form_token(&id, binding), None);
        }
        let id = entropy.bytes();
        (self.form_token(&id, binding), Some(self.cookie(&id)))
    }

    /// A name of the browser that sent `request`, if it has our cookie: what is bound to it is of no use elsewhere.
    #[must_use]
    pub fn browser(&self, request: &HttpRequest) -> Option<String> {
        self.cookie_id(request).map(|id| URL_SAFE_NO_PAD.encode(id))
    }

    /// The same after the answer to `request`, which sets `cookie`.
    #[must_use]
    pub fn browser_after(&self, request: &HttpRequest, cookie: Option<&Cookie<'_>>) -> String {
        let given = || self.id_in(cookie?.value()).map(|id| URL_SAFE_NO_PAD.encode(id));
        self.browser(request).or_else(given).unwrap_or_default()
    }

    /// RFC 6749 §10.12: only a form from our own page may act for whoever sits at this browser.
    pub fn check(&self, request: &HttpRequest, form_token: &str, binding: &str) -> Result<(), CsrfFault> {
        self.check_sender(request)?;
        let id = self.cookie_id(request).ok_or(CsrfFault::NoCookie)?;
        let expected = self.form_token(&id, binding);
        if bool::from(expected.as_bytes().ct_eq(form_token.as_bytes())) { Ok(()) } else { Err(CsrfFault::WrongToken) }
    }

    /// What the browser says of the sender, where it says anything.
    ///
    /// Our pages are sent with `Referrer-Policy: no-referrer`, and the Fetch standard makes a browser write
    /// `Origin: null` on forms of such pages: that alone proves nothing in either direction. `Sec-Fetch-Site` still
    /// tells, and browsers too old for it are left to cookie and token.
    fn check_sender(&self, request: &HttpRequest) -> Result<(), CsrfFault> {
        let header = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap_or_default());
        let from_here = matches!(header("sec-fetch-site"), None | Some("same-origin" | "none"));
        let origin_fits = header("origin").is_none_or(|origin| origin == "null" || origin == self.origin);
        if from_here && origin_fits { Ok(()) } else { Err(CsrfFault::ForeignOrigin) }
    }

    fn cookie_name(&self) -> &'static str {
        // The prefix makes browsers refuse the cookie from a neighbouring subdomain, but needs https.
        if self.secure { "__Host-claviger-csrf" } else { "claviger-csrf" }
    }

    fn cookie(&self, id: &[u8; ID_LENGTH]) -> Cookie<'static> {
        let mac = self.mac("cookie", id, "");
        Cookie::build(self.cookie_name(), URL_SAFE_NO_PAD.encode([id.as_slice(), mac.as_ref()].concat()))
            .path("/")
            .http_only(true)
            .secure(self.secure)
            // Strict would hide the cookie when an app sends the browser here, and each arrival would replace it
            // under the forms of other tabs. A foreign form gets no cookie under Lax either.
            .same_site(SameSite::Lax)
            .finish()
    }

    fn cookie_id(&self, request: &HttpRequest) -> Option<[u8; ID_LENGTH]> {
        self.id_in(request.cookie(self.cookie_name())?.value())
    }

    fn id_in(&self, cookie: &str) -> Option<[u8; ID_LENGTH]> {
        let bytes: [u8; ID_LENGTH + MAC_LENGTH] = URL_SAFE_NO_PAD.decode(cookie).ok()?.try_into().ok()?;
        let (id, mac) = bytes.split_first_chunk::<ID_LENGTH>()?;
        bool::from(self.mac("cookie", id, "").as_ref().ct_eq(mac)).then_some(*id)
    }

    fn form_token(&self, id: &[u8; ID_LENGTH], binding: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.mac("form", id, binding))
    }

    /// `purpose` holds no NUL and the identifier has one length, so no two inputs read the same.
    fn mac(&self, purpose: &str, id: &[u8; ID_LENGTH], binding: &str) -> hmac::Tag {
        hmac::sign(&self.key, &[purpose.as_bytes(), b"\0", id.as_slice(), binding.as_bytes()].concat())
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;
    use crate::clock::TestEntropy;

    const ORIGIN: &str = "https://id.example";

    fn csrf() -> Csrf {
        Csrf::new([7; 32], ORIGIN.to_owned())
    }

    fn issued(csrf: &Csrf, binding: &str) -> (String, Cookie<'static>) {
        let request = TestRequest::default().to_http_request();
        let (token, cookie) = csrf.issue(&request, &TestEntropy::from_seed(1), binding);
        (token, cookie.unwrap())
    }

    fn post(cookie: &Cookie<'static>, headers: &[(&'static str, &'static str)]) -> HttpRequest {
        let with_cookie = TestRequest::post().cookie(cookie.clone());
        headers.iter().fold(with_cookie, |request, header| request.insert_header(*header)).to_http_request()
    }

    #[test]
    fn takes_a_form_from_its_own_page() {
        let csrf = csrf();
        let (token, cookie) = issued(&csrf, "");
        let table: [&[(&str, &str)]; 4] = [
            &[("origin", ORIGIN), ("sec-fetch-site", "same-origin")],
            &[("origin", "null"), ("sec-fetch-site", "same-origin")],
            &[("origin", "null")],
            &[],
        ];
        for headers in table {
            assert_eq!(csrf.check(&post(&cookie, headers), &token, ""), Ok(()), "{headers:?}");
        }
    }

    /// RFC 6749 §10.12: a form that another site sends is refused, even with a token and cookie that fit.
    #[test]
    fn refuses_a_form_from_another_site() {
        let csrf = csrf();
        let (token, cookie) = issued(&csrf, "");
        let table: [&[(&str, &str)]; 6] = [
            &[("origin", "https://evil.example")],
            &[("origin", "http://id.example")],
            &[("origin", "https://id.example.evil.example")],
            &[("origin", "null"), ("sec-fetch-site", "cross-site")],
            &[("origin", ORIGIN), ("sec-fetch-site", "same-site")],
            &[("origin", "https://evil.example"), ("sec-fetch-site", "same-origin")],
        ];
        for headers in table {
            let outcome = csrf.check(&post(&cookie, headers), &token, "");
            assert_eq!(outcome, Err(CsrfFault::ForeignOrigin), "{headers:?}");
        }
    }

    /// RFC 6749 §10.12: without the token that belongs to the cookie, a form is refused.
    #[test]
    fn refuses_a_token_of_another_cookie_or_session() {
        let csrf = csrf();
        let (token, cookie) = issued(&csrf, "session-1");
        let request = post(&cookie, &[]);
        assert_eq!(csrf.check(&request, &token, "session-1"), Ok(()));
        assert_eq!(csrf.check(&request, &token, "session-2"), Err(CsrfFault::WrongToken));
        assert_eq!(csrf.check(&request, &token, ""), Err(CsrfFault::WrongToken));
        assert_eq!(csrf.check(&request, "", "session-1"), Err(CsrfFault::WrongToken));
        let (_, other) = csrf.issue(&TestRequest::default().to_http_request(), &TestEntropy::from_seed(9), "");
        assert_eq!(csrf.check(&post(&other.unwrap(), &[]), &token, "session-1"), Err(CsrfFault::WrongToken));
    }

    #[test]
    fn refuses_a_cookie_that_it_did_not_sign() {
        let csrf = csrf();
        let (token, cookie) = issued(&csrf, "");
        let foreign = Csrf::new([8; 32], ORIGIN.to_owned());
        assert_eq!(foreign.check(&post(&cookie, &[]), &token, ""), Err(CsrfFault::NoCookie));
        let without = TestRequest::post().to_http_request();
        assert_eq!(csrf.check(&without, &token, ""), Err(CsrfFault::NoCookie));
        for value in ["", "x", "AAAA"] {
            let broken = Cookie::new(cookie.name().to_owned(), value);
            assert_eq!(csrf.check(&post(&broken, &[]), &token, ""), Err(CsrfFault::NoCookie));
        }
    }

    #[test]
    fn keeps_the_cookie_that_a_browser_has_so_that_two_tabs_work() {
        let csrf = csrf();
        let (token, cookie) = issued(&csrf, "");
        let request = TestRequest::get().cookie(cookie).to_http_request();
        assert_eq!(csrf.issue(&request, &TestEntropy::from_seed(2), ""), (token, None));
    }

    #[test]
    fn locks_the_cookie_to_the_host_on_https() {
        let (_, cookie) = issued(&csrf(), "");
        assert_eq!(cookie.name(), "__Host-claviger-csrf");
        assert_eq!((cookie.secure(), cookie.http_only(), cookie.path()), (Some(true), Some(true), Some("/")));
        assert_eq!((cookie.same_site(), cookie.domain(), cookie.max_age()), (Some(SameSite::Lax), None, None));
        let (_, plain) = issued(&Csrf::new([7; 32], "http://localhost:8080".to_owned()), "");
        assert_eq!((plain.name(), plain.secure()), ("claviger-csrf", Some(false)));
    }
}
