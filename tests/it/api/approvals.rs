//! Groups, who may use a client, and what it is approved for.

use super::*;
use crate::support::REDIRECT_URI;

const SCOPES: &str = "[[scopes]]\nname = \"boats.move\"\ntext = \"Move your boats\"\nneeds_approval = true\n";

async fn harbour() -> TestApp {
    let app = TestApp::start_with(SCOPES).await;
    let metadata = json!({ "client_id": "app", "redirect_uris": [REDIRECT_URI], "scope": "openid boats.move" });
    app.client(metadata).await;
    app
}

/// A group of this name: its identifier.
async fn group(tool: &Tool<'_>, name: &str) -> String {
    let made = tool.post("/groups", json!({ "name": name })).await;
    assert_eq!(made.status, 201, "{}", made.body);
    made.json()["id"].as_str().unwrap().to_owned()
}

/// RFC 9110 §13.1.1, RFC 9457 §3: made once, changed by who has seen it, found by its name.
#[actix_web::test]
async fn keeps_groups() {
    let app = TestApp::start().await;
    let tool = Tool::new(&app).await;
    let key = [("idempotency-key", "one")];
    let draft = json!({ "name": "Crew", "description": "Who moves boats" });
    let made = tool.send("POST", "/groups", &draft, &key).await;
    let again = tool.send("POST", "/groups", &draft, &key).await;
    assert_eq!((made.status, again.status, &made.body), (201, 201, &again.body));
    let path = format!("/groups/{}", made.json()["id"].as_str().unwrap());
    assert_eq!(tool.get(&path).await.header("etag"), made.header("etag"));
    assert_eq!(problem(&tool.post("/groups", json!({ "name": "CREW" })).await), "conflict");
    assert_eq!(problem(&tool.post("/groups", json!({ "name": " " })).await), "invalid");
    assert_eq!(problem(&tool.send("PUT", &path, &draft, &[]).await), "precondition-required");
    let seen = [("if-match", made.header("etag"))];
    let renamed = tool.send("PUT", &path, &json!({ "name": "Sailors" }), &seen).await;
    assert_eq!(renamed.ok()["description"], "");
    assert_eq!(problem(&tool.send("PUT", &path, &draft, &seen).await), "changed-meanwhile");
    group(&tool, "Guests").await;
    let page = tool.get("/groups?limit=1").await.ok();
    assert_eq!((page["items"][0]["name"].as_str(), page["next"].as_str()), (Some("Guests"), Some("Guests")));
    assert_eq!(tool.get("/groups?limit=1&after=Guests").await.ok()["items"][0]["name"], "Sailors");
    assert_eq!(tool.delete(&path).await.status, 204);
    assert_eq!(tool.delete(&path).await.status, 404);
}

#[actix_web::test]
async fn says_who_is_in_a_group() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let tool = Tool::new(&app).await;
    let crew = group(&tool, "Crew").await;
    let member = format!("/groups/{crew}/members/{ada}");
    for _ in 0..2 {
        assert_eq!(tool.send("PUT", &member, &Value::Null, &[]).await.status, 204);
    }
    let listed = tool.get(&format!("/groups/{crew}/members")).await.ok();
    assert_eq!(listed["items"], json!([{ "person_id": ada.to_string() }]));
    assert_eq!(tool.get(&format!("/people/{ada}/groups")).await.ok()["items"][0]["name"], "Crew");
    for _ in 0..2 {
        assert_eq!(tool.delete(&member).await.status, 204);
    }
    assert_eq!(app.events("group_joined").await.len() + app.events("group_left").await.len(), 2);
    let nobody = format!("/groups/{crew}/members/{}", app.cx.entropy.uuid());
    assert_eq!(tool.send("PUT", &nobody, &Value::Null, &[]).await.status, 404);
}

/// RFC 9110 §13.1.1
#[actix_web::test]
async fn limits_a_client_to_groups_for_who_has_seen_how_it_is() {
    let app = harbour().await;
    let tool = Tool::new(&app).await;
    let crew = group(&tool, "Crew").await;
    let seen = tool.get("/clients/app/access").await;
    assert_eq!(seen.ok(), json!({ "access": "everyone", "groups": [] }));
    let limited = json!({ "access": "groups", "groups": [crew] });
    let tag = [("if-match", seen.header("etag"))];
    assert_eq!(tool.send("PUT", "/clients/app/access", &limited, &tag).await.ok(), limited);
    let late = tool.send("PUT", "/clients/app/access", &json!({ "access": "nobody" }), &tag).await;
    assert_eq!(problem(&late), "changed-meanwhile");
    let strange = json!({ "access": "groups", "groups": [app.cx.entropy.uuid()] });
    assert_eq!(problem(&tool.send("PUT", "/clients/app/access", &strange, &[("if-match", "*")]).await), "invalid");
    let blocked = tool.send("PUT", "/clients/app/access", &json!({ "access": "nobody" }), &[("if-match", "*")]).await;
    assert_eq!(blocked.ok(), json!({ "access": "nobody", "groups": [] }));
}

#[actix_web::test]
async fn approves_and_takes_back() {
    let app = harbour().await;
    let ada = app.person("ada").await;
    let tool = Tool::new(&app).await;
    let crew = group(&tool, "Crew").await;
    for holder in [json!("everyone"), json!({ "group": crew }), json!({ "person": ada.to_string() })] {
        let body = json!({ "scope": "boats.move", "for": holder });
        for _ in 0..2 {
            assert_eq!(tool.post("/clients/app/approvals", body.clone()).await.status, 204, "{holder}");
        }
    }
    let listed = tool.get("/clients/app/approvals").await.ok();
    let kinds: Vec<_> = listed["items"].as_array().unwrap().iter().map(|approval| &approval["for"]).collect();
    assert_eq!(kinds.len(), 3, "each once: {listed}");
    let path = format!("/clients/app/approvals/{}", listed["items"][0]["id"].as_str().unwrap());
    assert_eq!(tool.delete(&path).await.status, 204);
    assert_eq!(tool.delete(&path).await.status, 404);
    for (scope, holder) in
        [("openid", json!("everyone")), ("", json!("everyone")), ("boats.move", json!({ "group": ada }))]
    {
        let answer = tool.post("/clients/app/approvals", json!({ "scope": scope, "for": holder })).await;
        assert_eq!(problem(&answer), "invalid", "{scope} {holder}");
    }
}

#[actix_web::test]
async fn answers_what_people_ask_for_once() {
    let app = harbour().await;
    let tool = Tool::new(&app).await;
    for name in ["ada", "ben"] {
        let person = app.person(name).await;
        let (client, scope) = (claviger::ids::ClientId("app".to_owned()), "boats.move");
        let (actor, origin) = TestApp::operator();
        let (store, entropy) = (&app.cx.store, &*app.cx.entropy);
        let act = claviger::domain::people::Act { store, entropy, now: app.cx.now(), actor, origin: &origin };
        let scope = claviger::protocol::scope::Scope::parse(scope).unwrap();
        claviger::domain::admission::requests::ask(&act, person, &client, &scope, "Please.").await.unwrap();
        app.clock.advance(std::time::Duration::from_secs(1));
    }
    let first = tool.get("/approval-requests?limit=1").await.ok();
    let second = tool.get(&format!("/approval-requests?after={}", first["next"].as_str().unwrap())).await.ok();
    assert_eq!(second["items"].as_array().unwrap().len(), 1);
    let path = |page: &Value| format!("/approval-requests/{}", page["items"][0]["id"].as_str().unwrap());
    let refused = tool.post(&format!("{}/refuse", path(&first)), json!({ "answer": "No." })).await.ok();
    assert_eq!((refused["state"].as_str(), refused["answer"].as_str()), (Some("refused"), Some("No.")));
    let late = tool.post(&format!("{}/approve", path(&first)), json!({ "for": "everyone" })).await;
    assert_eq!(problem(&late), "conflict");
    let unknown = json!({ "for": { "group": app.cx.entropy.uuid() } });
    assert_eq!(problem(&tool.post(&format!("{}/approve", path(&second)), unknown).await), "invalid");
    let approved = tool.post(&format!("{}/approve", path(&second)), json!({ "for": "everyone" })).await.ok();
    assert_eq!(approved["state"], "approved");
    assert_eq!(tool.get("/approval-requests").await.ok()["items"], json!([]));
    assert_eq!(tool.get(&path(&first)).await.ok()["state"], "refused");
}
