//! The authorization endpoint (RFC 6749 §4.1.1, OIDC Core §3.1.2): an app sends a browser here, and gets it back with
//! a code or an error.
//!
//! parse ([`addressee`], then [`request`]) → decide ([`choose`], [`decide`]) → apply ([`issue`]) → render ([`respond`], [`refuse`]). Sign-in, choice
//! of account and consent are pages of their own: they are sent the sealed request, and send the browser back to
//! `/oauth2/authorize/resume`, where the same question is asked again: what is next?

pub mod addressee;
mod choose;
mod decide;
mod explanation;
mod form;
mod issue;
mod level;
mod object;
mod refuse;
pub mod request;
mod respond;
mod visit;

use actix_web::{HttpRequest, HttpResponse, Route, web};
use futures_util::TryFutureExt;

use self::addressee::Addressee;
use self::decide::{Fit, Next};
use self::level::{Demand, Level, Means};
use self::refuse::Refusal;
use self::visit::Visit;
use crate::cx::Cx;
use crate::domain::admission::Standing;
use crate::domain::consent::{self, Remembered};
use crate::domain::pending_request::PendingRequest;
use crate::domain::sessions::SignedIn;
use crate::error::OAuthError;
use crate::protocol::params::Params;
use crate::protocol::scope::OPENID;
use crate::store::{Client, Role};
use crate::web::browser_session::{self, Accounts, Current};
use crate::web::error_page;

/// Where the pages send the browser back to, under the issuer.
const RESUME: &str = "/oauth2/authorize/resume";

/// The authorization endpoint, and the way back to it from our own pages. Mount it where the browser's session is.
pub fn routes(config: &mut web::ServiceConfig) {
    let authorize = web::resource("/oauth2/authorize").get(by_query).post(by_form);
    config
        .service(authorize.default_service(only("GET, POST")))
        .service(web::resource(RESUME).get(resume).default_service(only("GET")));
}

fn only(allowed: &'static str) -> Route {
    web::to(move |http: HttpRequest, cx: web::Data<Cx>| async move { error_page::wrong_method(&cx, &http, allowed) })
}

async fn by_query(http: HttpRequest, cx: web::Data<Cx>) -> HttpResponse {
    let visit = Visit::new(&http, &cx);
    let asked = parse(&visit, http.query_string().as_bytes());
    let outcome = asked.and_then(|(addressee, pending)| proceed(&visit, addressee, pending)).await;
    answer(&visit, outcome).await
}

/// OIDC Core §3.1.2.1: the request may come as a form, too.
async fn by_form(http: HttpRequest, cx: web::Data<Cx>, body: actix_web::Result<web::Bytes>) -> HttpResponse {
    let visit = Visit::new(&http, &cx);
    let parsed = match form::body(&http, body) {
        Ok(form) => parse(&visit, &form).await,
        Err(refusal) => Err(refusal.into()),
    };
    // A form that another site sends comes without our `SameSite=Lax` cookie. A redirect to ourselves comes with it.
    let outcome = parsed.map(|(_, pending)| respond::continue_at(&visit, RESUME, &pending));
    answer(&visit, outcome).await
}

async fn resume(http: HttpRequest, cx: web::Data<Cx>) -> HttpResponse {
    let visit = Visit::new(&http, &cx);
    let outcome = reopen(&visit).and_then(|(addressee, pending)| proceed(&visit, addressee, pending)).await;
    answer(&visit, outcome).await
}

/// Reads a request in two stages: who asks and where the answer goes, then all the rest. What fails in the first is
/// shown on a page, what fails in the second is told to the client.
async fn parse(visit: &Visit<'_>, bytes: &[u8]) -> Result<(Addressee, PendingRequest), Refusal> {
    let sent = Params::parse(bytes).map_err(|error| addressee::unreadable(&error))?;
    let id = addressee::client_id(&sent)?;
    let client = visit.client(&id).await.map_err(|fault| Refusal::of_document(fault, &id))?;
    let (params, opened) = object::open(visit, sent, client.as_deref()).await;
    let readable = |name| params.one(name).ok().flatten();
    let trial = visit.trials().answered_at(&id, readable("redirect_uri"), readable("state"));
    let addressee = addressee::addressee(&params, client, trial.as_ref()).map_err(|explanation| match &opened {
        Err(error) => object::unopened(error),
        Ok(()) => explanation,
    })?;
    let (keys, catalogue) = (visit.cx.keys.current(), visit.cx.catalogue());
    match opened.and_then(|()| request::read(&params, &addressee, &visit.rules(&keys, &catalogue))) {
        Ok(pending) => Ok((addressee, pending)),
        Err(error) => Err(Refusal::Told { addressee, error, person: None }),
    }
}

/// Opens the request that comes back from one of our pages. Its client may have changed meanwhile.
async fn reopen(visit: &Visit<'_>) -> Result<(Addressee, PendingRequest), Refusal> {
    let mut pending = request::reopen(visit.http.query_string().as_bytes(), visit.cx, visit.now)?;
    let id = &pending.client_id;
    let client = visit.client(id).await.map_err(|fault| Refusal::of_document(fault, id))?;
    let (uri, state) = (pending.redirect.uri(), pending.redirect.state());
    let trial = visit.trials().answered_at(&pending.client_id, Some(uri), state);
    let addressee = addressee::still_addressee(&pending, client, trial.as_ref())?;
    pending.claims = pending.claims.within(&addressee.client.metadata.scope);
    match request::still_allowed(&pending, &addressee, visit.cx.config.tokens.response_types(), &visit.cx.catalogue()) {
        Ok(()) => Ok((addressee, pending)),
        Err(error) => Err(Refusal::Told { addressee, error, person: None }),
    }
}

/// Takes the next step. From here on it is known whom to tell of a fault, ours too.
async fn proceed(visit: &Visit<'_>, addressee: Addressee, pending: PendingRequest) -> Result<HttpResponse, Refusal> {
    let accounts = match browser_session::accounts(visit.http, visit.cx).await {
        Ok(accounts) => accounts,
        Err(error) => return Err(Refusal::Told { addressee, error: error.into(), person: None }),
    };
    let is_meant = |account: &Current| is_meant(visit, &addressee.client, &pending, &account.signed_in);
    let who = choose::choose(&pending, &accounts, is_meant).map(|account| &account.signed_in);
    let step = step(visit, &addressee, &pending, &accounts, who).await;
    step.map_err(|error| Refusal::Told { addressee, error, person: who.map(|who| who.person_id) })
}

async fn step(
    visit: &Visit<'_>,
    addressee: &Addressee,
    pending: &PendingRequest,
    accounts: &Accounts,
    who: Option<&SignedIn>,
) -> Result<HttpResponse, OAuthError> {
    let client = &addressee.client;
    let (standing, remembered, fit) = match who {
        Some(who) => {
            let (store, catalogue) = (&visit.cx.store, &visit.cx.catalogue());
            let standing = Standing::read(store, catalogue, client, who.person_id, &pending.scope).await?;
            let remembered = store.grant(who.person_id, &client.id).await?.map(Remembered::from);
            (standing, remembered, fit(visit, client, pending, accounts, who).await?)
        }
        None => (Standing::free(), None, Fit { is_meant: false, level: Level::OutOfReach }),
    };
    let policy = consent::policy(client, pending.redirect.uri());
    match decide::decide(pending, who, fit, &standing, remembered.as_ref(), policy, visit.now) {
        Next::Register => ask(visit, pending, None, "/register").await,
        // Where people are signed in and nobody is current, one of them may be meant.
        Next::SignIn if who.is_none() && !accounts.all().is_empty() => ask(visit, pending, None, "/login/select").await,
        Next::SignIn => ask(visit, pending, who, "/login").await,
        Next::SecondFactor => ask(visit, pending, who, "/login/second").await,
        Next::SelectAccount => ask(visit, pending, None, "/login/select").await,
        Next::Approval => ask(visit, pending, who, "/approval").await,
        Next::Consent => ask(visit, pending, who, "/consent").await,
        Next::Issue { who, scope, declined } => {
            match issue::issue(visit, client, pending, who, scope, declined).await? {
                Some(issued) => {
                    browser_session::note_use(visit.http, visit.cx, who.sid).await;
                    let openid = pending.scope.contains(OPENID);
                    Ok(respond::with_success(visit, addressee, openid, &issued))
                }
                // Their session ended while we looked, so that nobody is signed in any more.
                None => Box::pin(step(visit, addressee, pending, accounts, None)).await,
            }
        }
        Next::Refuse(error) => Err(error),
    }
}

async fn fit(
    visit: &Visit<'_>,
    client: &Client,
    pending: &PendingRequest,
    accounts: &Accounts,
    who: &SignedIn,
) -> Result<Fit, OAuthError> {
    let config = &visit.cx.config;
    let role = accounts.of(who.sid).and_then(|account| account.person.role).map(Role::word);
    let second_factor = config.second_factor.is_required_of(role) || client.metadata.require_second_factor;
    let mut has = Means::default();
    if level::asks_for_more(&config.acr_levels, pending, &who.amr) {
        let held = visit.cx.factor_desk().held_by(who.person_id).await?;
        let password = accounts.of(who.sid).is_some_and(|account| account.person.password_hash.is_some());
        has = Means { password, app: held.has_app(), passkey: held.passkeys > 0 };
    }
    let level = level::judge(&config.acr_levels, pending, &who.amr, Demand { second_factor, has });
    Ok(Fit { is_meant: is_meant(visit, client, pending, who), level })
}

fn is_meant(visit: &Visit<'_>, client: &Client, pending: &PendingRequest, who: &SignedIn) -> bool {
    pending.may_be_about(&visit.cx.subjects.sub(&client.metadata, who.person_id))
}

/// Shows a page. It acts for the current person, so that `who` is that from now on.
async fn ask(
    visit: &Visit<'_>,
    pending: &PendingRequest,
    who: Option<&SignedIn>,
    page: &str,
) -> Result<HttpResponse, OAuthError> {
    if let Some(who) = who {
        browser_session::choose(visit.http, visit.cx, who.sid).await?;
    }
    Ok(respond::continue_at(visit, page, pending))
}

async fn answer(visit: &Visit<'_>, outcome: Result<HttpResponse, Refusal>) -> HttpResponse {
    match outcome {
        Ok(response) => response,
        Err(refusal) => refusal.answer(visit).await,
    }
}
