//! Tokens that are bound to the certificate of their client (RFC 8705 §3, RFC 8705 §4).

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{
    ACCESS_TOKEN, Allowed, Certified, DEVICE_GRANT, EXCHANGE, MutualTls, REDIRECT_URI, TestClient, VERIFIER, answer,
    claims,
};

const API: &str = "https://api.example";

fn cnf(certificate: &Certified) -> Value {
    json!({ "x5t#S256": certificate.thumbprint() })
}

async fn introspect(server: &MutualTls, client: &str, token: &str, certificate: &Certified) -> Value {
    server.post("/oauth2/introspect", &[("client_id", client), ("token", token)], Some(certificate)).await.ok()
}

/// RFC 8705 §3.1, RFC 8705 §3.2: the thumbprint, in the token and in what is told of it, whatever its form.
#[actix_web::test]
async fn says_to_which_certificate_a_token_is_bound() {
    let server = MutualTls::start_with(&format!(
        "[[scopes]]\nname = \"read\"\ntext = \"Read\"\n[[resources]]\nidentifier = \"{API}\"\nscopes = [\"read\"]\n\
         access_token_format = \"opaque\"\n"
    ))
    .await;
    let bound = json!({
        "tls_client_certificate_bound_access_tokens": true, "scope": "read", "resources": [API],
    });
    server.robot(bound).await;
    server.robot(json!({ "client_id": "free", "scope": "read", "resources": [API] })).await;
    let (certificate, renewed) = (server.authority.certify("robot"), server.authority.certify("robot"));
    for shown in [&certificate, &renewed] {
        for opaque in [true, false] {
            let mut form = vec![("grant_type", "client_credentials"), ("client_id", "robot")];
            form.extend(opaque.then_some(("resource", API)));
            let token = server.post("/oauth2/token", &form, Some(shown)).await.ok();
            let token = token["access_token"].as_str().unwrap();
            assert_eq!(token.starts_with("clv_at_"), opaque);
            if !opaque {
                assert_eq!(claims(token)["cnf"], cnf(shown));
            }
            assert_eq!(introspect(&server, "robot", token, &certificate).await["cnf"], cnf(shown));
        }
    }
    let token = server.token("free", Some(&certificate)).await.ok();
    let told = introspect(&server, "free", token["access_token"].as_str().unwrap(), &certificate).await;
    assert_eq!((&told["active"], told.get("cnf")), (&json!(true), None));
}

/// RFC 8705 §3: a client that shall have bound tokens and comes without a certificate gets none, whatever the grant.
#[actix_web::test]
async fn gives_no_free_token_where_a_bound_one_is_due() {
    let server = MutualTls::start().await;
    let machine = json!({
        "client_id": "machine", "grant_types": ["client_credentials"], "response_types": [], "scope": "read",
        "tls_client_certificate_bound_access_tokens": true,
    });
    let machine = server.app.client(machine).await;
    let form = [("grant_type", "client_credentials")];
    let answer = server.app.token(&machine, &form).await;
    answer.refuses(400, "invalid_request");
    assert!(answer.body.contains("mutual TLS"), "{}", answer.body);
    let basic = format!("authorization: {}", machine.basic());
    let certificate = Certified::self_signed("anybody");
    let form = Some("grant_type=client_credentials".to_owned());
    let token = server.curl("/oauth2/token", form, &[&basic], Some(&certificate)).await.ok();
    assert_eq!(claims(token["access_token"].as_str().unwrap())["cnf"], cnf(&certificate));
}

/// An app on a person's device: it has no secret, and makes its certificate itself.
async fn public_app(server: &MutualTls) -> TestClient {
    let metadata = json!({
        "client_id": "app", "redirect_uris": [REDIRECT_URI], "token_endpoint_auth_method": "none",
        "grant_types": ["authorization_code", "refresh_token"], "scope": "openid profile email offline_access",
        "tls_client_certificate_bound_access_tokens": true,
    });
    server.app.client(metadata).await
}

async fn redeem(server: &MutualTls, code: &str, certificate: Option<&Certified>) -> crate::support::Answer {
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", "app"),
        ("code", code),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", VERIFIER),
    ];
    server.post("/oauth2/token", &form, certificate).await
}

async fn refresh(server: &MutualTls, token: &Value, certificate: Option<&Certified>) -> crate::support::Answer {
    let form = [("grant_type", "refresh_token"), ("client_id", "app"), ("refresh_token", token.as_str().unwrap())];
    server.post("/oauth2/token", &form, certificate).await
}

/// RFC 8705 §3, RFC 8705 §4: codes and refresh tokens of a public client give tokens for its certificate alone.
#[actix_web::test]
async fn binds_what_a_person_allowed_to_the_certificate_of_the_app() {
    let server = MutualTls::start().await;
    let (client, person) = (public_app(&server).await, server.app.person("ada").await);
    let code = server.app.code(&client, person, Allowed::default()).await;
    let own = Certified::self_signed("device");
    // Without a certificate nothing is used up.
    redeem(&server, &code, None).await.refuses(400, "invalid_request");
    let tokens = redeem(&server, &code, Some(&own)).await.ok();
    assert_eq!(claims(tokens["access_token"].as_str().unwrap())["cnf"], cnf(&own));
    assert_eq!(claims(tokens["id_token"].as_str().unwrap()).get("cnf"), None);

    let first = &tokens["refresh_token"];
    for other in [None, Some(&Certified::self_signed("device"))] {
        refresh(&server, first, other).await.refuses(400, "invalid_grant");
    }
    let next = refresh(&server, first, Some(&own)).await.ok();
    assert_eq!(claims(next["access_token"].as_str().unwrap())["cnf"], cnf(&own));
    refresh(&server, &next["refresh_token"], Some(&own)).await.ok();
}

/// RFC 8705 §4: a client that authenticates by its certificate may come with a new one.
#[actix_web::test]
async fn lets_a_client_that_authenticates_renew_its_certificate() {
    let server = MutualTls::start().await;
    let metadata = json!({
        "client_id": "app", "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
        "redirect_uris": [REDIRECT_URI], "scope": "openid profile email offline_access",
        "tls_client_certificate_bound_access_tokens": true,
    });
    let (client, person) = (server.robot(metadata).await, server.app.person("ada").await);
    let code = server.app.code(&client, person, Allowed::default()).await;
    let tokens = redeem(&server, &code, Some(&server.authority.certify("robot"))).await.ok();
    let renewed = server.authority.certify("robot");
    let next = refresh(&server, &tokens["refresh_token"], Some(&renewed)).await.ok();
    assert_eq!(claims(next["access_token"].as_str().unwrap())["cnf"], cnf(&renewed));
}

/// RFC 8705 §3: `UserInfo` takes a bound token with its certificate.
#[actix_web::test]
async fn takes_a_bound_token_with_its_certificate() {
    let server = MutualTls::start().await;
    let (client, person) = (public_app(&server).await, server.app.person("ada").await);
    let code = server.app.code(&client, person, Allowed::default()).await;
    let own = Certified::self_signed("device");
    let tokens = redeem(&server, &code, Some(&own)).await.ok();
    let bearer = format!("authorization: Bearer {}", tokens["access_token"].as_str().unwrap());
    let told = server.get("/oauth2/userinfo", &[&bearer], Some(&own)).await.ok();
    assert_eq!(told["sub"], json!(person));
}

/// RFC 8705 §3, RFC 8628 §3.4: what a person allowed a device is bound as well, and waits until the certificate comes.
#[actix_web::test]
async fn binds_what_a_device_is_given() {
    let server = MutualTls::start().await;
    let television = server.app.television_with(json!({ "tls_client_certificate_bound_access_tokens": true })).await;
    let device = server.app.asking(&television, "openid offline_access").await;
    let (_, browser) = server.app.at_home("ada").await;
    answer(&browser, &device, "allow").await;
    server.app.poll(&device).await.refuses(400, "invalid_request");
    server.app.clock.advance(Duration::from_mins(1));
    let own = Certified::self_signed("device");
    let form = [("grant_type", DEVICE_GRANT), ("client_id", "tv"), ("device_code", &device.device_code)];
    let tokens = server.post("/oauth2/token", &form, Some(&own)).await.ok();
    assert_eq!(claims(tokens["access_token"].as_str().unwrap())["cnf"], cnf(&own));
    let refresh = [("refresh_token", tokens["refresh_token"].as_str().unwrap()), ("grant_type", "refresh_token")];
    server.app.token(&television, &refresh).await.refuses(400, "invalid_grant");
}

/// RFC 8705 §3, RFC 8693 §5: what is given for a bound token is bound as well, and given to whoever has its certificate; a
/// client that shall have bound tokens gets no other by an exchange either.
#[actix_web::test]
async fn sets_no_token_free_by_an_exchange() {
    let server = MutualTls::start_with(&format!(
        "[[scopes]]\nname = \"read\"\ntext = \"Read\"\n[[resources]]\nidentifier = \"{API}\"\nscopes = [\"read\"]\n"
    ))
    .await;
    let grants = json!(["client_credentials", EXCHANGE]);
    let members = json!({
        "grant_types": grants, "scope": "read", "resources": [API], "tls_client_certificate_bound_access_tokens": true,
    });
    server.robot(members).await;
    server.robot(json!({ "client_id": "free", "scope": "read", "resources": [API] })).await;
    let serving = async |id: &str, is_bound: bool| {
        let metadata = json!({
            "client_id": id, "grant_types": grants, "response_types": [], "resource_server_of": [API],
            "token_endpoint_auth_method": "client_secret_post",
            "tls_client_certificate_bound_access_tokens": is_bound,
        });
        server.app.client(metadata).await
    };
    let (gateway, strict) = (serving("gateway", false).await, serving("strict", true).await);
    let (certificate, renewed) = (server.authority.certify("robot"), server.authority.certify("robot"));
    let issued = async |client: &str| {
        let form = [("grant_type", "client_credentials"), ("client_id", client), ("resource", API)];
        let token = server.post("/oauth2/token", &form, Some(&certificate)).await.ok();
        token["access_token"].as_str().unwrap().to_owned()
    };
    let exchange = async |client: &str, secret: Option<&str>, token: &str, shown: Option<&Certified>| {
        let mut form = vec![
            ("grant_type", EXCHANGE),
            ("client_id", client),
            ("subject_token", token),
            ("subject_token_type", ACCESS_TOKEN),
        ];
        form.extend(secret.map(|secret| ("client_secret", secret)));
        server.post("/oauth2/token", &form, shown).await
    };
    let bound_to =
        |answer: &crate::support::Answer| claims(answer.ok()["access_token"].as_str().unwrap()).get("cnf").cloned();
    let (bound, free) = (issued("robot").await, issued("free").await);

    let given = exchange("robot", None, &bound, Some(&certificate)).await;
    assert_eq!(bound_to(&given), Some(cnf(&certificate)));
    exchange("robot", None, &bound, Some(&renewed)).await.refuses(400, "invalid_request");
    for shown in [None, Some(&renewed)] {
        let answer = exchange("gateway", Some(&gateway.secret), &bound, shown).await;
        answer.refuses(400, "invalid_request");
    }
    assert_eq!(bound_to(&exchange("gateway", Some(&gateway.secret), &free, None).await), None);
    exchange("strict", Some(&strict.secret), &free, None).await.refuses(400, "invalid_request");
    let given = exchange("strict", Some(&strict.secret), &free, Some(&renewed)).await;
    assert_eq!(bound_to(&given), Some(cnf(&renewed)));
}
