//! What is read off at the moment of a scrape, in the Prometheus text format.

use std::fmt::{self, Display};
use std::fs;
use std::time::Duration;

use crate::clock::Timestamp;
use crate::cx::Cx;
use crate::domain::keys::rotation::KeyRecord;
use crate::web::health::database_latency;

/// The state of the server at one moment.
pub struct Gauges {
    now: Timestamp,
    keys: Vec<KeyRecord>,
    waiting_writes: usize,
    waiting_passwords: usize,
    database_latency: Option<Duration>,
    resident_memory: Option<u64>,
    uptime: Duration,
}

impl Gauges {
    /// Reads everything off.
    pub async fn read(cx: &Cx, uptime: Duration) -> Self {
        Self {
            now: cx.now(),
            keys: cx.keys.current().records().cloned().collect(),
            waiting_writes: cx.store.waiting_writes(),
            waiting_passwords: cx.passwords.waiting(),
            database_latency: database_latency(cx).await.ok(),
            resident_memory: resident_memory(),
            uptime,
        }
    }
}

/// The memory that the process holds, in bytes, where the system tells (`/proc`).
fn resident_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

impl Display for Gauges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        gauge(
            f,
            "claviger_build_info",
            "Which version runs.",
            [(concat!("version=\"", env!("CARGO_PKG_VERSION"), "\""), 1)],
        )?;
        gauge(f, "claviger_uptime_seconds", "How long the server has run.", [("", self.uptime.as_secs())])?;
        gauge(f, "claviger_signing_key_age_seconds", "How long ago each signing key was made.", self.key_ages())?;
        gauge(
            f,
            "claviger_waiting_writes",
            "Pieces of work waiting for the database's one writer.",
            [("", self.waiting_writes)],
        )?;
        gauge(
            f,
            "claviger_waiting_passwords",
            "Sign-ins waiting for their password to be hashed.",
            [("", self.waiting_passwords)],
        )?;
        let latency = self.database_latency.map(|latency| ("", latency.as_secs_f64()));
        gauge(f, "claviger_database_up", "Whether the database answers.", [("", u8::from(latency.is_some()))])?;
        gauge(f, "claviger_database_latency_seconds", "How long the database took to answer, just now.", latency)?;
        let memory = self.resident_memory.map(|bytes| ("", bytes));
        gauge(f, "process_resident_memory_bytes", "Memory that the process holds.", memory)
    }
}

impl Gauges {
    fn key_ages(&self) -> impl Iterator<Item = (String, u64)> {
        self.keys.iter().map(|key| {
            let (kid, algorithm, state) = (&key.kid, key.algorithm, key.life.state(self.now).word());
            let labels = format!("kid=\"{kid}\",algorithm=\"{algorithm}\",state=\"{state}\"");
            (labels, self.now.since(key.life.created_at).as_secs())
        })
    }
}

/// Writes one family. Labels come as they are sent; none that we use needs escaping.
fn gauge<L: AsRef<str>, V: Display>(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    help: &str,
    samples: impl IntoIterator<Item = (L, V)>,
) -> fmt::Result {
    writeln!(f, "# HELP {name} {help}\n# TYPE {name} gauge")?;
    for (labels, value) in samples {
        match labels.as_ref() {
            "" => writeln!(f, "{name} {value}")?,
            labels => writeln!(f, "{name}{{{labels}}} {value}")?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::keys::rotation::KeyLife;
    use crate::protocol::algorithm::KeyAlgorithm;

    fn gauges() -> Gauges {
        let life = KeyLife::starting(Timestamp::from_seconds(100));
        Gauges {
            now: Timestamp::from_seconds(160),
            keys: vec![KeyRecord { kid: "k1".to_owned(), algorithm: KeyAlgorithm::ES256, life }],
            waiting_writes: 3,
            waiting_passwords: 2,
            database_latency: Some(Duration::from_micros(250)),
            resident_memory: Some(20 << 20),
            uptime: Duration::from_secs(7),
        }
    }

    #[test]
    fn tells_what_it_read() {
        let text = gauges().to_string();
        for line in [
            "# TYPE claviger_signing_key_age_seconds gauge",
            "claviger_signing_key_age_seconds{kid=\"k1\",algorithm=\"ES256\",state=\"active\"} 60",
            "claviger_waiting_writes 3",
            "claviger_waiting_passwords 2",
            "claviger_database_up 1",
            "claviger_database_latency_seconds 0.00025",
            "process_resident_memory_bytes 20971520",
            "claviger_uptime_seconds 7",
        ] {
            assert!(text.lines().any(|told| told == line), "{line}\n{text}");
        }
    }

    #[test]
    fn tells_of_a_database_that_does_not_answer() {
        let text = Gauges { database_latency: None, ..gauges() }.to_string();
        assert!(text.contains("claviger_database_up 0\n"));
        assert!(!text.contains("\nclaviger_database_latency_seconds "));
    }
}
