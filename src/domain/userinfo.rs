//! What an access token lets its holder know about a person (OIDC Core §5.3).

use serde_json::{Map, Value};

use crate::domain::requested_claims::known;
use crate::domain::tokens::inspect::LiveToken;
use crate::error::{ErrorCode, OAuthError, Result};
use crate::protocol::claims_request::ClaimsRequest;
use crate::protocol::issuer::Issuer;
use crate::protocol::scope;

/// The claims that `live` releases: by its scope, those that were `asked` for one by one (OIDC Core §5.5), and `own`, those
/// of rules of the settings.
pub fn claims(
    live: LiveToken,
    asked: &ClaimsRequest,
    own: Map<String, Value>,
    issuer: &Issuer,
) -> Result<Map<String, Value>> {
    // RFC 9068 §4: a token that is meant for another resource is not good here.
    if !live.token.audience.iter().any(|audience| audience == issuer.as_str()) {
        return Err(OAuthError::new(
            ErrorCode::InvalidToken,
            "This access token is for another resource: ask for one without resource, or with the issuer as resource.",
        ));
    }
    // OIDC Core §5.3.1: the access token comes from an OpenID Connect authentication, that is, of scope openid.
    let Some(person) = live.person.filter(|_| live.token.scope.contains(scope::OPENID)) else {
        return Err(OAuthError::new(ErrorCode::InsufficientScope, "UserInfo needs a token of scope openid."));
    };
    let mut claims = own;
    // OIDC Core §5.3.2: sub is always there, and equals that of the ID token.
    claims.insert("sub".to_owned(), Value::from(live.token.sub));
    let attributes = person.attributes.clone();
    let known = known(person);
    claims.extend(known.for_scope(&live.token.scope));
    // What the scope of the authorization released goes by that of the token, which may be narrower.
    if let Some(authorization) = &live.authorization {
        claims.extend(asked.told_at_userinfo(&known.to_map(), &authorization.scope));
    }
    claims.extend(asked.in_other_languages(&claims, &attributes));
    Ok(claims)
}
