//! What a person gives an app: the remembered grant, and the authorization with its code, written together.

use std::time::Duration;

use crate::clock::Timestamp;
use crate::config::TokensConfig;
use crate::domain::catalogue::Catalogue;
use crate::protocol::client_metadata::ClientMetadata;
use crate::protocol::grant_type::GrantType;
use crate::protocol::scope::{self, Scope};
use crate::store::{Authorization, Code, Event, Result, Store, Tx};

/// Writes an answer to an authorization request in one transaction: the grant remembers its scope, the code, if
/// there is one, can be redeemed, and the event says so, all or nothing. `declined` is what the person was asked for and left out. The
/// authorization's `grant_id` is that of a new grant, which is used if the person has allowed this app nothing before.
/// With `told_of_logout` the session remembers that it signed in to this app.
///
/// `false`, and nothing is written, if the browser session has ended meanwhile: what is given in a session ends with it,
/// and must not come after its end.
pub async fn give(
    store: &Store,
    authorization: Authorization,
    declined: Scope,
    told_of_logout: bool,
    code: Option<Code>,
    event: Event,
) -> Result<bool> {
    let work = store.write(move |tx| {
        Box::pin(async move {
            if !tx.hold_session(authorization.sid, authorization.created_at).await? {
                return Ok(false);
            }
            write(tx, authorization, &declined, told_of_logout).await?;
            if let Some(code) = code {
                tx.insert_code(&code).await?;
            }
            tx.insert_event(event).await?;
            Ok(true)
        })
    });
    work.await
}

/// Writes an authorization, in its grant what the person allowed and declined by it, and, with `told_of_logout`, that the
/// session signed in to this app.
pub async fn write(tx: &Tx, mut authorization: Authorization, declined: &Scope, told_of_logout: bool) -> Result<()> {
    if told_of_logout {
        tx.note_session_client(authorization.sid, &authorization.client_id).await?;
    }
    let Authorization { grant_id, person_id, client_id, scope, created_at, .. } = &authorization;
    let grant = tx.extend_grant(*grant_id, *person_id, client_id, scope, declined, *created_at).await?;
    let claims = authorization.claims.beyond(scope);
    if !claims.is_empty() {
        tx.allow_claims(grant, &claims, *created_at).await?;
    }
    authorization.grant_id = grant;
    tx.insert_authorization(&authorization).await
}

/// Starts a redemption: holds `authorization`, as it was read, and notes that tokens are obtained by it, and so by its
/// grant. `false` if it is not live. When either was last used is known to the minute, which spares what follows closely
/// two writes.
pub async fn hold_and_note_use(tx: &Tx, authorization: &Authorization, now: Timestamp) -> Result<bool> {
    if is_same_minute(authorization.last_used_at, now) {
        return tx.hold_authorization(authorization.id, now).await;
    }
    if !tx.use_authorization(authorization.id, now).await? {
        return Ok(false);
    }
    tx.touch_grant(authorization.grant_id, now).await?;
    Ok(true)
}

/// A minute of the clock, not the length of one: uses that follow each other closely must not hide for ever.
fn is_same_minute(a: Timestamp, b: Timestamp) -> bool {
    a.seconds().div_euclid(60) == b.seconds().div_euclid(60)
}

/// Whether a refresh token follows from what was granted.
#[must_use]
pub fn refresh_token_is_due(client: &ClientMetadata, granted: &Scope) -> bool {
    // OIDC Core §11: offline_access asks for one; the client may be set to get one without.
    client.may_use(GrantType::RefreshToken)
        && (client.always_issue_refresh_token || granted.contains(scope::OFFLINE_ACCESS))
}

/// When an authorization ends that is given at `now` and can be redeemed until `redeemable_until`: not before the last token that may be issued by it, because a
/// token dies with its authorization.
#[must_use]
pub fn authorization_end(
    client: &ClientMetadata,
    granted: &Scope,
    settings: &TokensConfig,
    catalogue: &Catalogue,
    now: Timestamp,
    redeemable_until: Timestamp,
) -> Timestamp {
    let access = longest_access_token(client, settings, catalogue);
    let without_refresh = redeemable_until + access;
    if refresh_token_is_due(client, granted) {
        without_refresh.max(now + settings.refresh_token_absolute_lifetime)
    } else {
        without_refresh
    }
}

fn longest_access_token(client: &ClientMetadata, settings: &TokensConfig, catalogue: &Catalogue) -> Duration {
    let of_resources = catalogue.longest_lifetime().unwrap_or_default();
    client.access_token_lifetime.unwrap_or_else(|| settings.access_token_lifetime.max(of_resources))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::config::Config;

    const NOW: Timestamp = Timestamp::from_seconds(1_000_000);

    #[test]
    fn notes_one_use_a_minute_however_close_they_follow() {
        let uses = (0..10).map(|number| NOW + Duration::from_secs(50) * number);
        let noted = uses.clone().zip(uses.skip(1)).filter(|(last, now)| !is_same_minute(*last, *now));
        assert!(noted.count() >= 7);
        assert!(is_same_minute(Timestamp::from_seconds(60), Timestamp::from_seconds(119)));
        assert!(!is_same_minute(Timestamp::from_seconds(61), Timestamp::from_seconds(1)), "the clock was set back");
    }

    fn client(members: &Value) -> ClientMetadata {
        let mut json = json!({
            "redirect_uris": ["https://app.example/cb"],
            "grant_types": ["authorization_code", "refresh_token"],
        });
        json.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        ClientMetadata::parse(json.to_string().as_bytes()).unwrap()
    }

    /// OIDC Core §11: with `offline_access`, or where the client is set so.
    #[test]
    fn owes_a_refresh_token_only_to_a_client_that_may_use_one() {
        let no_grant = json!({"grant_types": ["authorization_code"], "always_issue_refresh_token": false});
        for (members, granted, expected) in [
            (json!({}), "openid", false),
            (json!({}), "openid offline_access", true),
            (json!({"always_issue_refresh_token": true}), "openid", true),
            (no_grant, "openid offline_access", false),
        ] {
            let granted = Scope::parse(granted).unwrap();
            assert_eq!(refresh_token_is_due(&client(&members), &granted), expected, "{members} {granted}");
        }
    }

    #[test]
    fn lets_an_authorization_outlive_every_token_issued_by_it() {
        let api = "[[resources]]\nidentifier = \"https://api.example\"\naccess_token_lifetime = \"1h\"\n";
        let config = Config::from_toml(api, []).unwrap();
        let catalogue = Catalogue::new(&config);
        for (members, granted, expected) in [
            (json!({}), "openid", config.tokens.code_lifetime + Duration::from_hours(1)),
            (json!({"access_token_lifetime": 120}), "openid", config.tokens.code_lifetime + Duration::from_mins(2)),
            (json!({}), "offline_access", config.tokens.refresh_token_absolute_lifetime),
        ] {
            let granted = Scope::parse(granted).unwrap();
            let redeemable_until = NOW + config.tokens.code_lifetime;
            let end = authorization_end(&client(&members), &granted, &config.tokens, &catalogue, NOW, redeemable_until);
            assert_eq!(end, NOW + expected, "{members} {granted}");
        }
    }
}
