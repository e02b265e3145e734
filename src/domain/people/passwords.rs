//! Passwords: what may be one, and Argon2id (RFC 9106) to keep and check them.
//!
//! A hash takes much memory and time on purpose, so it runs off the threads that serve requests, on a few of its own;
//! when too many wait, the next is turned away rather than let a flood of sign-ins take all memory.

use std::fmt;
use std::sync::Arc;

use argon2::password_hash::Error as HashError;
use argon2::password_hash::phc::{Output, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::foreign_hash::{ForeignHash, MOST_ARGON2_KIB};
use super::password_threads::{Memory, PasswordThreads};
use crate::clock::Entropy;

/// The longest password that is accepted, in bytes: longer ones serve nobody but an attacker.
const LONGEST_PASSWORD: usize = 1024;

/// How much a hash costs, and how many may be made at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Argon2Settings {
    /// Memory for one hash, in KiB.
    pub memory_kib: u32,
    /// Passes over that memory.
    pub iterations: u32,
    /// Lanes of the memory, computed one after the other.
    pub parallelism: u32,
    /// How many hashes are computed at once: with `memory_kib` this bounds the memory.
    pub max_concurrent: usize,
    /// How many more may wait.
    pub max_waiting: usize,
}

/// Makes and checks password hashes.
pub struct PasswordHasher {
    argon2: Argon2<'static>,
    entropy: Arc<dyn Entropy>,
    /// One place for each hash at work or waiting.
    places: Arc<Semaphore>,
    /// One permit for each hash at work.
    workers: Arc<Semaphore>,
    /// One permit, for whichever hash takes more memory than ours: those that other software made bring their own settings.
    large: Arc<Semaphore>,
    threads: PasswordThreads,
    /// How many places there are beyond those of the hashes at work.
    max_waiting: usize,
    /// What the password of a person who does not exist is compared with.
    nobody: PasswordHash,
}

impl fmt::Debug for PasswordHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordHasher").field("params", self.argon2.params()).finish_non_exhaustive()
    }
}

impl PasswordHasher {
    /// A hasher with these settings, if Argon2 allows them.
    pub fn new(settings: &Argon2Settings, entropy: Arc<dyn Entropy>) -> Result<Self, PasswordError> {
        let Argon2Settings { memory_kib, iterations, parallelism, .. } = *settings;
        let params = Params::new(memory_kib, iterations, parallelism, None).map_err(|_| PasswordError::Settings)?;
        let max_concurrent = settings.max_concurrent.clamp(1, Semaphore::MAX_PERMITS);
        let places = max_concurrent.saturating_add(settings.max_waiting).min(Semaphore::MAX_PERMITS);
        Ok(Self {
            nobody: hash_of_nobody(&params, &*entropy).map_err(|_| PasswordError::Settings)?,
            argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            entropy,
            places: Arc::new(Semaphore::new(places)),
            workers: Arc::new(Semaphore::new(max_concurrent)),
            large: Arc::new(Semaphore::new(1)),
            threads: PasswordThreads::start(max_concurrent).map_err(|_| PasswordError::Failed)?,
            max_waiting: places - max_concurrent,
        })
    }

    /// How many passwords wait for their turn.
    #[must_use]
    pub fn waiting(&self) -> usize {
        // Every hash at work holds one of each, so what is missing here beyond there is held by those who wait.
        (self.max_waiting + self.workers.available_permits()).saturating_sub(self.places.available_permits())
    }

    /// The hash to keep, as a PHC string.
    pub async fn hash(&self, password: SecretString) -> Result<String, PasswordError> {
        let salt = self.entropy.bytes::<16>();
        let argon2 = self.argon2.clone();
        self.work(false, move |memory| hash(&argon2, &password, &salt, memory).map_err(|_| PasswordError::Failed)).await
    }

    /// Whether the password is the one that was hashed. Where there is no hash, because there is no such person or no
    /// password, the answer is no, and takes as long.
    pub async fn verify(&self, password: SecretString, phc: Option<&str>) -> Result<bool, PasswordError> {
        let is_somebody = phc.is_some();
        if let Some(foreign) = phc.and_then(ForeignHash::parse) {
            let is_large = foreign.bytes() > u64::from(self.argon2.params().m_cost()) * 1024;
            return self.work(is_large, move |_| Ok(foreign.fits(&password))).await;
        }
        let hash = match phc {
            Some(phc) => PasswordHash::new(phc).map_err(|_| PasswordError::Unreadable)?,
            None => self.nobody.clone(),
        };
        let params = Params::try_from(&hash).map_err(|_| PasswordError::Unreadable)?;
        let ours = self.argon2.params().m_cost();
        if params.m_cost() > ours.max(MOST_ARGON2_KIB) {
            return Err(PasswordError::Unreadable);
        }
        let is_large = params.m_cost() > ours;
        let job = move |memory: &mut Memory| {
            // A thread keeps no more than our own hashes take.
            let mut own = Memory::new();
            let memory = if is_large { &mut own } else { memory };
            fits(&hash, params, &password, memory).map_err(|_| PasswordError::Unreadable)
        };
        Ok(self.work(is_large, job).await? && is_somebody)
    }

    /// Whether a hash was made with other settings than today's, or by other software, so that a new one is due at the next sign-in.
    #[must_use]
    pub fn needs_rehash(&self, phc: &str) -> bool {
        let Ok(hash) = PasswordHash::new(phc) else { return true };
        let Ok(params) = Params::try_from(&hash) else { return true };
        let ours = self.argon2.params();
        let costs = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
        (hash.algorithm, hash.version) != (self.nobody.algorithm, self.nobody.version) || costs(&params) != costs(ours)
    }

    /// Runs `job` off the threads that serve requests, when its turn comes; of those that are large, one at a time.
    async fn work<T: Send + 'static>(
        &self,
        is_large: bool,
        job: impl FnOnce(&mut Memory) -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| PasswordError::Busy)?;
        let large = if is_large {
            Some(Arc::clone(&self.large).acquire_owned().await.map_err(|_| PasswordError::Failed)?)
        } else {
            None
        };
        let worker = Arc::clone(&self.workers).acquire_owned().await.map_err(|_| PasswordError::Failed)?;
        // The permits go with the job: if the request is given up, the memory is in use until the job ends.
        let permits: (Option<OwnedSemaphorePermit>, [OwnedSemaphorePermit; 2]) = (large, [place, worker]);
        let job = move |memory: &mut Memory| {
            let result = job(memory);
            drop(permits);
            result
        };
        self.threads.run(job).await.unwrap_or(Err(PasswordError::Failed))
    }
}

/// The PHC string of a new hash.
fn hash(argon2: &Argon2<'_>, password: &SecretString, salt: &[u8], memory: &mut Memory) -> Result<String, HashError> {
    let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
    compute(argon2, password, salt, &mut output, memory)?;
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: argon2.params().try_into()?,
        salt: Some(Salt::new(salt)?),
        hash: Some(Output::new(&output)?),
    };
    Ok(hash.to_string())
}

/// Whether `hash`, which may have been made with other settings than today's, is that of `password`.
fn fits(hash: &PasswordHash, params: Params, password: &SecretString, memory: &mut Memory) -> Result<bool, HashError> {
    let (Some(salt), Some(expected)) = (&hash.salt, &hash.hash) else { return Err(HashError::PasswordInvalid) };
    let algorithm = Algorithm::try_from(hash.algorithm.as_str())?;
    // As in the reference implementation: what names no version is of the first.
    let version = hash.version.map(Version::try_from).transpose()?.unwrap_or(Version::V0x10);
    let mut output = vec![0; expected.len()];
    compute(&Argon2::new(algorithm, version, params), password, salt, &mut output, memory)?;
    // Compared in constant time.
    Ok(Output::new(&output)? == *expected)
}

fn compute(
    argon2: &Argon2<'_>,
    password: &SecretString,
    salt: &[u8],
    output: &mut [u8],
    memory: &mut Memory,
) -> Result<(), HashError> {
    let blocks = argon2.params().block_count();
    if memory.len() < blocks {
        memory.resize(blocks, Block::default());
    }
    let memory = memory.get_mut(..blocks).unwrap_or_default();
    argon2.hash_password_into_with_memory(password.expose_secret().as_bytes(), salt, output, memory)?;
    Ok(())
}

/// A hash that costs as much to check as a real one and that no password has: its output is drawn, not computed.
fn hash_of_nobody(params: &Params, entropy: &dyn Entropy) -> Result<PasswordHash, HashError> {
    Ok(PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: params.try_into()?,
        salt: Some(Salt::new(&entropy.bytes::<16>())?),
        hash: Some(Output::new(&entropy.bytes::<{ Params::DEFAULT_OUTPUT_LEN }>())?),
    })
}

/// Why a password could not be hashed or checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordError {
    /// Too many are waiting already: the person may try again in a moment.
    Busy,
    /// Argon2 does not take these settings.
    Settings,
    /// The stored hash is not one that we can check.
    Unreadable,
    /// The computation failed.
    Failed,
}

impl fmt::Display for PasswordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Busy => "too many passwords are being checked at this moment",
            Self::Settings => "Argon2 does not take these settings: memory must be at least 8 KiB per lane",
            Self::Unreadable => "the stored password hash cannot be read",
            Self::Failed => "the password hash could not be computed",
        })
    }
}

impl std::error::Error for PasswordError {}

/// What is wrong with a new password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordProblem {
    /// It has fewer characters than asked for.
    TooShort {
        /// How many are asked for.
        minimum: usize,
    },
    /// It is longer than anybody could need.
    TooLong,
    /// It is the username.
    IsUsername,
    /// It would be guessed before long.
    Weak(Weakness),
    /// It is known from a breach somewhere.
    Breached,
}

/// Why a password would be guessed before long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    /// Keys that lie beside each other.
    Keys,
    /// The same over and over.
    Repeats,
    /// Letters or digits in order.
    Sequence,
    /// A date or year.
    Date,
    /// One word.
    Word,
    /// A name.
    Name,
    /// What many choose, or something like it.
    Common,
    /// Something else, as what is known of the person.
    Guessable,
}

impl fmt::Display for Weakness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Keys => "It follows the keys of a keyboard.",
            Self::Repeats => "It repeats itself.",
            Self::Sequence => "It is a sequence, like abc or 6543.",
            Self::Date => "It is a date or a year.",
            Self::Word => "It is a single word.",
            Self::Name => "It is a name.",
            Self::Common => "Many people choose it, or something like it.",
            Self::Guessable => "It is easy to guess.",
        })
    }
}

impl fmt::Display for PasswordProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooShort { minimum } => write!(f, "Choose a password of {minimum} characters or more."),
            Self::TooLong => write!(f, "Choose a password of at most {LONGEST_PASSWORD} bytes."),
            Self::IsUsername => f.write_str("Choose a password that is not your username."),
            Self::Weak(weakness) => {
                write!(f, "Choose another password. {weakness} Add a word or two that do not belong together.")
            }
            Self::Breached => f.write_str("Choose another password: this one is known from a breach, and tried first."),
        }
    }
}

/// Whether a person may take this password. Length is what counts; rules about kinds of characters only annoy.
pub fn check_new(password: &SecretString, minimum_length: usize, username: &str) -> Result<(), PasswordProblem> {
    let password = password.expose_secret();
    if password.chars().count() < minimum_length {
        return Err(PasswordProblem::TooShort { minimum: minimum_length });
    }
    if password.len() > LONGEST_PASSWORD {
        return Err(PasswordProblem::TooLong);
    }
    if password.to_lowercase() == username.to_lowercase() {
        return Err(PasswordProblem::IsUsername);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::TestEntropy;

    const SMALL: Argon2Settings =
        Argon2Settings { memory_kib: 64, iterations: 1, parallelism: 1, max_concurrent: 1, max_waiting: 1 };

    fn hasher(settings: Argon2Settings) -> PasswordHasher {
        PasswordHasher::new(&settings, Arc::new(TestEntropy::from_seed(1))).unwrap()
    }

    fn secret(text: &str) -> SecretString {
        text.to_owned().into()
    }

    #[tokio::test]
    async fn knows_the_password_again_and_no_other() {
        let hasher = hasher(SMALL);
        let phc = hasher.hash(secret("correct horse")).await.unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{phc}");
        assert_eq!(hasher.verify(secret("correct horse"), Some(&phc)).await, Ok(true));
        assert_eq!(hasher.verify(secret("correct horsf"), Some(&phc)).await, Ok(false));
        assert_ne!(hasher.hash(secret("correct horse")).await.unwrap(), phc, "every hash has a salt of its own");
    }

    /// As the reference implementation writes them: a hash that names no version is of the first, 0x10.
    #[tokio::test]
    async fn knows_a_hash_of_the_first_version() {
        let hasher = hasher(SMALL);
        let (params, salt) = (Params::new(64, 1, 1, None).unwrap(), [7; 16]);
        let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x10, params);
        argon2.hash_password_into(b"correct horse", &salt, &mut output).unwrap();
        let (salt, output) = (Salt::new(&salt).unwrap(), Output::new(&output).unwrap());
        let phc = format!("$argon2id$m=64,t=1,p=1${salt}${output}");
        assert_eq!(hasher.verify(secret("correct horse"), Some(&phc)).await, Ok(true), "{phc}");
        assert_eq!(hasher.verify(secret("correct horsf"), Some(&phc)).await, Ok(false));
    }

    #[tokio::test]
    async fn does_the_same_work_for_nobody() {
        let hasher = hasher(SMALL);
        assert_eq!(hasher.verify(secret("anything"), None).await, Ok(false));
        let real = PasswordHash::new(&hasher.hash(secret("x")).await.unwrap()).unwrap();
        let nobody = &hasher.nobody;
        assert_eq!((nobody.algorithm, nobody.version, &nobody.params), (real.algorithm, real.version, &real.params));
        assert_eq!(nobody.salt.map(|salt| salt.len()), real.salt.map(|salt| salt.len()));
        assert_eq!(nobody.hash.map(|hash| hash.len()), real.hash.map(|hash| hash.len()));
    }

    #[tokio::test]
    async fn checks_with_the_settings_of_the_hash_and_asks_for_a_new_one() {
        let old = hasher(SMALL);
        let phc = old.hash(secret("password")).await.unwrap();
        assert!(!old.needs_rehash(&phc));
        for settings in [
            Argon2Settings { memory_kib: 128, ..SMALL },
            Argon2Settings { iterations: 2, ..SMALL },
            Argon2Settings { parallelism: 2, ..SMALL },
        ] {
            let new = hasher(settings);
            assert_eq!(new.verify(secret("password"), Some(&phc)).await, Ok(true));
            assert!(new.needs_rehash(&phc), "{settings:?}");
        }
        assert!(old.needs_rehash(&phc.replace("argon2id", "argon2i")));
        assert!(old.needs_rehash("nonsense"));
    }

    #[tokio::test]
    async fn keeps_no_memory_of_a_hash_that_took_more_and_checks_one_such_at_a_time() {
        let settings = Argon2Settings { max_waiting: 3, ..SMALL };
        let (ours, theirs) = (hasher(settings), hasher(Argon2Settings { memory_kib: 4096, ..SMALL }));
        let phc = theirs.hash(secret("password")).await.unwrap();
        assert_eq!(ours.verify(secret("password"), Some(&phc)).await, Ok(true));
        assert_eq!(ours.hash(secret("other")).await.map(|_| ()), Ok(()));
        let kept = ours.threads.run(|memory| memory.len()).await.unwrap();
        assert!(kept <= 64, "{kept} KiB");
        let large = Arc::clone(&ours.large).acquire_owned().await.unwrap();
        let mut second = Box::pin(ours.verify(secret("password"), Some(&phc)));
        assert!(futures_util::FutureExt::now_or_never(&mut second).is_none());
        assert_eq!(ours.hash(secret("others go on")).await.map(|_| ()), Ok(()));
        drop(large);
        assert_eq!(second.await, Ok(true));
        let too_large = phc.replace("m=4096", "m=8388608");
        assert_eq!(ours.verify(secret("password"), Some(&too_large)).await, Err(PasswordError::Unreadable));
    }

    #[tokio::test]
    async fn turns_away_who_would_wait_too_long() {
        let hasher = hasher(SMALL);
        let at_work = Arc::clone(&hasher.workers).acquire_owned().await.unwrap();
        let place = Arc::clone(&hasher.places).acquire_owned().await.unwrap();
        let (waiting, turned_away) = tokio::join!(
            async {
                let waiting = hasher.hash(secret("first"));
                tokio::pin!(waiting);
                tokio::select! {
                    biased;
                    _ = &mut waiting => panic!("it should wait"),
                    () = tokio::task::yield_now() => {}
                }
                tokio::task::yield_now().await;
                assert_eq!(hasher.waiting(), 1);
                drop((at_work, place));
                waiting.await
            },
            async {
                tokio::task::yield_now().await;
                hasher.hash(secret("second")).await
            },
        );
        assert!(waiting.is_ok());
        assert_eq!(turned_away, Err(PasswordError::Busy));
        assert!(hasher.hash(secret("third")).await.is_ok(), "places are given back");
        assert_eq!(hasher.waiting(), 0);
    }

    #[tokio::test]
    async fn refuses_a_hash_that_it_cannot_read() {
        let hasher = hasher(SMALL);
        for phc in ["", "nonsense", "$2b$10$abcdefghijklmnopqrstuv"] {
            assert_eq!(hasher.verify(secret("x"), Some(phc)).await, Err(PasswordError::Unreadable), "{phc}");
        }
    }

    #[test]
    fn refuses_settings_that_argon2_does_not_take() {
        let entropy = Arc::new(TestEntropy::from_seed(1));
        for settings in [Argon2Settings { memory_kib: 7, ..SMALL }, Argon2Settings { iterations: 0, ..SMALL }] {
            assert_eq!(PasswordHasher::new(&settings, entropy.clone()).unwrap_err(), PasswordError::Settings);
        }
    }

    #[test]
    fn accepts_long_passwords_of_any_kind() {
        let too_long = "x".repeat(1025);
        let table = [
            ("twelve chars", Ok(())),
            ("åäöåäöåäöåäö", Ok(())),
            ("eleven char", Err(PasswordProblem::TooShort { minimum: 12 })),
            ("åäöåäö", Err(PasswordProblem::TooShort { minimum: 12 })),
            (&too_long, Err(PasswordProblem::TooLong)),
            (&too_long[..1024], Ok(())),
            ("Ann@Example.com", Err(PasswordProblem::IsUsername)),
        ];
        for (password, expected) in table {
            assert_eq!(check_new(&secret(password), 12, "ann@example.COM"), expected, "{password}");
        }
    }
}
