//! `/account/data`: a copy of everything that is known about a person.

use std::collections::BTreeSet;

use claviger::domain::people::own_data::{TABLES, Told};
use serde_json::Value;

use super::*;
use crate::support::Allowed;

async fn downloaded(browser: &Browser) -> Value {
    let page = browser.open("/account/data").await;
    let file = browser.submit(&page, "form#own-data", &[]).await.answer;
    assert_eq!((file.status, file.header("content-type")), (200, "application/json"), "{}", file.body);
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"my-data.json\"");
    assert_eq!(file.header("cache-control"), "no-store");
    file.json()
}

#[actix_web::test]
async fn holds_what_is_known_and_no_secret() {
    let app = TestApp::start().await;
    let (ada, eve) = (app.person("ada").await, app.person("eve").await);
    let client = app.web_app().await;
    let tokens = app.tokens(&client, ada, Allowed::default()).await;
    app.tokens(&client, eve, Allowed::default()).await;
    let browser = signed_in(&app, "ada").await;
    let form = browser.open("/account/api-keys/new").await;
    browser.submit(&form, "form#api-key-form", &[("name", "Backup")]).await;
    let data = downloaded(&browser).await;
    assert_eq!(
        (&data["account"]["username"], &data["account"]["claims"]["name"]),
        (&"ada".into(), &"Ada Lovelace".into())
    );
    assert_eq!(data["apps"][0]["client_id"], "app");
    assert_eq!((data["access"].as_array().unwrap().len(), data["sessions"].as_array().unwrap().len()), (1, 1));
    assert_eq!(data["api_keys"][0]["name"], "Backup");
    let kinds: BTreeSet<_> =
        data["events"].as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap()).collect();
    assert!(kinds.contains("sign_in") && kinds.contains("api_key_added"), "{kinds:?}");
    let text = data.to_string();
    for secret in [
        "$argon2",
        "clv_",
        "eve@",
        &eve.to_string(),
        tokens["access_token"].as_str().unwrap(),
        tokens["refresh_token"].as_str().unwrap(),
    ] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    assert_eq!(app.events("data_downloaded").await[0].person_id, Some(ada));
}

/// Who administers a server is named to nobody whose account they changed.
#[actix_web::test]
async fn names_no_admin() {
    let app = TestApp::start().await;
    let (ada, root) = (app.person("ada").await, app.admin("root").await);
    let admins = signed_in(&app, "root").await;
    let page = admins.open(&format!("/admin/people/{ada}/edit")).await;
    admins.submit(&page, "form#edit-person", &[("nickname", "Countess")]).await;
    assert_eq!(app.events("person_updated").await[0].actor, format!("person:{root}"));
    let data = downloaded(&signed_in(&app, "ada").await).await;
    let changed = data["events"].as_array().unwrap().iter().find(|event| event["kind"] == "person_updated").unwrap();
    assert_eq!((&changed["by"], &changed["address"]), (&"administrator".into(), &Value::Null));
    assert!(!data.to_string().contains(&root.to_string()));
}

#[actix_web::test]
async fn is_given_only_after_the_password() {
    let app = TestApp::start().await;
    app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    let page = browser.open("/account/data").await;
    app.clock.advance(app.cx.config.sessions.recent_lifetime + Duration::from_secs(1));
    let refused = browser.submit(&page, "form#own-data", &[]).await;
    assert_eq!((refused.url.path(), refused.query("continue").as_deref()), ("/login", Some("/account/data")));
    assert_eq!(browser.open("/account/data").await.url.path(), "/login");
    let back = sign_in_at(&browser, &refused, "ada", PASSWORD).await;
    assert!(back.has("form#own-data"), "{}", back.url);
}

/// A table that is new and can hold something of a person is told, or says why not.
#[actix_web::test]
async fn forgets_no_table() {
    let app = TestApp::start().await;
    let db = Database::connect(app.cx.config.database.url.to_url().expose_secret()).await.unwrap();
    let columns = if db.get_database_backend() == sea_orm::DbBackend::Sqlite {
        "SELECT m.name AS t, c.name AS c FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'"
    } else {
        "SELECT table_name AS t, column_name AS c FROM information_schema.columns WHERE table_schema = current_schema()"
    };
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), columns)).await.unwrap();
    db.close().await.unwrap();
    let mut found = BTreeSet::from(["people".to_owned()]);
    for row in rows {
        let (table, column): (String, String) = (row.try_get("", "t").unwrap(), row.try_get("", "c").unwrap());
        if column.contains("person") || column == "managed_by" {
            found.insert(table);
        }
    }
    let told: BTreeSet<_> = TABLES.iter().map(|(table, _)| (*table).to_owned()).collect();
    assert_eq!(told, found, "say in domain/people/own_data.rs as what a table is told to whom it is about, or why not");
    // Each member that the list names is there.
    app.person("ada").await;
    let data = downloaded(&signed_in(&app, "ada").await).await;
    for (table, told) in TABLES {
        if let Told::As(member) = told {
            assert!(!data[*member].is_null(), "{table} as {member}");
        }
    }
}
