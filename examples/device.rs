//! A device on which nobody likes to type (RFC 8628), here a terminal: it shows a code and a QR code, waits until somebody
//! has answered on their telephone or computer, and then knows who they are.
//!
//! ```text
//! claviger client add examples/device.json
//! cargo run --example device
//! ```
//!
//! Settings by environment: `ISSUER`, `CLIENT_ID`.

use std::env;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use reqwest::{Client, redirect};
use serde::Deserialize;
use serde::de::DeserializeOwned;

const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// What we need of the server's metadata.
#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    device_authorization_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: String,
}

/// What the server tells a device that asks (RFC 8628, section 3.2).
#[derive(Deserialize)]
struct Codes {
    device_code: String,
    user_code: String,
    verification_uri: String,
    verification_uri_complete: String,
    interval: u64,
}

#[derive(Deserialize)]
struct Tokens {
    access_token: String,
}

/// What the server says as long as it gives no tokens.
#[derive(Deserialize)]
struct Refusal {
    error: String,
    error_description: String,
}

#[derive(Deserialize)]
struct Person {
    sub: String,
    name: Option<String>,
}

#[actix_web::main]
async fn main() -> Result<()> {
    rustls::crypto::aws_lc_rs::default_provider().install_default().ok();
    let issuer = setting("ISSUER", "http://localhost:8080");
    let id = setting("CLIENT_ID", "device");
    let http = Client::builder().redirect(redirect::Policy::none()).build()?;

    let url = format!("{issuer}/.well-known/openid-configuration");
    let metadata: Metadata = http.get(&url).send().await?.error_for_status()?.json().await?;
    // Otherwise somebody else could speak for the server (RFC 8414, section 3.3).
    ensure!(metadata.issuer == issuer, "{url} is of {}, not of {issuer}", metadata.issuer);

    let form = [("client_id", id.as_str()), ("scope", "openid profile offline_access")];
    let codes: Codes =
        ask(&http, &metadata.device_authorization_endpoint, &form).await?.map_err(|refusal| told(&refusal))?;
    show(&codes)?;
    let tokens = wait(&http, &metadata.token_endpoint, &id, &codes).await?;
    let person = http.get(&metadata.userinfo_endpoint).bearer_auth(&tokens.access_token).send().await?;
    let person: Person = person.error_for_status()?.json().await?;
    println!("Welcome, {}!", person.name.unwrap_or(person.sub));
    Ok(())
}

fn setting(name: &str, default: &str) -> String {
    env::var(name).unwrap_or_else(|_| default.to_owned())
}

/// The QR code holds the address with the code in it. The code is shown as well: the person compares it with what their
/// telephone shows them, or types it.
fn show(codes: &Codes) -> Result<()> {
    let picture = QrCode::new(&codes.verification_uri_complete).context("the address does not fit a QR code")?;
    // Light on dark, as terminals are.
    let (dark, light) = (Dense1x2::Light, Dense1x2::Dark);
    println!("{}", picture.render::<Dense1x2>().dark_color(dark).light_color(light).build());
    println!("Scan this, or open {} and enter {}", codes.verification_uri, codes.user_code);
    Ok(())
}

/// Asks again and again, never sooner than the server wants (RFC 8628, section 3.5).
async fn wait(http: &Client, token_endpoint: &str, id: &str, codes: &Codes) -> Result<Tokens> {
    let form = [("grant_type", DEVICE_GRANT), ("client_id", id), ("device_code", &codes.device_code)];
    let mut interval = Duration::from_secs(codes.interval);
    loop {
        tokio::time::sleep(interval).await;
        match ask(http, token_endpoint, &form).await? {
            Ok(tokens) => return Ok(tokens),
            Err(refusal) if refusal.error == "authorization_pending" => {}
            Err(refusal) if refusal.error == "slow_down" => interval += Duration::from_secs(5),
            // access_denied, expired_token: there is no use in asking again.
            Err(refusal) => bail!(told(&refusal)),
        }
    }
}

async fn ask<T: DeserializeOwned>(http: &Client, url: &str, form: &[(&str, &str)]) -> Result<Result<T, Refusal>> {
    let answer = http.post(url).form(form).send().await?;
    Ok(if answer.status().is_success() { Ok(answer.json().await?) } else { Err(answer.json().await?) })
}

fn told(refusal: &Refusal) -> anyhow::Error {
    anyhow::anyhow!("{}: {}", refusal.error, refusal.error_description)
}
