//! A reverse proxy as a process of its own, in a folder that goes with it.

use std::net::{SocketAddr, TcpListener, TcpStream};
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
    /// Starts the program that `command` makes for a folder, where its configuration is the file `site`: what
    /// `configuration` makes of the address at which it is to listen. Waits until it does.
    pub async fn start(configuration: impl Fn(SocketAddr) -> String, command: fn(&Path) -> Command) -> Self {
        for _ in 0..5 {
            let address = free_address();
            if let Some(started) = Self::try_start(address, &configuration(address), command).await {
                return started;
            }
        }
        panic!("no proxy: tests/run installs nginx-light and caddy");
    }

    /// `None` if it ends at once: somebody else may have taken the port that was free.
    pub async fn try_start(address: SocketAddr, configuration: &str, command: fn(&Path) -> Command) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("site"), configuration).unwrap();
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

/// Where nobody listens now.
pub fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}
