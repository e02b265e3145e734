//! The first stage of reading a request: who asks, and where the answer goes. What fails here is shown on a page,
//! because there is nobody whom it would be safe to tell (RFC 6749 §4.1.2.1).

use std::sync::Arc;

use super::explanation::Explanation;
use crate::domain::pending_request::PendingRequest;
use crate::error::OAuthError;
use crate::ids::ClientId;
use crate::protocol::params::Params;
use crate::protocol::redirect_uri::{RedirectFault, RedirectUri, TrustedRedirect};
use crate::protocol::response::{ResponseMode, ResponseType};
use crate::protocol::scope;
use crate::store::Client;
use crate::web::page::Problem;

const ONCE: &str = "Send every parameter once, as a query or as application/x-www-form-urlencoded in UTF-8.";

/// Who asks, and where the answer goes.
#[derive(Clone, Debug)]
pub struct Addressee {
    /// The client.
    pub client: Arc<Client>,
    /// Where and how it is answered.
    pub redirect: TrustedRedirect,
    /// The languages that the person reads, for the page that carries an answer by form.
    pub ui_locales: Option<String>,
}

/// A request that cannot be read at all.
pub(super) fn unreadable(error: &OAuthError) -> Explanation {
    Explanation::new(Problem::Malformed, "unreadable").rule("RFC 6749 §3.1", error.text.clone(), ONCE)
}

/// The `client_id`, which must be there once.
pub fn client_id(params: &Params) -> Result<ClientId, Explanation> {
    match params.one("client_id") {
        Ok(Some(id)) => Ok(ClientId(id.to_owned())),
        Ok(None) => Err(Explanation::new(Problem::UnknownApp, "no client_id")
            // RFC 6749 §4.1.1: client_id is required.
            .rule("RFC 6749 §4.1.1", "client_id is missing.", "Send the client_id that the app was registered with.")
            .sent(params, &["client_id"])),
        Err(error) => Err(unreadable(&error).sent(params, &["client_id"])),
    }
}

/// Whom to answer, now that the client has been looked up. `trial` is the page of ours that takes its place, if an admin
/// tries it out.
pub fn addressee(
    params: &Params,
    client: Option<Arc<Client>>,
    trial: Option<&RedirectUri>,
) -> Result<Addressee, Explanation> {
    let client = usable(client).map_err(|refusal| refusal.sent(params, &["client_id", "redirect_uri"]))?;
    let sent = params
        .one("redirect_uri")
        .map_err(|error| unreadable(&error).sent(params, &["client_id", "redirect_uri"]).registered(&client))?;
    // A fault in these three is reported by the second stage; here they only shape the answer. A state that cannot be
    // read cannot be given back.
    let readable = |name| params.one(name).ok().flatten();
    let response_type = ResponseType::parse(readable("response_type")).unwrap_or(ResponseType::Code);
    let mode = ResponseMode::parse(readable("response_mode"), response_type).unwrap_or(response_type.default_mode());
    let state = readable("state").map(ToOwned::to_owned);
    let redirect = TrustedRedirect::check(registered(&client, trial), sent, mode, state)
        .and_then(|redirect| if is_openid(params) { redirect.require_sent() } else { Ok(redirect) })
        .map_err(|fault| {
            wrong_redirect(fault, is_openid(params)).sent(params, &["client_id", "redirect_uri"]).registered(&client)
        })?;
    Ok(Addressee { client, redirect, ui_locales: readable("ui_locales").map(ToOwned::to_owned) })
}

/// Whom to answer when a request comes back from one of our pages: its client may have changed since it was sealed.
pub(super) fn still_addressee(
    pending: &PendingRequest,
    client: Option<Arc<Client>>,
    trial: Option<&RedirectUri>,
) -> Result<Addressee, Explanation> {
    let client = usable(client)?;
    let uri = pending.redirect.uri();
    if !registered(&client, trial).iter().any(|registered| registered.matches(uri)) {
        return Err(wrong_redirect(RedirectFault::NotRegistered, false).registered(&client));
    }
    Ok(Addressee { client, redirect: pending.redirect.clone(), ui_locales: pending.ui_locales.clone() })
}

fn registered<'a>(client: &'a Client, trial: Option<&'a RedirectUri>) -> &'a [RedirectUri] {
    trial.map_or(&client.metadata.redirect_uris, std::slice::from_ref)
}

/// A client that is known and not disabled. A stranger is not told which of the two it is.
fn usable(client: Option<Arc<Client>>) -> Result<Arc<Client>, Explanation> {
    let refused = |reason| {
        // RFC 6749 §4.1.2.1: an unknown client is never sent anything.
        Explanation::new(Problem::UnknownApp, reason).rule(
            "RFC 6749 §4.1.2.1",
            "Only a client that is registered here may ask.",
            "Check the client_id, and that this is the server where the app is registered.",
        )
    };
    match client {
        None => Err(refused("unknown client")),
        Some(client) if client.disabled_at.is_some() => Err(refused("disabled client").registered(&client)),
        Some(client) => Ok(client),
    }
}

fn is_openid(params: &Params) -> bool {
    let scope = params.one("scope").ok().flatten().unwrap_or_default();
    scope.split(' ').any(|token| token == scope::OPENID)
}

/// Says what is wrong without a word about what is registered.
fn wrong_redirect(fault: RedirectFault, openid: bool) -> Explanation {
    let (reason, section, text) = match fault {
        // OIDC Core §3.1.2.1: redirect_uri is required in a request with the scope openid.
        RedirectFault::Missing if openid => {
            ("no redirect_uri", "OIDC Core §3.1.2.1", "A request with the scope openid must send its redirect_uri.")
        }
        // RFC 6749 §3.1.2.3: it may be missing only where there is no choice.
        RedirectFault::Missing => ("no redirect_uri", "RFC 6749 §3.1.2.3", "redirect_uri is missing."),
        RedirectFault::NotRegistered => ("redirect_uri not registered", MISMATCH.0, MISMATCH.1),
        RedirectFault::NoneRegistered => ("no redirect_uri registered", MISMATCH.0, MISMATCH.1),
    };
    let remedy = "Send exactly a URI that is registered for the client, or have this one registered.";
    Explanation::new(Problem::WrongRedirect, reason).rule(section, text, remedy)
}

/// RFC 9700 §2.1: compared as strings, so that nobody can be sent where the client has not agreed to.
const MISMATCH: (&str, &str) =
    ("RFC 9700 §2.1", "redirect_uri must be one of those registered for the client, character by character.");

#[cfg(test)]
pub(super) mod tests {
    use serde_json::json;

    use super::*;
    use crate::clock::Timestamp;
    use crate::protocol::client_metadata::ClientMetadata;
    use crate::store::Access;

    const ONE: &str = "https://app.example/cb";
    const TWO: &str = "https://app.example/other";

    /// A client `app` with these redirect URIs.
    pub(in crate::oauth::authorize) fn client(redirect_uris: &[&str]) -> Client {
        let json = json!({
            "redirect_uris": redirect_uris,
            "scope": "openid email offline_access",
            "token_endpoint_auth_method": "none",
        });
        Client {
            id: ClientId("app".to_owned()),
            metadata: ClientMetadata::parse(json.to_string().as_bytes()).unwrap(),
            secrets: Vec::new(),
            created_at: Timestamp::from_seconds(0),
            updated_at: Timestamp::from_seconds(0),
            disabled_at: None,
            managed_by: None,
            access: Access::Everyone,
            registration: None,
        }
    }

    fn read(query: &str, client: Option<Client>) -> Result<Addressee, Explanation> {
        let params = Params::parse(query.as_bytes()).unwrap();
        client_id(&params)?;
        addressee(&params, client.map(Arc::new), None)
    }

    /// RFC 6749 §3.1, RFC 6749 §3.1.2.3, RFC 6749 §4.1.1, RFC 6749 §4.1.2.1, RFC 9700 §2.1, OIDC Core §3.1.2.1: nothing
    /// is sent to a client or address that is not known beyond doubt, and the page names the rule.
    #[test]
    fn explains_what_it_may_not_redirect() {
        let disabled = Client { disabled_at: Some(Timestamp::from_seconds(1)), ..client(&[ONE]) };
        let evil = "client_id=app&redirect_uri=https://evil.example/cb";
        let (unknown, wrong, malformed) = (Problem::UnknownApp, Problem::WrongRedirect, Problem::Malformed);
        for (query, client, problem, reason, section) in [
            ("redirect_uri=x", Some(client(&[ONE])), unknown, "no client_id", "RFC 6749 §4.1.1"),
            ("client_id=", Some(client(&[ONE])), unknown, "no client_id", "RFC 6749 §4.1.1"),
            ("client_id=app&client_id=app", Some(client(&[ONE])), malformed, "unreadable", "RFC 6749 §3.1"),
            ("client_id=%FF", Some(client(&[ONE])), malformed, "unreadable", "RFC 6749 §3.1"),
            ("client_id=app", None, unknown, "unknown client", "RFC 6749 §4.1.2.1"),
            ("client_id=app", Some(disabled), unknown, "disabled client", "RFC 6749 §4.1.2.1"),
            (evil, Some(client(&[ONE])), wrong, "redirect_uri not registered", "RFC 9700 §2.1"),
            (evil, Some(client(&[ONE, TWO])), wrong, "redirect_uri not registered", "RFC 9700 §2.1"),
            ("client_id=app", Some(client(&[ONE, TWO])), wrong, "no redirect_uri", "RFC 6749 §3.1.2.3"),
            ("client_id=app&scope=openid", Some(client(&[ONE])), wrong, "no redirect_uri", "OIDC Core §3.1.2.1"),
            (
                "client_id=app&redirect_uri=https://app.example/cb&redirect_uri=https://app.example/cb",
                Some(client(&[ONE])),
                malformed,
                "unreadable",
                "RFC 6749 §3.1",
            ),
        ] {
            let explanation = read(query, client).unwrap_err();
            assert_eq!(explanation.outline(), (problem, reason, Some(section)), "{query}");
        }
    }

    #[test]
    fn answers_in_the_way_and_with_the_state_that_it_can_read() {
        let read = |rest: &str| {
            let query = format!("client_id=app&redirect_uri={ONE}&{rest}");
            read(&query, Some(client(&[ONE]))).unwrap().redirect
        };
        let plain = read("state=a%20b");
        assert_eq!((plain.state(), plain.mode()), (Some("a b"), ResponseMode::Query));
        assert_eq!(read("response_mode=form_post").mode(), ResponseMode::FormPost);
        for odd in ["response_mode=web_message", "response_mode=query&response_mode=form_post"] {
            assert_eq!(read(odd).mode(), ResponseMode::Query, "{odd}");
        }
        let long = format!("state={}", "x".repeat(9000));
        for odd in ["state=a&state=b", "state=%00", "state=%FF", "state=", long.as_str()] {
            assert_eq!(read(odd).state(), None, "{odd}");
        }
    }
}
