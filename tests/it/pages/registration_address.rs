//! `/register` where people first show at which address they read mail.

use claviger_migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, Database, Statement};

use super::*;
use crate::support::{CHALLENGE, MAILBOX, REDIRECT_URI, claims, form_encode};

const BY_ADDRESS: &str = "people.registration = \"open\"\npeople.registration_address = true\n";
const NEW: &str = "an entirely new passphrase";

async fn start(more: &str) -> TestApp {
    TestApp::start_with(&format!("{BY_ADDRESS}{more}{MAILBOX}")).await
}

async fn ask_at(browser: &Browser, page: &Page, address: &str) -> Page {
    browser.submit(page, "form#register-address", &[("email", address)]).await
}

async fn ask(app: &TestApp, address: &str) -> Page {
    let browser = app.browser();
    let form = browser.open("/register").await;
    ask_at(&browser, &form, address).await
}

/// The links that were mailed, the first one first.
async fn links(app: &TestApp) -> Vec<String> {
    let mails = app.mails().await;
    mails.iter().filter(|read| read.mail.kind == "registration").map(|read| read.link(app)).collect()
}

async fn register(browser: &Browser, page: &Page, username: &str) -> Page {
    let fields = [("username", username), ("display_name", "Eve Newcomer"), ("password", NEW)];
    browser.submit(page, "form#set-up", &fields).await
}

#[actix_web::test]
async fn makes_an_account_with_an_address_that_was_shown() {
    let app = start("").await;
    let browser = app.browser();
    let form = browser.open("/register").await;
    assert!(form.has("form#register-address input[name=email][autocomplete=email]") && !form.has("[name=password]"));
    let told = ask_at(&browser, &form, " Eve@Example.COM ").await;
    assert_eq!((told.url.path(), told.text("h1").as_str()), ("/register/sent", "Look into your mail"));
    assert!(!told.answer.body.to_lowercase().contains("eve@example.com"));
    let mails = app.mails().await;
    let mail = TestApp::only(&mails, "registration");
    assert_eq!((mail.mail.recipient.as_str(), mail.mail.person_id), ("eve@example.com", None));
    assert!(mail.content.text.contains("a day"), "{}", mail.content.text);
    let link = mail.link(&app);
    let form = browser.open(&link).await;
    assert!(form.text("main").contains("eve@example.com") && !form.has("[name=email]"), "{}", form.answer.body);
    assert_eq!(browser.open(&link).await.answer.status, 200, "a look does not use the link");
    let short = browser.submit(&form, "form#set-up", &[("username", "eve"), ("password", "short")]).await;
    assert_eq!(short.answer.status, 422);
    assert!(register(&browser, &short, "eve").await.has("form#logout"));
    let eve = app.cx.store.person_by_login("eve@example.com").await.unwrap().unwrap();
    assert_eq!((eve.username.as_str(), eve.claims.email_verified), ("eve", Some(true)));
    assert_eq!(browser.open(&link).await.answer.status, 410);
    for (kind, number) in [("registration_asked", 1), ("link_used", 1), ("person_added", 1)] {
        assert_eq!(app.events(kind).await.len(), number, "{kind}");
    }
}

/// RFC 5890 §2.3.2.1: however the host is spelled, it is the same mailbox: whoever registered by the one signs in by the other, and
/// nobody else has it.
#[actix_web::test]
async fn knows_an_address_in_every_spelling() {
    let app = start("").await;
    ask(&app, "eve@bücher.example").await;
    let browser = app.browser();
    let form = browser.open(&links(&app).await[0]).await;
    assert!(register(&browser, &form, "EVE@Bücher.example").await.has("form#logout"), "as username, too: it is theirs");
    for name in ["eve@bücher.example", "Eve@BÜCHER.example", "eve@xn--bcher-kva.example"] {
        let other = app.browser();
        let page = sign_in_at(&other, &other.open("/login").await, name, NEW).await;
        assert!(page.has("form#logout"), "{name}: {}", page.answer.body);
    }
    let taken = app.cx.store.write(|tx| {
        Box::pin(async move { tx.login_taken("eve@bücher.example", claviger::ids::PersonId(uuid::Uuid::nil())).await })
    });
    assert!(taken.await.unwrap());
    let found = app.cx.store.people_beginning("eve@büch", 5).await.unwrap().len()
        + app.cx.store.people_beginning("eve@bücher.example", 5).await.unwrap().len();
    assert_eq!(found, 1, "the whole is found by any spelling, a part by that of the database");
}

/// Initiating User Registration via OpenID Connect, section 4: whoever makes an account by a mailed link is back at the app that
/// led there, in whatever browser they follow it.
#[actix_web::test]
async fn goes_back_to_the_app_by_the_mailed_link() {
    let app = start("").await;
    let client = app.web_app().await;
    let parameters = [
        ("response_type", "code"),
        ("client_id", "app"),
        ("redirect_uri", REDIRECT_URI),
        ("scope", "openid email"),
        ("state", "s"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("prompt", "create"),
    ];
    let browser = app.browser();
    let form = browser.open(&format!("/oauth2/authorize?{}", form_encode(&parameters))).await;
    assert!(form.answer.body.contains("Example App"), "{}", form.answer.body);
    assert_eq!(ask_at(&browser, &form, "eve@example.com").await.url.path(), "/register/sent");
    let link = links(&app).await.remove(0);
    let other = app.browser();
    let form = other.open(&link).await;
    assert!(form.answer.body.contains("Example App"), "{}", form.answer.body);
    let question = register(&other, &form, "eve").await;
    let back = other.submit(&question, "form#consent", &[("decision", "allow")]).await;
    assert_eq!(back.query("state").as_deref(), Some("s"));
    let tokens = app.redeem(&client, &back.query("code").unwrap()).await.ok();
    let told = app.userinfo(tokens["access_token"].as_str().unwrap()).await.ok();
    assert_eq!((&told["email"], &told["email_verified"]), (&"eve@example.com".into(), &true.into()));
    assert_eq!(claims(tokens["id_token"].as_str().unwrap())["sub"], told["sub"]);
}

/// What waited too long keeps nobody from their account.
/// The same for accounts that were there before: the step that brings their keys in line.
#[actix_web::test]
async fn knows_an_address_in_every_spelling_that_was_there_before() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("old.db").display());
    let db = Database::connect(url).await.unwrap();
    let steps = Migrator::migrations();
    let before = steps.iter().position(|step| step.name() == "m0041_keys_of_addresses").unwrap();
    Migrator::up(&db, Some(u32::try_from(before).unwrap())).await.unwrap();
    for (id, username, email) in [
        ("01", "ada", "'ada@bücher.example'"),
        ("02", "Eve@BÜCHER.example", "NULL"),
        ("03", "eve@xn--bcher-kva.example", "NULL"),
        ("04", "bücher", "'grace@example.com'"),
    ] {
        let row = format!(
            "INSERT INTO people (id, username, username_key, email_key, claims, created_at, updated_at) \
             VALUES (x'{id}', '{username}', '{}', {email}, '{{}}', 0, 0)",
            username.to_lowercase()
        );
        db.execute_unprepared(&row).await.unwrap();
    }
    Migrator::up(&db, None).await.unwrap();
    let sql = "SELECT username_key || ' ' || COALESCE(email_key, '') AS keys FROM people ORDER BY id";
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    let keys: Vec<String> = rows.iter().map(|row| row.try_get("", "keys").unwrap()).collect();
    // Where somebody has the other spelling, nothing is taken from either.
    let expected = [
        "ada ada@xn--bcher-kva.example",
        "eve@bücher.example ",
        "eve@xn--bcher-kva.example ",
        "bücher grace@example.com",
    ];
    assert_eq!(keys, expected);
}

#[actix_web::test]
async fn makes_an_account_when_the_app_waits_no_more() {
    let app = start("").await;
    app.web_app().await;
    let sealed = sealed(&app, &waiting(&app, "openid"));
    let browser = app.browser();
    let form = browser.open(&format!("/register?request={sealed}")).await;
    ask_at(&browser, &form, "eve@example.com").await;
    let link = links(&app).await.remove(0);
    assert!(link.contains(&format!("&request={sealed}")), "{link}");
    app.clock.advance(app.cx.config.sessions.pending_lifetime + Duration::from_secs(1));
    let form = browser.open(&link).await;
    assert_eq!((form.answer.status, form.answer.body.contains("Example App")), (200, false));
    assert!(register(&browser, &form, "eve").await.has("form#logout"));
}

#[actix_web::test]
async fn leads_on_to_the_page_that_asked() {
    let app = start("").await;
    let browser = app.browser();
    let form = browser.open("/register?continue=/account/apps").await;
    ask_at(&browser, &form, "eve@example.com").await;
    let form = browser.open(&links(&app).await[0]).await;
    assert_eq!(register(&browser, &form, "eve").await.url.path(), "/account/apps");
}

/// Whoever has an account is told so where only they read it.
#[actix_web::test]
async fn tells_who_has_an_account_by_mail_alone() {
    let app = start("").await;
    let ada = app.person("ada").await;
    assert_eq!(ask(&app, "ADA@example.com").await.url.path(), "/register/sent");
    let mails = app.mails().await;
    let mail = TestApp::only(&mails, "account_exists");
    assert_eq!((mail.mail.recipient.as_str(), mail.mail.person_id), ("ada@example.com", Some(ada)));
    assert_eq!(mail.link(&app), "/login");
    assert!(links(&app).await.is_empty() && app.events("link_made").await.is_empty());
    let asked = &app.events("registration_asked").await[0];
    assert_eq!((asked.person_id, asked.reason.as_deref()), (Some(ada), Some("somebody has the address")));
    // Nor does a name that looks like an address tell its reader anything of whose name it is.
    let eve = app.add_person("eve@elsewhere.example", None).await;
    ask(&app, "eve@elsewhere.example").await;
    let mails = app.mails().await;
    let told = mails.iter().find(|read| read.mail.recipient == "eve@elsewhere.example").unwrap();
    assert_eq!((told.mail.kind.as_str(), told.mail.person_id), ("account_exists", None));
    let now = app.cx.now();
    let disable = app.cx.store.write(move |tx| Box::pin(async move { tx.set_person_disabled(eve, Some(now)).await }));
    assert!(disable.await.unwrap());
    let before = mails.len();
    ask(&app, "eve@elsewhere.example").await;
    assert_eq!(app.mails().await.len(), before, "who is shut out is told nothing");
}

#[actix_web::test]
async fn writes_to_no_host_that_is_not_allowed() {
    let app = start("people.registration_domains = [\"example.com\", \"bücher.example\"]\n").await;
    for (address, status) in [
        ("eve@example.com", 200),
        ("eve@EXAMPLE.com", 200),
        ("eve@bücher.example", 200),
        ("eve@sub.example.com", 422),
        ("eve@example.com.evil.example", 422),
        ("eve@evil.example", 422),
        ("\"eve@example.com\"@evil.example", 422),
        ("eve@example.com.", 422),
        ("eve@", 422),
        ("eve", 422),
        ("eve@192.0.2.1", 422),
    ] {
        let page = ask(&app, address).await;
        assert_eq!(page.answer.status, status, "{address}: {}", page.answer.body);
        assert!(status == 200 || page.has("#email[aria-invalid=true]"), "{address}");
    }
    let form = app.browser().open("/register").await;
    assert!(form.text("#email-hint").contains("example.com, xn--bcher-kva.example"), "{}", form.answer.body);
    let mails = app.mails().await;
    // Those of one moment are in no order.
    let mut to: Vec<_> = mails.iter().map(|read| read.mail.recipient.as_str()).collect();
    to.sort_unstable();
    assert_eq!(to, ["eve@example.com", "eve@example.com", "eve@xn--bcher-kva.example"]);
}

/// The settings may be other ones when the link is followed.
#[actix_web::test]
async fn asks_the_settings_again_when_the_link_is_followed() {
    let app = start("").await;
    ask(&app, "eve@elsewhere.example").await;
    let link = links(&app).await.remove(0);
    for settings in [
        "people.registration = \"invitation\"\n",
        &format!("{BY_ADDRESS}people.registration_domains = [\"example.com\"]\n"),
    ] {
        let app = app.second_server_with(&format!("{settings}{MAILBOX}")).await;
        assert_eq!(app.browser().open(&link).await.answer.status, 410, "{settings}");
    }
}

#[actix_web::test]
async fn fills_nobodys_mailbox() {
    let app = start("").await;
    for address in ["eve@example.com", "EVE@example.com", "eve@EXAMPLE.com", "Eve@example.com", "eve@example.com"] {
        assert_eq!(ask(&app, address).await.url.path(), "/register/sent");
    }
    assert_eq!(app.mails().await.len(), 3, "however often somebody asks");
    app.clock.advance(Duration::from_hours(1));
    ask(&app, "eve@example.com").await;
    assert_eq!(app.mails().await.len(), 4);
    // Each of them is good, until one is used: whoever asks once more ends nothing of somebody else's.
    let all = links(&app).await;
    let browser = app.browser();
    let form = browser.open(&all[0]).await;
    assert!(register(&browser, &form, "eve").await.has("form#logout"));
    for link in &all {
        assert_eq!(browser.open(link).await.answer.status, 410);
    }
}

/// Of many who follow one link, or several to one address, one has an account.
#[actix_web::test]
async fn makes_one_account_however_many_follow() {
    let app = start("").await;
    ask(&app, "eve@example.com").await;
    ask(&app, "eve@example.com").await;
    let links = links(&app).await;
    let browsers: Vec<_> = (0..8).map(|_| app.browser()).collect();
    let outcomes = futures_util::future::join_all(browsers.iter().enumerate().map(|(number, browser)| {
        let link = &links[number % 2];
        async move {
            let form = browser.open(link).await;
            register(browser, &form, &format!("eve{number}")).await.answer.status
        }
    }));
    let mut outcomes = outcomes.await;
    outcomes.sort_unstable();
    assert_eq!(outcomes, [200, 410, 410, 410, 410, 410, 410, 410]);
    assert_eq!((app.events("person_added").await.len(), app.events("link_used").await.len()), (1, 1));
}

#[actix_web::test]
async fn holds_up_who_asks_without_end() {
    let app = start("protection.failures_per_address = 3\n").await;
    for number in 0..3 {
        assert_eq!(ask(&app, &format!("eve{number}@example.com")).await.answer.status, 200);
    }
    let held = ask(&app, "eve3@example.com").await;
    assert_eq!((held.answer.status, held.answer.header("retry-after")), (429, "60"));
    assert!(held.text(".problem").contains("Too many attempts"), "{}", held.answer.body);
}

/// Whoever makes accounts by links of their own makes no more of them in an hour than others.
#[actix_web::test]
async fn counts_accounts_by_link_as_others() {
    let app = start("people.registrations_per_address = 1\n").await;
    for address in ["eve@example.com", "bob@example.com"] {
        ask(&app, address).await;
    }
    let links = links(&app).await;
    for (link, username, status) in [(&links[0], "eve", 200), (&links[1], "bob", 429)] {
        let browser = app.browser();
        let form = browser.open(link).await;
        assert_eq!(register(&browser, &form, username).await.answer.status, status, "{username}");
    }
}

/// Nothing is asked of whoever posts the form of old: the address comes first.
#[actix_web::test]
async fn makes_no_account_without_an_address() {
    let app = start("").await;
    let browser = app.browser();
    let form = browser.open("/register").await;
    let (action, mut pairs) = form.form("form#register-address", &[("email", "")]);
    pairs.extend([("username", "eve"), ("password", NEW)].map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert_eq!(browser.post(&action, &pairs).await.answer.status, 422);
    assert!(app.events("person_added").await.is_empty());
    let off = TestApp::start().await;
    assert_eq!(off.browser().open("/register/sent").await.answer.status, 404);
}

/// In the language of the page on which they asked.
#[actix_web::test]
async fn writes_in_the_language_of_the_page() {
    let app = start("").await;
    let browser = app.browser();
    browser.open("/language?to=de&back=/register").await;
    let form = browser.open("/register").await;
    ask_at(&browser, &form, "eve@example.com").await;
    let mails = app.mails().await;
    assert_eq!(TestApp::only(&mails, "registration").content.subject, "Erstellen Sie Ihr Konto");
}
