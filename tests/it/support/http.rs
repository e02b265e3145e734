//! Requests as a program sends them: nothing followed, nothing remembered.

use reqwest::header::HeaderMap;
use serde_json::Value;

/// A client that follows no redirect.
pub struct Http(reqwest::Client);

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: String,
}

impl Http {
    /// A client without cookies.
    pub fn new() -> Self {
        // The test process has two TLS providers compiled in, so one has to be chosen; a second call does nothing.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build();
        Self(client.unwrap())
    }

    /// `GET`
    pub async fn get(&self, url: &str, headers: &[(&str, &str)]) -> Answer {
        Self::send(self.0.get(url), headers).await
    }

    /// `POST`
    pub async fn post(&self, url: &str, body: Vec<u8>, headers: &[(&str, &str)]) -> Answer {
        Self::send(self.0.post(url).body(body), headers).await
    }

    /// `POST` of a form with a file in it.
    pub async fn upload(&self, url: &str, form: reqwest::multipart::Form, headers: &[(&str, &str)]) -> Answer {
        Self::send(self.0.post(url).multipart(form), headers).await
    }

    /// `OPTIONS`
    pub async fn options(&self, url: &str, headers: &[(&str, &str)]) -> Answer {
        Self::send(self.0.request(reqwest::Method::OPTIONS, url), headers).await
    }

    /// Any method, with a body.
    pub async fn request(&self, method: &str, url: &str, body: Vec<u8>, headers: &[(&str, &str)]) -> Answer {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        Self::send(self.0.request(method, url).body(body), headers).await
    }

    async fn send(mut request: reqwest::RequestBuilder, headers: &[(&str, &str)]) -> Answer {
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer { status, headers, body: response.text().await.unwrap() }
    }
}

impl Answer {
    /// A header's value; empty if there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.body))
    }

    /// The body as the JSON of a success.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.body);
        self.json()
    }

    /// Checks that this is the JSON of an OAuth error: RFC 6749 §5.2.
    #[track_caller]
    pub fn refuses(&self, status: u16, code: &str) -> &Self {
        assert_eq!((self.status, self.json()["error"].as_str().unwrap()), (status, code), "{}", self.body);
        assert_eq!(self.header("content-type"), "application/json");
        assert_eq!(self.header("cache-control"), "no-store");
        let description = self.json()["error_description"].as_str().unwrap().to_owned();
        let allowed = |c: char| matches!(c, '\x20'..='\x21' | '\x23'..='\x5b' | '\x5d'..='\x7e');
        assert!(!description.is_empty() && description.chars().all(allowed), "{description}");
        self
    }
}

/// A form's body.
pub fn form_encode(form: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish()
}
