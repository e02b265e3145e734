//! A program without a person: it finds the server's endpoints by discovery, gets an access token by
//! `client_credentials`, and calls the API of `examples/resource_server.rs` with it.
//!
//! ```text
//! claviger --config examples/config.toml client add examples/machine_client.json
//! CLIENT_SECRET=clv_secret_… cargo run --example machine_client
//! ```
//!
//! Settings by environment: `ISSUER`, `API`, `CLIENT_ID`, `CLIENT_SECRET`.

use std::env;

use anyhow::{Context, Result, ensure};
use reqwest::{Client, Response, redirect};
use serde::Deserialize;

/// What we need of the server's metadata.
#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    token_endpoint: String,
}

/// What we need of a token response. A machine asks for a new token when this one ends; there is no refresh token.
#[derive(Deserialize)]
struct Token {
    #[serde(rename = "access_token")]
    access: String,
    expires_in: u64,
    scope: String,
}

#[actix_web::main]
async fn main() -> Result<()> {
    rustls::crypto::aws_lc_rs::default_provider().install_default().ok();
    let issuer = setting("ISSUER", "http://localhost:8080");
    let api = setting("API", "http://localhost:8082");
    let id = setting("CLIENT_ID", "machine-client");
    let secret = env::var("CLIENT_SECRET").context("set CLIENT_SECRET to what `claviger client add` printed")?;
    // A secret is never sent where a redirect points.
    let http = Client::builder().redirect(redirect::Policy::none()).build()?;

    let metadata = discover(&http, &issuer).await?;
    let token = ask_for_token(&http, &metadata, &api, &id, &secret).await?;
    println!("An access token for {api}, good for {} s, scope {}", token.expires_in, token.scope);

    let notes = format!("{api}/notes");
    let written = http.post(&notes).bearer_auth(&token.access).body("Oil the hinges").send().await?;
    println!("POST {notes}: {}", text(written).await?);
    let read = http.get(&notes).bearer_auth(&token.access).send().await?;
    println!("GET {notes}: {}", text(read).await?);
    Ok(())
}

fn setting(name: &str, default: &str) -> String {
    env::var(name).unwrap_or_else(|_| default.to_owned())
}

async fn discover(http: &Client, issuer: &str) -> Result<Metadata> {
    let url = format!("{issuer}/.well-known/openid-configuration");
    let metadata: Metadata = serde_json::from_str(&text(http.get(&url).send().await?).await?)?;
    // Otherwise somebody else could speak for the server (RFC 8414, section 3.3).
    ensure!(metadata.issuer == issuer, "{url} is of {}, not of {issuer}", metadata.issuer);
    Ok(metadata)
}

async fn ask_for_token(http: &Client, metadata: &Metadata, api: &str, id: &str, secret: &str) -> Result<Token> {
    // `resource` makes the token good for this API and for no other (RFC 8707).
    let form = [("grant_type", "client_credentials"), ("resource", api), ("scope", "notes:read notes:write")];
    let request = http
        .post(&metadata.token_endpoint)
        // Id and secret are form-encoded before they become Basic credentials (RFC 6749, section 2.3.1).
        .basic_auth(encoded(id), Some(encoded(secret)))
        .form(&form);
    Ok(serde_json::from_str(&text(request.send().await?).await?)?)
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// The body of a success; what was said otherwise, as an error.
async fn text(response: Response) -> Result<String> {
    let (url, status) = (response.url().clone(), response.status());
    let body = response.text().await?;
    ensure!(status.is_success(), "{url} answers {status}: {body}");
    Ok(body)
}
