//! nginx, as the proxy that ends TLS before a server.

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// No test waits longer for it.
const PATIENCE: Duration = Duration::from_secs(10);

/// A running nginx.
pub struct Nginx {
    process: Child,
    /// Where it listens for TLS.
    pub address: SocketAddr,
}

impl Nginx {
    /// One that passes everything on to `origin`, and the client's certificate in `header`. Its files are in `folder`.
    pub fn before(origin: &str, header: &str, folder: &Path) -> Self {
        // Another process might take the port in between; that none does is likely enough.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let keys = std::env::current_dir().unwrap().join("tests/keys");
        let (keys, at) = (keys.display(), folder.display());
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {at}/{kind};\n"))
            .concat();
        let settings = format!(
            "daemon off;\nmaster_process off;\npid {at}/nginx.pid;\nerror_log stderr;\nevents {{}}\nhttp {{\n{temporary}\
             access_log off;\nserver {{\nlisten {address} ssl;\nssl_certificate {keys}/tls.crt.pem;\n\
             ssl_certificate_key {keys}/tls.key.pem;\nssl_verify_client optional_no_ca;\nlocation / {{\n\
             proxy_pass {origin};\nproxy_set_header {header} $ssl_client_escaped_cert;\n\
             proxy_set_header X-Forwarded-For $remote_addr;\n}}\n}}\n}}\n"
        );
        let file = folder.join("nginx.conf");
        fs::write(&file, settings).unwrap();
        let program = if Path::new("/usr/sbin/nginx").exists() { "/usr/sbin/nginx" } else { "nginx" };
        let mut command = Command::new(program);
        command.arg("-e").arg("stderr").arg("-p").arg(folder).arg("-c").arg(&file);
        let process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let process = process.unwrap_or_else(|error| panic!("nginx does not start: tests/run installs it. {error}"));
        let (nginx, start) = (Self { process, address }, Instant::now());
        while TcpStream::connect(address).is_err() {
            assert!(start.elapsed() < PATIENCE, "nginx does not listen");
            thread::sleep(Duration::from_millis(5));
        }
        nginx
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
