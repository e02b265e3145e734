//! A real server for one test: its own port, database and clock.

use std::net::TcpListener;
use std::sync::Arc;

use actix_web::dev::ServerHandle;
use claviger::app::App;
use claviger::clock::{Clock, SystemEntropy, TestClock, Timestamp};
use claviger::config::Config;
use claviger::cx::Cx;
use claviger::domain::events::{Actor, Origin};
use claviger::ids::{ClientId, PersonId};
use claviger::protocol::attributes::Attributes;
use claviger::protocol::claims::StandardClaims;
use claviger::protocol::client_metadata::ClientMetadata;
use claviger::store::{Access, Client, Event, EventFilter, Person, Role};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use super::browser::Browser;
use super::database::TestDatabase;
use super::http::{Answer, Http};

/// When every test begins: 2026-11-23T00:00:00Z.
pub const START: Timestamp = Timestamp::from_seconds(1_795_392_000);
/// What every test's keys are sealed under.
pub const ENCRYPTION_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
/// The password of every person that [`TestApp::person`] makes.
pub const PASSWORD: &str = "correct horse battery staple";
/// The secret of every confidential client that [`TestApp::client`] makes.
pub const SECRET: &str = "a secret of the operator's, 32 bytes or more";

/// Argon2 as cheap as it gets: tests do not measure it.
const CHEAP: &str = "passwords.argon2_memory_kib = 8\npasswords.argon2_iterations = 1\n";

/// What a machine can be registered for, where a test declares nothing of its own.
const SCOPES: &str = "\n[[scopes]]\nname = \"read\"\ntext = \"Read\"\n[[scopes]]\nname = \"write\"\ntext = \"Write\"\n";

/// What begins the settings of a server that is reached by a name.
const BY_NAME: &str = "# localhost\n";

/// A running server.
pub struct TestApp {
    /// What the server is handed: the store, for what no endpoint tells.
    pub cx: Arc<Cx>,
    /// The server's clock.
    pub clock: Arc<TestClock>,
    /// Where it listens, without the issuer's path.
    pub origin: String,
    /// Its issuer.
    pub issuer: String,
    /// Where it keeps files.
    pub folder: tempfile::TempDir,
    toml: String,
    http: Http,
    server: ServerHandle,
}

/// A client that was registered for a test.
#[derive(Clone, Debug)]
pub struct TestClient {
    /// Its identifier.
    pub id: String,
    /// Its secret; empty for a public client.
    pub secret: String,
}

impl TestApp {
    /// A server with default settings.
    pub async fn start() -> Self {
        Self::start_with("").await
    }

    /// A server with these settings besides (top-level dotted keys or tables).
    pub async fn start_with(toml: &str) -> Self {
        Self::start_at("", toml).await
    }

    /// The same, where browsers know the server by a name: there are no passkeys for an address in numbers.
    pub async fn start_by_name(toml: &str) -> Self {
        Self::start_with(&format!("{BY_NAME}{toml}")).await
    }

    /// A server whose issuer carries `path`.
    pub async fn start_at(path: &str, toml: &str) -> Self {
        let clock = Arc::new(TestClock::at(START));
        Self::start_on(path, toml, Arc::clone(&clock), clock).await
    }

    /// A server on the machine's own clock, for libraries that look at theirs.
    pub async fn start_in_real_time(toml: &str) -> Self {
        let unused = Arc::new(TestClock::at(START));
        Self::start_on("", toml, unused, Arc::new(claviger::clock::SystemClock)).await
    }

    async fn start_on(path: &str, toml: &str, handle: Arc<TestClock>, clock: Arc<dyn Clock>) -> Self {
        let database = TestDatabase::fresh().await;
        let database_url = database.url.clone();
        Self::start_over(path, toml, (handle, clock), &database_url, database.folder).await
    }

    async fn start_over(
        path: &str,
        toml: &str,
        (handle, clock): (Arc<TestClock>, Arc<dyn Clock>),
        database_url: &str,
        folder: tempfile::TempDir,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let host = if toml.starts_with(BY_NAME) { "localhost" } else { "127.0.0.1" };
        let origin = format!("http://{host}:{}", listener.local_addr().unwrap().port());
        let issuer = format!("{origin}{path}");
        let set = [
            ("CLAVIGER__SERVER__ISSUER", issuer.as_str()),
            ("CLAVIGER__SERVER__WORKERS", "1"),
            ("CLAVIGER__DATABASE__URL", database_url),
            ("CLAVIGER__DATABASE__MAX_CONNECTIONS", "4"),
            ("CLAVIGER__KEYS__ENCRYPTION_KEY", ENCRYPTION_KEY),
        ];
        // What a test sets itself wins over what every test is given.
        let named = |key: &str| toml.contains(&key["CLAVIGER__".len()..].to_lowercase().replace("__", "."));
        let set = set.into_iter().filter(|(key, _)| !named(key));
        let set = set.map(|(key, value)| (key.to_owned(), value.to_owned()));
        let cheap = if toml.contains("passwords.argon2") { "" } else { CHEAP };
        let scopes = if toml.contains("[[scopes]]") { "" } else { SCOPES };
        let config =
            Config::from_toml(&format!("{cheap}{toml}{scopes}"), set).unwrap_or_else(|faults| panic!("{faults}"));
        let issuer = config.server.issuer.as_str().to_owned();
        let cx = Box::pin(Cx::open(config, clock, Arc::new(SystemEntropy))).await.unwrap();
        let app = App::new(cx);
        let server = app.serve(listener).unwrap();
        let handle_of_server = server.handle();
        actix_web::rt::spawn(server);
        Self {
            cx: Arc::clone(&app.cx),
            clock: handle,
            origin,
            issuer,
            folder,
            toml: toml.to_owned(),
            http: Http::new(),
            server: handle_of_server,
        }
    }

    /// Another server with the same settings and clock on the same database.
    pub async fn second_server(&self) -> Self {
        self.second_server_with(&self.toml).await
    }

    /// The same with other settings.
    pub async fn second_server_with(&self, toml: &str) -> Self {
        let clock = (Arc::clone(&self.clock), Arc::clone(&self.clock) as Arc<dyn Clock>);
        let url = self.cx.config.database.url.to_url();
        Self::start_over("", toml, clock, url.expose_secret(), tempfile::tempdir().unwrap()).await
    }

    /// The URL of a path below the issuer, as this test reaches it.
    pub fn url(&self, path: &str) -> String {
        format!("{}{}{path}", self.origin, self.cx.issuer().path())
    }

    /// `GET`, without following redirects.
    pub async fn get(&self, path: &str) -> Answer {
        self.http.get(&self.url(path), &[]).await
    }

    /// `GET` with headers.
    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.http.get(&self.url(path), headers).await
    }

    /// `POST` of a form.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.post_with(path, form, &[]).await
    }

    /// `POST` of a form with headers.
    pub async fn post_with(&self, path: &str, form: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
        self.post_raw(path, super::form_encode(form), headers).await
    }

    /// `POST` of a body that says it is a form.
    pub async fn post_raw(&self, path: &str, body: impl Into<Vec<u8>>, headers: &[(&str, &str)]) -> Answer {
        let mut all = vec![("content-type", "application/x-www-form-urlencoded")];
        all.retain(|(name, _)| !headers.iter().any(|(own, _)| own == name));
        all.extend_from_slice(headers);
        self.http.post(&self.url(path), body.into(), &all).await
    }

    /// Any method, with a body.
    pub async fn request(
        &self,
        method: &str,
        path: &str,
        body: impl Into<Vec<u8>>,
        headers: &[(&str, &str)],
    ) -> Answer {
        self.http.request(method, &self.url(path), body.into(), headers).await
    }

    /// `POST /oauth2/token` by a client, by its registered method.
    pub async fn token(&self, client: &TestClient, form: &[(&str, &str)]) -> Answer {
        if client.secret.is_empty() {
            let mut form = form.to_vec();
            form.push(("client_id", &client.id));
            return self.post("/oauth2/token", &form).await;
        }
        self.post_with("/oauth2/token", form, &[("authorization", &client.basic())]).await
    }

    /// Changes what is registered for a client, and lets the server know at once.
    pub async fn update_client(&self, client: &TestClient, metadata: Value) {
        let metadata = ClientMetadata::parse(metadata.to_string().as_bytes()).unwrap();
        let (id, now) = (ClientId(client.id.clone()), self.cx.now());
        let changed = id.clone();
        let update =
            self.cx.store.write(move |tx| Box::pin(async move { tx.update_client(&changed, &metadata, now).await }));
        assert!(update.await.unwrap());
        self.cx.clients.forget(&id);
    }

    /// Registers a client, under a name made of its metadata's `client_id` or `app`.
    pub async fn client(&self, mut metadata: Value) -> TestClient {
        let members = metadata.as_object_mut().unwrap();
        let id = members.entry("client_id").or_insert_with(|| json!("app")).as_str().unwrap().to_owned();
        let metadata = ClientMetadata::parse(metadata.to_string().as_bytes())
            .unwrap_or_else(|faults| panic!("{}", faults.iter().map(ToString::to_string).collect::<String>()));
        let now = self.cx.now();
        let method = metadata.token_endpoint_auth_method;
        let secret = if method.has_secret() { SECRET } else { "" };
        let client = Client {
            id: ClientId(id.clone()),
            metadata,
            secrets: Vec::new(),
            created_at: now,
            updated_at: now,
            disabled_at: None,
            managed_by: None,
            access: Access::Everyone,
            registration: None,
        };
        let stored = self.cx.secrets().keep(&client.id, method, &SecretString::from(secret), now);
        let row = self.cx.entropy.uuid();
        self.cx
            .store
            .write(move |tx| {
                Box::pin(async move {
                    tx.insert_client(&client).await?;
                    if method.has_secret() {
                        tx.insert_client_secret(&client.id, row, &stored).await?;
                    }
                    Ok(())
                })
            })
            .await
            .unwrap();
        TestClient { id, secret: secret.to_owned() }
    }

    /// A machine client with the scope `read write`.
    pub async fn machine(&self) -> TestClient {
        self.client(json!({
            "client_id": "machine",
            "grant_types": ["client_credentials"],
            "response_types": [],
            "scope": "read write",
        }))
        .await
    }

    /// A web app with the redirect URI `https://app.example/callback` and everything a person may allow.
    pub async fn web_app(&self) -> TestClient {
        self.client(json!({
            "client_id": "app",
            "client_name": "Example App",
            "redirect_uris": ["https://app.example/callback"],
            "grant_types": ["authorization_code", "refresh_token"],
            "scope": "openid profile email offline_access",
        }))
        .await
    }

    /// A person with [`PASSWORD`] and every standard claim that a scope can ask for.
    pub async fn person(&self, username: &str) -> PersonId {
        self.add_person(username, None).await
    }

    /// The same, who may do everything with the server.
    pub async fn admin(&self, username: &str) -> PersonId {
        self.add_person(username, Some(Role::Owner)).await
    }

    pub async fn add_person(&self, username: &str, role: Option<Role>) -> PersonId {
        let id = PersonId(self.cx.entropy.uuid());
        let now = self.cx.now();
        let hash = self.cx.passwords.hash(SecretString::from(PASSWORD)).await.unwrap();
        let claims: StandardClaims = serde_json::from_value(json!({
            "name": "Ada Lovelace",
            "given_name": "Ada",
            "family_name": "Lovelace",
            "email": format!("{username}@example.com"),
            "email_verified": true,
        }))
        .unwrap();
        let person = Person {
            id,
            username: username.to_owned(),
            claims,
            attributes: Attributes::default(),
            password_hash: Some(hash),
            role,
            created_at: now,
            updated_at: now,
            disabled_at: None,
        };
        let insert = self.cx.store.write(move |tx| Box::pin(async move { tx.insert_person(&person).await }));
        insert.await.unwrap();
        id
    }

    /// Makes somebody an auditor, while they are signed in.
    pub async fn make_auditor(&self, person: PersonId) {
        let (now, role) = (self.cx.now(), Some(Role::Auditor));
        let set = self.cx.store.write(move |tx| Box::pin(async move { tx.set_role(person, None, role, now).await }));
        assert!(set.await.unwrap());
    }

    /// A browser without cookies.
    pub fn browser(&self) -> Browser {
        Browser::new(&self.origin, self.cx.issuer().path())
    }

    /// Every event of a kind, the latest first.
    pub async fn events(&self, kind: &str) -> Vec<Event> {
        let filter = EventFilter { kind: Some(kind.to_owned()), ..EventFilter::default() };
        self.cx.store.events(&filter, 1000).await.unwrap()
    }

    /// Every row of every table, as text: to see what was written, and what must not be there.
    pub async fn everything(&self) -> String {
        super::database::dump(&self.cx.config.database.url.to_url()).await
    }

    /// Who does what a test does without an endpoint.
    pub fn operator() -> (Actor, Origin) {
        (Actor::Operator, Origin::default())
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        // The future does its work when it is made; nobody has to wait for it.
        drop(self.server.stop(false));
    }
}

impl TestClient {
    /// Its `Authorization` header: RFC 6749 §2.3.1, form-encoded before base64.
    pub fn basic(&self) -> String {
        use base64::Engine;
        let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let pair = format!("{}:{}", encode(&self.id), encode(&self.secret));
        format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
    }
}
