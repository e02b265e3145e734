# Named steps; `just` lists them. CI runs the same script.

_list:
    @just --list

# Run the server on config.toml
serve:
    cargo run --release

# Run the whole test suite, on SQLite and PostgreSQL
test:
    tests/run

# Write every file as rustfmt would
format:
    cargo fmt --all

# Look for what clippy would not have written
lint:
    .ci/run lint

# Check licences, banned crates, sources and, where the network allows, advisories
audit:
    .ci/run audit

# Fuzz every target for a minute, or as fuzz/run says
fuzz *arguments:
    fuzz/run {{arguments}}

# All that has to hold before a change is merged
ci:
    .ci/run
