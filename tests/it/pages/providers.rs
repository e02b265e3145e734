//! People sign in through other providers: a second Claviger, and one that speaks OAuth 2.0 alone.

use claviger::domain::upstream::accounts::kept_tokens;
use serde_json::json;

use crate::support::{
    Browser, CHALLENGE, FakeProvider, Instead, MAILBOX, PASSWORD, PROVIDER_SECRET, PROVIDER_TOKEN, Page,
    REACH_LOOPBACK, REDIRECT_URI, TestApp, claims, form_encode,
};

/// An app's request.
fn request(more: &[(&str, &str)]) -> String {
    let usual = [
        ("response_type", "code"),
        ("client_id", "app"),
        ("redirect_uri", REDIRECT_URI),
        ("scope", "openid profile email"),
        ("state", "s"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    format!("/oauth2/authorize?{}", form_encode(&[&usual[..], more].concat()))
}

async fn with_provider(settings: &str, more: &str) -> (FakeProvider, TestApp) {
    let provider = FakeProvider::start();
    let app = TestApp::start_with(&format!("{settings}{REACH_LOOPBACK}{}", provider.section("harbour", more))).await;
    (provider, app)
}

/// Signs in as ada at the other Claviger, where the browser was sent, and comes back from there.
async fn through(upstream: &TestApp, browser: &Browser, page: &Page) -> Page {
    let there = FakeProvider::begin(browser, page, "home").await;
    let theirs = upstream.browser();
    let form = theirs.open(there.as_str()).await;
    let mut back = theirs.submit(&form, "form#login", &[("username", "ada"), ("password", PASSWORD)]).await;
    // What she has allowed once is remembered there.
    if back.has("form#consent") {
        back = theirs.submit(&back, "form#consent", &[("decision", "allow")]).await;
    }
    browser.open(back.url.as_str()).await
}

/// Two servers: at the first people have accounts, the second sends them there.
async fn two_clavigers(more: &str) -> (TestApp, TestApp) {
    let upstream = TestApp::start().await;
    let section = format!(
        "[[providers]]\nid = \"home\"\nname = \"Home\"\nissuer = \"{}\"\nclient_id = \"second\"\n\
         client_secret = \"{}\"\n{more}",
        upstream.issuer, "a secret of the operator's, 32 bytes or more"
    );
    let app = TestApp::start_with(&format!("{REACH_LOOPBACK}{section}")).await;
    upstream
        .client(json!({
            "client_id": "second", "client_name": "The second", "application_type": "native",
            "redirect_uris": [format!("{}/login/providers/home/callback", app.issuer)],
            "post_logout_redirect_uris": [format!("{}/logout", app.issuer)],
            "scope": "openid profile email", "token_endpoint_auth_method": "client_secret_basic",
        }))
        .await;
    (upstream, app)
}

/// OIDC Core §3.1.2.1, RFC 9207 §2.4: from an app to a second Claviger, to the form of somebody new, and back to the app.
#[actix_web::test]
async fn makes_an_account_through_a_second_claviger_and_goes_back_to_the_app() {
    let (upstream, app) = two_clavigers("register = \"open\"\namr = [\"pwd\"]\n").await;
    upstream.person("ada").await;
    let client = app.web_app().await;
    let browser = app.browser();
    let page = browser.open(&request(&[])).await;
    assert!(page.text("form#providers button").contains("Continue with Home"), "{}", page.answer.body);
    let form = through(&upstream, &browser, &page).await;
    assert!(form.has("form#provider-register"), "{} {}", form.answer.status, form.answer.body);
    assert!(form.has("input[name=username][value=ada]") && form.answer.body.contains("ada@example.com"));
    let question = browser.submit(&form, "form#provider-register", &[("username", "ada.l")]).await;
    assert!(question.has("form#consent"), "{}", question.answer.body);
    let back = browser.submit(&question, "form#consent", &[("decision", "allow")]).await;
    let tokens = app.redeem(&client, &back.query("code").unwrap()).await.ok();
    let told = claims(tokens["id_token"].as_str().unwrap());
    assert_eq!((&told["amr"], &told["acr"]), (&json!(["pwd"]), &json!("urn:claviger:acr:password")));
    let userinfo = app.userinfo(tokens["access_token"].as_str().unwrap()).await.ok();
    assert_eq!((&userinfo["preferred_username"], &userinfo["email"]), (&json!("ada.l"), &json!("ada@example.com")));
    assert_eq!(userinfo["email_verified"], true);
    // The next time, she is known.
    let other = app.browser();
    let home = through(&upstream, &other, &other.open("/login").await).await;
    assert!(home.has("form#logout") && home.answer.body.contains("Ada Lovelace"), "{}", home.answer.body);
    assert_eq!(app.events("person_added").await.len(), 1);
    assert_eq!(app.events("provider_linked").await.len(), 1);
}

/// Whoever is signed in links an account, signs in by it, and takes it away; never the last way in.
#[actix_web::test]
async fn links_an_account_and_takes_it_away_again() {
    let (provider, app) = with_provider(MAILBOX, "").await;
    let (_, browser) = app.at_home("ada").await;
    let page = browser.open("/account/providers").await;
    assert!(page.text("main").contains("No account is linked"), "{}", page.answer.body);
    let there = browser.submit_only(&page, "form#link-provider", &[("link", "harbour")]).await.url;
    let page = browser.open(&provider.way_back(&there)).await;
    assert_eq!((page.url.path(), page.text("[role=status]").is_empty()), ("/account/providers", false));
    assert!(page.text("section.own").contains("ada@example.com"), "{}", page.answer.body);
    let other = app.browser();
    assert!(provider.sign_in(&other, "harbour").await.has("form#logout"));
    let page = browser.open("/account/providers").await;
    let id = page.form("section.own form", &[]);
    let button = scraper_value(&page, "section.own button");
    let unlinked = browser.post(&id.0, &[id.1, vec![("unlink".to_owned(), button)]].concat()).await;
    assert!(unlinked.text("main").contains("No account is linked"), "{}", unlinked.answer.body);
    let refused = provider.sign_in(&app.browser(), "harbour").await;
    assert_eq!(refused.answer.status, 409, "her address is known here: {}", refused.answer.body);
    assert_eq!(app.events("provider_unlinked").await.len(), 1);
    let told = browser.open("/account/activity").await.text("ol.deeds");
    for deed in ["was linked with yours: Harbour", "was unlinked from yours: Harbour"] {
        assert!(told.contains(deed), "{deed} in {told}");
    }
    let mails = app.mails().await;
    for kind in ["factor_added", "factor_removed"] {
        let text = &TestApp::only(&mails, kind).content.text;
        assert!(text.contains("Account at Harbour"), "{text}");
    }
}

fn scraper_value(page: &Page, selector: &str) -> String {
    let html = scraper::Html::parse_document(&page.answer.body);
    let selector = scraper::Selector::parse(selector).unwrap();
    html.select(&selector).next().and_then(|button| button.attr("value")).unwrap().to_owned()
}

/// Whoever came through a provider and has chosen no password keeps the one way in that they have.
#[actix_web::test]
async fn keeps_the_last_way_in() {
    let (provider, app) = with_provider("people.registration = \"open\"\n", "").await;
    let browser = app.browser();
    let form = provider.sign_in(&browser, "harbour").await;
    browser.submit(&form, "form#provider-register", &[]).await;
    let page = browser.open("/account/providers").await;
    let (action, fields) = page.form("section.own form", &[]);
    let button = scraper_value(&page, "section.own button");
    let refused = browser.post(&action, &[fields, vec![("unlink".to_owned(), button)]].concat()).await;
    assert_eq!(refused.answer.status, 409);
    assert!(refused.text("[role=alert]").contains("only way"), "{}", refused.answer.body);
    assert!(provider.sign_in(&app.browser(), "harbour").await.has("form#logout"));
}

/// A verified address links where the settings say so and both sides have verified it.
#[actix_web::test]
async fn links_by_an_address_that_both_sides_have_verified() {
    let (provider, app) = with_provider("", "link = \"verified_email\"\n").await;
    app.person("ada").await;
    let home = provider.sign_in(&app.browser(), "harbour").await;
    assert!(home.has("form#logout"), "{}", home.answer.body);
    assert_eq!(app.events("provider_linked").await.len(), 1);
}

/// OIDC Core §3.1.2.1: what an app wants of freshness is passed on, and what the provider says of it is checked.
#[actix_web::test]
async fn passes_on_how_fresh_a_proof_has_to_be() {
    let (provider, app) = with_provider("people.registration = \"open\"\n", "link = \"verified_email\"\n").await;
    app.web_app().await;
    app.person("ada").await;
    for (more, max_age, old, is_taken) in [
        (("max_age", "300"), "300", 300, true),
        (("max_age", "300"), "300", 400, false),
        (("prompt", "login"), "0", 100, false),
        (("prompt", "create"), "0", 100, false),
    ] {
        let browser = app.browser();
        let mut page = browser.open(&request(&[more])).await;
        if !page.has("form#providers") {
            page = browser.open(&page.links("p.person a")[0]).await;
        }
        let there = FakeProvider::begin(&browser, &page, "harbour").await;
        assert_eq!(there.query_pairs().find(|(name, _)| name == "max_age").unwrap().1, max_age);
        let then = app.cx.now().seconds() - old;
        provider.says(|says| says.claims = json!({ "auth_time": then }));
        let page = browser.open(&provider.way_back(&there)).await;
        assert_eq!(page.has("form#consent"), is_taken, "{old}: {}", page.answer.body);
    }
}

/// OIDC Core §2: a sign-in at the provider of hours ago is no new one here: apps are told when it was, and what takes a recent proof
/// takes another one.
#[actix_web::test]
async fn dates_a_sign_in_as_the_provider_does() {
    let (provider, app) = with_provider("people.registration = \"open\"\n", "link = \"verified_email\"\n").await;
    let client = app.web_app().await;
    app.person("ada").await;
    let then = app.cx.now().seconds() - 7200;
    provider.says(|says| says.claims = json!({ "auth_time": then }));
    let browser = app.browser();
    assert!(provider.sign_in(&browser, "harbour").await.has("form#logout"));
    let question = browser.open(&request(&[("max_age", "10000")])).await;
    let back = browser.submit(&question, "form#consent", &[("decision", "allow")]).await;
    let tokens = app.redeem(&client, &back.query("code").unwrap()).await.ok();
    assert_eq!(claims(tokens["id_token"].as_str().unwrap())["auth_time"], then);
    assert!(browser.open(&request(&[("max_age", "7000")])).await.has("form#login"));
    for path in ["/account/delete", "/account/security/passkeys/new", "/account/api-keys/new"] {
        assert_eq!(browser.open(path).await.url.path(), "/login", "{path}");
    }
    // Nor is it a new one of whoever makes an account by it.
    let newcomer = app.browser();
    provider.says_subject("there-2");
    provider.says_address("grace@example.com", true);
    provider.says(|says| says.claims["auth_time"] = then.into());
    let form = provider.sign_in(&newcomer, "harbour").await;
    let home = newcomer.submit(&form, "form#provider-register", &[("username", "grace")]).await;
    assert!(home.has("form#logout"), "{}", home.answer.body);
    assert_eq!(newcomer.open("/account/delete").await.url.path(), "/login");
    provider.says_subject("there-1");
    // Once more there, and just now: the provider is asked for that.
    let page = browser.open("/account/delete").await;
    let there = FakeProvider::begin(&browser, &page, "harbour").await;
    assert_eq!(there.query_pairs().find(|(name, _)| name == "max_age").unwrap().1, "0");
    let now = app.cx.now().seconds();
    provider.says(|says| says.claims = json!({ "auth_time": now }));
    assert_eq!(browser.open(&provider.way_back(&there)).await.url.path(), "/account/delete");
}

/// OIDC Core §5.1: as Auth0 and Amazon Cognito say it, against the letter: `updated_at` as a date, `email_verified` as a text.
#[actix_web::test]
async fn reads_what_providers_say_in_their_own_way() {
    let (provider, app) = with_provider("", "link = \"verified_email\"\n").await;
    app.person("ada").await;
    provider.says(|says| {
        says.claims = json!({ "updated_at": "2026-06-16T03:23:10.426Z" });
        says.userinfo["updated_at"] = "2026-06-16T03:23:10.426Z".into();
        says.userinfo["email_verified"] = "true".into();
    });
    let home = provider.sign_in(&app.browser(), "harbour").await;
    assert!(home.has("form#logout"), "{}", home.answer.body);
    assert_eq!(app.events("provider_linked").await.len(), 1);
}

/// RFC 8176 §2, OIDC Core §2: what a provider's level means in methods is what apps are told of the sign-in here.
#[actix_web::test]
async fn tells_apps_what_the_level_of_a_provider_means() {
    let levels = "[[acr_levels]]\nname = \"low\"\nmethods = []\n[[acr_levels]]\nname = \"phr\"\nmethods = [\"hwk\"]\n";
    let (provider, app) =
        with_provider("", &format!("link = \"verified_email\"\nacr = [\"gold = hwk user\"]\n{levels}")).await;
    let client = app.web_app().await;
    app.person("ada").await;
    for (told, acr, amr) in [("gold", "phr", json!(["hwk", "user"])), ("silver", "low", json!([]))] {
        provider.says(|says| says.claims = json!({ "acr": told, "amr": ["face"] }));
        let browser = app.browser();
        provider.sign_in(&browser, "harbour").await;
        let mut back = browser.open(&request(&[])).await;
        if back.has("form#consent") {
            back = browser.submit(&back, "form#consent", &[("decision", "allow")]).await;
        }
        let tokens = app.redeem(&client, &back.query("code").unwrap()).await.ok();
        let claims = claims(tokens["id_token"].as_str().unwrap());
        assert_eq!(claims["acr"], acr, "{told}");
        assert_eq!(claims.get("amr").cloned().unwrap_or_else(|| json!([])), amr, "{told}");
    }
}

/// A provider that cannot be asked is nobody's guess: however often that happens, people's links work still.
#[actix_web::test]
async fn holds_nobody_up_for_a_provider_that_fails() {
    let (provider, app) =
        with_provider(&format!("protection.failures_per_address = 3\n{MAILBOX}"), "link = \"verified_email\"\n").await;
    app.person("ada").await;
    for (answer, is_guess) in [(Instead::Text(500, "out of order".to_owned()), false), (refusal(), true)] {
        provider.says(|says| drop(says.instead.insert("/token", answer.clone())));
        for _ in 0..4 {
            let page = provider.sign_in(&app.browser(), "harbour").await;
            assert!([502, 429].contains(&page.answer.status), "{}", page.answer.body);
        }
        let link = app.recovery_link("ada").await;
        assert_eq!(app.browser().open(&link).await.answer.status, if is_guess { 429 } else { 200 }, "{answer:?}");
    }
}

fn refusal() -> Instead {
    Instead::Text(400, json!({ "error": "invalid_grant" }).to_string())
}

/// The answer of a provider is good once; the page on which somebody new chooses a name can be opened again, in another language and
/// from where the app waits.
#[actix_web::test]
async fn shows_the_form_of_somebody_new_again() {
    let (provider, app) = with_provider("people.registration = \"open\"\n", "").await;
    app.web_app().await;
    let browser = app.browser();
    let page = browser.open(&request(&[])).await;
    let there = FakeProvider::begin(&browser, &page, "harbour").await;
    let form = browser.open(&provider.way_back(&there)).await;
    assert_eq!(form.url.path(), "/login/providers/new");
    let again = browser.open(form.url.as_str()).await;
    assert!(again.has("input[name=username][value='ada.there']"), "{}", again.answer.body);
    let wrong = browser.submit(&again, "form#provider-register", &[("username", "@ceo")]).await;
    assert!(wrong.answer.body.contains("without “@”"), "{}", wrong.answer.body);
    let back = wrong.attribute("form.languages input[name=back]", "value");
    let arabic = browser.open(&format!("/language?{}", form_encode(&[("back", &back), ("to", "ar")]))).await;
    assert!(arabic.has("html[lang=ar][dir=rtl]") && arabic.has("form#provider-register"), "{}", arabic.answer.body);
    let question = browser.submit(&arabic, "form#provider-register", &[("username", "ada")]).await;
    assert!(question.has("form#consent"), "the app's request goes on: {}", question.answer.body);
    // In a browser that was told nothing, it leads to the sign-in, with the request.
    let other = app.browser().open(form.url.as_str()).await;
    assert!(other.url.path() == "/login" && other.query("request").is_some(), "{}", other.url);
}

/// OIDC Core §3.1.2.1: `ui_locales` of the app holds also where the person turned back at the provider.
#[actix_web::test]
async fn says_in_the_language_of_the_app_that_somebody_turned_back() {
    let (provider, app) = with_provider("", "").await;
    app.web_app().await;
    let browser = app.browser();
    let page = browser.open(&request(&[("ui_locales", "de")])).await;
    let there = FakeProvider::begin(&browser, &page, "harbour").await;
    let back = provider.way_back_with(&there, &[("error", "access_denied"), ("iss", &provider.issuer)]);
    let page = browser.open(&back).await;
    assert!(page.answer.status == 400 && page.has("html[lang=de]"), "{}", page.answer.body);
}

/// RFC 7636 §4.5, RFC 6749 §2.3.1, OIDC Core §3.1.3.1: the code is redeemed with its verifier, by the secret that this server has there.
#[actix_web::test]
async fn redeems_a_code_as_the_client_that_it_is() {
    let (provider, app) = with_provider("people.registration = \"open\"\n", "client_auth = \"post\"\n").await;
    let browser = app.browser();
    let page = browser.open("/login").await;
    let there = FakeProvider::begin(&browser, &page, "harbour").await;
    let of =
        |name: &str| there.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap();
    assert_eq!((of("code_challenge_method").as_str(), of("scope").as_str()), ("S256", "openid profile email"));
    browser.open(&provider.way_back(&there)).await;
    let form: std::collections::BTreeMap<String, String> =
        url::form_urlencoded::parse(provider.redeemed()[0].as_bytes()).into_owned().collect();
    let verifier = claviger::protocol::pkce::CodeVerifier::parse(&form["code_verifier"]).unwrap();
    assert_eq!(claviger::protocol::pkce::CodeChallenge::of(&verifier).as_str(), of("code_challenge"));
    assert_eq!(
        (form["client_secret"].as_str(), form["redirect_uri"].as_str()),
        (PROVIDER_SECRET, &*of("redirect_uri"))
    );
    assert_eq!(of("redirect_uri"), format!("{}/login/providers/harbour/callback", app.issuer));
}

/// Tokens from there are kept only where the settings say so, and never in the clear.
#[actix_web::test]
async fn keeps_tokens_encrypted_or_not_at_all() {
    for (more, is_kept) in [("keep_tokens = true\nsign_out = true\n", true), ("", false)] {
        let (provider, app) = with_provider("people.registration = \"open\"\n", more).await;
        let browser = app.browser();
        let form = provider.sign_in(&browser, "harbour").await;
        browser.submit(&form, "form#provider-register", &[]).await;
        let account = app.cx.store.provider_account("harbour", "there-1").await.unwrap().unwrap();
        let kept = kept_tokens(&account, &app.cx.provider_sealer);
        assert_eq!(kept.map(|tokens| tokens["access_token"].clone()), is_kept.then(|| json!(PROVIDER_TOKEN)));
        assert!(!app.everything().await.contains(PROVIDER_TOKEN));
    }
}

/// OIDC RP-Initiated Logout §2, §2.1: a sign-out here goes on to the provider, with what it needs to know whose.
#[actix_web::test]
async fn passes_a_sign_out_on() {
    let (provider, app) = with_provider("", "link = \"verified_email\"\nsign_out = true\n").await;
    app.person("ada").await;
    let browser = app.browser();
    let home = provider.sign_in(&browser, "harbour").await;
    let there = browser.submit(&home, "form#logout", &[("decision", "logout")]).await;
    assert!(there.url.as_str().starts_with(&format!("{}/end?", provider.issuer)), "{}", there.url);
    assert_eq!(claims(&there.query("id_token_hint").unwrap())["sub"], "there-1");
    assert_eq!(there.query("client_id").unwrap(), "claviger");
    assert_eq!(there.query("post_logout_redirect_uri").unwrap(), format!("{}/logout", app.issuer));
    assert!(browser.open("/").await.has("a[href='/login']"));
    // Also from everywhere at once.
    assert!(provider.sign_in(&browser, "harbour").await.has("form#logout"));
    let page = browser.open("/account/sessions").await;
    let there = browser.submit(&page, "form#end-everything", &[("sid", "everywhere")]).await;
    assert!(there.url.as_str().starts_with(&format!("{}/end?", provider.issuer)), "{}", there.url);
    // Whoever signed in by password stays here.
    let (_, other) = app.at_home("eve").await;
    let home = other.open("/").await;
    assert_eq!(other.submit(&home, "form#logout", &[("decision", "logout")]).await.url.path(), "/logout");
}

/// RFC 6749 §4.1.1, §4.1.3: a provider that speaks OAuth 2.0 alone, such as GitHub, by what the settings say of its document.
#[actix_web::test]
async fn signs_in_through_a_plain_provider() {
    let provider = FakeProvider::start();
    let at = |path: &str| format!("{}{path}", provider.issuer);
    let section = format!(
        "[[providers]]\nid = \"hub\"\nname = \"Hub\"\nkind = \"oauth2\"\nclient_id = \"claviger\"\n\
         client_secret = \"{PROVIDER_SECRET}\"\nscopes = [\"user:email\"]\nregister = \"open\"\n\
         authorization_endpoint = \"{}\"\ntoken_endpoint = \"{}\"\nuserinfo_endpoint = \"{}\"\n\
         claims.sub = \"id\"\nclaims.name = \"name\"\nclaims.preferred_username = \"login\"\nclaims.email = \"email\"\n",
        at("/authorize"),
        at("/token"),
        at("/userinfo"),
    );
    provider.says(|says| {
        says.userinfo = json!({ "id": 583_231, "login": "octo", "name": "Octo", "email": "octo@example.com" });
    });
    let app = TestApp::start_with(&format!("{REACH_LOOPBACK}{section}")).await;
    let browser = app.browser();
    let page = browser.open("/login").await;
    let there = FakeProvider::begin(&browser, &page, "hub").await;
    assert_eq!(there.query_pairs().find(|(name, _)| name == "scope").unwrap().1, "user:email");
    let form = browser.open(&provider.way_back_with(&there, &[("code", "c")])).await;
    assert!(form.has("input[name=username][value=octo]"), "{}", form.answer.body);
    assert!(!form.answer.body.contains("octo@example.com"), "nobody says that it was verified");
    let home = browser.submit(&form, "form#provider-register", &[]).await;
    assert!(home.has("form#logout"), "{}", home.answer.body);
    let person = app.cx.store.person_by_login("octo").await.unwrap().unwrap();
    assert_eq!((person.claims.email, person.password_hash), (None, None));
    assert!(provider.redeemed()[0].contains("code_verifier="));
    // As GitHub says which address was verified: in a list of its own.
    let emails = json!([{ "email": "old@example.com", "verified": true, "primary": false },
                        { "email": "octo2@example.com", "verified": true, "primary": true }]);
    provider.says(|says| {
        says.userinfo = json!({ "id": 583_232, "login": "octo2", "email": "shown@example.com" });
        says.instead.insert("/emails", Instead::Text(200, emails.to_string()));
    });
    let app = TestApp::start_with(&format!("{REACH_LOOPBACK}{section}emails_endpoint = \"{}\"\n", at("/emails"))).await;
    let browser = app.browser();
    let there = FakeProvider::begin(&browser, &browser.open("/login").await, "hub").await;
    let form = browser.open(&provider.way_back_with(&there, &[("code", "c")])).await;
    browser.submit(&form, "form#provider-register", &[]).await;
    let person = app.cx.store.person_by_login("octo2").await.unwrap().unwrap();
    assert_eq!((person.claims.email.as_deref(), person.claims.email_verified), (Some("octo2@example.com"), Some(true)));
}

/// What is wrong with the proposed name is said at its field; where nobody may come, that is said.
#[actix_web::test]
async fn lets_new_people_choose_a_name_where_they_may_come() {
    let (provider, app) = with_provider("people.registration = \"open\"\n", "").await;
    app.person("bob").await;
    let browser = app.browser();
    let form = provider.sign_in(&browser, "harbour").await;
    assert!(form.has("input[name=username][value='ada.there']"), "{}", form.answer.body);
    let again = browser.submit(&form, "form#provider-register", &[("username", "bob")]).await;
    assert_eq!(again.answer.status, 422);
    assert!(again.has("input#username[aria-invalid=true]"), "{}", again.answer.body);
    let home = browser.submit(&again, "form#provider-register", &[("username", "bobby")]).await;
    assert!(home.has("form#logout"), "{}", home.answer.body);
    let (provider, app) = with_provider("", "").await;
    let refused = provider.sign_in(&app.browser(), "harbour").await;
    assert_eq!(refused.answer.status, 403);
    assert!(refused.text("h1").contains("no account here"), "{}", refused.answer.body);
    assert_eq!(refused.links("a#back"), ["/login"]);
}

/// Whoever comes through a provider accepts the same terms, and shows the same address, as others who make accounts.
#[actix_web::test]
async fn asks_the_same_of_new_people_as_of_others() {
    let terms = "people.registration = \"open\"\npeople.terms = \"https://example.com/terms\"\n";
    let (provider, app) = with_provider(terms, "").await;
    let browser = app.browser();
    let form = provider.sign_in(&browser, "harbour").await;
    let again = browser.submit(&form, "form#provider-register", &[]).await;
    assert_eq!(again.answer.status, 422);
    assert!(again.has("#accept_terms[aria-invalid=true]"), "{}", again.answer.body);
    let home = browser.submit(&again, "form#provider-register", &[("accept_terms", "yes")]).await;
    assert!(home.has("form#logout"), "{}", home.answer.body);
    assert_eq!(app.events("person_added").await[0].details["terms"], "https://example.com/terms");

    let domains = "people.registration_address = true\npeople.registration_domains = [\"example.com\"]\n";
    let settings = format!("people.registration = \"open\"\n{domains}{MAILBOX}");
    for (address, verified, status) in
        [("new@example.com", true, 200), ("new@example.com", false, 403), ("new@example.com.evil.example", true, 403)]
    {
        let (provider, app) = with_provider(&settings, "").await;
        provider.says_address(address, verified);
        let page = provider.sign_in(&app.browser(), "harbour").await;
        assert_eq!(page.answer.status, status, "{address} {verified}");
    }
}
