//! One-time codes of an authenticator app (RFC 6238): its secret, the address by which an app learns it, and which code
//! belongs to which step of time. Pure.

use aws_lc_rs::constant_time;
use qrcode::{Color, QrCode};
use totp_rs::{Builder, Totp};
use zeroize::Zeroizing;

use crate::clock::{Entropy, Timestamp};

/// RFC 4226 §4: 160 bits.
const SECRET_LENGTH: usize = 20;
/// How long a code is shown.
pub const STEP_SECONDS: i64 = 30;
/// RFC 6238 §5.2: so many steps early or late a code is taken, for clocks that go wrong and people who type.
pub const STEPS_BESIDE: i64 = 1;
/// The digits of a code.
const DIGITS: usize = 6;
/// The letters of a secret, in groups that can be typed.
const GROUP: usize = 4;

/// The secret that an app and this server share.
pub struct AppSecret(Zeroizing<[u8; SECRET_LENGTH]>);

impl AppSecret {
    /// A new one.
    #[must_use]
    pub fn draw(entropy: &dyn Entropy) -> Self {
        Self(Zeroizing::new(entropy.bytes()))
    }

    /// As it was stored; `None` if it has another length.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(Zeroizing::new(bytes.try_into().ok()?)))
    }

    /// The bytes, to be sealed.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// The step of time of which `typed` is the code, if it is one that may be typed at `now`.
    #[must_use]
    pub fn step_of(&self, typed: &str, now: Timestamp) -> Option<i64> {
        let step = now.seconds().div_euclid(STEP_SECONDS);
        let fits = |step: &i64| {
            let code = self.code(*step);
            code.is_some_and(|code| constant_time::verify_slices_are_equal(code.as_bytes(), typed.as_bytes()).is_ok())
        };
        (step - STEPS_BESIDE..=step + STEPS_BESIDE).rev().find(fits)
    }

    /// RFC 6238 §4: the code of a step.
    fn code(&self, step: i64) -> Option<String> {
        let seconds = u64::try_from(step.checked_mul(STEP_SECONDS)?).ok()?;
        Some(self.totp("account", "issuer").generate(seconds).to_string())
    }

    fn totp(&self, account: &str, issuer: &str) -> Totp {
        // Neither may hold the sign that parts them.
        let plain = |text: &str| text.replace(':', " ");
        Builder::new()
            .with_secret(self.0.to_vec())
            .with_account_name(plain(account))
            .with_issuer(Some(plain(issuer)))
            .build_noncompliant()
    }

    /// How an app learns the secret: the `otpauth` address that its camera reads, of an account at `server`.
    #[must_use]
    pub fn address(&self, server: &str, username: &str) -> String {
        self.totp(username, server).to_url().unwrap_or_default()
    }

    /// The secret for people to type, in base32.
    #[must_use]
    pub fn shown(&self) -> String {
        let text = self.totp("account", "issuer").secret().to_base32();
        let groups: Vec<_> = text.as_bytes().chunks(GROUP).map(String::from_utf8_lossy).collect();
        groups.join(" ")
    }
}

/// Six digits, however they were parted; `None` if it is no code of an app.
#[must_use]
pub fn digits(typed: &str) -> Option<String> {
    let kept: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    (kept.len() == DIGITS && kept.bytes().all(|byte| byte.is_ascii_digit())).then_some(kept)
}

/// A QR code as the outline of its dark squares in an SVG, and how wide it is, with the quiet zone round it.
#[must_use]
pub fn picture(text: &str) -> Option<(String, usize)> {
    const QUIET: usize = 4;
    let code = QrCode::new(text).ok()?;
    let width = code.width();
    let squares = code.to_colors().into_iter().enumerate().filter(|(_, color)| *color == Color::Dark);
    let outline = squares.map(|(at, _)| format!("M{} {}h1v1h-1z", at % width + QUIET, at / width + QUIET));
    Some((outline.collect(), width + 2 * QUIET))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238's own examples.
    const SECRET: &[u8; 20] = b"12345678901234567890";

    /// RFC 6238 §4, RFC 4226 §4: the examples of RFC 6238 in its appendix B, of which our codes are the last six digits.
    #[test]
    fn makes_the_codes_of_the_specification() {
        let secret = AppSecret::from_bytes(SECRET).unwrap();
        for (seconds, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")]
        {
            let now = Timestamp::from_seconds(seconds);
            assert_eq!(secret.step_of(code, now), Some(seconds / STEP_SECONDS), "{seconds}");
        }
    }

    /// RFC 6238 §5.2: one step early and one late, and no more.
    #[test]
    fn takes_a_code_a_step_early_and_a_step_late() {
        let secret = AppSecret::from_bytes(SECRET).unwrap();
        // The code of the step that begins at 1111111080.
        let (code, begins) = ("081804", 1_111_111_080);
        for (seconds, taken) in [(-31, false), (-30, true), (0, true), (29, true), (30, true), (59, true), (60, false)]
        {
            let step = secret.step_of(code, Timestamp::from_seconds(begins + seconds));
            assert_eq!(step, taken.then_some(begins / STEP_SECONDS), "{seconds}");
        }
        assert_eq!(secret.step_of("000000", Timestamp::from_seconds(begins)), None);
        assert_eq!(secret.step_of("", Timestamp::from_seconds(-90)), None);
    }

    #[test]
    fn tells_an_app_all_that_it_needs() {
        let secret = AppSecret::from_bytes(SECRET).unwrap();
        let address = url::Url::parse(&secret.address("Example: id & co", "ada:1 & co")).unwrap();
        assert_eq!((address.scheme(), address.host_str()), ("otpauth", Some("totp")));
        let pairs: Vec<_> =
            address.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        let secret_text = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        assert!(pairs.contains(&("secret".to_owned(), secret_text.to_owned())), "{pairs:?}");
        assert!(pairs.contains(&("issuer".to_owned(), "Example  id & co".to_owned())), "{pairs:?}");
        assert_eq!(secret.shown().replace(' ', ""), secret_text);
        let (outline, width) = picture(address.as_str()).unwrap();
        assert!(outline.starts_with("M4 4h1v1h-1z") && width > 29);
    }

    #[test]
    fn reads_six_digits_however_they_are_parted() {
        for typed in ["123456", " 123 456 ", "12 34 56"] {
            assert_eq!(digits(typed).as_deref(), Some("123456"), "{typed}");
        }
        for typed in ["", "12345", "1234567", "12345a", "１２３４５６", "-12345"] {
            assert_eq!(digits(typed), None, "{typed}");
        }
    }
}
