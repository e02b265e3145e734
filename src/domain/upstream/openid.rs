//! OpenID providers: what their discovery document says, and what their ID tokens prove, both read by the `openidconnect` crate.

use std::borrow::Cow;
use std::time::{Duration, UNIX_EPOCH};

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthenticationFlow, CoreClaimName, CoreClaimType, CoreClient, CoreClientAuthMethod,
    CoreGrantType, CoreIdToken, CoreIdTokenVerifier, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm, CoreResponseMode, CoreResponseType,
    CoreSubjectIdentifierType, CoreTokenResponse, CoreUserInfoClaims,
};
use openidconnect::{
    AccessTokenHash, AdditionalProviderMetadata, AuthType, AuthorizationCode, ClientId, ClientSecret, CsrfToken,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge,
    PkceCodeVerifier, ProviderMetadata, RedirectUrl, RequestTokenError, Scope, SubjectIdentifier, TokenResponse,
    TokenUrl, UserInfoUrl,
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::UpstreamFault;
use super::account::{Proven, UpstreamAccount, UpstreamTokens};
use super::beginning::Beginning;
use super::call::Caller;
use crate::clock::Timestamp;
use crate::config::{ProviderClientAuth, ProviderConfig};
use crate::domain::outbound::Outbound;
use crate::protocol::provider_url::ProviderUrl;

/// What a discovery document says beyond OpenID Connect Discovery.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct More {
    /// RFC 9207 §3: whether every answer names the issuer.
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
    /// OIDC RP-Initiated Logout §2.1: where a sign-out is passed on to.
    pub end_session_endpoint: Option<String>,
}

impl AdditionalProviderMetadata for More {}

/// A discovery document, with the keys that it leads to.
pub(super) type Metadata = ProviderMetadata<
    More,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

fn untrusted(why: &impl ToString) -> UpstreamFault {
    UpstreamFault::Untrusted(why.to_string())
}

/// An error with what lies beneath it, in one line and not too long: some of it is what a stranger wrote.
fn chain(error: &dyn std::error::Error) -> String {
    const LONGEST: usize = 300;
    let beneath = std::iter::successors(error.source(), |error| error.source());
    let told = beneath.fold(error.to_string(), |told, error| format!("{told}: {error}"));
    told.chars().filter(|c| !c.is_control()).take(LONGEST).collect()
}

/// Fetches the document and the keys: OIDC Discovery §4.3: the document must name the issuer by which it was asked for.
pub(super) async fn discover(config: &ProviderConfig, outbound: &Outbound) -> Result<Metadata, UpstreamFault> {
    let issuer = config.issuer.as_ref().map(ToString::to_string).unwrap_or_default();
    let issuer = IssuerUrl::new(issuer).map_err(|error| untrusted(&error))?;
    let caller = Caller(outbound);
    let metadata = Metadata::discover_async(issuer, &caller).await;
    let metadata = metadata.map_err(|error| UpstreamFault::Unreachable(chain(&error)))?;
    let endpoints = [
        Some(metadata.authorization_endpoint().url()),
        metadata.token_endpoint().map(TokenUrl::url),
        metadata.userinfo_endpoint().map(UserInfoUrl::url),
    ];
    let unfit = endpoints.into_iter().flatten().find(|url| !ProviderUrl::is_fit(url)).cloned();
    match unfit {
        Some(url) => Err(untrusted(&format!("its endpoint {url} does not use https"))),
        None => Ok(metadata),
    }
}

fn client(config: &ProviderConfig, metadata: &Metadata, redirect_uri: &str) -> Result<Client, UpstreamFault> {
    let secret = config.client_secret.as_ref().map(|secret| ClientSecret::new(secret.0.expose_secret().to_owned()));
    let methods = metadata.token_endpoint_auth_methods_supported();
    // OIDC Discovery §3: where it says nothing, it is the header.
    let by_form = match config.client_auth {
        ProviderClientAuth::Basic => false,
        ProviderClientAuth::Post => true,
        ProviderClientAuth::Automatic => {
            methods.is_some_and(|methods| !methods.contains(&CoreClientAuthMethod::ClientSecretBasic))
        }
    };
    let redirect_uri = RedirectUrl::new(redirect_uri.to_owned()).map_err(|error| untrusted(&error))?;
    let client = Client::from_provider_metadata(metadata.clone(), ClientId::new(config.client_id.clone()), secret);
    Ok(client.set_redirect_uri(redirect_uri).set_auth_type(if by_form {
        AuthType::RequestBody
    } else {
        AuthType::BasicAuth
    }))
}

/// Where the person is sent: OIDC Core §3.1.2.1.
pub(super) fn authorization_url(
    config: &ProviderConfig,
    metadata: &Metadata,
    redirect_uri: &str,
    begun: &Beginning,
) -> Result<Url, UpstreamFault> {
    let client = client(config, metadata, redirect_uri)?;
    let (state, nonce) = (CsrfToken::new(begun.state.clone()), Nonce::new(begun.nonce.clone()));
    let verifier = PkceCodeVerifier::new(begun.verifier.clone());
    let request = client
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || state, move || nonce)
        // The crate adds openid itself.
        .add_scopes(config.scopes.iter().filter(|scope| *scope != "openid").cloned().map(Scope::new))
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
    let request = match begun.max_age {
        Some(seconds) => request.set_max_age(Duration::from_secs(seconds)),
        None => request,
    };
    Ok(request.url().0)
}

/// What came of a code, before it is believed.
pub(super) struct Redeemed(CoreTokenResponse);

/// Redeems a code: OIDC Core §3.1.3.1.
pub(super) async fn redeem(
    config: &ProviderConfig,
    metadata: &Metadata,
    outbound: &Outbound,
    redirect_uri: &str,
    (code, begun): (&str, &Beginning),
) -> Result<Redeemed, UpstreamFault> {
    let client = client(config, metadata, redirect_uri)?;
    let caller = Caller(outbound);
    let request = client.exchange_code(AuthorizationCode::new(code.to_owned())).map_err(|error| untrusted(&error))?;
    let redirect_uri = RedirectUrl::new(redirect_uri.to_owned()).map_err(|error| untrusted(&error))?;
    let request = request
        .set_pkce_verifier(PkceCodeVerifier::new(begun.verifier.clone()))
        .set_redirect_uri(Cow::Owned(redirect_uri));
    let answer = request.request_async(&caller).await;
    answer.map(Redeemed).map_err(|error| match error {
        RequestTokenError::ServerResponse(_) => UpstreamFault::Refused(chain(&error)),
        RequestTokenError::Request(_) => UpstreamFault::Unreachable(chain(&error)),
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => untrusted(&chain(&error)),
    })
}

/// OIDC Core §3.1.3.7: checks the ID token, and that the access token belongs to it. `Err` also where the keys that we know are
/// not those of today.
pub(super) fn verify(
    config: &ProviderConfig,
    metadata: &Metadata,
    redeemed: &Redeemed,
    (begun, now): (&Beginning, Timestamp),
) -> Result<Value, UpstreamFault> {
    let client = client(config, metadata, config.issuer.as_ref().map_or("", ProviderUrl::as_str))?;
    let verifier = verifier(&client, metadata, now);
    let token = redeemed.0.id_token().ok_or_else(|| untrusted(&"it gives no ID token"))?;
    let nonce = Nonce::new(begun.nonce.clone());
    let claims = token.claims(&verifier, &nonce).map_err(|error| untrusted(&chain(&error)))?;
    if let Some(expected) = claims.access_token_hash() {
        check_access_token(&redeemed.0, token, &verifier, expected)?;
    }
    serde_json::to_value(claims).map_err(|error| untrusted(&error))
}

/// OIDC Core §3.1.3.7: of what the provider signs with, only keys of which nobody else has the secret half: an unsigned token
/// proves nothing, and one under the client secret could be of whoever else knows that.
fn verifier<'a>(client: &'a Client, metadata: &Metadata, now: Timestamp) -> CoreIdTokenVerifier<'a> {
    let is_of_keys = |algorithm: &&CoreJwsSigningAlgorithm| {
        !matches!(
            algorithm,
            CoreJwsSigningAlgorithm::None
                | CoreJwsSigningAlgorithm::HmacSha256
                | CoreJwsSigningAlgorithm::HmacSha384
                | CoreJwsSigningAlgorithm::HmacSha512
        )
    };
    let algorithms = metadata.id_token_signing_alg_values_supported().iter().filter(is_of_keys).cloned();
    let moment = UNIX_EPOCH + Duration::from_millis(u64::try_from(now.millis()).unwrap_or_default());
    client.id_token_verifier().set_allowed_algs(algorithms).set_time_fn(move || moment.into())
}

fn check_access_token(
    redeemed: &CoreTokenResponse,
    token: &CoreIdToken,
    verifier: &CoreIdTokenVerifier<'_>,
    expected: &AccessTokenHash,
) -> Result<(), UpstreamFault> {
    let algorithm = token.signing_alg().map_err(|error| untrusted(&error))?;
    let key = token.signing_key(verifier).map_err(|error| untrusted(&error))?;
    let actual =
        AccessTokenHash::from_token(redeemed.access_token(), algorithm, key).map_err(|error| untrusted(&error))?;
    if actual == *expected { Ok(()) } else { Err(untrusted(&"its access token is not that of its ID token")) }
}

/// OIDC Core §5.3.2: what `UserInfo` says beyond the ID token, of the same `sub` or not at all.
pub(super) async fn complete(
    config: &ProviderConfig,
    metadata: &Metadata,
    outbound: &Outbound,
    (redeemed, mut claims): (Redeemed, Value),
) -> Result<Proven, UpstreamFault> {
    let client = client(config, metadata, config.issuer.as_ref().map_or("", ProviderUrl::as_str))?;
    let token = redeemed.0.access_token().clone();
    if metadata.userinfo_endpoint().is_some() {
        let subject = claims["sub"].as_str().unwrap_or_default().to_owned();
        let request = client
            .user_info(token.clone(), Some(SubjectIdentifier::new(subject)))
            .map_err(|error| untrusted(&error))?;
        let caller = Caller(outbound);
        let told: CoreUserInfoClaims =
            request.request_async(&caller).await.map_err(|error| untrusted(&chain(&error)))?;
        let told = serde_json::to_value(told).map_err(|error| untrusted(&error))?;
        merge(&mut claims, told);
    }
    let account = UpstreamAccount::of_claims(&claims).ok_or_else(|| untrusted(&"it names nobody"))?;
    let secret = |text: &str| SecretString::from(text);
    let tokens = UpstreamTokens {
        access_token: secret(token.secret()),
        refresh_token: redeemed.0.refresh_token().map(|token| secret(token.secret())),
        id_token: redeemed.0.id_token().map(|token| SecretString::from(token.to_string())),
        expires_in: redeemed.0.expires_in().map(|lifetime| lifetime.as_secs()),
    };
    Ok(Proven { account, tokens })
}

/// Claims about the person from `UserInfo`; what the ID token alone can tell (`amr`, `acr`, `auth_time`) stays as it is. An
/// address and whether it was verified belong together.
fn merge(claims: &mut Value, told: Value) {
    let (Value::Object(claims), Value::Object(told)) = (claims, told) else { return };
    if told.contains_key("email") {
        claims.remove("email");
        claims.remove("email_verified");
    }
    let of_person = ["name", "given_name", "family_name", "preferred_username", "picture", "email", "email_verified"];
    claims.extend(told.into_iter().filter(|(name, _)| of_person.contains(&name.as_str())));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// OIDC Core §5.3.2, §5.7: that one address was verified says nothing of another.
    #[test]
    fn verifies_no_address_by_what_was_said_of_another() {
        let mut claims = json!({ "sub": "1", "email": "eve@evil.example", "email_verified": true, "amr": ["pwd"] });
        merge(&mut claims, json!({ "sub": "1", "email": "ada@example.com", "amr": ["mfa"] }));
        assert_eq!(claims, json!({ "sub": "1", "email": "ada@example.com", "amr": ["pwd"] }));
        merge(&mut claims, json!({ "sub": "1", "name": "Ada" }));
        assert_eq!(claims["email"], "ada@example.com");
        merge(&mut claims, json!({ "sub": "1", "email_verified": true }));
        assert_eq!(claims["email_verified"], true);
    }
}
