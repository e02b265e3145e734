//! Settings: read once at start from `config.toml` and the environment, parsed into values that cannot be wrong.
//!
//! [`Config::load`] lays the environment (`CLAVIGER__SECTION__KEY`) over the file and hands both to a [`reader`],
//! from which each section takes its keys by name. Nothing stops at the first fault: all of them are reported together,
//! each with key, place, value and remedy. A key that nobody took is a fault too.
//!
//! A setting is added in one place, its section's file, and described in `config.toml`; a test compares the two.
//! This module reads the configuration file and the files that hold secrets, nothing else.

mod branding;
mod choice;
mod claims;
mod database;
mod device;
mod duration;
mod events;
mod fault;
mod jobs;
mod keys;
mod layers;
mod levels;
mod links;
mod log;
mod mail;
mod metrics;
mod mtls;
mod outbound;
mod passwords;
mod people;
mod protection;
mod providers;
mod readable;
mod reader;
mod registration;
mod resources;
mod scopes;
mod second_factor;
mod server;
mod sessions;
mod size;
mod source;
mod tls_files;
mod tokens;

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

pub use branding::{BrandingConfig, Logo, LogoFormat};
pub use database::{DatabaseConfig, DatabaseUrl, Synchronous};
pub use device::DeviceConfig;
pub use duration::{format_duration, parse_duration};
pub use events::EventsConfig;
pub use fault::{ConfigFaults, Fault};
pub use jobs::JobsConfig;
pub use keys::{EncryptionKey, KeysConfig};
pub use layers::environment;
pub use levels::AcrLevels;
pub use links::LinksConfig;
pub use log::{LogConfig, LogFormat};
pub use mail::{MailConfig, SmtpConfig, SmtpTls};
pub use metrics::MetricsConfig;
pub use mtls::MtlsConfig;
pub use outbound::OutboundConfig;
pub use passwords::PasswordsConfig;
pub use people::{Editable, PeopleConfig, PeopleRegistration};
pub use protection::ProtectionConfig;
pub use providers::{
    AcrMeaning, LinkRule, ProviderClaims, ProviderClientAuth, ProviderConfig, ProviderKind, ProviderRegistration,
    ProviderSecret,
};
pub use registration::{RegistrationConfig, RegistrationMode};
pub use resources::{ACCESS_TOKEN_LIFETIMES, AccessTokenFormat, ResourceConfig};
pub use scopes::{BUILT_IN_SCOPES, ScopeConfig};
pub use second_factor::SecondFactorConfig;
pub use server::ServerConfig;
pub use sessions::SessionsConfig;
pub use size::ByteSize;
pub use source::{Setting, Source};
pub use tls_files::TlsFiles;
pub use tokens::TokensConfig;

use crate::protocol::claim_rules::ClaimRules;
use reader::Reader;

/// The file that is read when none is named.
pub const DEFAULT_FILE: &str = "config.toml";

/// Every setting of the server.
#[derive(Debug)]
pub struct Config {
    /// Where the server listens and what it is called.
    pub server: ServerConfig,
    /// Where everything is kept.
    pub database: DatabaseConfig,
    /// Signing keys and the key that encrypts them.
    pub keys: KeysConfig,
    /// Lifetimes of codes and tokens.
    pub tokens: TokensConfig,
    /// How devices are let in on which nobody likes to type.
    pub device: DeviceConfig,
    /// Lifetimes of browser sessions.
    pub sessions: SessionsConfig,
    /// Cost of hashing, demands on passwords.
    pub passwords: PasswordsConfig,
    /// Whether people make accounts of their own.
    pub people: PeopleConfig,
    /// Who has to have a second factor.
    pub second_factor: SecondFactorConfig,
    /// How often somebody may be wrong who wants to sign in.
    pub protection: ProtectionConfig,
    /// Whose pages these are.
    pub branding: BrandingConfig,
    /// Lifetimes of one-time links.
    pub links: LinksConfig,
    /// How mail is sent.
    pub mail: MailConfig,
    /// The record of what happened.
    pub events: EventsConfig,
    /// Background work.
    pub jobs: JobsConfig,
    /// The log.
    pub log: LogConfig,
    /// The Prometheus listener.
    pub metrics: MetricsConfig,
    /// Whether clients may register themselves.
    pub registration: RegistrationConfig,
    /// What is fetched from other servers.
    pub outbound: OutboundConfig,
    /// What apps call how well somebody signed in.
    pub acr_levels: AcrLevels,
    /// Scopes beyond the built-in ones.
    pub scopes: Vec<ScopeConfig>,
    /// What is told of people beyond the standard claims.
    pub claims: ClaimRules,
    /// The APIs that access tokens can be meant for.
    pub resources: Vec<ResourceConfig>,
    /// Other servers at which people can sign in.
    pub providers: Vec<ProviderConfig>,
    settings: Vec<Setting>,
}

impl Config {
    /// Reads the configuration: `path` if one was named, else `config.toml` in the working directory, which may be
    /// missing. `env` is usually [`environment`].
    pub fn load(path: Option<&Path>, env: impl IntoIterator<Item = (String, String)>) -> Result<Self, ConfigFaults> {
        let file = path.unwrap_or(Path::new(DEFAULT_FILE));
        match fs::read_to_string(file) {
            Ok(text) => Self::read(&text, file, env),
            Err(error) if error.kind() == ErrorKind::NotFound && path.is_none() => Self::read("", file, env),
            Err(error) => Err(ConfigFaults::from(vec![Fault::of_file(file, &error)])),
        }
    }

    /// Reads the configuration from a text, as if it stood in `config.toml` in the working directory.
    pub fn from_toml(text: &str, env: impl IntoIterator<Item = (String, String)>) -> Result<Self, ConfigFaults> {
        Self::read(text, Path::new(DEFAULT_FILE), env)
    }

    /// The settings in force and where each comes from, secrets masked, in the order of `config.toml`.
    #[must_use]
    pub fn show(&self) -> &[Setting] {
        &self.settings
    }

    fn read(text: &str, file: &Path, env: impl IntoIterator<Item = (String, String)>) -> Result<Self, ConfigFaults> {
        let nodes = layers::read(text, file, env)?;
        let reader = &mut Reader::new(nodes, file.parent().unwrap_or(Path::new("")));
        let server = ServerConfig::read(reader);
        let database = DatabaseConfig::read(reader);
        let keys = KeysConfig::read(reader);
        let tokens = TokensConfig::read(reader);
        let device = DeviceConfig::read(reader);
        let sessions = SessionsConfig::read(reader);
        let passwords = PasswordsConfig::read(reader);
        let people = PeopleConfig::read(reader);
        let second_factor = SecondFactorConfig::read(reader);
        let protection = ProtectionConfig::read(reader);
        let branding = BrandingConfig::read(reader);
        let links = LinksConfig::read(reader);
        let mail = MailConfig::read(reader);
        people.check_address(reader, &mail);
        let events = EventsConfig::read(reader);
        let jobs = JobsConfig::read(reader);
        let log = LogConfig::read(reader);
        let metrics = MetricsConfig::read(reader, server.listen);
        let registration = RegistrationConfig::read(reader);
        let outbound = OutboundConfig::read(reader);
        let providers = ProviderConfig::read_all(reader);
        let acr_levels = AcrLevels::read(reader, &providers);
        let scopes = ScopeConfig::read_all(reader);
        let claims = claims::read_all(reader, &scopes);
        let resources = ResourceConfig::read_all(reader, &scopes);
        tokens.check_default_resource(reader, &server.issuer, &resources);
        let settings = reader.finish()?;
        Ok(Self {
            server,
            database,
            keys,
            tokens,
            device,
            sessions,
            passwords,
            people,
            second_factor,
            protection,
            branding,
            links,
            mail,
            events,
            jobs,
            log,
            metrics,
            registration,
            outbound,
            acr_levels,
            scopes,
            claims,
            resources,
            providers,
            settings,
        })
    }
}

impl Default for Config {
    /// What is in force when nobody sets anything.
    #[expect(clippy::expect_used, reason = "every test of the configuration holds it")]
    fn default() -> Self {
        Self::from_toml("", []).expect("the defaults are without fault")
    }
}

#[cfg(test)]
mod tests;
