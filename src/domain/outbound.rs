//! Fetching what a client publishes, and telling it what it wants to know. The address comes from whoever registered the
//! client, so that neither must be a way into the network that this server stands in: no redirect, little time, few bytes, public addresses only.
//!
//! Addresses are checked where the connection takes them from, after the name was resolved: a name that answers
//! differently the next time gains nothing.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Once, OnceLock};
use std::time::Duration;

use futures_util::future::BoxFuture;
use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::HeaderMap;
use reqwest::{Certificate, Client, Method, RequestBuilder, Response, redirect};
use serde_json::Value;
use url::{Host, Url};

const TIME_LIMIT: Duration = Duration::from_secs(5);
const SIZE_LIMIT: usize = 64 * 1024;

/// What is not on the public internet (IANA special-purpose address registries), and what leads back to it.
const NOT_PUBLIC: &[&str] = &[
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "::/96",
    "64:ff9b::/96",
    "64:ff9b:1::/48",
    "100::/64",
    "2001::/23",
    "2001:db8::/32",
    "2002::/16",
    "3fff::/20",
    "5f00::/16",
    "fc00::/7",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
];

/// Looks up the addresses of a host.
pub type Names = Arc<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> + Send + Sync>;

/// What was fetched.
#[derive(Debug)]
pub struct Document {
    /// The bytes.
    pub body: Vec<u8>,
    /// `Content-Type`, or nothing.
    pub content_type: String,
    /// `Cache-Control`, its fields joined, or nothing.
    pub cache_control: String,
}

/// What another server answered, whatever it was.
#[derive(Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// `Content-Type`, or nothing.
    pub content_type: String,
    /// The bytes.
    pub body: Vec<u8>,
}

/// Asks other servers.
pub struct Outbound {
    allowed_hosts: Arc<[String]>,
    ca_file: Option<PathBuf>,
    names: Names,
    client: OnceLock<Result<Client, String>>,
}

impl Outbound {
    /// `allowed_hosts` may have any address; `ca_file` names certificates that are trusted besides those of the system.
    #[must_use]
    pub fn new(allowed_hosts: &[String], ca_file: Option<PathBuf>) -> Self {
        Self::with_names(allowed_hosts, ca_file, Arc::new(|host| Box::pin(look_up(host))))
    }

    /// The same, where names are looked up by `names` instead of the system.
    #[must_use]
    pub fn with_names(allowed_hosts: &[String], ca_file: Option<PathBuf>, names: Names) -> Self {
        Self { allowed_hosts: allowed_hosts.into(), ca_file, names, client: OnceLock::new() }
    }

    /// The JSON at an address; the error is a clause for the log.
    pub async fn json(&self, uri: &str) -> Result<Value, String> {
        let document = self.fetch(uri, "application/json", SIZE_LIMIT).await?;
        serde_json::from_slice(&document.body).map_err(|_| "is not JSON".to_owned())
    }

    /// A document at an address, of at most `limit` bytes; the error is a clause for the log.
    pub async fn document(&self, uri: &str, limit: usize) -> Result<Document, String> {
        self.fetch(uri, "application/json", limit).await
    }

    /// The text at an address, where `accept` says what would be best; the error is a clause for the log.
    pub async fn text(&self, uri: &str, accept: &str) -> Result<String, String> {
        let document = self.fetch(uri, accept, SIZE_LIMIT).await?;
        String::from_utf8(document.body).map_err(|_| "is not text in UTF-8".to_owned())
    }

    async fn fetch(&self, uri: &str, accept: &str, limit: usize) -> Result<Document, String> {
        let request = self.request(Method::GET, uri)?.header("accept", accept);
        let response = request.send().await.map_err(|e| told(&e))?;
        if response.status() != reqwest::StatusCode::OK {
            return Err(format!("answered {}", response.status().as_u16()));
        }
        let (content_type, cache_control) = (header(&response, "content-type"), header(&response, "cache-control"));
        Ok(Document { body: body(response, limit).await?, content_type, cache_control })
    }

    /// Sends any request, and answers with whatever comes back; the error is a clause for the log.
    pub async fn exchange(
        &self,
        method: Method,
        uri: &str,
        headers: HeaderMap,
        sent: Vec<u8>,
    ) -> Result<Reply, String> {
        let request = self.request(method, uri)?.headers(headers).body(sent);
        let response = request.send().await.map_err(|e| told(&e))?;
        let (status, content_type) = (response.status().as_u16(), header(&response, "content-type"));
        Ok(Reply { status, content_type, body: body(response, SIZE_LIMIT).await? })
    }

    /// Posts a form that is encoded already; answers with the status. What else is answered is not read; the error is a
    /// clause for the log.
    pub async fn post(&self, uri: &str, form: String) -> Result<u16, String> {
        let request = self.request(Method::POST, uri)?.header("content-type", "application/x-www-form-urlencoded");
        let response = request.body(form).send().await;
        response.map(|response| response.status().as_u16()).map_err(|e| format!("cannot be told ({})", reason(&e)))
    }

    fn request(&self, method: Method, uri: &str) -> Result<RequestBuilder, String> {
        let url = Url::parse(uri).map_err(|_| "is not an address".to_owned())?;
        self.check_literal(&url)?;
        // Reading the system's certificates takes a while, so that it waits until somebody needs them.
        let client = self.client.get_or_init(|| self.build()).as_ref().map_err(Clone::clone)?;
        Ok(client.request(method, url))
    }

    /// An address that is written as such is never resolved, so it is checked here.
    fn check_literal(&self, url: &Url) -> Result<(), String> {
        let address = match url.host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            _ => return Ok(()),
        };
        let allowed = url.host_str().is_some_and(|host| self.allowed_hosts.iter().any(|known| known == host));
        if allowed || is_public(address) { Ok(()) } else { Err(not_public()) }
    }

    fn build(&self) -> Result<Client, String> {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| {
            // It fails only if there is one already.
            let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        });
        let mut builder = Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            // A connection lives in the thread that opened it, and the next one comes from another.
            .pool_max_idle_per_host(0)
            .timeout(TIME_LIMIT)
            .dns_resolver(Guard { allowed_hosts: Arc::clone(&self.allowed_hosts), names: Arc::clone(&self.names) });
        if let Some(file) = &self.ca_file {
            let pem = std::fs::read(file).map_err(|error| format!("outbound.ca_file cannot be read: {error}"))?;
            let certificates = Certificate::from_pem_bundle(&pem);
            builder = builder.tls_certs_merge(certificates.map_err(|_| "outbound.ca_file is not PEM".to_owned())?);
        }
        builder.build().map_err(|error| told(&error))
    }
}

/// The bytes of a response, at most `limit`.
async fn body(mut response: Response, limit: usize) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|e| told(&e))? {
        if body.len() + chunk.len() > limit {
            return Err(format!("is longer than {limit} bytes"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// A header, its fields joined; what is no text is left out.
fn header(response: &Response, name: &str) -> String {
    let fields = response.headers().get_all(name).iter().filter_map(|value| value.to_str().ok());
    fields.collect::<Vec<_>>().join(", ")
}

/// Resolves names, and hands out public addresses only.
struct Guard {
    allowed_hosts: Arc<[String]>,
    names: Names,
}

async fn look_up(host: String) -> io::Result<Vec<IpAddr>> {
    Ok(tokio::net::lookup_host((host, 0)).await?.map(|address| address.ip()).collect())
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let is_allowed = self.allowed_hosts.iter().any(|known| known.eq_ignore_ascii_case(name.as_str()));
        let found = (self.names)(name.as_str().to_owned());
        Box::pin(async move {
            let fit = found.await?.into_iter().filter(|address| is_allowed || is_public(*address));
            let fit: Vec<_> = fit.map(|address| SocketAddr::new(address, 0)).collect();
            if fit.is_empty() {
                return Err(io::Error::other(not_public()).into());
            }
            Ok(Box::new(fit.into_iter()) as Addrs)
        })
    }
}

fn not_public() -> String {
    "has no public address: name the host in outbound.allowed_hosts if it shall be asked all the same".to_owned()
}

fn is_public(address: IpAddr) -> bool {
    let address = address.to_canonical();
    NOT_PUBLIC.iter().filter_map(|net| net.parse::<IpNet>().ok()).all(|net| !net.contains(&address))
}

fn told(error: &reqwest::Error) -> String {
    format!("cannot be fetched ({})", reason(error))
}

/// The innermost reason, which says most.
fn reason(error: &reqwest::Error) -> String {
    let mut reason: &dyn std::error::Error = error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    reason.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_public_addresses_from_others() {
        for address in ["1.1.1.1", "8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8"] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
        for address in [
            "127.0.0.1",
            "10.1.2.3",
            "172.31.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "fe80::1",
            "fd00::1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "ff02::1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
    }

    /// RFC 9700 §4.11: of what a name answers, each time anew, only public addresses are connected to; where the host is allowed,
    /// all.
    #[actix_web::test]
    async fn hands_out_public_addresses_only_however_often_a_name_changes_its_mind() {
        const ANSWERS: [&[&str]; 4] =
            [&["8.8.8.8"], &["127.0.0.1"], &["127.0.0.1", "8.8.8.8", "::1"], &["::ffff:10.0.0.1", "2606:4700::1111"]];
        let names = || -> Names {
            let answers = std::sync::Mutex::new(ANSWERS.iter());
            Arc::new(move |_| {
                let answer = answers.lock().unwrap().next().unwrap();
                let addresses = answer.iter().map(|address| address.parse().unwrap()).collect();
                Box::pin(async move { Ok(addresses) })
            })
        };
        let handed_out = async |allowed: &[String]| {
            let guard = Guard { allowed_hosts: allowed.into(), names: names() };
            let mut all = Vec::new();
            for _ in ANSWERS {
                let found = guard.resolve("rebinding.example".parse().unwrap()).await;
                all.push(found.map_or(Vec::new(), |found| found.map(|address| address.ip().to_string()).collect()));
            }
            all
        };
        assert_eq!(handed_out(&[]).await, [vec!["8.8.8.8"], vec![], vec!["8.8.8.8"], vec!["2606:4700::1111"]]);
        assert_eq!(handed_out(&["Rebinding.Example".to_owned()]).await, ANSWERS.map(<[_]>::to_vec));
    }

    #[test]
    fn every_network_is_written_so_that_it_can_be_read() {
        assert!(NOT_PUBLIC.iter().all(|net| net.parse::<IpNet>().is_ok()));
    }
}
