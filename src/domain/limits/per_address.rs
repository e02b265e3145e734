//! How often each address has done lately what anybody may do. Counted in this server's memory.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ipnet::IpNet;

use crate::clock::Timestamp;

/// The most addresses that are remembered. Where there are more, all is forgotten: what comes through is worth more than
/// the count.
const MOST_ADDRESSES: usize = 10_000;
/// Whoever has an IPv6 address has as many as are in a network of this length.
const ONE_PARTY: u8 = 64;

/// What was done lately.
#[derive(Debug)]
pub struct PerAddress {
    most: usize,
    window: Duration,
    taken: Mutex<HashMap<Option<IpNet>, VecDeque<Timestamp>>>,
}

impl PerAddress {
    /// Lets an address do something `most` times in any stretch of `window`.
    #[must_use]
    pub fn new(most: u32, window: Duration) -> Self {
        Self { most: usize::try_from(most).unwrap_or(usize::MAX), window, taken: Mutex::default() }
    }

    /// Counts one time of `address`, or tells after how long there may be another.
    pub fn take(&self, address: Option<&str>, now: Timestamp) -> Result<(), Duration> {
        // Each entry is whole at any moment, so that one left by a panic is as good as any.
        let mut addresses = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if addresses.len() >= MOST_ADDRESSES {
            addresses.retain(|_, taken| taken.back().is_some_and(|last| now.since(*last) < self.window));
        }
        if addresses.len() >= MOST_ADDRESSES {
            addresses.clear();
        }
        let taken = addresses.entry(address.and_then(party)).or_default();
        taken.retain(|at| now.since(*at) < self.window);
        if taken.len() >= self.most {
            let first = taken.front().copied().unwrap_or(now);
            return Err(self.window.saturating_sub(now.since(first)));
        }
        taken.push_back(now);
        Ok(())
    }
}

/// Who an address is, as far as limits go: with IPv6 the network that one party is given.
#[must_use]
pub fn party(address: &str) -> Option<IpNet> {
    let address: IpAddr = address.parse().ok()?;
    let length = if address.is_ipv6() { ONE_PARTY } else { 32 };
    IpNet::new(address, length).ok().map(|network| network.trunc())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Duration = Duration::from_mins(1);
    const NOW: Timestamp = Timestamp::from_seconds(10_000);

    #[test]
    fn lets_an_address_do_something_so_often() {
        let counted = PerAddress::new(60, WINDOW);
        for second in 0..60 {
            assert_eq!(counted.take(Some("192.0.2.1"), NOW + Duration::from_millis(500 * second)), Ok(()));
        }
        let later = NOW + Duration::from_secs(40);
        assert_eq!(counted.take(Some("192.0.2.1"), later), Err(Duration::from_secs(20)));
        assert_eq!(counted.take(Some("192.0.2.2"), later), Ok(()));
        assert_eq!(counted.take(Some("192.0.2.1"), NOW + WINDOW), Ok(()));
    }

    #[test]
    fn takes_the_addresses_of_one_network_for_one_party() {
        let counted = PerAddress::new(60, WINDOW);
        for number in 0..60 {
            assert_eq!(counted.take(Some(&format!("2001:db8::{number}")), NOW), Ok(()));
        }
        assert!(counted.take(Some("2001:db8::ffff:1"), NOW).is_err());
        assert_eq!(counted.take(Some("2001:db8:0:1::1"), NOW), Ok(()));
    }

    #[test]
    fn remembers_no_more_than_so_many() {
        let counted = PerAddress::new(60, WINDOW);
        for number in 0..=MOST_ADDRESSES {
            let address = format!("10.{}.{}.{}", number >> 16, number >> 8 & 255, number & 255);
            assert_eq!(counted.take(Some(&address), NOW), Ok(()));
        }
        assert_eq!(counted.taken.lock().unwrap().len(), 1);
    }
}
