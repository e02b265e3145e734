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

/// Hashes of the password that the tests' people have, by Django 5.2, passlib 1.7 and Python's bcrypt.
const FOREIGN: [&str; 6] = [
    "pbkdf2_sha256$1000$0ydJT0QAf12jzMyNHPo3uq$wFsKKvjQIU2tiojyp55xl7vF+Uryanj9CY/QOly9mLw=",
    "bcrypt_sha256$$2b$04$TSRv8Lo2F0LU1zzB1Ma1Pe.HJyceoYevm2duCVubDE9qaJEowHDWq",
    "argon2$argon2id$v=19$m=64,t=1,p=1$NGRsa1RCTkp4aWxjMDlPUjBGSXJLaQ$UsYm2Ky+HKhR6BG51yGEZNhraiUjWG+BGraJWSWZUfg",
    "$pbkdf2-sha512$1000$pBTiPCdk7J3TGoNwbq31fg$hU1B1jJtFx0Va92JKMeVV7Jzgt3/6MeBAY4dTWNdhZzv3SDKORVo7mROFe5v7A/cgtCO4WPkFMEvvHyjwAnTKw",
    "$scrypt$ln=4,r=8,p=1$zPlfS2kNwdh7zzmHsLb2ng$yth0OL+N0FKK3NsaklwBqd9fb8tRe7d68m8dDe6+1LE",
    "$2b$04$/VW/TVaHH3kxeU4.SnVqpuBFRtwbcjmitbfWUvmUnH56Td0kExKNy",
];

async fn signs_in(app: &TestApp, username: &str, password: &str) -> bool {
    let browser = app.browser();
    let form = browser.open("/login").await;
    browser.submit(&form, "form#login", &[("username", username), ("password", password)]).await.has("form#logout")
}

/// Whoever comes from other software keeps their password; at the first sign-in it is kept as ours are.
#[actix_web::test]
async fn brings_passwords_of_other_software() {
    let app = TestApp::start().await;
    let tool = Tool::new(&app).await;
    let people: Vec<_> = FOREIGN
        .iter()
        .enumerate()
        .map(|(n, hash)| json!({ "username": format!("p{n}"), "password_hash": hash }))
        .collect();
    let one = tool.post("/people", people[0].clone()).await;
    assert_eq!((one.status, one.json()["has_password"].as_bool()), (201, Some(true)), "{}", one.body);
    let done = tool.post("/people/import?invite=true", json!(people)).await.ok();
    assert_eq!(done["present"], json!(["p0"]));
    assert!(done["added"].as_array().unwrap().iter().all(|added| added["invitation"].is_null()), "{done}");
    for (n, foreign) in FOREIGN.iter().enumerate() {
        let username = format!("p{n}");
        let kept = async || app.cx.store.person_by_login(&username).await.unwrap().unwrap().password_hash.unwrap();
        assert!(!signs_in(&app, &username, "not their password").await, "{username}");
        assert!(foreign.ends_with(&kept().await), "{foreign}");
        assert!(signs_in(&app, &username, crate::support::PASSWORD).await, "{foreign}");
        let ours = kept().await;
        assert!(ours.starts_with("$argon2id$v=19$m=8,t=1,p=1$") && !app.cx.passwords.needs_rehash(&ours), "{ours}");
        assert!(signs_in(&app, &username, crate::support::PASSWORD).await, "{foreign}");
        assert_eq!(kept().await, ours);
    }
    assert!(!app.events("person_added").await.iter().any(|event| format!("{event:?}").contains('$')));
}

#[actix_web::test]
async fn refuses_hashes_that_nobody_could_check() {
    let app = TestApp::start().await;
    let tool = Tool::new(&app).await;
    for hash in
        ["", "x", "5f4dcc3b5aa765d61d8327deb882cf99", "$2b$31$/VW/TVaHH3kxeU4.SnVqpuBFRtwbcjmitbfWUvmUnH56Td0kExKNy"]
    {
        let answer = tool.post("/people", json!({ "username": "ada", "password_hash": hash })).await;
        assert_eq!((answer.status, problem(&answer).as_str()), (422, "invalid"), "{}", answer.body);
        assert_eq!(answer.json()["errors"][0]["member"], "password_hash");
        let answer = tool.post("/people/import", json!([{ "username": "ada", "password_hash": hash }])).await;
        assert_eq!((answer.status, answer.json()["errors"][0]["member"].as_str()), (422, Some("password_hash")));
    }
}

/// Invitations of a file are mailed to those who have an address, and to nobody who brings a password.
#[actix_web::test]
async fn mails_the_invitations_of_a_file() {
    let app = TestApp::start_with(crate::support::MAILBOX).await;
    let tool = Tool::with_scope(&app, "people:read people:write").await;
    let hash = app.cx.passwords.hash("correct horse battery staple".into()).await.unwrap();
    let text = format!(
        "username;email;password_hash\nada;ada@example.com;\nbob;;\neve;eve@example.com;{hash}\ndan;dan@example.com;\n"
    );
    send_csv(&tool, "?invite=true", &text).await.ok();
    let mut told: Vec<_> = app.mails().await.into_iter().map(|read| read.mail.recipient).collect();
    told.sort_unstable();
    assert_eq!(told, ["ada@example.com", "dan@example.com"]);
    send_csv(&tool, "", "username,email\nfay,fay@example.com\n").await.ok();
    assert_eq!(app.mails().await.len(), 2, "only who asks for it");
}
