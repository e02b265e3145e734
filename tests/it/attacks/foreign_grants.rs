//! What was given to one client, in the hands of another: at the token endpoint, at revocation, at introspection, and as
//! a hint.

use serde_json::{Value, json};

use super::scene::*;
use crate::support::{Answer, REDIRECT_URI, TestApp, TestClient, VERIFIER, form_encode};

struct Scene {
    app: TestApp,
    client: TestClient,
    thieves: Vec<TestClient>,
}

/// An app, and clients of every kind that are no friends of it.
async fn scene() -> Scene {
    let app = TestApp::start_with(API_SETTINGS).await;
    let client = api_client(&app).await;
    let everything = "openid offline_access read";
    let kinds = [
        json!({"client_id": "web", "scope": everything, "resources": [API]}),
        json!({"client_id": "post", "scope": everything, "token_endpoint_auth_method": "client_secret_post"}),
        json!({"client_id": "lax", "scope": everything, "require_pkce": false}),
        json!({"client_id": "public", "scope": everything, "token_endpoint_auth_method": "none"}),
    ];
    let mut thieves = Vec::new();
    for kind in kinds {
        thieves.push(client_with(&app, kind).await);
    }
    Scene { app, client, thieves }
}

impl Scene {
    /// Posts a form as a client of any kind.
    async fn post(&self, who: &TestClient, endpoint: &str, form: &[(&str, &str)]) -> Answer {
        match who.id.as_str() {
            "public" => self.app.post(endpoint, &[form, &[("client_id", &who.id)]].concat()).await,
            "post" => {
                let named = [form, &[("client_id", &who.id), ("client_secret", &who.secret)]].concat();
                self.app.post(endpoint, &named).await
            }
            _ => self.app.post_with(endpoint, form, &[("authorization", &who.basic())]).await,
        }
    }

    async fn is_untouched(&self, tokens: &Value) {
        assert!(is_active(&self.app, &self.client, access_token(tokens)).await);
        assert!(is_active(&self.app, &self.client, refresh_token(tokens)).await);
    }
}

/// RFC 6749 §10.4, RFC 6819 §5.2.2.2, RFC 9700 §4.14.2: a refresh token is bound to its client; whoever else sends it is
/// told nothing and changes nothing.
#[actix_web::test]
async fn refreshes_with_another_clients_token() {
    let scene = scene().await;
    let ada = scene.app.person("ada").await;
    for format in FORMATS {
        let tokens = tokens_of(&scene.app, &scene.client, ada, format).await;
        for thief in &scene.thieves {
            let form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token(&tokens))];
            scene.post(thief, "/oauth2/token", &form).await.refuses(400, "invalid_grant");
            let narrowed = [&form[..], &[("scope", "openid")]].concat();
            scene.post(thief, "/oauth2/token", &narrowed).await.refuses(400, "invalid_grant");
        }
        scene.is_untouched(&tokens).await;
        scene.app.refresh(&scene.client, refresh_token(&tokens)).await.ok();
    }
}

/// RFC 6749 §3.2.1, RFC 6819 §5.2.2.2: in the name of the app, without its secret.
#[actix_web::test]
async fn refreshes_in_the_name_of_the_app() {
    let scene = scene().await;
    let ada = scene.app.person("ada").await;
    let tokens = tokens_of(&scene.app, &scene.client, ada, FORMATS[0]).await;
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token(&tokens)), ("client_id", "app")];
    scene.app.post("/oauth2/token", &form).await.refuses(401, "invalid_client");
    for endpoint in ["/oauth2/revoke", "/oauth2/introspect"] {
        let form = [("token", refresh_token(&tokens)), ("client_id", "app")];
        scene.app.post(endpoint, &form).await.refuses(401, "invalid_client");
    }
    // A client's own secret does not lend it another's name.
    let thief = &scene.thieves[0];
    let borrowed = scene.app.post_with("/oauth2/token", &form, &[("authorization", &thief.basic())]).await;
    assert!([400, 401].contains(&borrowed.status), "{}", borrowed.body);
    let secret = [&form[..], &[("client_secret", thief.secret.as_str())]].concat();
    scene.app.post("/oauth2/token", &secret).await.refuses(401, "invalid_client");
    scene.is_untouched(&tokens).await;
}

/// RFC 6749 §10.5, RFC 6749 §1.5: every kind of token in the place of every other.
#[actix_web::test]
async fn offers_tokens_of_the_wrong_kind() {
    let scene = scene().await;
    let ada = scene.app.person("ada").await;
    for format in FORMATS {
        let tokens = tokens_of(&scene.app, &scene.client, ada, format).await;
        let kinds = ["access_token", "refresh_token", "id_token"].map(|kind| tokens[kind].as_str().unwrap());
        for client in std::iter::once(&scene.client).chain(&scene.thieves) {
            for token in kinds {
                let code = [
                    ("grant_type", "authorization_code"),
                    ("code", token),
                    ("redirect_uri", REDIRECT_URI),
                    ("code_verifier", VERIFIER),
                ];
                scene.post(client, "/oauth2/token", &code).await.refuses(400, "invalid_grant");
            }
            for token in [kinds[0], kinds[2]] {
                let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
                scene.post(client, "/oauth2/token", &form).await.refuses(400, "invalid_grant");
            }
        }
        scene.is_untouched(&tokens).await;
    }
}

/// RFC 7009 §2.1, RFC 7009 §5: another client's tokens are not given back by a stranger.
#[actix_web::test]
async fn revokes_another_clients_tokens() {
    let scene = scene().await;
    let ada = scene.app.person("ada").await;
    for format in FORMATS {
        let tokens = tokens_of(&scene.app, &scene.client, ada, format).await;
        for thief in &scene.thieves {
            for token in [access_token(&tokens), refresh_token(&tokens)] {
                for hint in ["", "access_token", "refresh_token", "nonsense"] {
                    let form = [("token", token), ("token_type_hint", hint)];
                    scene.post(thief, "/oauth2/revoke", &form).await.refuses(400, "invalid_grant");
                }
            }
        }
        scene.is_untouched(&tokens).await;
    }
}

/// RFC 7662 §4, RFC 7662 §2.2: another client's tokens look like none, to the letter.
#[actix_web::test]
async fn asks_about_another_clients_tokens() {
    let scene = scene().await;
    let ada = scene.app.person("ada").await;
    for format in FORMATS {
        let tokens = tokens_of(&scene.app, &scene.client, ada, format).await;
        for thief in scene.thieves.iter().filter(|thief| !thief.secret.is_empty()) {
            let unknown = scene.post(thief, "/oauth2/introspect", &[("token", "clv_at_nonsense")]).await;
            for token in ["access_token", "refresh_token", "id_token"] {
                for hint in ["access_token", "refresh_token"] {
                    let form = [("token", tokens[token].as_str().unwrap()), ("token_type_hint", hint)];
                    let answer = scene.post(thief, "/oauth2/introspect", &form).await;
                    assert_eq!((answer.status, &answer.body), (200, &unknown.body), "{token} for {}", thief.id);
                }
            }
        }
        scene.is_untouched(&tokens).await;
    }
}

/// OIDC Core §3.1.2.2, OIDC RP-Initiated Logout §2: an ID token of another app is no hint in one's own name, neither to
/// sign in silently nor to bring the browser to oneself after a sign-out.
#[actix_web::test]
async fn uses_another_apps_id_token_as_a_hint() {
    let scene = scene().await;
    let ada = scene.app.person("ada").await;
    let own = "https://evil.example/bye";
    let eve = client_with(&scene.app, json!({"client_id": "eve", "post_logout_redirect_uris": [own]})).await;
    let theirs = "https://app.example/bye";
    client_with(&scene.app, json!({"client_id": "other", "post_logout_redirect_uris": [theirs]})).await;
    let tokens = tokens_of(&scene.app, &scene.client, ada, FORMATS[0]).await;
    let hint = ("id_token_hint", tokens["id_token"].as_str().unwrap());
    let silent = scene.app.get(&path(&[hint, ("client_id", "eve"), ("prompt", "none")])).await;
    assert_eq!(told(&silent)["error"], "invalid_request");
    let eves = tokens_of_plain(&scene, &eve, ada).await;
    let eves_hint = ("id_token_hint", eves["id_token"].as_str().unwrap());
    let browser = signed_in(&scene.app, "ada").await;
    let attempts: [&[(&str, &str)]; 6] = [
        &[hint, ("post_logout_redirect_uri", own)],
        &[hint, ("post_logout_redirect_uri", own), ("client_id", "eve")],
        &[hint, ("post_logout_redirect_uri", own), ("client_id", "app")],
        &[eves_hint, ("post_logout_redirect_uri", theirs)],
        &[eves_hint, ("post_logout_redirect_uri", theirs), ("client_id", "other")],
        &[hint, eves_hint, ("post_logout_redirect_uri", own)],
    ];
    for params in attempts {
        let page = browser.open(&format!("/oauth2/end_session?{}", form_encode(params))).await;
        assert!(page.has("form#logout"), "{params:?}");
        for uri in [own, theirs] {
            assert!(!page.answer.body.contains(uri), "{params:?}");
        }
        let stays = browser.submit(&page, "form#logout", &[("decision", "logout")]).await;
        assert_eq!((stays.answer.status, stays.url.path()), (200, "/logout"), "{params:?}");
        sign_in(&browser, &browser.open("/login").await, "ada").await;
    }
}

async fn tokens_of_plain(scene: &Scene, client: &TestClient, person: claviger::ids::PersonId) -> Value {
    scene.app.tokens(client, person, crate::support::Allowed { scope: "openid", ..Default::default() }).await
}
