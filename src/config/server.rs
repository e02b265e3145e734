//! `[server]`: what the server is called, where it listens, whom it trusts to speak for clients.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::thread;
use std::time::Duration;

use ipnet::IpNet;

use super::mtls::MtlsConfig;
use super::reader::Reader;
use super::size::ByteSize;
use super::tls_files::{TlsFiles, read_tls};
use crate::protocol::issuer::Issuer;

const DEFAULT_ISSUER: &str = "http://localhost:8080";
const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

/// `[server]`
#[derive(Clone, Debug)]
pub struct ServerConfig {
    /// The server's public name: every URL that it tells anyone begins with it.
    pub issuer: Issuer,
    /// Where it accepts connections.
    pub listen: SocketAddr,
    /// Threads that answer requests; 0 means one a core (see [`ServerConfig::worker_count`]).
    pub workers: u32,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Certificate and key, if the server ends TLS itself.
    pub tls: Option<TlsFiles>,
    /// Where the certificates of clients come from.
    pub mtls: MtlsConfig,
    /// How long a client may take to send the head of a request.
    pub request_timeout: Duration,
    /// How long requests in flight may take to finish after the server was told to stop.
    pub shutdown_timeout: Duration,
    /// The longest request body that is read.
    pub max_body_size: ByteSize,
}

impl ServerConfig {
    /// Threads that answer requests.
    #[must_use]
    pub fn worker_count(&self) -> usize {
        count_or_cores(self.workers)
    }

    pub(super) fn read(reader: &mut Reader) -> Self {
        let tls = read_tls(reader, "server.tls");
        let config = Self {
            issuer: reader.value("server.issuer", default_issuer()),
            listen: reader.value("server.listen", DEFAULT_LISTEN),
            workers: reader.bounded("server.workers", 0, 0..=1024),
            trusted_proxies: reader.value("server.trusted_proxies", Vec::new()),
            request_timeout: reader.bounded(
                "server.request_timeout",
                Duration::from_secs(5),
                Duration::from_secs(1)..=Duration::from_mins(10),
            ),
            shutdown_timeout: reader.bounded(
                "server.shutdown_timeout",
                Duration::from_secs(30),
                Duration::ZERO..=Duration::from_hours(1),
            ),
            max_body_size: reader.bounded(
                "server.max_body_size",
                ByteSize::kib(64),
                ByteSize::kib(1)..=ByteSize::kib(64 * 1024),
            ),
            mtls: MtlsConfig::read(reader, tls.as_ref()),
            tls,
        };
        config.check_https(reader);
        config.mtls.check(&config.issuer, &config.trusted_proxies, reader);
        config
    }

    /// An https issuer needs somebody who speaks TLS, and an http one nobody who does.
    fn check_https(&self, reader: &mut Reader) {
        if self.issuer.is_https() && self.tls.is_none() && self.trusted_proxies.is_empty() {
            reader.refuse(
                "server.issuer",
                "is an https URL, but nothing would end TLS for it",
                "Set server.tls.certificate_file and server.tls.key_file, or list in server.trusted_proxies the proxy \
                 that ends TLS.",
            );
        }
        if !self.issuer.is_https() && self.tls.is_some() {
            reader.refuse(
                "server.issuer",
                "is an http URL, but server.tls is set, so the server would speak https",
                "Begin the issuer with https://, or take server.tls out.",
            );
        }
    }
}

#[expect(clippy::expect_used, reason = "a constant, which every test of the configuration parses")]
fn default_issuer() -> Issuer {
    Issuer::parse(DEFAULT_ISSUER).expect("the default issuer is one")
}

/// A count of which 0 stands for the number of the machine's cores.
pub(super) fn count_or_cores(count: u32) -> usize {
    match usize::try_from(count) {
        Ok(0) | Err(_) => thread::available_parallelism().map_or(1, usize::from),
        Ok(count) => count,
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    fn faults(text: &str) -> Vec<String> {
        match Config::from_toml(text, []) {
            Ok(_) => Vec::new(),
            Err(faults) => faults.faults().iter().map(|fault| fault.key.clone()).collect(),
        }
    }

    #[test]
    fn wants_somebody_to_end_tls_for_an_https_issuer_and_nobody_for_an_http_one() {
        let https = "[server]\nissuer = \"https://id.example.com\"\n";
        let tls = "[server.tls]\ncertificate_file = \"c.pem\"\nkey_file = \"k.pem\"\n";
        assert_eq!(faults(https), ["server.issuer"]);
        assert_eq!(faults(&format!("{https}trusted_proxies = [\"127.0.0.1\"]")), [""; 0]);
        assert_eq!(faults(&format!("{https}{tls}")), [""; 0]);
        assert_eq!(faults(tls), ["server.issuer"]);
        assert_eq!(faults("server.issuer = \"http://id.example.com\""), ["server.issuer"]);
    }

    #[test]
    fn wants_certificate_and_key_together() {
        assert_eq!(faults("server.tls.certificate_file = \"c.pem\""), ["server.tls.certificate_file"]);
        assert_eq!(faults("server.tls.key_file = \"k.pem\""), ["server.tls.key_file"]);
    }

    #[test]
    fn takes_networks_and_single_addresses_as_proxies() {
        let config = Config::from_toml("server.trusted_proxies = [\"10.0.0.0/8\", \"::1\"]", []).unwrap();
        assert_eq!(config.server.trusted_proxies, ["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()]);
        assert_eq!(faults("server.trusted_proxies = [\"proxy.example.com\"]"), ["server.trusted_proxies"]);
    }

    #[test]
    fn counts_the_cores_where_no_number_of_workers_is_set() {
        assert!(Config::default().server.worker_count() >= 1);
        assert_eq!(Config::from_toml("server.workers = 3", []).unwrap().server.worker_count(), 3);
    }
}
