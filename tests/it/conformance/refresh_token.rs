//! Refresh tokens.

use super::*;

const ASKED: [(&str, &str); 2] = [("scope", "openid offline_access"), ("prompt", "consent")];

/// The new ID token tells of the same sign-in at another time; a refresh token is good for its own client alone.
#[actix_web::test]
async fn oidcc_refresh_token() {
    let provider = Provider::start().await;
    let flow = provider.flow(&ASKED).await;
    let token = flow.tokens["refresh_token"].as_str().unwrap();
    check_random(token);
    provider.wait(2);
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", token), ("scope", "openid offline_access")];
    let answer = provider.app.token(&provider.first, &refresh).await;
    let again = provider.check_tokens(answer, String::new(), &provider.first, None).await;
    for same in ["iss", "sub", "aud", "azp", "auth_time", "acr", "sid"] {
        assert_eq!(again.id_token[same], flow.id_token[same], "{same}");
    }
    assert_ne!(again.id_token["iat"], flow.id_token["iat"]);
    let successor = again.tokens["refresh_token"].as_str().unwrap();
    check_random(successor);
    let foreign = [("grant_type", "refresh_token"), ("refresh_token", successor)];
    provider.app.token(&provider.second, &foreign).await.refuses(400, "invalid_grant");
    provider.app.token(&provider.first, &foreign).await.ok();
}
