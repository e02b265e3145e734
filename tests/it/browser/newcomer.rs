//! The first minutes with the program, in an empty folder.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Stdio};

use super::*;
use crate::support::{Commands, Http};

const CHOSEN: &str = "a long enough password";

#[actix_web::test]
async fn comes_from_the_first_start_to_a_first_app() {
    for screen in Screen::WALKED {
        come_from_the_first_start_to_a_first_app(screen).await;
    }
}

async fn come_from_the_first_start_to_a_first_app(screen: Screen) {
    let mut commands = Commands::in_an_empty_folder();
    // Another process might take the port in between; that none does is likely enough.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let issuer = format!("http://localhost:{}", address.port());
    commands.set("CLAVIGER__SERVER__LISTEN", &address.to_string());
    commands.set("CLAVIGER__SERVER__ISSUER", &issuer);
    let (_server, link) = serve(&commands);
    let browser = Chromium::start(screen).await;

    browser.open(&link).await;
    assert_eq!(browser.heading().await, "Set up your server");
    for (field, text) in [("username", "root"), ("email", "root@example.com"), ("password", CHOSEN)] {
        browser.fill(field, text).await;
    }
    browser.press("form#set-up button").await;
    browser.arrives_at("/").await;
    assert!(browser.text("main").await.contains("You are signed in as root."));
    browser.press("form#logout button").await;

    let party = RelyingParty::start();
    let callback = party.callback();
    commands.write("app.json", json!({ "client_name": "Harbour Log", "redirect_uris": [callback] }).to_string());
    let client = commands.run("client add app.json --json").json();
    let text = |member: &str| client[member].as_str().unwrap().to_owned();
    let client = TestClient { id: text("client_id"), secret: text("client_secret") };
    let request = [
        ("response_type", "code"),
        ("client_id", &client.id),
        ("redirect_uri", &callback),
        ("scope", "openid email"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    browser.open(&format!("{issuer}/oauth2/authorize?{}", form_encode(&request))).await;
    browser.fill("username", "root@example.com").await;
    browser.fill("password", CHOSEN).await;
    browser.press("form#login button").await;
    browser.arrives_at("/consent").await;
    browser.press("button[value=allow]").await;
    browser.arrives_at("/welcome").await;

    let code = &party.answer().1["code"];
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", &callback),
        ("code_verifier", VERIFIER),
    ];
    let headers = [("authorization", &*client.basic()), ("content-type", "application/x-www-form-urlencoded")];
    let tokens = Http::new().post(&format!("{issuer}/oauth2/token"), form_encode(&form).into(), &headers).await.ok();
    assert!(tokens["id_token"].is_string(), "{tokens}");
}

struct Server(Child);

/// Starts the program; answers with the link that it prints.
fn serve(commands: &Commands) -> (Server, String) {
    let mut server = Server(commands.command("serve").stderr(Stdio::piped()).spawn().unwrap());
    let mut lines = BufReader::new(server.0.stderr.take().unwrap()).lines().map(Result::unwrap);
    let link = lines.find(|line| line.trim().starts_with("http")).expect("a link is printed");
    std::thread::spawn(move || lines.for_each(drop));
    (server, link.trim().to_owned())
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}
