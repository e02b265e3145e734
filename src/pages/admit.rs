//! Letting in whoever has proved who they are by one factor: at once, or after a second one. Every way in leads through here.

use url::form_urlencoded::byte_serialize;

use super::onward::Onward;
use super::session::Proved;
use super::{entrance, session};
use crate::domain::factors::half::{First, Half};
use crate::domain::sessions::AMR_SEVERAL;
use crate::store::{Person, Role};
use crate::web::page::Problem;
use crate::web::posted::Posted;
use crate::web::visit::{PageResult, Visit};

/// Lets `person` in, who is to go on to `onward`. Whoever has a second factor is asked for it first; whoever must have one and
/// has none is signed in, and sets one up before anything else.
pub(super) async fn admit(posted: &Posted, person: &Person, proved: Proved, onward: Onward) -> PageResult {
    let visit = &posted.visit;
    let settings = &visit.cx.config.second_factor;
    let by_several = proved.amr.iter().any(|method| method == AMR_SEVERAL);
    let must = settings.is_required_of(person.role.map(Role::word)) && !by_several;
    if !by_several && (settings.always || must) {
        let held = visit.cx.factor_desk().held_by(person.id).await.map_err(|error| visit.failed(&error))?;
        if held.has_app() || must && held.is_any() {
            return ask(visit, person, proved, &onward);
        }
    }
    let sid = session::begin(posted, person, proved).await?;
    match onward {
        // What an app is told is decided where it asked.
        onward if !must || onward.waiting().is_some() => Ok(onward.signed_in(visit, sid)),
        onward => Ok(visit.redirect(&onward.path(entrance::APP))),
    }
}

/// On to the second factor, with what was proved.
fn ask(visit: &Visit, person: &Person, proved: Proved, onward: &Onward) -> PageResult {
    let cx = &visit.cx;
    let browser = cx.csrf.browser(&visit.request).ok_or_else(|| visit.refuse(Problem::FormRefused))?;
    let Proved { amr, remember, method, auth_time, anew: _ } = proved;
    let first = First::Now { amr, remember, method: method.into_owned(), auth_time };
    let half = Half::new(&cx.hasher, person, first, (browser, onward.asked()), visit.now).seal(&cx.factor_sealer);
    let path = onward.path(entrance::SECOND);
    let separator = if path.contains('?') { '&' } else { '?' };
    Ok(visit.redirect(&format!("{path}{separator}half={}", byte_serialize(half.as_bytes()).collect::<String>())))
}
