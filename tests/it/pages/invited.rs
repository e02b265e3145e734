//! `/register` by invitation: an admin names an address, and whoever is given the link makes the account.

use claviger::domain::events::{Actor, Origin};
use claviger::domain::people::registration::{self, HandOver};
use claviger::domain::people::{Act, links};
use claviger::store::Person;

use super::*;
use crate::support::MAILBOX;

const BY_INVITATION: &str = "people.registration = \"invitation\"\n";
const NEW: &str = "an entirely new passphrase";

fn act<'a>(app: &'a TestApp, origin: &'a Origin) -> Act<'a> {
    Act { store: &app.cx.store, entropy: &*app.cx.entropy, now: app.cx.now(), actor: Actor::Operator, origin }
}

/// Invites somebody; answers the path of the link that is handed over. Where there is mail, another one is sent.
async fn invite(app: &TestApp, address: &str) -> String {
    let (cx, origin) = (&app.cx, Origin::default());
    let act = act(app, &origin);
    let lifetime = cx.config.links.invitation_lifetime;
    let made =
        registration::invite(&act, &cx.hasher, &cx.config.links, (address, HandOver::Always), |address, token| {
            cx.mail(|| cx.letters().registration_invitation(address, token, lifetime))
        });
    let token = made.await.unwrap().unwrap().token.unwrap();
    registration::url(cx.issuer(), &token, "").replace(&app.issuer, "")
}

async fn register(browser: &Browser, page: &Page, username: &str) -> Page {
    browser.submit(page, "form#set-up", &[("username", username), ("password", NEW)]).await
}

async fn known(app: &TestApp, login: &str) -> Option<Person> {
    app.cx.store.person_by_login(login).await.unwrap()
}

/// Whoever is handed a link has not shown that they read mail at its address: the account does not say so.
#[actix_web::test]
async fn makes_an_account_by_a_link_that_was_handed_over() {
    let app = TestApp::start_with(BY_INVITATION).await;
    let link = invite(&app, " Eve@Example.COM ").await;
    let browser = app.browser();
    let form = browser.open(&link).await;
    assert_eq!((form.answer.status, form.text("h1").as_str()), (200, "Create your account"));
    assert!(form.text("main").contains("eve@example.com") && !form.has("input[name=email]"), "{}", form.answer.body);
    assert_eq!(browser.open(&link).await.answer.status, 200, "a look does not use the link");
    let again = register(&browser, &form, "eve@example.com").await;
    assert!(again.answer.body.contains("without “@”"), "nor may it be their name: {}", again.answer.body);
    let home = register(&browser, &form, "eve").await;
    assert!(home.has("form#logout"), "{}", home.answer.body);
    let eve = known(&app, "eve").await.unwrap();
    assert_eq!((eve.claims.email.as_deref(), eve.claims.email_verified), (Some("eve@example.com"), Some(false)));
    assert_eq!(browser.open(&link).await.answer.status, 410);
    assert_eq!(register(&browser, &form, "eve2").await.answer.status, 410);
    let used = app.events("link_used").await;
    assert_eq!(
        (used.len(), used[0].person_id, &used[0].details["purpose"]),
        (1, Some(eve.id), &"invitation_by_hand".into())
    );
    let made = &app.events("link_made").await[0];
    assert_eq!((&made.details["address"], &made.details["mailed"]), (&"eve@example.com".into(), &false.into()));
}

/// Whoever follows the link of a mail reads mail there. With one of both links the other ends.
#[actix_web::test]
async fn knows_an_address_by_the_mailed_link_alone() {
    let app = TestApp::start_with(&format!("{BY_INVITATION}{MAILBOX}")).await;
    let handed = invite(&app, "eve@example.com").await;
    let mails = app.mails().await;
    let mail = TestApp::only(&mails, "registration_invitation");
    assert_eq!((mail.mail.recipient.as_str(), mail.mail.person_id), ("eve@example.com", None));
    let mailed = mail.link(&app);
    assert_ne!(handed, mailed);
    let (browser, other) = (app.browser(), app.browser());
    let (form, late) = (browser.open(&mailed).await, other.open(&handed).await);
    assert!(register(&browser, &form, "eve").await.has("form#logout"));
    assert_eq!(known(&app, "eve").await.unwrap().claims.email_verified, Some(true));
    assert_eq!(register(&other, &late, "mallory").await.answer.status, 410);
    assert_eq!(other.open(&handed).await.answer.status, 410);
    assert!(known(&app, "mallory").await.is_none());
}

/// Of many who use a link at the same moment, one has an account.
#[actix_web::test]
async fn works_once_however_many_follow() {
    let app = TestApp::start_with(BY_INVITATION).await;
    let link = invite(&app, "eve@example.com").await;
    let browsers: Vec<_> = (0..8).map(|_| app.browser()).collect();
    let outcomes = futures_util::future::join_all(browsers.iter().enumerate().map(|(number, browser)| {
        let link = &link;
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
async fn says_that_accounts_are_made_by_invitation() {
    let app = TestApp::start_with(BY_INVITATION).await;
    app.web_app().await;
    let browser = app.browser();
    let page = browser.open("/register").await;
    assert_eq!((page.answer.status, page.text("h1").as_str()), (403, "Accounts are made by invitation here"));
    let sign_in = browser.open("/login").await;
    assert!(!sign_in.answer.body.contains("/register"), "{}", sign_in.answer.body);
    let (_, form) = sign_in.form("form#login", &[("username", "eve"), ("password", NEW)]);
    assert_eq!(browser.post("/register", &form).await.answer.status, 403);
    let document = app.get("/.well-known/openid-configuration").await.ok();
    assert!(!document["prompt_values_supported"].as_array().unwrap().iter().any(|value| value == "create"));
    assert!(app.events("person_added").await.is_empty());
}

/// Links lead to what they are for, as the settings are now, until they end; the next one replaces them.
#[actix_web::test]
async fn leads_nowhere_when_it_is_old_replaced_or_not_wanted() {
    let app = TestApp::start_with(BY_INVITATION).await;
    let first = invite(&app, "eve@example.com").await;
    let second = invite(&app, "EVE@example.com").await;
    let browser = app.browser();
    assert_eq!(browser.open(&first).await.answer.status, 410, "the next one replaces it");
    for other in ["/invitation", "/set-up"] {
        assert_eq!(browser.open(&second.replace("/register", other)).await.answer.status, 410, "{other}");
    }
    let grace = app.person("grace").await;
    let origin = Origin::default();
    let act = act(&app, &origin);
    let own = links::make_invitation(&act, &app.cx.hasher, &app.cx.config.links, grace).await.unwrap();
    assert_eq!(browser.open(&format!("/register?link={}", own.expose_secret())).await.answer.status, 410);
    app.clock.advance(app.cx.config.links.invitation_lifetime);
    assert_eq!(browser.open(&second).await.answer.status, 410);
}

/// Somebody may have come by the address otherwise meanwhile: it is theirs.
#[actix_web::test]
async fn takes_an_address_from_nobody() {
    let app = TestApp::start_with(BY_INVITATION).await;
    let link = invite(&app, "ada@example.com").await;
    let browser = app.browser();
    let form = browser.open(&link).await;
    app.person("ada").await;
    assert_eq!(register(&browser, &form, "eve").await.answer.status, 410);
    assert!(known(&app, "eve").await.is_none());
    let bob = invite(&app, "bob@example.com").await;
    let form = browser.open(&bob).await;
    let again = register(&browser, &form, "ada").await;
    assert_eq!((again.answer.status, again.has("input#username[aria-invalid=true]")), (422, true));
    assert!(again.text("main").contains("bob@example.com"), "{}", again.answer.body);
    assert!(register(&browser, &again, "bob").await.has("form#logout"), "the link is still good");
}

/// Invitations work where everybody may register, too, and are bound by no domain; many may be invited behind one address.
#[actix_web::test]
async fn binds_an_invitation_by_no_domain_and_no_count() {
    let domains = "people.registration_address = true\npeople.registration_domains = [\"example.com\"]\n";
    let settings = format!(
        "people.registration = \"open\"\npeople.registrations_per_address = 1\n{domains}mail.mailbox = true\nmail.from = \"id@example.com\"\n"
    );
    let app = TestApp::start_with(&settings).await;
    for name in ["eve", "bob", "dan"] {
        let link = invite(&app, &format!("{name}@elsewhere.example")).await;
        let browser = app.browser();
        let form = browser.open(&link).await;
        assert!(register(&browser, &form, name).await.has("form#logout"), "{name}");
    }
}
