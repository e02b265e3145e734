//! Twins of the modules of the OpenID Foundation's suite: one test each, named after the module, driving a running server as
//! the suite does: a program that asks, and a browser with cookies, plain forms and no scripts. What the suite only warns
//! about fails here. `docs/conformance.md` is the table of both.

mod certification;
mod codes;
mod config;
mod display;
mod dynamic;
mod fresh_sign_in;
mod happy;
mod id_token;
mod logout;
mod refresh_token;
mod registered;
mod request_objects;
mod requests;
mod silent;
mod table;
mod third_party;
mod userinfo;
mod well_formed;

use std::collections::BTreeMap;
use std::time::Duration;

use claviger::ids::PersonId;
use claviger::protocol::attributes::Attributes;
use claviger::store::Person;
use secrecy::SecretString;
use serde_json::{Value, json};

use self::well_formed::{check_claims, check_random};
use crate::support::{
    Answer, Browser, PASSWORD, Page, REDIRECT_URI, TestApp, TestClient, check_signature, claims, form_encode, header,
};

const STATE: &str = "x3lPbDWbzK";
const NONCE: &str = "n7tRqEoVuA";
/// Every scope of a person; the suite calls it `all`.
const ALL_SCOPES: &str = "openid profile email address phone";

/// A provider, with a person of whom everything is known, and two apps.
struct Provider {
    app: TestApp,
    browser: Browser,
    ada: PersonId,
    first: TestClient,
    second: TestClient,
}

/// What an app has after a whole flow, checked as after each of the suite's.
struct Flow {
    code: String,
    tokens: Value,
    id_token: Value,
}

impl Flow {
    fn access_token(&self) -> &str {
        self.tokens["access_token"].as_str().unwrap()
    }

    fn hint(&self) -> &str {
        self.tokens["id_token"].as_str().unwrap()
    }

    fn auth_time(&self) -> i64 {
        self.id_token["auth_time"].as_i64().unwrap()
    }
}

impl Provider {
    async fn start() -> Self {
        Self::start_with("", &json!({})).await
    }

    /// The same with these settings, and apps with these members besides.
    async fn start_with(toml: &str, members: &Value) -> Self {
        let app = TestApp::start_with(toml).await;
        let client = async |id: &str| {
            let mut metadata = json!({
                "client_id": id,
                "client_name": "Conformance",
                "redirect_uris": [REDIRECT_URI],
                "grant_types": ["authorization_code", "refresh_token"],
                "scope": format!("{ALL_SCOPES} offline_access"),
                // Most of the suite's requests have no code_challenge.
                "require_pkce": false,
            });
            metadata.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
            app.client(metadata).await
        };
        let (first, second) = (client("first").await, client("second").await);
        let ada = somebody(&app).await;
        let browser = app.browser();
        Self { app, browser, ada, first, second }
    }

    /// The parameters of a request, with some changed, left out (`""`) or added.
    fn parameters<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let usual = [
            ("response_type", "code"),
            ("client_id", "first"),
            ("redirect_uri", REDIRECT_URI),
            ("scope", "openid"),
            ("state", STATE),
            ("nonce", NONCE),
        ];
        let kept = usual.into_iter().filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
        kept.chain(changes.iter().copied()).filter(|(_, value)| !value.is_empty()).collect()
    }

    fn path(changes: &[(&str, &str)]) -> String {
        format!("/oauth2/authorize?{}", form_encode(&Self::parameters(changes)))
    }

    /// Opens a request in the browser, and stops at whatever page comes.
    async fn open(&self, changes: &[(&str, &str)]) -> Page {
        self.browser.open(&Self::path(changes)).await
    }

    /// Signs in and allows, wherever the page asks for it.
    async fn go_on(&self, mut page: Page) -> Page {
        if page.has("form#login") {
            let pair = [("username", "ada"), ("password", PASSWORD)];
            page = self.browser.submit(&page, "form#login", &pair).await;
        }
        if page.has("form#consent") {
            page = self.browser.submit(&page, "form#consent", &[("decision", "allow")]).await;
        }
        page
    }

    /// The parameters of the answer, at the callback: the state to the letter, the issuer by name.
    #[track_caller]
    fn answer(&self, page: &Page, state: &str) -> BTreeMap<String, String> {
        let at = page.url.as_str();
        assert!(at.starts_with(&format!("{REDIRECT_URI}?")), "{at}: {}", page.answer.body);
        assert_eq!(page.url.fragment(), None);
        let answer: BTreeMap<_, _> = page.url.query_pairs().into_owned().collect();
        assert_eq!(answer.get("state").map(String::as_str).unwrap_or_default(), state);
        assert_eq!(answer.get("iss"), Some(&self.app.issuer));
        answer
    }

    /// The error of an answer: with a description that holds only what RFC 6749 allows there, and no code.
    #[track_caller]
    fn error(&self, page: &Page, state: &str) -> String {
        let answer = self.answer(page, state);
        assert!(!answer.contains_key("code"), "{answer:?}");
        let description = answer.get("error_description").map(String::as_str).unwrap_or_default();
        let allowed = |c: char| matches!(c, '\x20'..='\x21' | '\x23'..='\x5b' | '\x5d'..='\x7e');
        assert!(!description.is_empty() && description.chars().all(allowed), "{description:?}");
        answer["error"].clone()
    }

    async fn redeem(&self, client: &TestClient, code: &str) -> Answer {
        let form = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", REDIRECT_URI)];
        self.app.token(client, &form).await
    }

    /// A whole flow of the first app, with whatever pages come.
    async fn flow(&self, changes: &[(&str, &str)]) -> Flow {
        let page = self.go_on(self.open(changes).await).await;
        self.finish(&page, changes).await
    }

    /// A whole flow in which no page may come.
    async fn silent_flow(&self, changes: &[(&str, &str)]) -> Flow {
        let page = self.open(changes).await;
        self.finish(&page, changes).await
    }

    /// From the callback to the tokens.
    async fn finish(&self, page: &Page, changes: &[(&str, &str)]) -> Flow {
        let parameters = Self::parameters(changes);
        let sent = |name: &str| parameters.iter().find(|(sent, _)| *sent == name).map(|(_, value)| *value);
        let code = self.answer(page, sent("state").unwrap_or_default()).get("code").cloned();
        let code = code.unwrap_or_else(|| panic!("no code: {}", page.url));
        check_random(&code);
        let answer = self.redeem(&self.first, &code).await;
        self.check_tokens(answer, code, &self.first, sent("nonce")).await
    }

    /// A token response as the suite wants each: and that the access token works at `UserInfo`.
    async fn check_tokens(&self, answer: Answer, code: String, client: &TestClient, nonce: Option<&str>) -> Flow {
        let tokens = answer.ok();
        assert!(answer.header("content-type").starts_with("application/json"));
        assert_eq!((answer.header("cache-control"), answer.header("pragma")), ("no-store", "no-cache"));
        assert!(tokens["token_type"].as_str().unwrap().eq_ignore_ascii_case("bearer"));
        assert!((1..=31_536_000).contains(&tokens["expires_in"].as_i64().unwrap()), "{tokens}");
        let access_token = tokens["access_token"].as_str().unwrap();
        check_random(access_token);
        let token = tokens["id_token"].as_str().unwrap();
        let id_token = self.check_id_token(token, client, nonce, access_token).await;
        let userinfo = self.app.userinfo(access_token).await.ok();
        assert_eq!(userinfo["sub"], id_token["sub"]);
        check_claims(&userinfo);
        Flow { code, tokens, id_token }
    }

    /// An ID token as the suite wants each.
    async fn check_id_token(&self, token: &str, client: &TestClient, nonce: Option<&str>, access_token: &str) -> Value {
        let id_token = claims(token);
        let now = self.app.cx.now().seconds();
        check_signature(&self.app.get("/oauth2/jwks").await.ok(), token);
        assert_eq!(header(token)["alg"], "RS256");
        assert_eq!((&id_token["iss"], &id_token["aud"]), (&json!(self.app.issuer), &json!(client.id)));
        assert_eq!(id_token["sub"], json!(self.ada));
        assert!(id_token["exp"].as_i64().unwrap() > now);
        assert!((now - 300..=now).contains(&id_token["iat"].as_i64().unwrap()), "{id_token}");
        assert!((now - 86_400..=now).contains(&id_token["auth_time"].as_i64().unwrap()), "{id_token}");
        assert!(!id_token["acr"].as_str().unwrap().is_empty());
        assert_eq!(id_token.get("nonce").and_then(Value::as_str), nonce);
        assert_eq!(id_token["at_hash"], id_token::half_hash(access_token));
        assert_eq!(id_token.get("c_hash"), None, "of a code there is none beside the code");
        check_claims(&id_token);
        for name in well_formed::PERSONAL {
            assert_eq!(id_token.get(name), None, "nobody has asked for it here");
        }
        id_token
    }

    fn wait(&self, seconds: u64) {
        self.app.clock.advance(Duration::from_secs(seconds));
    }
}

/// A person of whom every standard claim is known.
async fn somebody(app: &TestApp) -> PersonId {
    let (id, now) = (PersonId(app.cx.entropy.uuid()), app.cx.now());
    let hash = app.cx.passwords.hash(SecretString::from(PASSWORD)).await.unwrap();
    let known = json!({
        "name": "Ada Lovelace", "given_name": "Ada", "family_name": "Lovelace", "middle_name": "King",
        "nickname": "Ada", "preferred_username": "ada", "profile": "https://ada.example/me",
        "picture": "https://ada.example/me.png", "website": "https://ada.example", "email": "ada@ada.example",
        "email_verified": true, "gender": "female", "birthdate": "1815-12-10", "zoneinfo": "Europe/London",
        "locale": "en-GB", "phone_number": "+44 20 7946 0000", "phone_number_verified": false,
        "address": { "formatted": "12 St James's Square\nLondon", "street_address": "12 St James's Square",
            "locality": "London", "region": "London", "postal_code": "SW1Y 4JH", "country": "UK" },
    });
    let person = Person {
        id,
        username: "ada".to_owned(),
        claims: serde_json::from_value(known).unwrap(),
        attributes: Attributes::default(),
        password_hash: Some(hash),
        role: None,
        created_at: now,
        updated_at: now,
        disabled_at: None,
    };
    app.cx.store.write(move |tx| Box::pin(async move { tx.insert_person(&person).await })).await.unwrap();
    id
}
