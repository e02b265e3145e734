//! The server ends TLS itself where `server.tls` is set.

use crate::support::TestApp;

const SETTINGS: &str = "server.issuer = \"https://localhost\"
server.tls.certificate_file = \"tests/keys/tls.crt.pem\"
server.tls.key_file = \"tests/keys/tls.key.pem\"
";

#[actix_web::test]
async fn serves_https_and_nothing_else() {
    let app = TestApp::start_with(SETTINGS).await;
    let port = url::Url::parse(&app.origin).unwrap().port().unwrap();
    // The certificate is nobody's but this test's.
    let client = reqwest::Client::builder().no_proxy().tls_danger_accept_invalid_certs(true).build().unwrap();
    let answer = client.get(format!("https://localhost:{port}/readyz")).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.version(), reqwest::Version::HTTP_11);
    assert!(client.get(format!("http://localhost:{port}/readyz")).send().await.is_err());
}
