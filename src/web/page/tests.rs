//! Every page is rendered with every sample, and held to what all pages must keep.
//!
//! With `CLAVIGER_SAMPLES=folder` the rendered pages and the static files are written there, to be looked at.

use std::collections::HashSet;
use std::path::Path;

use scraper::{ElementRef, Html, Selector};

use super::*;
use crate::web::language::Here;
use crate::web::static_files;
use crate::web::text::{LANGUAGES, Language, SAMPLE};

/// A page that can be shown without a server.
pub(super) trait Sampled: Template + Sized {
    fn samples() -> Vec<(&'static str, Self)>;
}

pub(super) const CSRF: &str = "csrf-token";
pub(super) const REQUEST: &str = "sealed-request";
/// What somebody who means harm would register, send or be called.
pub(super) const HOSTILE: &str = r#"<script>alert(1)</script>" onfocus="alert(2)' & <img src=x>"#;

pub(super) fn app() -> App {
    App::new("Harbour", &Url::parse("https://harbour.example/cb").unwrap()).with_links(
        None,
        Some("https://harbour.example/privacy"),
        Some("https://harbour.example/terms"),
    )
}

pub(super) fn device_app() -> App {
    App::new("Tide tables", &Url::parse("com.example.tides:/cb").unwrap())
}

pub(super) fn hostile_app() -> App {
    let link = format!("https://harbour.example/{HOSTILE}");
    App::new(HOSTILE, &Url::parse("https://harbour.example:8443/cb").unwrap()).with_links(
        Some(&link),
        Some("javascript:alert(3)"),
        Some(&link),
    )
}

fn rendered<P: Sampled>() -> Vec<(&'static str, String)> {
    let render = |page: &P| page.render_with_values(&("here", &Here::sample() as &dyn std::any::Any)).unwrap();
    P::samples().into_iter().map(|(name, page)| (name, render(&page))).collect()
}

fn all_pages() -> Vec<(&'static str, String)> {
    pages_in(&LANGUAGES[0])
}

fn pages_in(language: &'static Language) -> Vec<(&'static str, String)> {
    SAMPLE.set(language);
    let pages: Vec<_> = [
        rendered::<SignIn>(),
        rendered::<SelectAccount>(),
        rendered::<Consent>(),
        rendered::<DeviceCodePage>(),
        rendered::<DeviceNoticePage>(),
        rendered::<SignOut>(),
        rendered::<SignedOut>(),
        rendered::<TellingApps>(),
        rendered::<SetUp>(),
        rendered::<RegisterAddress>(),
        rendered::<Recover>(),
        rendered::<MailNoticePage>(),
        rendered::<Home>(),
        rendered::<ConnectedApps>(),
        rendered::<Sessions>(),
        rendered::<Profile>(),
        rendered::<Activity>(),
        rendered::<OwnData>(),
        rendered::<Deletion>(),
        rendered::<Gone>(),
        rendered::<Passkeys>(),
        rendered::<NewPasskey>(),
        rendered::<RenamePasskey>(),
        rendered::<RemovePasskey>(),
        rendered::<ApiKeys>(),
        rendered::<ApiKeyForm>(),
        rendered::<ApiKeyPage>(),
        rendered::<ApiKeySecretPage>(),
        rendered::<ApiKeyRotation>(),
        rendered::<ApiKeyDeletion>(),
        rendered::<SecondFactor>(),
        rendered::<SecurityPage>(),
        rendered::<AppEnrolment>(),
        rendered::<AppRemoval>(),
        rendered::<RecoveryCodes>(),
        rendered::<NewRecoveryCodes>(),
        rendered::<PasswordChange>(),
        rendered::<ProviderProblemPage>(),
        rendered::<ProviderRegister>(),
        rendered::<LinkedProviders>(),
        rendered::<FormPost>(),
        rendered::<ErrorPage>(),
    ]
    .concat();
    if let Some(folder) = std::env::var_os("CLAVIGER_SAMPLES") {
        write_samples(&Path::new(&folder).join(language.tag), &pages);
    }
    pages
}

fn write_samples(folder: &Path, pages: &[(&str, String)]) {
    std::fs::create_dir_all(folder.join("static")).unwrap();
    for (name, html) in pages {
        std::fs::write(folder.join(format!("{name}.html")), html).unwrap();
    }
    for name in ["claviger.css", "submit.js", "copy.js", "onward.js", "passkeys.js", "mark.svg", "favicon.svg"] {
        let served = folder.join(static_files::static_url(name).trim_start_matches('/'));
        std::fs::copy(Path::new("static").join(name), served).unwrap();
    }
}

fn select<'a>(document: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    document.select(&Selector::parse(selector).unwrap()).collect()
}

#[test]
fn runs_nothing_that_a_stranger_wrote() {
    for (name, html) in all_pages() {
        let document = Html::parse_document(&html);
        let with_script =
            ["form_post", "api_key_secret", "telling_apps", "passkey_new", "sign_in_by_passkey", "second_by_passkey"];
        let own_scripts = usize::from(with_script.iter().any(|page| name.starts_with(page)));
        assert_eq!(select(&document, "script").len(), own_scripts, "{name}");
        assert_eq!(select(&document, "iframe").len(), usize::from(name.starts_with("telling_apps")), "{name}");
        assert!(select(&document, "iframe:not([sandbox='allow-scripts allow-same-origin'])").is_empty(), "{name}");
        assert!(select(&document, "style, object, base, meta[http-equiv], img[src=x]").is_empty(), "{name}");
        for element in select(&document, "*") {
            for (attribute, value) in element.value().attrs() {
                assert!(!attribute.starts_with("on") && attribute != "style", "{name}: {attribute}");
                assert!(!value.trim_start().starts_with("javascript:"), "{name}: {attribute}={value}");
            }
        }
    }
}

#[test]
fn gives_hostile_text_back_letter_by_letter() {
    let page = SignIn::samples().into_iter().find(|(name, _)| *name == "sign_in_hostile").unwrap().1;
    let document = Html::parse_document(&page.render().unwrap());
    assert_eq!(select(&document, "#username")[0].attr("value"), Some(HOSTILE));
    assert_eq!(select(&document, ".intro bdi")[0].text().collect::<String>(), HOSTILE);
}

#[test]
fn says_in_every_language_which_it_is() {
    for language in &LANGUAGES {
        let dir = if language.tag == "ar" { "rtl" } else { "ltr" };
        let root = format!("html[lang={}][dir={dir}]", language.tag);
        let picked = format!("form.languages button[lang={0}][value={0}][aria-current=true]", language.tag);
        for (name, html) in pages_in(language) {
            let document = Html::parse_document(&html);
            for only_one in [&root, &picked, "h1", "title"] {
                assert_eq!(select(&document, only_one).len(), 1, "{}: {name}: {only_one}", language.tag);
            }
        }
    }
}

#[test]
fn can_be_read_aloud_and_filled_in_by_keyboard() {
    for (name, html) in all_pages() {
        let document = Html::parse_document(&html);
        for only_one in ["h1", "main#main", "title", "a.skip[href='#main']", "link[rel=stylesheet]"] {
            assert_eq!(select(&document, only_one).len(), 1, "{name}: {only_one}");
        }
        assert!(select(&document, "[autofocus]").len() <= 1, "{name}");
        let mut ids = HashSet::new();
        for element in select(&document, "[id]") {
            assert!(ids.insert(element.attr("id").unwrap()), "{name}: two elements have the id of {}", element.html());
        }
        for attribute in ["for", "aria-labelledby", "aria-describedby"] {
            for element in select(&document, &format!("[{attribute}]")) {
                let mut named = element.attr(attribute).unwrap().split_whitespace();
                assert!(named.all(|id| ids.contains(id)), "{name}: {}", element.html());
            }
        }
        for field in select(&document, "input:not([type=hidden]):not([type=checkbox])") {
            let label = format!("label[for={}]", field.attr("id").unwrap());
            assert_eq!(select(&document, &label).len(), 1, "{name}: {}", field.html());
        }
        assert!(select(&document, "img:not([alt])").is_empty(), "{name}");
    }
}

#[test]
fn sends_a_token_with_every_form_of_ours() {
    for (name, html) in all_pages().into_iter().filter(|(name, _)| !name.starts_with("form_post")) {
        let document = Html::parse_document(&html);
        for form in select(&document, "form:not(.languages)") {
            assert_eq!(form.attr("method"), Some("post"), "{name}");
            let token = Selector::parse("input[type=hidden][name=csrf]").unwrap();
            assert_eq!(form.select(&token).next().and_then(|field| field.attr("value")), Some(CSRF), "{name}");
        }
    }
}

#[test]
fn names_only_static_files_that_exist() {
    let known: HashSet<_> =
        ["claviger.css", "submit.js", "copy.js", "onward.js", "passkeys.js", "mark.svg", "favicon.svg"]
            .map(static_files::static_url)
            .into();
    for (name, html) in all_pages() {
        let document = Html::parse_document(&html);
        let in_pages = select(&document, "link[href], script[src], img[src]");
        for url in in_pages.iter().filter_map(|element| element.attr("href").or_else(|| element.attr("src"))) {
            let path = url.strip_prefix("/auth").unwrap_or(url);
            assert!(known.contains(path) || url.starts_with("https://"), "{name}: {url}");
        }
    }
}

#[test]
fn keeps_the_names_that_password_managers_and_scripts_rely_on() {
    let pages: std::collections::HashMap<_, _> = all_pages().into_iter().collect();
    for (page, selector) in [
        ("sign_in", "form#login input[name=username][autocomplete='username webauthn']"),
        ("sign_in", "form#login input[name=password][autocomplete=current-password]"),
        ("sign_in", "form#login input[type=checkbox][name=remember]"),
        ("sign_in", "form#login button[type=submit]"),
        ("sign_in_confirm", "form#login input[name=username][readonly][value=ada]"),
        ("consent", "form#consent input[type=checkbox][name=scope][value=email][checked]"),
        ("consent", "form#consent button[name=decision][value=allow]"),
        ("consent", "form#consent button[name=decision][value=deny]"),
        ("consent_device", "form#consent[action='/device/consent'] button[name=decision][value=allow]"),
        ("device", "form#device input[name=user_code][required]"),
        ("device_prefilled", "form#device input[name=user_code][value=BCDF-GHJK]"),
        ("sign_out", "form#logout button[value=logout]"),
        ("home", "form#logout button[value=logout]"),
        ("set_up", "form#set-up input[name=password][autocomplete=new-password][minlength='12']"),
        ("form_post", "form#form-post[action='https://harbour.example/cb'] input[name=state][value=af0ifjsldkj]"),
    ] {
        assert_eq!(select(&Html::parse_document(&pages[page]), selector).len(), 1, "{page}: {selector}");
    }
}

#[test]
fn shows_on_the_consent_page_where_the_answer_goes() {
    let pages: std::collections::HashMap<_, _> = all_pages().into_iter().collect();
    let text = |page: &str| Html::parse_document(&pages[page]).root_element().text().collect::<String>();
    assert!(text("consent").contains("You will go back to harbour.example"));
    assert!(text("consent_hostile").contains("harbour.example:8443"));
    assert!(text("consent_more").contains("an app on this device"));
}

#[test]
fn drops_links_that_are_not_at_an_https_address() {
    let app =
        device_app().with_links(Some("data:image/png;base64,AA"), Some("javascript:1"), Some("http://a.example/"));
    assert_eq!((app.logo, app.policy, app.terms), (None, None, None));
}

#[actix_web::test]
async fn sends_a_page_as_html_that_nobody_keeps() {
    let (_, page) = Home::samples().remove(0);
    let response = respond(&page, StatusCode::OK, &PageHeaders::new(false));
    assert_eq!(response.headers().get(header::CONTENT_TYPE).unwrap(), "text/html; charset=utf-8");
    assert_eq!(response.headers().get(header::CACHE_CONTROL).unwrap(), "no-store");
    let body = actix_web::body::to_bytes(response.into_body()).await.unwrap();
    assert!(body.starts_with(b"<!doctype html>"));
}
