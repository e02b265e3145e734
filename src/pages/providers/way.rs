//! Where a sign-in at another provider leads, when it succeeds and when it does not.

use actix_web::Error;

use crate::domain::upstream::beginning::Aim;
use crate::pages::entrance;
use crate::protocol::params::Params;
use crate::web::posted::Posted;
use crate::web::visit::Visit;

/// Where somebody goes back to who could not sign in, or not link.
pub(super) fn way_back(aim: Aim, onward: &str) -> String {
    match aim {
        Aim::SignIn => format!("{}{onward}", entrance::SIGN_IN),
        Aim::Link(_) => entrance::LINKED_PROVIDERS.to_owned(),
    }
}

/// Where a beginning leads on to, as the parameters of our own pages.
pub(super) fn onward_of(visit: &Visit, onward: &str) -> Result<Params, Error> {
    Params::parse(onward.trim_start_matches('?').as_bytes()).map_err(|error| visit.malformed(&error))
}

/// The visit as if a form of ours had been sent: what it would have said of where to go on to stood in the beginning.
pub(super) async fn posted(visit: &Visit, onward: &str) -> Result<Posted, Error> {
    let fields = onward_of(visit, onward)?;
    let visit =
        Visit { request: visit.request.clone(), cx: visit.cx.clone(), now: visit.now, origin: visit.origin.clone() };
    let current = visit.current().await?;
    Ok(Posted { visit, fields, current })
}
