//! What every page of the console has around it: the way to the others, a search, and who is at work.

use actix_web::http::StatusCode;
use askama::Template;

use super::admin::Admin;
use super::permits::permit;
use crate::domain::people::accounts::display_name;
use crate::domain::permission::{Permission, Role};
use crate::web::page::Problem;
use crate::web::text::Texts;
use crate::web::visit::{PageResult, Proof};

/// The parts of the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Overview,
    Clients,
    People,
    Groups,
    Approvals,
    ApiKeys,
    Events,
    Keys,
    Resources,
    Mailbox,
    Settings,
}

impl Section {
    const ALL: [Self; 11] = [
        Self::Overview,
        Self::Clients,
        Self::People,
        Self::Groups,
        Self::Approvals,
        Self::ApiKeys,
        Self::Events,
        Self::Resources,
        Self::Keys,
        Self::Mailbox,
        Self::Settings,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Clients => "Clients",
            Self::People => "People",
            Self::Groups => "Groups",
            Self::Approvals => "Approvals",
            Self::ApiKeys => "API keys",
            Self::Events => "Events",
            Self::Keys => "Signing keys",
            Self::Resources => "Resources",
            Self::Mailbox => "Mail",
            Self::Settings => "Settings",
        }
    }

    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Overview => "/admin",
            Self::Clients => "/admin/clients",
            Self::People => "/admin/people",
            Self::Groups => "/admin/groups",
            Self::Approvals => "/admin/approvals",
            Self::ApiKeys => "/admin/api-keys",
            Self::Events => "/admin/events",
            Self::Keys => "/admin/keys",
            Self::Resources => "/admin/resources",
            Self::Mailbox => "/admin/mailbox",
            Self::Settings => "/admin/settings",
        }
    }
}

/// What the content of a page needs for its links and forms.
pub(super) struct Frame {
    /// The issuer's path, before every link.
    pub base: String,
    /// For the hidden field of each form.
    pub csrf: String,
    role: Role,
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
    sections: Vec<Section>,
    admin: &'a str,
    role: &'static str,
    sought: &'a str,
    done: Option<&'static str>,
    content: &'a str,
}

/// What was done, as the address of the page says after a form: only words of ours are shown.
const DONE: &[(&str, &str)] = &[
    ("disabled", "Disabled, with immediate effect."),
    ("enabled", "Enabled again."),
    ("deleted", "Deleted, with all that hung off it."),
    ("resource-gone", "Deleted: no token is issued for it any more."),
    ("scope-gone", "Deleted: nobody gets it any more."),
    ("allowed", "The client may ask for tokens for this resource now."),
    ("not-allowed", "The client may ask for no more tokens for this resource."),
    (
        "factors-reset",
        "Their second factors are gone, and they are signed out everywhere. They sign in by their password until they set one up.",
    ),
    ("withdrawn", "Withdrawn: the app's tokens have ended."),
    ("ended", "The session has ended."),
    ("all-ended", "They are signed out everywhere, and what apps held of them has ended."),
    ("changed", "Saved. It counts from now on."),
    ("rotated", "The next key is made and published."),
    ("retired", "The key is retired: nothing that it signed is good any more."),
    ("key-refused", "Nothing was changed: a next key is waiting already, or no other one could follow."),
    ("approved", "Approved: who waited for it can go on."),
    ("refused", "Refused: they are told when they come to the app again."),
    ("role", "Their role is another one now."),
    ("stale", "Nothing was changed: somebody else changed it just before. This is how it stands now."),
    ("last", "Nothing was changed: nobody else would be left who may do everything."),
    ("no-manager", "Nothing was changed: nobody who is a client manager signs in by that."),
    ("nothing", "There was nothing left to do: somebody was quicker."),
];

impl Frame {
    /// Whether whoever looks may do this: what they may not is not offered.
    pub fn may(&self, permission: Permission) -> bool {
        self.role.may(permission)
    }

    /// Whether whoever looks may change somebody of this role.
    pub fn stands_above(&self, other: Option<Role>) -> bool {
        self.role.may_change(other)
    }

    fn sections(&self) -> Vec<Section> {
        let may_see = |section: &Section| permit(section.path()).is_some_and(|p| p.see.is_none_or(|p| self.may(p)));
        Section::ALL.into_iter().filter(may_see).collect()
    }
}

impl Admin {
    /// The frame of a page for this admin.
    pub fn frame(&self) -> Frame {
        let proof = self.visit.proof_for(&self.current);
        Frame { base: self.visit.base(), csrf: proof.token.clone(), role: self.role, proof }
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
            sections: frame.sections(),
            role: self.role.name(),
            admin: display_name(&self.current.person),
            sought: visit.value(&query, "q")?.unwrap_or_default(),
            done: DONE.iter().find(|(word, _)| Some(*word) == done).map(|(_, text)| *text),
            content: &content,
        };
        visit.send(&layout, status, &visit.headers().with_script(), Some(frame.proof.clone()))
    }
}
