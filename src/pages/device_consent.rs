//! `/device/consent`: which app asks on a device, for what, from where and since when; and what the person says to it.
//!
//! It is asked every time, whatever was allowed before: that the person has this device in front of them is what nobody
//! can know for them (RFC 8628 §5.4).

use std::sync::Arc;
use std::time::Duration;

use actix_web::Error;
use actix_web::http::StatusCode;

use super::{consent, device, waiting};
use crate::domain::admission::Standing;
use crate::domain::consent::is_of_use;
use crate::domain::device::answer::{self, Allowance, Answered};
use crate::domain::device::recognized::RecognizedCode;
use crate::domain::events::{self, Actor, EventKind, NewEvent};
use crate::domain::people::accounts::display_name;
use crate::protocol::params::Params;
use crate::protocol::scope::Scope;
use crate::protocol::uri::WebUri;
use crate::protocol::user_code::UserCode;
use crate::store::{Client, DeviceCode, Role};
use crate::web::browser_session::Current;
use crate::web::page::{AskingDevice, Consent, DeviceNotice, Problem, RequestedScope};
use crate::web::posted::Member;
use crate::web::visit::{PageResult, Visit};

/// A device that waits for the person's word.
struct Asking {
    sealed: String,
    user_code: UserCode,
    code: DeviceCode,
    client: Arc<Client>,
    standing: Standing,
}

/// What a request for this page leads to.
enum Found {
    Asking(Box<Asking>),
    /// The code was not typed in this session, or long ago.
    Unrecognized,
    /// The code was answered, or has ended.
    Gone,
}

/// The question.
pub(super) async fn show(visit: Visit) -> PageResult {
    let current = visit.current().await?.ok_or_else(|| visit.sign_in_first(&device::path_with(None)))?;
    match find(&visit, &visit.query()?, &current).await? {
        Found::Asking(asking) if is_refused(&asking.standing) => refuse(&visit, &asking, &current).await,
        Found::Asking(asking) => ask(&visit, &asking, &current).await,
        Found::Unrecognized => Ok(visit.redirect(device::PATH)),
        Found::Gone => gone(&visit),
    }
}

/// The answer.
pub(super) async fn submit(Member(posted): Member) -> PageResult {
    let visit = &posted.visit;
    let Some(current) = &posted.current else { return Err(visit.sign_in_first(&device::path_with(None))) };
    let asking = match find(visit, &posted.fields, current).await? {
        Found::Asking(asking) => asking,
        Found::Unrecognized => return Ok(visit.redirect(device::PATH)),
        Found::Gone => return gone(visit),
    };
    let act = visit.act(Actor::Person(current.person.id));
    let (cx, who) = (&visit.cx, &current.signed_in);
    let wanted = asking.code.scope.without(&asking.standing.withheld);
    let scope = match posted.field("decision")? {
        Some("allow") if is_refused(&asking.standing) => return refuse(visit, &asking, current).await,
        Some("allow") => consent::allowed(&posted, &wanted)?,
        Some("deny") => Scope::empty(),
        _ => return Err(visit.refuse(Problem::Malformed)),
    };
    let allows = is_of_use(&wanted, &scope);
    let answered = if allows {
        let declined = wanted.without(&scope);
        let allowance = Allowance { client: &asking.client, code: &asking.code, who, scope, declined };
        answer::allow(&act, &cx.config.tokens, &cx.catalogue(), &cx.subjects, &cx.config.acr_levels, allowance).await
    } else {
        answer::deny(&act, &asking.code, who).await
    };
    match answered.map_err(|error| visit.failed(&error))? {
        Answered::Done if allows => Ok(visit.redirect("/device/done?decision=allow")),
        Answered::Done => Ok(visit.redirect("/device/done?decision=deny")),
        Answered::Gone => gone(visit),
        Answered::SignedOut => Err(visit.sign_in_first(&device::path_with(Some(&asking.user_code)))),
    }
}

async fn find(visit: &Visit, params: &Params, current: &Current) -> Result<Found, Error> {
    let cx = &visit.cx;
    let sealed = visit.value(params, "request")?.unwrap_or_default();
    let (sid, lifetime) = (current.signed_in.sid, cx.config.device.code_lifetime);
    let recognized = RecognizedCode::open(sealed, &cx.request_sealer, sid, visit.now, lifetime);
    let Some(user_code) = recognized.and_then(|recognized| UserCode::parse(&recognized.user_code)) else {
        return Ok(Found::Unrecognized);
    };
    let act = visit.act(Actor::Person(current.person.id));
    let code = answer::waiting(&act, &cx.hasher, &user_code).await.map_err(|error| visit.failed(&error))?;
    let Some(code) = code else { return Ok(Found::Gone) };
    let client = cx.clients.find(&cx.store, &code.client_id, visit.now).await;
    let client = client.map_err(|error| visit.failed(&error))?.filter(|client| client.disabled_at.is_none());
    let client = client.ok_or_else(|| visit.refuse(Problem::UnknownApp))?;
    let standing = Standing::read(&cx.store, &cx.catalogue(), &client, current.person.id, &code.scope).await;
    let standing = standing.map_err(|error| visit.failed(&error))?;
    let settings = &cx.config.second_factor;
    let must = client.metadata.require_second_factor || settings.is_required_of(current.person.role.map(Role::word));
    if must && !current.signed_in.by_several() {
        return Err(visit.second_factor_first(&device::path_with(Some(&user_code))));
    }
    Ok(Found::Asking(Box::new(Asking { sealed: sealed.to_owned(), user_code, code, client, standing })))
}

/// Whether the admins leave nothing to allow.
fn is_refused(standing: &Standing) -> bool {
    !standing.admitted || standing.indispensable
}

async fn ask(visit: &Visit, asking: &Asking, current: &Current) -> PageResult {
    let Asking { sealed, user_code, code, client, standing } = asking;
    let (t, cx) = (visit.texts(), &visit.cx);
    let grant = cx.store.grant(current.person.id, &client.id).await.map_err(|error| visit.failed(&error))?;
    let proof = visit.proof_for(current);
    let page = Consent {
        t,
        base: visit.base(),
        action: device::QUESTION,
        csrf: proof.token.clone(),
        request: sealed.clone(),
        app: waiting::app_on_a_device(client),
        device: Some(AskingDevice {
            user_code: user_code.shown(),
            is_elsewhere: code.address != visit.origin.address,
            address: code.address.clone(),
            minutes: minutes(visit.now.since(code.created_at)),
        }),
        person: display_name(&current.person).to_owned(),
        scopes: consent::scopes(
            &cx.catalogue(),
            t,
            (&client.id, &code.scope.without(&standing.withheld)),
            grant.as_ref(),
        ),
        switch_account: format!("{}&another=yes", device::path_with(Some(user_code)).behind_sign_in()),
    };
    let logo = client.metadata.logo_uri.as_ref().map(WebUri::as_str);
    visit.send(&page, StatusCode::OK, &visit.headers().with_image(logo), Some(proof))
}

const fn minutes(duration: Duration) -> u64 {
    duration.as_secs() / 60
}

/// Says what the admins do not let the person have. The code stays good, for another account.
async fn refuse(visit: &Visit, asking: &Asking, current: &Current) -> PageResult {
    let Asking { client, standing, .. } = asking;
    let app = client.metadata.client_name.clone().unwrap_or_else(|| client.id.to_string());
    let (reason, notice) = if standing.admitted {
        let catalogue = &visit.cx.catalogue();
        let words = |name: &str| RequestedScope::new(visit.texts(), name, catalogue.scope_text(name)).words;
        let wants = standing.withheld.iter().map(|token| words(token.as_str())).collect();
        ("needs approval", DeviceNotice::NeedsApproval { app, wants })
    } else {
        ("not admitted", DeviceNotice::ShutOut(app))
    };
    let person = current.person.id;
    let event = NewEvent::failure(EventKind::DeviceAllowed, Actor::Person(person), reason);
    let event = event.person(person).client(&client.id).at(visit.now, &*visit.cx.entropy, &visit.origin);
    events::record(&visit.cx.store, event).await;
    device::notice(visit, notice, StatusCode::FORBIDDEN)
}

fn gone(visit: &Visit) -> PageResult {
    device::notice(visit, DeviceNotice::Gone, StatusCode::GONE)
}
