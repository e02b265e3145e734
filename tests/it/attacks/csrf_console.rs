//! Cross-site request forgery against an admin: every form and button of the console and of a person's own pages, whatever
//! it does.

use scraper::{Html, Selector};

use claviger::domain::events::Origin;
use claviger::domain::groups::{self, GroupWords};
use claviger::ids::GroupId;

use super::scene::*;
use crate::support::{
    Allowed, Browser, FakeProvider, MAILBOX, Page, REACH_LOOPBACK, REDIRECT_URI, TestApp, set_up_phone,
};

/// A form of a page as one of its buttons sends it, without the proof of its origin.
struct Shot {
    action: String,
    fields: Vec<(String, String)>,
}

fn shots(page: &Page) -> Vec<Shot> {
    let html = Html::parse_document(&page.answer.body);
    let select = |selector: &str| Selector::parse(selector).unwrap();
    let mut shots = Vec::new();
    for form in html.select(&select("form[method=post]")) {
        let attribute = |element: &scraper::ElementRef<'_>, name| element.attr(name).unwrap_or_default().to_owned();
        let action = page.url.join(&attribute(&form, "action")).unwrap().path().to_owned();
        let fields: Vec<_> = form
            .select(&select("input[name]:not([name=csrf]), select[name], textarea[name]"))
            .map(|input| {
                let chosen = input.select(&select("option")).next().map(|option| attribute(&option, "value"));
                (attribute(&input, "name"), chosen.unwrap_or_else(|| attribute(&input, "value")))
            })
            .collect();
        for button in form.select(&select("button")) {
            let mut fields = fields.clone();
            fields.push((attribute(&button, "name"), attribute(&button, "value")));
            fields.retain(|(name, _)| !name.is_empty());
            shots.push(Shot { action: action.clone(), fields });
        }
    }
    shots
}

async fn admins_browser(app: &TestApp) -> Browser {
    app.admin("root").await;
    signed_in(app, "root").await
}

/// The path of a key that root makes.
async fn key_of(browser: &Browser) -> String {
    let form = browser.open("/account/api-keys/new").await;
    let made = browser.submit(&form, "form#api-key-form", &[("name", "Backup")]).await;
    made.links("main nav a")[0].clone()
}

/// RFC 9700 §4.7, RFC 6749 §10.12: without the token, with one of another browser's, and from another site.
#[actix_web::test]
async fn fires_every_button_of_the_console_from_elsewhere() {
    let provider = FakeProvider::start();
    let open = "people.registration = \"invitation\"\npeople.editable = [\"name\", \"email\"]\n";
    let settings = format!("{open}{REACH_LOOPBACK}{MAILBOX}{}", provider.section("harbour", ""));
    let app = TestApp::start_with(&settings).await;
    let (client, ada) = (app.web_app().await, app.person("ada").await);
    app.tokens(&client, ada, Allowed::default()).await;
    signed_in(&app, "ada").await;
    let browser = admins_browser(&app).await;
    let root = app.cx.store.person_by_login("root").await.unwrap().unwrap();
    app.tokens(&client, root.id, Allowed::default()).await;
    let theirs = signed_in(&app, "root").await.open("/logout").await;
    let foreign = theirs.form("form#logout", &[]).1.into_iter().find(|(name, _)| name == "csrf").unwrap();
    let group = GroupId(app.cx.entropy.uuid());
    let origin = Origin::default();
    groups::add(&act(&app, &origin), group, GroupWords::parse("Crew", "").unwrap(), |_| None).await.unwrap();
    groups::join(&act(&app, &origin), group, ada).await.unwrap();
    for scope in ["tides.read", "free"] {
        app.scope(scope).await;
    }
    let resource = app.resource("https://tides.example", "tides.read").await;
    let metadata = serde_json::json!({ "redirect_uris": [REDIRECT_URI], "resources": ["https://tides.example"] });
    app.update_client(&client, metadata).await;
    let own_key = key_of(&browser).await;
    let key = own_key.trim_start_matches("/account/api-keys/");
    let mut fired = 0;
    set_up_phone(&app, &browser).await;
    let remove_app = browser.open("/account/security").await.links("main a[href*='/app/']").remove(0);
    // Links in mails: by which she confirms an address, and by which she undoes a change.
    let mailed = async |kind: &str, to: &str| {
        let mails = app.mails().await;
        mails.iter().find(|read| read.mail.kind == kind && read.mail.recipient == to).unwrap().link(&app)
    };
    let ask = async |address: &str| {
        let page = browser.open("/account/email").await;
        browser.submit(&page, "form#own-email", &[("email", address)]).await;
        mailed("email_verification", address).await
    };
    let question = browser.open(&ask("root@new.example").await).await;
    browser.submit(&question, "form#follow-link", &[]).await;
    let (undo, confirm) = (mailed("email_changed", "root@example.com").await, ask("root@newer.example").await);
    for path in [
        "/admin/new-client".to_owned(),
        "/admin/keys".to_owned(),
        "/admin/new-person".to_owned(),
        format!("/admin/people/{ada}/edit"),
        "/admin/clients/app".to_owned(),
        "/admin/clients/app/edit".to_owned(),
        "/admin/clients/app/try".to_owned(),
        format!("/admin/people/{ada}"),
        "/admin/clients/app/access".to_owned(),
        "/admin/people".to_owned(),
        "/admin/people/import".to_owned(),
        "/admin/groups".to_owned(),
        format!("/admin/groups/{group}"),
        "/admin/new-api-key?client=app".to_owned(),
        format!("/admin/api-keys/{key}"),
        format!("/admin/api-keys/{key}/edit"),
        "/admin/resources/new".to_owned(),
        format!("/admin/resources/{resource}"),
        format!("/admin/resources/{resource}/edit"),
        format!("/admin/resources/{resource}/delete"),
        "/admin/scopes/new".to_owned(),
        "/admin/scopes/tides.read/edit".to_owned(),
        "/admin/scopes/free/delete".to_owned(),
        "/account/apps".to_owned(),
        "/account/sessions".to_owned(),
        "/account/security/app".to_owned(),
        "/account/security/recovery-codes".to_owned(),
        "/account/security/password".to_owned(),
        remove_app,
        confirm,
        undo,
        "/account/profile".to_owned(),
        "/account/email".to_owned(),
        "/account/data".to_owned(),
        "/account/delete".to_owned(),
        "/account/providers".to_owned(),
        "/account/api-keys/new".to_owned(),
        own_key.clone(),
        format!("{own_key}/edit"),
        format!("{own_key}/rotate"),
        format!("{own_key}/delete"),
    ] {
        let page = browser.open(&path).await;
        assert_eq!(page.answer.status, 200, "{path}");
        let own = page.form("form[method=post]", &[]).1.into_iter().find(|(name, _)| name == "csrf").unwrap();
        let before = app.everything().await;
        for shot in shots(&page) {
            let cookies = ["claviger-session", "claviger-csrf"]
                .map(|name| format!("{name}={}", browser.cookie(name).unwrap_or_default()))
                .join("; ");
            for (token, headers) in [
                (None, vec![]),
                (Some(&foreign), vec![]),
                (Some(&own), vec![("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")]),
            ] {
                let mut fields: Vec<_> =
                    shot.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                fields.extend(token.map(|(name, value)| (name.as_str(), value.as_str())));
                let all = [vec![("cookie", cookies.as_str()), ("accept", "text/html")], headers].concat();
                let answer = app.post_with(&shot.action, &fields, &all).await;
                assert_eq!(answer.status, 403, "{} {:?}: {}", shot.action, shot.fields, answer.body);
                fired += 1;
            }
        }
        assert_eq!(app.everything().await, before, "{path}");
    }
    assert!(fired > 30, "only {fired}");
}
