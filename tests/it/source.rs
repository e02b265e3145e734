//! Our own source, read as text: what the tests about the house itself look at. No parser of Rust; as much of its
//! lexical rules as is needed to tell code from comments and tests from the rest.

use std::ops::Range;
use std::path::{Path, PathBuf};

/// One file.
pub struct Source {
    /// Its path from the repository's root, with `/`.
    pub path: String,
    /// All of it.
    pub text: String,
    /// The text with comments and literals blanked, byte for byte as long.
    pub code: String,
    /// What is compiled for tests only.
    tests: Vec<Range<usize>>,
}

impl Source {
    fn new(path: String, text: String) -> Self {
        let code = blank_comments_and_literals(&text);
        let tests = if is_test_file(&path) { std::iter::once(0..text.len()).collect() } else { test_items(&code) };
        Self { path, text, code, tests }
    }

    /// Whether this place is compiled for tests only.
    pub fn is_test(&self, at: usize) -> bool {
        self.tests.iter().any(|range| range.contains(&at))
    }

    /// The code without what is compiled for tests only.
    pub fn shipped_code(&self) -> String {
        blank(&self.code, &self.tests)
    }

    /// The path of its module: `web::page` for `src/web/page/mod.rs`, nothing for `src/lib.rs`.
    pub fn module(&self) -> Vec<String> {
        let path = self.path.trim_start_matches("src/").trim_end_matches(".rs");
        let path = path.strip_suffix("/mod").unwrap_or(if path == "lib" { "" } else { path });
        path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect()
    }

    /// The number of the line, from 1.
    pub fn line(&self, at: usize) -> usize {
        self.text[..at].matches('\n').count() + 1
    }
}

/// Every `.rs` file below a folder of the repository.
pub fn read(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                found.push(Source::new(name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn is_test_file(path: &str) -> bool {
    path.starts_with("tests/") || path.ends_with("/tests.rs") || path.contains("/tests/")
}

/// The items under `#[cfg(test)]`.
fn test_items(code: &str) -> Vec<Range<usize>> {
    let starts = code.match_indices("#[cfg(test)]").map(|(at, _)| at);
    starts.map(|at| at..end_of_item(code, at)).collect()
}

/// Where the item ends that begins at `at`: at its closing brace, or at its semicolon.
pub fn end_of_item(code: &str, at: usize) -> usize {
    let mut depth = 0_usize;
    for (offset, c) in code[at..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth <= 1 => return at + offset + 1,
            '}' => depth -= 1,
            ';' if depth == 0 => return at + offset + 1,
            _ => {}
        }
    }
    code.len()
}

fn blank(text: &str, ranges: &[Range<usize>]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for byte in ranges.iter().flat_map(std::clone::Clone::clone) {
        if bytes[byte] != b'\n' {
            bytes[byte] = b' ';
        }
    }
    String::from_utf8(bytes).unwrap()
}

fn blank_comments_and_literals(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut ranges = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let end = end_of_blank(text, at);
        if end > at {
            ranges.push(at..end);
            at = end;
        } else {
            at += 1;
        }
    }
    blank(text, &ranges)
}

/// Where the comment or literal ends that begins at `at`; `at` if none does.
fn end_of_blank(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let rest = &bytes[at..];
    let after = |needle: &str, from: usize| {
        let tail = &bytes[from..];
        let found = tail.windows(needle.len()).position(|window| window == needle.as_bytes());
        found.map_or(text.len(), |offset| from + offset + needle.len())
    };
    if rest.starts_with(b"//") {
        return after("\n", at) - 1;
    }
    if rest.starts_with(b"/*") {
        return after("*/", at);
    }
    if rest[0] == b'r' && !is_word(bytes, at) {
        let hashes = rest[1..].iter().take_while(|byte| **byte == b'#').count();
        if rest.get(1 + hashes) == Some(&b'"') {
            return after(&format!("\"{}", "#".repeat(hashes)), at + hashes + 2);
        }
    }
    match rest[0] {
        b'"' => end_of_quoted(bytes, at, b'"'),
        // A lifetime has no closing quote two characters on.
        b'\'' if rest.get(1) == Some(&b'\\') => end_of_quoted(bytes, at, b'\''),
        b'\'' => {
            let mut chars = text[at + 1..].chars();
            let width = chars.next().map_or(0, char::len_utf8);
            if chars.next() == Some('\'') { at + width + 2 } else { at }
        }
        _ => at,
    }
}

fn end_of_quoted(bytes: &[u8], at: usize, quote: u8) -> usize {
    let mut end = at + 1;
    while end < bytes.len() && bytes[end] != quote {
        end += if bytes[end] == b'\\' { 2 } else { 1 };
    }
    (end + 1).min(bytes.len())
}

/// Whether what stands at `at` continues a word; `b` and `c` before a literal do not.
fn is_word(bytes: &[u8], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|before| bytes[before]) else { return false };
    let literal = matches!(before, b'b' | b'c') && !is_word_byte(at.checked_sub(2).map_or(b' ', |two| bytes[two]));
    is_word_byte(before) && !literal
}

fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[test]
fn code_is_told_from_comments_and_literals() {
    let text = "let a = 'x'; // use sea_orm\nlet b: &'a str = \"}\\\"\"; /* { */ let c = r#\"\"{\"#; let d = '\\'';";
    let code = blank_comments_and_literals(text);
    assert_eq!(code.len(), text.len());
    assert!(!code.contains(['{', '}', '"', 'x']) && !code.contains("sea_orm"), "{code}");
    assert!(code.contains("&'a str") && code.contains("let c") && code.contains("let d"), "{code}");
}

#[test]
fn test_items_are_told_from_what_is_shipped() {
    let source = Source::new(
        "src/a.rs".to_owned(),
        "use shipped;\n#[cfg(test)]\nmod tests {\n    fn one() {}\n}\nfn also_shipped() {}\n".to_owned(),
    );
    let shipped = source.shipped_code();
    assert!(shipped.contains("use shipped") && shipped.contains("also_shipped") && !shipped.contains("one"));
    assert_eq!(source.module(), ["a"]);
}
