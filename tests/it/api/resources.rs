//! Resources and scopes that are registered while the server runs, from their first day to their last.

use claviger::domain::catalogue::resource_id;

use super::*;
use crate::support::{ApiKeys, DEVICE_GRANT, claims, form_encode};

pub(super) const BOATS: &str = "https://boats.example";

/// What was made.
#[track_caller]
pub(super) fn created(answer: &Answer) -> Value {
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.json()
}

/// A scope and a resource that knows it.
pub(super) async fn register(tool: &Tool<'_>) -> String {
    created(&tool.post("/scopes", json!({ "name": "boats.read", "text": "See your boats" })).await);
    let draft = json!({ "identifier": BOATS, "name": "Boats", "scopes": ["boats.read"] });
    let made = created(&tool.post("/resources", draft).await);
    made["id"].as_str().unwrap().to_owned()
}

/// A machine that may ask for tokens for boats.
pub(super) async fn sailor(app: &TestApp, tool: &Tool<'_>, resource: &str) -> TestClient {
    let sailor = machine(app, "sailor", "boats.read").await;
    let admit = format!("/resources/{resource}/clients/sailor");
    assert_eq!(tool.send("PUT", &admit, &Value::Null, &[]).await.status, 204);
    sailor
}

pub(super) async fn ask(app: &TestApp, client: &TestClient) -> Answer {
    app.token(client, &[("grant_type", "client_credentials"), ("resource", BOATS)]).await
}

pub(super) async fn introspect(app: &TestApp, server: &TestClient, token: &str) -> Value {
    let body = form_encode(&[("token", token)]);
    app.post_raw("/oauth2/introspect", body, &[("authorization", &server.basic())]).await.ok()
}

/// RFC 8707 §2, RFC 7662 §2.1: registered without a restart; whoever is allowed gets tokens for it; its server asks about
/// them with credentials of its own; when it is deleted, all of that ends.
#[actix_web::test]
async fn registers_a_resource_that_works_at_once_and_ends_at_once() {
    let app = TestApp::start().await;
    let tool = Tool::new(&app).await;
    let resource = register(&tool).await;
    assert!(app.get("/.well-known/openid-configuration").await.body.contains("boats.read"));
    let sailor = machine(&app, "sailor", "boats.read").await;
    assert_eq!(ask(&app, &sailor).await.json()["error"], "invalid_target", "nobody has allowed it yet");
    let admit = format!("/resources/{resource}/clients/sailor");
    assert_eq!(tool.send("PUT", &admit, &Value::Null, &[]).await.status, 204);

    let token = ask(&app, &sailor).await.ok();
    assert_eq!(token["scope"], "boats.read");
    let access_token = token["access_token"].as_str().unwrap();
    assert_eq!(claims(access_token)["aud"], BOATS);

    let made = created(&tool.post(&format!("/resources/{resource}/credentials"), Value::Null).await);
    assert_eq!((&made["client_name"], &made["grant_types"]), (&json!("Boats server"), &json!([])));
    let server = TestClient {
        id: made["client_id"].as_str().unwrap().to_owned(),
        secret: made["client_secret"].as_str().unwrap().to_owned(),
    };
    assert_eq!(introspect(&app, &server, access_token).await["active"], json!(true));
    let refused = app.token(&server, &[("grant_type", "client_credentials")]).await;
    assert_eq!(refused.json()["error"], "unauthorized_client", "it can do nothing but ask");
    for (list, id) in [("clients", "sailor"), ("servers", server.id.as_str())] {
        let listed = tool.get(&format!("/resources/{resource}/{list}")).await.ok();
        assert_eq!(listed["items"].as_array().unwrap().len(), 1);
        assert_eq!(listed["items"][0]["client_id"], id);
    }

    let named = tool.delete(&format!("/resources/{resource}")).await;
    assert_eq!((named.status, problem(&named).as_str()), (409, "conflict"));
    assert!(named.body.contains("1 client and 1 resource server"), "{}", named.body);
    assert_eq!(tool.delete(&format!("/resources/{resource}?even_if_named=true")).await.status, 204);
    assert_eq!(ask(&app, &sailor).await.json()["error"], "invalid_target");
    assert_eq!(introspect(&app, &server, access_token).await["active"], json!(false));
    assert_eq!(tool.get(&format!("/resources/{resource}")).await.status, 404);
    for kind in ["scope_added", "resource_added", "client_updated", "client_added", "resource_deleted"] {
        assert_eq!(app.events(kind).await.len(), 1, "{kind}");
    }
}

/// RFC 7662 §2.1, RFC 7662 §4: what "make credentials" gives asks about the tokens and API keys of its resource, and is good
/// for nothing else.
#[actix_web::test]
async fn makes_credentials_that_ask_about_one_resource_and_do_nothing_else() {
    let keys = ApiKeys::start().await;
    let (app, other) = (&keys.app, "https://other.example");
    let tool = Tool::new(app).await;
    let made = created(&tool.post(&format!("/resources/{}/credentials", resource_id(ApiKeys::API)), Value::Null).await);
    let text = |member: &str| made[member].as_str().unwrap().to_owned();
    let server = TestClient { id: text("client_id"), secret: text("client_secret") };
    let machine = json!({
        "client_id": "clerk", "grant_types": ["client_credentials"], "response_types": [], "scope": "read other",
        "resources": [ApiKeys::API, other],
    });
    let clerk = app.client(machine).await;
    let is_told = async |credential: &str| introspect(app, &server, credential).await["active"] == json!(true);
    for (resource, told) in [(ApiKeys::API, true), (other, false), (app.issuer.as_str(), false)] {
        let token = app.token(&clerk, &[("grant_type", "client_credentials"), ("resource", resource)]).await.ok();
        assert_eq!(is_told(token["access_token"].as_str().unwrap()).await, told, "a token for {resource}");
    }
    let ada = app.person("ada").await;
    for (resource, scope, told) in [(ApiKeys::API, "read", true), (other, "other", false)] {
        let key = keys.of_person(ada, json!({ "resources": [resource], "scope": scope })).await;
        assert_eq!(is_told(&key.secret).await, told, "a key for {resource}");
    }
    let app_of_ada = app.web_app().await;
    let tokens = app.tokens(&app_of_ada, ada, Allowed { scope: "openid offline_access", ..Allowed::default() }).await;
    assert!(!is_told(tokens["refresh_token"].as_str().unwrap()).await, "a refresh token is between its client and us");

    for grant in ["client_credentials", "authorization_code", "refresh_token", DEVICE_GRANT] {
        let code = [("code", "x"), ("refresh_token", "x"), ("device_code", "x")];
        let form: Vec<_> = [("grant_type", grant)].into_iter().chain(code).collect();
        app.token(&server, &form).await.refuses(400, "unauthorized_client");
    }
    let basic = server.basic();
    let authorized = [("authorization", basic.as_str())];
    let asked = app.post_with("/oauth2/device_authorization", &[("scope", "openid")], &authorized).await;
    asked.refuses(400, "unauthorized_client");
    let asked = form_encode(&[("client_id", &server.id), ("response_type", "code"), ("redirect_uri", &app.issuer)]);
    assert_eq!(app.get(&format!("/oauth2/authorize?{asked}")).await.status, 400);
}

/// Another server on the same database notices what was registered here.
#[actix_web::test]
async fn tells_other_servers_on_the_same_database() {
    let app = TestApp::start().await;
    let other = app.second_server().await;
    let tool = Tool::new(&app).await;
    let resource = register(&tool).await;
    let sailor = sailor(&app, &tool, &resource).await;
    assert_eq!(ask(&other, &sailor).await.json()["error"], "invalid_target", "it has not looked yet");
    other.cx.live_catalogue.refresh(&other.cx.store).await.unwrap();
    assert_eq!(ask(&other, &sailor).await.ok()["scope"], "boats.read");
    assert!(other.get("/.well-known/openid-configuration").await.body.contains("boats.read"));
    let restarted = app.second_server().await;
    assert_eq!(ask(&restarted, &sailor).await.ok()["scope"], "boats.read");
    tool.delete(&format!("/resources/{resource}?even_if_named=true")).await;
    other.cx.live_catalogue.refresh(&other.cx.store).await.unwrap();
    assert_eq!(ask(&other, &sailor).await.json()["error"], "invalid_target");
}

#[actix_web::test]
async fn makes_one_of_64_that_are_registered_at_once() {
    let app = TestApp::start().await;
    let tool = Tool::new(&app).await;
    let draft = json!({ "identifier": BOATS });
    let answers = futures_util::future::join_all((0..64).map(|_| tool.post("/resources", draft.clone()))).await;
    let with = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!((with(201), with(422)), (1, 63));
    assert_eq!(app.events("resource_added").await.len(), 1);
    let listed = tool.get("/resources").await.ok();
    let boats = listed["items"].as_array().unwrap().iter().filter(|item| item["identifier"] == BOATS);
    assert_eq!(boats.count(), 1);
}

/// Two servers on one database: who names a scope, and who deletes it, cannot both be right.
#[actix_web::test]
async fn keeps_a_scope_that_a_resource_comes_to_name_at_that_moment() {
    let app = TestApp::start().await;
    let other = app.second_server().await;
    let (here, there) = (Tool::new(&app).await, Tool::new(&other).await);
    for round in 0..8 {
        let name = format!("race.{round}");
        created(&here.post("/scopes", json!({ "name": name, "text": "Race" })).await);
        other.cx.live_catalogue.refresh(&other.cx.store).await.unwrap();
        let path = format!("/scopes/{name}");
        let draft = json!({ "identifier": format!("https://{round}.example"), "scopes": [name] });
        let (named, deleted) = tokio::join!(there.post("/resources", draft), here.delete(&path));
        let outcome = (named.status, deleted.status);
        assert!(matches!(outcome, (201, 409) | (422, 204)), "{outcome:?} {} {}", named.body, deleted.body);
    }
}

#[actix_web::test]
async fn refuses_what_the_settings_would_refuse_all_at_once() {
    let app = TestApp::start().await;
    let tool = Tool::new(&app).await;
    let refused = async |path: &str, draft: Value| {
        let answer = tool.post(path, draft).await;
        assert_eq!(problem(&answer), "invalid", "{}", answer.body);
        let errors = answer.json()["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|error| error["member"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let wrong = json!({
        "identifier": "boats", "name": "a\nb", "scopes": ["unheard_of"], "access_token_format": "paper",
        "access_token_lifetime": 0,
    });
    let all = ["identifier", "name", "scopes", "access_token_format", "access_token_lifetime"];
    assert_eq!(refused("/resources", wrong).await, all);
    for own in [app.issuer.clone(), format!("{}/api/v1", app.issuer)] {
        assert_eq!(refused("/resources", json!({ "identifier": own })).await, ["identifier"]);
    }
    for name in ["openid", "clients:read", "read", "two words"] {
        assert_eq!(refused("/scopes", json!({ "name": name, "text": "Text" })).await, ["name"], "{name}");
    }
    assert_eq!(refused("/scopes", json!({ "name": "a", "text": "" })).await, ["text"]);
    assert_eq!(refused("/resources", json!({ "identifier": BOATS, "scopes": ["clients:read"] })).await, ["scopes"]);
}

#[actix_web::test]
async fn changes_only_what_is_as_it_was_seen() {
    let app = TestApp::start().await;
    let tool = Tool::new(&app).await;
    let path = format!("/resources/{}", register(&tool).await);
    let seen = tool.get(&path).await;
    let tag = seen.header("etag").to_owned();
    let change = json!({ "name": "Ships", "access_token_format": "opaque", "access_token_lifetime": 60 });
    assert_eq!(tool.send("PUT", &path, &change, &[]).await.status, 428);
    let changed = tool.send("PUT", &path, &change, &[("if-match", &tag)]).await;
    assert_eq!(changed.ok()["name"], "Ships");
    assert_eq!(changed.json()["access_token_lifetime"], json!(60));
    assert_eq!(tool.send("PUT", &path, &change, &[("if-match", &tag)]).await.status, 412);
    let scope = tool.get("/scopes/boats.read").await;
    let tag = scope.header("etag").to_owned();
    let change = json!({ "text": "See boats", "needs_approval": true });
    let changed = tool.send("PUT", "/scopes/boats.read", &change, &[("if-match", &tag)]).await.ok();
    assert_eq!((&changed["text"], &changed["needs_approval"]), (&json!("See boats"), &json!(true)));
    assert_eq!(tool.send("PUT", "/scopes/boats.read", &change, &[("if-match", &tag)]).await.status, 412);
    assert!(app.cx.catalogue().needs_approval("boats.read"));
    assert_eq!((app.events("resource_updated").await.len(), app.events("scope_updated").await.len()), (1, 1));
}

#[actix_web::test]
async fn answers_a_repeated_registration_as_the_first() {
    let app = TestApp::start().await;
    let tool = Tool::new(&app).await;
    let key = [("idempotency-key", "k1")];
    let draft = json!({ "name": "boats.read", "text": "See your boats" });
    let (first, second) =
        (tool.send("POST", "/scopes", &draft, &key).await, tool.send("POST", "/scopes", &draft, &key).await);
    assert_eq!((first.status, &first.body), (201, &second.body));
    let draft = json!({ "identifier": BOATS, "scopes": ["boats.read"] });
    let (first, second) =
        (tool.send("POST", "/resources", &draft, &key).await, tool.send("POST", "/resources", &draft, &key).await);
    assert_eq!((first.status, &first.body), (201, &second.body));
    assert_eq!(second.header("idempotency-replayed"), "true");
    let credentials = format!("/resources/{}/credentials", resource_id(BOATS));
    let (first, second) = (
        tool.send("POST", &credentials, &Value::Null, &key).await,
        tool.send("POST", &credentials, &Value::Null, &key).await,
    );
    assert_eq!((first.status, &first.body), (201, &second.body));
    assert_eq!(app.events("client_added").await.len(), 1);
}

#[actix_web::test]
async fn changes_nothing_that_the_settings_declare_or_that_is_built_in() {
    let app = TestApp::start_with("[[resources]]\nidentifier = \"https://declared.example\"\n").await;
    let tool = Tool::new(&app).await;
    let declared = resource_id("https://declared.example").to_string();
    assert_eq!(tool.get(&format!("/resources/{declared}")).await.ok()["source"], "settings");
    for id in [declared.clone(), resource_id(&app.issuer).to_string()] {
        let path = format!("/resources/{id}");
        assert_eq!(tool.delete(&format!("{path}?even_if_named=true")).await.status, 409);
        assert_eq!(tool.send("PUT", &path, &json!({}), &[("if-match", "*")]).await.status, 409);
    }
    for name in ["read", "openid"] {
        assert_eq!(tool.delete(&format!("/scopes/{name}?even_if_named=true")).await.status, 409);
    }
    assert_eq!(tool.delete("/scopes/unheard_of").await.status, 404);
    let built_in = format!("/resources/{}/credentials", resource_id(&app.issuer));
    assert_eq!(tool.post(&built_in, Value::Null).await.status, 409);
    let made = created(&tool.post(&format!("/resources/{declared}/credentials"), Value::Null).await);
    assert_eq!(made["resource_server_of"], json!(["https://declared.example"]));
}

/// What the settings come to declare is as they say, whatever was registered before.
#[actix_web::test]
async fn lets_the_settings_win_over_what_was_registered() {
    let app = TestApp::start().await;
    let tool = Tool::new(&app).await;
    let draft = json!({ "identifier": "https://declared.example", "name": "Registered" });
    let id = created(&tool.post("/resources", draft).await)["id"].clone();
    let toml = "[[resources]]\nidentifier = \"https://declared.example\"\nname = \"Declared\"\n";
    let config = claviger::config::Config::from_toml(toml, []).unwrap();
    let declared = claviger::domain::catalogue::Catalogue::new(&config);
    let rows = app.cx.store.registered_resources().await.unwrap();
    let both = declared.with(rows, Vec::new());
    let found: Vec<_> = both.resources().filter(|resource| json!(resource.id) == id).collect();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].name.as_str(), found[0].source.word()), ("Declared", "settings"));
}

#[actix_web::test]
async fn takes_a_resource_away_from_a_client_that_has_it_as_its_default() {
    let app = TestApp::start().await;
    let tool = Tool::new(&app).await;
    let resource = register(&tool).await;
    let metadata = json!({
        "client_id": "sailor", "grant_types": ["client_credentials"], "response_types": [], "scope": "boats.read",
        "resources": [BOATS], "default_resource": BOATS,
    });
    let sailor = app.client(metadata).await;
    assert_eq!(claims(ask(&app, &sailor).await.ok()["access_token"].as_str().unwrap())["aud"], BOATS);
    let path = format!("/resources/{resource}/clients/sailor");
    assert_eq!(tool.delete(&path).await.status, 204);
    assert_eq!(ask(&app, &sailor).await.json()["error"], "invalid_target");
    let left = tool.get("/clients/sailor").await.ok();
    assert_eq!((&left["resources"], &left["default_resource"]), (&json!([]), &Value::Null));
    assert_eq!(tool.delete(&path).await.status, 204, "said twice is done once");
    assert_eq!(app.events("client_updated").await.len(), 1);
    assert_eq!(tool.delete(&format!("/resources/{resource}/clients/nobody")).await.status, 404);
}

#[actix_web::test]
async fn asks_for_the_permission_of_each_deed() {
    let app = TestApp::start().await;
    let resource = register(&Tool::new(&app).await).await;
    machine(&app, "sailor", "boats.read").await;
    let reader = Tool::with_scope(&app, "clients:read people:read").await;
    for path in ["/resources", "/scopes", "/scopes/boats.read", &format!("/resources/{resource}/servers")] {
        assert_eq!(reader.get(path).await.status, 200, "{path}");
    }
    let clients = Tool::with_scope(&app, "clients:read clients:write").await;
    for (method, path) in [
        ("POST", "/resources".to_owned()),
        ("PUT", format!("/resources/{resource}")),
        ("DELETE", format!("/resources/{resource}")),
        ("POST", format!("/resources/{resource}/credentials")),
        ("POST", "/scopes".to_owned()),
        ("PUT", "/scopes/boats.read".to_owned()),
        ("DELETE", "/scopes/boats.read".to_owned()),
    ] {
        let answer = clients.send(method, &path, &json!({}), &[("if-match", "*")]).await;
        assert_eq!((answer.status, problem(&answer).as_str()), (403, "insufficient-scope"), "{method} {path}");
    }
    let resources = Tool::with_scope(&app, "resources:write").await;
    let admit = format!("/resources/{resource}/clients/sailor");
    for method in ["PUT", "DELETE"] {
        assert_eq!(resources.send(method, &admit, &Value::Null, &[]).await.status, 403, "{method}");
    }
    assert_eq!(resources.get("/resources").await.status, 403);
}
