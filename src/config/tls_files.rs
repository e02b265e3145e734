//! A certificate of the server and its key, as `[server.tls]` and `[server.mtls]` name them.

use std::path::PathBuf;

use super::reader::Reader;

/// `certificate_file` and `key_file`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// PEM: the certificate and those that lead to its root.
    pub certificate_file: PathBuf,
    /// PEM: the private key.
    pub key_file: PathBuf,
}

/// The two files below `section`, which go together.
pub(super) fn read_tls(reader: &mut Reader, section: &str) -> Option<TlsFiles> {
    let [certificate_key, key_key] = ["certificate_file", "key_file"].map(|name| format!("{section}.{name}"));
    let certificate_file = reader.optional_path(&certificate_key);
    let key_file = reader.optional_path(&key_key);
    let mut refuse = |set: &str, unset: &str| {
        reader.refuse(set, &format!("is set without {unset}"), "Set both, or neither.");
        None
    };
    match (certificate_file, key_file) {
        (Some(certificate_file), Some(key_file)) => Some(TlsFiles { certificate_file, key_file }),
        (Some(_), None) => refuse(&certificate_key, &key_key),
        (None, Some(_)) => refuse(&key_key, &certificate_key),
        (None, None) => None,
    }
}
