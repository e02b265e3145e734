//! Passkeys: answers that were heard before, made up, or meant for somebody or something else.

use std::time::Duration;

use claviger::domain::events::Origin;
use claviger::domain::people::accounts;
use futures_util::future::join_all;

use super::scene::*;
use crate::support::{Browser, PRESENT, Page, SoftKey, TestApp, VERIFIED};

/// A browser, the page that it shows, a form there, and what is typed into it.
type Filled<'a> = (&'a Browser, &'a Page, &'a str, &'a [(&'a str, &'a str)]);

const NEW: &str = "/account/security/passkeys/new";
const LIST: &str = "/account/security/passkeys";

struct Scene {
    app: TestApp,
    ada: Browser,
    key: SoftKey,
}

impl Scene {
    async fn new() -> Self {
        let app = TestApp::start_by_name("").await;
        app.person("ada").await;
        app.person("eve").await;
        let ada = signed_in(&app, "ada").await;
        let mut key = app.passkey(&ada, "Key").await;
        key.counter = 1;
        Self { app, ada, key }
    }

    /// The key as it is, but for one thing; nobody is let in, and the log says why.
    async fn refuses(&mut self, reason: &str, change: impl FnOnce(&mut SoftKey), undo: impl FnOnce(&mut SoftKey)) {
        change(&mut self.key);
        let browser = self.app.browser();
        let before = self.refusals().await.len();
        let page = self.key.sign_in(&browser, &browser.open("/login").await).await;
        turned_away(&page, reason);
        let told = self.refusals().await;
        assert_eq!(told.len(), before + 1, "{reason}");
        assert!(told[0].contains(reason), "{} is not {reason}", told[0]);
        self.app.clock.advance(Duration::from_secs(1));
        undo(&mut self.key);
    }

    /// Why nobody was let in, the latest first.
    async fn refusals(&self) -> Vec<String> {
        self.app.events("sign_in").await.into_iter().filter_map(|event| event.reason).collect()
    }
}

#[track_caller]
fn turned_away(page: &Page, what: &str) {
    assert!(page.answer.status == 422 && page.has("form#login"), "{what}: {}", page.answer.body);
}

fn csrf(page: &Page, form: &str) -> String {
    page.form(form, &[]).1.into_iter().find(|(name, _)| name == "csrf").unwrap().1
}

/// Web Authentication §7.2: each thing that an answer says is checked.
#[actix_web::test]
async fn answer_for_another_server_or_without_the_person() {
    let mut scene = Scene::new().await;
    let origin = scene.app.origin.clone();
    let of_eve = scene.app.cx.store.person_by_login("eve").await.unwrap().unwrap().id.0.as_bytes().to_vec();
    let of_ada = scene.key.handle.clone();
    let id = scene.key.id.clone();
    for other in ["https://evil.example", "http://localhost:1", "https://localhost"] {
        scene.refuses("origin", |key| other.clone_into(&mut key.origin), |key| key.origin.clone_from(&origin)).await;
    }
    scene
        .refuses("relying party", |key| key.server = "evil.example".into(), |key| key.server = "localhost".into())
        .await;
    scene.refuses("verified bit", |key| key.flags = PRESENT, |key| key.flags = PRESENT | VERIFIED).await;
    scene.refuses("present bit", |key| key.flags = VERIFIED, |key| key.flags = PRESENT | VERIFIED).await;
    scene.refuses("", |key| key.kind = "webauthn.create", |key| key.kind = "webauthn.get").await;
    let given_back = of_ada.clone();
    scene.refuses("somebody else", |key| key.handle = Some(of_eve), |key| key.handle = given_back).await;
    scene.refuses("somebody else", |key| key.handle = None, |key| key.handle = of_ada).await;
    scene.refuses("unknown passkey", |key| key.id = vec![7; 20], |key| key.id = id).await;
    let browser = scene.app.browser();
    let page = scene.key.sign_in(&browser, &browser.open("/login").await).await;
    assert!(page.has("form#logout"), "as it is, it is good: {}", page.answer.body);
}

/// Web Authentication §7.2: a key that has counted further elsewhere is one of two.
#[actix_web::test]
async fn use_a_copy_of_a_key() {
    let mut scene = Scene::new().await;
    let browser = scene.app.browser();
    scene.key.counter = 7;
    assert!(scene.key.sign_in(&browser, &browser.open("/login").await).await.has("form#logout"));
    for counter in [7, 6, 0] {
        scene.refuses("counter", |key| key.counter = counter, |_| {}).await;
    }
    let ada = scene.app.cx.store.person_by_login("ada").await.unwrap().unwrap().id;
    let told = scene.app.events("sign_in").await.into_iter().filter(|event| event.reason.is_some());
    assert!(told.into_iter().all(|event| event.person_id == Some(ada)));
}

/// A wiretap's worth: the whole form, sent again.
#[actix_web::test]
async fn answer_twice() {
    let scene = Scene::new().await;
    let browser = scene.app.browser();
    let form = browser.open("/login").await;
    let answer = scene.key.answer(&form);
    let fields = [("answer", answer.as_str())];
    assert!(browser.submit(&form, "form#passkey", &fields).await.has("form#logout"));
    turned_away(&browser.submit(&form, "form#passkey", &fields).await, "the same again");
    // Eve has no cookie that belongs to the form.
    let eve = scene.app.browser();
    eve.open("/login").await;
    assert_eq!(eve.submit(&form, "form#passkey", &fields).await.answer.status, 403);
    let own = csrf(&eve.open("/login").await, "form#passkey");
    let fields = [("answer", answer.as_str()), ("csrf", own.as_str())];
    turned_away(&eve.submit(&form, "form#passkey", &fields).await, "in another browser");
}

/// 16 at once, exactly one winner, although the device does not count.
#[actix_web::test]
async fn answer_many_times_at_once() {
    let mut scene = Scene::new().await;
    scene.key.counter = 0;
    let browser = scene.app.browser();
    let form = browser.open("/login").await;
    let answer = scene.key.answer(&form);
    let fields = [("answer", answer.as_str())];
    let pages = join_all((0..16).map(|_| browser.submit_only(&form, "form#passkey", &fields))).await;
    assert_eq!(pages.iter().filter(|page| page.answer.status == 303).count(), 1);
}

/// A question that was made up, altered, or asked for another purpose.
#[actix_web::test]
async fn answer_a_question_that_nobody_asked() {
    let scene = Scene::new().await;
    let browser = scene.app.browser();
    let form = browser.open("/login").await;
    let answer = scene.key.answer(&form);
    let asked = form.form("form#passkey", &[]).1.into_iter().find(|(name, _)| name == "question").unwrap().1;
    let add = scene.ada.open(NEW).await;
    let to_add = add.form("form#passkey", &[]).1.into_iter().find(|(name, _)| name == "question").unwrap().1;
    for question in ["", "x", &asked[1..], &asked[..asked.len() - 2], &to_add] {
        let fields = [("answer", answer.as_str()), ("question", question)];
        turned_away(&browser.submit(&form, "form#passkey", &fields).await, question);
    }
    for answer in ["", "{}", "[]", "null", "{\"id\":\"AA\",\"rawId\":\"AA\",\"type\":\"public-key\",\"response\":{}}"] {
        turned_away(&browser.submit(&form, "form#passkey", &[("answer", answer)]).await, answer);
    }
    // The answer to one question is none to another.
    let other = browser.open("/login").await;
    turned_away(&browser.submit(&other, "form#passkey", &[("answer", &answer)]).await, "another question");
}

#[actix_web::test]
async fn sign_in_by_the_passkey_of_a_disabled_account() {
    let mut scene = Scene::new().await;
    let ada = scene.app.cx.store.person_by_login("ada").await.unwrap().unwrap().id;
    let origin = Origin::default();
    assert!(accounts::disable(&act(&scene.app, &origin), ada).await.unwrap());
    scene.refuses("person disabled", |_| {}, |_| {}).await;
}

/// Each answer that is refused is written down: an address fills no disk by them.
#[actix_web::test]
async fn send_refused_answers_without_end() {
    let app = TestApp::start_by_name("protection.failures_per_address = 5\n").await;
    app.person("ada").await;
    let ada = signed_in(&app, "ada").await;
    let mut key = app.passkey(&ada, "Key").await;
    key.origin = "https://evil.example".to_owned();
    let form = app.browser();
    for _ in 0..5 {
        turned_away(&key.sign_in(&form, &form.open("/login").await).await, "another site");
    }
    key.origin.clone_from(&app.origin);
    let before = app.events("sign_in").await.len();
    for _ in 0..3 {
        let held = key.sign_in(&form, &form.open("/login").await).await;
        assert_eq!((held.answer.status, held.answer.header("retry-after")), (429, "60"), "{}", held.answer.body);
        assert!(held.answer.header("ratelimit").ends_with(";r=0;t=60"), "{}", held.answer.header("ratelimit"));
        assert_eq!(held.text(".problem:not([hidden])"), "Too many attempts. Try again in 1 min.");
    }
    assert_eq!(app.events("sign_in").await.len(), before);
    let held = app.events("held_back").await;
    assert_eq!((held.len(), held[0].reason.as_deref()), (1, Some("too many refused passkeys")));
    app.clock.advance(Duration::from_mins(1));
    assert!(key.sign_in(&form, &form.open("/login").await).await.has("form#logout"));
}

/// The question belongs to the session in which it was asked, and a passkey to one account.
#[actix_web::test]
async fn add_a_passkey_to_another_account() {
    let scene = Scene::new().await;
    let eve = signed_in(&scene.app, "eve").await;
    let (theirs, hers) = (eve.open(NEW).await, scene.ada.open(NEW).await);
    let (_, answer) = SoftKey::make(&theirs, PRESENT | VERIFIED);
    let asked = theirs.form("form#passkey", &[]).1.into_iter().find(|(name, _)| name == "question").unwrap().1;
    let fields = [("name", "Eve’s"), ("answer", answer.as_str()), ("question", asked.as_str())];
    let page = scene.ada.submit(&hers, "form#passkey", &fields).await;
    assert_eq!((page.answer.status, page.url.path()), (422, NEW));
    // Without the person, for another server, or once more.
    let (_, unverified) = SoftKey::make(&theirs, PRESENT);
    let fields = [("name", "Eve’s"), ("answer", unverified.as_str())];
    assert_eq!(eve.submit(&theirs, "form#passkey", &fields).await.answer.status, 422);
    let fields = [("name", "Eve’s"), ("answer", answer.as_str())];
    assert_eq!(eve.submit(&theirs, "form#passkey", &fields).await.query("done").as_deref(), Some("added"));
    assert_eq!(eve.submit(&theirs, "form#passkey", &fields).await.answer.status, 422, "the same again");
    let found: Vec<_> =
        scene.app.events("passkey_added").await.into_iter().filter_map(|event| event.person_id).collect();
    assert_eq!(found.len(), 2);
}

#[actix_web::test]
async fn look_after_the_passkeys_of_others() {
    let scene = Scene::new().await;
    let eve = signed_in(&scene.app, "eve").await;
    let theirs = scene.ada.open(LIST).await.links("section.own a");
    scene.app.passkey(&eve, "Eve’s").await;
    let own = eve.open(LIST).await.links("section.own a");
    let before = scene.app.everything().await;
    for (theirs, own) in theirs.iter().zip(&own) {
        assert_eq!(eve.open(theirs).await.answer.status, 404);
        let token = csrf(&eve.open(own).await, "form[method=post]");
        let fields = [("csrf".to_owned(), token), ("name".to_owned(), "Mine".to_owned())];
        assert_eq!(eve.post(theirs, &fields).await.answer.status, 404);
    }
    assert_eq!(scene.app.everything().await, before);
}

/// RFC 9700 §4.7, RFC 6749 §10.12: without the token, with one of another browser's, and from another site.
#[actix_web::test]
async fn send_the_forms_from_elsewhere() {
    let scene = Scene::new().await;
    let links = scene.ada.open(LIST).await.links("section.own a");
    let entry = scene.app.browser();
    let add = scene.ada.open(NEW).await;
    let (_, new) = SoftKey::make(&add, PRESENT | VERIFIED);
    let login = entry.open("/login").await;
    let answer = scene.key.answer(&login);
    let rename = scene.ada.open(&links[0]).await;
    let remove = scene.ada.open(&links[1]).await;
    let foreign = csrf(&signed_in(&scene.app, "ada").await.open("/logout").await, "form#logout");
    let forms: [Filled<'_>; 4] = [
        (&entry, &login, "form#passkey", &[("answer", &answer)]),
        (&scene.ada, &add, "form#passkey", &[("name", "New"), ("answer", &new)]),
        (&scene.ada, &rename, "form#rename", &[("name", "New")]),
        (&scene.ada, &remove, "form#remove", &[]),
    ];
    let before = scene.app.everything().await;
    for (browser, page, form, fields) in forms {
        for token in ["", "x", foreign.as_str()] {
            let fields = [fields, &[("csrf", token)]].concat();
            assert_eq!(browser.submit(page, form, &fields).await.answer.status, 403, "{form} with {token:?}");
        }
        let (action, pairs) = page.form(form, fields);
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let cookies = ["claviger-session", "claviger-csrf"]
            .map(|name| format!("{name}={}", browser.cookie(name).unwrap_or_default()))
            .join("; ");
        for (name, value) in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")] {
            let headers = [("cookie", cookies.as_str()), ("accept", "text/html"), (name, value)];
            let target = action.strip_prefix(&scene.app.origin).unwrap();
            assert_eq!(scene.app.post_with(target, &pairs, &headers).await.status, 403, "{form} by {value}");
        }
    }
    assert_eq!(scene.app.everything().await, before);
    for (browser, page, form, fields) in forms {
        assert_eq!(browser.submit_only(page, form, fields).await.answer.status, 303, "{form} as it is meant");
    }
}
