//! Browsers and their sessions as rows, for `actix-session`. The lifetimes are ours (`domain::sessions`), so the ones that
//! it offers are unused.

use std::collections::HashMap;

use actix_session::SessionExt;
use actix_session::storage::{LoadError, SaveError, SessionKey, SessionStore, UpdateError};
use actix_web::HttpRequest;
use actix_web::cookie::time;
use actix_web::web::Data;
use anyhow::anyhow;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::cx::Cx;
use crate::domain::sessions::{self, SignedIn};
use crate::ids::{BrowserId, SessionId, TokenHash};
use crate::store::{self, Browser, Event, Session, StoreError};

/// What is in a session's row: who signed in.
const SIGNED_IN: &str = "signed_in";
/// What a request finds in the state: [`Here`].
const HERE: &str = "here";
/// What a request leaves in the state if somebody signs in: [`Beginning`].
pub(super) const BEGINNING: &str = "beginning";

/// Who is signed in at the browser.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Here {
    pub browser: BrowserId,
    /// The session that was chosen last, if it lives.
    pub current: Option<SessionId>,
    /// Everybody, in the order in which they signed in.
    pub everybody: Vec<SignedIn>,
}

/// A session that begins. It rides with the state as far as the row: the event is written in the row's transaction, in
/// which the password must still be the one by which it begins.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Beginning {
    pub signed_in: SignedIn,
    pub password_hash: Option<String>,
    pub event: Event,
    /// Whether it is one of this browser that goes on: then it has to be there still. Apps were told of the end of one that is not.
    pub goes_on: bool,
    /// Whether it goes on, proved by more than before: then it lives no longer for it.
    pub rises: bool,
}

/// Who is signed in at the browser that sent this, if it is known.
pub(super) fn here(request: &HttpRequest) -> Option<Here> {
    request.get_session().get::<Here>(HERE).ok().flatten()
}

pub(super) struct Rows(pub Data<Cx>);

impl Rows {
    fn hash(&self, key: &SessionKey) -> TokenHash {
        self.0.hasher.hash(key.as_ref())
    }

    fn new_key(&self) -> anyhow::Result<SessionKey> {
        Ok(SessionKey::try_from(URL_SAFE_NO_PAD.encode(self.0.entropy.bytes::<32>()))?)
    }

    async fn read(&self, key: &SessionKey) -> store::Result<Option<Here>> {
        let (store, now) = (&self.0.store, self.0.now());
        let Some((browser, chosen)) = store.browser(&self.hash(key)).await? else { return Ok(None) };
        let sessions = store.sessions_at(browser, now).await?;
        let current = sessions.iter().find(|session| session.sid == chosen);
        if let Some(current) = current
            && let Err(error) = touch(&self.0, current).await
        {
            // What cannot be noted only lets the session end sooner; to read, a full disk is no hindrance.
            tracing::warn!(%error, "the use of a session could not be noted");
        }
        Ok(Some(Here { browser, current: current.map(|session| session.sid), everybody: everybody(&sessions) }))
    }

    /// Begins a session, under a new key. Who is signed in at the browser stays so: `old` is its key, and is none any
    /// more. If another sign-in was quicker to take it away, this one is in a browser of its own.
    async fn begin(&self, old: Option<TokenHash>, state: &HashMap<String, String>) -> anyhow::Result<SessionKey> {
        let beginning = state.get(BEGINNING).ok_or_else(|| anyhow!("a session begins by nothing"))?;
        let Beginning { signed_in, password_hash, event, goes_on, rises } = serde_json::from_str(beginning)?;
        let (cx, now) = (&self.0, self.0.now());
        let key = self.new_key()?;
        let settings = &cx.config.sessions;
        let new = Browser {
            id: BrowserId(cx.entropy.uuid()),
            key_hash: self.hash(&key),
            current: signed_in.sid,
            expires_at: now + settings.absolute_lifetime,
        };
        let mut session = Session {
            sid: signed_in.sid,
            browser: new.id,
            person_id: signed_in.person_id,
            state: HashMap::from([(SIGNED_IN.to_owned(), serde_json::to_string(&signed_in)?)]),
            remember: signed_in.remember,
            address: event.address.clone(),
            user_agent: event.user_agent.clone(),
            created_at: now,
            last_seen_at: now,
            expires_at: sessions::expiry(settings, signed_in.remember, now, now),
        };
        let settings = settings.clone();
        let begin = cx.store.write(move |tx| {
            Box::pin(async move {
                // The session before the person, as those do who end it.
                let before = tx.hold_session_to_end(session.sid).await?;
                if goes_on && before.is_none() {
                    return Ok(false);
                }
                if let Some(before) = before.as_ref().filter(|_| rises) {
                    session.created_at = before.created_at;
                    session.address.clone_from(&before.address);
                    session.user_agent.clone_from(&before.user_agent);
                    session.expires_at = sessions::expiry(&settings, session.remember, before.created_at, now);
                }
                // To check a password takes long: meanwhile it may have been changed, because somebody else knows it.
                if !tx.hold_password(session.person_id, password_hash.as_deref()).await? {
                    return Ok(false);
                }
                let known = match old {
                    Some(old) => tx.turn_browser(&old, &new.key_hash, new.current, new.expires_at).await?,
                    None => None,
                };
                match known {
                    Some(browser) => session.browser = browser,
                    None => tx.insert_browser(&new).await?,
                }
                // Whoever proves once more who they are keeps the session, and its row: who ends it meanwhile finds that one.
                if before.is_some() {
                    tx.replace_session(&session).await?;
                } else {
                    tx.insert_session(&session).await?;
                }
                tx.insert_event(event).await?;
                Ok(true)
            })
        });
        if begin.await? {
            Ok(key)
        } else {
            Err(anyhow!("the password was changed, the person disabled, or the session ended, meanwhile"))
        }
    }
}

/// A use of a session puts its end off.
pub(super) async fn touch(cx: &Cx, session: &Session) -> store::Result<()> {
    let now = cx.now();
    if !sessions::touch_is_due(session.last_seen_at, now) {
        return Ok(());
    }
    let sid = session.sid;
    let expires_at = sessions::expiry(&cx.config.sessions, session.remember, session.created_at, now);
    let touch = cx.store.write(move |tx| Box::pin(async move { tx.touch_session(sid, now, expires_at).await }));
    touch.await.map(drop)
}

/// A row of another version reads as nobody: they sign in again.
fn everybody(sessions: &[Session]) -> Vec<SignedIn> {
    let read = |session: &Session| serde_json::from_str(session.state.get(SIGNED_IN)?).ok();
    sessions.iter().filter_map(read).collect()
}

impl SessionStore for Rows {
    async fn load(&self, key: &SessionKey) -> Result<Option<HashMap<String, String>>, LoadError> {
        let here = self.read(key).await.map_err(|error: StoreError| LoadError::Other(error.into()))?;
        let Some(here) = here else { return Ok(None) };
        let text = serde_json::to_string(&here).map_err(|error| LoadError::Other(error.into()))?;
        Ok(Some(HashMap::from([(HERE.to_owned(), text)])))
    }

    /// At a browser in which nobody is known yet.
    async fn save(&self, state: HashMap<String, String>, _: &time::Duration) -> Result<SessionKey, SaveError> {
        self.begin(None, &state).await.map_err(SaveError::Other)
    }

    async fn update(
        &self,
        key: SessionKey,
        state: HashMap<String, String>,
        _: &time::Duration,
    ) -> Result<SessionKey, UpdateError> {
        self.begin(Some(self.hash(&key)), &state).await.map_err(UpdateError::Other)
    }

    /// [`Self::load`] has put the end off already.
    async fn update_ttl(&self, _: &SessionKey, _: &time::Duration) -> anyhow::Result<()> {
        Ok(())
    }

    async fn delete(&self, key: &SessionKey) -> anyhow::Result<()> {
        let key_hash = self.hash(key);
        let delete = self.0.store.write(move |tx| Box::pin(async move { tx.delete_browser(&key_hash).await }));
        Ok(delete.await.map(drop)?)
    }
}
