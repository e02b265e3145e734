//! Which language a page speaks: what was picked in this browser by hand; else what the app asks for, that sent the person
//! here (`ui_locales`); else the person's own setting; else what the browser asks for.

use actix_web::cookie::{Cookie, SameSite, time};
use actix_web::http::header::{AcceptLanguage, CONTENT_LANGUAGE, Header, HeaderMap, HeaderValue, VARY};
use actix_web::{HttpMessage, HttpRequest};

use super::text::{LANGUAGES, Language, Texts};
use crate::protocol::params::Params;

/// Where a language is picked.
pub const PATH: &str = "/language";

const COOKIE: &str = "claviger-language";
/// 400 days, the most for which browsers keep a cookie.
const KEPT: time::Duration = time::Duration::days(400);
/// The fields by which a form says for what it was opened; the page of the same path takes them in its address.
const FIELDS: [&str; 3] = ["request", "continue", "link"];
/// Longer than any address of ours.
const LONGEST: usize = 16_384;

/// What is known, in the course of a request, of who is going to read the answer.
#[derive(Default)]
struct Reader {
    ui_locales: Option<String>,
    locale: Option<String>,
    fields: String,
}

fn note(request: &HttpRequest, note: impl FnOnce(&mut Reader)) {
    let mut extensions = request.extensions_mut();
    if !extensions.contains::<Reader>() {
        extensions.insert(Reader::default());
    }
    if let Some(reader) = extensions.get_mut() {
        note(reader);
    }
}

/// OIDC Core §3.1.2.1: notes the `ui_locales` of the request that this page belongs to.
pub fn note_wish(request: &HttpRequest, ui_locales: Option<&str>) {
    if let Some(ui_locales) = ui_locales {
        note(request, |reader| reader.ui_locales = Some(ui_locales.to_owned()));
    }
}

/// Notes the `locale` of whoever is signed in.
pub fn note_person(request: &HttpRequest, locale: Option<&str>) {
    if let Some(locale) = locale {
        note(request, |reader| reader.locale = Some(locale.to_owned()));
    }
}

/// Notes what a form was opened for, so that its page can be opened once more.
pub fn note_form(request: &HttpRequest, fields: &Params) {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for name in FIELDS {
        if let Ok(Some(value)) = fields.one(name) {
            query.append_pair(name, value);
        }
    }
    note(request, |reader| reader.fields = query.finish());
}

/// The texts for whoever reads the answer to this request.
#[must_use]
pub fn of(request: &HttpRequest) -> &'static Texts {
    let picked = || request.cookie(COOKIE).and_then(|cookie| Language::find(cookie.value()));
    let noted = || {
        let extensions = request.extensions();
        let reader = extensions.get::<Reader>()?;
        let wished = reader.ui_locales.iter().flat_map(|wish| wish.split(' '));
        wished.chain(reader.locale.as_deref()).find_map(Language::find)
    };
    picked().or_else(noted).or_else(|| accepted(request)).map_or_else(Texts::english, Language::texts)
}

/// RFC 9110 §12.5.4: the best known of what the browser asks for.
fn accepted(request: &HttpRequest) -> Option<&'static Language> {
    let wishes = AcceptLanguage::parse(request).ok()?.ranked();
    wishes.iter().filter_map(|wish| wish.item()).find_map(|tag| Language::find(tag.as_str()))
}

/// Says in which language an answer is, and by what that was chosen.
pub(super) fn tell(headers: &mut HeaderMap, html: &str) {
    let lang = html.split_once(" lang=\"").and_then(|(_, rest)| rest.split_once('"')).map(|(lang, _)| lang);
    if let Some(lang) = lang.and_then(Language::find) {
        headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(lang.tag));
        headers.append(VARY, HeaderValue::from_static("Accept-Language"));
    }
}

/// The cookie of a language that was picked; none, for a language that we do not speak.
#[must_use]
pub fn cookie(tag: &str, https: bool) -> Option<Cookie<'static>> {
    Language::find(tag).map(|language| built(language.tag, https).max_age(KEPT).finish())
}

/// The cookie that takes a pick back.
#[must_use]
pub fn forgotten(https: bool) -> Cookie<'static> {
    built("", https).max_age(time::Duration::ZERO).finish()
}

fn built(value: &'static str, https: bool) -> actix_web::cookie::CookieBuilder<'static> {
    Cookie::build(COOKIE, value).path("/").secure(https).http_only(true).same_site(SameSite::Lax)
}

/// The page that is looked at, where another language can be picked for it.
#[derive(Clone, Debug)]
pub struct Here {
    back: String,
}

impl Here {
    /// The page that answers this request, below `base`.
    #[must_use]
    pub fn of(request: &HttpRequest, base: &str) -> Self {
        let path = request.path().strip_prefix(base).unwrap_or_default();
        let extensions = request.extensions();
        let fields =
            extensions.get::<Reader>().map(|reader| reader.fields.as_str()).filter(|fields| !fields.is_empty());
        let query = fields.unwrap_or_else(|| request.query_string());
        let back = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
        Self { back }
    }

    /// Its address below the issuer.
    #[must_use]
    pub fn back(&self) -> &str {
        &self.back
    }

    /// The languages that it can be read in.
    #[must_use]
    pub fn languages(&self) -> &'static [Language] {
        &LANGUAGES
    }

    /// For tests.
    #[cfg(test)]
    pub(super) fn sample() -> Self {
        Self { back: "/login?request=sealed-request".to_owned() }
    }
}

/// Where to go back to, if it is a page of ours.
///
/// RFC 9700 §4.11.2: what would make us an open redirector is none.
#[must_use]
pub fn own_page(back: &str) -> Option<&str> {
    let is_plain = back.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\' && byte != b'#');
    let is_own = back.is_empty() || back.starts_with(['/', '?']);
    (is_plain && is_own && !back.starts_with("//") && back.len() <= LONGEST).then_some(back)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn spoken(cookie: Option<&str>, ui_locales: Option<&str>, locale: Option<&str>, accepted: &str) -> &'static str {
        let mut request = TestRequest::default().insert_header(("Accept-Language", accepted));
        if let Some(cookie) = cookie {
            request = request.cookie(Cookie::new(COOKIE, cookie.to_owned()));
        }
        let request = request.to_http_request();
        note_wish(&request, ui_locales);
        note_person(&request, locale);
        of(&request).lang
    }

    /// OIDC Core §3.1.2.1
    #[test]
    fn hears_the_hand_before_the_app_the_person_and_the_browser() {
        assert_eq!(spoken(Some("fr"), Some("de"), Some("ja"), "es"), "fr");
        assert_eq!(spoken(Some("xx"), Some("xx de-CH fr"), Some("ja"), "es"), "de");
        assert_eq!(spoken(None, Some("xx"), Some("ja-JP"), "es"), "ja");
        assert_eq!(spoken(None, None, Some("xx"), "es"), "es");
    }

    /// RFC 9110 §12.5.4
    #[test]
    fn takes_the_best_that_a_browser_asks_for() {
        for (accepted, lang) in [
            ("", "en"),
            ("*", "en"),
            ("xx", "en"),
            ("de-AT,de;q=0.9,en;q=0.8", "de"),
            ("en;q=0.3, ar-EG;q=0.8, xx", "ar"),
            ("nonsense;;;q=", "en"),
        ] {
            assert_eq!(spoken(None, None, None, accepted), lang, "{accepted}");
        }
    }

    /// RFC 9700 §4.11.2
    #[test]
    fn leads_back_to_pages_of_ours_only() {
        for own in ["", "/", "/login?request=abc%2F", "?welcome=yes"] {
            assert!(own_page(own).is_some(), "{own}");
        }
        for other in ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "/a b", "/a\r\nx", "@evil"] {
            assert!(own_page(other).is_none(), "{other}");
        }
    }
}
