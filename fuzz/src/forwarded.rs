//! Who a request comes from: lines with the peer's address, `X-Forwarded-For`, `User-Agent` and `ui_locales`. Nobody but
//! a trusted proxy is believed, and only the last address that none of them vouches for.

use std::net::{IpAddr, SocketAddr};

use actix_web::http::header::{HeaderName, HeaderValue, USER_AGENT};
use actix_web::test::TestRequest;
use claviger::web::origin;
use claviger::web::text::{LANGUAGES, Texts};
use ipnet::IpNet;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

pub fn run(data: &[u8]) -> bool {
    let mut lines = data.splitn(4, |byte| *byte == b'\n');
    let mut line = || lines.next().unwrap_or_default();
    let peer = std::str::from_utf8(line()).ok().and_then(|text| text.parse::<IpAddr>().ok());
    let [forwarded, agent] = [line(), line()].map(|line| HeaderValue::from_bytes(line).ok());
    let locales = String::from_utf8_lossy(line());
    let texts = Texts::preferring(&locales);
    assert!(texts.is_none_or(|texts| LANGUAGES.iter().any(|language| std::ptr::eq(language.texts(), texts))));

    let (Some(peer), Some(forwarded), Some(agent)) = (peer, forwarded, agent) else { return false };
    let proxies: [IpNet; 2] = ["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
    let is_trusted = |address: &IpAddr| proxies.iter().any(|network| network.contains(address));
    let request = TestRequest::default()
        .peer_addr(SocketAddr::new(peer, 1))
        .insert_header((FORWARDED_FOR, forwarded.clone()))
        .insert_header((USER_AGENT, agent))
        .to_http_request();
    let peer = peer.to_canonical();
    let found = origin::client_address(&request, &proxies).unwrap();
    let hops: Vec<_> = forwarded.to_str().unwrap_or_default().split(',').map(str::trim).collect();
    let named = hops.iter().filter_map(|hop| hop.parse::<IpAddr>().ok()).any(|hop| hop.to_canonical() == found);
    assert!(found == peer || is_trusted(&peer) && named, "{found}");
    assert_eq!(origin::client_address(&request, &[]), Some(peer), "without proxies the peer is the client");
    // What a stranger writes before the last hop changes nothing, unless that hop is a proxy's.
    let last = hops.last().and_then(|hop| hop.parse::<IpAddr>().ok()).map(|hop| hop.to_canonical());
    if let Some(last) = last.filter(|last| is_trusted(&peer) && !is_trusted(last)) {
        assert_eq!(found, last);
    }
    let origin = origin::origin(&request, &proxies);
    assert_eq!(origin.address, Some(found.to_string()));
    assert!(origin.user_agent.is_none_or(|agent| agent.chars().count() <= 300 && !agent.contains(char::is_control)));
    found != peer
}
