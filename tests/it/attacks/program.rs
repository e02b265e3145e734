//! The program itself, beside a test's server and on the same database: for what only a process of its own can show, its
//! log and the time that its processor spent.

use std::fs;
use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::support::{Commands, TestApp};

const PATIENCE: Duration = Duration::from_secs(30);

/// A running `claviger serve`.
pub struct Program {
    /// Where it listens, which is also its issuer.
    pub origin: String,
    process: Child,
    log: Option<JoinHandle<String>>,
    _commands: Commands,
}

impl Program {
    /// Starts it with these settings besides.
    pub fn beside(app: &TestApp, settings: &[(&'static str, &str)]) -> Self {
        // Another process might take the port in between; that none does is likely enough.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let origin = format!("http://{address}");
        let mut commands = Commands::beside(app);
        commands.set("CLAVIGER__SERVER__LISTEN", &address.to_string());
        commands.set("CLAVIGER__SERVER__ISSUER", &origin);
        commands.set("CLAVIGER__SERVER__WORKERS", "1");
        for (name, value) in settings {
            commands.set(name, value);
        }
        let mut process =
            commands.command("serve").stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the program starts");
        let mut stderr = process.stderr.take().unwrap();
        let log = thread::spawn(move || {
            let mut log = Vec::new();
            let _ = stderr.read_to_end(&mut log);
            String::from_utf8_lossy(&log).into_owned()
        });
        let start = Instant::now();
        while TcpStream::connect(address).is_err() {
            assert!(start.elapsed() < PATIENCE, "the program does not listen");
            thread::sleep(Duration::from_millis(5));
        }
        Self { origin, process, log: Some(log), _commands: commands }
    }

    /// How long its threads have kept a processor busy so far. Unlike the time on the wall it hardly depends on what
    /// else the machine has to do.
    pub fn processor_time(&self) -> Duration {
        let mut last = self.sum_of_threads();
        // What a thread did since it was last put aside is not counted yet: once nothing moves, all of it is.
        loop {
            thread::yield_now();
            let now = self.sum_of_threads();
            if now == last {
                return now;
            }
            last = now;
        }
    }

    fn sum_of_threads(&self) -> Duration {
        let folder = format!("/proc/{}/task", self.process.id());
        let threads = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path().join("schedstat"));
        // A thread may end between the two looks.
        let texts = threads.filter_map(|file| fs::read_to_string(file).ok());
        texts.map(|text| Duration::from_nanos(text.split(' ').next().unwrap().parse().unwrap())).sum()
    }

    /// Ends it, and gives everything that it logged.
    pub fn end(mut self) -> String {
        self.process.kill().unwrap();
        self.log.take().unwrap().join().unwrap()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
