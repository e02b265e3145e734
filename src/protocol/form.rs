//! Decoding of one name or value of `application/x-www-form-urlencoded`, without guessing: what a lenient decoder
//! would repair (a lone `%`, bytes that are not UTF-8) is refused, so that no two parties read it differently.

use std::fmt;

/// Why a name or value cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormFault {
    /// `%` without two hexadecimal digits after it.
    BadEscape,
    /// The decoded bytes are not UTF-8.
    NotUtf8,
    /// The decoded text holds a control character.
    ControlCharacter,
    /// The decoded text is longer than allowed.
    TooLong,
}

impl fmt::Display for FormFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BadEscape => "has a percent sign without two hexadecimal digits after it",
            Self::NotUtf8 => "is not valid UTF-8 once percent-decoded",
            Self::ControlCharacter => "holds a control character",
            Self::TooLong => "is too long",
        })
    }
}

/// Decodes `+` and `%xx`. The result is UTF-8 without control characters, at most `max` bytes long.
pub fn decode(encoded: &[u8], max: usize) -> Result<String, FormFault> {
    let text = decode_lines(encoded, max)?;
    if text.contains(LINE_BREAKS) { Err(FormFault::ControlCharacter) } else { Ok(text) }
}

/// What parts lines.
pub const LINE_BREAKS: [char; 2] = ['\r', '\n'];

/// The same, for text of several lines, as people type it into a larger field.
pub fn decode_lines(encoded: &[u8], max: usize) -> Result<String, FormFault> {
    let mut decoded = Vec::with_capacity(encoded.len().min(max));
    let mut bytes = encoded.iter().copied();
    while let Some(byte) = bytes.next() {
        // Stopping here keeps a refused value from costing more than an accepted one.
        if decoded.len() == max {
            return Err(FormFault::TooLong);
        }
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => hex(bytes.next())? << 4 | hex(bytes.next())?,
            other => other,
        });
    }
    // RFC 6749 §B: parameters are UTF-8, then form-encoded.
    let text = String::from_utf8(decoded).map_err(|_| FormFault::NotUtf8)?;
    let is_refused = |character: char| character.is_control() && !LINE_BREAKS.contains(&character);
    if text.chars().any(is_refused) { Err(FormFault::ControlCharacter) } else { Ok(text) }
}

fn hex(digit: Option<u8>) -> Result<u8, FormFault> {
    match digit {
        Some(digit @ b'0'..=b'9') => Ok(digit - b'0'),
        Some(digit @ b'a'..=b'f') => Ok(digit - b'a' + 10),
        Some(digit @ b'A'..=b'F') => Ok(digit - b'A' + 10),
        _ => Err(FormFault::BadEscape),
    }
}

#[cfg(test)]
mod tests {
    use proptest::proptest;
    use url::form_urlencoded::byte_serialize;

    use super::*;

    /// RFC 6749 §B: the example of the specification, and what must not be guessed at.
    #[test]
    fn decodes_strictly() {
        let cases: &[(&[u8], Result<&str, FormFault>)] = &[
            (b"", Ok("")),
            (b"+%25%26%2B%C2%A3%E2%82%AC", Ok(" %&+£€")),
            (b"a%2fb%2Fc", Ok("a/b/c")),
            (b"%", Err(FormFault::BadEscape)),
            (b"a%4", Err(FormFault::BadEscape)),
            (b"%zz", Err(FormFault::BadEscape)),
            (b"%+1", Err(FormFault::BadEscape)),
            (b"%C3%28", Err(FormFault::NotUtf8)),
            (b"\xff", Err(FormFault::NotUtf8)),
            (b"%ED%A0%80", Err(FormFault::NotUtf8)),
            (b"a%00", Err(FormFault::ControlCharacter)),
            (b"a%0D%0Ab", Err(FormFault::ControlCharacter)),
            (b"%7F", Err(FormFault::ControlCharacter)),
            (b"%C2%85", Err(FormFault::ControlCharacter)),
        ];
        for (encoded, expected) in cases {
            let shown = String::from_utf8_lossy(encoded);
            assert_eq!(decode(encoded, 100).as_deref(), expected.as_ref().copied(), "{shown}");
        }
    }

    #[test]
    fn counts_decoded_bytes_against_the_bound() {
        assert_eq!(decode(b"%41%41%41", 3).as_deref(), Ok("AAA"));
        assert_eq!(decode(b"AAAA", 3), Err(FormFault::TooLong));
    }

    proptest! {
        /// RFC 6749 §B: whoever encodes by the rule is understood, and so is whoever escapes everything.
        #[test]
        fn decodes_what_others_encode(text in "\\PC{0,99}") {
            let encoded: String = byte_serialize(text.as_bytes()).collect();
            assert_eq!(decode(encoded.as_bytes(), text.len()).as_deref(), Ok(text.as_str()));
            let escaped = text.bytes().fold(String::new(), |text, byte| text + format!("%{byte:02x}").as_str());
            assert_eq!(decode(escaped.as_bytes(), text.len()).as_deref(), Ok(text.as_str()));
        }
    }
}
