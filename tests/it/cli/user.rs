//! `claviger user …`

use claviger::store::{LinkPurpose, RegistrationBy};
use serde_json::json;

use crate::support::{Commands, PASSWORD, TestApp, person_with_phone};

const ADD: &str = "user add --username ada --email ada@example.com --admin --password-stdin";

#[actix_web::test]
async fn adds_lists_and_shows_a_person() {
    let commands = Commands::on_a_fresh_database().await;
    assert!(commands.run("user list").done().contains("There is nobody yet"));
    let added = commands.run_with_input(&format!("{ADD} --json"), &format!("{PASSWORD}\n")).json();
    let expected = json!(["ada", "ada@example.com", "admin", true, "active"]);
    assert_eq!(json!(["username", "email", "role", "has_password", "state"].map(|member| &added[member])), expected);

    let list = commands.run("user list").done().to_owned();
    assert!(list.starts_with("USERNAME") && list.contains("ada@example.com"), "{list}");
    assert_eq!(commands.run("user list --json").json()["users"].as_array().unwrap().len(), 1);
    for name in ["ada", "ADA", "ada@example.com", added["id"].as_str().unwrap()] {
        assert!(commands.run(&format!("user show {name}")).done().contains("admin"), "{name}");
    }
    assert_eq!(commands.run("user show ada --json").json()["grants"], json!([]));
}

#[test]
fn keeps_a_password_nowhere_and_shows_it_nowhere() {
    let commands = Commands::in_an_empty_folder();
    let outcome = commands.run_with_input(ADD, PASSWORD);
    assert!(!outcome.done().contains(PASSWORD));
    let bytes = commands.bytes_on_disk();
    assert!(!bytes.windows(PASSWORD.len()).any(|window| window == PASSWORD.as_bytes()));
}

#[actix_web::test]
async fn refuses_a_person_who_cannot_be() {
    let commands = Commands::on_a_fresh_database().await;
    commands.run_with_input(ADD, PASSWORD).done();
    let cases = [
        ("user add --username ADA --password-stdin", PASSWORD, "taken"),
        ("user add --username bob --email ada@example.com --password-stdin", PASSWORD, "email"),
        ("user add --username bob --email nonsense --password-stdin", PASSWORD, "name@host"),
        ("user add --username bob --password-stdin", "short", "8 characters"),
        ("user add --username correcthorse --password-stdin", "correcthorse", "not your username"),
        ("user set-password ada --password-stdin", "", "8 characters"),
        ("user add --username bob --email oosterhuis@example.com --password-stdin", "oosterhuis", "easy to guess"),
    ];
    for (line, password, reason) in cases {
        let outcome = commands.run_with_input(line, password);
        assert!(outcome.refused(1).contains(reason), "{}", outcome.stderr);
    }
    for command in ["show", "disable", "enable", "delete --yes", "set-password --invite"] {
        assert_eq!(commands.run(&format!("user {command} nobody")).refused(1), "There is nobody of the name nobody.");
    }
    assert_eq!(commands.run("user add --username bob").status, 2);
}

#[actix_web::test]
async fn keeps_what_is_known_about_a_person() {
    let commands = Commands::on_a_fresh_database().await;
    let known = json!({
        "name": "Ada Lovelace",
        "email": "ada@example.com",
        "email_verified": true,
        "birthdate": "1815-12-10",
        "phone_number": "+44 20 7946 0000",
        "address": { "locality": "London", "country": "United Kingdom" },
    });
    commands.write("ada.json", known.to_string());
    commands.run("user add --username ada --claims ada.json --invite").done();
    let claims = || commands.run("user show ada@example.com --json").json()["claims"].clone();
    let stored = claims();
    for (name, value) in known.as_object().unwrap() {
        assert_eq!(&stored[name], value, "{name}");
    }
    assert_eq!(stored["preferred_username"], "ada");
    assert!(stored["updated_at"].is_i64());

    commands.run_with_input("user set-claims ada -", r#"{"email": "ADA@example.com"}"#).done();
    let stored = claims();
    let members = ["email", "email_verified", "preferred_username", "name", "address"].map(|member| &stored[member]);
    assert_eq!(json!(members), json!(["ADA@example.com", false, "ada", null, null]));
}

#[actix_web::test]
async fn sets_attributes_of_a_person() {
    let commands = Commands::on_a_fresh_database().await;
    commands.run("user add --username ada --attribute department=Engineering --attribute level=3 --invite").done();
    let attributes = || commands.run("user show ada --json").json()["attributes"].clone();
    assert_eq!(attributes(), json!({"department": "Engineering", "level": 3}));
    let said =
        commands.run("user set-attributes ada department= teams=[\"a\",\"b\"] remote=true id=\"7\"").done().to_owned();
    assert_eq!(said, "id=\"7\"\nlevel=3\nremote=true\nteams=[\"a\",\"b\"]");
    assert_eq!(attributes(), json!({"level": 3, "teams": ["a", "b"], "remote": true, "id": "7"}));
    assert!(commands.run("user show ada").done().contains("remote=true"));
    commands.run_with_input("user set-claims ada -", r#"{"name": "Ada"}"#).done();
    assert_eq!(attributes()["level"], 3, "claims are something else");
    for (set, fault) in
        [("a/b=x", "has no name"), ("a=[1]", "something else than texts"), ("a=\"x\\u0000\"", "control")]
    {
        let said = commands.run(&format!("user set-attributes ada {set}")).refused(1).to_owned();
        assert!(said.contains(fault), "{set}: {said}");
    }
    assert_eq!(commands.run("user set-attributes ada").status, 2);
    assert_eq!(commands.run("user set-attributes ada department").status, 2);
    assert_eq!(attributes(), json!({"level": 3, "teams": ["a", "b"], "remote": true, "id": "7"}));
}

#[actix_web::test]
async fn refuses_claims_with_all_their_faults() {
    let commands = Commands::on_a_fresh_database().await;
    commands.run_with_input(ADD, PASSWORD).done();
    commands.run("user add --username bob --invite").done();
    let faulty = r#"{"birthdate": "soon", "email": "nonsense", "name": " "}"#;
    for (claims, faults) in [
        (faulty, &["birthdate", "name@host", "name is blank"][..]),
        (r#"{"shoe_size": "42"}"#, &["shoe_size"]),
        (r#"{"email": "Ada@example.com"}"#, &["Another account has this email address."]),
        (r#"{"email": "ADA"}"#, &["name@host"]),
        (r#"{"name": "a\u202eb"}"#, &["display name"]),
        ("nonsense", &["no standard claims"]),
    ] {
        commands.write("claims.json", claims);
        for line in ["user set-claims bob claims.json", "user add --username eve --claims claims.json --invite"] {
            let outcome = commands.run(line);
            for fault in faults {
                assert!(outcome.refused(1).contains(fault), "{fault}: {}", outcome.stderr);
            }
        }
    }
    let both = commands.run_with_input("user add --username eve --claims - --password-stdin", "{}");
    assert!(both.refused(1).contains("Standard input"), "{}", both.stderr);
    assert_eq!(commands.run("user add --username eve --claims c --email e@example.com --invite").status, 2);
    assert_eq!(commands.run("user list --json").json()["users"].as_array().unwrap().len(), 2);
}

#[actix_web::test]
async fn invites_by_a_link_that_is_stored_as_a_hash_only() {
    let app = TestApp::start().await;
    let commands = Commands::beside(&app);
    let added = commands.run("user add --username bob --invite --json").json();
    assert_eq!(added["has_password"], false);
    let url = added["invitation"].as_str().unwrap();
    let token = url.strip_prefix(&format!("{}/invitation?link=", app.issuer)).unwrap();
    let link = app.cx.store.link(&app.cx.hasher.hash(token)).await.unwrap().unwrap();
    assert!(matches!(link.purpose, LinkPurpose::Invitation(person) if added["id"] == person.to_string()));

    let words = commands.run("user set-password bob --invite").done().to_owned();
    assert!(words.contains("/invitation?link=clv_link_"), "{words}");
    assert_eq!(app.events("link_made").await.len(), 2);
}

#[actix_web::test]
async fn disables_enables_and_deletes_a_person() {
    let app = TestApp::start().await;
    let commands = Commands::beside(&app);
    let person = app.person("ada").await;
    let state = || commands.run("user show ada --json").json()["state"].clone();
    commands.run("user disable ada").done();
    let since = app.cx.store.person(person).await.unwrap().unwrap().disabled_at;
    assert!(since.is_some());
    commands.run("user disable ada").done();
    assert_eq!(app.cx.store.person(person).await.unwrap().unwrap().disabled_at, since, "the first time counts");
    assert_eq!(state(), "disabled");
    commands.run("user enable ada").done();
    assert_eq!(state(), "active");
    let before = app.cx.store.person(person).await.unwrap().unwrap().password_hash;
    commands.run_with_input("user set-password ada --password-stdin", "another good password\n").done();
    assert_ne!(app.cx.store.person(person).await.unwrap().unwrap().password_hash, before);

    assert!(commands.run("user delete ada").refused(1).contains("--yes"));
    commands.run("user delete ada --yes").done();
    assert!(app.cx.store.person(person).await.unwrap().is_none());
    for kind in ["person_disabled", "person_enabled", "password_set", "person_deleted"] {
        let events = app.events(kind).await;
        assert_eq!(events.len(), 1, "{kind}");
        assert_eq!((events[0].actor.as_str(), events[0].person_id), ("operator", Some(person)), "{kind}");
    }
}

#[actix_web::test]
async fn gives_and_takes_roles() {
    let commands = Commands::on_a_fresh_database().await;
    commands.run_with_input(ADD, &format!("{PASSWORD}\n")).done();
    let refused = commands.run("user set-role ada none").refused(1).to_owned();
    assert!(refused.contains("Nobody else is owner or admin"), "{refused}");
    assert_eq!(commands.run("user set-role ada owner --json").json()["role"], "owner");
    assert!(commands.run("user set-role ada owner").done().contains("is owner now"), "said twice is done once");
    let auditor = "user add --username aude --role auditor --password-stdin";
    commands.run_with_input(auditor, &format!("{PASSWORD}\n")).done();
    assert_eq!(commands.run("user set-role aude none --json").json()["role"], json!(null));
    let refused = commands.run("user set-role ada support").refused(1).to_owned();
    assert!(refused.contains("Nobody else is owner or admin"), "{refused}");
}

#[actix_web::test]
async fn takes_the_second_factors_of_who_has_lost_them() {
    let app = TestApp::start().await;
    let commands = Commands::beside(&app);
    let ada = app.person("ada").await;
    person_with_phone(&app, "ada").await;
    assert!(commands.run("user reset-mfa ada").refused(1).contains("--yes"));
    assert!(commands.run("user reset-mfa ada --yes").done().contains("no second factor any more"));
    assert!(commands.run("user reset-mfa ada --yes").done().contains("has no second factor"));
    assert!(app.cx.store.authenticator_apps_of(ada).await.unwrap().is_empty());
    assert_eq!(app.cx.store.recovery_codes_left(ada).await.unwrap(), 0);
    let events = app.events("factors_reset").await;
    assert_eq!((events.len(), events[0].actor.as_str(), events[0].person_id), (1, "operator", Some(ada)));
}

#[actix_web::test]
async fn invites_to_make_an_account() {
    let app = TestApp::start().await;
    let mut commands = Commands::beside(&app);
    assert!(commands.run("user invite --email eve@example.com").refused(1).contains("people.registration"));
    commands.set("CLAVIGER__PEOPLE__REGISTRATION", "invitation");
    let made = commands.run("user invite --email Eve@Example.com --json").json();
    assert_eq!((&made["email"], &made["mailed"]), (&"eve@example.com".into(), &false.into()));
    let url = made["invitation"].as_str().unwrap();
    let token = url.strip_prefix(&format!("{}/register?link=", app.issuer)).unwrap();
    let link = app.cx.store.link(&app.cx.hasher.hash(token)).await.unwrap().unwrap();
    assert_eq!(link.purpose, LinkPurpose::Registration(RegistrationBy::InvitationByHand));
    assert_eq!(made["invitation_expires_at"], link.expires_at.to_rfc3339());
    let words = commands.run("user invite --email eve@example.com").done().to_owned();
    assert!(words.contains("/register?link=clv_link_"), "{words}");
    assert!(app.cx.store.link(&app.cx.hasher.hash(token)).await.unwrap().is_none(), "the next one replaces it");
    app.person("ada").await;
    assert!(commands.run("user invite --email ada@example.com").refused(1).contains("Another account"));
}
