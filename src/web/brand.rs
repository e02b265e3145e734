//! Whose pages these are: the brand of the installation, as pages show it.
//! [Decision 49](../../docs/decisions/0049-a-colour-that-cannot-be-read-is-refused.md)

use aws_lc_rs::digest::{SHA256, digest};
use url::Url;

use crate::config::{BrandingConfig, Logo};
use crate::protocol::colour::Accent;

/// The name of this server where nobody gave it another.
pub const PRODUCT: &str = "Claviger";

/// What the settings say of it.
#[derive(Clone, Debug, Default)]
pub struct Brand {
    name: Option<String>,
    logo: Option<(String, Logo)>,
    accent: Option<Accent>,
    links: [Option<Url>; 3],
}

impl Brand {
    /// The brand of the settings.
    #[must_use]
    pub fn new(settings: &BrandingConfig) -> Self {
        let settings = settings.clone();
        Self {
            name: settings.name,
            logo: settings.logo.map(|logo| (logo_path(&logo), logo)),
            accent: settings.accent,
            links: [settings.support_uri, settings.privacy_uri, settings.imprint_uri],
        }
    }

    /// What pages call this server.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(PRODUCT)
    }

    /// The name that somebody gave it.
    #[must_use]
    pub fn own_name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Its colour, as `#rrggbb`: white can be read on it.
    #[must_use]
    pub fn colour(&self) -> Option<String> {
        self.accent.map(|accent| accent.colour().to_string())
    }

    /// Whether the key that is drawn in the head is ours, not somebody else's name on it.
    #[must_use]
    pub const fn is_ours(&self) -> bool {
        self.name.is_none() && self.logo.is_none()
    }

    /// The path of the picture beside the name, under the issuer's.
    #[must_use]
    pub fn logo(&self) -> Option<&str> {
        self.logo.as_ref().map(|(path, _)| path.as_str())
    }

    /// The file at `path`, if it is the picture.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&Logo> {
        self.logo.as_ref().filter(|(own, _)| own == path).map(|(_, logo)| logo)
    }

    /// The path of the stylesheet of its colour, under the issuer's.
    #[must_use]
    pub fn stylesheet(&self) -> Option<String> {
        self.accent.map(stylesheet)
    }

    /// Where people find help, what is done with what is known of them, who runs this server.
    #[must_use]
    pub fn links(&self) -> &[Option<Url>; 3] {
        &self.links
    }

    /// Whether there is something to show at the foot of pages.
    #[must_use]
    pub fn has_links(&self) -> bool {
        self.links.iter().any(Option::is_some)
    }
}

/// The path, under the issuer's, of the stylesheet of a colour.
#[must_use]
pub fn stylesheet(accent: Accent) -> String {
    let colour = accent.colour().to_string();
    format!("/brand/accent-{}.css", colour.trim_start_matches('#'))
}

fn logo_path(logo: &Logo) -> String {
    let hash = digest(&SHA256, &logo.bytes);
    let name = hash.as_ref().first_chunk().copied().map(u64::from_be_bytes).unwrap_or_default();
    format!("/brand/logo-{name:016x}.{}", logo.format.names().1)
}
