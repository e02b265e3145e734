//! The house's rules about who may import whom (`docs/architecture.md`), held by reading the source: it costs nothing
//! to build, and keeps what a crate for every layer would keep.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::{self, Source};

/// From the bottom up. What stands on one line may import what stands on a lower line, and each other without a loop.
const LAYERS: [&[&str]; 6] = [
    &["protocol", "error", "config", "clock", "ids"],
    &["store"],
    &["domain"],
    &["web", "cx"],
    &["cli", "oauth", "pages", "admin"],
    &["app", "logging", "main", ""],
];

/// These meet only through the store and through URLs.
const FEATURES: &[&str] = LAYERS[4];

/// Crates that only some parts may name, and why.
const FENCED: [(&[&str], &[&str], &str); 3] = [
    (&["sea_orm", "sea_orm_migration"], &["store"], "rows stay in the store: write a query there"),
    (
        &["actix_web", "actix_session", "actix_http"],
        &["web", "cx", "cli", "oauth", "pages", "admin", "app", "main"],
        "rules know no HTTP: return a value and let a feature render it",
    ),
    (&["jsonwebtoken"], &["domain::keys::jwt"], "JWTs pass through one module, which checks what the library does not"),
];

/// One import, resolved to the file it comes from.
struct Import<'a> {
    from: &'a Source,
    line: usize,
    path: String,
    /// The module whose file holds what is imported.
    module: Vec<String>,
}

#[test]
fn imports_point_down() {
    let house = House::read();
    let mut faults = Vec::new();
    for import in house.imports() {
        let (from, to) = (top(&import.from.module()), top(&import.module));
        let (Some(here), Some(there)) = (layer(&from), layer(&to)) else {
            faults.push(format!("{}: no layer is known for {from} or {to}: give it one in this test", import.place()));
            continue;
        };
        if there > here {
            faults.push(format!("{} points up, from {from} to {to}: move what both need down", import.place()));
        } else if from != to && FEATURES.contains(&from.as_str()) && FEATURES.contains(&to.as_str()) {
            faults.push(format!(
                "{}: the feature {from} names the feature {to}: move what both need down",
                import.place()
            ));
        }
    }
    none(&faults);
}

#[test]
fn crates_stay_behind_their_fences() {
    let mut faults = Vec::new();
    for file in source::read("src") {
        let module = file.module().join("::");
        let code = file.shipped_code();
        for (crates, homes, why) in FENCED {
            let is_home = homes.iter().any(|home| module == *home || module.starts_with(&format!("{home}::")));
            for name in crates.iter().filter(|_| !is_home) {
                if let Some(at) = words(&code).find(|(_, word)| word == name).map(|(at, _)| at) {
                    faults.push(format!("{}:{} names {name}: {why}", file.path, file.line(at)));
                }
            }
        }
    }
    none(&faults);
}

#[test]
fn files_import_each_other_without_a_loop() {
    let house = House::read();
    let mut edges: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for import in house.imports() {
        let target = &house.files[&import.module].path;
        if *target != import.from.path {
            edges.entry(import.from.path.clone()).or_default().insert(target.clone());
        }
    }
    let faults: Vec<_> = loops(&edges).iter().map(|files| format!("in a loop: {}", files.join(" -> "))).collect();
    none(&faults);
}

#[test]
fn a_loop_is_found() {
    let edge = |from: &str, to: &[&str]| (from.to_owned(), to.iter().map(|&to| to.to_owned()).collect());
    let edges = BTreeMap::from([edge("a", &["b", "d"]), edge("b", &["c"]), edge("c", &["b"]), edge("d", &[])]);
    assert_eq!(loops(&edges), [["b", "c", "b"]]);
}

#[test]
fn every_way_to_import_is_seen() {
    let code = "use crate::a::{b, c::{self, D as E}, f::*};\npub(crate) use super::g;\nfn h() { crate::i::J::k(); }";
    let found: Vec<_> = paths(code).into_iter().map(|(_, path)| path).collect();
    assert_eq!(found, ["crate::a::b", "crate::a::c", "crate::a::c::D", "crate::a::f", "super::g", "crate::i::J::k"]);
}

#[track_caller]
fn none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

fn top(module: &[String]) -> String {
    module.first().cloned().unwrap_or_default()
}

fn layer(name: &str) -> Option<usize> {
    LAYERS.iter().position(|names| names.contains(&name))
}

impl Import<'_> {
    fn place(&self) -> String {
        format!("{}:{} imports {}", self.from.path, self.line, self.path)
    }
}

/// All files, by module.
struct House {
    files: BTreeMap<Vec<String>, Source>,
}

impl House {
    fn read() -> Self {
        let files = source::read("src").into_iter().filter(|file| !file.is_test(0));
        Self { files: files.map(|file| (file.module(), file)).collect() }
    }

    fn imports(&self) -> Vec<Import<'_>> {
        let mut found = Vec::new();
        for (module, file) in &self.files {
            let code = file.shipped_code();
            let exported = exports(&code);
            for (at, path) in paths(&code) {
                // A folder that passes on what its own files hold does not use it.
                let passed_on = exported.iter().any(|(place, _)| place.contains(&at)) && !path.contains("crate::");
                if let Some(absolute) = self.absolute(module, &path).filter(|_| !passed_on) {
                    let module = self.home(&absolute);
                    found.push(Import { from: file, line: file.line(at), path, module });
                }
            }
        }
        found
    }

    /// A path from the crate's root; `None` for other crates and for what is in the same file.
    fn absolute(&self, module: &[String], path: &str) -> Option<Vec<String>> {
        let mut parts = path.split("::").map(str::to_owned).peekable();
        let mut absolute = match parts.peek()?.as_str() {
            "crate" | "claviger" => {
                parts.next();
                Vec::new()
            }
            "self" | "super" => module.to_vec(),
            // A child by its bare name.
            child => {
                let mut path = module.to_vec();
                path.push(child.to_owned());
                self.files.get(&path)?;
                module.to_vec()
            }
        };
        while let Some(part) = parts.next_if(|part| part == "self" || part == "super") {
            if part == "super" {
                absolute.pop()?;
            }
        }
        absolute.extend(parts);
        Some(absolute)
    }

    /// The module of the file that holds what a path names; what a folder passes on counts as its file's.
    fn home(&self, path: &[String]) -> Vec<String> {
        let length = (0..=path.len()).rev().find(|length| self.files.contains_key(&path[..*length])).unwrap_or(0);
        let module = path[..length].to_vec();
        let Some(name) = path.get(length) else { return module };
        let code = self.files[&module].shipped_code();
        let exported = exports(&code).into_iter().flat_map(|(_, paths)| paths);
        let mut found = exported.filter(|export| export.rsplit("::").next() == Some(name));
        match found.find_map(|export| self.absolute(&module, &export)) {
            Some(path) if !path.starts_with(&[module.as_slice(), std::slice::from_ref(name)].concat()) => {
                self.home(&path)
            }
            _ => module,
        }
    }
}

/// What `pub use` passes on, with its place.
fn exports(code: &str) -> Vec<(std::ops::Range<usize>, Vec<String>)> {
    let uses = words(code).filter(|(at, word)| *word == "use" && is_public(&code[..*at]));
    uses.map(|(at, _)| {
        let end = at + code[at..].find(';').unwrap_or(0);
        (at..end, expand(code[at + "use".len()..end].trim()))
    })
    .collect()
}

fn is_public(before: &str) -> bool {
    let before = before.trim_end();
    before.ends_with("pub")
        || (before.ends_with(')') && before.rfind("pub(").is_some_and(|at| !before[at..].contains(['\n', ';'])))
}

/// Every path that names another module: those of `use`, and those written out in code.
fn paths(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut within_use = 0;
    for (at, word) in words(code) {
        if at < within_use {
            continue;
        }
        if word == "use" {
            within_use = at + code[at..].find(';').unwrap_or(0);
            let tree = code[at + word.len()..within_use].trim();
            found.extend(expand(tree).into_iter().map(|path| (at, path)));
        } else if !code[..at].ends_with("::") && code[at + word.len()..].starts_with("::") {
            let end = code[at..].find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).unwrap_or(word.len());
            let path = code[at..at + end].trim_end_matches(':');
            found.push((at, path.to_owned()));
        }
    }
    found
}

/// The paths of one `use` tree.
fn expand(tree: &str) -> Vec<String> {
    let tree = tree.trim();
    let Some((prefix, rest)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap_or(tree).trim();
        let path = path.strip_suffix("::*").or_else(|| path.strip_suffix("::self")).unwrap_or(path);
        return vec![path.to_owned()];
    };
    let inner = rest.rsplit_once('}').map_or(rest, |(inner, _)| inner);
    let mut depth = 0_i32;
    let members = inner.split(|c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    });
    members
        .filter(|member| !member.trim().is_empty())
        .flat_map(|member| expand(&format!("{}{}", prefix.trim(), member.trim())))
        .collect()
}

/// Every identifier, with its place.
fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let pieces = code.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    pieces.filter(|word| !word.is_empty()).map(|word| (word.as_ptr() as usize - code.as_ptr() as usize, word))
}

/// Each loop once, as a walk that ends where it began: the shortest one through its first file.
fn loops(edges: &BTreeMap<String, BTreeSet<String>>) -> Vec<Vec<String>> {
    let mut found: Vec<Vec<String>> = Vec::new();
    for start in edges.keys() {
        if found.iter().flatten().any(|file| file == start) {
            continue;
        }
        let mut walks = vec![vec![start.clone()]];
        let mut seen = BTreeSet::new();
        while let Some(walk) = (!walks.is_empty()).then(|| walks.remove(0)) {
            let next = edges.get(&walk[walk.len() - 1]).into_iter().flatten();
            for file in next {
                let longer = [walk.as_slice(), std::slice::from_ref(file)].concat();
                if file == start {
                    found.push(longer);
                    walks.clear();
                    break;
                }
                if seen.insert(file.clone()) {
                    walks.push(longer);
                }
            }
        }
    }
    found
}
