//! An MCP server that takes Claviger's access tokens: it speaks just enough of the Model Context Protocol (2025-11-25, streamable
//! HTTP) for a client to connect, to list its one tool and to call it. Whoever comes without a token is told where to get one
//! (RFC 9728), so that a client needs no more than this server's address.
//!
//! Meant to be copied: [`Verifier`] and [`refuse`]. What an API can do besides (fresh sign-ins, API keys), `resource_server.rs`
//! shows.
//!
//! ```text
//! cargo run --release -- --config examples/config.toml serve
//! cargo run --example mcp_resource_server
//! ```
//!
//! Settings by environment: `ISSUER`, `API` (the address of the MCP endpoint, which is what tokens must be meant for), `LISTEN`.

use std::env;
use std::time::Duration;

use actix_web::http::{StatusCode, header};
use actix_web::web::{self, Data, Json};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use anyhow::{Context, Result, ensure};
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use reqwest::Url;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::RwLock;
use tokio::time::Instant;

/// What a token must carry.
const SCOPE: &str = "mcp:use";
/// The versions of the protocol that are spoken here, the newest first.
const VERSIONS: [&str; 3] = ["2025-11-25", "2025-06-18", "2025-03-26"];

#[actix_web::main]
async fn main() -> Result<()> {
    rustls::crypto::aws_lc_rs::default_provider().install_default().ok();
    let listen = setting("LISTEN", "127.0.0.1:8083");
    let api = setting("API", "http://localhost:8083/mcp");
    let verifier = Data::new(Verifier::discover(&setting("ISSUER", "http://localhost:8080"), &api).await?);
    let path = Url::parse(&api)?.path().to_owned();
    let app = move || {
        App::new()
            .app_data(verifier.clone())
            .route(verifier.metadata.path(), web::get().to(describe))
            // There is no stream to listen to and no session to end: every answer comes with its request.
            .service(web::resource(path.clone()).post(answer).default_service(web::to(HttpResponse::MethodNotAllowed)))
    };
    let server = HttpServer::new(app).workers(1).bind(&listen).with_context(|| format!("cannot listen at {listen}"))?;
    println!("The MCP server {api} listens at {listen}");
    Ok(server.run().await?)
}

fn setting(name: &str, default: &str) -> String {
    env::var(name).unwrap_or_else(|_| default.to_owned())
}

/// What the server is, for a client that knows no more than its address (RFC 9728, section 2).
async fn describe(verifier: Data<Verifier>) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")).json(json!({
        "resource": verifier.audience,
        "resource_name": "Who am I",
        "authorization_servers": [verifier.issuer],
        "scopes_supported": [SCOPE],
        "bearer_methods_supported": ["header"],
    }))
}

/// A message of JSON-RPC. One without `id` wants no answer.
#[derive(Deserialize)]
struct Message {
    id: Option<Value>,
    #[serde(default)]
    method: String,
    #[serde(default)]
    params: Value,
}

async fn answer(request: HttpRequest, verifier: Data<Verifier>, message: Json<Message>) -> HttpResponse {
    // A page of another site, by a name that it has made to lead here, has an origin; a client on the device has none.
    if request.headers().contains_key(header::ORIGIN) {
        return HttpResponse::Forbidden().finish();
    }
    let sub = match verifier.caller(&request).await {
        Ok(sub) => sub,
        Err(why) => return refuse(&verifier, &why),
    };
    let Some(id) = &message.id else { return HttpResponse::Accepted().finish() };
    let outcome = match message.method.as_str() {
        "initialize" => Ok(initialize(&message.params)),
        "ping" => Ok(json!({})),
        "tools/list" => Ok(tools()),
        "tools/call" if message.params["name"] == "who_am_i" => {
            Ok(json!({ "content": [{ "type": "text", "text": format!("You are {sub}.") }] }))
        }
        "tools/call" => Err((-32602, "There is no such tool.")),
        _ => Err((-32601, "There is no such method.")),
    };
    HttpResponse::Ok().json(match outcome {
        Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
        Err((code, text)) => json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": text } }),
    })
}

/// The version that the client speaks, if we do, and what there is.
fn initialize(params: &Value) -> Value {
    let wanted = params["protocolVersion"].as_str().unwrap_or_default();
    let version = VERSIONS.into_iter().find(|version| *version == wanted).unwrap_or(VERSIONS[0]);
    json!({
        "protocolVersion": version,
        "capabilities": { "tools": {} },
        "serverInfo": { "name": "who-am-i", "version": env!("CARGO_PKG_VERSION") },
    })
}

fn tools() -> Value {
    json!({ "tools": [{
        "name": "who_am_i",
        "description": "Tells who is signed in",
        "inputSchema": { "type": "object", "properties": {} },
    }] })
}

/// Why a request is refused.
enum Why {
    /// No token: the answer names no error (RFC 6750, section 3.1).
    Missing,
    /// A token that is no good.
    Token(&'static str),
    /// A good token without the scope.
    Scope,
}

/// A refusal, as RFC 6750, section 3, wants it said, with the address of what the server says of itself (RFC 9728, section 5.1) and
/// the scope to ask for.
fn refuse(verifier: &Verifier, why: &Why) -> HttpResponse {
    let (status, error) = match why {
        Why::Missing => (StatusCode::UNAUTHORIZED, String::new()),
        Why::Token(why) => {
            (StatusCode::UNAUTHORIZED, format!(", error=\"invalid_token\", error_description=\"Not accepted: {why}\""))
        }
        Why::Scope => (StatusCode::FORBIDDEN, ", error=\"insufficient_scope\"".to_owned()),
    };
    let challenge = format!("Bearer resource_metadata=\"{}\", scope=\"{SCOPE}\"{error}", verifier.metadata);
    HttpResponse::build(status).insert_header((header::WWW_AUTHENTICATE, challenge)).finish()
}

/// What we need of an access token.
#[derive(Deserialize)]
struct AccessToken {
    sub: String,
    #[serde(default)]
    scope: String,
}

/// Checks access tokens of one issuer for this server (RFC 9068).
struct Verifier {
    issuer: String,
    audience: String,
    /// Where the server describes itself.
    metadata: Url,
    jwks_uri: String,
    http: reqwest::Client,
    keys: RwLock<(JwkSet, Instant)>,
}

impl Verifier {
    /// What the issuer signs with; never what a token says alone, and never a symmetric algorithm.
    const ALGORITHMS: [Algorithm; 3] = [Algorithm::ES256, Algorithm::RS256, Algorithm::EdDSA];
    /// An unknown key is looked for at most this often, so that forged tokens cannot make us flood the issuer.
    const PAUSE: Duration = Duration::from_secs(10);

    /// Finds the issuer's keys.
    async fn discover(issuer: &str, audience: &str) -> Result<Self> {
        #[derive(Deserialize)]
        struct Metadata {
            issuer: String,
            jwks_uri: String,
        }
        let http = reqwest::Client::builder().timeout(Duration::from_secs(5)).build()?;
        let found: Metadata = fetch(&http, &format!("{issuer}/.well-known/oauth-authorization-server")).await?;
        ensure!(found.issuer == issuer, "the metadata are of {}, not of {issuer}", found.issuer);
        // RFC 9728, section 3.1: between host and path.
        let mut metadata = Url::parse(audience).context("API is no URL")?;
        metadata.set_path(&format!("/.well-known/oauth-protected-resource{}", metadata.path().trim_end_matches('/')));
        let keys = RwLock::new((fetch(&http, &found.jwks_uri).await?, Instant::now()));
        let (issuer, audience) = (found.issuer, audience.to_owned());
        Ok(Self { issuer, audience, metadata, jwks_uri: found.jwks_uri, http, keys })
    }

    /// Who calls, by the token in the `Authorization` header (RFC 6750, section 2.1).
    async fn caller(&self, request: &HttpRequest) -> Result<String, Why> {
        let presented = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let (scheme, token) = presented.and_then(|text| text.split_once(' ')).ok_or(Why::Missing)?;
        if !scheme.eq_ignore_ascii_case("Bearer") {
            return Err(Why::Missing);
        }
        let token = self.verify(token.trim()).await?;
        let has_scope = token.scope.split(' ').any(|granted| granted == SCOPE);
        if has_scope { Ok(token.sub) } else { Err(Why::Scope) }
    }

    async fn verify(&self, token: &str) -> Result<AccessToken, Why> {
        let header = decode_header(token).map_err(|_| Why::Token("it is no JWT"))?;
        // The type tells an access token from an ID token, which is not meant for servers like this (RFC 9068, section 4).
        let typ = header.typ.as_deref().unwrap_or_default().to_ascii_lowercase();
        if !matches!(typ.as_str(), "at+jwt" | "application/at+jwt") {
            return Err(Why::Token("it is no access token"));
        }
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
        rules.leeway = 5;
        rules.set_issuer(&[&self.issuer]);
        // A token for another server is none for this one, and this one passes none on.
        rules.set_audience(&[&self.audience]);
        rules.set_required_spec_claims(&["iss", "aud", "exp", "sub"]);
        let token = decode(token, &key, &rules);
        Ok(token.map_err(|_| Why::Token("it is expired, altered, or meant for another server"))?.claims)
    }

    /// A key by its id; asks the issuer if it is new, as after a rotation.
    async fn key(&self, kid: &str) -> Option<Jwk> {
        if let Some(key) = self.keys.read().await.0.find(kid) {
            return Some(key.clone());
        }
        let mut keys = self.keys.write().await;
        if keys.0.find(kid).is_none() && keys.1.elapsed() >= Self::PAUSE {
            keys.1 = Instant::now();
            match fetch(&self.http, &self.jwks_uri).await {
                Ok(set) => keys.0 = set,
                Err(error) => eprintln!("cannot fetch {}: {error}", self.jwks_uri),
            }
        }
        keys.0.find(kid).cloned()
    }
}

async fn fetch<T: DeserializeOwned>(http: &reqwest::Client, url: &str) -> Result<T> {
    Ok(http.get(url).send().await?.error_for_status()?.json().await?)
}
