//! Providers that speak OAuth 2.0 alone, such as GitHub: who signed in is told by a document of theirs, whose members the
//! settings explain.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use openidconnect::http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;
use url::form_urlencoded::{Serializer, byte_serialize};

use super::account::{Proven, UpstreamAccount, UpstreamTokens, subject, text};
use super::beginning::Beginning;
use super::{UpstreamFault, call};
use crate::config::{ProviderClaims, ProviderClientAuth, ProviderConfig};
use crate::domain::outbound::Outbound;
use crate::protocol::pkce::{CodeChallenge, CodeVerifier, S256};
use crate::protocol::provider_url::ProviderUrl;

fn untrusted(why: &str) -> UpstreamFault {
    UpstreamFault::Untrusted(why.to_owned())
}

fn endpoint(address: Option<&ProviderUrl>) -> Result<&str, UpstreamFault> {
    // The settings hold it.
    address.map(ProviderUrl::as_str).ok_or_else(|| untrusted("an endpoint is missing"))
}

/// Where the person is sent: RFC 6749 §4.1.1, with a challenge of RFC 7636 §4.3.
pub(super) fn authorization_url(
    config: &ProviderConfig,
    redirect_uri: &str,
    begun: &Beginning,
) -> Result<Url, UpstreamFault> {
    let address = endpoint(config.authorization_endpoint.as_ref())?;
    let mut url = Url::parse(address).map_err(|_| untrusted("its authorization endpoint is no address"))?;
    let verifier = CodeVerifier::parse(&begun.verifier).map_err(|_| untrusted("the verifier is lost"))?;
    url.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", &config.client_id)
        .append_pair("redirect_uri", redirect_uri)
        .append_pair("state", &begun.state)
        .append_pair("code_challenge", CodeChallenge::of(&verifier).as_str())
        .append_pair("code_challenge_method", S256);
    if !config.scopes.is_empty() {
        url.query_pairs_mut().append_pair("scope", &config.scopes.join(" "));
    }
    Ok(url)
}

/// Redeems the code (RFC 6749 §4.1.3), and asks who it is.
pub(super) async fn finish(
    config: &ProviderConfig,
    outbound: &Outbound,
    redirect_uri: &str,
    (code, begun): (&str, &Beginning),
) -> Result<Proven, UpstreamFault> {
    let mut form = Serializer::new(String::new());
    form.append_pair("grant_type", "authorization_code")
        .append_pair("code", code)
        .append_pair("redirect_uri", redirect_uri)
        .append_pair("code_verifier", &begun.verifier);
    let secret = config.client_secret.as_ref().map(|secret| secret.0.expose_secret());
    let mut authorization = None;
    match (secret, config.client_auth) {
        (Some(secret), ProviderClientAuth::Basic) => authorization = Some(basic(&config.client_id, secret)?),
        (secret, _) => {
            form.append_pair("client_id", &config.client_id);
            if let Some(secret) = secret {
                form.append_pair("client_secret", secret);
            }
        }
    }
    let body = form.finish();
    let given = call::json(outbound, endpoint(config.token_endpoint.as_ref())?, authorization, Some(body)).await?;
    let token = given["access_token"].as_str().ok_or_else(|| untrusted("it gives no access token"))?;
    let bearer = bearer(token)?;
    let document = endpoint(config.userinfo_endpoint.as_ref())?;
    let document = call::json(outbound, document, Some(bearer.clone()), None).await?;
    let mut account = mapped(&config.claims, &document).ok_or_else(|| untrusted("its document names nobody"))?;
    if let Some(list) = &config.emails_endpoint {
        account.verified_email = verified_of(&call::json(outbound, list.as_str(), Some(bearer), None).await?);
    }
    let secret = |name: &str| given[name].as_str().map(SecretString::from);
    let tokens = UpstreamTokens {
        access_token: SecretString::from(token),
        refresh_token: secret("refresh_token"),
        id_token: None,
        expires_in: given["expires_in"].as_u64(),
    };
    Ok(Proven { account, tokens })
}

/// RFC 6749 §2.3.1: both encoded before they are joined.
fn basic(id: &str, secret: &str) -> Result<HeaderValue, UpstreamFault> {
    let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    header(&format!("Basic {}", STANDARD.encode(format!("{}:{}", encoded(id), encoded(secret)))))
}

fn bearer(token: &str) -> Result<HeaderValue, UpstreamFault> {
    header(&format!("Bearer {token}"))
}

fn header(text: &str) -> Result<HeaderValue, UpstreamFault> {
    let mut value = HeaderValue::from_str(text).map_err(|_| untrusted("its access token fits no header"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Who the document is about, by what the settings say of its members.
fn mapped(claims: &ProviderClaims, document: &Value) -> Option<UpstreamAccount> {
    let told = |path: &Option<String>| text(member(document, path.as_deref()?)?);
    let is_verified = claims.email_verified.as_deref().and_then(|path| member(document, path));
    let is_verified = is_verified == Some(&Value::Bool(true));
    Some(UpstreamAccount {
        subject: subject(member(document, &claims.sub)?)?,
        name: told(&claims.name),
        given_name: told(&claims.given_name),
        family_name: told(&claims.family_name),
        username: told(&claims.preferred_username),
        picture: told(&claims.picture),
        verified_email: is_verified.then(|| told(&claims.email)).flatten(),
        ..UpstreamAccount::default()
    })
}

fn member<'a>(document: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(document, |value, name| value.get(name))
}

/// Of a list of addresses the first one that was verified, the primary one before others.
fn verified_of(list: &Value) -> Option<String> {
    let is = |entry: &Value, name: &str| entry[name] == Value::Bool(true);
    let verified: Vec<&Value> = list.as_array()?.iter().filter(|entry| is(entry, "verified")).collect();
    let primary = verified.iter().find(|entry| is(entry, "primary")).or(verified.first())?;
    text(&primary["email"])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn claims() -> ProviderClaims {
        let path = |text: &str| Some(text.to_owned());
        ProviderClaims {
            sub: "user.id".to_owned(),
            name: path("name"),
            given_name: None,
            family_name: None,
            preferred_username: path("login"),
            email: path("email"),
            email_verified: path("user.confirmed"),
            picture: None,
        }
    }

    /// RFC 9700 §4.4: nobody is named by what they can choose.
    #[test]
    fn reads_a_document_as_the_settings_say() {
        let document = |confirmed: Value| json!({ "user": { "id": 7, "confirmed": confirmed }, "login": "ada", "email": "ada@example.com", "name": null });
        let account = mapped(&claims(), &document(json!(true))).unwrap();
        assert_eq!((account.subject.as_str(), account.username.as_deref()), ("7", Some("ada")));
        assert_eq!(account.verified_email.as_deref(), Some("ada@example.com"));
        for confirmed in [json!(false), json!("true"), Value::Null] {
            assert_eq!(mapped(&claims(), &document(confirmed)).unwrap().verified_email, None);
        }
        assert!(mapped(&claims(), &json!({ "id": 7 })).is_none());
        let without = ProviderClaims { email_verified: None, ..claims() };
        assert_eq!(mapped(&without, &document(json!(true))).unwrap().verified_email, None);
    }

    #[test]
    fn takes_of_a_list_the_primary_address_that_was_verified() {
        let entry = |email: &str, primary: bool, verified: bool| json!({ "email": email, "primary": primary, "verified": verified });
        for (list, expected) in [
            (json!([entry("a@x", false, true), entry("b@x", true, true)]), Some("b@x")),
            (json!([entry("a@x", true, false), entry("b@x", false, true)]), Some("b@x")),
            (json!([entry("a@x", true, false)]), None),
            (json!([]), None),
            (json!({ "email": "a@x", "verified": true }), None),
        ] {
            assert_eq!(verified_of(&list).as_deref(), expected, "{list}");
        }
    }
}
