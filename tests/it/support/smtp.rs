//! A mail server on loopback that takes mail for everybody and keeps it. What it understands of SMTP is somebody else's
//! reading (`mailin`), and so is what a mail is (`mail-parser`).

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use mail_parser::{Message, MessageParser};
use mailin::response::{AUTH_OK, INVALID_CREDENTIALS, OK};
use mailin::{Action, AuthMechanism, Handler, Response, Session, SessionBuilder};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::Authority;

/// How its connections are protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailTls {
    None,
    StartTls,
    Implicit,
}

/// What it was handed.
#[derive(Clone, Debug, Default)]
struct Envelope {
    to: Vec<String>,
    raw: Vec<u8>,
    in_clear: bool,
    user: Option<String>,
}

struct Inner {
    taken: Mutex<Vec<Envelope>>,
    /// What it answers to a recipient: 250, or a refusal.
    answer: AtomicU16,
    gone: AtomicBool,
    tls: MailTls,
    config: Option<Arc<ServerConfig>>,
}

/// A mail server.
pub struct MailServer {
    port: u16,
    inner: Arc<Inner>,
    /// Whom its certificate comes from.
    pub authority: Authority,
}

/// The only one who may send where TLS protects the password.
const USER: (&str, &str) = ("claviger", "the password of the mail server");

impl MailServer {
    /// One that takes everything.
    pub fn start(tls: MailTls) -> Self {
        Self::start_at(0, tls)
    }

    /// The same at this port.
    pub fn start_at(port: u16, tls: MailTls) -> Self {
        let authority = Authority::new("Mail authority");
        let config = (tls != MailTls::None).then(|| {
            let own = authority.certify_with("localhost", |params| {
                params.subject_alt_names = vec![rcgen::SanType::DnsName("localhost".try_into().unwrap())];
                params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth];
            });
            let chain = CertificateDer::pem_slice_iter(own.pem.as_bytes()).map(Result::unwrap).collect();
            let key = PrivateKeyDer::from_pem_slice(own.key.as_bytes()).unwrap();
            let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
            let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
            Arc::new(builder.with_no_client_auth().with_single_cert(chain, key).unwrap())
        });
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let inner = Arc::new(Inner {
            taken: Mutex::default(),
            answer: AtomicU16::new(250),
            gone: AtomicBool::new(false),
            tls,
            config,
        });
        let served = Arc::clone(&inner);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if served.gone.load(Ordering::SeqCst) {
                    return;
                }
                let served = Arc::clone(&served);
                thread::spawn(move || served.serve(stream.unwrap()));
            }
        });
        Self { port, inner, authority }
    }

    /// The settings of a server that sends by it.
    pub fn settings(&self) -> String {
        let (host, tls) = match self.inner.tls {
            MailTls::None => ("127.0.0.1", "none"),
            MailTls::StartTls => ("localhost", "starttls"),
            MailTls::Implicit => ("localhost", "implicit"),
        };
        let from = "mail.from = \"Harbour <id@harbour.example>\"\n";
        let server =
            format!("mail.smtp.host = \"{host}\"\nmail.smtp.port = {}\nmail.smtp.tls = \"{tls}\"\n", self.port);
        if self.inner.tls == MailTls::None {
            return format!("{from}{server}");
        }
        format!("{from}{server}mail.smtp.username = \"{}\"\nmail.smtp.password = \"{}\"\n", USER.0, USER.1)
    }

    /// Answers every recipient so from now on.
    pub fn answer(&self, code: u16) {
        self.inner.answer.store(code, Ordering::SeqCst);
    }

    /// Ends it, and with it what listens; answers with its port.
    pub fn stop(self) -> u16 {
        self.inner.gone.store(true, Ordering::SeqCst);
        drop(TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)));
        self.port
    }

    /// How many mails it has taken.
    pub fn count(&self) -> usize {
        self.inner.taken.lock().unwrap().len()
    }

    /// Whom the mails were for, by the envelope.
    pub fn recipients(&self) -> Vec<String> {
        self.inner.taken.lock().unwrap().iter().flat_map(|envelope| envelope.to.clone()).collect()
    }

    /// Whether all came under TLS, from the user whom it knows.
    pub fn took_all_under_tls(&self) -> bool {
        let taken = self.inner.taken.lock().unwrap();
        taken.iter().all(|envelope| !envelope.in_clear && envelope.user.as_deref() == Some(USER.0))
    }

    /// The last mail, as it was sent.
    pub fn last_raw(&self) -> Vec<u8> {
        self.inner.taken.lock().unwrap().last().unwrap().raw.clone()
    }

    /// What `read` finds in the last mail.
    pub fn read_last<T>(&self, read: impl FnOnce(&Message<'_>) -> T) -> T {
        let raw = self.last_raw();
        read(&MessageParser::default().parse(&raw).unwrap())
    }
}

struct Taking {
    inner: Arc<Inner>,
    envelope: Envelope,
}

impl Handler for Taking {
    fn rcpt(&mut self, _: &str) -> Response {
        match self.inner.answer.load(Ordering::SeqCst) {
            250 => OK,
            code => Response::custom(code, "not now".to_owned()),
        }
    }

    fn data_start(&mut self, _: &str, _: &str, _: bool, to: &[String]) -> Response {
        self.envelope.to = to.to_vec();
        self.envelope.raw.clear();
        OK
    }

    fn data(&mut self, line: &[u8]) -> std::io::Result<()> {
        self.envelope.raw.extend_from_slice(line);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        self.inner.taken.lock().unwrap().push(self.envelope.clone());
        OK
    }

    fn auth_plain(&mut self, _: &str, name: &str, password: &str) -> Response {
        if (name, password) != USER {
            return INVALID_CREDENTIALS;
        }
        self.envelope.user = Some(name.to_owned());
        AUTH_OK
    }
}

impl Inner {
    fn serve(self: &Arc<Self>, stream: TcpStream) {
        let in_clear = self.tls == MailTls::None;
        let taking = Taking { inner: Arc::clone(self), envelope: Envelope { in_clear, ..Envelope::default() } };
        let mut builder = SessionBuilder::new("mail.example");
        if self.tls != MailTls::None {
            builder.enable_start_tls();
            builder.enable_auth(AuthMechanism::Plain);
        }
        let mut session = builder.build(stream.peer_addr().unwrap().ip(), taking);
        if self.tls == MailTls::Implicit {
            let mut secured = self.secure(stream);
            session.tls_active();
            if write(&mut secured, &session.greeting()) {
                converse(BufReader::new(secured), &mut session);
            }
            return;
        }
        let mut clear = stream.try_clone().unwrap();
        if write(&mut clear, &session.greeting()) && converse(BufReader::new(clear), &mut session) {
            let secured = self.secure(stream);
            session.tls_active();
            converse(BufReader::new(secured), &mut session);
        }
    }

    fn secure(&self, stream: TcpStream) -> StreamOwned<ServerConnection, TcpStream> {
        let connection = ServerConnection::new(Arc::clone(self.config.as_ref().unwrap())).unwrap();
        StreamOwned::new(connection, stream)
    }
}

fn write(stream: &mut impl Write, response: &Response) -> bool {
    let mut bytes = Vec::new();
    response.write_to(&mut bytes).unwrap();
    stream.write_all(&bytes).and_then(|()| stream.flush()).is_ok()
}

/// Speaks until the client goes (`false`), or wants TLS (`true`).
fn converse<S: Read + Write>(mut stream: BufReader<S>, session: &mut Session<Taking>) -> bool {
    let mut line = Vec::new();
    loop {
        line.clear();
        if !matches!(stream.read_until(b'\n', &mut line), Ok(read) if read > 0) {
            return false;
        }
        let response = session.process(&line);
        match response.action {
            Action::NoReply => {}
            Action::Reply => {
                if !write(stream.get_mut(), &response) {
                    return false;
                }
            }
            Action::UpgradeTls => return write(stream.get_mut(), &response),
            Action::Close => {
                write(stream.get_mut(), &response);
                return false;
            }
        }
    }
}
