//! Accounts made by links.

use super::*;

#[actix_web::test]
async fn makes_the_first_admin_once_everything_is_right() {
    walk(async |scene| {
        let browser = &scene.chromium;
        let link = scene.set_up_link().await;
        browser.open(&link).await;
        browser.arrives_at("/set-up").await;
        fill(browser, &[("username", "ada"), ("email", "root@example.com"), ("password", PASSWORD)]).await;
        browser.press("form#set-up button").await;
        assert_eq!(browser.text("[role=alert] a").await, "This username is taken. Choose another.");
        assert_eq!(browser.attribute("[name=email]", "value").await, "root@example.com", "nothing is typed twice");
        fill(browser, &[("username", "root"), ("password", PASSWORD)]).await;
        browser.press("form#set-up button").await;
        browser.arrives_at("/").await;
        assert_eq!(browser.text("[role=status]").await, "Your account is ready.");
        browser.open(&link).await;
        assert_eq!(browser.heading().await, "This link has been used or is too old");
    })
    .await;
}

#[actix_web::test]
async fn lets_somebody_who_was_invited_choose_a_password() {
    walk(async |scene| {
        let browser = &scene.chromium;
        browser.open(&scene.invitation_link().await).await;
        browser.arrives_at("/invitation").await;
        assert_eq!(browser.focused("name").await, "password");
        fill(browser, &[("password", "a password of her own")]).await;
        browser.press("form#set-up button").await;
        browser.arrives_at("/").await;
        browser.press("form#logout button").await;
        scene.start(&[]).await;
        scene.sign_in("grace", "a password of her own").await;
        scene.allow().await;
        assert!(scene.told().await.contains_key("code"));
    })
    .await;
}

async fn fill(browser: &Chromium, fields: &[(&str, &str)]) {
    for (field, text) in fields {
        browser.fill(field, text).await;
    }
}
