//! How the secrets look that we mint: a prefix that names the kind, 43 base62 digits of 256 random bits, 6 base62
//! digits of a checksum. Secret scanners can recognize them, and we can refuse nonsense without a look-up.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use zeroize::{Zeroize, Zeroizing};

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// 62^43 is just above 2^256.
const SECRET_DIGITS: usize = 43;
/// 62^6 is above 2^32.
const CHECKSUM_DIGITS: usize = 6;

/// What a secret is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// An authorization code.
    Code,
    /// A device code.
    DeviceCode,
    /// A refresh token.
    RefreshToken,
    /// An opaque access token.
    AccessToken,
    /// A client's secret.
    ClientSecret,
    /// An API key for real work.
    LiveApiKey,
    /// An API key for trying things out.
    TestApiKey,
    /// A registration access token.
    Registration,
    /// An initial access token.
    InitialAccess,
    /// The secret of a one-time link.
    Link,
}

impl TokenKind {
    /// Every kind.
    pub const ALL: &[Self] = &[
        Self::Code,
        Self::DeviceCode,
        Self::RefreshToken,
        Self::AccessToken,
        Self::ClientSecret,
        Self::LiveApiKey,
        Self::TestApiKey,
        Self::Registration,
        Self::InitialAccess,
        Self::Link,
    ];

    /// What a secret of this kind begins with.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Code => "clv_code_",
            Self::DeviceCode => "clv_device_",
            Self::RefreshToken => "clv_rt_",
            Self::AccessToken => "clv_at_",
            Self::ClientSecret => "clv_secret_",
            Self::LiveApiKey => "clv_key_live_",
            Self::TestApiKey => "clv_key_test_",
            Self::Registration => "clv_reg_",
            Self::InitialAccess => "clv_init_",
            Self::Link => "clv_link_",
        }
    }
}

/// A presented secret that has the form of ours. Whether we ever minted it only the store can tell.
pub struct OpaqueToken {
    kind: TokenKind,
    text: SecretString,
}

impl OpaqueToken {
    /// What it is for.
    #[must_use]
    pub fn kind(&self) -> TokenKind {
        self.kind
    }
}

impl ExposeSecret<str> for OpaqueToken {
    fn expose_secret(&self) -> &str {
        self.text.expose_secret()
    }
}

impl fmt::Debug for OpaqueToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}…", self.kind.prefix())
    }
}

/// Writes 256 random bits as a secret of a kind.
#[must_use]
pub fn mint(kind: TokenKind, random: &[u8; 32]) -> SecretString {
    let mut text = Zeroizing::new(String::with_capacity(kind.prefix().len() + SECRET_DIGITS + CHECKSUM_DIGITS));
    text.push_str(kind.prefix());
    push_base62::<SECRET_DIGITS>(&mut text, random);
    let checksum = checksum(&text);
    text.push_str(&checksum);
    SecretString::from(text.as_str())
}

/// Reads a secret of a kind; `None` if the prefix, the alphabet, the length or the checksum is wrong.
#[must_use]
pub fn parse(kind: TokenKind, text: &str) -> Option<OpaqueToken> {
    let digits = text.strip_prefix(kind.prefix())?;
    if digits.len() != SECRET_DIGITS + CHECKSUM_DIGITS || !digits.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let (body, sum) = text.split_at_checked(text.len() - CHECKSUM_DIGITS)?;
    (checksum(body) == sum).then(|| OpaqueToken { kind, text: SecretString::from(text) })
}

/// The kind that the prefix names; the rest is not looked at.
#[must_use]
pub fn kind_of(text: &str) -> Option<TokenKind> {
    TokenKind::ALL.iter().copied().find(|kind| text.starts_with(kind.prefix()))
}

fn checksum(body: &str) -> String {
    let mut text = String::with_capacity(CHECKSUM_DIGITS);
    push_base62::<CHECKSUM_DIGITS>(&mut text, &crc32fast::hash(body.as_bytes()).to_be_bytes());
    text
}

/// Appends a big-endian number as exactly `N` base62 digits, by long division: each pass divides the number by 62 and
/// leaves the next digit, the lowest first.
fn push_base62<const N: usize>(text: &mut String, number: &[u8]) {
    let mut number = Zeroizing::new(number.to_vec());
    let mut digits = [0_u8; N];
    for digit in digits.iter_mut().rev() {
        let mut remainder = 0_usize;
        for byte in number.iter_mut() {
            let dividend = remainder << 8 | usize::from(*byte);
            *byte = u8::try_from(dividend / DIGITS.len()).unwrap_or(u8::MAX);
            remainder = dividend % DIGITS.len();
        }
        *digit = DIGITS.get(remainder).copied().unwrap_or_default();
    }
    text.extend(digits.iter().copied().map(char::from));
    digits.zeroize();
}

#[cfg(test)]
mod tests {
    use proptest::prelude::any;
    use proptest::proptest;

    use super::*;

    fn minted(kind: TokenKind, random: [u8; 32]) -> String {
        mint(kind, &random).expose_secret().to_owned()
    }

    #[test]
    fn writes_numbers_in_base62() {
        let written = |number: &[u8]| {
            let mut text = String::new();
            push_base62::<4>(&mut text, number);
            text
        };
        let cases: &[(&[u8], &str)] = &[(&[0], "0000"), (&[61], "000z"), (&[62], "0010"), (&[1, 0], "0048")];
        for (number, expected) in cases {
            assert_eq!(written(number), *expected);
        }
        // 2^256 - 1, computed independently.
        let mut most = String::new();
        push_base62::<SECRET_DIGITS>(&mut most, &[0xff; 32]);
        assert_eq!(most, MOST);
    }

    const MOST: &str = "yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp1";

    #[test]
    fn reads_back_what_it_minted() {
        for kind in TokenKind::ALL {
            for random in [[0; 32], [0xff; 32], [0x5a; 32]] {
                let text = minted(*kind, random);
                assert_eq!(text.len(), kind.prefix().len() + 49);
                assert_eq!(kind_of(&text), Some(*kind));
                let token = parse(*kind, &text).unwrap();
                assert_eq!((token.kind(), token.expose_secret()), (*kind, text.as_str()));
                for other in TokenKind::ALL.iter().filter(|other| *other != kind) {
                    assert!(parse(*other, &text).is_none());
                }
            }
        }
    }

    #[test]
    fn has_a_form_that_never_changes() {
        assert_eq!(minted(TokenKind::AccessToken, [0; 32]), "clv_at_00000000000000000000000000000000000000000000CporF");
    }

    #[test]
    fn refuses_nonsense_without_a_look_up() {
        let good = minted(TokenKind::Code, [7; 32]);
        let swapped = {
            let (start, end) = good.split_at(20);
            format!("{start}{}{}", if end.starts_with('0') { '1' } else { '0' }, &end[1..])
        };
        let shortened = &good[..good.len() - 1];
        let cases = ["", "clv_code_", &swapped, shortened, &format!("{good}0"), &good.to_lowercase(), "clv_rt_x", "é"];
        for text in cases {
            assert!(parse(TokenKind::Code, text).is_none(), "{text}");
        }
        let beyond = format!("clv_code_{}é", &good[9..good.len() - 2]);
        assert!(parse(TokenKind::Code, &beyond).is_none());
        let stranger = good[..good.len() - CHECKSUM_DIGITS].replacen(&good[20..21], "-", 1);
        assert!(parse(TokenKind::Code, &format!("{stranger}{}", checksum(&stranger))).is_none());
        assert_eq!(kind_of("eyJhbGciOi"), None);
    }

    #[test]
    fn never_prints_the_secret() {
        let token = parse(TokenKind::Link, &minted(TokenKind::Link, [7; 32])).unwrap();
        assert_eq!(format!("{token:?}"), "clv_link_…");
    }

    proptest! {
        #[test]
        fn reads_back_whatever_it_mints_and_nothing_beside_it(
            random in any::<[u8; 32]>(),
            at in any::<proptest::sample::Index>(),
            digit in "[0-9A-Za-z_]",
        ) {
            for kind in TokenKind::ALL {
                let text = minted(*kind, random);
                assert_eq!(parse(*kind, &text).unwrap().expose_secret(), text);
                let at = at.index(text.len());
                let altered = format!("{}{digit}{}", &text[..at], &text[at + 1..]);
                assert_eq!(parse(*kind, &altered).is_some(), altered == text, "{altered}");
            }
        }
    }
}
