//! A certificate in a header, as proxies that end TLS pass it on: URL-encoded PEM, as nginx writes it in
//! `$ssl_client_escaped_cert`, or the structured field of RFC 9440.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::ClientCertificate;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// Reads the value of such a header; `None` where it is empty: the client had no certificate. The error is a clause.
pub fn from_header(value: &str) -> Result<Option<ClientCertificate>, String> {
    let value = value.trim();
    if value.is_empty() {
        return Ok(None);
    }
    let unread = || "is neither URL-encoded PEM nor the base64 of DER between colons".to_owned();
    let der = match value.strip_prefix(':').and_then(|rest| rest.strip_suffix(':')) {
        // RFC 9440 §2.1: a byte sequence (RFC 8941) of the certificate in DER.
        Some(encoded) => STANDARD.decode(encoded).map_err(|_| unread())?,
        None => unescaped(value).as_deref().and_then(of_pem).ok_or_else(unread)?,
    };
    ClientCertificate::parse(&der, Vec::new()).map(Some)
}

/// The certificate that a PEM text is. Beside it there is nothing: where a proxy appends its own to what a client sent, a
/// reader that skips what it does not understand would take the client's.
fn of_pem(text: &str) -> Option<Vec<u8>> {
    let lines = text.trim().strip_prefix(BEGIN)?.strip_suffix(END)?;
    STANDARD.decode(lines.split_ascii_whitespace().collect::<String>()).ok()
}

/// Decodes `%xx`. A plus sign stays one, which base64 needs.
fn unescaped(text: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(if byte == b'%' {
            let mut digit = || char::from(bytes.next()?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
            digit()? << 4 | digit()?
        } else {
            byte
        });
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use super::super::samples::sample;
    use super::*;

    fn pem(der: &[u8]) -> String {
        format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", STANDARD.encode(der))
    }

    fn escaped(text: &str) -> String {
        text.bytes()
            .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).into() } else { format!("%{byte:02X}") })
            .collect()
    }

    /// RFC 9440 §2.1: base64 of DER between colons; nginx: PEM with every other byte escaped.
    #[test]
    fn reads_both_ways_of_writing_one() {
        let der = sample(|_| {}).der;
        let half_escaped = pem(&der).replace('\n', "%0a").replace(' ', "%20");
        for value in [format!(":{}:", STANDARD.encode(&der)), escaped(&pem(&der)), half_escaped] {
            assert_eq!(from_header(&value).unwrap().unwrap().der, der, "{value}");
        }
        assert!(from_header("").unwrap().is_none());
    }

    #[test]
    fn refuses_everything_else() {
        let der = sample(|_| {}).der;
        let (base64, pem) = (STANDARD.encode(&der), pem(&der));
        let two = escaped(&format!("{pem}{pem}"));
        for value in [&*base64, &format!(":{base64}"), ":bm9uc2Vuc2U=:", "::", "nonsense", "%", "%4", "%zz", &two] {
            assert!(from_header(value).is_err(), "{value}");
        }
        for one in [format!(":{base64}:"), pem.clone(), escaped(&pem), escaped(pem.trim())] {
            for between in [", ", ",", "%2C", "%0A", " "] {
                assert!(from_header(&format!("{one}{between}{one}")).is_err(), "two in one header");
            }
            for around in [format!("x%0A{one}"), format!("{one}x"), format!(",{one}"), format!("{one},")] {
                assert!(from_header(&around).is_err(), "{around}");
            }
        }
    }
}
