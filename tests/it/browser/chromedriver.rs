//! The process that drives a browser, and ends with it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::chromium::PATIENCE;

/// A chromedriver.
pub struct Chromedriver {
    child: Child,
    /// Where it listens, on this machine.
    pub port: u16,
    /// Its temporary files, and among them the profile of its browser.
    folder: tempfile::TempDir,
}

impl Chromedriver {
    /// Starts one at a port that it finds free.
    pub fn start() -> Self {
        // It draws a port of IPv4, and gives up if somebody has the same one of IPv6: then it draws again.
        let started = (0..5).find_map(|_| Self::try_start());
        started.expect("chromedriver tells its port")
    }

    fn try_start() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new("chromedriver")
            .arg("--port=0")
            .env("TMPDIR", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("chromedriver does not start: tests/run installs it. {error}"));
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let port =
            lines.find_map(|line| line.split("successfully on port ").nth(1)?.trim_end_matches('.').parse().ok());
        let Some(port) = port else {
            // Its output has ended, and so has it.
            child.wait().unwrap();
            return None;
        };
        // It may go on talking; nobody has to listen, but somebody has to read.
        std::thread::spawn(move || lines.for_each(drop));
        Some(Self { child, port, folder })
    }

    /// Asks it to end its browser and itself.
    fn shut_down(&self) -> std::io::Result<()> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(b"GET /shutdown HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
        stream.read_to_end(&mut Vec::new()).map(drop)
    }
}

impl Drop for Chromedriver {
    fn drop(&mut self) {
        drop(self.shut_down());
        drop(self.child.kill());
        drop(self.child.wait());
        // The last of the browser's processes may still be writing.
        let start = Instant::now();
        while std::fs::remove_dir_all(self.folder.path()).is_err() && start.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
