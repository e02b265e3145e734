//! Opening: from settings to everything a request may need. What the server and the commands have in common.

use std::fmt;
use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::Cx;
use crate::clock::{Clock, Entropy};
use crate::config::{Config, DatabaseUrl, Synchronous};
use crate::domain::api_keys;
use crate::domain::catalogue::Catalogue;
use crate::domain::clients::authorities::{AuthoritiesError, ClientAuthorities};
use crate::domain::clients::directory::ClientDirectory;
use crate::domain::clients::documents::Documents;
use crate::domain::clients::origins::OriginDirectory;
use crate::domain::clients::remote_keys::RemoteKeys;
use crate::domain::device::polls::Polls;
use crate::domain::event_chain::EventChain;
use crate::domain::event_chain::hashes::ChainKey;
use crate::domain::keys::hashing::TokenHasher;
use crate::domain::keys::keeper::{Keeper, KeeperError};
use crate::domain::keys::key_set::KeyRing;
use crate::domain::keys::master::{MasterKey, MasterKeyError, Purpose};
use crate::domain::keys::sealing::Sealer;
use crate::domain::limits::PerAddress;
use crate::domain::mail::{Outbox, Sender};
use crate::domain::outbound::Outbound;
use crate::domain::overview::SessionCount;
use crate::domain::passkeys::Ceremonies;
use crate::domain::people::guard::{Guard, Own};
use crate::domain::people::password_rules::PasswordRules;
use crate::domain::people::passwords::{Argon2Settings, PasswordError, PasswordHasher};
use crate::domain::resources::live::LiveCatalogue;
use crate::domain::subjects::Subjects;
use crate::domain::tokens::ended::EndedUses;
use crate::domain::tokens::verified::VerifiedTokens;
use crate::domain::upstream::providers::Providers;
use crate::store::{Store, StoreError, StoreSettings};
use crate::web::brand::Brand;
use crate::web::csrf::Csrf;

impl Cx {
    /// Opens the database, brings its schema up to date, makes or loads the keys.
    pub async fn open(config: Config, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Result<Self, StartError> {
        let master = master_key(&config, &*entropy)?;
        if let DatabaseUrl::Sqlite(path) = &config.database.url {
            keep_private(path);
        }
        let store = Store::connect(&store_settings(&config)).await?;
        let applied = store.migrate().await?;
        if !applied.is_empty() {
            tracing::info!(steps = applied.join(", "), "the database schema was brought up to date");
        }
        let derive = |purpose| *master.derive(purpose);
        let sealer = Arc::new(Sealer::new(&derive(Purpose::SigningKeys)));
        let keeper = Keeper { store: store.clone(), sealer, entropy: Arc::clone(&entropy) };
        for algorithm in keeper.ensure(clock.now()).await? {
            tracing::info!(%algorithm, "made a key");
        }
        let outbound = Arc::new(Outbound::new(&config.outbound.allowed_hosts, config.outbound.ca_file.clone()));
        Ok(Self {
            keys: KeyRing::new(keeper.load().await?),
            keeper,
            verified_tokens: VerifiedTokens::default(),
            ended_uses: EndedUses::default(),
            hasher: TokenHasher::new(&derive(Purpose::TokenHash)),
            event_chain: EventChain {
                store: store.clone(),
                key: ChainKey::new(&derive(Purpose::EventChain)),
                retention: config.events.retention,
            },
            subjects: Subjects::new(&derive(Purpose::PairwiseSubjects)),
            request_sealer: Sealer::new(&derive(Purpose::PendingRequest)),
            secret_sealer: Sealer::new(&derive(Purpose::ClientSecrets)),
            answer_sealer: Sealer::new(&derive(Purpose::KeptAnswers)),
            factor_sealer: Sealer::new(&derive(Purpose::SecondFactors)),
            passkeys: Ceremonies::of(
                &config.server.issuer,
                config.branding.name.as_deref(),
                &derive(Purpose::PasskeyQuestions),
            ),
            provider_sealer: Sealer::new(&derive(Purpose::ProviderTokens)),
            providers: Providers::new(&config.providers),
            cookie_key: derive(Purpose::Cookie),
            passwords: PasswordHasher::new(&argon2_settings(&config), Arc::clone(&entropy))?,
            password_rules: PasswordRules::open(&config.passwords).map_err(StartError::BreachedList)?,
            hourly: Arc::default(),
            limiter: Arc::default(),
            device_polls: Polls::default(),
            key_uses: Arc::default(),
            key_reports: PerAddress::new(api_keys::REPORTS_A_MINUTE, Duration::from_mins(1)),
            guard: Arc::new(Guard::new(
                &config.protection,
                Own {
                    registrations: config.people.registrations_per_address,
                    user_codes: config.device.wrong_codes,
                    client_registrations: config.registration.attempts_per_address,
                },
                &derive(Purpose::Guard),
                entropy.uuid(),
            )),
            device_sealer: Sealer::new(&derive(Purpose::KnownDevices)),
            outbox: Outbox::new(Sealer::new(&derive(Purpose::Mail)), config.mail.mailbox),
            mail_sender: Sender::new(&config.mail, &config.server.issuer, config.outbound.ca_file.clone()),
            sessions: SessionCount::default(),
            clients: ClientDirectory::default(),
            documents: Documents::new(Arc::clone(&outbound)),
            remote_keys: RemoteKeys::new(Arc::clone(&outbound)),
            outbound,
            client_authorities: config.server.mtls.ca_file.as_deref().map(ClientAuthorities::load).transpose()?,
            origins: OriginDirectory::default(),
            live_catalogue: LiveCatalogue::open(Catalogue::new(&config), &store).await?,
            csrf: Csrf::new(derive(Purpose::Csrf), config.server.issuer.origin().to_owned()),
            store,
            clock,
            entropy,
            brand: Arc::new(Brand::new(&config.branding)),
            config,
        })
    }
}

fn master_key(config: &Config, entropy: &dyn Entropy) -> Result<MasterKey, MasterKeyError> {
    match &config.keys.encryption_key {
        Some(key) => Ok(MasterKey::from_bytes(*key.expose())),
        None => MasterKey::load_or_create(&config.keys.directory, entropy).map(|(key, _)| key),
    }
}

/// How `config` wants the database opened.
#[must_use]
pub fn store_settings(config: &Config) -> StoreSettings {
    StoreSettings {
        url: config.database.url.to_url(),
        max_connections: config.database.max_connections,
        flush_every_commit: config.database.synchronous == Synchronous::Full,
    }
}

/// Makes the database's file, if there is none, so that only its owner reads it: it holds password hashes. What is wrong
/// with the path is told by the store, which opens it next.
fn keep_private(path: &Path) {
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    tracing::debug!(made = made.is_ok(), "database file");
}

fn argon2_settings(config: &Config) -> Argon2Settings {
    Argon2Settings {
        memory_kib: config.passwords.argon2_memory_kib,
        iterations: config.passwords.argon2_iterations,
        parallelism: config.passwords.argon2_parallelism,
        max_concurrent: config.passwords.hash_count(),
        max_waiting: config.passwords.max_waiting_hashes as usize,
    }
}

/// Why the server cannot start.
#[derive(Debug)]
pub enum StartError {
    /// The key-encryption key.
    MasterKey(MasterKeyError),
    /// The signing keys.
    Keys(KeeperError),
    /// The database.
    Store(StoreError),
    /// The list of breached passwords.
    BreachedList(io::Error),
    /// The settings of password hashing.
    Passwords(PasswordError),
    /// Those who vouch for clients.
    Authorities(AuthoritiesError),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MasterKey(error) => error.fmt(f),
            Self::Keys(error) => write!(f, "the signing keys cannot be used: {error}"),
            Self::Store(error) => error.fmt(f),
            Self::Authorities(error) => error.fmt(f),
            Self::BreachedList(error) => {
                write!(f, "the list of breached passwords (passwords.breached_list) cannot be read: {error}")
            }
            Self::Passwords(error) => write!(f, "passwords cannot be hashed with these settings: {error}"),
        }
    }
}

impl std::error::Error for StartError {}

impl From<MasterKeyError> for StartError {
    fn from(error: MasterKeyError) -> Self {
        Self::MasterKey(error)
    }
}

impl From<KeeperError> for StartError {
    fn from(error: KeeperError) -> Self {
        Self::Keys(error)
    }
}

impl From<StoreError> for StartError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<AuthoritiesError> for StartError {
    fn from(error: AuthoritiesError) -> Self {
        Self::Authorities(error)
    }
}

impl From<PasswordError> for StartError {
    fn from(error: PasswordError) -> Self {
        Self::Passwords(error)
    }
}
