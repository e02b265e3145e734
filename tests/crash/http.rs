//! Requests of which is known whether the answer arrived whole: one connection each, and nothing is sent again that the
//! server may have acted on.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::Value;

/// An answer that takes longer does not arrive.
const LONGEST: Duration = Duration::from_mins(1);

/// An answer that arrived whole.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers, as they came.
    pub head: String,
    /// The body.
    pub body: String,
    /// How long it took.
    pub took: Duration,
}

impl Answer {
    /// The body as JSON; null if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// A member of the JSON body that is text; empty if there is none.
    pub fn text(&self, member: &str) -> String {
        self.json()[member].as_str().unwrap_or_default().to_owned()
    }

    /// The values of every header with this name, in lower case.
    pub fn headers(&self, name: &str) -> impl Iterator<Item = &str> {
        let pairs = self.head.lines().filter_map(|line| line.split_once(':'));
        pairs.filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    /// The value of a hidden input of the page.
    pub fn hidden(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        let rest = self.body.split_once(&start).map(|(_, rest)| rest).unwrap_or_default();
        rest.split('"').next().unwrap_or_default().to_owned()
    }
}

/// `GET`; nothing if the answer did not arrive whole.
pub fn get(address: &str, path: &str, cookies: &str) -> Option<Answer> {
    send(address, &format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nCookie: {cookies}\r\nConnection: close\r\n\r\n"))
}

/// `POST` of a form; nothing if the answer did not arrive whole. `header` is one more line of the head.
pub fn post(address: &str, path: &str, header: &str, form: &[(&str, &str)]) -> Option<Answer> {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let length = body.len();
    send(
        address,
        &format!(
            "POST {path} HTTP/1.1\r\nHost: {address}\r\n{header}\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{body}"
        ),
    )
}

fn send(address: &str, request: &str) -> Option<Answer> {
    let answer = send_once(address, request)?;
    // RFC 9110 §15.5.9: the server has not got the request, which a busy machine was too slow to send.
    if answer.status == 408 { send_once(address, request) } else { Some(answer) }
}

fn send_once(address: &str, request: &str) -> Option<Answer> {
    let sent = Instant::now();
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(LONGEST)).ok()?;
    stream.write_all(request.as_bytes()).ok()?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let answer = Answer { status, head: head.to_owned(), body: body.to_owned(), took: sent.elapsed() };
    let promised = answer.headers("content-length").next().and_then(|length| length.parse().ok());
    let whole = promised.is_some_and(|length: usize| length == body.len());
    whole.then_some(answer)
}
