//! The second stage of reading a request: all the rest. What fails here is told to the client.
//!
//! What is not named here is ignored, as RFC 6749 §3.1 wants: `display` (the pages fit any window) and whatever else there may be.

use serde::Deserialize;

use super::addressee::{Addressee, unreadable};
use super::explanation::Explanation;
use crate::clock::{Entropy, Timestamp};
use crate::cx::Cx;
use crate::domain::catalogue::Catalogue;
use crate::domain::keys::jwt::{self, Expected};
use crate::domain::keys::key_set::KeySet;
use crate::domain::pending_request::{PendingFault, PendingRequest};
use crate::domain::tokens::{hint, id_token};
use crate::error::{ErrorCode, OAuthError, Result};
use crate::ids::ClientId;
use crate::protocol::claims_request::ClaimsRequest;
use crate::protocol::client_metadata::ClientMetadata;
use crate::protocol::issuer::Issuer;
use crate::protocol::params::Params;
use crate::protocol::pkce::CodeChallenge;
use crate::protocol::prompt::{Prompt, PromptValue};
use crate::protocol::resource::ResourceUri;
use crate::protocol::response::{ResponseMode, ResponseType};
use crate::protocol::scope::{OFFLINE_ACCESS, OPENID, Scope};
use crate::web::page::Problem;

/// The parameters that may be sent more than once.
pub(super) const REPEATABLE: &[&str] = &["resource"];

/// What a request is read by.
pub struct Rules<'a> {
    /// Scopes and resources.
    pub catalogue: &'a Catalogue,
    /// What may be asked for.
    pub response_types: &'a [ResponseType],
    /// What people may be asked.
    pub prompts: &'a [PromptValue],
    /// Who we are.
    pub issuer: &'a Issuer,
    /// By which an `id_token_hint` is verified, and decrypted.
    pub keys: &'a KeySet,
    /// Randomness.
    pub entropy: &'a dyn Entropy,
    /// The present instant.
    pub now: Timestamp,
}

/// Reads what is asked for.
pub fn read(params: &Params, addressee: &Addressee, rules: &Rules<'_>) -> Result<PendingRequest> {
    let client = &addressee.client.metadata;
    params.check_all(REPEATABLE)?;
    let response_type = ResponseType::parse(params.one("response_type")?);
    ResponseMode::parse(params.one("response_mode")?, *response_type.as_ref().unwrap_or(&ResponseType::Code))?;
    refuse_unsupported(params)?;
    let response_type = response_type?;
    check_response_type(response_type, client, rules.response_types)?;
    let owned = |name| params.one(name).map(|value| value.map(ToOwned::to_owned));
    let request = PendingRequest {
        client_id: addressee.client.id.clone(),
        redirect: addressee.redirect.clone(),
        response_type,
        scope: scope(params.one("scope")?, client, response_type, rules.catalogue)?,
        resources: rules.catalogue.check_resources(&params.all("resource")?, client)?,
        // OIDC Core §5.5: claims that cannot be told are no error. An app is told no more claim by claim than by scopes.
        claims: claims(params.one("claims")?, addressee, rules.catalogue)?
            .within(&client.scope)
            .in_languages(params.one("claims_locales")?.unwrap_or_default()),
        nonce: nonce(params.one("nonce")?, response_type)?,
        code_challenge: if response_type.gives_code() { code_challenge(params, client)? } else { None },
        prompt: Prompt::parse(params.one("prompt")?, rules.prompts)?,
        max_age: max_age(params.one("max_age")?, client)?,
        login_hint: owned("login_hint")?,
        hinted_sub: params
            .one("id_token_hint")?
            .map(|token| hinted_sub(token, &addressee.client.id, rules))
            .transpose()?,
        acr_values: acr_values(params.one("acr_values")?, client),
        ui_locales: owned("ui_locales")?,
        started_at: rules.now,
        signed_in: None,
        selected: None,
        went_on: None,
        decision: None,
    };
    if request.fits_a_parameter() {
        Ok(request)
    } else {
        Err(invalid(
            "The request is too long to be carried through the sign-in: shorten state, nonce, claims or hints.",
        ))
    }
}

fn claims(sent: Option<&str>, addressee: &Addressee, catalogue: &Catalogue) -> Result<ClaimsRequest> {
    let client = &addressee.client.id;
    let own = |name: &str| catalogue.claims().find(name, client).map(|rule| &rule.scope);
    sent.map_or_else(|| Ok(ClaimsRequest::default()), |text| ClaimsRequest::parse(text, own))
}

/// OIDC Core §3.1.2.6: what is not supported has errors of its own; to ignore it would be to answer another question. An
/// object was opened before; one that is here still has been opened by nobody.
fn refuse_unsupported(params: &Params) -> Result<()> {
    let refused = [
        ("request", ErrorCode::RequestNotSupported),
        ("request_uri", ErrorCode::RequestUriNotSupported),
        ("registration", ErrorCode::RegistrationNotSupported),
    ];
    for (name, error) in refused {
        if params.one(name)?.is_some() {
            return Err(error.into());
        }
    }
    Ok(())
}

fn check_response_type(response_type: ResponseType, client: &ClientMetadata, offered: &[ResponseType]) -> Result<()> {
    // RFC 6749 §4.1.2.1: a server may answer otherwise only, and a client be registered otherwise.
    if !offered.contains(&response_type) {
        return Err(ErrorCode::UnsupportedResponseType.into());
    }
    if client.response_types.contains(&response_type) {
        return Ok(());
    }
    let text = format!("This client is not registered for response_type={response_type}.");
    Err(OAuthError::new(ErrorCode::UnauthorizedClient, text))
}

/// OIDC Core §3.2.2.1, OIDC Core §3.3.2.11: what comes through the browser is bound to the session that asked for it.
fn nonce(sent: Option<&str>, response_type: ResponseType) -> Result<Option<String>> {
    if sent.is_none() && response_type.gives_id_token() {
        return Err(invalid("nonce is missing: an ID token from the authorization endpoint needs one."));
    }
    Ok(sent.map(ToOwned::to_owned))
}

fn scope(
    sent: Option<&str>,
    client: &ClientMetadata,
    response_type: ResponseType,
    catalogue: &Catalogue,
) -> Result<Scope> {
    let mut granted = catalogue.grantable(&Scope::parse(sent.unwrap_or_default())?, client)?;
    // OIDC Core §11: without a code there is nothing to be refreshed.
    if !response_type.gives_code() {
        granted = granted.iter().filter(|token| token.as_str() != OFFLINE_ACCESS).cloned().collect();
    }
    // OIDC Core §3.2.2.1: there are ID tokens for OpenID Connect requests alone.
    if response_type.gives_id_token() && !granted.contains(OPENID) {
        let text = "There is an ID token for requests of scope openid only: add it, or send response_type=code.";
        return Err(OAuthError::new(ErrorCode::InvalidScope, text));
    }
    // RFC 6749 §3.3: a server without a default scope answers a request for none with invalid_scope.
    if granted.is_empty() {
        let text = "The request asks for no scope that this server knows. Send scope, for a sign-in scope=openid.";
        return Err(OAuthError::new(ErrorCode::InvalidScope, text));
    }
    Ok(granted)
}

fn code_challenge(params: &Params, client: &ClientMetadata) -> Result<Option<CodeChallenge>> {
    let challenge = CodeChallenge::parse(params.one("code_challenge")?, params.one("code_challenge_method")?)?;
    // RFC 7636 §4.4.1: where PKCE is required, a request without it is invalid_request, and is told so.
    if challenge.is_none() && client.require_pkce {
        return Err(invalid("code_challenge is missing: this client has to use PKCE with code_challenge_method=S256."));
    }
    Ok(challenge)
}

/// OIDC Core §3.1.2.1: whole seconds; the client may have registered what to take where it sends none.
fn max_age(sent: Option<&str>, client: &ClientMetadata) -> Result<Option<u64>> {
    let Some(sent) = sent else { return Ok(client.default_max_age.map(|age| age.as_secs())) };
    if !sent.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(invalid("max_age must be a number of seconds, 0 or more."));
    }
    // Only a number of more than 19 digits fails here, and that is as good as no bound.
    Ok(Some(sent.parse().unwrap_or(u64::MAX)))
}

/// They are wishes, so none can be an error (OIDC Core §3.1.2.1).
fn acr_values(sent: Option<&str>, client: &ClientMetadata) -> Vec<String> {
    match sent {
        Some(sent) => sent.split(' ').filter(|value| !value.is_empty()).map(ToOwned::to_owned).collect(),
        None => client.default_acr_values.clone(),
    }
}

/// Of whom an ID token is that we issued to this client, however long ago.
fn hinted_sub(token: &str, client: &ClientId, rules: &Rules<'_>) -> Result<String> {
    #[derive(Deserialize)]
    struct Hint {
        sub: String,
    }
    let expected = Expected {
        typ: &[id_token::TYP],
        issuer: rules.issuer.as_str(),
        audience: Some(client.as_str()),
        leeway: std::time::Duration::ZERO,
    };
    let foreign = || invalid("The id_token_hint is no ID token that this server issued to this client.");
    let token = hint::signed(token, rules.keys, rules.entropy, rules.now).ok_or_else(foreign)?;
    // OIDC Core §3.1.2.2: we must be the one who issued it.
    let hint = jwt::verify_ignoring_expiry::<Hint>(&token, rules.keys, rules.now, &expected);
    hint.map(|hint| hint.sub).map_err(|error| foreign().because(error))
}

fn invalid(text: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidRequest, text)
}

/// Opens the sealed request that comes back from one of our pages.
pub(super) fn reopen(query: &[u8], cx: &Cx, now: Timestamp) -> Result<PendingRequest, Explanation> {
    let params = Params::parse(query).map_err(|error| unreadable(&error))?;
    let sealed = params.one("request").ok().flatten().unwrap_or_default();
    let lifetime = cx.config.sessions.pending_lifetime;
    PendingRequest::open(sealed, &cx.request_sealer, now, lifetime).map_err(|fault| match fault {
        PendingFault::Altered => Explanation::new(Problem::Altered, "sealed request altered"),
        PendingFault::Stale => Explanation::new(Problem::Stale, "sealed request stale"),
    })
}

/// What was allowed to the client when the request came may have been taken from it since.
pub(super) fn still_allowed(
    pending: &PendingRequest,
    addressee: &Addressee,
    response_types: &[ResponseType],
    catalogue: &Catalogue,
) -> Result<()> {
    let client = &addressee.client.metadata;
    check_response_type(pending.response_type, client, response_types)?;
    catalogue.grantable(&pending.scope, client)?;
    let resources: Vec<_> = pending.resources.iter().map(ResourceUri::as_str).collect();
    catalogue.check_resources(&resources, client).map(drop)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::{Value, json};
    use uuid::Uuid;

    use super::*;
    use crate::clock::TestEntropy;
    use crate::config::Config;
    use crate::domain::keys::private_key::PrivateKey;
    use crate::domain::keys::rotation::KeyLife;
    use crate::domain::keys::signing_key::SigningKey;
    use crate::oauth::authorize::addressee::addressee;
    use crate::oauth::authorize::addressee::tests::client;
    use crate::protocol::algorithm::SigningAlgorithm;
    use crate::store::Client;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
    const TO: &str = "client_id=app&redirect_uri=https://app.example/cb";
    const ASKED: &str = "response_type=code&scope=openid+email";
    const PKCE: &str = "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";
    const CONFIG: &str = "[[resources]]\nidentifier = \"https://api.example\"\n\
                          [[resources]]\nidentifier = \"https://other.example\"\n";

    fn client_with(members: &Value) -> Client {
        let client = client(&["https://app.example/cb"]);
        let mut json = client.metadata.to_json();
        json.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        Client { metadata: ClientMetadata::parse(json.to_string().as_bytes()).unwrap(), ..client }
    }

    fn signing_key() -> SigningKey {
        let life = KeyLife { created_at: NOW, signs_from: NOW, signs_until: None, published_until: None };
        let private = PrivateKey::generate(SigningAlgorithm::ES256, &TestEntropy::from_seed(7)).unwrap();
        SigningKey::new(&private, life).unwrap()
    }

    fn read_for(client: Client, query: &str) -> Result<PendingRequest> {
        let params = Params::parse(query.as_bytes()).unwrap();
        let addressee = addressee(&params, Some(Arc::new(client)), None).unwrap();
        let config = Config::from_toml(CONFIG, []).unwrap();
        let (catalogue, keys) = (Catalogue::new(&config), KeySet::new(vec![signing_key()]));
        read(
            &params,
            &addressee,
            &Rules {
                catalogue: &catalogue,
                response_types: config.tokens.response_types(),
                prompts: PromptValue::ALL,
                issuer: &config.server.issuer,
                keys: &keys,
                entropy: &TestEntropy::from_seed(1),
                now: NOW,
            },
        )
    }

    fn read_query(query: &str) -> Result<PendingRequest> {
        read_for(client_with(&json!({"resources": ["https://api.example"]})), query)
    }

    #[test]
    fn reads_what_is_asked_for() {
        let rest = "nonce=n&prompt=login+consent&max_age=60&login_hint=ada&acr_values=a++b&ui_locales=de&state=s\
                    &resource=https://api.example&resource=https://api.example&response_mode=form_post";
        let request = read_query(&format!("{TO}&{ASKED}&{PKCE}&{rest}")).unwrap();
        assert_eq!(request.client_id.as_str(), "app");
        assert_eq!(request.scope.to_string(), "openid email");
        assert_eq!(request.resources.len(), 1);
        assert_eq!((request.nonce.as_deref(), request.max_age), (Some("n"), Some(60)));
        assert!(request.prompt.login() && request.prompt.consent());
        assert_eq!((request.login_hint.as_deref(), request.ui_locales.as_deref()), (Some("ada"), Some("de")));
        assert_eq!(request.acr_values, ["a", "b"]);
        assert_eq!((request.redirect.state(), request.redirect.mode()), (Some("s"), ResponseMode::FormPost));
        assert!(request.code_challenge.is_some() && request.started_at == NOW);
        assert!(request.signed_in.is_none() && request.selected.is_none() && request.decision.is_none());
    }

    /// RFC 6749 §3.1, RFC 6749 §3.3, RFC 6749 §4.1.2.1, RFC 7636 §4.4.1, OIDC Core §3.1.2.1, OIDC Core §3.1.2.6: each
    /// fault has its own error.
    #[test]
    fn tells_the_client_what_is_wrong() {
        let long = format!("{ASKED}&{PKCE}&state={}", "x".repeat(8000));
        let ok = format!("{ASKED}&{PKCE}");
        let and = |rest: &str| format!("{ok}&{rest}");
        for (query, expected) in [
            (format!("scope=openid&{PKCE}"), "invalid_request"),
            (format!("response_type=token&scope=openid&{PKCE}"), "unsupported_response_type"),
            (format!("response_type=code+id_token&scope=openid&{PKCE}"), "unsupported_response_type"),
            (format!("response_type=code&{PKCE}"), "invalid_scope"),
            (format!("response_type=code&scope=unheard-of&{PKCE}"), "invalid_scope"),
            (format!("response_type=code&scope=phone&{PKCE}"), "invalid_scope"),
            (format!("response_type=code&scope=%22&{PKCE}"), "invalid_scope"),
            (ASKED.to_owned(), "invalid_request"),
            (format!("{ASKED}&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"), "invalid_request"),
            (format!("{ASKED}&code_challenge=x&code_challenge_method=plain"), "invalid_request"),
            (and("response_mode=web_message"), "invalid_request"),
            (and("prompt=none+login"), "invalid_request"),
            (and("max_age=-1"), "invalid_request"),
            (and("max_age=1.5"), "invalid_request"),
            (and("max_age=%2B1"), "invalid_request"),
            (and("nonce=a&nonce=a"), "invalid_request"),
            (and("state=a&state=b"), "invalid_request"),
            (and("unknown=a&unknown=b"), "invalid_request"),
            (and("state=%00"), "invalid_request"),
            (and("nonce=%FF"), "invalid_request"),
            (and("id_token_hint=x.y.z"), "invalid_request"),
            (and("claims=name"), "invalid_request"),
            (and("claims=%7B%22userinfo%22%3A%5B%5D%7D"), "invalid_request"),
            (and("claims=%7B%7D&claims=%7B%7D"), "invalid_request"),
            (and("resource=https://other.example"), "invalid_target"),
            (and("resource=https://unheard-of.example"), "invalid_target"),
            (and("resource=api"), "invalid_target"),
            (and("request=eyJ"), "request_not_supported"),
            (and("request_uri=https://app.example/r"), "request_uri_not_supported"),
            (and("registration=%7B%7D"), "registration_not_supported"),
            (long, "invalid_request"),
        ] {
            let error = read_query(&format!("{TO}&{query}")).unwrap_err();
            assert_eq!(error.code.wire(), expected, "{query}: {error}");
        }
    }

    /// OIDC Core §3.1.2.1: hints and wishes are never an error, nor is what we do not know.
    #[test]
    fn ignores_what_it_need_not_know() {
        let wishes = "display=popup&ui_locales=xx&claims_locales=xx&login_hint=%F0%9F%A6%80&acr_values=unknown\
                      &claims=%7B%7D&unknown=1&audience=x";
        assert!(read_query(&format!("{TO}&{ASKED}&{PKCE}&{wishes}")).is_ok());
        let scope = read_query(&format!("{TO}&response_type=code&scope=unheard-of+openid&{PKCE}")).unwrap().scope;
        assert_eq!(scope.to_string(), "openid");
    }

    #[test]
    fn lets_the_registration_decide_where_the_request_is_silent() {
        let confidential = json!({
            "token_endpoint_auth_method": "client_secret_basic",
            "require_pkce": false,
            "default_max_age": 300,
            "default_acr_values": ["a"],
        });
        let request = read_for(client_with(&confidential), &format!("{TO}&{ASKED}")).unwrap();
        assert_eq!((request.max_age, request.acr_values.as_slice()), (Some(300), &["a".to_owned()][..]));
        assert!(request.code_challenge.is_none());
        let request = read_for(client_with(&confidential), &format!("{TO}&{ASKED}&max_age=0&acr_values=b")).unwrap();
        assert_eq!((request.max_age, request.acr_values.as_slice()), (Some(0), &["b".to_owned()][..]));
        let huge = format!("{TO}&{ASKED}&max_age={}", "9".repeat(30));
        assert_eq!(read_for(client_with(&confidential), &huge).unwrap().max_age, Some(u64::MAX));
    }

    /// RFC 6749 §4.1.2.1: a client that is not registered for it gets no code.
    #[test]
    fn refuses_a_client_of_other_grants() {
        let machine = json!({
            "token_endpoint_auth_method": "client_secret_basic",
            "grant_types": ["client_credentials"],
            "response_types": [],
        });
        let error = read_for(client_with(&machine), &format!("{TO}&{ASKED}&{PKCE}")).unwrap_err();
        assert_eq!(error.code, ErrorCode::UnauthorizedClient);
    }

    /// OIDC Core §3.1.2.2: an ID token of ours, for this client, however old; and nothing else.
    #[test]
    fn believes_only_its_own_hints() {
        let ada = Uuid::from_u128(9);
        let key = signing_key();
        let hint = |typ: &str, members: Value| {
            let mut claims = json!({"iss": "http://localhost:8080", "aud": "app", "sub": ada, "exp": 1, "iat": 0});
            claims.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
            let token = jwt::sign(&key, typ, &claims).unwrap();
            read_query(&format!("{TO}&{ASKED}&{PKCE}&id_token_hint={token}"))
        };
        assert_eq!(hint("JWT", json!({})).unwrap().hinted_sub, Some(ada.to_string()));
        for (typ, members) in
            [("at+jwt", json!({})), ("JWT", json!({"aud": "another"})), ("JWT", json!({"iss": "https://id.example"}))]
        {
            assert_eq!(hint(typ, members.clone()).unwrap_err().code, ErrorCode::InvalidRequest, "{typ} {members}");
        }
    }
}
