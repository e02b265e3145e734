//! Sending the browser on: to one of our pages with the sealed request, or back to the client with the answer.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::ExposeSecret;
use url::Url;

use super::addressee::Addressee;
use super::issue::Issued;
use super::visit::Visit;
use crate::domain::pending_request::PendingRequest;
use crate::error::OAuthError;
use crate::protocol::response::ResponseMode;
use crate::protocol::session_state;
use crate::web::browser_session;
use crate::web::headers::PageHeaders;
use crate::web::language;
use crate::web::page::{self, App, FormPost};

/// To a path of ours, with the sealed request.
pub(super) fn continue_at(visit: &Visit<'_>, path: &str, pending: &PendingRequest) -> HttpResponse {
    let sealed = pending.seal(&visit.cx.request_sealer);
    redirect(format!("{}{path}?request={sealed}", visit.base()))
}

/// RFC 6749 §4.1.2, OIDC Core §3.3.2.5: the client gets what it asked for. `openid` says whether it asked who signs in.
pub(super) fn with_success(visit: &Visit<'_>, addressee: &Addressee, openid: bool, issued: &Issued) -> HttpResponse {
    let code = issued.code.as_ref().map(|code| ("code", code.expose_secret()));
    let id_token = issued.id_token.as_deref().map(|token| ("id_token", token));
    let state = session_state(visit, addressee).filter(|_| openid);
    let state = state.as_deref().map(|state| ("session_state", state));
    send(visit, addressee, &[code, id_token, state].into_iter().flatten().collect::<Vec<_>>())
}

/// OIDC Session Management §2: what the client's pages compare, if they are of an origin.
fn session_state(visit: &Visit<'_>, addressee: &Addressee) -> Option<String> {
    let cx = visit.cx;
    let origin = Url::parse(addressee.redirect.uri()).ok()?.origin();
    if !cx.config.sessions.session_management || !origin.is_tuple() {
        return None;
    }
    let salt = URL_SAFE_NO_PAD.encode(cx.entropy.bytes::<16>());
    let state = browser_session::state(visit.http, cx);
    let origin = origin.ascii_serialization();
    Some(session_state::session_state(addressee.client.id.as_str(), &origin, &state, &salt))
}

/// RFC 6749 §4.1.2.1: the client is told why it gets none.
pub(super) fn with_error(visit: &Visit<'_>, addressee: &Addressee, error: &OAuthError) -> HttpResponse {
    send(visit, addressee, &[("error", error.code.wire()), ("error_description", &error.description())])
}

fn send(visit: &Visit<'_>, addressee: &Addressee, answer: &[(&str, &str)]) -> HttpResponse {
    let parameters = parameters(answer, addressee.redirect.state(), visit.cx.issuer().as_str());
    match addressee.redirect.mode() {
        ResponseMode::Query => redirect(addressee.redirect.location(&parameters)),
        ResponseMode::Fragment => redirect(addressee.redirect.location_with_fragment(&parameters)),
        ResponseMode::FormPost => form_post(visit, addressee, &parameters),
    }
}

fn parameters<'a>(answer: &[(&'a str, &'a str)], state: Option<&'a str>, issuer: &'a str) -> Vec<(&'a str, &'a str)> {
    // RFC 6749 §4.1.2: the state goes back exactly as it came, if it came.
    let state = state.map(|state| ("state", state));
    // RFC 9207 §2: every answer names who gives it, so that a client of many servers cannot be led to mix them up.
    answer.iter().copied().chain(state).chain([("iss", issuer)]).collect()
}

/// RFC 9700 §4.12: 303, so that no browser repeats a posted password at the address to which it is sent on.
fn redirect(location: String) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, location))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .finish()
}

/// OIDC Form Post §2: the answer travels in a form that the browser sends to the client.
fn form_post(visit: &Visit<'_>, addressee: &Addressee, parameters: &[(&str, &str)]) -> HttpResponse {
    let client = &addressee.client;
    let uri = addressee.redirect.uri();
    let headers = PageHeaders::new(visit.cx.issuer().is_https()).with_script();
    let Ok(url) = Url::parse(uri) else {
        // Registration takes only what parses, so there is no such client.
        return redirect(addressee.redirect.location(parameters));
    };
    language::note_wish(visit.http, addressee.ui_locales.as_deref());
    let page = FormPost {
        t: language::of(visit.http),
        base: visit.base().to_owned(),
        app: App::new(client.metadata.client_name.as_deref().unwrap_or(client.id.as_str()), &url),
        redirect_uri: uri.to_owned(),
        parameters: parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
    };
    page::respond(&page, StatusCode::OK, &headers.in_flow(&url))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6749 §4.1.2, RFC 6749 §4.1.2.1, RFC 9207 §2: every answer carries `iss`, and the `state` if there was one.
    #[test]
    fn names_the_issuer_and_gives_the_state_back() {
        let state = "a b&c=d%20\"'<é>";
        for answer in [[("code", "clv_code_x")], [("error", "access_denied")]] {
            let sent = parameters(&answer, Some(state), "https://id.example");
            assert_eq!(sent, [answer[0], ("state", state), ("iss", "https://id.example")]);
            let sent = parameters(&answer, None, "https://id.example");
            assert_eq!(sent, [answer[0], ("iss", "https://id.example")]);
        }
    }

    /// RFC 9700 §4.12: never 307, which repeats a POST with its body.
    #[test]
    fn redirects_so_that_no_body_is_repeated() {
        let response = redirect("https://app.example/cb?code=x".to_owned());
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        assert_eq!(response.headers().get(header::CACHE_CONTROL).unwrap(), "no-store");
        assert_eq!(response.headers().get(header::LOCATION).unwrap(), "https://app.example/cb?code=x");
    }
}
