//! Importing people over the API.

use futures_util::future::join_all;
use serde_json::json;

use super::*;

async fn send_csv(tool: &Tool<'_>, query: &str, text: &str) -> Answer {
    let authorization = format!("Bearer {}", tool.token);
    let headers = [("authorization", authorization.as_str()), ("content-type", "text/csv; charset=utf-8")];
    let answer = tool.app.request("POST", &format!("/api/v1/people/import{query}"), text.to_owned(), &headers).await;
    tool.is_described("POST", "/people/import", &answer);
    answer
}

#[actix_web::test]
async fn imports_from_both_formats() {
    let app = TestApp::start().await;
    let tool = Tool::with_scope(&app, "people:read people:write").await;
    let planned = send_csv(&tool, "?dry_run=true", "username,name\nada,=1+1\nbob,\n").await.ok();
    assert_eq!((planned["dry_run"].as_bool(), planned["added"].as_array().unwrap().len()), (Some(true), 2));
    assert_eq!(tool.get("/people").await.ok()["items"], json!([]));
    let done = send_csv(&tool, "?invite=true", "username,name\nada,=1+1\nbob,\n").await.ok();
    let link = done["added"][0]["invitation"]["url"].as_str().unwrap();
    assert_eq!(app.get(link.strip_prefix(&app.issuer).unwrap()).await.status, 200);

    let done = tool.post("/people/import", json!([{ "username": "ADA" }, { "username": "eve" }])).await.ok();
    assert_eq!(done["present"], json!(["ADA"]), "who is there stays");
    assert_eq!((&done["added"][0]["username"], &done["added"][0]["invitation"]), (&json!("eve"), &Value::Null));
    assert_eq!(app.events("person_added").await.len(), 3);
}

#[actix_web::test]
async fn tells_every_fault_and_adds_nobody() {
    let app = TestApp::start().await;
    let tool = Tool::with_scope(&app, "people:read people:write").await;
    let answer = send_csv(&tool, "", "username,email,role\nada,,\nbob,nonsense,\neve,,auditor\n").await;
    assert_eq!((answer.status, problem(&answer).as_str()), (422, "invalid"), "{}", answer.body);
    let errors = answer.json()["errors"].clone();
    assert_eq!(json!([errors[0]["member"], errors[1]["member"]]), json!(["email", "role"]));
    assert!(errors[1]["detail"].as_str().unwrap().contains("may not give"), "roles:write is needed");
    assert_eq!(tool.get("/people").await.ok()["items"], json!([]));
    let all = Tool::new(&app).await;
    assert_eq!(send_csv(&all, "", "username,role\neve,auditor\n").await.status, 200);
    let reader = Tool::with_scope(&app, "people:read").await;
    assert_eq!(send_csv(&reader, "", "username\nmia\n").await.status, 403);
    let headers = [("content-type", "text/plain")];
    assert_eq!(tool.send("POST", "/people/import", &Value::Null, &headers).await.status, 415);
}

/// It may be larger than other bodies, but not as large as one likes.
#[actix_web::test]
async fn takes_a_file_of_a_mebibyte() {
    let app = TestApp::start().await;
    let tool = Tool::new(&app).await;
    let rows = (0..1500).map(|number| format!("p{number},{}\n", "x".repeat(90))).collect::<Vec<_>>().concat();
    let done = send_csv(&tool, "", &format!("username,name\n{rows}")).await.ok();
    assert_eq!(done["added"].as_array().unwrap().len(), 1500);
    assert_eq!(send_csv(&tool, "", &"x".repeat(1_100_000)).await.status, 413);
}

#[actix_web::test]
async fn adds_each_person_once_where_a_file_is_sent_several_times_at_once() {
    let app = TestApp::start().await;
    let tool = Tool::new(&app).await;
    let rows = (0..150).map(|number| format!("p{number}\n")).collect::<Vec<_>>().concat();
    let file = format!("username\n{rows}");
    let answers = join_all((0..3).map(|_| send_csv(&tool, "", &file))).await;
    let added: usize = answers.iter().map(|answer| answer.ok()["added"].as_array().unwrap().len()).sum();
    assert_eq!((added, app.events("person_added").await.len()), (150, 150));
}

/// A column or a member of attributes is theirs as the other names are.
#[actix_web::test]
async fn imports_attributes() {
    let app = TestApp::start().await;
    let tool = Tool::with_scope(&app, "people:read people:write").await;
    send_csv(&tool, "", "username,attribute.Department,attribute.level\nada,Engineering,3\nbob,,\n").await.ok();
    let eve = json!([{"username": "eve", "attributes": {"level": 3}}]);
    tool.post("/people/import", eve).await.ok();
    let people = tool.get("/people").await.ok();
    let attributes: Vec<_> = people["items"].as_array().unwrap().iter().map(|person| &person["attributes"]).collect();
    assert_eq!(json!(attributes), json!([{"Department": "Engineering", "level": "3"}, {}, {"level": 3}]));
    let answer = send_csv(&tool, "", "username,attribute.a b\ndan,x\n").await;
    assert_eq!((answer.status, &answer.json()["errors"][0]["member"]), (422, &json!("attributes")));
}
