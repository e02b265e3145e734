//! A browser as far as these tests need one: cookies, redirects on our own server, forms.

use std::collections::BTreeMap;
use std::sync::Mutex;

use scraper::{ElementRef, Html, Selector};
use url::Url;

use super::http::{Answer, Http};

/// A browser with its cookies.
pub struct Browser {
    http: Http,
    origin: String,
    base: String,
    address: Option<String>,
    cookies: Mutex<BTreeMap<String, String>>,
}

/// Where a browser has arrived: a page of ours, or the URL of another site to which it was sent.
#[derive(Debug)]
pub struct Page {
    /// The URL in the address bar.
    pub url: Url,
    /// The answer; for another site's URL the redirect that led there.
    pub answer: Answer,
    /// Every `Set-Cookie` header on the way.
    pub set_cookies: Vec<String>,
}

impl Browser {
    pub(super) fn new(origin: &str, base: &str) -> Self {
        let (origin, base) = (origin.to_owned(), base.to_owned());
        Self { http: Http::new(), origin, base, address: None, cookies: Mutex::default() }
    }

    /// The same at this address, where the server trusts a proxy at ours.
    pub fn at(self, address: &str) -> Self {
        Self { address: Some(address.to_owned()), ..self }
    }

    /// A browser whose own server is another program.
    pub fn of(origin: &str) -> Self {
        Self::new(origin, "")
    }

    /// Opens a path below the issuer, or a whole URL, and follows redirects as long as they stay on our server.
    pub async fn open(&self, target: &str) -> Page {
        let url = if target.starts_with("http") { target.to_owned() } else { self.url(target) };
        let answer = self.get(&url).await;
        self.follow(Url::parse(&url).unwrap(), answer).await
    }

    /// Signs somebody in beside whoever is.
    pub async fn sign_in_too(&self, username: &str) -> Page {
        let form = self.open("/login?another=yes").await;
        self.submit(&form, "form#login", &[("username", username), ("password", super::PASSWORD)]).await
    }

    /// Sends the form `selector` of `page`, with `fields` in place of what its inputs hold. A button is one of `fields`.
    pub async fn submit(&self, page: &Page, selector: &str, fields: &[(&str, &str)]) -> Page {
        let (action, form) = page.form(selector, fields);
        self.post(&action, &form).await
    }

    /// As [`Self::submit`], for a form with the file `name` in it, as a browser sends it; an empty one where none was chosen.
    pub async fn upload(
        &self,
        page: &Page,
        selector: &str,
        (name, file): (&str, &[u8]),
        fields: &[(&str, &str)],
    ) -> Page {
        let (action, pairs) = page.form(selector, fields);
        let part = reqwest::multipart::Part::bytes(file.to_vec()).file_name(if file.is_empty() { "" } else { "a.png" });
        let form = pairs.into_iter().filter(|(field, _)| field != name);
        let form = form.fold(reqwest::multipart::Form::new(), |form, (name, value)| form.text(name, value));
        let cookies = self.cookie_header();
        let headers = [
            ("origin", self.origin.as_str()),
            ("sec-fetch-site", "same-origin"),
            ("accept", "text/html"),
            ("cookie", cookies.as_str()),
        ];
        let answer = self.http.upload(&action, form.part(name.to_owned(), part), &headers).await;
        self.follow(Url::parse(&action).unwrap(), answer).await
    }

    /// As [`Self::submit`], but stops where the answer leads, without going there.
    pub async fn submit_only(&self, page: &Page, selector: &str, fields: &[(&str, &str)]) -> Page {
        let (action, form) = page.form(selector, fields);
        let answer = self.send(&action, &form).await;
        let set_cookies = self.keep_cookies(&answer);
        let url = Url::parse(&action).unwrap().join(answer.header("location")).unwrap();
        Page { url, answer, set_cookies }
    }

    /// Posts a form to a path below the issuer, or a whole URL.
    pub async fn post(&self, target: &str, form: &[(String, String)]) -> Page {
        let url = if target.starts_with("http") { target.to_owned() } else { self.url(target) };
        let answer = self.send(&url, form).await;
        self.follow(Url::parse(&url).unwrap(), answer).await
    }

    async fn send(&self, url: &str, form: &[(String, String)]) -> Answer {
        let pairs: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let body = super::form_encode(&pairs).into_bytes();
        let cookies = self.cookie_header();
        let mut headers = vec![
            ("content-type", "application/x-www-form-urlencoded"),
            ("origin", self.origin.as_str()),
            ("sec-fetch-site", "same-origin"),
            ("accept", "text/html"),
            ("cookie", cookies.as_str()),
        ];
        headers.extend(self.address.as_deref().map(|address| ("x-forwarded-for", address)));
        self.http.post(url, body, &headers).await
    }

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(name).cloned()
    }

    /// Sets or, without a value, forgets a cookie.
    pub fn set_cookie(&self, name: &str, value: Option<&str>) {
        let mut cookies = self.cookies.lock().unwrap();
        match value {
            Some(value) => cookies.insert(name.to_owned(), value.to_owned()),
            None => cookies.remove(name),
        };
    }

    fn url(&self, path: &str) -> String {
        format!("{}{}{path}", self.origin, self.base)
    }

    async fn follow(&self, mut url: Url, mut answer: Answer) -> Page {
        let mut set_cookies = self.keep_cookies(&answer);
        for _ in 0..10 {
            let location = answer.header("location");
            if !(300..400).contains(&answer.status) || location.is_empty() {
                return Page { url, answer, set_cookies };
            }
            url = url.join(location).unwrap();
            if url.origin().ascii_serialization() != self.origin {
                return Page { url, answer, set_cookies };
            }
            answer = self.get(url.as_str()).await;
            set_cookies.extend(self.keep_cookies(&answer));
        }
        panic!("too many redirects, the last to {url}");
    }

    async fn get(&self, url: &str) -> Answer {
        let cookies = self.cookie_header();
        let mut headers = vec![("accept", "text/html"), ("cookie", cookies.as_str())];
        headers.extend(self.address.as_deref().map(|address| ("x-forwarded-for", address)));
        self.http.get(url, &headers).await
    }

    fn cookie_header(&self) -> String {
        let cookies = self.cookies.lock().unwrap();
        cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    fn keep_cookies(&self, answer: &Answer) -> Vec<String> {
        let set: Vec<String> =
            answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap().to_owned()).collect();
        for header in &set {
            let pair = header.split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            let gone = value.is_empty() || header.to_ascii_lowercase().contains("max-age=0");
            self.set_cookie(name, (!gone).then_some(value));
        }
        set
    }
}

impl Page {
    /// A parameter of the URL.
    pub fn query(&self, name: &str) -> Option<String> {
        self.url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// The text that a person reads in the elements that `selector` finds, or nothing.
    pub fn text(&self, selector: &str) -> String {
        let html = Html::parse_document(&self.answer.body);
        let selector = Selector::parse(selector).unwrap();
        let texts = html.select(&selector).flat_map(|element| element.text());
        texts.map(str::trim).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// An attribute of the first element that `selector` finds.
    #[track_caller]
    pub fn attribute(&self, selector: &str, name: &str) -> String {
        let html = Html::parse_document(&self.answer.body);
        let selector = Selector::parse(selector).unwrap();
        let value = html.select(&selector).next().and_then(|element| element.attr(name));
        value.unwrap_or_else(|| panic!("no {name} in {} {}", self.answer.status, self.answer.body)).to_owned()
    }

    /// Where the links go that `selector` finds.
    pub fn links(&self, selector: &str) -> Vec<String> {
        let html = Html::parse_document(&self.answer.body);
        let selector = Selector::parse(selector).unwrap();
        html.select(&selector).filter_map(|link| link.attr("href").map(str::to_owned)).collect()
    }

    /// What a person chooses to go on as who signs in by `username`, on the page where they choose.
    #[track_caller]
    pub fn account(&self, username: &str) -> String {
        let html = Html::parse_document(&self.answer.body);
        let (account, small) = (Selector::parse("button.account").unwrap(), Selector::parse("small").unwrap());
        let mut buttons = html.select(&account);
        let is_meant = |button: &ElementRef<'_>| {
            button.select(&small).any(|text| text.text().collect::<String>().trim() == username)
        };
        let button = buttons.find(is_meant).unwrap_or_else(|| panic!("no {username} in {}", self.answer.body));
        button.attr("value").unwrap_or_default().to_owned()
    }

    /// Whether `selector` finds anything.
    pub fn has(&self, selector: &str) -> bool {
        let html = Html::parse_document(&self.answer.body);
        html.select(&Selector::parse(selector).unwrap()).next().is_some()
    }

    /// Where a form goes, and what it sends with `fields` in place of its inputs.
    #[track_caller]
    pub fn form(&self, selector: &str, fields: &[(&str, &str)]) -> (String, Vec<(String, String)>) {
        let html = Html::parse_document(&self.answer.body);
        let form = html.select(&Selector::parse(selector).unwrap()).next();
        let form = form.unwrap_or_else(|| panic!("no {selector} in {} {}", self.answer.status, self.answer.body));
        let input = Selector::parse("input[name], textarea[name], select[name]").unwrap();
        let inputs = form
            .select(&input)
            .filter(is_sent)
            .map(|input| (input.attr("name").unwrap_or_default().to_owned(), sent_value(&input)));
        let mut pairs: Vec<_> = inputs.filter(|(name, _)| !fields.iter().any(|(own, _)| own == name)).collect();
        pairs.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let action = form.value().attr("action").unwrap_or_default();
        (self.url.join(action).unwrap().into(), pairs)
    }
}

/// What a field sends as it stands.
fn sent_value(field: &ElementRef<'_>) -> String {
    match field.value().name() {
        // A line break right after the tag is no part of the text.
        "textarea" => field.text().collect::<String>().trim_start_matches('\n').to_owned(),
        "select" => {
            let chosen = |selector| field.select(&Selector::parse(selector).unwrap()).next();
            let option = chosen("option[selected]").or_else(|| chosen("option"));
            let value = |option: ElementRef<'_>| {
                option.attr("value").map_or_else(|| option.text().collect::<String>(), str::to_owned)
            };
            option.map(value).unwrap_or_default()
        }
        _ => field.attr("value").unwrap_or_default().to_owned(),
    }
}

/// An input is sent unless it is a box that is not ticked.
fn is_sent(input: &ElementRef<'_>) -> bool {
    let kind = input.value().attr("type").unwrap_or("text");
    !matches!(kind, "checkbox" | "radio") || input.value().attr("checked").is_some()
}
