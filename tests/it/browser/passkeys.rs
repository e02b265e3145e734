//! Passkeys, with the virtual device that Chromium brings along.

use super::*;
use crate::browser::wall::Wall;

const LIST: &str = "/account/security/passkeys";

impl Scene {
    /// A server that has a name, with ada signed in, on a device that makes sure of her. Answers by what the device is known.
    async fn with_a_device(toml: &str) -> (Self, Value) {
        let scene = Self::by_name(Screen::Phone, toml).await;
        scene.chromium.devtools("WebAuthn.enable", json!({ "enableUI": false })).await;
        let device = scene.add_device().await;
        scene.sign_in_at_home().await;
        (scene, device)
    }

    /// A device that has no passkey yet.
    async fn add_device(&self) -> Value {
        let device = json!({
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": true,
            "hasUserVerification": true,
            "isUserVerified": true,
            "automaticPresenceSimulation": true,
        });
        let added = self.chromium.devtools("WebAuthn.addVirtualAuthenticator", json!({ "options": device })).await;
        added["authenticatorId"].clone()
    }

    /// What the device says from now on of who is there.
    async fn makes_sure(&self, device: &Value, verified: bool) {
        let state = json!({ "authenticatorId": device, "isUserVerified": verified });
        self.chromium.devtools("WebAuthn.setUserVerified", state).await;
    }

    async fn add_passkey(&self, name: &str) {
        self.chromium.open(&self.app.url(LIST)).await;
        self.chromium.press("main > nav > a.button").await;
        self.chromium.fill("name", name).await;
        self.chromium.press("form#passkey button").await;
        self.chromium.arrives_at(LIST).await;
        assert!(self.chromium.text("main").await.contains("The passkey was added."));
    }
}

#[actix_web::test]
async fn replaces_username_and_password() {
    let (scene, _) = Scene::with_a_device("").await;
    let browser = &scene.chromium;
    scene.add_passkey("Phone").await;
    browser.forget_cookies().await;
    // The device answers what the page asks for the username's field without anybody choosing.
    scene.start(&[]).await;
    scene.allow().await;
    let tokens = scene.tokens(&scene.told().await["code"]).await;
    assert_eq!(tokens["scope"], "openid profile email boats.read");
    assert_eq!(scene.app.events("passkey_used").await.len(), 1);
    let claims = crate::support::claims(tokens["id_token"].as_str().unwrap());
    assert_eq!(claims["amr"], json!(["pop", "user", "mfa"]));
}

#[actix_web::test]
async fn is_added_renamed_and_removed() {
    let (scene, _) = Scene::with_a_device("").await;
    let browser = &scene.chromium;
    let wall = Wall::new(browser);
    browser.open(&scene.app.url(LIST)).await;
    wall.hang("passkeys-none").await;
    browser.press("main > nav > a.button").await;
    wall.hang("passkey-new").await;
    scene.add_passkey("Phone").await;
    wall.hang("passkeys").await;
    browser.press("section.own .choice a:first-child").await;
    wall.hang("passkey-rename").await;
    browser.fill("name", "Ada’s phone").await;
    browser.press("form#rename button").await;
    assert_eq!(browser.text("section.own h2").await, "Ada’s phone");
    browser.press("section.own .choice a:last-child").await;
    wall.hang("passkey-remove").await;
    browser.press("form#remove button").await;
    browser.arrives_at(LIST).await;
    assert_eq!(browser.count("section.own").await, 0);
    wall.write_index("passkeys");
}

#[actix_web::test]
async fn is_a_second_factor() {
    let (scene, device) = Scene::with_a_device("second_factor.required_for = [\"owner\"]\n").await;
    let browser = &scene.chromium;
    scene.add_passkey("Phone").await;
    let ada = scene.app.cx.store.person_by_login("ada").await.unwrap().unwrap().id;
    let (now, role) = (scene.app.cx.now(), Some(claviger::store::Role::Owner));
    let set = scene.app.cx.store.write(move |tx| Box::pin(async move { tx.set_role(ada, None, role, now).await }));
    assert!(set.await.unwrap());
    browser.forget_cookies().await;
    scene.makes_sure(&device, false).await;
    browser.open(&scene.app.url("/login")).await;
    scene.sign_in("ada", PASSWORD).await;
    browser.arrives_at("/login/second").await;
    browser.click("form#passkey button").await;
    browser.appears("form#passkey [role=alert]").await;
    assert_eq!(
        browser.text("form#passkey [role=alert]").await,
        "Your device gave no passkey. Try again, or go on another way."
    );
    scene.makes_sure(&device, true).await;
    browser.press("form#passkey button").await;
    browser.arrives_at("/").await;
}

#[actix_web::test]
async fn is_not_offered_without_scripts() {
    let (scene, _) = Scene::with_a_device("").await;
    let browser = &scene.chromium;
    browser.forget_cookies().await;
    browser.scripts_run(false).await;
    browser.open(&scene.app.url("/login")).await;
    assert_eq!(browser.text("form#passkey").await, "", "hidden");
    scene.sign_in("ada", PASSWORD).await;
    browser.arrives_at("/").await;
    browser.open(&scene.app.url("/account/security/passkeys/new")).await;
    assert!(browser.text("main").await.contains("your browser must know passkeys and run scripts"));
}
