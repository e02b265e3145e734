//! `[passwords]`: what is demanded of passwords and what hashing them may cost.

use std::path::PathBuf;

use super::reader::Reader;
use super::server::count_or_cores;

/// `[passwords]`; the defaults are OWASP's for Argon2id.
#[derive(Clone, Debug)]
pub struct PasswordsConfig {
    /// The fewest characters a new password may have.
    pub minimum_length: u32,
    /// How hard to guess a new password has to be, from 0 to 4.
    pub minimum_strength: u32,
    /// A file of passwords that are known from breaches.
    pub breached_list: Option<PathBuf>,
    /// Memory of one hash, in KiB.
    pub argon2_memory_kib: u32,
    /// Passes over that memory.
    pub argon2_iterations: u32,
    /// Lanes of one hash.
    pub argon2_parallelism: u32,
    /// Hashes computed at a time; 0 means one a core (see [`PasswordsConfig::hash_count`]).
    pub max_concurrent_hashes: u32,
    /// Hashes that may wait for their turn; beyond that a sign-in is told to try again.
    pub max_waiting_hashes: u32,
}

impl PasswordsConfig {
    /// Hashes computed at a time.
    #[must_use]
    pub fn hash_count(&self) -> usize {
        count_or_cores(self.max_concurrent_hashes)
    }

    pub(super) fn read(reader: &mut Reader) -> Self {
        let config = Self {
            minimum_length: reader.bounded("passwords.minimum_length", 8, 8..=64),
            minimum_strength: reader.bounded("passwords.minimum_strength", 2, 0..=4),
            breached_list: reader.optional_path("passwords.breached_list"),
            argon2_memory_kib: reader.bounded("passwords.argon2_memory_kib", 19_456, 8..=4_194_304),
            argon2_iterations: reader.bounded("passwords.argon2_iterations", 2, 1..=100),
            argon2_parallelism: reader.bounded("passwords.argon2_parallelism", 1, 1..=64),
            max_concurrent_hashes: reader.bounded("passwords.max_concurrent_hashes", 0, 0..=1024),
            max_waiting_hashes: reader.bounded("passwords.max_waiting_hashes", 64, 0..=100_000),
        };
        // RFC 9106 §3.1: the memory is at least eight blocks of 1 KiB a lane.
        if config.argon2_memory_kib < 8 * config.argon2_parallelism {
            reader.refuse(
                "passwords.argon2_memory_kib",
                "is less than 8 for each of passwords.argon2_parallelism",
                "Write more memory or fewer lanes.",
            );
        }
        config
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    /// RFC 9106 §3.1: eight KiB for each lane at least.
    #[test]
    fn refuses_less_memory_than_the_lanes_need() {
        let config = |memory: u32| format!("[passwords]\nargon2_memory_kib = {memory}\nargon2_parallelism = 4");
        assert!(Config::from_toml(&config(32), []).is_ok());
        assert!(Config::from_toml(&config(31), []).is_err());
    }
}
