//! A library that registers its app by itself, and then signs a person in with what it was given.

use openidconnect::core::{
    CoreApplicationType, CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreClientRegistrationRequest,
    CoreClientRegistrationResponse, CoreGrantType, CoreProviderMetadata, CoreResponseType, CoreUserInfoClaims,
};
use openidconnect::registration::EmptyAdditionalClientMetadata;
use openidconnect::{
    AuthorizationCode, ClientName, CsrfToken, HttpRequest, HttpResponse, IssuerUrl, LocalizedClaim, Nonce,
    OAuth2TokenResponse, PkceCodeChallenge, RedirectUrl, ResponseTypes, Scope, TokenResponse,
};

use crate::support::{OPEN, PASSWORD, REDIRECT_URI, TestApp};

async fn send(http: &reqwest::Client, request: HttpRequest) -> Result<HttpResponse, reqwest::Error> {
    let mut response = http.execute(request.try_into()?).await?;
    let mut answer = HttpResponse::new(Vec::new());
    *answer.status_mut() = response.status();
    *answer.headers_mut() = std::mem::take(response.headers_mut());
    *answer.body_mut() = response.bytes().await?.to_vec();
    Ok(answer)
}

/// RFC 7591 §3, OIDC Registration §3: found by discovery, registered, and in use, without an administrator.
#[actix_web::test]
async fn a_library_registers_its_app_and_signs_a_person_in() {
    let app = TestApp::start_in_real_time(OPEN).await;
    let ada = app.person("ada").await;
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
    let issuer = IssuerUrl::new(app.issuer.clone()).unwrap();
    let metadata = CoreProviderMetadata::discover_async(issuer, &|request| send(&http, request)).await.unwrap();

    let callback = RedirectUrl::new(REDIRECT_URI.to_owned()).unwrap();
    let mut name = LocalizedClaim::new();
    name.insert(None, ClientName::new("Self-made".to_owned()));
    let wanted = CoreClientRegistrationRequest::new(vec![callback.clone()], EmptyAdditionalClientMetadata {})
        .set_response_types(Some(vec![ResponseTypes::new(vec![CoreResponseType::Code])]))
        .set_grant_types(Some(vec![CoreGrantType::AuthorizationCode, CoreGrantType::RefreshToken]))
        .set_application_type(Some(CoreApplicationType::Web))
        .set_token_endpoint_auth_method(Some(CoreClientAuthMethod::ClientSecretPost))
        .set_client_name(Some(name));
    let endpoint = metadata.registration_endpoint().unwrap().clone();
    let registered: CoreClientRegistrationResponse = wanted
        .register_async(&endpoint, &|request| send(&http, request))
        .await
        .unwrap_or_else(|error| panic!("{error:?}"));
    assert!(registered.registration_access_token().is_some() && registered.registration_client_uri().is_some());
    assert_eq!(registered.token_endpoint_auth_method(), Some(&CoreClientAuthMethod::ClientSecretPost));

    let library = CoreClient::from_provider_metadata(
        metadata,
        registered.client_id().clone(),
        registered.client_secret().cloned(),
    )
    .set_auth_type(openidconnect::AuthType::RequestBody)
    .set_redirect_uri(callback);
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (url, _, nonce) = library
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
        .add_scope(Scope::new("email".to_owned()))
        .set_pkce_challenge(challenge)
        .url();
    let browser = app.browser();
    let login = browser.open(url.as_str()).await;
    let consent = browser.submit(&login, "form#login", &[("username", "ada"), ("password", PASSWORD)]).await;
    assert!(consent.answer.body.contains("Self-made"), "{}", consent.answer.body);
    let back = browser.submit(&consent, "form#consent", &[("decision", "allow"), ("scope", "email")]).await;
    let code = AuthorizationCode::new(back.query("code").unwrap());
    let exchange = library.exchange_code(code).unwrap().set_pkce_verifier(verifier);
    let tokens = exchange.request_async(&|request| send(&http, request)).await.unwrap();
    let verifier = library.id_token_verifier();
    let claims = tokens.id_token().unwrap().claims(&verifier, &nonce).unwrap();
    assert_eq!(claims.subject().as_str(), ada.to_string());
    let request = library.user_info(tokens.access_token().clone(), Some(claims.subject().clone())).unwrap();
    let known: CoreUserInfoClaims = request.request_async(&|request| send(&http, request)).await.unwrap();
    assert_eq!(known.email().unwrap().as_str(), "ada@example.com");
}
