use tempfile::TempDir;

use super::*;
use crate::clock::TestEntropy;
use crate::config::{Config, MtlsConfig};
use crate::domain::keys::hashing::TokenHasher;
use crate::domain::keys::sealing::Sealer;
use crate::domain::outbound::Outbound;
use crate::protocol::algorithm::KeyAlgorithm;
use crate::protocol::response::ResponseType;
use crate::store::{EventFilter, StoreSettings, StoredKey};

const CONFIG: &str = r#"
    [[scopes]]
    name = "orders:read"
    text = "Read your orders"
    [[resources]]
    identifier = "https://api.example.com"
    scopes = ["orders:read"]
"#;
const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
const APP: &str = r#"{"client_name": "App", "redirect_uris": ["https://app.example.com/callback"]}"#;
const SPA: &str = r#"{"redirect_uris": ["https://app.example.com/callback"], "token_endpoint_auth_method": "none"}"#;

/// A database of its own, with a key that signs RS256.
struct Fixture {
    store: Store,
    hasher: TokenHasher,
    sealer: Sealer,
    catalogue: Arc<Catalogue>,
    mtls: MtlsConfig,
    outbound: Outbound,
    entropy: TestEntropy,
    _folder: TempDir,
}

impl Fixture {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("test.db").display());
        let store = Store::connect(&StoreSettings { url: url.into(), max_connections: 2, flush_every_commit: false })
            .await
            .unwrap();
        store.migrate().await.unwrap();
        let key = StoredKey {
            kid: "kid".to_owned(),
            algorithm: KeyAlgorithm::RS256,
            sealed_private_key: vec![0],
            created_at: NOW,
            signs_from: NOW,
            signs_until: None,
            published_until: None,
        };
        store.write(move |tx| Box::pin(async move { tx.insert_signing_key(&key).await })).await.unwrap();
        Self {
            store,
            hasher: TokenHasher::new(&[1; 32]),
            sealer: Sealer::new(&[2; 32]),
            catalogue: Arc::new(Catalogue::new(&Config::from_toml(CONFIG, []).unwrap())),
            mtls: MtlsConfig::default(),
            outbound: Outbound::new(&[], None),
            entropy: TestEntropy::from_seed(1),
            _folder: folder,
        }
    }

    fn at(&self, now: Timestamp) -> Registrar<'_> {
        Registrar {
            manager: None,
            store: &self.store,
            secrets: SecretKeeper { hasher: &self.hasher, sealer: &self.sealer },
            catalogue: Arc::clone(&self.catalogue),
            mtls: &self.mtls,
            outbound: &self.outbound,
            response_types: &[ResponseType::Code],
            entropy: &self.entropy,
            now,
            actor: Actor::Operator,
            origin: Origin::default(),
        }
    }

    async fn client(&self, id: &ClientId, now: Timestamp) -> Client {
        self.store.client(id, now).await.unwrap().unwrap()
    }

    async fn events(&self) -> Vec<String> {
        let events = self.store.events(&EventFilter::default(), 10).await.unwrap();
        let mut said: Vec<_> = events.iter().map(|event| format!("{} by {}", event.kind, event.actor)).collect();
        // Events of one millisecond have no order.
        said.sort();
        said
    }
}

fn metadata(json: &str) -> ClientMetadata {
    ClientMetadata::parse(json.as_bytes()).unwrap()
}

fn exposed(registered: &Registered) -> &str {
    registered.secret.as_ref().unwrap().expose_secret()
}

/// RFC 7591 §3.2.1: a secret that ends says when; so does the next one, and the old one ends with the earlier of its own end
/// and the overlap.
#[tokio::test]
async fn gives_a_client_secrets_that_end_where_it_is_registered_so() {
    let fixture = Fixture::new().await;
    let members = r#"{"grant_types": ["client_credentials"], "client_secret_lifetime": 3600}"#;
    let registered = fixture.at(NOW).add(metadata(members)).await.unwrap();
    let id = registered.client.id.clone();
    assert_eq!(registered.to_json()["client_secret_expires_at"], NOW.seconds() + 3600);
    let later = NOW + Duration::from_mins(30);
    let rotated = fixture.at(later).rotate_secret(&id, Duration::from_hours(24)).await.unwrap();
    assert_eq!(rotated.to_json()["client_secret_expires_at"], later.seconds() + 3600);
    let mut ends: Vec<_> = rotated.client.secrets.iter().map(|secret| secret.expires_at.unwrap().seconds()).collect();
    ends.sort_unstable();
    assert_eq!(ends, [NOW.seconds() + 3600, later.seconds() + 3600]);
    let rotated = fixture.at(later).rotate_secret(&id, Duration::ZERO).await.unwrap();
    assert_eq!(rotated.client.secrets.len(), 1, "those without an overlap have ended");
}

/// RFC 7591 §3.2.1: the response holds the id, the secret with its expiry, and all that is registered.
#[tokio::test]
async fn gives_an_id_and_a_secret_and_keeps_only_its_hash() {
    let fixture = Fixture::new().await;
    let registered = fixture.at(NOW).add(metadata(APP)).await.unwrap();
    let response = registered.to_json();
    let secret = exposed(&registered);
    assert!(token_format::parse(TokenKind::ClientSecret, secret).is_some());
    assert_eq!(response["client_secret"], secret);
    assert_eq!(response["client_secret_expires_at"], 0);
    assert_eq!(response["client_id_issued_at"], NOW.seconds());
    assert_eq!(response["client_name"], "App");
    assert_eq!(response["grant_types"], json!(["authorization_code"]));

    let id = ClientId(response["client_id"].as_str().unwrap().to_owned());
    let kept = fixture.client(&id, NOW).await;
    assert!(fixture.hasher.verify(secret, kept.secrets[0].hash.as_bytes()));
    assert!(!kept.metadata.to_json().to_string().contains(secret));
    assert_eq!(fixture.events().await, ["client_added by operator"]);
}

#[tokio::test]
async fn takes_the_id_and_secret_that_an_operator_chose() {
    let fixture = Fixture::new().await;
    let chosen = APP.replacen('{', r#"{"client_id": "app", "client_secret": "0123456789abcdef0123456789abcdef","#, 1);
    let registered = fixture.at(NOW).add(metadata(&chosen)).await.unwrap();
    assert_eq!(registered.client.id.as_str(), "app");
    assert_eq!(exposed(&registered), "0123456789abcdef0123456789abcdef");

    let error = fixture.at(NOW).add(metadata(&chosen)).await.unwrap_err();
    assert!(matches!(error, RegistrationError::Exists(_)), "{error}");
    assert_eq!(fixture.events().await.len(), 1);
}

#[tokio::test]
async fn gives_a_public_client_no_secret() {
    let fixture = Fixture::new().await;
    let registered = fixture.at(NOW).add(metadata(SPA)).await.unwrap();
    assert!(registered.secret.is_none());
    assert!(registered.to_json().get("client_secret_expires_at").is_none());
    let error = fixture.at(NOW).rotate_secret(&registered.client.id, Duration::ZERO).await.unwrap_err();
    assert!(matches!(error, RegistrationError::NoSecret(..)), "{error}");
}

#[tokio::test]
async fn names_everything_that_this_server_does_not_know() {
    let fixture = Fixture::new().await;
    let known = APP.replacen('{', r#"{"scope": "openid orders:read", "resources": ["https://api.example.com"],"#, 1);
    assert!(fixture.at(NOW).add(metadata(&known)).await.is_ok());

    let unknown = APP.replacen(
        '{',
        r#"{"scope": "openid orders:write", "resources": ["https://other.example.com"],
            "resource_server_of": ["https://third.example.com"],
            "token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_subject_dn": "CN=robot",
            "tls_client_certificate_bound_access_tokens": true,
            "id_token_signed_response_alg": "EdDSA", "userinfo_signed_response_alg": "EdDSA",
            "introspection_signed_response_alg": "EdDSA","#,
        1,
    );
    let RegistrationError::Faulty(faults) = fixture.at(NOW).add(metadata(&unknown)).await.unwrap_err() else {
        panic!("another error");
    };
    let members: Vec<_> = faults.iter().map(|fault| fault.member.as_str()).collect();
    let [method, bound] = ["token_endpoint_auth_method", "tls_client_certificate_bound_access_tokens"];
    let signed = ["id_token", "userinfo", "introspection"].map(|what| format!("{what}_signed_response_alg"));
    let expected = ["scope", "resources", "resource_server_of", &signed[0], &signed[1], &signed[2], method, bound];
    assert_eq!(members, expected);
    assert!(faults[0].to_string().contains("orders:write") && faults[0].to_string().contains("[[scopes]]"));
}

/// RFC 7592 §2.2: an update replaces everything, but names the same client and secret or none.
#[tokio::test]
async fn replaces_metadata_as_a_whole_but_neither_id_nor_secret() {
    let fixture = Fixture::new().await;
    let registered = fixture.at(NOW).add(metadata(APP)).await.unwrap();
    let id = &registered.client.id;
    let with = |member: &str, value: &str| POST_APP.replacen('{', &format!("{{\"{member}\": \"{value}\","), 1);

    let later = NOW + Duration::from_mins(1);
    let other_id = fixture.at(later).update(id, metadata(&with("client_id", "other"))).await.unwrap_err();
    assert!(matches!(other_id, RegistrationError::OtherId(_)), "{other_id}");
    let guess = "0123456789abcdef0123456789abcdef";
    let other_secret = fixture.at(later).update(id, metadata(&with("client_secret", guess))).await.unwrap_err();
    assert!(matches!(other_secret, RegistrationError::OtherSecret(_)), "{other_secret}");

    let same = with("client_secret", exposed(&registered));
    let updated = fixture.at(later).update(id, metadata(&same)).await.unwrap();
    assert!(updated.secret.is_none(), "the secret stays");
    let kept = fixture.client(id, later).await;
    assert_eq!((kept.created_at, kept.updated_at, kept.secrets.len()), (NOW, later, 1));
    assert_eq!(kept.metadata.client_name, None, "what is left out is gone");
    assert_eq!(kept.metadata.redirect_uris[0].as_str(), "https://new.example.com/callback");
}

const POST_APP: &str =
    r#"{"redirect_uris": ["https://new.example.com/callback"], "token_endpoint_auth_method": "client_secret_post"}"#;

#[tokio::test]
async fn gives_and_takes_the_secret_as_authentication_begins_and_ends() {
    let fixture = Fixture::new().await;
    let id = fixture.at(NOW).add(metadata(SPA)).await.unwrap().client.id;
    let confidential = fixture.at(NOW).update(&id, metadata(APP)).await.unwrap();
    assert!(confidential.secret.is_some());
    assert_eq!(fixture.client(&id, NOW).await.secrets.len(), 1);
    let public = fixture.at(NOW).update(&id, metadata(SPA)).await.unwrap();
    assert!(public.secret.is_none());
    assert!(fixture.client(&id, NOW).await.secrets.is_empty());
}

/// A hash cannot check what was signed with a secret, so a client that signs from now on gets another one.
#[tokio::test]
async fn gives_a_new_secret_as_signing_with_it_begins() {
    let fixture = Fixture::new().await;
    let first = fixture.at(NOW).add(metadata(APP)).await.unwrap();
    let id = &first.client.id;
    let signing = APP.replacen('{', r#"{"token_endpoint_auth_method": "client_secret_jwt","#, 1);
    let second = fixture.at(NOW).update(id, metadata(&signing)).await.unwrap();
    let kept = fixture.client(id, NOW).await;
    let opened: Vec<_> = crate::domain::clients::secrets::opened(&kept, &fixture.sealer, NOW).collect();
    assert_eq!((kept.secrets.len(), opened.len()), (1, 1), "the old one has ended");
    assert_eq!(opened[0].as_slice(), exposed(&second).as_bytes());
    assert!(fixture.at(NOW).update(id, metadata(&signing)).await.unwrap().secret.is_none(), "once");
    let keyed = APP.replacen(
        '{',
        r#"{"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "https://app.example.com/jwks","#,
        1,
    );
    assert!(fixture.at(NOW).update(id, metadata(&keyed)).await.unwrap().secret.is_none());
    assert!(fixture.client(id, NOW).await.secrets.is_empty());
}

#[tokio::test]
async fn keeps_the_old_secret_valid_during_the_overlap() {
    let fixture = Fixture::new().await;
    let first = fixture.at(NOW).add(metadata(APP)).await.unwrap();
    let id = &first.client.id;
    let second = fixture.at(NOW).rotate_secret(id, Duration::from_mins(10)).await.unwrap();
    let valid = async |secret: &str, after: Duration| {
        let client = fixture.client(id, NOW + after).await;
        client.secrets.iter().any(|kept| fixture.hasher.verify(secret, kept.hash.as_bytes()))
    };
    let (just_before, then) = (Duration::from_mins(10) - Duration::from_millis(1), Duration::from_mins(10));
    for (after, old_is_valid) in [(Duration::ZERO, true), (just_before, true), (then, false)] {
        assert_eq!(valid(exposed(&first), after).await, old_is_valid, "{after:?}");
        assert!(valid(exposed(&second), after).await, "{after:?}");
    }
    assert_eq!(fixture.events().await, ["client_added by operator", "client_secret_rotated by operator"]);
}

#[tokio::test]
async fn disables_enables_and_deletes() {
    let fixture = Fixture::new().await;
    let id = fixture.at(NOW).add(metadata(APP)).await.unwrap().client.id;
    let later = NOW + Duration::from_mins(1);
    fixture.at(NOW).disable(&id).await.unwrap();
    fixture.at(later).disable(&id).await.unwrap();
    assert_eq!(fixture.client(&id, later).await.disabled_at, Some(NOW), "the first time counts");
    fixture.at(later).enable(&id).await.unwrap();
    assert_eq!(fixture.client(&id, later).await.disabled_at, None);
    fixture.at(later).delete(&id).await.unwrap();
    assert!(fixture.store.client(&id, later).await.unwrap().is_none());
    let kinds = ["client_added", "client_deleted", "client_disabled", "client_enabled"];
    assert_eq!(fixture.events().await, kinds.map(|kind| format!("{kind} by operator")));

    for error in [
        fixture.at(later).disable(&id).await.unwrap_err(),
        fixture.at(later).delete(&id).await.unwrap_err(),
        fixture.at(later).update(&id, metadata(APP)).await.unwrap_err(),
        fixture.at(later).rotate_secret(&id, Duration::ZERO).await.unwrap_err(),
    ] {
        assert!(matches!(error, RegistrationError::Unknown(_)), "{error}");
    }
}
