//! People make accounts of their own, where the operator lets them (`/register`), and apps lead there by `prompt=create`
//! (Initiating User Registration via OpenID Connect 1.0).

use claviger::store::Role;

use crate::support::{Browser, CHALLENGE, PASSWORD, Page, REDIRECT_URI, TestApp, claims, form_encode};

const OPEN: &str = "people.registration = \"open\"\n";

fn request(prompt: &str) -> String {
    let parameters = [
        ("response_type", "code"),
        ("client_id", "app"),
        ("redirect_uri", REDIRECT_URI),
        ("scope", "openid profile"),
        ("state", "s"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("prompt", prompt),
    ];
    format!("/oauth2/authorize?{}", form_encode(&parameters))
}

async fn register(browser: &Browser, page: &Page, username: &str) -> Page {
    let fields = [("username", username), ("display_name", "Eve Newcomer"), ("password", PASSWORD)];
    browser.submit(page, "form#set-up", &fields).await
}

/// Initiating User Registration via OpenID Connect, section 4: the app leads to the form, and gets back whoever filled it in.
#[actix_web::test]
async fn makes_an_account_and_goes_back_to_the_app() {
    let app = TestApp::start_with(OPEN).await;
    let client = app.web_app().await;
    let document = app.get("/.well-known/openid-configuration").await.ok();
    assert!(document["prompt_values_supported"].as_array().unwrap().iter().any(|value| value == "create"));
    let browser = app.browser();
    let page = browser.open(&request("create")).await;
    assert_eq!(page.url.path(), "/register", "{}", page.answer.body);
    assert!(page.text("h1").contains("Create your account") && page.answer.body.contains("Example App"));
    assert!(!page.has("input[name='email']"), "nobody could say whose it is");
    let question = register(&browser, &page, "eve").await;
    assert!(question.has("form#consent"), "{}", question.answer.body);
    let back = browser.submit(&question, "form#consent", &[("decision", "allow")]).await;
    let tokens = app.redeem(&client, &back.query("code").unwrap()).await.ok();
    let told = app.userinfo(tokens["access_token"].as_str().unwrap()).await.ok();
    assert_eq!((&told["preferred_username"], &told["name"]), (&"eve".into(), &"Eve Newcomer".into()));
    assert_eq!(claims(tokens["id_token"].as_str().unwrap())["sub"], told["sub"]);
    let person = app.cx.store.person_by_login("eve").await.unwrap().unwrap();
    assert_eq!((person.role, person.claims.email), (None::<Role>, None));
    assert_eq!(app.events("person_added").await.len(), 1);
    // It is an account like any other.
    let other = app.browser();
    let pair = [("username", "eve"), ("password", PASSWORD)];
    assert!(other.submit(&other.open("/login").await, "form#login", &pair).await.has("form#logout"));
}

/// Whoever is signed in already sees the form, too; whoever has an account goes on to the sign-in, and from there to the app.
#[actix_web::test]
async fn leads_to_the_sign_in_who_has_an_account() {
    let app = TestApp::start_with(OPEN).await;
    app.web_app().await;
    let (_, browser) = app.at_home("ada").await;
    let page = browser.open(&request("create")).await;
    assert_eq!(page.url.path(), "/register");
    let question = register(&browser, &page, "eve").await;
    assert!(question.answer.body.contains("eve") || question.answer.body.contains("Eve"), "{}", question.answer.body);
    let other = app.browser();
    let page = other.open(&request("create")).await;
    let sign_in = other.open(&page.links("p.person a")[0]).await;
    let question = other.submit(&sign_in, "form#login", &[("username", "ada"), ("password", PASSWORD)]).await;
    assert!(question.has("form#consent"), "{}", question.answer.body);
    // And the other way round.
    let page = app.browser().open(&request("login")).await;
    assert!(page.links("p.person a")[0].starts_with("/register?request="));
}

/// What is wrong is said at its field, and nothing is made.
#[actix_web::test]
async fn says_what_has_to_be_typed_again() {
    let app = TestApp::start_with(OPEN).await;
    app.person("ada").await;
    let browser = app.browser();
    let page = browser.open("/register").await;
    for (username, password, says) in [
        ("ada", PASSWORD, "This username is taken"),
        ("ADA", PASSWORD, "This username is taken"),
        ("ada@example.com", PASSWORD, "Choose a username without “@”"),
        ("nobody@example.com", PASSWORD, "Choose a username without “@”"),
        ("", PASSWORD, "Choose a username"),
        ("eve", "short", "at least"),
        ("eve-the-newcomer", "eve-the-newcomer", "not your username"),
    ] {
        let fields = [("username", username), ("display_name", ""), ("password", password)];
        let again = browser.submit(&page, "form#set-up", &fields).await;
        assert_eq!(again.answer.status, 422, "{username}");
        assert!(again.answer.body.contains(says), "{username} {}", again.answer.body);
        assert!(!again.answer.body.contains(PASSWORD));
    }
    assert!(app.events("person_added").await.is_empty());
}

/// Two who choose the same name at the same moment: one has it.
#[actix_web::test]
async fn gives_a_name_to_one_of_two() {
    let app = TestApp::start_with(OPEN).await;
    let browsers: Vec<_> = (0..8).map(|_| app.browser()).collect();
    let outcomes = futures_util::future::join_all(browsers.iter().map(|browser| async {
        let page = browser.open("/register").await;
        register(browser, &page, "eve").await
    }));
    let made = outcomes.await.iter().filter(|page| page.has("form#logout")).count();
    assert_eq!((made, app.events("person_added").await.len()), (1, 1));
}

/// Who makes accounts without end is held up; nobody else is.
#[actix_web::test]
async fn holds_up_who_makes_accounts_without_end() {
    let app = TestApp::start_with(&format!("{OPEN}people.registrations_per_address = 2\n")).await;
    for (username, status) in [("one", 200), ("two", 200), ("three", 429)] {
        let browser = app.browser();
        let page = browser.open("/register").await;
        let answer = register(&browser, &page, username).await.answer;
        assert_eq!(answer.status, status, "{username}");
        if status == 429 {
            assert_eq!((answer.header("retry-after"), answer.header("ratelimit")), ("3600", "\"address\";r=0;t=3600"));
        }
    }
    app.clock.advance(std::time::Duration::from_hours(1));
    let browser = app.browser();
    let page = browser.open("/register").await;
    assert_eq!(register(&browser, &page, "four").await.answer.status, 200);
}

/// Looking at a password costs time: nobody looks at that of who is held up, nor at one after the other without end.
#[actix_web::test]
async fn looks_at_no_passwords_without_end() {
    let settings = format!("{OPEN}people.registrations_per_address = 1\nprotection.failures_per_address = 3\n");
    let app = TestApp::start_with(&settings).await;
    let with = async |username: &str, password: &str| {
        let browser = app.browser();
        let page = browser.open("/register").await;
        browser.submit(&page, "form#set-up", &[("username", username), ("password", password)]).await
    };
    for _ in 0..3 {
        assert_eq!(with("eve", "aaaaaaaaaa").await.answer.status, 422);
    }
    let held = with("eve", "aaaaaaaaaa").await;
    assert_eq!((held.answer.status, held.answer.header("retry-after")), (429, "60"));
    assert_eq!(held.answer.header("ratelimit"), "\"address\";r=0;t=60");
    assert!(held.text(".problem").contains("Too many attempts") && !held.answer.body.contains("repeats itself"));
    app.clock.advance(std::time::Duration::from_mins(15));
    assert_eq!(with("eve", PASSWORD).await.answer.status, 200, "what would not do made no account");
    assert_eq!(with("mallory", "aaaaaaaaaa").await.answer.status, 429, "whatever the password is");
}

/// Initiating User Registration via OpenID Connect, section 4.1: where it is not offered, it is an invalid request; and the page is none.
#[actix_web::test]
async fn makes_no_accounts_unless_the_operator_wants_it() {
    let app = TestApp::start().await;
    app.web_app().await;
    let browser = app.browser();
    assert_eq!(browser.open("/register").await.answer.status, 404);
    let page = browser.open("/login").await;
    assert!(!page.answer.body.contains("/register"));
    let (_, form) = page.form("form#login", &[("username", "eve"), ("password", PASSWORD)]);
    assert_eq!(browser.post("/register", &form).await.answer.status, 404);
    assert_eq!(browser.open(&request("create")).await.query("error").as_deref(), Some("invalid_request"));
    let open = TestApp::start_with(OPEN).await;
    open.web_app().await;
    assert_eq!(open.browser().open(&request("create none")).await.query("error").as_deref(), Some("invalid_request"));
}

/// Without the terms there is no account; which ones they were stands beside it for good, and in the copy of what is known.
#[actix_web::test]
async fn makes_no_account_without_the_terms() {
    let app = TestApp::start_with(&format!("{OPEN}people.terms = \"https://example.com/terms?v=2\"\n")).await;
    let browser = app.browser();
    let page = browser.open("/register").await;
    let link = "input[name=accept_terms][required] ~ span a[href='https://example.com/terms?v=2'][rel=noopener]";
    assert!(page.has(&format!("{link}[target=_blank]")), "{}", page.answer.body);
    let again = register(&browser, &page, "eve").await;
    assert_eq!(again.answer.status, 422);
    assert!(again.has("#accept_terms[aria-invalid=true][autofocus]") && again.has(".problem a[href='#accept_terms']"));
    assert!(app.events("person_added").await.is_empty());
    let fields = [("username", "eve"), ("password", PASSWORD), ("accept_terms", "yes")];
    let kept = browser.submit(&again, "form#set-up", &[fields[0], ("password", "short"), fields[2]]).await;
    assert!(kept.has("#accept_terms[checked]"), "it is not asked twice");
    assert!(browser.submit(&again, "form#set-up", &fields).await.has("form#logout"));
    assert_eq!(app.events("person_added").await[0].details["terms"], "https://example.com/terms?v=2");
    let without = TestApp::start_with(OPEN).await;
    let browser = without.browser();
    let page = browser.open("/register").await;
    assert!(!page.has("[name=accept_terms]"));
    register(&browser, &page, "eve").await;
    assert!(without.events("person_added").await[0].details.get("terms").is_none());
}
