//! What people do, done in Chromium: every page with its styles, scripts and policy, on its way from an app and back.

mod admin_tasks;
mod approval;
mod axe;
mod chromedriver;
mod chromium;
mod consent;
mod console;
mod errors;
mod form_post;
mod gallery;
mod gallery_providers;
mod gallery_security;
mod grown_old;
mod keyboard;
mod layout;
mod look;
mod newcomer;
mod passkeys;
mod register;
mod relying_party;
mod session_management;
mod set_up;
mod several;
mod sign_in;
mod sign_out;
mod wall;
mod without_a_mouse;

use std::time::Duration;

use claviger::domain::people::{Act, links};
use sea_orm::{ConnectionTrait, Database};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use thirtyfour::Key;

use self::chromium::Chromium;
use self::look::Screen;
use self::relying_party::{Parameters, RelyingParty};
use crate::support::{CHALLENGE, PASSWORD, TestApp, TestClient, VERIFIER, form_encode};

/// The session's cookie.
const COOKIE: &str = "claviger-session";

/// Does the same on every screen, with a server and a browser of its own.
async fn walk(deeds: impl AsyncFn(&Scene)) {
    for screen in Screen::WALKED {
        // To be read where the walk ends early.
        println!("{screen:?}");
        let scene = Scene::on(screen).await;
        deeds(&scene).await;
        scene.chromium.is_quiet().await;
    }
}

/// The same, where ada is signed in.
async fn walk_as_ada(deeds: impl AsyncFn(&Scene)) {
    walk(async |scene| {
        scene.sign_in_at_home().await;
        deeds(scene).await;
    })
    .await;
}

const BOATS: &str = "
    [[scopes]]
    name = \"boats.read\"
    text = \"See your boats and where they are moored\"
    [[scopes]]
    name = \"boats.move\"
    text = \"Move your boats to another berth\"
    needs_approval = true
";

/// A server with an app and a person, and that person's browser.
struct Scene {
    app: TestApp,
    party: RelyingParty,
    client: TestClient,
    chromium: Chromium,
}

impl Scene {
    /// Nobody is signed in yet.
    async fn on(screen: Screen) -> Self {
        Self::with(screen, "").await
    }

    /// The same, with these settings besides.
    async fn with(screen: Screen, toml: &str) -> Self {
        Self::at(screen, TestApp::start_with(&format!("{toml}{BOATS}")).await).await
    }

    /// The same, at a server that has a name.
    async fn by_name(screen: Screen, toml: &str) -> Self {
        Self::at(screen, TestApp::start_by_name(&format!("{toml}{BOATS}")).await).await
    }

    async fn at(screen: Screen, app: TestApp) -> Self {
        let party = RelyingParty::start();
        let client = app.client(json!({
            "client_id": "harbour",
            "client_name": "Harbour Log",
            "redirect_uris": [party.callback()],
            "post_logout_redirect_uris": [party.goodbye()],
            "grant_types": ["authorization_code", "refresh_token"],
            "scope": "openid profile email offline_access boats.read boats.move",
            "client_uri": "https://harbour.example",
            "policy_uri": "https://harbour.example/privacy",
            "tos_uri": "https://harbour.example/terms",
        }));
        let client = client.await;
        app.person("ada").await;
        Self { app, party, client, chromium: Chromium::start(screen).await }
    }

    /// Signs ada in, at our own door.
    async fn sign_in_at_home(&self) {
        self.chromium.open(&self.app.url("/login")).await;
        self.sign_in("ada", PASSWORD).await;
        self.chromium.arrives_at("/").await;
    }

    /// Signs the admin root in, at the door of the console.
    async fn go_to_work(&self) {
        self.app.admin("root").await;
        self.chromium.open(&self.app.url("/admin")).await;
        self.sign_in("root", PASSWORD).await;
        self.chromium.arrives_at("/admin").await;
    }

    /// A good authorization request, with some parameters changed, left out (`""`) or added.
    fn request(&self, changes: &[(&str, &str)]) -> Parameters {
        let callback = self.party.callback();
        let good = [
            ("response_type", "code"),
            ("client_id", "harbour"),
            ("redirect_uri", &callback),
            ("scope", "openid profile email boats.read"),
            ("state", "af0 ifj&s=ldkj\"é"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        let all = good.into_iter().chain(changes.iter().copied());
        let mut request: Parameters = all.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        request.retain(|_, value| !value.is_empty());
        request
    }

    /// Begins at the app.
    async fn start(&self, changes: &[(&str, &str)]) {
        let endpoint = self.app.url("/oauth2/authorize");
        self.chromium.open(&self.party.start_page("get", &endpoint, &self.request(changes))).await;
        self.chromium.press("button").await;
    }

    /// Fills in the sign-in form, and sends it.
    async fn sign_in(&self, username: &str, password: &str) {
        self.chromium.fill("username", username).await;
        self.chromium.fill("password", password).await;
        self.chromium.press("form#login button").await;
    }

    /// Allows what is asked for.
    async fn allow(&self) {
        self.chromium.arrives_at("/consent").await;
        self.chromium.press("button[value=allow]").await;
    }

    /// What the app was told, now that the browser is back there.
    async fn told(&self) -> Parameters {
        self.chromium.arrives_at("/welcome").await;
        let (method, told) = self.party.answer();
        assert_eq!(method, "GET");
        assert_eq!(told["state"], "af0 ifj&s=ldkj\"é");
        assert_eq!(told["iss"], self.app.issuer);
        told
    }

    /// What the app gets for its code.
    async fn tokens(&self, code: &str) -> Value {
        let callback = self.party.callback();
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &callback),
            ("code_verifier", VERIFIER),
        ];
        self.app.token(&self.client, &form).await.ok()
    }

    /// Where the app sends people who sign out.
    fn end_session(&self, tokens: &Value) -> String {
        let goodbye = self.party.goodbye();
        let asked = [("id_token_hint", tokens["id_token"].as_str().unwrap()), ("post_logout_redirect_uri", &goodbye)];
        self.app.url(&format!("/oauth2/end_session?{}", form_encode(&asked)))
    }

    /// A link for the first admin.
    async fn set_up_link(&self) -> String {
        let cx = &self.app.cx;
        let (actor, origin) = TestApp::operator();
        let act = Act { store: &cx.store, entropy: &*cx.entropy, now: cx.now(), actor, origin: &origin };
        let link = links::make_set_up(&act, &cx.hasher, &cx.config.links).await.unwrap().unwrap();
        links::set_up_url(cx.issuer(), &link)
    }

    /// A link for somebody who was added.
    async fn invitation_link(&self) -> String {
        let grace = self.app.person("grace").await;
        let cx = &self.app.cx;
        // Whoever is invited has no password yet.
        let db = Database::connect(cx.config.database.url.to_url().expose_secret()).await.unwrap();
        db.execute_unprepared("UPDATE people SET password_hash = NULL WHERE username = 'grace'").await.unwrap();
        db.close().await.unwrap();
        let (actor, origin) = TestApp::operator();
        let act = Act { store: &cx.store, entropy: &*cx.entropy, now: cx.now(), actor, origin: &origin };
        let link = links::make_invitation(&act, &cx.hasher, &cx.config.links, grace).await.unwrap();
        links::invitation_url(cx.issuer(), &link)
    }

    /// Waits until what an app asked for is too old.
    fn wait_too_long(&self) {
        self.app.clock.advance(self.app.cx.config.sessions.pending_lifetime + Duration::from_secs(1));
    }
}
