//! Pages in the name and the colours of an installation, and of an app.

use serde_json::json;

use super::*;
use crate::support::{CHALLENGE, MAILBOX, REDIRECT_URI, TestClient, form_encode};

const SVG: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"48\" height=\"48\"><circle r=\"24\"/></svg>";

/// The settings of somebody's installation, whose picture is at `logo`.
fn settings(logo: &std::path::Path) -> String {
    format!(
        "branding.name = \"Example & Sons\"\nbranding.logo_file = \"{}\"\nbranding.accent = \"#7a1fa2\"\n\
         branding.support_uri = \"mailto:help@example.com\"\nbranding.imprint_uri = \"https://example.com/imprint\"\n",
        logo.display()
    )
}

async fn request_of(browser: &Browser, client: &TestClient) -> Page {
    let parameters = form_encode(&[
        ("response_type", "code"),
        ("client_id", &client.id),
        ("redirect_uri", REDIRECT_URI),
        ("scope", "openid"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]);
    browser.open(&format!("/oauth2/authorize?{parameters}")).await
}

#[actix_web::test]
async fn bear_the_name_the_picture_the_colour_and_the_links_of_an_installation() {
    let folder = tempfile::tempdir().unwrap();
    let logo = folder.path().join("logo.svg");
    std::fs::write(&logo, SVG).unwrap();
    let app = TestApp::start_with(&settings(&logo)).await;
    app.admin("ada").await;
    let browser = app.browser();
    let form = browser.open("/login").await;
    let home = sign_in_at(&browser, &form, "ada", PASSWORD).await;
    for page in [form, home, browser.open("/account/security").await, browser.open("/admin").await] {
        assert!(page.text("head title").ends_with(" · Example & Sons"), "{}: {}", page.url, page.text("head title"));
        assert_eq!(page.text("header .product"), "Example & Sons", "{}", page.url);
        assert!(!page.answer.body.contains("Claviger"), "{}", page.url);
        assert_eq!(page.links("footer.site a"), ["mailto:help@example.com", "https://example.com/imprint"]);
        assert_eq!(page.text("footer.site"), "Help Legal notice");
        let picture = app.get(&page.attribute("header img", "src")).await;
        assert_eq!(
            (picture.status, picture.body.as_str(), picture.header("content-type")),
            (200, SVG, "image/svg+xml")
        );
        let colour = app.get(&page.attribute("link[href*='/brand/']", "href")).await;
        assert_eq!((colour.status, colour.header("content-type")), (200, "text/css; charset=utf-8"));
        assert!(colour.body.contains("--accent: #7a1fa2;"), "{}", colour.body);
    }
}

/// Where people meet the server without its pages: an authenticator app, the browser's own question for a passkey, their mail.
#[actix_web::test]
async fn bear_the_name_on_devices_and_in_mails() {
    let named = "branding.name = \"Example & Sons\"\nbranding.accent = \"#7a1fa2\"\n";
    for (settings, name, host) in [(named, "Example & Sons", "Example & Sons, http"), ("", "localhost", "by http")] {
        let app = TestApp::start_by_name(&format!("{settings}{MAILBOX}")).await;
        app.person("ada").await;
        let browser = signed_in(&app, "ada").await;
        let links = browser.open("/account/security/app").await.links("a[href^='otpauth:']");
        let issuer = url::Url::parse(&links[0]).unwrap();
        let issuer = issuer.query_pairs().find(|(key, _)| key == "issuer").unwrap().1.into_owned();
        let asked = browser.open("/account/security/passkeys/new").await;
        let asked: serde_json::Value = serde_json::from_str(&asked.attribute("form#passkey", "data-options")).unwrap();
        assert_eq!((issuer.as_str(), asked["publicKey"]["rp"]["name"].as_str()), (name, Some(name)));
        app.recovery_link("ada").await;
        let mails = app.mails().await;
        let content = &TestApp::only(&mails, "recovery").content;
        assert!(content.text.contains(host) && content.html.contains(&host.replace('&', "&#38;")), "{}", content.html);
        assert_eq!(content.html.contains("background: #7a1fa2"), !settings.is_empty());
    }
}

#[actix_web::test]
async fn are_ours_where_nobody_says_otherwise() {
    let app = TestApp::start().await;
    let form = app.browser().open("/login").await;
    assert_eq!(
        (form.text("head title"), form.text("header .product")),
        ("Sign in · Claviger".into(), "Claviger".into())
    );
    assert!(!form.has("footer.site, link[href*='/brand/']"));
}

/// A drawing is a document of its own when it is opened alone: it runs nothing there (HTML, sandbox).
#[actix_web::test]
async fn let_no_script_in_a_picture_run() {
    let folder = tempfile::tempdir().unwrap();
    let logo = folder.path().join("logo.svg");
    std::fs::write(&logo, "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>").unwrap();
    let app = TestApp::start_with(&settings(&logo)).await;
    let form = app.browser().open("/login").await;
    let picture = app.get(&form.attribute("header img", "src")).await;
    let policy = picture.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'") && policy.ends_with("sandbox"), "{policy}");
    assert_eq!(picture.header("x-content-type-options"), "nosniff");
}

/// WCAG 2.2, success criterion 1.4.3: there is no stylesheet of a colour that could not be read, nor of anything else.
#[actix_web::test]
async fn have_no_colour_that_cannot_be_read() {
    let app = TestApp::start().await;
    assert_eq!(app.get("/brand/accent-0f5a52.css").await.status, 200);
    for file in ["accent-ffcc00.css", "accent-0F5A52.css", "accent-0f5a5.css", "accent-.css", "accent-red.css", "x", ""]
    {
        assert_eq!(app.get(&format!("/brand/{file}")).await.status, 404, "{file}");
    }
}

#[actix_web::test]
async fn take_the_colour_of_the_app_that_they_lead_to() {
    let app = TestApp::start_with("branding.accent = \"#0f3a52\"\n").await;
    app.person("ada").await;
    let client = app
        .client(json!({
            "client_id": "app", "client_name": "Example App", "redirect_uris": [REDIRECT_URI], "scope": "openid",
            "accent_color": "#7A1FA2",
        }))
        .await;
    let colours = |page: &Page| page.links("link[href*='/brand/']");
    let browser = app.browser();
    let form = request_of(&browser, &client).await;
    let both = ["/brand/accent-0f3a52.css", "/brand/accent-7a1fa2.css"];
    assert_eq!(colours(&form), both, "that of the app comes later");
    let consent = sign_in_at(&browser, &form, "ada", PASSWORD).await;
    assert!(consent.has("form#consent"));
    assert_eq!(colours(&consent), both);
    assert_eq!(colours(&browser.open("/account").await), both[..1], "on our own pages there is none");
}
