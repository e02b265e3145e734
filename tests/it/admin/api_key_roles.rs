//! Who may do what to which API keys in the console.

use claviger::domain::admission::approvals;
use claviger::domain::events::Origin;
use claviger::ids::ClientId;
use claviger::protocol::scope::Scope;
use claviger::store::{Holder, Role};
use serde_json::json;

use super::api_keys::{NEW, is_active, make, names};
use super::roles::{give_client_to, in_role};
use super::*;
use crate::support::ApiKeys;

/// As if there were no others.
#[actix_web::test]
async fn a_client_manager_handles_the_keys_of_their_own_clients() {
    let keys = ApiKeys::start().await;
    let (mia, id) = in_role(&keys.app, "mia", Role::ClientManager).await;
    let ada = keys.app.person("ada").await;
    let own = json!({
        "client_id": "own", "grant_types": ["client_credentials"], "response_types": [],
        "scope": "read", "resources": [ApiKeys::API],
    });
    keys.app.client(own).await;
    give_client_to(&keys.app, "own", id).await;
    let (foreign, hers) = (keys.of_machine(json!({})).await, keys.of_person(ada, json!({})).await);
    let made = make(&mia, "/admin/new-api-key?client=own", &[("name", "Mine"), ("scope", "read")]).await;
    assert!(is_active(&keys, &made.text(".once .value")).await);
    for query in ["", "?owner=machine", "?owner=ada", &format!("?owner={}", foreign.id), "?state=active"] {
        let found = names(&mia.open(&format!("/admin/api-keys{query}")).await);
        assert!(found.iter().all(|name| name == "Mine"), "{query}: {found:?}");
    }
    for key in [foreign, hers] {
        for path in [format!("/admin/api-keys/{}", key.id), format!("/admin/api-keys/{}/edit", key.id)] {
            assert_eq!(mia.open(&path).await.answer.status, 404, "{path}");
        }
        let (_, mut form) = mia.open("/admin").await.form("form.leave", &[("action", "rotate"), ("overlap", "0")]);
        form.retain(|(name, _)| name != "decision");
        assert_eq!(mia.post(&format!("/admin/api-keys/{}", key.id), &form).await.answer.status, 404);
        assert!(is_active(&keys, &key.secret).await);
    }
    for path in [NEW.to_owned(), format!("/admin/new-api-key?person={ada}"), format!("/admin/new-api-key?person={id}")]
    {
        assert_eq!(mia.open(&path).await.answer.status, 404, "{path}");
    }
}

/// A key speaks for its owner: nobody makes one that speaks for who stands above them, nor gets hold of one.
#[actix_web::test]
async fn nobody_gets_hold_of_a_key_of_who_stands_above_them() {
    let keys = ApiKeys::start().await;
    let root = keys.app.admin("root").await;
    let (max, own) = in_role(&keys.app, "max", Role::Admin).await;
    let key = keys.of_person(root, json!({})).await;
    let path = format!("/admin/api-keys/{}", key.id);
    let page = max.open(&path).await;
    assert_eq!((page.answer.status, page.has("button[value=rotate]")), (200, false));
    assert!(!max.open(&format!("/admin/people/{root}")).await.has("a[href*='new-api-key']"));
    for refused in [format!("/admin/new-api-key?person={root}"), format!("{path}/edit")] {
        assert_eq!(max.open(&refused).await.answer.status, 403, "{refused}");
    }
    for action in ["rotate", "disable", "delete"] {
        let fields = [("action", action), ("overlap", "0"), ("sure", "yes")];
        let (_, mut form) = max.open("/admin").await.form("form.leave", &fields);
        form.retain(|(name, _)| name != "decision");
        assert_eq!(max.post(&path, &form).await.answer.status, 403, "{action}");
    }
    assert!(is_active(&keys, &key.secret).await);
    let mine = make(&max, &format!("/admin/new-api-key?person={own}"), &[("name", "Mine"), ("scope", "read")]).await;
    assert!(is_active(&keys, &mine.text(".once .value")).await, "for oneself everybody may who may make keys");
}

/// A client manager sees how many of their own clients' keys were found, and of no others.
#[actix_web::test]
async fn tells_a_client_manager_of_their_own_clients_keys_alone() {
    let keys = ApiKeys::start().await;
    let (mia, id) = in_role(&keys.app, "mia", Role::ClientManager).await;
    let key = keys.of_machine(json!({})).await;
    keys.report(&key, "https://git.example").await;
    assert!(!mia.open("/admin").await.has("a[href*='state=leaked']"));
    give_client_to(&keys.app, "machine", id).await;
    let link = mia.open("/admin").await.links("main a[href*='state=leaked']").remove(0);
    assert_eq!(names(&mia.open(&link).await), ["Nightly report"]);
}

/// A client manager gives a key no more than its client may have now; an admin may.
#[actix_web::test]
async fn a_client_manager_gives_a_key_no_more_than_the_client_may_have() {
    let keys = ApiKeys::start().await;
    let (mia, id) = in_role(&keys.app, "mia", Role::ClientManager).await;
    let browser = at_work(&keys.app).await;
    let own = json!({
        "client_id": "own", "grant_types": ["client_credentials"], "response_types": [],
        "scope": "read payroll", "resources": [ApiKeys::API],
    });
    keys.app.client(own).await;
    give_client_to(&keys.app, "own", id).await;
    let new = "/admin/new-api-key?client=own";
    let form = mia.open(new).await;
    assert!(form.has("input[value=read]") && !form.has("input[value=payroll]") && !form.has("input[value=write]"));
    assert!(!form.has("input[value='https://other.example']"));
    let refused = make(&mia, new, &[("name", "Wages"), ("scope", "payroll")]).await;
    assert_eq!(refused.answer.status, 422);
    assert!(refused.text("#scope_hint").contains("payroll needs an administrator's approval"));
    for (field, value) in [("scope", "write"), ("resource", "https://other.example")] {
        assert_eq!(make(&mia, new, &[("name", "Wages"), (field, value)]).await.answer.status, 422, "{field}");
    }

    // An admin may. What they put into a key stays in sight, and a manager leaves the key as it is, or takes that out.
    assert!(browser.open(new).await.has("input[value=payroll]"));
    let given = make(&browser, new, &[("name", "Wages"), ("scope", "payroll")]).await;
    assert_eq!(keys.introspect(&given.text(".once .value")).await["scope"], "payroll");
    let path = mia.open("/admin/api-keys").await.links("tbody th a").remove(0);
    let edit = mia.open(&format!("{path}/edit")).await;
    assert!(edit.has("input[value=payroll][checked]"));
    let later = [("scope", "payroll"), ("expires_at", "")];
    assert_eq!(mia.submit(&edit, "form#edit-api-key", &later).await.answer.status, 422);

    let (client, payroll, origin) = (ClientId("own".to_owned()), Scope::parse("payroll").unwrap(), Origin::default());
    approvals::approve(&keys.act(&origin), &client, &payroll, Holder::Everyone).await.unwrap();
    assert_eq!(mia.submit(&edit, "form#edit-api-key", &later).await.answer.status, 200);
    assert!(mia.open(new).await.has("input[value=payroll]"));
}
