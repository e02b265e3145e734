//! Password hashes that other software made, for people who come from there: bcrypt, scrypt, PBKDF2 and Argon2, as PHC
//! strings, crypt's and Django's. They are checked as they are until their person signs in, and then replaced by ours.

use std::fmt;
use std::num::NonZeroU32;

use argon2::Params;
use argon2::password_hash::phc::PasswordHash;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::pbkdf2;
use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

/// With or without padding at the end.
const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const BASE64: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);

/// What costs more than these is not taken: checking it would hold up everybody else's sign-in.
const MOST_BCRYPT_COST: u32 = 15;
const MOST_PBKDF2_ITERATIONS: u32 = 10_000_000;
const MOST_SCRYPT_BYTES: u64 = 128 * 1024 * 1024;
pub(super) const MOST_ARGON2_KIB: u32 = 256 * 1024;
const MOST_PASSES: u32 = 20;
/// The shortest output that tells one password from another.
const SHORTEST_OUTPUT: usize = 16;
const LONGEST_OUTPUT: usize = 128;
const LONGEST_TEXT: usize = 512;

/// A hash that is to be kept for somebody.
#[derive(Clone, PartialEq, Eq)]
pub struct ImportedHash(String);

impl fmt::Debug for ImportedHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ImportedHash(..)")
    }
}

impl ImportedHash {
    /// What a person is told whose hash is none of these.
    pub const EXPECTED: &str = "It is no hash that can be checked here. These can: $argon2id$…, $argon2i$…, $2b$… (bcrypt), \
        $scrypt$…, $pbkdf2-sha256$…, $pbkdf2-sha512$…, and Django's pbkdf2_sha256$…, pbkdf2_sha1$…, bcrypt_sha256$…, \
        bcrypt$…, scrypt$…, argon2$…; none that takes more than 256 MiB of memory (scrypt 128) or uncommonly much time.";

    /// Reads a hash, if it is one that can be checked.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() > LONGEST_TEXT {
            return None;
        }
        // Django names the algorithm before what others write.
        let text = text.strip_prefix("argon2").or_else(|| text.strip_prefix("bcrypt$")).unwrap_or(text);
        let is_known = if text.starts_with("$argon2") { is_argon2(text) } else { ForeignHash::parse(text).is_some() };
        is_known.then(|| Self(text.to_owned()))
    }

    /// As it is kept.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

fn is_argon2(text: &str) -> bool {
    let Ok(hash) = PasswordHash::new(text) else { return false };
    let Ok(params) = Params::try_from(&hash) else { return false };
    let is_whole = hash.salt.is_some() && hash.hash.as_ref().is_some_and(|hash| hash.len() >= SHORTEST_OUTPUT);
    is_whole && params.m_cost() <= MOST_ARGON2_KIB && params.t_cost() <= MOST_PASSES && params.p_cost() <= MOST_PASSES
}

/// A hash of another making than Argon2.
pub(super) enum ForeignHash {
    /// Of the password, or where software wanted to keep more than its first 72 bytes, of a hash of it.
    Bcrypt {
        text: String,
        of_a_hash: bool,
    },
    Pbkdf2 {
        algorithm: pbkdf2::Algorithm,
        iterations: NonZeroU32,
        salt: Vec<u8>,
        output: Vec<u8>,
    },
    Scrypt {
        params: scrypt::Params,
        salt: Vec<u8>,
        output: Vec<u8>,
    },
}

impl ForeignHash {
    /// Reads a hash, if it is one of these.
    pub fn parse(text: &str) -> Option<Self> {
        if text.starts_with("$2") {
            return bcrypt_hash(text, false);
        }
        if let Some(rest) = text.strip_prefix("bcrypt_sha256$") {
            return bcrypt_hash(rest, true);
        }
        let parts: Vec<&str> = text.split('$').collect();
        match parts[..] {
            ["", "scrypt", params, salt, output] => {
                let of = |name| number_of(params, name);
                let params = scrypt_params(1_u64.checked_shl(of("ln")?)?, of("r")?, of("p")?)?;
                Some(Self::Scrypt { params, salt: decode(salt)?, output: output_of(output)? })
            }
            ["scrypt", n, salt, r, p, output] => {
                let params = scrypt_params(n.parse().ok()?, r.parse().ok()?, p.parse().ok()?)?;
                Some(Self::Scrypt { params, salt: salt.as_bytes().to_vec(), output: output_of(output)? })
            }
            ["", name, rounds, salt, output] => {
                let iterations = rounds.parse().ok().or_else(|| number_of(rounds, "i"))?;
                pbkdf2_hash(name.strip_prefix("pbkdf2-")?, iterations, decode(salt)?, output)
            }
            [name, iterations, salt, output] => {
                let salt = salt.as_bytes().to_vec();
                pbkdf2_hash(name.strip_prefix("pbkdf2_")?, iterations.parse().ok()?, salt, output)
            }
            _ => None,
        }
    }

    /// How much memory it takes to check it.
    pub const fn bytes(&self) -> u64 {
        match self {
            Self::Bcrypt { .. } | Self::Pbkdf2 { .. } => 0,
            // RFC 7914 §2
            Self::Scrypt { params, .. } => (params.r() as u64 * 128) << params.log_n(),
        }
    }

    /// Whether it is the hash of `password`. Compared in constant time.
    pub fn fits(&self, password: &SecretString) -> bool {
        let bytes = password.expose_secret().as_bytes();
        match self {
            Self::Bcrypt { text, of_a_hash: false } => bcrypt::verify(bytes, text).unwrap_or(false),
            Self::Bcrypt { text, of_a_hash: true } => {
                bcrypt::verify(hex(digest(&SHA256, bytes).as_ref()), text).unwrap_or(false)
            }
            Self::Pbkdf2 { algorithm, iterations, salt, output } => {
                pbkdf2::verify(*algorithm, *iterations, salt, bytes, output).is_ok()
            }
            Self::Scrypt { params, salt, output } => {
                let mut computed = vec![0; output.len()];
                scrypt::scrypt(bytes, salt, params, &mut computed).is_ok() && bool::from(computed.ct_eq(output))
            }
        }
    }
}

fn bcrypt_hash(text: &str, of_a_hash: bool) -> Option<ForeignHash> {
    let cost: u32 = text.split('$').nth(2)?.parse().ok()?;
    let is_whole = text.len() == 60 && text.is_ascii() && text.parse::<bcrypt::HashParts>().is_ok();
    (is_whole && (4..=MOST_BCRYPT_COST).contains(&cost))
        .then(|| ForeignHash::Bcrypt { text: text.to_owned(), of_a_hash })
}

fn pbkdf2_hash(digest: &str, iterations: u32, salt: Vec<u8>, output: &str) -> Option<ForeignHash> {
    let algorithm = match digest {
        "sha1" => pbkdf2::PBKDF2_HMAC_SHA1,
        "sha256" => pbkdf2::PBKDF2_HMAC_SHA256,
        "sha512" => pbkdf2::PBKDF2_HMAC_SHA512,
        _ => return None,
    };
    let iterations = NonZeroU32::new(iterations).filter(|number| number.get() <= MOST_PBKDF2_ITERATIONS)?;
    Some(ForeignHash::Pbkdf2 { algorithm, iterations, salt, output: output_of(output)? })
}

/// RFC 7914 §2: the memory is 128 bytes for each of N and r.
fn scrypt_params(n: u64, r: u32, p: u32) -> Option<scrypt::Params> {
    let bytes = n.checked_mul(128)?.checked_mul(r.into())?;
    if !n.is_power_of_two() || bytes > MOST_SCRYPT_BYTES || p > MOST_PASSES {
        return None;
    }
    scrypt::Params::new(u8::try_from(n.trailing_zeros()).ok()?, r, p).ok()
}

/// A number of a list like `ln=15,r=8,p=1`.
fn number_of(list: &str, name: &str) -> Option<u32> {
    list.split(',').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')?.parse().ok())
}

fn output_of(text: &str) -> Option<Vec<u8>> {
    decode(text).filter(|output| (SHORTEST_OUTPUT..=LONGEST_OUTPUT).contains(&output.len()))
}

/// Bytes in hexadecimal, small.
pub(super) fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

/// Base64, in which some write a point for the plus.
fn decode(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text.replace('.', "+")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What all of these are of.
    const PASSWORD: &str = "correct horse battery staple";
    /// By Django 5.2, passlib 1.7, and Python's bcrypt.
    const FOREIGN: [&str; 10] = [
        "pbkdf2_sha256$1000$0ydJT0QAf12jzMyNHPo3uq$wFsKKvjQIU2tiojyp55xl7vF+Uryanj9CY/QOly9mLw=",
        "pbkdf2_sha1$1000$XYPNSBWK9o1arDGmDiY0R2$6juygHtDTuG0wm4ryJV9UM9/HS0=",
        "bcrypt_sha256$$2b$04$TSRv8Lo2F0LU1zzB1Ma1Pe.HJyceoYevm2duCVubDE9qaJEowHDWq",
        "bcrypt$$2b$04$m575HmRBkdxKH8eYDyXoGOC4Xa0H1z2cgUw.XPdTpMl4x2gPrlGfy",
        "scrypt$16$drp7fuHtL67ThDK33Gb35H$8$5$oAKDBLgLrs0PfgFbISViUfk5aDFqX0QtBd4fBeYqhar/SuRbME+TiKFw3givtNLC+UpI9ImRGZ4BikyJ5mUyTA==",
        "$pbkdf2-sha256$1000$DsFYixFijLF2bo2Rcm4t5Q$1zBlOF2C9PuVh29xd/UbjZUuyAvdz96MLETDFerH5qM",
        "$pbkdf2-sha512$1000$pBTiPCdk7J3TGoNwbq31fg$hU1B1jJtFx0Va92JKMeVV7Jzgt3/6MeBAY4dTWNdhZzv3SDKORVo7mROFe5v7A/cgtCO4WPkFMEvvHyjwAnTKw",
        "$scrypt$ln=4,r=8,p=1$zPlfS2kNwdh7zzmHsLb2ng$yth0OL+N0FKK3NsaklwBqd9fb8tRe7d68m8dDe6+1LE",
        "$2b$04$/VW/TVaHH3kxeU4.SnVqpuBFRtwbcjmitbfWUvmUnH56Td0kExKNy",
        "$2a$04$yBuR9RAyzOc.c.r4SRix4O4sZni.FU0FNp1V4OHiFdXsVj/PSYsLG",
    ];
    const ARGON2: [&str; 3] = [
        "argon2$argon2id$v=19$m=64,t=1,p=1$NGRsa1RCTkp4aWxjMDlPUjBGSXJLaQ$UsYm2Ky+HKhR6BG51yGEZNhraiUjWG+BGraJWSWZUfg",
        "$argon2i$v=19$m=64,t=1,p=1$k/3BNW4HeDwvyNh33peeYQ$XgtdDWX811FvIREtVDse190tNLdwvtta7X6DVcACQI0",
        "$argon2d$v=19$m=64,t=1,p=1$aT70G3Yl9YJU8B1pIToBmw$GoHt7wvgH1E+h7H+GYdDSTMPRnaARAaSAOCv5DoaSUY",
    ];

    #[test]
    fn checks_what_other_software_made() {
        for text in FOREIGN {
            let kept = ImportedHash::parse(&format!(" {text}\n")).unwrap_or_else(|| panic!("{text}")).into_string();
            let hash = ForeignHash::parse(&kept).unwrap_or_else(|| panic!("{kept}"));
            assert!(hash.fits(&PASSWORD.into()), "{text}");
            assert!(!hash.fits(&"another".into()) && !hash.fits(&"".into()), "{text}");
        }
        for text in ARGON2 {
            let kept = ImportedHash::parse(text).unwrap_or_else(|| panic!("{text}")).into_string();
            assert!(kept.starts_with("$argon2") && ForeignHash::parse(&kept).is_none());
        }
    }

    /// RFC 7914 §2: a large N takes memory without end.
    #[test]
    fn refuses_what_it_cannot_check_or_what_costs_too_much() {
        for text in [
            "",
            "x",
            PASSWORD,
            "5f4dcc3b5aa765d61d8327deb882cf99",
            "{SSHA}DkMTwBl+a/3DQTxCYEApdUtNXGgdUac3",
            "$1$abc$xyz",
            "$6$abc$xyz",
            "$2b$10$abcdefghijklmnopqrstuv",
            "$2b$31$/VW/TVaHH3kxeU4.SnVqpuBFRtwbcjmitbfWUvmUnH56Td0kExKNy",
            "$2b$04$/VW/TVaHH3kxeU4.SnVqpuBFRtwbcjmitbfWUvmUnH56Td0kExK!y",
            "pbkdf2_md5$1000$abc$wFsKKvjQIU2tiojyp55xl7vF+Uryanj9CY/QOly9mLw=",
            "pbkdf2_sha256$0$abc$wFsKKvjQIU2tiojyp55xl7vF+Uryanj9CY/QOly9mLw=",
            "pbkdf2_sha256$4000000000$abc$wFsKKvjQIU2tiojyp55xl7vF+Uryanj9CY/QOly9mLw=",
            "pbkdf2_sha256$1000$abc$AA==",
            "pbkdf2_sha256$1000$abc$",
            "$scrypt$ln=40,r=8,p=1$zPlfS2kNwdh7zzmHsLb2ng$yth0OL+N0FKK3NsaklwBqd9fb8tRe7d68m8dDe6+1LE",
            "$scrypt$ln=4,r=0,p=1$zPlfS2kNwdh7zzmHsLb2ng$yth0OL+N0FKK3NsaklwBqd9fb8tRe7d68m8dDe6+1LE",
            "scrypt$17$salt$8$5$oAKDBLgLrs0PfgFbISViUfk5aDFqX0QtBd4fBeYqhar/SuRbME+TiKFw3givtNLC+UpI9ImRGZ4BikyJ5mUyTA==",
            "$argon2id$v=19$m=8388608,t=1,p=1$NGRsa1RCTkp4aWxjMDlPUjBGSXJLaQ$UsYm2Ky+HKhR6BG51yGEZNhraiUjWG+BGraJWSWZUfg",
            "$argon2id$v=19$m=64,t=1,p=1$NGRsa1RCTkp4aWxjMDlPUjBGSXJLaQ",
            &format!("$2b${}", "0".repeat(1000)),
        ] {
            assert!(ImportedHash::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn says_nothing_of_a_hash() {
        let hash = ImportedHash::parse(FOREIGN[0]).unwrap();
        assert!(!format!("{hash:?}").contains("sha256"));
    }
}
