//! What the server costs, in one run on one machine: `cargo bench --bench load`.
//!
//! The release server is pinned to one core and asked from another by `wrk`; beside it, on the same cores, a bare actix-web
//! server with a constant answer, and a bare ES256 signature: what no server of this kind can beat. Figures of a busy
//! machine differ from run to run, so CPU time per request is shown too, and it is the ratios that count.
//!
//! Prints a table; the same as JSON is in `target/tmp/load.json`. `CLAVIGER_BENCH_SECONDS` (default 5) is the length of each
//! measurement.

use std::env;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use serde_json::{Value, json};

const SERVER_CORE: &str = "0";
const LOAD_CORE: &str = "1";
const CONNECTIONS: &str = "32";
const CLIENT: &str = "load";
const SECRET: &str = "for-the-benchmark-only_for-the-benchmark-only";
/// Tells this program, started again, which part it plays.
const PART: &str = "CLAVIGER_BENCH_PART";

fn main() -> Result<()> {
    match env::var(PART).as_deref() {
        Ok("bare") => serve_bare(&env::var("LISTEN")?),
        Ok("signature") => {
            let Rate { per_second, cpu_us, .. } = sign()?;
            println!("{per_second} {cpu_us}");
            Ok(())
        }
        _ => measure(),
    }
}

fn measure() -> Result<()> {
    for tool in ["wrk", "taskset"] {
        ensure!(Command::new(tool).arg("--version").output().is_ok(), "install {tool} first (Debian: wrk, util-linux)");
    }
    let folder = tempfile::tempdir()?;
    let mut report = Report::default();

    let signatures = output(pinned(SERVER_CORE, &env::current_exe()?).env(PART, "signature"))?;
    let (per_second, cpu_us) = signatures.trim().split_once(' ').context("no figures")?;
    let signatures = Rate { per_second: per_second.parse()?, cpu_us: cpu_us.parse()?, p99: None };
    report.add("bare ES256 signature", signatures);
    report.add("bare actix-web, constant JSON", bare_answer(folder.path())?);

    let claviger = Claviger::new(folder.path())?;
    let (first, start) = claviger.start()?;
    claviger.register()?;
    drop(first);
    let mut starts = Vec::new();
    for _ in 0..5 {
        starts.push(claviger.start()?.1);
    }
    starts.sort_unstable();
    let (server, _) = claviger.start()?;
    sleep(Duration::from_secs(1));
    report.note("start to first discovery answer, nothing there yet", milliseconds(start), "ms");
    report.note("start to first discovery answer, keys exist (median of 5)", milliseconds(starts[2]), "ms");
    report.note("idle memory (RSS)", server.memory("VmRSS:")?, "MiB");

    let script = |name: &str, lua: &str| -> Result<PathBuf> {
        let path = folder.path().join(name);
        fs::write(&path, lua)?;
        Ok(path)
    };
    let token = claviger.token()?;
    let form = |body: &str| {
        let basic = Claviger::basic();
        format!(
            "wrk.method = 'POST'\nwrk.body = '{body}'\nwrk.headers['Authorization'] = '{basic}'\n\
             wrk.headers['Content-Type'] = 'application/x-www-form-urlencoded'\n"
        )
    };
    let machine = script("token.lua", &form("grant_type=client_credentials"))?;
    let introspect = script("introspect.lua", &form(&format!("token={token}")))?;
    for (name, path, lua) in [
        ("client_credentials, ES256 JWT", "/oauth2/token", Some(machine)),
        ("introspection of that JWT", "/oauth2/introspect", Some(introspect)),
        ("discovery", "/.well-known/openid-configuration", None),
        ("JWKS", "/oauth2/jwks", None),
    ] {
        report.add(name, load(&server, &format!("{}{path}", claviger.issuer), lua.as_deref())?);
    }
    report.note("most memory under load (RSS)", server.memory("VmHWM:")?, "MiB");
    report.show()
}

/// A server that knows nothing and says so.
fn serve_bare(listen: &str) -> Result<()> {
    use actix_web::{App, HttpResponse, HttpServer, web};
    let app = || App::new().route("/", web::get().to(|| async { HttpResponse::Ok().json(json!({ "active": true })) }));
    let server = HttpServer::new(app).workers(1).bind(listen)?;
    Ok(actix_web::rt::System::new().block_on(server.run())?)
}

fn sign() -> Result<Rate> {
    let random = SystemRandom::new();
    let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).context("no key could be made")?;
    let (start, before) = (Instant::now(), cpu("self")?);
    let mut signed = 0_u32;
    while start.elapsed() < seconds() {
        for _ in 0..100 {
            key.sign(&random, &[7; 400]).context("no signature could be made")?;
        }
        signed += 100;
    }
    let (time, spent) = (start.elapsed(), cpu("self")?.saturating_sub(before));
    let signed = f64::from(signed);
    Ok(Rate { per_second: signed / time.as_secs_f64(), cpu_us: spent.as_secs_f64() * 1e6 / signed, p99: None })
}

fn bare_answer(folder: &Path) -> Result<Rate> {
    let listen = free_address()?;
    let mut command = pinned(SERVER_CORE, &env::current_exe()?);
    let child = command.env(PART, "bare").env("LISTEN", &listen).current_dir(folder).spawn()?;
    let server = Server(child);
    wait_for(&listen, "/")?;
    load(&server, &format!("http://{listen}/"), None)
}

/// The server under test: default settings, one worker, a database of its own.
struct Claviger {
    issuer: String,
    listen: String,
    settings: Vec<(&'static str, String)>,
}

impl Claviger {
    fn new(folder: &Path) -> Result<Self> {
        let listen = free_address()?;
        let issuer = format!("http://{listen}");
        let settings = vec![
            ("CLAVIGER__SERVER__ISSUER", issuer.clone()),
            ("CLAVIGER__SERVER__LISTEN", listen.clone()),
            ("CLAVIGER__SERVER__WORKERS", "1".to_owned()),
            ("CLAVIGER__DATABASE__URL", format!("sqlite://{}", folder.join("load.db").display())),
            ("CLAVIGER__KEYS__DIRECTORY", folder.join("keys").display().to_string()),
        ];
        Ok(Self { issuer, listen, settings })
    }

    fn command(&self) -> Command {
        let mut command = pinned(SERVER_CORE, Path::new(env!("CARGO_BIN_EXE_claviger")));
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        command.stdout(Stdio::null()).stderr(Stdio::null()).stdin(Stdio::null());
        command
    }

    fn start(&self) -> Result<(Server, Duration)> {
        let start = Instant::now();
        let server = Server(self.command().arg("serve").spawn()?);
        wait_for(&self.listen, "/.well-known/openid-configuration")?;
        Ok((server, start.elapsed()))
    }

    fn register(&self) -> Result<()> {
        let metadata = json!({
            "client_id": CLIENT,
            "client_secret": SECRET,
            "grant_types": ["client_credentials"],
            "response_types": [],
        });
        let mut command = self.command();
        let mut child = command.args(["client", "add", "-"]).stdin(Stdio::piped()).stderr(Stdio::inherit()).spawn()?;
        let mut stdin = child.stdin.take().context("no standard input")?;
        stdin.write_all(metadata.to_string().as_bytes())?;
        drop(stdin);
        ensure!(child.wait()?.success(), "the client could not be registered");
        Ok(())
    }

    fn basic() -> String {
        use base64::Engine;
        let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let pair = format!("{}:{}", encode(CLIENT), encode(SECRET));
        format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
    }

    fn token(&self) -> Result<String> {
        let body = "grant_type=client_credentials";
        let request = format!(
            "POST /oauth2/token HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nAuthorization: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            self.listen,
            Self::basic(),
            body.len()
        );
        let answer = ask(&self.listen, &request)?;
        let json = answer.split_once("\r\n\r\n").context("no body")?.1;
        let json: Value = serde_json::from_str(json).with_context(|| answer.clone())?;
        Ok(json["access_token"].as_str().context("no access token")?.to_owned())
    }
}

/// A process that is told to stop, and waited for, with its last use.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        drop(Command::new("kill").arg(self.0.id().to_string()).status());
        drop(self.0.wait());
    }
}

impl Server {
    fn cpu(&self) -> Result<Duration> {
        cpu(&self.0.id().to_string())
    }

    /// A line of `/proc/…/status` that is in kB, in MiB.
    fn memory(&self, line: &str) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id()))?;
        let found = status.lines().find_map(|text| text.strip_prefix(line)).context("no such line")?;
        let kilobytes: f64 = found.trim().trim_end_matches(" kB").parse()?;
        Ok(kilobytes / 1024.0)
    }
}

/// User and system time of a process so far.
fn cpu(process: &str) -> Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    let fields: Vec<_> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<u64>().ok()).unwrap_or(0);
    // Fields 14 and 15 of proc(5), in hundredths of a second.
    Ok(Duration::from_millis((ticks(11) + ticks(12)) * 10))
}

/// What was measured of one endpoint.
struct Rate {
    per_second: f64,
    cpu_us: f64,
    p99: Option<String>,
}

/// Asks one URL over and over, after a second of it that does not count.
fn load(server: &Server, url: &str, script: Option<&Path>) -> Result<Rate> {
    let run = |time: Duration| {
        let mut wrk = pinned(LOAD_CORE, Path::new("wrk"));
        wrk.args(["-t1", "-c", CONNECTIONS, "--latency", "-d"]).arg(format!("{}s", time.as_secs()));
        if let Some(script) = script {
            wrk.arg("-s").arg(script);
        }
        output(wrk.arg(url))
    };
    run(Duration::from_secs(1))?;
    let before = server.cpu()?;
    let said = run(seconds())?;
    let spent = server.cpu()?.saturating_sub(before);
    if said.contains("Non-2xx") || said.contains("Socket errors") {
        bail!("{url} did not always answer:\n{said}");
    }
    let line = |label: &str| said.lines().find_map(|line| line.trim().strip_prefix(label)).map(str::trim);
    let per_second: f64 = line("Requests/sec:").context("wrk said nothing")?.parse()?;
    let requests: f64 = said
        .lines()
        .find(|line| line.contains("requests in"))
        .and_then(|line| line.split_whitespace().next()?.parse().ok())
        .context("wrk counted nothing")?;
    Ok(Rate { per_second, cpu_us: spent.as_secs_f64() * 1e6 / requests, p99: line("99%").map(str::to_owned) })
}

/// What is shown at the end.
#[derive(Default)]
struct Report {
    rates: Vec<(String, Rate)>,
    notes: Vec<(String, f64, &'static str)>,
}

impl Report {
    fn add(&mut self, name: &str, rate: Rate) {
        eprintln!("measured: {name}");
        self.rates.push((name.to_owned(), rate));
    }

    fn note(&mut self, name: &str, value: f64, unit: &'static str) {
        self.notes.push((name.to_owned(), value, unit));
    }

    fn show(&self) -> Result<()> {
        let of = |name: &str| self.rates.iter().find(|(known, _)| known.starts_with(name)).map(|(_, rate)| rate);
        let bare = of("bare actix-web").context("no bare answer")?;
        let signature = of("bare ES256").context("no bare signature")?;
        println!(
            "| one core, {CONNECTIONS} connections | per second | CPU µs each | p99 | against the bare answer |\n|---|--:|--:|--:|--:|"
        );
        for (name, rate) in &self.rates {
            let p99 = rate.p99.as_deref().unwrap_or("");
            let against = rate.per_second / bare.per_second;
            println!("| {name} | {:.0} | {:.1} | {p99} | {against:.2} |", rate.per_second, rate.cpu_us);
        }
        println!("\n| | |\n|---|--:|");
        for (name, value, unit) in &self.notes {
            println!("| {name} | {value:.1} {unit} |");
        }
        if let Some(token) = of("client_credentials") {
            let least = bare.cpu_us + signature.cpu_us;
            println!("| a token's CPU against answer and signature alone | {:.2} times |", token.cpu_us / least);
        }
        let rates = self.rates.iter().map(|(name, rate)| {
            json!({ "name": name, "per_second": rate.per_second, "cpu_us": rate.cpu_us, "p99": rate.p99 })
        });
        let notes = self.notes.iter().map(|(name, value, unit)| json!({ "name": name, "value": value, "unit": unit }));
        let report = json!({ "rates": rates.collect::<Vec<_>>(), "notes": notes.collect::<Vec<_>>() });
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("load.json");
        fs::write(&path, format!("{report:#}\n"))?;
        eprintln!("{}", path.display());
        Ok(())
    }
}

fn seconds() -> Duration {
    let set = env::var("CLAVIGER_BENCH_SECONDS").ok().and_then(|text| text.parse().ok());
    Duration::from_secs(set.unwrap_or(5))
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

fn pinned(core: &str, program: &Path) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", core]).arg(program);
    command
}

fn output(command: &mut Command) -> Result<String> {
    let output = command.output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}

fn free_address() -> Result<String> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}

/// Asks every millisecond until the path is answered with 200.
fn wait_for(address: &str, path: &str) -> Result<()> {
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    for _ in 0..30_000 {
        if ask(address, &request).is_ok_and(|answer| answer.starts_with("HTTP/1.1 200")) {
            return Ok(());
        }
        sleep(Duration::from_millis(1));
    }
    bail!("nobody answers at {address}{path}")
}

fn ask(address: &str, request: &str) -> Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
