//! `/forward-auth`: a reverse proxy asks, for each request to somebody's API, whether what the request carries lets it
//! through, and who sends it. The status is the answer, headers say the rest.
//!
//! Whoever asks learns about a credential that they hold themselves, so that nobody has to prove who they are.
//! [decision 25](../../../docs/decisions/0025-a-proxy-asks-by-the-credential-alone.md)

mod answer;
mod credential;
mod session;

use actix_web::guard::fn_guard;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

use self::answer::{Checked, Identity};
use self::credential::Credential;
use crate::cx::Cx;
use crate::domain::api_keys::LiveKey;
use crate::domain::catalogue::Catalogue;
use crate::domain::events::Actor;
use crate::domain::limits::Admission;
use crate::domain::people::Act;
use crate::domain::tokens::ended;
use crate::domain::tokens::inspect::Inspected;
use crate::error::{ErrorCode, OAuthError, Result};
use crate::protocol::forward_auth::Question;
use crate::web::origin::{client_address, origin};

const PATH: &str = "/forward-auth";

/// Mounts the endpoint for tokens and keys, and for requests without any credential.
pub fn routes(config: &mut ServiceConfig) {
    let no_session = fn_guard(|asked| !session::is_asked_for(asked.head()));
    config.service(web::resource(PATH).guard(no_session).to(by_credential));
}

/// Mounts it for browsers. Mount it where their sessions are, and after [`routes`].
pub fn session_routes(config: &mut ServiceConfig) {
    config.service(web::resource(PATH).to(session::by_session));
}

async fn by_credential(request: HttpRequest, cx: Data<Cx>) -> HttpResponse {
    answer::respond(&request, &cx, check).await
}

/// What the request's credential proves; `None` if it has none.
async fn check(request: &HttpRequest, cx: &Cx, question: &Question) -> Result<Option<Checked>> {
    let Some(credential) = credential::presented(request.headers())? else { return Ok(None) };
    let origin = origin(request, &cx.config.server.trusted_proxies);
    let (store, entropy, actor) = (&cx.store, &*cx.entropy, Actor::Anonymous);
    let act = Act { store, entropy, now: cx.now(), actor, origin: &origin };
    match credential {
        Credential::Token(token) => check_token(cx, &act, question, &token).await.map(Some),
        Credential::Key(key) => check_key(request, cx, &act, question, &key).await.map(Some),
    }
}

async fn check_token(cx: &Cx, act: &Act<'_>, question: &Question, token: &str) -> Result<Checked> {
    let mut live = match cx.inspector().inspect(token, act.now).await? {
        Inspected::Good(live) => live,
        Inspected::Ended(authorization) => {
            ended::note(act, &cx.ended_uses, &authorization, "forward-auth").await;
            return Err(ErrorCode::InvalidToken.into());
        }
        Inspected::Bad => return Err(ErrorCode::InvalidToken.into()),
    };
    // RFC 8705 §3: a proxy asks with all headers of its caller, so that a certificate among them is only what that one says.
    if live.token.certificate.is_some() {
        let text = "This access token is bound to a client certificate, and through this proxy nobody can tell with which \
                    certificate it comes.";
        return Err(OAuthError::new(ErrorCode::InvalidToken, text).because("bound token at forward-auth"));
    }
    let catalogue = cx.catalogue();
    let here = resource(&catalogue, question);
    // RFC 9068 §4: a token for another API opens this one to nobody.
    if !live.token.audience.iter().any(|audience| Some(audience.as_str()) == here) {
        return Err(OAuthError::new(ErrorCode::InvalidToken, "The access token is for another resource."));
    }
    live.token.scope = catalogue.known(&live.token.scope);
    question.check_scope(&live.token.scope)?;
    Ok(Checked { identity: Identity::of_token(*live), admission: Admission::default() })
}

async fn check_key(request: &HttpRequest, cx: &Cx, act: &Act<'_>, question: &Question, key: &str) -> Result<Checked> {
    let from = client_address(request, &cx.config.server.trusted_proxies);
    let (desk, catalogue) = (cx.key_desk(), cx.catalogue());
    let here = resource(&catalogue, question);
    let is_good_here = |live: &LiveKey| live.key.resources.iter().any(|own| Some(own.as_str()) == here);
    let found = desk.find(act, key, from, is_good_here).await?;
    let refused =
        || OAuthError::new(ErrorCode::InvalidToken, "The API key is unknown, has ended, or is not good here.");
    let mut live = found.ok_or_else(refused)?;
    live.scope = catalogue.known(&live.scope);
    question.check_scope(&live.scope)?;
    let admission = desk.admit(act, &live, from).await?;
    Ok(Checked { identity: Identity::of_key(live), admission })
}

/// What the question is about. A resource that is none any more opens to nobody.
fn resource<'a>(catalogue: &'a Catalogue, question: &'a Question) -> Option<&'a str> {
    let identifier = question.resource.as_ref().map_or(catalogue.default_resource(), |resource| resource.as_str());
    catalogue.resource(identifier).map(|resource| resource.identifier.as_str())
}
