//! Invitations to make an account, over the API.

use super::*;
use crate::support::MAILBOX;

const BY_INVITATION: &str = "people.registration = \"invitation\"\n";

#[actix_web::test]
async fn invites_to_make_an_account() {
    let app = TestApp::start_with(&format!("{BY_INVITATION}{MAILBOX}")).await;
    let tool = Tool::new(&app).await;
    let made = tool.post("/people/invitations", json!({ "email": "Eve@Example.com" })).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let made = made.json();
    assert_eq!((&made["email"], &made["mailed"]), (&json!("eve@example.com"), &json!(true)));
    let end = app.cx.now() + app.cx.config.links.invitation_lifetime;
    assert_eq!(made["expires_at"], end.to_rfc3339());
    let mails = app.mails().await;
    let mailed = TestApp::only(&mails, "registration_invitation").link(&app);
    let link = made["url"].as_str().unwrap().replace(&app.issuer, "");
    assert_ne!(link, mailed, "what is mailed shows whose the address is");
    for path in [link, mailed] {
        let page = app.get(&path).await;
        assert!(page.status == 200 && page.body.contains("eve@example.com"), "{}", page.body);
    }
}

#[actix_web::test]
async fn says_why_it_invites_nobody() {
    let app = TestApp::start_with(BY_INVITATION).await;
    app.person("ada").await;
    let tool = Tool::new(&app).await;
    let invite = async |tool: &Tool<'_>, email: &str| tool.post("/people/invitations", json!({ "email": email })).await;
    let taken = invite(&tool, "ada@example.com").await;
    assert_eq!((taken.status, problem(&taken).as_str()), (409, "conflict"));
    let wrong = invite(&tool, "ada").await;
    assert_eq!((wrong.status, &wrong.json()["errors"][0]["member"]), (422, &json!("email")));
    let reader = Tool::with_scope(&app, "people:read").await;
    assert_eq!(invite(&reader, "eve@example.com").await.status, 403);
    let off = TestApp::start().await;
    let refused = invite(&Tool::new(&off).await, "eve@example.com").await;
    assert_eq!((refused.status, problem(&refused).as_str()), (409, "conflict"));
    assert!(app.events("link_made").await.is_empty() && off.events("link_made").await.is_empty());
}
