//! Every page once, in light and dark and on a phone: whether it is put together as it should be, and a picture of each
//! for whoever wants to look (`target/screenshots/`).

use std::path::{Path, PathBuf};
use std::time::Duration;

use claviger::domain::people::{Act, links};

use super::*;

/// What assistive technology relies on, and what would spill over; answers with what is wrong.
const FAULTS: &str = r#"
    const faults = [];
    const check = (holds, fault) => holds || faults.push(fault);
    const all = (selector) => [...document.querySelectorAll(selector)];
    check(document.documentElement.lang, "no language");
    check(document.title.includes(" · "), `the title is "${document.title}"`);
    check(all("h1").length === 1 && all("main h1").length === 1, "not one h1");
    check(all("main").length === 1, "not one main");
    let level = 0;
    for (const heading of all("h1, h2, h3, h4")) {
        check(Number(heading.tagName[1]) <= level + 1, `a level is left out before "${heading.textContent}"`);
        level = Number(heading.tagName[1]);
    }
    for (const field of all("input:not([type=hidden])")) {
        check(field.labels.length === 1 && field.labels[0].innerText.trim(), `${field.name} has no label`);
        check(field.type === "checkbox" || field.autocomplete || field.name === "scope", `${field.name}: autocomplete`);
        for (const id of (field.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean))
            check(document.getElementById(id), `${field.name} is described by ${id}, which is not there`);
    }
    for (const image of all("img")) check(image.hasAttribute("alt") && image.naturalWidth, `${image.src} has no alt or did not load`);
    for (const target of all("button, .button, a:not(.skip)")) check(target.innerText.trim(), "a button or link has no name");
    for (const target of all("button, .button, input:not([type=hidden], [type=checkbox]), .tick")) {
        const box = target.getBoundingClientRect();
        check(box.height >= 24 && box.width >= 24, `${target.outerHTML} is too small to hit`);
    }
    const ids = all("[id]").map((element) => element.id);
    check(new Set(ids).size === ids.length, "an id is there twice");
    check(document.documentElement.scrollWidth <= innerWidth, `it is ${document.documentElement.scrollWidth} wide`);
    return faults;
"#;

#[actix_web::test]
async fn every_page_is_put_together_as_it_should_be() {
    let scene = Scene::new().await;
    let browser = &scene.chromium;
    let wall = Wall::new(browser);
    let at = |path: &str| scene.app.url(path);

    browser.open(&at("/")).await;
    wall.hang("home-signed-out").await;
    let (set_up, invitation) = links(&scene.app).await;
    browser.open(&set_up).await;
    wall.hang("set-up").await;
    for (field, text) in [("username", "ada"), ("email", "root@example.com"), ("password", PASSWORD)] {
        browser.fill(field, text).await;
    }
    browser.press("form#set-up button").await;
    wall.hang("set-up-refused").await;
    browser.open(&invitation).await;
    wall.hang("invitation").await;

    scene.start(&[("scope", "openid profile")]).await;
    wall.hang("sign-in").await;
    scene.sign_in("ada", "wrong").await;
    wall.hang("sign-in-refused").await;
    scene.sign_in("ada", PASSWORD).await;
    browser.arrives_at("/consent").await;
    scene.allow().await;
    let tokens = scene.tokens(&scene.told().await["code"]).await;
    scene.start(&[("scope", "openid profile email boats.read offline_access")]).await;
    wall.hang("consent-to-more").await;
    scene.start(&[("prompt", "login")]).await;
    wall.hang("sign-in-to-confirm").await;
    scene.start(&[("prompt", "select_account")]).await;
    wall.hang("select-account").await;

    browser.open(&at("/")).await;
    wall.hang("home").await;
    browser.open(&at("/?welcome=yes")).await;
    wall.hang("home-new").await;
    browser.open(&scene.end_session(&tokens)).await;
    wall.hang("sign-out").await;
    browser.press("form#logout button").await;
    browser.open(&scene.end_session(&tokens)).await;
    wall.hang("signed-out").await;

    scene.app.person("eve").await;
    scene.start(&[]).await;
    scene.sign_in("eve", PASSWORD).await;
    browser.arrives_at("/consent").await;
    wall.hang("consent").await;
    browser.scripts_run(false).await;
    scene.start(&[("response_mode", "form_post"), ("prompt", "consent")]).await;
    scene.allow().await;
    wall.hang("form-post").await;
    browser.scripts_run(true).await;

    scene.start(&[("client_id", "nobody")]).await;
    wall.hang("error-unknown-app").await;
    scene.start(&[("redirect_uri", "https://harbour.example.attacker.example/oauth2/callback?from=claviger")]).await;
    wall.hang("error-wrong-redirect").await;
    browser.open(&at("/nowhere")).await;
    wall.hang("error-not-found").await;
    scene.start(&[("prompt", "login")]).await;
    scene.app.clock.advance(scene.app.cx.config.sessions.pending_lifetime + Duration::from_secs(1));
    browser.fill("password", PASSWORD).await;
    browser.press("form#login button").await;
    wall.hang("error-stale").await;
}

/// Where the pictures hang.
struct Wall<'a> {
    browser: &'a Chromium,
    folder: PathBuf,
}

impl<'a> Wall<'a> {
    fn new(browser: &'a Chromium) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("screenshots");
        std::fs::create_dir_all(&folder).unwrap();
        Self { browser, folder }
    }

    /// Looks at the page, and pictures it.
    async fn hang(&self, name: &str) {
        for look in [Look::Phone, Look::Dark, Look::Light] {
            self.browser.look(look).await;
            let faults = self.browser.ask(FAULTS).await;
            assert_eq!(faults, json!([]), "{name}, {look:?}");
            self.browser.photograph(&self.folder.join(format!("{name}-{}.png", look.name()))).await;
        }
    }
}

/// A link for the first admin, and one for somebody who was added.
async fn links(app: &TestApp) -> (String, String) {
    let (cx, (actor, origin)) = (&app.cx, TestApp::operator());
    let act = Act { store: &cx.store, entropy: &*cx.entropy, now: cx.now(), actor, origin: &origin };
    let set_up = links::make_set_up(&act, &cx.hasher, &cx.config.links).await.unwrap().unwrap();
    let grace = app.person("grace").await;
    let invitation = links::make_invitation(&act, &cx.hasher, &cx.config.links, grace).await.unwrap();
    (links::set_up_url(cx.issuer(), &set_up), links::invitation_url(cx.issuer(), &invitation))
}
