//! Importing people in the console.

use claviger::store::Role;

use super::*;

const PATH: &str = "/admin/people/import";

#[actix_web::test]
async fn shows_what_it_would_do_before_it_does_it() {
    let app = TestApp::start().await;
    let browser = at_work(&app).await;
    let page = browser.open("/admin/people").await;
    assert!(page.links("main a").iter().any(|link| link.ends_with(PATH)));
    let file = "username,name,role\r\nroot,,\r\nada,<script>alert(1)</script>,auditor\r\nbob,=1+1,\r\n";
    let form = browser.open(PATH).await;
    let report = browser.submit(&form, "form#import", &[("people", file), ("invite", "yes")]).await;
    let text = report.text("main");
    assert!(text.contains("To be added: 2.") && text.contains("left as they are: 1."), "{text}");
    assert!(!report.answer.body.contains("<script>alert"), "what was sent is escaped");
    assert_eq!(app.events("person_added").await.len(), 0, "a report adds nobody");

    let done = browser.submit(&report, "form#confirm-import", &[]).await;
    let text = done.text("main");
    assert!(text.contains("Added: 2.") && text.contains("/invitation?link="), "{text}");
    let ada = app.cx.store.person_by_login("ada").await.unwrap().unwrap();
    assert_eq!(ada.role, Some(Role::Auditor));
    let again = browser.submit(&report, "form#confirm-import", &[]).await;
    assert!(again.text("main").contains("Added: 0."), "sent twice is done once");
}

#[actix_web::test]
async fn tells_what_is_wrong_and_keeps_what_was_typed() {
    let app = TestApp::start().await;
    let browser = at_work(&app).await;
    let form = browser.open(PATH).await;
    let file = r#"[{"username": "ada", "email": "nonsense"}, {"username": "bob", "role": "king"}]"#;
    let page = browser.submit(&form, "form#import", &[("people", file), ("confirmed", "yes")]).await;
    assert_eq!(page.answer.status, 422);
    let problem = page.text("#problem");
    assert!(problem.contains("Entry 1, email:") && problem.contains("Entry 2, role:"), "{problem}");
    assert!(page.text("textarea").contains("king") && !page.has("form#confirm-import"));
    assert!(app.cx.store.person_by_login("ada").await.unwrap().is_none());
}

/// A list is longer than what any other form holds; there is an end to it all the same.
#[actix_web::test]
async fn takes_a_list_of_a_mebibyte_and_no_longer_one() {
    let app = TestApp::start().await;
    let browser = at_work(&app).await;
    let form = browser.open(PATH).await;
    let list = |count: usize| {
        let rows: Vec<_> =
            (0..count).map(|number| format!("p{number},p{number}@example.org,Person {number}")).collect();
        format!("username,email,name\n{}\n", rows.join("\n"))
    };
    let file = list(4000);
    assert!(file.len() > 128 * 1024);
    let report = browser.submit(&form, "form#import", &[("people", &file)]).await;
    assert!(report.text("main").contains("To be added: 4000."), "{}", report.answer.status);
    let page = browser.submit(&form, "form#import", &[("people", &list(40_000)), ("confirmed", "yes")]).await;
    assert_eq!(page.answer.status, 400);
    assert!(app.events("person_added").await.is_empty());
}

/// Support adds people, but gives nobody a role: neither in the report nor after it.
#[actix_web::test]
async fn gives_no_role_that_the_importer_may_not_give() {
    let app = TestApp::start().await;
    app.add_person("sue", Some(Role::Support)).await;
    let browser = app.browser();
    sign_in(&browser, &browser.open("/login?continue=/admin").await, "sue").await;
    let form = browser.open(PATH).await;
    for role in Role::ALL {
        let file = format!("username,role\nada,{}", role.word());
        let page = browser.submit(&form, "form#import", &[("people", &file), ("confirmed", "yes")]).await;
        assert!(page.text("#problem").contains("may not give"), "{role:?}");
    }
    let page = browser.submit(&form, "form#import", &[("people", "username\nada"), ("confirmed", "yes")]).await;
    assert!(page.text("main").contains("Added: 1."), "{}", page.answer.body);
}
