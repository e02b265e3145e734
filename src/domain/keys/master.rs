//! The master key: 32 random bytes that live outside the database, so that a copy of the database signs and opens
//! nothing. It is never used itself; HKDF (RFC 5869) derives one key for each purpose from it.

use std::fmt;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use aws_lc_rs::hkdf;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use crate::clock::Entropy;

/// The file's name inside the directory of keys.
pub const FILE_NAME: &str = "encryption.key";

/// What a derived key is for. A key for one purpose tells nothing about the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Seals the private signing keys in the database.
    SigningKeys,
    /// Seals an authorization request while its person signs in.
    PendingRequest,
    /// Protects the session cookie.
    Cookie,
    /// Signs the tokens that guard forms.
    Csrf,
    /// Hashes the opaque tokens and secrets we minted.
    TokenHash,
    /// Seals the answers of the admin API that are kept for a repetition.
    KeptAnswers,
    /// Hashes the events of the log, so that they show tampering.
    EventChain,
    /// Seals the secrets of clients that sign with them.
    ClientSecrets,
    /// Makes the `sub` by which a sector knows a person.
    PairwiseSubjects,
    /// Seals the secrets of second factors, and what was proved by the first.
    SecondFactors,
    /// Seals what a browser tells of who has signed in there before.
    KnownDevices,
    /// Seals mail that waits, and what was asked to be sent.
    Mail,
    /// Seals what a passkey is asked, while the page waits for its answer.
    PasskeyQuestions,
    /// Hashes the names of those who were wrong.
    Guard,
    /// Seals the tokens of other providers.
    ProviderTokens,
}

impl Purpose {
    /// What HKDF is told. A label can never change: everything made under it would be lost.
    const fn label(self) -> &'static str {
        match self {
            Self::SigningKeys => "claviger/v1/signing-keys",
            Self::PendingRequest => "claviger/v1/pending-request",
            Self::Cookie => "claviger/v1/cookie",
            Self::Csrf => "claviger/v1/csrf",
            Self::TokenHash => "claviger/v1/token-hash",
            Self::KeptAnswers => "claviger/v1/kept-answers",
            Self::EventChain => "claviger/v1/event-chain",
            Self::ClientSecrets => "claviger/v1/client-secrets",
            Self::PairwiseSubjects => "claviger/v1/pairwise-subjects",
            Self::SecondFactors => "claviger/v1/second-factors",
            Self::KnownDevices => "claviger/v1/known-devices",
            Self::Mail => "claviger/v1/mail",
            Self::PasskeyQuestions => "claviger/v1/passkey-questions",
            Self::Guard => "claviger/v1/guard",
            Self::ProviderTokens => "claviger/v1/provider-tokens",
        }
    }
}

/// Whether the key was there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The key is new: made just now, by us.
    Created,
    /// The key was read from its file.
    Loaded,
}

/// The key from which the others are derived.
pub struct MasterKey(Zeroizing<[u8; 32]>);

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(..)")
    }
}

impl MasterKey {
    /// From the bytes themselves.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// From base64url, as the file and the setting `keys.encryption_key` hold it; `None` if it is not 32 bytes.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text.trim().trim_end_matches('=')).ok()?);
        Some(Self::from_bytes(bytes.as_slice().try_into().ok()?))
    }

    /// Reads the key from `directory`, or makes it there. Processes that start together end with the same key.
    pub fn load_or_create(directory: &Path, entropy: &dyn Entropy) -> Result<(Self, Origin), MasterKeyError> {
        let path = directory.join(FILE_NAME);
        if let Some(key) = Self::load(&path)? {
            return Ok((key, Origin::Loaded));
        }
        let key = Self::from_bytes(entropy.bytes());
        let created = key.save(directory, &path, entropy);
        match created.map_err(|source| MasterKeyError::Io { doing: "create", path: path.clone(), source })? {
            Origin::Created => Ok((key, Origin::Created)),
            Origin::Loaded => match Self::load(&path)? {
                Some(key) => Ok((key, Origin::Loaded)),
                None => Err(MasterKeyError::Malformed { path }),
            },
        }
    }

    /// Reads the key; `None` if there is no such file.
    fn load(path: &Path) -> Result<Option<Self>, MasterKeyError> {
        let io_error = |source| MasterKeyError::Io { doing: "read", path: path.to_owned(), source };
        let metadata = match fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other.map_err(io_error)?,
        };
        let mode = metadata.mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(MasterKeyError::Exposed { path: path.to_owned(), mode });
        }
        let text = Zeroizing::new(fs::read_to_string(path).map_err(io_error)?);
        Self::from_text(&text).map(Some).ok_or_else(|| MasterKeyError::Malformed { path: path.to_owned() })
    }

    /// Writes the key under another name and then links it into place, which succeeds for one process only and never
    /// shows half a file.
    fn save(&self, directory: &Path, path: &Path, entropy: &dyn Entropy) -> io::Result<Origin> {
        DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
        let draft = directory.join(format!(".{FILE_NAME}.{}", entropy.uuid()));
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        let mut text = Zeroizing::new(URL_SAFE_NO_PAD.encode(self.0.as_slice()));
        text.push('\n');
        let linked =
            file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).and_then(|()| {
                match fs::hard_link(&draft, path) {
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(Origin::Loaded),
                    other => other.map(|()| Origin::Created),
                }
            });
        fs::remove_file(&draft)?;
        // The name must survive a power cut as surely as the rows that will be sealed under the key.
        File::open(directory)?.sync_all()?;
        linked
    }

    /// The key for one purpose.
    ///
    /// # Panics
    /// Never: 32 bytes are within what HKDF can give.
    #[must_use]
    pub fn derive(&self, purpose: Purpose) -> Zeroizing<[u8; 32]> {
        let mut key = Zeroizing::new([0; 32]);
        let filled = hkdf::Salt::none(hkdf::HKDF_SHA256)
            .extract(self.0.as_slice())
            .expand(&[purpose.label().as_bytes()], hkdf::HKDF_SHA256)
            .and_then(|material| material.fill(key.as_mut_slice()));
        assert!(filled.is_ok(), "HKDF-SHA256 gives 32 bytes");
        key
    }
}

/// Why there is no master key.
#[derive(Debug)]
pub enum MasterKeyError {
    /// The file could not be read or made.
    Io {
        /// What was tried.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// Others than the owner may use the file.
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// The file does not hold a key.
    Malformed {
        /// The file.
        path: PathBuf,
    },
}

impl fmt::Display for MasterKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { doing, path, source } => {
                write!(f, "cannot {doing} the encryption key {}: {source}", path.display())
            }
            Self::Exposed { path, mode } => {
                let path = path.display();
                write!(
                    f,
                    "the encryption key {path} has mode {mode:04o}, so others may read it: run `chmod 600 {path}`"
                )
            }
            Self::Malformed { path } => write!(
                f,
                "{} does not hold 32 bytes in base64url: restore it from a backup (a new key cannot open what this one sealed)",
                path.display()
            ),
        }
    }
}

impl std::error::Error for MasterKeyError {}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::clock::{SystemEntropy, TestEntropy};

    fn key_in(directory: &Path) -> (MasterKey, Origin) {
        MasterKey::load_or_create(directory, &SystemEntropy).unwrap()
    }

    #[test]
    fn makes_the_key_once_for_its_owner_only() {
        let parent = tempfile::tempdir().unwrap();
        let directory = parent.path().join("keys");
        let (made, origin) = key_in(&directory);
        assert_eq!(origin, Origin::Created);
        let path = directory.join(FILE_NAME);
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert!(fs::read_to_string(&path).unwrap().ends_with('\n'));
        let (read, origin) = key_in(&directory);
        assert_eq!(origin, Origin::Loaded);
        assert_eq!(read.0, made.0);
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 1, "no draft stays behind");
    }

    #[test]
    fn gives_one_key_to_processes_that_start_together() {
        let directory = tempfile::tempdir().unwrap();
        let keys: Vec<_> = std::thread::scope(|scope| {
            let starts: Vec<_> = (0..16).map(|_| scope.spawn(|| key_in(directory.path()))).collect();
            starts.into_iter().map(|start| start.join().unwrap()).collect()
        });
        assert_eq!(keys.iter().filter(|(_, origin)| *origin == Origin::Created).count(), 1);
        assert!(keys.iter().all(|(key, _)| key.0 == keys[0].0.0));
    }

    #[test]
    fn refuses_a_file_that_others_may_read_and_says_what_to_do() {
        let directory = tempfile::tempdir().unwrap();
        key_in(directory.path());
        let path = directory.path().join(FILE_NAME);
        for mode in [0o640, 0o604, 0o620] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let error = MasterKey::load_or_create(directory.path(), &SystemEntropy).unwrap_err();
            assert!(error.to_string().contains("chmod 600"), "{error}");
        }
    }

    #[test]
    fn refuses_a_file_that_holds_no_key_and_leaves_it_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(FILE_NAME);
        for text in ["", "short", "not base64url!"] {
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            let error = MasterKey::load_or_create(directory.path(), &SystemEntropy).unwrap_err();
            assert!(matches!(error, MasterKeyError::Malformed { .. }), "{error}");
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
    }

    #[test]
    fn derives_a_key_of_its_own_for_each_purpose() {
        let master = MasterKey::from_bytes([7; 32]);
        let all = [
            Purpose::SigningKeys,
            Purpose::PendingRequest,
            Purpose::Cookie,
            Purpose::Csrf,
            Purpose::TokenHash,
            Purpose::KeptAnswers,
            Purpose::EventChain,
            Purpose::SecondFactors,
            Purpose::ProviderTokens,
        ];
        for (index, purpose) in all.into_iter().enumerate() {
            assert_eq!(master.derive(purpose), master.derive(purpose));
            assert!(all[..index].iter().all(|other| master.derive(*other) != master.derive(purpose)));
        }
    }

    /// What was sealed years ago must open: neither the labels nor the derivation may ever change.
    #[test]
    fn derives_the_same_keys_for_ever() {
        let key = MasterKey::from_bytes([7; 32]).derive(Purpose::SigningKeys);
        assert_eq!(URL_SAFE_NO_PAD.encode(key.as_slice()), "PfkBMwgJq214ZYbKUUiBxDIk7up95VsZbw9_VBh7PfA");
    }

    #[test]
    fn shows_nothing_when_printed() {
        let entropy: &dyn Entropy = &TestEntropy::from_seed(1);
        assert_eq!(format!("{:?}", MasterKey::from_bytes(entropy.bytes())), "MasterKey(..)");
    }

    #[test]
    fn reads_base64url_with_or_without_padding() {
        let text = URL_SAFE_NO_PAD.encode([9; 32]);
        for text in [text.clone(), format!("{text}="), format!(" {text}\n")] {
            assert_eq!(*MasterKey::from_text(&text).unwrap().0, [9; 32]);
        }
        assert!(MasterKey::from_text(&URL_SAFE_NO_PAD.encode([9; 31])).is_none());
    }
}
