//! The languages there are, and the choice among them.

use std::sync::OnceLock;

use super::Texts;
use super::fluent::{self, Bundle, Source};

/// A language that pages and letters speak.
pub struct Language {
    /// Its tag (BCP 47).
    pub tag: &'static str,
    /// What those who read it call it.
    pub name: &'static str,
    dir: &'static str,
    files: &'static [&'static str],
    messages: OnceLock<&'static Bundle>,
    texts: OnceLock<&'static Texts>,
}

macro_rules! language {
    ($tag:literal, $name:literal, $dir:literal) => {
        Language {
            tag: $tag,
            name: $name,
            dir: $dir,
            files: &[
                include_str!(concat!("../../../locales/", $tag, "/sign-in.ftl")),
                include_str!(concat!("../../../locales/", $tag, "/account.ftl")),
                include_str!(concat!("../../../locales/", $tag, "/mail.ftl")),
            ],
            messages: OnceLock::new(),
            texts: OnceLock::new(),
        }
    };
}

/// All of them; the first is spoken where none that was asked for is known.
pub static LANGUAGES: [Language; 6] = [
    language!("en", "English", "ltr"),
    language!("de", "Deutsch", "ltr"),
    language!("fr", "Français", "ltr"),
    language!("es", "Español", "ltr"),
    language!("ja", "日本語", "ltr"),
    language!("ar", "العربية", "rtl"),
];

impl Language {
    /// The language of a tag, whatever the tag says of a region or script.
    #[must_use]
    pub fn find(tag: &str) -> Option<&'static Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        LANGUAGES.iter().find(|language| language.tag.eq_ignore_ascii_case(primary))
    }

    /// Its texts, which are read once.
    #[must_use]
    pub fn texts(&self) -> &'static Texts {
        self.texts.get_or_init(|| Box::leak(Box::new(self.read().0)))
    }

    /// Its texts as the files have them, and from where. What a file lacks, which a test forbids, is told in English.
    pub(super) fn read(&self) -> (Texts, Source) {
        let mut source = Source::new(self.messages(), LANGUAGES[0].messages());
        (Texts::read(self, &mut source), source)
    }

    fn messages(&self) -> &'static Bundle {
        self.messages.get_or_init(|| Box::leak(Box::new(fluent::messages(self.tag, self.files))))
    }

    /// The direction of its script, `ltr` or `rtl`.
    pub(super) const fn dir(&self) -> &'static str {
        self.dir
    }

    #[cfg(test)]
    pub(super) const fn files(&self) -> &'static [&'static str] {
        self.files
    }
}

#[cfg(test)]
std::thread_local! {
    /// The language in which a test looks at pages.
    pub(in crate::web) static SAMPLE: std::cell::Cell<&'static Language> = const { std::cell::Cell::new(&LANGUAGES[0]) };
}

impl Texts {
    /// English.
    #[must_use]
    pub fn english() -> &'static Self {
        LANGUAGES[0].texts()
    }

    /// The language in which a test looks at pages.
    #[cfg(test)]
    #[must_use]
    pub fn sample() -> &'static Self {
        SAMPLE.get().texts()
    }

    /// The first known of `ui_locales` (language tags parted by spaces, the most wanted first), if one is.
    #[must_use]
    pub fn preferring(ui_locales: &str) -> Option<&'static Self> {
        ui_locales.split(' ').find_map(Language::find).map(Language::texts)
    }
}
