//! Another provider, as far as a test needs one that says what it is told to say: right or wrong.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use serde_json::{Value, json};
use url::Url;

use super::app::START;
use super::{Browser, Page, SigningKey, form_encode};

/// What it says.
pub struct Says {
    /// Members in the place of those of its discovery document.
    pub document: Value,
    /// Members in the place of those of the ID token's header.
    pub header: Value,
    /// Claims in the place of those of the ID token.
    pub claims: Value,
    /// The ID token as it is, whatever is said above.
    pub id_token: Option<String>,
    /// What `UserInfo` answers; and of a plain provider, its document.
    pub userinfo: Value,
    /// What it signs with.
    pub key: Arc<SigningKey>,
    /// What it publishes.
    pub keys: Vec<Value>,
    /// Of these paths, this in the place of everything else.
    pub instead: BTreeMap<&'static str, Instead>,
    /// What was asked: the path and the body.
    pub asked: Vec<(String, String)>,
}

/// What a provider says that is broken, or means harm.
#[derive(Clone, Debug)]
pub enum Instead {
    /// These bytes, with this status.
    Text(u16, String),
    /// Ask there.
    Elsewhere(String),
    /// Nothing, ever.
    Nothing,
}

type State = Arc<Mutex<Says>>;

/// The provider.
pub struct FakeProvider {
    /// Its issuer.
    pub issuer: String,
    says: State,
    server: ServerHandle,
}

/// The secret of this server there.
pub const PROVIDER_SECRET: &str = "the secret that claviger has there";
/// The access token that it gives.
pub const PROVIDER_TOKEN: &str = "an-access-token-of-the-provider";

impl FakeProvider {
    /// One that says of everybody that they are `there-1`, with the verified address of ada.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let issuer = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let key = Arc::new(SigningKey::p256());
        let nothing = || json!({});
        let says = Says {
            document: nothing(),
            header: nothing(),
            claims: nothing(),
            id_token: None,
            userinfo: json!({ "sub": "there-1", "name": "Ada There", "preferred_username": "ada.there",
                              "email": "ada@example.com", "email_verified": true }),
            keys: vec![key.jwk("k")],
            key,
            instead: BTreeMap::new(),
            asked: Vec::new(),
        };
        let says: State = Arc::new(Mutex::new(says));
        let state = Data::new((issuer.clone(), Arc::clone(&says)));
        let app = move || App::new().app_data(state.clone()).default_service(web::to(answer));
        let server = HttpServer::new(app).workers(1).disable_signals().listen(listener).unwrap().run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self { issuer, says, server: handle }
    }

    /// Changes what it says.
    pub fn says(&self, change: impl FnOnce(&mut Says)) {
        change(&mut self.says.lock().unwrap());
    }

    /// Says of everybody that they are this one.
    pub fn says_subject(&self, subject: &str) {
        self.says(|says| {
            says.claims = json!({ "sub": subject });
            says.userinfo["sub"] = subject.into();
        });
    }

    /// Says of everybody that they have this address.
    pub fn says_address(&self, email: &str, verified: bool) {
        self.says(|says| {
            says.userinfo["email"] = email.into();
            says.userinfo["email_verified"] = verified.into();
        });
    }

    /// The forms that were sent to its token endpoint.
    pub fn redeemed(&self) -> Vec<String> {
        let asked = &self.says.lock().unwrap().asked;
        asked.iter().filter(|(path, _)| path == "/token").map(|(_, body)| body.clone()).collect()
    }

    /// How often it was asked for anything.
    pub fn times_asked(&self) -> usize {
        self.says.lock().unwrap().asked.len()
    }

    /// The section of the settings for it, under this name, with `more` in it.
    pub fn section(&self, id: &str, more: &str) -> String {
        format!(
            "[[providers]]\nid = \"{id}\"\nname = \"Harbour\"\nissuer = \"{}\"\nclient_id = \"claviger\"\n\
             client_secret = \"{PROVIDER_SECRET}\"\n{more}",
            self.issuer
        )
    }

    /// Presses its button: where the browser is sent.
    pub async fn begin(browser: &Browser, page: &Page, id: &str) -> Url {
        let there = browser.submit_only(page, "form#providers", &[("provider", id)]).await;
        assert_eq!(there.answer.status, 303, "{}", there.answer.body);
        there.url
    }

    /// The way back from `there`, as an honest provider sends it, after it has noted the nonce.
    pub fn way_back(&self, there: &Url) -> String {
        self.way_back_with(there, &[("code", "the-code"), ("iss", &self.issuer)])
    }

    /// The same with these parameters beside the state.
    pub fn way_back_with(&self, there: &Url, parameters: &[(&str, &str)]) -> String {
        let of = |name: &str| there.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        let (state, nonce) = (of("state").unwrap(), of("nonce"));
        self.says(|says| {
            let claims = says.claims.as_object_mut().unwrap();
            claims.entry("nonce").or_insert(nonce.into());
        });
        let all = [&[("state", state.as_str())], parameters].concat();
        format!("{}?{}", of("redirect_uri").unwrap(), form_encode(&all))
    }

    /// All of it: the sign-in page, there and back.
    pub async fn sign_in(&self, browser: &Browser, id: &str) -> Page {
        let page = browser.open("/login?another=yes").await;
        let there = Self::begin(browser, &page, id).await;
        self.says(|says| drop(says.claims.as_object_mut().unwrap().remove("nonce")));
        browser.open(&self.way_back(&there)).await
    }
}

impl Drop for FakeProvider {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

fn with(mut members: Value, others: &Value) -> Value {
    members.as_object_mut().unwrap().extend(others.as_object().unwrap().clone());
    members
}

async fn answer(request: HttpRequest, body: String, state: Data<(String, State)>) -> HttpResponse {
    let (issuer, says) = state.get_ref();
    let instead = {
        let mut says = says.lock().unwrap();
        says.asked.push((request.path().to_owned(), body));
        says.instead.get(request.path()).cloned()
    };
    match instead {
        Some(Instead::Text(status, text)) => {
            let status = StatusCode::from_u16(status).unwrap();
            return HttpResponse::build(status).content_type("application/json").body(text);
        }
        Some(Instead::Elsewhere(uri)) => {
            return HttpResponse::TemporaryRedirect().insert_header(("location", uri)).finish();
        }
        Some(Instead::Nothing) => return std::future::pending().await,
        None => {}
    }
    let says = says.lock().unwrap();
    let at = |path: &str| format!("{issuer}{path}");
    let answered = match request.path() {
        "/.well-known/openid-configuration" => with(
            json!({
                "issuer": issuer, "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"),
                "userinfo_endpoint": at("/userinfo"), "jwks_uri": at("/jwks"), "response_types_supported": ["code"],
                "subject_types_supported": ["public"], "end_session_endpoint": at("/end"),
                "id_token_signing_alg_values_supported": ["ES256", "RS256", "HS256", "none"],
                "authorization_response_iss_parameter_supported": true,
            }),
            &says.document,
        ),
        "/jwks" => json!({ "keys": says.keys }),
        "/token" => {
            let header = with(json!({ "alg": says.key.algorithm(), "kid": "k" }), &says.header);
            let now = START.seconds();
            let claims = json!({ "iss": issuer, "sub": "there-1", "aud": "claviger", "iat": now, "exp": now + 600 });
            let signed = says.key.sign(&header, &with(claims, &says.claims));
            json!({
                "access_token": PROVIDER_TOKEN, "token_type": "Bearer", "expires_in": 600,
                "id_token": says.id_token.clone().unwrap_or(signed),
            })
        }
        "/userinfo" => says.userinfo.clone(),
        "/authorize" => {
            let page = "<!doctype html><html lang=en><link rel=icon href=\"data:,\"><title>There</title><h1>There</h1>";
            return HttpResponse::Ok().content_type("text/html").body(page);
        }
        _ => return HttpResponse::NotFound().finish(),
    };
    HttpResponse::Ok().json(answered)
}
