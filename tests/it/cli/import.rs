//! `claviger user import …`

use serde_json::json;

use crate::support::{Commands, TestApp};

const FILE: &str = "username;name;email;role\r\nada;Ada;ada@example.com;support\r\nbob;Bob;;\r\n";

#[actix_web::test]
async fn rehearses_adds_and_adds_nobody_twice() {
    let app = TestApp::start().await;
    let commands = Commands::beside(&app);
    commands.write("people.csv", format!("\u{feff}{FILE}"));
    let report = commands.run("user import people.csv --dry-run --json").json();
    assert_eq!(report["to_add"][0], json!({ "username": "ada", "role": "support" }));
    assert_eq!(commands.run("user list --json").json()["users"], json!([]), "a rehearsal adds nobody");

    let done = commands.run("user import people.csv --invite --json").json();
    let link = done["added"][1]["invitation"].as_str().unwrap();
    assert_eq!(app.get(link.strip_prefix(&app.issuer).unwrap()).await.status, 200);
    let ada = commands.run("user show ada --json").json();
    assert_eq!(json!([ada["role"], ada["email_verified"], ada["has_password"]]), json!(["support", false, false]));
    let events = app.events("person_added").await;
    assert_eq!((events.len(), events[0].actor.as_str()), (2, "operator"));

    commands.write("people.csv", format!("{FILE}eve;;;\r\n"));
    assert_eq!(commands.run("user import people.csv").done(), "Added 1. There already: 2.");
    assert_eq!(app.events("person_added").await.len(), 3);
}

#[actix_web::test]
async fn adds_nobody_where_anything_is_wrong() {
    let commands = Commands::on_a_fresh_database().await;
    commands.run_with_input("user import - --format csv", "username,email\nada,ada@example.com\n").done();
    let file = r#"[{"username": "bob"}, {"username": "eve", "email": "ADA@example.com"},
        {"username": "ada@example.com"}, {"username": "dan", "role": "king"}]"#;
    commands.write("people.json", file);
    let said = commands.run("user import people.json").refused(1).to_owned();
    for fault in ["Entry 2, email: Another", "Entry 3, username: ", "Entry 4, role: “king”", "Nobody was added"] {
        assert!(said.contains(fault), "{fault}: {said}");
    }
    let told = commands.run("user import people.json --json");
    let report: serde_json::Value = serde_json::from_str(&told.stdout).unwrap();
    assert_eq!((told.status, report["faults"].as_array().unwrap().len()), (1, 3), "{report}");
    assert_eq!(commands.run("user list --json").json()["users"].as_array().unwrap().len(), 1);

    commands.write("latin.csv", b"username,name\nada,Ad\xe8le\n");
    assert!(commands.run("user import latin.csv").refused(1).contains("UTF-8"));
    commands.write("people", FILE);
    assert!(commands.run("user import people").refused(1).contains("--format"));
    assert_eq!(commands.run("user import people --dry-run --invite").status, 2);
}
