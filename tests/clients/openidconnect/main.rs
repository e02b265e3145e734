//! A web app with the `openidconnect` crate. The library revokes at https alone, and the test has only http.

use std::collections::HashMap;
use std::env;
use std::fmt;

use actix_web::cookie::Cookie;
use actix_web::http::{StatusCode, header};
use actix_web::web::{self, Data, Query};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, ResponseError};
use anyhow::{Context, ensure};
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreIdToken, CoreIdTokenClaims, CoreTokenResponse, CoreUserInfoClaims,
};
use openidconnect::{
    AccessToken, AccessTokenHash, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndSessionUrl,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, IntrospectionUrl, IssuerUrl, LogoutRequest, Nonce,
    OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl, ProviderMetadataWithLogout,
    RedirectUrl, RefreshToken, Scope, TokenResponse,
};
use serde_json::{Value, json};
use tokio::sync::Mutex;

type Discovered =
    CoreClient<EndpointSet, EndpointNotSet, EndpointSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

struct Library {
    client: Discovered,
    http: reqwest::Client,
    end_session: EndSessionUrl,
}

impl Library {
    async fn discover() -> anyhow::Result<Self> {
        // settings:begin
        // cargo add openidconnect
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
        let issuer = IssuerUrl::new(env::var("ISSUER")?)?;
        let metadata = ProviderMetadataWithLogout::discover_async(issuer, &|request| send(&http, request)).await?;
        let end_session = metadata.additional_metadata().end_session_endpoint.clone();
        let (id, secret) = (ClientId::new(env::var("CLIENT_ID")?), ClientSecret::new(env::var("CLIENT_SECRET")?));
        let client = CoreClient::from_provider_metadata(metadata, id, Some(secret))
            .set_introspection_url(IntrospectionUrl::new(format!("{}/oauth2/introspect", env::var("ISSUER")?))?)
            .set_redirect_uri(RedirectUrl::new(env::var("REDIRECT_URI")?)?);
        // Then: set_pkce_challenge with authorize_url, set_pkce_verifier with exchange_code. The at_hash of an ID token is
        // yours to compare, with AccessTokenHash.
        // settings:end
        Ok(Self { client, http, end_session: end_session.context("the server knows no sign-out")? })
    }

    /// The claims of the ID token, after all checks.
    fn check(&self, tokens: &CoreTokenResponse, nonce: &Nonce) -> anyhow::Result<(CoreIdToken, CoreIdTokenClaims)> {
        let id_token = tokens.id_token().context("no ID token")?;
        let verifier = self.client.id_token_verifier();
        let claims = id_token.claims(&verifier, nonce)?;
        let expected = claims.access_token_hash().context("no at_hash")?;
        let key = id_token.signing_key(&verifier)?;
        let actual = AccessTokenHash::from_token(tokens.access_token(), id_token.signing_alg()?, key)?;
        ensure!(actual == *expected, "the access token does not belong to the ID token");
        Ok((id_token.clone(), claims.clone()))
    }
}

/// How the library reaches the server: it brings no HTTP client of its own.
async fn send(
    http: &reqwest::Client,
    request: openidconnect::HttpRequest,
) -> Result<openidconnect::HttpResponse, reqwest::Error> {
    let mut response = http.execute(request.try_into()?).await?;
    let mut answer = openidconnect::HttpResponse::new(Vec::new());
    *answer.status_mut() = response.status();
    *answer.headers_mut() = std::mem::take(response.headers_mut());
    *answer.body_mut() = response.bytes().await?.to_vec();
    Ok(answer)
}

/// What we know of one browser.
enum Session {
    Asked { state: CsrfToken, nonce: Nonce, verifier: PkceCodeVerifier },
    SignedIn { id_token: Box<CoreIdToken>, access_token: AccessToken, refresh_token: RefreshToken, result: Value },
}

/// By the cookie that each browser is given.
type Sessions = Mutex<HashMap<String, Session>>;
type Answer = Result<HttpResponse, Failure>;

fn cookie(request: &HttpRequest) -> anyhow::Result<String> {
    Ok(request.cookie("app").context("no session")?.value().to_owned())
}

fn go_to(url: &str) -> HttpResponse {
    HttpResponse::Found().insert_header((header::LOCATION, url)).finish()
}

async fn login(library: Data<Library>, sessions: Data<Sessions>) -> Answer {
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (url, state, nonce) = library
        .client
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
        .add_scopes(["profile", "email", "offline_access"].map(|scope| Scope::new(scope.to_owned())))
        .set_pkce_challenge(challenge)
        .url();
    let name = CsrfToken::new_random().into_secret();
    sessions.lock().await.insert(name.clone(), Session::Asked { state, nonce, verifier });
    let mut answer = go_to(url.as_str());
    answer.add_cookie(&Cookie::build("app", name).path("/").http_only(true).finish())?;
    Ok(answer)
}

async fn callback(
    request: HttpRequest,
    sent: Query<HashMap<String, String>>,
    library: Data<Library>,
    sessions: Data<Sessions>,
) -> Answer {
    let name = cookie(&request)?;
    let asked = sessions.lock().await.remove(&name);
    let Some(Session::Asked { state, nonce, verifier }) = asked else { return Err(Failure::new("nothing was asked")) };
    if sent.get("state") != Some(state.secret()) {
        return Err(Failure::new("another state"));
    }
    let code = sent.get("code").with_context(|| format!("no code: {sent:?}"))?;
    let tokens = library
        .client
        .exchange_code(AuthorizationCode::new(code.clone()))?
        .set_pkce_verifier(verifier)
        .request_async(&|request| send(&library.http, request))
        .await?;
    let (id_token, claims) = library.check(&tokens, &nonce)?;
    let userinfo: CoreUserInfoClaims = library
        .client
        .user_info(tokens.access_token().clone(), Some(claims.subject().clone()))?
        .request_async(&|request| send(&library.http, request))
        .await?;
    let result = json!({
        "sub": claims.subject(), "claims": claims, "userinfo": userinfo,
        "access_token": tokens.access_token().secret(),
    });
    let signed_in = Session::SignedIn {
        id_token: Box::new(id_token),
        access_token: tokens.access_token().clone(),
        refresh_token: tokens.refresh_token().context("no refresh token")?.clone(),
        result,
    };
    sessions.lock().await.insert(name, signed_in);
    Ok(go_to("/result"))
}

async fn show(request: HttpRequest, sessions: Data<Sessions>) -> Answer {
    match sessions.lock().await.get(&cookie(&request)?) {
        Some(Session::SignedIn { result, .. }) => Ok(HttpResponse::Ok().json(result)),
        _ => Err(Failure::new("nobody is signed in")),
    }
}

async fn refresh(request: HttpRequest, library: Data<Library>, sessions: Data<Sessions>) -> Answer {
    let mut sessions = sessions.lock().await;
    let Some(Session::SignedIn { access_token, refresh_token, .. }) = sessions.get_mut(&cookie(&request)?) else {
        return Err(Failure::new("nobody is signed in"));
    };
    let tokens = library
        .client
        .exchange_refresh_token(refresh_token)?
        .request_async(&|request| send(&library.http, request))
        .await?;
    *access_token = tokens.access_token().clone();
    if let Some(next) = tokens.refresh_token() {
        *refresh_token = next.clone();
    }
    Ok(HttpResponse::Ok().json(json!({ "access_token": access_token.secret() })))
}

async fn introspect(request: HttpRequest, library: Data<Library>, sessions: Data<Sessions>) -> Answer {
    let sessions = sessions.lock().await;
    let Some(Session::SignedIn { access_token, .. }) = sessions.get(&cookie(&request)?) else {
        return Err(Failure::new("nobody is signed in"));
    };
    let answer = library.client.introspect(access_token).request_async(&|request| send(&library.http, request)).await?;
    Ok(HttpResponse::Ok().json(answer))
}

async fn logout(request: HttpRequest, library: Data<Library>, sessions: Data<Sessions>) -> Answer {
    let Some(Session::SignedIn { id_token, .. }) = sessions.lock().await.remove(&cookie(&request)?) else {
        return Err(Failure::new("nobody is signed in"));
    };
    let back = PostLogoutRedirectUrl::new(env::var("POST_LOGOUT_REDIRECT_URI")?)?;
    let url = LogoutRequest::from(library.end_session.clone())
        .set_id_token_hint(&id_token)
        .set_post_logout_redirect_uri(back)
        .http_get_url();
    Ok(go_to(url.as_str()))
}

/// What the library or we refuse, as JSON.
#[derive(Debug)]
struct Failure(anyhow::Error);

impl Failure {
    fn new(what: &'static str) -> Self {
        Self(anyhow::Error::msg(what))
    }
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#}", self.0)
    }
}

impl ResponseError for Failure {
    fn error_response(&self) -> HttpResponse {
        HttpResponse::build(StatusCode::BAD_REQUEST).json(json!({ "error": self.to_string() }))
    }
}

#[actix_web::main]
async fn main() -> anyhow::Result<()> {
    rustls::crypto::aws_lc_rs::default_provider().install_default().ok();
    let library = Data::new(Library::discover().await?);
    let sessions = Data::new(Sessions::default());
    let app = move || {
        App::new()
            .app_data(library.clone())
            .app_data(sessions.clone())
            .route("/", web::get().to(|| async { "ready" }))
            .route("/login", web::get().to(login))
            .route("/callback", web::get().to(callback))
            .route("/result", web::get().to(show))
            .route("/refresh", web::get().to(refresh))
            .route("/introspect", web::get().to(introspect))
            .route("/logout", web::get().to(logout))
    };
    let port: u16 = env::var("PORT")?.parse()?;
    Ok(HttpServer::new(app).workers(1).bind(("127.0.0.1", port))?.run().await?)
}
