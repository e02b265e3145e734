//! The providers of the settings, with what their discovery documents said last: sends people there, and finds out who they
//! are when they come back.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use url::Url;

use super::account::Proven;
use super::beginning::{Aim, Beginning};
use super::openid::{self, Metadata};
use super::{UpstreamFault, plain};
use crate::clock::{Entropy, Timestamp};
use crate::config::{ProviderConfig, ProviderKind};
use crate::domain::outbound::Outbound;
use crate::protocol::issuer::Issuer;
use crate::protocol::provider_url::ProviderUrl;

/// A discovery document is asked for again after this.
const REMEMBERED: Duration = Duration::from_hours(1);
/// A provider that signs with a key we do not know is asked for its keys again, but not by every answer that somebody forges.
const PATIENCE: Duration = Duration::from_mins(1);
/// One that could not be asked is left alone for so long, however many people press its button.
const PAUSE: Duration = Duration::from_secs(5);

/// All providers, in the order of the settings.
#[derive(Default)]
pub struct Providers(Vec<Provider>);

/// One of them.
pub struct Provider {
    /// What the settings say.
    pub config: ProviderConfig,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    known: Option<Known>,
    failed_at: Option<Timestamp>,
}

#[derive(Clone)]
struct Known {
    metadata: Arc<Metadata>,
    since: Timestamp,
}

/// What asking a provider takes.
pub struct Desk<'a> {
    /// Who we are.
    pub issuer: &'a Issuer,
    /// What asks other servers.
    pub outbound: &'a Outbound,
    /// Random bytes.
    pub entropy: &'a dyn Entropy,
    /// When.
    pub now: Timestamp,
}

impl Providers {
    /// Those of the settings.
    #[must_use]
    pub fn new(configs: &[ProviderConfig]) -> Self {
        Self(configs.iter().map(|config| Provider { config: config.clone(), state: Mutex::default() }).collect())
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[Provider] {
        &self.0
    }

    /// The schemes of the addresses to which they lead.
    #[must_use]
    pub fn schemes(&self) -> Vec<&'static str> {
        let configs = self.0.iter().map(|provider| &provider.config);
        let plain = |config: &ProviderConfig| {
            let addresses = [&config.issuer, &config.authorization_endpoint];
            addresses.into_iter().flatten().any(|address| address.as_str().starts_with("http:"))
        };
        match (self.0.is_empty(), configs.into_iter().any(plain)) {
            (true, _) => Vec::new(),
            (false, true) => vec!["https", "http"],
            (false, false) => vec!["https"],
        }
    }

    /// Their names in the database.
    #[must_use]
    pub fn ids(&self) -> Vec<String> {
        self.0.iter().map(|provider| provider.config.id.clone()).collect()
    }

    /// The one of this name.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Provider> {
        self.0.iter().find(|provider| provider.config.id == id)
    }
}

impl Provider {
    /// Where the provider sends people back to: an address for each, so that an answer of one is never taken for another's
    /// (RFC 9700 §4.4.2).
    #[must_use]
    pub fn redirect_uri(&self, issuer: &Issuer) -> String {
        issuer.join(&format!("/login/providers/{}/callback", self.config.id))
    }

    /// Begins: where to send the person, and what has to wait for them here.
    pub async fn begin(
        &self,
        desk: &Desk<'_>,
        aim: (Aim, String),
        max_age: Option<u64>,
    ) -> Result<(Url, Beginning), UpstreamFault> {
        let begun = Beginning::new(&self.config.id, aim, max_age, desk.entropy, desk.now);
        let redirect_uri = self.redirect_uri(desk.issuer);
        let url = match self.config.kind {
            ProviderKind::OpenId => {
                let metadata = self.metadata(desk, REMEMBERED).await?;
                openid::authorization_url(&self.config, &metadata, &redirect_uri, &begun)?
            }
            ProviderKind::OAuth2 => plain::authorization_url(&self.config, &redirect_uri, &begun)?,
        };
        Ok((url, begun))
    }

    /// RFC 9207 §2.4: whether an answer is this provider's. One that promises to say so always has to.
    pub async fn check_issuer(&self, desk: &Desk<'_>, iss: Option<&str>) -> Result<(), UpstreamFault> {
        let expected = self.config.issuer.as_ref().map(ProviderUrl::as_str);
        let promised = match self.config.kind {
            ProviderKind::OpenId => {
                self.metadata(desk, REMEMBERED)
                    .await?
                    .additional_metadata()
                    .authorization_response_iss_parameter_supported
            }
            ProviderKind::OAuth2 => false,
        };
        match (iss, expected) {
            (Some(iss), Some(expected)) if iss != expected => {
                Err(UpstreamFault::Untrusted("the answer is of another issuer".to_owned()))
            }
            (None, _) if promised => Err(UpstreamFault::Untrusted("the answer does not say whose it is".to_owned())),
            _ => Ok(()),
        }
    }

    /// Redeems a code, and says whose it is.
    pub async fn finish(&self, desk: &Desk<'_>, code: &str, begun: &Beginning) -> Result<Proven, UpstreamFault> {
        let redirect_uri = self.redirect_uri(desk.issuer);
        let proven = match self.config.kind {
            ProviderKind::OAuth2 => plain::finish(&self.config, desk.outbound, &redirect_uri, (code, begun)).await?,
            ProviderKind::OpenId => {
                let metadata = self.metadata(desk, REMEMBERED).await?;
                let answer = (code, begun);
                let redeemed = openid::redeem(&self.config, &metadata, desk.outbound, &redirect_uri, answer).await?;
                let claims = match openid::verify(&self.config, &metadata, &redeemed, (begun, desk.now)) {
                    Ok(claims) => claims,
                    // It may have rotated its keys since we asked for them.
                    Err(fault) => {
                        let newer = self.metadata(desk, PATIENCE).await?;
                        if Arc::ptr_eq(&newer, &metadata) {
                            return Err(fault);
                        }
                        openid::verify(&self.config, &newer, &redeemed, (begun, desk.now))?
                    }
                };
                openid::complete(&self.config, &metadata, desk.outbound, (redeemed, claims)).await?
            }
        };
        if begun.is_fresh_enough(proven.account.auth_time) {
            Ok(proven)
        } else {
            Err(UpstreamFault::Untrusted("the person proved it too long ago".to_owned()))
        }
    }

    /// Where a sign-out is passed on to, if the settings want that and the provider takes it.
    pub async fn end_session_endpoint(&self, desk: &Desk<'_>) -> Option<Url> {
        if !self.config.sign_out {
            return None;
        }
        let metadata = self.metadata(desk, REMEMBERED).await.ok()?;
        let endpoint = Url::parse(metadata.additional_metadata().end_session_endpoint.as_deref()?).ok();
        endpoint.filter(ProviderUrl::is_fit)
    }

    /// Its discovery document, no older than `most`. One asks for it, and the others wait for what comes.
    async fn metadata(&self, desk: &Desk<'_>, most: Duration) -> Result<Arc<Metadata>, UpstreamFault> {
        let mut state = self.state.lock().await;
        if let Some(known) = state.known.as_ref().filter(|known| desk.now.since(known.since) <= most) {
            return Ok(Arc::clone(&known.metadata));
        }
        if state.failed_at.is_some_and(|failed| desk.now.since(failed) < PAUSE) {
            return Err(UpstreamFault::Unreachable("it could not be asked a moment ago".to_owned()));
        }
        match openid::discover(&self.config, desk.outbound).await {
            Ok(metadata) => {
                let metadata = Arc::new(metadata);
                let known = Known { metadata: Arc::clone(&metadata), since: desk.now };
                *state = State { known: Some(known), failed_at: None };
                Ok(metadata)
            }
            Err(fault) => {
                state.failed_at = Some(desk.now);
                Err(fault)
            }
        }
    }
}
