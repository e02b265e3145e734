//! The browser session: ties the cookie to a row of the database (`store::Session`), by `actix-session`.
//!
//! A session begins at sign-in and not before: whoever only looks leaves no row. The cookie carries a random key under
//! encryption, the database only its keyed hash. What a session means is `domain::sessions`.

use std::collections::HashMap;

use actix_session::storage::{LoadError, SaveError, SessionKey, SessionStore, UpdateError};
use actix_session::{SessionExt, SessionMiddleware};
use actix_web::body::MessageBody;
use actix_web::cookie::{Key, SameSite, time};
use actix_web::dev::{HttpServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{HeaderMap, HeaderValue, SET_COOKIE};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{Error, HttpMessage, HttpRequest};
use anyhow::anyhow;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{error_page, origin};
use crate::cx::Cx;
use crate::domain::sessions::{self, SignedIn};
use crate::ids::TokenHash;
use crate::store::{self, Event, Person, Session, StoreError};

/// The one entry of a session's state.
const SIGNED_IN: &str = "signed_in";
/// Ride with the state of a session that begins, as far as the row: the event is written in the row's transaction, in
/// which the password must still be the one by which it begins.
const EVENT: &str = "event";
const PASSWORD_HASH: &str = "password_hash";
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
    web::scope("").configure(configure).wrap(sessions).wrap(from_fn(finish))
}

/// Who is signed in, if that person may still be.
pub async fn current(request: &HttpRequest, cx: &Cx) -> store::Result<Option<SignedIn>> {
    Ok(visitor(request, cx).await?.map(|current| current.signed_in))
}

/// As [`current`], with the person.
pub async fn visitor(request: &HttpRequest, cx: &Cx) -> store::Result<Option<Current>> {
    // A state of another version reads as nobody: they sign in again.
    let Ok(Some(signed_in)) = request.get_session().get::<SignedIn>(SIGNED_IN) else { return Ok(None) };
    let person = cx.store.person(signed_in.person_id).await?;
    Ok(person.filter(|person| person.disabled_at.is_none()).map(|person| Current { signed_in, person }))
}

/// Begins a session, under a new key: whoever planted the old one in this browser holds nothing (session fixation).
/// `event` says of the sign-in, and is written with the session or not at all. `person` is who signs in, as they were
/// when they proved it.
pub fn begin(request: &HttpRequest, signed_in: &SignedIn, person: &Person, event: &Event) {
    let session = request.get_session();
    session.clear();
    let inserted = session
        .insert(SIGNED_IN, signed_in)
        .and_then(|()| session.insert(PASSWORD_HASH, &person.password_hash))
        .and_then(|()| session.insert(EVENT, event));
    if let Err(error) = inserted {
        tracing::error!(%error, "a session could not be begun");
    }
    session.renew();
    if signed_in.remember {
        request.extensions_mut().insert(Remember);
    }
}

/// Ends the session: its row goes, and the browser is told to forget the cookie.
pub fn end(request: &HttpRequest) {
    request.get_session().purge();
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
    let request_id = origin::request_id(request.request());
    match (next.call(request).await, cx) {
        (Ok(mut response), Some(cx)) => {
            if response.request().extensions().contains::<Remember>() {
                prolong(response.headers_mut(), cookie_name(cx.issuer().is_https()));
            }
            Ok(response)
        }
        (Err(error), Some(cx)) => {
            tracing::error!(request_id, %error, "a session could not be read or written");
            Err(InternalError::from_response(error, error_page::unavailable(&cx, request_id)).into())
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

/// Sessions as rows. Their lifetimes are ours (`domain::sessions`), so the ones that `actix-session` offers are unused.
struct Rows(Data<Cx>);

impl Rows {
    fn hash(&self, key: &SessionKey) -> TokenHash {
        self.0.hasher.hash(key.as_ref())
    }

    fn new_key(&self) -> anyhow::Result<SessionKey> {
        Ok(SessionKey::try_from(URL_SAFE_NO_PAD.encode(self.0.entropy.bytes::<32>()))?)
    }

    /// A use of the session puts its end off.
    async fn touch(&self, session: &Session) -> store::Result<()> {
        let now = self.0.now();
        if !sessions::touch_is_due(session.last_seen_at, now) {
            return Ok(());
        }
        let key_hash = session.key_hash;
        let expires_at = sessions::expiry(&self.0.config.sessions, session.remember, session.created_at, now);
        let touch =
            self.0.store.write(move |tx| Box::pin(async move { tx.touch_session(&key_hash, now, expires_at).await }));
        touch.await.map(drop)
    }

    async fn insert(&self, mut state: HashMap<String, String>) -> anyhow::Result<SessionKey> {
        let event = state.remove(EVENT).ok_or_else(|| anyhow!("a session begins by nothing"))?;
        let event: Event = serde_json::from_str(&event)?;
        let password_hash: Option<String> =
            state.remove(PASSWORD_HASH).map(|hash| serde_json::from_str(&hash)).transpose()?.flatten();
        let signed_in = state.get(SIGNED_IN).ok_or_else(|| anyhow!("nobody is signed in"))?;
        let signed_in: SignedIn = serde_json::from_str(signed_in)?;
        let key = self.new_key()?;
        let now = self.0.now();
        let row = Session {
            key_hash: self.hash(&key),
            sid: signed_in.sid,
            person_id: signed_in.person_id,
            state,
            remember: signed_in.remember,
            created_at: now,
            last_seen_at: now,
            expires_at: sessions::expiry(&self.0.config.sessions, signed_in.remember, now, now),
        };
        let insert = self.0.store.write(move |tx| {
            Box::pin(async move {
                // To check a password takes long: meanwhile it may have been changed, because somebody else knows it.
                if !tx.hold_password(row.person_id, password_hash.as_deref()).await? {
                    return Ok(false);
                }
                // Whoever proves once more who they are keeps the session, under a new key only.
                tx.delete_session_by_sid(row.sid).await?;
                tx.insert_session(&row).await?;
                tx.insert_event(event).await?;
                Ok(true)
            })
        });
        if insert.await? {
            Ok(key)
        } else {
            Err(anyhow!("the password was changed, or the person disabled, meanwhile"))
        }
    }
}

impl SessionStore for Rows {
    async fn load(&self, key: &SessionKey) -> Result<Option<HashMap<String, String>>, LoadError> {
        let failed = |error: StoreError| LoadError::Other(error.into());
        let session = self.0.store.session(&self.hash(key), self.0.now()).await.map_err(failed)?;
        if let Some(session) = &session
            && let Err(error) = self.touch(session).await
        {
            // What cannot be noted only lets the session end sooner; to read, a full disk is no hindrance.
            tracing::warn!(%error, "the use of a session could not be noted");
        }
        Ok(session.map(|session| session.state))
    }

    async fn save(&self, state: HashMap<String, String>, _: &time::Duration) -> Result<SessionKey, SaveError> {
        self.insert(state).await.map_err(SaveError::Other)
    }

    async fn update(
        &self,
        key: SessionKey,
        state: HashMap<String, String>,
        _: &time::Duration,
    ) -> Result<SessionKey, UpdateError> {
        let key_hash = self.hash(&key);
        let update =
            self.0.store.write(move |tx| Box::pin(async move { tx.update_session_state(&key_hash, &state).await }));
        update.await.map_err(|error| UpdateError::Other(error.into()))?;
        Ok(key)
    }

    /// [`Self::load`] has put the end off already.
    async fn update_ttl(&self, _: &SessionKey, _: &time::Duration) -> anyhow::Result<()> {
        Ok(())
    }

    async fn delete(&self, key: &SessionKey) -> anyhow::Result<()> {
        let key_hash = self.hash(key);
        let delete = self.0.store.write(move |tx| Box::pin(async move { tx.delete_session(&key_hash).await }));
        Ok(delete.await.map(drop)?)
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
