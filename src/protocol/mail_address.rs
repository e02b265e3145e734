//! Addresses of mail as they are compared: without regard to case, and by the name of the host as DNS knows it.

use std::fmt;

use url::Host;

/// The name of a host behind the `@` of addresses, in small ASCII letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailDomain(String);

impl MailDomain {
    /// RFC 5890 §2.3.2.1: a name in other letters is written in those of ASCII. The address of a host is no name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match Host::parse(text) {
            Ok(Host::Domain(name)) if !name.ends_with('.') => Some(Self(name)),
            _ => None,
        }
    }

    /// That of an address.
    #[must_use]
    pub fn of(address: &str) -> Option<Self> {
        Self::parse(address.rsplit_once('@')?.1)
    }
}

impl fmt::Display for MailDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The one spelling of an address by which all that mean the same mailbox are known; `None` if there is no host of that name.
#[must_use]
pub fn canonical(address: &str) -> Option<String> {
    let (local, _) = address.trim().rsplit_once('@')?;
    let domain = MailDomain::of(address.trim())?;
    Some(format!("{}@{domain}", local.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 5890 §2.3.2.1
    #[test]
    fn knows_a_mailbox_by_every_spelling() {
        for (address, expected) in [
            ("ada@example.org", Some("ada@example.org")),
            (" Ada@EXAMPLE.org ", Some("ada@example.org")),
            ("ada@exämple.org", Some("ada@xn--exmple-cua.org")),
            ("ada@XN--EXMPLE-CUA.org", Some("ada@xn--exmple-cua.org")),
            ("ada@localhost", Some("ada@localhost")),
            ("\"a@b\"@example.org", Some("\"a@b\"@example.org")),
            ("ada@192.0.2.1", None),
            ("ada@[2001:db8::1]", None),
            ("ada@example.org.", None),
            ("ada@", None),
            ("ada", None),
            ("ada@exa mple.org", None),
        ] {
            assert_eq!(canonical(address).as_deref(), expected, "{address}");
        }
    }

    #[test]
    fn takes_no_domain_for_another() {
        let known = MailDomain::parse("Example.com").unwrap();
        assert_eq!(MailDomain::of("ada@EXAMPLE.COM"), Some(known.clone()));
        for other in ["ada@sub.example.com", "ada@example.com.evil.example", "ada@evilexample.com", "example.com"] {
            assert_ne!(MailDomain::of(other), Some(known.clone()), "{other}");
        }
    }
}
