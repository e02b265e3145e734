//! Passing a sign-out on to the provider through which somebody came: its ID token waits for that in a cookie, sealed.

use actix_web::cookie::{Cookie, SameSite};
use actix_web::{Error, HttpResponse};
use secrecy::ExposeSecret;
use url::Url;

use crate::domain::upstream::account::Proven;
use crate::domain::upstream::leaving::Left;
use crate::domain::upstream::providers::Provider;
use crate::ids::PersonId;
use crate::web::page::Problem;
use crate::web::visit::Visit;

/// The page that tells of a sign-out: providers compare it with what is registered there.
const AFTER_SIGN_OUT: &str = "/logout";
/// Browsers keep no cookie that is longer, with its name.
const LONGEST_COOKIE: usize = 4000;

/// `__Host-` makes browsers refuse it from a neighbouring subdomain, but needs https.
fn name(visit: &Visit) -> &'static str {
    if visit.cx.issuer().is_https() { "__Host-claviger-came-by" } else { "claviger-came-by" }
}

/// Notes in the browser by whom somebody came, if a sign-out is to be passed on there.
pub(super) fn remember(
    visit: &Visit,
    provider: &Provider,
    proven: &Proven,
    answer: &mut HttpResponse,
) -> Result<(), Error> {
    if !provider.config.sign_out {
        return Ok(());
    }
    let id_token = proven.tokens.id_token.as_ref().map(|token| token.expose_secret().to_owned());
    let (provider, subject) = (provider.config.id.clone(), proven.account.subject.clone());
    let left = Left { provider, subject, id_token };
    let key = &visit.cx.provider_sealer;
    let whole = left.seal(key);
    // Without the token the provider asks the person once more.
    let kept = if whole.len() > LONGEST_COOKIE { Left { id_token: None, ..left }.seal(key) } else { whole };
    let cookie = Cookie::build(name(visit), kept)
        .path("/")
        .http_only(true)
        .secure(visit.cx.issuer().is_https())
        .same_site(SameSite::Lax)
        .finish();
    answer.add_cookie(&cookie).map_err(|_| visit.refuse(Problem::Internal))
}

/// Where the browser goes to sign out at the provider, too, through which one of these people came to it.
pub async fn pass_on(visit: &Visit, people: &[PersonId]) -> Result<Option<Url>, Error> {
    let cx = &visit.cx;
    let cookie = visit.request.cookie(name(visit));
    let Some(left) = cookie.and_then(|cookie| Left::open(cookie.value(), &cx.provider_sealer)) else { return Ok(None) };
    let Some(provider) = cx.providers.find(&left.provider) else { return Ok(None) };
    let account =
        cx.store.provider_account(&left.provider, &left.subject).await.map_err(|error| visit.failed(&error))?;
    if account.is_none_or(|account| !people.contains(&account.person_id)) {
        return Ok(None);
    }
    let endpoint = provider.end_session_endpoint(&cx.provider_desk(visit.now)).await;
    Ok(endpoint.map(|url| left.address(url, &provider.config.client_id, &cx.issuer().join(AFTER_SIGN_OUT))))
}
