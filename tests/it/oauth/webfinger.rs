//! `/.well-known/webfinger`: which issuer somebody at this host signs in with.

use serde_json::json;

use crate::support::{Http, TestApp, form_encode};

const ISSUER: &str = "http://openid.net/specs/connect/1.0/issuer";

fn path(params: &[(&str, &str)]) -> String {
    format!("/.well-known/webfinger?{}", form_encode(params))
}

/// OIDC Discovery §2, RFC 7033 §4, RFC 7033 §4.3, RFC 7033 §5: the issuer, by JRD, for whoever asks, whether there is
/// an account of that name or not.
#[actix_web::test]
async fn leads_from_an_address_to_the_issuer() {
    let app = TestApp::start().await;
    app.person("ada").await;
    for resource in ["acct:ada@127.0.0.1", "acct:nobody@127.0.0.1", app.issuer.as_str()] {
        let answer = app.get(&path(&[("resource", resource), ("rel", ISSUER)])).await;
        assert_eq!(answer.header("content-type"), "application/jrd+json");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        let told = json!({ "subject": resource, "links": [{ "rel": ISSUER, "href": app.issuer }] });
        assert_eq!(answer.ok(), told, "{resource}");
        assert_eq!(app.get(&path(&[("resource", resource)])).await.ok(), told, "all relations");
        let others = app.get(&path(&[("resource", resource), ("rel", "avatar")])).await.ok();
        assert_eq!(others, json!({ "subject": resource, "links": [] }));
    }
}

/// RFC 7033 §4.2: what cannot be read is 400; of what is elsewhere nothing is known.
#[actix_web::test]
async fn says_nothing_of_what_is_elsewhere() {
    let app = TestApp::start().await;
    for params in [&[][..], &[("rel", ISSUER)], &[("resource", "a"), ("resource", "b")]] {
        app.get(&path(params)).await.refuses(400, "invalid_request");
    }
    for resource in ["acct:ada@elsewhere.example", "ada", "https://elsewhere.example/"] {
        assert_eq!(app.get(&path(&[("resource", resource)])).await.status, 404, "{resource}");
    }
}

/// RFC 7033 §4: at the root of the host, where the issuer has a path, too.
#[actix_web::test]
async fn stands_at_the_root_of_the_host() {
    let app = TestApp::start_at("/auth/one", "").await;
    let url = format!("{}{}", app.origin, path(&[("resource", "acct:ada@127.0.0.1")]));
    let told = Http::new().get(&url, &[]).await.ok();
    assert_eq!(told["links"][0]["href"], json!(app.issuer));
}
