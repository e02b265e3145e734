//! Access tokens for a machine that speaks for itself (RFC 6749 §4.4). The token endpoint makes them for whoever
//! authenticates as the client, the console for an admin who tries the client out.

use super::issue::{self, Mint, Order, Prepared};
use crate::clock::Timestamp;
use crate::domain::admission;
use crate::domain::own_claims::About;
use crate::error::{ErrorCode, OAuthError, Result};
use crate::protocol::scope::{self, Scope, ScopeToken};
use crate::store::{Client, Store};

/// Prepares the token that `client` gets for itself, and writes it where it is one that has to be written.
pub async fn prepare(
    store: &Store,
    mint: &Mint<'_>,
    client: &Client,
    scope: Option<&str>,
    resources: &[&str],
    now: Timestamp,
) -> Result<Prepared> {
    // RFC 6749 §4.4: the grant is for confidential clients only.
    if !client.metadata.is_confidential() {
        let text = "A public client cannot use client_credentials: it has no credentials.";
        return Err(OAuthError::new(ErrorCode::UnauthorizedClient, text));
    }
    let registered = mint.catalogue.known(&client.metadata.scope);
    // No person could ask for a machine, so that it has what is approved for everyone.
    let withheld = admission::withheld(store, &mint.catalogue, client, None, &registered).await?;
    let scope = granted_scope(scope, &registered, &withheld)?;
    let audience = mint.catalogue.audience_for(resources, &[], &scope, &client.metadata)?;
    let order = Order {
        client,
        authorization: None,
        scope: &scope,
        audience,
        nonce: None,
        about: About::default(),
        refresh_scope: None,
    };
    let prepared = mint.prepare(order, now)?;
    if let Some(row) = prepared.opaque_access_token() {
        store.write(move |tx| Box::pin(async move { issue::write(tx, Some(&row), None).await })).await?;
    }
    Ok(prepared)
}

/// What is asked for, if all of it is registered; all that is registered, if nothing is asked for (RFC 6749 §3.3). What
/// speaks of a person means nothing here, and what an admin has not approved is `withheld`.
fn granted_scope(requested: Option<&str>, registered: &Scope, withheld: &Scope) -> Result<Scope> {
    let is_of_a_person = |token: &str| scope::OF_A_PERSON.contains(&token);
    let Some(requested) = requested else {
        let mine = registered.without(withheld);
        return Ok(mine.iter().filter(|token| !is_of_a_person(token.as_str())).cloned().collect());
    };
    let requested = Scope::parse(requested)?;
    for token in requested.iter().map(ScopeToken::as_str) {
        let text = if is_of_a_person(token) || !registered.contains(token) {
            format!("This client cannot have the scope {token} by client_credentials.")
        } else if withheld.contains(token) {
            format!("An administrator has to approve the scope {token} for everyone at this client first.")
        } else {
            continue;
        };
        return Err(OAuthError::new(ErrorCode::InvalidScope, text));
    }
    Ok(requested)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6749 §3.3: a request without scope gets a default; one that asks for more than is registered is refused.
    #[test]
    fn gives_a_machine_what_it_is_registered_for() {
        let registered = Scope::parse("openid read write").unwrap();
        let granted = |requested| granted_scope(requested, &registered, &Scope::empty()).map(|scope| scope.to_string());
        assert_eq!(granted(None).unwrap(), "read write");
        assert_eq!(granted(Some("write")).unwrap(), "write");
        for refused in ["delete", "openid", "read delete", "offline_access"] {
            assert_eq!(granted(Some(refused)).unwrap_err().code, ErrorCode::InvalidScope, "{refused}");
        }
    }

    #[test]
    fn withholds_from_a_machine_what_no_admin_has_approved() {
        let scope = |text| Scope::parse(text).unwrap();
        let granted = |requested| granted_scope(requested, &scope("read write"), &scope("write"));
        assert_eq!(granted(None).unwrap().to_string(), "read");
        assert_eq!(granted(Some("read")).unwrap().to_string(), "read");
        assert!(granted(Some("read write")).unwrap_err().text.contains("approve"));
    }
}
