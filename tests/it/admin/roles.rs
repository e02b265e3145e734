//! Every page and every deed of the console against every role.

use claviger::domain::admission::{approvals, requests};
use claviger::domain::api_keys::{self, KeyDraft};
use claviger::domain::groups::{self, GroupWords};
use claviger::domain::people::Act;
use claviger::ids::{ApiKeyId, ClientId, GroupId, PersonId};
use claviger::protocol::key_mode::KeyMode;
use claviger::protocol::scope::Scope;
use claviger::store::{Holder, KeyOwner, Role};

use super::*;
use crate::support::{Allowed, REDIRECT_URI, TestClient, person_with_phone};

const ALL: &[Role] = &Role::ALL;
const ADMINS: &[Role] = &[Role::Owner, Role::Admin];
const CLIENTS: &[Role] = &[Role::Owner, Role::Admin, Role::ClientManager];
const PEOPLE: &[Role] = &[Role::Owner, Role::Admin, Role::Support];
const READERS: &[Role] = &[Role::Owner, Role::Admin, Role::Support, Role::Auditor];
const KEYS: &[Role] = &[Role::Owner, Role::Admin, Role::Auditor];

/// The value of a button, and who may press it.
type Deed = (&'static str, &'static [Role]);

/// Each page, who may see it, and for each of its deeds who may do that. `{ada}` stands for a person without a role, `{group}` for their
/// group, `{mail}` for a mail to them, `{request}` for what they ask the admins for, `{key}` for an API key of the client, `{resource}` for a registered
/// resource that the client may ask for;
/// the client belongs to whoever looks.
const TABLE: &[(&str, &[Role], &[Deed])] = &[
    ("/admin", ALL, &[]),
    ("/admin/clients", ALL, &[]),
    ("/admin/new-client", CLIENTS, &[("", CLIENTS)]),
    (
        "/admin/clients/app",
        ALL,
        &[
            ("rotate", CLIENTS),
            ("disable", CLIENTS),
            ("enable", CLIENTS),
            ("delete", CLIENTS),
            ("manager", ADMINS),
            ("withdraw", PEOPLE),
            ("withdraw-all", PEOPLE),
        ],
    ),
    ("/admin/clients/app/edit", CLIENTS, &[("", CLIENTS)]),
    ("/admin/clients/app/snippets", ALL, &[]),
    ("/admin/clients/app/try", CLIENTS, &[("", CLIENTS)]),
    ("/admin/try", CLIENTS, &[]),
    ("/admin/clients/app/access", READERS, &[("access", ADMINS), ("approve", ADMINS), ("withdraw", ADMINS)]),
    ("/admin/approvals", READERS, &[]),
    ("/admin/approvals/{request}", READERS, &[("approve", ADMINS), ("refuse", ADMINS)]),
    ("/admin/groups", READERS, &[("", ADMINS)]),
    ("/admin/groups/{group}", READERS, &[("join", ADMINS), ("leave", ADMINS), ("change", ADMINS), ("delete", ADMINS)]),
    ("/admin/people", READERS, &[("", PEOPLE)]),
    ("/admin/new-person", PEOPLE, &[("", PEOPLE)]),
    ("/admin/people/import", PEOPLE, &[("", PEOPLE)]),
    (
        "/admin/people/{ada}",
        READERS,
        &[
            ("withdraw", PEOPLE),
            ("end-session", PEOPLE),
            ("end-sessions", PEOPLE),
            ("disable", PEOPLE),
            ("enable", PEOPLE),
            ("link", PEOPLE),
            ("reset-factors", PEOPLE),
            ("delete", PEOPLE),
            ("role", ADMINS),
            ("join", ADMINS),
            ("leave", ADMINS),
        ],
    ),
    ("/admin/people/{ada}/edit", PEOPLE, &[("", PEOPLE)]),
    ("/admin/api-keys", ALL, &[]),
    ("/admin/new-api-key?client=app", CLIENTS, &[("", CLIENTS)]),
    (
        "/admin/api-keys/{key}",
        ALL,
        &[("rotate", CLIENTS), ("disable", CLIENTS), ("enable", CLIENTS), ("delete", CLIENTS)],
    ),
    ("/admin/api-keys/{key}/edit", CLIENTS, &[("", CLIENTS)]),
    ("/admin/events", ALL, &[]),
    ("/admin/events.csv", ALL, &[]),
    ("/admin/events.jsonl", ALL, &[]),
    ("/admin/keys", KEYS, &[("rotate", ADMINS), ("retire", ADMINS)]),
    ("/admin/resources", ALL, &[]),
    ("/admin/resources/new", ADMINS, &[("", ADMINS)]),
    ("/admin/resources/{resource}", ALL, &[("credentials", ADMINS), ("allow", CLIENTS), ("take-away", CLIENTS)]),
    ("/admin/resources/{resource}/edit", ADMINS, &[("", ADMINS)]),
    ("/admin/resources/{resource}/delete", ADMINS, &[("", ADMINS)]),
    ("/admin/scopes", ALL, &[]),
    ("/admin/scopes/new", ADMINS, &[("", ADMINS)]),
    ("/admin/scopes/tides.read/edit", ADMINS, &[("", ADMINS)]),
    ("/admin/scopes/tides.read/delete", ADMINS, &[("", ADMINS)]),
    ("/admin/mailbox", READERS, &[]),
    ("/admin/mailbox/{mail}", ADMINS, &[]),
    ("/admin/settings", KEYS, &[]),
];

/// A browser in which somebody of this role is signed in, and who that is.
pub(super) async fn in_role(app: &TestApp, name: &str, role: Role) -> (Browser, PersonId) {
    let id = app.add_person(name, Some(role)).await;
    let browser = app.browser();
    let page = sign_in(&browser, &browser.open("/login?continue=/admin").await, name).await;
    assert_eq!((page.answer.status, page.url.path()), (200, "/admin"), "{}", page.answer.body);
    (browser, id)
}

/// What the table is about: an app that wants what needs approval, ada who asks for it, and the groups Crew, hers, and
/// Guests, for which it is approved.
struct World {
    client: TestClient,
    ada: String,
    group: String,
    request: String,
    key: String,
    resource: String,
    mail: String,
}

impl World {
    async fn of(app: &TestApp) -> Self {
        let web_app = app.web_app().await;
        let client = ClientId(web_app.id.clone());
        let ada = app.person("ada").await;
        let (actor, origin) = TestApp::operator();
        let (store, entropy) = (&app.cx.store, &*app.cx.entropy);
        let act = Act { store, entropy, now: app.cx.now(), actor, origin: &origin };
        let mut ids = Vec::new();
        for name in ["Crew", "Guests"] {
            let id = GroupId(app.cx.entropy.uuid());
            groups::add(&act, id, GroupWords::parse(name, "").unwrap(), |_| None).await.unwrap();
            ids.push(id);
        }
        groups::join(&act, ids[0], ada).await.unwrap();
        let scope = Scope::parse("boats.move").unwrap();
        approvals::approve(&act, &client, &scope, Holder::Group(ids[1])).await.unwrap();
        requests::ask(&act, ada, &client, &scope, "Please.").await.unwrap();
        let request = store.approval_request(ada, &client).await.unwrap().unwrap().id;
        let key = ApiKeyId(app.cx.entropy.uuid());
        let terms = KeyDraft { name: "Script", ..KeyDraft::default() };
        let terms = terms.check(&app.cx.catalogue(), None, app.cx.now()).unwrap();
        let named = (key, KeyOwner::Client(client), KeyMode::Live);
        api_keys::add(&act, &app.cx.hasher, named, terms, |_, _| None).await.unwrap();
        app.scope("tides.read").await;
        let resource = app.resource(TIDES, "tides.read").await.to_string();
        let [ada, group, request, key] = [ada.to_string(), ids[0].to_string(), request.to_string(), key.to_string()];
        app.recovery_link("ada").await;
        let mail = store.latest_mails(1).await.unwrap()[0].id.to_string();
        Self { client: web_app, ada, group, request, key, resource, mail }
    }

    fn path(&self, path: &str) -> String {
        let named = [
            ("{ada}", &self.ada),
            ("{group}", &self.group),
            ("{request}", &self.request),
            ("{key}", &self.key),
            ("{resource}", &self.resource),
            ("{mail}", &self.mail),
        ];
        named.into_iter().fold(path.to_owned(), |path, (name, id)| path.replace(name, id))
    }
}

const TIDES: &str = "https://tides.example";
const SETTINGS: &str = "mail.mailbox = true\nmail.from = \"id@example.com\"\n[[scopes]]\nname = \"boats.move\"\ntext = \"Move your boats\"\nneeds_approval = true\n";

/// The server, with [`TestApp::web_app`] registered for that scope, too.
async fn harbour() -> (TestApp, World) {
    let app = TestApp::start_with(SETTINGS).await;
    let world = World::of(&app).await;
    let metadata = serde_json::json!({
        "redirect_uris": [REDIRECT_URI],
        "grant_types": ["authorization_code", "refresh_token"],
        "scope": "openid profile email offline_access boats.move",
        "resources": [TIDES],
    });
    app.update_client(&world.client, metadata).await;
    (app, world)
}

async fn give_client(app: &TestApp, to: PersonId) {
    give_client_to(app, "app", to).await;
}

pub(super) async fn give_client_to(app: &TestApp, id: &str, to: PersonId) {
    let id = claviger::ids::ClientId(id.to_owned());
    let given = app.cx.store.write(move |tx| Box::pin(async move { tx.set_client_manager(&id, Some(to)).await }));
    assert!(given.await.unwrap());
}

#[actix_web::test]
async fn each_role_sees_what_it_may_and_is_refused_the_rest() {
    let (app, world) = harbour().await;
    for role in Role::ALL {
        let (browser, id) = in_role(&app, role.word(), role).await;
        give_client(&app, id).await;
        for (path, seen_by, _) in TABLE {
            let page = browser.open(&world.path(path)).await;
            let expected = if seen_by.contains(&role) { 200 } else { 403 };
            assert_eq!(page.answer.status, expected, "{} sees {path}", role.word());
        }
    }
}

/// A deed that lacks what it needs beside is malformed (400), or does nothing (303, 422): never refused for the role.
#[actix_web::test]
async fn each_role_does_what_it_may_and_is_refused_the_rest() {
    let (app, world) = harbour().await;
    for role in Role::ALL {
        let (browser, id) = in_role(&app, role.word(), role).await;
        give_client(&app, id).await;
        let home = browser.open("/admin").await;
        let (_, proof) = home.form("form.leave", &[]);
        for (path, _, deeds) in TABLE {
            for (action, done_by) in *deeds {
                let mut form = proof.clone();
                form.retain(|(name, _)| name == "csrf");
                form.push(("action".to_owned(), (*action).to_owned()));
                let path = world.path(path);
                let status = browser.post(&path, &form).await.answer.status;
                let refused = status == 403;
                assert_eq!(refused, !done_by.contains(&role), "{} does {action:?} at {path}: {status}", role.word());
                assert!(status < 500, "{path} {action}: {status}");
            }
        }
    }
}

#[actix_web::test]
async fn nothing_is_offered_that_would_be_refused() {
    let (app, world) = harbour().await;
    app.tokens(&world.client, world.ada.parse().unwrap(), Allowed::default()).await;
    let hers = app.browser();
    sign_in(&hers, &hers.open("/login").await, "ada").await;
    person_with_phone(&app, "ada").await;
    for role in Role::ALL {
        let (browser, id) = in_role(&app, role.word(), role).await;
        give_client(&app, id).await;
        for (path, seen_by, deeds) in TABLE.iter().filter(|(_, seen_by, _)| seen_by.contains(&role)) {
            let page = browser.open(&world.path(path)).await;
            for (action, done_by) in deeds.iter().filter(|(action, _)| !matches!(*action, "" | "enable")) {
                let offered = page.has(&format!("button[value={action}]"));
                assert_eq!(offered, done_by.contains(&role), "{} is offered {action} at {path}", role.word());
            }
            let _ = seen_by;
            for link in page.links("main a[href^='/admin'], nav a[href^='/admin']") {
                let status = browser.open(&link).await.answer.status;
                assert_eq!(status, 200, "{} follows {link} from {path}", role.word());
            }
        }
    }
}

#[actix_web::test]
async fn a_client_manager_sees_their_own_clients_only() {
    let app = TestApp::start().await;
    app.web_app().await;
    let (browser, _) = in_role(&app, "mia", Role::ClientManager).await;
    for path in ["/admin/clients/app", "/admin/clients/app/edit"] {
        assert_eq!(browser.open(path).await.answer.status, 404, "{path}: as if there were none");
    }
    let form = browser.open("/admin/new-client").await;
    let fields = [("client_name", "Mine"), ("client_id", "mine"), ("redirect_uris", "https://mine.example/cb")];
    let page = browser.submit(&form, "form#new-client", &fields).await;
    assert_eq!(page.answer.status, 200, "{}", page.answer.body);
    app.browser().open("/oauth2/authorize?client_id=app&redirect_uri=https://a.example/").await;
    app.browser().open("/oauth2/authorize?client_id=mine&redirect_uri=https://a.example/").await;
    for path in ["/admin/clients", "/admin/clients?q=", "/admin?q=mine", "/admin/events", "/admin"] {
        let text = browser.open(path).await.text("main");
        assert!(text.contains("mine") || text.contains("Mine"), "{path}: {text}");
        assert!(text.split_whitespace().all(|word| word != "app"), "{path}: {text}");
    }
    assert!(browser.open("/admin/clients?q=app").await.text("main").contains("No client"));
    let owner = at_work(&app).await;
    assert!(owner.open("/admin/clients").await.text("main").contains("Mine"), "an owner sees all");
}

#[actix_web::test]
async fn nobody_reaches_above_themselves() {
    let app = TestApp::start().await;
    let owner = app.add_person("olga", Some(Role::Owner)).await;
    let other = app.add_person("adam", Some(Role::Admin)).await;
    let auditor = app.add_person("aude", Some(Role::Auditor)).await;
    let reach = [
        (Role::Admin, owner, false),
        (Role::Admin, other, false),
        (Role::Admin, auditor, true),
        (Role::Support, auditor, false),
        (Role::Support, other, false),
    ];
    for (number, (role, whom, reached)) in reach.into_iter().enumerate() {
        let (browser, _) = in_role(&app, &format!("p{number}"), role).await;
        let path = format!("/admin/people/{whom}");
        let page = browser.open(&path).await;
        assert_eq!(page.has("button[value=link]"), reached, "{role:?}");
        let (_, mut form) = browser.open("/admin").await.form("form.leave", &[("action", "link")]);
        form.retain(|(name, _)| name != "decision");
        let link = browser.post(&path, &form).await;
        assert_eq!(link.answer.status == 200, reached, "{role:?}: {}", link.answer.status);
        assert_eq!(browser.open(&format!("{path}/edit")).await.answer.status == 200, reached, "{role:?}");
    }
    let (admin, _) = in_role(&app, "max", Role::Admin).await;
    let page = admin.open(&format!("/admin/people/{auditor}")).await;
    let page = press(&admin, &page, "role", &[("role", "owner")]).await;
    assert_eq!(page.answer.status, 403, "an admin makes nobody owner");
    assert_eq!(app.cx.store.person(auditor).await.unwrap().unwrap().role, Some(Role::Auditor));
}

#[actix_web::test]
async fn gives_and_takes_a_role_at_once() {
    let app = TestApp::start().await;
    let (browser, ada) = (at_work(&app).await, app.person("ada").await);
    let hers = app.browser();
    sign_in(&hers, &hers.open("/login").await, "ada").await;
    assert_eq!(hers.open("/admin").await.answer.status, 403);
    let path = format!("/admin/people/{ada}");
    let page = press(&browser, &browser.open(&path).await, "role", &[("role", "support")]).await;
    assert!(page.text("h1 + p").contains("Support"), "{}", page.answer.body);
    assert_eq!(hers.open("/admin/people").await.answer.status, 200);
    let stale = browser.open(&path).await;
    let page = press(&browser, &stale, "role", &[("role", "")]).await;
    assert!(!page.text("h1 + p").contains("Support"));
    assert_eq!(hers.open("/admin/people").await.answer.status, 403);
    let page = press(&browser, &stale, "role", &[("role", "auditor")]).await;
    assert!(page.text("[role=status]").contains("somebody else changed it"), "what was not seen is not overruled");
    let events = app.events("role_changed").await;
    assert_eq!(events.len(), 2);
    let taken = events.iter().find(|event| event.details["to"] == "none").unwrap();
    assert_eq!(taken.details["from"], "support");
}

/// Both admins take the other's role at the same moment: one of them is left.
#[actix_web::test]
async fn somebody_is_always_left_who_may_do_everything() {
    let app = TestApp::start().await;
    let (first, one) = in_role(&app, "olga", Role::Owner).await;
    let (second, two) = in_role(&app, "otto", Role::Owner).await;
    let first_page = first.open(&format!("/admin/people/{two}")).await;
    let second_page = second.open(&format!("/admin/people/{one}")).await;
    futures_util::future::join(
        press(&first, &first_page, "role", &[("role", "")]),
        press(&second, &second_page, "role", &[("role", "")]),
    )
    .await;
    let store = &app.cx.store;
    let left = [store.person(one).await.unwrap().unwrap(), store.person(two).await.unwrap().unwrap()];
    assert_eq!(left.iter().filter(|person| person.role == Some(Role::Owner)).count(), 1);
}

/// A client with a scope of the API acts by itself: nobody makes one, or gets hold of one, that may do more than they.
#[actix_web::test]
async fn nobody_rises_by_a_client() {
    let app = TestApp::start().await;
    let (mia, manager) = in_role(&app, "mia", Role::ClientManager).await;
    let (max, _) = in_role(&app, "max", Role::Admin).await;
    for (browser, scope) in [(&mia, "clients:read"), (&max, "roles:write")] {
        let form = browser.open("/admin/new-client?kind=machine").await;
        assert!(!form.has(&format!("input[value='{scope}']")), "{scope} is not offered");
        let fields = [("kind", "machine"), ("client_name", "Ladder"), ("client_id", "ladder"), ("scope", scope)];
        let page = browser.submit(&form, "form#new-client", &fields).await;
        assert_eq!(page.answer.status, 422, "{scope}");
        assert!(page.text("#problem").contains(scope), "{}", page.text("#problem"));
    }
    let root = at_work(&app).await;
    let form = root.open("/admin/new-client?kind=machine").await;
    let fields = [("kind", "machine"), ("client_name", "App"), ("client_id", "app"), ("scope", "roles:write")];
    assert_eq!(root.submit(&form, "form#new-client", &fields).await.answer.status, 200);
    give_client(&app, manager).await;
    for browser in [&mia, &max] {
        let page = browser.open("/admin/clients/app").await;
        assert!(!page.has("button[value=rotate]") && page.answer.status == 200);
        assert_eq!(browser.open("/admin/clients/app/edit").await.answer.status, 403);
        let (_, mut form) = browser.open("/admin").await.form("form.leave", &[("action", "rotate"), ("overlap", "0")]);
        form.retain(|(name, _)| name != "decision");
        assert_eq!(browser.post("/admin/clients/app", &form).await.answer.status, 403);
    }
    assert!(app.events("client_secret_rotated").await.is_empty());
}

#[actix_web::test]
async fn nobody_gives_a_scope_of_the_api_by_changing_a_client() {
    let app = TestApp::start().await;
    app.web_app().await;
    let (mia, manager) = in_role(&app, "mia", Role::ClientManager).await;
    give_client(&app, manager).await;
    let form = mia.open("/admin/clients/app/edit").await;
    let page = mia.submit(&form, "form#edit-client", &[("scope", "openid people:write")]).await;
    assert_eq!(page.answer.status, 422);
    assert!(page.text("#problem").contains("people:write") && page.has("#scope[aria-invalid=true]"));
    assert!(app.events("client_updated").await.is_empty());
}
