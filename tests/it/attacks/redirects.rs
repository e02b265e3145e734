//! Where our redirects lead and what they carry along: 307, open redirectors, referrers, and what a browser's history keeps.

use serde_json::json;

use super::scene::*;
use crate::support::{Answer, Http, PASSWORD, Page, REDIRECT_URI, TestApp, VERIFIER, form_encode};

const GOODBYE: &str = "https://app.example/bye";

/// Checks that the browser fetches the next address without what it has just posted.
#[track_caller]
fn drops_the_body(sent: &Page, what: &str) {
    assert_eq!(sent.answer.status, 303, "{what}: {}", sent.answer.body);
    assert_ne!(sent.answer.header("location"), "", "{what}");
}

/// RFC 9700 §4.12: a 307 would make the browser post ada's password to the app.
#[actix_web::test]
async fn waits_for_a_password_that_is_posted_on() {
    let app = TestApp::start().await;
    client_with(&app, json!({"post_logout_redirect_uris": [GOODBYE]})).await;
    let ada = app.person("ada").await;
    let browser = app.browser();
    let credentials = [("username", "ada"), ("password", PASSWORD)];

    let form = app.browser().open("/login").await;
    assert!(form.has("form#login"));
    let login = browser.open("/login").await;
    drops_the_body(&browser.submit_only(&login, "form#login", &credentials).await, "a sign-in on its own");
    let login = browser.open(&path(&[("prompt", "login")])).await;
    drops_the_body(&browser.submit_only(&login, "form#login", &credentials).await, "a sign-in for the app");
    let choice = browser.open(&path(&[("prompt", "select_account")])).await;
    for account in [choice.account("ada").as_str(), "another"] {
        let sent = browser.submit_only(&choice, "form#select-account", &[("account", account)]).await;
        drops_the_body(&sent, account);
    }
    let consent = browser.open(&path(&[])).await;
    for decision in ["allow", "deny"] {
        let sent = browser.submit_only(&consent, "form#consent", &[("decision", decision)]).await;
        drops_the_body(&sent, decision);
        // And so does the one that leads to the app.
        let last = browser.open(sent.url.as_str()).await;
        drops_the_body(&last, decision);
        assert!(last.url.as_str().starts_with(REDIRECT_URI), "{}", last.url);
    }
    let posted = app.post("/oauth2/authorize", &parameters(&[])).await;
    assert_eq!(posted.status, 303, "a posted request");
    let posted = app.post("/oauth2/authorize", &parameters(&[("prompt", "none")])).await;
    assert_eq!(posted.status, 303, "a posted silent request");
    let posted = app.post("/oauth2/authorize", &parameters(&[("scope", "unheard-of")])).await;
    assert_eq!(posted.status, 303, "a posted request that is refused");
    let posted = app.post("/oauth2/end_session", &[("state", "x")]).await;
    assert_eq!(posted.status, 303, "a posted sign-out request");
    let question = browser.open("/logout").await;
    drops_the_body(&browser.submit_only(&question, "form#logout", &[("decision", "logout")]).await, "a sign-out");

    let password = ("password", "a password of one's own");
    let invitation = browser.open(&invitation_link(&app, ada).await).await;
    drops_the_body(&browser.submit_only(&invitation, "form#set-up", &[password]).await, "an invitation");
    let set_up = browser.open(&set_up_link(&app).await).await;
    let account = [("username", "root"), ("email", "root@example.com"), password];
    drops_the_body(&browser.submit_only(&set_up, "form#set-up", &account).await, "a set-up");
}

/// RFC 9700 §4.11.2, RFC 6819 §4.2.4: parameters by which other servers send browsers on. None leads away or is made a
/// link.
#[actix_web::test]
async fn sends_people_on_by_a_link_to_one_of_our_pages() {
    let app = TestApp::start().await;
    app.web_app().await;
    app.person("ada").await;
    let names = [
        "next",
        "url",
        "redirect",
        "redirect_to",
        "redirect_uri",
        "redirect_url",
        "return",
        "return_to",
        "returnTo",
        "r",
        "rd",
        "continue",
        "dest",
        "goto",
        "target",
        "callback",
        "post_logout_redirect_uri",
        "service",
        "RelayState",
        "back",
        "state",
        "iss",
        "target_link_uri",
        "login_hint",
        "request",
        "request_uri",
        "link",
        "welcome",
        "another",
        "error",
        "error_uri",
        "error_description",
    ];
    let targets = ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)//evil.example"];
    let (visitor, ada) = (app.browser(), signed_in(&app, "ada").await);
    let pages = [
        "/",
        "/account",
        "/login",
        "/login/select",
        "/consent",
        "/logout",
        "/set-up",
        "/invitation",
        "/nothing",
        "/oauth2/authorize",
        "/oauth2/authorize/resume",
        "/oauth2/end_session",
    ];
    for path in pages {
        for target in targets {
            let pairs: Vec<_> = names.iter().map(|name| (*name, target)).collect();
            for (browser, who) in [(&visitor, "a visitor"), (&ada, "ada")] {
                let page = browser.open(&format!("{path}?{}", form_encode(&pairs))).await;
                leads_nowhere_else(&app, &page, &format!("{path} with {target} for {who}"));
            }
            for name in names {
                let page = visitor.open(&format!("{path}?{}", form_encode(&[(name, target)]))).await;
                leads_nowhere_else(&app, &page, &format!("{path} with {name}={target}"));
            }
        }
    }
}

/// Checks that a page is ours and that none of its links, forms or pictures is the attacker's.
#[track_caller]
fn leads_nowhere_else(app: &TestApp, page: &Page, what: &str) {
    assert_eq!(page.url.origin().ascii_serialization(), app.origin, "{what}");
    assert_eq!(page.answer.header("location"), "", "{what}");
    assert_eq!(page.answer.header("refresh"), "", "{what}");
    for attribute in ["href", "action", "formaction", "src", "content", "data"] {
        for selector in ["evil.example", "javascript:", "\\5c evil"] {
            let found = page.has(&format!("[{attribute}*='{selector}']"));
            assert!(!found, "{attribute} with {selector} after {what}: {}", page.answer.body);
        }
    }
}

/// RFC 9700 §4.11.2: what goes along with ada's password does not lead her away either.
#[actix_web::test]
async fn sends_people_on_by_fields_of_our_forms() {
    let app = TestApp::start().await;
    app.web_app().await;
    app.person("ada").await;
    let evil = "https://evil.example/";
    let extra = [
        ("next", evil),
        ("return_to", evil),
        ("redirect_uri", evil),
        ("post_logout_redirect_uri", evil),
        ("url", evil),
    ];
    let browser = app.browser();
    let fields = [&[("username", "ada"), ("password", PASSWORD)][..], &extra].concat();
    let home = browser.submit(&browser.open("/login").await, "form#login", &fields).await;
    leads_nowhere_else(&app, &home, "a sign-in");
    assert_eq!(home.url.path(), "/");
    let consent = browser.open(&path(&[])).await;
    let fields = [&[("decision", "allow")][..], &extra].concat();
    let back = browser.submit(&consent, "form#consent", &fields).await;
    assert!(back.url.as_str().starts_with(&format!("{REDIRECT_URI}?")), "{}", back.url);
    let fields = [&[("decision", "logout")][..], &extra].concat();
    let done = browser.submit(&browser.open("/logout").await, "form#logout", &fields).await;
    leads_nowhere_else(&app, &done, "a sign-out");
}

/// RFC 9700 §4.11.2: a host that the attacker names in the path or in a header is none of ours.
#[actix_web::test]
async fn names_a_host_in_the_path_or_in_a_header() {
    let app = TestApp::start().await;
    app.web_app().await;
    let http = Http::new();
    for path in [
        "//evil.example",
        "//evil.example/login",
        "//evil.example/%2e%2e",
        "/\\evil.example",
        "/%5cevil.example",
        "/%2f%2fevil.example",
        "///evil.example/..",
        "/login//evil.example",
        "/login/..//evil.example",
        "/login/",
        "/.evil.example",
        "/@evil.example",
        "/oauth2/authorize/",
        "/static//evil.example/x",
        "/login;//evil.example",
    ] {
        let answer = http.get(&format!("{}{path}", app.origin), &[("accept", "text/html")]).await;
        assert_eq!((answer.header("location"), answer.status), ("", 404), "{path}");
    }
    let headers = [
        ("host", "evil.example"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "javascript"),
        ("x-original-url", "https://evil.example/"),
        ("x-rewrite-url", "https://evil.example/"),
        ("forwarded", "host=evil.example;proto=http"),
        ("x-forwarded-prefix", "//evil.example"),
        ("referer", "https://evil.example/"),
    ];
    for path in ["/", "/login", "/nothing", "/oauth2/authorize", &path(&[]), "/oauth2/end_session", "/logout"] {
        let answer = app.get_with(path, &[&headers[..], &[("accept", "text/html")]].concat()).await;
        assert!(!answer.body.contains("evil.example"), "{path}: {}", answer.body);
        let location = answer.header("location");
        assert!(location.is_empty() || location.starts_with('/') && !location.starts_with("//"), "{path}: {location}");
        assert!(!location.contains("evil.example"), "{path}: {location}");
    }
}

/// RFC 9700 §4.11, OIDC RP-Initiated Logout §3: the games of the redirect URI, at sign-out.
#[actix_web::test]
async fn sends_people_on_by_a_sign_out() {
    let app = TestApp::start().await;
    let client = client_with(&app, json!({"post_logout_redirect_uris": [GOODBYE]})).await;
    let ada = app.person("ada").await;
    let allowed = crate::support::Allowed { scope: "openid", ..Default::default() };
    let hint = app.tokens(&client, ada, allowed).await["id_token"].as_str().unwrap().to_owned();
    let browser = signed_in(&app, "ada").await;
    for uri in [
        "https://evil.example/bye",
        "https://app.example/bye/",
        "https://app.example/bye/..",
        "https://app.example/bye/%2e%2e/open",
        "https://app.example/bye?next=https://evil.example",
        "https://app.example/bye#x",
        "https://app.example.evil.example/bye",
        "https://app.example@evil.example/bye",
        "https://evil.example\\@app.example/bye",
        "HTTPS://app.example/bye",
        "https://APP.example/bye",
        "https://app.example:443/bye",
        "https://app.example/%62ye",
        "http://app.example/bye",
        " https://app.example/bye",
        "https://app.example/bye\n",
        "//app.example/bye",
        "/bye",
        "javascript:alert(1)",
        "data:text/html,x",
        REDIRECT_URI,
    ] {
        let params = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", uri), ("client_id", "app")];
        let page = browser.open(&format!("/oauth2/end_session?{}", form_encode(&params))).await;
        leads_nowhere_else(&app, &page, uri);
        let pairs = params.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let posted = browser.post("/oauth2/end_session", &pairs).await;
        leads_nowhere_else(&app, &posted, uri);
        let done = browser.submit(&page, "form#logout", &[("decision", "logout")]).await;
        leads_nowhere_else(&app, &done, uri);
        assert_eq!((done.url.path(), done.url.query()), ("/logout", None), "{uri}");
        sign_in(&browser, &browser.open("/login").await, "ada").await;
    }
}

/// RFC 9700 §4.11.2: what was sealed for one page opens at no other: a waiting sign-in is no sign-out that leads to the
/// app, and the reverse.
#[actix_web::test]
async fn plays_what_is_sealed_at_another_page() {
    let app = TestApp::start().await;
    let client = client_with(&app, json!({"post_logout_redirect_uris": [GOODBYE]})).await;
    let ada = app.person("ada").await;
    let allowed = crate::support::Allowed { scope: "openid", ..Default::default() };
    let hint = app.tokens(&client, ada, allowed).await["id_token"].as_str().unwrap().to_owned();
    let browser = signed_in(&app, "ada").await;
    let waiting = browser.open(&path(&[])).await.query("request").unwrap();
    let params = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", GOODBYE)];
    let leaving =
        browser.open(&format!("/oauth2/end_session?{}", form_encode(&params))).await.query("request").unwrap();
    for path in ["/oauth2/authorize/resume", "/login", "/login/select", "/consent"] {
        stays_here(&browser.open(&format!("{path}?request={leaving}")).await.answer, path);
    }
    let page = browser.open(&format!("/logout?request={waiting}")).await;
    let done = browser.submit(&page, "form#logout", &[("decision", "logout")]).await;
    leads_nowhere_else(&app, &done, "a waiting request at the sign-out");
}

/// RFC 9700 §4.2.2, RFC 9700 §4.2.4: no address of ours reaches another host by a `Referer`, neither from a page nor by
/// a redirect, and no page fetches anything from elsewhere but the app's own logo.
#[actix_web::test]
async fn reads_the_referrer_of_who_comes_from_us() {
    let app = TestApp::start().await;
    let links = json!({
        "logo_uri": "https://app.example/logo.png", "policy_uri": "https://app.example/privacy",
        "tos_uri": "https://app.example/terms", "post_logout_redirect_uris": [GOODBYE],
    });
    client_with(&app, links).await;
    app.person("ada").await;
    let browser = app.browser();
    let login = browser.open(&path(&[])).await;
    let consent = sign_in(&browser, &login, "ada").await;
    let choice = browser.open(&path(&[("prompt", "select_account")])).await;
    let decided = browser.submit_only(&consent, "form#consent", &[("decision", "allow")]).await;
    let back = browser.open(decided.url.as_str()).await;
    code(&back);
    let carrier = browser.open(&path(&[("response_mode", "form_post")])).await;
    let refused = browser.open(&path(&[("redirect_uri", "https://evil.example/")])).await;
    let told = browser.open(&path(&[("scope", "unheard-of")])).await;
    let asked = Page { answer: app.get("/oauth2/end_session").await, ..browser.open("/").await };
    let leaving = browser.open("/logout").await;
    let home = browser.open("/").await;
    for page in [&login, &consent, &choice, &decided, &back, &carrier, &refused, &told, &asked, &leaving, &home] {
        assert_eq!(page.answer.header("referrer-policy"), "no-referrer", "{}", page.url);
        assert!(!page.has("[referrerpolicy]:not([referrerpolicy='no-referrer'])"), "{}", page.url);
        for fetched in [
            "link[href^='http']",
            "script[src^='http']",
            "iframe",
            "object",
            "embed",
            "style",
            "img[src^='http']:not([src='https://app.example/logo.png'])",
            "script:not([src])",
        ] {
            assert!(!page.has(fetched), "{fetched} in {}", page.url);
        }
    }
    assert!(consent.has("a[href='https://app.example/privacy']"), "there is something to follow");
}

/// RFC 9700 §4.3.1, RFC 6819 §4.4.1.1: what ada's browser remembers of a sign-in, read by who sits down at it later, or
/// written into a log on the way: no code, token, password or session in an address of ours, nothing kept in a cache, and
/// no address that gives another browser anything.
#[actix_web::test]
async fn reads_the_history_of_the_browser() {
    let app = TestApp::start().await;
    let client = client_with(&app, json!({"post_logout_redirect_uris": [GOODBYE]})).await;
    app.person("ada").await;
    for mode in ["query", "form_post"] {
        let browser = app.browser();
        let login = browser.open(&path(&[("response_mode", mode), ("prompt", "consent")])).await;
        let signed_in = browser.submit_only(&login, "form#login", &[("username", "ada"), ("password", PASSWORD)]).await;
        let consent = browser.open(signed_in.url.as_str()).await;
        let decided = browser.submit_only(&consent, "form#consent", &[("decision", "allow")]).await;
        let last = browser.open(decided.url.as_str()).await;
        let code = if mode == "query" { code(&last) } else { carried_code(&last) };
        let secrets = [code.clone(), PASSWORD.to_owned(), browser.cookie("claviger-session").unwrap()];
        let ours = [&login, &signed_in, &consent, &decided];
        let addresses =
            ours.iter().map(|page| page.url.as_str()).chain((mode == "form_post").then_some(last.url.as_str()));
        for address in addresses.clone() {
            assert!(address.starts_with(&app.origin), "{address}");
            for secret in &secrets {
                assert!(!address.contains(secret.as_str()), "{address}");
            }
            // Somebody else opens it, on another machine.
            let elsewhere = app.browser().open(address).await;
            assert!(elsewhere.has("form#login"), "{address}: {}", elsewhere.answer.body);
            assert!(!elsewhere.answer.body.contains("clv_"), "{address}");
        }
        for page in ours.into_iter().chain([&last]) {
            assert_eq!(page.answer.header("cache-control"), "no-store", "{}", page.url);
            assert_eq!(page.answer.header("etag"), "", "{}", page.url);
            assert_eq!(page.answer.header("last-modified"), "", "{}", page.url);
        }
        // Whoever finds the code in the history comes too late.
        app.redeem(&client, &code).await.ok();
        app.redeem(&client, &code).await.refuses(400, "invalid_grant");
        // After the sign-out, the addresses give ada's own browser nothing either.
        let question = browser.open("/logout").await;
        browser.submit(&question, "form#logout", &[("decision", "logout")]).await;
        for address in [signed_in.url.as_str(), decided.url.as_str()] {
            assert!(browser.open(address).await.has("form#login"), "{address}");
        }
    }
}

/// The code in an answer by form.
fn carried_code(page: &Page) -> String {
    let (action, fields) = page.form("form#form-post", &[]);
    assert_eq!(action, REDIRECT_URI);
    fields.into_iter().find(|(name, _)| name == "code").unwrap().1
}

/// RFC 9700 §4.3.2, RFC 6749 §2.3.1: what is sent in an address stands in histories and logs, so it is not taken there:
/// no access token at `UserInfo`, no code, secret or token at the endpoints for programs.
#[actix_web::test]
async fn reads_tokens_in_the_addresses_of_requests() {
    let app = TestApp::start().await;
    let client = client_with(&app, json!({"token_endpoint_auth_method": "client_secret_post"})).await;
    let ada = app.person("ada").await;
    let code = app.code(&client, ada, crate::support::Allowed::default()).await;
    let named = [("client_id", "app"), ("client_secret", client.secret.as_str())];
    let redemption = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", VERIFIER),
    ];
    let all = [&named[..], &redemption].concat();
    let in_query = format!("/oauth2/token?{}", form_encode(&all));
    assert_eq!(app.get(&in_query).await.status, 405);
    refused(&app.post(&in_query, &[]).await);
    refused(&app.post(&format!("/oauth2/token?{}", form_encode(&named)), &redemption).await);
    refused(&app.post(&format!("/oauth2/token?{}", form_encode(&redemption)), &named).await);
    let tokens = app.post("/oauth2/token", &all).await.ok();
    let token = access_token(&tokens);
    for path in [format!("/oauth2/userinfo?access_token={token}"), format!("/oauth2/userinfo?bearer_token={token}")] {
        assert_eq!(app.get(&path).await.status, 401, "{path}");
        assert_ne!(app.post(&path, &[]).await.status, 200, "{path}");
    }
    for endpoint in ["introspect", "revoke"] {
        let path = format!("/oauth2/{endpoint}?{}", form_encode(&[&named[..], &[("token", token)]].concat()));
        assert_eq!(app.get(&path).await.status, 405, "{endpoint}");
        refused(&app.post(&path, &[]).await);
        refused(&app.post(&format!("/oauth2/{endpoint}?token={token}"), &named).await);
    }
    app.userinfo(token).await.ok();
}

#[track_caller]
fn refused(answer: &Answer) {
    assert!([400, 401].contains(&answer.status), "{}: {}", answer.status, answer.body);
}
