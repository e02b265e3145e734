//! Long lists and searches.

use serde_json::json;

use super::*;

async fn names(browser: &Browser, path: &str) -> (Vec<String>, Option<String>) {
    let page = browser.open(path).await;
    let html = scraper::Html::parse_document(&page.answer.body);
    let select = |selector: &str| scraper::Selector::parse(selector).unwrap();
    let names = html.select(&select("tbody th a")).map(|link| link.text().collect()).collect();
    let next =
        html.select(&select(".more a")).find_map(|link| link.attr("href").filter(|href| href.contains("after=")));
    (names, next.map(str::to_owned))
}

#[actix_web::test]
async fn shows_every_client_once_page_by_page() {
    let app = TestApp::start().await;
    let browser = at_work(&app).await;
    for number in 0..101 {
        let id = format!("app&{number:03}");
        app.client(
            json!({ "client_id": id, "client_name": id, "grant_types": ["client_credentials"], "response_types": [] }),
        )
        .await;
    }
    let (mut all, mut path) = (Vec::new(), Some("/admin/clients".to_owned()));
    let mut pages = 0;
    while let Some(open) = path {
        let (names, next) = names(&browser, &open).await;
        all.extend(names);
        path = next;
        pages += 1;
    }
    let expected: Vec<_> = (0..101).map(|number| format!("app&{number:03}")).collect();
    assert_eq!((pages, all), (3, expected));
}

#[actix_web::test]
async fn shows_everybody_once_page_by_page() {
    let app = TestApp::start().await;
    let browser = at_work(&app).await;
    let hash = app.cx.store.person_by_login("root").await.unwrap().unwrap();
    for number in 0..60 {
        let mut person = hash.clone();
        person.id = claviger::ids::PersonId(app.cx.entropy.uuid());
        person.username = format!("Person {number:02}");
        person.claims.email = None;
        app.cx.store.write(move |tx| Box::pin(async move { tx.insert_person(&person).await })).await.unwrap();
    }
    let (first, next) = names(&browser, "/admin/people").await;
    let (second, none) = names(&browser, &next.unwrap()).await;
    assert_eq!((first.len(), second.len(), none), (50, 11, None));
    assert_eq!(second.last().unwrap(), "root");
}

#[actix_web::test]
async fn finds_by_how_a_name_an_address_or_an_identifier_begins() {
    let app = TestApp::start().await;
    let browser = at_work(&app).await;
    app.person("Ada_1").await;
    app.person("adaX1").await;
    for (id, name) in
        [("harbour-web", "Hafen Lübeck"), ("x1", "100%_sure"), ("x2", "100 percent"), ("x3", "back\\slash")]
    {
        app.client(json!({ "client_id": id, "client_name": name, "grant_types": ["client_credentials"], "response_types": [] }))
            .await;
    }
    for (path, expected) in [
        ("/admin/people?q=ADA", &["Ada_1", "adaX1"][..]),
        ("/admin/people?q=ada_", &["Ada_1"]),
        ("/admin/people?q=ada_1%40EXAMPLE", &["Ada_1"]),
        ("/admin/people?q=da", &[]),
        ("/admin/clients?q=hafen+l%C3%9Cb", &["Hafen Lübeck"]),
        ("/admin/clients?q=harbour", &["Hafen Lübeck"]),
        ("/admin/clients?q=100%25_", &["100%_sure"]),
        ("/admin/clients?q=100%25", &["100%_sure"]),
        ("/admin/clients?q=back%5C", &["back\\slash"]),
        ("/admin/clients?q=%25", &[]),
        ("/admin?q=ada", &["Ada_1", "adaX1"]),
        ("/admin?q=harb", &["Hafen Lübeck"]),
    ] {
        assert_eq!(names(&browser, path).await.0, expected, "{path}");
    }
}

/// What a search leaves out is not passed over in silence.
#[actix_web::test]
async fn says_when_more_begin_so_than_are_shown() {
    let app = TestApp::start().await;
    let browser = at_work(&app).await;
    for number in 0..51 {
        let id = format!("app{number:02}");
        app.client(json!({ "client_id": id, "grant_types": ["client_credentials"], "response_types": [] })).await;
    }
    assert!(browser.open("/admin/clients?q=app").await.text("main").contains("type another letter"));
    assert!(!browser.open("/admin/clients?q=app0").await.text("main").contains("type another letter"));
    assert!(browser.open("/admin?q=app").await.has("a[href='/admin/clients?q=app']"));
}

/// From a person or an app to who allowed what.
#[actix_web::test]
async fn finds_consents_by_the_person_and_by_the_app() {
    let app = TestApp::start().await;
    let (client, ada) = (app.web_app().await, app.person("ada").await);
    app.tokens(&client, ada, crate::support::Allowed { scope: "openid email", ..Default::default() }).await;
    let browser = at_work(&app).await;
    for sought in ["ada", "example%20app", "app"] {
        let page = browser.open(&format!("/admin?q={sought}")).await;
        let found = page.text("section[aria-labelledby=consents] tbody");
        assert!(found.starts_with("ada Example App openid email"), "{sought}: {found}");
    }
    assert!(!browser.open("/admin?q=root").await.has("#consents"));
}
