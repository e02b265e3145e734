//! An API that accepts Claviger's access tokens: it checks the JWTs by itself (RFC 9068), with keys that it finds by
//! discovery, and wants a scope for each route. Meant to be copied: [`Verifier`] and [`Refusal`] are all of it.
//!
//! ```text
//! cargo run --release -- --config examples/config.toml serve
//! cargo run --example resource_server
//! ```
//!
//! Settings by environment: `ISSUER`, `API` (its own identifier: what tokens must be meant for), `LISTEN`.

use std::env;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use actix_web::http::{StatusCode, header};
use actix_web::web::{self, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, ResponseError};
use anyhow::{Context, Result, ensure};
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde::de::DeserializeOwned;
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
        let app = App::new().app_data(verifier.clone()).app_data(notes.clone());
        app.route("/notes", web::get().to(list)).route("/notes", web::post().to(add))
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

async fn list(request: HttpRequest, verifier: Data<Verifier>, notes: Data<Notes>) -> Result<HttpResponse, Refusal> {
    let caller = verifier.authorize(&request, "notes:read").await?;
    let notes = notes.lock().unwrap_or_else(PoisonError::into_inner);
    let mine: Vec<_> = notes.iter().filter(|(owner, _)| *owner == caller.sub).map(|(_, text)| text).collect();
    Ok(HttpResponse::Ok().json(mine))
}

async fn add(
    request: HttpRequest,
    text: String,
    verifier: Data<Verifier>,
    notes: Data<Notes>,
) -> Result<HttpResponse, Refusal> {
    let caller = verifier.authorize(&request, "notes:write").await?;
    notes.lock().unwrap_or_else(PoisonError::into_inner).push((caller.sub, text));
    Ok(HttpResponse::Created().body("noted"))
}

/// Who calls, and what they may do.
#[derive(Deserialize)]
struct AccessToken {
    /// The person; for a machine, the client.
    sub: String,
    #[serde(default)]
    scope: String,
}

/// Checks access tokens of one issuer for one API.
struct Verifier {
    issuer: String,
    audience: String,
    jwks_uri: String,
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
        }
        let http = reqwest::Client::builder().timeout(Duration::from_secs(5)).build()?;
        let metadata: Metadata = fetch(&http, &format!("{issuer}/.well-known/openid-configuration")).await?;
        ensure!(metadata.issuer == issuer, "the metadata are of {}, not of {issuer}", metadata.issuer);
        let set = fetch(&http, &metadata.jwks_uri).await?;
        Ok(Self {
            issuer: metadata.issuer,
            audience: audience.to_owned(),
            jwks_uri: metadata.jwks_uri,
            http,
            keys: RwLock::new(Keys { set, fetched: Instant::now() }),
        })
    }

    /// The token of a request, if it is good here and carries the scope.
    async fn authorize(&self, request: &HttpRequest, scope: &'static str) -> Result<AccessToken, Refusal> {
        let token = self.verify(bearer(request)?).await?;
        if token.scope.split(' ').any(|granted| granted == scope) { Ok(token) } else { Err(Refusal::Scope(scope)) }
    }

    async fn verify(&self, token: &str) -> Result<AccessToken, Refusal> {
        let header = decode_header(token).map_err(|_| Refusal::Token("it is no JWT"))?;
        // The type tells an access token from an ID token, which is not meant for APIs (RFC 9068, section 4).
        let typ = header.typ.as_deref().unwrap_or_default().to_ascii_lowercase();
        if !matches!(typ.as_str(), "at+jwt" | "application/at+jwt") {
            return Err(Refusal::Token("it is no access token"));
        }
        // Extensions that must be understood, and are not (RFC 7515, section 4.1.11).
        if header.crit.is_some() || !Self::ALGORITHMS.contains(&header.alg) {
            return Err(Refusal::Token("it is signed in a way that is not accepted here"));
        }
        let kid = header.kid.as_deref().ok_or(Refusal::Token("it names no key"))?;
        let key = self.key(kid).await.ok_or(Refusal::Token("its key is unknown"))?;
        // A key is good for its own algorithm only (RFC 8725, section 3.1).
        if key.common.key_algorithm != Some(header.alg.into()) {
            return Err(Refusal::Token("its key is of another algorithm"));
        }
        let key = DecodingKey::from_jwk(&key).map_err(|_| Refusal::Token("its key is unusable"))?;
        let mut rules = Validation::new(header.alg);
        rules.leeway = Self::LEEWAY;
        rules.set_issuer(&[&self.issuer]);
        rules.set_audience(&[&self.audience]);
        rules.set_required_spec_claims(&["iss", "aud", "exp", "sub"]);
        let token = decode(token, &key, &rules).map_err(|error| {
            eprintln!("refused a token: {error}");
            Refusal::Token("it is expired, altered, or meant for another API")
        })?;
        Ok(token.claims)
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

/// The token in the `Authorization` header (RFC 6750, section 2.1).
fn bearer(request: &HttpRequest) -> Result<&str, Refusal> {
    let header = request.headers().get(header::AUTHORIZATION).ok_or(Refusal::Missing)?;
    let (scheme, token) = header.to_str().ok().and_then(|text| text.split_once(' ')).ok_or(Refusal::Missing)?;
    if scheme.eq_ignore_ascii_case("Bearer") { Ok(token.trim()) } else { Err(Refusal::Missing) }
}

/// Why a request is refused, as RFC 6750, section 3.1, wants it said.
#[derive(Debug)]
enum Refusal {
    /// No token: the answer names the scheme and no error.
    Missing,
    /// A token that is no good.
    Token(&'static str),
    /// A good token without this scope.
    Scope(&'static str),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bearer")?;
        match self {
            Self::Missing => Ok(()),
            Self::Token(why) => {
                write!(f, " error=\"invalid_token\", error_description=\"This token is not accepted: {why}\"")
            }
            Self::Scope(scope) => write!(f, " error=\"insufficient_scope\", scope=\"{scope}\""),
        }
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Missing | Self::Token(_) => StatusCode::UNAUTHORIZED,
            Self::Scope(_) => StatusCode::FORBIDDEN,
        }
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::build(self.status_code()).insert_header((header::WWW_AUTHENTICATE, self.to_string())).finish()
    }
}
