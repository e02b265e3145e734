//! What is measured: for each line of the table, what the connections say.

use std::time::Duration;

use anyhow::{Context, Result};
use claviger::protocol::grant_type::GrantType;
use claviger::protocol::token_exchange::TokenType;
use claviger::protocol::token_format::{self, TokenKind};
use secrecy::ExposeSecret;

use crate::conversation::{Conversation, Expected, in_turn, once, refresh};
use crate::http;
use crate::server::OPAQUE_API;
use crate::world::{App, TOKENS, World};

/// What is asked of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scenario {
    /// Tokens for a machine, JWT.
    ClientCredentials,
    /// Tokens for a machine, opaque: each is a row.
    ClientCredentialsOpaque,
    /// Tokens for a machine that signs an assertion for each request: each is a row.
    PrivateKeyJwt,
    /// Tokens for an API key that comes alone, JWT.
    KeyExchange,
    /// A code for a person who is signed in and has allowed the app everything before.
    Authorize,
    /// The page that strangers see.
    SignInPage,
    /// Tokens for a code.
    CodeExchange(App),
    /// Tokens for a refresh token.
    Refresh(App),
    /// Introspection of a token.
    Introspection(Asked),
    /// What a reverse proxy asks about a request.
    ForwardAuth(Carried),
    /// `UserInfo` with the same token again.
    UserinfoAgain,
    /// `UserInfo` with a token that was never seen before.
    UserinfoNew,
    /// The JWK set.
    Jwks,
    /// The metadata.
    Discovery,
}

/// What an introspection asks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The same opaque token of a machine.
    Opaque,
    /// A different opaque token of a machine each time.
    OpaqueNew,
    /// The same opaque token of a person.
    OpaqueOfPerson,
    /// The same JWT of a machine.
    Jwt,
    /// A different JWT of a machine each time.
    JwtNew,
    /// The same JWT of a person.
    JwtOfPerson,
    /// An opaque token that was revoked.
    RevokedOpaque,
    /// A JWT that was revoked.
    RevokedJwt,
    /// A token that never was.
    Unknown,
    /// The same API key of a machine.
    ApiKey,
    /// The same, with a rate and a quota that it never reaches.
    ApiKeyWithLimits,
}

/// What a request carries about which a proxy asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carried {
    /// The same API key of a machine.
    ApiKey,
    /// The same JWT of a machine.
    Jwt,
}

/// How many are prepared of what can be asked once only, for each second. A server that answers more is measured for a
/// shorter time.
const ONCE_PER_SECOND: u128 = 8_000;

const NEVER_REACHED: &[&str] = &["--rate-limit", "4000000000/minute", "--quota", "4000000000/month"];

pub const OPAQUE: &[(&str, &str)] = &[("resource", OPAQUE_API)];
pub const JWT: &[(&str, &str)] = &[];

/// A good answer.
pub const fn ok(holds: &'static str) -> Expected {
    Expected { status: 200, holds }
}

/// What the connections say; `length` is for how long they shall have something to say.
pub async fn conversations(scenario: Scenario, world: &World, length: Duration) -> Result<Vec<Conversation>> {
    let count = usize::try_from(ONCE_PER_SECOND * length.as_millis() / 1000)?;
    Ok(match scenario {
        Scenario::ClientCredentials => in_turn(world.client_credentials(JWT), TOKENS),
        Scenario::ClientCredentialsOpaque => {
            in_turn(world.client_credentials(OPAQUE), ok("\"access_token\":\"clv_at_"))
        }
        Scenario::PrivateKeyJwt => once(world.assertions(count)?, TOKENS),
        Scenario::KeyExchange => in_turn(vec![exchange(&world.api_key(&[])?)], TOKENS),
        Scenario::Authorize => in_turn(world.authorize(App::ES256), Expected { status: 303, holds: "code=" }),
        Scenario::SignInPage => in_turn(vec![http::get("/login", &[("Accept", "text/html")])], ok("id=\"login\"")),
        Scenario::CodeExchange(app) => once(world.redeem(app, count / 3).await?, ok("\"id_token\":\"")),
        Scenario::Refresh(app) => refresh(&app.basic(), world.refresh_tokens(app).await?, JWT),
        Scenario::Introspection(asked) => introspection(asked, world, count).await?,
        Scenario::ForwardAuth(carried) => in_turn(vec![forward_auth(carried, world).await?], ok("")),
        Scenario::UserinfoAgain => {
            in_turn(world.tokens_of_people(JWT, 1).await?.iter().take(1).map(userinfo).collect(), ok("\"sub\":\""))
        }
        Scenario::UserinfoNew => {
            once(world.tokens_of_people(JWT, count).await?.iter().map(userinfo).collect(), ok("\"sub\":\""))
        }
        Scenario::Jwks => in_turn(vec![http::get("/oauth2/jwks", &[])], ok("\"keys\":[")),
        Scenario::Discovery => in_turn(vec![http::get("/.well-known/openid-configuration", &[])], ok("\"issuer\":\"")),
    })
}

async fn introspection(asked: Asked, world: &World, count: usize) -> Result<Vec<Conversation>> {
    let machine = world.machines.first().context("no machine")?;
    let app = &App::ES256.basic();
    let (caller, tokens, expected) = match asked {
        Asked::Opaque => (machine, world.tokens_of_machines(OPAQUE, 1).await?, "\"active\":true"),
        Asked::OpaqueNew => (machine, world.tokens_of_machines(OPAQUE, count).await?, "\"active\":true"),
        Asked::OpaqueOfPerson => (app, world.tokens_of_people(OPAQUE, 1).await?, "\"active\":true"),
        Asked::Jwt => (machine, world.tokens_of_machines(JWT, 1).await?, "\"active\":true"),
        Asked::JwtNew => (machine, world.tokens_of_machines(JWT, count).await?, "\"active\":true"),
        Asked::JwtOfPerson => (app, world.tokens_of_people(JWT, 1).await?, "\"active\":true"),
        Asked::RevokedOpaque => (machine, world.tokens_of_machines(OPAQUE, 1).await?, "\"active\":false"),
        Asked::RevokedJwt => (machine, world.tokens_of_machines(JWT, 1).await?, "\"active\":false"),
        Asked::Unknown => (machine, vec![unknown()], "\"active\":false"),
        Asked::ApiKey => (machine, vec![world.api_key(&[])?], "\"active\":true"),
        Asked::ApiKeyWithLimits => (machine, vec![world.api_key(NEVER_REACHED)?], "\"active\":true"),
    };
    let ask = |token: &String| introspect(token, caller);
    if matches!(asked, Asked::OpaqueNew | Asked::JwtNew) {
        return Ok(once(tokens.iter().map(ask).collect(), ok(expected)));
    }
    let token = tokens.first().context("no token")?;
    if matches!(asked, Asked::RevokedOpaque | Asked::RevokedJwt) {
        world.revoke(caller, token).await?;
    }
    Ok(in_turn(vec![ask(token)], ok(expected)))
}

async fn forward_auth(carried: Carried, world: &World) -> Result<Vec<u8>> {
    let credential = match carried {
        Carried::ApiKey => ("X-API-Key", world.api_key(&[])?),
        Carried::Jwt => {
            let tokens = world.tokens_of_machines(JWT, 1).await?;
            ("Authorization", format!("Bearer {}", tokens.first().context("no token")?))
        }
    };
    Ok(http::get("/forward-auth", &[(credential.0, &credential.1)]))
}

/// A token that has the form of ours and is none.
fn unknown() -> String {
    token_format::mint(TokenKind::AccessToken, &[7; 32]).expose_secret().to_owned()
}

/// Exchanges an API key.
fn exchange(key: &str) -> Vec<u8> {
    let kind = ("subject_token_type", TokenType::ApiKey.wire());
    let form = [("grant_type", GrantType::TokenExchange.wire()), ("subject_token", key), kind];
    http::post("/oauth2/token", &form, &[])
}

/// Asks about a token.
pub fn introspect(token: &str, caller: &str) -> Vec<u8> {
    http::post("/oauth2/introspect", &[("token", token)], &[("Authorization", caller)])
}

/// Asks about the person for whom a token speaks.
pub fn userinfo(token: &String) -> Vec<u8> {
    http::get("/oauth2/userinfo", &[("Authorization", &format!("Bearer {token}"))])
}
