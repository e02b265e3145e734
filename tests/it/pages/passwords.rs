//! Which passwords people may choose, and how they are told (NIST SP 800-63B-4).

use crate::support::{Commands, PASSWORD, Page, TestApp};

const OPEN: &str = "people.registration = \"open\"\n";

async fn register_with(app: &TestApp, password: &str) -> Page {
    let browser = app.browser();
    let page = browser.open("/register").await;
    let fields = [("username", "lovelace"), ("display_name", "Ada Lovelace"), ("password", password)];
    browser.submit(&page, "form#set-up", &fields).await
}

/// What would be guessed first is refused, with the reason in words; what kinds of characters it has does not count.
#[actix_web::test]
async fn says_why_a_password_is_weak() {
    let app = TestApp::start_with(OPEN).await;
    for (password, says) in [
        ("password1", "Many people choose this password"),
        ("qwertyuiop", "Many people choose this password"),
        ("aaaaaaaaaaaa", "repeats itself"),
        ("abcdefgh", "sequence"),
        ("adalovelace", "easy to guess"),
        ("short", "at least 8 characters"),
        ("Lovelace", "not your username"),
    ] {
        let page = register_with(&app, password).await;
        assert_eq!(page.answer.status, 422, "{password}");
        let told = page.text("#password-hint");
        assert!(told.contains(says), "{password}: {told}");
        assert!(!page.answer.body.contains(&format!("value=\"{password}\"")), "{password}");
    }
    let page = register_with(&app, "ein schoner tag im mai").await;
    assert!(page.has("form#logout"), "{}", page.answer.body);
}

/// A field for a password takes what is pasted, and as much of it as NIST asks for.
#[actix_web::test]
async fn takes_long_passwords_and_what_is_pasted() {
    let app = TestApp::start_with(OPEN).await;
    let form = app.browser().open("/register").await;
    assert!(form.has("input[name=password][autocomplete=new-password][maxlength='1024']:not([onpaste])"));
    let long = "ein langer satz, den niemand errät ".repeat(20);
    let page = register_with(&app, &long).await;
    assert!(page.has("form#logout"), "{}", page.answer.body);
    let browser = app.browser();
    let form = browser.open("/login").await;
    let pair = [("username", "lovelace"), ("password", long.as_str())];
    assert!(browser.submit(&form, "form#login", &pair).await.has("form#logout"));
}

/// SHA-1 of "correct horse battery staple", among others, in the order and form of haveibeenpwned.com.
const LIST: &str = "0000000A0E3B9F25FF41DE4B5AC238C2D545C7A8:15\r\n\
    ABF7AAD6438836DBE526AA231ABDE2D0EEF74D42:1379\r\nFFFFFFFEE791CBAC0F6305CAF0CEE06BBE131160:2\r\n";

/// What is known from a breach is refused, where the operator has a list.
#[actix_web::test]
async fn refuses_what_is_known_from_a_breach() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("list");
    std::fs::write(&list, LIST).unwrap();
    let app = TestApp::start_with(&format!("{OPEN}passwords.breached_list = {:?}\n", list.to_str().unwrap())).await;
    let page = register_with(&app, PASSWORD).await;
    assert_eq!(page.answer.status, 422);
    assert!(page.text("#password-hint").contains("known from a breach"), "{}", page.answer.body);
    assert!(register_with(&app, "correct horse battery stable").await.has("form#logout"));
}

/// The same rules hold at the command line; a list that cannot be read stops the start.
#[test]
fn holds_the_operator_to_the_same() {
    let commands = Commands::in_an_empty_folder();
    let outcome = commands.run_with_input("user add --username ada --password-stdin", "password1");
    assert!(outcome.refused(1).contains("Many people choose it"), "{}", outcome.stderr);
    commands.run_with_input("user add --username ada --password-stdin", PASSWORD).done();
}

#[actix_web::test]
async fn does_not_start_without_the_list_that_it_should_have() {
    use std::sync::Arc;

    use claviger::clock::{SystemClock, SystemEntropy};
    use claviger::config::Config;
    use claviger::cx::Cx;

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.toml");
    std::fs::write(&file, "passwords.breached_list = \"missing\"\n").unwrap();
    let config = Config::load(Some(&file), []).unwrap_or_else(|faults| panic!("{faults}"));
    let outcome = Cx::open(config, Arc::new(SystemClock), Arc::new(SystemEntropy)).await;
    assert!(outcome.err().unwrap().to_string().contains("passwords.breached_list"));
}
