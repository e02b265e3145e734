//! A browser, as far as a person needs one to sign in and to allow an app what it asks for.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail, ensure};
use scraper::{ElementRef, Html, Selector};

use crate::http::{self, Answer, Connection};

/// A browser with its cookies, and where it has arrived.
pub struct Browser {
    connection: Connection,
    origin: String,
    cookies: BTreeMap<String, String>,
    page: String,
}

impl Browser {
    pub async fn open(address: &str) -> Result<Self> {
        let connection = Connection::open(address).await?;
        Ok(Self { connection, origin: format!("http://{address}"), cookies: BTreeMap::new(), page: String::new() })
    }

    /// The header by which the server knows this browser.
    pub fn cookie(&self) -> String {
        self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    /// Opens a path and follows redirects; answers with the address of another site, if it is sent to one.
    pub async fn go(&mut self, path: &str) -> Result<Option<String>> {
        let request = http::get(path, &[("Cookie", &self.cookie()), ("Accept", "text/html")]);
        self.arrive(request).await
    }

    /// Sends the form of the present page, with `fields` besides what it holds.
    pub async fn submit(&mut self, form: &str, fields: &[(&str, &str)]) -> Result<Option<String>> {
        let request = self.filled(form, fields)?;
        self.arrive(request).await
    }

    /// The request that sends the form of the present page, with `fields` besides what it holds.
    pub fn filled(&self, form: &str, fields: &[(&str, &str)]) -> Result<Vec<u8>> {
        let (action, held) = read_form(&self.page, form)?;
        let mut pairs: Vec<_> = held.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        pairs.extend_from_slice(fields);
        let headers = [("Cookie", self.cookie()), ("Origin", self.origin.clone()), ("Accept", "text/html".to_owned())];
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Ok(http::post(&action, &pairs, &headers))
    }

    async fn arrive(&mut self, mut request: Vec<u8>) -> Result<Option<String>> {
        for _ in 0..10 {
            let answer = self.connection.ask(&request).await?;
            keep_cookies(&mut self.cookies, &answer);
            if answer.status == 200 {
                answer.body.clone_into(&mut self.page);
                return Ok(None);
            }
            ensure!(answer.status == 303, "{}{}", answer.head, answer.body);
            let location = answer.header("location").context("a redirect to nowhere")?.to_owned();
            if !location.starts_with('/') {
                return Ok(Some(location));
            }
            request = http::get(&location, &[("Cookie", &self.cookie()), ("Accept", "text/html")]);
        }
        bail!("too many redirects")
    }
}

fn keep_cookies(cookies: &mut BTreeMap<String, String>, answer: &Answer<'_>) {
    let pairs = answer.headers("set-cookie").filter_map(|cookie| cookie.split(';').next()?.split_once('='));
    cookies.extend(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

/// Where a form goes, and what it sends: what is hidden in it, and its boxes that are ticked.
fn read_form(page: &str, form: &str) -> Result<(String, Vec<(String, String)>)> {
    let selector = |text: &str| Selector::parse(text).map_err(|error| anyhow::anyhow!("{error}"));
    let page = Html::parse_document(page);
    let form = page.select(&selector(form)?).next().with_context(|| format!("no {form} in {}", page.html()))?;
    let attribute = |element: ElementRef<'_>, name| element.value().attr(name).unwrap_or_default().to_owned();
    let inputs = selector("input[type=hidden], input[checked]")?;
    let held = form.select(&inputs).map(|input| (attribute(input, "name"), attribute(input, "value"))).collect();
    Ok((attribute(form, "action"), held))
}
