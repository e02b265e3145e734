//! Resources and scopes in the console, from the first one to the last.

use claviger::domain::catalogue::resource_id;
use claviger::store::Role;
use serde_json::{Value, json};

use super::roles::{give_client_to, in_role};
use super::*;
use crate::support::{Answer, TestClient, claims, form_encode};

const BOATS: &str = "https://boats.example";

fn page_of(identifier: &str) -> String {
    format!("/admin/resources/{}", resource_id(identifier))
}

/// Registers the scope `boats.read` and the resource [`BOATS`] that knows it; answers with the page of the resource.
async fn register(browser: &Browser) -> Page {
    let form = browser.open("/admin/scopes/new").await;
    let fields = [("name", "boats.read"), ("text", "See your boats")];
    let scopes = browser.submit(&form, "form#new-scope", &fields).await;
    assert!(scopes.text("[role=status]").contains("Saved") && scopes.text("main").contains("See your boats"));
    let form = browser.open("/admin/resources/new").await;
    let fields = [("identifier", BOATS), ("name", "Boats"), ("scope", "boats.read")];
    let page = browser.submit(&form, "form#new-resource", &fields).await;
    assert_eq!((page.answer.status, page.url.path()), (200, page_of(BOATS).as_str()), "{}", page.answer.body);
    page
}

async fn sailor(app: &TestApp) -> TestClient {
    app.client(json!({
        "client_id": "sailor", "client_name": "Sailor", "grant_types": ["client_credentials"], "response_types": [],
        "scope": "boats.read",
    }))
    .await
}

async fn ask(app: &TestApp, client: &TestClient) -> Answer {
    app.token(client, &[("grant_type", "client_credentials"), ("resource", BOATS)]).await
}

/// The credentials that a page shows.
fn shown(page: &Page) -> TestClient {
    let both = page.text(".once code");
    let (id, secret) = both.split_once(' ').unwrap();
    TestClient { id: id.to_owned(), secret: secret.to_owned() }
}

async fn introspect(app: &TestApp, server: &TestClient, token: &str) -> Value {
    let body = form_encode(&[("token", token)]);
    app.post_raw("/oauth2/introspect", body, &[("authorization", &server.basic())]).await.ok()
}

/// RFC 8707 §2, RFC 7662 §2.1: registered, opened to a client, given credentials, closed and deleted, all while the server
/// runs.
#[actix_web::test]
async fn registers_a_resource_and_looks_after_it_to_its_end() {
    let app = TestApp::start_with("# Without any [[scopes]] of its own.\n").await;
    let browser = at_work(&app).await;
    let empty = browser.open("/admin/resources").await;
    assert!(empty.text(".first").contains("stands for an API of yours"));
    assert_eq!(empty.links(".first a"), ["/admin/resources/new"]);
    assert!(browser.open("/admin/scopes").await.text(".first").contains("No scope of yours"));
    let page = register(&browser).await;
    assert!(page.text("main").contains("nobody gets a token for it yet"));

    let sailor = sailor(&app).await;
    ask(&app, &sailor).await.refuses(400, "invalid_target");
    let page = press(&browser, &page, "allow", &[("client", " sailor ")]).await;
    assert!(page.text("[role=status]").contains("may ask for tokens"));
    let token = ask(&app, &sailor).await.ok();
    assert_eq!(
        (&token["scope"], &claims(token["access_token"].as_str().unwrap())["aud"]),
        (&json!("boats.read"), &json!(BOATS))
    );
    let list = browser.open("/admin/resources").await;
    assert!(list.text("tbody").contains("registered") && !list.has(".first"), "{}", list.text("tbody"));

    let made = press(&browser, &page, "credentials", &[]).await;
    let server = shown(&made);
    let told = introspect(&app, &server, token["access_token"].as_str().unwrap()).await;
    assert_eq!(told["active"], json!(true));
    let again = press(&browser, &page, "credentials", &[]).await;
    assert_eq!((again.answer.status, again.has(".once")), (422, false), "a form that is sent twice makes one");
    assert!(!again.answer.body.contains(&server.secret) && again.text("#servers ~ table").contains(&server.id));
    assert_eq!(app.events("client_added").await.len(), 1);

    let page = browser.open(&page_of(BOATS)).await;
    let page = press(&browser, &page, "take-away", &[]).await;
    assert!(page.text("[role=status]").contains("no more tokens"));
    ask(&app, &sailor).await.refuses(400, "invalid_target");
    press(&browser, &page, "allow", &[("client", "sailor")]).await;

    let sure = browser.open(&format!("{}/delete", page_of(BOATS))).await;
    let stops = sure.text("main");
    assert!(stops.contains("1 client that asks") && stops.contains("1 server of it"), "{stops}");
    let gone = browser.submit(&sure, "form#delete", &[]).await;
    assert!(gone.text("[role=status]").contains("no token is issued for it"));
    ask(&app, &sailor).await.refuses(400, "invalid_target");
    assert_eq!(browser.open(&page_of(BOATS)).await.answer.status, 404);
    assert_eq!(introspect(&app, &server, token["access_token"].as_str().unwrap()).await["active"], json!(false));
    let told = &app.events("resource_deleted").await[0];
    assert!(told.actor.starts_with("person:") && told.details["resource"] == BOATS, "{told:?}");
}

#[actix_web::test]
async fn says_beside_each_field_what_is_wrong() {
    let app = TestApp::start().await;
    let browser = at_work(&app).await;
    let form = browser.open("/admin/resources/new").await;
    let fields = [("identifier", "boats"), ("access_token_lifetime", "soon")];
    let page = browser.submit(&form, "form#new-resource", &fields).await;
    assert_eq!(page.answer.status, 422);
    assert!(page.has("#identifier[aria-invalid=true][autofocus][value=boats]"));
    assert!(page.has("#access_token_lifetime[aria-invalid=true][value=soon]"));
    assert!(page.text("#lifetime_hint .fault").contains("Choose 1 to"));
    let form = browser.open("/admin/scopes/new").await;
    let page = browser.submit(&form, "form#new-scope", &[("name", "clients:read"), ("text", " ")]).await;
    assert_eq!(page.answer.status, 422);
    assert!(page.text("#name_hint .fault").contains("choose another") && page.has("#text[aria-invalid=true]"));

    let page = register(&browser).await;
    let refused = press(&browser, &page, "allow", &[("client", "nobody")]).await;
    assert_eq!(refused.answer.status, 422);
    assert_eq!(refused.text("#client_problem"), "There is no client of this id.");
    assert!(refused.has("#client[value=nobody][aria-describedby=client_problem]"));
}

/// Two admins with the same form before them: the second is told, and nothing of the first is lost.
#[actix_web::test]
async fn changes_only_what_is_as_it_was_seen() {
    let app = TestApp::start().await;
    let browser = at_work(&app).await;
    register(&browser).await;
    let form = browser.open(&format!("{}/edit", page_of(BOATS))).await;
    assert!(form.has("[name=scope][value='boats.read'][checked]"));
    let fields = [("name", "Ships"), ("access_token_format", "opaque"), ("access_token_lifetime", "60")];
    let page = browser.submit(&form, "form#edit-resource", &fields).await;
    assert_eq!(page.text("h1"), "Ships");
    assert!(
        page.text(".members").contains("opaque") && page.text(".members").contains("1m"),
        "{}",
        page.text(".members")
    );
    assert!(page.text(".members").contains("boats.read"), "what was ticked stays");
    let late = browser.submit(&form, "form#edit-resource", &[("name", "Rafts")]).await;
    assert!(late.text("[role=status]").contains("somebody else changed it") && late.text("h1") == "Ships");
    let form = browser.open("/admin/scopes/boats.read/edit").await;
    let page = browser.submit(&form, "form#edit-scope", &[("text", "See ships"), ("needs_approval", "yes")]).await;
    assert!(page.text("main").contains("See ships") && page.text("tbody").contains("needs approval"));
    let late = browser.submit(&form, "form#edit-scope", &[("text", "See rafts")]).await;
    assert!(late.text("[role=status]").contains("somebody else changed it"));
    assert_eq!((app.events("resource_updated").await.len(), app.events("scope_updated").await.len()), (1, 1));
}

#[actix_web::test]
async fn deletes_a_scope_once_no_resource_names_it() {
    let app = TestApp::start().await;
    let browser = at_work(&app).await;
    register(&browser).await;
    sailor(&app).await;
    let held = browser.open("/admin/scopes/boats.read/delete").await;
    assert!(held.text("#problem").contains("Boats") && !held.has("form#delete"));
    let form = browser.open(&format!("{}/edit", page_of(BOATS))).await;
    let (action, mut fields) = form.form("form#edit-resource", &[]);
    fields.retain(|(name, _)| name != "scope");
    assert_eq!(browser.post(&action, &fields).await.answer.status, 200);
    let sure = browser.open("/admin/scopes/boats.read/delete").await;
    assert!(sure.text("main").contains("1 client is registered for it"), "{}", sure.text("main"));
    let gone = browser.submit(&sure, "form#delete", &[]).await;
    assert!(gone.text("[role=status]").contains("nobody gets it any more"));
    assert_eq!(browser.open("/admin/scopes/boats.read/edit").await.answer.status, 404);
}

/// RFC 6749 §3.3: a scope may have nearly any character in its name; its pages are found all the same.
#[actix_web::test]
async fn finds_a_scope_by_whatever_name_it_has() {
    let app = TestApp::start().await;
    let browser = at_work(&app).await;
    for name in ["https://boats.example/auth/read", "a+b%2Fc?d#e", "100%", "new"] {
        let form = browser.open("/admin/scopes/new").await;
        let page = browser.submit(&form, "form#new-scope", &[("name", name), ("text", "Words")]).await;
        assert_eq!(page.answer.status, 200, "{name}: {}", page.answer.body);
        let link = page.links("tbody a[href$='/edit']").pop().unwrap();
        let form = browser.open(&link).await;
        assert_eq!(form.text("h1 code"), name);
        let page = browser.submit(&form, "form#edit-scope", &[("text", "Others")]).await;
        assert_eq!(page.answer.status, 200, "{name}");
        let sure = browser.open(&link.replace("/edit", "/delete")).await;
        assert_eq!(browser.submit(&sure, "form#delete", &[]).await.answer.status, 200, "{name}");
    }
    assert_eq!(app.events("scope_deleted").await.len(), 4);
}

#[actix_web::test]
async fn shows_what_the_settings_declare_and_changes_nothing_of_it() {
    let toml = format!("[[scopes]]\nname = \"tides\"\ntext = \"See tides\"\n[[resources]]\nidentifier = \"{BOATS}\"\n");
    let app = TestApp::start_with(&toml).await;
    let browser = at_work(&app).await;
    let page = browser.open(&page_of(BOATS)).await;
    assert!(page.text("main").contains("from the settings") && page.text("main").contains("[[resources]]"));
    assert!(page.has("button[value=credentials]"), "its server needs credentials as well");
    let built_in = browser.open(&page_of(&app.issuer)).await;
    assert!(built_in.text("main").contains("part of this server") && !built_in.has("button[value=credentials]"));
    for path in
        [page_of(BOATS), page_of(&app.issuer), "/admin/scopes/tides".to_owned(), "/admin/scopes/openid".to_owned()]
    {
        for what in ["edit", "delete"] {
            assert_eq!(browser.open(&format!("{path}/{what}")).await.answer.status, 404, "{path} {what}");
            let (_, proof) = page.form("form.leave", &[]);
            let fields: Vec<_> = proof.into_iter().filter(|(name, _)| name == "csrf").collect();
            assert_eq!(browser.post(&format!("{path}/{what}"), &fields).await.answer.status, 404, "{path} {what}");
        }
    }
    let (_, mut form) = page.form("form.leave", &[("action", "credentials")]);
    form.retain(|(name, _)| name != "decision");
    assert_eq!(browser.post(&page_of(&app.issuer), &form).await.answer.status, 400);
    let lists = [browser.open("/admin/resources").await, browser.open("/admin/scopes").await];
    assert!(lists.iter().all(|page| page.text("tbody").contains("from the settings")));
}

/// The server of a resource is a client like others: it is shown, changed and given another secret on its own page.
#[actix_web::test]
async fn looks_after_a_server_on_its_own_page() {
    let app = TestApp::start().await;
    let browser = at_work(&app).await;
    let page = register(&browser).await;
    let made = press(&browser, &page, "credentials", &[]).await;
    let own = made.links("#servers ~ table a")[0].clone();
    let form = browser.open(&format!("{own}/edit")).await;
    let page = browser.submit(&form, "form#edit-client", &[("client_name", "Boats, first server")]).await;
    assert_eq!((page.answer.status, page.text("h1").as_str()), (200, "Boats, first server"), "{}", page.answer.body);
    let rotated = press(&browser, &page, "rotate", &[("overlap", "0")]).await;
    let server = TestClient { secret: rotated.text(".once code"), ..shown(&made) };
    assert_eq!(introspect(&app, &server, "unknown").await, json!({ "active": false }));
    assert_eq!(browser.open(&format!("{own}/try")).await.answer.status, 200);
    assert_eq!(browser.open(&format!("{own}/snippets")).await.answer.status, 200);
}

/// A client manager lets their own clients ask, sees no others and counts none, and makes no credentials.
#[actix_web::test]
async fn opens_a_resource_for_a_client_manager_to_their_own_clients_alone() {
    let app = TestApp::start().await;
    app.scope("boats.read").await;
    app.resource(BOATS, "boats.read").await;
    let sailor = sailor(&app).await;
    let pilot = json!({ "client_id": "pilot", "redirect_uris": ["https://pilot.example/cb"], "resources": [BOATS] });
    app.client(pilot).await;
    let (browser, mia) = in_role(&app, "mia", Role::ClientManager).await;
    give_client_to(&app, "sailor", mia).await;
    let page = browser.open(&page_of(BOATS)).await;
    assert!(page.text("main").contains("None of yours") && !page.text("main").contains("pilot"));
    assert!(!page.has("button[value=credentials]"));
    let refused = press(&browser, &page, "allow", &[("client", "pilot")]).await;
    assert_eq!(refused.text("#client_problem"), "There is no client of this id.");
    let page = press(&browser, &page, "allow", &[("client", "sailor")]).await;
    assert!(page.text("[role=status]").contains("may ask for tokens"));
    ask(&app, &sailor).await.ok();
    let row = format!("tr:has(a[href='{}']) td:last-child", page_of(BOATS));
    assert_eq!(browser.open("/admin/resources").await.text(&row), "1");
}

/// What another server on the same database registered is shown at once.
#[actix_web::test]
async fn shows_what_another_server_registered() {
    let app = TestApp::start().await;
    let other = app.second_server().await;
    let browser = at_work(&app).await;
    let elsewhere = other.browser();
    let page = elsewhere.open("/admin").await;
    sign_in(&elsewhere, &page, "root").await;
    register(&browser).await;
    assert!(elsewhere.open("/admin/resources").await.text("tbody").contains(BOATS));
    assert!(elsewhere.open("/admin/scopes").await.text("tbody").contains("boats.read"));
}
