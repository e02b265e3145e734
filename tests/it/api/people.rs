//! People over the API.

use serde_json::{Value, json};

use super::*;
use crate::support::{Allowed, DEPARTMENT, MAILBOX, OWN_CLAIMS, person_with_phone};

/// A change of address is told to the one that the person had, whoever made it.
#[actix_web::test]
async fn tells_the_old_address_of_another_one() {
    let app = TestApp::start_with(MAILBOX).await;
    let tool = Tool::new(&app).await;
    let ada = app.person("ada").await;
    let patch = json!({ "claims": { "email": "countess@example.org" } });
    let changed = tool.send("PATCH", &format!("/people/{ada}"), &patch, &[("if-match", "*")]).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    let mails = app.mails().await;
    assert_eq!(TestApp::only(&mails, "email_changed").mail.recipient, "ada@example.com");
}

/// RFC 7396 §4: a patch is sent under the type of patches, too.
#[actix_web::test]
async fn invites_changes_and_deletes() {
    let app = TestApp::start().await;
    let tool = Tool::new(&app).await;
    let new = json!({ "username": "ada", "claims": { "email": "ada@example.org", "name": "Ada" } });
    let made = tool.post("/people", new.clone()).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let person = made.json();
    let path = format!("/people/{}", person["id"].as_str().unwrap());
    let link = person["invitation"]["url"].as_str().unwrap();
    let page = app.get(link.strip_prefix(&app.issuer).unwrap()).await;
    assert!(page.status == 200 && page.body.contains("ada"), "{}", page.body);
    assert_eq!((&person["has_password"], &person["role"]), (&json!(false), &Value::Null));
    assert_eq!(problem(&tool.post("/people", new).await), "conflict");

    let tag = made.header("etag");
    let patch = json!({ "claims": { "email": "countess@example.org", "name": null } });
    let merge = [("if-match", tag), ("content-type", "application/merge-patch+json")];
    let answer = app
        .request(
            "PATCH",
            &format!("/api/v1{path}"),
            patch.to_string(),
            &[merge[0], merge[1], ("authorization", &format!("Bearer {}", tool.token))],
        )
        .await;
    let changed = answer.ok();
    assert_eq!(changed["claims"]["email"], "countess@example.org");
    assert_eq!((changed["claims"].get("name"), &changed["claims"]["email_verified"]), (None, &json!(false)));
    assert_eq!(tool.send("PATCH", &path, &patch, &[("if-match", tag)]).await.status, 412);
    assert_eq!(tool.send("PATCH", &path, &patch, &[]).await.status, 428);

    assert_eq!(tool.post(&format!("{path}/disable"), Value::Null).await.ok()["state"], "disabled");
    assert_eq!(tool.post(&format!("{path}/enable"), Value::Null).await.ok()["state"], "active");
    let link = tool.post(&format!("{path}/password-link"), Value::Null).await.ok();
    assert!(link["url"].as_str().unwrap().starts_with(&format!("{}/invitation?link=", app.issuer)));
    assert_eq!(tool.delete(&path).await.status, 204);
    assert_eq!(tool.delete(&path).await.status, 404);
}

/// A machine without `roles:write` does not touch who administers the server.
#[actix_web::test]
async fn changes_nobody_who_stands_above() {
    let app = TestApp::start().await;
    let root = app.admin("root").await;
    let clerk = Tool::with_scope(&app, "people:read people:write sessions:write").await;
    let path = format!("/people/{root}");
    assert_eq!(clerk.get(&path).await.ok()["role"], "owner");
    for action in ["disable", "enable", "password-link", "reset-second-factors"] {
        let answer = clerk.post(&format!("{path}/{action}"), Value::Null).await;
        assert_eq!((answer.status, problem(&answer).as_str()), (403, "above-the-caller"), "{action}");
    }
    let patch = json!({ "claims": { "email": "eve@example.org" } });
    assert_eq!(clerk.send("PATCH", &path, &patch, &[("if-match", "*")]).await.status, 403);
    assert_eq!(clerk.delete(&path).await.status, 403);
    assert_eq!(clerk.delete(&format!("{path}/sessions")).await.status, 403);
    assert_eq!(Tool::new(&app).await.delete(&path).await.status, 204);
}

#[actix_web::test]
async fn takes_consents_back_and_ends_sessions() {
    let app = TestApp::start().await;
    let (client, ada) = (app.web_app().await, app.person("ada").await);
    let tool = Tool::new(&app).await;
    let tokens = app.tokens(&client, ada, Allowed::default()).await;
    let of_person = tool.get(&format!("/people/{ada}/consents")).await.ok();
    let of_client = tool.get("/clients/app/consents").await.ok();
    assert_eq!(of_person["items"], of_client["items"]);
    let path = format!("/consents/{}", of_person["items"][0]["id"].as_str().unwrap());
    assert_eq!(tool.delete(&path).await.status, 204);
    assert_eq!(tool.delete(&path).await.status, 404);
    app.refresh(&client, tokens["refresh_token"].as_str().unwrap()).await.refuses(400, "invalid_grant");
    app.tokens(&client, ada, Allowed::default()).await;
    assert_eq!(tool.delete("/clients/app/consents").await.status, 204);
    assert_eq!(tool.get("/clients/app/consents").await.ok()["items"], json!([]));

    for _ in 0..3 {
        let browser = app.browser();
        let page = browser.open("/login").await;
        browser.submit(&page, "form#login", &[("username", "ada"), ("password", crate::support::PASSWORD)]).await;
    }
    let sessions = tool.get(&format!("/people/{ada}/sessions")).await.ok();
    let sessions = sessions["items"].as_array().unwrap();
    assert_eq!(sessions.len(), 3);
    let path = format!("/sessions/{}", sessions[0]["sid"].as_str().unwrap());
    assert_eq!(tool.delete(&path).await.status, 204);
    assert_eq!(tool.delete(&path).await.status, 404);
    assert_eq!(tool.delete(&format!("/people/{ada}/sessions")).await.status, 204);
    assert_eq!(tool.get(&format!("/people/{ada}/sessions")).await.ok()["items"], json!([]));
    assert_eq!((app.events("sign_out").await.len(), app.events("sign_out_everywhere").await.len()), (1, 1));
}

/// OIDC Core §11: what apps keep for use while the person is away ends only where somebody says so: here an admin does.
#[actix_web::test]
async fn signs_somebody_out_with_all_that_apps_hold() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let client = app.web_app().await;
    let offline = Allowed { scope: "openid offline_access", ..Allowed::default() };
    let tokens = app.tokens(&client, ada, offline).await;
    let tool = Tool::new(&app).await;
    assert_eq!(tool.delete(&format!("/people/{ada}/sessions")).await.status, 204);
    app.refresh(&client, tokens["refresh_token"].as_str().unwrap()).await.refuses(400, "invalid_grant");
    assert_eq!(app.userinfo(tokens["access_token"].as_str().unwrap()).await.status, 401);
    assert_eq!(app.cx.store.grants_of(ada).await.unwrap().len(), 1, "what they have allowed stays allowed");
}

/// RFC 7396 §2: attributes are merged as claims are, and what rules make of them is told at once.
#[actix_web::test]
async fn keeps_attributes_that_rules_make_claims_of() {
    let app = TestApp::start_with(OWN_CLAIMS).await;
    let (client, tool) = (app.app_for_employees("app").await, Tool::new(&app).await);
    let known = json!({"department": "Engineering", "level": 3, "remote": true, "teams": ["a", "b"]});
    let made = tool.post("/people", json!({"username": "ada", "attributes": known})).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let person = made.json();
    assert_eq!(person["attributes"], known);
    let id = person["id"].as_str().unwrap();
    let path = format!("/people/{id}");
    let patch = json!({"attributes": {"department": "Sales", "level": null, "cost-center": "042"}});
    let changed = tool.send("PATCH", &path, &patch, &[("if-match", made.header("etag"))]).await.ok();
    let expected = json!({"department": "Sales", "remote": true, "teams": ["a", "b"], "cost-center": "042"});
    assert_eq!((&changed["attributes"], &changed["username"]), (&expected, &json!("ada")));
    assert_eq!(tool.send("PATCH", &path, &patch, &[("if-match", made.header("etag"))]).await.status, 412);
    let name = json!({"claims": {"name": "Ada"}});
    let changed = tool.send("PATCH", &path, &name, &[("if-match", "*")]).await.ok();
    assert_eq!(changed["attributes"], expected, "what is not named stays");

    let allowed = Allowed { scope: "openid employee", ..Allowed::default() };
    let tokens = app.tokens(&client, id.parse().unwrap(), allowed).await;
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(app.userinfo(token).await.ok()[DEPARTMENT], "Sales");
    let gone = json!({"attributes": {"department": null}});
    tool.send("PATCH", &path, &gone, &[("if-match", "*")]).await.ok();
    assert_eq!(app.userinfo(token).await.ok().get(DEPARTMENT), None);
}

/// Attributes that no token should carry are refused, each with its fault.
#[actix_web::test]
async fn refuses_attributes_with_all_their_faults() {
    let app = TestApp::start().await;
    let (tool, ada) = (Tool::new(&app).await, app.person("ada").await);
    let many: serde_json::Map<_, _> = (0..51).map(|number| (format!("a{number}"), json!(number))).collect();
    for (attributes, part) in [
        (json!({"a": "x\u{7}y"}), "control character"),
        (json!({"a": "x\ny"}), "control character"),
        (json!({"a": ["x\u{1b}[2J"]}), "control character"),
        (json!({"a": {"b": {"c": 1}}}), "is no text"),
        (json!({"a": [[["b"]]]}), "something else than texts"),
        (json!({"a": "x".repeat(5000)}), "at most 4096"),
        (json!({"a b": "x"}), "has no name"),
        (json!({"a": ""}), "is blank"),
        (json!(["a"]), "must be a JSON object"),
        (Value::Object(many), "at most 50"),
    ] {
        let body = json!({"username": "new", "attributes": attributes});
        let patch = json!({"attributes": attributes});
        let made = tool.post("/people", body).await;
        let patched = tool.send("PATCH", &format!("/people/{ada}"), &patch, &[("if-match", "*")]).await;
        for answer in [made, patched] {
            assert_eq!((answer.status, problem(&answer).as_str()), (422, "invalid"), "{attributes}: {}", answer.body);
            let errors = answer.json()["errors"].clone();
            assert_eq!(errors[0]["member"], "attributes", "{errors}");
            assert!(errors[0]["detail"].as_str().unwrap().contains(part), "{part}: {errors}");
        }
    }
    let nul = tool.post("/people", json!({"username": "new", "attributes": {"a": "x\u{0}y"}})).await;
    assert_eq!((nul.status, problem(&nul).as_str()), (422, "invalid"), "{}", nul.body);
    let both = tool.post("/people", json!({"username": "new", "attributes": {"a": {}, "b": " "}})).await;
    assert_eq!(both.json()["errors"].as_array().unwrap().len(), 2);
    assert_eq!(tool.get(&format!("/people/{ada}")).await.ok()["attributes"], json!({}));
}

#[actix_web::test]
async fn takes_the_second_factors_of_who_has_lost_them() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let (phone, _) = person_with_phone(&app, "ada").await;
    // Whoever found the phone is signed in by it, and an app holds tokens.
    let finder = app.browser();
    let form = finder.open("/login").await;
    let password = [("username", "ada"), ("password", crate::support::PASSWORD)];
    let second = finder.submit(&form, "form#login", &password).await;
    app.clock.advance(std::time::Duration::from_secs(30));
    assert!(finder.submit(&second, "form#totp", &[("code", &phone.code(app.cx.now()))]).await.has("form#logout"));
    let client = app.web_app().await;
    let offline = Allowed { scope: "openid offline_access", ..Allowed::default() };
    let tokens = app.tokens(&client, ada, offline).await;
    let tool = Tool::new(&app).await;
    let path = format!("/people/{ada}/reset-second-factors");
    for _ in 0..2 {
        assert_eq!(tool.post(&path, Value::Null).await.ok()["id"], ada.to_string());
    }
    assert!(app.cx.store.authenticator_apps_of(ada).await.unwrap().is_empty());
    assert!(!finder.open("/").await.has("form#logout"));
    app.refresh(&client, tokens["refresh_token"].as_str().unwrap()).await.refuses(400, "invalid_grant");
    assert_eq!(app.events("factors_reset").await.len(), 1);
}

/// Who brings a password needs no link: none is made, and none is mailed.
#[actix_web::test]
async fn invites_nobody_who_brings_a_password() {
    let app = TestApp::start_with(crate::support::MAILBOX).await;
    let tool = Tool::new(&app).await;
    let hash = app.cx.passwords.hash("correct horse battery staple".into()).await.unwrap();
    let ada = json!({"username": "ada", "claims": {"email": "ada@example.com"}, "password_hash": hash});
    let made = tool.post("/people", ada).await;
    assert_eq!((made.status, &made.json()["invitation"]), (201, &Value::Null), "{}", made.body);
    assert!(app.mails().await.is_empty());
    assert!(app.events("link_made").await.is_empty());
    let made = tool.post("/people", json!({"username": "bob", "claims": {"email": "bob@example.com"}})).await;
    assert!(made.json()["invitation"]["url"].is_string(), "{}", made.body);
    TestApp::only(&app.mails().await, "invitation");
}
