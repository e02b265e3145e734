//! Parameters that two readers could read differently: sent twice, in two places, in odd encodings. What the server
//! reads must be what a proxy, a firewall or the client itself has read; where it cannot be, nothing is done.

use serde_json::{Value, json};

use crate::support::{Allowed, Answer, CHALLENGE, PASSWORD, REDIRECT_URI, TestApp, TestClient, VERIFIER, form_encode};

const EVIL: &str = "https://evil.example/callback";

/// A form of `pairs` in which one more parameter follows, encoded already.
fn with(pairs: &[(&str, &str)], more: &str) -> String {
    format!("{}&{more}", form_encode(pairs))
}

/// A body posted by `client`, as a form.
async fn post(app: &TestApp, client: &TestClient, path: &str, body: &str) -> Answer {
    app.post_raw(path, body, &[("authorization", &client.basic())]).await
}

async fn is_active(app: &TestApp, client: &TestClient, token: &str) -> bool {
    post(app, client, "/oauth2/introspect", &form_encode(&[("token", token)])).await.ok()["active"] == true
}

/// RFC 6749 §3.2: of two values a firewall may have looked at the one, and the server at the other.
#[actix_web::test]
async fn sends_a_parameter_twice_to_the_token_endpoint() {
    let app = TestApp::start().await;
    let (client, person) = (app.web_app().await, app.person("ada").await);
    let code = app.code(&client, person, Allowed::default()).await;
    let good = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", VERIFIER),
        ("client_id", &client.id),
        ("unheard_of", "1"),
    ];
    for (name, value) in good {
        for other in [value, "x"] {
            // An escaped name is the same name.
            for name in [name.to_owned(), format!("%{:02X}{}", name.as_bytes()[0], &name[1..])] {
                let answer = post(&app, &client, "/oauth2/token", &with(&good, &format!("{name}={other}"))).await;
                answer.refuses(400, "invalid_request");
            }
        }
    }
    let tokens = app.redeem(&client, &code).await.ok();
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", tokens["refresh_token"].as_str().unwrap())];
    for more in ["refresh_token=x", "scope=openid&scope=email", "grant_type=authorization_code"] {
        let answer = post(&app, &client, "/oauth2/token", &with(&refresh, more)).await;
        answer.refuses(400, "invalid_request");
    }
    app.refresh(&client, tokens["refresh_token"].as_str().unwrap()).await.ok();
}

/// RFC 6749 §3.1: neither of two values counts, and where the address itself is in doubt nobody is sent there.
#[actix_web::test]
async fn sends_a_parameter_twice_to_the_authorization_endpoint() {
    let app = TestApp::start().await;
    app.web_app().await;
    let good = [
        ("response_type", "code"),
        ("client_id", "app"),
        ("redirect_uri", REDIRECT_URI),
        ("scope", "openid"),
        ("state", "s"),
        ("nonce", "n"),
        ("response_mode", "query"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("prompt", "none"),
        ("max_age", "10"),
        ("login_hint", "ada"),
        ("ui_locales", "en"),
        ("acr_values", "a"),
        ("display", "page"),
    ];
    for (name, value) in good {
        for other in [value, "token", EVIL] {
            let answer = app.get(&format!("/oauth2/authorize?{}", with(&good, &format!("{name}={other}")))).await;
            let location = answer.header("location");
            if matches!(name, "client_id" | "redirect_uri") {
                assert_eq!((answer.status, location), (400, ""), "{name}={other}");
            } else {
                assert!(location.starts_with(REDIRECT_URI), "{name}={other}: {location} {}", answer.body);
                assert!(location.contains("error=invalid_request"), "{name}={other}: {location}");
                assert!(!location.contains("evil"), "{name}={other}: {location}");
            }
        }
    }
}

/// RFC 6749 §3.2, RFC 7009 §2.1, RFC 7662 §2.1, OIDC Core §5.3.1: nowhere else either.
#[actix_web::test]
async fn sends_a_parameter_twice_to_every_other_endpoint() {
    let app = TestApp::start().await;
    let (client, person) = (app.web_app().await, app.person("ada").await);
    let tokens = app.tokens(&client, person, Allowed::default()).await;
    let token = tokens["access_token"].as_str().unwrap();
    for more in [format!("token={token}"), "token=x".to_owned(), "token_type_hint=a&token_type_hint=b".to_owned()] {
        for path in ["/oauth2/introspect", "/oauth2/revoke"] {
            let answer = post(&app, &client, path, &with(&[("token", token)], &more)).await;
            answer.refuses(400, "invalid_request");
        }
    }
    assert!(is_active(&app, &client, token).await, "nothing was revoked");
    for more in ["access_token=x", &format!("access_token={token}"), "a=1&a=2"] {
        let body = with(&[("access_token", token)], more);
        app.post_raw("/oauth2/userinfo", body, &[]).await.refuses(400, "invalid_request");
    }
}

/// RFC 6749 §10.12: a form of our own is read no other way.
#[actix_web::test]
async fn sends_a_field_twice_to_the_sign_in_form() {
    let app = TestApp::start().await;
    app.person("ada").await;
    let browser = app.browser();
    let page = browser.open("/login").await;
    let (_, good) = page.form("form#login", &[("username", "ada"), ("password", PASSWORD)]);
    for name in ["username", "password", "csrf"] {
        let (_, value) = good.iter().find(|(own, _)| own == name).unwrap();
        for other in [value.as_str(), "x"] {
            let form = [good.clone(), vec![(name.to_owned(), other.to_owned())]].concat();
            let answer = browser.post("/login", &form).await;
            assert_eq!(answer.answer.status, 400, "{name}={other}");
            assert_eq!(browser.cookie("claviger-session"), None, "{name}={other}");
        }
    }
}

/// RFC 6749 §2.3.1, RFC 6749 §3.2, RFC 9700 §4.2.4: what stands in the URL, where logs and histories keep it, is nothing
/// to the endpoints that read a body.
#[actix_web::test]
async fn puts_parameters_in_query_and_body() {
    let app = TestApp::start().await;
    let (client, machine, person) = (app.web_app().await, app.machine().await, app.person("ada").await);
    let code = app.code(&client, person, Allowed::default()).await;
    let grant = "grant_type=client_credentials";

    let narrow = post(&app, &machine, "/oauth2/token?scope=read%20write", &format!("{grant}&scope=read")).await;
    assert_eq!(narrow.ok()["scope"], "read");
    post(&app, &machine, &format!("/oauth2/token?{grant}"), "a=1").await.refuses(400, "invalid_request");
    let secret = form_encode(&[("client_id", &machine.id), ("client_secret", &machine.secret)]);
    let by_url = app.post_raw(&format!("/oauth2/token?{secret}"), grant, &[]).await;
    by_url.refuses(401, "invalid_client");
    let by_url = format!("/oauth2/token?code={code}&code_verifier={VERIFIER}");
    let body = form_encode(&[("grant_type", "authorization_code"), ("redirect_uri", REDIRECT_URI)]);
    post(&app, &client, &by_url, &body).await.refuses(400, "invalid_request");

    let tokens = app.redeem(&client, &code).await.ok();
    let token = tokens["access_token"].as_str().unwrap();
    for path in ["/oauth2/introspect", "/oauth2/revoke"] {
        post(&app, &client, &format!("{path}?token={token}"), "a=1").await.refuses(400, "invalid_request");
    }
    assert!(is_active(&app, &client, token).await);
    let answer = app.post_raw(&format!("/oauth2/userinfo?access_token={token}"), "a=1", &[]).await;
    assert_eq!(answer.status, 401);
}

/// OIDC Core §3.1.2.1: half a request in the query and half in the body is none.
#[actix_web::test]
async fn splits_an_authorization_request_over_query_and_body() {
    let app = TestApp::start().await;
    app.web_app().await;
    let body = form_encode(&[
        ("response_type", "code"),
        ("client_id", "app"),
        ("redirect_uri", REDIRECT_URI),
        ("scope", "openid"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]);
    for query in [format!("redirect_uri={EVIL}"), "client_id=other".to_owned(), "state=x".to_owned(), body.clone()] {
        let answer = app.post_raw(&format!("/oauth2/authorize?{query}"), body.clone(), &[]).await;
        assert_eq!((answer.status, answer.header("location")), (400, ""), "{query}");
    }
    assert_eq!(app.post_raw("/oauth2/authorize", body, &[]).await.status, 303, "the body alone is a good request");
}

/// RFC 6749 §B: text is UTF-8, once decoded; what a lenient reader would mend is refused instead.
#[actix_web::test]
async fn encodes_values_so_that_readers_disagree() {
    let app = TestApp::start().await;
    let (client, person) = (app.web_app().await, app.person("ada").await);
    let tokens = app.tokens(&client, person, Allowed::default()).await;
    let token = tokens["access_token"].as_str().unwrap();
    let odd = [
        "%FF",
        "%C3%28",
        "%C0%AF",
        "%C1%A1",
        "%E0%80%AF",
        "%ED%A0%80",
        "%F4%90%80%80",
        "%F8%88%80%80%80",
        "%00",
        "a%00b",
        "%0D%0A",
        "%0A",
        "%7F",
        "%C2%85",
        "%",
        "%4",
        "%4g",
        "%u0041",
        "%%",
        "%+1",
    ];
    for value in odd {
        for (path, body) in [
            ("/oauth2/token", format!("grant_type=authorization_code&code={value}")),
            ("/oauth2/token", format!("grant_type=client_credentials&scope={value}")),
            ("/oauth2/token", format!("grant_type=client_credentials&{value}=x")),
            ("/oauth2/introspect", format!("token={token}{value}")),
            ("/oauth2/revoke", format!("token={token}{value}")),
            ("/oauth2/revoke", format!("token={token}&token_type_hint={value}")),
        ] {
            let answer = post(&app, &client, path, &body).await;
            assert_eq!(
                (answer.status, answer.json()["error"].as_str()),
                (400, Some("invalid_request")),
                "{path} {body}"
            );
        }
        let answer = app.post_raw("/oauth2/userinfo", format!("access_token={token}{value}"), &[]).await;
        answer.refuses(400, "invalid_request");
        let answer = app.get(&format!("/oauth2/authorize?client_id=app{value}&redirect_uri={REDIRECT_URI}")).await;
        assert_eq!((answer.status, answer.header("location")), (400, ""), "{value}");
        let answer = app.get(&format!("/oauth2/authorize?client_id=app&redirect_uri={REDIRECT_URI}{value}")).await;
        assert_eq!((answer.status, answer.header("location")), (400, ""), "{value}");
        assert_eq!(app.post_raw("/login", format!("csrf=x{value}&username=ada"), &[]).await.status, 400, "{value}");
    }
    assert!(is_active(&app, &client, token).await, "nothing was revoked");
}

/// RFC 6749 §B: decoded once, never twice; `+` is a space and `%2B` is a plus.
#[actix_web::test]
async fn encodes_values_twice() {
    let app = TestApp::start().await;
    let machine = app.machine().await;
    let grant = "grant_type=client_credentials";
    for (scope, granted) in [("read+write", "read write"), ("read%20write", "read write"), ("re%61d", "read")] {
        let answer = post(&app, &machine, "/oauth2/token", &format!("{grant}&scope={scope}")).await;
        assert_eq!(answer.ok()["scope"], granted, "{scope}");
    }
    for scope in ["read%2520write", "re%2561d", "read%2Bwrite", "read%09write", "read%C2%A0write", "read,write"] {
        let answer = post(&app, &machine, "/oauth2/token", &format!("{grant}&scope={scope}")).await;
        assert_eq!(answer.status, 400, "{scope}: {}", answer.body);
    }
    let answer = post(&app, &machine, "/oauth2/token", "grant_type=client%255Fcredentials").await;
    answer.refuses(400, "unsupported_grant_type");
}

/// RFC 6749 §3.2: parameters are sent as a form; what some readers take for the same is nothing to this one.
#[actix_web::test]
async fn sends_parameters_in_another_syntax() {
    let app = TestApp::start().await;
    let machine = app.machine().await;
    for body in [
        "grant_type[]=client_credentials",
        "grant_type%5B%5D=client_credentials",
        "grant_type[0]=client_credentials",
        "grant_type.0=client_credentials",
        "GRANT_TYPE=client_credentials",
        "grant_type =client_credentials",
        "+grant_type=client_credentials",
        "{\"grant_type\":\"client_credentials\"}",
        "?grant_type=client_credentials",
        "\u{feff}grant_type=client_credentials",
        ";grant_type=client_credentials",
        "a=1;grant_type=client_credentials",
    ] {
        post(&app, &machine, "/oauth2/token", body).await.refuses(400, "invalid_request");
    }
    for more in
        ["scope[]=write", "scope%5B%5D=write", "Scope=write", "scope.0=write", "scope%20=write", "scope\t=write"]
    {
        let body = format!("grant_type=client_credentials&scope=read&{more}");
        let answer = post(&app, &machine, "/oauth2/token", &body).await;
        if answer.status == 200 {
            assert_eq!(answer.json()["scope"], "read", "{more}");
        } else {
            answer.refuses(400, "invalid_request");
        }
    }
    let answer = post(&app, &machine, "/oauth2/token", "grant_type=client_credentials;scope=write").await;
    answer.refuses(400, "unsupported_grant_type");
}

/// RFC 6749 §3.2, OIDC Core §13.2: a body of another kind holds no parameters, whatever it looks like.
#[actix_web::test]
async fn calls_the_body_something_else() {
    let app = TestApp::start().await;
    let (client, machine, person) = (app.web_app().await, app.machine().await, app.person("ada").await);
    let tokens = app.tokens(&client, person, Allowed::default()).await;
    let token = tokens["access_token"].as_str().unwrap();
    let multipart = "--b\r\nContent-Disposition: form-data; name=\"grant_type\"\r\n\r\nclient_credentials\r\n--b--\r\n";
    let form = "grant_type=client_credentials";
    let json = json!({ "grant_type": "client_credentials" }).to_string();
    for (content_type, body) in [
        ("application/json", json.as_str()),
        ("application/json", form),
        ("multipart/form-data; boundary=b", multipart),
        ("text/plain", form),
        ("text/xml", form),
        ("", form),
        ("application/x-www-form-urlencoded2", form),
        ("application/x-www-form-urlencoded, application/json", form),
        ("x-application/x-www-form-urlencoded", form),
    ] {
        let headers = [("content-type", content_type), ("authorization", &machine.basic())];
        app.post_raw("/oauth2/token", body, &headers).await.refuses(400, "invalid_request");
        let headers = [("content-type", content_type), ("authorization", &client.basic())];
        for path in ["/oauth2/introspect", "/oauth2/revoke"] {
            app.post_raw(path, format!("token={token}"), &headers).await.refuses(400, "invalid_request");
        }
        let headers = [("content-type", content_type)];
        let answer = app.post_raw("/oauth2/userinfo", format!("access_token={token}"), &headers).await;
        assert_ne!(answer.status, 200, "{content_type}");
        assert_eq!(app.post_raw("/login", "username=ada&password=x", &headers).await.status, 400, "{content_type}");
        let answer = app.post_raw("/oauth2/authorize", "client_id=app", &headers).await;
        assert_eq!((answer.status, answer.header("location")), (400, ""), "{content_type}");
    }
    assert!(is_active(&app, &client, token).await);
    // A charset changes nothing: forms have none of their own.
    let utf16 =
        [("content-type", "application/x-www-form-urlencoded; charset=utf-16"), ("authorization", &machine.basic())];
    app.post_raw("/oauth2/token", form, &utf16).await.ok();
    let units: Vec<u8> = form.encode_utf16().flat_map(u16::to_le_bytes).collect();
    app.post_raw("/oauth2/token", units, &utf16).await.refuses(400, "invalid_request");
}

/// RFC 6749 §2.3: of two identities the check and the use could each take another.
#[actix_web::test]
async fn authenticates_as_two_clients_at_once() {
    let app = TestApp::start().await;
    let (client, machine) = (app.web_app().await, app.machine().await);
    let (one, two) = (machine.basic(), client.basic());
    let joined = format!("{one}, {two}");
    let basic = |value: &'static str| ("authorization", value);
    let bodies = [("/oauth2/token", "grant_type=client_credentials"), ("/oauth2/introspect", "token=x")];
    for (path, body) in bodies.into_iter().chain([("/oauth2/revoke", "token=x")]) {
        for headers in [
            vec![("authorization", one.as_str()), ("authorization", two.as_str())],
            vec![("authorization", one.as_str()), ("authorization", one.as_str())],
            vec![("authorization", one.as_str()), basic("Bearer x")],
            vec![basic("Bearer x"), ("authorization", one.as_str())],
        ] {
            app.post_raw(path, body, &headers).await.refuses(400, "invalid_request");
        }
        let answer = app.post_raw(path, body, &[("authorization", joined.as_str())]).await;
        answer.refuses(401, "invalid_client");
        for more in [
            form_encode(&[("client_id", &client.id)]),
            form_encode(&[("client_secret", &machine.secret)]),
            form_encode(&[("client_id", &machine.id), ("client_secret", &machine.secret)]),
            form_encode(&[("client_id", &client.id), ("client_secret", &client.secret)]),
        ] {
            let answer = app.post_raw(path, format!("{body}&{more}"), &[("authorization", one.as_str())]).await;
            answer.refuses(400, "invalid_request");
        }
    }
}

/// RFC 6750 §2: of two tokens one could be checked and the other used.
#[actix_web::test]
async fn presents_two_access_tokens() {
    let app = TestApp::start().await;
    let client = app.web_app().await;
    let mut tokens = Vec::new();
    for name in ["ada", "eve"] {
        let person = app.person(name).await;
        let issued: Value = app.tokens(&client, person, Allowed::default()).await;
        tokens.push(issued["access_token"].as_str().unwrap().to_owned());
    }
    let [ada, eve] = [0, 1].map(|index: usize| format!("Bearer {}", tokens[index]));
    let both = format!("{ada}, {eve}");
    for headers in [
        vec![("authorization", ada.as_str()), ("authorization", eve.as_str())],
        vec![("authorization", ada.as_str()), ("authorization", ada.as_str())],
        vec![("authorization", "Basic eDp5"), ("authorization", ada.as_str())],
    ] {
        assert_eq!(app.get_with("/oauth2/userinfo", &headers).await.status, 400, "{headers:?}");
    }
    app.get_with("/oauth2/userinfo", &[("authorization", both.as_str())]).await.refuses(401, "invalid_token");
    let body = format!("access_token={}", tokens[1]);
    let answer = app.post_raw("/oauth2/userinfo", body, &[("authorization", ada.as_str())]).await;
    answer.refuses(400, "invalid_request");
}
