//! What the values of standard claims look like: OpenID Connect Core, section 5.1.

use time::{Date, Month};

pub(super) fn looks_like_email(text: &str) -> bool {
    let unspaced = !text.contains(|c: char| c.is_whitespace() || c.is_control());
    unspaced && text.rsplit_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
}

pub(super) fn is_birthdate(text: &str) -> bool {
    let number = |digits: &str, length: usize| -> Option<u16> {
        (digits.len() == length && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok())?
    };
    let mut parts = text.split('-');
    let year = parts.next().and_then(|year| number(year, 4));
    match (year, parts.next(), parts.next(), parts.next()) {
        (Some(_), None, None, None) => true,
        (Some(year), Some(month), Some(day), None) => {
            let month = number(month, 2).and_then(|month| u8::try_from(month).ok()?.try_into().ok());
            let day = number(day, 2).and_then(|day| u8::try_from(day).ok());
            // The year 0 is a leap year here, so that a birthday on 29 February can be told without its year.
            month
                .zip(day)
                .is_some_and(|(month, day): (Month, u8)| Date::from_calendar_date(i32::from(year), month, day).is_ok())
        }
        _ => false,
    }
}

/// Whether it is of the form of a name in the time zone database. Whether there is such a zone changes with every edition
/// of that database, so that is left to whoever reads it.
pub(super) fn is_time_zone(text: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'+' | b'-'))
    };
    text.split('/').all(is_part)
}

/// Whether it is of the form of a language tag: RFC 5646 §2.1.
pub(super) fn is_language_tag(text: &str) -> bool {
    let mut parts = text.split('-');
    let language = parts.next().unwrap_or_default();
    (2..=8).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// OIDC Core §5.1: the forms of a birthdate.
    #[test]
    fn knows_birthdates() {
        for good in ["1815-12-10", "0000-12-10", "0000-02-29", "2000-02-29", "1815"] {
            assert!(is_birthdate(good), "{good}");
        }
        for bad in
            ["", "1815-12", "1815-13-10", "1815-02-30", "1900-02-29", "15-12-10", "1815-1-1", "+815", "1815-12-10-"]
        {
            assert!(!is_birthdate(bad), "{bad}");
        }
    }

    /// OIDC Core §5.1: names of the time zone database.
    #[test]
    fn knows_time_zones() {
        for good in ["Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+1", "UTC", "America/Port-au-Prince"] {
            assert!(is_time_zone(good), "{good}");
        }
        for bad in ["", "Europe/", "/Berlin", "Europe//Berlin", "half past nine", "Zürich", "<b>"] {
            assert!(!is_time_zone(bad), "{bad}");
        }
    }

    /// RFC 5646 §2.1, OIDC Core §5.1: language tags.
    #[test]
    fn knows_language_tags() {
        for good in ["de", "de-CH", "zh-Hant-TW", "en-US", "sl-rozaj-biske-1994", "gsw"] {
            assert!(is_language_tag(good), "{good}");
        }
        for bad in ["", "d", "de_CH", "de-", "-CH", "de--CH", "languages9", "1a", "de-CHhhhhhhhh", "<b>"] {
            assert!(!is_language_tag(bad), "{bad}");
        }
    }
}
