//! The authorities of `server.mtls.ca_file`, which vouch for the certificates of clients with `tls_client_auth`.

use std::fmt;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::RootCertStore;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;

use crate::clock::Timestamp;
use crate::protocol::certificate::ClientCertificate;

/// Who vouches for clients.
#[derive(Debug)]
pub struct ClientAuthorities(Arc<dyn ClientCertVerifier>);

impl ClientAuthorities {
    /// Reads a file of certificates in PEM, each of which is trusted as a root.
    pub fn load(file: &Path) -> Result<Self, AuthoritiesError> {
        let error = |why: String| AuthoritiesError(format!("server.mtls.ca_file: {} {why}", file.display()));
        let text = fs::read(file).map_err(|problem| error(format!("cannot be read: {problem}")))?;
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(&text) {
            let certificate =
                certificate.map_err(|_| error("holds something else than certificates in PEM".to_owned()))?;
            roots
                .add(certificate)
                .map_err(|problem| error(format!("holds a certificate that cannot be used: {problem}")))?;
        }
        let provider = Arc::new(aws_lc_rs::default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
        verifier.map(Self).map_err(|_| error("holds no certificate in PEM".to_owned()))
    }

    /// RFC 8705 §2.1: whether a chain leads from the certificate to one of them, all of it below that one valid now and meant
    /// for clients (RFC 5280 §6). The error is a clause.
    pub fn vouch_for(&self, certificate: &ClientCertificate, now: Timestamp) -> Result<(), String> {
        let own = CertificateDer::from(certificate.der.as_slice());
        let others: Vec<_> = certificate.intermediates.iter().map(|der| CertificateDer::from(der.as_slice())).collect();
        let seconds = u64::try_from(now.seconds()).unwrap_or_default();
        let now = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        self.0.verify_client_cert(&own, &others, now).map(drop).map_err(|problem| problem.to_string())
    }
}

/// Why the authorities cannot be used: names the file.
#[derive(Debug)]
pub struct AuthoritiesError(String);

impl fmt::Display for AuthoritiesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for AuthoritiesError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_is_wrong_with_the_file() {
        let load = |name: &str| ClientAuthorities::load(&Path::new("tests/keys").join(name));
        assert!(load("tls-ca.crt.pem").is_ok());
        for (name, words) in [("missing.pem", "cannot be read"), ("es256.pem", "holds no certificate")] {
            let error = load(name).unwrap_err().to_string();
            assert!(error.contains("server.mtls.ca_file") && error.contains(words), "{error}");
        }
    }
}
