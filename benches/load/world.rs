//! A running server with everybody that the measurements need: a machine, an app, and people who are signed in and have
//! allowed the app what it asks for.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use claviger::clock::{Clock as _, SystemClock};
use claviger::protocol::algorithm::SigningAlgorithm;
use claviger::protocol::client_assertion::JWT_BEARER;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::conversation::{self, Expected, Part};
use crate::http::{self, Connection};
use crate::machine::Process;
use crate::server::{Claviger, OPAQUE_API};
use crate::{CONNECTIONS, database, load};

const SECRET: &str = "for-the-benchmark-only_for-the-benchmark-only";
const ROBOT: &str = "robot";
const PASSWORD: &str = "correct horse battery staple";
const REDIRECT_URI: &str = "https://app.example/callback";
/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// RFC 7636, appendix B.
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// What every good answer of the token endpoint holds.
pub const TOKENS: Expected = Expected { status: 200, holds: "\"access_token\":\"" };

/// An app: the same but for what its ID tokens are signed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum App {
    ES256,
    RS256,
}

impl App {
    pub const ALL: [Self; 2] = [Self::ES256, Self::RS256];

    pub const fn id(self) -> &'static str {
        match self {
            Self::ES256 => "app",
            Self::RS256 => "app-rs256",
        }
    }

    pub fn basic(self) -> String {
        http::basic(self.id(), SECRET)
    }

    fn metadata(self) -> Value {
        let algorithm = match self {
            Self::ES256 => "ES256",
            Self::RS256 => "RS256",
        };
        json!({
            "client_id": self.id(),
            "client_secret": SECRET,
            "client_name": "Example App",
            "redirect_uris": [REDIRECT_URI],
            "grant_types": ["authorization_code", "refresh_token"],
            "scope": "openid profile email offline_access",
            "id_token_signed_response_alg": algorithm,
            "resources": [OPAQUE_API],
        })
    }

    /// The request with which the app sends a browser here.
    fn authorize(self) -> String {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("response_type", "code"),
                ("client_id", self.id()),
                ("redirect_uri", REDIRECT_URI),
                ("scope", "openid profile email offline_access"),
                ("state", "af0ifjsldkj-af0ifjsldkj"),
                ("nonce", "n-0S6_WzA2Mj-n-0S6_WzA2Mj"),
                ("code_challenge", CHALLENGE),
                ("code_challenge_method", "S256"),
            ])
            .finish();
        format!("/oauth2/authorize?{query}")
    }
}

/// A server and who uses it.
pub struct World {
    pub claviger: Claviger,
    pub process: Process,
    /// What each machine shows of itself.
    pub machines: Vec<String>,
    /// What the browser of each person shows.
    pub browsers: Vec<String>,
    /// A key of each machine, where there are many.
    pub api_keys: Vec<String>,
}

impl World {
    /// Starts a server with a machine and the apps.
    pub fn new(binary: &Path, folder: &Path, database: Option<&str>, settings: &str) -> Result<Self> {
        let claviger = Claviger::new(binary, folder, database, settings)?;
        register(&claviger)?;
        Self::start(claviger)
    }

    /// Starts a server where all of that is registered already.
    pub fn start(claviger: Claviger) -> Result<Self> {
        let (process, _) = claviger.start()?;
        Ok(Self { claviger, process, machines: vec![machine("machine")], browsers: Vec::new(), api_keys: Vec::new() })
    }

    /// The same server with one signing key, so that it signs everything with that.
    pub async fn with_only(self, algorithm: SigningAlgorithm) -> Result<Self> {
        let Self { claviger, process, .. } = self;
        drop(process);
        let name = algorithm.wire();
        if algorithm == SigningAlgorithm::EdDSA {
            claviger.run(&["keys", "add", name], "")?;
        }
        // There is no command for this: a server keeps a key of each algorithm that it has.
        let sql = format!("DELETE FROM signing_keys WHERE algorithm <> '{name}'");
        database::execute(&claviger.database, &sql).await?;
        Self::start(claviger)
    }

    /// Adds so many people, who are signed in and have allowed the apps everything.
    pub async fn add_people(&mut self, count: usize) -> Result<()> {
        for number in 0..count {
            let username = person(number);
            self.claviger.run(&["user", "add", "--username", &username, "--password-stdin"], PASSWORD)?;
            let mut browser = self.sign_in(&username).await?;
            for app in App::ALL {
                allow(&mut browser, app).await?;
            }
            self.browsers.push(browser.cookie());
        }
        Ok(())
    }

    pub fn address(&self) -> &str {
        &self.claviger.listen
    }

    /// The browser of a person who has signed in.
    pub async fn sign_in(&self, username: &str) -> Result<Browser> {
        let mut browser = Browser::open(self.address()).await?;
        browser.go("/login").await?;
        browser.submit("#login", &[("username", username), ("password", PASSWORD)]).await?;
        ensure!(browser.cookie().contains("claviger-session="), "{username} is not signed in");
        Ok(browser)
    }

    /// Requests for a code, one for each browser.
    pub fn authorize(&self, app: App) -> Vec<Vec<u8>> {
        let ask = |cookie: &String| http::get(&app.authorize(), &[("Cookie", cookie), ("Accept", "text/html")]);
        self.browsers.iter().map(ask).collect()
    }

    /// Fresh codes.
    pub async fn codes(&self, app: App, count: usize) -> Result<Vec<String>> {
        let expected = Expected { status: 303, holds: "code=" };
        let mut conversations = conversation::in_turn(self.authorize(app), expected);
        let codes = conversation::keep(&mut conversations, Part::Code);
        load::until(self.address(), conversations, |_| codes.borrow().len() >= count).await?;
        Ok(codes.take())
    }

    /// Requests that redeem fresh codes.
    pub async fn redeem(&self, app: App, count: usize) -> Result<Vec<Vec<u8>>> {
        let basic = app.basic();
        let redeem = |code: &String| {
            let form = [
                ("grant_type", "authorization_code"),
                ("code", code),
                ("redirect_uri", REDIRECT_URI),
                ("code_verifier", VERIFIER),
            ];
            http::post("/oauth2/token", &form, &[("Authorization", &basic)])
        };
        Ok(self.codes(app, count).await?.iter().map(redeem).collect())
    }

    /// Refresh tokens: one for each person, and for each connection at least.
    pub async fn refresh_tokens(&self, app: App) -> Result<Vec<String>> {
        let count = self.browsers.len().max(CONNECTIONS);
        let mut conversations = conversation::once(self.redeem(app, count).await?, TOKENS);
        let tokens = conversation::keep(&mut conversations, Part::RefreshToken);
        load::until(self.address(), conversations, |_| false).await?;
        let mut tokens = tokens.take();
        ensure!(tokens.len() >= count, "only {} refresh tokens", tokens.len());
        tokens.truncate(count);
        Ok(tokens)
    }

    /// Access tokens of people, each for `form` (a `resource`, or nothing).
    pub async fn tokens_of_people(&self, form: &[(&str, &str)], count: usize) -> Result<Vec<String>> {
        let app = App::ES256;
        let mut conversations = conversation::refresh(&app.basic(), self.refresh_tokens(app).await?, form);
        let tokens = conversation::keep(&mut conversations, Part::AccessToken);
        load::until(self.address(), conversations, |_| tokens.borrow().len() >= count).await?;
        Ok(tokens.take())
    }

    /// Requests of machines for a token, one for each machine.
    pub fn client_credentials(&self, form: &[(&str, &str)]) -> Vec<Vec<u8>> {
        let form: Vec<_> = [("grant_type", "client_credentials")].into_iter().chain(form.iter().copied()).collect();
        let ask = |basic: &String| http::post("/oauth2/token", &form, &[("Authorization", basic)]);
        self.machines.iter().map(ask).collect()
    }

    /// Requests for a token by assertions, which are made beforehand: they are good for most of an hour.
    pub fn assertions(&self, count: usize) -> Result<Vec<Vec<u8>>> {
        let (key, now) = (robot_key()?, SystemClock.now().seconds());
        let issuer = format!("http://{}", self.address());
        let ask = |number: usize| {
            let jti = format!("{now}-{number}");
            let claims = json!({
                "iss": ROBOT, "sub": ROBOT, "aud": issuer, "iat": now, "exp": now + 3000, "jti": jti,
            });
            let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
            let message = format!("{}.{}", encode(&json!({ "alg": "EdDSA" })), encode(&claims));
            let assertion = format!("{message}.{}", URL_SAFE_NO_PAD.encode(key.sign(message.as_bytes())));
            let form = [
                ("grant_type", "client_credentials"),
                ("client_assertion_type", JWT_BEARER),
                ("client_assertion", &assertion),
            ];
            http::post("/oauth2/token", &form, &[])
        };
        Ok((0..count).map(ask).collect())
    }

    /// Access tokens of the machines.
    pub async fn tokens_of_machines(&self, form: &[(&str, &str)], count: usize) -> Result<Vec<String>> {
        let mut conversations = conversation::in_turn(self.client_credentials(form), TOKENS);
        let tokens = conversation::keep(&mut conversations, Part::AccessToken);
        load::until(self.address(), conversations, |_| tokens.borrow().len() >= count).await?;
        Ok(tokens.take())
    }

    /// A new API key of the machine.
    pub fn api_key(&self, limits: &[&str]) -> Result<String> {
        let add = ["api-key", "add", "--client", "machine", "--name", "benchmark"];
        let made = self.claviger.run(&[&add, limits].concat(), "")?;
        Ok(made["secret"].as_str().context("no secret")?.to_owned())
    }

    /// Revokes a token of this client.
    pub async fn revoke(&self, basic: &str, token: &str) -> Result<()> {
        let request = http::post("/oauth2/revoke", &[("token", token)], &[("Authorization", basic)]);
        let mut connection = Connection::open(self.address()).await?;
        let answer = connection.ask(&request).await?;
        ensure!(answer.status == 200, "{}{}", answer.head, answer.body);
        Ok(())
    }
}

/// The username of a person.
pub fn person(number: usize) -> String {
    format!("person-{number}")
}

/// The key of the machine that signs; the same one each time, because servers are started again.
fn robot_key() -> Result<Ed25519KeyPair> {
    Ok(Ed25519KeyPair::from_seed_unchecked(&[7; 32])?)
}

/// What a machine shows of itself; all have the same secret.
pub fn machine(id: &str) -> String {
    http::basic(id, SECRET)
}

/// Registers the machine and the apps.
pub fn register(claviger: &Claviger) -> Result<()> {
    let machine = json!({
        "client_id": "machine",
        "client_secret": SECRET,
        "grant_types": ["client_credentials"],
        "response_types": [],
        "scope": "read",
        "resources": [OPAQUE_API],
        "resource_server_of": [OPAQUE_API],
    });
    let robot = json!({
        "client_id": ROBOT,
        "grant_types": ["client_credentials"],
        "response_types": [],
        "scope": "read",
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": { "keys": [{
            "kty": "OKP",
            "crv": "Ed25519",
            "x": URL_SAFE_NO_PAD.encode(robot_key()?.public_key().as_ref()),
        }] },
    });
    for client in App::ALL.map(App::metadata).into_iter().chain([machine, robot]) {
        claviger.run(&["client", "add", "-"], &client.to_string()).context("a client could not be registered")?;
    }
    Ok(())
}

/// Asks for a code for the first time, and allows everything.
async fn allow(browser: &mut Browser, app: App) -> Result<()> {
    browser.go(&app.authorize()).await?;
    let back = browser.submit("#consent", &[("decision", "allow")]).await?;
    let back = back.context("the consent leads nowhere")?;
    ensure!(back.starts_with(REDIRECT_URI) && back.contains("code="), "the consent leads to {back}");
    Ok(())
}
