//! The browser session: ties a cookie to a browser (`store::Browser`) and the sessions of who is signed in there
//! (`store::Session`), by `actix-session`. Several people may be; one of them is the current one, for whom pages act.
//!
//! A session begins at sign-in and not before: whoever only looks leaves no row. The cookie carries a random key under
//! encryption, the database only its keyed hash. What a session means is `domain::sessions`.

mod rows;
mod state;

use actix_session::{SessionExt, SessionMiddleware};
use actix_web::body::MessageBody;
use actix_web::cookie::{Key, SameSite};
use actix_web::dev::{HttpServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{HeaderMap, HeaderValue, SET_COOKIE};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{Error, HttpMessage, HttpRequest};

use self::rows::{BEGINNING, Beginning, Rows, here};
use self::state::Turned;
pub use self::state::{cookie_name as state_cookie_name, state};
use super::{error_page, known_devices, language, origin};
use crate::cx::Cx;
use crate::domain::sessions::SignedIn;
use crate::ids::{BrowserId, SessionId};
use crate::store::{self, Event, Person};

/// 400 days, the most for which browsers keep a cookie. When a session ends the database decides; a cookie that is
/// set once and outlives its row is simpler than one that is set again with every answer, and nothing is lost by it.
const REMEMBERED: &str = "; Max-Age=34560000";

/// Marks a request in which a session began that outlives the browser's window.
struct Remember;

/// Who is signed in at a browser.
#[derive(Clone, Debug)]
pub struct Current {
    /// Since when and how.
    pub signed_in: SignedIn,
    /// Who.
    pub person: Person,
}

/// Everybody who is signed in at a browser.
#[derive(Clone, Debug, Default)]
pub struct Accounts {
    everybody: Vec<Current>,
    current: Option<SessionId>,
}

impl Accounts {
    /// Everybody, in the order in which they signed in.
    #[must_use]
    pub fn all(&self) -> &[Current] {
        &self.everybody
    }

    /// For whom pages act, if somebody was chosen and is signed in still.
    #[must_use]
    pub fn current(&self) -> Option<&Current> {
        self.current.and_then(|sid| self.of(sid))
    }

    /// Whose session this is, if it is one of this browser.
    #[must_use]
    pub fn of(&self, sid: SessionId) -> Option<&Current> {
        self.everybody.iter().find(|account| account.signed_in.sid == sid)
    }

    /// Everybody but the current one.
    pub fn others(&self) -> impl Iterator<Item = &Current> {
        self.everybody.iter().filter(|account| Some(account.signed_in.sid) != self.current)
    }
}

/// The routes of `configure`, each with the browser's session. They take every path that is left, so mount them last.
pub fn scope<F>(cx: &Data<Cx>, configure: F) -> impl HttpServiceFactory + use<F>
where
    F: FnOnce(&mut ServiceConfig),
{
    let https = cx.issuer().is_https();
    let key = Key::derive_from(&cx.cookie_key);
    let sessions = SessionMiddleware::builder(Rows(cx.clone()), key)
        .cookie_name(cookie_name(https).to_owned())
        .cookie_secure(https)
        .cookie_http_only(true)
        // Strict would hide the cookie when an app sends the browser here, and single sign-on with it.
        .cookie_same_site(SameSite::Lax)
        // `__Host-` asks for this path, also where the issuer has one of its own.
        .cookie_path("/".to_owned())
        .build();
    web::scope("")
        .configure(configure)
        .wrap(from_fn(state::keep))
        .wrap(sessions)
        .wrap(from_fn(finish))
        .wrap(from_fn(known_devices::keep))
}

/// For whom pages act, if somebody is signed in and may still be.
pub async fn visitor(request: &HttpRequest, cx: &Cx) -> store::Result<Option<Current>> {
    let Some(here) = here(request) else { return Ok(None) };
    let current = here.everybody.into_iter().find(|signed_in| Some(signed_in.sid) == here.current);
    let current = match current {
        Some(signed_in) => with_person(cx, signed_in).await?,
        None => None,
    };
    note_language(request, current.as_ref());
    Ok(current)
}

/// Everybody who is signed in at the browser and may still be.
pub async fn accounts(request: &HttpRequest, cx: &Cx) -> store::Result<Accounts> {
    let Some(here) = here(request) else { return Ok(Accounts::default()) };
    let mut everybody = Vec::with_capacity(here.everybody.len());
    for signed_in in here.everybody {
        everybody.extend(with_person(cx, signed_in).await?);
    }
    let accounts = Accounts { everybody, current: here.current };
    note_language(request, accounts.current());
    Ok(accounts)
}

fn note_language(request: &HttpRequest, current: Option<&Current>) {
    language::note_person(request, current.and_then(|current| current.person.claims.locale.as_deref()));
}

/// The browser, if somebody is signed in there.
#[must_use]
pub fn browser(request: &HttpRequest) -> Option<BrowserId> {
    here(request).filter(|here| !here.everybody.is_empty()).map(|here| here.browser)
}

/// Notes that a session is used which is not the current one: an app was answered for it. What cannot be noted only lets
/// the session end sooner.
pub async fn note_use(request: &HttpRequest, cx: &Cx, sid: SessionId) {
    if here(request).is_none_or(|here| here.current == Some(sid)) {
        return;
    }
    let touched = match cx.store.session_by_sid(sid, cx.now()).await {
        Ok(Some(session)) => rows::touch(cx, &session).await,
        Ok(None) => Ok(()),
        Err(error) => Err(error),
    };
    if let Err(error) = touched {
        tracing::warn!(%error, "the use of a session could not be noted");
    }
}

async fn with_person(cx: &Cx, signed_in: SignedIn) -> store::Result<Option<Current>> {
    let person = cx.store.person(signed_in.person_id).await?;
    Ok(person.filter(|person| person.disabled_at.is_none()).map(|person| Current { signed_in, person }))
}

/// Begins a session, under a new key: whoever planted the old one in this browser holds nothing (session fixation). The
/// others who are signed in here stay so. `event` says of the sign-in, and is written with the session or not at all.
/// `person` is who signs in, as they were when they proved it. A session of theirs that goes on must not have ended meanwhile.
pub fn begin(request: &HttpRequest, signed_in: &SignedIn, person: &Person, event: &Event) {
    turn(request, signed_in, person, event, false);
}

/// Lets a session go on, under a new key, that was proved by more than before. It is as old as it was, and ends when it would
/// have; one that ended meanwhile stays so.
pub fn rise(request: &HttpRequest, signed_in: &SignedIn, person: &Person, event: &Event) {
    turn(request, signed_in, person, event, true);
}

fn turn(request: &HttpRequest, signed_in: &SignedIn, person: &Person, event: &Event, rises: bool) {
    let (sid, signed_in, password_hash) = (signed_in.sid, signed_in.clone(), person.password_hash.clone());
    let others = here(request).map(|here| here.everybody).unwrap_or_default();
    let session = request.get_session();
    session.clear();
    let remember = signed_in.remember && others.iter().all(|other| other.remember || other.sid == signed_in.sid);
    let goes_on = others.iter().any(|other| other.sid == sid);
    let beginning = Beginning { signed_in, password_hash, event: event.clone(), goes_on, rises };
    if let Err(error) = session.insert(BEGINNING, beginning) {
        tracing::error!(%error, "a session could not be begun");
    }
    request.extensions_mut().insert(Turned(Some(sid)));
    // One cookie for all: it outlives the window only if everybody here asked for that.
    if remember {
        request.extensions_mut().insert(Remember);
    }
}

/// Lets pages act for another of those who are signed in at this browser. `false` if it is no session of this browser.
pub async fn choose(request: &HttpRequest, cx: &Cx, sid: SessionId) -> store::Result<bool> {
    let Some(here) = here(request).filter(|here| here.everybody.iter().any(|signed_in| signed_in.sid == sid)) else {
        return Ok(false);
    };
    if here.current == Some(sid) {
        return Ok(true);
    }
    let choose = cx.store.write(move |tx| Box::pin(async move { tx.choose_session(here.browser, sid).await }));
    let chosen = choose.await?;
    if chosen {
        request.extensions_mut().insert(Turned(Some(sid)));
    }
    Ok(chosen)
}

/// Tells the browser to forget its cookie, if these sessions that ended were all that there were.
pub fn forget(request: &HttpRequest, ended: &[SessionId]) {
    if here(request).and_then(|here| here.current).is_some_and(|current| ended.contains(&current)) {
        request.extensions_mut().insert(Turned(None));
    }
    let left = here(request).is_some_and(|here| here.everybody.iter().any(|signed_in| !ended.contains(&signed_in.sid)));
    if !left {
        request.get_session().purge();
    }
}

/// `__Host-` makes browsers refuse the cookie from a neighbouring subdomain, but needs https.
const fn cookie_name(https: bool) -> &'static str {
    if https { "__Host-claviger-session" } else { "claviger-session" }
}

/// Makes the cookie of a remembered session persistent, and a page of a session that could not be read or written.
async fn finish(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let cx = request.app_data::<Data<Cx>>().cloned();
    let (request_id, t) = (origin::request_id(request.request()), language::of(request.request()));
    match (next.call(request).await, cx) {
        (Ok(mut response), Some(cx)) => {
            if response.request().extensions().contains::<Remember>() {
                prolong(response.headers_mut(), cookie_name(cx.issuer().is_https()));
            }
            Ok(response)
        }
        (Err(error), Some(cx)) => {
            tracing::error!(request_id, %error, "a session could not be read or written");
            Err(InternalError::from_response(error, error_page::unavailable(&cx, request_id, t)).into())
        }
        (outcome, None) => outcome,
    }
}

fn prolong(headers: &mut HeaderMap, name: &str) {
    let cookies: Vec<HeaderValue> = headers.remove(SET_COOKIE).collect();
    for cookie in cookies {
        let ours = cookie.to_str().ok().filter(|text| text.split('=').next() == Some(name));
        let longer = ours.and_then(|text| HeaderValue::from_str(&format!("{text}{REMEMBERED}")).ok());
        headers.append(SET_COOKIE, longer.unwrap_or(cookie));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn makes_only_its_own_cookie_persistent() {
        let mut headers = HeaderMap::new();
        for cookie in ["claviger-session=x; Path=/", "claviger-session-2=y; Path=/", "claviger-csrf=z; Path=/"] {
            headers.append(SET_COOKIE, HeaderValue::from_static(cookie));
        }
        prolong(&mut headers, "claviger-session");
        let cookies: Vec<_> = headers.get_all(SET_COOKIE).map(|value| value.to_str().unwrap().to_owned()).collect();
        assert_eq!(
            cookies,
            ["claviger-session=x; Path=/; Max-Age=34560000", "claviger-session-2=y; Path=/", "claviger-csrf=z; Path=/"]
        );
    }
}
