//! `/admin/keys`: what tokens are signed with, how old each key is, and how one follows another.

use actix_web::Error;
use askama::Template;

use super::admin::{Admin, AdminForm};
use super::frame::{Frame, Section};
use crate::clock::Timestamp;
use crate::domain::events::Actor;
use crate::domain::keys::keeper::{self, KeeperError, Plan};
use crate::domain::keys::rotation::KeyState;
use crate::domain::permission::Permission;
use crate::domain::tokens::lifetime;
use crate::protocol::algorithm::KeyAlgorithm;
use crate::store::StoredKey;
use crate::web::page::Problem;
use crate::web::visit::PageResult;

/// `templates/console/keys.html`
#[derive(Template)]
#[template(path = "console/keys.html")]
struct Keys<'a> {
    f: &'a Frame,
    rows: Vec<KeyRow>,
    algorithms: Vec<KeyAlgorithm>,
    publish_before: String,
}

struct KeyRow {
    kid: String,
    algorithm: KeyAlgorithm,
    state: &'static str,
    meaning: &'static str,
    age: u64,
    made: String,
    from: String,
    until: Option<String>,
    published: Option<String>,
    can_retire: bool,
}

impl KeyRow {
    fn new(key: &StoredKey, now: Timestamp) -> Self {
        let state = keeper::life(key).state(now);
        Self {
            kid: key.kid.clone(),
            algorithm: key.algorithm,
            state: state.word(),
            meaning: meaning(key.algorithm, state),
            age: now.since(key.created_at).as_secs() / (24 * 60 * 60),
            made: key.created_at.minute(),
            from: key.signs_from.minute(),
            until: key.signs_until.map(Timestamp::minute),
            published: key.published_until.map(Timestamp::minute),
            can_retire: state != KeyState::Expired,
        }
    }
}

fn meaning(algorithm: KeyAlgorithm, state: KeyState) -> &'static str {
    match (algorithm.signing(), state) {
        (Some(_), KeyState::Next) => "published, so that everybody knows it before it signs",
        (Some(_), KeyState::Active) => "signs",
        (Some(_), KeyState::Retired) => "signs no more; what it signed is still good",
        (Some(_), KeyState::Expired) => "nothing that it signed is good any more",
        (None, KeyState::Next | KeyState::Active) => "published: apps encrypt to it",
        (None, KeyState::Retired) => "published no more; what apps encrypted to it is still read",
        (None, KeyState::Expired) => "nothing that is encrypted to it is read any more",
    }
}

/// The page.
pub(super) async fn show(admin: Admin) -> PageResult {
    let visit = &admin.visit;
    let keys = visit.cx.store.signing_keys().await.map_err(|error| visit.failed(&error))?;
    let frame = admin.frame();
    let page = Keys {
        f: &frame,
        rows: keys.iter().map(|key| KeyRow::new(key, visit.now)).collect(),
        algorithms: visit.cx.keys.current().key_algorithms(visit.now).collect(),
        publish_before: words(visit.cx.config.keys.publish_before.as_secs()),
    };
    admin.send(&frame, Section::Keys, "Signing keys", &page)
}

/// A length of time as people say it, by its largest unit.
fn words(seconds: u64) -> String {
    let units = [(24 * 60 * 60, "day"), (60 * 60, "hour"), (60, "minute"), (1, "second")];
    let (length, name) = units.into_iter().find(|(length, _)| seconds >= *length).unwrap_or((1, "second"));
    let number = seconds / length;
    format!("{number} {name}{}", if number == 1 { "" } else { "s" })
}

/// What the page's forms ask for.
pub(super) async fn submit(AdminForm { admin, fields }: AdminForm) -> PageResult {
    let visit = &admin.visit;
    let cx = &visit.cx;
    let sure = visit.value(&fields, "sure")? == Some("yes");
    let done = match visit.value(&fields, "action")? {
        Some("rotate") => {
            let algorithm = visit.value(&fields, "algorithm")?.and_then(KeyAlgorithm::from_wire);
            let algorithm = algorithm.ok_or_else(|| visit.refuse(Problem::Malformed))?;
            let longest = lifetime::longest(&cx.config, &cx.store).await.map_err(|error| visit.failed(&error))?;
            let plan = Plan {
                actor: Actor::Person(admin.current.person.id),
                now: visit.now,
                publish_before: cx.config.keys.publish_before,
                longest_token_lifetime: longest,
            };
            outcome(&admin, cx.keeper.rotate(algorithm, plan).await.map(|_| "rotated"))?
        }
        Some("retire") if sure => {
            let kid = visit.value(&fields, "kid")?.unwrap_or_default();
            let actor = Actor::Person(admin.current.person.id);
            outcome(&admin, cx.keeper.retire(kid, actor, visit.now).await.map(|()| "retired"))?
        }
        _ => return Err(visit.refuse(Problem::Malformed)),
    };
    // This server signs by the new order at once; others notice within half a minute.
    cx.keys.replace(cx.keeper.load().await.map_err(|error| failed(&admin, &error))?);
    Ok(visit.redirect(&format!("/admin/keys?done={done}")))
}

fn outcome(admin: &Admin, outcome: Result<&'static str, KeeperError>) -> Result<&'static str, Error> {
    match outcome {
        Err(KeeperError::Refused(_)) => Ok("key-refused"),
        Err(error) => Err(failed(admin, &error)),
        Ok(done) => Ok(done),
    }
}

fn failed(admin: &Admin, error: &KeeperError) -> Error {
    let visit = &admin.visit;
    match error {
        KeeperError::Store(error) => visit.failed(error),
        other => {
            tracing::error!(request_id = visit.origin.request_id, error = %other, "the keys could not be changed");
            visit.refuse(Problem::Internal)
        }
    }
}
