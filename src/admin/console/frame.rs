//! What every page of the console has around it: the way to the others, a search, and who is at work.

use actix_web::http::StatusCode;
use askama::Template;

use super::admin::Admin;
use crate::domain::people::accounts::display_name;
use crate::web::page::Problem;
use crate::web::text::Texts;
use crate::web::visit::{PageResult, Proof};

/// The parts of the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Overview,
    Clients,
    People,
    Events,
}

impl Section {
    const ALL: [Self; 4] = [Self::Overview, Self::Clients, Self::People, Self::Events];

    const fn name(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Clients => "Clients",
            Self::People => "People",
            Self::Events => "Events",
        }
    }

    const fn path(self) -> &'static str {
        match self {
            Self::Overview => "/admin",
            Self::Clients => "/admin/clients",
            Self::People => "/admin/people",
            Self::Events => "/admin/events",
        }
    }
}

/// What the content of a page needs for its links and forms.
pub(super) struct Frame {
    /// The issuer's path, before every link.
    pub base: String,
    /// For the hidden field of each form.
    pub csrf: String,
    proof: Proof,
}

/// `templates/console/layout.html`
#[derive(Template)]
#[template(path = "console/layout.html")]
struct Layout<'a> {
    t: &'static Texts,
    base: &'a str,
    csrf: &'a str,
    title: &'a str,
    section: Section,
    admin: &'a str,
    sought: &'a str,
    done: Option<&'static str>,
    content: &'a str,
}

/// What was done, as the address of the page says after a form: only words of ours are shown.
const DONE: &[(&str, &str)] = &[
    ("disabled", "Disabled, with immediate effect."),
    ("enabled", "Enabled again."),
    ("deleted", "Deleted, with all that hung off it."),
    ("withdrawn", "Withdrawn: the app's tokens have ended."),
    ("ended", "The session has ended."),
    ("nothing", "There was nothing left to do: somebody was quicker."),
];

impl Admin {
    /// The frame of a page for this admin.
    pub fn frame(&self) -> Frame {
        let proof = self.visit.proof_for(&self.current);
        Frame { base: self.visit.base(), csrf: proof.token.clone(), proof }
    }

    /// Sends a page.
    pub fn send(&self, frame: &Frame, section: Section, title: &str, content: &impl Template) -> PageResult {
        self.send_as(StatusCode::OK, frame, section, title, content)
    }

    /// Sends a page with another status than 200.
    pub fn send_as(
        &self,
        status: StatusCode,
        frame: &Frame,
        section: Section,
        title: &str,
        content: &impl Template,
    ) -> PageResult {
        let visit = &self.visit;
        let content = content.render().map_err(|error| {
            tracing::error!(request_id = visit.origin.request_id, %error, "a page of the console could not be rendered");
            visit.refuse(Problem::Internal)
        })?;
        let query = visit.query()?;
        let done = visit.value(&query, "done")?;
        let layout = Layout {
            t: Texts::english(),
            base: &frame.base,
            csrf: &frame.csrf,
            title,
            section,
            admin: display_name(&self.current.person),
            sought: visit.value(&query, "q")?.unwrap_or_default(),
            done: DONE.iter().find(|(word, _)| Some(*word) == done).map(|(_, text)| *text),
            content: &content,
        };
        visit.send(&layout, status, &visit.headers(), Some(frame.proof.clone()))
    }
}
