//! What is loaded in the browser of a person who signs out, so that an app forgets them there (OIDC Front-Channel
//! Logout §3).

use url::Url;

use crate::ids::SessionId;
use crate::protocol::client_metadata::ClientMetadata;
use crate::protocol::issuer::Issuer;

/// The address to load for this client, if it has registered one: with `iss` and `sid` if it wants to be told both.
#[must_use]
pub fn frame(client: &ClientMetadata, issuer: &Issuer, sid: SessionId) -> Option<Url> {
    let mut url = Url::parse(client.frontchannel_logout_uri.as_ref()?.as_str()).ok()?;
    if client.frontchannel_logout_session_required {
        url.query_pairs_mut().append_pair("iss", issuer.as_str()).append_pair("sid", &sid.to_string());
    }
    Some(url)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn framed(uri: Option<&str>, session_required: bool) -> Option<String> {
        let document = json!({
            "redirect_uris": ["https://app.example/cb"],
            "frontchannel_logout_uri": uri,
            "frontchannel_logout_session_required": session_required,
        });
        let client = ClientMetadata::parse(document.to_string().as_bytes()).unwrap();
        let issuer = Issuer::parse("https://id.example/tenant").unwrap();
        frame(&client, &issuer, SessionId(Uuid::from_u128(7))).map(String::from)
    }

    /// OIDC Front-Channel Logout §2, OIDC Front-Channel Logout §3: the registered query stays, and `iss` and `sid` come
    /// together or not at all.
    #[test]
    fn tells_which_session_ended_if_that_is_wanted() {
        let sid = "00000000-0000-0000-0000-000000000007";
        assert_eq!(framed(None, true), None);
        assert_eq!(framed(Some("https://app.example/out"), false).unwrap(), "https://app.example/out");
        assert_eq!(
            framed(Some("https://app.example/out?a=b%20c"), true).unwrap(),
            format!("https://app.example/out?a=b%20c&iss=https%3A%2F%2Fid.example%2Ftenant&sid={sid}")
        );
    }
}
