//! `/admin/try`: what came of a trial, each part explained. The tokens are looked into here and ended at once: none of
//! them leaves the server.

use actix_web::Error;
use askama::Template;
use secrecy::SecretString;

use super::admin::Admin;
use super::client::{self, path_of};
use super::explained::{Part, Row, rows};
use super::frame::{Frame, Section};
use crate::domain::keys::jwt;
use crate::domain::own_claims;
use crate::domain::pending_request::PendingFault;
use crate::domain::tokens::code::{self, CodeRequest};
use crate::domain::tokens::inspect::Inspected;
use crate::domain::tokens::issue::TokenResponse;
use crate::domain::trial::{self, Trial};
use crate::domain::userinfo;
use crate::error::{ErrorCode, OAuthError};
use crate::protocol::claims_request::ClaimsRequest;
use crate::protocol::client_metadata::AuthMethod;
use crate::protocol::grant_type::GrantType;
use crate::protocol::params::Params;
use crate::protocol::pkce::CodeVerifier;
use crate::store::Client;
use crate::web::page::Problem;
use crate::web::visit::PageResult;

/// How much of a secret is shown, so that one is told from another.
const SHOWN: usize = 12;

/// `templates/console/try_answer.html`
#[derive(Template)]
#[template(path = "console/try_answer.html")]
struct AnswerPage<'a> {
    f: &'a Frame,
    path: String,
    app: &'a str,
    told: Told,
}

/// All that is told of a run.
#[derive(Default)]
pub(super) struct Told {
    parts: Vec<Explained>,
    /// What went wrong: the error code, and the text for the developer.
    refusal: Option<(String, String)>,
    /// Whether there were tokens, which have ended.
    ended: bool,
    /// Whether a person allowed this: that stays.
    by_person: bool,
}

/// One message or token.
struct Explained {
    title: &'static str,
    hint: String,
    rows: Vec<Row>,
}

/// The page to which the authorization endpoint sends the browser.
pub(super) async fn show(admin: Admin) -> PageResult {
    let visit = &admin.visit;
    let query = visit.query()?;
    let Some(state) = visit.value(&query, "state")? else { return Ok(visit.redirect("/admin/clients")) };
    let trial = visit.cx.trials(visit.now).open(state).map_err(|fault| match fault {
        PendingFault::Stale => visit.refuse(Problem::Stale),
        PendingFault::Altered => visit.refuse(Problem::Altered),
    })?;
    if trial.admin != admin.current.person.id {
        return Err(visit.refuse(Problem::Forbidden));
    }
    let client = client::find(&admin, &trial.client_id).await?;
    admin.must_hold_scope_of(&client)?;
    let mut told = Told { by_person: true, ..Told::default() };
    told.authorization(&trial, &query);
    if let Some(code) = visit.value(&query, "error")? {
        let text = visit.value(&query, "error_description")?.unwrap_or_default();
        told.refusal = Some((code.to_owned(), text.to_owned()));
    } else {
        let code = visit.value(&query, "code")?.ok_or_else(|| visit.refuse(Problem::Malformed))?;
        redeem(&admin, &client, &trial, code, &mut told).await?;
    }
    told.send(&admin, &client)
}

/// Redeems the code in the place of the app, looks into what it gives, and ends it.
async fn redeem(admin: &Admin, client: &Client, trial: &Trial, code: &str, told: &mut Told) -> Result<(), Error> {
    let (visit, cx, act) = (&admin.visit, &admin.visit.cx, admin.act());
    let redirect_uri = cx.issuer().join(trial::PATH);
    told.asks_for_token(
        client,
        &[
            ("grant_type", GrantType::AuthorizationCode.wire()),
            ("code", &abridged(code)),
            ("redirect_uri", &redirect_uri),
            ("code_verifier", trial.code_verifier()),
        ],
    );
    if let Err(error) = may_authenticate(client) {
        told.refused(&error);
        return Ok(());
    }
    let mint = cx.mint();
    let sent = CodeRequest {
        code: SecretString::from(code),
        redirect_uri: Some(&redirect_uri),
        code_verifier: CodeVerifier::parse(trial.code_verifier()).ok(),
        resources: Vec::new(),
    };
    let issued = match code::find(&act, &mint, &sent.code).await {
        Ok(issued) => issued,
        Err(error) => {
            told.refused(&error);
            return Ok(());
        }
    };
    // Whatever else the page is told: what another person allowed is not shown to this one.
    if issued.authorization.person_id != trial.admin {
        return Err(visit.refuse(Problem::Forbidden));
    }
    match code::redeem(&act, &mint, client, &issued, &sent).await {
        Err(error) => told.refused(&error),
        Ok(response) => {
            let inspected = cx.inspector().inspect(&response.access_token, visit.now).await;
            let inspected = inspected.map_err(|error| visit.failed(&error))?;
            trial::end(&act, issued.authorization.id).await.map_err(|error| visit.failed(&error))?;
            told.tokens(&response);
            // What the console tries out asks for nothing claim by claim.
            let asked = ClaimsRequest::default();
            told.userinfo(match inspected {
                Inspected::Good(live) => {
                    let own = own_claims::at_userinfo(&cx.store, &mint.catalogue, &live, &asked).await;
                    userinfo::claims(*live, &asked, own.map_err(|error| visit.failed(&error))?, cx.issuer())
                }
                _ => Err(ErrorCode::InvalidToken.into()),
            });
        }
    }
    Ok(())
}

impl Told {
    fn part(&mut self, title: &'static str, hint: impl Into<String>, rows: Vec<Row>) {
        self.parts.push(Explained { title, hint: hint.into(), rows });
    }

    fn authorization(&mut self, trial: &Trial, answer: &Params) {
        let sent = trial.sent.iter().map(|(name, value)| Row::of(Part::Request, name, value));
        let state = Row::of(Part::Request, "state", "sealed by this console");
        let hint = "The app sends the browser to /oauth2/authorize with these parameters.";
        self.part("Authorization request", hint, sent.chain([state]).collect());
        let one = |name: &'static str| Some((name, answer.one(name).ok().flatten()?));
        let received = ["code", "error", "error_description", "state", "iss"].into_iter().filter_map(one);
        let rows = received.map(|(name, value)| match name {
            "code" => Row::of(Part::Response, name, &abridged(value)),
            "state" => Row::of(Part::Response, name, "as it was sent"),
            _ => Row::of(Part::Response, name, value),
        });
        let hint = "The browser comes back to the redirect_uri with these.";
        self.part("Authorization response", hint, rows.collect());
    }

    /// What the client would send to the token endpoint.
    pub fn asks_for_token(&mut self, client: &Client, sent: &[(&str, &str)]) {
        let mut rows: Vec<_> = sent.iter().map(|(name, value)| Row::of(Part::TokenRequest, name, value)).collect();
        let (name, value) = match client.metadata.token_endpoint_auth_method {
            AuthMethod::None => ("client_id", client.id.to_string()),
            AuthMethod::ClientSecretPost => ("client_secret", "the secret".to_owned()),
            AuthMethod::ClientSecretJwt => ("client_assertion", "a JWT signed with the secret".to_owned()),
            AuthMethod::PrivateKeyJwt => ("client_assertion", "a JWT signed with its key".to_owned()),
            AuthMethod::TlsClientAuth | AuthMethod::SelfSignedTlsClientAuth => {
                ("client_id", format!("{}, over a connection with its certificate", client.id))
            }
            AuthMethod::ClientSecretBasic => ("Authorization", "Basic, with client_id and secret".to_owned()),
        };
        rows.push(Row::of(Part::TokenRequest, name, &value));
        let hint = "The app posts these to /oauth2/token. The console did so in its place, without a secret.";
        self.part("Token request", hint, rows);
    }

    /// A request that was not granted.
    pub fn refused(&mut self, error: &OAuthError) {
        self.refusal = Some((error.code.wire().to_owned(), error.text.clone().into_owned()));
    }

    /// What the token endpoint answered.
    pub fn tokens(&mut self, response: &TokenResponse) {
        self.ended = true;
        let mut members = vec![
            ("access_token", abridged(&response.access_token)),
            ("token_type", response.token_type.to_owned()),
            ("expires_in", response.expires_in.to_string()),
        ];
        members.extend((!response.scope.is_empty()).then(|| ("scope", response.scope.to_string())));
        members.extend(response.refresh_token.as_deref().map(|token| ("refresh_token", abridged(token))));
        members.extend(response.id_token.as_deref().map(|token| ("id_token", abridged(token))));
        let rows = members.iter().map(|(name, value)| Row::of(Part::TokenResponse, name, value)).collect();
        self.part("Token response", "The app gets this as JSON. Nobody else should ever see it.", rows);
        if let Some(token) = &response.id_token {
            self.token("ID token", "Signed for the app itself: it says who signed in, and how.", token);
        }
        self.token(
            "Access token",
            "For the API that the app calls. To the app it is a text without a meaning.",
            &response.access_token,
        );
    }

    fn token(&mut self, title: &'static str, hint: &'static str, token: &str) {
        match jwt::look_into(token) {
            Some((header, claims)) => {
                let header = rows(Part::Header, &header);
                self.part(title, hint, header.into_iter().chain(rows(Part::Claims, &claims)).collect());
            }
            None => self.part(
                title,
                format!("{hint} This one is opaque: an API learns by introspection what it allows."),
                Vec::new(),
            ),
        }
    }

    fn userinfo(&mut self, claims: Result<serde_json::Map<String, serde_json::Value>, OAuthError>) {
        match claims {
            Ok(claims) => self.part(
                "UserInfo",
                "What /oauth2/userinfo answers to this access token.",
                rows(Part::Claims, &claims),
            ),
            Err(error) => self.part("UserInfo", error.text.into_owned(), Vec::new()),
        }
    }

    /// The page.
    pub fn send(self, admin: &Admin, client: &Client) -> PageResult {
        let frame = admin.frame();
        let page = AnswerPage { f: &frame, path: path_of(&client.id), app: name_of(client), told: self };
        admin.send(&frame, Section::Clients, "What came of it", &page)
    }
}

/// The console needs no secret of a client, but gets no more than the client would: disabled, that is nothing.
pub(super) fn may_authenticate(client: &Client) -> Result<(), OAuthError> {
    match client.disabled_at {
        None => Ok(()),
        Some(_) => Err(OAuthError::new(ErrorCode::InvalidClient, "This client is disabled.")),
    }
}

/// What a client is called.
pub(super) fn name_of(client: &Client) -> &str {
    client.metadata.client_name.as_deref().unwrap_or(client.id.as_str())
}

/// The beginning of a secret, and how long it is.
fn abridged(secret: &str) -> String {
    let length = secret.chars().count();
    let beginning: String = secret.chars().take(SHOWN.min(length / 2)).collect();
    format!("{beginning}… ({length} characters)")
}
