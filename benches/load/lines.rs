//! The lines of the table: what is measured, what it is held against, and what is expected of it.

use claviger::protocol::algorithm::SigningAlgorithm::{self, ES256, EdDSA, RS256};

use crate::limits::Limit::{self, Answer, Commit, Sign, Verify};
use crate::scenarios::{Asked, Carried, Scenario};
use crate::world::App;

/// A line.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    pub name: &'static str,
    pub scenario: Scenario,
    pub keys: Keys,
    /// What has to be done for one answer, whatever the server.
    pub limits: &'static [Limit],
    pub target: Option<Target>,
    /// Whether it is another matter on another database.
    pub on_database: bool,
}

/// With which keys the server signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Keys {
    /// Those of its first start: ES256 for access tokens, RS256 for ID tokens where the client does not choose.
    Usual,
    /// One only, so that it signs access tokens too.
    Only(SigningAlgorithm),
}

/// What is expected.
#[derive(Clone, Copy, Debug)]
pub enum Target {
    /// This many times the limit.
    Times(f64),
    /// The same, and where we want to get.
    TimesAimingAt(f64, f64),
    /// More answers a second than this line.
    MoreThan(&'static str),
}

const NEW_TOKEN: &str = "userinfo, new token each time";

const fn line(name: &'static str, scenario: Scenario, limits: &'static [Limit], least: f64) -> Line {
    Line { name, scenario, keys: Keys::Usual, limits, target: Some(Target::Times(least)), on_database: false }
}

const fn untargeted(name: &'static str, scenario: Scenario, limits: &'static [Limit]) -> Line {
    Line { name, scenario, keys: Keys::Usual, limits, target: None, on_database: false }
}

impl Line {
    const fn keys(self, keys: Keys) -> Self {
        Self { keys, ..self }
    }

    const fn target(self, target: Target) -> Self {
        Self { target: Some(target), ..self }
    }

    const fn on_database(self) -> Self {
        Self { on_database: true, ..self }
    }
}

/// All of them.
#[rustfmt::skip]
pub const LINES: &[Line] = &[
    line("client_credentials, ES256", Scenario::ClientCredentials, &[Answer, Sign(ES256)], 0.5)
        .target(Target::TimesAimingAt(0.5, 0.7)),
    line("client_credentials, RS256", Scenario::ClientCredentials, &[Answer, Sign(RS256)], 0.85).keys(Keys::Only(RS256)),
    untargeted("client_credentials, EdDSA", Scenario::ClientCredentials, &[Answer, Sign(EdDSA)]).keys(Keys::Only(EdDSA)),
    untargeted("client_credentials, opaque", Scenario::ClientCredentialsOpaque, &[Commit]).on_database(),
    untargeted("client_credentials, private_key_jwt", Scenario::PrivateKeyJwt, &[Commit]).on_database(),
    line("exchange of an API key, ES256", Scenario::KeyExchange, &[Answer, Sign(ES256)], 0.5),
    untargeted("authorize with a session", Scenario::Authorize, &[Commit]).on_database(),
    untargeted("sign-in page", Scenario::SignInPage, &[Answer]),
    line("code exchange, ES256 ID token", Scenario::CodeExchange(App::ES256), &[Commit], 3.0).on_database(),
    line("code exchange, RS256 ID token", Scenario::CodeExchange(App::RS256), &[Commit], 3.0).on_database(),
    line("refresh, ES256 ID token", Scenario::Refresh(App::ES256), &[Commit], 3.0).on_database(),
    line("refresh, RS256 ID token", Scenario::Refresh(App::RS256), &[Commit], 3.0).on_database(),
    line("introspection, opaque, machine's", introspection(Asked::Opaque), &[Answer], 0.35).on_database(),
    line("introspection, opaque, machine's, new each time", introspection(Asked::OpaqueNew), &[Answer], 0.35),
    line("introspection, opaque, person's", introspection(Asked::OpaqueOfPerson), &[Answer], 0.35).on_database(),
    line("introspection, JWT, machine's, seen before", introspection(Asked::Jwt), &[Answer], 0.35),
    untargeted("introspection, JWT, machine's, new each time", introspection(Asked::JwtNew), &[Answer, Verify(ES256)]),
    line("introspection, JWT, person's, seen before", introspection(Asked::JwtOfPerson), &[Answer], 0.35).on_database(),
    untargeted("introspection, revoked opaque", introspection(Asked::RevokedOpaque), &[Answer]).on_database(),
    untargeted("introspection, revoked JWT", introspection(Asked::RevokedJwt), &[Answer]),
    untargeted("introspection, unknown", introspection(Asked::Unknown), &[Answer]).on_database(),
    line("introspection, API key", introspection(Asked::ApiKey), &[Answer], 0.35).on_database(),
    line("introspection, API key with limits", introspection(Asked::ApiKeyWithLimits), &[Answer], 0.35).on_database(),
    line("forward-auth, API key", forward_auth(Carried::ApiKey), &[Answer], 0.35).on_database(),
    untargeted("forward-auth, JWT, machine's, seen before", forward_auth(Carried::Jwt), &[Answer]),
    line(NEW_TOKEN, Scenario::UserinfoNew, &[Answer, Verify(ES256)], 0.5).on_database(),
    line("userinfo, token seen before", Scenario::UserinfoAgain, &[Answer, Verify(ES256)], 0.5)
        .target(Target::MoreThan(NEW_TOKEN)).on_database(),
    line("JWKS", Scenario::Jwks, &[Answer], 0.9),
    line("discovery", Scenario::Discovery, &[Answer], 0.9),
];

const fn forward_auth(carried: Carried) -> Scenario {
    Scenario::ForwardAuth(carried)
}

const fn introspection(asked: Asked) -> Scenario {
    Scenario::Introspection(asked)
}
