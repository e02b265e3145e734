//! The language of pages: what is picked by hand, what the app asks for, the person's setting, and the browser's.

use super::*;

/// In which language `page` is, by its own account and by its headers.
#[track_caller]
fn spoken(page: &Page) -> String {
    let lang = page.attribute("html", "lang");
    assert_eq!(page.answer.header("content-language"), lang, "{}", page.answer.body);
    assert_eq!(page.answer.header("vary"), "Accept-Language");
    assert_eq!(page.attribute("html", "dir"), if lang == "ar" { "rtl" } else { "ltr" });
    lang
}

fn encoded(path: &str) -> String {
    url::form_urlencoded::byte_serialize(path.as_bytes()).collect()
}

/// OIDC Core §3.1.2.1: `ui_locales` tells the languages that the person reads, the most wanted first.
#[actix_web::test]
async fn speaks_what_the_app_asks_for() {
    let app = TestApp::start().await;
    app.web_app().await;
    app.person("ada").await;
    let request = PendingRequest { ui_locales: Some("xx ar-EG de".to_owned()), ..waiting(&app, "openid email") };
    let path = format!("/login?request={}", sealed(&app, &request));
    let browser = app.browser();
    let form = browser.open(&path).await;
    assert_eq!((spoken(&form).as_str(), form.text("h1").as_str()), ("ar", "تسجيل الدخول"));
    let wrong = sign_in_at(&browser, &form, "ada", "wrong").await;
    assert_eq!((wrong.answer.status, spoken(&wrong).as_str()), (422, "ar"));
    // The page can still be had in another language, with the request that waits.
    assert!(wrong.attribute("form.languages input[name=back]", "value").starts_with("/login?request="));
    let asked = resumed_as(&app, &browser, &form, "ada").await;
    let consent = browser.open(&format!("/consent?request={}", sealed(&app, &asked))).await;
    assert_eq!(spoken(&consent), "ar");
    assert!(consent.text("h1").contains("Example App"), "{}", consent.answer.body);
}

/// RFC 9110 §12.5.4
#[actix_web::test]
async fn speaks_what_the_browser_asks_for() {
    let app = TestApp::start().await;
    for (path, status) in [("/login", 200), ("/no/such/page", 404), ("/login?request=altered", 400)] {
        let page = app.get_with(path, &[("accept-language", "xx, ja;q=0.5, fr;q=0.9"), ("accept", "text/html")]).await;
        assert_eq!((page.status, page.header("content-language")), (status, "fr"), "{path}: {}", page.body);
    }
}

#[actix_web::test]
async fn keeps_to_what_was_picked_at_the_foot_of_a_page() {
    let app = TestApp::start().await;
    app.web_app().await;
    let request = PendingRequest { ui_locales: Some("ja".to_owned()), ..waiting(&app, "openid") };
    let path = format!("/login?request={}", sealed(&app, &request));
    let browser = app.browser();
    let page = browser.open(&path).await;
    assert_eq!(spoken(&page), "ja");
    let names = page.text("form.languages");
    for name in ["English", "Deutsch", "Français", "Español", "日本語", "العربية"] {
        assert!(names.contains(name), "{names}");
    }
    assert_eq!(page.attribute("form.languages", "action"), "/language");
    let back = page.attribute("form.languages input[name=back]", "value");
    let page = browser.open(&format!("/language?back={}&to=fr", encoded(&back))).await;
    assert_eq!((page.url.path(), spoken(&page).as_str()), ("/login", "fr"));
    assert!(page.text("main").contains("Example App"));
    assert_eq!(spoken(&browser.open("/").await), "fr");
}

/// RFC 9700 §4.11.2: the way back is to a page of ours.
#[actix_web::test]
async fn leads_nobody_away_by_a_language() {
    let app = TestApp::start().await;
    for query in
        ["to=fr&back=//evil.example", "to=fr&back=https://evil.example", "to=fr&back=%2F%5Cevil.example", "to=xx", ""]
    {
        let answer = app.get_with(&format!("/language?{query}"), &[("accept", "text/html")]).await;
        assert_eq!((answer.status, answer.header("location"), answer.header("set-cookie")), (400, "", ""), "{query}");
    }
}

/// OIDC Core §5.1: `locale` is the person's language; their own pages speak it.
#[actix_web::test]
async fn speaks_what_the_person_chose_in_their_profile() {
    let app = TestApp::start().await;
    app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    browser.open("/language?to=es").await;
    let profile = browser.open("/account/profile").await;
    assert_eq!(spoken(&profile), "es");
    assert!(profile.has("[name=locale][list=languages]") && profile.has("datalist#languages option[value=ar]"));
    let saved = browser.submit(&profile, "form#own-profile", &[("locale", "de-CH")]).await;
    assert_eq!((spoken(&saved).as_str(), saved.text("[role=status]").as_str()), ("de", "Gespeichert."));
    assert_eq!(browser.cookie("claviger-language"), None);
    assert_eq!(spoken(&signed_in(&app, "ada").await.open("/account/activity").await), "de");
    // Nobody else is meant by it.
    assert_eq!(spoken(&app.browser().open("/login").await), "en");
}

/// The console is in English, whatever its admin reads.
#[actix_web::test]
async fn leaves_the_console_in_english() {
    let app = TestApp::start().await;
    app.admin("ada").await;
    let browser = signed_in(&app, "ada").await;
    browser.open("/language?to=ar").await;
    let console = browser.open("/admin").await;
    assert_eq!((console.answer.status, spoken(&console).as_str()), (200, "en"));
    assert!(!console.has("form.languages"));
}

/// OIDC Discovery §3
#[actix_web::test]
async fn tells_apps_which_languages_there_are() {
    let document = TestApp::start().await.get("/.well-known/openid-configuration").await.ok();
    assert_eq!(document["ui_locales_supported"], serde_json::json!(["en", "de", "fr", "es", "ja", "ar"]));
}
