//! HTTP/1.1, as much of it as a load generator needs: one request after another on a connection that stays open.

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A `GET`, ready to be sent.
pub fn get(path: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{}\r\n", lines(headers)).into_bytes()
}

/// A `POST` of a form, ready to be sent.
pub fn post(path: &str, form: &[(&str, &str)], headers: &[(&str, &str)]) -> Vec<u8> {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\n{}Content-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\n{body}",
        lines(headers),
        body.len()
    )
    .into_bytes()
}

fn lines(headers: &[(&str, &str)]) -> String {
    headers.iter().flat_map(|(name, value)| [name, ": ", value, "\r\n"]).collect()
}

/// `Authorization: Basic`: RFC 6749 §2.3.1, form-encoded before base64.
pub fn basic(id: &str, secret: &str) -> String {
    use base64::Engine;
    let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encode(id), encode(secret));
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
}

/// A connection and what has been read from it.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer, as it lies in the connection's buffer.
pub struct Answer<'a> {
    pub status: u16,
    pub head: &'a str,
    pub body: &'a str,
}

impl Connection {
    pub async fn open(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await.with_context(|| format!("nobody listens at {address}"))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(1 << 14) })
    }

    /// Sends a request and waits for the whole answer.
    pub async fn ask(&mut self, request: &[u8]) -> Result<Answer<'_>> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let head = loop {
            self.read().await?;
            if let Some(end) = self.buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
        };
        let length = Answer { status: 0, head: str::from_utf8(self.buffer.get(..head).unwrap_or_default())?, body: "" }
            .header("content-length")
            .context("an answer without content-length")?
            .parse::<usize>()?;
        while self.buffer.len() < head + length {
            self.read().await?;
        }
        let (head, body) = self.buffer.split_at(head);
        let (head, body) = (str::from_utf8(head)?, str::from_utf8(body)?);
        let status = head.get(9..12).and_then(|digits| digits.parse().ok()).context("an answer without status")?;
        Ok(Answer { status, head, body })
    }

    async fn read(&mut self) -> Result<()> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            bail!("the server hung up");
        }
        Ok(())
    }
}

impl<'a> Answer<'a> {
    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&'a str> {
        self.headers(name).next()
    }

    /// Every header of this name.
    pub fn headers(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.head.split("\r\n").skip(1).filter_map(move |line| {
            let (known, value) = line.split_once(':')?;
            known.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}
