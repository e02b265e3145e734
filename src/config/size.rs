//! Amounts of memory as people write them: `"64KiB"`, `"1MiB"`.

use serde_json::Value as Json;

use super::readable::Readable;
use super::source::Value;

const UNITS: [(&str, usize); 3] = [("MiB", 1024 * 1024), ("KiB", 1024), ("B", 1)];

/// A number of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ByteSize(usize);

impl ByteSize {
    /// So many times 1024 bytes.
    #[must_use]
    pub const fn kib(number: usize) -> Self {
        Self(number * 1024)
    }

    /// The number of bytes.
    #[must_use]
    pub const fn bytes(self) -> usize {
        self.0
    }
}

impl Readable for ByteSize {
    const EXPECTED: &'static str = "a size in B, KiB or MiB, such as \"64KiB\"";

    fn parse(value: &Value) -> Result<Self, String> {
        let text = value.text()?;
        let size =
            UNITS.iter().find_map(|(name, bytes)| text.strip_suffix(name)?.parse::<usize>().ok()?.checked_mul(*bytes));
        size.map(Self).ok_or_else(|| "is not a size".to_owned())
    }

    fn show(&self) -> Json {
        let unit = UNITS.iter().find(|(_, size)| self.0 > 0 && self.0.is_multiple_of(*size));
        let (name, size) = unit.unwrap_or(&("B", 1));
        Json::from(format!("{}{name}", self.0 / size))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_sizes_with_their_unit() {
        for (text, bytes) in [("64KiB", 65_536), ("1MiB", 1_048_576), ("10B", 10), ("0B", 0)] {
            let size = ByteSize::parse(&Value::Text(text.to_owned())).unwrap();
            assert_eq!(size.bytes(), bytes);
            assert_eq!(size.show(), text);
        }
        for text in ["", "64", "KiB", "64KB", "-1B"] {
            assert!(ByteSize::parse(&Value::Text(text.to_owned())).is_err(), "{text}");
        }
    }
}
