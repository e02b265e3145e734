//! The certificates by which clients authenticate and to which their tokens are bound (RFC 8705): what one says of itself.
//! Whether that is believed is decided above.

mod header;
mod name;
mod thumbprint;

#[cfg(test)]
mod samples;

use x509_cert::Certificate;
use x509_cert::der::Decode;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

use crate::clock::Timestamp;

pub use header::from_header;
pub use name::{CertificateName, NAME_MEMBERS};
pub use thumbprint::{Confirmation, Thumbprint};

/// The longest certificate that is looked at, in bytes.
const LONGEST: usize = 16 * 1024;

/// A certificate that somebody presented who has its key.
#[derive(Clone, Debug)]
pub struct ClientCertificate {
    /// As it came, in DER.
    pub der: Vec<u8>,
    /// Those that came with it, to lead from it to an authority.
    pub intermediates: Vec<Vec<u8>>,
    parsed: Certificate,
    alternative_names: Vec<GeneralName>,
}

impl ClientCertificate {
    /// Reads a certificate; the error is a clause.
    pub fn parse(der: &[u8], intermediates: Vec<Vec<u8>>) -> Result<Self, String> {
        if der.len() > LONGEST {
            return Err(format!("is longer than {LONGEST} bytes"));
        }
        let parsed = Certificate::from_der(der).map_err(|_| "is no X.509 certificate".to_owned())?;
        let names = parsed.tbs_certificate().get_extension::<SubjectAltName>();
        let names = names.map_err(|_| "has alternative names that cannot be read".to_owned())?;
        let alternative_names = names.map(|(_, names)| names.0).unwrap_or_default();
        Ok(Self { der: der.to_vec(), intermediates, parsed, alternative_names })
    }

    /// What tells it from every other.
    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        Thumbprint::of(&self.der)
    }

    /// RFC 5280 §4.1.2.5: both ends of its validity belong to it.
    #[must_use]
    pub fn is_timely(&self, now: Timestamp) -> bool {
        let validity = self.parsed.tbs_certificate().validity();
        let now = u64::try_from(now.seconds()).unwrap_or_default();
        let seconds = |time: &x509_cert::time::Time| time.to_unix_duration().as_secs();
        (seconds(&validity.not_before)..=seconds(&validity.not_after)).contains(&now)
    }
}

#[cfg(test)]
mod tests {
    use super::samples::sample;
    use super::*;

    /// RFC 5280 §4.1.2.5
    #[test]
    fn is_timely_from_its_first_to_its_last_second() {
        let certificate = sample(|params| {
            params.not_before = rcgen::date_time_ymd(2026, 1, 1);
            params.not_after = rcgen::date_time_ymd(2026, 1, 2);
        });
        let first = 1_767_225_600;
        for (seconds, timely) in
            [(first - 1, false), (first, true), (first + 86_400, true), (first + 86_401, false), (-1, false)]
        {
            assert_eq!(certificate.is_timely(Timestamp::from_seconds(seconds)), timely, "{seconds}");
        }
    }

    #[test]
    fn refuses_what_is_no_certificate() {
        let der = sample(|_| {}).der;
        let mut longer = der.clone();
        longer.push(0);
        for bytes in [&b"nonsense"[..], &[], &der[..der.len() - 1], &longer, &vec![0x30; LONGEST + 1]] {
            assert!(ClientCertificate::parse(bytes, Vec::new()).is_err());
        }
    }
}
