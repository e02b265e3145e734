//! The languages there are, and the choice among them.

use super::{Texts, english};

impl Texts {
    /// The languages there are; the first is spoken where none that was asked for is known.
    pub const LANGUAGES: &[&Self] = &[&english::ENGLISH];

    /// English.
    #[must_use]
    pub const fn english() -> &'static Self {
        &english::ENGLISH
    }

    /// The first known of `ui_locales` (language tags parted by spaces, the most wanted first).
    #[must_use]
    pub fn preferring(ui_locales: &str) -> &'static Self {
        let language = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
        ui_locales
            .split(' ')
            .find_map(|tag| Self::LANGUAGES.iter().find(|texts| texts.lang == language(tag)))
            .copied()
            .unwrap_or(Self::english())
    }
}
