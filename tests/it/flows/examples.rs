//! The programs in `examples/`, each run as the README says, against a real server.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use claviger::clock::{Clock as _, SystemClock};
use serde_json::{Value, json};

use crate::support::{ApiKeys, Browser, CHALLENGE, OPEN, PASSWORD, Page, REDIRECT_URI, TestApp, TestClient, enter};

/// A program that is ended with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// The program of an example, which `cargo test` builds beside the tests.
fn example(name: &str) -> Command {
    let tests = std::env::current_exe().unwrap();
    let path: PathBuf = tests.parent().and_then(|deps| deps.parent()).unwrap().join("examples").join(name);
    assert!(path.exists(), "{} is missing: run `cargo build --examples` first", path.display());
    let mut command = Command::new(path);
    command.stdin(Stdio::null());
    command
}

fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// Starts a program that listens, and waits until it does.
async fn start(command: &mut Command, address: &str) -> Running {
    let mut running = Running(command.env("LISTEN", address).spawn().unwrap());
    for _ in 0..200 {
        if std::net::TcpStream::connect(address).is_ok() {
            return running;
        }
        assert_eq!(running.0.try_wait().unwrap(), None, "it has ended");
        actix_web::rt::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("nobody listens at {address}");
}

/// Waits for a program without holding up the server, which shares this thread.
async fn run(mut command: Command) -> Output {
    actix_web::rt::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

/// What a file of `examples/` registers, with `here` in place of the address that it is written for.
async fn register(app: &TestApp, file: &str, there: &str, here: &str) -> TestClient {
    let metadata: Value = serde_json::from_str(&file.replace(there, here)).unwrap();
    app.client(metadata).await
}

async fn sign_in(browser: &Browser, page: &Page, username: &str) -> Page {
    browser.submit(page, "form#login", &[("username", username), ("password", PASSWORD)]).await
}

#[actix_web::test]
async fn a_person_signs_in_to_the_third_party_app_refreshes_and_signs_out() {
    let app = TestApp::start_in_real_time("").await;
    app.person("ada").await;
    let address = free_address();
    let base = format!("http://{address}");
    let client =
        register(&app, include_str!("../../../examples/third_party_app.json"), "http://localhost:8081", &base).await;
    let mut program = example("third_party_app");
    program.env("ISSUER", &app.issuer).env("BASE", &base).env("CLIENT_SECRET", &client.secret);
    let _running = start(&mut program, &address).await;
    let there = Browser::of(&base);
    let here = app.browser();

    let start = there.open("/").await;
    assert!(start.has("a[href='/sign-in']"), "{}", start.answer.body);
    let away = there.open("/sign-in").await;
    let login = here.open(away.url.as_str()).await;
    let consent = sign_in(&here, &login, "ada").await;
    let allowed = [("decision", "allow"), ("scope", "profile"), ("scope", "email"), ("scope", "offline_access")];
    let back = here.submit(&consent, "form#consent", &allowed).await;
    assert!(back.url.as_str().starts_with(&format!("{base}/callback?")), "{} {}", back.url, back.answer.body);
    let home = there.open(back.url.as_str()).await;
    assert_eq!(home.text("#name"), "Ada Lovelace", "{}", home.answer.body);
    assert_eq!(home.text("#iss"), app.issuer);

    let refreshed = there.submit(&home, "form#refresh", &[]).await;
    assert_eq!(refreshed.text("#refreshed"), "1", "{}", refreshed.answer.body);
    let again = there.submit(&refreshed, "form#refresh", &[]).await;
    assert_eq!(again.text("#refreshed"), "2", "{}", again.answer.body);

    let away = there.submit(&again, "form#sign-out", &[]).await;
    assert!(away.url.as_str().starts_with(&app.url("/oauth2/end_session")), "{}", away.url);
    let mut question = here.open(away.url.as_str()).await;
    if question.has("form#logout") {
        question = here.submit(&question, "form#logout", &[("decision", "logout")]).await;
    }
    assert_eq!(question.url.as_str(), format!("{base}/"), "{}", question.answer.body);
    assert!(there.open("/").await.has("a[href='/sign-in']"));
    assert!(here.open(there.open("/sign-in").await.url.as_str()).await.has("form#login"), "signed out there as well");
}

#[actix_web::test]
async fn the_third_party_app_accepts_no_answer_that_it_did_not_ask_for() {
    let app = TestApp::start_in_real_time("").await;
    let address = free_address();
    let base = format!("http://{address}");
    let client =
        register(&app, include_str!("../../../examples/third_party_app.json"), "http://localhost:8081", &base).await;
    let mut program = example("third_party_app");
    program.env("ISSUER", &app.issuer).env("BASE", &base).env("CLIENT_SECRET", &client.secret);
    let _running = start(&mut program, &address).await;

    for answer in
        ["code=x&state=wrong&iss={iss}", "code=x&state={state}&iss=https://evil.example", "code=x&state={state}"]
    {
        let browser = Browser::of(&base);
        let state = browser.open("/sign-in").await.query("state").unwrap();
        let answer = answer.replace("{state}", &state).replace("{iss}", &app.issuer);
        assert_eq!(browser.open(&format!("/callback?{answer}")).await.answer.status, 400, "{answer}");
    }
    assert_eq!(Browser::of(&base).open("/callback?code=x&state=y").await.answer.status, 400, "no sign-in under way");
}

/// The settings that the API of the examples needs, for another address.
fn api_settings(api: &str) -> String {
    let file = include_str!("../../../examples/config.toml");
    let from = file.find("[[scopes]]").unwrap();
    file[from..].replace("http://localhost:8082", api)
}

#[actix_web::test]
async fn a_machine_calls_the_api_with_its_token() {
    let address = free_address();
    let api = format!("http://{address}");
    let app = TestApp::start_in_real_time(&api_settings(&api)).await;
    let client =
        register(&app, include_str!("../../../examples/machine_client.json"), "http://localhost:8082", &api).await;
    let _running = start(example("resource_server").env("ISSUER", &app.issuer).env("API", &api), &address).await;

    let mut machine = example("machine_client");
    machine.env("ISSUER", &app.issuer).env("API", &api).env("CLIENT_SECRET", &client.secret);
    let output = run(machine).await;
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("notes:read notes:write") && said.contains("[\"Oil the hinges\"]"), "{said}");
}

/// It shows a code, waits, and knows who answered.
#[actix_web::test]
async fn a_device_waits_until_somebody_lets_it_in() {
    let app = TestApp::start_in_real_time("device.interval = \"1s\"\n").await;
    app.client(serde_json::from_str(include_str!("../../../examples/device.json")).unwrap()).await;
    let (_, browser) = app.at_home("ada").await;
    let mut program = example("device");
    let mut running = Running(program.env("ISSUER", &app.issuer).stdout(Stdio::piped()).spawn().unwrap());
    let mut said = BufReader::new(running.0.stdout.take().unwrap());
    let shown = actix_web::rt::task::spawn_blocking(move || {
        let (mut shown, mut line) = (String::new(), String::new());
        while !line.starts_with("Scan this") {
            shown.push_str(&line);
            line.clear();
            assert!(said.read_line(&mut line).unwrap() > 0, "it has ended: {shown}");
        }
        (shown, line, said)
    });
    let (picture, line, mut said) = shown.await.unwrap();
    assert!(picture.contains('\u{2588}'), "{picture}");
    assert!(line.contains(&format!("{}/device", app.issuer)), "{line}");
    let question = enter(&browser, line.trim().rsplit(' ').next().unwrap()).await;
    browser.submit(&question, "form#consent", &[("decision", "allow")]).await;
    let rest = actix_web::rt::task::spawn_blocking(move || {
        let mut rest = String::new();
        said.read_to_string(&mut rest).unwrap();
        rest
    });
    assert_eq!(rest.await.unwrap(), "Welcome, Ada Lovelace!\n");
}

#[actix_web::test]
async fn the_api_refuses_what_is_not_meant_for_it() {
    let address = free_address();
    let api = format!("http://{address}");
    let app = TestApp::start_in_real_time(&api_settings(&api)).await;
    let client = app
        .client(json!({
            "client_id": "reader",
            "grant_types": ["client_credentials"],
            "response_types": [],
            "scope": "notes:read",
            "resources": [api],
        }))
        .await;
    let _running = start(example("resource_server").env("ISSUER", &app.issuer).env("API", &api), &address).await;
    let machine = ("grant_type", "client_credentials");
    let token = |answer: Value| answer["access_token"].as_str().unwrap().to_owned();
    let good = token(app.token(&client, &[machine, ("resource", &api)]).await.ok());
    let elsewhere = token(app.token(&client, &[machine]).await.ok());
    let mut altered = good.clone();
    altered.replace_range(altered.len() - 10..altered.len() - 6, "AAAA");

    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let notes = format!("{api}/notes");
    let get = |token: &str| http.get(&notes).bearer_auth(token).send();
    assert_eq!(get(&good).await.unwrap().status(), 200);
    let described = format!("{api}/.well-known/oauth-protected-resource");
    let bare = http.get(&notes).send().await.unwrap();
    let challenge = bare.headers()["www-authenticate"].to_str().unwrap();
    assert_eq!((bare.status().as_u16(), challenge), (401, &*format!("Bearer resource_metadata=\"{described}\"")));
    // RFC 9728 §3.3: a program that was led there compares the identifier with what it called.
    let said: Value = http.get(&described).send().await.unwrap().json().await.unwrap();
    assert_eq!((&said["resource"], &said["authorization_servers"]), (&json!(api), &json!([app.issuer])));
    assert_eq!(said["scopes_supported"], json!(["notes:read", "notes:write"]));
    for (name, token) in [("for the issuer", &elsewhere), ("altered", &altered), ("nonsense", &"x.y.z".to_owned())] {
        let answer = get(token).await.unwrap();
        let challenge = answer.headers()["www-authenticate"].to_str().unwrap();
        assert!(challenge.contains("error=\"invalid_token\""), "{name}: {challenge}");
        assert_eq!(answer.status(), 401, "{name}");
    }
    let answer = http.post(&notes).bearer_auth(&good).body("no").send().await.unwrap();
    let challenge = answer.headers()["www-authenticate"].to_str().unwrap();
    assert_eq!(answer.status(), 403);
    assert!(challenge.contains("insufficient_scope") && challenge.contains("notes:write"), "{challenge}");
}

/// RFC 9470: what cannot be undone wants a fresh sign-in; the app is told how fresh, asks for that, and gets through.
#[actix_web::test]
async fn the_api_wants_a_fresh_sign_in_for_what_cannot_be_undone() {
    let address = free_address();
    let api = format!("http://{address}");
    let app = TestApp::start_with(&api_settings(&api)).await;
    // The API goes by the machine's clock; the server is as far behind as the sign-in is old.
    let present = SystemClock.now();
    app.clock.set(present - Duration::from_secs(400));
    app.person("ada").await;
    let client = app
        .client(json!({
            "redirect_uris": [REDIRECT_URI],
            "grant_types": ["authorization_code"],
            "scope": "openid notes:write",
            "resources": [api],
        }))
        .await;
    let _running = start(example("resource_server").env("ISSUER", &app.issuer).env("API", &api), &address).await;
    let browser = app.browser();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let clear = async |token: &str| http.delete(format!("{api}/notes")).bearer_auth(token).send().await.unwrap();
    let ask = |max_age: &str| {
        app.url(&format!(
            "/oauth2/authorize?response_type=code&client_id=app&redirect_uri={REDIRECT_URI}&scope=openid+notes:write\
             &resource={api}&code_challenge={CHALLENGE}&code_challenge_method=S256{max_age}"
        ))
    };
    let redeem = async |page: &Page| {
        let tokens = app.redeem(&client, &page.query("code").unwrap()).await.ok();
        tokens["access_token"].as_str().unwrap().to_owned()
    };

    let consent = sign_in(&browser, &browser.open(&ask("")).await, "ada").await;
    let back = browser.submit(&consent, "form#consent", &[("decision", "allow"), ("scope", "notes:write")]).await;
    let stale = redeem(&back).await;
    app.clock.set(present);
    let refused = clear(&stale).await;
    let challenge = refused.headers()["www-authenticate"].to_str().unwrap();
    assert_eq!(refused.status(), 401, "{challenge}");
    assert!(challenge.contains("error=\"insufficient_user_authentication\""), "{challenge}");
    assert!(challenge.contains("max_age=\"300\""), "{challenge}");

    let back = sign_in(&browser, &browser.open(&ask("&max_age=300")).await, "ada").await;
    assert_eq!(clear(&redeem(&back).await).await.status(), 204);
}

/// RFC 7662: with credentials of its own, the API takes keys, each within its scope and limits.
#[actix_web::test]
async fn the_api_takes_an_api_key_within_its_scope_and_limits() {
    let address = free_address();
    let api = format!("http://{address}");
    let app = TestApp::start_in_real_time(&api_settings(&api)).await;
    let grants = json!(["client_credentials"]);
    let server = json!({ "client_id": "notes", "grant_types": grants, "resource_server_of": [api] });
    let server = app.client(server).await;
    let keys = ApiKeys { app, server };
    let ada = keys.app.person("ada").await;
    let draft = json!({ "scope": "notes:read", "resources": [api], "rate_limit": "2/day" });
    let key = keys.of_person(ada, draft).await.secret;
    let mut program = example("resource_server");
    program.env("ISSUER", &keys.app.issuer).env("API", &api);
    program.env("CLIENT_ID", &keys.server.id).env("CLIENT_SECRET", &keys.server.secret);
    let _running = start(&mut program, &address).await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let notes = format!("{api}/notes");
    let get = async |key: &str| http.get(&notes).bearer_auth(key).send().await.unwrap();

    assert_eq!(get(&key).await.status(), 200);
    assert_eq!(http.post(&notes).bearer_auth(&key).body("no").send().await.unwrap().status(), 403);
    let beyond = get(&key).await;
    assert_eq!(beyond.status(), 429);
    assert!(beyond.headers().contains_key("retry-after"));
    assert_eq!(get("clv_key_live_nonsense").await.status(), 401);
}

/// RFC 9728 §5.1: a client that knows the server's address only is told where to get a token, gets it, and calls the tool.
#[actix_web::test]
async fn a_client_of_mcp_finds_its_way_from_the_address_alone() {
    let address = free_address();
    let api = format!("http://{address}/mcp");
    let settings = api_settings("http://localhost:8082").replace("http://localhost:8083/mcp", &api);
    let app = TestApp::start_in_real_time(&format!("{OPEN}{settings}")).await;
    let ada = app.person("ada").await;
    let _running = start(example("mcp_resource_server").env("ISSUER", &app.issuer).env("API", &api), &address).await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let call = async |token: &str, message: Value| {
        let request = http.post(&api).header("accept", "application/json, text/event-stream").json(&message);
        let request = if token.is_empty() { request } else { request.bearer_auth(token) };
        request.send().await.unwrap()
    };
    let message =
        |method: &str, params: Value| json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params });

    let bare = call("", message("initialize", json!({}))).await;
    let challenge = bare.headers()["www-authenticate"].to_str().unwrap().to_owned();
    let described = format!("http://{address}/.well-known/oauth-protected-resource/mcp");
    assert_eq!(bare.status(), 401);
    assert_eq!(challenge, format!("Bearer resource_metadata=\"{described}\", scope=\"mcp:use\""));
    let said: Value = http.get(&described).send().await.unwrap().json().await.unwrap();
    assert_eq!((&said["resource"], &said["authorization_servers"]), (&json!(api), &json!([app.issuer])));

    let wanted = json!({
        "redirect_uris": [REDIRECT_URI], "token_endpoint_auth_method": "none", "scope": "mcp:use", "client_name": "An assistant",
    });
    let client = app.newcomer(&wanted).await.client();
    let request = app.url(&format!(
        "/oauth2/authorize?response_type=code&client_id={}&redirect_uri={REDIRECT_URI}&scope=mcp:use&resource={api}\
         &code_challenge={CHALLENGE}&code_challenge_method=S256",
        client.id
    ));
    let browser = app.browser();
    let consent = sign_in(&browser, &browser.open(&request).await, "ada").await;
    let back = browser.submit(&consent, "form#consent", &[("decision", "allow"), ("scope", "mcp:use")]).await;
    let tokens = app.redeem(&client, &back.query("code").unwrap()).await.ok();
    let token = tokens["access_token"].as_str().unwrap();

    let offered =
        json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": { "name": "a", "version": "1" } });
    let greeting: Value = call(token, message("initialize", offered)).await.json().await.unwrap();
    assert_eq!(greeting["result"]["protocolVersion"], "2025-06-18");
    let noted = call(token, json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })).await;
    assert_eq!(noted.status(), 202);
    let tools: Value = call(token, message("tools/list", json!({}))).await.json().await.unwrap();
    assert_eq!(tools["result"]["tools"][0]["name"], "who_am_i");
    let told: Value = call(token, message("tools/call", json!({ "name": "who_am_i" }))).await.json().await.unwrap();
    assert_eq!((&told["id"], &told["result"]["content"][0]["text"]), (&json!(7), &json!(format!("You are {ada}."))));
    let unknown: Value = call(token, message("no/such", json!({}))).await.json().await.unwrap();
    assert_eq!(unknown["error"]["code"], -32601);

    // A token for somebody else, one without the scope, and a page of another site get nothing.
    let machine = app.machine().await;
    let foreign = app.token(&machine, &[("grant_type", "client_credentials")]).await.ok();
    let refused = call(foreign["access_token"].as_str().unwrap(), message("tools/list", json!({}))).await;
    assert_eq!(refused.status(), 401);
    assert!(refused.headers()["www-authenticate"].to_str().unwrap().contains("error=\"invalid_token\""));
    let page =
        http.post(&api).header("origin", "https://evil.example").bearer_auth(token).json(&message("ping", json!({})));
    assert_eq!(page.send().await.unwrap().status(), 403);
    assert_eq!(http.get(&api).bearer_auth(token).send().await.unwrap().status(), 405);
}
