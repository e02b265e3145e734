//! Claims beyond the standard ones, by rules of the settings.

use std::time::Duration;

use claviger::store::Role;
use serde_json::{Value, json};

use crate::support::{API, Allowed, DEPARTMENT, OWN_CLAIMS, REDIRECT_URI, TestApp, TestClient, claims, enter};

const OWN: [&str; 6] = [DEPARTMENT, "groups", "roles", "tenant", "shoe_size", "berth"];

fn employee<'a>() -> Allowed<'a> {
    Allowed { scope: "openid employee offline_access", ..Allowed::default() }
}

fn text<'a>(tokens: &'a Value, name: &str) -> &'a str {
    tokens[name].as_str().unwrap()
}

/// What of all that is told is told by rules.
fn own(told: &Value) -> Value {
    let own = OWN.into_iter().filter_map(|name| Some((name.to_owned(), told.get(name)?.clone())));
    Value::Object(own.collect())
}

async fn introspected(app: &TestApp, client: &TestClient, token: &str) -> Value {
    let authorization = client.basic();
    app.post_with("/oauth2/introspect", &[("token", token)], &[("authorization", &authorization)]).await.ok()
}

/// RFC 9068 §2.2.2: each claim is told where its rule says so, everywhere the same; an opaque token is known by introspection.
#[actix_web::test]
async fn tells_each_claim_where_its_rule_says() {
    let app = TestApp::start_with(OWN_CLAIMS).await;
    let (client, ada) = (app.app_for_employees("app").await, app.add_person("ada", Some(Role::Support)).await);
    app.know_of(ada, json!({"department": "Engineering", "shoe_size": 38, "unheard_of": true})).await;
    app.group_with("Harbour crew", ada).await;
    app.group_with("Admirals", ada).await;
    let tokens = app.tokens(&client, ada, employee()).await;
    let everywhere = json!({DEPARTMENT: "Engineering", "groups": ["Admirals", "Harbour crew"], "tenant": "harbour"});
    let mut with_roles = everywhere.clone();
    with_roles["roles"] = json!(["support"]);
    let access_token = text(&tokens, "access_token");
    assert_eq!(own(&claims(text(&tokens, "id_token"))), everywhere);
    assert_eq!(own(&app.userinfo(access_token).await.ok()), with_roles);
    assert_eq!(own(&claims(access_token)), with_roles);
    assert_eq!(own(&introspected(&app, &client, access_token).await), with_roles);

    let opaque = app.tokens(&client, ada, Allowed { resources: &[API], ..employee() }).await;
    let opaque = text(&opaque, "access_token");
    assert!(!opaque.contains('.'), "{opaque}");
    assert_eq!(own(&introspected(&app, &client, opaque).await), with_roles);
    for place in [claims(text(&tokens, "id_token")), claims(access_token), app.userinfo(access_token).await.ok()] {
        assert_eq!((place.get("unheard_of"), place.get("attributes")), (None, None), "{place}");
    }
}

/// OIDC Core §5.3.2: nothing is told without the scope, to a client for which the rule is not, or of a person of whom nothing
/// is known.
#[actix_web::test]
async fn tells_nothing_that_is_not_released() {
    let app = TestApp::start_with(OWN_CLAIMS).await;
    let (client, ada) = (app.app_for_employees("app").await, app.person("ada").await);
    let other = app.app_for_employees("other").await;
    app.know_of(ada, json!({"department": "Engineering", "shoe_size": 38})).await;
    for (client, scope, expected) in [
        (&client, "openid", json!({})),
        (&client, "openid profile", json!({"shoe_size": 38})),
        (&client, "openid employee", json!({DEPARTMENT: "Engineering", "tenant": "harbour"})),
        (&other, "openid employee", json!({DEPARTMENT: "Engineering"})),
    ] {
        let tokens = app.tokens(client, ada, Allowed { scope, ..Allowed::default() }).await;
        let access_token = text(&tokens, "access_token");
        assert_eq!(own(&app.userinfo(access_token).await.ok()), expected, "{} {scope}", client.id);
        let mut in_tokens = expected;
        in_tokens.as_object_mut().unwrap().remove("shoe_size");
        for told in [claims(access_token), claims(text(&tokens, "id_token"))] {
            assert_eq!(own(&told), in_tokens, "{} {scope}", client.id);
        }
        assert_eq!(own(&introspected(&app, client, access_token).await), in_tokens, "{} {scope}", client.id);
    }
}

/// RFC 8707 §2.2: a token that is cut to its audience tells no more than the scope that is left.
#[actix_web::test]
async fn tells_an_api_nothing_by_scopes_of_another() {
    let app = TestApp::start_with(OWN_CLAIMS).await;
    let (client, ada) = (app.app_for_employees("app").await, app.person("ada").await);
    app.know_of(ada, json!({"berth": "B7"})).await;
    let issuer = app.issuer.clone();
    let crew = || Allowed { scope: "openid crew", ..Allowed::default() };
    let here = app.tokens(&client, ada, Allowed { resources: &[&issuer], ..crew() }).await;
    let token = text(&here, "access_token");
    assert_eq!((own(&claims(token)), own(&app.userinfo(token).await.ok())), (json!({}), json!({})));
    let there = app.tokens(&client, ada, Allowed { resources: &[API], ..crew() }).await;
    assert_eq!(own(&introspected(&app, &client, text(&there, "access_token")).await), json!({"berth": "B7"}));
}

/// OIDC Core §12.2: after a refresh everything is told as it is by then: another department, a group left, a role taken.
#[actix_web::test]
async fn tells_after_a_refresh_what_has_become_of_the_person() {
    let app = TestApp::start_with(OWN_CLAIMS).await;
    let (client, ada) = (app.app_for_employees("app").await, app.add_person("ada", Some(Role::Auditor)).await);
    app.know_of(ada, json!({"department": "Engineering"})).await;
    let (first, second) = (app.group_with("Admirals", ada).await, app.group_with("Crew", ada).await);
    let tokens = app.tokens(&client, ada, employee()).await;
    assert_eq!(claims(text(&tokens, "access_token"))["groups"], json!(["Admirals", "Crew"]));
    app.leave_group(first, ada).await;
    app.know_of(ada, json!({"department": "Sales"})).await;
    let now = app.cx.now();
    let taken =
        app.cx.store.write(move |tx| Box::pin(async move { tx.set_role(ada, Some(Role::Auditor), None, now).await }));
    assert!(taken.await.unwrap());
    let again = app.refresh(&client, text(&tokens, "refresh_token")).await.ok();
    for told in [claims(text(&again, "id_token")), claims(text(&again, "access_token"))] {
        assert_eq!(own(&told), json!({DEPARTMENT: "Sales", "groups": ["Crew"], "tenant": "harbour"}));
    }
    // Whoever asks us learns it also by the token of before.
    let told = app.userinfo(text(&tokens, "access_token")).await.ok();
    assert_eq!(own(&told), json!({DEPARTMENT: "Sales", "groups": ["Crew"], "tenant": "harbour"}));
    app.leave_group(second, ada).await;
    app.know_of(ada, json!({})).await;
    app.clock.advance(Duration::from_mins(1));
    let last = app.refresh(&client, text(&again, "refresh_token")).await.ok();
    assert_eq!(own(&claims(text(&last, "id_token"))), json!({"tenant": "harbour"}));
}

/// Whoever is in groups by the dozen can still be signed in: groups that would burst a token are told where one asks.
#[actix_web::test]
async fn tells_very_many_groups_outside_of_tokens() {
    let app = TestApp::start_with(OWN_CLAIMS).await;
    let (client, ada) = (app.app_for_employees("app").await, app.person("ada").await);
    for number in 0..70 {
        app.group_with(&format!("{number:064}"), ada).await;
    }
    let tokens = app.tokens(&client, ada, employee()).await;
    let access_token = text(&tokens, "access_token");
    for told in [claims(access_token), claims(text(&tokens, "id_token"))] {
        assert_eq!(own(&told), json!({"tenant": "harbour"}));
    }
    for told in [app.userinfo(access_token).await.ok(), introspected(&app, &client, access_token).await] {
        assert_eq!(told["groups"].as_array().unwrap().len(), 70);
    }
}

/// RFC 6749 §6: a refresh that asks for less is told less.
#[actix_web::test]
async fn tells_less_where_the_scope_was_narrowed() {
    let app = TestApp::start_with(OWN_CLAIMS).await;
    let (client, ada) = (app.app_for_employees("app").await, app.person("ada").await);
    app.know_of(ada, json!({"department": "Engineering"})).await;
    let tokens = app.tokens(&client, ada, employee()).await;
    let form =
        [("grant_type", "refresh_token"), ("refresh_token", text(&tokens, "refresh_token")), ("scope", "openid")];
    let narrow = app.token(&client, &form).await.ok();
    for told in [
        claims(text(&narrow, "id_token")),
        claims(text(&narrow, "access_token")),
        app.userinfo(text(&narrow, "access_token")).await.ok(),
    ] {
        assert_eq!(own(&told), json!({}));
    }
}

/// RFC 8628 §3.5: a device is told what a browser would be.
#[actix_web::test]
async fn tells_a_device_too() {
    let app = TestApp::start_with(OWN_CLAIMS).await;
    let tv = app.television_with(json!({"scope": "openid employee"})).await;
    let (ada, browser) = app.at_home("ada").await;
    app.know_of(ada, json!({"department": "Engineering"})).await;
    let device = app.asking(&tv, "openid employee").await;
    let allowed = [("decision", "allow"), ("scope", "employee")];
    let question = enter(&browser, &device.user_code).await;
    assert!(question.text("form#consent").contains("See your department"), "{}", question.answer.body);
    browser.submit(&question, "form#consent", &allowed).await;
    let tokens = app.poll(&device).await.ok();
    assert_eq!(own(&claims(text(&tokens, "id_token"))), json!({DEPARTMENT: "Engineering"}));
    assert_eq!(own(&claims(text(&tokens, "access_token"))), json!({DEPARTMENT: "Engineering"}));
}

/// RFC 8693 §2.2.1: an app that hands a token on hands on nothing of this.
#[actix_web::test]
async fn tells_nothing_to_whom_a_token_was_handed_on() {
    let app = TestApp::start_with(OWN_CLAIMS).await;
    let (client, ada) = (app.app_for_employees("app").await, app.person("ada").await);
    app.know_of(ada, json!({"department": "Engineering"})).await;
    let exchange = "urn:ietf:params:oauth:grant-type:token-exchange";
    let gateway = app
        .client(json!({
            "client_id": "gateway", "grant_types": [exchange], "response_types": [],
            "resource_server_of": [app.issuer],
        }))
        .await;
    let tokens = app.tokens(&client, ada, Allowed { scope: "openid employee", ..Allowed::default() }).await;
    let form = [
        ("grant_type", exchange),
        ("subject_token", text(&tokens, "access_token")),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
    ];
    let given = app.token(&gateway, &form).await.ok();
    let given = text(&given, "access_token");
    assert_eq!(claims(given)["scope"], "employee");
    assert_eq!(own(&claims(given)), json!({}));
    assert_eq!(own(&introspected(&app, &gateway, given).await), json!({}));
}

/// Machines speak for nobody of whom there is something to tell.
#[actix_web::test]
async fn tells_nothing_of_machines() {
    let app = TestApp::start_with(OWN_CLAIMS).await;
    let machine = app
        .client(json!({
            "client_id": "app", "grant_types": ["client_credentials"], "response_types": [], "scope": "employee",
        }))
        .await;
    let tokens = app.token(&machine, &[("grant_type", "client_credentials")]).await.ok();
    let token = text(&tokens, "access_token");
    assert_eq!(claims(token)["scope"], "employee");
    assert_eq!((own(&claims(token)), own(&introspected(&app, &machine, token).await)), (json!({}), json!({})));
}

/// OIDC Core §5.3.2: they stand in a signed answer too, and displace nothing of it.
#[actix_web::test]
async fn tells_them_in_signed_answers() {
    let app = TestApp::start_with(OWN_CLAIMS).await;
    let (client, ada) = (app.app_for_employees("app").await, app.person("ada").await);
    app.update_client(
        &client,
        json!({
            "redirect_uris": [REDIRECT_URI], "scope": "openid employee", "userinfo_signed_response_alg": "ES256",
        }),
    )
    .await;
    app.know_of(ada, json!({"department": "Engineering"})).await;
    let tokens = app.tokens(&client, ada, Allowed { scope: "openid employee", ..Allowed::default() }).await;
    let told = claims(&app.userinfo(text(&tokens, "access_token")).await.body);
    assert_eq!(own(&told), json!({DEPARTMENT: "Engineering", "tenant": "harbour"}));
    assert_eq!((&told["sub"], &told["iss"], &told["aud"]), (&json!(ada), &json!(app.issuer), &json!("app")));
}

/// OpenID Connect Discovery, section 3: what everybody may be told is named, what is for certain clients is not.
#[actix_web::test]
async fn names_in_discovery_what_everybody_may_be_told() {
    let app = TestApp::start_with(OWN_CLAIMS).await;
    let document = app.get("/.well-known/openid-configuration").await.ok();
    let named = |name: &str| document["claims_supported"].as_array().unwrap().contains(&json!(name));
    assert!([DEPARTMENT, "groups", "roles", "shoe_size", "sub", "email"].into_iter().all(named), "{document}");
    assert!(!named("tenant"));
}
