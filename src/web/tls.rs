//! TLS where no proxy ends it: from the files of `server.tls` and `server.mtls` to what the listeners need, and anew when
//! the files have changed.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use aws_lc_rs::digest;
use rustls::crypto::aws_lc_rs as provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert, WantsServerCert};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use rustls::{ConfigBuilder, Error as RustlsError, ServerConfig, WantsVerifier};

use super::any_certificate::AnyCertificate;
use crate::config::TlsFiles;

/// The certificate that the server shows, and its key: read from files, and again when they have changed. A connection that
/// is open goes on as it began.
#[derive(Debug)]
pub struct ServerCertificate {
    files: TlsFiles,
    current: RwLock<Arc<CertifiedKey>>,
    /// What the files held when they were last looked at, so that a fault is told once.
    seen: Mutex<Content>,
}

/// What two files hold: the SHA-256 of it, or why they cannot be read.
type Content = Result<[u8; 32], String>;

impl ServerCertificate {
    /// Reads certificate and key, and makes sure that they belong together.
    pub fn load(files: &TlsFiles) -> Result<Arc<Self>, TlsError> {
        let (content, current) = look(files);
        let current = RwLock::new(Arc::new(current?));
        Ok(Arc::new(Self { files: files.clone(), current, seen: Mutex::new(content) }))
    }

    /// Shows from now on what the files hold; `false` if that is what they held before. What cannot be used changes
    /// nothing, and is an error once, until the files change again.
    pub fn renew(&self) -> Result<bool, TlsError> {
        let (content, renewed) = look(&self.files);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if *seen == content {
            return Ok(false);
        }
        *seen = content;
        let renewed = Arc::new(renewed?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = renewed;
        Ok(true)
    }

    /// Which file the certificate stands in.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.files.certificate_file
    }

    /// What a listener needs that asks its clients for nothing.
    pub fn config(self: &Arc<Self>) -> Result<ServerConfig, TlsError> {
        self.configure(ConfigBuilder::<ServerConfig, WantsVerifier>::with_no_client_auth)
    }

    /// What a listener needs that takes the certificate of a client who has one, whichever it is.
    pub fn config_asking_clients(self: &Arc<Self>) -> Result<ServerConfig, TlsError> {
        self.configure(|builder| builder.with_client_cert_verifier(Arc::new(AnyCertificate::default())))
    }

    fn configure(
        self: &Arc<Self>,
        ask: impl FnOnce(ConfigBuilder<ServerConfig, WantsVerifier>) -> ConfigBuilder<ServerConfig, WantsServerCert>,
    ) -> Result<ServerConfig, TlsError> {
        let mut config = ServerConfig::builder_with_provider(Arc::new(provider::default_provider()))
            .with_protocol_versions(&[&TLS13, &TLS12])
            .map(|builder| ask(builder).with_cert_resolver(Arc::clone(self) as Arc<dyn ResolvesServerCert>))
            .map_err(|error| TlsError::Refused(self.files.certificate_file.clone(), error))?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }
}

impl ResolvesServerCert for ServerCertificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// What the files hold, and what can be made of it.
fn look(files: &TlsFiles) -> (Content, Result<CertifiedKey, TlsError>) {
    let certificate = match read(&files.certificate_file) {
        Ok(certificate) => certificate,
        Err(error) => return (Err(error.to_string()), Err(error)),
    };
    let key = match read(&files.key_file) {
        Ok(key) => key,
        Err(error) => return (Err(error.to_string()), Err(error)),
    };
    let mut hash = digest::Context::new(&digest::SHA256);
    hash.update(&certificate.len().to_be_bytes());
    hash.update(&certificate);
    hash.update(&key);
    let mut content = [0; 32];
    content.copy_from_slice(hash.finish().as_ref());
    (Ok(content), certified(files, &certificate, &key))
}

fn certified(files: &TlsFiles, certificate: &[u8], key: &[u8]) -> Result<CertifiedKey, TlsError> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(certificate).collect();
    let certificates = certificates.ok().filter(|found| !found.is_empty());
    let certificates = certificates.ok_or_else(|| TlsError::NoCertificate(files.certificate_file.clone()))?;
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| TlsError::NoKey(files.key_file.clone()))?;
    CertifiedKey::from_der(certificates, key, &provider::default_provider()).map_err(|error| match error {
        RustlsError::InconsistentKeys(_) => TlsError::Strangers(files.clone()),
        error => TlsError::Refused(files.certificate_file.clone(), error),
    })
}

fn read(file: &Path) -> Result<Vec<u8>, TlsError> {
    fs::read(file).map_err(|error| TlsError::Unreadable(file.to_owned(), error.to_string()))
}

/// Why TLS cannot be served: names the file, never what is in it.
#[derive(Debug)]
pub enum TlsError {
    /// A file cannot be read.
    Unreadable(PathBuf, String),
    /// The certificate file holds no certificate in PEM.
    NoCertificate(PathBuf),
    /// The key file holds no private key in PEM.
    NoKey(PathBuf),
    /// The key is not the certificate's.
    Strangers(TlsFiles),
    /// The library takes one of them for unusable.
    Refused(PathBuf, RustlsError),
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(file, why) => {
                write!(f, "certificate or key of the server: {} cannot be read: {why}", file.display())
            }
            Self::NoCertificate(file) => write!(
                f,
                "certificate of the server: {} holds no certificate in PEM (a block that begins with \
                 -----BEGIN CERTIFICATE-----)",
                file.display()
            ),
            Self::NoKey(file) => write!(
                f,
                "key of the server: {} holds no private key in PEM (a block that begins with \
                 -----BEGIN PRIVATE KEY-----, without a passphrase)",
                file.display()
            ),
            Self::Strangers(files) => write!(
                f,
                "certificate of the server: the key in {} is not that of the first certificate in {}",
                files.key_file.display(),
                files.certificate_file.display()
            ),
            Self::Refused(file, error) => {
                write!(f, "certificate of the server: {} cannot be used: {error}", file.display())
            }
        }
    }
}

impl std::error::Error for TlsError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(certificate_file: &str, key_file: &str) -> Result<Arc<ServerCertificate>, String> {
        let path = |name: &str| Path::new("tests/keys").join(name);
        let files = TlsFiles { certificate_file: path(certificate_file), key_file: path(key_file) };
        ServerCertificate::load(&files).map_err(|error| error.to_string())
    }

    #[test]
    fn offers_only_what_the_server_speaks() {
        let certificate = load("tls.crt.pem", "tls.key.pem").unwrap();
        assert_eq!(certificate.config().unwrap().alpn_protocols, [b"http/1.1"]);
        assert_eq!(certificate.config_asking_clients().unwrap().alpn_protocols, [b"http/1.1"]);
    }

    #[test]
    fn says_which_file_is_wrong_and_how() {
        for (certificate_file, key_file, words) in [
            ("missing.pem", "tls.key.pem", "missing.pem cannot be read"),
            ("tls.crt.pem", "missing.pem", "missing.pem cannot be read"),
            ("tls.key.pem", "tls.key.pem", "tls.key.pem holds no certificate in PEM"),
            ("tls.crt.pem", "tls.crt.pem", "tls.crt.pem holds no private key in PEM"),
            ("../../Cargo.toml", "tls.key.pem", "Cargo.toml holds no certificate in PEM"),
            ("tls.crt.pem", "es256.pem", "es256.pem is not that of the first certificate"),
        ] {
            let error = load(certificate_file, key_file).unwrap_err();
            assert!(error.contains(words), "{error}");
        }
    }

    #[test]
    fn takes_over_what_has_changed_and_says_once_what_cannot_be_used() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let files = TlsFiles { certificate_file: path("crt"), key_file: path("key") };
        let copy = |from: &str, to: &str| fs::copy(Path::new("tests/keys").join(from), path(to)).unwrap();
        copy("tls.crt.pem", "crt");
        copy("tls.key.pem", "key");
        let certificate = ServerCertificate::load(&files).unwrap();
        let shown = || certificate.current.read().unwrap().cert.clone();
        let first = shown();
        assert!(!certificate.renew().unwrap());

        copy("tls-issued.crt.pem", "crt");
        assert!(certificate.renew().unwrap_err().to_string().contains("is not that of"));
        assert!(!certificate.renew().unwrap(), "said already");
        fs::remove_file(path("key")).unwrap();
        assert!(certificate.renew().unwrap_err().to_string().contains("cannot be read"));
        assert_eq!(shown(), first);

        copy("tls-issued.key.pem", "key");
        assert!(certificate.renew().unwrap());
        assert_ne!(shown(), first);
    }
}
