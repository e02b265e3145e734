//! `claviger database …`

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::support::{Commands, TestApp};

#[test]
fn looks_at_a_database_without_making_one() {
    let commands = Commands::in_an_empty_folder();
    for line in ["database status", "database backup copy.db"] {
        assert!(commands.run(line).refused(1).contains("no database claviger.db yet"), "{line}");
    }
    assert_eq!(fs::read_dir(commands.folder.path()).unwrap().count(), 0);
}

#[test]
fn brings_the_schema_up_to_date_and_says_so() {
    let commands = Commands::in_an_empty_folder();
    let applied = commands.run("database migrate --json").json()["applied"].as_array().unwrap().len();
    assert!(applied > 0);
    assert_eq!(commands.run("database migrate").done(), "The schema is up to date.");
    let status = commands.run("database status --json").json();
    assert_eq!((&status["current"], &status["database"]), (&true.into(), &"sqlite".into()));
    assert_eq!(status["steps"].as_array().unwrap().len(), applied);
    assert!(commands.run("database status").done().ends_with("The schema is up to date."));
}

#[actix_web::test]
async fn copies_the_database_while_the_server_runs() {
    let app = TestApp::start().await;
    app.person("ada").await;
    let commands = Commands::beside(&app);
    let file = commands.folder.path().join("copy");
    let bytes = commands.run("database backup copy --json").json()["bytes"].as_u64().unwrap();
    let metadata = fs::metadata(&file).unwrap();
    assert_eq!((metadata.len(), metadata.permissions().mode() & 0o777), (bytes, 0o600));
    assert!(commands.run("database backup copy").refused(1).contains("exists already"));
    assert!(commands.run("database backup nowhere/copy").refused(1).contains("nowhere/copy cannot be written"));

    if app.cx.store.kind() == "sqlite" {
        let mut restored = Commands::beside(&app);
        restored.set("CLAVIGER__DATABASE__URL", &format!("sqlite://{}", file.display()));
        assert!(restored.run("user show ada").done().contains("ada@example.com"));
    }
}

#[test]
fn leaves_nothing_behind_where_a_backup_fails() {
    let mut commands = Commands::in_an_empty_folder();
    commands.set("CLAVIGER__DATABASE__URL", "postgres://me:hunter2@127.0.0.1:1/claviger");
    let outcome = commands.run("database backup copy.dump");
    assert!(outcome.refused(1).starts_with("There is no backup: pg_dump"), "{}", outcome.stderr);
    assert!(!outcome.stderr.contains("hunter2"));
    assert!(!commands.folder.path().join("copy.dump").exists());
}
