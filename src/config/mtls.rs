//! `[server.mtls]`: where the certificates of clients come from (RFC 8705).

use std::net::SocketAddr;
use std::path::PathBuf;

use ipnet::IpNet;

use super::reader::Reader;
use super::tls_files::{TlsFiles, read_tls};
use crate::protocol::client_metadata::AuthMethod;
use crate::protocol::issuer::Issuer;

/// `[server.mtls]`
#[derive(Clone, Debug, Default)]
pub struct MtlsConfig {
    /// Where connections are accepted that may bring a certificate.
    pub listen: Option<SocketAddr>,
    /// Certificate and key of the server there.
    pub tls: Option<TlsFiles>,
    /// PEM: the authorities that vouch for clients.
    pub ca_file: Option<PathBuf>,
    /// The header, in lower case, in which a trusted proxy passes the certificate on.
    pub proxy_header: Option<String>,
    /// What takes the issuer's place in the addresses of the endpoints for clients with a certificate.
    pub public_url: Option<Issuer>,
}

impl MtlsConfig {
    /// Whether certificates are taken at all.
    #[must_use]
    pub const fn is_on(&self) -> bool {
        self.listen.is_some() || self.proxy_header.is_some()
    }

    /// Whether clients can authenticate by this method.
    #[must_use]
    pub fn offers(&self, method: AuthMethod) -> bool {
        match method {
            AuthMethod::TlsClientAuth => self.is_on() && self.ca_file.is_some(),
            AuthMethod::SelfSignedTlsClientAuth => self.is_on(),
            _ => true,
        }
    }

    /// The files of `server.tls` are used where there are no others.
    pub(super) fn read(reader: &mut Reader, usual: Option<&TlsFiles>) -> Self {
        let header: Option<String> = reader.optional("server.mtls.proxy_header");
        Self {
            listen: reader.optional("server.mtls.listen"),
            tls: read_tls(reader, "server.mtls").or_else(|| usual.cloned()),
            ca_file: reader.optional_path("server.mtls.ca_file"),
            proxy_header: header.map(|name| name.to_ascii_lowercase()),
            public_url: reader.optional("server.mtls.public_url"),
        }
    }

    pub(super) fn check(&self, issuer: &Issuer, trusted_proxies: &[IpNet], reader: &mut Reader) {
        if self.listen.is_some() && self.tls.is_none() {
            let remedy = "Set server.mtls.certificate_file and server.mtls.key_file, or those of server.tls.";
            reader.refuse("server.mtls.listen", "is set, but the server has no certificate of its own to show", remedy);
        }
        if self.public_url.as_ref().is_some_and(|url| url.path() != issuer.path()) {
            let remedy = "Let it end as server.issuer does: the endpoints are below the same path there.";
            reader.refuse("server.mtls.public_url", "has another path than the issuer", remedy);
        }
        if let Some(name) = &self.proxy_header {
            let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
            if !is_name {
                reader.refuse(
                    "server.mtls.proxy_header",
                    "is no name of a header",
                    "Write a name such as Client-Cert.",
                );
            }
            if trusted_proxies.is_empty() {
                let remedy = "List in server.trusted_proxies the proxy that sets it.";
                reader.refuse("server.mtls.proxy_header", "is set, but no proxy is trusted with it", remedy);
            }
        }
        if !self.is_on() {
            let remedy = "Set server.mtls.listen, or server.mtls.proxy_header behind a proxy; or take it out.";
            for (key, is_set) in
                [("server.mtls.ca_file", self.ca_file.is_some()), ("server.mtls.public_url", self.public_url.is_some())]
            {
                if is_set {
                    reader.refuse(key, "is set, but nothing asks clients for a certificate", remedy);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    const FILES: &str = "server.mtls.certificate_file = \"c.pem\"\nserver.mtls.key_file = \"k.pem\"\n";
    const LISTEN: &str = "server.mtls.listen = \"127.0.0.1:8443\"\n";
    const HEADER: &str = "server.mtls.proxy_header = \"Client-Cert\"\n";
    const PROXY: &str = "server.trusted_proxies = [\"127.0.0.1\"]\n";
    const CA: &str = "server.mtls.ca_file = \"ca.pem\"\n";

    fn read(parts: &[&str]) -> Result<MtlsConfig, Vec<String>> {
        let config = Config::from_toml(&parts.concat(), []);
        let keys =
            |faults: crate::config::ConfigFaults| faults.faults().iter().map(|fault| fault.key.clone()).collect();
        config.map(|config| config.server.mtls).map_err(keys)
    }

    #[test]
    fn wants_a_certificate_for_its_listener_and_a_proxy_for_its_header() {
        assert_eq!(read(&[LISTEN]).unwrap_err(), ["server.mtls.listen"]);
        assert!(read(&[LISTEN, FILES]).is_ok());
        assert_eq!(read(&[HEADER]).unwrap_err(), ["server.mtls.proxy_header"]);
        assert_eq!(read(&[HEADER, PROXY]).unwrap().proxy_header.unwrap(), "client-cert");
        assert_eq!(read(&[CA]).unwrap_err(), ["server.mtls.ca_file"]);
        let odd = "server.mtls.proxy_header = \"Client Cert\"\n";
        assert_eq!(read(&[odd, PROXY]).unwrap_err(), ["server.mtls.proxy_header"]);
    }

    /// RFC 8705 §5: an alias leads to the same endpoint.
    #[test]
    fn wants_the_path_of_the_issuer_in_its_address() {
        let read = |public: &str| {
            let addresses =
                format!("server.issuer = \"https://a.example/id\"\nserver.mtls.public_url = \"{public}\"\n");
            read(&[&addresses, HEADER, PROXY]).map(drop)
        };
        assert_eq!(read("https://mtls.a.example").unwrap_err(), ["server.mtls.public_url"]);
        assert_eq!(read("https://mtls.a.example/id"), Ok(()));
    }

    #[test]
    fn shows_the_usual_certificate_where_it_has_no_other() {
        let usual = "server.issuer = \"https://a.example\"\nserver.tls.certificate_file = \"u.pem\"\nserver.tls.key_file = \"u.key\"\n";
        assert_eq!(read(&[usual, LISTEN]).unwrap().tls.unwrap().certificate_file.to_str(), Some("u.pem"));
        assert_eq!(read(&[usual, LISTEN, FILES]).unwrap().tls.unwrap().certificate_file.to_str(), Some("c.pem"));
    }

    /// RFC 8705 §2: a method is offered only where it can work.
    #[test]
    fn offers_what_can_work() {
        let offers = |parts: &[&str]| {
            let config = read(parts).unwrap();
            AuthMethod::ALL.iter().filter(|method| method.is_by_certificate() && config.offers(**method)).count()
        };
        assert_eq!([offers(&[]), offers(&[HEADER, PROXY]), offers(&[HEADER, PROXY, CA])], [0, 1, 2]);
        assert!(MtlsConfig::default().offers(AuthMethod::None));
    }
}
