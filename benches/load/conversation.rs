//! What one connection says: where its requests come from, and what every answer to them has to be.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use anyhow::{Context, Result, ensure};

use crate::CONNECTIONS;
use crate::http::{self, Answer};

/// What was found in answers, for requests that follow.
pub type Found = Rc<RefCell<Vec<String>>>;

/// The requests of one connection, one after another.
pub struct Conversation {
    requests: Requests,
    expected: Expected,
    kept: Option<(Part, Found)>,
}

enum Requests {
    /// The same ones, in turn. Connections begin at different ones.
    InTurn { all: Rc<[Vec<u8>]>, next: usize },
    /// Each of them once, whichever connection comes first.
    Once(Rc<RefCell<Vec<Vec<u8>>>>),
    /// Each with the refresh token that has waited longest; the one in its answer waits then.
    Refresh { authorization: String, form: Rc<[(String, String)]>, waiting: Rc<RefCell<VecDeque<String>>> },
}

/// What an answer must be, or the run is worth nothing.
#[derive(Clone, Copy)]
pub struct Expected {
    pub status: u16,
    /// What stands in its head or its body.
    pub holds: &'static str,
}

/// A part of an answer.
#[derive(Clone, Copy)]
pub enum Part {
    AccessToken,
    RefreshToken,
    /// The code in the address to which the browser is sent.
    Code,
}

impl Part {
    fn of<'a>(self, answer: &Answer<'a>) -> Option<&'a str> {
        let (text, before, after) = match self {
            Self::AccessToken => (answer.body, "\"access_token\":\"", '"'),
            Self::RefreshToken => (answer.body, "\"refresh_token\":\"", '"'),
            Self::Code => (answer.header("location")?, "code=", '&'),
        };
        text.split_once(before)?.1.split(after).next()
    }
}

/// A conversation for every connection: the same requests, in turn, for ever.
pub fn in_turn(requests: Vec<Vec<u8>>, expected: Expected) -> Vec<Conversation> {
    let all: Rc<[_]> = requests.into();
    let each = |next| Conversation { requests: Requests::InTurn { all: Rc::clone(&all), next }, expected, kept: None };
    (0..CONNECTIONS).map(each).collect()
}

/// A conversation for every connection: each request once, until there are no more.
pub fn once(requests: Vec<Vec<u8>>, expected: Expected) -> Vec<Conversation> {
    let all = Rc::new(RefCell::new(requests));
    let each = |_| Conversation { requests: Requests::Once(Rc::clone(&all)), expected, kept: None };
    (0..CONNECTIONS).map(each).collect()
}

/// A conversation for every connection: they use these refresh tokens, then the ones that they got, and so on.
pub fn refresh(authorization: &str, refresh_tokens: Vec<String>, form: &[(&str, &str)]) -> Vec<Conversation> {
    let form: Rc<[_]> = form.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let waiting = Rc::new(RefCell::new(VecDeque::from(refresh_tokens)));
    let requests = || Requests::Refresh {
        authorization: authorization.to_owned(),
        form: Rc::clone(&form),
        waiting: Rc::clone(&waiting),
    };
    let expected = Expected { status: 200, holds: "\"access_token\":\"" };
    (0..CONNECTIONS).map(|_| Conversation { requests: requests(), expected, kept: None }).collect()
}

/// Keeps a part of every answer.
pub fn keep(conversations: &mut [Conversation], part: Part) -> Found {
    let found = Found::default();
    for conversation in conversations {
        conversation.kept = Some((part, Rc::clone(&found)));
    }
    found
}

impl Conversation {
    /// Writes the next request; `false` if there is none.
    pub fn next(&mut self, request: &mut Vec<u8>) -> bool {
        request.clear();
        match &mut self.requests {
            Requests::InTurn { all, next } => {
                let Some(chosen) = all.get(*next % all.len().max(1)) else { return false };
                request.extend_from_slice(chosen);
                *next += CONNECTIONS;
            }
            Requests::Once(left) => match left.borrow_mut().pop() {
                Some(chosen) => *request = chosen,
                None => return false,
            },
            Requests::Refresh { authorization, form, waiting } => {
                let Some(refresh_token) = waiting.borrow_mut().pop_front() else { return false };
                let mut pairs = vec![("grant_type", "refresh_token"), ("refresh_token", refresh_token.as_str())];
                pairs.extend(form.iter().map(|(name, value)| (name.as_str(), value.as_str())));
                *request = http::post("/oauth2/token", &pairs, &[("Authorization", authorization)]);
            }
        }
        true
    }

    /// Looks at the answer.
    pub fn hear(&mut self, answer: &Answer<'_>) -> Result<()> {
        let Expected { status, holds } = self.expected;
        let fits = answer.status == status && (answer.body.contains(holds) || answer.head.contains(holds));
        ensure!(fits, "expected {status} and {holds}, and got:\n{}{}", answer.head, answer.body);
        if let Requests::Refresh { waiting, .. } = &self.requests {
            waiting.borrow_mut().push_back(Part::RefreshToken.of(answer).context("no refresh token")?.to_owned());
        }
        if let Some((part, found)) = &self.kept {
            found.borrow_mut().push(part.of(answer).context("an answer lacks what was to be kept")?.to_owned());
        }
        Ok(())
    }
}
