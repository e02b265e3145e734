//! The fuzz targets of `fuzz/`, by a driver that needs nothing but the tests: every seed, and random changes of seeds,
//! the same ones in each run. `fuzz/run` is the long form (docs/security-testing.md).

mod mutate;
mod seal_seeds;
#[path = "../../../fuzz/src/lib.rs"]
mod targets;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use mutate::Mutator;
use targets::{TARGETS, Target};

/// How many changed inputs a target gets; the whole server is slower than a parser.
const CHANGED: u32 = 3000;
const CHANGED_FOR_SERVER: u32 = 300;

fn seeds(name: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(name);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut seeds: Vec<_> = entries
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap()))
        .collect();
    seeds.sort();
    seeds
}

/// Says whether the input was accepted; a broken property shows the input.
fn holds(name: &str, target: Target, input: &[u8]) -> bool {
    let outcome = catch_unwind(AssertUnwindSafe(|| target(input)));
    outcome.unwrap_or_else(|_| panic!("{name} breaks with the input b\"{}\"", input.escape_ascii()))
}

/// A target of which every seed is refused, or none, would test nothing.
#[test]
fn every_target_accepts_some_seeds_and_refuses_others() {
    for (name, target) in TARGETS {
        let (accepted, refused): (Vec<_>, Vec<_>) =
            seeds(name).into_iter().partition(|(_, input)| holds(name, *target, input));
        assert!(!accepted.is_empty() && !refused.is_empty(), "{name}: {} / {}", accepted.len(), refused.len());
    }
}

#[test]
fn every_target_holds_whatever_becomes_of_its_seeds() {
    for (name, target) in TARGETS {
        let seeds: Vec<_> = seeds(name).into_iter().map(|(_, input)| input).collect();
        let mut mutator = Mutator::new(&seeds);
        let count = if *name == "server" { CHANGED_FOR_SERVER } else { CHANGED };
        for _ in 0..count {
            holds(name, *target, &mutator.next_input());
        }
    }
}

/// libFuzzer gets a program for each target, and its crate says so twice.
#[test]
fn every_target_has_its_program() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let manifest = std::fs::read_to_string(root.join("Cargo.toml")).unwrap();
    for (name, _) in TARGETS {
        let program = std::fs::read_to_string(root.join(format!("fuzz_targets/{name}.rs"))).unwrap();
        assert!(program.contains(&format!("claviger_fuzz::{name}::run(")), "{name}");
        assert!(manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")), "{name}");
    }
}
