//! `/login/providers`: begins a sign-in at another provider.

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header::{HeaderValue, RETRY_AFTER};

use super::{problem, way};
use crate::domain::upstream::beginning::{Aim, Beginning, LIFETIME};
use crate::pages::entrance;
use crate::pages::onward::Onward;
use crate::web::page::{Problem, ProviderProblem};
use crate::web::posted::{Entry, Posted};
use crate::web::visit::{PageResult, Visit, redirect_away};

/// Browsers keep no cookie that is longer, with its name.
const LONGEST_COOKIE: usize = 4000;

/// Nobody is led here without a form.
pub(super) async fn show(visit: Visit) -> PageResult {
    let onward = Onward::of(&visit, &visit.query()?).await?;
    Ok(visit.redirect(&onward.path(entrance::SIGN_IN)))
}

/// The button, pressed.
pub(super) async fn submit(Entry(posted): Entry) -> PageResult {
    let onward = Onward::of(&posted.visit, &posted.fields).await?;
    let max_age = demanded(&posted, &onward);
    let provider = posted.field("provider")?.unwrap_or_default();
    begin(&posted.visit, provider, (Aim::SignIn, onward.path("")), max_age).await
}

/// How fresh a proof has to be: as the app wants it, and made just now where somebody who is signed in is asked once more.
fn demanded(posted: &Posted, onward: &Onward) -> Option<u64> {
    let request = onward.waiting().map(|waiting| &waiting.request);
    if posted.current.is_some() || request.is_some_and(|request| request.prompt.login() || request.prompt.create()) {
        return Some(0);
    }
    request.and_then(|request| request.max_age)
}

/// Sends the browser to a provider.
pub(super) async fn begin(visit: &Visit, provider: &str, aim: (Aim, String), max_age: Option<u64>) -> PageResult {
    let cx = &visit.cx;
    let Some(provider) = cx.providers.find(provider) else { return Err(visit.refuse(Problem::NotFound)) };
    let back = way::way_back(aim.0, &aim.1);
    let begun = provider.begin(&cx.provider_desk(visit.now), aim, max_age).await;
    let (url, begun) = match begun {
        Ok(begun) => begun,
        Err(fault) => {
            let mut page =
                problem::show(visit, &provider.config.id, (ProviderProblem::Failed, &fault.to_string()), back).await?;
            page.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
            return Ok(page);
        }
    };
    let cookie = cookie(visit, &begun.state, begun.seal(&cx.provider_sealer));
    if cookie.name().len() + cookie.value().len() > LONGEST_COOKIE {
        tracing::warn!(request_id = visit.origin.request_id, "an app's request is too long to wait in a cookie");
        return Err(visit.refuse(Problem::Malformed));
    }
    let mut answer = redirect_away(url.as_str());
    answer.add_cookie(&cookie).map_err(|_| visit.refuse(Problem::Internal))?;
    Ok(answer)
}

/// The cookie in which a beginning waits. `__Host-` makes browsers refuse it from a neighbouring subdomain, but needs https.
pub(super) fn cookie(visit: &Visit, state: &str, value: String) -> Cookie<'static> {
    let https = visit.cx.issuer().is_https();
    let prefix = if https { "__Host-" } else { "" };
    let lifetime = i64::try_from(LIFETIME.as_secs()).unwrap_or_default();
    let gone = value.is_empty();
    Cookie::build(format!("{prefix}claviger-provider-{}", Beginning::name(state)), value)
        .path("/")
        .http_only(true)
        .secure(https)
        // Strict would hide it when the provider sends the browser back.
        .same_site(SameSite::Lax)
        .max_age(Duration::seconds(if gone { 0 } else { lifetime }))
        .finish()
}
