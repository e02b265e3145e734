//! `[mail]`: how mail is sent.

use std::fmt;
use std::net::IpAddr;

use lettre::message::Mailbox;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value as Json;

use super::choice::choice;
use super::readable::{HIDDEN, Readable};
use super::reader::Reader;
use super::source::Value;

/// `[mail]`
#[derive(Clone, Debug)]
pub struct MailConfig {
    /// From whom mail comes.
    pub from: Option<Mailbox>,
    /// Whether it is kept for the console instead of sent.
    pub mailbox: bool,
    /// Who takes it.
    pub smtp: Option<SmtpConfig>,
}

/// `[mail.smtp]`
#[derive(Clone, Debug)]
pub struct SmtpConfig {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: SmtpTls,
    /// Who sends, if it wants to know: a name and a password.
    pub credentials: Option<(String, SecretString)>,
}

/// How a connection to a mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpTls {
    /// TLS after the first words (RFC 3207), and not without.
    StartTls,
    /// TLS from the first byte (RFC 8314 §3.3).
    Implicit,
    /// Not at all: for a server on the same machine.
    None,
}

choice!(
    SmtpTls { StartTls = "starttls", Implicit = "implicit", None = "none" },
    "\"starttls\", \"implicit\" or \"none\""
);

impl SmtpTls {
    const fn port(self) -> u16 {
        match self {
            Self::StartTls => 587,
            Self::Implicit => 465,
            Self::None => 25,
        }
    }
}

/// Who sends: an address, or a name with one.
struct Sender(Mailbox);

impl Readable for Sender {
    const EXPECTED: &'static str = "an address, such as \"id@example.com\" or \"Example <id@example.com>\"";

    fn parse(value: &Value) -> Result<Self, String> {
        value.text()?.parse().map(Self).map_err(|_| "is not an address of mail".to_owned())
    }

    fn show(&self) -> Json {
        Json::from(self.0.to_string())
    }
}

/// What a mail server is told in proof.
struct Password(SecretString);

impl Readable for Password {
    const EXPECTED: &'static str = "a text that is not empty";
    const SECRET: bool = true;

    fn parse(value: &Value) -> Result<Self, String> {
        String::parse(value).map(|text| Self(SecretString::from(text)))
    }

    fn show(&self) -> Json {
        Json::from(HIDDEN)
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

impl MailConfig {
    /// Whether there is mail at all: what needs it is not offered otherwise.
    #[must_use]
    pub const fn is_on(&self) -> bool {
        self.smtp.is_some() || self.mailbox
    }

    pub(super) fn read(reader: &mut Reader) -> Self {
        let from = reader.optional::<Sender>("mail.from").map(|Sender(from)| from);
        let mailbox = reader.value("mail.mailbox", false);
        let smtp = SmtpConfig::read(reader);
        if from.is_none() && (smtp.is_some() || mailbox) {
            reader.refuse("mail.from", "is missing", &format!("Write {}.", Sender::EXPECTED));
        }
        if mailbox && smtp.is_some() {
            reader.refuse("mail.mailbox", "is true beside mail.smtp.host", "Keep mail, or send it.");
        }
        Self { from, mailbox, smtp }
    }
}

impl SmtpConfig {
    fn read(reader: &mut Reader) -> Option<Self> {
        let host = reader.optional::<String>("mail.smtp.host");
        let port = reader.optional::<u32>("mail.smtp.port");
        let tls = reader.value("mail.smtp.tls", SmtpTls::StartTls);
        let username = reader.optional::<String>("mail.smtp.username");
        let password = reader.optional_secret::<Password>("mail.smtp.password").map(|Password(password)| password);
        let in_range = port.map(u16::try_from).transpose().ok().filter(|port| *port != Some(0));
        if in_range.is_none() {
            reader.refuse("mail.smtp.port", "is no port", "Write something from 1 to 65535.");
        }
        if username.is_some() != password.as_ref().is_some_and(|password| !password.expose_secret().is_empty()) {
            let remedy = "Give mail.smtp.username and mail.smtp.password, or neither.";
            reader.refuse("mail.smtp.username", "needs a password, and a password a name", remedy);
        }
        let host = host?;
        if tls == SmtpTls::None && !is_here(&host) {
            let remedy = "Write \"starttls\" or \"implicit\": only a server on this machine may be spoken to in clear.";
            reader.refuse("mail.smtp.tls", "would send mail in clear over a network", remedy);
        }
        let port = in_range.flatten().unwrap_or_else(|| tls.port());
        Some(Self { host, port, tls, credentials: username.zip(password) })
    }
}

/// Whether what is said to this host stays on this machine.
fn is_here(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, SmtpTls};

    fn faults(text: &str) -> Vec<(String, String)> {
        let faults = Config::from_toml(text, []).unwrap_err();
        faults.faults().iter().map(|fault| (fault.key.clone(), fault.problem.clone())).collect()
    }

    const FROM: &str = "mail.from = \"Harbour <id@harbour.example>\"\n";

    #[test]
    fn sends_no_mail_unless_it_is_told_how() {
        assert!(!Config::default().mail.is_on());
        let smtp = Config::from_toml(&format!("{FROM}mail.smtp.host = \"smtp.example\"\n"), []).unwrap().mail;
        assert!(smtp.is_on());
        let smtp = smtp.smtp.unwrap();
        assert_eq!((smtp.port, smtp.tls), (587, SmtpTls::StartTls));
        assert!(Config::from_toml(&format!("{FROM}mail.mailbox = true\n"), []).unwrap().mail.is_on());
    }

    /// RFC 8314 §3: mail and the password of who sends it cross no network in clear.
    #[test]
    fn speaks_in_clear_to_this_machine_only() {
        for host in ["localhost", "127.0.0.1", "::1"] {
            let text = format!("{FROM}mail.smtp.host = \"{host}\"\nmail.smtp.tls = \"none\"\n");
            assert_eq!(Config::from_toml(&text, []).unwrap().mail.smtp.unwrap().port, 25, "{host}");
        }
        for host in ["smtp.example", "10.0.0.1", "localhost.example"] {
            let text = format!("{FROM}mail.smtp.host = \"{host}\"\nmail.smtp.tls = \"none\"\n");
            assert_eq!(faults(&text)[0].0, "mail.smtp.tls", "{host}");
        }
    }

    #[test]
    fn refuses_what_contradicts_itself() {
        for (text, key) in [
            ("mail.mailbox = true\n".to_owned(), "mail.from"),
            ("mail.from = \"nobody\"\n".to_owned(), "mail.from"),
            (format!("{FROM}mail.mailbox = true\nmail.smtp.host = \"smtp.example\"\n"), "mail.mailbox"),
            (format!("{FROM}mail.smtp.host = \"a\"\nmail.smtp.port = 0\n"), "mail.smtp.port"),
            (format!("{FROM}mail.smtp.host = \"a\"\nmail.smtp.username = \"a\"\n"), "mail.smtp.username"),
            (format!("{FROM}mail.smtp.host = \"a\"\nmail.smtp.password = \"a\"\n"), "mail.smtp.username"),
        ] {
            let found = faults(&text);
            assert_eq!(found.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>(), [key], "{text}");
        }
    }

    #[test]
    fn shows_no_password() {
        let text =
            format!("{FROM}mail.smtp.host = \"a\"\nmail.smtp.username = \"a\"\nmail.smtp.password = \"hunter2\"\n");
        let config = Config::from_toml(&text, []).unwrap();
        assert!(!format!("{:?} {:?}", config, config.show()).contains("hunter2"));
    }
}
