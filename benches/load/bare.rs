//! The limits, bare: an answer that never changes, a signature, a verification, a durable row, and nothing else. This
//! program plays these parts when it starts itself again, on the core of the server.

use std::hint::black_box;
use std::str::FromStr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ED25519, EcdsaKeyPair, Ed25519KeyPair, KeyPair,
    ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair,
};
use claviger::protocol::algorithm::SigningAlgorithm;
use futures_util::future::try_join_all;
use sea_orm::sqlx::postgres::PgConnection;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sea_orm::sqlx::{ConnectOptions, Connection, query};

use crate::load::Figures;
use crate::machine;

/// What a JWT is signed over, about: header and claims in base64url.
const MESSAGE: &[u8] = &[b'x'; 500];
/// As large as the hash of a token.
const HASH: &[u8] = &[7; 32];
const INSERT_SQLITE: &str = "INSERT INTO commits (hash, at) VALUES (?, ?)";
const INSERT_POSTGRES: &str = "INSERT INTO commits (hash, at) VALUES ($1, $2)";

/// A part of this program.
#[derive(Clone, Debug, clap::Subcommand)]
#[command(hide = true)]
pub enum Part {
    /// Answers every request with the same JSON
    Answer { listen: String },
    /// Signs
    Sign { algorithm: String, seconds: f64 },
    /// Verifies
    Verify { algorithm: String, seconds: f64 },
    /// Commits rows, one a transaction, on so many connections
    Commit { url: String, connections: usize, seconds: f64 },
}

impl Part {
    /// Plays it; all but the server print their figures.
    pub fn play(&self) -> Result<()> {
        let figures = match self {
            Self::Answer { listen } => return serve(listen),
            Self::Sign { algorithm, seconds } => sign(known(algorithm)?, Duration::from_secs_f64(*seconds))?,
            Self::Verify { algorithm, seconds } => verify(known(algorithm)?, Duration::from_secs_f64(*seconds))?,
            Self::Commit { url, connections, seconds } => {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
                runtime.block_on(commit(url, *connections, Duration::from_secs_f64(*seconds)))?
            }
        };
        println!("{}", serde_json::to_string(&figures)?);
        Ok(())
    }
}

fn known(algorithm: &str) -> Result<SigningAlgorithm> {
    SigningAlgorithm::from_wire(algorithm).with_context(|| format!("no algorithm {algorithm}"))
}

/// A server that knows nothing and says so.
fn serve(listen: &str) -> Result<()> {
    use actix_web::{App, HttpResponse, HttpServer, web};
    let answer = || async { HttpResponse::Ok().json(serde_json::json!({ "active": true })) };
    let server = HttpServer::new(move || App::new().route("/", web::get().to(answer))).workers(1).bind(listen)?;
    Ok(actix_web::rt::System::new().block_on(server.run())?)
}

fn sign(algorithm: SigningAlgorithm, length: Duration) -> Result<Figures> {
    let random = SystemRandom::new();
    match algorithm {
        SigningAlgorithm::ES256 => {
            let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?;
            repeat(length, || {
                black_box(key.sign(&random, MESSAGE)?);
                Ok(())
            })
        }
        SigningAlgorithm::RS256 => {
            let key = RsaKeyPair::generate(KeySize::Rsa2048)?;
            let mut signature = vec![0; key.public_modulus_len()];
            repeat(length, || Ok(key.sign(&RSA_PKCS1_SHA256, &random, MESSAGE, &mut signature)?))
        }
        SigningAlgorithm::EdDSA => {
            let key = Ed25519KeyPair::generate()?;
            repeat(length, || {
                black_box(key.try_sign(MESSAGE)?);
                Ok(())
            })
        }
    }
}

fn verify(algorithm: SigningAlgorithm, length: Duration) -> Result<Figures> {
    let random = SystemRandom::new();
    let (key, signature) = match algorithm {
        SigningAlgorithm::ES256 => {
            let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?;
            let key = ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, pair.public_key())?;
            (key, pair.sign(&random, MESSAGE)?.as_ref().to_vec())
        }
        SigningAlgorithm::RS256 => {
            let pair = RsaKeyPair::generate(KeySize::Rsa2048)?;
            let mut signature = vec![0; pair.public_modulus_len()];
            pair.sign(&RSA_PKCS1_SHA256, &random, MESSAGE, &mut signature)?;
            (ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key())?, signature)
        }
        SigningAlgorithm::EdDSA => {
            let pair = Ed25519KeyPair::generate()?;
            (ParsedPublicKey::new(&ED25519, pair.public_key())?, pair.try_sign(MESSAGE)?.as_ref().to_vec())
        }
    };
    repeat(length, || Ok(key.verify_sig(MESSAGE, &signature)?))
}

/// Does it again and again for so long.
fn repeat(length: Duration, mut work: impl FnMut() -> Result<()>) -> Result<Figures> {
    work()?;
    let mut nanoseconds = Vec::new();
    let (start, before) = (Instant::now(), machine::cpu("self")?);
    let mut last = start;
    while start.elapsed() < length {
        work()?;
        nanoseconds.push(since(&mut last));
    }
    Ok(Figures::of(nanoseconds, start.elapsed(), machine::cpu("self")?.saturating_sub(before)))
}

/// Nanoseconds since `last`, which becomes now.
fn since(last: &mut Instant) -> u32 {
    let now = Instant::now();
    let took = u32::try_from(now.duration_since(*last).as_nanos()).unwrap_or(u32::MAX);
    *last = now;
    took
}

/// Rows that are on disk when they are answered for: `SQLite` with `synchronous=FULL`, `PostgreSQL` as it is set.
async fn commit(url: &str, connections: usize, length: Duration) -> Result<Figures> {
    let start = Instant::now();
    let before = machine::cpu("self")?;
    let nanoseconds = if url.starts_with("sqlite:") {
        ensure!(connections == 1, "SQLite has one writer");
        commit_sqlite(url, start + length).await?
    } else {
        let writers = (0..connections).map(|_| commit_postgres(url, start + length));
        try_join_all(writers).await?.concat()
    };
    if nanoseconds.is_empty() {
        bail!("nothing was committed in {length:?}");
    }
    Ok(Figures::of(nanoseconds, start.elapsed(), machine::cpu("self")?.saturating_sub(before)))
}

async fn commit_sqlite(url: &str, end: Instant) -> Result<Vec<u32>> {
    let options = SqliteConnectOptions::from_str(url)?.create_if_missing(true);
    let options = options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full);
    let mut connection: SqliteConnection = options.connect().await?;
    query("CREATE TABLE IF NOT EXISTS commits (hash BLOB, at INTEGER)").execute(&mut connection).await?;
    let mut nanoseconds = Vec::new();
    let mut last = Instant::now();
    while last < end {
        query(INSERT_SQLITE).bind(HASH).bind(1_i64).execute(&mut connection).await?;
        nanoseconds.push(since(&mut last));
    }
    connection.close().await?;
    Ok(nanoseconds)
}

async fn commit_postgres(url: &str, end: Instant) -> Result<Vec<u32>> {
    let mut connection = PgConnection::connect(url).await?;
    let mut nanoseconds = Vec::new();
    let mut last = Instant::now();
    while last < end {
        query(INSERT_POSTGRES).bind(HASH).bind(1_i64).execute(&mut connection).await?;
        nanoseconds.push(since(&mut last));
    }
    connection.close().await?;
    Ok(nanoseconds)
}
