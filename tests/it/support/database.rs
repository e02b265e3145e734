//! A fresh database for each test, copied from one that was migrated once: a file for SQLite, a template database for
//! PostgreSQL.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use claviger::clock::TestEntropy;
use claviger::config::Config;
use claviger::cx::store_settings;
use claviger::domain::events::Actor;
use claviger::domain::keys::keeper::{Keeper, Plan};
use claviger::domain::keys::master::{MasterKey, Purpose};
use claviger::domain::keys::private_key::PrivateKey;
use claviger::domain::keys::sealing::Sealer;
use claviger::protocol::algorithm::KeyAlgorithm;
use claviger::store::{Store, StoredKey};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, FromQueryResult, JsonValue, Statement};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::OnceCell;

use super::app::{ENCRYPTION_KEY, START};

/// A database of a test's own.
pub struct TestDatabase {
    /// Its URL.
    pub url: String,
    /// The folder for everything that the server keeps in files.
    pub folder: tempfile::TempDir,
}

static TEMPLATE: OnceCell<Template> = OnceCell::const_new();
static COUNTER: AtomicU32 = AtomicU32::new(0);

enum Template {
    Sqlite { file: PathBuf, _folder: tempfile::TempDir },
    Postgres { server: String, name: String },
}

impl TestDatabase {
    /// A copy of the template.
    pub async fn fresh() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = match TEMPLATE.get_or_init(Template::make).await {
            Template::Sqlite { file, .. } => {
                let copy = folder.path().join("claviger.db");
                std::fs::copy(file, &copy).unwrap();
                sqlite_url(&copy)
            }
            Template::Postgres { server, name } => {
                let number = COUNTER.fetch_add(1, Ordering::SeqCst);
                let fresh = format!("claviger_test_{}_{number}", std::process::id());
                create_database(server, &format!("{fresh} TEMPLATE {name}")).await;
                with_database(server, &fresh)
            }
        };
        Self { url, folder }
    }
}

impl Template {
    async fn make() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let Ok(server) = std::env::var("CLAVIGER_TEST_DATABASE") else {
            let store = filled(&sqlite_url(&folder.path().join("filled.db"))).await;
            let file = folder.path().join("template.db");
            store.backup(&file).await.unwrap();
            return Self::Sqlite { file, _folder: folder };
        };
        let name = format!("claviger_template_{}", std::process::id());
        create_database(&server, &name).await;
        filled(&with_database(&server, &name)).await.close().await.unwrap();
        Self::Postgres { server, name }
    }
}

/// A database with today's schema and fixed keys, so that no test has to make any.
async fn filled(url: &str) -> Store {
    let config = Config::from_toml(&format!("database.url = {url:?}"), []).unwrap();
    let store = Store::connect(&store_settings(&config)).await.unwrap();
    store.migrate().await.unwrap();
    let master = MasterKey::from_text(ENCRYPTION_KEY).unwrap();
    let keeper = Keeper {
        store: store.clone(),
        sealer: Arc::new(Sealer::new(&master.derive(Purpose::SigningKeys))),
        entropy: Arc::new(TestEntropy::from_seed(0)),
    };
    for pem in [include_str!("../../keys/rs256.pem"), include_str!("../../keys/es256.pem")] {
        let plan = Plan {
            actor: Actor::System,
            now: START,
            publish_before: Duration::ZERO,
            longest_token_lifetime: Duration::ZERO,
        };
        keeper.add(PrivateKey::from_pem(pem).unwrap(), plan).await.unwrap();
    }
    add_decryption_keys(&store, &keeper).await;
    store
}

/// Those that others encrypt to, which would be made at every start otherwise. Nobody hears of them.
async fn add_decryption_keys(store: &Store, keeper: &Keeper) {
    for algorithm in KeyAlgorithm::DECRYPTING {
        let key = keeper.generate(algorithm).await.unwrap();
        let row = StoredKey {
            kid: key.kid().to_owned(),
            algorithm,
            sealed_private_key: key.seal(&keeper.sealer),
            created_at: START,
            signs_from: START,
            signs_until: None,
            published_until: None,
        };
        store.write(move |tx| Box::pin(async move { tx.insert_signing_key(&row).await })).await.unwrap();
    }
}

/// Every row of every table, as text.
pub async fn dump(url: &SecretString) -> String {
    const TABLES: [&str; 33] = [
        "pictures",
        "provider_accounts",
        "access_tokens",
        "assertion_ids",
        "authenticator_apps",
        "authorizations",
        "client_secrets",
        "clients",
        "codes",
        "event_batches",
        "events",
        "grants",
        "kept_answers",
        "logout_deliveries",
        "mail_requests",
        "mails",
        "one_time_links",
        "passkeys",
        "people",
        "recovery_codes",
        "refresh_tokens",
        "revoked_tokens",
        "session_clients",
        "sessions",
        "api_keys",
        "api_key_secrets",
        "guard_news",
        "limit_counts",
        "initial_access_tokens",
        "catalogue_versions",
        "resources",
        "scopes",
        "signing_keys",
    ];
    let db: DatabaseConnection = Database::connect(url.expose_secret()).await.unwrap();
    let mut text = String::new();
    for table in TABLES {
        let all = Statement::from_string(db.get_database_backend(), format!("SELECT * FROM {table}"));
        for row in JsonValue::find_by_statement(all).all(&db).await.unwrap() {
            text.extend([table, ": ", &row.to_string(), "\n"]);
        }
    }
    db.close().await.unwrap();
    text
}

async fn create_database(server: &str, what: &str) {
    let db: DatabaseConnection = Database::connect(server).await.unwrap();
    db.execute_unprepared(&format!("CREATE DATABASE {what}")).await.unwrap();
    db.close().await.unwrap();
}

fn sqlite_url(file: &std::path::Path) -> String {
    format!("sqlite://{}", file.display())
}

fn with_database(server: &str, name: &str) -> String {
    let mut url = url::Url::parse(server).unwrap();
    url.set_path(name);
    url.into()
}
