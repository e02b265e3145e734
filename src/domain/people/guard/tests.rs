//! Who is held back, and for how long.

use std::sync::atomic::{AtomicU64, Ordering};

use super::*;

pub(super) const NOW: Timestamp = Timestamp::from_seconds(10_000);
pub(super) const MINUTE: Duration = Duration::from_mins(1);
pub(super) const HOME: Option<&str> = Some("192.0.2.1");

static SERVERS: AtomicU64 = AtomicU64::new(1);

/// Another server each time.
pub(super) fn guard() -> Guard {
    let settings = ProtectionConfig {
        window: MINUTE * 15,
        failures: 5,
        failures_per_account: 20,
        failures_per_address: 40,
        client_failures: 3,
        delay: MINUTE,
    };
    let own = Own { registrations: 2, user_codes: 3, client_registrations: 2 };
    Guard::new(&settings, own, &[7; 32], Uuid::from_u128(SERVERS.fetch_add(1, Ordering::Relaxed).into()))
}

fn wait(outcome: Result<Attempt<'_>, HeldBack>) -> Option<Duration> {
    outcome.err().map(|held| held.standing.reset)
}

#[test]
fn forgives_an_account_and_not_the_address() {
    let guard = guard();
    let ada = Who::of("ada", HOME);
    for _ in 0..5 {
        assert_eq!(wait(guard.take(Kind::Password, &ada, NOW)), None);
    }
    guard.forgive(Kind::Password, &ada);
    for number in 0..35 {
        let name = format!("eve {number}");
        assert_eq!(wait(guard.take(Kind::Password, &Who::of(&name, HOME), NOW)), None);
    }
    let held = guard.take(Kind::Password, &ada, NOW).unwrap_err();
    assert_eq!(held.standing.name, "address");
    assert_eq!(wait(guard.take(Kind::Password, &Who::of("ada", Some("192.0.2.9")), NOW)), None);
}

/// NIST SP 800-63B-4 §3.2.2: whoever knows the password tries codes from ever other addresses, or at a device that is known, day after
/// day.
#[test]
fn lets_nobody_try_codes_without_end() {
    for (device, most) in [(None, 40), (Some(Uuid::from_u128(1)), 25)] {
        let guard = guard();
        let (mut now, mut tried) = (NOW, 0);
        while now < NOW + Duration::from_hours(24) {
            let address = format!("203.0.113.{}", tried % 250);
            match guard.take(Kind::Code, &Who::of("ada", Some(&address)).at(device), now) {
                Ok(attempt) => {
                    drop(attempt);
                    tried += 1;
                }
                Err(held) => now = now + held.standing.reset,
            }
        }
        assert!(tried <= most, "{device:?} {tried}");
    }
    // Of passwords an account counts for the window alone: there a phrase is guessed, not six digits.
    let guard = guard();
    for number in 0..20 {
        let address = format!("203.0.113.{number}");
        drop(guard.take(Kind::Password, &Who::of("ada", Some(&address)), NOW).unwrap());
        drop(guard.take(Kind::Code, &Who::of("ada", Some(&address)), NOW).unwrap());
    }
    let later = NOW + MINUTE * 15;
    let fresh = Who::of("ada", Some("198.51.100.1"));
    for _ in 0..2 {
        assert_eq!(wait(guard.take(Kind::Password, &fresh, later)), None);
    }
    assert_eq!(wait(guard.take(Kind::Code, &fresh, later)), None, "one, after the pause");
    assert_eq!(wait(guard.take(Kind::Code, &fresh, later)), Some(MINUTE * 2));
}

#[test]
fn lets_somebody_be_wrong_so_often_and_then_ever_more_seldom() {
    let guard = guard();
    let ada = Who::of("ada", HOME);
    for _ in 0..5 {
        assert_eq!(wait(guard.take(Kind::Password, &ada, NOW)), None);
    }
    let mut now = NOW;
    for minutes in [1, 2, 4] {
        let held = guard.take(Kind::Password, &ada, now).unwrap_err();
        assert_eq!((held.standing.reset, held.is_first), (MINUTE * minutes, true));
        assert!(!guard.take(Kind::Password, &ada, now + MINUTE / 2).unwrap_err().is_first);
        let just_before = now + MINUTE * minutes - Duration::from_millis(1);
        assert!(guard.take(Kind::Password, &ada, just_before).is_err());
        now = now + MINUTE * minutes;
        assert_eq!(wait(guard.take(Kind::Password, &ada, now)), None);
    }
    // What was wrong at first counts no more after the window, so that the wait is shorter than the next pause.
    assert_eq!(wait(guard.take(Kind::Password, &ada, now + MINUTE * 7)), Some(MINUTE));
    assert_eq!(wait(guard.take(Kind::Password, &ada, NOW + MINUTE * 15)), None);
    assert_eq!(wait(guard.take(Kind::Code, &ada, NOW)), None, "kinds are counted apart");
}

#[test]
fn counts_the_account_and_the_address_besides() {
    let guard = guard();
    for number in 0..20 {
        let address = format!("198.51.100.{number}");
        assert_eq!(wait(guard.take(Kind::Password, &Who::of("ada", Some(&address)), NOW)), None);
    }
    assert_eq!(guard.take(Kind::Password, &Who::of("ada", HOME), NOW).unwrap_err().standing.name, "account");
    for number in 0..40 {
        assert_eq!(wait(guard.take(Kind::Password, &Who::of(&format!("user{number}"), HOME), NOW)), None);
    }
    assert_eq!(guard.take(Kind::Password, &Who::of("eve", HOME), NOW).unwrap_err().standing.name, "address");
    let network = [Some("2001:db8::1"), Some("2001:db8::ffff:2")];
    for number in 0..40 {
        let who = format!("guest{number}");
        assert_eq!(wait(guard.take(Kind::Password, &Who::of(&who, network[number % 2]), NOW)), None);
    }
    assert!(guard.take(Kind::Password, &Who::of("guest", network[0]), NOW).is_err(), "a network is one party");
}

#[test]
fn keeps_a_known_device_apart() {
    let guard = guard();
    for _ in 0..40 {
        drop(guard.take(Kind::Password, &Who::of("ada", HOME), NOW));
    }
    let at_home = Who::of("ada", HOME).at(Some(Uuid::from_u128(1)));
    for _ in 0..5 {
        assert_eq!(wait(guard.take(Kind::Password, &at_home, NOW)), None);
    }
    assert_eq!(guard.take(Kind::Password, &at_home, NOW).unwrap_err().standing.name, "device");
    let other = Who::of("eve", HOME).at(Some(Uuid::from_u128(1)));
    assert_eq!(wait(guard.take(Kind::Password, &other, NOW)), None);
}

#[test]
fn forgives_what_was_wrong_before_something_right() {
    let guard = guard();
    let four_wrong = || {
        for _ in 0..4 {
            assert_eq!(wait(guard.take(Kind::Password, &Who::of("eve", HOME), NOW)), None);
        }
    };
    for _ in 0..4 {
        four_wrong();
        guard.take(Kind::Password, &Who::of("eve", HOME), NOW).unwrap().was_right();
    }
    four_wrong();
    let held = guard.take(Kind::Password, &Who::of("eve", HOME), NOW).unwrap_err();
    assert_eq!(held.standing.name, "account", "of what is shared, only the attempt itself is taken back");
    let guard = self::guard();
    for _ in 0..100 {
        guard.take(Kind::Password, &Who::of("eve", HOME), NOW).unwrap().was_not_made();
    }
    assert!(guard.lock(Kind::Password).is_empty());
}

#[test]
fn judges_what_is_known_already() {
    let guard = guard();
    let client = Who::of("machine", HOME);
    for _ in 0..2 {
        assert_eq!(guard.judge(Kind::Client, &client, false, NOW), Ok(()));
    }
    assert_eq!(guard.judge(Kind::Client, &client, true, NOW), Ok(()));
    assert!(guard.lock(Kind::Client).is_empty());
    for _ in 0..3 {
        assert_eq!(guard.judge(Kind::Client, &client, false, NOW), Ok(()));
    }
    assert!(guard.judge(Kind::Client, &client, false, NOW).is_err());
    assert!(guard.judge(Kind::Client, &client, true, NOW).is_err(), "the right one says nothing either");
    assert_eq!(guard.judge(Kind::Client, &Who::of("machine", Some("192.0.2.2")), true, NOW), Ok(()));
    assert_eq!(guard.judge(Kind::Client, &client, true, NOW + MINUTE), Ok(()));
}

#[test]
fn lets_an_address_make_so_many_accounts_and_clients_in_an_hour() {
    let guard = guard();
    for kind in [Kind::Registration, Kind::ClientRegistration] {
        for minutes in [0, 30] {
            assert_eq!(wait(guard.take(kind, &Who::anybody(HOME), NOW + MINUTE * minutes)), None);
        }
        assert_eq!(wait(guard.take(kind, &Who::anybody(HOME), NOW + MINUTE * 40)), Some(MINUTE * 20));
        assert_eq!(wait(guard.take(kind, &Who::anybody(HOME), NOW + MINUTE * 60)), None);
    }
}

/// RFC 8628 §5.1: the guesses of one person are few, and the wait is told.
#[test]
fn takes_so_many_wrong_codes_of_devices_in_so_long_a_time() {
    let guard = guard();
    let take =
        |person: &str, minutes: u32| wait(guard.take(Kind::UserCode, &Who::of(person, None), NOW + MINUTE * minutes));
    for minutes in 0..3 {
        assert_eq!(take("ada", minutes), None);
    }
    assert_eq!(take("ada", 4), Some(MINUTE * 6));
    assert_eq!(take("ada", 10), None);
    assert_eq!(take("ada", 10), Some(MINUTE));
    for _ in 0..10 {
        guard.take(Kind::UserCode, &Who::of("eve", HOME), NOW).unwrap().was_right();
    }
}

/// RFC 8628 §5.1: many accounts at one address are one who guesses.
#[test]
fn counts_an_address_besides_the_people_whose_devices_ask() {
    let guard = guard();
    for number in 0..15 {
        assert_eq!(wait(guard.take(Kind::UserCode, &Who::of(&format!("eve{}", number / 3), HOME), NOW)), None);
    }
    assert!(guard.take(Kind::UserCode, &Who::of("ada", HOME), NOW).is_err());
    assert_eq!(wait(guard.take(Kind::UserCode, &Who::of("ada", Some("192.0.2.2")), NOW)), None);
}

#[test]
fn remembers_no_more_than_so_much_and_those_it_holds_back_longest() {
    let guard = guard();
    for _ in 0..5 {
        drop(guard.take(Kind::Password, &Who::of("ada", HOME), NOW));
    }
    for number in 0..MOST_SUBJECTS {
        drop(guard.take(Kind::Password, &Who::of(&format!("user{number}"), None), NOW));
        drop(guard.take(
            Kind::Link,
            &Who::anybody(Some(&format!("10.1.{}.{}", number / 256 % 256, number % 256))),
            NOW,
        ));
    }
    assert!(guard.lock(Kind::Password).len() <= MOST_SUBJECTS + 2);
    assert!(guard.take(Kind::Password, &Who::of("ada", HOME), NOW).is_err());
}
