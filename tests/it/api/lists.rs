//! Cursor pages.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::*;

/// Walks a list to its end.
async fn walk(tool: &Tool<'_>, path: &str, limit: usize, key: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("limit", &limit.to_string());
        if let Some(after) = &after {
            query.append_pair("after", after);
        }
        let join = if path.contains('?') { '&' } else { '?' };
        let page = tool.get(&format!("{path}{join}{}", query.finish())).await.ok();
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= limit);
        found.extend(items.iter().map(|item| item[key].as_str().unwrap().to_owned()));
        after = page["next"].as_str().map(str::to_owned);
        if after.is_none() {
            return found;
        }
        assert_eq!(items.len(), limit, "a page before the last is full");
    }
}

#[actix_web::test]
async fn walks_over_all_and_meets_each_once() {
    let app = TestApp::start().await;
    let tool = Tool::new(&app).await;
    for number in 0..23 {
        let metadata = json!({
            "client_id": format!("c/{number:02} é").replace(" é", "+%"), "client_name": format!("Boat {}", number % 3),
            "redirect_uris": ["https://app.example/cb"],
        });
        app.client(metadata).await;
        app.person(&format!("sailor {number:02}")).await;
    }
    for limit in [1, 7, 24, 100] {
        let clients = walk(&tool, "/clients", limit, "client_id").await;
        assert_eq!(clients.len(), 24);
        assert_eq!(clients.iter().collect::<BTreeSet<_>>().len(), 24);
    }
    assert_eq!(walk(&tool, "/clients?q=c%2F", 5, "client_id").await.len(), 23);
    assert_eq!(walk(&tool, "/clients?q=BOAT+1", 3, "client_id").await.len(), 8);
    assert_eq!(walk(&tool, "/clients?q=nothing", 3, "client_id").await.len(), 0);
    assert_eq!(walk(&tool, "/people", 4, "username").await.len(), 23);
    assert_eq!(walk(&tool, "/people?q=Sailor+1", 4, "username").await.len(), 10);
    for number in 0..5 {
        tool.post(&format!("/clients/c%2F{number:02}+%25/disable"), Value::Null).await.ok();
    }
    assert_eq!(walk(&tool, "/events?kind=client_disabled", 2, "id").await.len(), 5);
    assert_eq!(walk(&tool, "/events?outcome=failure", 2, "id").await.len(), 0);
}

#[actix_web::test]
async fn refuses_what_is_no_part_of_a_list() {
    let app = TestApp::start().await;
    let tool = Tool::new(&app).await;
    for query in ["limit=0", "limit=101", "limit=x", "limit=-1", "limit=1&limit=2", "after=%00", "q=%00"] {
        let answer = tool.get(&format!("/clients?{query}")).await;
        assert_eq!((answer.status, problem(&answer).as_str()), (400, "malformed"), "{query}");
    }
    for query in ["after=x", "person=x", "outcome=maybe", "kind=%00"] {
        assert_eq!(tool.get(&format!("/events?{query}")).await.status, 400, "{query}");
    }
}
