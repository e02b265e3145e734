//! Script injection, stored and reflected: whatever strangers, apps, people and the configuration can write is text wherever
//! it is shown.

use std::collections::{BTreeSet, VecDeque};

use claviger::domain::admission::{approvals, requests};
use claviger::domain::events::Origin;
use claviger::domain::groups::{self, GroupWords};
use claviger::domain::people::change::{Change, update_if};
use claviger::ids::{ClientId, GroupId};
use claviger::protocol::attributes::Attributes;
use claviger::protocol::scope::Scope;
use claviger::store::Holder;

use serde_json::json;

use super::scene::*;
use crate::support::{Browser, Page, REDIRECT_URI, TestApp, form_encode};

/// Leaves text, an attribute in either quotes, and a tag.
const MARK: &str = "\"'></textarea></title><script>alert(1)</script><img src=x onerror=alert(1)>";

/// The same for a name that may not be long.
const SHORT: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>";

/// Every parameter that a page reads.
const PARAMETERS: &[&str] = &[
    "q",
    "after",
    "done",
    "kind",
    "outcome",
    "client",
    "person",
    "request",
    "from",
    "until",
    "redirect_uri",
    "error",
    "error_description",
    "state",
    "code",
    "continue",
    "link",
    "ui_locales",
    "another",
    "client_id",
    "scope",
];

#[track_caller]
fn is_text(page: &Page, what: &str) {
    for made in ["script:not([src])", "img[src=x]", "[onerror]", "main script"] {
        assert!(!page.has(made), "{what}: {made} in {}", page.answer.body);
    }
    assert!(!page.answer.header("content-security-policy").contains("unsafe"), "{what}");
}

/// An app, people, a group and a record in which everything that is text is hostile.
async fn hostile_world() -> TestApp {
    let text = serde_json::to_string(MARK).unwrap();
    let app = TestApp::start_with(&format!(
        "[[scopes]]\nname = \"boats.read\"\ntext = {text}\n\
         [[scopes]]\nname = \"boats.move\"\ntext = {text}\nneeds_approval = true\n"
    ))
    .await;
    app.client(json!({
        "client_id": "app", "client_name": MARK, "contacts": [MARK], "software_id": MARK, "software_version": MARK,
        "default_acr_values": [MARK], "redirect_uris": [REDIRECT_URI], "scope": "openid profile boats.read boats.move",
    }))
    .await;
    let (root, ada, origin) = (app.admin("root").await, app.person("ada").await, Origin::default());
    let claims = json!({
        "name": MARK, "given_name": MARK, "family_name": MARK, "middle_name": MARK, "nickname": MARK,
        "preferred_username": MARK, "profile": MARK, "picture": MARK, "website": MARK, "gender": MARK, "birthdate": MARK,
        "zoneinfo": MARK, "locale": MARK, "phone_number": MARK,
        "address": { "formatted": MARK, "street_address": MARK, "locality": MARK, "region": MARK, "postal_code": MARK,
            "country": MARK },
    });
    for person in [root, ada] {
        let claims = Some(serde_json::from_value(claims.clone()).unwrap());
        let attributes = Attributes::parse(&json!({ "mark": MARK, "marks": [MARK] })).unwrap();
        let change = Change { claims, attributes: Some(attributes), ..Change::default() };
        update_if(&act(&app, &origin), person, change, |_| true).await.unwrap();
    }
    let group = GroupId(app.cx.entropy.uuid());
    groups::add(&act(&app, &origin), group, GroupWords::parse(SHORT, MARK).unwrap(), |_| None).await.unwrap();
    groups::join(&act(&app, &origin), group, ada).await.unwrap();
    let (client, scope) = (ClientId("app".to_owned()), Scope::parse("boats.move").unwrap());
    requests::ask(&act(&app, &origin), ada, &client, &scope, MARK).await.unwrap();
    approvals::approve(&act(&app, &origin), &client, &scope, Holder::Group(group)).await.unwrap();
    let agent = [("user-agent", MARK), ("accept", "text/html")];
    app.get_with(&path(&[("redirect_uri", MARK)]), &agent).await;
    app.get_with(&path(&[("client_id", MARK)]), &agent).await;
    app.post_with("/oauth2/token", &[("grant_type", "client_credentials"), ("client_id", MARK)], &agent).await;
    let visitor = app.browser();
    let page = visitor.open("/login").await;
    let page = visitor.submit(&page, "form#login", &[("username", MARK), ("password", MARK)]).await;
    is_text(&page, "a sign-in that failed");
    app
}

/// Follows every link of the console and of a person's own pages; answers with the paths.
async fn crawl(browser: &Browser) -> BTreeSet<String> {
    let (mut seen, mut paths, mut shows) = (BTreeSet::new(), BTreeSet::new(), 0);
    let mut waiting = VecDeque::from(["/admin".to_owned(), "/account".to_owned(), "/account/apps".to_owned()]);
    while let Some(link) = waiting.pop_front() {
        if seen.len() >= 200 || !seen.insert(link.clone()) {
            continue;
        }
        let page = browser.open(&link).await;
        assert!(page.answer.status < 500, "{link}: {}", page.answer.status);
        if !page.answer.header("content-type").starts_with("text/html") {
            continue;
        }
        is_text(&page, &link);
        shows += usize::from(page.text("main").contains("<script>alert(1)</script>"));
        paths.insert(link.split(['?', '#']).next().unwrap_or_default().to_owned());
        let links = page.links("a[href^='/admin'], a[href^='/account']");
        waiting.extend(links.into_iter().map(|link| link.split('#').next().unwrap_or_default().to_owned()));
    }
    assert!(shows > 12, "only {shows} pages of {} showed it", paths.len());
    paths
}

#[actix_web::test]
async fn writes_a_script_into_every_field_and_looks_at_every_page() {
    let app = hostile_world().await;
    let browser = signed_in(&app, "root").await;
    let paths = crawl(&browser).await;
    assert!(paths.len() > 20, "{paths:?}");
    let hers = app.browser();
    let asked = path(&[("scope", "openid profile boats.read boats.move")]);
    let page = hers.open(&asked).await;
    is_text(&page, "the sign-in for the app");
    let page = hers.submit(&page, "form#login", &[("username", "ada"), ("password", crate::support::PASSWORD)]).await;
    assert!(page.text("main").contains("<script>alert(1)</script>"), "{}", page.answer.body);
    is_text(&page, "what the app asks for");
}

#[actix_web::test]
async fn sends_a_script_in_every_parameter_of_every_page() {
    let app = hostile_world().await;
    let browser = signed_in(&app, "root").await;
    let mut paths = crawl(&browser).await;
    paths.extend(
        ["/login", "/logout", "/approval", "/consent", "/invitation", "/set-up", "/admin/try", "/oauth2/authorize"]
            .map(str::to_owned),
    );
    paths.extend(["/oauth2/end_session", "/nowhere"].map(str::to_owned));
    for path in paths {
        for parameter in PARAMETERS {
            let link = format!("{path}?{}", form_encode(&[(parameter, MARK)]));
            let page = browser.open(&link).await;
            assert!(page.answer.status < 500, "{link}: {}", page.answer.status);
            is_text(&page, &link);
        }
    }
}
