//! Where the proxy's API stands on this server's own host, the cookie of a session reaches it, and the proxy may let that
//! do. A session is for nobody's API, so that the question has to say so.

use actix_web::dev::RequestHead;
use actix_web::http::header::HeaderMap;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::answer::{self, Checked, Identity};
use super::credential;
use crate::cx::Cx;
use crate::domain::limits::Admission;
use crate::error::Result;
use crate::protocol::forward_auth::Question;
use crate::protocol::scope::Scope;
use crate::store::Role;
use crate::web::browser_session;

/// Whether a session could matter: one is asked for, and there is no other credential. A bad token or key is not mended
/// by a session.
pub(super) fn is_asked_for(head: &RequestHead) -> bool {
    let names_it = |query: &str| query.split('&').any(|pair| pair.starts_with("session="));
    !credential::is_present(&head.headers) && head.uri.query().is_some_and(names_it)
}

pub(super) async fn by_session(request: HttpRequest, cx: Data<Cx>) -> HttpResponse {
    answer::respond(&request, &cx, check).await
}

/// Who is signed in at the browser that sends the request, if it is the browser's own will.
async fn check(request: &HttpRequest, cx: &Cx, question: &Question) -> Result<Option<Checked>> {
    if !question.session || !is_meant(request.headers(), cx.issuer().origin()) {
        return Ok(None);
    }
    let Some(current) = browser_session::visitor(request, cx).await? else { return Ok(None) };
    // Whoever has to prove more is nobody until they have.
    let must = cx.config.second_factor.is_required_of(current.person.role.map(Role::word));
    if must && !current.signed_in.by_several() {
        return Ok(None);
    }
    // A person grants scopes to apps; a session has none.
    question.check_scope(&Scope::empty())?;
    Ok(Some(Checked { identity: Identity::of_session(current.person), admission: Admission::default() }))
}

/// Whether no other site makes the browser send this, as far as the browser tells. `SameSite=Lax` keeps the cookie from
/// other sites' forms, but not from those of a neighbouring subdomain. What the browser asks of the proxy, the proxy tells
/// in `X-Forwarded-Method`; where it does not, the worst is assumed.
fn is_meant(headers: &HeaderMap, own_origin: &str) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let only_looks = matches!(text("x-forwarded-method"), Some("GET" | "HEAD"));
    match text("sec-fetch-site") {
        Some("same-origin" | "none") => true,
        // A link elsewhere leads here: the browser shows what it gets, and nothing else does.
        Some(_) => only_looks && text("sec-fetch-mode") == Some("navigate"),
        None => only_looks || text("origin") == Some(own_origin),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn takes_no_request_that_another_site_makes() {
        let is_meant = |headers: &[(&'static str, &'static str)]| {
            let pairs = headers.iter();
            let map = pairs.map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
            is_meant(&map.collect(), "https://id.example")
        };
        let method = |method| ("x-forwarded-method", method);
        let site = |site| ("sec-fetch-site", site);
        let (navigates, fetches) = (("sec-fetch-mode", "navigate"), ("sec-fetch-mode", "cors"));
        let own: [&[(&str, &str)]; 6] = [
            &[site("same-origin"), method("POST")],
            &[site("none"), method("GET")],
            &[site("cross-site"), navigates, method("GET")],
            &[site("same-site"), navigates, method("HEAD")],
            &[method("GET")],
            &[("origin", "https://id.example"), method("DELETE")],
        ];
        for headers in own {
            assert!(is_meant(headers), "{headers:?}");
        }
        let foreign: [&[(&str, &str)]; 8] = [
            &[site("cross-site"), navigates, method("POST")],
            &[site("cross-site"), fetches, method("GET")],
            &[site("same-site"), fetches, method("POST")],
            &[site("cross-site"), navigates],
            &[method("POST")],
            &[("origin", "https://evil.example"), method("POST")],
            &[("origin", "null"), method("POST")],
            &[],
        ];
        for headers in foreign {
            assert!(!is_meant(headers), "{headers:?}");
        }
    }
}
