//! What the API says of itself, and whether it is so.

use scraper::{Html, Selector};

use super::*;

/// Every operation that is described answers as one that exists; no other method of its path does.
#[actix_web::test]
async fn describes_what_exists() {
    let app = TestApp::start().await;
    let tool = Tool::new(&app).await;
    let api = &tool.described;
    assert_eq!(api["openapi"], "3.1.0");
    assert_eq!(api["servers"][0]["url"], format!("{}/api/v1", app.issuer));
    let scopes = &api["components"]["securitySchemes"]["oauth2"]["flows"]["clientCredentials"]["scopes"];
    assert_eq!(scopes.as_object().unwrap().len(), 20);
    for (path, methods) in api["paths"].as_object().unwrap() {
        let sent = path.replace("{client_id}", "none").replace("{kid}", "none");
        let sent = sent.replace(['{', '}'], "");
        let described: Vec<_> = methods.as_object().unwrap().keys().map(|method| method.to_uppercase()).collect();
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            // Without a token, so that nothing is done.
            let answer = app.request(method, &format!("/api/v1{sent}"), "", &[]).await;
            let expected = if described.iter().any(|known| known == method) { 401 } else { 405 };
            assert_eq!(answer.status, expected, "{method} {path}");
            problem(&answer);
        }
    }
}

/// Every reference of the description leads somewhere, and every operation tells what it is and what may go wrong.
#[actix_web::test]
async fn describes_everything() {
    let app = TestApp::start().await;
    let api = app.get("/api/v1/openapi.json").await;
    let text = &api.body;
    for (at, _) in text.match_indices("#/components/schemas/") {
        let name = text[at + "#/components/schemas/".len()..].split('"').next().unwrap();
        assert!(api.json()["components"]["schemas"].get(name).is_some(), "{name}");
    }
    for (path, methods) in api.json()["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            assert!(!operation["summary"].as_str().unwrap_or_default().is_empty(), "{method} {path}");
            for status in ["400", "401", "403", "500", "503"] {
                let content = &operation["responses"][status]["content"]["application/problem+json"];
                assert!(content.is_object(), "{method} {path} {status}");
            }
        }
    }
}

/// The page needs nothing from elsewhere and no script, every link within it leads somewhere, and every type of a problem.
#[actix_web::test]
async fn is_readable_by_people() {
    let app = TestApp::start_at("/tenant", "").await;
    let page = app.get("/api/v1/docs").await;
    assert_eq!(page.status, 200);
    assert!(page.header("content-security-policy").starts_with("default-src 'none'; style-src 'self'"));
    let html = Html::parse_document(&page.body);
    let all = |selector: &str, attribute: &str| {
        let found: Vec<_> = html.select(&Selector::parse(selector).unwrap()).collect();
        found.iter().map(|element| element.attr(attribute).unwrap().to_owned()).collect::<Vec<_>>()
    };
    let ids = all("[id]", "id");
    let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(ids.len(), distinct.len(), "an id stands twice");
    for link in all("a[href^='#']", "href") {
        assert!(ids.iter().any(|id| *id == link[1..]), "{link}");
    }
    for address in all("[href]", "href").iter().chain(&all("[src]", "src")) {
        assert!(address.starts_with(['#', '/']), "{address}");
    }
    assert!(!page.body.contains("<script") && !page.body.contains("style="));
    assert!(page.body.contains("PUT /clients/{client_id}"));
    let refused = app.get("/api/v1/clients").await;
    assert!(ids.contains(&problem(&refused)));
}

/// What stands there as an example of a body is done.
#[actix_web::test]
async fn gives_examples_that_are_accepted() {
    let app = TestApp::start_with("people.registration = \"invitation\"\n").await;
    let tool = Tool::new(&app).await;
    app.client(json!({"client_id": "wiki", "redirect_uris": ["https://wiki.example.com/old"]})).await;
    let authorization = format!("Bearer {}", tool.token);
    let mut tried = 0;
    for (path, methods) in tool.described["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            for (kind, content) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
                let Some(example) = content.get("example") else { continue };
                let body = example.as_str().map_or_else(|| example.to_string(), str::to_owned);
                let headers = [("authorization", &*authorization), ("content-type", kind), ("if-match", "*")];
                let sent = format!("/api/v1{}", path.replace("{client_id}", "wiki"));
                let answer = app.request(&method.to_uppercase(), &sent, body, &headers).await;
                assert!(matches!(answer.status, 200 | 201), "{method} {path}: {} {}", answer.status, answer.body);
                tried += 1;
            }
        }
    }
    assert_eq!(tried, 9);
}

/// A member of a client that takes one of a few words names them all, and each is read.
#[actix_web::test]
async fn names_the_words_that_are_read() {
    let app = TestApp::start().await;
    let tool = Tool::new(&app).await;
    let members = tool.described["components"]["schemas"]["ClientMetadata"]["properties"].clone();
    for (member, count) in [
        ("token_endpoint_auth_method", 7),
        ("token_endpoint_auth_signing_alg", 5),
        ("application_type", 2),
        ("id_token_signed_response_alg", 3),
        ("userinfo_signed_response_alg", 3),
        ("introspection_signed_response_alg", 3),
        ("id_token_encrypted_response_alg", 5),
        ("userinfo_encrypted_response_enc", 3),
        ("request_object_encryption_alg", 5),
        ("consent", 3),
    ] {
        let schema = &members[member];
        let words = schema["oneOf"].as_array().into_iter().flatten().chain([schema]).find_map(|s| s["enum"].as_array());
        assert_eq!(words.map(Vec::len), Some(count), "{member}: {schema}");
        for word in words.unwrap() {
            let body = json!({"redirect_uris": ["https://app.example/cb"], member: word});
            let answer = tool.post("/clients", body).await;
            // An algorithm may have no key here.
            assert!(!answer.body.contains("is not offered here"), "{member} {word}: {}", answer.body);
        }
    }
}

/// RFC 9110 §13.1.1: an empty header is none, and the description says that there is something in it.
#[actix_web::test]
async fn describes_headers_that_are_never_empty() {
    let app = TestApp::start().await;
    let described = app.get("/api/v1/openapi.json").await.json();
    let mut found = 0;
    for (path, methods) in described["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                if parameter["in"] == "header" {
                    let schema = &parameter["schema"];
                    assert_eq!(schema["type"], "string", "{method} {path}: {schema}");
                    assert!(schema["pattern"].as_str().unwrap().starts_with('^'), "{method} {path}: {schema}");
                    found += 1;
                }
            }
        }
    }
    assert_eq!(found, 17);
}
