//! Somebody's phone: an authenticator app by other people than ours, which learns its secret from the page as a camera does.

use claviger::clock::Timestamp;
use totp_lite::{Sha1, totp_custom};
use url::Url;

use super::browser::{Browser, Page};
use super::{PASSWORD, TestApp};

/// The letters of base32.
const BASE32: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A phone that has scanned a picture.
#[derive(Clone, Debug)]
pub struct Phone {
    secret: Vec<u8>,
}

impl Phone {
    /// Scans the picture of `page`.
    #[track_caller]
    pub fn scan(page: &Page) -> Self {
        let links = page.links("a[href^='otpauth:']");
        assert_eq!(links.len(), 1, "{}", page.answer.body);
        let address = Url::parse(&links[0]).unwrap();
        let secret = address.query_pairs().find(|(name, _)| name == "secret").unwrap().1.into_owned();
        Self { secret: base32(&secret) }
    }

    /// What it shows at `now`.
    pub fn code(&self, now: Timestamp) -> String {
        totp_custom::<Sha1>(30, 6, &self.secret, u64::try_from(now.seconds()).unwrap())
    }

    /// A code that it does not show, now or soon.
    pub fn wrong(&self, now: Timestamp) -> String {
        let shown: Vec<_> =
            (-2..=2).map(|step| self.code(Timestamp::from_seconds(now.seconds() + 30 * step))).collect();
        (0..6).map(|number| format!("{number:06}")).find(|code| !shown.contains(code)).unwrap()
    }
}

/// Sets an authenticator app up for who is signed in at `browser`: the phone, and the recovery codes that the page shows.
pub async fn set_up_phone(app: &TestApp, browser: &Browser) -> (Phone, Vec<String>) {
    let page = browser.open("/account/security/app").await;
    let phone = Phone::scan(&page);
    let code = phone.code(app.cx.now());
    let shown = browser.submit(&page, "form#app", &[("name", "My phone"), ("code", &code)]).await;
    assert_eq!(shown.answer.status, 200, "{}", shown.answer.body);
    (phone, shown.text(".codes code").split(' ').map(str::to_owned).collect())
}

/// A person with an authenticator app, who signed in to set it up in a browser that is gone; the clock stands past that code.
pub async fn person_with_phone(app: &TestApp, username: &str) -> (Phone, Vec<String>) {
    let browser = app.browser();
    let pair = [("username", username), ("password", PASSWORD)];
    browser.submit(&browser.open("/login").await, "form#login", &pair).await;
    let set_up = set_up_phone(app, &browser).await;
    app.clock.advance(std::time::Duration::from_secs(30));
    set_up
}

fn base32(text: &str) -> Vec<u8> {
    let bits = text.chars().flat_map(|letter| {
        let value = BASE32.find(letter).unwrap();
        (0..5).rev().map(move |bit| value >> bit & 1)
    });
    let bits: Vec<usize> = bits.collect();
    let bytes = bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |sum, bit| sum << 1 | bit));
    bytes.map(|byte| u8::try_from(byte).unwrap()).collect()
}
