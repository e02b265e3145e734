//! A reverse proxy as a process of its own, in a folder that goes with it.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A running proxy.
pub struct Proxy {
    child: Child,
    /// Where it listens.
    pub address: String,
    folder: tempfile::TempDir,
}

impl Proxy {
    /// Starts the program that `command` makes for a folder, whose `configuration` is in the file `site` there, and waits
    /// until it listens. The configuration says `listens_at` for where that is.
    pub async fn start(configuration: &str, listens_at: &str, command: impl Fn(&Path) -> Command) -> Self {
        for _ in 0..5 {
            if let Some(started) = Self::try_start(configuration, listens_at, &command).await {
                return started;
            }
        }
        panic!("no proxy: tests/run installs nginx-light and caddy");
    }

    /// `None` if it ends at once: somebody else may have taken the port that was free.
    async fn try_start(configuration: &str, listens_at: &str, command: impl Fn(&Path) -> Command) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        assert!(configuration.contains(listens_at), "{configuration}");
        let there = listens_at
            .replace("127.0.0.1:8000", &address.to_string())
            .replace(":8000", &format!(":{}", address.port()));
        std::fs::write(folder.path().join("site"), configuration.replace(listens_at, &there)).unwrap();
        let child = command(folder.path()).stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
        let mut proxy = Self { child, address: address.to_string(), folder };
        for _ in 0..400 {
            if proxy.child.try_wait().unwrap().is_some() {
                return None;
            }
            if TcpStream::connect(address).is_ok() {
                return Some(proxy);
            }
            actix_web::rt::time::sleep(Duration::from_millis(25)).await;
        }
        None
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
        // Only now, when nobody writes into it any more.
        drop(std::fs::remove_dir_all(self.folder.path()));
    }
}
