//! Certificates for unit tests.

use rcgen::{CertificateParams, DistinguishedName, KeyPair};

use super::ClientCertificate;

/// A self-signed certificate without a name, but for what `change` gives it.
pub(super) fn sample(change: impl FnOnce(&mut CertificateParams)) -> ClientCertificate {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    change(&mut params);
    let certificate = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
    ClientCertificate::parse(certificate.der(), Vec::new()).unwrap()
}
