//! TLS where no proxy ends it: from the files of `server.tls` to what the listener needs.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::version::{TLS12, TLS13};
use rustls::{Error as RustlsError, ServerConfig};

use crate::config::TlsFiles;

/// Reads certificate and key, and makes sure that they belong together.
pub fn server_config(files: &TlsFiles) -> Result<ServerConfig, TlsError> {
    let certificates = read_certificates(&files.certificate_file)?;
    let key = read_key(&files.key_file)?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(&[&TLS13, &TLS12])
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(certificates, key))
        .map_err(|error| match error {
            RustlsError::InconsistentKeys(_) => TlsError::Strangers(files.clone()),
            error => TlsError::Refused(files.certificate_file.clone(), error),
        })?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn read_certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let text = read(file)?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    match certificates {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        _ => Err(TlsError::NoCertificate(file.to_owned())),
    }
}

fn read_key(file: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    PrivateKeyDer::from_pem_slice(&read(file)?).map_err(|_| TlsError::NoKey(file.to_owned()))
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
            Self::Unreadable(file, why) => write!(f, "server.tls: {} cannot be read: {why}", file.display()),
            Self::NoCertificate(file) => write!(
                f,
                "server.tls.certificate_file: {} holds no certificate in PEM (a block that begins with \
                 -----BEGIN CERTIFICATE-----)",
                file.display()
            ),
            Self::NoKey(file) => write!(
                f,
                "server.tls.key_file: {} holds no private key in PEM (a block that begins with \
                 -----BEGIN PRIVATE KEY-----, without a passphrase)",
                file.display()
            ),
            Self::Strangers(files) => write!(
                f,
                "server.tls: the key in {} is not that of the first certificate in {}",
                files.key_file.display(),
                files.certificate_file.display()
            ),
            Self::Refused(file, error) => write!(f, "server.tls: {} cannot be used: {error}", file.display()),
        }
    }
}

impl std::error::Error for TlsError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(certificate_file: &str, key_file: &str) -> Result<ServerConfig, String> {
        let path = |name: &str| Path::new("tests/keys").join(name);
        let files = TlsFiles { certificate_file: path(certificate_file), key_file: path(key_file) };
        server_config(&files).map_err(|error| error.to_string())
    }

    #[test]
    fn offers_only_what_the_server_speaks() {
        let config = load("tls.crt.pem", "tls.key.pem").unwrap();
        assert_eq!(config.alpn_protocols, [b"http/1.1"]);
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
}
