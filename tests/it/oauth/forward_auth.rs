//! `/forward-auth`, as a reverse proxy asks it.

use std::time::Duration;

use serde_json::json;

use crate::support::{Allowed, Answer, ApiKeys, PASSWORD, TestApp, set_up_phone};

const IDENTITY: [&str; 8] = [
    "x-auth-method",
    "x-auth-subject",
    "x-auth-subject-type",
    "x-auth-username",
    "x-auth-client-id",
    "x-auth-scope",
    "x-auth-key-id",
    "x-auth-key-mode",
];

/// Checks that a proxy may let the request through, and what it is told of who sends it.
#[track_caller]
fn lets_through(answer: &Answer, told: [&str; 8]) {
    assert_eq!((answer.status, answer.body.as_str()), (200, ""), "{answer:?}");
    for (name, expected) in IDENTITY.iter().zip(told) {
        assert!(answer.headers.contains_key(*name), "{name} is sent, empty or not");
        assert_eq!(answer.header(name), expected, "{name}");
    }
    assert_eq!(answer.header("cache-control"), "no-store");
}

/// Checks that a proxy must not let the request through, and is not told who sends it.
#[track_caller]
fn refuses(answer: &Answer, status: u16, challenge: &str) {
    assert_eq!(answer.status, status, "{answer:?}");
    assert!(answer.header("www-authenticate").starts_with("Bearer realm="), "{answer:?}");
    assert!(answer.header("www-authenticate").ends_with(challenge), "{}", answer.header("www-authenticate"));
    assert!(IDENTITY.iter().all(|name| !answer.headers.contains_key(*name)), "{answer:?}");
    assert_eq!((answer.header("cache-control"), answer.header("location")), ("no-store", ""));
}

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

/// RFC 6750 §3: a request without credentials is told the scheme, and no error code; any method may be asked about.
#[actix_web::test]
async fn tells_a_request_without_credentials_the_scheme() {
    let keys = ApiKeys::start().await;
    for method in ["GET", "HEAD", "POST", "DELETE", "OPTIONS", "BREW"] {
        let answer = keys.app.request(method, "/forward-auth", "", &[("accept", "text/html")]).await;
        refuses(&answer, 401, &format!("realm=\"{}\"", keys.app.issuer));
    }
    let basic = keys.app.get_with("/forward-auth", &[("authorization", "Basic YTpi")]).await;
    refuses(&basic, 401, &format!("realm=\"{}\"", keys.app.issuer));
}

#[actix_web::test]
async fn lets_api_keys_through_and_tells_whose_they_are() {
    let keys = ApiKeys::start().await;
    let ada = keys.app.person("ada").await;
    let of_ada = keys.of_person(ada, json!({ "scope": "read write", "test": true })).await;
    let of_machine = keys.of_machine(json!({})).await;
    let (ada, of_ada_id, of_machine_id) = (ada.to_string(), of_ada.id.to_string(), of_machine.id.to_string());
    let told_of_ada = ["api_key", &ada, "person", "ada", "", "read write", &of_ada_id, "test"];
    let told_of_machine = ["api_key", "machine", "client", "", "machine", "read", &of_machine_id, "live"];
    for (secret, told) in [(&of_ada.secret, told_of_ada), (&of_machine.secret, told_of_machine)] {
        for headers in [[("x-api-key", secret.clone())], [("authorization", bearer(secret))]] {
            let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
            for method in ["GET", "POST", "HEAD"] {
                lets_through(&keys.app.request(method, "/forward-auth", "", &headers).await, told);
            }
        }
    }
}

/// RFC 9068 §4: a token opens the resource that it is for.
#[actix_web::test]
async fn lets_access_tokens_through_and_tells_for_whom_they_speak() {
    let toml = "[[scopes]]\nname = \"read\"\ntext = \"Read\"\n[[scopes]]\nname = \"write\"\ntext = \"Write\"\n\
         [[resources]]\nidentifier = \"https://jwt.example\"\nscopes = [\"read\"]\n\
         [[resources]]\nidentifier = \"https://opaque.example\"\nscopes = [\"read\"]\naccess_token_format = \"opaque\"\n";
    let app = TestApp::start_with(toml).await;
    let resources = ["https://jwt.example", "https://opaque.example"];
    let machine = app
        .client(json!({
            "client_id": "machine", "grant_types": ["client_credentials"], "response_types": [],
            "scope": "read write", "resources": resources,
        }))
        .await;
    for (own, other) in [(resources[0], resources[1]), (resources[1], resources[0])] {
        let form = [("grant_type", "client_credentials"), ("scope", "read"), ("resource", own)];
        let token = app.token(&machine, &form).await.ok()["access_token"].as_str().unwrap().to_owned();
        assert_eq!(token.starts_with("clv_at_"), own == "https://opaque.example");
        let authorization = bearer(&token);
        let ask = async |query: String| {
            app.get_with(&format!("/forward-auth{query}"), &[("authorization", &authorization)]).await
        };
        let told = ["access_token", "machine", "client", "", "machine", "read", "", ""];
        lets_through(&ask(format!("?resource={own}")).await, told);
        lets_through(&ask(format!("?resource={own}&scope=read")).await, told);
        let elsewhere = "error=\"invalid_token\", error_description=\"The access token is for another resource.\"";
        refuses(&ask(format!("?resource={other}")).await, 401, elsewhere);
        refuses(&ask(String::new()).await, 401, elsewhere);
        refuses(&ask(format!("?resource={own}&scope=read+write")).await, 403, "scope=\"read write\"");
        app.post_with("/oauth2/revoke", &[("token", &token)], &[("authorization", &machine.basic())]).await;
        let ended = ask(format!("?resource={own}")).await;
        refuses(&ended, 401, "error_description=\"The access token is invalid, expired, or revoked.\"");
    }
}

/// RFC 7662 §4: what the token does not let its app know, the API does not learn either.
#[actix_web::test]
async fn tells_a_name_only_where_the_scope_lets_it() {
    let app = TestApp::start().await;
    let (client, ada) = (app.web_app().await, app.person("Jürgen Ö%\u{1f980}").await);
    let id = ada.to_string();
    let name = "J%C3%BCrgen%20%C3%96%25%F0%9F%A6%80";
    for (scope, name) in [("openid profile", name), ("openid email", "")] {
        let tokens = app.tokens(&client, ada, Allowed { scope, ..Allowed::default() }).await;
        let authorization = bearer(tokens["access_token"].as_str().unwrap());
        let answer = app.get_with("/forward-auth", &[("authorization", &authorization)]).await;
        lets_through(&answer, ["access_token", &id, "person", name, "app", scope, "", ""]);
    }
}

/// RFC 6750 §3.1: `insufficient_scope` says which are needed.
#[actix_web::test]
async fn wants_every_scope_that_the_proxy_names() {
    let keys = ApiKeys::start().await;
    let key = keys.of_machine(json!({ "rate_limit": "2/minute" })).await;
    let ask =
        async |query: &str| keys.app.get_with(&format!("/forward-auth{query}"), &[("x-api-key", &key.secret)]).await;
    for _ in 0..3 {
        let answer = ask("?scope=read%20write").await;
        refuses(
            &answer,
            403,
            "error=\"insufficient_scope\", error_description=\"This needs the scope read write: write is missing.\", scope=\"read write\"",
        );
    }
    for _ in 0..2 {
        assert_eq!(ask("?scope=read").await.status, 200, "what was refused was not counted");
    }
}

#[actix_web::test]
async fn refuses_a_question_that_was_misspelt() {
    let keys = ApiKeys::start().await;
    let key = keys.of_machine(json!({})).await;
    for query in ["scopes=write", "scope=read&scope=write", "aud=x", "session=yes", "scope=%FF"] {
        let answer = keys.app.get_with(&format!("/forward-auth?{query}"), &[("x-api-key", &key.secret)]).await;
        answer.refuses(400, "invalid_request");
    }
}

/// RFC 6585 §4, and draft-ietf-httpapi-ratelimit-headers.
#[actix_web::test]
async fn tells_how_the_limits_of_a_key_stand() {
    let keys = ApiKeys::start().await;
    let key = keys.of_machine(json!({ "rate_limit": "2/minute", "quota": "1000/month" })).await;
    let ask = async || keys.app.get_with("/forward-auth", &[("x-api-key", &key.secret)]).await;
    keys.app.clock.advance(Duration::from_millis(200));
    for left in [1, 0] {
        let answer = ask().await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("ratelimit-policy"), "\"rate\";q=2;w=60, \"quota\";q=1000;w=2592000");
        assert_eq!(answer.header("ratelimit"), format!("\"rate\";r={left};t=61, \"quota\";r={};t=691200", 998 + left));
        assert_eq!(answer.header("retry-after"), "");
    }
    let answer = ask().await;
    answer.refuses(429, "temporarily_unavailable");
    assert_eq!((answer.header("retry-after"), answer.header("x-auth-subject")), ("61", ""));
    assert_eq!(answer.header("ratelimit"), "\"rate\";r=0;t=61, \"quota\";r=998;t=691200");
    keys.app.clock.advance(Duration::from_secs(61));
    assert_eq!(ask().await.status, 200);
    let unlimited = keys.of_machine(json!({})).await;
    let answer = keys.app.get_with("/forward-auth", &[("x-api-key", &unlimited.secret)]).await;
    assert!(!answer.headers.contains_key("ratelimit") && !answer.headers.contains_key("ratelimit-policy"));
}

/// A use is a use, wherever the question is put.
#[actix_web::test]
async fn counts_with_introspection_against_the_same_limits() {
    let keys = ApiKeys::start().await;
    let key = keys.of_machine(json!({ "rate_limit": "2/minute" })).await;
    assert_eq!(keys.introspect(&key.secret).await["active"], json!(true));
    assert_eq!(keys.app.get_with("/forward-auth", &[("x-api-key", &key.secret)]).await.status, 200);
    assert_eq!(keys.introspect(&key.secret).await["active"], json!(false));
    assert_eq!(keys.app.get_with("/forward-auth", &[("x-api-key", &key.secret)]).await.status, 429);
    assert_eq!(keys.app.events("api_key_refused").await.len(), 1);
}

#[actix_web::test]
async fn lets_a_session_through_where_the_proxy_allows_it() {
    let app = TestApp::start_at("/id", "").await;
    let ada = app.person("ada").await.to_string();
    let browser = app.browser();
    let page = browser.open("/login").await;
    browser.submit(&page, "form#login", &[("username", "ada"), ("password", PASSWORD)]).await;
    let cookie = format!("claviger-session={}", browser.cookie("claviger-session").unwrap());
    let ask = async |query: &str, headers: &[(&str, &str)]| {
        let headers = [headers, &[("cookie", cookie.as_str())]].concat();
        app.get_with(&format!("/forward-auth{query}"), &headers).await
    };
    let own = [("sec-fetch-site", "same-origin"), ("x-forwarded-method", "POST")];
    let answer = ask("?session=allow", &own).await;
    lets_through(&answer, ["session", &ada, "person", "ada", "", "", "", ""]);
    assert!(!answer.headers.contains_key("set-cookie"), "{answer:?}");
    refuses(&ask("", &own).await, 401, "\"");
    refuses(&ask("?session=allow&scope=openid", &own).await, 403, "scope=\"openid\"");
    let without = app.get_with("/forward-auth?session=allow", &own).await;
    refuses(&without, 401, &format!("realm=\"{}\"", app.issuer));
}

/// What the settings ask of whoever signs in, a proxy's API gets as well.
#[actix_web::test]
async fn lets_no_session_by_a_password_alone_through_where_that_is_not_enough() {
    let app = TestApp::start_with("second_factor.required_for = [\"auditor\"]\n").await;
    let ada = app.person("ada").await;
    let browser = app.browser();
    let page = browser.open("/login").await;
    browser.submit(&page, "form#login", &[("username", "ada"), ("password", PASSWORD)]).await;
    let ask = async || {
        let cookie = format!("claviger-session={}", browser.cookie("claviger-session").unwrap());
        let headers = [("sec-fetch-site", "same-origin"), ("x-forwarded-method", "POST"), ("cookie", cookie.as_str())];
        app.get_with("/forward-auth?session=allow", &headers).await
    };
    assert_eq!(ask().await.status, 200);
    app.make_auditor(ada).await;
    refuses(&ask().await, 401, "");
    set_up_phone(&app, &browser).await;
    assert_eq!(ask().await.status, 200);
}

/// An API's every request must not wait for a write.
#[actix_web::test]
async fn writes_nothing_while_it_lets_through() {
    let keys = ApiKeys::start().await;
    let key = keys.of_machine(json!({ "rate_limit": "100/minute" })).await;
    let before = keys.app.everything().await;
    for _ in 0..3 {
        assert_eq!(keys.app.get_with("/forward-auth?scope=read", &[("x-api-key", &key.secret)]).await.status, 200);
        assert_eq!(keys.app.get("/forward-auth").await.status, 401);
    }
    assert_eq!(keys.app.everything().await, before);
}
