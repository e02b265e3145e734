//! The parts of a person's own pages: `templates/account/places.html` leads from each to the others.

use crate::web::text::Texts;

/// One of the parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Where a person begins.
    Home,
    /// What is told about them.
    Profile,
    /// How they sign in.
    Security,
    /// Where they are signed in.
    Sessions,
    /// What apps may do for them.
    Apps,
    /// The keys of their scripts.
    ApiKeys,
    /// What happened to the account.
    Activity,
    /// A copy of all that is known, and the end of the account.
    Data,
}

impl Place {
    /// Those that there are, in the order in which they are shown.
    pub const ALL: &'static [Self] = &[
        Self::Home,
        Self::Profile,
        Self::Security,
        Self::Sessions,
        Self::Apps,
        Self::ApiKeys,
        Self::Activity,
        Self::Data,
    ];

    /// Its path under the issuer's.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Home => "/account",
            Self::Profile => "/account/profile",
            Self::Security => "/account/security",
            Self::Sessions => "/account/sessions",
            Self::Apps => "/account/apps",
            Self::ApiKeys => "/account/api-keys",
            Self::Activity => "/account/activity",
            Self::Data => "/account/data",
        }
    }

    /// What it is called.
    #[must_use]
    pub const fn name(self, t: &Texts) -> &'static str {
        let places = &t.account.places;
        match self {
            Self::Home => places.home,
            Self::Profile => places.profile,
            Self::Security => places.security,
            Self::Sessions => places.sessions,
            Self::Apps => places.apps,
            Self::ApiKeys => places.api_keys,
            Self::Activity => places.activity,
            Self::Data => places.data,
        }
    }
}
