//! What somebody does to an API behind a reverse proxy that asks `/forward-auth`. What the proxy itself must do against it is
//! in `proxies`.

use std::time::Duration;

use claviger::domain::people::accounts;
use claviger::protocol::token_format::{self, TokenKind};
use futures_util::future::join_all;
use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::support::{Allowed, Answer, ApiKeys, Browser, PASSWORD, TestApp};

const SESSION: &str = "claviger-session";

async fn ask(app: &TestApp, query: &str, headers: &[(&str, &str)]) -> Answer {
    app.get_with(&format!("/forward-auth{query}"), headers).await
}

async fn signed_in(app: &TestApp, username: &str) -> Browser {
    let browser = app.browser();
    let page = browser.open("/login").await;
    assert!(
        browser.submit(&page, "form#login", &[("username", username), ("password", PASSWORD)]).await.has("form#logout")
    );
    browser
}

fn cookie(browser: &Browser) -> String {
    format!("{SESSION}={}", browser.cookie(SESSION).unwrap())
}

/// RFC 6750 §2: two readers must not be able to believe two different ones.
#[actix_web::test]
async fn brings_two_credentials_and_hopes_for_the_better_one() {
    let keys = ApiKeys::start().await;
    let (good, other) = (keys.of_machine(json!({})).await.secret, keys.of_machine(json!({})).await.secret);
    let (good_bearer, basic) = (format!("Bearer {good}"), keys.server.basic());
    let pairs = [
        [("x-api-key", good.as_str()), ("x-api-key", other.as_str())],
        [("x-api-key", &good), ("x-api-key", &good)],
        [("authorization", &good_bearer), ("x-api-key", &good)],
        [("authorization", &basic), ("x-api-key", &good)],
        [("authorization", &good_bearer), ("authorization", &good_bearer)],
        [("authorization", "Bearer x"), ("x-api-key", &good)],
    ];
    for headers in pairs {
        ask(&keys.app, "", &headers).await.refuses(401, "invalid_token");
    }
    let joined = format!("{good}, {other}");
    ask(&keys.app, "", &[("x-api-key", &joined)]).await.refuses(401, "invalid_token");
}

/// A session is not what is fallen back to.
#[actix_web::test]
async fn mends_a_bad_token_with_somebodys_session() {
    let app = TestApp::start().await;
    app.person("ada").await;
    let cookie = cookie(&signed_in(&app, "ada").await);
    let own = [("cookie", cookie.as_str()), ("sec-fetch-site", "same-origin"), ("x-forwarded-method", "GET")];
    assert_eq!(ask(&app, "?session=allow", &own).await.status, 200);
    for bad in [("authorization", "Bearer x"), ("x-api-key", "x"), ("authorization", "Basic YTpi"), ("x-api-key", "")] {
        let answer = ask(&app, "?session=allow", &[&own[..], &[bad]].concat()).await;
        assert_eq!(answer.status, 401, "{bad:?}");
    }
}

/// RFC 9700 §4.7: what another site, or a neighbour of ours, makes a browser send is not what its person wants.
#[actix_web::test]
async fn makes_somebodys_browser_call_the_api() {
    let app = TestApp::start().await;
    app.person("ada").await;
    let cookie = cookie(&signed_in(&app, "ada").await);
    let post = ("x-forwarded-method", "POST");
    let forged: [&[(&str, &str)]; 6] = [
        &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), post],
        &[("sec-fetch-site", "same-site"), ("sec-fetch-mode", "no-cors"), post],
        &[("sec-fetch-site", "same-site"), ("sec-fetch-mode", "no-cors"), ("x-forwarded-method", "GET")],
        &[("origin", "https://evil.example"), post],
        &[post],
        &[],
    ];
    for headers in forged {
        let answer = ask(&app, "?session=allow", &[headers, &[("cookie", &cookie)]].concat()).await;
        assert_eq!(answer.status, 401, "{headers:?}");
    }
    let own: [&[(&str, &str)]; 3] = [
        &[("sec-fetch-site", "same-origin"), post],
        &[("origin", &app.origin), post],
        &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("x-forwarded-method", "GET")],
    ];
    for headers in own {
        let answer = ask(&app, "?session=allow", &[headers, &[("cookie", &cookie)]].concat()).await;
        assert_eq!(answer.status, 200, "{headers:?}");
    }
}

/// RFC 9700 §4.7: no page of another origin may read who somebody is.
#[actix_web::test]
async fn reads_from_another_origin_who_is_signed_in() {
    let app = TestApp::start().await;
    app.person("ada").await;
    app.web_app().await;
    let cookie = cookie(&signed_in(&app, "ada").await);
    let headers = [("cookie", cookie.as_str()), ("origin", "https://app.example"), ("x-forwarded-method", "GET")];
    let answer = ask(&app, "?session=allow", &headers).await;
    assert!(!answer.headers.contains_key("access-control-allow-origin"), "{answer:?}");
    let preflight = app
        .request(
            "OPTIONS",
            "/forward-auth",
            "",
            &[("origin", "https://app.example"), ("access-control-request-method", "GET")],
        )
        .await;
    assert_eq!((preflight.status, preflight.header("access-control-allow-origin")), (401, ""));
}

/// RFC 9068 §4, RFC 8725 §2.8: what is secret is no access token for that.
#[actix_web::test]
async fn presents_whatever_else_is_at_hand() {
    let app = TestApp::start().await;
    let (client, ada) = (app.web_app().await, app.person("ada").await);
    let tokens = app.tokens(&client, ada, Allowed::default()).await;
    let code = app.code(&client, ada, Allowed::default()).await;
    let text = |name: &str| tokens[name].as_str().unwrap().to_owned();
    let cookie = cookie(&signed_in(&app, "ada").await);
    let session = cookie.split_once('=').unwrap().1.to_owned();
    for other in [text("id_token"), text("refresh_token"), code, client.secret.replace([' ', '\'', ','], ""), session] {
        for header in [("authorization", format!("Bearer {other}")), ("x-api-key", other.clone())] {
            let answer = ask(&app, "", &[(header.0, &header.1)]).await;
            answer.refuses(401, "invalid_token");
        }
    }
    let access_token = text("access_token");
    ask(&app, "", &[("x-api-key", &access_token)]).await.refuses(401, "invalid_token");
    assert_eq!(ask(&app, "", &[("authorization", &format!("Bearer {access_token}"))]).await.status, 200);
    // RFC 6750 §2.3: what stands in an address stands in logs.
    ask(&app, &format!("?access_token={access_token}"), &[]).await.refuses(400, "invalid_request");
}

/// RFC 7662 §4: who tries keys learns of none but a good one whether it ever was.
#[actix_web::test]
async fn asks_what_is_wrong_with_a_key() {
    let keys = ApiKeys::start_with("server.trusted_proxies = [\"127.0.0.1\"]\n").await;
    let unknown = token_format::mint(TokenKind::LiveApiKey, &[7; 32]);
    let expired = keys.of_machine(json!({ "expires_in": 60 })).await;
    let elsewhere = keys.of_machine(json!({ "addresses": ["192.0.2.7"], "scope": "write" })).await;
    let person = keys.app.person("ada").await;
    let of_ada = keys.of_person(person, json!({})).await;
    keys.app.clock.advance(Duration::from_mins(1));
    let (_, origin) = TestApp::operator();
    accounts::delete(&keys.act(&origin), person).await.unwrap();
    let first = ask(&keys.app, "?scope=read", &[("x-api-key", unknown.expose_secret())]).await;
    for secret in [&expired.secret, &elsewhere.secret, &of_ada.secret, &format!("{}x", expired.secret)] {
        let answer = ask(&keys.app, "?scope=read", &[("x-api-key", secret)]).await;
        assert_eq!((answer.status, &answer.body), (first.status, &first.body));
        assert_eq!(answer.header("www-authenticate"), first.header("www-authenticate"));
    }
    let good = keys.of_machine(json!({})).await;
    let answer = ask(&keys.app, "?resource=https://other.example", &[("x-api-key", &good.secret)]).await;
    assert_eq!((answer.status, &answer.body), (401, &first.body));
    let from = [("x-api-key", elsewhere.secret.as_str()), ("x-forwarded-for", "192.0.2.7")];
    assert_eq!(ask(&keys.app, "?scope=write", &from).await.status, 200);
    let refusals = keys.app.events("api_key_refused").await;
    assert_eq!((refusals.len(), refusals[0].reason.as_deref()), (1, Some("foreign address")));
}

#[actix_web::test]
async fn claims_an_address_without_a_proxy() {
    let keys = ApiKeys::start().await;
    let key = keys.of_machine(json!({ "addresses": ["192.0.2.7"] })).await;
    for name in ["x-forwarded-for", "x-real-ip", "forwarded", "client-ip"] {
        ask(&keys.app, "", &[("x-api-key", &key.secret), (name, "192.0.2.7")]).await.refuses(401, "invalid_token");
    }
}

/// Of many requests that come at once, here and at introspection, never one more passes than the limit.
#[actix_web::test]
async fn never_passes_a_limit_by_asking_many_times_at_once() {
    let keys = ApiKeys::start().await;
    let key = keys.of_machine(json!({ "rate_limit": "10/minute" })).await;
    let headers = [("x-api-key", key.secret.as_str())];
    let passed = join_all((0..64).map(async |number| match number % 4 {
        0 => keys.introspect(&key.secret).await["active"] == json!(true),
        _ => ask(&keys.app, "", &headers).await.status == 200,
    }));
    assert_eq!(passed.await.into_iter().filter(|passed| *passed).count(), 10);
}

/// RFC 7009 §2.1: what was ended opens nothing, and whoever holds on to it is noticed.
#[actix_web::test]
async fn uses_a_token_after_its_person_took_it_back() {
    let app = TestApp::start().await;
    let (client, ada) = (app.web_app().await, app.person("ada").await);
    let tokens = app.tokens(&client, ada, Allowed::default()).await;
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    assert_eq!(ask(&app, "", &[("authorization", &bearer)]).await.status, 200);
    let form = [("token", tokens["refresh_token"].as_str().unwrap())];
    app.post_with("/oauth2/revoke", &form, &[("authorization", &client.basic())]).await;
    ask(&app, "", &[("authorization", &bearer)]).await.refuses(401, "invalid_token");
    let noticed = app.events("ended_token_used").await;
    assert_eq!((noticed.len(), &noticed[0].details["at"]), (1, &json!("forward-auth")));
}

/// RFC 9112 §11.1: a name is one value of one header, whatever is in it.
#[actix_web::test]
async fn calls_itself_something_that_begins_a_new_header() {
    let keys = ApiKeys::start().await;
    let eve = keys.app.person("eve\r\nX-Auth-Subject: root\r\n\r\n").await;
    let key = keys.of_person(eve, json!({})).await;
    let answer = ask(&keys.app, "", &[("x-api-key", &key.secret)]).await;
    assert_eq!((answer.status, answer.header("x-auth-subject")), (200, eve.to_string().as_str()));
    assert_eq!(answer.header("x-auth-username"), "eve%0D%0AX-Auth-Subject:%20root%0D%0A%0D%0A");
    assert_eq!(answer.headers.get_all("x-auth-subject").iter().count(), 1);
}

/// Whose session or key it is may have been disabled since.
#[actix_web::test]
async fn stays_after_being_disabled() {
    let keys = ApiKeys::start().await;
    let ada = keys.app.person("ada").await;
    let cookie = cookie(&signed_in(&keys.app, "ada").await);
    let key = keys.of_person(ada, json!({})).await;
    let by_session = [("cookie", cookie.as_str()), ("sec-fetch-site", "none")];
    let by_key = [("x-api-key", key.secret.as_str())];
    assert_eq!(ask(&keys.app, "?session=allow", &by_session).await.status, 200);
    assert_eq!(ask(&keys.app, "", &by_key).await.status, 200);
    let (_, origin) = TestApp::operator();
    accounts::disable(&keys.act(&origin), ada).await.unwrap();
    assert_eq!(ask(&keys.app, "?session=allow", &by_session).await.status, 401);
    assert_eq!(ask(&keys.app, "", &by_key).await.status, 401);
}
