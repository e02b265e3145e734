//! A certificate in a header, and the names by which one is known: what is read can be written and is read again.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use claviger::clock::Timestamp;
use claviger::protocol::certificate::{self, CertificateName, ClientCertificate, NAME_MEMBERS};

pub fn run(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let names: Vec<_> = NAME_MEMBERS.iter().filter_map(|member| CertificateName::parse(member, text).ok()).collect();
    for name in &names {
        assert!(!name.text.trim().is_empty());
        assert_eq!(CertificateName::parse(name.member, &name.text).as_ref(), Ok(name));
    }
    let certificate = match certificate::from_header(text) {
        Ok(Some(certificate)) => certificate,
        Ok(None) => {
            assert!(text.trim().is_empty(), "{text}");
            return false;
        }
        // Any text but a blank one can be somebody's address of mail; a distinguished name is told by its shape.
        Err(_) => return names.iter().any(|name| name.member == NAME_MEMBERS[0]),
    };
    let written = format!(":{}:", STANDARD.encode(&certificate.der));
    let again = certificate::from_header(&written).unwrap().unwrap();
    assert_eq!((&again.der, again.thumbprint()), (&certificate.der, certificate.thumbprint()));
    assert_eq!(again.is_timely(Timestamp::from_seconds(0)), certificate.is_timely(Timestamp::from_seconds(0)));
    let mut longer = certificate.der.clone();
    longer.push(0);
    assert!(ClientCertificate::parse(&longer, Vec::new()).is_err(), "nothing follows a certificate");
    assert!(names.iter().all(|name| !name.is_borne_by(&certificate)), "no certificate holds itself");
    true
}
