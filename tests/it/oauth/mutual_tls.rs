//! Clients that authenticate by a certificate (RFC 8705 §2), on the server's own listener.

use std::net::IpAddr;

use claviger::protocol::client_metadata::ClientMetadata;
use rcgen::{CertificateParams, SanType};
use serde_json::{Value, json};

use crate::support::{ASSERTION_TYPE, Certified, MutualTls, SigningKey, TestApp, claims};

/// RFC 8705 §2.1: a chain that leads to an authority of ours, and the registered name; at every endpoint.
#[actix_web::test]
async fn lets_a_client_in_by_a_certificate_of_our_authority() {
    let server = MutualTls::start().await;
    server.robot(json!({})).await;
    let certificate = server.authority.certify("robot");
    let token = server.token("robot", Some(&certificate)).await.ok();
    assert_eq!(token["scope"], "read write");
    for path in ["/oauth2/introspect", "/oauth2/revoke"] {
        let form = [("client_id", "robot"), ("token", token["access_token"].as_str().unwrap())];
        server.post(path, &form, None).await.refuses(401, "invalid_client");
        assert_eq!(server.post(path, &form, Some(&certificate)).await.status, 200, "{path}");
    }
}

/// RFC 8705 §2.1: other certificates may lead from it to the authority, if the client sends them.
#[actix_web::test]
async fn follows_a_chain() {
    let server = MutualTls::start().await;
    server.robot(json!({})).await;
    let between = server.authority.authority("In between");
    let mut certificate = between.certify("robot");
    server.token("robot", Some(&certificate)).await.refuses(401, "invalid_client");
    certificate.pem += &between.pem;
    server.token("robot", Some(&certificate)).await.ok();
}

/// RFC 8705 §2.1.2: each kind of name.
#[actix_web::test]
async fn knows_a_client_by_each_kind_of_name() {
    let server = MutualTls::start().await;
    let certificate = server.authority.certify_with("somebody", |params: &mut CertificateParams| {
        params.subject_alt_names = vec![
            SanType::DnsName("other.example".try_into().unwrap()),
            SanType::DnsName("robot.example".try_into().unwrap()),
            SanType::URI("https://robot.example/id".try_into().unwrap()),
            SanType::IpAddress(IpAddr::from([192, 0, 2, 7])),
            SanType::Rfc822Name("robot@example.com".try_into().unwrap()),
        ];
    });
    for (member, right, wrong) in [
        ("tls_client_auth_subject_dn", "CN=somebody,O=Boats", "CN=somebody"),
        ("tls_client_auth_san_dns", "robot.example", "robot.example.com"),
        ("tls_client_auth_san_uri", "https://robot.example/id", "https://robot.example/"),
        ("tls_client_auth_san_ip", "192.0.2.7", "192.0.2.70"),
        ("tls_client_auth_san_email", "robot@example.com", "robot@example.co"),
    ] {
        let members =
            |id: &str, name: &str| json!({ "client_id": id, "tls_client_auth_subject_dn": null, member: name });
        let [good, bad] = [format!("{member} right"), format!("{member} wrong")].map(|id| id.replace(' ', ":"));
        server.robot(members(&good, right)).await;
        server.robot(members(&bad, wrong)).await;
        server.token(&good, Some(&certificate)).await.ok();
        server.token(&bad, Some(&certificate)).await.refuses(401, "invalid_client");
    }
}

/// RFC 8705 §2.2, RFC 8705 §2.2.2, RFC 7517 §4.7: the certificate itself is registered, in `x5c`.
#[actix_web::test]
async fn lets_a_client_in_by_its_registered_certificate() {
    let server = MutualTls::start().await;
    let certificate = Certified::self_signed("robot");
    let members = json!({
        "token_endpoint_auth_method": "self_signed_tls_client_auth", "tls_client_auth_subject_dn": null,
        "jwks": certificate.jwks(),
    });
    server.robot(members).await;
    server.token("robot", Some(&certificate)).await.ok();
    for other in [Certified::self_signed("robot"), server.authority.certify("robot")] {
        server.token("robot", Some(&other)).await.refuses(401, "invalid_client");
    }
    server.token("robot", None).await.refuses(401, "invalid_client");
}

/// RFC 8705 §2: the request names the client, and a certificate is no reason to guess who it is.
#[actix_web::test]
async fn wants_client_id() {
    let server = MutualTls::start().await;
    server.robot(json!({})).await;
    let certificate = server.authority.certify("robot");
    let answer = server.post("/oauth2/token", &[("grant_type", "client_credentials")], Some(&certificate)).await;
    answer.refuses(401, "invalid_client");
    assert!(answer.body.contains("client_id"), "{}", answer.body);
}

/// RFC 6749 §2.3: one method, the registered one. A certificate is no harm to a client that has another.
#[actix_web::test]
async fn keeps_methods_apart() {
    let server = MutualTls::start().await;
    server.robot(json!({})).await;
    let certificate = server.authority.certify("robot");
    let machine = server.app.machine().await;
    let form = [("grant_type", "client_credentials"), ("client_id", "robot"), ("client_secret", &machine.secret)];
    server.post("/oauth2/token", &form, Some(&certificate)).await.refuses(401, "invalid_client");
    server.app.post("/oauth2/token", &form).await.refuses(401, "invalid_client");
    server.token("machine", Some(&certificate)).await.refuses(401, "invalid_client");
    let basic = format!("authorization: {}", machine.basic());
    let form = "grant_type=client_credentials".to_owned();
    server.curl("/oauth2/token", Some(form), &[&basic], Some(&certificate)).await.ok();
}

/// RFC 6749 §5.2: whatever is wrong, the same words, and an event that knows more.
#[actix_web::test]
async fn does_not_tell_whether_a_client_exists() {
    let server = MutualTls::start().await;
    server.robot(json!({})).await;
    let certificate = server.authority.certify("robot");
    let unknown = server.token("nobody", Some(&certificate)).await;
    let stranger = Certified::self_signed("robot");
    let other = server.authority.certify("rob");
    for shown in [None, Some(&stranger), Some(&other)] {
        assert_eq!(server.token("robot", shown).await.refuses(401, "invalid_client").body, unknown.body);
    }
    let reasons: Vec<_> =
        server.app.events("client_authentication").await.into_iter().map(|event| event.reason).collect();
    let reasons = format!("{reasons:?}");
    for words in ["no client certificate came", "no authority vouches", "bears another name", "unknown client"] {
        assert!(reasons.contains(words), "{words}: {reasons}");
    }
}

fn methods(document: &Value) -> String {
    ["token", "introspection", "revocation"]
        .map(|endpoint| document[format!("{endpoint}_endpoint_auth_methods_supported")].to_string())
        .concat()
}

/// RFC 8705 §3.3, RFC 8705 §5: published where there is a listener or a proxy that passes certificates on, and not elsewhere.
#[actix_web::test]
async fn publishes_what_it_does() {
    let server = MutualTls::start().await;
    let document = server.app.get("/.well-known/openid-configuration").await.ok();
    assert_eq!(document["tls_client_certificate_bound_access_tokens"], true);
    let aliases = document["mtls_endpoint_aliases"].as_object().unwrap();
    assert_eq!(aliases.len(), 5);
    for (name, alias) in aliases {
        let path = alias.as_str().unwrap().strip_prefix(&format!("https://{}", server.address)).unwrap();
        assert_eq!(document[name], format!("{}{path}", server.app.issuer));
        assert_ne!(server.get(path, &[], None).await.status, 404, "{path}");
    }
    assert_eq!(methods(&document).matches("\"tls_client_auth").count(), 3);
    assert_eq!(methods(&document).matches("\"self_signed_tls_client_auth").count(), 3);
    let oauth = server.app.get("/.well-known/oauth-authorization-server").await.ok();
    assert_eq!(oauth, document);

    let proxied =
        TestApp::start_with("server.trusted_proxies = [\"127.0.0.1\"]\nserver.mtls.proxy_header = \"X-Client-Cert\"\n");
    let document = proxied.await.get("/.well-known/openid-configuration").await.ok();
    assert_eq!(methods(&document).matches("\"tls_client_auth").count(), 0, "no authority is trusted");
    assert_eq!(methods(&document).matches("\"self_signed_tls_client_auth").count(), 3);
    assert_eq!(document.get("mtls_endpoint_aliases"), None);

    let plain = TestApp::start().await.get("/.well-known/openid-configuration").await.ok();
    assert_eq!(plain["tls_client_certificate_bound_access_tokens"], false);
    assert!(!methods(&plain).contains("tls_client_auth"));
}

/// RFC 8705 §5: a client that signs, and has its tokens bound, addresses the assertion to where it sends it.
#[actix_web::test]
async fn takes_an_assertion_that_is_addressed_to_an_alias() {
    let server = MutualTls::start().await;
    let key = SigningKey::p256();
    let members = json!({
        "token_endpoint_auth_method": "private_key_jwt", "jwks": { "keys": [key.jwk("one")] },
        "tls_client_auth_subject_dn": null, "tls_client_certificate_bound_access_tokens": true,
    });
    server.robot(members).await;
    let certificate = Certified::self_signed("anybody");
    for (audience, is_ours) in [(server.address.to_string(), true), ("mtls.example".to_owned(), false)] {
        let mut claims = server.app.assertion_claims("robot");
        claims["aud"] = json!(format!("https://{audience}/oauth2/token"));
        let assertion = key.sign(&json!({ "alg": "ES256" }), &claims);
        let form = [("grant_type", "client_credentials"), ASSERTION_TYPE, ("client_assertion", &assertion)];
        let answer = server.post("/oauth2/token", &form, Some(&certificate)).await;
        assert_eq!(answer.status, if is_ours { 200 } else { 401 }, "{audience}: {}", answer.body);
    }
}

/// RFC 8705 §2.1.2, RFC 8705 §2.2.2: exactly one name, or a certificate in `x5c`.
#[test]
fn registers_what_a_certificate_can_be_known_by() {
    let faulty = |members: Value| {
        let mut metadata = json!({ "redirect_uris": ["https://app.example/callback"] });
        metadata.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        let faults = ClientMetadata::parse(metadata.to_string().as_bytes()).err().unwrap_or_default();
        faults.into_iter().map(|fault| fault.member).collect::<Vec<_>>()
    };
    let (by_name, itself) = ("tls_client_auth", "self_signed_tls_client_auth");
    let (method, dn, dns) = ("token_endpoint_auth_method", "tls_client_auth_subject_dn", "tls_client_auth_san_dns");
    assert_eq!(faulty(json!({ method: by_name, dn: "CN=robot" })), [""; 0]);
    assert_eq!(faulty(json!({ method: by_name, dns: "robot.example" })), [""; 0]);
    assert_eq!(faulty(json!({ method: by_name })), [method]);
    assert_eq!(faulty(json!({ method: by_name, dn: "CN=robot", dns: "robot.example" })), [dns]);
    assert_eq!(faulty(json!({ method: by_name, dn: "robot" })), [dn]);
    assert_eq!(faulty(json!({ dn: "CN=robot" })), [method]);
    assert_eq!(faulty(json!({ method: itself, "jwks": Certified::self_signed("robot").jwks() })), [""; 0]);
    assert_eq!(faulty(json!({ method: itself, "jwks_uri": "https://app.example/jwks" })), [""; 0]);
    assert_eq!(faulty(json!({ method: itself })), [method]);
    let bare = json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "x": "A".repeat(43) }] });
    assert_eq!(faulty(json!({ method: itself, "jwks": &bare })), [method]);
    // A key of a kind that signs no assertion here still has a certificate.
    let mut foreign = Certified::self_signed("robot").jwks();
    foreign["keys"][0]["crv"] = json!("P-384");
    assert_eq!(faulty(json!({ method: itself, "jwks": foreign })), [""; 0]);
    assert_eq!(faulty(json!({ method: "private_key_jwt", "jwks": foreign })), [method]);
    let mut unreadable = bare.clone();
    unreadable["keys"][0]["x5c"] = json!(["AAAA"]);
    assert_eq!(faulty(json!({ method: itself, "jwks": unreadable })), [method]);
}

/// RFC 8705 §6.5: nginx ends TLS and passes the certificate on; what a client writes into the header, nginx replaces.
#[actix_web::test]
async fn lets_a_client_in_by_the_certificate_that_nginx_passes_on() {
    let server = MutualTls::behind_nginx().await;
    server.robot(json!({ "tls_client_certificate_bound_access_tokens": true })).await;
    let (certificate, stranger) = (server.authority.certify("robot"), Certified::self_signed("robot"));
    let token = server.token("robot", Some(&certificate)).await.ok();
    let confirmation = &claims(token["access_token"].as_str().unwrap())["cnf"];
    assert_eq!(confirmation["x5t#S256"], certificate.thumbprint());
    for header in [certificate.escaped(), certificate.structured()] {
        let header = format!("client-cert: {header}");
        for shown in [None, Some(&stranger)] {
            let form = Some("grant_type=client_credentials&client_id=robot".to_owned());
            server.curl("/oauth2/token", form, &[&header], shown).await.refuses(401, "invalid_client");
        }
    }
    let certificate = Certified::self_signed("own");
    server
        .robot(json!({
            "client_id": "own", "token_endpoint_auth_method": "self_signed_tls_client_auth",
            "tls_client_auth_subject_dn": null, "jwks": certificate.jwks(),
        }))
        .await;
    server.token("own", Some(&certificate)).await.ok();
    server.token("own", Some(&stranger)).await.refuses(401, "invalid_client");
}
