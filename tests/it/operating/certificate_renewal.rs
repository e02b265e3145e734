//! The server's own certificate is renewed while it runs.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::support::{Commands, TlsClient};

/// No test waits longer for the program.
const PATIENCE: Duration = Duration::from_secs(30);
const ALIVE: &str = "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n";

/// The program, on two listeners of which each shows the certificate in `crt.pem`.
struct Program {
    commands: Commands,
    process: Child,
    addresses: [SocketAddr; 2],
    log: Arc<Mutex<String>>,
}

impl Program {
    async fn start() -> Self {
        let mut commands = Commands::on_a_fresh_database().await;
        // Another process might take the ports in between; that none does is likely enough.
        let [plain, mutual] = [(), ()].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
        let addresses = [&plain, &mutual].map(|listener| listener.local_addr().unwrap());
        drop((plain, mutual));
        commands.set("CLAVIGER__SERVER__LISTEN", &addresses[0].to_string());
        commands.set("CLAVIGER__SERVER__MTLS__LISTEN", &addresses[1].to_string());
        commands.set("CLAVIGER__SERVER__ISSUER", "https://localhost");
        commands.set("CLAVIGER__SERVER__WORKERS", "1");
        commands.set("CLAVIGER__SERVER__TLS__CERTIFICATE_FILE", "crt.pem");
        commands.set("CLAVIGER__SERVER__TLS__KEY_FILE", "key.pem");
        commands.write("crt.pem", read("tls.crt.pem"));
        commands.write("key.pem", read("tls.key.pem"));
        let mut process = commands.command("serve").stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let (log, lines) = (Arc::default(), BufReader::new(process.stderr.take().unwrap()).lines());
        let kept: Arc<Mutex<String>> = Arc::clone(&log);
        thread::spawn(move || {
            lines.map_while(Result::ok).for_each(|line| kept.lock().unwrap().push_str(&(line + "\n")));
        });
        let program = Self { commands, process, addresses, log };
        until(|| program.connect(1).is_some());
        program
    }

    fn connect(&self, listener: usize) -> Option<TlsClient> {
        TlsClient::connect(self.addresses[listener], None).ok()
    }

    /// Replaces the files, and says so to the program.
    fn renew(&self, certificate: &str, key: &str) {
        self.commands.write("crt.pem", read(certificate));
        self.commands.write("key.pem", read(key));
        let status = Command::new("kill").args(["-HUP".to_owned(), self.process.id().to_string()]).status();
        assert!(status.unwrap().success());
    }

    fn has_logged(&self, words: &str) -> bool {
        self.log.lock().unwrap().contains(words)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn until(mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < PATIENCE, "waited too long");
        thread::sleep(Duration::from_millis(5));
    }
}

fn read(name: &str) -> Vec<u8> {
    fs::read(format!("tests/keys/{name}")).unwrap()
}

fn der(name: &str) -> Vec<u8> {
    CertificateDer::from_pem_slice(&read(name)).unwrap().to_vec()
}

fn is_alive(client: &mut TlsClient) -> bool {
    client.ask(ALIVE, "alive\"}").is_ok()
}

#[actix_web::test]
async fn shows_a_renewed_certificate_at_the_next_handshake() {
    let program = Program::start().await;
    let mut open = program.connect(0).unwrap();
    assert_eq!(open.shown(), der("tls.crt.pem"));
    assert!(is_alive(&mut open));
    program.renew("tls-issued.crt.pem", "tls-issued.key.pem");
    for listener in [0, 1] {
        until(|| program.connect(listener).unwrap().shown() == der("tls-issued.crt.pem"));
    }
    assert!(is_alive(&mut open), "what is open goes on");
    assert!(program.has_logged("was renewed"));
}

#[actix_web::test]
async fn keeps_its_certificate_where_the_new_one_cannot_be_used() {
    let program = Program::start().await;
    let mut open = program.connect(0).unwrap();
    for (certificate, key, said) in [
        ("tls-issued.crt.pem", "tls.key.pem", "is not that of the first certificate"),
        ("es256.pem", "tls.key.pem", "holds no certificate in PEM"),
        ("tls-issued.crt.pem", "tls-ca.crt.pem", "holds no private key in PEM"),
    ] {
        program.renew(certificate, key);
        until(|| program.has_logged(said));
        assert_eq!(program.connect(0).unwrap().shown(), der("tls.crt.pem"));
        assert!(is_alive(&mut open));
    }
    // Nobody has to tell it again, once the files are right.
    program.renew("tls-issued.crt.pem", "tls-issued.key.pem");
    until(|| program.connect(0).unwrap().shown() == der("tls-issued.crt.pem"));
}

/// Without a signal too: what renews certificates need not know of this server.
#[actix_web::test]
async fn notices_a_renewed_certificate_by_itself() {
    let program = Program::start().await;
    program.commands.write("crt.pem", read("tls-issued.crt.pem"));
    program.commands.write("key.pem", read("tls-issued.key.pem"));
    until(|| program.connect(0).unwrap().shown() == der("tls-issued.crt.pem"));
}
