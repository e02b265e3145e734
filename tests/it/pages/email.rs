//! `/account/email`: the address of a person, confirmed, or another one in its place.

use std::time::Duration;

use claviger::domain::events::{Actor, Origin};
use claviger::domain::people::Act;
use claviger::domain::people::email::{self, Followed};
use claviger::domain::people::links;
use claviger::ids::{PersonId, ProviderAccountId};
use claviger::store::{Person, ProviderAccount};

use super::*;
use crate::support::{Allowed, MAILBOX, ReadMail, START, set_up_phone};

const MAY_CHANGE: &str = "people.editable = [\"name\", \"email\"]\n";

async fn start() -> (TestApp, PersonId, Browser) {
    let app = TestApp::start_with(&format!("{MAILBOX}{MAY_CHANGE}")).await;
    let ada = app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    (app, ada, browser)
}

/// Asks for a link to another address; answers the mails that are there for it.
async fn ask(app: &TestApp, browser: &Browser, address: &str) -> Vec<ReadMail> {
    let page = browser.open("/account/email").await;
    let sent = browser.submit(&page, "form#own-email", &[("email", address)]).await;
    assert!(sent.has(".good"), "{}", sent.answer.body);
    let mails = app.mails().await;
    mails.into_iter().filter(|read| read.mail.kind == "email_verification" && read.mail.recipient == address).collect()
}

async fn follow(browser: &Browser, link: &str) -> Page {
    let question = browser.open(link).await;
    browser.submit(&question, "form#follow-link", &[]).await
}

async fn address(app: &TestApp, person: PersonId) -> (Option<String>, Option<bool>) {
    let claims = app.cx.store.person(person).await.unwrap().unwrap().claims;
    (claims.email, claims.email_verified)
}

async fn set_address(app: &TestApp, person: PersonId, email: &str, verified: bool) {
    let mut person = app.cx.store.person(person).await.unwrap().unwrap();
    (person.claims.email, person.claims.email_verified) = (Some(email.to_owned()), Some(verified));
    app.cx.store.write(move |tx| Box::pin(async move { tx.update_person(&person).await })).await.unwrap();
}

/// OIDC Core §5.1: `email_verified` is told of an address that was seen to be under the person's control.
#[actix_web::test]
async fn takes_another_address_once_its_link_is_followed() {
    let (app, ada, browser) = start().await;
    let profile = browser.open("/account/profile").await;
    assert!(!profile.has("input[name=email]") && profile.has("a#own-email"), "it has a page of its own");
    let mails = ask(&app, &browser, "ada@new.example").await;
    assert_eq!(address(&app, ada).await.0.unwrap(), "ada@example.com", "nothing has changed yet");
    let text = &mails[0].content.text;
    assert!(text.starts_with("Hello,") && !text.contains("Lovelace"), "a stranger is told no name: {text}");
    let link = mails[0].link(&app);
    let question = browser.open(&link).await;
    assert!(question.text("main").contains("ada@new.example"), "{}", question.answer.body);
    assert_eq!(address(&app, ada).await.0.unwrap(), "ada@example.com", "a look changes nothing");
    let done = browser.submit(&question, "form#follow-link", &[]).await;
    assert_eq!((done.url.path(), done.text(".good").as_str()), ("/account/email", "The address is confirmed."));
    assert_eq!(address(&app, ada).await, (Some("ada@new.example".to_owned()), Some(true)));
    assert_eq!(browser.open(&link).await.answer.status, 410);
    assert_eq!(browser.submit(&question, "form#follow-link", &[]).await.answer.status, 410);
    let mails = app.mails().await;
    assert_eq!(TestApp::only(&mails, "email_changed").mail.recipient, "ada@example.com");
    assert_eq!(app.events("email_changed").await.len(), 1);
    let by_address = app.browser();
    let home = sign_in_at(&by_address, &by_address.open("/login").await, "ADA@new.example", PASSWORD).await;
    assert!(home.has("form#logout"));
}

#[actix_web::test]
async fn confirms_the_address_that_there_is_also_where_it_may_not_be_changed() {
    let app = TestApp::start_with(MAILBOX).await;
    let ada = app.person("ada").await;
    set_address(&app, ada, "ada@example.com", false).await;
    let browser = signed_in(&app, "ada").await;
    let page = browser.open("/account/email").await;
    assert!(!page.has("form#own-email"), "{}", page.answer.body);
    let other = browser.submit(&page, "form#confirm-email", &[("email", "ada@new.example")]).await;
    assert_eq!(other.answer.status, 400, "the operator sets it");
    browser.submit(&page, "form#confirm-email", &[]).await;
    let mails = app.mails().await;
    let link = TestApp::only(&mails, "email_verification").link(&app);
    follow(&browser, &link).await;
    assert_eq!(address(&app, ada).await, (Some("ada@example.com".to_owned()), Some(true)));
    assert!(app.mails().await.iter().all(|read| read.mail.kind != "email_changed"), "it is the same");
    assert_eq!(app.events("email_verified").await.len(), 1);
}

/// RFC 5890 §2.3.2.1: the host as DNS knows it, so that two who mean one mailbox are not two accounts.
#[actix_web::test]
async fn knows_an_address_by_one_spelling() {
    let (app, ada, browser) = start().await;
    let page = browser.open("/account/email").await;
    browser.submit(&page, "form#own-email", &[("email", " Ada@Bücher.Example ")]).await;
    let mails = app.mails().await;
    follow(&browser, &TestApp::only(&mails, "email_verification").link(&app)).await;
    assert_eq!(address(&app, ada).await.0.unwrap(), "ada@xn--bcher-kva.example");
}

/// Whoever has the mailbox but not the account attaches nothing, nor the reverse.
#[actix_web::test]
async fn takes_no_address_into_the_account_of_a_stranger() {
    let (app, ada, browser) = start().await;
    let eve = app.person("eve").await;
    let link = ask(&app, &browser, "eve@elsewhere.example").await[0].link(&app);
    let hers = signed_in(&app, "eve").await;
    assert_eq!(hers.open(&link).await.answer.status, 410);
    let nobody = app.browser().open(&link).await;
    assert_eq!(nobody.url.path(), "/login", "first it is seen who follows it");
    for person in [ada, eve] {
        assert!(!address(&app, person).await.0.unwrap().contains("elsewhere"));
    }
    assert!(ask(&app, &browser, "eve@example.com").await.is_empty(), "it is hers");
}

#[actix_web::test]
async fn takes_no_address_that_somebody_else_has_meanwhile() {
    let (app, ada, browser) = start().await;
    let link = ask(&app, &browser, "shared@example.com").await[0].link(&app);
    let eve = app.person("eve").await;
    set_address(&app, eve, "Shared@example.com", true).await;
    let taken = follow(&browser, &link).await;
    assert_eq!(taken.answer.status, 409, "{}", taken.answer.body);
    assert_eq!(address(&app, ada).await.0.unwrap(), "ada@example.com");
}

#[actix_web::test]
async fn undoes_a_change_from_the_old_address_whatever_was_done_since() {
    let (app, ada, thief) = start().await;
    let client = app.web_app().await;
    let held = app.tokens(&client, ada, Allowed::default()).await;
    for to in ["thief@evil.example", "thief@worse.example"] {
        let link = ask(&app, &thief, to).await[0].link(&app);
        follow(&thief, &link).await;
        app.clock.advance(Duration::from_secs(1));
    }
    let mails = app.mails().await;
    let undo = |to: &str| {
        let news = mails.iter().find(|read| read.mail.kind == "email_changed" && read.mail.recipient == to);
        news.unwrap().link(&app)
    };
    let form = thief.open("/account/security/password").await;
    let new = [("old", PASSWORD), ("new", "the password of a thief, at last")];
    let changed = thief.submit(&form, "main form", &new).await;
    assert_eq!(changed.url.path(), "/account/security", "{}", changed.answer.body);
    let offline = Allowed { scope: "openid offline_access", ..Allowed::default() };
    let offline = app.tokens(&client, ada, offline).await;
    let waiting = ask(&app, &thief, "thief@last.example").await[0].link(&app);
    let browser = app.browser();
    let question = browser.open(&undo("ada@example.com")).await;
    assert!(question.text("main").contains("ada@example.com"), "{}", question.answer.body);
    let after = browser.submit(&question, "form#follow-link", &[]).await;
    assert_eq!(after.url.path(), "/recover");
    assert_eq!(address(&app, ada).await, (Some("ada@example.com".to_owned()), Some(true)));
    assert!(!thief.open("/").await.has("form#logout"), "whoever changed it is out");
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", held["refresh_token"].as_str().unwrap())];
    app.token(&client, &refresh).await.refuses(400, "invalid_grant");
    app.refresh(&client, offline["refresh_token"].as_str().unwrap()).await.refuses(400, "invalid_grant");
    assert_eq!(app.userinfo(offline["access_token"].as_str().unwrap()).await.status, 401);
    let again = app.browser();
    let refused = sign_in_at(&again, &again.open("/login").await, "ada", "the password of a thief, at last").await;
    assert_eq!(refused.answer.status, 422, "the password that the thief knows is good no more");
    let link = app.recovery_link("ada").await;
    let form = again.open(&link).await;
    let new = "what only ada knows, from now on";
    again.submit(&form, "form#set-up", &[("password", new)]).await;
    assert!(sign_in_at(&again, &again.open("/login").await, "ada", new).await.has("form#logout"));
    assert_eq!(again.open(&waiting).await.answer.status, 410, "nor is it changed back by what the thief was sent");
    for to in ["ada@example.com", "thief@evil.example"] {
        assert_eq!(browser.open(&undo(to)).await.answer.status, 410, "what {to} was sent undoes nothing any more");
    }
}

/// What whoever changed the address has added since goes with the undoing; what was there before stays.
#[actix_web::test]
async fn undoes_what_was_added_since_the_change() {
    let app = TestApp::start_by_name(&format!("second_factor.always = false\n{MAILBOX}{MAY_CHANGE}")).await;
    let ada = app.person("ada").await;
    let hers = signed_in(&app, "ada").await;
    let own = app.passkey(&hers, "Ada’s").await;
    set_up_phone(&app, &hers).await;
    let key = add_key(&hers, "Ada’s").await;
    app.clock.advance(app.cx.config.links.email_undo_lifetime + Duration::from_mins(1));
    // She let somebody use her computer, who adds a way in before anything else.
    let hers = app.browser();
    own.sign_in(&hers, &hers.open("/login").await).await;
    let of_thief = app.passkey(&hers, "Of a thief").await;
    app.clock.advance(Duration::from_secs(30));
    let link = ask(&app, &hers, "thief@evil.example").await[0].link(&app);
    follow(&hers, &link).await;
    set_up_phone(&app, &hers).await;
    add_key(&hers, "Of a thief").await;
    let form = hers.open("/account/security/recovery-codes").await;
    assert!(hers.submit(&form, "form#recovery-codes", &[]).await.has(".codes"), "the thief has seen these");
    let linked = app.cx.now();
    let account = |subject: &str, linked_at| ProviderAccount {
        id: ProviderAccountId(app.cx.entropy.uuid()),
        provider: "harbour".to_owned(),
        subject: subject.to_owned(),
        label: None,
        person_id: ada,
        tokens: None,
        linked_at,
        last_used_at: linked_at,
    };
    for account in [account("of-ada", START), account("of-a-thief", linked)] {
        let insert = app.cx.store.write(move |tx| Box::pin(async move { tx.insert_provider_account(&account).await }));
        assert!(insert.await.unwrap());
    }
    let form = hers.open(&format!("{key}/rotate")).await;
    let rotated = hers.submit(&form, "main form", &[("overlap", "7d")]).await.text(".once .value");
    assert!(rotated.starts_with("clv_key_"));
    let mails = app.mails().await;
    let undo = TestApp::only(&mails, "email_changed").link(&app);
    let browser = app.browser();
    let question = browser.open(&undo).await;
    browser.submit(&question, "form#follow-link", &[]).await;
    let store = &app.cx.store;
    let held = app.cx.factor_desk().held_by(ada).await.unwrap();
    assert_eq!((held.apps.len(), held.passkeys, held.recovery_codes), (1, 1, 0));
    let accounts = store.provider_accounts_of(ada).await.unwrap();
    assert_eq!(accounts.iter().map(|account| account.subject.as_str()).collect::<Vec<_>>(), ["of-ada"]);
    let keys = store.api_keys_after(&claviger::store::ApiKeyFilter::default(), None, 10).await.unwrap();
    assert_eq!(keys.iter().map(|key| key.name.as_str()).collect::<Vec<_>>(), ["Ada’s"]);
    let secrets = store.api_key_secrets(keys[0].id, app.cx.now()).await.unwrap();
    assert!(
        secrets.iter().all(|secret| !rotated.starts_with(&secret.beginning)),
        "nor is the secret good that was seen"
    );
    let [reset] = &app.events("factors_reset").await[..] else { panic!("it is recorded") };
    assert_eq!(reset.details["because"], "added since the change of address that was undone");
    let thief = app.browser();
    assert!(!of_thief.sign_in(&thief, &thief.open("/login").await).await.has("form#logout"));
    let again = app.browser();
    assert!(own.sign_in(&again, &again.open("/login").await).await.has("form#logout"));
}

/// Makes an API key, and answers with its path.
async fn add_key(browser: &Browser, name: &str) -> String {
    let page = browser.open("/account/api-keys/new").await;
    let page = browser.submit(&page, "form#api-key-form", &[("name", name)]).await;
    page.links("main nav a")[0].clone()
}

/// Whoever asks for the address of somebody else learns nothing by it: not from the answer, not from how often they may ask, nor from
/// the copy of their own data.
#[actix_web::test]
async fn tells_nobody_whose_an_address_is() {
    let (app, _, browser) = start().await;
    app.person("eve").await;
    for (address, is_free) in [("eve@example.com", false), ("nobody@example.com", true)] {
        let (app, browser) = (&app, &browser);
        let mails = ask(app, browser, address).await;
        assert_eq!(mails.len(), usize::from(is_free), "{address}");
        let form = browser.open("/account/data").await;
        let data = browser.submit(&form, "form#own-data", &[]).await.answer.body;
        assert!(!data.contains(address), "{address}");
    }
    for number in 0..3 {
        assert_eq!(ask(&app, &browser, "eve@example.com").await.len(), 0, "{number}");
    }
    let page = browser.open("/account/email").await;
    for address in ["eve@example.com", "other@example.com"] {
        let held = browser.submit(&page, "form#own-email", &[("email", address)]).await;
        assert_eq!((held.answer.status, held.answer.header("retry-after")), (429, "60"), "{address}");
        assert_eq!(held.answer.header("ratelimit"), "\"account\";r=0;t=60");
        assert!(held.text(".problem").contains("Too many attempts"), "{}", held.answer.body);
    }
}

/// However many ask at once, and whoever asks, an address is sent three links in an hour.
#[actix_web::test]
async fn fills_nobodys_mailbox_with_links() {
    let (app, ada, browser) = start().await;
    let page = browser.open("/account/email").await;
    let all = (0..32).map(|_| browser.submit(&page, "form#own-email", &[("email", "victim@example.com")]));
    let answers = futures_util::future::join_all(all).await;
    assert_eq!(answers.iter().filter(|page| page.answer.status == 429).count(), 32 - 5);
    for name in ["eve", "grace"] {
        app.person(name).await;
        ask(&app, &signed_in(&app, name).await, "victim@example.com").await;
    }
    let mails = app.mails().await;
    let sent = mails.iter().filter(|read| read.mail.recipient == "victim@example.com").count();
    assert_eq!(sent, 3);
    // Whoever asked once too often follows what they were sent before.
    let mut good = Vec::new();
    for read in mails.iter().filter(|read| read.mail.recipient == "victim@example.com") {
        let question = browser.open(&read.link(&app)).await;
        good.extend((question.answer.status == 200).then_some(question));
    }
    assert_eq!(good.len(), 1);
    let done = browser.submit(&good[0], "form#follow-link", &[]).await;
    assert_eq!(done.query("done").as_deref(), Some("confirmed"));
    set_address(&app, ada, "ada@example.com", true).await;
    app.clock.advance(Duration::from_hours(1));
    let grace = signed_in(&app, "grace").await;
    assert_eq!(ask(&app, &grace, "victim@example.com").await.len(), sent + 1);
}

/// Whoever looks after accounts may be somebody else than they seem: the old address is told what they changed.
#[actix_web::test]
async fn tells_the_old_address_what_an_admin_changed() {
    let (app, ada, _) = start().await;
    app.admin("root").await;
    let admins = signed_in(&app, "root").await;
    for (change, told) in [(("nickname", "Countess"), 0), (("email", "ada@new.example"), 1)] {
        let page = admins.open(&format!("/admin/people/{ada}/edit")).await;
        let page = admins.submit(&page, "form#edit-person", &[change]).await;
        assert_eq!(page.query("done").as_deref(), Some("changed"), "{}", page.answer.body);
        let news = app.mails().await.into_iter().filter(|read| read.mail.kind == "email_changed");
        let to: Vec<_> = news.map(|read| read.mail.recipient).collect();
        assert_eq!(to, ["ada@example.com"][..told], "{change:?}");
    }
}

/// Where somebody else has the old address meanwhile, nobody's is taken.
#[actix_web::test]
async fn undoes_nothing_at_the_cost_of_somebody_else() {
    let (app, ada, browser) = start().await;
    let link = ask(&app, &browser, "ada@new.example").await[0].link(&app);
    follow(&browser, &link).await;
    let undo = TestApp::only(&app.mails().await, "email_changed").link(&app);
    let eve = app.person("eve").await;
    set_address(&app, eve, "ada@example.com", true).await;
    assert_eq!(follow(&app.browser(), &undo).await.answer.status, 410);
    assert_eq!(address(&app, ada).await.0.unwrap(), "ada@new.example");
    assert_eq!(address(&app, eve).await.0.unwrap(), "ada@example.com");
}

/// Of two who have opened a link before either follows it, one does.
#[actix_web::test]
async fn counts_a_link_once_that_was_opened_twice() {
    let (app, ada, browser) = start().await;
    let (cx, origin) = (&app.cx, Origin::default());
    let act =
        || Act { store: &cx.store, entropy: &*cx.entropy, now: cx.now(), actor: Actor::Person(ada), origin: &origin };
    let opened = async |link: &str| {
        let token = link.split_once("link=").unwrap().1;
        links::open(&cx.store, &cx.hasher, token, cx.now()).await.unwrap().unwrap()
    };
    let link = opened(&ask(&app, &browser, "ada@new.example").await[0].link(&app)).await;
    for expected in [Followed::Done, Followed::Spent] {
        let cx = app.cx.clone();
        let news = move |person: &Person, token: Option<&_>| {
            cx.mail(|| cx.letters().email_changed(person, token.map(|token| (token, Duration::from_hours(1)))))
        };
        let settings = (&app.cx.hasher, &app.cx.config.links);
        assert_eq!(email::follow(&act(), settings, link.clone(), ada, news).await.unwrap(), expected);
    }
    let undo = opened(&TestApp::only(&app.mails().await, "email_changed").link(&app)).await;
    for expected in [Followed::Done, Followed::Spent] {
        assert_eq!(email::undo(&act(), &app.cx.config.links, undo.clone()).await.unwrap(), expected);
    }
    assert_eq!(app.events("email_changed").await.len(), 2);
}

/// Whoever knows the password of somebody with a second factor attaches no address to their account.
#[actix_web::test]
async fn asks_for_the_second_factor() {
    let app = TestApp::start_with(&format!("second_factor.always = false\n{MAILBOX}{MAY_CHANGE}")).await;
    let ada = app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    set_up_phone(&app, &browser).await;
    let link = ask(&app, &browser, "ada@new.example").await[0].link(&app);
    let question = browser.open(&link).await;
    let thief = signed_in(&app, "ada").await;
    assert_eq!(thief.open("/account/email").await.url.path(), "/login/second");
    assert_eq!(thief.open(&link).await.url.path(), "/login/second", "the link is not shown either");
    let own = thief.open("/logout").await.form("form#logout", &[]).1;
    let csrf = own.iter().find(|(name, _)| name == "csrf").unwrap().1.as_str();
    let form = browser.open("/account/email").await;
    let before = app.mails().await.len();
    let sent = thief.submit_only(&form, "form#own-email", &[("email", "eve@evil.example"), ("csrf", csrf)]).await;
    assert_eq!((sent.url.path(), app.mails().await.len()), ("/login/second", before));
    let sent = thief.submit_only(&question, "form#follow-link", &[("csrf", csrf)]).await;
    assert_eq!(sent.url.path(), "/login/second");
    assert_eq!(address(&app, ada).await.0.unwrap(), "ada@example.com");
    follow(&browser, &link).await;
    assert_eq!(address(&app, ada).await.0.unwrap(), "ada@new.example", "she proved it all");
}

#[actix_web::test]
async fn undoes_nothing_for_an_address_that_nobody_had_confirmed() {
    let (app, ada, browser) = start().await;
    set_address(&app, ada, "ada@example.com", false).await;
    let link = ask(&app, &browser, "ada@new.example").await[0].link(&app);
    follow(&browser, &link).await;
    let mails = app.mails().await;
    let news = TestApp::only(&mails, "email_changed");
    assert_eq!((news.mail.recipient.as_str(), news.link(&app).as_str()), ("ada@example.com", "/account/security"));
}

#[actix_web::test]
async fn asks_who_it_is_before_anything_changes() {
    let (app, _, browser) = start().await;
    let page = browser.open("/account/email").await;
    app.clock.advance(app.cx.config.sessions.recent_lifetime + Duration::from_secs(1));
    let sent = browser.submit(&page, "form#own-email", &[("email", "ada@new.example")]).await;
    assert_eq!(sent.url.path(), "/login");
    assert!(app.mails().await.iter().all(|read| read.mail.kind != "email_verification"));
}

#[actix_web::test]
async fn sends_so_many_links_only_and_the_last_one_counts() {
    let (app, _, browser) = start().await;
    let first = ask(&app, &browser, "ada@first.example").await[0].link(&app);
    let mut last = String::new();
    for number in 0..4 {
        last = ask(&app, &browser, &format!("ada@{number}.example")).await[0].link(&app);
    }
    assert_eq!(browser.open(&first).await.answer.status, 410);
    assert_eq!(browser.open(&last).await.answer.status, 200);
    let page = browser.open("/account/email").await;
    let more = browser.submit(&page, "form#own-email", &[("email", "ada@more.example")]).await;
    assert_eq!(more.answer.status, 429, "{}", more.answer.body);
    for wrong in ["nobody", "a b@c", ""] {
        let answer = browser.submit(&page, "form#own-email", &[("email", wrong)]).await;
        assert_eq!(answer.answer.status, 422, "{wrong}");
    }
    app.clock.advance(app.cx.config.links.verification_lifetime);
    let browser = signed_in(&app, "ada").await;
    assert_eq!(browser.open(&last).await.answer.status, 410, "a day later");
}

#[actix_web::test]
async fn takes_an_address_once_however_many_follow_the_link_at_once() {
    let (app, ada, browser) = start().await;
    let link = ask(&app, &browser, "ada@new.example").await[0].link(&app);
    let question = browser.open(&link).await;
    let all = (0..32).map(|_| browser.submit(&question, "form#follow-link", &[]));
    let answers = futures_util::future::join_all(all).await;
    let done = answers.iter().filter(|page| page.url.query() == Some("done=confirmed")).count();
    assert_eq!(done, 1, "{:?}", answers.iter().map(|page| page.answer.status).collect::<Vec<_>>());
    assert_eq!(address(&app, ada).await.0.unwrap(), "ada@new.example");
    assert_eq!(app.events("email_changed").await.len(), 1);
}

#[actix_web::test]
async fn is_no_page_where_there_is_no_mail() {
    let app = TestApp::start_with(MAY_CHANGE).await;
    app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    assert_eq!(browser.open("/account/email").await.answer.status, 404);
    assert!(browser.open("/account/profile").await.has("input[name=email]"));
}
