//! `docs/conformance.md` says which twin stands for which module.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn at(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The twins: their files and names.
fn twins() -> BTreeSet<(String, String)> {
    let files = fs::read_dir(at("tests/it/conformance")).unwrap().map(Result::unwrap);
    let names = files.flat_map(|file| {
        let text = fs::read_to_string(file.path()).unwrap();
        let file = file.file_name().into_string().unwrap();
        text.lines()
            .filter_map(|line| line.strip_prefix("async fn ")?.split('(').next())
            .filter(|name| name.starts_with("oidcc_"))
            .map(|name| (file.clone(), name.to_owned()))
            .collect::<Vec<_>>()
    });
    names.collect()
}

/// The rows of each plan: the file and the twin.
fn plans(table: &str) -> Vec<(&str, BTreeSet<(String, String)>)> {
    let sections = table.split("\n### ").skip(1).filter_map(|section| section.split_once('\n'));
    sections.map(|(plan, section)| (plan, section.lines().filter_map(row).collect())).collect()
}

fn row(line: &str) -> Option<(String, String)> {
    let cells: Vec<_> = line.split('`').collect();
    let [_, module, _, file, ..] = cells.as_slice() else { return None };
    // A twin of another name is named in the last column.
    let twin = cells.iter().skip(4).find(|cell| cell.starts_with("oidcc_")).unwrap_or(module);
    let is_twin = module.starts_with("oidcc-") && Path::new(file).extension().is_some_and(|kind| kind == "rs");
    is_twin.then(|| ((*file).to_owned(), twin.replace('-', "_")))
}

/// Each plan has as many twins as it has modules that apply; `tests/run` prints how many.
#[test]
fn names_every_twin_and_its_file() {
    let table = fs::read_to_string(at("docs/conformance.md")).unwrap();
    let mut plans = plans(&table);
    plans.retain(|(_, rows)| !rows.is_empty());
    let counts: Vec<_> = plans.iter().map(|(plan, rows)| (*plan, rows.len())).collect();
    for (plan, count) in &counts {
        println!("{plan}: {count} modules held by twins");
    }
    let expected = [
        ("Config OP", 1),
        ("Basic OP", 38),
        ("Form Post OP", 1),
        ("Dynamic OP", 18),
        ("RP-Initiated Logout OP", 11),
        ("Back-Channel Logout OP", 2),
        ("Front-Channel Logout OP", 2),
        ("Third-Party-Initiated Login OP", 2),
    ];
    assert_eq!(counts, expected);
    let rows: BTreeSet<_> = plans.into_iter().flat_map(|(_, rows)| rows).collect();
    assert_eq!(rows, twins());
}
