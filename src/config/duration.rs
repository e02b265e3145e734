//! Lengths of time as people write them: one whole number and one unit, `"90s"`, `"10m"`, `"30d"`.

use std::time::Duration;

/// Units and their milliseconds, largest first.
const UNITS: [(&str, u64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// What may be written, as it reads after "Write".
pub(super) const EXPECTED: &str = "a length of time in ms, s, m, h or d, such as \"10m\" or \"30d\"";

/// So many days.
pub(super) const fn days(number: u64) -> Duration {
    Duration::from_secs(86_400 * number)
}

/// Parses `"10m"`; an error is a sentence, for whoever typed it.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    parse(text).ok_or_else(|| format!("Write {EXPECTED}."))
}

/// Parses `"10m"`.
pub(super) fn parse(text: &str) -> Option<Duration> {
    let unit_at = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(unit_at);
    let (_, millis) = UNITS.iter().find(|(name, _)| *name == unit)?;
    number.parse::<u64>().ok()?.checked_mul(*millis).map(Duration::from_millis)
}

/// Writes a length of time in the largest unit that divides it.
#[must_use]
pub fn format_duration(duration: Duration) -> String {
    let millis = duration.as_millis();
    let unit = UNITS.iter().find(|(_, size)| millis > 0 && millis.is_multiple_of(u128::from(*size)));
    match unit {
        Some((name, size)) => format!("{}{name}", millis / u128::from(*size)),
        None => "0s".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_one_number_and_one_unit() {
        for (text, millis) in [("90s", 90_000), ("10m", 600_000), ("0s", 0), ("250ms", 250), ("30d", 2_592_000_000)] {
            assert_eq!(parse(text), Some(Duration::from_millis(millis)), "{text}");
        }
        for text in ["", "10", "m", "-1s", "1.5h", "1h30m", "10 m", "10M", "99999999999999999999s", "9999999999999999d"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn writes_the_largest_unit_that_fits_exactly() {
        for text in ["90s", "10m", "0s", "250ms", "30d", "25h"] {
            assert_eq!(format_duration(parse(text).unwrap()), text);
        }
        assert_eq!(format_duration(Duration::from_hours(1)), "1h");
    }
}
