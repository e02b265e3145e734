//! Clients that register themselves (RFC 7591, OIDC Registration).

use std::time::Duration;

use claviger::domain::clients::dynamic::remove_unused;
use serde_json::{Value, json};

use crate::support::{Allowed, BY_TOKEN, OPEN, PASSWORD, REDIRECT_URI, Registered, TestApp, web_app};

fn with(member: &str, value: Value) -> Value {
    let mut metadata = web_app();
    metadata[member] = value;
    metadata
}

/// RFC 7591 §3, RFC 7591 §3.1, RFC 7591 §3.2.1, OIDC Registration §3.1: a client gets an identifier, a secret, and all that
/// is registered, and acts with it at once.
#[actix_web::test]
async fn registers_a_client_that_then_signs_a_person_in() {
    let app = TestApp::start_with(OPEN).await;
    let ada = app.person("ada").await;
    let answer = app.register(&web_app()).await;
    assert_eq!((answer.status, answer.header("cache-control")), (201, "no-store"), "{}", answer.body);
    assert_eq!(answer.header("content-type"), "application/json");
    let newcomer = Registered { told: answer.json() };
    assert_eq!(newcomer.told["client_secret_expires_at"], 0);
    assert_eq!(newcomer.told["client_id_issued_at"], app.cx.now().seconds());
    assert_eq!(newcomer.told["redirect_uris"], json!([REDIRECT_URI]));
    assert_eq!(newcomer.told["client_name"], "Newcomer");
    let uri = format!("{}/oauth2/register/{}", app.issuer, newcomer.id());
    assert_eq!(newcomer.text("registration_client_uri"), uri);
    let tokens = app.tokens(&newcomer.client(), ada, Allowed::default()).await;
    assert_eq!(app.userinfo(tokens["access_token"].as_str().unwrap()).await.ok()["sub"], ada.to_string());

    let stored = app.everything().await;
    assert!(!stored.contains(newcomer.token()) && !stored.contains(newcomer.text("client_secret")));
    let events = app.events("client_registered").await;
    let [event] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!((event.actor.as_str(), event.address.as_deref()), ("anonymous", Some("127.0.0.1")));
    assert_eq!(event.client_id.as_ref().unwrap().as_str(), newcomer.id());
}

/// RFC 7591 §2, OIDC Registration §2: what is left out has the default of the specifications; what means nothing here is
/// passed over, and not told as if it were registered.
#[actix_web::test]
async fn fills_in_defaults_and_passes_over_what_it_does_not_know() {
    let app = TestApp::start_with(OPEN).await;
    let sent = json!({
        "redirect_uris": [REDIRECT_URI],
        "client_id": "chosen",
        "client_secret": "a secret of its own that is long enough",
        "client_name#ja": "クライアント",
        "default_prompt": "none",
        "x_unknown": { "deep": [1, 2, 3] },
    });
    let newcomer = app.newcomer(&sent).await;
    for (member, default) in [
        ("token_endpoint_auth_method", json!("client_secret_basic")),
        ("grant_types", json!(["authorization_code"])),
        ("response_types", json!(["code"])),
        ("application_type", json!("web")),
        ("id_token_signed_response_alg", json!("RS256")),
        ("scope", json!("openid profile email address phone")),
        ("require_pkce", json!(true)),
    ] {
        assert_eq!(newcomer.told[member], default, "{member}");
    }
    for absent in ["client_name#ja", "default_prompt", "x_unknown"] {
        assert!(newcomer.told.get(absent).is_none(), "{absent}");
    }
    assert_ne!(newcomer.id(), "chosen");
    assert!(newcomer.text("client_secret").starts_with("clv_secret_"));
    let public = app.newcomer(&with("token_endpoint_auth_method", json!("none"))).await;
    assert!(public.told.get("client_secret").is_none() && public.told.get("client_secret_expires_at").is_none());
}

/// RFC 7591 §3.2.2, OIDC Registration §3.3: each fault has its error, and says what to change. RFC 6749 §3.1.2: no fragment.
#[actix_web::test]
async fn refuses_each_fault_by_its_error() {
    let app = TestApp::start_with(&format!("{OPEN}registration.attempts_per_address = 1000\n")).await;
    let redirect = |uri: &str| with("redirect_uris", json!([uri]));
    for (metadata, error, says) in [
        (redirect("https://app.example/cb#frag"), "invalid_redirect_uri", "fragment"),
        (redirect("https://app.example/cb#"), "invalid_redirect_uri", "fragment"),
        (redirect("http://app.example/cb"), "invalid_redirect_uri", "loopback"),
        (redirect("javascript:alert(1)"), "invalid_redirect_uri", "https"),
        (redirect("/callback"), "invalid_redirect_uri", "absolute"),
        (with("redirect_uris", json!([])), "invalid_redirect_uri", "missing"),
        (with("redirect_uris", json!("https://app.example/cb")), "invalid_redirect_uri", "list"),
        (with("redirect_uris", Value::Null), "invalid_redirect_uri", "missing"),
        (with("initiate_login_uri", json!("http://app.example/go")), "invalid_client_metadata", "https"),
        (with("client_name", json!(7)), "invalid_client_metadata", "client_name"),
        (with("client_name", json!("a\0b")), "invalid_client_metadata", "NUL"),
        (with("response_types", json!(["code id_token"])), "invalid_client_metadata", "response_types"),
        (with("response_types", json!(["token"])), "invalid_client_metadata", "response_types"),
        (with("grant_types", json!(["implicit"])), "invalid_client_metadata", "grant_types"),
        (with("grant_types", json!(["refresh_token"])), "invalid_client_metadata", "grant_types"),
        (with("token_endpoint_auth_method", json!("magic")), "invalid_client_metadata", "token_endpoint_auth_method"),
        (with("token_endpoint_auth_method", json!("private_key_jwt")), "invalid_client_metadata", "jwks"),
        (
            with("id_token_signed_response_alg", json!("none")),
            "invalid_client_metadata",
            "id_token_signed_response_alg",
        ),
        (with("logo_uri", json!("ftp://app.example/logo.png")), "invalid_client_metadata", "logo_uri"),
        (with("scope", json!("openid unheard-of")), "invalid_client_metadata", "unheard-of"),
        (with("resources", json!(["https://unheard-of.example"])), "invalid_client_metadata", "unheard-of"),
        (with("jwks", json!({ "keys": [{ "kty": "oct", "k": "AA\0" }] })), "invalid_client_metadata", "NUL"),
        (json!([]), "invalid_client_metadata", "object"),
        (Value::Null, "invalid_client_metadata", "object"),
    ] {
        let description = app.register_in_vain(&metadata, error).await;
        assert!(description.contains(says), "{metadata} {description}");
    }
    let not_json = app.request("POST", "/oauth2/register", "{", &[("content-type", "application/json")]).await;
    not_json.refuses(400, "invalid_client_metadata");
    assert_eq!(app.events("client_registered").await.len(), 0);
    assert!(app.cx.store.all_clients().await.unwrap().is_empty());
}

/// RFC 7591 §2.3, RFC 7591 §3.2.2: nobody vouches for software here, and a statement is not passed over in silence.
#[actix_web::test]
async fn takes_no_software_statement() {
    let app = TestApp::start_with(OPEN).await;
    let statement = |value: Value| with("software_statement", value);
    let signed = "eyJhbGciOiJSUzI1NiJ9.eyJzb2Z0d2FyZV9pZCI6ImEifQ.GHfL4QNIrQwL18BSRdE595T9jbzqa06R9BT8w409x9oI";
    app.register(&statement(json!(signed))).await.refuses(400, "unapproved_software_statement");
    for wrong in [json!("a.b"), json!("a.b.c.d"), json!("a..c"), json!("{}"), json!(7), json!({})] {
        app.register(&statement(wrong)).await.refuses(400, "invalid_software_statement");
    }
    app.newcomer(&statement(Value::Null)).await;
}

/// RFC 7591 §3: a token lets in as many clients as it says, until it ends.
#[actix_web::test]
async fn lets_in_whoever_has_a_token() {
    let app = TestApp::start_with(BY_TOKEN).await;
    let answer = app.register(&web_app()).await;
    assert_eq!(answer.status, 401, "{}", answer.body);
    assert!(answer.header("www-authenticate").starts_with("Bearer realm="), "{:?}", answer.headers);
    let (token, secret) = app.initial_token(2).await;
    // What was refused for another reason uses nothing up.
    app.register_by(&secret, &with("redirect_uris", json!([]))).await.refuses(400, "invalid_redirect_uri");
    for _ in 0..2 {
        assert_eq!(app.register_by(&secret, &web_app()).await.status, 201);
    }
    app.register_by(&secret, &web_app()).await.refuses(401, "invalid_token");
    let event = &app.events("client_registered").await[0];
    assert_eq!(event.details["initial_access_token"], token.id.to_string());
    assert!(!app.everything().await.contains(&secret));

    let (_, ended) = app.initial_token(1).await;
    app.clock.advance(Duration::from_hours(1));
    let answer = app.register_by(&ended, &web_app()).await;
    answer.refuses(401, "invalid_token");
    assert!(answer.header("www-authenticate").contains("error=\"invalid_token\""));
    assert_eq!(app.events("registration_token_added").await.len(), 2);
}

/// RFC 8414 §2: it is told of where it does something.
#[actix_web::test]
async fn is_off_unless_it_is_wanted() {
    let off = TestApp::start().await;
    off.register(&web_app()).await.refuses(403, "access_denied");
    let (_, token) = off.initial_token(1).await;
    off.register_by(&token, &web_app()).await.refuses(403, "access_denied");
    let endpoint = |document: Value| document.get("registration_endpoint").cloned();
    assert_eq!(endpoint(off.get("/.well-known/openid-configuration").await.ok()), None);
    for mode in [OPEN, BY_TOKEN] {
        let app = TestApp::start_with(mode).await;
        for document in ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"] {
            let told = endpoint(app.get(document).await.ok());
            assert_eq!(told, Some(json!(format!("{}/oauth2/register", app.issuer))), "{mode}");
        }
        let answer = app.get("/oauth2/register").await;
        assert_eq!((answer.status, answer.header("allow")), (405, "POST"));
    }
}

/// RFC 7591 §5: people decide about what nobody has looked at, and are told so; what needs an approval still needs it.
#[actix_web::test]
async fn asks_people_and_admins_as_for_any_client() {
    let scopes = "[[scopes]]\nname = \"boats.read\"\ntext = \"See your boats\"\n\
        [[scopes]]\nname = \"boats.sell\"\ntext = \"Sell your boats\"\nneeds_approval = true\noptional = false\n";
    let app = TestApp::start_with(&format!("{OPEN}{scopes}")).await;
    app.person("ada").await;
    let newcomer = app.newcomer(&with("scope", json!("openid boats.read boats.sell"))).await;
    assert_eq!(newcomer.told["scope"], "openid boats.read boats.sell");
    for (scope, page) in [("openid boats.read", "/consent"), ("openid boats.sell", "/approval")] {
        let query = crate::support::form_encode(&[
            ("response_type", "code"),
            ("client_id", newcomer.id()),
            ("redirect_uri", REDIRECT_URI),
            ("scope", scope),
            ("code_challenge", crate::support::CHALLENGE),
            ("code_challenge_method", "S256"),
        ]);
        let browser = app.browser();
        let login = browser.open(&format!("/oauth2/authorize?{query}")).await;
        let next = browser.submit(&login, "form#login", &[("username", "ada"), ("password", PASSWORD)]).await;
        assert_eq!(next.url.path(), page, "{scope}: {}", next.answer.body);
        assert_eq!(next.answer.body.contains("has registered itself here"), page == "/consent", "{scope}");
    }
}

/// RFC 8707 §2: who registers for a scope of an API can ask for its tokens.
#[actix_web::test]
async fn reaches_the_apis_whose_scopes_it_has() {
    let settings = "[[scopes]]\nname = \"boats.read\"\ntext = \"See your boats\"\n\
        [[resources]]\nidentifier = \"https://boats.example\"\nscopes = [\"boats.read\"]\n\
        [[resources]]\nidentifier = \"https://other.example\"\n";
    let app = TestApp::start_with(&format!("{OPEN}{settings}")).await;
    let newcomer = app.newcomer(&with("scope", json!("openid boats.read"))).await;
    assert_eq!(newcomer.told["resources"], json!(["https://boats.example"]));
    assert_eq!(app.newcomer(&web_app()).await.told["resources"], json!([]));
    let named = app.newcomer(&with("resources", json!(["https://other.example"]))).await;
    assert_eq!(named.told["resources"], json!(["https://other.example"]));
}

/// RFC 9700 §2.1.1: whether a client that can prove who it is has to use PKCE, the operator says; whoever cannot always has
/// to.
#[actix_web::test]
async fn demands_pkce_unless_the_operator_does_not() {
    let require = |value: bool| with("require_pkce", json!(value));
    let strict = TestApp::start_with(OPEN).await;
    assert_eq!(strict.newcomer(&require(false)).await.told["require_pkce"], true);
    let lax = TestApp::start_with(&format!("{OPEN}registration.require_pkce = false\n")).await;
    for (metadata, expected) in [
        (web_app(), false),
        (require(true), true),
        (require(false), false),
        (with("token_endpoint_auth_method", json!("none")), true),
    ] {
        assert_eq!(lax.newcomer(&metadata).await.told["require_pkce"], expected, "{metadata}");
    }
}

/// What nobody uses is removed, once; what somebody has used stays.
#[actix_web::test]
async fn removes_what_nobody_uses() {
    let app = TestApp::start_with(&format!("{OPEN}registration.unused_lifetime = \"2h\"\n")).await;
    let ada = app.person("ada").await;
    let (used, unused) = (app.newcomer(&web_app()).await, app.newcomer(&web_app()).await);
    let operators = app.web_app().await;
    app.tokens(&used.client(), ada, Allowed::default()).await;
    let remove = async || remove_unused(&app.cx.store, &*app.cx.entropy, 1, app.cx.now()).await.unwrap();
    app.clock.advance(Duration::from_hours(2));
    assert_eq!(remove().await, 0, "not a moment too early");
    app.clock.advance(Duration::from_millis(1));
    assert_eq!((remove().await, remove().await), (1, 0));
    let left: Vec<_> = app.cx.store.all_clients().await.unwrap().into_iter().map(|client| client.id.0).collect();
    assert!(left.contains(&used.id().to_owned()) && left.contains(&operators.id), "{left:?}");
    assert!(!left.contains(&unused.id().to_owned()));
    let events = app.events("client_deleted").await;
    let [event] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!((event.actor.as_str(), &event.details["because"]), ("system", &json!("unused")));
    app.manage("GET", unused.id(), unused.token(), &Value::Null).await.refuses(401, "invalid_token");
    app.tokens(&used.client(), ada, Allowed::default()).await;
}
