//! What rules of the settings tell of a person, beyond the standard claims: by the scopes that release it, and where an app
//! asks for it claim by claim. What was given for another token tells nothing of this: that other app was not allowed it.

use serde_json::{Map, Value, json};

use super::catalogue::Catalogue;
use super::requested_claims::known;
use super::tokens::inspect::LiveToken;
use crate::ids::ClientId;
use crate::protocol::attributes::AttributeValue;
use crate::protocol::claim_rules::{ClaimRule, ClaimSource, Place};
use crate::protocol::claims_request::ClaimsRequest;
use crate::protocol::scope::{Scope, ScopeToken};
use crate::store::{Authorization, Client, Person, Result, Role, Store};

/// The most bytes of JSON that a token tells of groups: one that outgrows headers is good for nothing.
const MOST_OF_GROUPS: usize = 4096;

/// What tokens tell of the person for whom they are issued, as that person is by then.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// What the ID token tells.
    pub id_token: Map<String, Value>,
    /// What a JWT access token tells.
    pub access_token: Map<String, Value>,
}

/// What the tokens of an authorization tell that are issued for `scope` and `audience`. Nothing is read where nothing is to
/// be told.
pub async fn in_tokens(
    store: &Store,
    catalogue: &Catalogue,
    client: &Client,
    authorization: &Authorization,
    (scope, audience): (&Scope, &[String]),
) -> Result<About> {
    let rules = catalogue.claims();
    let asked = authorization.claims.within(&client.metadata.scope);
    let of_access_token = catalogue.scope_for(scope, audience);
    let in_id_token: Vec<_> = rules.released(Place::IdToken, &client.id, scope).collect();
    let in_access_token: Vec<_> = rules.released(Place::AccessToken, &client.id, &of_access_token).collect();
    if in_id_token.is_empty() && in_access_token.is_empty() && !asked.tells_in_id_token() {
        return Ok(About::default());
    }
    let Some(person) = store.person(authorization.person_id).await? else { return Ok(About::default()) };
    let alone = asked_for(catalogue, &client.id, asked.own_in_id_token());
    let facts = Facts::read(store, &person, in_id_token.iter().chain(&in_access_token).chain(&alone)).await?;
    let facts = facts.that_fit_a_token();
    let mut id_token = facts.told(&in_id_token);
    let mut known = known(person.clone()).to_map();
    known.extend(facts.told(&alone));
    id_token.extend(asked.told_in_id_token(&known));
    id_token.extend(asked.in_other_languages(&id_token, &person.attributes));
    Ok(About { id_token, access_token: facts.told(&in_access_token) })
}

/// What an ID token tells that comes without an access token, so that nothing can be asked at `UserInfo`: OIDC Core §5.4, what the
/// scope releases there is here, too.
pub async fn in_id_token_alone(
    store: &Store,
    catalogue: &Catalogue,
    client: &Client,
    authorization: &Authorization,
) -> Result<Map<String, Value>> {
    let Some(person) = store.person(authorization.person_id).await? else { return Ok(Map::new()) };
    let (rules, scope) = (catalogue.claims(), &authorization.scope);
    let asked = authorization.claims.within(&client.metadata.scope);
    let released = [Place::UserInfo, Place::IdToken].into_iter().flat_map(|at| rules.released(at, &client.id, scope));
    let released: Vec<_> = released.collect();
    let alone = asked_for(catalogue, &client.id, asked.own_in_id_token());
    let facts = Facts::read(store, &person, released.iter().chain(&alone)).await?.that_fit_a_token();
    let known = known(person.clone());
    let mut told = known.for_scope(scope);
    told.extend(facts.told(&released));
    let mut known = known.to_map();
    known.extend(facts.told(&alone));
    told.extend(asked.told_in_id_token(&known));
    told.extend(asked.in_other_languages(&told, &person.attributes));
    Ok(told)
}

/// What `UserInfo` tells by an access token: what its scope releases, and what was `asked` for beside that.
pub async fn at_userinfo(
    store: &Store,
    catalogue: &Catalogue,
    live: &LiveToken,
    asked: &ClaimsRequest,
) -> Result<Map<String, Value>> {
    let Some((person, authorization)) = whose(live) else { return Ok(Map::new()) };
    let client = &live.token.client_id;
    let released: Vec<_> = catalogue.claims().released(Place::UserInfo, client, &live.token.scope).collect();
    let alone: Vec<_> = asked_for(catalogue, client, asked.own_at_userinfo());
    if released.is_empty() && alone.is_empty() {
        return Ok(Map::new());
    }
    let facts = Facts::read(store, person, released.iter().chain(&alone)).await?;
    let mut told = facts.told(&released);
    // What the scope of the authorization released goes by that of the token, which may be narrower.
    told.extend(asked.told_at_userinfo(&facts.told(&alone), &authorization.scope));
    Ok(told)
}

/// What introspection tells of an access token, whatever its form: what a JWT would that was issued now, and groups however
/// many they are.
pub async fn at_introspection(store: &Store, catalogue: &Catalogue, live: &LiveToken) -> Result<Map<String, Value>> {
    let Some((person, _)) = whose(live) else { return Ok(Map::new()) };
    let rules = catalogue.claims().released(Place::AccessToken, &live.token.client_id, &live.token.scope);
    let rules: Vec<_> = rules.collect();
    if rules.is_empty() {
        return Ok(Map::new());
    }
    Ok(Facts::read(store, person, rules.iter()).await?.told(&rules))
}

/// Whom a token speaks for, and by what, if it was not given for another.
fn whose(live: &LiveToken) -> Option<(&Person, &Authorization)> {
    live.person.as_ref().zip(live.authorization.as_ref()).filter(|_| live.token.exchanged_from.is_empty())
}

/// The rules that answer what was asked for alone. One whose scope has become another since is not what was allowed.
fn asked_for<'a>(
    catalogue: &'a Catalogue,
    client: &ClientId,
    names: impl Iterator<Item = (&'a str, &'a ScopeToken)>,
) -> Vec<&'a ClaimRule> {
    names.filter_map(|(name, by)| catalogue.claims().find(name, client).filter(|rule| rule.scope == *by)).collect()
}

/// A person, with what rules need to know of them.
struct Facts<'a> {
    person: &'a Person,
    groups: Vec<String>,
}

impl<'a> Facts<'a> {
    /// Reads the groups once, and only if one of the rules is about them.
    async fn read<'r>(
        store: &Store,
        person: &'a Person,
        mut rules: impl Iterator<Item = &'r &'r ClaimRule>,
    ) -> Result<Self> {
        let about_groups = rules.any(|rule| rule.from == ClaimSource::Groups);
        let groups = if about_groups { store.groups_of(person.id).await? } else { Vec::new() };
        Ok(Self { person, groups: groups.into_iter().map(|group| group.name).collect() })
    }

    /// Without the groups where they are too many: whoever needs them asks `UserInfo`, or introspection.
    fn that_fit_a_token(self) -> Self {
        let fits = json!(self.groups).to_string().len() <= MOST_OF_GROUPS;
        if fits { self } else { Self { groups: Vec::new(), ..self } }
    }

    /// The claims of these rules. OIDC Core §5.3.2: what is not known is left out, and so is a list of nothing.
    fn told(&self, rules: &[&ClaimRule]) -> Map<String, Value> {
        rules.iter().filter_map(|rule| Some((rule.name.to_string(), self.value(&rule.from)?))).collect()
    }

    fn value(&self, source: &ClaimSource) -> Option<Value> {
        match source {
            ClaimSource::Attribute(name) => self.person.attributes.get(name).map(AttributeValue::to_json),
            ClaimSource::Groups => (!self.groups.is_empty()).then(|| json!(self.groups)),
            ClaimSource::Roles => self.person.role.map(|role| json!([Role::word(role)])),
            ClaimSource::Constant(value) => Some(value.to_json()),
        }
    }
}
