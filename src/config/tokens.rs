//! `[tokens]`: how long codes and tokens live, and whom an access token is for if the app does not say.

use std::time::Duration;

use super::duration::days;
use super::reader::Reader;
use super::resources::ResourceConfig;
use crate::protocol::issuer::Issuer;
use crate::protocol::resource::ResourceUri;
use crate::protocol::response::ResponseType;

const SECOND: Duration = Duration::from_secs(1);

/// `[tokens]`
#[derive(Clone, Debug)]
pub struct TokensConfig {
    /// Of an authorization code.
    pub code_lifetime: Duration,
    /// Of an access token, where neither its resource nor its client says otherwise.
    pub access_token_lifetime: Duration,
    /// Of an ID token.
    pub id_token_lifetime: Duration,
    /// A refresh token that is not used for this long ends.
    pub refresh_token_idle_lifetime: Duration,
    /// A chain of refresh tokens ends after this long, however often it is used.
    pub refresh_token_absolute_lifetime: Duration,
    /// For this long a used refresh token may be sent again if its successor never arrived.
    pub refresh_token_grace: Duration,
    /// Whether clients may be registered for ID tokens from the authorization endpoint.
    pub front_channel_id_tokens: bool,
    /// The audience of a token that was asked for without `resource`; the issuer if not set.
    pub default_resource: Option<ResourceUri>,
}

impl TokensConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let config = Self {
            // RFC 6749 §4.1.2: ten minutes are the longest that a code should live.
            code_lifetime: reader.bounded(
                "tokens.code_lifetime",
                Duration::from_mins(1),
                SECOND..=Duration::from_mins(10),
            ),
            access_token_lifetime: reader.bounded(
                "tokens.access_token_lifetime",
                Duration::from_mins(10),
                SECOND..=days(365),
            ),
            id_token_lifetime: reader.bounded("tokens.id_token_lifetime", Duration::from_hours(1), SECOND..=days(365)),
            refresh_token_idle_lifetime: reader.bounded(
                "tokens.refresh_token_idle_lifetime",
                days(14),
                SECOND..=days(3650),
            ),
            refresh_token_absolute_lifetime: reader.bounded(
                "tokens.refresh_token_absolute_lifetime",
                days(90),
                SECOND..=days(3650),
            ),
            refresh_token_grace: reader.bounded(
                "tokens.refresh_token_grace",
                Duration::from_secs(30),
                Duration::ZERO..=Duration::from_mins(10),
            ),
            front_channel_id_tokens: reader.value("tokens.front_channel_id_tokens", false),
            default_resource: reader.optional("tokens.default_resource"),
        };
        config.check_refresh_tokens(reader);
        config
    }

    /// What may be asked of the authorization endpoint.
    #[must_use]
    pub const fn response_types(&self) -> &'static [ResponseType] {
        if self.front_channel_id_tokens { ResponseType::ALL } else { &[ResponseType::Code] }
    }

    fn check_refresh_tokens(&self, reader: &mut Reader) {
        if self.refresh_token_idle_lifetime > self.refresh_token_absolute_lifetime {
            reader.refuse(
                "tokens.refresh_token_idle_lifetime",
                "is longer than tokens.refresh_token_absolute_lifetime, so it would never count",
                "Write an idle lifetime that is at most the absolute one.",
            );
        }
        if self.refresh_token_grace >= self.refresh_token_idle_lifetime {
            reader.refuse(
                "tokens.refresh_token_grace",
                "is not shorter than tokens.refresh_token_idle_lifetime",
                "Write a grace of some seconds: long enough to repeat a request whose answer was lost.",
            );
        }
    }

    /// Tokens can be meant by default only for what tokens can be meant for.
    pub(super) fn check_default_resource(&self, reader: &mut Reader, issuer: &Issuer, resources: &[ResourceConfig]) {
        let Some(default) = &self.default_resource else { return };
        let is_issuer = default.as_str() == issuer.as_str() || reader.is_unreadable("server.issuer");
        if !is_issuer && !resources.iter().any(|resource| resource.identifier == *default) {
            reader.refuse(
                "tokens.default_resource",
                "is neither the issuer nor the identifier of one of the [[resources]]",
                "Declare it under [[resources]], or take the setting out.",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    /// RFC 6749 §4.1.2: a code lives ten minutes at most.
    #[test]
    fn refuses_codes_that_live_longer_than_ten_minutes() {
        assert!(Config::from_toml("tokens.code_lifetime = \"10m\"", []).is_ok());
        for lifetime in ["11m", "0s"] {
            assert!(Config::from_toml(&format!("tokens.code_lifetime = {lifetime:?}"), []).is_err(), "{lifetime}");
        }
    }

    #[test]
    fn refuses_refresh_token_lifetimes_that_contradict_each_other() {
        for text in ["refresh_token_idle_lifetime = \"91d\"", "refresh_token_idle_lifetime = \"30s\""] {
            let faults = Config::from_toml(&format!("[tokens]\n{text}"), []).unwrap_err();
            assert_eq!(faults.faults().len(), 1, "{faults}");
        }
    }

    #[test]
    fn takes_only_known_resources_as_the_default() {
        let api = "[[resources]]\nidentifier = \"https://api.example.com\"\n";
        let default = |uri: &str| format!("tokens.default_resource = {uri:?}\n{api}");
        assert!(Config::from_toml(&default("https://api.example.com"), []).is_ok());
        assert!(Config::from_toml(&default("http://localhost:8080"), []).is_ok());
        assert!(Config::from_toml(&default("https://other.example.com"), []).is_err());
    }
}
