//! The addresses from which something may be used: single ones, or networks in CIDR notation (RFC 4632 §3.1).

use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;

/// A network of addresses; a single address is the smallest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network(IpNet);

impl Network {
    /// How it is written, for messages.
    pub const EXPECTED: &str = "an address or a network, such as 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32";

    /// Reads an address, or a network in which no bit beyond its prefix is set.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(address) = text.parse::<IpAddr>() {
            return Some(Self(address.to_canonical().into()));
        }
        // 192.0.2.7/24 is more likely a slip than what it would be read as.
        text.parse::<IpNet>().ok().filter(|network| network.trunc() == *network).map(Self)
    }

    /// Whether the address is one of them.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.prefix_len() == self.0.max_prefix_len() { self.0.addr().fmt(f) } else { self.0.fmt(f) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4632 §3.1
    #[test]
    fn knows_its_addresses() {
        let cases = [
            ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.8", false),
            ("192.0.2.0/24", "192.0.2.255", true),
            ("192.0.2.0/24", "192.0.3.0", false),
            ("2001:db8::/32", "2001:db8:1::1", true),
            ("2001:db8::/32", "2001:db9::1", false),
            ("192.0.2.0/24", "::ffff:192.0.2.9", true),
            ("0.0.0.0/0", "2001:db8::1", false),
        ];
        for (network, address, expected) in cases {
            let network = Network::parse(network).unwrap();
            assert_eq!(network.contains(address.parse().unwrap()), expected, "{network} {address}");
        }
    }

    #[test]
    fn reads_what_it_writes_and_refuses_slips() {
        for text in ["192.0.2.7", "192.0.2.0/24", "2001:db8::/32", "::1"] {
            assert_eq!(Network::parse(text).unwrap().to_string(), text);
        }
        for text in ["", "192.0.2.7/24", "192.0.2.0/33", "192.0.2", "localhost", "*"] {
            assert_eq!(Network::parse(text), None, "{text}");
        }
    }
}
