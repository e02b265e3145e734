//! One of several that use the server at once: a person, their app, and a machine. Every request is in the journal
//! before it is sent, as doubtful, and every answer once it has arrived whole.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::dice::Dice;
use super::http::{self, Answer};
use super::journal::{Chain, Journal, Session};
use super::refusal;
use super::server::{APP, MACHINE, OPAQUE, PASSWORD, REDIRECT_URI, basic};

/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const OFFLINE: &str = "openid offline_access read";

/// A visitor.
pub struct Visitor {
    /// Where the server is.
    pub address: String,
    /// The person's name.
    pub person: String,
    /// Decides what is done next.
    pub dice: Dice,
    /// What was promised.
    pub journal: Journal,
    /// How long an answer may take, and that it may be a refusal: set while something is wrong with the server.
    pub patience: Option<Duration>,
    /// How often the server did what was asked for, of all visitors.
    pub successes: Arc<AtomicU64>,
    /// How often the server refused, of all visitors.
    pub refusals: Arc<AtomicU64>,
}

impl Visitor {
    /// Does one thing; nothing if the server did not answer.
    pub fn act(&mut self) -> Option<()> {
        let choice = self.dice.below(20);
        self.journal.count("requests sent");
        match choice {
            _ if self.journal.session.is_none() => self.sign_in(),
            0..5 => self.authorize(OFFLINE).map(|code| self.journal.codes.push(code)),
            5..9 => self.redeem(),
            9..13 => self.refresh(),
            13 => self.revoke_access_token(),
            14 => self.revoke_refresh_token(),
            15 | 16 => self.ask_as_a_machine(),
            17 => self.revoke_as_a_machine(),
            18 => self.use_online(),
            _ => self.sign_out(),
        }?;
        self.journal.count("requests answered");
        self.successes.fetch_add(1, Ordering::Relaxed);
        Some(())
    }

    fn expect(&mut self, what: &str, status: u16, answer: &Answer) -> bool {
        if answer.status != status {
            self.journal.faults.push(format!("{what}: {} {} {}", answer.status, answer.head, answer.body));
        }
        answer.status == status
    }

    /// Signs in anew.
    pub fn sign_in(&mut self) -> Option<()> {
        let page = self.get("/login", "")?;
        let mut cookies = Vec::new();
        keep_cookies(&mut cookies, &page);
        let form = [
            ("csrf", page.hidden("csrf")),
            ("request", page.hidden("request")),
            ("username", self.person.clone()),
            ("password", PASSWORD.to_owned()),
        ];
        let answer = self.submit("/login", &cookies.join("; "), &form)?;
        if self.expect("sign-in", 303, &answer) {
            keep_cookies(&mut cookies, &answer);
            self.journal.session = Some(Session { cookies: cookies.join("; "), online: Vec::new() });
        }
        Some(())
    }

    fn get(&mut self, path: &str, cookies: &str) -> Option<Answer> {
        let answer = http::get(&self.address, path, cookies);
        self.heed(answer)
    }

    fn post(&mut self, path: &str, header: &str, form: &[(&str, &str)]) -> Option<Answer> {
        let answer = http::post(&self.address, path, header, form);
        self.heed(answer)
    }

    /// While something is wrong, a refusal is allowed and counts as no answer; but there has to be one, clear and soon.
    fn heed(&mut self, answer: Option<Answer>) -> Option<Answer> {
        let Some(patience) = self.patience else { return answer };
        let Some(answer) = answer else {
            self.journal.faults.push("a request was not answered".to_owned());
            return None;
        };
        self.journal.check("answered in time", answer.took <= patience, &format!("{:?}", answer.took));
        if !refusal::is_one(&answer) {
            return Some(answer);
        }
        self.refusals.fetch_add(1, Ordering::Relaxed);
        let unclear = refusal::what_is_unclear(&answer);
        self.journal.check("clear refusal", unclear.is_none(), &unclear.unwrap_or_default());
        None
    }

    fn submit(&mut self, path: &str, cookies: &str, form: &[(&str, String)]) -> Option<Answer> {
        let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.post(path, &format!("Cookie: {cookies}"), &form)
    }

    /// Asks for a code, and for consent the first time.
    fn authorize(&mut self, scope: &str) -> Option<String> {
        let cookies = self.journal.session.as_ref()?.cookies.clone();
        let resource = if self.dice.below(2) == 0 { OPAQUE } else { "" };
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs([
            ("response_type", "code"),
            ("client_id", APP),
            ("redirect_uri", REDIRECT_URI),
            ("scope", scope),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ]);
        if !resource.is_empty() {
            query.append_pair("resource", resource);
        }
        let mut answer = self.get(&format!("/oauth2/authorize?{}", query.finish()), &cookies)?;
        for _ in 0..5 {
            let location = answer.headers("location").next().unwrap_or_default().to_owned();
            if let Some(query) = location.strip_prefix(&format!("{REDIRECT_URI}?")) {
                let code = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "code");
                let code = code.map(|(_, code)| code.into_owned());
                self.journal.check("authorization answered with a code", code.is_some(), &location);
                self.journal.consented |= code.is_some() && scope == OFFLINE;
                return code;
            }
            answer = if location.is_empty() {
                let is_first = !self.journal.consented;
                self.journal.check("consent is asked for until it was answered", is_first, scope);
                let mut form: Vec<_> = scope.split(' ').map(|scope| ("scope", scope.to_owned())).collect();
                form.extend(["csrf", "request"].map(|name| (name, answer.hidden(name))));
                form.push(("decision", "allow".to_owned()));
                self.submit("/consent", &cookies, &form)?
            } else {
                let path = location.strip_prefix(&format!("http://{}", self.address)).unwrap_or(&location);
                self.get(path, &cookies)?
            };
        }
        self.journal.faults.push(format!("authorization leads nowhere: {}", answer.head));
        None
    }

    /// A code for everything that the app may have; empty if there is none to be had.
    pub fn fresh_code(&mut self) -> String {
        if self.journal.session.is_none() {
            self.sign_in();
        }
        self.authorize(OFFLINE).unwrap_or_default()
    }

    /// Sends a code to the token endpoint.
    pub fn send_code(&mut self, code: &str) -> Option<Answer> {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", VERIFIER),
        ];
        self.post("/oauth2/token", &basic(APP), &form)
    }

    /// Sends a refresh token to the token endpoint.
    pub fn send_refresh_token(&mut self, token: &str) -> Option<Answer> {
        let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
        self.post("/oauth2/token", &basic(APP), &form)
    }

    fn redeem(&mut self) -> Option<()> {
        let Some(code) = self.dice.take(&mut self.journal.codes) else { return Some(()) };
        self.journal.doubtful_codes.push(code.clone());
        let answer = self.send_code(&code)?;
        self.journal.doubtful_codes.pop();
        if self.expect("redemption of a code", 200, &answer) {
            self.journal.chains.push(first_tokens(code, &answer));
        }
        Some(())
    }

    fn refresh(&mut self) -> Option<()> {
        let Some(chain) = self.dice.take(&mut self.journal.chains) else { return Some(()) };
        let token = chain.refresh.clone();
        self.journal.doubtful_chains.push(chain);
        let answer = self.send_refresh_token(&token)?;
        if let Some(mut chain) = self.journal.doubtful_chains.pop()
            && self.expect("refresh", 200, &answer)
        {
            next_tokens(&mut chain, &answer);
            self.journal.chains.push(chain);
        }
        Some(())
    }

    /// Revokes a token; until that is answered it may live or not, so the caller has taken it out of the journal.
    fn revoke(&mut self, client: &'static str, token: &str) -> Option<bool> {
        let answer = self.post("/oauth2/revoke", &basic(client), &[("token", token)])?;
        Some(self.expect("revocation", 200, &answer))
    }

    fn revoke_access_token(&mut self) -> Option<()> {
        let Some(mut chain) = self.dice.take(&mut self.journal.chains) else { return Some(()) };
        let token = self.dice.take(&mut chain.access);
        self.journal.chains.push(chain);
        let Some(token) = token else { return Some(()) };
        if self.revoke(APP, &token)? {
            self.journal.revoked.push((APP, token));
        }
        Some(())
    }

    fn revoke_refresh_token(&mut self) -> Option<()> {
        let Some(chain) = self.dice.take(&mut self.journal.chains) else { return Some(()) };
        if self.revoke(APP, &chain.refresh.clone())? {
            self.journal.bury(APP, chain);
        }
        Some(())
    }

    fn ask_as_a_machine(&mut self) -> Option<()> {
        let mut form = vec![("grant_type", "client_credentials")];
        if self.dice.below(2) == 0 {
            form.push(("resource", OPAQUE));
        }
        let answer = self.post("/oauth2/token", &basic(MACHINE), &form)?;
        if self.expect("client_credentials", 200, &answer) {
            self.journal.machine.push(answer.text("access_token"));
        }
        Some(())
    }

    fn revoke_as_a_machine(&mut self) -> Option<()> {
        let Some(token) = self.dice.take(&mut self.journal.machine) else { return Some(()) };
        if self.revoke(MACHINE, &token)? {
            self.journal.revoked.push((MACHINE, token));
        }
        Some(())
    }

    /// An access token that ends with the session.
    fn use_online(&mut self) -> Option<()> {
        let code = self.authorize("openid read")?;
        let answer = self.send_code(&code)?;
        let granted = self.expect("redemption of an online code", 200, &answer);
        if let Some(session) = self.journal.session.as_mut().filter(|_| granted) {
            session.online.push(answer.text("access_token"));
        }
        Some(())
    }

    fn sign_out(&mut self) -> Option<()> {
        // Until it is answered, the session may have ended or not.
        let Some(session) = self.journal.session.take() else { return Some(()) };
        let page = self.get("/logout", &session.cookies)?;
        let form =
            [("csrf", page.hidden("csrf")), ("request", page.hidden("request")), ("decision", "logout".to_owned())];
        let answer = self.submit("/logout", &session.cookies, &form)?;
        if self.expect("sign-out", 303, &answer) {
            self.journal.ended.push(session.cookies);
            self.journal.revoked.extend(session.online.into_iter().map(|token| (APP, token)));
        }
        Some(())
    }
}

/// The chain that a redeemed code began.
pub fn first_tokens(code: String, answer: &Answer) -> Chain {
    let (refresh, access) = (answer.text("refresh_token"), vec![answer.text("access_token")]);
    Chain { code, refresh, used: Vec::new(), access }
}

/// What a refresh gave.
pub fn next_tokens(chain: &mut Chain, answer: &Answer) {
    chain.used.push(std::mem::replace(&mut chain.refresh, answer.text("refresh_token")));
    chain.access.push(answer.text("access_token"));
}

fn keep_cookies(cookies: &mut Vec<String>, answer: &Answer) {
    for header in answer.headers("set-cookie") {
        let pair = header.split(';').next().unwrap_or_default();
        let name = pair.split('=').next().unwrap_or_default();
        cookies.retain(|known| known.split('=').next() != Some(name));
        cookies.push(pair.to_owned());
    }
}
