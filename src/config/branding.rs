//! `[branding]`: whose pages these are: a name, a picture, a colour and links.

use std::fs;
use std::path::Path;

use serde_json::Value as Json;
use url::Url;

use super::readable::Readable;
use super::reader::Reader;
use super::source::Value;
use crate::protocol::colour::{Accent, Colour};

/// The largest picture, in bytes.
const LARGEST_LOGO: usize = 256 * 1024;

/// `[branding]`
#[derive(Clone, Debug, Default)]
pub struct BrandingConfig {
    /// What pages call this server.
    pub name: Option<String>,
    /// The picture beside the name.
    pub logo: Option<Logo>,
    /// The colour of buttons and links.
    pub accent: Option<Accent>,
    /// Where people find help.
    pub support_uri: Option<Url>,
    /// What is done with what is known of people.
    pub privacy_uri: Option<Url>,
    /// Who runs this server.
    pub imprint_uri: Option<Url>,
}

/// A picture, as it is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logo {
    /// What it is.
    pub format: LogoFormat,
    /// The file.
    pub bytes: Vec<u8>,
}

/// The kinds of pictures that every browser shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogoFormat {
    /// Drawn, and sharp at every size.
    Svg,
    /// Without loss.
    Png,
    /// Smaller.
    Webp,
}

impl LogoFormat {
    /// The media type and the ending of a file's name.
    #[must_use]
    pub const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Svg => ("image/svg+xml", "svg"),
            Self::Png => ("image/png", "png"),
            Self::Webp => ("image/webp", "webp"),
        }
    }

    /// What a file begins with tells what it is.
    fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            return Some(Self::Png);
        }
        if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
            return Some(Self::Webp);
        }
        let text = std::str::from_utf8(bytes).ok()?;
        text.trim_start().starts_with('<').then_some(())?;
        text.contains("<svg").then_some(Self::Svg)
    }
}

impl BrandingConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let accent = reader.optional("branding.accent");
        Self {
            name: read_name(reader),
            logo: read_logo(reader),
            accent: accent.and_then(|colour| readable(reader, colour)),
            support_uri: read_link(reader, "branding.support_uri"),
            privacy_uri: read_link(reader, "branding.privacy_uri"),
            imprint_uri: read_link(reader, "branding.imprint_uri"),
        }
    }
}

fn read_name(reader: &mut Reader) -> Option<String> {
    const KEY: &str = "branding.name";
    let name: String = reader.optional(KEY)?;
    let fits = (1..=60).contains(&name.chars().count()) && name.trim() == name && !name.chars().any(char::is_control);
    if !fits {
        reader.refuse(KEY, "is no name for a page", "Write 1 to 60 characters on one line.");
    }
    fits.then_some(name)
}

/// WCAG 2.2, success criterion 1.4.3.
fn readable(reader: &mut Reader, colour: Colour) -> Option<Accent> {
    let refuse = |darker: Colour| {
        let remedy = format!("Write a darker one; {darker} would do.");
        reader.refuse("branding.accent", "cannot be read on a light page", &remedy);
    };
    Accent::new(colour).map_err(refuse).ok()
}

fn read_logo(reader: &mut Reader) -> Option<Logo> {
    const KEY: &str = "branding.logo_file";
    let file = reader.optional_path(KEY)?;
    let logo = logo_of(&file);
    logo.map_err(|(problem, remedy)| reader.refuse(KEY, &problem, remedy)).ok()
}

fn logo_of(file: &Path) -> Result<Logo, (String, &'static str)> {
    let unreadable = |error| (format!("cannot be read: {error}"), "Name a file that this user may read.");
    let bytes = fs::read(file).map_err(unreadable)?;
    if bytes.len() > LARGEST_LOGO {
        return Err(("is too large".to_owned(), "Name a picture of at most 256 KiB."));
    }
    let format = LogoFormat::of(&bytes);
    let format = format.ok_or_else(|| ("is no picture that is known".to_owned(), "Name an SVG, PNG or WebP file."))?;
    Ok(Logo { format, bytes })
}

fn read_link(reader: &mut Reader, key: &str) -> Option<Url> {
    let text: String = reader.optional(key)?;
    let url = Url::parse(&text).ok().filter(|url| matches!(url.scheme(), "https" | "mailto"));
    if url.is_none() {
        reader.refuse(
            key,
            "is no address that a page may lead to",
            "Write an address that begins with https:// or mailto:.",
        );
    }
    url
}

impl Readable for Colour {
    const EXPECTED: &'static str = "a colour such as \"#0f5a52\"";

    fn parse(value: &Value) -> Result<Self, String> {
        Self::parse(value.text()?).ok_or_else(|| "is no colour".to_owned())
    }

    fn show(&self) -> Json {
        Json::from(self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, ConfigFaults};

    fn read(lines: &str) -> Result<BrandingConfig, ConfigFaults> {
        Config::from_toml(&format!("[branding]\n{lines}"), []).map(|config| config.branding)
    }

    #[test]
    fn takes_a_name_a_colour_and_links() {
        let read =
            read("name = \"Example\"\naccent = \"#7A1FA2\"\nsupport_uri = \"mailto:help@example.com\"\n").unwrap();
        assert_eq!(read.name.as_deref(), Some("Example"));
        assert_eq!(read.accent.unwrap().colour().to_string(), "#7a1fa2");
        assert_eq!(read.support_uri.unwrap().as_str(), "mailto:help@example.com");
    }

    #[test]
    fn refuses_names_that_no_page_could_show() {
        for name in ["", " ", "Example ", "a\\nb", &"a".repeat(61)] {
            assert!(read(&format!("name = \"{name}\"")).is_err(), "{name}");
        }
    }

    #[test]
    fn says_which_colour_would_do() {
        let faults = read("accent = \"#ffcc00\"").unwrap_err().to_string();
        let offered = faults.split_once("Write a darker one; ").unwrap().1.split(' ').next().unwrap();
        assert!(read(&format!("accent = \"{offered}\"")).is_ok(), "{faults}");
    }

    #[test]
    fn refuses_links_that_could_run_something() {
        for link in ["javascript:alert(1)", "http://example.com", "data:text/html,x", "example.com"] {
            assert!(read(&format!("privacy_uri = \"{link}\"")).is_err(), "{link}");
        }
    }

    #[test]
    fn tells_pictures_from_other_files() {
        let folder = tempfile::tempdir().unwrap();
        let logo = |bytes: &[u8]| {
            let file = folder.path().join("logo");
            fs::write(&file, bytes).unwrap();
            logo_of(&file).map(|logo| logo.format).map_err(|(problem, _)| problem)
        };
        assert_eq!(logo(b"<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"/>"), Ok(LogoFormat::Svg));
        assert_eq!(logo(b"\x89PNG\r\n\x1a\nrest"), Ok(LogoFormat::Png));
        assert_eq!(logo(b"RIFF\0\0\0\0WEBPrest"), Ok(LogoFormat::Webp));
        for other in [&b"GIF89a"[..], b"<html></html>", b"\xff\xd8\xff", b""] {
            assert!(logo(other).is_err());
        }
        assert_eq!(logo(&vec![b'<'; LARGEST_LOGO + 1]), Err("is too large".to_owned()));
        assert!(logo_of(&folder.path().join("missing")).is_err());
    }
}
