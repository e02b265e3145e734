//! The apps that a person can start from here (OIDC Core §4): those that an administrator registered and that they may use,
//! and whatever else they have used.

use url::Url;

use super::admission::is_admitted;
use super::clients::directory::ClientDirectory;
use crate::clock::Timestamp;
use crate::ids::PersonId;
use crate::protocol::client_metadata::ClientMetadata;
use crate::protocol::issuer::Issuer;
use crate::store::{Client, Result, Store};

/// The most apps that an administrator registered and that are looked at, by name.
const MOST: u64 = 100;

/// An app, and where it starts.
#[derive(Debug)]
pub struct StartableApp {
    /// What people call it.
    pub name: String,
    /// Where a browser starts a sign-in to it.
    pub start: Url,
}

/// The apps of `person`, by name.
pub async fn startable(
    store: &Store,
    clients: &ClientDirectory,
    issuer: &Issuer,
    person: PersonId,
    now: Timestamp,
) -> Result<Vec<StartableApp>> {
    let mut known = store.clients_that_start(MOST).await?;
    for grant in store.grants_of(person).await? {
        let used = clients.find(store, &grant.client_id, now).await?;
        known.extend(used.filter(|client| client.disabled_at.is_none()).map(|client| (*client).clone()));
    }
    known.sort_by(|one, other| one.id.cmp(&other.id));
    known.dedup_by(|one, other| one.id == other.id);
    let mut apps = Vec::new();
    for client in known {
        if let Some(start) = start(&client.metadata, issuer)
            && is_admitted(store, &client, person).await?
        {
            apps.push(StartableApp { name: name(client), start });
        }
    }
    apps.sort_by_cached_key(|app| app.name.to_lowercase());
    Ok(apps)
}

fn name(client: Client) -> String {
    client.metadata.client_name.unwrap_or(client.id.0)
}

/// OIDC Core §4: the registered address, with who starts it. Who the person is it is not told: they have not allowed that yet.
fn start(client: &ClientMetadata, issuer: &Issuer) -> Option<Url> {
    let mut start = Url::parse(client.initiate_login_uri.as_ref()?.as_str()).ok()?;
    start.query_pairs_mut().append_pair("iss", issuer.as_str());
    Some(start)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// OIDC Core §4: `iss` beside whatever query is registered.
    #[test]
    fn says_who_starts_it() {
        let started = |uri: Option<&str>| {
            let document = json!({ "redirect_uris": ["https://app.example/cb"], "initiate_login_uri": uri });
            let client = ClientMetadata::parse(document.to_string().as_bytes()).unwrap();
            start(&client, &Issuer::parse("https://id.example/one").unwrap()).map(String::from)
        };
        assert_eq!(started(None), None);
        let iss = "iss=https%3A%2F%2Fid.example%2Fone";
        assert_eq!(started(Some("https://app.example/start")).unwrap(), format!("https://app.example/start?{iss}"));
        assert_eq!(
            started(Some("https://app.example/start?a=b")).unwrap(),
            format!("https://app.example/start?a=b&{iss}")
        );
    }
}
