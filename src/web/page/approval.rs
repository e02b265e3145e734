//! The page that a person meets where the admins have not approved what an app wants, or have not opened it to them.

use askama::Template;

use super::App;
use crate::web::text::Texts;

/// `form#approval`, with the field `reason` and the buttons `decision`: `ask`, `without`, `back`.
#[derive(Template)]
#[template(path = "approval.html")]
pub struct Approval {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// The token of [`crate::web::csrf::Csrf`].
    pub csrf: String,
    /// The sealed request.
    pub request: String,
    /// The app that asks.
    pub app: App,
    /// The name of who is signed in.
    pub person: String,
    /// How things stand.
    pub state: ApprovalState,
    /// What the app wants that needs approval, in people's words.
    pub wants: Vec<String>,
    /// Whether the app can do without it.
    pub can_go_on: bool,
    /// Whether the reason was left out.
    pub reason_missing: bool,
    /// The path, under the issuer's, of "Not you?".
    pub switch_account: String,
}

/// How things stand between a person and the admins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApprovalState {
    /// The app is not open to them.
    ShutOut,
    /// They can ask.
    Open,
    /// They asked, on this day.
    Waiting(String),
    /// An admin said no, and this, if anything.
    Refused(Option<String>),
}

impl Approval {
    fn title(&self) -> String {
        let t = &self.t.approval;
        match self.state {
            ApprovalState::ShutOut => t.shut_out_title.with(&self.app.name),
            ApprovalState::Open => t.title.with(&self.app.name),
            ApprovalState::Waiting(_) => t.waiting_title.to_owned(),
            ApprovalState::Refused(_) => t.refused_title.to_owned(),
        }
    }

    fn can_ask(&self) -> bool {
        matches!(self.state, ApprovalState::Open | ApprovalState::Refused(_))
    }
}

#[cfg(test)]
impl super::tests::Sampled for Approval {
    fn samples() -> Vec<(&'static str, Self)> {
        use super::tests::{CSRF, HOSTILE, REQUEST, app, hostile_app};
        let sample = |app, person: &str, state, can_go_on| Self {
            t: Texts::sample(),
            base: String::new(),
            csrf: CSRF.to_owned(),
            request: REQUEST.to_owned(),
            app,
            person: person.to_owned(),
            state,
            wants: vec!["Move your boats to another berth".to_owned(), person.to_owned()],
            can_go_on,
            reason_missing: false,
            switch_account: "/logout".to_owned(),
        };
        let ada = "Ada Lovelace";
        let said = Some("Ask the harbour office first.".to_owned());
        let missing = Self { reason_missing: true, ..sample(app(), ada, ApprovalState::Open, false) };
        let hostile = sample(hostile_app(), HOSTILE, ApprovalState::Refused(Some(HOSTILE.to_owned())), true);
        vec![
            ("approval", sample(app(), ada, ApprovalState::Open, true)),
            ("approval_without_reason", missing),
            ("approval_waiting", sample(app(), ada, ApprovalState::Waiting("2026-11-26".to_owned()), true)),
            ("approval_refused", sample(app(), ada, ApprovalState::Refused(said), false)),
            ("approval_shut_out", sample(app(), ada, ApprovalState::ShutOut, false)),
            ("approval_hostile", hostile),
        ]
    }
}
