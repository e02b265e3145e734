//! Apps that want what an admin has to approve, and apps that are not open to everybody.

use claviger::domain::admission::{access, approvals};
use claviger::domain::groups::{self, GroupAdded, GroupWords};
use claviger::domain::people::Act;
use claviger::ids::{ClientId, GroupId, PersonId};
use claviger::protocol::scope::Scope;
use claviger::store::{Access, Holder, RequestState};

use super::*;

/// `boats.move` can be refused alone; `boats.sell` cannot. Both need approval.
const SCOPES: &str = "
    [[scopes]]
    name = \"boats.move\"
    text = \"Move your boats\"
    needs_approval = true
    [[scopes]]
    name = \"boats.sell\"
    text = \"Sell your boats\"
    optional = false
    needs_approval = true
";

async fn harbour() -> (TestApp, TestClient, PersonId) {
    let app = TestApp::start_with(SCOPES).await;
    let scope = "openid profile offline_access boats.move boats.sell";
    let client = client_with(&app, json!({ "client_name": "Example App", "scope": scope })).await;
    let ada = app.person("ada").await;
    (app, client, ada)
}

/// Ada's browser, at the page that follows her sign-in when the app asks for `scope`.
async fn arrived(app: &TestApp, scope: &str) -> (Browser, Page) {
    let browser = app.browser();
    let page = browser.open(&path(&[("scope", scope)])).await;
    let page = sign_in(&browser, &page, "ada").await;
    (browser, page)
}

async fn approve(app: &TestApp, client: &TestClient, scope: &str, holder: Holder) {
    let (actor, origin) = TestApp::operator();
    let act = Act { store: &app.cx.store, entropy: &*app.cx.entropy, now: app.cx.now(), actor, origin: &origin };
    let scope = Scope::parse(scope).unwrap();
    approvals::approve(&act, &ClientId(client.id.clone()), &scope, holder).await.unwrap();
}

async fn open_to(app: &TestApp, client: &TestClient, to: Access, groups: Vec<GroupId>) {
    let (actor, origin) = TestApp::operator();
    let act = Act { store: &app.cx.store, entropy: &*app.cx.entropy, now: app.cx.now(), actor, origin: &origin };
    let id = ClientId(client.id.clone());
    assert_eq!(access::set(&act, &id, to, groups, None).await.unwrap(), access::AccessChange::Done);
    app.cx.clients.forget(&id);
}

async fn crew(app: &TestApp) -> GroupId {
    let (actor, origin) = TestApp::operator();
    let act = Act { store: &app.cx.store, entropy: &*app.cx.entropy, now: app.cx.now(), actor, origin: &origin };
    let id = GroupId(app.cx.entropy.uuid());
    let made = groups::add(&act, id, GroupWords::parse("Crew", "").unwrap(), |_| None).await.unwrap();
    assert!(matches!(made, GroupAdded::Done(_)));
    id
}

async fn member(app: &TestApp, group: GroupId, person: PersonId, is_in: bool) {
    let (actor, origin) = TestApp::operator();
    let act = Act { store: &app.cx.store, entropy: &*app.cx.entropy, now: app.cx.now(), actor, origin: &origin };
    let changed =
        if is_in { groups::join(&act, group, person).await } else { groups::leave(&act, group, person).await };
    assert!(changed.unwrap());
}

async fn state(app: &TestApp, person: PersonId) -> Option<RequestState> {
    let id = ClientId("app".to_owned());
    app.cx.store.approval_request(person, &id).await.unwrap().map(|request| request.state)
}

/// Presses a button of the approval page.
async fn say(browser: &Browser, page: &Page, decision: &str, reason: &str) -> Page {
    browser.submit(page, "form#approval", &[("decision", decision), ("reason", reason)]).await
}

#[actix_web::test]
async fn who_meets_it_asks_and_finds_the_answer_on_the_next_visit() {
    let (app, client, ada) = harbour().await;
    let (browser, page) = arrived(&app, "openid boats.sell").await;
    assert_eq!(page.url.path(), "/approval", "{}", page.answer.body);
    assert!(page.text("main").contains("Sell your boats") && !page.has("button[value=without]"));
    let missing = say(&browser, &page, "ask", "  ").await;
    assert_eq!(missing.answer.status, 422, "the admins need to know why");
    assert!(missing.has("[role=alert]"));
    let page = say(&browser, &missing, "ask", "I run\r\nthe harbour.").await;
    assert_eq!((page.url.path(), page.text("h1").as_str()), ("/approval", "Waiting for an administrator"));
    assert!(!page.has("textarea"));
    assert_eq!(state(&app, ada).await, Some(RequestState::Waiting));
    let asked = app.cx.store.approval_request(ada, &ClientId(client.id.clone())).await.unwrap().unwrap();
    assert_eq!(asked.reason, "I run\nthe harbour.");
    assert_eq!(app.events("approval_requested").await[0].details["scope"], "boats.sell");
    let apps = browser.open("/account/apps").await;
    assert!(apps.text("main").contains("waiting") && apps.text("main").contains("Sell your boats"));
    // Back to the app, which is told.
    let back = say(&browser, &page, "back", "").await;
    assert_eq!(error(&app, &back.answer), "access_denied");
    approve(&app, &client, "boats.sell", Holder::Person(ada)).await;
    assert_eq!(state(&app, ada).await, Some(RequestState::Approved), "whoever waited for it waits no more");
    let page = browser.open(&path(&[("scope", "openid boats.sell")])).await;
    assert_eq!(page.url.path(), "/consent", "the admin lets the app ask; Ada decides");
    let answer = app.redeem(&client, &code(&app, &allow(&browser, &page).await)).await;
    assert_eq!(answer.ok()["scope"], "openid boats.sell");
}

/// RFC 6749 §3.3: the server may issue less than was asked for, and says so.
#[actix_web::test]
async fn goes_on_without_what_can_be_refused_and_is_not_stopped_again() {
    let (app, client, ada) = harbour().await;
    let (browser, page) = arrived(&app, "openid boats.move").await;
    assert_eq!(page.url.path(), "/approval");
    let page = say(&browser, &page, "without", "").await;
    assert_eq!(page.url.path(), "/consent");
    assert!(!page.text("main").contains("Move your boats"), "what is withheld is not asked for");
    let answer = app.redeem(&client, &code(&app, &allow(&browser, &page).await)).await;
    assert_eq!(answer.ok()["scope"], "openid");
    let again = browser.open(&path(&[("scope", "openid boats.move")])).await;
    code(&app, &again);
    assert_eq!(state(&app, ada).await, Some(RequestState::Passed));
    // Approved, it is something new to be asked for: Ada never said no to it.
    approve(&app, &client, "boats.move", Holder::Everyone).await;
    let page = browser.open(&path(&[("scope", "openid boats.move")])).await;
    assert_eq!(page.url.path(), "/consent");
    assert!(page.text("main").contains("Move your boats"));
}

#[actix_web::test]
async fn what_was_asked_for_goes_on_waiting_while_they_go_on_without() {
    let (app, _, ada) = harbour().await;
    let (browser, page) = arrived(&app, "openid boats.move").await;
    let page = say(&browser, &page, "ask", "I run the harbour.").await;
    assert_eq!(page.text("h1"), "Waiting for an administrator", "they are told that it was sent");
    let page = say(&browser, &page, "without", "").await;
    assert_eq!(page.url.path(), "/consent");
    assert_eq!(state(&app, ada).await, Some(RequestState::Waiting));
}

/// OIDC Core §3.1.2.6: where no page may be shown, an app that can do without gets the rest, one that cannot an error.
#[actix_web::test]
async fn answers_an_app_that_allows_no_page() {
    let (app, _, _) = harbour().await;
    let (browser, page) = arrived(&app, "openid").await;
    code(&app, &allow(&browser, &page).await);
    let silent = |scope| path(&[("scope", scope), ("prompt", "none")]);
    code(&app, &browser.open(&silent("openid boats.move")).await);
    assert_eq!(error(&app, &browser.open(&silent("openid boats.sell")).await.answer), "interaction_required");
}

#[actix_web::test]
async fn a_refusal_is_told_and_can_be_asked_again() {
    let (app, _, ada) = harbour().await;
    let (browser, page) = arrived(&app, "openid boats.sell").await;
    say(&browser, &page, "ask", "Please.").await;
    let request = app.cx.store.approval_request(ada, &ClientId("app".to_owned())).await.unwrap().unwrap();
    let (actor, origin) = TestApp::operator();
    let act = Act { store: &app.cx.store, entropy: &*app.cx.entropy, now: app.cx.now(), actor, origin: &origin };
    let said = Some("<b>Ask</b> the office.".to_owned());
    let decided = approvals::decide(&act, &request, approvals::Verdict::Refuse, said).await.unwrap();
    assert_eq!(decided, approvals::Decided::Done);
    let page = browser.open(&path(&[("scope", "openid boats.sell")])).await;
    assert_eq!(page.text("h1"), "An administrator said no");
    assert_eq!(page.text("blockquote"), "<b>Ask</b> the office.", "as text");
    say(&browser, &page, "ask", "The office says yes.").await;
    assert_eq!(state(&app, ada).await, Some(RequestState::Waiting));
    // The admin who still looks at the first request decides nothing about the second.
    let late = approvals::decide(&act, &request, approvals::Verdict::Approve(Holder::Everyone), None).await.unwrap();
    assert_eq!(late, approvals::Decided::Gone);
    assert!(app.cx.store.approved_scope(&request.client_id, Some(ada)).await.unwrap().is_empty());
}

#[actix_web::test]
async fn an_approval_holds_for_whom_it_is() {
    let (app, client, ada) = harbour().await;
    app.person("ben").await;
    let crew = crew(&app).await;
    approve(&app, &client, "boats.sell", Holder::Group(crew)).await;
    let (browser, page) = arrived(&app, "openid boats.sell").await;
    assert_eq!(page.url.path(), "/approval", "Ada is not in the group");
    member(&app, crew, ada, true).await;
    let page = browser.open(page.url.as_str()).await;
    assert_eq!(page.url.path(), "/consent", "the open page goes on by itself");
    member(&app, crew, ada, false).await;
    let page = browser.submit(&page, "form#consent", &[("decision", "allow")]).await;
    assert_eq!(page.url.path(), "/approval", "an answer to a page that had grown old gives nothing");
}

#[actix_web::test]
async fn nothing_new_comes_of_an_approval_that_was_taken_back() {
    let (app, client, ada) = harbour().await;
    approve(&app, &client, "boats.move", Holder::Everyone).await;
    let allowed = || crate::support::Allowed { scope: "openid offline_access boats.move", ..Default::default() };
    let tokens = app.tokens(&client, ada, allowed()).await;
    assert_eq!(tokens["scope"], "openid offline_access boats.move");
    let code = app.code(&client, ada, allowed()).await;
    let id = ClientId(client.id.clone());
    let approval = app.cx.store.approvals_of_client(&id, None, 10).await.unwrap().pop().unwrap();
    let (actor, origin) = TestApp::operator();
    let act = Act { store: &app.cx.store, entropy: &*app.cx.entropy, now: app.cx.now(), actor, origin: &origin };
    assert!(approvals::withdraw(&act, &id, approval.id).await.unwrap());
    assert!(!approvals::withdraw(&act, &id, approval.id).await.unwrap(), "once");
    assert_eq!(app.redeem(&client, &code).await.ok()["scope"], "openid offline_access");
    let refreshed = app.refresh(&client, tokens["refresh_token"].as_str().unwrap()).await.ok();
    assert_eq!(refreshed["scope"], "openid offline_access");
    // Given back, the chain, which never narrowed, carries it again.
    approve(&app, &client, "boats.move", Holder::Everyone).await;
    let refreshed = app.refresh(&client, refreshed["refresh_token"].as_str().unwrap()).await.ok();
    assert_eq!(refreshed["scope"], "openid offline_access boats.move");
}

/// RFC 6749 §4.1.2.1: the app gets `access_denied`, after the person was told why.
#[actix_web::test]
async fn an_app_that_is_limited_to_groups_admits_nobody_else() {
    let (app, client, ada) = harbour().await;
    let crew = crew(&app).await;
    let allowed = || crate::support::Allowed { scope: "openid offline_access", ..Default::default() };
    let before = app.tokens(&client, ada, allowed()).await;
    let code_before = app.code(&client, ada, allowed()).await;
    open_to(&app, &client, Access::Groups, vec![crew]).await;
    let (browser, page) = arrived(&app, "openid").await;
    assert_eq!(
        (page.url.path(), page.text("h1").as_str()),
        ("/approval", "You can’t use Example App with this account")
    );
    assert!(!page.has("button[value=ask]") && !page.has("button[value=without]"));
    let forced = browser.submit(&page, "form#approval", &[("decision", "without")]).await;
    assert_eq!(forced.url.path(), "/approval", "there is no going on");
    assert_eq!(error(&app, &say(&browser, &page, "back", "").await.answer), "access_denied");
    let silent = browser.open(&path(&[("scope", "openid"), ("prompt", "none")])).await;
    assert_eq!(error(&app, &silent.answer), "access_denied");
    app.redeem(&client, &code_before).await.refuses(400, "invalid_grant");
    let refresh_token = before["refresh_token"].as_str().unwrap();
    app.refresh(&client, refresh_token).await.refuses(400, "invalid_grant");
    member(&app, crew, ada, true).await;
    let page = browser.open(&path(&[("scope", "openid")])).await;
    code(&app, &page);
    app.refresh(&client, refresh_token).await.ok();
}

#[actix_web::test]
async fn a_blocked_app_has_nothing_of_anybody_at_once() {
    let (app, client, ada) = harbour().await;
    let allowed = crate::support::Allowed { scope: "openid offline_access", ..Default::default() };
    let tokens = app.tokens(&client, ada, allowed).await;
    let access_token = tokens["access_token"].as_str().unwrap();
    assert_eq!(app.userinfo(access_token).await.status, 200);
    open_to(&app, &client, Access::Nobody, Vec::new()).await;
    assert_eq!(app.userinfo(access_token).await.status, 401);
    app.refresh(&client, tokens["refresh_token"].as_str().unwrap()).await.refuses(400, "invalid_grant");
    open_to(&app, &client, Access::Everyone, Vec::new()).await;
    assert_eq!(app.userinfo(access_token).await.status, 200, "what was not withdrawn counts again");
}

#[actix_web::test]
async fn an_app_whose_last_group_is_deleted_admits_nobody() {
    let (app, client, ada) = harbour().await;
    let crew = crew(&app).await;
    member(&app, crew, ada, true).await;
    open_to(&app, &client, Access::Groups, vec![crew]).await;
    approve(&app, &client, "boats.move", Holder::Group(crew)).await;
    let (browser, page) = arrived(&app, "openid").await;
    code(&app, &allow(&browser, &page).await);
    let (actor, origin) = TestApp::operator();
    let act = Act { store: &app.cx.store, entropy: &*app.cx.entropy, now: app.cx.now(), actor, origin: &origin };
    let group = app.cx.store.group(crew).await.unwrap().unwrap();
    assert!(groups::delete(&act, &group).await.unwrap());
    assert_eq!(browser.open(&path(&[("scope", "openid")])).await.url.path(), "/approval");
    let left = app.cx.store.approvals_of_client(&ClientId(client.id.clone()), None, 10).await.unwrap();
    assert!(left.is_empty(), "what was approved for the group went with it");
    assert!(app.cx.store.person(ada).await.unwrap().is_some(), "the people stay");
}

/// RFC 6749 §4.4.2, RFC 6749 §3.3: a machine has what is approved for everyone, and is told what is not.
#[actix_web::test]
async fn a_machine_has_what_is_approved_for_everyone() {
    let (app, _, _) = harbour().await;
    let members = json!({ "client_id": "robot", "redirect_uris": [], "response_types": [],
        "grant_types": ["client_credentials"], "scope": "boats.move boats.sell" });
    let robot = client_with(&app, members).await;
    let asks = |scope: &'static str| [("grant_type", "client_credentials"), ("scope", scope)];
    let refused = app.token(&robot, &asks("boats.move")).await;
    refused.refuses(400, "invalid_scope");
    assert!(refused.json()["error_description"].as_str().unwrap().contains("approve"));
    approve(&app, &robot, "boats.move", Holder::Everyone).await;
    assert_eq!(app.token(&robot, &asks("boats.move")).await.ok()["scope"], "boats.move");
    app.token(&robot, &asks("boats.move boats.sell")).await.refuses(400, "invalid_scope");
}

#[actix_web::test]
async fn of_sixty_four_answers_to_one_request_one_counts() {
    let (app, _, ada) = harbour().await;
    let (browser, page) = arrived(&app, "openid boats.sell").await;
    say(&browser, &page, "ask", "Please.").await;
    let request = app.cx.store.approval_request(ada, &ClientId("app".to_owned())).await.unwrap().unwrap();
    let answers = (0..64).map(|number| {
        let (app, request) = (&app, &request);
        async move {
            let (actor, origin) = TestApp::operator();
            let (store, entropy) = (&app.cx.store, &*app.cx.entropy);
            let act = Act { store, entropy, now: app.cx.now(), actor, origin: &origin };
            let verdict = match number % 2 {
                0 => approvals::Verdict::Refuse,
                _ => approvals::Verdict::Approve(Holder::Everyone),
            };
            approvals::decide(&act, request, verdict, None).await.unwrap()
        }
    });
    let decided = futures_util::future::join_all(answers).await;
    assert_eq!(decided.iter().filter(|decided| **decided == approvals::Decided::Done).count(), 1);
    let events = app.events("approval_given").await.len() + app.events("approval_refused").await.len();
    assert_eq!(events, 1);
}
