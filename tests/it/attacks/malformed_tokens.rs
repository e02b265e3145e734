//! Tokens that are well signed, or nearly, and written so that two readers could read them differently: RFC 8725 §2.6.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::forgery::{Jwt, Mark, base64url, sealed, sign_as_the_server};
use crate::support::form_encode;

/// RFC 7515 §4.1.11, RFC 7797 §6, RFC 8725 §3.6: extensions that change what is signed, or what it means.
#[actix_web::test]
async fn asks_for_an_extension() {
    let mark = Mark::start().await;
    for crit in [
        json!(["b64"]),
        json!(["exp"]),
        json!(["alg"]),
        json!([]),
        json!(["unheard-of"]),
        json!("b64"),
        json!(["b64", "b64"]),
        json!([""]),
        json!({}),
        json!(1),
        json!([1]),
    ] {
        mark.refuses(&format!("crit {crit}"), |jwt| jwt.header("crit", crit.clone()).signed_by_the_server()).await;
    }
    mark.refuses("b64 false and named as critical", |jwt| {
        jwt.header("b64", false).header("crit", json!(["b64"])).signed_by_the_server()
    })
    .await;
    mark.refuses("a payload that is not encoded", |jwt| {
        let message = format!("{}.{}", base64url(jwt.header.to_string()), jwt.claims);
        let signature = base64url(sign_as_the_server(&jwt.header)(message.as_bytes()));
        format!("{message}.{signature}")
    })
    .await;
    mark.refuses("a detached payload", |jwt| {
        let message = format!("{}.{}", base64url(jwt.header.to_string()), base64url(jwt.claims.to_string()));
        let signature = base64url(sign_as_the_server(&jwt.header)(message.as_bytes()));
        format!("{}..{signature}", base64url(jwt.header.to_string()))
    })
    .await;
    // One block of DEFLATE that is stored as it is.
    mark.refuses("a compressed payload", |jwt| {
        let plain = jwt.claims.to_string();
        let length = u16::try_from(plain.len()).unwrap();
        let mut deflated = vec![1];
        deflated.extend(length.to_le_bytes());
        deflated.extend((!length).to_le_bytes());
        deflated.extend(plain.bytes());
        let header = jwt.header.clone();
        let jwt = jwt.header("zip", "DEF");
        let message = format!("{}.{}", base64url(jwt.header.to_string()), base64url(deflated));
        let signature = base64url(sign_as_the_server(&header)(message.as_bytes()));
        format!("{message}.{signature}")
    })
    .await;
}

/// RFC 8725 §3.11, RFC 9068 §2.1: what kind of token it is stands in its type, in words that mean one thing only.
#[actix_web::test]
async fn calls_the_token_another_type() {
    let mark = Mark::start().await;
    let names = [
        json!("at+jwt2"),
        json!("xat+jwt"),
        json!("at jwt"),
        json!("at+jwt "),
        json!("application/application/at+jwt"),
        json!("text/at+jwt"),
        json!("application/"),
        json!("logout+jwt"),
        json!("dpop+jwt"),
        json!("secevent+jwt"),
        json!("oauth-authz-req+jwt"),
        json!("token-introspection+jwt"),
        json!("JOSE"),
        json!(""),
        json!(["at+jwt", "JWT"]),
        json!(1),
        json!("JW\u{17f}T"),
        Value::Null,
    ];
    for typ in names {
        mark.refuses(&format!("typ {typ}"), |jwt| jwt.header("typ", typ.clone()).signed_by_the_server()).await;
    }
    // Each under the other's name: it fails where the other's name is right by the claims that it lacks, or is let in
    // nowhere.
    let access = Jwt::of(&mark.access_token).header("typ", "JWT").signed_by_the_server();
    assert!(!mark.takers(&access).await.contains(&"userinfo"));
    assert!(!mark.takers(&access).await.contains(&"introspect"));
    let id = Jwt::of(&mark.id_token).header("typ", "at+jwt").signed_by_the_server();
    assert_eq!(mark.takers(&id).await, [""; 0]);
}

/// RFC 8725 §2.6, RFC 7515 §4, RFC 7519 §4: members that stand there twice, which one reader takes from the front and
/// another from the back.
#[actix_web::test]
async fn repeats_members_of_header_and_claims() {
    let mark = Mark::start().await;
    let with = |json: &Value, member: &str, first: bool| {
        let text = json.to_string();
        let inner = &text[1..text.len() - 1];
        if first { format!("{{{member},{inner}}}") } else { format!("{{{inner},{member}}}") }
    };
    for first in [true, false] {
        for member in
            ["\"alg\":\"none\"", "\"alg\":\"HS256\"", "\"kid\":\"x\"", "\"typ\":\"x\"", "\"\\u0061lg\":\"none\""]
        {
            mark.refuses(member, |jwt| {
                sealed(&with(&jwt.header, member, first), &jwt.claims.to_string(), sign_as_the_server(&jwt.header))
            })
            .await;
        }
        for member in
            ["\"iss\":\"https://evil.example\"", "\"aud\":\"x\"", "\"exp\":4000000000", "\"\\u0065xp\":4000000000"]
        {
            mark.refuses(member, |jwt| {
                sealed(&jwt.header.to_string(), &with(&jwt.claims, member, first), sign_as_the_server(&jwt.header))
            })
            .await;
        }
        let Jwt { header, claims } = Jwt::of(&mark.access_token);
        for member in ["\"sub\":\"x\"", "\"client_id\":\"x\"", "\"scope\":\"openid\"", "\"jti\":\"x\""] {
            let forged = sealed(&header.to_string(), &with(&claims, member, first), sign_as_the_server(&header));
            assert_eq!(mark.takers(&forged).await, [""; 0], "{member}");
        }
    }
}

/// RFC 7515 §3.1, RFC 8725 §3.7, RFC 4648 §3.5: there is one way to write a token; every other is another token, or none.
#[actix_web::test]
async fn writes_the_same_token_in_another_way() {
    let mark = Mark::start().await;
    for tail in ["{}", "\0", "x", ",", "}", "\u{feff}"] {
        mark.refuses(&format!("{tail:?} after the claims"), |jwt| {
            sealed(&jwt.header.to_string(), &format!("{}{tail}", jwt.claims), sign_as_the_server(&jwt.header))
        })
        .await;
        mark.refuses(&format!("{tail:?} after the header"), |jwt| {
            sealed(&format!("{}{tail}", jwt.header), &jwt.claims.to_string(), sign_as_the_server(&jwt.header))
        })
        .await;
    }
    mark.refuses("claims in UTF-16", |jwt| {
        let units: Vec<u8> = jwt.claims.to_string().encode_utf16().flat_map(u16::to_be_bytes).collect();
        let message = format!("{}.{}", base64url(jwt.header.to_string()), base64url(units));
        let signature = base64url(sign_as_the_server(&jwt.header)(message.as_bytes()));
        format!("{message}.{signature}")
    })
    .await;
    for genuine in [&mark.access_token, &mark.id_token] {
        let (message, signature) = genuine.rsplit_once('.').unwrap();
        let bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
        let (header, payload) = message.split_once('.').unwrap();
        let json = json!({ "protected": header, "payload": payload, "signature": signature });
        // The last letter holds bits that stand for nothing.
        let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let last = letters.iter().position(|letter| *letter == signature.as_bytes()[signature.len() - 1]).unwrap();
        let twin = format!("{}{}", &signature[..signature.len() - 1], char::from(letters[last ^ 1]));
        for other in [
            format!("{message}.{signature}="),
            format!("{message}.{}", URL_SAFE.encode(&bytes)),
            format!("{message}.{}", STANDARD.encode(&bytes)),
            format!("{message}.{twin}"),
            format!("{message}.{signature} "),
            format!("{message}.{signature}\u{a0}"),
            format!("{message}.{signature}%3D"),
            format!("{message} .{signature}"),
            format!("{header}=.{payload}.{signature}"),
            format!("{header}.{payload}=.{signature}"),
            format!("{header}A.{payload}.{signature}"),
            genuine.to_uppercase(),
            genuine.to_lowercase(),
            genuine.chars().rev().collect(),
            json.to_string(),
            json!({ "payload": payload, "signatures": [{ "protected": header, "signature": signature }] }).to_string(),
        ] {
            // Headers and forms part a token from the space around it; within a hint it is one more character.
            let takers = if other.ends_with(' ') { trimmed(&mark, &other).await } else { mark.takers(&other).await };
            assert_eq!(takers, [""; 0], "{other}");
        }
    }
}

/// The takers of a token with a space, by body alone.
async fn trimmed(mark: &Mark, token: &str) -> Vec<&'static str> {
    let body = form_encode(&[("access_token", token)]);
    let answer = mark.app.post_raw("/oauth2/userinfo", body, &[]).await;
    if answer.status == 200 { vec!["userinfo"] } else { Vec::new() }
}
