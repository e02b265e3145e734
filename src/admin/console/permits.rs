//! Which page of the console asks for which permission to be seen, and each of its actions to be done. A page or an
//! action that is not in this table is nobody's.

use crate::domain::permission::Permission as P;

/// One page.
pub(super) struct Permit {
    /// Its path under the issuer's, as it is mounted.
    pub path: &'static str,
    /// What it takes to see it; `None`: any role.
    pub see: Option<P>,
    /// What each value of its forms' field `action` takes; a form without that field has the action `""`.
    pub actions: &'static [(&'static str, P)],
}

const PERMITS: &[Permit] = &[
    Permit { path: "/admin", see: None, actions: &[] },
    Permit { path: "/admin/clients", see: Some(P::ClientsRead), actions: &[] },
    Permit { path: "/admin/new-client", see: Some(P::ClientsWrite), actions: &[("", P::ClientsWrite)] },
    Permit {
        path: "/admin/clients/{client_id}",
        see: Some(P::ClientsRead),
        actions: &[
            ("rotate", P::ClientsWrite),
            ("disable", P::ClientsWrite),
            ("enable", P::ClientsWrite),
            ("delete", P::ClientsWrite),
            ("manager", P::ClientsWrite),
            ("withdraw", P::ConsentsWrite),
            ("withdraw-all", P::ConsentsWrite),
        ],
    },
    Permit { path: "/admin/clients/{client_id}/edit", see: Some(P::ClientsWrite), actions: &[("", P::ClientsWrite)] },
    Permit { path: "/admin/clients/{client_id}/snippets", see: Some(P::ClientsRead), actions: &[] },
    Permit { path: "/admin/clients/{client_id}/try", see: Some(P::ClientsWrite), actions: &[("", P::ClientsWrite)] },
    Permit { path: "/admin/try", see: Some(P::ClientsWrite), actions: &[] },
    Permit {
        path: "/admin/clients/{client_id}/access",
        see: Some(P::ApprovalsRead),
        actions: &[("access", P::ApprovalsWrite), ("approve", P::ApprovalsWrite), ("withdraw", P::ApprovalsWrite)],
    },
    Permit { path: "/admin/approvals", see: Some(P::ApprovalsRead), actions: &[] },
    Permit {
        path: "/admin/approvals/{request_id}",
        see: Some(P::ApprovalsRead),
        actions: &[("approve", P::ApprovalsWrite), ("refuse", P::ApprovalsWrite)],
    },
    Permit { path: "/admin/groups", see: Some(P::GroupsRead), actions: &[("", P::GroupsWrite)] },
    Permit {
        path: "/admin/groups/{group_id}",
        see: Some(P::GroupsRead),
        actions: &[
            ("join", P::GroupsWrite),
            ("leave", P::GroupsWrite),
            ("change", P::GroupsWrite),
            ("delete", P::GroupsWrite),
        ],
    },
    Permit { path: "/admin/people", see: Some(P::PeopleRead), actions: &[("", P::PeopleWrite)] },
    Permit { path: "/admin/new-person", see: Some(P::PeopleWrite), actions: &[("", P::PeopleWrite)] },
    Permit { path: "/admin/people/import", see: Some(P::PeopleWrite), actions: &[("", P::PeopleWrite)] },
    Permit { path: "/admin/people/{person_id}/edit", see: Some(P::PeopleWrite), actions: &[("", P::PeopleWrite)] },
    Permit {
        path: "/admin/people/{person_id}",
        see: Some(P::PeopleRead),
        actions: &[
            ("withdraw", P::ConsentsWrite),
            ("end-session", P::SessionsWrite),
            ("end-sessions", P::SessionsWrite),
            ("disable", P::PeopleWrite),
            ("enable", P::PeopleWrite),
            ("link", P::PeopleWrite),
            ("reset-factors", P::PeopleWrite),
            ("delete", P::PeopleWrite),
            ("role", P::RolesWrite),
            ("join", P::GroupsWrite),
            ("leave", P::GroupsWrite),
        ],
    },
    Permit { path: "/admin/api-keys", see: Some(P::ApiKeysRead), actions: &[] },
    Permit { path: "/admin/new-api-key", see: Some(P::ApiKeysWrite), actions: &[("", P::ApiKeysWrite)] },
    Permit {
        path: "/admin/api-keys/{key_id}",
        see: Some(P::ApiKeysRead),
        actions: &[
            ("rotate", P::ApiKeysWrite),
            ("disable", P::ApiKeysWrite),
            ("enable", P::ApiKeysWrite),
            ("delete", P::ApiKeysWrite),
        ],
    },
    Permit { path: "/admin/api-keys/{key_id}/edit", see: Some(P::ApiKeysWrite), actions: &[("", P::ApiKeysWrite)] },
    Permit { path: "/admin/events", see: Some(P::EventsRead), actions: &[] },
    Permit { path: "/admin/events.csv", see: Some(P::EventsRead), actions: &[] },
    Permit { path: "/admin/events.jsonl", see: Some(P::EventsRead), actions: &[] },
    Permit {
        path: "/admin/keys",
        see: Some(P::KeysRead),
        actions: &[("rotate", P::KeysWrite), ("retire", P::KeysWrite)],
    },
    Permit { path: "/admin/resources", see: Some(P::ClientsRead), actions: &[] },
    Permit { path: "/admin/resources/new", see: Some(P::ResourcesWrite), actions: &[("", P::ResourcesWrite)] },
    Permit {
        path: "/admin/resources/{resource_id}",
        see: Some(P::ClientsRead),
        actions: &[("credentials", P::ResourcesWrite), ("allow", P::ClientsWrite), ("take-away", P::ClientsWrite)],
    },
    Permit {
        path: "/admin/resources/{resource_id}/edit",
        see: Some(P::ResourcesWrite),
        actions: &[("", P::ResourcesWrite)],
    },
    Permit {
        path: "/admin/resources/{resource_id}/delete",
        see: Some(P::ResourcesWrite),
        actions: &[("", P::ResourcesWrite)],
    },
    Permit { path: "/admin/scopes", see: Some(P::ClientsRead), actions: &[] },
    Permit { path: "/admin/scopes/new", see: Some(P::ResourcesWrite), actions: &[("", P::ResourcesWrite)] },
    Permit { path: "/admin/scopes/{scope}/edit", see: Some(P::ResourcesWrite), actions: &[("", P::ResourcesWrite)] },
    Permit { path: "/admin/scopes/{scope}/delete", see: Some(P::ResourcesWrite), actions: &[("", P::ResourcesWrite)] },
    Permit { path: "/admin/mailbox", see: Some(P::PeopleRead), actions: &[] },
    Permit { path: "/admin/mailbox/{mail_id}", see: Some(P::RolesWrite), actions: &[] },
    Permit { path: "/admin/settings", see: Some(P::SettingsRead), actions: &[] },
];

/// The permit of the page that is mounted at `path`.
pub(super) fn permit(path: &str) -> Option<&'static Permit> {
    PERMITS.iter().find(|permit| permit.path == path)
}

impl Permit {
    /// What this action takes, if the page has it.
    pub fn action(&self, name: &str) -> Option<P> {
        self.actions.iter().find(|(known, _)| *known == name).map(|(_, permission)| *permission)
    }
}
