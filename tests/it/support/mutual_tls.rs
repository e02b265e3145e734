//! Clients with certificates: those who issue them, and `curl` as one that shows them.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use claviger::protocol::certificate::Thumbprint;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::{Answer, Proxy, TestApp, TestClient, form_encode, free_address, nginx};

/// Somebody who issues certificates.
pub struct Authority {
    /// Its own certificate, in PEM.
    pub pem: String,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate and its key.
#[derive(Clone)]
pub struct Certified {
    /// The certificate, in PEM; others that lead from it to its authority may follow.
    pub pem: String,
    /// The certificate, in DER.
    pub der: Vec<u8>,
    /// The key, in PEM.
    pub key: String,
}

/// A server that asks clients for certificates, beside the listener of every test.
pub struct MutualTls {
    /// The server.
    pub app: TestApp,
    /// Whom it trusts.
    pub authority: Authority,
    /// Where it asks for certificates.
    pub address: SocketAddr,
    _proxy: Option<Proxy>,
    folder: tempfile::TempDir,
}

impl Authority {
    /// A root of that name.
    pub fn new(name: &str) -> Self {
        let (params, key) = (authority_params(name), KeyPair::generate().unwrap());
        let pem = params.self_signed(&key).unwrap().pem();
        Self { pem, issuer: Issuer::new(params, key) }
    }

    /// An authority that this one vouches for, with its certificate.
    pub fn authority(&self, name: &str) -> Self {
        let (params, key) = (authority_params(name), KeyPair::generate().unwrap());
        let pem = params.signed_by(&key, &self.issuer).unwrap().pem();
        Self { pem, issuer: Issuer::new(params, key) }
    }

    /// A certificate for a client of that common name, in the organization `Boats`.
    pub fn certify(&self, name: &str) -> Certified {
        self.certify_with(name, |_| {})
    }

    /// The same, otherwise as `change` has it.
    pub fn certify_with(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> Certified {
        let (params, key) = (client_params(name, change), KeyPair::generate().unwrap());
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Certified { pem: certificate.pem(), der: certificate.der().to_vec(), key: key.serialize_pem() }
    }
}

impl Certified {
    /// Its holder as somebody who issues certificates, though nobody allowed that.
    pub fn as_authority(&self, name: &str) -> Authority {
        let key = KeyPair::from_pem(&self.key).unwrap();
        Authority { pem: self.pem.clone(), issuer: Issuer::new(client_params(name, |_| {}), key) }
    }

    /// A certificate that nobody vouches for.
    pub fn self_signed(name: &str) -> Self {
        Self::self_signed_with(name, |_| {})
    }

    /// The same, otherwise as `change` has it.
    pub fn self_signed_with(name: &str, change: impl FnOnce(&mut CertificateParams)) -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate = client_params(name, change).self_signed(&key).unwrap();
        Self { pem: certificate.pem(), der: certificate.der().to_vec(), key: key.serialize_pem() }
    }

    /// RFC 8705 §2.2.2: a JWK set that holds the certificate in `x5c`.
    pub fn jwks(&self) -> Value {
        json!({ "keys": [{ "kty": "EC", "crv": "P-256", "x": "A".repeat(43), "y": "A".repeat(43), "x5c": [STANDARD.encode(&self.der)] }] })
    }

    /// `x5t#S256`
    pub fn thumbprint(&self) -> Value {
        serde_json::to_value(Thumbprint::of(&self.der)).unwrap()
    }

    /// As nginx puts it into a header.
    pub fn escaped(&self) -> String {
        let escape = |byte: u8| match byte {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'-' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        };
        self.pem.bytes().map(escape).collect()
    }

    /// As RFC 9440 puts it into a header.
    pub fn structured(&self) -> String {
        format!(":{}:", STANDARD.encode(&self.der))
    }
}

fn authority_params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params
}

fn client_params(name: &str, change: impl FnOnce(&mut CertificateParams)) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, "Boats");
    params.distinguished_name.push(DnType::CommonName, name);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    change(&mut params);
    params
}

impl MutualTls {
    /// A server with no settings but those for certificates.
    pub async fn start() -> Self {
        Self::start_with("").await
    }

    /// A server with these settings besides.
    pub async fn start_with(toml: &str) -> Self {
        let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new("Our authority"));
        let ca_file = folder.path().join("ca.pem");
        fs::write(&ca_file, &authority.pem).unwrap();
        // Another process might take the port in between; that none does is likely enough.
        let address = free_address();
        let settings = format!(
            "server.mtls.listen = \"{address}\"\nserver.mtls.public_url = \"https://{address}\"\n\
             server.mtls.ca_file = \"{}\"\nserver.mtls.certificate_file = \"tests/keys/tls.crt.pem\"\n\
             server.mtls.key_file = \"tests/keys/tls.key.pem\"\n{toml}",
            ca_file.display()
        );
        Self { app: TestApp::start_with(&settings).await, authority, address, _proxy: None, folder }
    }

    /// A server that leaves TLS to nginx, which passes the certificates of clients on.
    pub async fn behind_nginx() -> Self {
        let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new("Our authority"));
        let ca_file = folder.path().join("ca.pem");
        fs::write(&ca_file, &authority.pem).unwrap();
        let settings = format!(
            "server.trusted_proxies = [\"127.0.0.1\"]\nserver.mtls.proxy_header = \"Client-Cert\"\n\
             server.mtls.ca_file = \"{}\"\n",
            ca_file.display()
        );
        let app = TestApp::start_with(&settings).await;
        let proxy = Proxy::start(|address| site(address, &app.origin), nginx).await;
        let address = proxy.address.parse().unwrap();
        Self { app, authority, address, _proxy: Some(proxy), folder }
    }

    /// A machine client whose certificate is named `CN=robot,O=Boats`, with `members` besides.
    pub async fn robot(&self, members: Value) -> TestClient {
        let mut metadata = json!({
            "client_id": "robot", "grant_types": ["client_credentials"], "response_types": [], "scope": "read write",
            "token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_subject_dn": "CN=robot,O=Boats",
        });
        metadata.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        metadata.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        self.app.client(metadata).await
    }

    /// What `curl` gets for this form, over a connection with this certificate, if any.
    pub async fn post(&self, path: &str, form: &[(&str, &str)], certificate: Option<&Certified>) -> Answer {
        self.curl(path, Some(form_encode(form)), &[], certificate).await
    }

    /// The same for a `GET` with headers.
    pub async fn get(&self, path: &str, headers: &[&str], certificate: Option<&Certified>) -> Answer {
        self.curl(path, None, headers, certificate).await
    }

    /// What the token endpoint answers the client with this identifier for `client_credentials`.
    pub async fn token(&self, client: &str, certificate: Option<&Certified>) -> Answer {
        let form = [("grant_type", "client_credentials"), ("client_id", client)];
        self.post("/oauth2/token", &form, certificate).await
    }

    /// `curl`, on a thread that may wait: the server lives in this process too.
    pub async fn curl(
        &self,
        path: &str,
        body: Option<String>,
        headers: &[&str],
        certificate: Option<&Certified>,
    ) -> Answer {
        let mut command = Command::new("curl");
        command.args(["--silent", "--show-error", "--insecure", "--include", "--noproxy", "*", "--max-time", "20"]);
        if let Some(certificate) = certificate {
            command.arg("--cert").arg(self.file(&certificate.pem)).arg("--key").arg(self.file(&certificate.key));
        }
        for header in headers {
            command.args(["--header", header]);
        }
        command.args(body.iter().flat_map(|body| ["--data", body]));
        command.arg(format!("https://{}{path}", self.address));
        let output = actix_web::rt::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        read(&text)
    }

    fn file(&self, content: &str) -> PathBuf {
        let path = self
            .folder
            .path()
            .join(format!("{:x?}.pem", &Thumbprint::of(content.as_bytes()).0[..8]).replace([' ', ',', '[', ']'], ""));
        fs::write(&path, content).unwrap();
        path
    }
}

/// What the guide has for nginx, with addresses and certificates in place of the guide's.
fn site(address: SocketAddr, origin: &str) -> String {
    let keys = std::env::current_dir().unwrap().join("tests/keys");
    let keys = keys.display();
    format!(
        "server {{\nlisten {address} ssl;\nssl_certificate {keys}/tls.crt.pem;\n\
         ssl_certificate_key {keys}/tls.key.pem;\nssl_verify_client optional_no_ca;\nlocation / {{\n\
         proxy_pass {origin};\nproxy_set_header Client-Cert $ssl_client_escaped_cert;\n\
         proxy_set_header X-Forwarded-For $remote_addr;\n}}\n}}\n"
    )
}

/// The answer that `curl --include` prints.
fn read(text: &str) -> Answer {
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{text}"));
    let (first, rest) = head.split_once("\r\n").unwrap();
    let status = first.split(' ').nth(1).unwrap().parse().unwrap();
    let fields = rest.lines().map(|line| line.split_once(": ").unwrap());
    let headers: HeaderMap = fields
        .map(|(name, value)| (HeaderName::try_from(name).unwrap(), HeaderValue::try_from(value).unwrap()))
        .collect();
    Answer { status, headers, body: body.to_owned() }
}
