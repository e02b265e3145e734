//! A web app that signs people in with Claviger, by the `openidconnect` crate: authorization code with PKCE, `state` and
//! `nonce`; a refresh button; sign-out at the server too.
//!
//! ```text
//! claviger client add examples/third_party_app.json
//! CLIENT_SECRET=clv_secret_… cargo run --example third_party_app
//! ```
//!
//! Then open <http://localhost:8081>. Settings by environment: `ISSUER`, `CLIENT_ID`, `CLIENT_SECRET`, `LISTEN`, `BASE` (how
//! browsers reach the app).

use std::collections::HashMap;
use std::env;
use std::fmt::{self, Write as _};
use std::sync::{Mutex, PoisonError};

use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header;
use actix_web::web::{self, Data, Query};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, ResponseError};
use anyhow::{Context, anyhow, bail, ensure};
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreIdToken, CoreTokenResponse, CoreUserInfoClaims};
use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndSessionUrl, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, HttpRequest as OutgoingRequest, HttpResponse as IncomingResponse, IssuerUrl,
    LogoutRequest, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl,
    ProviderMetadataWithLogout, RedirectUrl, RefreshToken, Scope, SubjectIdentifier, TokenResponse,
};
use serde::Deserialize;
use serde_json::{Map, Value};

/// The name of our cookie. Cookies know no ports, so on localhost it must differ from everybody else's.
const COOKIE: &str = "third-party-app";

#[actix_web::main]
async fn main() -> anyhow::Result<()> {
    rustls::crypto::aws_lc_rs::default_provider().install_default().ok();
    let listen = setting("LISTEN", "127.0.0.1:8081");
    let base = setting("BASE", "http://localhost:8081");
    let secret = env::var("CLIENT_SECRET").context("set CLIENT_SECRET to what `claviger client add` printed")?;
    let (issuer, id) = (setting("ISSUER", "http://localhost:8080"), setting("CLIENT_ID", "third-party-app"));
    let claviger = Data::new(Claviger::discover(&issuer, id, secret, &base).await?);
    let sessions = Data::new(Sessions::default());
    let app = move || {
        App::new()
            .app_data(claviger.clone())
            .app_data(sessions.clone())
            .route("/", web::get().to(home))
            .route("/sign-in", web::get().to(sign_in))
            .route("/callback", web::get().to(callback))
            .route("/refresh", web::post().to(refresh))
            .route("/sign-out", web::post().to(sign_out))
    };
    let server = HttpServer::new(app).workers(1).bind(&listen).with_context(|| format!("cannot listen at {listen}"))?;
    println!("Open {base}");
    Ok(server.run().await?)
}

fn setting(name: &str, default: &str) -> String {
    env::var(name).unwrap_or_else(|_| default.to_owned())
}

/// The server that we trust, and who we are there.
struct Claviger {
    issuer: String,
    base: String,
    client: CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>,
    end_session: EndSessionUrl,
    http: reqwest::Client,
}

impl Claviger {
    async fn discover(issuer: &str, id: String, secret: String, base: &str) -> anyhow::Result<Self> {
        // The library warns: a client that follows redirects could be led anywhere.
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
        let issuer_url = IssuerUrl::new(issuer.to_owned())?;
        // It checks that the metadata are those of the issuer.
        let metadata = ProviderMetadataWithLogout::discover_async(issuer_url, &|request| send(&http, request)).await?;
        let end_session = metadata.additional_metadata().end_session_endpoint.clone();
        let client = CoreClient::from_provider_metadata(metadata, ClientId::new(id), Some(ClientSecret::new(secret)))
            .set_redirect_uri(RedirectUrl::new(format!("{base}/callback"))?);
        let end_session = end_session.context("the server knows no sign-out")?;
        Ok(Self { issuer: issuer.to_owned(), base: base.to_owned(), client, end_session, http })
    }
}

/// How the library reaches the server: it brings no HTTP client of its own.
async fn send(http: &reqwest::Client, request: OutgoingRequest) -> Result<IncomingResponse, reqwest::Error> {
    let mut response = http.execute(request.try_into()?).await?;
    let mut answer = IncomingResponse::new(Vec::new());
    *answer.status_mut() = response.status();
    *answer.headers_mut() = std::mem::take(response.headers_mut());
    *answer.body_mut() = response.bytes().await?.to_vec();
    Ok(answer)
}

/// What we know of each browser, by its cookie. A real app keeps this in its database.
type Sessions = Mutex<HashMap<String, Session>>;

enum Session {
    /// On its way through the server's pages.
    SigningIn { state: CsrfToken, nonce: Nonce, verifier: PkceCodeVerifier },
    /// Back, and known.
    SignedIn(Box<Known>),
}

/// A person who signed in.
struct Known {
    id_token: CoreIdToken,
    claims: Map<String, Value>,
    refresh_token: Option<RefreshToken>,
    refreshed: u32,
}

/// Sends the browser away with a `state`, a `nonce` and a PKCE challenge that belong to this browser alone.
async fn sign_in(claviger: Data<Claviger>, sessions: Data<Sessions>) -> Result<HttpResponse, Failure> {
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (url, state, nonce) = claviger
        .client
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
        .add_scopes(["profile", "email", "offline_access"].map(|scope| Scope::new(scope.to_owned())))
        .set_pkce_challenge(challenge)
        .url();
    let cookie = keep(&sessions, Session::SigningIn { state, nonce, verifier });
    Ok(HttpResponse::SeeOther().cookie(cookie).insert_header((header::LOCATION, url.as_str())).finish())
}

/// What comes back from the server through the browser.
#[derive(Deserialize)]
struct Callback {
    code: Option<String>,
    state: Option<String>,
    iss: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

async fn callback(
    request: HttpRequest,
    sent: Query<Callback>,
    claviger: Data<Claviger>,
    sessions: Data<Sessions>,
) -> Result<HttpResponse, Failure> {
    let Some(Session::SigningIn { state, nonce, verifier }) = take(&sessions, &request) else {
        return Err(anyhow!("this browser has no sign-in under way; begin again").into());
    };
    let code = check_answer(sent.into_inner(), &state, &claviger.issuer)?;
    let tokens = claviger
        .client
        .exchange_code(code)?
        .set_pkce_verifier(verifier)
        .request_async(&|request| send(&claviger.http, request))
        .await?;
    let (id_token, mut claims) = check_id_token(&claviger, &tokens, &nonce)?;
    claims.extend(ask_who(&claviger, &tokens, &claims).await?);
    let known = Known { id_token, claims, refresh_token: tokens.refresh_token().cloned(), refreshed: 0 };
    // A new name for the session, now that it is worth something.
    let cookie = keep(&sessions, Session::SignedIn(Box::new(known)));
    Ok(HttpResponse::SeeOther().cookie(cookie).insert_header((header::LOCATION, "/")).finish())
}

/// The code, if the answer belongs to what this browser asked, and comes from the server that we asked.
fn check_answer(sent: Callback, state: &CsrfToken, issuer: &str) -> anyhow::Result<AuthorizationCode> {
    ensure!(sent.state.as_ref() == Some(state.secret()), "the state is not the one that we sent");
    // RFC 9207, section 2.4: an answer from another server must not bring us to show that server's code to ours.
    ensure!(sent.iss.as_deref() == Some(issuer), "the answer comes from another server");
    if let Some(error) = sent.error {
        bail!("{error}: {}", sent.error_description.unwrap_or_default());
    }
    Ok(AuthorizationCode::new(sent.code.context("the answer has no code")?))
}

/// Signature, issuer, audience, expiry and nonce, by the library; and that the access token belongs to it.
fn check_id_token(
    claviger: &Claviger,
    tokens: &CoreTokenResponse,
    nonce: &Nonce,
) -> anyhow::Result<(CoreIdToken, Map<String, Value>)> {
    let id_token = tokens.id_token().context("the server sent no ID token")?;
    let verifier = claviger.client.id_token_verifier();
    let claims = id_token.claims(&verifier, nonce)?;
    if let Some(expected) = claims.access_token_hash() {
        let key = id_token.signing_key(&verifier)?;
        let actual = AccessTokenHash::from_token(tokens.access_token(), id_token.signing_alg()?, key)?;
        ensure!(actual == *expected, "the access token does not belong to the ID token");
    }
    let Value::Object(claims) = serde_json::to_value(claims)? else { bail!("claims are an object") };
    Ok((id_token.clone(), claims))
}

/// What the person allows us to know. The library checks that it is about the person of the ID token.
async fn ask_who(
    claviger: &Claviger,
    tokens: &CoreTokenResponse,
    claims: &Map<String, Value>,
) -> anyhow::Result<Map<String, Value>> {
    let subject = claims.get("sub").and_then(Value::as_str).context("the ID token names nobody")?;
    let subject = SubjectIdentifier::new(subject.to_owned());
    let request = claviger.client.user_info(tokens.access_token().clone(), Some(subject))?;
    let known: CoreUserInfoClaims = request.request_async(&|request| send(&claviger.http, request)).await?;
    let Value::Object(known) = serde_json::to_value(known)? else { bail!("claims are an object") };
    Ok(known)
}

/// Trades the refresh token, which works once, for new tokens.
async fn refresh(
    request: HttpRequest,
    claviger: Data<Claviger>,
    sessions: Data<Sessions>,
) -> Result<HttpResponse, Failure> {
    let Some(Session::SignedIn(mut known)) = take(&sessions, &request) else { return Ok(go_to("/")) };
    let refresh_token = known.refresh_token.take().context("the server sent no refresh token")?;
    let tokens = claviger
        .client
        .exchange_refresh_token(&refresh_token)?
        .request_async(&|request| send(&claviger.http, request))
        .await?;
    known.refresh_token = tokens.refresh_token().cloned().or(Some(refresh_token));
    known.refreshed += 1;
    let cookie = keep(&sessions, Session::SignedIn(known));
    Ok(HttpResponse::SeeOther().cookie(cookie).insert_header((header::LOCATION, "/")).finish())
}

/// Forgets the browser here, and sends it to be signed out there.
async fn sign_out(
    request: HttpRequest,
    claviger: Data<Claviger>,
    sessions: Data<Sessions>,
) -> Result<HttpResponse, Failure> {
    let Some(Session::SignedIn(known)) = take(&sessions, &request) else { return Ok(go_to("/")) };
    let url = LogoutRequest::from(claviger.end_session.clone())
        .set_id_token_hint(&known.id_token)
        .set_post_logout_redirect_uri(PostLogoutRedirectUrl::new(format!("{}/", claviger.base))?)
        .http_get_url();
    Ok(go_to(url.as_str()))
}

async fn home(request: HttpRequest, claviger: Data<Claviger>, sessions: Data<Sessions>) -> HttpResponse {
    let sessions = sessions.lock().unwrap_or_else(PoisonError::into_inner);
    match request.cookie(COOKIE).and_then(|cookie| sessions.get(cookie.value())) {
        Some(Session::SignedIn(known)) => page(&known.to_string()),
        _ => page(&format!(
            "<h1>Third-Party App</h1><p>It knows nothing of you yet.</p>\
             <p><a class=button href=/sign-in>Sign in with {}</a></p>",
            escaped(&claviger.issuer)
        )),
    }
}

impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name =
            ["name", "preferred_username", "email", "sub"].iter().find_map(|claim| self.claims.get(*claim)?.as_str());
        writeln!(f, "<h1>Hello, {}</h1><table>", escaped(name.unwrap_or("stranger")))?;
        for (claim, value) in &self.claims {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            writeln!(f, "<tr><th>{}<td id=\"{0}\">{}", escaped(claim), escaped(&value))?;
        }
        writeln!(f, "</table><p>Refreshed <span id=refreshed>{}</span> times.</p>", self.refreshed)?;
        f.write_str(
            "<form id=refresh method=post action=/refresh><button>Refresh</button></form>\
             <form id=sign-out method=post action=/sign-out><button>Sign out</button></form>",
        )
    }
}

/// Remembers a session under a new name. The cookie is not sent with another site's forms, so these need no token.
fn keep(sessions: &Sessions, session: Session) -> Cookie<'static> {
    let name = CsrfToken::new_random_len(32).into_secret();
    sessions.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone(), session);
    // An app on https also says `secure(true)`.
    Cookie::build(COOKIE, name).path("/").http_only(true).same_site(SameSite::Lax).finish()
}

fn take(sessions: &Sessions, request: &HttpRequest) -> Option<Session> {
    let cookie = request.cookie(COOKIE)?;
    sessions.lock().unwrap_or_else(PoisonError::into_inner).remove(cookie.value())
}

fn go_to(url: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, url)).finish()
}

fn page(content: &str) -> HttpResponse {
    let style = "body{font:1.1rem/1.5 system-ui;max-width:44rem;margin:4rem auto;padding:0 1rem;color-scheme:light dark}\
                 table{border-collapse:collapse;width:100%}th{text-align:left;padding-right:2rem;font-weight:600}\
                 th,td{border-bottom:1px solid #8884;padding-block:.4rem;overflow-wrap:anywhere}\
                 form{display:inline}button,.button{font:inherit;padding:.5rem 1rem;border-radius:.5rem;\
                 border:1px solid #888;background:none;color:inherit;text-decoration:none;margin-right:.5rem}";
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(format!(
        "<!doctype html><html lang=en><meta name=viewport content=\"width=device-width\"><title>Third-Party App</title>\
         <style>{style}</style><main>{content}</main></html>"
    ))
}

fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut escaped, c| {
        match c {
            '<' | '>' | '&' | '"' | '\'' => drop(write!(escaped, "&#{};", c as u32)),
            c => escaped.push(c),
        }
        escaped
    })
}

/// Anything that went wrong, as a page.
#[derive(Debug)]
struct Failure(anyhow::Error);

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
        eprintln!("{self}");
        let text = escaped(&self.to_string());
        let mut answer =
            page(&format!("<h1>That did not work</h1><p>{text}</p><p><a class=button href=/>Back</a></p>"));
        *answer.status_mut() = actix_web::http::StatusCode::BAD_REQUEST;
        answer
    }
}
