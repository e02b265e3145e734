//! The one name by which a client with `tls_client_auth` is known in its certificate (RFC 8705 §2.1.2).
//!
//! A subject is compared as a parsed name: the same attributes in the same order, each value character by character,
//! whatever encoding the certificate chose for it. That is stricter than RFC 5280, section 7.1, which would take upper and lower
//! case for the same: two names that differ to the eye are two clients.

use std::net::IpAddr;
use std::str::FromStr;

use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::der::Tagged;
use x509_cert::der::asn1::{Any, BmpString, Ia5StringRef, PrintableStringRef, Utf8StringRef};
use x509_cert::der::{Encode, Tag};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::name::{Name, RelativeDistinguishedName};

use super::ClientCertificate;

/// The members of client metadata that hold such a name, of which a client has one.
pub const NAME_MEMBERS: [&str; 5] = [
    "tls_client_auth_subject_dn",
    "tls_client_auth_san_dns",
    "tls_client_auth_san_uri",
    "tls_client_auth_san_ip",
    "tls_client_auth_san_email",
];

/// What a certificate must be named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateName {
    /// The member of client metadata that it is registered as.
    pub member: &'static str,
    /// As it was registered.
    pub text: String,
    expected: Expected,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Expected {
    Subject(Name),
    Dns,
    Uri,
    Ip(Vec<u8>),
    Email,
}

impl CertificateName {
    /// Reads the value of `member`, one of [`NAME_MEMBERS`]; the error is a clause.
    pub fn parse(member: &'static str, text: &str) -> Result<Self, String> {
        // An empty name would be the name of every certificate that has none.
        if text.trim().is_empty() {
            return Err("is blank".to_owned());
        }
        let expected = match member {
            "tls_client_auth_subject_dn" => {
                let name = Name::from_str(text).map_err(|_| {
                    "is not a distinguished name as RFC 4514 writes it, such as CN=robot,O=Example,C=DE".to_owned()
                })?;
                Expected::Subject(name)
            }
            "tls_client_auth_san_dns" if text.contains('*') => return Err("holds a wildcard".to_owned()),
            "tls_client_auth_san_dns" => Expected::Dns,
            "tls_client_auth_san_uri" => Expected::Uri,
            "tls_client_auth_san_ip" => {
                Expected::Ip(match text.parse::<IpAddr>().map_err(|_| "is no IP address".to_owned())? {
                    IpAddr::V4(address) => address.octets().to_vec(),
                    IpAddr::V6(address) => address.octets().to_vec(),
                })
            }
            _ => Expected::Email,
        };
        Ok(Self { member, text: text.to_owned(), expected })
    }

    /// RFC 8705 §2.1.2: whether the certificate bears this name, whole.
    #[must_use]
    pub fn is_borne_by(&self, certificate: &ClientCertificate) -> bool {
        let mut alternatives = certificate.alternative_names.iter();
        match &self.expected {
            Expected::Subject(name) => same_name(name, certificate.parsed.tbs_certificate().subject()),
            Expected::Dns => alternatives
                .any(|name| matches!(name, GeneralName::DnsName(dns) if dns.as_str().eq_ignore_ascii_case(&self.text))),
            Expected::Uri => alternatives
                .any(|name| matches!(name, GeneralName::UniformResourceIdentifier(uri) if uri.as_str() == self.text)),
            Expected::Ip(octets) => alternatives
                .any(|name| matches!(name, GeneralName::IpAddress(address) if address.as_bytes() == octets.as_slice())),
            Expected::Email => {
                alternatives.any(|name| matches!(name, GeneralName::Rfc822Name(email) if email.as_str() == self.text))
            }
        }
    }
}

fn same_name(a: &Name, b: &Name) -> bool {
    a.len() == b.len() && a.iter_rdn().zip(b.iter_rdn()).all(|(a, b)| same_part(a, b))
}

/// The attributes of one part have no order.
fn same_part(a: &RelativeDistinguishedName, b: &RelativeDistinguishedName) -> bool {
    let within = |a: &RelativeDistinguishedName, b: &RelativeDistinguishedName| {
        a.iter().all(|one| b.iter().any(|other| same_attribute(one, other)))
    };
    a.len() == b.len() && within(a, b) && within(b, a)
}

fn same_attribute(a: &AttributeTypeAndValue, b: &AttributeTypeAndValue) -> bool {
    let same_value = match (text(&a.value), text(&b.value)) {
        (Some(a), Some(b)) => a == b,
        _ => a.value.to_der().ok() == b.value.to_der().ok(),
    };
    a.oid == b.oid && same_value
}

/// What a value says, whichever kind of string it is.
fn text(value: &Any) -> Option<String> {
    match value.tag() {
        Tag::Utf8String => Utf8StringRef::try_from(value).ok().map(|text| text.as_str().to_owned()),
        Tag::PrintableString => PrintableStringRef::try_from(value).ok().map(|text| text.as_str().to_owned()),
        Tag::Ia5String => Ia5StringRef::try_from(value).ok().map(|text| text.as_str().to_owned()),
        Tag::BmpString => value.decode_as::<BmpString>().ok().map(|text| text.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use rcgen::{DnType, DnValue, SanType};

    use super::super::samples::sample;
    use super::*;

    fn robot() -> ClientCertificate {
        sample(|params| {
            let name = &mut params.distinguished_name;
            name.push(DnType::CountryName, DnValue::PrintableString("DE".try_into().unwrap()));
            name.push(DnType::OrganizationName, "Boats, Ltd");
            name.push(DnType::CommonName, DnValue::PrintableString("robot".try_into().unwrap()));
            params.subject_alt_names = vec![
                SanType::DnsName("robot.example".try_into().unwrap()),
                SanType::URI("https://robot.example/id".try_into().unwrap()),
                SanType::IpAddress(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7))),
                SanType::Rfc822Name("robot@example.com".try_into().unwrap()),
            ];
        })
    }

    fn is_borne(member: &'static str, text: &str) -> bool {
        CertificateName::parse(member, text).unwrap().is_borne_by(&robot())
    }

    /// RFC 8705 §2.1.2, RFC 4514 §2.1: the last part of the name comes first in its text.
    #[test]
    fn compares_a_subject_part_by_part() {
        let member = "tls_client_auth_subject_dn";
        for text in [r"CN=robot,O=Boats\, Ltd,C=DE", r"cn=robot,o=Boats\2c Ltd,2.5.4.6=DE"] {
            assert!(is_borne(member, text), "{text}");
        }
        for text in [
            "CN=robot",
            r"CN=robot,O=Boats\, Ltd",
            r"O=Boats\, Ltd,C=DE",
            r"C=DE,O=Boats\, Ltd,CN=robot",
            r"CN=robot2,O=Boats\, Ltd,C=DE",
            r"CN=robo,O=Boats\, Ltd,C=DE",
            r"CN=Robot,O=Boats\, Ltd,C=DE",
            r"CN=robot,OU=Boats\, Ltd,C=DE",
            r"CN=robot,O=Boats\, Ltd,C=DE,C=DE",
            r"CN=robot+CN=robot,O=Boats\, Ltd,C=DE",
        ] {
            assert!(!CertificateName::parse(member, text).is_ok_and(|name| name.is_borne_by(&robot())), "{text}");
        }
    }

    /// RFC 8705 §2.1.2: one of the alternative names, of that kind and whole.
    #[test]
    fn compares_alternative_names_whole() {
        for (member, text) in [
            ("tls_client_auth_san_dns", "Robot.Example"),
            ("tls_client_auth_san_uri", "https://robot.example/id"),
            ("tls_client_auth_san_ip", "192.0.2.7"),
            ("tls_client_auth_san_email", "robot@example.com"),
        ] {
            assert!(is_borne(member, text), "{text}");
        }
        for (member, text) in [
            ("tls_client_auth_san_dns", "robot.example.com"),
            ("tls_client_auth_san_dns", "obot.example"),
            ("tls_client_auth_san_dns", "192.0.2.7"),
            ("tls_client_auth_san_uri", "https://robot.example/"),
            ("tls_client_auth_san_uri", "https://robot.example/id/2"),
            ("tls_client_auth_san_ip", "192.0.2.70"),
            ("tls_client_auth_san_ip", "::ffff:192.0.2.7"),
            ("tls_client_auth_san_email", "robot@example.com.net"),
            ("tls_client_auth_san_email", "Robot@example.com"),
        ] {
            assert!(!is_borne(member, text), "{text}");
        }
    }

    #[test]
    fn refuses_a_name_that_nobody_or_everybody_could_bear() {
        for (member, text) in [
            ("tls_client_auth_subject_dn", ""),
            ("tls_client_auth_subject_dn", "robot"),
            ("tls_client_auth_subject_dn", "CN=robot, O=Boats"),
            ("tls_client_auth_subject_dn", "unheard=of"),
            ("tls_client_auth_san_dns", "*.example"),
            ("tls_client_auth_san_dns", " "),
            ("tls_client_auth_san_ip", "robot.example"),
        ] {
            assert!(CertificateName::parse(member, text).is_err(), "{member} {text}");
        }
    }
}
