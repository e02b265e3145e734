//! `/account/data`: a copy of everything that is known about a person.

use std::collections::BTreeSet;

use claviger::domain::events::{Actor, EventKind, NewEvent, Origin};
use claviger::domain::people::own_data::{TABLES, Told};
use serde_json::{Value, json};

use super::*;
use crate::support::{Allowed, MAILBOX};

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

/// However much happened, all of it is in the file, each event once, the latest first.
#[actix_web::test]
async fn holds_every_event() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    let mut events = Vec::new();
    for number in 0..1_200 {
        app.clock.advance(Duration::from_millis(1));
        let event = NewEvent::success(EventKind::TokenRefreshed, Actor::System).person(ada).detail("number", number);
        events.push(event.at(app.cx.now(), &*app.cx.entropy, &Origin::default()));
    }
    let write = app.cx.store.write(move |tx| {
        Box::pin(async move {
            for event in events {
                tx.insert_event(event).await?;
            }
            Ok(())
        })
    });
    write.await.unwrap();
    let data = downloaded(&browser).await;
    let told = data["events"].as_array().unwrap().iter().filter_map(|event| event["details"]["number"].as_i64());
    assert!(told.eq((0..1_200).rev()));
}

/// Somebody else's address is in the file only where they tried to be this person.
#[actix_web::test]
async fn says_where_strangers_were_who_tried_to_be_one() {
    let (stranger, apps, reporter) = ("203.0.113.7", "198.51.100.8", "198.51.100.9");
    let app = TestApp::start_with(&format!("server.trusted_proxies = [\"127.0.0.1\"]\n{MAILBOX}")).await;
    let (client, ada) = (app.web_app().await, app.person("ada").await);
    let browser = signed_in(&app, "ada").await;
    let form = browser.open("/account/api-keys/new").await;
    let secret = browser.submit(&form, "form#api-key-form", &[("name", "Backup")]).await.text(".once .value");
    let report = json!([{ "token": secret, "url": "https://git.example/backup.sh" }]).to_string();
    let headers = [("content-type", "application/json"), ("x-forwarded-for", reporter)];
    app.request("POST", "/api-keys/report", report, &headers).await.ok();
    let theirs = app.browser().at(stranger);
    sign_in_at(&theirs, &theirs.open("/login").await, "ada", "a guess").await;
    let form = theirs.open("/recover").await;
    theirs.submit(&form, "form#recover", &[("login", "ada")]).await;
    app.post_mail().await;
    let tokens = app.tokens(&client, ada, Allowed::default()).await;
    for _ in 0..2 {
        app.clock.advance(Duration::from_mins(2));
        let form = [("grant_type", "refresh_token"), ("refresh_token", tokens["refresh_token"].as_str().unwrap())];
        let basic = client.basic();
        app.post_with("/oauth2/token", &form, &[("authorization", &basic), ("x-forwarded-for", apps)]).await;
    }
    assert_eq!(app.events("refresh_token_reused").await[0].address.as_deref(), Some(apps));
    assert_eq!(app.events("api_key_leaked").await[0].address.as_deref(), Some(reporter));
    let page = browser.open("/account/activity").await.text("ol.deeds");
    let data = downloaded(&browser).await;
    for (text, times) in [(&page, 2), (&data["events"].to_string(), 2)] {
        assert_eq!(text.matches(stranger).count(), times, "{text}");
        assert!(!text.contains(apps) && !text.contains(reporter), "{text}");
    }
    let by = |kind: &str| {
        let events = data["events"].as_array().unwrap();
        events.iter().find(|event| event["kind"] == kind).unwrap()["by"].clone()
    };
    assert_eq!((by("api_key_leaked"), by("refresh_token_reused")), (json!("somebody"), json!("app")));
    assert_eq!((by("recovery_asked"), by("api_key_added")), (json!("somebody"), json!("you")));
    // Both were written at the same moment: which one comes first is not said.
    let mut mails: Vec<_> =
        data["mails"].as_array().unwrap().iter().map(|mail| mail["kind"].as_str().unwrap()).collect();
    mails.sort_unstable();
    assert_eq!(mails, ["new_device", "recovery"]);
    assert_eq!(data["mails"][0]["recipient"], "ada@example.com");
    assert!(!data.to_string().contains("link="), "what a mail says is nobody's who merely has the file");
}
