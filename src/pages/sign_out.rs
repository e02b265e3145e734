//! `/logout`: asks, then signs out. An app that asked for it (`/oauth2/end_session`) gets the browser back afterwards.
//!
//! Where apps want to be told in the browser (OpenID Connect Front-Channel Logout 1.0), a page with their frames comes
//! between.

use actix_web::Error;
use actix_web::http::StatusCode;
use url::Url;

use super::providers::leaving;
use super::{provider_buttons, waiting};
use crate::domain::events::Actor;
use crate::domain::logout::frames::frame;
use crate::domain::pending_sign_out::PendingSignOut;
use crate::domain::people::accounts::display_name;
use crate::domain::people::sign_out::sign_out;
use crate::ids::{ClientId, SessionId};
use crate::protocol::params::Params;
use crate::web::browser_session::{self, Accounts, Current};
use crate::web::page::{App, Problem, SignOut, SignedOut, TellingApps};
use crate::web::posted::Member;
use crate::web::visit::{PageResult, Visit, redirect_away};

const PATH: &str = "/logout";

/// The question, or the news that nobody is signed in (any more).
pub(super) async fn show(visit: Visit) -> PageResult {
    let asked = asked(&visit, &visit.query()?).await?;
    let headers = match &asked.return_to {
        Some(url) => visit.headers().in_flow(url),
        None => visit.headers(),
    };
    let accounts = visit.accounts().await?;
    let Some(meant) = asked.meant(&accounts) else {
        let page = SignedOut {
            t: visit.texts(),
            base: visit.base(),
            back_to: asked.way_back(),
            others: !accounts.all().is_empty(),
            remedy: asked.remedy(),
        };
        return visit.send(&page, StatusCode::OK, &headers, None);
    };
    let proof = accounts.current().map_or_else(|| visit.proof_of_browser(), |current| visit.proof_for(current));
    let remedy = asked.remedy();
    let page = SignOut {
        t: visit.texts(),
        base: visit.base(),
        csrf: proof.token.clone(),
        person: display_name(&meant.person).to_owned(),
        request: asked.sealed,
        app: asked.app.map(|(_, app)| app),
        others: accounts.all().len() > 1,
        remedy,
    };
    let headers = provider_buttons::leading_there(&visit, headers);
    visit.send(&page, StatusCode::OK, &headers, Some(proof))
}

/// The person's word.
pub(super) async fn submit(Member(posted): Member) -> PageResult {
    let visit = &posted.visit;
    let asked = asked(visit, &posted.fields).await?;
    let accounts = visit.accounts().await?;
    let ending: Vec<&Current> = match posted.field("decision")? {
        Some("logout") => asked.meant(&accounts).into_iter().collect(),
        Some("all") => accounts.all().iter().collect(),
        _ => return Err(visit.refuse(Problem::Malformed)),
    };
    if posted.current.is_none() && !ending.is_empty() {
        posted.check_choice()?;
    }
    let client = asked.pending.as_ref().and_then(|pending| pending.client_id.as_ref());
    let (mut frames, mut ended, mut left) = (Vec::new(), Vec::new(), Vec::new());
    for Current { signed_in, person } in ending {
        let act = visit.act(Actor::Person(person.id));
        let told = sign_out(&act, signed_in, client).await.map_err(|error| visit.failed(&error))?;
        frames.extend(frames_of(visit, &told, signed_in.sid).await?);
        ended.push(signed_in.sid);
        left.push(person.id);
    }
    browser_session::forget(&visit.request, &ended);
    let passed_on = leaving::pass_on(visit, &left).await?;
    signed_out(visit, frames, passed_on.as_ref().or(asked.return_to.as_ref()))
}

/// What a browser is sent after its sessions have ended: what apps want to be loaded there, and then, or at once, where an
/// app waits for the person, or the news that they are signed out.
pub(super) fn signed_out(visit: &Visit, frames: Vec<Url>, return_to: Option<&Url>) -> PageResult {
    if !frames.is_empty() {
        return tell(visit, frames, return_to);
    }
    Ok(match return_to {
        Some(url) => redirect_away(url.as_str()),
        None => visit.redirect(PATH),
    })
}

/// What is to be loaded of these apps.
pub(super) async fn frames_of(visit: &Visit, told: &[ClientId], sid: SessionId) -> Result<Vec<Url>, Error> {
    let (cx, mut frames) = (&visit.cx, Vec::new());
    for id in told {
        let client = cx.clients.find(&cx.store, id, visit.now).await.map_err(|error| visit.failed(&error))?;
        frames.extend(client.and_then(|client| frame(&client.metadata, cx.issuer(), sid)));
    }
    Ok(frames)
}

/// OIDC Front-Channel Logout §3: the page that loads them, and then goes on.
fn tell(visit: &Visit, frames: Vec<Url>, return_to: Option<&Url>) -> PageResult {
    let headers = match return_to {
        Some(url) => visit.headers().in_flow(url),
        None => visit.headers(),
    };
    let headers = headers.with_frames(&frames).with_script();
    let onward = return_to.map_or_else(|| format!("{}{PATH}", visit.base()), Url::to_string);
    let page = TellingApps { t: visit.texts(), base: visit.base(), frames, onward };
    visit.send(&page, StatusCode::OK, &headers, None)
}

/// What an app asked for, if one did.
#[derive(Default)]
struct Asked {
    sealed: String,
    pending: Option<PendingSignOut>,
    app: Option<(String, App)>,
    return_to: Option<Url>,
}

impl Asked {
    /// Who is to be signed out: of the session that the app names, if it is one of this browser, or the current one.
    fn meant<'a>(&self, accounts: &'a Accounts) -> Option<&'a Current> {
        let named = self.pending.as_ref().and_then(|pending| pending.sid);
        named.and_then(|sid| accounts.of(sid)).or(accounts.current())
    }

    /// The name of the app, and where it waits for the person.
    fn way_back(&self) -> Option<(String, String)> {
        let (name, _) = self.app.as_ref()?;
        Some((name.clone(), self.return_to.as_ref()?.to_string()))
    }

    /// What the app has to change, if its request keeps the browser here.
    fn remedy(&self) -> Option<&'static str> {
        Some(self.pending.as_ref()?.fault?.remedy())
    }
}

/// Opens the sealed sign-out. One that is too old or altered is passed over: the person can still sign out.
async fn asked(visit: &Visit, params: &Params) -> Result<Asked, Error> {
    let Some(sealed) = visit.value(params, "request")? else { return Ok(Asked::default()) };
    let cx = &visit.cx;
    let lifetime = cx.config.sessions.pending_lifetime;
    let Some(pending) = PendingSignOut::open(sealed, &cx.request_sealer, visit.now, lifetime) else {
        return Ok(Asked::default());
    };
    let client = match &pending.client_id {
        Some(id) => cx.clients.find(&cx.store, id, visit.now).await.map_err(|error| visit.failed(&error))?,
        None => None,
    };
    let return_to = pending.return_to.as_deref().and_then(|uri| Url::parse(uri).ok());
    let app = client.zip(return_to.as_ref()).map(|(client, uri)| {
        (client.metadata.client_name.clone().unwrap_or_else(|| client.id.to_string()), waiting::app(&client, uri))
    });
    Ok(Asked { sealed: sealed.to_owned(), pending: Some(pending), app, return_to })
}
