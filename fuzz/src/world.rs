//! The server that inputs meet: fixed settings, keys, clients and time, so that an input always means the same.

use std::sync::{Arc, LazyLock};

use claviger::clock::{TestEntropy, Timestamp};
use claviger::config::Config;
use claviger::domain::catalogue::Catalogue;
use claviger::domain::keys::decryption_key::DecryptionKey;
use claviger::domain::keys::key_set::KeySet;
use claviger::domain::keys::private_key::PrivateKey;
use claviger::domain::keys::rotation::KeyLife;
use claviger::domain::keys::sealing::Sealer;
use claviger::domain::keys::signing_key::SigningKey;
use claviger::error::OAuthError;
use claviger::ids::ClientId;
use claviger::protocol::algorithm::KeyAlgorithm;
use claviger::protocol::client_metadata::ClientMetadata;
use claviger::store::Client;
use url::Url;

pub const ISSUER: &str = "https://id.example";
/// The moment at which everything happens.
pub const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
pub const ED25519: &str = include_str!("../../tests/keys/eddsa.pem");

/// What is set besides its place.
pub const SETTINGS: &str = r#"
server.issuer = "https://id.example"
server.trusted_proxies = ["127.0.0.1"]
[[scopes]]
name = "read"
text = "Read"
[[resources]]
identifier = "https://api.example"
scopes = ["read"]
[[resources]]
identifier = "urn:example:other"
"#;

/// Clients of every kind: with one redirect URI or several, on the web or on a device, public or not, or none at all.
const CLIENTS: &[(&str, &str)] = &[
    (
        "app",
        r#"{"redirect_uris": ["https://app.example/cb"], "scope": "openid email offline_access",
            "token_endpoint_auth_method": "none", "resources": ["https://api.example"]}"#,
    ),
    (
        "native",
        r#"{"redirect_uris": ["http://127.0.0.1/cb", "http://[::1]:8080/cb?x=1", "com.example.app:/cb"],
            "application_type": "native", "scope": "openid profile", "token_endpoint_auth_method": "none"}"#,
    ),
    (
        "confidential",
        r#"{"redirect_uris": ["https://app.example/cb?tenant=a", "https://app.example/other"],
            "scope": "openid read", "require_pkce": false, "default_max_age": 60, "default_acr_values": ["a"]}"#,
    ),
    ("machine", r#"{"grant_types": ["client_credentials"], "scope": "read"}"#),
];

pub struct World {
    pub config: Config,
    pub catalogue: Catalogue,
    pub keys: KeySet,
    pub sealer: Sealer,
    pub clients: Vec<Arc<Client>>,
}

pub static WORLD: LazyLock<World> = LazyLock::new(|| {
    let config = Config::from_toml(SETTINGS, []).unwrap_or_else(|faults| panic!("{faults}"));
    World {
        catalogue: Catalogue::new(&config),
        config,
        keys: KeySet::with(keys(), vec![decryption_key()]),
        sealer: Sealer::new(&[1; 32]),
        clients: CLIENTS.iter().map(|(id, metadata)| Arc::new(client(id, metadata))).collect(),
    }
});

impl World {
    pub fn client(&self, id: &ClientId) -> Option<Arc<Client>> {
        self.clients.iter().find(|client| client.id == *id).cloned()
    }
}

fn keys() -> Vec<SigningKey> {
    let pems = [ED25519, include_str!("../../tests/keys/es256.pem"), include_str!("../../tests/keys/rs256.pem")];
    let life = KeyLife::starting(Timestamp::from_seconds(0));
    pems.iter().map(|pem| SigningKey::new(&PrivateKey::from_pem(pem).unwrap(), life).unwrap()).collect()
}

/// Always the same one, so that seeds stay good.
fn decryption_key() -> DecryptionKey {
    let key = PrivateKey::generate(KeyAlgorithm::EcdhEs, &TestEntropy::from_seed(1)).unwrap();
    DecryptionKey::new(&key, KeyLife::starting(Timestamp::from_seconds(0))).unwrap()
}

fn client(id: &str, metadata: &str) -> Client {
    Client {
        id: ClientId(id.to_owned()),
        metadata: ClientMetadata::parse(metadata.as_bytes()).unwrap(),
        secrets: Vec::new(),
        created_at: NOW,
        updated_at: NOW,
        disabled_at: None,
        managed_by: None,
        access: claviger::store::Access::Everyone,
        registration: None,
    }
}

/// Text of up to `N` lines; what is not UTF-8 or has fewer is completed, so that no input is wasted.
pub fn lines<const N: usize>(data: &[u8]) -> [String; N] {
    let text = String::from_utf8_lossy(data);
    let mut lines = text.splitn(N, '\n');
    std::array::from_fn(|_| lines.next().unwrap_or_default().to_owned())
}

/// RFC 6749 §5.2: what we say of a fault is printable ASCII without quotation mark and backslash, and short. The text
/// itself, which reaches the log, begins no line of its own.
#[track_caller]
pub fn assert_presentable(error: &OAuthError) {
    let description = error.description();
    let allowed = |byte: u8| matches!(byte, b' '..=b'!' | b'#'..=b'[' | b']'..=b'~');
    assert!(description.bytes().all(allowed), "{description}");
    assert!((1..=1000).contains(&description.len()), "{description}");
    assert!(!error.text.contains(char::is_control), "{:?}", error.text);
}

/// A URI that can stand in a header and in a page, and of which every reader sees the same.
#[track_caller]
pub fn assert_plain_uri(text: &str) -> Url {
    assert!(text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"\\<>^`{|}".contains(&byte)), "{text}");
    Url::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}
