//! Handing a mail to a mail server, by SMTP.

use std::error::Error as _;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::ExposeSecret;
use tokio::time::timeout;

use super::outbox::Content;
use crate::clock::Timestamp;
use crate::config::{MailConfig, SmtpConfig, SmtpTls};
use crate::ids::MailId;
use crate::protocol::issuer::Issuer;

/// How long one step of handing a mail over may take, and all of them.
const STEP: Duration = Duration::from_secs(20);
const ALL_STEPS: Duration = Duration::from_mins(1);

type Transport = AsyncSmtpTransport<Tokio1Executor>;

/// Why a mail was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotSent {
    /// It may be another time.
    Yet(String),
    /// It never will be: the mail server does not know whom it is for, or does not want it.
    Ever(String),
}

/// Hands mail to a mail server.
pub struct Sender {
    from: Mailbox,
    smtp: SmtpConfig,
    /// The name by which we are known, for `EHLO`.
    name: String,
    ca_file: Option<PathBuf>,
    transport: OnceLock<Transport>,
}

impl Sender {
    /// A sender by these settings, if they name a mail server. `ca_file` names certificates that are trusted besides
    /// those of the system.
    #[must_use]
    pub fn new(config: &MailConfig, issuer: &Issuer, ca_file: Option<PathBuf>) -> Option<Self> {
        let (from, smtp) = (config.from.clone()?, config.smtp.clone()?);
        let name = url::Url::parse(issuer.as_str()).ok().and_then(|url| url.host_str().map(str::to_owned));
        Some(Self { from, smtp, name: name.unwrap_or_default(), ca_file, transport: OnceLock::new() })
    }

    /// Sends a mail. Its `Message-ID` is made of `id`, so that a mail that is sent twice can be known as one.
    pub async fn send(&self, id: MailId, to: &str, content: Content, written: Timestamp) -> Result<(), NotSent> {
        let message = self.message(id, to, content, written).map_err(NotSent::Ever)?;
        // Reading the system's certificates takes a while, so that it waits until somebody needs them.
        let transport = if let Some(transport) = self.transport.get() {
            transport
        } else {
            // What is wrong may be mended by the next attempt: only what works is kept.
            let made = self.connect().map_err(NotSent::Yet)?;
            self.transport.get_or_init(|| made)
        };
        match timeout(ALL_STEPS, transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(judged(&error)),
            Err(_) => Err(NotSent::Yet("the mail server took too long".to_owned())),
        }
    }

    fn message(&self, id: MailId, to: &str, content: Content, written: Timestamp) -> Result<Message, String> {
        let to: Address = to.parse().map_err(|_| "that is no address of mail".to_owned())?;
        let seconds = u64::try_from(written.seconds()).unwrap_or_default();
        // RFC 3834 §5: nobody's holiday notice answers it.
        let automatic = HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned());
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(content.subject)
            .date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .raw_header(automatic)
            .multipart(MultiPart::alternative_plain_html(content.text, content.html))
            .map_err(|error| format!("cannot be written ({error})"))
    }

    fn connect(&self) -> Result<Transport, String> {
        let mut builder = Transport::builder_dangerous(&self.smtp.host)
            .port(self.smtp.port)
            .timeout(Some(STEP))
            .tls(self.tls()?)
            .hello_name(self.hello());
        if let Some((name, password)) = &self.smtp.credentials {
            builder = builder.credentials(Credentials::new(name.clone(), password.expose_secret().to_owned()));
        }
        Ok(builder.build())
    }

    /// An address is told as one (`[192.0.2.1]`), not as a name.
    fn hello(&self) -> ClientId {
        match self.name.trim_matches(['[', ']']).parse() {
            Ok(IpAddr::V4(address)) => ClientId::Ipv4(address),
            Ok(IpAddr::V6(address)) => ClientId::Ipv6(address),
            Err(_) => ClientId::Domain(self.name.clone()),
        }
    }

    fn tls(&self) -> Result<Tls, String> {
        if self.smtp.tls == SmtpTls::None {
            return Ok(Tls::None);
        }
        let mut parameters = TlsParameters::builder(self.smtp.host.clone());
        if let Some(file) = &self.ca_file {
            let pem = std::fs::read(file).map_err(|error| format!("outbound.ca_file cannot be read: {error}"))?;
            let trusted = Certificate::from_pem(&pem).ok().filter(|_| holds_a_certificate(&pem));
            let trusted = trusted.ok_or("outbound.ca_file holds no certificate in PEM")?;
            parameters = parameters.add_root_certificate(trusted);
        }
        let parameters = parameters.build_rustls().map_err(|error| innermost(&error))?;
        Ok(match self.smtp.tls {
            // RFC 3207 §6: who stands in between must not be able to talk us out of TLS.
            SmtpTls::StartTls => Tls::Required(parameters),
            SmtpTls::Implicit => Tls::Wrapper(parameters),
            SmtpTls::None => Tls::None,
        })
    }
}

/// What has no such line is read without complaint, as no certificate at all.
fn holds_a_certificate(pem: &[u8]) -> bool {
    String::from_utf8_lossy(pem).contains("-----BEGIN CERTIFICATE-----")
}

/// RFC 5321 §4.2.1: what begins with 5 is refused for good. But only of 550 to 559 that is said of the mail; the others
/// speak of who sends (a wrong password, say), which an operator can mend while the mail waits.
fn judged(error: &lettre::transport::smtp::Error) -> NotSent {
    let code = error.status().map(u16::from);
    let reason = innermost(error);
    match code {
        Some(code @ 550..=559) => NotSent::Ever(format!("answered {code}: {reason}")),
        Some(code) => NotSent::Yet(format!("answered {code}: {reason}")),
        None => NotSent::Yet(reason),
    }
}

/// The innermost reason, which says most, cut to a length that fits a table.
fn innermost(error: &lettre::transport::smtp::Error) -> String {
    let Some(mut reason) = error.source() else { return error.to_string() };
    while let Some(source) = reason.source() {
        reason = source;
    }
    reason.to_string().chars().filter(|c| !c.is_control()).take(200).collect()
}
