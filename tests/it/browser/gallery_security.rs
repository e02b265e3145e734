//! The pages about how somebody signs in, how they get in again, and what becomes of their mail: as in the gallery.

use super::*;
use crate::browser::wall::Wall;
use crate::support::{Browser, MAILBOX, Phone, set_up_phone};

#[actix_web::test]
async fn every_page_about_signing_in_can_be_used_by_everybody() {
    let settings = "people.sign_in_links = true\npeople.editable = [\"name\", \"nickname\", \"email\"]\n";
    let scene = Scene::by_name(Screen::Desktop, &format!("{settings}{MAILBOX}")).await;
    let browser = &scene.chromium;
    let wall = Wall::new(browser);
    let at = |path: &str| scene.app.url(path);

    browser.open(&at("/recover")).await;
    wall.hang("recover").await;
    browser.fill("login", "ada").await;
    browser.press("form#recover button").await;
    wall.hang("recover-sent").await;
    browser.open(&at(&scene.app.recovery_link("ada").await)).await;
    wall.hang("recover-password").await;

    browser.open(&at("/login/link")).await;
    wall.hang("sign-in-link").await;
    browser.fill("login", "ada").await;
    browser.press("form#sign-in-link button").await;
    wall.hang("sign-in-link-sent").await;
    browser.open(&at(&scene.app.sign_in_link("ada").await)).await;
    wall.hang("sign-in-link-follow").await;

    scene.sign_in_at_home().await;
    hang_address(&scene, &wall).await;
    for (path, name) in [
        ("/account/security", "security"),
        ("/account/security/password", "security-password"),
        ("/account/security/passkeys", "passkeys-none"),
        ("/account/security/passkeys/new", "passkey-new"),
        ("/account/security/app", "security-app"),
    ] {
        browser.open(&at(path)).await;
        wall.hang(name).await;
    }
    browser.fill("code", "a").await;
    browser.press("form#app button").await;
    wall.hang("security-app-wrong").await;

    // Meanwhile she sets up a phone and a passkey elsewhere.
    let elsewhere = scene.app.browser();
    let form = elsewhere.open("/login").await;
    elsewhere.submit(&form, "form#login", &[("username", "ada"), ("password", PASSWORD)]).await;
    browser.open(&at("/account/profile")).await;
    browser.fill("nickname", "The Countess").await;
    let form = elsewhere.open("/account/profile").await;
    elsewhere.submit(&form, "form#own-profile", &[("nickname", "Ada")]).await;
    browser.press("form#own-profile button").await;
    wall.hang("profile-stale").await;
    let (phone, _) = set_up_phone(&scene.app, &elsewhere).await;
    scene.app.clock.advance(Duration::from_secs(30));
    hang_second_factor(&scene, &wall, &phone, &elsewhere).await;

    browser.forget_cookies().await;
    scene.app.person("eve").await;
    browser.open(&at("/login?continue=/account/delete")).await;
    scene.sign_in("eve", PASSWORD).await;
    browser.arrives_at("/account/delete").await;
    browser.fill("username", "Eve").await;
    browser.press("form#delete-account button").await;
    wall.hang("delete-account-refused").await;
    browser.fill("username", "eve").await;
    browser.press("form#delete-account button").await;
    browser.arrives_at("/account/gone").await;
    wall.hang("account-gone").await;

    browser.forget_cookies().await;
    scene.go_to_work().await;
    let ada = scene.app.cx.store.person_by_login("ada").await.unwrap().unwrap().id;
    browser.open(&at(&format!("/admin/people/{ada}"))).await;
    wall.hang("console-person-with-second-factors").await;
    browser.open(&at("/admin/mailbox")).await;
    wall.hang("console-mailbox").await;
    browser.press("tbody th a").await;
    wall.hang("console-mail").await;
    wall.write_index("security");
}

/// Her address, another one in its place, and the change undone.
async fn hang_address(scene: &Scene, wall: &Wall<'_>) {
    let browser = &scene.chromium;
    let mailed = async |kind: &str| {
        let mails = scene.app.mails().await;
        mails.iter().rfind(|read| read.mail.kind == kind).expect("it was mailed").link(&scene.app)
    };
    browser.open(&scene.app.url("/account/email")).await;
    wall.hang("own-email").await;
    browser.fill("email", "ada@new.example").await;
    browser.press("form#own-email button").await;
    wall.hang("own-email-sent").await;
    browser.open(&scene.app.url(&mailed("email_verification").await)).await;
    wall.hang("email-link").await;
    browser.press("form#follow-link button").await;
    wall.hang("own-email-confirmed").await;
    browser.open(&scene.app.url(&mailed("email_changed").await)).await;
    wall.hang("email-undo").await;
}

async fn hang_second_factor(scene: &Scene, wall: &Wall<'_>, phone: &Phone, elsewhere: &Browser) {
    let browser = &scene.chromium;
    let at = |path: &str| scene.app.url(path);
    browser.open(&at("/account/security/recovery-codes")).await;
    browser.arrives_at("/login/second").await;
    wall.hang("second").await;
    browser.fill("code", &phone.wrong(scene.app.cx.now())).await;
    browser.press("form#totp button").await;
    wall.hang("second-wrong").await;
    browser.press("main .person a").await;
    wall.hang("second-recovery").await;
    browser.press("main .person a").await;
    browser.fill("code", &phone.code(scene.app.cx.now())).await;
    browser.press("form#totp button").await;
    browser.arrives_at("/account/security/recovery-codes").await;
    wall.hang("recovery-codes-new").await;
    browser.press("form#recovery-codes button").await;
    wall.hang("recovery-codes").await;
    browser.open(&at("/account/security")).await;
    wall.hang("security-with-an-app").await;
    browser.press("main a[href*='/app/']").await;
    wall.hang("security-remove-app").await;

    scene.app.passkey(elsewhere, "Ada’s phone").await;
    browser.open(&at("/account/security/passkeys")).await;
    wall.hang("passkeys").await;
    browser.press("section.own a[href$='/rename']").await;
    wall.hang("passkey-rename").await;
    browser.open(&at("/account/security/passkeys")).await;
    browser.press("section.own a[href$='/remove']").await;
    wall.hang("passkey-remove").await;
}
