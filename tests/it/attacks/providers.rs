//! Attacks on sign-in through other providers: answers that are forged, replayed or of somebody else, tokens that prove nothing,
//! and above all an account taken over by an address that nobody has verified.

use claviger::protocol::claims::StandardClaims;
use serde_json::{Value, json};

use super::scene::*;
use crate::support::{Browser, FakeProvider, MAILBOX, PROVIDER_SECRET, Page, REACH_LOOPBACK, SigningKey, TestApp};

/// After a provider could not be asked, it is asked again.
const A_PAUSE: std::time::Duration = std::time::Duration::from_secs(6);

const BY_ADDRESS: &str = "link = \"verified_email\"\n";

/// A server at which ada has an account, with the provider `harbour`.
async fn server(more: &str) -> (FakeProvider, TestApp) {
    let provider = FakeProvider::start();
    let settings = format!("people.registration = \"open\"\n{REACH_LOOPBACK}{}", provider.section("harbour", more));
    let app = TestApp::start_with(&settings).await;
    app.person("ada").await;
    (provider, app)
}

#[track_caller]
fn nobody_is_signed_in(page: &Page, status: u16, what: &str) {
    assert_eq!(page.answer.status, status, "{what}: {}", page.answer.body);
    assert!(page.has("a#back") && !page.has("form#logout"), "{what}: {}", page.answer.body);
    assert!(page.set_cookies.iter().all(|cookie| !cookie.starts_with("claviger-session")), "{what}");
}

async fn begun(browser: &Browser) -> url::Url {
    let page = browser.open("/login").await;
    FakeProvider::begin(browser, &page, "harbour").await
}

/// RFC 9207 §2.4, RFC 9700 §4.4: an answer of another server, or one that does not say whose it is although it should.
#[actix_web::test]
async fn mixes_up_the_provider_that_answers() {
    let (provider, app) = server(BY_ADDRESS).await;
    for iss in [&[("iss", "https://evil.example")][..], &[("iss", "")], &[]] {
        let browser = app.browser();
        let there = begun(&browser).await;
        let back = provider.way_back_with(&there, &[&[("code", "c")], iss].concat());
        nobody_is_signed_in(&browser.open(&back).await, 502, &format!("{iss:?}"));
    }
    assert!(provider.redeemed().is_empty(), "no code of another server is sent there");
}

/// RFC 9700 §4.4.2: what was begun at one provider, answered at the address of another.
#[actix_web::test]
async fn brings_the_answer_of_one_provider_to_the_address_of_another() {
    let (provider, other) = (FakeProvider::start(), FakeProvider::start());
    let sections = [provider.section("harbour", BY_ADDRESS), other.section("tides", BY_ADDRESS)].concat();
    let app = TestApp::start_with(&format!("{REACH_LOOPBACK}{sections}")).await;
    app.person("ada").await;
    let browser = app.browser();
    let back = provider.way_back(&begun(&browser).await).replace("/harbour/", "/tides/");
    nobody_is_signed_in(&browser.open(&back).await, 400, "tides");
    assert!(other.redeemed().is_empty() && provider.redeemed().is_empty());
}

/// RFC 6749 §10.12, RFC 9700 §4.7: an answer that this browser did not ask for: none at all, a forged state, another browser's.
#[actix_web::test]
async fn makes_a_browser_take_an_answer_that_it_did_not_ask_for() {
    let (provider, app) = server(BY_ADDRESS).await;
    let (eve, ada) = (app.browser(), app.browser());
    let of_eve = provider.way_back(&begun(&eve).await);
    nobody_is_signed_in(&ada.open(&of_eve).await, 400, "the state of eve, in a browser that began nothing");
    let there = begun(&ada).await;
    nobody_is_signed_in(&ada.open(&of_eve).await, 400, "the state of eve, in a browser that began something else");
    for state in ["", "x", "../../x", "a; Path=/"] {
        let back = format!("/login/providers/harbour/callback?{}", form(&[("state", state), ("code", "c")]));
        nobody_is_signed_in(&ada.open(&back).await, 400, state);
    }
    // Even with the name of her cookie, its content is none that eve could make.
    let name = format!("claviger-provider-{}", &of_state(&of_eve)[..8]);
    ada.set_cookie(&name, Some(&ada.cookie(&format!("claviger-provider-{}", &of_state(there.as_str())[..8])).unwrap()));
    nobody_is_signed_in(&ada.open(&of_eve).await, 400, "her own beginning under the name of eve's");
    assert!(provider.redeemed().is_empty());
}

fn form(pairs: &[(&str, &str)]) -> String {
    crate::support::form_encode(pairs)
}

fn of_state(url: &str) -> String {
    let url = url::Url::parse(url).unwrap();
    url.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned()
}

/// RFC 9700 §4.5, RFC 6749 §10.5: the same answer a second time, also with the cookie as it was; and one that comes late.
#[actix_web::test]
async fn replays_an_answer() {
    let (provider, app) = server(BY_ADDRESS).await;
    let browser = app.browser();
    let there = begun(&browser).await;
    let name = format!("claviger-provider-{}", &of_state(there.as_str())[..8]);
    let kept = browser.cookie(&name).unwrap();
    let back = provider.way_back(&there);
    assert!(browser.open(&back).await.has("form#logout"));
    assert_eq!(browser.cookie(&name), None);
    let thief = app.browser();
    thief.set_cookie(&name, Some(&kept));
    nobody_is_signed_in(&thief.open(&back).await, 400, "again");
    assert_eq!(provider.redeemed().len(), 1);
    let late = app.browser();
    provider.says(|says| says.claims = json!({}));
    let back = provider.way_back(&begun(&late).await);
    app.clock.advance(std::time::Duration::from_mins(16));
    nobody_is_signed_in(&late.open(&back).await, 400, "late");
}

/// OIDC Core §3.1.3.7, RFC 8725 §3.1, §3.8: an ID token that proves nothing: unsigned, under the client secret or a foreign key,
/// of another sign-in, for somebody else, of another issuer, expired; or a `UserInfo` of somebody else.
#[actix_web::test]
async fn brings_a_token_that_proves_nothing() {
    let (provider, app) = server(BY_ADDRESS).await;
    let now = app.cx.now().seconds();
    for (what, claims) in [
        ("the nonce of another sign-in", json!({ "nonce": "x" })),
        ("no nonce", json!({ "nonce": Value::Null })),
        ("for another client", json!({ "aud": "another" })),
        ("for another client, too", json!({ "aud": ["claviger", "another"] })),
        ("of another issuer", json!({ "iss": "https://evil.example" })),
        ("expired", json!({ "exp": now })),
        ("of another access token", json!({ "at_hash": "AAAAAAAAAAAAAAAAAAAAAA" })),
        ("of nobody", json!({ "sub": "" })),
        ("of somebody whom UserInfo does not know", json!({ "sub": "there-2" })),
    ] {
        let browser = app.browser();
        let there = begun(&browser).await;
        provider.says(|says| says.claims = claims);
        nobody_is_signed_in(&browser.open(&provider.way_back(&there)).await, 502, what);
    }
    provider.says(|says| says.claims = json!({}));
    let honest = |provider: &FakeProvider, nonce: &str| {
        let issuer = provider.issuer.clone();
        json!({ "iss": issuer, "sub": "there-1", "aud": "claviger", "iat": now, "exp": now + 600, "nonce": nonce })
    };
    for what in ["none", "HS256", "ES256"] {
        let browser = app.browser();
        let there = begun(&browser).await;
        let nonce = there.query_pairs().find(|(name, _)| name == "nonce").unwrap().1.into_owned();
        let claims = honest(&provider, &nonce);
        let key = match what {
            "HS256" => SigningKey::Secret(PROVIDER_SECRET.as_bytes().to_vec()),
            _ => SigningKey::p256(),
        };
        let mut token = key.sign(&json!({ "alg": what, "kid": "k" }), &claims);
        if what == "none" {
            token.truncate(token.rfind('.').unwrap() + 1);
        }
        provider.says(|says| says.id_token = Some(token));
        nobody_is_signed_in(&browser.open(&provider.way_back(&there)).await, 502, what);
    }
    // The same claims under the right key are taken.
    provider.says(|says| says.id_token = None);
    assert!(provider.sign_in(&app.browser(), "harbour").await.has("form#logout"));
}

/// RFC 9700 §4.4, OIDC Core §5.7: eve has the address of ada at a provider that has not verified it, or does not say so.
#[actix_web::test]
async fn takes_over_an_account_by_an_address_that_was_not_verified() {
    let (provider, app) = server(BY_ADDRESS).await;
    for verified in [json!(false), json!("false"), json!(1), Value::Null] {
        provider.says(|says| says.userinfo["email_verified"] = verified.clone());
        let page = provider.sign_in(&app.browser(), "harbour").await;
        assert!(!page.has("form#logout"), "{verified}: {}", page.answer.body);
        assert!(!page.answer.body.contains("ada@example.com"), "{verified}: not even that she is known is told");
    }
    // That one address was verified says nothing of another.
    provider.says(|says| {
        says.claims = json!({ "email": "eve@evil.example", "email_verified": true });
        says.userinfo = json!({ "sub": "there-1", "email": "ada@example.com" });
    });
    let browser = app.browser();
    let page = provider.sign_in(&browser, "harbour").await;
    assert!(page.has("form#provider-register") && !page.answer.body.contains("ada@example.com"));
    // Nor does an account that she makes have it.
    browser.submit(&page, "form#provider-register", &[("username", "eve")]).await;
    assert_eq!(app.cx.store.person_by_login("eve").await.unwrap().unwrap().claims.email, None);
    assert!(app.events("provider_linked").await.iter().all(|event| event.details["provider"] == "harbour"));
    let ada = app.cx.store.person_by_login("ada").await.unwrap().unwrap();
    assert!(app.cx.store.provider_accounts_of(ada.id).await.unwrap().is_empty());
}

/// RFC 9700 §4.4: eve has made an account here with the address of ada, which nobody has verified, and waits for ada to come
/// through the provider; or the settings do not link by addresses at all.
#[actix_web::test]
async fn waits_in_an_account_with_an_address_of_somebody_else() {
    let (provider, app) = server(BY_ADDRESS).await;
    let eve = app.person("eve").await;
    let mut person = app.cx.store.person(eve).await.unwrap().unwrap();
    person.claims = StandardClaims {
        email: Some("victim@example.com".to_owned()),
        email_verified: Some(false),
        ..StandardClaims::default()
    };
    app.cx.store.write(move |tx| Box::pin(async move { tx.update_person(&person).await })).await.unwrap();
    provider.says_address("victim@example.com", true);
    nobody_is_signed_in(
        &provider.sign_in(&app.browser(), "harbour").await,
        409,
        "an address that we have not verified",
    );
    let (provider, app) = server("").await;
    provider.says_address("ada@example.com", true);
    nobody_is_signed_in(&provider.sign_in(&app.browser(), "harbour").await, 409, "link = never");
}

/// Eve links an account of hers elsewhere with one that has the address of ada; ada recovers it, and eve comes back.
#[actix_web::test]
async fn comes_back_by_a_provider_after_the_owner_of_the_address_has_recovered_the_account() {
    let provider = FakeProvider::start();
    let settings = format!("{MAILBOX}\n{REACH_LOOPBACK}{}", provider.section("harbour", ""));
    let app = TestApp::start_with(&settings).await;
    let ada = app.person("ada").await;
    let mut person = app.cx.store.person(ada).await.unwrap().unwrap();
    person.claims.email_verified = Some(false);
    app.cx.store.write(move |tx| Box::pin(async move { tx.update_person(&person).await })).await.unwrap();
    let eve = signed_in(&app, "ada").await;
    let page = eve.open("/account/providers").await;
    let there = eve.submit_only(&page, "form#link-provider", &[("link", "harbour")]).await.url;
    eve.open(&provider.way_back(&there)).await;
    assert_eq!(app.cx.store.provider_accounts_of(ada).await.unwrap().len(), 1);
    assert!(provider.sign_in(&app.browser(), "harbour").await.has("form#logout"));
    let link = app.recovery_link("ada").await;
    let browser = app.browser();
    let form = browser.open(&link).await;
    browser.submit(&form, "form#set-up", &[("password", "a password that ada has just chosen")]).await;
    assert!(app.cx.store.provider_accounts_of(ada).await.unwrap().is_empty());
    assert!(!provider.sign_in(&app.browser(), "harbour").await.has("form#logout"));
}

/// RFC 9700 §4.11.2: a sign-in that leads on to another site.
#[actix_web::test]
async fn makes_the_sign_in_lead_to_another_site() {
    let (provider, app) = server(BY_ADDRESS).await;
    for onward in ["https://evil.example", "//evil.example", "/admin//evil.example", "/\\evil.example"] {
        let browser = app.browser();
        let page = browser.open("/login").await;
        let (action, mut fields) = page.form("form#providers", &[("provider", "harbour")]);
        fields.push(("continue".to_owned(), onward.to_owned()));
        let there = browser.post(&action, &fields).await.url;
        provider.says(|says| says.claims = json!({}));
        let home = browser.open(&provider.way_back(&there)).await;
        assert!(home.url.as_str().starts_with(&app.origin) && home.has("form#logout"), "{onward}: {}", home.url);
    }
}

/// RFC 6749 §4.1.2.1: a provider refuses with a text that shall be shown here, or runs something.
#[actix_web::test]
async fn answers_with_an_error_that_means_harm() {
    let (provider, app) = server(BY_ADDRESS).await;
    for (error, status) in [("access_denied", 400), ("server_error", 502), ("<script>alert(1)</script>", 502)] {
        let browser = app.browser();
        let there = begun(&browser).await;
        let hostile = "<script>alert(1)</script> Call +1 900 to go on";
        let told = [("error", error), ("error_description", hostile), ("iss", &provider.issuer)];
        let page = browser.open(&provider.way_back_with(&there, &told)).await;
        nobody_is_signed_in(&page, status, error);
        assert!(!page.answer.body.contains("alert(1)") && !page.answer.body.contains("+1 900"), "{}", page.answer.body);
    }
}

/// RFC 9700 §4.11: a provider inside the network of this server, which nobody has allowed, or whose discovery document leads there.
#[actix_web::test]
async fn leads_the_server_into_its_own_network() {
    let provider = FakeProvider::start();
    let app = TestApp::start_with(&provider.section("harbour", BY_ADDRESS)).await;
    let browser = app.browser();
    let page = browser.open("/login").await;
    nobody_is_signed_in(&browser.submit(&page, "form#providers", &[("provider", "harbour")]).await, 502, "loopback");
    assert_eq!(provider.times_asked(), 0);
    let (provider, app) = server(BY_ADDRESS).await;
    for uri in ["http://169.254.169.254/keys", "https://10.0.0.1/keys"] {
        app.clock.advance(A_PAUSE);
        provider.says(|says| says.document = json!({ "jwks_uri": uri }));
        let browser = app.browser();
        let page = browser.open("/login").await;
        nobody_is_signed_in(&browser.submit(&page, "form#providers", &[("provider", "harbour")]).await, 502, uri);
    }
    for endpoint in ["authorization_endpoint", "token_endpoint", "userinfo_endpoint"] {
        app.clock.advance(A_PAUSE);
        provider.says(|says| says.document = json!({ endpoint: "http://evil.example/" }));
        let browser = app.browser();
        let page = browser.open("/login").await;
        nobody_is_signed_in(&browser.submit(&page, "form#providers", &[("provider", "harbour")]).await, 502, endpoint);
    }
    app.clock.advance(A_PAUSE);
    provider.says(|says| says.document = json!({ "issuer": "https://accounts.example" }));
    let browser = app.browser();
    let page = browser.open("/login").await;
    nobody_is_signed_in(&browser.submit(&page, "form#providers", &[("provider", "harbour")]).await, 502, "issuer");
}

/// RFC 9700 §4.7: eve's account there is linked with ada's here: by an answer in ada's browser to what eve began, or after another
/// person has signed in between.
#[actix_web::test]
async fn links_an_account_of_ones_own_with_somebody_else() {
    let (provider, app) = server("").await;
    app.person("eve").await;
    let (eve, ada) = (signed_in(&app, "eve").await, signed_in(&app, "ada").await);
    let page = eve.open("/account/providers").await;
    let there = eve.submit_only(&page, "form#link-provider", &[("link", "harbour")]).await.url;
    let back = provider.way_back(&there);
    nobody_is_signed_in(&ada.open(&back).await, 400, "in ada's browser");
    eve.sign_in_too("ada").await;
    nobody_is_signed_in(&eve.open(&back).await, 400, "after ada has signed in");
    for username in ["ada", "eve"] {
        let person = app.cx.store.person_by_login(username).await.unwrap().unwrap();
        assert!(app.cx.store.provider_accounts_of(person.id).await.unwrap().is_empty(), "{username}");
    }
    // An account that is linked is nobody else's.
    let page = ada.open("/account/providers").await;
    let there = ada.submit_only(&page, "form#link-provider", &[("link", "harbour")]).await.url;
    provider.says(|says| says.claims = json!({}));
    assert_eq!(ada.open(&provider.way_back(&there)).await.answer.status, 200);
    let eve = signed_in(&app, "eve").await;
    let page = eve.open("/account/providers").await;
    let there = eve.submit_only(&page, "form#link-provider", &[("link", "harbour")]).await.url;
    provider.says(|says| says.claims = json!({}));
    assert_eq!(eve.open(&provider.way_back(&there)).await.answer.status, 409);
}

/// RFC 9700 §4.7: an account of one's own for which nobody vouches, or twice for one at the provider.
#[actix_web::test]
async fn makes_an_account_for_which_nobody_vouches() {
    let (provider, app) = server("").await;
    provider.says_address("new@example.com", true);
    let browser = app.browser();
    let page = provider.sign_in(&browser, "harbour").await;
    let forged = browser.submit(&page, "form#provider-register", &[("account", "AAAA"), ("username", "eve")]).await;
    nobody_is_signed_in(&forged, 400, "forged");
    let first = browser.submit(&page, "form#provider-register", &[("username", "new")]).await;
    assert!(first.has("form#logout"), "{}", first.answer.body);
    let twice = browser.submit(&page, "form#provider-register", &[("username", "newer")]).await;
    assert_eq!(twice.answer.status, 409, "{}", twice.answer.body);
    assert!(app.cx.store.person_by_login("newer").await.unwrap().is_none());
    assert!(app.cx.store.person_by_login("eve").await.unwrap().is_none());
}
