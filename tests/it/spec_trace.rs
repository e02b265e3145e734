//! Every section that the source cites is held by a test that cites it too. `docs/spec.md` is the table of both sides;
//! `CLAVIGER_WRITE_SPEC=1 cargo test --test it spec_trace` writes it anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::source::{self, Source};

/// The table, from the repository's root.
const TABLE: &str = "docs/spec.md";

/// The specifications, as a tag names them, and where their text is.
const SPECIFICATIONS: [(&str, &str); 9] = [
    ("OIDC Core", "https://openid.net/specs/openid-connect-core-1_0.html"),
    ("OIDC Discovery", "https://openid.net/specs/openid-connect-discovery-1_0.html"),
    ("OIDC Registration", "https://openid.net/specs/openid-connect-registration-1_0.html"),
    ("OIDC RP-Initiated Logout", "https://openid.net/specs/openid-connect-rpinitiated-1_0.html"),
    ("OIDC Back-Channel Logout", "https://openid.net/specs/openid-connect-backchannel-1_0.html"),
    ("OIDC Front-Channel Logout", "https://openid.net/specs/openid-connect-frontchannel-1_0.html"),
    ("OIDC Session Management", "https://openid.net/specs/openid-connect-session-1_0.html"),
    ("OIDC Form Post", "https://openid.net/specs/oauth-v2-form-post-response-mode-1_0.html"),
    ("RFC", "https://www.rfc-editor.org/rfc/rfc"),
];

/// A section of a specification: `RFC 6749 §4.1.2`. Ordered as a reader would look for it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Tag {
    specification: String,
    section: Vec<Part>,
}

/// One step of a section's number: `A` before `1`, `2` before `10`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Number(u32),
    Letter(String),
}

/// The files that cite a section, and the tests that hold it.
#[derive(Debug, Default)]
struct Sides {
    sources: BTreeSet<String>,
    tests: BTreeSet<String>,
}

#[test]
fn every_cited_section_is_held_by_a_test() {
    let trace = trace();
    let missing: Vec<_> = trace
        .iter()
        .filter(|(_, sides)| !sides.sources.is_empty() && sides.tests.is_empty())
        .map(|(tag, sides)| format!("{tag}: cited in {}", join(&sides.sources, ", ")))
        .collect();
    assert!(missing.is_empty(), "\nno test cites what the source does:\n{}\n", missing.join("\n"));
}

#[test]
fn every_tag_is_of_a_known_specification() {
    let unknown: Vec<_> = trace().keys().filter(|tag| tag.link().is_none()).map(ToString::to_string).collect();
    assert_eq!(unknown, Vec::<String>::new(), "cite it as SPECIFICATIONS in this file spells it, or add it there");
}

#[test]
fn the_table_of_sections_is_up_to_date() {
    let table = table(&trace());
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(TABLE);
    if std::env::var_os("CLAVIGER_WRITE_SPEC").is_some() {
        std::fs::write(&path, &table).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    let how = "CLAVIGER_WRITE_SPEC=1 cargo test --test it spec_trace";
    assert!(committed == table, "{TABLE} tells of another source than this one; write it anew: {how}");
}

#[test]
fn tags_are_read_as_they_are_written() {
    let text = "RFC 6749 §4.1.2.1, §5.2; OIDC Core §A.3. OIDC RP-Initiated Logout §2: RFC 6749 §B).";
    let found: Vec<_> = tags(text).into_iter().map(|(_, tag)| tag.to_string()).collect();
    let expected =
        ["RFC 6749 §4.1.2.1", "RFC 6749 §5.2", "OIDC Core §A.3", "OIDC RP-Initiated Logout §2", "RFC 6749 §B"];
    assert_eq!(found, expected);
}

fn trace() -> BTreeMap<Tag, Sides> {
    let mut trace: BTreeMap<Tag, Sides> = BTreeMap::new();
    for file in ["src", "migrations", "tests"].into_iter().flat_map(source::read) {
        // This file speaks of tags, it holds none.
        if file.path.ends_with("spec_trace.rs") || file.path.starts_with("migrations/tests") {
            continue;
        }
        for (at, tag) in tags(&file.text) {
            let sides = trace.entry(tag).or_default();
            if !file.is_test(at) {
                sides.sources.insert(file.path.clone());
            } else if let Some(test) = test_at(&file, at) {
                sides.tests.insert(test);
            }
        }
    }
    trace
}

/// Every tag in a text, with its place. In `RFC 6749 §3.1, §3.2` the second is of the same specification.
fn tags(text: &str) -> Vec<(usize, Tag)> {
    let mut found: Vec<(usize, Tag)> = Vec::new();
    let mut last_end = 0;
    for (at, sign) in text.match_indices('§') {
        let after = &text[at + sign.len()..];
        let end = after.find(|c: char| !(c.is_ascii_alphanumeric() || c == '.')).unwrap_or(after.len());
        let section = after[..end].trim_end_matches('.');
        let follows = found.last().filter(|_| matches!(text[last_end..at].trim(), "," | "and" | "or" | ";"));
        let specification = match (specification_before(&text[..at]), follows) {
            (Some(name), _) => name,
            (None, Some((_, tag))) => tag.specification.clone(),
            (None, None) => continue,
        };
        if !section.is_empty() {
            found.push((at, Tag { specification, section: section.split('.').map(Part::read).collect() }));
            last_end = at + sign.len() + section.len();
        }
    }
    found
}

/// The name that a text ends with: `RFC` and a number, or `OIDC` and capitalized words.
fn specification_before(text: &str) -> Option<String> {
    let line = &text[text.rfind('\n').map_or(0, |at| at + 1)..];
    let name = line.strip_suffix(' ')?;
    let start = [name.rfind("RFC "), name.rfind("OIDC ")].into_iter().flatten().max()?;
    let name = &name[start..];
    let mut words = name.split(' ');
    let plausible = match words.next()? {
        "RFC" => words.next().is_some_and(|number| number.parse::<u32>().is_ok()) && words.next().is_none(),
        _ => name
            .split(' ')
            .all(|word| word.starts_with(|c: char| c.is_ascii_uppercase()) && !word.ends_with([',', '.'])),
    };
    plausible.then(|| name.to_owned())
}

/// The test around this place, or else the one that a comment at this place introduces.
fn test_at(file: &Source, at: usize) -> Option<String> {
    let line = &file.text[file.text[..at].rfind('\n').map_or(0, |at| at + 1)..at];
    // What a file is about is not what one of its tests holds.
    if line.trim_start().starts_with("//!") {
        return None;
    }
    let functions: Vec<_> =
        file.code.match_indices("fn ").filter(|(start, _)| is_own_word(&file.code, *start)).collect();
    let around = functions.iter().rev().find(|(start, _)| {
        let signature_end = file.code[*start..].find('{').map_or(*start, |offset| start + offset);
        *start <= at && at < source::end_of_item(&file.code, signature_end)
    });
    let (start, _) = around.or_else(|| functions.iter().find(|(start, _)| *start > at))?;
    let attributes_from = file.code[..*start].rfind(['}', ';']).map_or(0, |end| end + 1);
    let attributes = &file.code[attributes_from..*start];
    let name: String = file.code[start + 3..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    let is_test = attributes.contains("#[test]") || attributes.contains("::test]");
    is_test.then(|| format!("{} `{name}`", file.path))
}

fn is_own_word(code: &str, at: usize) -> bool {
    !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_')
}

fn table(trace: &BTreeMap<Tag, Sides>) -> String {
    let mut table = String::from(
        "# Sections, source, tests\n\n\
         Which rule of which specification stands where, and which test breaks if it is taken out. Collected from the \
         comments of both sides by `tests/it/spec_trace.rs`, which fails where a section that the source cites has no \
         test. Not written by hand: `CLAVIGER_WRITE_SPEC=1 cargo test --test it spec_trace`.\n\n\
         | section | in the source | held by |\n|---|---|---|\n",
    );
    for (tag, sides) in trace.iter().filter(|(_, sides)| !(sides.sources.is_empty() && sides.tests.is_empty())) {
        let link = tag.link().unwrap_or_default();
        let sources: BTreeSet<_> = sides.sources.iter().map(|path| format!("`{path}`")).collect();
        writeln!(table, "| [{tag}]({link}) | {} | {} |", join(&sources, "<br>"), join(&sides.tests, "<br>")).unwrap();
    }
    table
}

fn join(items: &BTreeSet<String>, separator: &str) -> String {
    items.iter().map(String::as_str).collect::<Vec<_>>().join(separator)
}

impl Part {
    fn read(text: &str) -> Self {
        text.parse().map_or_else(|_| Self::Letter(text.to_owned()), Self::Number)
    }
}

impl Tag {
    fn section(&self) -> String {
        let parts = self.section.iter().map(|part| match part {
            Part::Number(number) => number.to_string(),
            Part::Letter(letter) => letter.clone(),
        });
        parts.collect::<Vec<_>>().join(".")
    }

    fn link(&self) -> Option<String> {
        let is_appendix = matches!(self.section.first(), Some(Part::Letter(_)));
        let section = self.section();
        let (name, base) = SPECIFICATIONS.iter().find(|(name, _)| self.specification.starts_with(name))?;
        if *name != "RFC" {
            return (self.specification == *name).then(|| (*base).to_owned());
        }
        let kind = if is_appendix { "appendix" } else { "section" };
        Some(format!("{base}{}#{kind}-{section}", self.specification.trim_start_matches("RFC ")))
    }
}

impl std::fmt::Display for Tag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} §{}", self.specification, self.section())
    }
}
