//! The program as it is run: its log, and its end.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use claviger::clock::Timestamp;
use serde_json::{Value, json};

use crate::support::{Commands, ENCRYPTION_KEY, TestApp, TestDatabase};

/// No test waits longer for the program; without graceful handling of idle connections it would be 30 s.
const PATIENCE: Duration = Duration::from_secs(10);

struct Program {
    process: Child,
    address: SocketAddr,
    _database: Option<TestDatabase>,
}

impl Program {
    async fn start() -> Self {
        let database = TestDatabase::fresh().await;
        let mut command = Command::new(env!("CARGO_BIN_EXE_claviger"));
        command
            .arg("serve")
            .current_dir(database.folder.path())
            .env("CLAVIGER__DATABASE__URL", &database.url)
            .env("CLAVIGER__KEYS__ENCRYPTION_KEY", ENCRYPTION_KEY);
        Self::start_by(command, Some(database))
    }

    /// One on the database of a server of the test's own.
    fn beside(app: &TestApp) -> Self {
        Self::start_by(Commands::beside(app).command("serve"), None)
    }

    fn start_by(mut command: Command, database: Option<TestDatabase>) -> Self {
        // Another process might take the port in between; that none does is likely enough.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let process = command
            .env("CLAVIGER__SERVER__LISTEN", address.to_string())
            .env("CLAVIGER__SERVER__ISSUER", format!("http://{address}"))
            .env("CLAVIGER__SERVER__WORKERS", "1")
            .env("CLAVIGER__LOG__FORMAT", "json")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let program = Self { process, address, _database: database };
        until(|| program.connect().is_some());
        program
    }

    fn connect(&self) -> Option<TcpStream> {
        TcpStream::connect(self.address).ok()
    }

    fn send(&self, text: &str) -> TcpStream {
        let mut stream = self.connect().unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        stream
    }

    fn tell(&self, signal: &str) {
        let status = Command::new("kill").args([format!("-{signal}"), self.process.id().to_string()]).status();
        assert!(status.unwrap().success());
    }

    /// Waits for the end; answers with the exit status and the log.
    fn end(&mut self) -> (Option<i32>, String) {
        let mut stderr = self.process.stderr.take().unwrap();
        let log = thread::spawn(move || {
            let mut log = String::new();
            stderr.read_to_string(&mut log).unwrap();
            log
        });
        let mut status = None;
        until(|| {
            status = self.process.try_wait().unwrap();
            status.is_some()
        });
        (status.unwrap().code(), log.join().unwrap())
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

fn rest_of(mut stream: TcpStream) -> String {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn first_line(stream: &mut TcpStream) -> String {
    let mut bytes = [0; 15];
    stream.read_exact(&mut bytes).unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

const BODY: &str = "grant_type=client_credentials&client_id=nobody&client_secret=hunter2";

fn head() -> String {
    let length = BODY.len();
    format!(
        "POST /oauth2/token?code=hunter3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {length}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    )
}

#[actix_web::test]
async fn finishes_requests_in_flight_before_it_exits() {
    for signal in ["TERM", "INT"] {
        let mut program = Program::start().await;
        let mut in_flight = program.send(&head());
        let (first, second) = BODY.split_at(10);
        in_flight.write_all(first.as_bytes()).unwrap();
        // Answered by the same worker, so that it has seen the other request too; then left open without another.
        let mut idle = program.send("GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_eq!(first_line(&mut idle), "HTTP/1.1 200 OK");

        program.tell(signal);
        until(|| program.connect().is_none());
        in_flight.write_all(second.as_bytes()).unwrap();
        assert!(rest_of(in_flight).starts_with("HTTP/1.1 401 "));
        assert_eq!(program.end().0, Some(0), "{signal}");
    }
}

/// Counts are carried to the database now and then: what came after the last time is carried at the end.
#[actix_web::test]
async fn keeps_what_it_counted_by_the_hour_when_it_stops() {
    let app = TestApp::start().await;
    let machine = app
        .client(json!({ "client_id": "counted", "grant_types": ["client_credentials"], "response_types": [] }))
        .await;
    let mut program = Program::beside(&app);
    let (basic, body) = (machine.basic(), "grant_type=client_credentials");
    let answer = rest_of(program.send(&format!(
        "POST /oauth2/token HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: {basic}\r\n\
         Content-Length: {}\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n{body}",
        body.len()
    )));
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    program.tell("TERM");
    assert_eq!(program.end().0, Some(0));
    let counts = app.cx.store.hourly_counts(Timestamp::default()).await.unwrap();
    let counts: Vec<_> = counts.iter().map(|count| (count.name.as_str(), count.count)).collect();
    assert_eq!(counts, [("token", 1)]);
}

#[actix_web::test]
async fn logs_every_request_and_nothing_that_it_sent() {
    let mut program = Program::start().await;
    let answer = rest_of(program.send(&(head() + BODY)));
    let id = answer.lines().find_map(|line| line.strip_prefix("x-request-id: ")).unwrap().trim();
    program.tell("TERM");
    let (_, log) = program.end();
    let lines: Vec<Value> = log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let line = lines.iter().find(|line| line["message"] == "answered").unwrap_or_else(|| panic!("{log}"));
    assert_eq!(line["status"], 401);
    assert!(line["ms"].is_number());
    assert_eq!(line["span"]["method"], "POST");
    assert_eq!(line["span"]["route"], "/oauth2/token");
    assert_eq!(line["span"]["id"], id);
    assert!(!log.contains("hunter"), "{log}");
}
