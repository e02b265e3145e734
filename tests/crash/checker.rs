//! After a restart: what the visitors were answered against what the server honours now.

use super::http;
use super::server::{APP, MACHINE, basic};
use super::visitor::{Visitor, first_tokens, next_tokens};

/// Looks at every promise of a visitor's journal. The server lives, so each request has to be answered.
pub fn check(visitor: &mut Visitor) {
    if check_all(visitor).is_none() {
        visitor.journal.faults.push("a request of the checker was not answered".to_owned());
    }
    visitor.journal.forget_the_oldest();
}

fn check_all(visitor: &mut Visitor) -> Option<()> {
    settle_doubts(visitor)?;
    sessions(visitor)?;
    live_tokens(visitor)?;
    codes(visitor)?;
    replays(visitor)?;
    revoked_tokens(visitor)
}

/// RFC 6749 §4.1.2: a redemption that was not answered happened or did not; either way the code works no further time.
/// A refresh that was not answered can be tried again (docs/decisions/0008).
fn settle_doubts(visitor: &mut Visitor) -> Option<()> {
    for code in std::mem::take(&mut visitor.journal.doubtful_codes) {
        let first = visitor.send_code(&code)?;
        let status = first.status;
        visitor.journal.check("redemption in doubt: happened or not", matches!(status, 200 | 400), &first.body);
        let second = visitor.send_code(&code)?.status;
        visitor.journal.check("code in doubt works once at most", second == 400, &second.to_string());
        if status == 200 {
            visitor.journal.bury(APP, first_tokens(code, &first));
        }
    }
    for mut chain in std::mem::take(&mut visitor.journal.doubtful_chains) {
        let answer = visitor.send_refresh_token(&chain.refresh)?;
        visitor.journal.check("refresh in doubt can be tried again", answer.status == 200, &answer.body);
        if answer.status == 200 {
            next_tokens(&mut chain, &answer);
            visitor.journal.chains.push(chain);
        }
    }
    Some(())
}

fn sessions(visitor: &mut Visitor) -> Option<()> {
    let signed_in = |visitor: &Visitor, cookies: &str| {
        Some(http::get(&visitor.address, "/", cookies)?.body.contains("id=\"logout\""))
    };
    if let Some(cookies) = visitor.journal.session.as_ref().map(|session| session.cookies.clone()) {
        let lives = signed_in(visitor, &cookies)?;
        visitor.journal.check("answered session lives", lives, &cookies);
    }
    for cookies in visitor.journal.ended.clone() {
        let lives = signed_in(visitor, &cookies)?;
        visitor.journal.check("signed-out session is dead", !lives, &cookies);
    }
    Some(())
}

fn is_active(visitor: &Visitor, client: &str, token: &str) -> Option<bool> {
    let answer = http::post(&visitor.address, "/oauth2/introspect", &basic(client), &[("token", token)])?;
    answer.json()["active"].as_bool()
}

fn live_tokens(visitor: &mut Visitor) -> Option<()> {
    let mut live = Vec::new();
    for chain in &visitor.journal.chains {
        live.push(("answered refresh token is active", APP, chain.refresh.clone()));
        live.extend(chain.access.iter().map(|token| ("answered access token is active", APP, token.clone())));
    }
    let online = visitor.journal.session.iter().flat_map(|session| &session.online);
    live.extend(online.map(|token| ("answered access token of a session is active", APP, token.clone())));
    let machine = visitor.journal.machine.iter();
    live.extend(machine.map(|token| ("answered access token of a machine is active", MACHINE, token.clone())));
    for (promise, client, token) in live {
        let active = is_active(visitor, client, &token)?;
        visitor.journal.check(promise, active, &token);
    }
    Some(())
}

/// Some of the codes that were answered are redeemed now, some refresh tokens are used; the others stay for later.
fn codes(visitor: &mut Visitor) -> Option<()> {
    for _ in 0..2 {
        if let Some(code) = visitor.dice.take(&mut visitor.journal.codes) {
            let answer = visitor.send_code(&code)?;
            visitor.journal.check("answered code can be redeemed", answer.status == 200, &answer.body);
            visitor.journal.chains.extend((answer.status == 200).then(|| first_tokens(code, &answer)));
        }
        if let Some(mut chain) = visitor.dice.take(&mut visitor.journal.chains) {
            let answer = visitor.send_refresh_token(&chain.refresh)?;
            visitor.journal.check("answered refresh token can be used", answer.status == 200, &answer.body);
            next_tokens(&mut chain, &answer);
            visitor.journal.chains.extend((answer.status == 200).then_some(chain));
        }
    }
    Some(())
}

/// RFC 6749 §4.1.2, RFC 9700 §4.14.2: what was used once is refused, and ends what it gave.
fn replays(visitor: &mut Visitor) -> Option<()> {
    if let Some(chain) = visitor.dice.take(&mut visitor.journal.chains) {
        // The last of the used ones may be forgiven; those before it have a successor that was used.
        let answer = match chain.used.iter().rev().nth(1) {
            Some(token) if visitor.dice.below(2) == 0 => {
                let answer = visitor.send_refresh_token(token)?;
                visitor.journal.check("used refresh token is refused", answer.status == 400, &answer.body);
                answer
            }
            _ => {
                let answer = visitor.send_code(&chain.code)?;
                visitor.journal.check("redeemed code is refused", answer.status == 400, &answer.body);
                answer
            }
        };
        if answer.status == 400 {
            visitor.journal.bury(APP, chain);
        }
    }
    Some(())
}

fn revoked_tokens(visitor: &mut Visitor) -> Option<()> {
    for (client, token) in visitor.journal.revoked.clone() {
        let active = is_active(visitor, client, &token)?;
        visitor.journal.check("revoked token is inactive", !active, &token);
    }
    let Some((_, token)) = visitor.journal.revoked.last().cloned() else { return Some(()) };
    let status = visitor.send_refresh_token(&token)?.status;
    visitor.journal.check("revoked token refreshes nothing", status == 400, &status.to_string());
    Some(())
}
