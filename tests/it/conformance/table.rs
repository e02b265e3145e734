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

#[test]
fn names_every_twin_and_its_file() {
    let table = fs::read_to_string(at("docs/conformance.md")).unwrap();
    let rows: BTreeSet<_> = table
        .lines()
        .filter_map(|line| {
            let cells: Vec<_> = line.split('`').collect();
            let [_, module, _, file, ..] = cells.as_slice() else { return None };
            // A twin of a module in another profile is named in the last column.
            let twin = cells.iter().skip(4).find(|cell| cell.starts_with("oidcc_")).unwrap_or(module);
            (module.starts_with("oidcc-") && file.contains(".rs")).then(|| (file.to_string(), twin.replace('-', "_")))
        })
        .collect();
    assert_eq!(rows, twins());
    assert_eq!(rows.len(), 38 + 4, "38 modules of Basic OP, one of Config OP, one of Form Post OP, two of Dynamic OP");
}
