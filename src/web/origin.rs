//! Where a request came from: the client's address, as far as trusted proxies tell; its program; the request's id.

use std::net::IpAddr;

use actix_web::{HttpMessage, HttpRequest};
use ipnet::IpNet;

use crate::domain::events::Origin;

/// The longest `User-Agent` that is kept, in characters.
const LONGEST_USER_AGENT: usize = 300;

/// The identifier of a request: in the log, in the `X-Request-Id` header, and the error id on pages. The request log
/// puts it into the request's extensions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(pub String);

/// Where `request` came from.
#[must_use]
pub fn origin(request: &HttpRequest, trusted_proxies: &[IpNet]) -> Origin {
    let user_agent = request.headers().get("user-agent").and_then(|value| value.to_str().ok());
    Origin {
        address: client_address(request, trusted_proxies).map(|address| address.to_string()),
        // A header may hold tabs, which have no business in a table or a line of a log.
        user_agent: user_agent.map(|text| text.replace('\t', " ").chars().take(LONGEST_USER_AGENT).collect()),
        request_id: Some(request_id(request)),
    }
}

/// The request's identifier; empty outside the request log.
#[must_use]
pub fn request_id(request: &HttpRequest) -> String {
    request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default()
}

/// The peer's address; behind trusted proxies, the last address in `X-Forwarded-For` that is none of theirs. What
/// stands before that, anybody could have written.
#[must_use]
pub fn client_address(request: &HttpRequest, trusted_proxies: &[IpNet]) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip().to_canonical();
    let forwarded = request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = forwarded.flat_map(|value| value.split(',')).collect();
    Some(first_untrusted(peer, &hops, trusted_proxies))
}

/// Whether a trusted proxy sends `request`, whatever its headers say.
#[must_use]
pub fn is_from_proxy(request: &HttpRequest, trusted_proxies: &[IpNet]) -> bool {
    request.peer_addr().is_some_and(|peer| is_trusted(peer.ip().to_canonical(), trusted_proxies))
}

fn is_trusted(address: IpAddr, trusted_proxies: &[IpNet]) -> bool {
    trusted_proxies.iter().any(|network| network.contains(&address))
}

fn first_untrusted(peer: IpAddr, hops: &[&str], trusted_proxies: &[IpNet]) -> IpAddr {
    let mut nearest = peer;
    for hop in hops.iter().rev() {
        if !is_trusted(nearest, trusted_proxies) {
            break;
        }
        let Ok(address) = hop.trim().parse::<IpAddr>() else { break };
        nearest = address.to_canonical();
    }
    nearest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn believes_only_trusted_proxies() {
        let proxies: [IpNet; 2] = ["10.0.0.0/8".parse().unwrap(), "127.0.0.1/32".parse().unwrap()];
        for (peer, hops, expected) in [
            ("192.0.2.9", &["203.0.113.7"][..], "192.0.2.9"),
            ("10.0.0.1", &["203.0.113.7"], "203.0.113.7"),
            ("10.0.0.1", &["203.0.113.7", " 198.51.100.2", "10.0.0.2"], "198.51.100.2"),
            ("10.0.0.1", &["203.0.113.7", "nonsense"], "10.0.0.1"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["10.0.0.2"], "10.0.0.2"),
        ] {
            let address = first_untrusted(peer.parse().unwrap(), hops, &proxies);
            assert_eq!(address, expected.parse::<IpAddr>().unwrap(), "{peer} {hops:?}");
        }
    }
}
