//! A person's authorization without the pages: what the authorization endpoint writes, written by the test.

use std::time::Duration;

use claviger::ids::{AuthorizationId, ClientId, GrantId, PersonId, SessionId};
use claviger::protocol::claims_request::ClaimsRequest;
use claviger::protocol::pkce::CodeChallenge;
use claviger::protocol::resource::ResourceUri;
use claviger::protocol::scope::Scope;
use claviger::protocol::token_format::{self, TokenKind};
use claviger::store::{Authorization, Code, CodeState};
use secrecy::ExposeSecret;
use serde_json::Value;

use super::{TestApp, TestClient};

/// The redirect URI of [`TestApp::web_app`].
pub const REDIRECT_URI: &str = "https://app.example/callback";
/// RFC 7636, appendix B.
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// RFC 7636, appendix B.
pub const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// What the person allowed, and how.
pub struct Allowed<'a> {
    /// The scope.
    pub scope: &'a str,
    /// The resources.
    pub resources: &'a [&'a str],
    /// The PKCE challenge.
    pub challenge: Option<&'a str>,
    /// The `nonce`.
    pub nonce: Option<&'a str>,
}

impl Default for Allowed<'_> {
    fn default() -> Self {
        Self { scope: "openid profile email offline_access", resources: &[], challenge: Some(CHALLENGE), nonce: None }
    }
}

impl TestApp {
    /// A code that the authorization endpoint could have issued just now.
    pub async fn code(&self, client: &TestClient, person: PersonId, allowed: Allowed<'_>) -> String {
        let now = self.cx.now();
        let code = token_format::mint(TokenKind::Code, &self.cx.entropy.bytes());
        let scope = Scope::parse(allowed.scope).unwrap();
        let client_id = ClientId(client.id.clone());
        let registered = self.cx.store.client(&client_id, now).await.unwrap().unwrap();
        let authorization = Authorization {
            id: AuthorizationId(self.cx.entropy.uuid()),
            client_id,
            person_id: person,
            sub: self.cx.subjects.sub(&registered.metadata, person),
            grant_id: GrantId(self.cx.entropy.uuid()),
            sid: SessionId(self.cx.entropy.uuid()),
            scope: scope.clone(),
            resources: allowed.resources.iter().map(|resource| ResourceUri::parse(resource).unwrap()).collect(),
            claims: ClaimsRequest::default(),
            nonce: allowed.nonce.map(str::to_owned),
            acr: Some("urn:claviger:acr:password".to_owned()),
            amr: vec!["pwd".to_owned()],
            auth_time: now - Duration::from_secs(5),
            created_at: now,
            last_used_at: now,
            expires_at: now + self.cx.config.tokens.refresh_token_absolute_lifetime,
            revoked: None,
        };
        let row = Code {
            hash: self.cx.hasher.hash(code.expose_secret()),
            authorization_id: authorization.id,
            redirect_uri: REDIRECT_URI.to_owned(),
            redirect_uri_sent: true,
            code_challenge: allowed.challenge.map(|challenge| CodeChallenge::s256(challenge).unwrap()),
            created_at: now,
            expires_at: now + self.cx.config.tokens.code_lifetime,
            state: CodeState::Unused,
        };
        self.cx
            .store
            .write(move |tx| {
                Box::pin(async move {
                    let client = &authorization.client_id;
                    let grant =
                        tx.extend_grant(authorization.grant_id, person, client, &scope, &Scope::empty(), now).await?;
                    tx.insert_authorization(&Authorization { grant_id: grant, ..authorization }).await?;
                    tx.insert_code(&row).await
                })
            })
            .await
            .unwrap();
        code.expose_secret().to_owned()
    }

    /// Redeems a code as the app would.
    pub async fn redeem(&self, client: &TestClient, code: &str) -> super::Answer {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", VERIFIER),
        ];
        self.token(client, &form).await
    }

    /// A token response for what a person allowed.
    pub async fn tokens(&self, client: &TestClient, person: PersonId, allowed: Allowed<'_>) -> Value {
        let code = self.code(client, person, allowed).await;
        self.redeem(client, &code).await.ok()
    }

    /// Uses a refresh token.
    pub async fn refresh(&self, client: &TestClient, refresh_token: &str) -> super::Answer {
        self.token(client, &[("grant_type", "refresh_token"), ("refresh_token", refresh_token)]).await
    }

    /// Asks `UserInfo` with an access token.
    pub async fn userinfo(&self, access_token: &str) -> super::Answer {
        self.get_with("/oauth2/userinfo", &[("authorization", &format!("Bearer {access_token}"))]).await
    }
}

/// The claims of a JWT, unverified.
pub fn claims(jwt: &str) -> Value {
    part(jwt, 1)
}

/// The header of a JWT.
pub fn header(jwt: &str) -> Value {
    part(jwt, 0)
}

fn part(jwt: &str, index: usize) -> Value {
    use base64::Engine;
    let part = jwt.split('.').nth(index).unwrap();
    serde_json::from_slice(&base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}
