//! An API that accepts Claviger's access tokens: it checks the JWTs by itself (RFC 9068), with keys that it finds by
//! discovery. Each route says what it needs of its caller, and tells a caller who lacks it what to do: a scope (RFC 6750), a
//! fresh sign-in (RFC 9470). What the API is and whose tokens it takes, it says to programs (RFC 9728). With credentials of
//! its own it takes API keys and opaque tokens too: about those it asks the server (RFC 7662).
//!
//! Meant to be copied: [`Needs`], [`Caller`], [`Verifier`] and [`Refusal`].
//!
//! ```text
//! cargo run --release -- --config examples/config.toml serve
//! cargo run --example resource_server
//! ```
//!
//! Settings by environment: `ISSUER`, `API` (its own identifier: what tokens must be meant for), `LISTEN`; `CLIENT_ID` and
//! `CLIENT_SECRET`, if it is to ask.

use std::env;
use std::fmt;
use std::marker::PhantomData;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use actix_web::dev::Payload;
use actix_web::http::{StatusCode, header};
use actix_web::web::{self, Data};
use actix_web::{App, Error, FromRequest, HttpRequest, HttpResponse, HttpServer, ResponseError};
use anyhow::{Context, Result, ensure};
use futures_util::future::LocalBoxFuture;
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use reqwest::Url;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use tokio::sync::RwLock;
use tokio::time::Instant;

#[actix_web::main]
async fn main() -> Result<()> {
    rustls::crypto::aws_lc_rs::default_provider().install_default().ok();
    let listen = setting("LISTEN", "127.0.0.1:8082");
    let api = setting("API", "http://localhost:8082");
    let verifier = Verifier::discover(&setting("ISSUER", "http://localhost:8080"), &api).await?;
    let (verifier, notes) = (Data::new(verifier), Data::new(Notes::default()));
    let app = move || {
        App::new()
            .app_data(verifier.clone())
            .app_data(notes.clone())
            .route(verifier.metadata.path(), web::get().to(describe))
            .route("/notes", web::get().to(list))
            .route("/notes", web::post().to(add))
            .route("/notes", web::delete().to(clear))
    };
    let server = HttpServer::new(app).workers(1).bind(&listen).with_context(|| format!("cannot listen at {listen}"))?;
    println!("The API {api} listens at {listen}");
    Ok(server.run().await?)
}

fn setting(name: &str, default: &str) -> String {
    env::var(name).unwrap_or_else(|_| default.to_owned())
}

/// What the API is about: who wrote what.
type Notes = Mutex<Vec<(String, String)>>;

struct Read;
struct Write;
struct Clear;

impl Needs for Read {
    const SCOPE: &'static str = "notes:read";
}

impl Needs for Write {
    const SCOPE: &'static str = "notes:write";
}

/// What cannot be undone is for a person who was there a moment ago, not for a browser that was left open.
impl Needs for Clear {
    const SCOPE: &'static str = "notes:write";
    const MAX_AGE: Option<u64> = Some(300);
}

async fn list(caller: Caller<Read>, notes: Data<Notes>) -> HttpResponse {
    let notes = notes.lock().unwrap_or_else(PoisonError::into_inner);
    let mine: Vec<_> = notes.iter().filter(|(owner, _)| *owner == caller.sub).map(|(_, text)| text).collect();
    HttpResponse::Ok().json(mine)
}

async fn add(caller: Caller<Write>, text: String, notes: Data<Notes>) -> HttpResponse {
    notes.lock().unwrap_or_else(PoisonError::into_inner).push((caller.sub, text));
    HttpResponse::Created().body("noted")
}

async fn clear(caller: Caller<Clear>, notes: Data<Notes>) -> HttpResponse {
    notes.lock().unwrap_or_else(PoisonError::into_inner).retain(|(owner, _)| *owner != caller.sub);
    HttpResponse::NoContent().finish()
}

/// What the API is, for a program that knows no more than its address (RFC 9728, section 2).
async fn describe(verifier: Data<Verifier>) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")).json(json!({
        "resource": verifier.audience,
        "resource_name": "Notes",
        "authorization_servers": [verifier.issuer],
        "scopes_supported": [Read::SCOPE, Write::SCOPE],
        "bearer_methods_supported": ["header"],
    }))
}

/// What a route needs of whoever calls it.
trait Needs: 'static {
    /// The scope that the token must carry.
    const SCOPE: &'static str;
    /// For how many seconds a sign-in is fresh enough; `None` if that is no matter, as for machines, which never sign in.
    const MAX_AGE: Option<u64> = None;
}

/// The guard: a handler that takes one is reached only by whoever has what `N` needs, and learns who that is.
struct Caller<N> {
    /// The person; for a machine, the client.
    sub: String,
    needs: PhantomData<N>,
}

impl<N: Needs> FromRequest for Caller<N> {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (verifier, request) = (Data::<Verifier>::from_request(request, payload), request.clone());
        Box::pin(async move {
            let verifier = verifier.await?;
            let refused = |why| Refusal { why, metadata: verifier.metadata.clone() };
            let presented = bearer(&request).map_err(refused)?;
            let token = match (&verifier.credentials, presented.starts_with("clv_")) {
                (Some(credentials), true) => verifier.ask(credentials, presented, request.peer_addr()).await,
                _ => verifier.verify(presented).await,
            };
            let token = token.map_err(refused)?;
            token.check::<N>(now()).map_err(refused)?;
            Ok(Self { sub: token.sub, needs: PhantomData })
        })
    }
}

#[expect(clippy::disallowed_methods, reason = "an API of its own has no clock but the machine's")]
fn now() -> SystemTime {
    SystemTime::now()
}

/// What we need of an access token.
#[derive(Deserialize)]
struct AccessToken {
    sub: String,
    #[serde(default)]
    scope: String,
    /// When the person signed in; no machine ever did (RFC 9068, section 2.2.1).
    auth_time: Option<u64>,
}

impl AccessToken {
    fn check<N: Needs>(&self, now: SystemTime) -> Result<(), Why> {
        if !self.scope.split(' ').any(|granted| granted == N::SCOPE) {
            return Err(Why::Scope(N::SCOPE));
        }
        let Some(max_age) = N::MAX_AGE else { return Ok(()) };
        let signed_in = self.auth_time.map(|seconds| UNIX_EPOCH + Duration::from_secs(seconds));
        // A sign-in that is still to come is one of a moment ago, by a clock that differs.
        let is_stale = |at| now.duration_since(at).is_ok_and(|age| age.as_secs() > max_age);
        if signed_in.is_none_or(is_stale) { Err(Why::SignIn(max_age)) } else { Ok(()) }
    }
}

/// Checks access tokens of one issuer for one API.
struct Verifier {
    issuer: String,
    audience: String,
    /// Where the API describes itself.
    metadata: Url,
    jwks_uri: String,
    introspection_endpoint: String,
    /// Who we are there, and our secret.
    credentials: Option<(String, String)>,
    http: reqwest::Client,
    keys: RwLock<Keys>,
}

/// The issuer's keys and when they were asked for.
struct Keys {
    set: JwkSet,
    fetched: Instant,
}

impl Verifier {
    /// What we sign with; never what a token says alone, and never a symmetric algorithm.
    const ALGORITHMS: [Algorithm; 3] = [Algorithm::ES256, Algorithm::RS256, Algorithm::EdDSA];
    /// An unknown key is looked for at most this often, so that forged tokens cannot make us flood the issuer.
    const PAUSE: Duration = Duration::from_secs(10);
    /// What clocks may differ, in seconds.
    const LEEWAY: u64 = 5;

    /// Finds the issuer's keys.
    async fn discover(issuer: &str, audience: &str) -> Result<Self> {
        #[derive(Deserialize)]
        struct Metadata {
            issuer: String,
            jwks_uri: String,
            introspection_endpoint: String,
        }
        let http = reqwest::Client::builder().timeout(Duration::from_secs(5)).build()?;
        let metadata: Metadata = fetch(&http, &format!("{issuer}/.well-known/openid-configuration")).await?;
        ensure!(metadata.issuer == issuer, "the metadata are of {}, not of {issuer}", metadata.issuer);
        let set = fetch(&http, &metadata.jwks_uri).await?;
        Ok(Self {
            issuer: metadata.issuer,
            audience: audience.to_owned(),
            metadata: metadata_address(audience)?,
            jwks_uri: metadata.jwks_uri,
            introspection_endpoint: metadata.introspection_endpoint,
            credentials: env::var("CLIENT_ID").ok().zip(env::var("CLIENT_SECRET").ok()),
            http,
            keys: RwLock::new(Keys { set, fetched: Instant::now() }),
        })
    }

    /// The token, if it is good here.
    async fn verify(&self, token: &str) -> Result<AccessToken, Why> {
        let header = decode_header(token).map_err(|_| Why::Token("it is no JWT"))?;
        // The type tells an access token from an ID token, which is not meant for APIs (RFC 9068, section 4).
        let typ = header.typ.as_deref().unwrap_or_default().to_ascii_lowercase();
        if !matches!(typ.as_str(), "at+jwt" | "application/at+jwt") {
            return Err(Why::Token("it is no access token"));
        }
        // Extensions that must be understood, and are not (RFC 7515, section 4.1.11).
        if header.crit.is_some() || !Self::ALGORITHMS.contains(&header.alg) {
            return Err(Why::Token("it is signed in a way that is not accepted here"));
        }
        let kid = header.kid.as_deref().ok_or(Why::Token("it names no key"))?;
        let key = self.key(kid).await.ok_or(Why::Token("its key is unknown"))?;
        // A key is good for its own algorithm only (RFC 8725, section 3.1).
        if key.common.key_algorithm != Some(header.alg.into()) {
            return Err(Why::Token("its key is of another algorithm"));
        }
        let key = DecodingKey::from_jwk(&key).map_err(|_| Why::Token("its key is unusable"))?;
        let mut rules = Validation::new(header.alg);
        rules.leeway = Self::LEEWAY;
        rules.set_issuer(&[&self.issuer]);
        rules.set_audience(&[&self.audience]);
        rules.set_required_spec_claims(&["iss", "aud", "exp", "sub"]);
        let token = decode(token, &key, &rules).map_err(|error| {
            eprintln!("refused a token: {error}");
            Why::Token("it is expired, altered, or meant for another API")
        })?;
        Ok(token.claims)
    }

    /// Asks the issuer about what only it can know. It says yes only to what is good here, and each yes to an API key counts
    /// against the limits of that key; of a key that is bound to addresses it wants to know where it came from.
    async fn ask(
        &self,
        (id, secret): &(String, String),
        token: &str,
        from: Option<SocketAddr>,
    ) -> Result<AccessToken, Why> {
        #[derive(Deserialize)]
        struct Answer {
            active: bool,
            retry_after: Option<u64>,
            #[serde(flatten)]
            token: Option<AccessToken>,
        }
        let from = from.map(|from| from.ip().to_string()).unwrap_or_default();
        let form = [("token", token), ("client_address", from.as_str())];
        let request = self.http.post(&self.introspection_endpoint).basic_auth(encoded(id), Some(encoded(secret)));
        let answer = async { request.form(&form).send().await?.error_for_status()?.json::<Answer>().await };
        match answer.await {
            Ok(Answer { active: true, token: Some(token), .. }) => Ok(token),
            Ok(Answer { retry_after: Some(seconds), .. }) => Err(Why::Limit(seconds)),
            Ok(_) => Err(Why::Token("it is not good here")),
            Err(error) => {
                eprintln!("cannot ask {}: {error}", self.introspection_endpoint);
                Err(Why::Unavailable)
            }
        }
    }

    /// A key by its id; asks the issuer if it is new, as after a rotation.
    async fn key(&self, kid: &str) -> Option<Jwk> {
        if let Some(key) = self.keys.read().await.set.find(kid) {
            return Some(key.clone());
        }
        let mut keys = self.keys.write().await;
        if keys.set.find(kid).is_none() && keys.fetched.elapsed() >= Self::PAUSE {
            keys.fetched = Instant::now();
            match fetch(&self.http, &self.jwks_uri).await {
                Ok(set) => keys.set = set,
                Err(error) => eprintln!("cannot fetch {}: {error}", self.jwks_uri),
            }
        }
        keys.set.find(kid).cloned()
    }
}

async fn fetch<T: DeserializeOwned>(http: &reqwest::Client, url: &str) -> Result<T> {
    let response = http.get(url).send().await?.error_for_status()?;
    Ok(response.json().await?)
}

/// Id and secret are form-encoded before they become Basic credentials (RFC 6749, section 2.3.1).
fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// The token in the `Authorization` header (RFC 6750, section 2.1).
fn bearer(request: &HttpRequest) -> Result<&str, Why> {
    let header = request.headers().get(header::AUTHORIZATION).ok_or(Why::Missing)?;
    let (scheme, token) = header.to_str().ok().and_then(|text| text.split_once(' ')).ok_or(Why::Missing)?;
    if scheme.eq_ignore_ascii_case("Bearer") { Ok(token.trim()) } else { Err(Why::Missing) }
}

/// RFC 9728, section 3.1: between host and path of the API.
fn metadata_address(api: &str) -> Result<Url> {
    let mut address = Url::parse(api).context("API is no URL")?;
    let path = format!("/.well-known/oauth-protected-resource{}", address.path().trim_end_matches('/'));
    address.set_path(&path);
    Ok(address)
}

/// Why a request is refused.
#[derive(Debug)]
enum Why {
    /// No token: the answer names no error (RFC 6750, section 3.1).
    Missing,
    /// A token that is no good.
    Token(&'static str),
    /// A good token without this scope.
    Scope(&'static str),
    /// The person has to sign in again: longer than so many seconds ago is too long. The app sends them to the server with
    /// this as `max_age` (RFC 9470, section 4).
    SignIn(u64),
    /// A key that was used more than it may be; good again after so many seconds.
    Limit(u64),
    /// The issuer does not answer.
    Unavailable,
}

/// A refusal, as RFC 6750, section 3, wants it said; with the address of what the API says of itself (RFC 9728, section 5.1).
#[derive(Debug)]
struct Refusal {
    why: Why,
    metadata: Url,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bearer resource_metadata=\"{}\"", self.metadata)?;
        match self.why {
            Why::Missing | Why::Limit(_) | Why::Unavailable => Ok(()),
            Why::Token(why) => {
                write!(f, ", error=\"invalid_token\", error_description=\"This token is not accepted: {why}\"")
            }
            Why::Scope(scope) => write!(f, ", error=\"insufficient_scope\", scope=\"{scope}\""),
            Why::SignIn(max_age) => write!(
                f,
                ", error=\"insufficient_user_authentication\", error_description=\"Sign in again for this\", \
                 max_age=\"{max_age}\""
            ),
        }
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        match self.why {
            Why::Missing | Why::Token(_) | Why::SignIn(_) => StatusCode::UNAUTHORIZED,
            Why::Scope(_) => StatusCode::FORBIDDEN,
            Why::Limit(_) => StatusCode::TOO_MANY_REQUESTS,
            Why::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        match self.why {
            Why::Limit(seconds) => response.insert_header((header::RETRY_AFTER, seconds)),
            Why::Unavailable => response.insert_header((header::RETRY_AFTER, 1)),
            _ => response.insert_header((header::WWW_AUTHENTICATE, self.to_string())),
        };
        response.finish()
    }
}
