//! Attacks on clients with certificates and on what is bound to them (RFC 8705 §7.4, RFC 9700 §4.10.1).

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rcgen::{CertificateParams, ExtendedKeyUsagePurpose};
use rustls::SignatureScheme;
use rustls::client::ResolvesClientCert;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use serde_json::json;
use time::OffsetDateTime;

use crate::support::{
    Allowed, Authority, Certified, MutualTls, REDIRECT_URI, START, TestApp, TlsClient, VERIFIER, claims, key_server,
    keys,
};

const GRANT: (&str, &str) = ("grant_type", "client_credentials");
const ROBOT: (&str, &str) = ("client_id", "robot");

/// RFC 8705 §2.1, RFC 5280 §6: whoever can make certificates can make them with every name.
#[actix_web::test]
async fn shows_a_certificate_of_an_authority_of_their_own() {
    let server = MutualTls::start().await;
    server.robot(json!({})).await;
    // Of the same name as ours, even.
    let theirs = Authority::new("Our authority");
    let mut with_chain = theirs.certify("robot");
    with_chain.pem += &theirs.pem;
    let mut with_our_chain = theirs.certify("robot");
    with_our_chain.pem += &server.authority.pem;
    for certificate in [theirs.certify("robot"), with_chain, with_our_chain, Certified::self_signed("robot")] {
        server.token("robot", Some(&certificate)).await.refuses(401, "invalid_client");
    }
}

/// RFC 8705 §2.1.2: the whole name, not how it begins or what it contains.
#[actix_web::test]
async fn has_a_certificate_issued_whose_name_begins_like_the_robots() {
    let server = MutualTls::start().await;
    server.robot(json!({})).await;
    server
        .robot(json!({
            "client_id": "by-host", "tls_client_auth_subject_dn": null, "tls_client_auth_san_dns": "robot.example",
        }))
        .await;
    for name in ["robot2", "robo", "Robot", "robot,O=Boats", "robot\0", "x,CN=robot,O=Boats", ""] {
        let certificate = server.authority.certify(name);
        server.token("robot", Some(&certificate)).await.refuses(401, "invalid_client");
    }
    for host in ["robot.example.org", "a.robot.example", "obot.example", "*.example"] {
        let named = |params: &mut CertificateParams| {
            params.subject_alt_names = vec![rcgen::SanType::DnsName(host.try_into().unwrap())];
        };
        let certificate = server.authority.certify_with("robot.example", named);
        server.token("by-host", Some(&certificate)).await.refuses(401, "invalid_client");
    }
}

/// RFC 5280 §4.1.2.5: by the server's clock, to the second, for both methods.
#[actix_web::test]
async fn uses_a_certificate_outside_its_time() {
    let server = MutualTls::start().await;
    server.robot(json!({})).await;
    let at = |seconds: i64| OffsetDateTime::from_unix_timestamp(START.seconds() + seconds).unwrap();
    let short = |params: &mut CertificateParams| {
        params.not_before = at(100);
        params.not_after = at(200);
    };
    let (issued, own) = (server.authority.certify_with("robot", short), Certified::self_signed_with("own", short));
    server
        .robot(json!({
            "client_id": "own", "token_endpoint_auth_method": "self_signed_tls_client_auth",
            "tls_client_auth_subject_dn": null, "jwks": own.jwks(),
        }))
        .await;
    for (seconds, is_good) in [(0, false), (99, false), (100, true), (200, true), (201, false)] {
        server.app.clock.set(START + Duration::from_secs(seconds));
        for (client, certificate) in [("robot", &issued), ("own", &own)] {
            let answer = server.token(client, Some(certificate)).await;
            assert_eq!(answer.status == 200, is_good, "{client} at {seconds}: {}", answer.body);
        }
    }
}

/// RFC 5280 §4.2.1.12, RFC 5280 §4.2.1.9: a certificate for servers is none for clients, and no client is an authority.
#[actix_web::test]
async fn uses_a_certificate_for_what_it_is_not_meant_for() {
    let server = MutualTls::start().await;
    server.robot(json!({})).await;
    let for_servers = |params: &mut CertificateParams| {
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    };
    let certificate = server.authority.certify_with("robot", for_servers);
    server.token("robot", Some(&certificate)).await.refuses(401, "invalid_client");
    let mallory = server.authority.certify("mallory").as_authority("mallory");
    let mut certificate = mallory.certify("robot");
    certificate.pem += &mallory.pem;
    server.token("robot", Some(&certificate)).await.refuses(401, "invalid_client");
}

/// The certificate of somebody else, with a key of the attacker's own.
#[derive(Debug)]
struct Borrowed(Arc<CertifiedKey>);

impl ResolvesClientCert for Borrowed {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }

    fn has_certs(&self) -> bool {
        true
    }
}

/// What a TLS client gets that shows `certificate` and signs with the key of `signer`: an answer, or no connection.
fn answered_over_tls(server: &MutualTls, certificate: &Certified, signer: &Certified) -> Option<String> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let key = PrivateKeyDer::from_pem_slice(signer.key.as_bytes()).unwrap();
    let key = provider.key_provider.load_private_key(key).unwrap();
    let shown = CertifiedKey::new(vec![CertificateDer::from(certificate.der.clone())], key);
    let shown: Arc<dyn ResolvesClientCert> = Arc::new(Borrowed(Arc::new(shown)));
    let body = "grant_type=client_credentials&client_id=robot";
    let request = format!(
        "POST /oauth2/token HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n\
         content-type: application/x-www-form-urlencoded\r\n\r\n{body}",
        body.len()
    );
    TlsClient::connect(server.address, Some(shown)).and_then(|mut client| client.ask(&request, "}")).ok()
}

/// RFC 8705 §2, RFC 8446 §4.4.3: a certificate is public; its key is the proof.
#[actix_web::test]
async fn shows_a_certificate_whose_key_they_do_not_have() {
    let server = MutualTls::start().await;
    server.robot(json!({})).await;
    let (robots, own) = (server.authority.certify("robot"), Certified::self_signed("mallory"));
    let server = Arc::new(server);
    let attempt = |signer: &Certified| {
        let (server, robots, signer) = (Arc::clone(&server), robots.clone(), signer.clone());
        async move {
            let attempt = move || answered_over_tls(&server, &robots, &signer);
            actix_web::rt::task::spawn_blocking(attempt).await.unwrap()
        }
    };
    assert_eq!(attempt(&own).await, None);
    assert!(attempt(&robots).await.unwrap().starts_with("HTTP/1.1 200 "));
}

const PROXY: &str = "server.mtls.proxy_header = \"X-Client-Cert\"\n";

/// A server behind a proxy with this address, whose header names the client's certificate; its robot has `certificate`.
async fn behind(proxy: &str, certificate: &Certified) -> TestApp {
    let app = TestApp::start_with(&format!("server.trusted_proxies = [\"{proxy}\"]\n{PROXY}")).await;
    app.client(json!({
        "client_id": "robot", "grant_types": ["client_credentials"], "response_types": [], "scope": "read",
        "token_endpoint_auth_method": "self_signed_tls_client_auth", "jwks": certificate.jwks(),
        "tls_client_certificate_bound_access_tokens": true,
    }))
    .await;
    app
}

/// RFC 8705 §6.5, RFC 9440 §4: the header counts from the proxy alone, however the proxy writes it.
#[actix_web::test]
async fn writes_the_header_of_the_proxy_themselves() {
    let certificate = Certified::self_signed("robot");
    let (trusting, other) = (behind("127.0.0.1", &certificate).await, behind("192.0.2.1", &certificate).await);
    for value in [certificate.escaped(), certificate.structured()] {
        let header = [("x-client-cert", value.as_str())];
        let token = trusting.post_with("/oauth2/token", &[GRANT, ROBOT], &header).await.ok();
        assert_eq!(claims(token["access_token"].as_str().unwrap())["cnf"]["x5t#S256"], certificate.thumbprint());
        other.post_with("/oauth2/token", &[GRANT, ROBOT], &header).await.refuses(401, "invalid_client");
        // Nor does it help to say that the proxy sent it.
        let forwarded = [header[0], ("x-forwarded-for", "192.0.2.1")];
        other.post_with("/oauth2/token", &[GRANT, ROBOT], &forwarded).await.refuses(401, "invalid_client");
    }
    let certificate = certificate.escaped();
    // Another header than the one that is set, and no header at all.
    for header in ["client-cert", "x-ssl-cert", "x-client-cert-chain"] {
        let answer = trusting.post_with("/oauth2/token", &[GRANT, ROBOT], &[(header, certificate.as_str())]).await;
        answer.refuses(401, "invalid_client");
    }
    trusting.post("/oauth2/token", &[GRANT, ROBOT]).await.refuses(401, "invalid_client");
}

/// RFC 9440 §4: where the proxy only adds to what a client sent, nobody knows which is the client's.
#[actix_web::test]
async fn smuggles_a_second_header_past_the_proxy() {
    let (robots, own) = (Certified::self_signed("robot"), Certified::self_signed("mallory"));
    let app = behind("127.0.0.1", &robots).await;
    let [(robots, robots_pem), (own, own_pem)] = [robots, own].map(|one| (one.structured(), one.escaped()));
    for [first, second] in
        [[&robots, &own], [&own, &robots], [&robots, &robots], [&robots_pem, &own_pem], [&own_pem, &robots_pem]]
    {
        let headers = [("x-client-cert", first.as_str()), ("X-Client-Cert", second.as_str())];
        app.post_with("/oauth2/token", &[GRANT, ROBOT], &headers).await.refuses(400, "invalid_request");
        let joined = format!("{first}, {second}");
        let answer = app.post_with("/oauth2/token", &[GRANT, ROBOT], &[("x-client-cert", joined.as_str())]).await;
        answer.refuses(400, "invalid_request");
    }
    // Which says nothing about the clients that there are.
    let nonsense = [("x-client-cert", "nonsense")];
    let answer = app.post_with("/oauth2/token", &[GRANT, ROBOT], &nonsense).await;
    let nobody = app.post_with("/oauth2/token", &[GRANT, ("client_id", "nobody")], &nonsense).await;
    assert_eq!(answer.refuses(400, "invalid_request").body, nobody.body);
    let answer = app.post_with("/oauth2/token", &[GRANT, ROBOT], &[("x-client-cert", "")]).await;
    answer.refuses(401, "invalid_client");
}

/// RFC 8705 §6.5: who connects himself is known by his own certificate or by none, even from where a proxy is trusted:
/// connections that somebody hands on unopened come from there too.
#[actix_web::test]
async fn adds_the_header_to_a_connection_of_their_own() {
    let server = MutualTls::start_with(&format!("server.trusted_proxies = [\"127.0.0.1\"]\n{PROXY}")).await;
    server.robot(json!({})).await;
    let robots = server.authority.certify("robot");
    let header = format!("x-client-cert: {}", robots.structured());
    let form = || Some("grant_type=client_credentials&client_id=robot".to_owned());
    let own = server.authority.certify("mallory");
    for shown in [None, Some(&own)] {
        server.curl("/oauth2/token", form(), &[&header], shown).await.refuses(401, "invalid_client");
    }
    server.curl("/oauth2/token", form(), &[], Some(&robots)).await.ok();
}

/// RFC 8705 §3: of a header that says two things, or nothing that can be read, no token is proved to be somebody's.
#[actix_web::test]
async fn uses_a_stolen_token_with_whatever_header_passes() {
    let robots = Certified::self_signed("robot");
    let app = behind("127.0.0.1", &robots).await;
    let (api, certificate) = (format!("{}/api/v1", app.issuer), robots.structured());
    let auditor = app
        .client(json!({
            "client_id": "auditor", "grant_types": ["client_credentials"], "response_types": [], "scope": "clients:read",
            "resources": [api], "tls_client_certificate_bound_access_tokens": true,
        }))
        .await;
    let basic = auditor.basic();
    let shown = [("authorization", basic.as_str()), ("x-client-cert", certificate.as_str())];
    let token = app.post_with("/oauth2/token", &[GRANT, ("resource", api.as_str())], &shown).await.ok();
    let bearer = format!("Bearer {}", token["access_token"].as_str().unwrap());
    let own = Certified::self_signed("robot").structured();
    let (own, right) = (own.as_str(), certificate.as_str());
    for headers in [&[][..], &[own], &[""], &["nonsense"], &[right, own], &[right, right]] {
        let mut sent = vec![("authorization", bearer.as_str())];
        sent.extend(headers.iter().map(|value| ("x-client-cert", *value)));
        let answer = app.get_with("/api/v1/clients", &sent).await;
        assert_eq!(answer.status, 401, "{headers:?}: {}", answer.body);
        assert!(answer.header("www-authenticate").contains("error=\"invalid_token\""), "{answer:?}");
    }
    let fitting = [("authorization", bearer.as_str()), ("x-client-cert", certificate.as_str())];
    app.get_with("/api/v1/clients", &fitting).await.ok();
}

/// RFC 8705 §3: a proxy that asks hands on what its caller wrote, the header of certificates with it.
#[actix_web::test]
async fn gets_past_a_proxy_with_a_stolen_token_and_a_copy_of_its_certificate() {
    let robots = Certified::self_signed("robot");
    let app = TestApp::start_with(&format!(
        "server.trusted_proxies = [\"127.0.0.1\"]\n{PROXY}[[scopes]]\nname = \"read\"\ntext = \"Read\"\n\
         [[resources]]\nidentifier = \"https://jwt.example\"\nscopes = [\"read\"]\n\
         [[resources]]\nidentifier = \"https://opaque.example\"\nscopes = [\"read\"]\naccess_token_format = \"opaque\"\n"
    ))
    .await;
    let certificate = robots.structured();
    for (id, is_bound) in [("bound", true), ("free", false)] {
        let client = app
            .client(json!({
                "client_id": id, "grant_types": ["client_credentials"], "response_types": [], "scope": "read",
                "resources": ["https://jwt.example", "https://opaque.example"],
                "tls_client_certificate_bound_access_tokens": is_bound,
            }))
            .await;
        let basic = client.basic();
        let shown = [("authorization", basic.as_str()), ("x-client-cert", certificate.as_str())];
        for resource in ["https://jwt.example", "https://opaque.example"] {
            let token = app.post_with("/oauth2/token", &[GRANT, ("resource", resource)], &shown).await.ok();
            let bearer = format!("Bearer {}", token["access_token"].as_str().unwrap());
            let asked = [("authorization", bearer.as_str()), ("x-client-cert", certificate.as_str())];
            for headers in [&asked[..1], &asked] {
                let answer = app.get_with(&format!("/forward-auth?resource={resource}"), headers).await;
                assert_eq!(answer.status, if is_bound { 401 } else { 200 }, "{id}: {answer:?}");
                let challenge = answer.header("www-authenticate");
                assert_eq!(challenge.contains("error=\"invalid_token\""), is_bound, "{challenge}");
                assert_eq!(challenge.contains("bound to a client certificate"), is_bound, "{challenge}");
                assert_eq!(answer.header("x-auth-subject").is_empty(), is_bound);
            }
        }
    }
}

/// RFC 8705 §3, RFC 9700 §4.10.1: a stolen token that is bound is worth nothing without the key, at any endpoint of ours.
#[actix_web::test]
async fn uses_a_stolen_token_that_is_bound_to_a_certificate() {
    let server = MutualTls::start().await;
    let api = format!("{}/api/v1", server.app.issuer);
    server
        .robot(json!({
            "scope": "clients:read", "resources": [api], "tls_client_certificate_bound_access_tokens": true,
        }))
        .await;
    server
        .app
        .client(json!({
            "client_id": "app", "redirect_uris": [REDIRECT_URI], "token_endpoint_auth_method": "none",
            "scope": "openid", "tls_client_certificate_bound_access_tokens": true,
        }))
        .await;
    let (robots, own) = (server.authority.certify("robot"), server.authority.certify("robot"));
    let form = [GRANT, ROBOT, ("resource", api.as_str())];
    let token = server.post("/oauth2/token", &form, Some(&robots)).await.ok();
    let bearer = format!("authorization: Bearer {}", token["access_token"].as_str().unwrap());
    for shown in [None, Some(&own)] {
        let answer = server.get("/api/v1/clients", &[&bearer], shown).await;
        assert_eq!(answer.status, 401, "{}", answer.body);
        assert!(answer.header("www-authenticate").contains("error=\"invalid_token\""), "{answer:?}");
    }
    server.get("/api/v1/clients", &[&bearer], Some(&robots)).await.ok();

    let person = server.app.person("ada").await;
    let client = crate::support::TestClient { id: "app".to_owned(), secret: String::new() };
    let code = server.app.code(&client, person, Allowed { scope: "openid", ..Allowed::default() }).await;
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", "app"),
        ("code", code.as_str()),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", VERIFIER),
    ];
    let token = server.post("/oauth2/token", &form, Some(&robots)).await.ok();
    let token = token["access_token"].as_str().unwrap();
    let bearer = format!("authorization: Bearer {token}");
    for shown in [None, Some(&own)] {
        let answer = server.get("/oauth2/userinfo", &[&bearer], shown).await;
        answer.refuses(401, "invalid_token");
    }
    // Not over the listener that asks for no certificate either.
    server.app.userinfo(token).await.refuses(401, "invalid_token");
    server.get("/oauth2/userinfo", &[&bearer], Some(&robots)).await.ok();
}

/// RFC 8705 §2.2.2: what a client publishes is fetched again for a certificate that is new, and not for each stranger's.
#[actix_web::test]
async fn comes_with_a_certificate_that_the_client_has_withdrawn() {
    let server = MutualTls::start_with("outbound.allowed_hosts = [\"127.0.0.1\"]\n").await;
    let (old, new, stranger) =
        (Certified::self_signed("robot"), Certified::self_signed("robot"), Certified::self_signed("robot"));
    let answers = [&old, &new].map(|certificate| keys(certificate.jwks()["keys"].as_array().unwrap()));
    let (port, asked) = key_server(Box::new(move |time| Some(answers[time.min(1)].clone()))).await;
    server
        .robot(json!({
            "token_endpoint_auth_method": "self_signed_tls_client_auth", "tls_client_auth_subject_dn": null,
            "jwks_uri": format!("http://127.0.0.1:{port}/jwks"),
        }))
        .await;
    server.token("robot", Some(&old)).await.ok();
    server.token("robot", Some(&stranger)).await.refuses(401, "invalid_client");
    assert_eq!(asked.load(Ordering::SeqCst), 1, "not fetched again so soon");
    server.app.clock.advance(Duration::from_secs(30));
    server.token("robot", Some(&new)).await.ok();
    server.token("robot", Some(&old)).await.refuses(401, "invalid_client");
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}
