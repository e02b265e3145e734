//! Sign-in as an app does it that uses the `openidconnect` crate: the library finds everything by discovery, and checks
//! what we answer by its own reading of the specifications.

use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm,
    CoreTokenResponse, CoreUserInfoClaims,
};
use openidconnect::{
    AccessTokenHash, AdditionalClaims, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IdToken, IssuerUrl, Nonce, OAuth2TokenResponse,
    PkceCodeChallenge, PkceCodeVerifier, ProviderMetadataWithLogout, RedirectUrl, Scope, TokenResponse, UserInfoClaims,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::support::{OWN_CLAIMS, PASSWORD, TestApp, TestClient};

const CALLBACK: &str = "https://app.example/callback";

type Discovered =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// An app that has asked for a sign-in and been answered.
struct Answered {
    library: Discovered,
    http: reqwest::Client,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
    code: AuthorizationCode,
}

async fn send(http: &reqwest::Client, request: HttpRequest) -> Result<HttpResponse, reqwest::Error> {
    let mut response = http.execute(request.try_into()?).await?;
    let mut answer = HttpResponse::new(Vec::new());
    *answer.status_mut() = response.status();
    *answer.headers_mut() = std::mem::take(response.headers_mut());
    *answer.body_mut() = response.bytes().await?.to_vec();
    Ok(answer)
}

async fn app_that_wants(app: &TestApp, algorithm: &str) -> TestClient {
    app.client(json!({
        "client_id": "app",
        "client_name": "Example App",
        "redirect_uris": [CALLBACK],
        "grant_types": ["authorization_code", "refresh_token"],
        "scope": "openid profile email offline_access",
        "id_token_signed_response_alg": algorithm,
    }))
    .await
}

async fn sign_in(app: &TestApp, client: &TestClient) -> Answered {
    sign_in_with(app, client, &["profile", "email", "offline_access"]).await
}

/// From discovery to the code, through the pages, with all of these scopes.
async fn sign_in_with(app: &TestApp, client: &TestClient, scopes: &[&str]) -> Answered {
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
    let issuer = IssuerUrl::new(app.issuer.clone()).unwrap();
    let metadata = ProviderMetadataWithLogout::discover_async(issuer, &|request| send(&http, request)).await.unwrap();
    assert!(metadata.additional_metadata().end_session_endpoint.is_some());
    let (id, secret) = (ClientId::new(client.id.clone()), ClientSecret::new(client.secret.clone()));
    let library = CoreClient::from_provider_metadata(metadata, id, Some(secret))
        .set_redirect_uri(RedirectUrl::new(CALLBACK.to_owned()).unwrap());
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (url, state, nonce) = library
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
        .add_scopes(scopes.iter().map(|scope| Scope::new((*scope).to_owned())))
        .set_pkce_challenge(challenge)
        .url();

    let browser = app.browser();
    let login = browser.open(url.as_str()).await;
    let consent = browser.submit(&login, "form#login", &[("username", "ada"), ("password", PASSWORD)]).await;
    let ticked = scopes.iter().map(|scope| ("scope", *scope));
    let allowed: Vec<_> = [("decision", "allow")].into_iter().chain(ticked).collect();
    let back = browser.submit(&consent, "form#consent", &allowed).await;
    assert!(back.url.as_str().starts_with(CALLBACK), "{} {}", back.url, back.answer.body);
    assert_eq!(back.query("state").as_ref(), Some(state.secret()));
    assert_eq!(back.query("iss").as_ref(), Some(&app.issuer));
    let code = AuthorizationCode::new(back.query("code").unwrap());
    Answered { library, http, nonce, verifier, code }
}

impl Answered {
    async fn redeem(&mut self) -> CoreTokenResponse {
        let verifier = std::mem::replace(&mut self.verifier, PkceCodeVerifier::new(String::new()));
        let exchange = self.library.exchange_code(self.code.clone()).unwrap().set_pkce_verifier(verifier);
        exchange.request_async(&|request| send(&self.http, request)).await.unwrap()
    }
}

/// OIDC Core §3.1.3.3, OIDC Core §3.1.3.6: the library accepts the ID token of each algorithm, with its nonce, and the
/// hash in it is that of the access token. OIDC Core §2, RFC 8176 §2: it says how the person signed in.
#[actix_web::test]
async fn a_library_accepts_the_id_token_of_each_algorithm() {
    for (name, algorithm) in
        [("RS256", CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256), ("ES256", CoreJwsSigningAlgorithm::EcdsaP256Sha256)]
    {
        let app = TestApp::start_in_real_time("").await;
        let person = app.person("ada").await;
        let client = app_that_wants(&app, name).await;
        let mut answered = sign_in(&app, &client).await;
        let tokens = answered.redeem().await;

        let id_token = tokens.id_token().unwrap();
        assert_eq!(*id_token.signing_alg().unwrap(), algorithm, "{name}");
        let verifier = answered.library.id_token_verifier().set_allowed_algs([algorithm.clone()]);
        let claims = id_token.claims(&verifier, &answered.nonce).unwrap();
        assert_eq!(claims.subject().as_str(), person.to_string(), "{name}");
        let key = id_token.signing_key(&verifier).unwrap();
        let hash = AccessTokenHash::from_token(tokens.access_token(), &algorithm, key).unwrap();
        assert_eq!(claims.access_token_hash(), Some(&hash), "{name}");
        let methods: Vec<_> = claims.auth_method_refs().unwrap().iter().map(|method| method.as_str()).collect();
        assert_eq!((methods, claims.auth_time().is_some()), (vec!["pwd"], true), "{name}");
        let other = Nonce::new("another".to_owned());
        assert!(id_token.claims(&verifier, &other).is_err(), "{name}: a nonce that the app did not send");
    }
}

/// OIDC Core §5.3, OIDC Core §5.3.2: the library accepts what `UserInfo` says, because it is about the same person.
#[actix_web::test]
async fn a_library_asks_who_signed_in() {
    let app = TestApp::start_in_real_time("").await;
    app.person("ada").await;
    let client = app_that_wants(&app, "RS256").await;
    let mut answered = sign_in(&app, &client).await;
    let tokens = answered.redeem().await;
    let verifier = answered.library.id_token_verifier();
    let subject = tokens.id_token().unwrap().claims(&verifier, &answered.nonce).unwrap().subject().clone();
    let request = answered.library.user_info(tokens.access_token().clone(), Some(subject)).unwrap();
    let known: CoreUserInfoClaims = request.request_async(&|request| send(&answered.http, request)).await.unwrap();
    assert_eq!(known.name().unwrap().get(None).unwrap().as_str(), "Ada Lovelace");
    assert_eq!(known.email().unwrap().as_str(), "ada@example.com");
}

/// What an app of its own wants to know.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
struct OfEmployees {
    #[serde(rename = "https://example.com/department")]
    department: String,
    groups: Vec<String>,
}

impl AdditionalClaims for OfEmployees {}

/// OIDC Core §5.1.2: a library reads claims beyond the standard ones, in the ID token as at `UserInfo`.
#[actix_web::test]
async fn a_library_reads_claims_of_our_own() {
    type OwnIdToken = IdToken<OfEmployees, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;
    let app = TestApp::start_in_real_time(OWN_CLAIMS).await;
    let (client, ada) = (app.app_for_employees("app").await, app.person("ada").await);
    app.know_of(ada, json!({"department": "Engineering"})).await;
    app.group_with("Admirals", ada).await;
    let expected = OfEmployees { department: "Engineering".to_owned(), groups: vec!["Admirals".to_owned()] };
    let mut answered = sign_in_with(&app, &client, &["profile", "employee"]).await;
    let tokens = answered.redeem().await;
    let id_token: OwnIdToken = tokens.id_token().unwrap().to_string().parse().unwrap();
    let verifier = answered.library.id_token_verifier();
    assert_eq!(*id_token.claims(&verifier, &answered.nonce).unwrap().additional_claims(), expected);
    let request = answered.library.user_info(tokens.access_token().clone(), None).unwrap();
    let known: UserInfoClaims<OfEmployees, CoreGenderClaim> =
        request.request_async(&|request| send(&answered.http, request)).await.unwrap();
    assert_eq!(*known.additional_claims(), expected);
}

/// RFC 6749 §6: the library refreshes, and the new access token is another one and works.
#[actix_web::test]
async fn a_library_refreshes() {
    let app = TestApp::start_in_real_time("").await;
    app.person("ada").await;
    let client = app_that_wants(&app, "RS256").await;
    let mut answered = sign_in(&app, &client).await;
    let tokens = answered.redeem().await;
    let refresh = answered.library.exchange_refresh_token(tokens.refresh_token().unwrap()).unwrap();
    let renewed = refresh.request_async(&|request| send(&answered.http, request)).await.unwrap();
    assert_ne!(renewed.access_token().secret(), tokens.access_token().secret());
    assert_ne!(renewed.refresh_token().unwrap().secret(), tokens.refresh_token().unwrap().secret());
    let request = answered.library.user_info(renewed.access_token().clone(), None).unwrap();
    let known: CoreUserInfoClaims = request.request_async(&|request| send(&answered.http, request)).await.unwrap();
    assert!(known.email().is_some());
}

/// RFC 7636 §4.6: a library with another verifier gets nothing.
#[actix_web::test]
async fn a_library_without_the_verifier_gets_nothing() {
    let app = TestApp::start_in_real_time("").await;
    app.person("ada").await;
    let client = app_that_wants(&app, "RS256").await;
    let answered = sign_in(&app, &client).await;
    let (_, other) = PkceCodeChallenge::new_random_sha256();
    let exchange = answered.library.exchange_code(answered.code.clone()).unwrap().set_pkce_verifier(other);
    let refusal = exchange.request_async(&|request| send(&answered.http, request)).await.unwrap_err();
    assert!(format!("{refusal:?}").contains("invalid_grant"), "{refusal:?}");
}
