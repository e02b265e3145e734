//! Where attacks take place: an app, the person who uses it, her browser, and what passes between them.

use std::collections::BTreeMap;

use claviger::domain::events::{Actor, Origin};
use claviger::domain::people::{Act, links};
use claviger::ids::PersonId;
use serde_json::{Value, json};
use url::Url;

use crate::support::{
    Allowed, Answer, Browser, CHALLENGE, PASSWORD, Page, REDIRECT_URI, TestApp, TestClient, form_encode,
};

/// A `state` with everything in it that is easily lost.
pub(super) const STATE: &str = "af0 ifj&s=ldkj\"<é>&iss=https://evil.example";
/// An API whose access tokens are opaque.
pub(super) const API: &str = "https://api.example";
/// The settings that know [`API`].
pub(super) const API_SETTINGS: &str = "[[scopes]]\nname = \"read\"\ntext = \"Read\"\n[[resources]]\n\
    identifier = \"https://api.example\"\nscopes = [\"read\"]\naccess_token_format = \"opaque\"\n";
/// A scope and the resources that go with it.
pub(super) type Format = (&'static str, &'static [&'static str]);
/// What the app is allowed so that its access token is a JWT, and so that it is opaque.
pub(super) const FORMATS: [Format; 2] = [("openid offline_access", &[]), ("openid offline_access read", &[API])];

/// The parameters of a good request of [`TestApp::web_app`], with some of them changed, left out (`""`) or added.
pub(super) fn parameters<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let good = [
        ("response_type", "code"),
        ("client_id", "app"),
        ("redirect_uri", REDIRECT_URI),
        ("scope", "openid profile"),
        ("state", STATE),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let kept = good.into_iter().filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    kept.chain(changes.iter().copied()).filter(|(_, value)| !value.is_empty()).collect()
}

/// The same as the path of a GET.
pub(super) fn path(changes: &[(&str, &str)]) -> String {
    format!("/oauth2/authorize?{}", form_encode(&parameters(changes)))
}

/// What an answer by redirect tells the app, each parameter once.
#[track_caller]
pub(super) fn told(answer: &Answer) -> BTreeMap<String, String> {
    assert_eq!(answer.status, 303, "{}", answer.body);
    let url = Url::parse(answer.header("location")).unwrap();
    let parameters: BTreeMap<_, _> = url.query_pairs().into_owned().collect();
    assert_eq!(parameters.len(), url.query_pairs().count(), "{url}");
    parameters
}

/// The code in an answer by redirect.
#[track_caller]
pub(super) fn code(page: &Page) -> String {
    let told = told(&page.answer);
    told.get("code").unwrap_or_else(|| panic!("no code: {told:?}")).clone()
}

/// Checks that the answer is a page of ours, from which a browser goes nowhere by itself.
#[track_caller]
pub(super) fn stays_here(answer: &Answer, what: &str) {
    assert_eq!((answer.status, answer.header("location"), answer.header("refresh")), (400, "", ""), "{what}");
    assert!(answer.header("content-type").starts_with("text/html"), "{what}");
    let body = answer.body.to_ascii_lowercase();
    for way_out in ["http-equiv", "<script", "javascript:\"", "href=\"https://evil", "href=\"//", "action=\"http"] {
        assert!(!body.contains(way_out), "{way_out} after {what}: {}", answer.body);
    }
}

/// Signs in on the page that asks for it.
pub(super) async fn sign_in(browser: &Browser, page: &Page, username: &str) -> Page {
    browser.submit(page, "form#login", &[("username", username), ("password", PASSWORD)]).await
}

/// Allows all that the page asks for.
pub(super) async fn allow(browser: &Browser, page: &Page) -> Page {
    browser.submit(page, "form#consent", &[("decision", "allow")]).await
}

/// A browser in which somebody is signed in.
pub(super) async fn signed_in(app: &TestApp, username: &str) -> Browser {
    let browser = app.browser();
    let home = sign_in(&browser, &browser.open("/login").await, username).await;
    assert!(home.has("form#logout"), "{}", home.answer.body);
    browser
}

/// A browser in which somebody is signed in who has allowed the app `openid profile`.
pub(super) async fn at_the_app(app: &TestApp, username: &str) -> Browser {
    let browser = signed_in(app, username).await;
    let page = browser.open(&path(&[])).await;
    code(&allow(&browser, &page).await);
    browser
}

/// A client with the redirect URI of [`TestApp::web_app`] and other metadata.
pub(super) async fn client_with(app: &TestApp, members: Value) -> TestClient {
    let mut metadata = json!({
        "client_id": "app",
        "redirect_uris": [REDIRECT_URI],
        "grant_types": ["authorization_code", "refresh_token"],
        "scope": "openid profile email offline_access",
    });
    metadata.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    app.client(metadata).await
}

/// A client that may ask for tokens of both [`FORMATS`].
pub(super) async fn api_client(app: &TestApp) -> TestClient {
    client_with(app, json!({"scope": "openid offline_access read", "resources": [API]})).await
}

/// What the client is given for one of the [`FORMATS`].
pub(super) async fn tokens_of(app: &TestApp, client: &TestClient, person: PersonId, format: Format) -> Value {
    let (scope, resources) = format;
    let tokens = app.tokens(client, person, Allowed { scope, resources, ..Allowed::default() }).await;
    assert_eq!(access_token(&tokens).starts_with("clv_at_"), !resources.is_empty());
    tokens
}

/// Redeems a code with whatever the attacker has.
pub(super) async fn redeem_with(
    app: &TestApp,
    client: &TestClient,
    code: &str,
    redirect_uri: &str,
    verifier: &str,
) -> Answer {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", redirect_uri),
        ("code_verifier", verifier),
    ];
    let form: Vec<_> = form.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    app.token(client, &form).await
}

/// The access token of a token response.
pub(super) fn access_token(tokens: &Value) -> &str {
    tokens["access_token"].as_str().unwrap()
}

/// The refresh token of a token response.
pub(super) fn refresh_token(tokens: &Value) -> &str {
    tokens["refresh_token"].as_str().unwrap()
}

/// What introspection tells a client about a token.
pub(super) async fn introspect(app: &TestApp, client: &TestClient, token: &str) -> Value {
    app.post_with("/oauth2/introspect", &[("token", token)], &[("authorization", &client.basic())]).await.ok()
}

/// Whether a token is active, as its client is told.
pub(super) async fn is_active(app: &TestApp, client: &TestClient, token: &str) -> bool {
    introspect(app, client, token).await["active"] == json!(true)
}

/// Gives a token back.
pub(super) async fn revoke(app: &TestApp, client: &TestClient, token: &str) -> Answer {
    app.post_with("/oauth2/revoke", &[("token", token)], &[("authorization", &client.basic())]).await
}

/// What an operator does who sits at the server.
pub(super) fn act<'a>(app: &'a TestApp, origin: &'a Origin) -> Act<'a> {
    Act { store: &app.cx.store, entropy: &*app.cx.entropy, now: app.cx.now(), actor: Actor::Operator, origin }
}

/// The path and query of a fresh set-up link.
pub(super) async fn set_up_link(app: &TestApp) -> String {
    let origin = Origin::default();
    let token = links::make_set_up(&act(app, &origin), &app.cx.hasher, &app.cx.config.links).await.unwrap().unwrap();
    links::set_up_url(app.cx.issuer(), &token).replace(&app.issuer, "")
}

/// The path and query of a fresh invitation.
pub(super) async fn invitation_link(app: &TestApp, person: PersonId) -> String {
    let origin = Origin::default();
    let made = links::make_invitation(&act(app, &origin), &app.cx.hasher, &app.cx.config.links, person).await;
    links::invitation_url(app.cx.issuer(), &made.unwrap()).replace(&app.issuer, "")
}
